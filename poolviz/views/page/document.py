"""What a page knows: results as plain data, every number, text and colour of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isqrt, prod
from typing import Any

from poolviz import text
from poolviz.geometry import Axis
from poolviz.patches import Array
from poolviz.region import Region, around, asked_region, default_region, described
from poolviz.result import PoolResult
from poolviz.views.limits import refuse_many
from poolviz.views.pace import Pace
from poolviz.views.page.channel import channel_document
from poolviz.views.stage import Stage, stage_of
from poolviz.views.style import DEFAULT_THEME, THEMES, Theme
from poolviz.views.terminal import remaining

# Of all results together a page spells out so many windows, and so many cells in them.
MOST_WINDOWS, MOST_WINDOW_CELLS = 4096, 1 << 17
# The longest side of an input: screens have more room than animations.
PANEL_SIDE = 520
# Of more windows it shows a square with this side.
SIDE = 32
# So many cells along a side; 320 of them make about a megabyte.
MOST_CELLS = 320
# What they take while a page is made, measured; and each sign of the channels beside.
BYTES_PER_WINDOW, BYTES_PER_WINDOW_CELL, BYTES_PER_CELL, BYTES_PER_SIGN = 3000, 150, 500, 8
# Of several channels, those are taken in that have room in so many characters.
MOST_SIGNS = 1 << 20


@dataclass(frozen=True, eq=False)
class Variant:
    """One of the results that a page offers.

    Args:
        name: under which it is offered.
        result: of inputs with the same channels for all of them.
        marked: (C, height, width) which outputs have a marked corner.
        notes: what is said of it, of the marks too.
    """

    name: str
    result: PoolResult
    marked: Array | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Offer:
    """What a page shows.

    Args:
        variants: the results to choose from.
        label: what tells them apart, "mode" for instance.
        channel: which channel is shown first.
        theme: the colours; dark ones are kept to, else the reader's preference holds.
        asked: the region that was asked for, as text; None for one that suits.
        at: (row, column) of the output cell that is shown first.
        pace: how it plays.
        most_signs: as many channels are taken in as have room in so many characters.
        most_cells: so many cells are shown along a side, unless one window needs more.
    """

    variants: Sequence[Variant]
    label: str = "mode"
    channel: int = 0
    theme: Theme = THEMES[DEFAULT_THEME]
    asked: str | None = None
    at: tuple[int, int] | None = None
    pace: Pace = field(default_factory=Pace)
    most_signs: int = MOST_SIGNS
    most_cells: int = MOST_CELLS

    @property
    def themes(self) -> dict[str, Theme]:
        """The looks between which a reader may choose, by name."""
        colormap = self.theme.colormap
        return {name: replace(theme, colormap=colormap) for name, theme in THEMES.items()}

    @property
    def preferred(self) -> str:
        """The theme's name; ``auto`` for the default one."""
        names = [name for name, theme in self.themes.items() if theme == self.theme]
        return "auto" if DEFAULT_THEME in names else names[0]


def memory_needed(offer: Offer) -> int:
    """Bytes that making a page takes at most.

    Raises:
        SpecError: as for :func:`document`.
    """
    wanted = BYTES_PER_SIGN * offer.most_signs
    for variant, region in zip(offer.variants, _regions(offer), strict=True):
        windows, cells = (prod(map(len, part)) for part in (region.windows, region.cells))
        wanted += windows * (BYTES_PER_WINDOW + BYTES_PER_WINDOW_CELL * _taps(variant.result))
        wanted += cells * BYTES_PER_CELL
    return wanted


def document(offer: Offer) -> dict[str, Any]:
    """All of a page.

    Raises:
        SpecError: the region that was asked for does not fit, or has too many windows.
    """
    regions = _regions(offer)
    stages = [_stage(*pair, offer) for pair in zip(offer.variants, regions, strict=True)]
    chosen = [channel_document(stage, offer.themes) for stage in stages]
    taken = _taken(stages[0], offer.most_signs // len(json.dumps(chosen)))
    name = text.escaped(stages[0].result.feature_map.name)
    summaries = ", ".join(dict.fromkeys(stage.result.summary for stage in stages))
    return {
        "title": f"{name}: {summaries}",
        "name": name,
        "description": f"{name}: {summaries}. Output size {stages[0].result.formula}.",
        "label": offer.label,
        "theme": offer.preferred,
        "delay": offer.pace.durations(len(stages[0].steps) + 1)[0],
        "channel": taken.index(offer.channel),
        "step": _first_step(offer.at, stages[0].region),
        "variants": _sharing_inputs(
            [
                {
                    "name": text.escaped(variant.name),
                    **_variant(variant, stage, taken),
                    "channels": [
                        found if at == offer.channel else _other(stage, at, offer.themes)
                        for at in taken
                    ],
                    "marked": [_marked(variant, at, stage.region) for at in taken],
                }
                for variant, stage, found in zip(offer.variants, stages, chosen, strict=True)
            ]
        ),
    }


def _stage(variant: Variant, region: Region, offer: Offer) -> Stage:
    """The layout of the channel that is shown first."""
    result = variant.result
    beside = tuple(other.result for other in offer.variants if other is not variant)
    return stage_of(result, offer.channel, region, offer.theme, PANEL_SIDE, beside)


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


def _regions(offer: Offer) -> list[Region]:
    """Which part of each result is shown: the same of all that have the same windows."""
    first = offer.variants[0].result
    shown = _region(first, offer)
    return [
        shown if result.geometry.axes == first.geometry.axes else _region(result, offer)
        for result in (variant.result for variant in offer.variants)
    ]


def _region(result: PoolResult, offer: Offer) -> Region:
    most = max(1, min(MOST_WINDOWS, MOST_WINDOW_CELLS // _taps(result)) // len(offer.variants))
    if offer.asked is not None:
        region = asked_region(result, offer.asked)
        refuse_many(region, most, "for a page")
        return region
    side = min(SIDE, isqrt(most))
    cells = offer.most_cells
    region = default_region(result, offer.channel, most, side, cells)
    inside = offer.at is None or offer.at in region
    return region if offer.at is None or inside else around(result, offer.at, side, cells)


def _taps(result: PoolResult) -> int:
    """How many cells a window reads."""
    return prod(map(len, result.geometry.window((0, 0))))


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
        "rows": rows,
        "columns": columns,
    }


def _axis(axis: Axis, cells: range, windows: range) -> dict[str, Any]:
    """The cells along an axis that are shown, and what each window reads: (first, count, apart)."""
    return {
        "size": axis.size,
        "first": cells[0],
        "kinds": "".join(str(int(axis.kind(at))) for at in cells),
        "unread": [at for at in cells if at in axis.unread],
        "firstWindow": windows[0],
        "windows": [
            [window.start, len(window), window.step] for window in map(axis.window, windows)
        ],
    }


def _notes(stage: Stage, taken: range) -> list[str]:
    """What a reader should know besides: part, channels, looks, what was done to the source."""
    result, feature_map = stage.result, stage.result.feature_map
    place = described(result, stage.region)
    names = [text.escaped(feature_map.channel_names[at]) for at in (taken[0], taken[-1])]
    notes = [f"shown: {place}"] if place else []
    if len(taken) < len(feature_map.values):
        words = f"channels {names[0]}–{names[1]}" if len(taken) > 1 else f"channel {names[0]}"
        notes.append(f"{words} only: others would make the page too large")
    notes += [stage.legend] if stage.legend else []
    notes += [f"drawn with seed {result.seed}"] if result.mode.draws else []
    remarks = result.mode.remarks(feature_map.values)
    return [*notes, *map(text.escaped, feature_map.notes), *remarks]
