"""Packing: maps on a sheet of a chosen width, in the layout that fills it best."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil

import numpy as np

from poolviz.views.scene.columns import Beside, aligned, framed, written_alike
from poolviz.views.scene.elements import LARGEST_CELL, SMALLEST_DIGITS, Block
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.legend import SCALE_WIDTH, TEXT_SIZE, scale_width
from poolviz.views.scene.sheet import (
    NUMBER_SIZE,
    SMALL_TEXT,
    SMALL_TITLE,
    WIDE_APART,
    WIDEST,
    Row,
    Tile,
)
from poolviz.views.scene.stage import LINE, MARGIN, PANEL_TITLE_SIZE
from poolviz.views.scene.style import Theme

# Between maps, and below the last line of a row in usual and in small type, in pixels.
APART, BELOW, BELOW_SMALL = 16, 38, 28
# Packed maps are drawn smaller at a time until they fit; smaller ones are not tried.
SHRINK, SMALLEST = 0.9, 56
# Maps of a stack up to this side always have digits.
ALWAYS_DIGITS = 8
# Cells from this side on are all equally large.
EVEN_CELL = 8
# Heights of sheets that are too high are compared in steps of so many pixels.
TOLERANCE = 48
# Maps stand apart by at most so many times their width.
SPREAD = 1.5
# The shares of the width that a map at the left of the others may take, and the least room for
# words beside it.
SHARES, LEAST_ASIDE = (0.62, 0.5, 0.4), 150
# Maps that are drawn smaller have small type; their value bars are at least so wide.
SMALL_SLOT, LEAST_BAR = 170, 24


@dataclass(frozen=True, eq=False)
class Packing:
    """Maps on a sheet of a given width.

    Args:
        blocks: the rows.
        notes: lines for which there is no room beside the maps.
    """

    blocks: list[Block]
    notes: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        """In pixels, without title and captions."""
        return sum(block.height for block in self.blocks)

    @property
    def rows(self) -> list[Row]:
        """All rows, those beside each other one by one."""
        rows: list[Row] = []
        for block in self.blocks:
            if isinstance(block, Beside):
                rows += block.left, *block.right
            elif isinstance(block, Row):
                rows.append(block)
        return rows

    def rank(self, room: int, free: int) -> tuple[float, ...]:
        """The lower, the better: not too high, digits, no empty place, little empty ground."""
        panels = [panel for row in self.rows for panel in row.panels]
        digits = sum(len(each.rows) * len(each.columns) for each in panels if each.digits)
        areas = [panel.width * panel.height for panel in panels]
        # A very large map does not make up for small ones.
        used = sum(min(area, 3 * min(areas)) for area in areas)
        counts = [len(row.tiles) for row in self.rows]
        empty = len(counts) > 1 and counts[-2] > counts[-1] > 0
        # A bit too high is better than an empty place.
        excess = max(0, (self.height - room) // TOLERANCE)
        return excess, -digits, empty, -used / (free * self.height)


def packed(
    make: Callable[[int, int], Sequence[Tile]],
    theme: Theme,
    around: int,
    *,
    notes: Sequence[str] = (),
    columns: int | None = None,
    leads: bool = True,
) -> Packing:
    """Maps in the layout that fills a sheet of the chosen width best and is not too high.

    All stand in one even grid; or the first one, larger, above a grid of the others or at its left.
    Maps of a single row stand below each other.

    Args:
        make: the maps whose longest sides are at most so many pixels: of the first, of the others.
        theme: the colours, and the width.
        around: the height of everything else on the sheet, in pixels.
        notes: lines for the first map, beside it if there is room.
        columns: how many of the others stand side by side; None for what fills the sheet best.
        leads: whether the first map may be larger than the others.
    """
    make, chosen = cache(make), theme.choices
    free = (chosen.width or WIDEST) - 2 * MARGIN
    room = (chosen.height or WIDEST) - around
    count = len(make(SMALLEST, SMALLEST))
    layouts = list(_layouts(count, free, columns, leads=leads))
    if all(len(tile.panel.values) == 1 for tile in make(free, free)):
        layouts = [("", 1, (free, free))]
    packing = Packing([])
    fitting: list[tuple[tuple[float, ...], Packing]] = []
    for lead, across, (first, others) in layouts:
        factor = 1.0
        while factor == 1 or others * factor >= SMALLEST:
            sides = round(first * factor), round(others * factor)
            packing = _packing(make(*sides), (lead, across, sides), notes, free)
            factor *= SHRINK
            if max(block.width for block in packing.blocks) > free:
                continue
            fitting.append((packing.rank(room, free), packing))
            if packing.height <= room:
                break
    return min(fitting, key=lambda each: each[0])[1] if fitting else packing


Layout = tuple[str, int, tuple[int, int]]


def _layouts(count: int, free: int, columns: int | None, *, leads: bool) -> Iterator[Layout]:
    """Where the first map stands, how many others are side by side, and their largest sides."""

    def slot(across: int, width: int = free) -> int:
        return max(1, (width - (across - 1) * APART) // across)

    for across in range(count, 0, -1):
        if columns is not None and across != min(columns, count - leads):
            continue
        if columns is None or not leads:
            yield "", across, (slot(across), slot(across))
        if not leads or across >= count:
            continue
        yield "above", across, (free, slot(across))
        for share in SHARES:
            first = round(free * share)
            width = free - first - WIDE_APART // 2
            yield "left", across, (first, slot(across, width))


def _packing(tiles: Sequence[Tile], layout: Layout, notes: Sequence[str], free: int) -> Packing:
    """The maps in a layout, with notes beside the first one if there is room."""
    lead, across, (first, others) = layout
    if not lead:
        return Packing([*_grid(tiles, across, others)], tuple(notes))
    small = others < SMALL_SLOT
    (before,), after = worded(tiles[:1], max(first, LEAST_ASIDE), small=small), tiles[1:]
    rows = _grid(after, across, others)
    left = Row("", (), (before,), 0, apart=APART, below=_below([before]))
    if lead == "left":
        block = Beside(left, tuple(rows), rows[-1].below, apart=WIDE_APART // 2)
        return Packing([block], tuple(notes))
    beside = free - left.width - APART
    if beside < LEAST_ASIDE or not notes:
        return Packing([left, *rows], tuple(notes))
    number, *words = notes
    lines = [part for note in words for part in ("", *wrap_text(note, TEXT_SIZE, beside))]
    aside = replace(left, aside=(number, *lines))
    return Packing([aside if aside.width <= free else left, *rows])


def _grid(tiles: Sequence[Tile], across: int, slot: int) -> list[Row]:
    """The maps in rows of so many."""
    written = [
        replace(tile, slot=min(slot, round(SPREAD * tile.cell * tile.panel.values.shape[1])))
        for tile in worded(tiles, slot, small=slot < SMALL_SLOT)
    ]
    rows = [written[at : at + across] for at in range(0, len(tiles), across)]
    return aligned([Row("", (), tuple(row), 0, apart=APART, below=_below(row)) for row in rows])


def _below(tiles: Sequence[Tile]) -> int:
    """From the last line of a row to the next row, in pixels, less than a line of notes."""
    return BELOW if any(tile.below and tile.line == LINE for tile in tiles) else BELOW_SMALL


def worded(tiles: Sequence[Tile], slot: int, *, small: bool) -> list[Tile]:
    """Maps whose titles, notes and value bars are at most so wide, perhaps in small type."""
    title, note = (SMALL_TITLE, SMALL_TEXT) if small else (PANEL_TITLE_SIZE, TEXT_SIZE)
    names = [tile.panel.title for tile in tiles]
    while title > SMALLEST_DIGITS and max(text_width(x, title, bold=True) for x in names) > slot:
        title -= 1
    fitted = []
    for tile in tiles:
        number, notes = tile.number, tile.notes
        if tile.number is not None:
            large, words = tile.number
            wide = text_width(large, NUMBER_SIZE, bold=True)
            if small or wide > slot:
                number, notes = None, (large, *notes)
            elif wide + 8 + text_width(words, TEXT_SIZE) > slot:
                number = large, ""
        lines = [part for line in notes for part in wrap_text(line, note, slot)]
        beside = scale_width(tile.panel.scale, 0, note)
        bar = max(LEAST_BAR, min(SCALE_WIDTH, slot - beside))
        panel = replace(tile.panel, title_size=title)
        fitted.append(
            replace(
                tile, panel=panel, number=number, notes=tuple(lines), note_size=note, bar_width=bar
            )
        )
    return fitted


def with_digits(tiles: Sequence[Tile], sides: tuple[int, int], largest: int) -> list[Tile]:
    """Maps with cells of one size if they have room for digits; else those that have it.

    Args:
        tiles: maps, of which the first is allowed another size.
        sides: the longest side of the first and of the others, in pixels.
        largest: the side of the largest cell.
    """
    others = max((tile.panel.longest for tile in tiles[1:]), default=1)
    cell = max(1, min(largest, sides[0] // tiles[0].panel.longest, sides[1] // others))
    written = written_alike([replace(tile, cell=cell) for tile in tiles])
    if written[0].digits or len(tiles) == 1:
        return written if written[0].digits else list(tiles)
    cell = max(1, min(largest, sides[1] // others))
    written = written_alike([replace(tile, cell=cell) for tile in tiles[1:]])
    return [tiles[0], *(written if written[0].digits else tiles[1:])]


def filling(tile: Tile, side: int) -> Tile:
    """A map without digits whose longest side takes exactly so many pixels, where cells are small.

    Its cells are repeated, and differ by a pixel.
    """
    panel = tile.panel
    if tile.digits or tile.cell >= EVEN_CELL or panel.longest >= side:
        return tile
    rows, columns = (
        np.arange(round(length * side / panel.longest)) * panel.longest // side
        for length in panel.values.shape
    )
    colors = None if panel.colors is None else panel.colors[rows][:, columns]
    values = panel.values[rows][:, columns]
    return replace(tile, panel=replace(panel, values=values, colors=colors), cell=1)


def sized(tile: Tile, side: int) -> Tile:
    """A map whose longest side is at most so many pixels, with digits if there is room."""
    panel = tile.panel
    every = ceil(panel.longest / side)
    cell = min(LARGEST_CELL, side * every // panel.longest)
    (written,) = with_digits([replace(tile, cell=cell)], (side, side), LARGEST_CELL)
    if written.digits:
        return written
    drawn = filling(replace(tile, panel=panel.every(every), cell=cell, digits=0), side)
    return framed(drawn, tile.framed, (panel.values.shape[0], panel.values.shape[1]))


def enlarged(tile: Tile, row: Row) -> Tile:
    """A small map with cells large enough for its digits; others as they are."""
    if tile.panel.longest > ALWAYS_DIGITS:
        return tile
    sized = replace(tile, cell=row.cell(tile))
    return written_alike([sized], ALWAYS_DIGITS, tile.panel.numbers)[0]
