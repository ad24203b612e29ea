"""The data of a page: every number, text and colour of its results and channels, ready for JSON."""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.example import FEW_CHANNELS, best_window, channel_contrasts, ranked
from poolviz.geometry import Axis
from poolviz.result import Step
from poolviz.text import Numbers
from poolviz.views.page.content import PANEL_SIDE, PageContent, Variant, regions
from poolviz.views.scene.elements import LARGEST_CELL, Panel, cell_text, digit_size, resampled
from poolviz.views.scene.legend import scale_colors
from poolviz.views.scene.region import Region, describe_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import DEFAULT_THEME, Theme, ValueScale, text_on
from poolviz.views.terminal.lines import remaining
from poolviz.windows import Array


def document(content: PageContent) -> dict[str, Any]:
    """The data of a page.

    Raises:
        SpecError: the region that was named does not fit, or has too many windows.
    """
    stages = []
    for variant, region in zip(content.variants, regions(content), strict=True):
        others = tuple(other.result for other in content.variants if other is not variant)
        stages.append(
            stage_of(
                variant.result,
                content.channel,
                region,
                content.theme,
                side=PANEL_SIDE,
                others=others,
            )
        )
    chosen = [channel_document(stage, _scales(stage, content.themes)) for stage in stages]
    included = _channels(stages[0], content.most_characters // len(json.dumps(chosen)))
    variants = [
        {
            "name": text.escaped(variant.name),
            **_variant(variant, stage, included),
            "channels": _alike(
                stage,
                [
                    first if channel == content.channel else _other(stage, channel, content.themes)
                    for channel in included
                ],
            ),
        }
        for variant, stage, first in zip(content.variants, stages, chosen, strict=True)
    ]
    return {
        **_heading(content, stages),
        "colored": stages[0].is_rgb,
        "channel": included.index(content.channel),
        "ranked": _ranked(stages[0], included),
        "variants": _sharing_inputs(variants),
    }


def _heading(content: PageContent, stages: Sequence[Stage]) -> dict[str, Any]:
    """Title, alt text, and how the page opens."""
    first = stages[0]
    rows, columns = first.region.windows
    output = content.first_output or best_window(first.result, first.channel, (rows, columns))
    step = rows.index(output[0]) * len(columns) + columns.index(output[1])
    name = text.escaped(first.result.feature_map.name)
    summaries = ", ".join(dict.fromkeys(stage.result.summary for stage in stages))
    return {
        "title": f"{name}: {summaries}",
        "name": name,
        "description": f"{name}: {summaries}. Output size {first.result.formula}.",
        "label": content.label,
        "theme": content.preferred,
        "delay": content.pace.each(len(first.steps)),
        "step": step,
    }


def _sharing_inputs(variants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The variants, without inputs that equal those of the first variant."""
    for variant in variants[1:]:
        for channel, first in zip(variant["channels"], variants[0]["channels"], strict=True):
            if channel["input"] == first["input"]:
                channel["input"] = None
    return variants


def _marked(variant: Variant, channel: int, region: Region) -> list[int]:
    """Indices of the steps whose outputs have a marked corner."""
    if variant.marked is None:
        return []
    rows, columns = region.windows
    marked = variant.marked[channel, rows.start : rows.stop, columns.start : columns.stop]
    return [int(index) for index in marked.ravel().nonzero()[0]]


def _scales(stage: Stage, themes: Mapping[str, Theme]) -> dict[str, ValueScale]:
    """The value scale in each theme, by the name of the theme."""
    return {name: replace(stage, theme=theme).scale for name, theme in themes.items()}


def _other(stage: Stage, channel: int, themes: Mapping[str, Theme]) -> dict[str, Any]:
    """The data of a channel that is not shown first."""
    other = stage_of(
        stage.result,
        channel,
        stage.region,
        stage.theme,
        side=stage.panel_side,
        others=stage.others,
    )
    # The channels of an image in colour make one colour, so they share a scale.
    return channel_document(other, _scales(stage if stage.is_rgb else other, themes))


def _alike(stage: Stage, channels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The channels; those of an image in colour have windows of one size and one whole map."""
    if not stage.is_rgb:
        return channels
    for channel in channels[1:]:
        channel["input"]["whole"] = channel["output"]["whole"] = None
    if stage.window_panels:
        sizes = min((channel["window"] for channel in channels), key=lambda each: each["digits"])
        for channel in channels:
            channel["window"] = {**sizes, "title": channel["window"]["title"]}
    return channels


def _channels(stage: Stage, most: int) -> list[int]:
    """At most ``most`` channels, with the one that is shown first among them.

    Many channels are in the order of their contrast in the part that is shown, and those with
    most of it are taken. An image in colour has all of its channels.
    """
    total = len(stage.result.feature_map.values)
    if stage.is_rgb or total <= min(most, FEW_CHANNELS):
        return list(range(total))
    rows, columns = (slice(part.start, part.stop) for part in stage.inside)
    contrasts = channel_contrasts(stage.result.feature_map.values[:, rows, columns])
    order = ranked(contrasts)
    first = order.index(stage.channel)
    most = max(1, most)
    return order[:most] if first < most else [*order[: most - 1], stage.channel]


def _ranked(stage: Stage, included: Sequence[int]) -> str:
    """How many channels the menu has, and that their order is that of contrast; else empty."""
    total = len(stage.result.feature_map.values)
    if list(included) == list(range(total)):
        return ""
    count = f"{len(included)} of {total:,}" if len(included) < total else f"{total:,}"
    return f"{count}, most contrast first"


def _variant(variant: Variant, stage: Stage, included: Sequence[int]) -> dict[str, Any]:
    """The data that all channels of a result share."""
    result, region = stage.result, stage.region
    axes = zip(result.geometry.axes, region.cells, region.windows, strict=True)
    rows, columns = (_axis(*parts) for parts in axes)
    return {
        "summary": result.summary,
        "operation": result.plan.title,
        "formula": result.formula,
        "remaining": remaining(result),
        "notes": [*map(text.escaped, variant.notes), *_notes(stage, included)],
        "legend": _legend(stage),
        "padding": stage.padding_text,
        "marked": [_marked(variant, channel, region) for channel in included],
        "rows": rows,
        "columns": columns,
    }


# How a copied picture draws the marks of the cells around and between windows.
LOOKS = {"padding": "dashed", "overhang": "dotted", "unread": "hatched"}


def _legend(stage: Stage) -> str:
    """What dashed, dotted and hatched cells mean, for a copied picture."""
    return " · ".join(f"{LOOKS[mark]}: {words}" for mark, words in stage.key if mark in LOOKS)


def _axis(axis: Axis, cells: range, windows: range) -> dict[str, Any]:
    """The shown cells along an axis, and what each window reads: (first, count, distance)."""
    return {
        "size": axis.size,
        "first": cells[0],
        "outputSize": axis.output_size,
        "kinds": "".join(str(int(axis.kind(cell))) for cell in cells),
        "unread": sorted(axis.unread_among(cells)),
        "firstWindow": windows[0],
        "windows": [
            [window.start, len(window), window.step] for window in map(axis.window, windows)
        ],
    }


def _notes(stage: Stage, included: Sequence[int]) -> list[str]:
    """Lines about the shown part, left-out channels, and changes to the source."""
    result, feature_map = stage.result, stage.result.feature_map
    part = describe_region(result, stage.region)
    total = len(feature_map.values)
    notes = [f"shown: {part}"] if part else []
    if stage.is_rgb:
        notes.append("the picture is in colour; red, green and blue are pooled separately")
    if len(included) < total:
        notes.append(
            f"{len(included)} of {total:,} channels, those with most contrast (standard"
            " deviation): all would make the page too large"
        )
    elif _ranked(stage, included):
        notes.append(
            "the menu lists channels by their contrast (standard deviation), highest first"
        )
    notes += [f"drawn with seed {result.seed}"] if result.mode.draws else []
    remarks = result.mode.remarks(feature_map.values)
    return [*notes, *map(text.escaped, feature_map.notes), *remarks]


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
        "arithmetic": [step.written(stage.numbers) for step in stage.steps],
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
    """The largest share, and each cell's fraction of it."""
    largest = float(step.shares.max())
    parts = np.rint(step.shares.ravel() / (largest or 1.0) * SHARE_STEPS).astype(int)
    return float(f"{largest:.6g}"), "".join(f"{part:03x}" for part in parts.tolist())
