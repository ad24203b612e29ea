"""Grids of cells for the terminal, with an outlined window and brackets around winners."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Literal

import numpy as np
from rich.style import Style

from poolviz import text
from poolviz.result import PoolResult
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import GREY, Color, Theme, ValueScale, contrast, mixed, text_on
from poolviz.windows import Array

ELLIPSIS = "…"
BRACKETS = {
    "winner": ("[", "]"),
    "tie": ("(", ")"),
    "read": ("{", "}"),
    "changed": ("*", " "),
    "padding": ("·", " "),
    "": (" ", " "),
}
# How the outline of a window is drawn: on lines that are inserted above and below it; on empty
# lines between all rows; or between columns only. The last two leave all rows where they are.
Frame = Literal["inserted", "gaps", "corners"]

# A line in parts, each with its style.
Segments = list[tuple[str, Style]]
PLAIN = Style()
# The style of a line to be copied, which is therefore never broken.
CODE = Style(meta={"code": True})
BOLD = Style(bold=True)
DIM = Style(dim=True)
# Each number as short as possible.
SHORT = text.Numbers()
NOTHING = range(0)
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
# A large map shows this many of its rows.
FEW_ROWS = 8
# The largest map that is printed in full where there is no terminal, and in JSON: 32×32. A
# larger one is cut to this many columns of text.
MOST_VALUES, CUT_WIDTH = 1024, 160
# Columns before the cells of a line (an ellipsis), and after them (an edge and an ellipsis).
FIRST, LAST = 2, 3


# Of so many numbers, the longest is looked for in a part.
MOST_MEASURED = 2048


@dataclass(frozen=True)
class Screen:
    """The terminal or file that lines are printed to.

    Args:
        theme: the colours.
        width: columns; None where there is no terminal, so that lines have no colours.
        height: rows; None if lines may take any number of rows.
        ascii: whether it can show ASCII only.
        few_colors: whether it has only the 16 named colours.
        full: whether grids are printed in full, whatever their size.
        picture_lines: how many lines a picture may take; 0 if it cannot be shown, for lack of
            colours or of the signs.
    """

    theme: Theme
    width: int | None = None
    height: int | None = None
    ascii: bool = False
    few_colors: bool = False
    full: bool = False
    picture_lines: int = 0

    @property
    def accent(self) -> Color:
        """The colour of outlines: the theme's, if it is for dark grounds.

        A theme for light grounds may be the default on a dark terminal, whose background is not
        known. Its accent is made to stand out from black and from white alike.
        """
        is_dark = text_on(self.theme.background) == WHITE
        return self.theme.accent if is_dark else _on_any_ground(self.theme.accent)

    @cached_property
    def frame(self) -> Style:
        """The style of outlines."""
        return Style(color=hexadecimal(self.accent), bold=True)


@cache
def _on_any_ground(color: Color) -> Color:
    """The shade of ``color`` that stands out most from black and from white alike."""
    shades = (mixed(color, end, share / 100) for end in (WHITE, BLACK) for share in range(100))
    return max(shades, key=lambda shade: min(contrast(shade, BLACK), contrast(shade, WHITE)))


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: its text, its style, and its mark, which is a key of BRACKETS.

    ``bar`` is the sign of its share, which stands in the place of the right bracket.
    """

    text: str
    style: Style = PLAIN
    mark: str = ""
    bar: str = ""


# From an eighth to all of a cell's height.
BARS = "▁▂▃▄▅▆▇█"


def bar_of(share: float) -> str:
    """The sign of a share from 0 to 1: as much of its height is filled, in eighths.

    Example:
        >>> bar_of(0.25), bar_of(1), bar_of(0.001), bar_of(0)
        ('▂', '█', '▁', '')
    """
    return BARS[max(1, min(round(8 * share), 8)) - 1] if share > 0 else ""


