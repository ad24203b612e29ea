"""The data of one channel on a page: cells, their colours, and every step."""

import base64
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from poolviz import text
from poolviz.result import Step
from poolviz.text import Numbers
from poolviz.views.scene.elements import LARGEST_CELL, Panel, cell_text, digit_size, resampled
from poolviz.views.scene.legend import scale_colors
from poolviz.views.scene.stage import Stage
from poolviz.views.scene.style import DEFAULT_THEME, ValueScale, text_on
from poolviz.windows import Array

# A share is stored as a fraction of the window's largest, in three hexadecimal digits.
SHARE_STEPS = 0xFFF
# The longest side in pixels of the whole map beside a part of it, and the colours it may have.
WHOLE_SIDE, WHOLE_COLORS = 160, 256


def channel_document(stage: Stage, scales: Mapping[str, ValueScale]) -> dict[str, Any]:
    """The data of a channel.

    Args:
        stage: its layout and steps.
        scales: the value scale in each theme that a reader can choose, by its name.
    """
    names = stage.result.feature_map.channel_names
    return {
        "name": text.escaped(names[stage.channel]),
        "input": {
            **_panel(stage.input_panel),
            **_plane(stage.input_values, scales, stage.numbers),
            "whole": _whole(stage, scales, 0),
        },
        "output": {
            **_panel(_output_panel(stage)),
            **_plane(stage.output_values, scales, stage.numbers),
            "whole": _whole(stage, scales, 1),
        },
        "window": _window(stage),
        "scale": _scale(scales),
        "steps": _steps(stage),
    }


def _output_panel(stage: Stage) -> Panel:
    """The panel of the output; that of an image in colour is at least half as large as the input's.

    Otherwise a large window would leave a stamp of it.
    """
    panel, before = stage.output_panel, stage.input_panel
    if not stage.is_rgb:
        return panel
    side = max(before.width, before.height) // 2
    longest = max(len(panel.rows), len(panel.columns))
    return replace(panel, cell=max(panel.cell, min(LARGEST_CELL, side // longest)))


def _window(stage: Stage) -> dict[str, Any] | None:
    """The panel of the enlarged window, if there is one: the page makes it smaller if it must."""
    if not stage.window_panels:
        return None
    panel = stage.window_panels[stage.channel if stage.is_rgb else 0]
    digits = digit_size(stage.input_values, LARGEST_CELL, numbers=stage.numbers)
    return _panel(replace(panel, cell=LARGEST_CELL, digits=digits))


def _panel(panel: Panel) -> dict[str, Any]:
    """Title and sizes of a panel."""
    return {
        "title": text.escaped(panel.title),
        "cell": panel.cell,
        "digits": panel.digits,
        "rows": len(panel.rows),
        "columns": len(panel.columns),
    }


def _plane(values: Array, scales: Mapping[str, ValueScale], numbers: Numbers) -> dict[str, Any]:
    """The distinct values of a plane with texts and colours, and which of them each cell has.

    Each cell's place among them is a hexadecimal number of as many digits as the last takes.
    """
    distinct, places = np.unique(values, return_inverse=True)
    colors = {name: scale.colors(distinct) for name, scale in scales.items()}
    inks = {
        name: "".join(str(text_on(color)[0] // 255) for color in map(tuple, themed.tolist()))
        for name, themed in colors.items()
    }
    digits = len(f"{len(distinct) - 1:x}")
    return {
        "texts": [cell_text(value, numbers) for value in distinct],
        "at": "".join(f"{place:0{digits}x}" for place in places.ravel().tolist()),
        "colors": _differing({name: themed.tobytes().hex() for name, themed in colors.items()}),
        "inks": _differing(inks),
    }


def _whole(stage: Stage, scales: Mapping[str, ValueScale], which: int) -> dict[str, Any] | None:
    """A small picture of the whole input (0) or output (1) if a part of it is shown; else None."""
    if stage.overview is None:
        return None
    planes = (stage.result.feature_map.values, stage.result.output)[which]
    panel = stage.overview[which]
    sides = len(panel.rows), len(panel.columns)
    height, width = (max(1, side * WHOLE_SIDE // max(sides)) for side in sides)
    if not stage.is_rgb:
        planes = planes[stage.channel : stage.channel + 1]
    small = resampled(planes, height, width)
    return {
        "title": panel.title,
        "png": _differing(
            {
                name: _png(scale.rgb_colors(small) if stage.is_rgb else scale.colors(small[0]))
                for name, scale in scales.items()
            }
        ),
        "size": [width, height],
    }


def _png(colors: Array) -> str:
    """Colours (rows, columns, 3) as a PNG of at most WHOLE_COLORS colours, in base64."""
    from PIL import Image  # noqa: PLC0415 - an answer on the terminal needs no Pillow

    image = Image.fromarray(colors).quantize(WHOLE_COLORS, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def _differing(by_theme: dict[str, str]) -> dict[str, str]:
    """``by_theme`` without themes that equal the default theme."""
    first = by_theme[DEFAULT_THEME]
    return {
        name: value for name, value in by_theme.items() if name == DEFAULT_THEME or value != first
    }


def _scale(scales: Mapping[str, ValueScale]) -> dict[str, Any]:
    """The value bar with the place of 0, and the colours of values that are not finite."""
    scale = scales[DEFAULT_THEME]
    bars = {name: scale_colors(each).tobytes().hex() for name, each in scales.items()}
    outside = [
        {
            "text": text.number(value),
            "colors": _differing(
                {name: bytes(each.color(value)).hex() for name, each in scales.items()}
            ),
        }
        for value in scale.outside
    ]
    has_zero = scale.low < 0 < scale.high
    return {
        "low": text.number(scale.low),
        "high": text.number(scale.high),
        "zero": round(float(scale.places(np.zeros(()))), 4) if has_zero else None,
        "colors": _differing(bars),
        "outside": outside,
    }


def _steps(stage: Stage) -> dict[str, Any]:
    """The arithmetic of every step, with its winner and ties or the shares of its cells.

    Cells of a window are numbered row by row; shares that several steps have are stored once.
    Ties are left out where so many cells are equal that marking each would say nothing.
    """
    drawn = bool(stage.input_panel.digits or stage.window_panel)
    shares: dict[tuple[float, str], int] = {}
    return {
        "arithmetic": [step.written(stage.written) for step in stage.steps],
        "winners": [step.winner and _number(step, step.winner) for step in stage.steps],
        "ties": {
            index: sorted(_number(step, place) for place in step.ties)
            for index, step in enumerate(stage.steps)
            if step.ties and not step.is_flat
        },
        "flat": {
            index: len(step.ties) + 1 for index, step in enumerate(stage.steps) if step.is_flat
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
