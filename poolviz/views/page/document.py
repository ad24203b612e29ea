"""What a page knows: results as plain data, every number, text and colour of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from poolviz import text
from poolviz.geometry import Axis
from poolviz.views.page.channel import channel_document
from poolviz.views.page.content import PageContent, Variant, regions
from poolviz.views.scene.region import Region, describe_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.result import remaining

# The longest side of an input: screens have more room than animations.
PANEL_SIDE = 520


def document(content: PageContent) -> dict[str, Any]:
    """All of a page.

    Raises:
        SpecError: the region that was asked for does not fit, or has too many windows.
    """
    stages = [
        _stage(*pair, content) for pair in zip(content.variants, regions(content), strict=True)
    ]
    chosen = [channel_document(stage, content.themes) for stage in stages]
    taken = _taken(stages[0], content.most_signs // len(json.dumps(chosen)))
    variants = [
        {
            "name": text.escaped(variant.name),
            **_variant(variant, stage, taken),
            "channels": [
                found if at == content.channel else _other(stage, at, content.themes)
                for at in taken
            ],
        }
        for variant, stage, found in zip(content.variants, stages, chosen, strict=True)
    ]
    return {
        **_heading(content, stages),
        "channel": taken.index(content.channel),
        "variants": _sharing_inputs(variants),
    }


def _heading(content: PageContent, stages: Sequence[Stage]) -> dict[str, Any]:
    """What a page is called, and how it opens."""
    first = stages[0]
    name = text.escaped(first.result.feature_map.name)
    summaries = ", ".join(dict.fromkeys(stage.result.summary for stage in stages))
    return {
        "title": f"{name}: {summaries}",
        "name": name,
        "description": f"{name}: {summaries}. Output size {first.result.formula}.",
        "label": content.label,
        "theme": content.preferred,
        "delay": content.pace.durations(len(first.steps) + 1)[0],
        "step": _first_step(content.at, first.region),
    }


def _stage(variant: Variant, region: Region, content: PageContent) -> Stage:
    """The layout of the channel that is shown first."""
    result = variant.result
    beside = tuple(other.result for other in content.variants if other is not variant)
    return stage_of(result, content.channel, region, content.theme, PANEL_SIDE, beside)


def _sharing_inputs(variants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same without inputs that are those of the first."""
    for variant in variants[1:]:
        for channel, first in zip(variant["channels"], variants[0]["channels"], strict=True):
            if channel["input"] == first["input"]:
                channel["input"] = None
    return variants


def _marked(variant: Variant, channel: int, region: Region) -> list[int]:
    """The steps whose outputs have a marked corner."""
    if variant.marked is None:
        return []
    rows, columns = region.windows
    found = variant.marked[channel, rows.start : rows.stop, columns.start : columns.stop]
    return [int(at) for at in found.ravel().nonzero()[0]]


def _other(stage: Stage, channel: int, themes: Mapping[str, Theme]) -> dict[str, Any]:
    """Another channel as the one that is shown first."""
    other = stage_of(
        stage.result, channel, stage.region, stage.theme, stage.panel_side, stage.beside
    )
    return channel_document(other, themes)


def _taken(stage: Stage, most: int) -> range:
    """The channels that have room: so many around the one that is shown first."""
    total = len(stage.result.feature_map.values)
    count = min(max(1, most), total)
    first = min(max(0, stage.channel - count // 2), total - count)
    return range(first, first + count)


def _first_step(at: tuple[int, int] | None, region: Region) -> int:
    if at is None:
        return 0
    rows, columns = region.windows
    return rows.index(at[0]) * len(columns) + columns.index(at[1])


def _variant(variant: Variant, stage: Stage, taken: range) -> dict[str, Any]:
    """What all channels of a result have in common."""
    result, region = stage.result, stage.region
    axes = zip(result.geometry.axes, region.cells, region.windows, strict=True)
    rows, columns = (_axis(*parts) for parts in axes)
    return {
        "summary": result.summary,
        "formula": result.formula,
        "remaining": remaining(result),
        "notes": [*map(text.escaped, variant.notes), *_notes(stage, taken)],
        "padding": stage.padding_text,
        "marked": [_marked(variant, at, region) for at in taken],
        "rows": rows,
        "columns": columns,
    }


def _axis(axis: Axis, cells: range, windows: range) -> dict[str, Any]:
    """The cells along an axis that are shown, and what each window reads: (first, count, apart)."""
    return {
        "size": axis.size,
        "first": cells[0],
        "kinds": "".join(str(int(axis.kind(at))) for at in cells),
        "unread": sorted(axis.unread_among(cells)),
        "firstWindow": windows[0],
        "windows": [
            [window.start, len(window), window.step] for window in map(axis.window, windows)
        ],
    }


def _notes(stage: Stage, taken: range) -> list[str]:
    """What a reader should know besides: part, channels, looks, what was done to the source."""
    result, feature_map = stage.result, stage.result.feature_map
    place = describe_region(result, stage.region)
    names = [text.escaped(feature_map.channel_names[at]) for at in (taken[0], taken[-1])]
    notes = [f"shown: {place}"] if place else []
    if len(taken) < len(feature_map.values):
        words = f"channels {names[0]}–{names[1]}" if len(taken) > 1 else f"channel {names[0]}"
        notes.append(f"{words} only: others would make the page too large")
    notes += [stage.legend] if stage.legend else []
    notes += [f"drawn with seed {result.seed}"] if result.mode.draws else []
    remarks = result.mode.remarks(feature_map.values)
    return [*notes, *map(text.escaped, feature_map.notes), *remarks]