def marked(grid: "Grid", changed: Array) -> "Grid":
    """``grid`` with an asterisk at each cell where ``changed`` (rows, columns) is true."""
    cells = [
        [
            replace(cell, mark="changed") if changed[row, column] else cell
            for column, cell in zip(grid.part.columns, line, strict=True)
        ]
        for row, line in zip(grid.part.rows, grid.cells, strict=True)
    ]
    return replace(grid, cells=cells)


@dataclass(frozen=True)
class Part:
    """The rows and columns of a map that are shown, and all of its rows and columns."""

    rows: range
    columns: range
    whole_rows: range
    whole_columns: range

    @property
    def above(self) -> bool:
        """Whether there are more rows above."""
        return self.rows.start > self.whole_rows.start

    @property
    def below(self) -> bool:
        """Whether there are more rows below."""
        return self.rows.stop < self.whole_rows.stop

    @property
    def left(self) -> bool:
        """Whether there are more columns on the left."""
        return self.columns.start > self.whole_columns.start

    @property
    def right(self) -> bool:
        """Whether there are more columns on the right."""
        return self.columns.stop < self.whole_columns.stop

    def describe(self, lengths: tuple[int, int]) -> str:
        """``rows 0–7 of 40, columns 0–11 of 40``; empty if the part is the full map."""
        along = zip(("row", "column"), (self.rows, self.columns), lengths, strict=True)
        shown = [
            (name, range(max(part.start, 0), min(part.stop, length)), length)
            for name, part, length in along
        ]
        return ", ".join(
            _describe_cells(name, part, length)
            for name, part, length in shown
            if len(part) < length
        )


def _describe_cells(name: str, cells: range, length: int) -> str:
    if not cells:
        return f"no {name} of {length}"
    if len(cells) == 1:
        return f"{name} {cells[0]} of {length}"
    return f"{name}s {cells.start}–{cells.stop - 1} of {length}"


def describe_cells(noun: str, cells: range) -> str:
    """Which cells a window reads along an axis.

    Example:
        >>> describe_cells("row", range(-1, 2)), describe_cells("column", range(0, 5, 2))
        ('rows −1 to 1', 'columns 0 to 4 in steps of 2')
    """
    if len(cells) == 1:
        return f"{noun} {text.number(cells[0])}"
    steps = f" in steps of {cells.step}" if cells.step > 1 else ""
    return f"{noun}s {text.number(cells[0])} to {text.number(cells[-1])}{steps}"


def fitting(whole: range, most: int, window: range, *, centred: bool = False) -> range:
    """The page of at most ``most`` cells of ``whole`` that contains ``window``; pages overlap.

    If ``centred``, the cells around the window instead.
    """
    if len(whole) <= most:
        return whole
    page = max(1, most - len(window) + 1)
    start = (window.start - whole.start) // page * page
    if centred:
        start = window.start - whole.start - (page - 1) // 2
    start = max(0, min(start, len(whole) - most))
    return whole[start : start + most]


