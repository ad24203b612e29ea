"""What commands print: results on stdout, all else on stderr."""

import math
import sys
from collections.abc import Iterable
from typing import Any

from poolviz.cli.screen import is_piped, screen_of, show
from poolviz.result import PoolResult, Step
from poolviz.text import escaped
from poolviz.views.data import MOST_VALUES, listed
from poolviz.views.lines import plain
from poolviz.views.style import Theme
from poolviz.views.terminal import ResultView


def print_result(result: PoolResult, channel: int, theme: Theme, *, full: bool = False) -> None:
    """The grids and their arithmetic."""
    show(ResultView(result, result.step(0, 0, channel), screen_of(theme, full=full)).lines())


def cut_notes(size: int, *, as_json: bool, full: bool) -> list[str]:
    """What is to be said where maps of ``size`` values are too large to be printed whole."""
    if full or size <= MOST_VALUES or not (as_json or is_piped()):
        return []
    cut = "null" if as_json else "cut"
    return [f"maps of more than {MOST_VALUES:,} values are {cut}; --full prints all of them"]


def print_steps(steps: Iterable[Step], total: int) -> None:
    """Each window as a sentence."""
    show(plain(sentence(step, number, total)) for number, step in enumerate(steps, 1))


def sentence(step: Step, number: int, total: int) -> str:
    """``step 1 of 9, output (0, 0), rows 0–1, columns 0–1: max(1, 3, 6, 2) = 6``."""
    row, column = step.index
    rows, columns = (f"{cells[0]}–{cells[-1]}" for cells in (step.rows, step.columns))
    return (
        f"step {number:,} of {total:,}, output ({row}, {column}),"
        f" rows {rows}, columns {columns}: {step.arithmetic}"
    )


def note(line: str) -> None:
    """A line on stderr."""
    print(escaped(line), file=sys.stderr)  # noqa: T201 - this is the command's output


def print_json(document: dict[str, Any]) -> None:
    """One object on stdout."""
    import json

    print(json.dumps(_plain(document), allow_nan=False))  # noqa: T201 - as above


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
