"""Scene: a picture as a list of shapes, in pixels from the top left corner. Painters draw it."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np

from poolviz import text
from poolviz.text import Numbers
from poolviz.views.scene.fonts import text_width
from poolviz.views.scene.style import Color, Theme, ValueScale, hatch_on, text_on
from poolviz.windows import Array

LineStyle = Literal["solid", "dashed", "dotted"]
Anchor = Literal["left", "middle", "right"]
Point = tuple[int, int]
Corners = tuple[Point, Point, Point, Point]


# A pixel of a picture is 1/96 inch, as in CSS, and 72 points are an inch; PNGs are finer.
POINTS_PER_PIXEL = 0.75
PNG_RESOLUTION = 192


@dataclass(frozen=True)
class Box:
    """A rectangle with a fill, an outline along its inside, a hatch, or any of these.

    ``radius`` rounds the corners of a solid outline. ``part`` is what it is of the picture, as
    for all shapes: see :func:`named`.
    """

    x: int
    y: int
    width: int
    height: int
    fill: Color | None = None
    outline: Color | None = None
    line_width: int = 1
    line_style: LineStyle = "solid"
    hatch: Color | None = None
    radius: int = 0
    part: str = ""


@dataclass(frozen=True)
class Label:
    """A line of text: ``anchor`` says which part of it is at x; its middle is at y."""

    x: int
    y: int
    text: str
    size: int
    color: Color
    bold: bool = False
    anchor: Anchor = "middle"
    part: str = ""


@dataclass(frozen=True)
class Stroke:
    """A straight line."""

    start: tuple[int, int]
    end: tuple[int, int]
    color: Color
    line_width: int = 1
    part: str = ""


@dataclass(frozen=True)
class Wedge:
    """A quadrilateral in a translucent colour, with its corners clockwise from the top left.

    ``opacity`` is 1 for a solid colour. It leads to the right, or ``down``.
    """

    corners: Corners
    color: Color
    opacity: float
    part: str = ""
    down: bool = False

    @property
    def sides(self) -> tuple[tuple[Point, Point], tuple[Point, Point]]:
        """Its two long sides, each from where the wedge begins to where it ends."""
        first, second, third, fourth = self.corners
        if self.down:
            return (first, fourth), (second, third)
        return (first, second), (fourth, third)

    def crosses(self, area: tuple[int, int, int, int]) -> bool:
        """Whether one of its long sides passes over an area."""
        along, axis = int(self.down), 1 - int(self.down)
        edges = area[along], area[along] + area[2 + along]
        for side in self.sides:
            ends = [_point_at(side, edge, along)[axis] for edge in edges]
            if min(ends) - 1 < area[axis] + area[2 + axis] and max(ends) + 1 > area[axis]:
                return True
        return False

    def between(self, start: int, end: int) -> "Wedge":
        """The part of it between two edges: two x, or two y if it leads down."""
        (first, second), (other_first, other_second) = (
            [_point_at(side, edge, int(self.down)) for edge in (start, end)] for side in self.sides
        )
        corners = first, second, other_second, other_first
        if self.down:
            corners = first, other_first, other_second, second
        return replace(self, corners=corners)


def _point_at(side: tuple[Point, Point], edge: int, axis: int) -> Point:
    """The point of a line whose x (axis 0) or y (1) is ``edge``; its end if it ends before."""
    start, end = side
    share = min(max((edge - start[axis]) / ((end[axis] - start[axis]) or 1), 0), 1)
    x, y = (round(start[at] + (end[at] - start[at]) * share) for at in (0, 1))
    return x, y


def corners_between(
    before: tuple[int, int, int, int],
    after: tuple[int, int, int, int],
    bend: int,
    *,
    below: bool = False,
) -> list[Corners]:
    """The corners of the wedges that join two areas (x, y, width, height), side by side.

    Args:
        before: where they begin.
        after: where they end.
        bend: the x from which they lead straight on to the right.
        below: whether ``after`` stands below ``before``; then there is no bend.
    """
    x, y, width, height = before
    to_x, to_y, to_width, to_height = after
    if below:
        return [((x, y + height), (x + width, y + height), (to_x + to_width, to_y), (to_x, to_y))]
    right, foot = x + width, to_y + to_height
    first: Corners = (right, y), (bend, to_y), (bend, foot), (right, y + height)
    along: Corners = (bend, to_y), (to_x, to_y), (to_x, foot), (bend, foot)
    return [first, along] if bend < to_x else [first]


@dataclass(frozen=True, eq=False)
class Pixels:
    """A grid of coloured cells that are too small for text: (rows, columns, 3) uint8."""

    x: int
    y: int
    width: int
    height: int
    colors: Array
    part: str = ""


Item = Box | Label | Stroke | Wedge | Pixels
# The parts of a picture that are words about the grids, not grids and their marks.
TITLE, SOURCE, WORDS = "title", "source", "words"


def named(part: str, items: Iterable[Item]) -> Iterator[Item]:
    """The same shapes as a part of the picture, unless they have a part already.

    The names of parts are the ids in an SVG, such as ``window`` or ``output-0-1``.
    """
    for item in items:
        yield item if item.part else replace(item, part=part)


def place_item(item: Item, x: int = 0, y: int = 0, scale: int = 1) -> Item:
    """``item`` enlarged by a whole factor, then moved by (x, y)."""
    if isinstance(item, Stroke):
        start, end = ((px * scale + x, py * scale + y) for px, py in (item.start, item.end))
        return replace(item, start=start, end=end, line_width=item.line_width * scale)
    if isinstance(item, Wedge):
        first, second, third, fourth = ((px * scale + x, py * scale + y) for px, py in item.corners)
        return replace(item, corners=(first, second, third, fourth))
    left, top = item.x * scale + x, item.y * scale + y
    if isinstance(item, Label):
        return replace(item, x=left, y=top, size=item.size * scale)
    width, height = item.width * scale, item.height * scale
    if isinstance(item, Pixels):
        return replace(item, x=left, y=top, width=width, height=height)
    line = item.line_width * scale
    rounded = item.radius * scale
    return replace(item, x=left, y=top, width=width, height=height, line_width=line, radius=rounded)


def bounds(item: Item) -> tuple[int, int, int, int]:
    """The left, top, right and bottom edge of a shape."""
    if isinstance(item, Wedge | Stroke):
        points = item.corners if isinstance(item, Wedge) else (item.start, item.end)
        xs, ys = zip(*points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)
    if isinstance(item, Label):
        width, half = text_width(item.text, item.size, item.bold), item.size * 2 // 3
        left = item.x - {"left": 0, "middle": width // 2, "right": width}[item.anchor]
        return left, item.y - half, left + width, item.y + half
    return item.x, item.y, item.x + item.width, item.y + item.height


@dataclass(frozen=True)
class Scene:
    """A picture: its items in drawing order, its title and its alt text.

    Args:
        width: in pixels.
        height: in pixels.
        background: the colour behind everything.
        items: in the order in which they are drawn.
        title: in words, for readers who do not see it.
        description: the alt text.
        exact: colours that must not be approximated where a painter's palette is full.
        size: the width in points that a pixel of the scene has on paper or in a vector file.
        resolution: the pixels per inch of a PNG.
        transparent: whether files have no background.
    """

    width: int
    height: int
    background: Color
    items: tuple[Item, ...]
    title: str
    description: str
    exact: tuple[Color, ...] = ()
    size: float = POINTS_PER_PIXEL
    resolution: int = PNG_RESOLUTION
    transparent: bool = False

    def enlarged(self, scale: float) -> "Scene":
        """The picture enlarged by a factor."""
        return replace(self, size=self.size * scale)


# The longest side of a panel and of a cell, in pixels.
PANEL_SIDE, LARGEST_CELL = 528, 64
# A map at least this many times as long as wide may be drawn twice as long as others.
SLIM = 6
CELL_DIGITS = 3
# Integers from here on are written with an exponent in cells.
LONGEST_WHOLE = 10**7
SMALLEST_DIGITS = 10
# The width in pixels that the ring around a winner takes from its cell.
RING = 12


@dataclass(frozen=True)
class Panel:
    """A grid of square cells on the picture.

    Args:
        x: the left edge.
        y: the top edge.
        cell: the side of a cell in pixels.
        rows: the coordinates of the rows.
        columns: the coordinates of the columns.
        digits: the size of the digits in pixels; 0 where they would not be legible.
        title: the line above it.
        gap: the space between columns in pixels.
        name: what its cells are called, for the ids in an SVG; empty for nothing.
    """

    x: int
    y: int
    cell: int
    rows: range
    columns: range
    digits: int
    title: str
    gap: int = 0
    name: str = ""

    @property
    def width(self) -> int:
        """In pixels."""
        return (self.cell + self.gap) * len(self.columns) - self.gap

    @property
    def height(self) -> int:
        """In pixels."""
        return self.cell * len(self.rows)

    def area(self, rows: range, columns: range) -> tuple[int, int, int, int]:
        """(x, y, width, height) of a block of cells, cut at the edges of the panel."""
        left = max(columns[0] - self.columns[0], 0)
        top = max(rows[0] - self.rows[0], 0)
        right = min(columns[-1] + 1 - self.columns[0], len(self.columns))
        bottom = min(rows[-1] + 1 - self.rows[0], len(self.rows))
        cell, pitch = self.cell, self.cell + self.gap
        return (
            self.x + left * pitch,
            self.y + top * cell,
            (right - left) * pitch - self.gap,
            (bottom - top) * cell,
        )


def cell_text(value: np.generic, numbers: Numbers | None = None) -> str:
    """A value as a cell shows it: by ``numbers``, or with at most three significant digits."""
    if numbers is not None and numbers.decimals is not None:
        return numbers.cell(value)
    long = np.isfinite(value) and abs(float(value)) >= LONGEST_WHOLE
    return text.number(float(value) if long else value, CELL_DIGITS)


# In smaller cells the gap would take too much room.
LEAST_CELL_WITH_GAP = 4


class Colored(Protocol):
    """Anything whose cells can be drawn: it has colours for values and for everything else."""

    @property
    def theme(self) -> Theme:
        """The colours of everything except values."""

    @property
    def scale(self) -> ValueScale:
        """The colours of values."""

    @property
    def numbers(self) -> Numbers:
        """How values are written."""


def value_cell(
    stage: Colored,
    panel: Panel,
    place: tuple[int, int],
    value: np.generic,
    *,
    hatched: bool = False,
    bold: bool = False,
) -> Iterator[Item]:
    """A cell in its value's colour, with digits where they are legible."""
    x, y, side, _ = panel.area(*one(place))
    color = stage.scale.color(float(value))
    gap = 1 if panel.cell >= LEAST_CELL_WITH_GAP else 0
    part = f"{panel.name}-{place[0]}-{place[1]}" if panel.name else ""
    hatch = hatch_on(color) if hatched else None
    yield Box(x, y, side - gap, side - gap, fill=color, hatch=hatch, part=part)
    if panel.digits:
        yield from cell_digits(stage, panel, place, value, hatched=hatched, bold=bold)


