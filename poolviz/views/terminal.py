"""Grids of numbers for the terminal: the window outlined, its winner in brackets."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rich.style import Style

from poolviz import text
from poolviz.geometry import CellKind
from poolviz.patches import Array
from poolviz.result import PoolResult, Step
from poolviz.views.style import Theme, text_on, value_scale

# A large map shows this many rows of its corner.
CORNER_ROWS = 8
ELLIPSIS = "…"
BRACKETS = {"winner": ("[", "]"), "tie": ("(", ")"), "": (" ", " ")}


Segments = list[tuple[str, Style]]
PLAIN = Style()


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: its text, its look, and whether it wins or ties."""

    text: str
    style: Style = PLAIN
    mark: str = ""


OUTSIDE = {
    CellKind.PADDING: Cell("·", Style(dim=True)),
    CellKind.OVERHANG: Cell("×", Style(dim=True)),
}


@dataclass(frozen=True)
class Grid:
    """Cells in rows, and the part of them that is outlined (rows and columns by position).

    ``cut_rows`` and ``cut_columns`` say that more would follow.
    """

    title: str
    cells: list[list[Cell]]
    outlined: tuple[range, range]
    frame: Style
    cut_rows: bool = False
    cut_columns: bool = False

    def lines(self) -> Iterable[Segments]:
        """The grid, line by line, its title first."""
        yield [(self.title, Style(bold=True))]
        width = max((len(cell.text) for row in self.cells for cell in row), default=1) + 2
        rows, _ = self.outlined
        for at, row in enumerate(self.cells):
            if rows and at == rows.start:
                yield self._border(("┏", "━", "┓"), width)
            yield self._line(at, row, width)
            if rows and at == rows.stop - 1:
                yield self._border(("┗", "━", "┛"), width)
        if self.cut_rows:
            yield [(f" {ELLIPSIS.rjust(width - 1)}", PLAIN)]

    def _border(self, corners: tuple[str, str, str], width: int) -> Segments:
        """The line above or below the outlined cells."""
        left, line, right = corners
        _, columns = self.outlined
        inner = line * (len(columns) * (width + 1) - 1)
        return [
            (" " * (columns.start * (width + 1)), PLAIN),
            (f"{left}{inner}{right}", self.frame),
        ]

    def _line(self, at: int, row: list[Cell], width: int) -> Segments:
        rows, columns = self.outlined
        edges = {columns.start, columns.stop} if at in rows else set()
        line: Segments = []
        for to, cell in enumerate(row):
            line.append(("┃", self.frame) if to in edges else (" ", PLAIN))
            left, right = BRACKETS[cell.mark]
            line.append((f"{left}{cell.text}{right}".rjust(width), cell.style))
        line.append(("┃", self.frame) if len(row) in edges else (" ", PLAIN))
        return [*line, (f" {ELLIPSIS}", PLAIN)] if self.cut_columns else line


