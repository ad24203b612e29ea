"""What commands print: notes, JSON, and a result as grids. It loads no picture."""

import json
import math
import sys
from typing import Any

from poolviz.analysis.example import best_window
from poolviz.cli.funnel import as_typed, typed_options
from poolviz.cli.terminal import screen_of, show
from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.views.answers import View
from poolviz.views.scene.style import DEFAULT_THEME, Theme, find_theme
from poolviz.views.terminal.lines import listed
from poolviz.views.terminal.result import ResultView

# An output of more values opens at its best example: its corner says little.
FEW = 64


def print_result(
    result: PoolResult,
    channel: int,
    theme: Theme,
    cell: tuple[int, int] | None = None,
    *,
    full: bool = False,
) -> None:
    """Print the grids and the arithmetic of the window at ``cell``.

    If it is None, the window is the first one, or the best example in a large output.
    """
    if cell is None:
        cell = best_window(result, channel) if result.output[channel].size > FEW else (0, 0)
    row, column = cell
    show(ResultView(result, result.step(row, column, channel), screen_of(theme, full=full)).lines())


def print_answer(answer: object, *, as_json: bool) -> None:
    """Print an answer that has no figure, as lines or as JSON."""
    view = View(answer)
    if as_json:
        print_json(view.document())
    else:
        show(view.lines(screen_of(find_theme(DEFAULT_THEME))))


def note(line: str) -> None:
    """Print a line on stderr, with options as they were typed."""
    line = as_typed(line, typed_options(sys.argv[1:]))
    print(escaped(line), file=sys.stderr)  # noqa: T201 - this is the command's output


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON object on stdout."""
    print(json.dumps(_plain(document), allow_nan=False))  # noqa: T201 - this is the command's output


def result_document(
    result: PoolResult, files: dict[str, str], *, full: bool = False
) -> dict[str, Any]:
    """A result as plain data; an output of many values is None unless ``full``."""
    return {
        "source": result.feature_map.source,
        "spec": spec_document(result),
        "input_shape": list(result.feature_map.shape),
        "output_shape": list(result.output_shape),
        "output": listed(result.output.reshape(result.output_shape), full=full),
        "formula": result.formula,
        "files": files,
    }


def spec_document(result: PoolResult) -> dict[str, Any]:
    """The completed spec by the names of its fields."""
    document = dict(vars(result.spec))
    document["mode"] = result.mode.name()
    document["mode_options"] = dict(result.spec.mode_options)
    return document


def _plain(value: Any) -> Any:
    """NaN and infinities as strings: JSON has no such numbers."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
