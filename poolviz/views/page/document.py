"""The data of a page: every number, text and colour of its results, ready for JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from poolviz import text
from poolviz.analysis.example import FEW_CHANNELS, best_window, channel_contrasts, ranked
from poolviz.geometry import Axis
from poolviz.views.page.channel import channel_document
from poolviz.views.page.content import PANEL_SIDE, PageContent, Variant, regions
from poolviz.views.scene.region import Region, describe_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import Theme, ValueScale
from poolviz.views.terminal.result import remaining


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