def cell_digits(
    stage: Colored,
    panel: Panel,
    place: tuple[int, int],
    value: np.generic,
    *,
    hatched: bool = False,
    bold: bool = False,
) -> Iterator[Item]:
    """The digits of a cell; on a plain ground, if it is hatched, which would strike them out."""
    x, y, *_ = panel.area(*one(place))
    color, digits = stage.scale.color(float(value)), cell_text(value, stage.numbers)
    if hatched:
        width, height = text_width(digits, panel.digits) + 6, panel.digits + 6
        left, top = x + (panel.cell - width) // 2, y + (panel.cell - height) // 2
        yield Box(left, top, width, height, fill=color)
    yield digits_label(panel, (x, y), digits, text_on(color), bold)


def one(place: tuple[int, int]) -> tuple[range, range]:
    """The rows and columns of a single cell."""
    row, column = place
    return range(row, row + 1), range(column, column + 1)


def digits_label(
    panel: Panel, corner: tuple[int, int], digits: str, color: Color, bold: bool = False
) -> Label:
    """The digits in the middle of a cell whose top left corner is given."""
    middle = panel.cell // 2
    return Label(corner[0] + middle, corner[1] + middle, digits, panel.digits, color, bold)


def cell_side(rows: range, columns: range, panel_side: int = PANEL_SIDE) -> int:
    """The side in pixels of a cell in a panel of these rows and columns."""
    largest = max(LARGEST_CELL, LARGEST_CELL * panel_side // PANEL_SIDE)
    longer, shorter = sorted((len(rows), len(columns)), reverse=True)
    if longer >= SLIM * shorter:
        panel_side *= 2
    return max(1, min(largest, panel_side // longer))


def digit_size(values: Array, cell: int, margin: int = RING, numbers: Numbers | None = None) -> int:
    """The size at which every value fits a cell, less ``margin`` pixels; 0 if not legible."""
    if cell < 2 * SMALLEST_DIGITS:
        return 0
    reference = 100
    texts = {cell_text(value, numbers) for value in np.unique(values)}
    texts.add(text.MINUS + text.INFINITY)
    widest = max(text_width(digits, reference, bold=True) for digits in texts)
    size = min(cell * 2 // 5, (cell - margin) * reference // widest)
    return size if size >= SMALLEST_DIGITS else 0


class Block(Protocol):
    """Anything that a sheet can set below its title: a Row, or a figure's own kind of row."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels, with the gap below."""

    @property
    def below(self) -> int:
        """The gap below, in pixels."""

    @property
    def heading(self) -> str:
        """The line above it, if any."""

    @property
    def has_bars(self) -> bool:
        """Whether it ends with value bars."""

    def items(self, x: int, y: int, theme: Theme) -> Iterator[Item]:
        """Everything in it, whose top left corner stands at (x, y)."""


# So many more decimals may tell the values of a window apart; with more, digits would not fit.
MORE_DECIMALS = 1
# Values below the first are written with two decimals, below the second with one.
TWO_DECIMALS_BELOW, ONE_DECIMAL_BELOW = 10, 1000
# Outside these limits values are divided by a power of ten, which has at most so many digits.
LEAST_FIXED, LARGEST_FIXED, LARGEST_EXPONENT = 0.01, 1e6, 300
# Values whose magnitudes differ more than this share no exponent.
FAR_APART = 1e6
# Of a large map so many values decide how its numbers are written.
SAMPLE = 1 << 16
# A value this close to its rounded one, in the picture's units, was meant to be that.
NEGLIGIBLE = 1e-5


def choose_numbers(
    shown: Sequence[Array], windows: Iterable[Array], decimals: int | None = None
) -> Numbers:
    """How all values of a picture are written: with as few decimals as tell its values apart.

    Args:
        shown: the values that the picture shows; of large maps a sample decides.
        windows: the cells of each window that is marked; those that differ read differently.
        decimals: the number of decimals that the author chose; None for none chosen.

    Returns:
        Numbers with a number of decimals, and with an exponent where values are too large or too
        small to be written in full; without decimals if all values are whole, or so far apart
        that no exponent serves all of them.

    Example:
        >>> choose_numbers([np.array([287.8, 287.4])], [np.array([287.8, 287.7, 287.4])])
        Numbers(decimals=1, exponent=0)
        >>> choose_numbers([np.array([2.55e-7])], []).exponent
        -7
    """
    if decimals is not None:
        return Numbers(decimals)
    sampled = [np.ravel(array)[:: array.size // SAMPLE + 1] for array in shown]
    floats = [np.unique(each[np.isfinite(each)]) for each in sampled if each.dtype.kind == "f"]
    values = np.concatenate([*floats, np.zeros(0)]).astype(np.float64)
    largest = float(np.abs(values).max(initial=0.0))
    fits = LEAST_FIXED <= largest < LARGEST_FIXED
    exponent = 0 if fits or not largest else math.floor(math.log10(largest))
    if (fits and (values == np.trunc(values)).all()) or not largest:
        return Numbers()
    least = float(np.abs(values[values != 0]).min(initial=largest))
    if abs(exponent) > LARGEST_EXPONENT or (exponent and largest > least * FAR_APART):
        return Numbers()
    unit = 10.0**exponent
    few = 2 if largest / unit < TWO_DECIMALS_BELOW else int(largest / unit < ONE_DECIMAL_BELOW)
    # Decimals that are 0 everywhere say nothing.
    exact = [np.abs(values / unit - (values / unit).round(count)).max() for count in range(few)]
    few = next((count for count, error in enumerate(exact) if error < NEGLIGIBLE), few)
    distinct = [np.unique(cells[np.isfinite(cells)]) / unit for cells in windows]
    for count in range(few, few + MORE_DECIMALS + 1):
        if all(len(np.unique(cells.round(count))) == len(cells) for cells in distinct):
            return Numbers(count, exponent)
    return Numbers(few, exponent)


def resampled(planes: Array, rows: int, columns: int) -> Array:
    """Planes (C, H, W) at another size: means of the cells under each pixel, or cells repeated.

    Reads a few rows at a time, so that planes may be larger than memory.

    Returns:
        (C, rows, columns) float64.

    Example:
        >>> resampled(np.arange(4.0).reshape(1, 1, 4), 1, 2)
        array([[[0.5, 2.5]]])
    """
    height, width = planes.shape[1:]
    edges = [
        np.arange(count) * length // count for count, length in ((rows, height), (columns, width))
    ]
    stops = [np.maximum(edge[1:], edge[:-1] + 1).tolist() for edge in edges]
    bands = []
    for first, stop in zip(edges[0].tolist(), [*stops[0], height], strict=True):
        band = np.asarray(planes[:, first:stop], np.float64).mean(axis=1)
        if columns < width:
            counts = np.diff([*edges[1], width])
            band = np.add.reduceat(band, edges[1], axis=1) / counts
        else:
            band = band[:, edges[1]]
        bands.append(band)
    return np.stack(bands, axis=1)
