"""The data of one channel on a page: cells, their colours, and every step."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from poolviz import text
from poolviz.result import Step
from poolviz.views.scene.elements import RING, SMALLEST_DIGITS, Panel, cell_text, digit_size
from poolviz.views.scene.fonts import text_width
from poolviz.views.scene.legend import scale_colors
from poolviz.views.scene.region import describe_region
from poolviz.views.scene.stage import Stage
from poolviz.views.scene.style import DEFAULT_THEME, Theme, ValueScale, text_on
from poolviz.windows import Array

# A share is stored as a fraction of the window's largest, in three hexadecimal digits.
SHARE_STEPS = 0xFFF
# Cells that are not whole numbers have two decimals, if the largest value lies in this range.
DECIMALS, SMALLEST_LARGEST, LARGEST_WITH_DECIMALS = 2, 0.1, 1000


def channel_document(stage: Stage, themes: Mapping[str, Theme]) -> dict[str, Any]:
    """The data of a channel.

    Args:
        stage: its layout and steps.
        themes: the themes that a reader can choose, by name.
    """
    stages = {name: replace(stage, theme=theme) for name, theme in themes.items()}
    scales = {name: themed.scale for name, themed in stages.items()}
    names = stage.result.feature_map.channel_names
    part = describe_region(stage.result, stage.region)
    rows, columns = stage.region.windows
    is_all = (len(rows), len(columns)) == stage.result.output_size
    output_part = f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"
    numbers = page_decimals(stage.input_values, stage.output_values)
    input_panel = _fitted(stage.input_panel, stage.input_values, numbers[0])
    output_panel = _fitted(stage.output_panel, stage.output_values, numbers[1])
    if input_panel.digits:
        # At the same size both grids show how much smaller the output is.
        same = replace(output_panel, cell=input_panel.cell)
        same = _fitted(same, stage.output_values, numbers[1])
        output_panel = same if same.digits else output_panel
    return {
        "name": text.escaped(names[stage.channel]),
        "input": {
            **_panel(input_panel, part.rpartition(" of ")[0]),
            **_plane(stage.input_values, scales, numbers[0]),
            "pixels": _pixels(
                stages, stage.input_panel, stage.result.feature_map.values, *stage.inside
            ),
        },
        "output": {
            **_panel(output_panel, "" if is_all else output_part),
            **_plane(stage.output_values, scales, numbers[1]),
            "pixels": _pixels(
                stages, stage.output_panel, stage.result.output, *stage.region.windows
            ),
        },
        "window": _panel(stage.window_panel) if stage.window_panel else None,
        "scale": _scale(stages),
        "steps": _steps(stage),
    }


def page_decimals(*planes: Array) -> list[int | None]:
    """For each plane the decimals of its cells: none for whole numbers, otherwise two.

    None, for a plane whose numbers are so large or small that two decimals would not suit.
    """
    found: list[int | None] = []
    for plane in planes:
        values = np.abs(plane[np.isfinite(plane)].astype(float))
        if (values == np.rint(values)).all():
            found.append(None)
            continue
        largest = values.max()
        found.append(DECIMALS if SMALLEST_LARGEST <= largest < LARGEST_WITH_DECIMALS else None)
    return found


def digits_of(value: np.generic, decimals: int | None) -> str:
    """A value as a cell shows it."""
    if decimals is None or not np.isfinite(value):
        return cell_text(value)
    written = f"{float(value):.{decimals}f}"
    return written.removeprefix("-") if float(written) == 0 else written.replace("-", text.MINUS)


def _fitted(panel: Panel, values: Array, decimals: int | None) -> Panel:
    """The panel with digits as large as its cells allow; unchanged if none are legible."""
    if decimals is None or panel.cell < 2 * SMALLEST_DIGITS:
        return replace(panel, digits=digit_size(values, panel.cell))
    widest = max(
        text_width(digits_of(value, decimals), 100, bold=True) for value in np.unique(values)
    )
    size = min(panel.cell * 2 // 5, (panel.cell - RING) * 100 // widest)
    return replace(panel, digits=size if size >= SMALLEST_DIGITS else 0)


def _panel(panel: Panel, part: str = "") -> dict[str, Any]:
    """Title and sizes of a panel; ``part`` says which part of a map it shows, if not all."""
    return {
        "title": text.escaped(f"{panel.title}, {part}" if part else panel.title),
        "cell": panel.cell,
        "digits": panel.digits,
        "rows": len(panel.rows),
        "columns": len(panel.columns),
    }


def _plane(values: Array, scales: Mapping[str, ValueScale], decimals: int | None) -> dict[str, Any]:
    """The distinct values of a plane with texts and colours, and which of them each cell has."""
    distinct, places = np.unique(values, return_inverse=True)
    colors = {name: scale.colors(distinct) for name, scale in scales.items()}
    inks = {
        name: "".join(str(text_on(color)[0] // 255) for color in map(tuple, themed.tolist()))
        for name, themed in colors.items()
    }
    return {
        "texts": [digits_of(value, decimals) for value in distinct],
        "at": places.ravel().tolist(),
        "colors": _differing({name: themed.tobytes().hex() for name, themed in colors.items()}),
        "inks": _differing(inks),
    }


def _pixels(
    stages: Mapping[str, Stage], panel: Panel, planes: Array, rows: range, columns: range
) -> dict[str, str] | None:
    """The colours of an RGB image whose cells are too small for digits; otherwise None."""
    if panel.digits or not stages[DEFAULT_THEME].result.feature_map.is_rgb:
        return None
    return _differing(
        {
            name: stage.colors(planes, rows, columns).tobytes().hex()
            for name, stage in stages.items()
        }
    )


def _differing(by_theme: dict[str, str]) -> dict[str, str]:
    """``by_theme`` without themes that equal the default theme."""
    first = by_theme[DEFAULT_THEME]
    return {
        name: value for name, value in by_theme.items() if name == DEFAULT_THEME or value != first
    }


def _scale(stages: Mapping[str, Stage]) -> dict[str, Any]:
    """The value bar, and the colours of values that are not finite."""
    scale = stages[DEFAULT_THEME].scale
    bars = {name: scale_colors(stage.scale).tobytes().hex() for name, stage in stages.items()}
    outside = [
        {
            "text": text.number(value),
            "colors": _differing(
                {name: bytes(stage.scale.color(value)).hex() for name, stage in stages.items()}
            ),
        }
        for value in scale.outside
    ]
    return {
        "low": text.number(scale.low),
        "high": text.number(scale.high),
        "colors": _differing(bars),
        "outside": outside,
    }


def _steps(stage: Stage) -> dict[str, Any]:
    """The arithmetic of every step, with its winner and ties or the shares of its cells.

    Cells of a window are numbered row by row; shares that several steps have are stored once.
    """
    drawn = bool(stage.input_panel.digits or stage.window_panel)
    shares: dict[tuple[float, str], int] = {}
    return {
        "arithmetic": [step.arithmetic for step in stage.steps],
        "winners": [step.winner and _number(step, step.winner) for step in stage.steps],
        "ties": {
            index: sorted(_number(step, place) for place in step.ties)
            for index, step in enumerate(stage.steps)
            if step.ties
        },
        "share": [
            shares.setdefault(_shares(step), len(shares)) if drawn and not step.picks else None
            for step in stage.steps
        ],
        "shares": list(shares),
    }


def _number(step: Step, place: tuple[int, int]) -> int:
    """The number of a cell in the window."""
    row, column = place
    return step.rows.index(row) * len(step.columns) + step.columns.index(column)


def _shares(step: Step) -> tuple[float, str]:
    """The largest share, and each cell's fraction of it; a share that is not finite counts as 0."""
    weights = np.where(np.isfinite(step.weights), step.weights, 0.0).clip(0)
    largest = float(weights.max())
    parts = np.rint(weights.ravel() / (largest or 1.0) * SHARE_STEPS).astype(int)
    return float(f"{largest:.6g}"), "".join(f"{part:03x}" for part in parts.tolist())
