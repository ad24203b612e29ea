"""What a page offers: which results, which part of them, and what that takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isqrt, prod

from poolviz.result import PoolResult
from poolviz.views.paint.pace import Pace
from poolviz.views.scene.region import (
    Region,
    check_window_count,
    default_region,
    parse_region,
    region_around,
)
from poolviz.views.scene.style import DEFAULT_THEME, THEMES, Theme
from poolviz.windows import Array

# Of all results together a page spells out so many windows, and so many cells in them.
MOST_WINDOWS, MOST_WINDOW_CELLS = 4096, 1 << 17
# Of more windows it shows a square with this side.
SIDE = 32
# So many cells along a side: 320×320 make about two megabytes.
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
class PageContent:
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


def memory_needed(offer: PageContent) -> int:
    """Bytes that making a page takes at most.

    Raises:
        SpecError: as for :func:`regions`.
    """
    wanted = BYTES_PER_SIGN * offer.most_signs
    for variant, region in zip(offer.variants, regions(offer), strict=True):
        windows, cells = (prod(map(len, part)) for part in (region.windows, region.cells))
        wanted += windows * (BYTES_PER_WINDOW + BYTES_PER_WINDOW_CELL * _taps(variant.result))
        wanted += cells * BYTES_PER_CELL
    return wanted


def regions(offer: PageContent) -> list[Region]:
    """Which part of each result is shown: the same of all that have the same windows.

    Raises:
        SpecError: the region that was asked for does not fit, or has too many windows.
    """
    first = offer.variants[0].result
    shown = _region(first, offer)
    return [
        shown if result.geometry.axes == first.geometry.axes else _region(result, offer)
        for result in (variant.result for variant in offer.variants)
    ]


def _region(result: PoolResult, offer: PageContent) -> Region:
    most = max(1, min(MOST_WINDOWS, MOST_WINDOW_CELLS // _taps(result)) // len(offer.variants))
    if offer.asked is not None:
        region = parse_region(result, offer.asked)
        check_window_count(region, most, "for a page")
        return region
    side = min(SIDE, isqrt(most))
    cells = offer.most_cells
    region = default_region(result, offer.channel, most, side, cells)
    inside = offer.at is None or offer.at in region
    return region if offer.at is None or inside else region_around(result, offer.at, side, cells)


def _taps(result: PoolResult) -> int:
    """How many cells a window reads."""
    return prod(map(len, result.geometry.window((0, 0))))
