"""Sheets: rows of maps that belong together, each under a heading, with words below its maps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from poolviz.views.panel import LARGEST_CELL, Panel, digit_size
from poolviz.views.parts import scale_bar, scale_width
from poolviz.views.plates import BESIDE_DIGITS, LEAST_MARKED, LEAST_WITH_DIGITS, Plate, drawn_plate
from poolviz.views.scene import Box, Item, Label, Scene, text_width, wrapped
from poolviz.views.stage import LEAST_WIDTH, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE
from poolviz.views.style import Theme

HEADING_SIZE = 16
# Between maps that belong to each other, and between others.
BESIDE, APART = 12, 36
# Above each map stands its title.
TITLED = LINE
# Between rows.
BELOW = 48
# No frame is smaller.
LEAST_FRAME = 21
# Of small cells it stands off by so much.
FRAME_AWAY = 6


@dataclass(frozen=True, eq=False)
class Tile:
    """A map on a sheet.

    Args:
        plate: its title, values and colours.
        notes: lines below it.
        beside: the next map belongs to it.
        bar: whether its value scale stands below it.
        slot: the least width that is kept for it, in pixels, so that rows have columns.
        least_cell: its cells' least side in pixels, where it may be larger than the others.
        framed: rows and columns around which there is a frame, however small they are drawn.
    """

    plate: Plate
    notes: tuple[str, ...] = ()
    beside: bool = False
    bar: bool = False
    slot: int = 0
    least_cell: int = 0
    framed: tuple[range, range] | None = None


@dataclass(frozen=True, eq=False)
class Row:
    """Maps side by side, their cells of one size, unless they are ``fitted``.

    Args:
        heading: what they are.
        lines: more of it, below the heading.
        tiles: the maps.
        side: the longest side of the largest, in pixels.
        fitted: where cells are too small for digits, each map is drawn as large as it may be;
            else its digits are.
        bar: whether the value scale of all stands below them.
    """

    heading: str
    lines: tuple[str, ...]
    tiles: tuple[Tile, ...]
    side: int
    fitted: bool = False
    bar: bool = False

    @cached_property
    def _longest(self) -> int:
        """Cells along the longest side of the largest map."""
        longest: int = max(max(tile.plate.values.shape) for tile in self.tiles)
        return longest

    @cached_property
    def _alone(self) -> bool:
        """Whether each map has a size of its own."""
        return self.fitted and self.side // self._longest < LEAST_WITH_DIGITS

    def every(self, tile: Tile) -> int:
        """Of a map's rows and columns one of every so many is shown."""
        return ceil(self._side(tile) / self.side)

    def cell(self, tile: Tile) -> int:
        """The side of a map's cells in pixels."""
        usual = min(LARGEST_CELL, self.side * self.every(tile) // self._side(tile))
        return max(1, tile.least_cell, usual)

    def _side(self, tile: Tile) -> int:
        """Cells along the side that a map's size goes by."""
        own: int = max(tile.plate.values.shape)
        return own if self._alone else self._longest

    @property
    def top(self) -> int:
        """What stands above the maps, in pixels."""
        titled = TITLED if any(tile.plate.title for tile in self.tiles) else TITLED // 2
        return LINE * (bool(self.heading) + len(self.lines)) + titled

    @cached_property
    def bottom(self) -> int:
        """Where the maps end, below the top, in pixels."""
        return self.top + max(panel.height for panel in self.panels)

    @property
    def sampled(self) -> int:
        """Of the rows and columns of the largest map one of every so many is shown."""
        return max(map(self.every, self.tiles))

    @cached_property
    def panels(self) -> list[Panel]:
        """Where the maps stand, below and right of (0, 0)."""
        panels, x = [], 0
        for tile in self.tiles:
            plate, cell = self._shown(tile), self.cell(tile)
            rows, columns = map(range, plate.values.shape)
            # A picture's colours tell of three channels, digits of one.
            legible = plate.colors is None
            digits = digit_size(plate.values, cell, BESIDE_DIGITS) if legible else 0
            panels.append(Panel(x, self.top, cell, rows, columns, digits, tile.plate.title))
            x += self._width(tile, panels[-1]) + (BESIDE if tile.beside else APART)
        if self.fitted:
            return panels
        sizes = [panel.digits for panel in panels if panel.digits]
        return [replace(panel, digits=min(sizes)) if panel.digits else panel for panel in panels]

    def _shown(self, tile: Tile) -> Plate:
        """One of every so many rows and columns."""
        plate, step = tile.plate, slice(None, None, self.every(tile))
        marked = None if plate.marked is None else plate.marked[step, step]
        colors = None if plate.colors is None else plate.colors[step, step]
        return replace(plate, values=plate.values[step, step], marked=marked, colors=colors)

    @staticmethod
    def _width(tile: Tile, panel: Panel) -> int:
        words = [text_width(line, TEXT_SIZE) for line in (tile.plate.title, *tile.notes)]
        bar = scale_width(tile.plate.scale) if tile.bar else 0
        return max(panel.width, bar, tile.slot, *words)

    @cached_property
    def width(self) -> int:
        """Of the widest of heading, lines and maps, in pixels."""
        last = self.panels[-1].x + self._width(self.tiles[-1], self.panels[-1])
        lines = [text_width(line, TEXT_SIZE) for line in self.lines]
        return max(last, text_width(self.heading, HEADING_SIZE, bold=True), *lines, 0)

    @cached_property
    def height(self) -> int:
        """In pixels, with the gap below."""
        notes = max(len(tile.notes) + tile.bar for tile in self.tiles)
        return self.bottom + LINE * (notes + self.bar) + BELOW

    def items(self, x: int, y: int, theme: Theme) -> Iterator[Item]:
        """All of it, from its top left corner on."""
        if self.heading:
            yield Label(x, y, self.heading, HEADING_SIZE, theme.ink, bold=True, anchor="left")
        for at, line in enumerate(self.lines, bool(self.heading)):
            yield Label(x, y + at * LINE, line, TEXT_SIZE, theme.muted, anchor="left")
        for tile, panel in zip(self.tiles, self.panels, strict=True):
            there = replace(panel, x=x + panel.x, y=y + panel.y)
            yield from drawn_plate(self._shown(tile), there)
            if tile.framed:
                yield from _frame(tile, there, self.every(tile))
            yield from _below(tile, there, y + self.bottom)
        if self.bar:
            yield from scale_bar(self.tiles[0].plate, x, y + self.bottom + LINE)


def _frame(tile: Tile, panel: Panel, every: int) -> Iterator[Item]:
    """A frame with a halo around cells, and at least as large as can be seen."""
    rows, columns = (
        range(cells[0] // every, cells[-1] // every + 1) for cells in tile.framed or ()
    )
    x, y, *sides = panel.area(rows, columns)
    # Around cells too small for digits, so that none is covered.
    around = 0 if panel.cell >= LEAST_MARKED else 2 * FRAME_AWAY
    width, height = (max(side + around, LEAST_FRAME) for side in sides)
    x, y = x - (width - sides[0]) // 2, y - (height - sides[1]) // 2
    theme = tile.plate.theme
    yield Box(x - 2, y - 2, width + 4, height + 4, outline=theme.halo, line_width=7)
    yield Box(x, y, width, height, outline=theme.accent, line_width=3)


def _below(tile: Tile, panel: Panel, y: int) -> Iterator[Item]:
    """A map's value scale and notes."""
    y += LINE // 3
    if tile.bar:
        y += LINE - LINE // 3
        yield from scale_bar(tile.plate, panel.x, y)
    for at, line in enumerate(tile.notes, 1):
        muted = tile.plate.theme.muted
        yield Label(panel.x, y + at * LINE, line, TEXT_SIZE, muted, anchor="left")


def sheet_scene(
    title: str, rows: list[Row], captions: list[str], theme: Theme, description: str
) -> Scene:
    """``rows`` below each other under ``title``, ``captions`` at the foot."""
    titled = text_width(title, TITLE_SIZE, bold=True)
    width = max(LEAST_WIDTH - 2 * MARGIN, titled, *(row.width for row in rows))
    items: list[Item] = [
        Label(MARGIN, MARGIN + 8, title, TITLE_SIZE, theme.ink, bold=True, anchor="left")
    ]
    y = MARGIN + 8 + LINE + BELOW // 2
    for row in rows:
        items += row.items(MARGIN, y, theme)
        y += row.height
    y -= BELOW // 2
    for line in [part for words in captions for part in wrapped(words, TEXT_SIZE, width)]:
        y += LINE
        items.append(Label(MARGIN, y, line, TEXT_SIZE, theme.muted, anchor="left"))
    size = width + 2 * MARGIN, y + LINE // 2 + MARGIN
    return Scene(*size, theme.background, tuple(items), title, description)