@dataclass(frozen=True)
class Grid:
    """Cells in rows.

    Args:
        title: the line above them.
        cells: the shown cells.
        part: which part of the map they are.
        screen: where the grid is shown.
        outlined: the rows and columns of the map to outline.
        frame: how the outline is drawn.
        least: the least width of a cell's text.
        keeps: whether the ellipses at the sides keep their room however the outline is drawn.
    """

    title: str
    cells: list[list[Cell]]
    part: Part
    screen: Screen
    outlined: tuple[range, range] = (NOTHING, NOTHING)
    frame: Frame = "inserted"
    least: int = 1
    keeps: bool = False

    def lines(self) -> Iterable[Segments]:
        """The grid line by line, the title first."""
        yield [(self.title, BOLD)]
        cells = self.cells
        if self.screen.ascii:
            cells = [
                [replace(cell, text=text.in_ascii(cell.text)) for cell in row] for row in cells
            ]
        width = max((len(cell.text) for row in cells for cell in row), default=1)
        width = max(width, self.least) + 2
        rows, columns = self._outlined_positions()
        begins, ends = self._open_sides()
        has_gaps, has_corners = self.frame == "gaps", self.frame == "corners"
        is_cut = self.is_steady and len(self.part.rows) < len(self.part.whole_rows)
        if self.part.above or is_cut:
            yield self._dots(width) if self.part.above else []
        for index, row in enumerate(cells):
            first = bool(rows) and index == rows.start and begins[0]
            last = bool(rows) and index == rows.stop - 1 and ends[0]
            if first and not has_corners:
                yield self._border(("┏", "━", "┓"), width, columns)
            elif has_gaps and not (rows and index == rows.stop and ends[0]):
                yield self._gap(width, columns if index in rows else NOTHING)
            sides = ("┏", "┓") if first else ("┗", "┛")
            sides = sides if has_corners and first != last else ("┃", "┃")
            yield self._line(row, width, columns if index in rows else NOTHING, sides)
            if last and not has_corners:
                yield self._border(("┗", "━", "┛"), width, columns)
            elif has_gaps and index == len(cells) - 1:
                yield []
        if self.part.below or is_cut:
            yield self._dots(width) if self.part.below else []

    @property
    def is_steady(self) -> bool:
        """Whether rows and columns stay where they are as the outline moves."""
        return self.frame != "inserted"

    def _open_sides(self) -> tuple[tuple[bool, bool], tuple[bool, bool]]:
        """Whether the outlined rows and columns begin, and end, in the shown part."""
        pairs = list(zip(self.outlined, (self.part.rows, self.part.columns), strict=True))
        begins = [bool(window) and window[0] in shown for window, shown in pairs]
        ends = [bool(window) and window[-1] in shown for window, shown in pairs]
        return (begins[0], begins[1]), (ends[0], ends[1])

    def _outlined_positions(self) -> tuple[range, range]:
        """The positions of the outlined cells in the shown part."""
        rows, columns = (
            _positions(window, shown) if window else NOTHING
            for window, shown in zip(
                self.outlined, (self.part.rows, self.part.columns), strict=True
            )
        )
        return (rows, columns) if rows and columns else (NOTHING, NOTHING)

    @property
    def _indent(self) -> str:
        return f"{ELLIPSIS} " if self.part.left else "  " * self._keeps_sides

    @property
    def _keeps_sides(self) -> bool:
        """Whether the ellipses at the sides keep their room where there are none."""
        is_cut = len(self.part.columns) < len(self.part.whole_columns)
        return (self.is_steady or self.keeps) and is_cut

    def _dots(self, width: int) -> Segments:
        return [(" " * len(self._indent) + f" {ELLIPSIS.rjust(width - 1)}", PLAIN)]

    def _border(self, signs: tuple[str, str, str], width: int, columns: range) -> Segments:
        """The border above or below the outlined cells."""
        left, line, right = signs
        begins, ends = self._open_sides()
        inner = line * (len(columns) * (width + 1) - 1)
        before = " " * (len(self._indent) + columns.start * (width + 1))
        drawn = f"{left if begins[1] else line}{inner}{right if ends[1] else line}"
        return [(before, PLAIN), (drawn, self.screen.frame)]

    def _gap(self, width: int, columns: range) -> Segments:
        """The line between two rows, with the sides of the outline inside the window."""
        blank = Cell(" " * (width - 2))
        count = len(self.part.columns)
        line = self._line([blank] * count, width, columns)
        return [(part.replace(ELLIPSIS, " "), style) for part, style in line] if columns else []

    def _line(
        self, row: list[Cell], width: int, columns: range, sides: tuple[str, str] = ("┃", "┃")
    ) -> Segments:
        """A row, with the sides of the outline where the window begins and ends."""
        begins, ends = self._open_sides()
        edges = {columns.start: sides[0]} if columns and begins[1] else {}
        edges |= {columns.stop: sides[1]} if columns and ends[1] else {}
        line: Segments = [(self._indent, PLAIN)] if self._indent else []
        for index, cell in enumerate(row):
            line.append(self._edge(edges.get(index)))
            left, right = BRACKETS[cell.mark]
            line.append((f"{left}{cell.text}{cell.bar or right}".rjust(width), cell.style))
        line.append(self._edge(edges.get(len(row))))
        if self._keeps_sides or self.part.right:
            line.append((f" {ELLIPSIS}" if self.part.right else "  ", PLAIN))
        return line

    def _edge(self, sign: str | None) -> tuple[str, Style]:
        return (sign, self.screen.frame) if sign else (" ", PLAIN)


