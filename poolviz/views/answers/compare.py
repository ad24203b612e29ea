"""Many modes on one input: on the terminal, as data, as a figure."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.compare import Compared
from poolviz.plan import describe_windows, is_global
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.sheet import map_panel, panels_scene
from poolviz.views.scene.stage import short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.views.terminal.grid import Screen, Segments
from poolviz.views.terminal.lines import heading, listed, plain, side_by_side, table
from poolviz.views.terminal.result import all_channels, channel_words, plane_grid
from poolviz.windows import Array

HEAD = ("mode", "mean", "mean kept", "contrast", "contrast kept", "values changed")
LEGEND = (
    "contrast: the standard deviation; kept: the output's over the input's",
    "values changed: the share of outputs that equal no cell of their window",
)


def comparison_lines(found: list[Compared], channel: int, screen: Screen) -> Iterable[Segments]:
    """The outputs beside the input, then the statistics."""
    feature_map = found[0].result.feature_map
    scale = _scale(found, channel, screen.theme)
    planes = [("input", feature_map.values[channel]), *_outputs(found, channel)]
    window = range(1), range(1)
    grids = [
        list(plane_grid(f"{name} {text.size(plane.shape)}", plane, scale, screen, window).lines())
        for name, plane in planes
    ]
    yield heading(
        f"{text.escaped(feature_map.name)}: {_windows(found)}{channel_words(feature_map, channel)}"
    )
    yield []
    yield from side_by_side(grids, screen.width)
    yield []
    yield from table(HEAD, _rows(found), screen.width)
    yield []
    yield from map(plain, (*LEGEND, *_remarks(found)))


def _outputs(found: list[Compared], channel: int) -> list[tuple[str, Array]]:
    return [(each.name, each.result.output[channel]) for each in found]


def _scale(found: list[Compared], channel: int, theme: Theme) -> ValueScale:
    """One for the input and all outputs."""
    feature_map = found[0].result.feature_map
    outputs = [each.result.output[channel] for each in found]
    return value_scale(
        theme, feature_map.values[channel], *outputs, value_range=feature_map.value_range
    )


def _remarks(found: list[Compared]) -> list[str]:
    """What else has to be known of the table."""
    feature_map = found[0].result.feature_map
    maps = [feature_map.values, *(each.result.output for each in found)]
    remarks = all_channels(feature_map)
    if not all(np.isfinite(values).all() for values in maps):
        remarks.append("values that are not finite are left out of mean and contrast")
    return remarks


def _windows(found: list[Compared]) -> str:
    """``2×2, stride 2``, if the modes agree in it."""
    geometries = [each.result.geometry for each in found]
    words = {
        "global" if is_global(geometry.spec) else describe_windows(geometry)
        for geometry in geometries
    }
    return words.pop() if len(words) == 1 else "windows as each mode has them"


def _rows(found: list[Compared]) -> list[tuple[str, ...]]:
    before = found[0].before
    first = ("input", text.number(before.mean), "", text.number(before.contrast), "", "")
    return [first, *map(_row, found)]


def _row(each: Compared) -> tuple[str, ...]:
    return (
        each.name,
        text.number(each.after.mean),
        text.percent(each.mean_kept),
        text.number(each.after.contrast),
        text.percent(each.contrast_kept),
        text.percent(each.changed),
    )


def comparison_document(
    found: list[Compared], channel: int, *, full: bool = False
) -> dict[str, Any]:
    """The comparison as plain data; maps of many values are None unless ``full``."""
    before = found[0].before
    return {
        "input": {"mean": before.mean, "contrast": before.contrast},
        "channel": channel,
        "modes": {
            each.name: {
                "mean": each.after.mean,
                "mean_kept": each.mean_kept,
                "contrast": each.after.contrast,
                "contrast_kept": each.contrast_kept,
                "values_changed": each.changed,
                "output": listed(each.result.output[channel], full=full),
            }
            for each in found
        },
    }


def comparison_scene(found: list[Compared], channel: int, theme: Theme) -> Scene:
    """Input and outputs on one value scale."""
    feature_map = found[0].result.feature_map
    scale = _scale(found, channel, theme)
    planes = [("input", feature_map.values[channel]), *_outputs(found, channel)]
    plates = [
        map_panel(f"{name} {text.size(plane.shape)}", plane, scale, theme) for name, plane in planes
    ]
    words = f"{_windows(found)}{channel_words(feature_map, channel)}"
    kept = [f"{each.name} {text.percent(each.contrast_kept)}" for each in found]
    captions = [f"contrast kept: {', '.join(kept)}"]
    title = f"{short_name(feature_map)}: {words}"
    alt = f"{text.escaped(feature_map.name)}: {words}. {captions[0]}."
    return panels_scene(title, [plates], captions, theme, alt)


def comparison_page(found: list[Compared], channel: int, theme: Theme) -> PageContent:
    """The page on which a reader looks at one mode after the other."""
    variants = [Variant(each.name, each.result) for each in found]
    return PageContent(variants, channel=channel, theme=theme)
