"""Sheets: rows of maps that belong together, each row under its heading."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from poolviz.views.panel import LARGEST_CELL, Panel, digit_size
from poolviz.views.parts import scale_bar, scale_width
from poolviz.views.plates import BESIDE_DIGITS, Plate, drawn_plate
from poolviz.views.scene import Item, Label, Scene, text_width, wrapped
from poolviz.views.stage import LEAST_WIDTH, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE
from poolviz.views.style import Theme

HEADING_SIZE = 16
# Between maps that belong to each other, and between others.
BESIDE, APART = 12, 36
# Above each map stands its title.
TITLED = LINE
# Between rows.
BELOW = 44


@dataclass(frozen=True, eq=False)
class Tile:
    """A map on a sheet.

    Args:
        plate: its title, values and colours.
        notes: lines below it.
        beside: the next map belongs to it.
        bar: whether its value scale stands below it.
        slot: the least width that is kept for it, in pixels, so that rows have columns.
    """

    plate: Plate
    notes: tuple[str, ...] = ()
    beside: bool = False
    bar: bool = False
    slot: int = 0


@dataclass(frozen=True, eq=False)
class Row:
    """Maps side by side, their cells of one size.

    Args:
        heading: what they are.
        lines: more of it, below the heading.
        tiles: the maps.
        side: the longest side of the largest, in pixels.
        bar: whether the value scale of all stands below them.
    """

    heading: str
    lines: tuple[str, ...]
    tiles: tuple[Tile, ...]
    side: int
    bar: bool = False

    @cached_property
    def longest(self) -> int:
        """Cells along the longest side of the largest map."""
        return max(int(max(tile.plate.values.shape)) for tile in self.tiles)

    @property
    def every(self) -> int:
        """Of the maps' rows and columns one of every so many is shown."""
        return ceil(self.longest / self.side)

    @property
    def cell(self) -> int:
        """The side of a cell in pixels."""
        return max(1, min(LARGEST_CELL, self.side * self.every // self.longest))

    @property
    def top(self) -> int:
        """What stands above the maps, in pixels."""
        titled = TITLED if any(tile.plate.title for tile in self.tiles) else TITLED // 2
        return LINE * (1 + len(self.lines)) + titled

    @cached_property
    def panels(self) -> list[Panel]:
        """Where the maps stand, below and right of (0, 0)."""
        panels, x = [], 0
        for tile in self.tiles:
            plate = self._shown(tile.plate)
            rows, columns = map(range, plate.values.shape)
            digits = 0 if plate.colors is not None else self._digits(plate)
            panels.append(Panel(x, self.top, self.cell, rows, columns, digits, tile.plate.title))
            x += self._width(tile, panels[-1]) + (BESIDE if tile.beside else APART)
        sizes = [panel.digits for panel in panels if panel.digits]
        return [replace(panel, digits=min(sizes)) if panel.digits else panel for panel in panels]

    def _digits(self, plate: Plate) -> int:
        return digit_size(plate.values, self.cell, BESIDE_DIGITS)

    def _shown(self, plate: Plate) -> Plate:
        """One of every so many rows and columns."""
        step = slice(None, None, self.every)
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
        yield Label(x, y, self.heading, HEADING_SIZE, theme.ink, bold=True, anchor="left")
        for at, line in enumerate(self.lines, 1):
            yield Label(x, y + at * LINE, line, TEXT_SIZE, theme.muted, anchor="left")
        for tile, panel in zip(self.tiles, self.panels, strict=True):
            there = replace(panel, x=x + panel.x, y=y + panel.y)
            yield from drawn_plate(self._shown(tile.plate), there)
            yield from _below(tile, there, y + self.bottom)
        if self.bar:
            yield from scale_bar(self.tiles[0].plate, x, y + self.bottom + LINE)

    @cached_property
    def bottom(self) -> int:
        """Where the maps end, below the top, in pixels."""
        return self.top + max(panel.height for panel in self.panels)


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
    y = MARGIN + 8 + LINE + BELOW
    for row in rows:
        items += row.items(MARGIN, y, theme)
        y += row.height
    for line in [part for words in captions for part in wrapped(words, TEXT_SIZE, width)]:
        y += LINE
        items.append(Label(MARGIN, y, line, TEXT_SIZE, theme.muted, anchor="left"))
    size = width + 2 * MARGIN, y + LINE // 2 + MARGIN
    return Scene(*size, theme.background, tuple(items), title, description)
