"""What commands print: results on stdout, all else on stderr."""

import json
import math
import sys
from collections.abc import Callable, Iterable
from typing import Any

from poolviz.cli.parameters import FigureOptions
from poolviz.cli.screen import screen_of, show
from poolviz.feature_map import FeatureMap
from poolviz.result import PoolResult, Step
from poolviz.text import escaped
from poolviz.views.chart import Chart
from poolviz.views.data import listed
from poolviz.views.grid import Screen, Segments
from poolviz.views.lines import plain
from poolviz.views.scene import Scene
from poolviz.views.style import Theme, find_theme
from poolviz.views.terminal import ResultView


def print_result(result: PoolResult, channel: int, theme: Theme) -> None:
    """The grids and their arithmetic."""
    print_lines(ResultView(result, result.step(0, 0, channel), screen_of(theme)).lines())


def answer(
    document: Callable[[], dict[str, Any]],
    lines: Callable[[Screen], Iterable[Segments]],
    scene: Callable[[Theme], Scene | Chart],
    figures: FigureOptions,
    source: FeatureMap,
    *,
    as_json: bool,
) -> None:
    """What a command found: its figure is written, then it is printed as lines or as data."""
    files = figures.write(scene, source.source)
    if as_json:
        print_json({**document(), "files": files})
    else:
        show(lines(screen_of(find_theme(figures.theme, figures.cmap))))
    for line in (*source.notes, *(f"wrote {path}" for path in files.values())):
        note(line)


def print_steps(steps: Iterable[Step], total: int) -> None:
    """Each window as a sentence."""
    print_lines(plain(sentence(step, number, total)) for number, step in enumerate(steps, 1))


def sentence(step: Step, number: int, total: int) -> str:
    """``step 1 of 9, output (0, 0), rows 0–1, columns 0–1: max(1, 3, 6, 2) = 6``."""
    row, column = step.index
    rows, columns = (f"{cells[0]}–{cells[-1]}" for cells in (step.rows, step.columns))
    return (
        f"step {number:,} of {total:,}, output ({row}, {column}),"
        f" rows {rows}, columns {columns}: {step.arithmetic}"
    )


def print_lines(lines: Iterable[Segments]) -> None:
    """Lines on stdout, fitted to it."""
    show(lines)


def note(line: str) -> None:
    """A line on stderr."""
    print(escaped(line), file=sys.stderr)  # noqa: T201 - this is the command's output


def print_json(document: dict[str, Any]) -> None:
    """One object on stdout."""
    print(json.dumps(_plain(document), allow_nan=False))  # noqa: T201 - as above


def result_document(result: PoolResult, files: dict[str, str]) -> dict[str, Any]:
    """A result as plain data."""
    return {
        "source": result.feature_map.source,
        "spec": spec_document(result),
        "input_shape": list(result.feature_map.shape),
        "output_shape": list(result.output_shape),
        "output": _values(result),
        "formula": result.formula,
        "files": files,
    }


def spec_document(result: PoolResult) -> dict[str, Any]:
    """The completed spec by the names of its fields."""
    document = dict(vars(result.spec))
    document["mode"] = result.mode.name()
    document["mode_options"] = dict(result.spec.mode_options)
    return document


def _values(result: PoolResult) -> Any:
    return listed(result.output.reshape(result.output_shape))


def _plain(value: Any) -> Any:
    """NaN and infinities as strings: JSON has no such numbers."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