@dataclass(frozen=True)
class ResultView:
    """A result on the terminal.

    Args:
        result: what is shown.
        step: the window that is outlined and worked out.
        theme: its colours.
        width: the terminal's columns; None prints every cell.
    """

    result: PoolResult
    step: Step
    theme: Theme
    width: int | None

    def lines(self) -> Iterable[Segments]:
        """Input, output, arithmetic, size formula, and how many values remain."""
        yield from self._input().lines()
        yield []
        yield from self._output().lines()
        yield []
        yield [(self.step.arithmetic, Style(bold=True))]
        yield [(f"output size: {self.result.formula}", PLAIN)]
        yield [(remaining(self.result), PLAIN)]

    @property
    def _frame(self) -> Style:
        return Style(color=_hexadecimal(self.theme.accent), bold=True)

    def _styles(self, values: Array) -> list[list[Style]]:
        """The look of each cell: by one scale for input and output, none without a terminal."""
        if self.width is None:
            return [[PLAIN] * values.shape[1]] * values.shape[0]
        feature_map, channel = self.result.feature_map, self.step.channel
        planes = feature_map.values[channel], self.result.output[channel]
        scale = value_scale(self.theme, *planes, value_range=feature_map.value_range)
        return [[_heat(*color) for color in row] for row in scale.colors(values).tolist()]

    def _input(self) -> Grid:
        """The input with its padding, as much of it as fits."""
        feature_map, step = self.result.feature_map, self.step
        plane = feature_map.values[step.channel]
        axes = self.result.geometry.axes
        rows, columns = self._fitting(axes[0].extent, axes[1].extent, plane)
        outlined = _positions(step.rows, rows), _positions(step.columns, columns)
        outlined = outlined if all(map(len, outlined)) else (range(0), range(0))
        title = f"input {text.size(feature_map.input_size)}{self._channel_name()}"
        cut = len(rows) < len(axes[0].extent), len(columns) < len(axes[1].extent)
        return Grid(title, self._input_cells(plane, rows, columns), outlined, self._frame, *cut)

    def _input_cells(self, plane: Array, rows: range, columns: range) -> list[list[Cell]]:
        inside = plane[: max(0, rows[-1] + 1), : max(0, columns[-1] + 1)]
        styles, ties = self._styles(inside), self.step.ties
        values = inside.tolist()
        along_rows, along_columns = self.result.geometry.axes
        column_kinds = [along_columns.kind(column) for column in columns]

        def cell(row: int, column: int, kind: CellKind) -> Cell:
            if kind is not CellKind.INPUT:
                return OUTSIDE[kind]
            mark = (
                "winner" if (row, column) == self.step.winner else "tie" * ((row, column) in ties)
            )
            style = styles[row][column]
            style = style + Style(bold=True) if mark == "winner" and style else style
            return Cell(text.number(values[row][column]), style, mark)

        return [
            [
                cell(row, column, max(along_rows.kind(row), kind))
                for column, kind in zip(columns, column_kinds, strict=True)
            ]
            for row in rows
        ]

    def _output(self) -> Grid:
        plane, (row, column) = self.result.output[self.step.channel], self.step.index
        height, width = self.result.output_size
        rows, columns = self._fitting(range(height), range(width), plane)
        shown = plane[: len(rows), : len(columns)]
        cells = [
            [Cell(text.number(value), style) for value, style in zip(*pair, strict=True)]
            for pair in zip(shown.tolist(), self._styles(shown), strict=True)
        ]
        there = row in rows and column in columns
        outlined = (range(row, row + 1), range(column, column + 1)) if there else (range(0),) * 2
        title = f"output {text.size(self.result.output_size)}, {self.result.summary}"
        cut = len(rows) < height, len(columns) < width
        return Grid(title, cells, outlined, self._frame, *cut)

    def _fitting(self, rows: range, columns: range, plane: Array) -> tuple[range, range]:
        """The corner that fits the terminal; all where there is none."""
        if self.width is None:
            return rows, columns
        fit = rows[:CORNER_ROWS], columns[: self.width // 4]
        longest = max(
            map(len, map(text.number, plane[: len(fit[0]), : len(fit[1])].flat)), default=1
        )
        across = max(1, (self.width - 4) // (longest + 3))
        return (rows if len(rows) <= 2 * CORNER_ROWS else fit[0]), columns[:across]

    def _channel_name(self) -> str:
        names = self.result.feature_map.channel_names
        return f", channel {text.escaped(names[self.step.channel])}" if len(names) > 1 else ""


@cache
def _heat(red: int, green: int, blue: int) -> Style:
    """A cell's look: its value's colour behind the text that reads best on it."""
    color = red, green, blue
    return Style(color=_hexadecimal(text_on(color)), bgcolor=_hexadecimal(color))


def _positions(window: range, shown: range) -> range:
    """Where the cells from the window's first to its last stand among those shown."""
    start = max(window[0], shown[0]) - shown[0]
    stop = min(window[-1], shown[-1]) + 1 - shown[0]
    return range(start, max(start, stop))


def _hexadecimal(color: tuple[int, int, int]) -> str:
    return "#" + bytes(color).hex()


def remaining(result: PoolResult) -> str:
    """How many values remain: ``36 → 9 values, 75 % dropped``."""
    before, after = result.feature_map.values.size, result.output.size
    change = (after - before) / before
    word = "dropped" if change <= 0 else "added"
    values = text.counted(after, "value")
    return f"{before:,} → {values}, {text.number(abs(change) * 100, 3)} % {word}"
