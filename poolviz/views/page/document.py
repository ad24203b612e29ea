"""The data of a page: every number, text and colour of its results, ready for JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from poolviz import text
from poolviz.analysis.example import best_window
from poolviz.geometry import Axis
from poolviz.views.page.channel import channel_document
from poolviz.views.page.content import PageContent, Variant, regions
from poolviz.views.scene.region import Region, describe_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.result import remaining

# The longest side of an input in pixels; screens have more room than animations.
PANEL_SIDE = 520


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
    chosen = [channel_document(stage, content.themes) for stage in stages]
    included = _channels(stages[0], content.most_characters // len(json.dumps(chosen)))
    variants = [
        {
            "name": text.escaped(variant.name),
            **_variant(variant, stage, included),
            "channels": [
                first if channel == content.channel else _other(stage, channel, content.themes)
                for channel in included
            ],
        }
        for variant, stage, first in zip(content.variants, stages, chosen, strict=True)
    ]
    return {
        **_heading(content, stages),
        "channel": included.index(content.channel),
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
    return channel_document(other, themes)


def _channels(stage: Stage, most: int) -> range:
    """At most ``most`` channels, with the one that is shown first among them."""
    total = len(stage.result.feature_map.values)
    count = min(max(1, most), total)
    first = min(max(0, stage.channel - count // 2), total - count)
    return range(first, first + count)


def _variant(variant: Variant, stage: Stage, included: range) -> dict[str, Any]:
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
        "kinds": "".join(str(int(axis.kind(cell))) for cell in cells),
        "unread": sorted(axis.unread_among(cells)),
        "firstWindow": windows[0],
        "windows": [
            [window.start, len(window), window.step] for window in map(axis.window, windows)
        ],
    }


def _notes(stage: Stage, included: range) -> list[str]:
    """Lines about the shown part, left-out channels, and changes to the source."""
    result, feature_map = stage.result, stage.result.feature_map
    part = describe_region(result, stage.region)
    ends = included[0], included[-1]
    first, last = (text.escaped(feature_map.channel_names[channel]) for channel in ends)
    notes = [f"shown: {part}"] if part else []
    if len(included) < len(feature_map.values):
        channels = f"channels {first}–{last}" if len(included) > 1 else f"channel {first}"
        notes.append(f"only {channels}: all channels would make the page too large")
    notes += [f"drawn with seed {result.seed}"] if result.mode.draws else []
    remarks = result.mode.remarks(feature_map.values)
    return [*notes, *map(text.escaped, feature_map.notes), *remarks]
