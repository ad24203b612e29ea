"""The content of a page: which results, which part of them, and the memory they take."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isqrt, prod

from poolviz.feature_map import RGB
from poolviz.result import PoolResult
from poolviz.views.paint.formats import Pace
from poolviz.views.scene.region import (
    Region,
    check_window_count,
    default_region,
    parse_region,
    region_around,
)
from poolviz.views.scene.style import DEFAULT_THEME, SCREEN_THEMES, THEMES, Theme
from poolviz.windows import Array

# The most windows of a page, and the most cells in them, for all results together.
MOST_WINDOWS, MOST_WINDOW_CELLS = 4096, 1 << 17
# The longest side of an input in pixels; screens have more room than animations.
PANEL_SIDE = 520
# Of more windows, a page shows a square with this side.
SIDE = 32
# The most cells along a side: 320×320 cells make about two megabytes.
MOST_CELLS = 320
# Measured memory while a page is made: for windows, their cells, cells, and text of channels.
BYTES_PER_WINDOW, BYTES_PER_WINDOW_CELL, BYTES_PER_CELL, BYTES_PER_CHARACTER = 3000, 150, 500, 8
# A page includes as many channels as fit into this many characters.
MOST_CHARACTERS = 1 << 20


@dataclass(frozen=True, eq=False)
class Variant:
    """One of the results that a reader can choose on a page.

    Args:
        name: its name in the menu.
        result: the result; the inputs of all variants have the same channels.
        marked: (C, height, width) which outputs have a marked corner.
        notes: lines about it, e.g. what the marks mean.
    """

    name: str
    result: PoolResult
    marked: Array | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PageContent:
    """The content of a page.

    Args:
        variants: the results to choose from.
        label: what distinguishes them, e.g. "mode".
        channel: the channel that is shown first.
        theme: the colours; the default theme follows the reader's preference.
        region: the region to show, as ROWSxCOLS+ROW+COLUMN; None for one that suits.
        first_output: (row, column) of the output cell that is shown first; None for the best
            example.
        pace: how the page plays.
        most_characters: the page includes as many channels as fit into this many characters.
        most_cells: the most cells along a side, unless one window needs more.
    """

    variants: Sequence[Variant]
    label: str = "mode"
    channel: int = 0
    theme: Theme = THEMES[DEFAULT_THEME]
    region: str | None = None
    first_output: tuple[int, int] | None = None
    pace: Pace = field(default_factory=Pace)
    most_characters: int = MOST_CHARACTERS
    most_cells: int = MOST_CELLS

    @property
    def themes(self) -> dict[str, Theme]:
        """The themes that a reader can choose, by name."""
        colormap = self.theme.colormap
        return {name: replace(THEMES[name], colormap=colormap) for name in SCREEN_THEMES}

    @property
    def preferred(self) -> str:
        """The name of the theme; ``auto`` for the default theme."""
        names = [name for name, theme in self.themes.items() if theme == self.theme]
        return "auto" if DEFAULT_THEME in names else names[0]


def memory_needed(content: PageContent) -> int:
    """The most bytes of memory that making a page takes.

    Raises:
        SpecError: as for :func:`regions`.
    """
    needed = BYTES_PER_CHARACTER * content.most_characters
    for variant, region in zip(content.variants, regions(content), strict=True):
        windows, cells = (prod(map(len, part)) for part in (region.windows, region.cells))
        if variant.result.feature_map.is_rgb:
            # All channels of an image in colour are on the page.
            windows, cells = windows * len(RGB), cells * len(RGB)
        needed += windows * (BYTES_PER_WINDOW + BYTES_PER_WINDOW_CELL * _taps(variant.result))
        needed += cells * BYTES_PER_CELL
    return needed


def regions(content: PageContent) -> list[Region]:
    """The region of each variant; variants with the same windows share one.

    Raises:
        SpecError: the region that was named does not fit, or has too many windows.
    """
    first = content.variants[0].result
    shown = _region(first, content)
    return [
        shown if result.geometry.axes == first.geometry.axes else _region(result, content)
        for result in (variant.result for variant in content.variants)
    ]


def _region(result: PoolResult, content: PageContent) -> Region:
    most = max(1, min(MOST_WINDOWS, MOST_WINDOW_CELLS // _taps(result)) // len(content.variants))
    if content.region is not None:
        region = parse_region(result, content.region)
        check_window_count(region, most, "for a page")
        return region
    side = min(SIDE, isqrt(most))
    cells = content.most_cells
    region = default_region(result, content.channel, most, side, cells)
    output = content.first_output
    if output is None or output in region:
        return region
    return region_around(result, output, side, cells)


def _taps(result: PoolResult) -> int:
    """The number of cells that a window reads."""
    return prod(map(len, result.geometry.window((0, 0))))
