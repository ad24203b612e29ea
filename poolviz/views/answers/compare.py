"""View of a comparison of modes."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.compare import Comparison, ModeOutput
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
    "contrast: the standard deviation; kept: output / input",
    "values changed: the share of outputs that equal no cell of their window",
)


def lines(answer: Comparison, screen: Screen) -> Iterable[Segments]:
    """The input and the outputs side by side, then the statistics."""
    feature_map, channel = answer.feature_map, answer.channel
    scale = _scale(answer, screen.theme)
    window = range(1), range(1)
    grids = [
        list(plane_grid(f"{name} {text.size(plane.shape)}", plane, scale, screen, window).lines())
        for name, plane in _planes(answer)
    ]
    before = answer.before
    rows = [
        ("input", text.number(before.mean), "", text.number(before.contrast), "", ""),
        *map(_row, answer.outputs),
    ]
    channel_note = channel_words(feature_map, channel)
    yield heading(f"{text.escaped(feature_map.name)}: {_windows(answer)}{channel_note}")
    yield []
    yield from side_by_side(grids, screen.width)
    yield []
    yield from table(HEAD, rows, screen.width)
    yield []
    yield from map(plain, (*LEGEND, *_remarks(answer)))


def _planes(answer: Comparison) -> list[tuple[str, Array]]:
    """The input and the outputs by their titles."""
    outputs = [(output.name, output.result.output[answer.channel]) for output in answer.outputs]
    return [("input", answer.feature_map.values[answer.channel]), *outputs]


def _scale(answer: Comparison, theme: Theme) -> ValueScale:
    """One scale for the input and all outputs."""
    planes = [plane for _, plane in _planes(answer)]
    return value_scale(theme, *planes, value_range=answer.feature_map.value_range)


def _remarks(answer: Comparison) -> list[str]:
    """Remarks on the table."""
    maps = [answer.feature_map.values, *(output.result.output for output in answer.outputs)]
    remarks = all_channels(answer.feature_map)
    if not all(np.isfinite(values).all() for values in maps):
        remarks.append("mean and contrast ignore values that are not finite")
    return remarks


def _windows(answer: Comparison) -> str:
    """``2×2, stride 2`` if all modes have the same windows."""
    geometries = [output.result.geometry for output in answer.outputs]
    words = {
        "global" if is_global(geometry.spec) else describe_windows(geometry)
        for geometry in geometries
    }
    return words.pop() if len(words) == 1 else "windows differ by mode"


def _row(output: ModeOutput) -> tuple[str, ...]:
    return (
        output.name,
        text.number(output.after.mean),
        text.percent(output.mean_kept),
        text.number(output.after.contrast),
        text.percent(output.contrast_kept),
        text.percent(output.changed),
    )


def document(answer: Comparison, *, full: bool = False) -> dict[str, Any]:
    """The comparison as plain data; large maps are None unless ``full``."""
    before = answer.before
    return {
        "input": {"mean": before.mean, "contrast": before.contrast},
        "channel": answer.channel,
        "modes": {
            output.name: {
                "mean": output.after.mean,
                "mean_kept": output.mean_kept,
                "contrast": output.after.contrast,
                "contrast_kept": output.contrast_kept,
                "values_changed": output.changed,
                "output": listed(output.result.output[answer.channel], full=full),
            }
            for output in answer.outputs
        },
    }


def scene(answer: Comparison, theme: Theme) -> Scene:
    """Input and outputs on one value scale."""
    feature_map = answer.feature_map
    scale = _scale(answer, theme)
    planes = _planes(answer)
    panels = [
        map_panel(f"{name} {text.size(plane.shape)}", plane, scale, theme) for name, plane in planes
    ]
    words = f"{_windows(answer)}{channel_words(feature_map, answer.channel)}"
    kept = [f"{output.name} {text.percent(output.contrast_kept)}" for output in answer.outputs]
    captions = [f"contrast kept: {', '.join(kept)}"]
    title = f"{short_name(feature_map)}: {words}"
    alt = f"{text.escaped(feature_map.name)}: {words}. {captions[0]}."
    return panels_scene(title, [panels], captions, theme, alt)


def page(answer: Comparison, theme: Theme) -> PageContent:
    """A page with one variant for each mode."""
    variants = [Variant(output.name, output.result) for output in answer.outputs]
    return PageContent(variants, channel=answer.channel, theme=theme)