def _positions(window: range, shown: range) -> range:
    """The positions in ``shown`` of the cells from the window's first to its last."""
    start = max(window[0], shown[0]) - shown[0]
    stop = min(window[-1], shown[-1]) + 1 - shown[0]
    return range(start, max(start, stop))


@cache
def heat(red: int, green: int, blue: int) -> Style:
    """The style of a cell with a colour, with black or white text, whichever reads better."""
    color = red, green, blue
    return Style(color=hexadecimal(text_on(color)), bgcolor=hexadecimal(color))


# The named colours of terminals, from the lowest to the highest value and from negative to
# positive values, each with a text colour that is legible in the usual palettes.
RISING = ("bright_white on blue", "black on cyan", "black on green", "black on bright_yellow")
AROUND_ZERO = (
    "bright_white on blue", "black on cyan", "black on white", "black on bright_yellow",
    "bright_white on red",
)  # fmt: skip
GREYS = ("bright_white on black", "black on bright_black", "black on white",
         "black on bright_white")  # fmt: skip
NOT_FINITE = "bright_white on magenta"


def heat_of_few(place: float, ramp: tuple[str, ...]) -> Style:
    """The style of a cell by its position from 0 to 1 on a ramp; NaN if it is not finite."""
    if place != place:  # noqa: PLR0124 - NaN
        return Style.parse(NOT_FINITE)
    return Style.parse(ramp[min(int(place * len(ramp)), len(ramp) - 1)])


def hexadecimal(color: Color) -> str:
    """``#rrggbb``."""
    return "#" + bytes(color).hex()


def styles(values: Array, scale: ValueScale, screen: Screen) -> list[list[Style]]:
    """The style of each cell by its value; plain without a terminal."""
    if screen.width is None:
        return [[PLAIN] * values.shape[1]] * values.shape[0]
    if screen.few_colors:
        ramp = RISING if scale.low >= 0 else AROUND_ZERO
        ramp = GREYS if scale.anchors == GREY else ramp
        places = scale.places(values)
        return [[heat_of_few(place, ramp) for place in row] for row in places.tolist()]
    return [[heat(*color) for color in row] for row in scale.colors(values).tolist()]


def value_cells(
    plane: Array, part: Part, scale: ValueScale, screen: Screen, numbers: text.Numbers
) -> list[list[Cell]]:
    """The values of a part of a plane as styled cells."""
    shown = plane[part.rows.start : part.rows.stop, part.columns.start : part.columns.stop]
    return [
        [Cell(numbers.cell(value), style) for value, style in zip(*pair, strict=True)]
        for pair in zip(shown.tolist(), styles(shown, scale, screen), strict=True)
    ]


def describe_shares(shares: list[Array]) -> str:
    """``▂ the cell's share of the output: 25 %``, for the shares of some windows' cells.

    Empty if no share is positive.
    """
    positive = np.concatenate([part[part > 0] for part in shares])
    if not positive.size:
        return ""
    low, high = float(positive.min()), float(positive.max())
    signs, numbers = bar_of(low), text.percent(low)
    if text.percent(high) != numbers:
        numbers = f"{numbers} to {text.percent(high)}"
        signs += f"…{bar_of(high)}" * (bar_of(high) != signs)
    return f"{signs} the cell's share of the output: {numbers}"


