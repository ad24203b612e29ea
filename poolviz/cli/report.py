"""What a run prints: the result on stdout, all else on stderr."""

import json
import math
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.views.style import Theme
from poolviz.views.terminal import ResultView

MOST_JSON_VALUES = 1024


def print_result(result: PoolResult, channel: int, theme: Theme) -> None:
    """The grids and their arithmetic; on a terminal in colour and as much as fits, else whole."""
    console = Console(highlight=False, markup=False, emoji=False)
    width = console.width if console.is_terminal else None
    view = ResultView(result, result.step(0, 0, channel), theme, width)
    for line in view.lines():
        if console.is_terminal:
            rendered = Text.assemble(*line)
            console.print(rendered, no_wrap=True, overflow="ignore", crop=False)
        else:
            sys.stdout.write("".join(part for part, _ in line).rstrip() + "\n")


def note(line: str) -> None:
    """A line on stderr."""
    print(escaped(line), file=sys.stderr)  # noqa: T201 - this is the command's output


def print_json(result: PoolResult, files: dict[str, str]) -> None:
    """One object on stdout."""
    document = {
        "source": result.feature_map.source,
        "spec": spec_document(result),
        "input_shape": list(result.feature_map.shape),
        "output_shape": list(result.output_shape),
        "output": _values(result),
        "formula": result.formula,
        "files": files,
    }
    print(json.dumps(document, allow_nan=False))  # noqa: T201 - as above


def spec_document(result: PoolResult) -> dict[str, Any]:
    """The completed spec by the names of its fields."""
    document = dict(vars(result.spec))
    document["mode"] = result.mode.name()
    document["mode_options"] = dict(result.spec.mode_options)
    return document


def _values(result: PoolResult) -> Any:
    if result.output.size > MOST_JSON_VALUES:
        return None
    return _plain(result.output.reshape(result.output_shape).tolist())


def _plain(value: Any) -> Any:
    """NaN and infinities as strings: JSON has no such numbers."""
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
