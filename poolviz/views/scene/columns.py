"""Maps of a sheet in columns: sizes, digits and places that rows have in common."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from poolviz.text import Numbers
from poolviz.views.scene.elements import (
    LARGEST_CELL,
    Block,
    Item,
    Scene,
    choose_numbers,
    digit_size,
    resampled,
)
from poolviz.views.scene.sheet import (
    BELOW,
    BESIDE_DIGITS,
    CLOSE_BELOW,
    LEAST_WITH_DIGITS,
    SIDE,
    WIDE_APART,
    WIDEST,
    GridPanel,
    Row,
    Sheet,
    Tile,
)
from poolviz.views.scene.stage import MARGIN
from poolviz.views.scene.style import Theme, ValueScale
from poolviz.windows import Array

# Cells with long numbers grow up to this side.
MOST_GROWN = 128
# Digits in the cells of a narrow sheet need less room around them.
AROUND_DIGITS = 5
# The usual width to height of a grid of maps, and up to how many of them it is square.
GRID_RATIO, FEW = 1.3, 4


def aligned(rows: Sequence[Row]) -> list[Row]:
    """The same rows, with their maps in columns."""
    count = max(len(row.tiles) for row in rows)
    widths = [
        max(row.widths[column] for row in rows if column < len(row.tiles))
        for column in range(count)
    ]
    return [
        replace(
            row,
            tiles=tuple(
                replace(tile, slot=width) for tile, width in zip(row.tiles, widths, strict=False)
            ),
        )
        for row in rows
    ]


@dataclass(frozen=True, eq=False)
class Beside:
    """A row at the left, and rows in columns to the right of it.

    Args:
        left: usually the input alone.
        right: usually outputs, as many in each row but the last.
    """

    left: Row
    right: tuple[Row, ...]
    below: int = CLOSE_BELOW
    heading: str = ""
    has_bars: bool = False
    apart: int = WIDE_APART

    @property
    def width(self) -> int:
        """In pixels."""
        return self.left.width + self.apart + max(row.width for row in self.right)

    @property
    def height(self) -> int:
        """In pixels, with the gap below."""
        right = sum(row.height for row in self.right) - self.right[-1].below
        return max(self.left.height - self.left.below, right) + self.below

    def items(self, x: int, y: int, theme: Theme) -> Iterator[Item]:
        """Everything in it, whose top left corner stands at (x, y)."""
        yield from self.left.items(x, y, theme)
        x += self.left.width + self.apart
        for row in self.right:
            yield from row.items(x, y, theme)
            y += row.height


def beside(before: Tile, after: Sequence[Tile], columns: int | None = None) -> list[Block]:
    """A map at the left, the others in an even grid at its right; below it if all are one row.

    Args:
        before: usually the input.
        after: usually outputs.
        columns: how many of the others stand side by side; None for a pleasant shape.
    """
    if len(before.panel.values) == 1 and all(len(tile.panel.values) == 1 for tile in after):
        return [Row("", (), (tile,), 0, below=BELOW) for tile in (before, *after)]
    across = _across(after, before) if columns is None else min(columns, len(after))
    rows = [
        Row("", (), tuple(after[first : first + across]), 0, below=BELOW)
        for first in range(0, len(after), across)
    ]
    return [Beside(Row("", (), (before,), 0, below=0), tuple(aligned(rows)))]


def _across(after: Sequence[Tile], before: Tile) -> int:
    """How many of the maps make a row: as even a grid as possible, of a pleasant shape."""
    count = len(after)
    row = Row("", (), tuple(after), 0, below=BELOW)
    width, height = max(row.widths) + row.apart, row.height
    if count <= FEW and height < before.cell * before.panel.values.shape[0]:
        ideal = max(1, round(math.sqrt(count)))
    else:
        ideal = max(1, min(count, round(math.sqrt(count * GRID_RATIO * height / width))))
    if count <= ideal:
        return count
    near = range(max(1, ideal - 1), ideal + 2)
    # Fewest empty places first, then the shape; screens are wide.
    return min(near, key=lambda across: (-count % across, abs(across - ideal), -across))


def fitted_tile(
    title: str, planes: Array, scale: ValueScale, side: int, *, in_color: bool = False
) -> Tile:
    """A map of any size whose longer side takes at most ``side`` pixels.

    A map with more cells is resampled.

    Args:
        title: the line above it.
        planes: (C, rows, columns): its only plane, or red, green and blue.
        scale: colours of the values.
        side: in pixels.
        in_color: whether the planes are those of an image in colour.
    """
    longest = max(planes.shape[1:])
    if longest > side:
        rows, columns = (max(1, round(length * side / longest)) for length in planes.shape[1:])
        planes = resampled(planes, rows, columns)
    colors = scale.rgb_colors(planes) if in_color else None
    panel = GridPanel(title, np.asarray(planes[0]), scale, scale.theme, colors=colors)
    return Tile(panel, cell=max(1, min(LARGEST_CELL, side // max(planes.shape[1:]))), digits=0)


def part_filled(tile: Tile, filled: int, size: tuple[int, int]) -> Tile:
    """A map of ``size`` (rows, columns) of which only the first cells are filled, row by row."""
    if filled >= math.prod(size):
        return tile
    rows, columns = (
        np.arange(drawn) * length // drawn
        for drawn, length in zip(tile.panel.values.shape, size, strict=True)
    )
    hidden = np.add.outer(rows * size[1], columns) >= filled
    return replace(tile, panel=replace(tile.panel, hidden=hidden))


def framed(tile: Tile, cells: tuple[range, range] | None, size: tuple[int, int]) -> Tile:
    """A map of ``size`` (rows, columns) with a frame around cells of it, however it is resampled.

    Cells beyond its edge are left out; None for no frame.
    """
    if cells is None:
        return tile
    drawn = []
    for part, shown, length in zip(cells, tile.panel.values.shape, size, strict=True):
        first, last = max(part[0], 0), min(part[-1], length - 1)
        if first > last:
            return tile
        drawn.append(range(first * shown // length, last * shown // length + 1))
    return replace(tile, framed=(drawn[0], drawn[1]))


def spanned(windows: Iterable[tuple[range, ...]]) -> tuple[range, range] | None:
    """The rows and columns from the first window to the last; None for no windows."""
    found = list(windows)
    if not found:
        return None
    rows, columns = (
        range(min(axis[0] for axis in axes), max(axis[-1] for axis in axes) + 1)
        for axes in zip(*found, strict=True)
    )
    return rows, columns


def written_alike(
    tiles: Sequence[Tile], least: int = 0, numbers: Numbers | None = None
) -> list[Tile]:
    """Tiles of one size of cells, whose values are written with as many decimals and as large.

    Args:
        tiles: maps whose cells have the size that the first one has.
        least: the largest side of maps whose digits are always written: their cells grow.
        numbers: how they are written; None lets their values decide.
    """
    planes = [tile.panel.values for tile in tiles]
    decimals = tiles[0].panel.theme.choices.decimals
    numbers, cell = numbers or choose_numbers(planes, (), decimals), tiles[0].cell
    chosen = tiles[0].panel.theme.choices
    margin = BESIDE_DIGITS if chosen.width is None else AROUND_DIGITS
    most = chosen.sized(MOST_GROWN)
    while (
        not (size := _digits(planes, cell, numbers, margin))
        and cell < most
        and (max(tile.panel.longest for tile in tiles) <= least)
    ):
        cell += 8
    return [
        replace(tile, panel=replace(tile.panel, numbers=numbers, values=plane), cell=cell,
                digits=size)
        for tile, plane in zip(tiles, planes, strict=True)
    ]  # fmt: skip


def _digits(planes: Sequence[Array], cell: int, numbers: Numbers, margin: int) -> int:
    """The size at which the digits of all planes fit the cells; 0 if not legible."""
    return min(digit_size(plane, cell, margin, numbers) for plane in planes)


def panels_scene(
    title: str,
    rows: list[list[GridPanel]],
    captions: list[str],
    theme: Theme,
    description: str,
) -> Scene:
    """A sheet of maps without headings; rows that are too wide continue below.

    Maps that share one scale share its bar, and each is drawn as large as the first where there
    is no room for digits; maps with separate scales have cells of one size.
    """
    panels = [panel for row in rows for panel in row]
    scale = panels[0].scale if len({id(panel.scale) for panel in panels}) == 1 else None
    tiles = iter(_sized(panels, shared=scale is not None))
    sized = [tuple(next(tiles) for _ in row) for row in rows]
    widest = theme.choices.at_most(WIDEST + 2 * MARGIN) - 2 * MARGIN
    side = theme.choices.sized(SIDE)
    split = [
        part
        for row in sized
        for part in Row("", (), row, side, apart=WIDE_APART, below=CLOSE_BELOW).split(widest)
    ]
    return Sheet(title, split, captions, theme, description, scale).scene()


def _sized(panels: list[GridPanel], *, shared: bool) -> list[Tile]:
    """The maps of a sheet with the sizes of their cells and digits."""
    first, longest = panels[0].longest, max(panel.longest for panel in panels)
    sized = panels[0].theme.choices.sized
    largest, most = sized(LARGEST_CELL), sized(SIDE)
    cell = max(1, min(largest, most // longest))
    size_of = partial(digit_size, margin=BESIDE_DIGITS)
    if not shared:
        return [
            Tile(panel, bar=True, cell=cell, digits=size_of(panel.values, cell)) for panel in panels
        ]
    cells = [cell] * len(panels)
    if cell < LEAST_WITH_DIGITS:
        side = first * max(1, min(largest, most // first))
        cells = [max(1, side // panel.longest) for panel in panels]
    digits = [size_of(panel.values, cell) for panel, cell in zip(panels, cells, strict=True)]
    # Digits of one size in cells of one size.
    sizes = list(zip(cells, digits, strict=True))
    least = {cell: min(size for other, size in sizes if size and other == cell)
             for cell, size in sizes if size}  # fmt: skip
    return [
        Tile(panel, cell=cell, digits=least[cell] if size else 0)
        for panel, (cell, size) in zip(panels, sizes, strict=True)
    ]