def longest_number(plane: Array, numbers: text.Numbers) -> int:
    """The length of the longest number."""
    return max(map(len, map(numbers.cell, plane.flat)), default=1)


def longest_numbers(
    result: PoolResult, channel: int, region: Region, numbers: text.Numbers
) -> tuple[int, int]:
    """The length of the longest number of input and output in a region, of the shown channels."""
    lengths = []
    shown = slice(None) if result.feature_map.is_rgb else slice(channel, channel + 1)
    for planes, (rows, columns) in (
        (result.feature_map.values, region.cells),
        (result.output, region.windows),
    ):
        part = planes[shown, max(rows[0], 0) : rows[-1] + 1, max(columns[0], 0) : columns[-1] + 1]
        values = np.unique(part)
        if len(values) > MOST_MEASURED:
            # The longest ones are near 0 and at the ends.
            near = values[np.abs(values).argsort()[:MOST_MEASURED]]
            spread = np.linspace(0, len(values) - 1, MOST_MEASURED).astype(int)
            values = np.concatenate([near, values[spread]])
        lengths.append(longest_number(values, numbers))
    return lengths[0], lengths[1]


def fitting_part(
    plane: Array,
    whole: tuple[range, range],
    window: tuple[range, range],
    screen: Screen,
    most: int = FEW_ROWS,
    least: int | None = None,
    *,
    numbers: text.Numbers = SHORT,
    centred: bool = False,
) -> Part:
    """The part of a plane around ``window`` that fits the screen.

    It has up to ``most`` rows; where the height does not matter, up to twice as many if these
    are all. Where there is no terminal, a plane of up to MOST_VALUES cells is shown in full.
    If ``least`` is given, the window slides: numbers are at least as wide, and all parts equally
    large. If ``centred``, the window is in the middle.
    """
    is_small = screen.width is None and len(whole[0]) * len(whole[1]) <= MOST_VALUES
    if screen.full or is_small:
        return Part(*whole, *whole)
    width = screen.width or CUT_WIDTH
    all_rows = screen.height is None and len(whole[0]) <= 2 * most
    rows = whole[0] if all_rows else fitting(whole[0], most, window[0], centred=centred)
    likely = fitting(whole[1], width // 4, window[1], centred=centred)
    part = plane[max(rows.start, 0) : rows.stop, max(likely.start, 0) : likely.stop]
    digits = max(least or 1, longest_number(part, numbers))
    most = max(1, (width - LAST) // (digits + 3))
    columns = fitting(whole[1], most, window[1], centred=centred)
    is_cut = len(columns) < len(whole[1])
    if columns.start > whole[1].start or (is_cut and least is not None):
        # An ellipsis on the left takes its place, too.
        most = max(1, (width - LAST - FIRST) // (digits + 3))
        columns = fitting(whole[1], most, window[1], centred=centred)
    return Part(rows, columns, *whole)


def titled(title: str, part: Part, plane: Array) -> str:
    """``title`` and which part of the plane is shown, if it is cut."""
    height, width = plane.shape
    place = part.describe((height, width))
    return f"{title}, {place}" if place else title


def plane_grid(
    title: str,
    plane: Array,
    scale: ValueScale,
    screen: Screen,
    window: tuple[range, range],
    numbers: text.Numbers = SHORT,
) -> Grid:
    """The grid of a plane, or of the part around ``window`` that fits."""
    whole = range(plane.shape[0]), range(plane.shape[1])
    part = fitting_part(plane, whole, window, screen, numbers=numbers)
    cells = value_cells(plane, part, scale, screen, numbers)
    return Grid(titled(title, part, plane), cells, part, screen)


def units(numbers: text.Numbers) -> str:
    """``, in units of 10⁻⁷``, for the title of a grid; empty if it has none."""
    return f", in units of {numbers.unit}" if numbers.unit else ""
