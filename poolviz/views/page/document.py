"""What a page knows: results as plain data, every number, text and colour of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isqrt, prod
from typing import Any

from poolviz import text
from poolviz.geometry import Axis
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
# Of more windows it shows a square with this side.
SIDE = 32
# What they take while a page is made, measured; and each sign of the channels beside.
BYTES_PER_WINDOW, BYTES_PER_CELL, BYTES_PER_SIGN = 3000, 150, 8
# Of several channels, those are taken in that have room in so many characters.
MOST_SIGNS = 1 << 20


@dataclass(frozen=True, eq=False)
class Variant:
    """One of the results that a page offers, under its name."""

    name: str
    result: PoolResult


@dataclass(frozen=True, eq=False)
class Offer:
    """What a page shows.

    Args:
        variants: the results to choose from, of inputs with the same channels.
        label: what tells them apart, "mode" for instance.
        channel: which channel is shown first.
        theme: the colours; dark ones are kept to, else the reader's preference holds.
        asked: the region that was asked for, as text; None for one that suits.
        at: (row, column) of the output cell that is shown first.
        pace: how it plays.
        most_signs: as many channels are taken in as have room in so many characters.
    """

    variants: Sequence[Variant]
    label: str = "mode"
    channel: int = 0
    theme: Theme = THEMES[DEFAULT_THEME]
    asked: str | None = None
    at: tuple[int, int] | None = None
    pace: Pace = field(default_factory=Pace)
    most_signs: int = MOST_SIGNS

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
    for variant in offer.variants:
        windows = prod(map(len, _region(variant.result, offer).windows))
        wanted += windows * (BYTES_PER_WINDOW + BYTES_PER_CELL * _taps(variant.result))
    return wanted


def document(offer: Offer) -> dict[str, Any]:
    """All of a page.

    Raises:
        SpecError: the region that was asked for does not fit, or has too many windows.
    """
    stages = [_stage(variant.result, offer) for variant in offer.variants]
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
        "variants": [
            {
                "name": text.escaped(variant.name),
                **_variant(stage, taken),
                "channels": [
                    found if at == offer.channel else _other(stage, at, offer.themes)
                    for at in taken
                ],
            }
            for variant, stage, found in zip(offer.variants, stages, chosen, strict=True)
        ],
    }


def _stage(result: PoolResult, offer: Offer) -> Stage:
    """The layout of the channel that is shown first."""
    beside = tuple(variant.result for variant in offer.variants if variant.result is not result)
    region = _region(result, offer)
    return stage_of(result, offer.channel, region, offer.theme, beside=beside)


def _other(stage: Stage, channel: int, themes: Mapping[str, Theme]) -> dict[str, Any]:
    """Another channel as the one that is shown first."""
    other = stage_of(stage.result, channel, stage.region, stage.theme, beside=stage.beside)
    return channel_document(other, themes)


def _region(result: PoolResult, offer: Offer) -> Region:
    most = max(1, min(MOST_WINDOWS, MOST_WINDOW_CELLS // _taps(result)) // len(offer.variants))
    if offer.asked is not None:
        region = asked_region(result, offer.asked)
        refuse_many(region, most, "for a page")
        return region
    side = min(SIDE, isqrt(most))
    region = default_region(result, offer.channel, most, side)
    return region if offer.at is None or offer.at in region else around(result, offer.at, side)


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


def _variant(stage: Stage, taken: range) -> dict[str, Any]:
    """What all channels of a result have in common."""
    result, region = stage.result, stage.region
    axes = zip(result.geometry.axes, region.cells, region.windows, strict=True)
    rows, columns = (_axis(*parts) for parts in axes)
    return {
        "summary": result.summary,
        "formula": result.formula,
        "remaining": remaining(result),
        "notes": _notes(stage, taken),
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
    feature_map = stage.result.feature_map
    place = described(stage.result, stage.region)
    total = len(feature_map.values)
    notes = [f"shown: {place}"] if place else []
    if len(taken) < total:
        words = f"channels {taken[0]}–{taken[-1]}" if len(taken) > 1 else f"channel {taken[0]}"
        notes.append(f"{words} of 0–{total - 1}: others would make the page too large")
    remarks = stage.result.mode.remarks(feature_map.values)
    return [*filter(None, (*notes, stage.legend)), *map(text.escaped, feature_map.notes), *remarks]
