"""Grids of numbers for the terminal: the window outlined, its winner in brackets."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from rich.style import Style
from rich.text import Text

from poolviz import text
from poolviz.geometry import CellKind
from poolviz.patches import Array
from poolviz.result import PoolResult, Step
from poolviz.views.style import Theme, ValueScale, text_on, value_scale

# A large map shows this many rows of its corner.
CORNER_ROWS = 8
PADDING, OVERHANG = "·", "×"
ELLIPSIS = "…"
BRACKETS = {"winner": ("[", "]"), "tie": ("(", ")"), "": (" ", " ")}


@dataclass(frozen=True)
class Cell:
    """One cell of a grid: its text, its look, and whether it wins or ties."""

    text: str
    style: Style
    mark: str = ""


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

    def lines(self) -> Iterable[Text]:
        """The grid as lines of text, its title first."""
        yield Text(self.title, style="bold")
        width = max((len(cell.text) for row in self.cells for cell in row), default=1) + 2
        rows, _ = self.outlined
        for at, row in enumerate(self.cells):
            if rows and at == rows.start:
                yield self._border("┏━┓", width)
            yield self._line(at, row, width)
            if rows and at == rows.stop - 1:
                yield self._border("┗━┛", width)
        if self.cut_rows:
            yield Text(f" {ELLIPSIS.rjust(width - 1)}")

    def _border(self, corners: str, width: int) -> Text:
        """The line above or below the outlined cells."""
        left, line, right = tuple(corners)
        _, columns = self.outlined
        inner = line * (len(columns) * (width + 1) - 1)
        return Text(" " * (columns.start * (width + 1))).append(f"{left}{inner}{right}", self.frame)

    def _line(self, at: int, row: list[Cell], width: int) -> Text:
        rows, columns = self.outlined
        edges = {columns.start, columns.stop} if at in rows else set()
        line = Text()
        for to, cell in enumerate(row):
            line.append("┃" if to in edges else " ", self.frame)
            line.append(_padded(cell, width), cell.style)
        line.append("┃" if len(row) in edges else " ", self.frame)
        return line.append(f" {ELLIPSIS}" if self.cut_columns else "")


def _padded(cell: Cell, width: int) -> str:
    left, right = BRACKETS[cell.mark]
    return f"{left}{cell.text}{right}".rjust(width)


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

    def lines(self) -> Iterable[Text]:
        """Input, output, arithmetic, size formula, and how many values remain."""
        yield from self._input().lines()
        yield Text()
        yield from self._output().lines()
        yield Text()
        yield Text(self.step.arithmetic, style="bold")
        yield Text(f"output size: {self.result.formula}")
        yield Text(remaining(self.result))

    def _scale(self) -> ValueScale:
        feature_map, channel = self.result.feature_map, self.step.channel
        planes = feature_map.values[channel], self.result.output[channel]
        return value_scale(self.theme, *planes, value_range=feature_map.value_range)

    def _frame(self) -> Style:
        return Style(color=_hexadecimal(self.theme.accent), bold=True)

    def _input(self) -> Grid:
        """The input with its padding, as much of it as fits."""
        feature_map, step = self.result.feature_map, self.step
        plane = feature_map.values[step.channel]
        axes = self.result.geometry.axes
        rows, columns = self._fitting(axes[0].extent, axes[1].extent, plane)
        scale = self._scale()
        cells = [[self._input_cell(plane, scale, (r, c)) for c in columns] for r in rows]
        outlined = _positions(step.rows, rows), _positions(step.columns, columns)
        outlined = outlined if all(map(len, outlined)) else (range(0), range(0))
        title = f"input {text.size(feature_map.input_size)}{self._channel_name()}"
        cut = len(rows) < len(axes[0].extent), len(columns) < len(axes[1].extent)
        return Grid(title, cells, outlined, self._frame(), *cut)

    def _input_cell(self, plane: Array, scale: ValueScale, place: tuple[int, int]) -> Cell:
        row, column = place
        rows_axis, columns_axis = self.result.geometry.axes
        kind = max(rows_axis.kind(row), columns_axis.kind(column))
        if kind is not CellKind.INPUT:
            return Cell(PADDING if kind is CellKind.PADDING else OVERHANG, Style(dim=True))
        mark = "winner" if place == self.step.winner else "tie" * (place in self.step.ties)
        return _value_cell(plane[row, column], scale, mark)

    def _output(self) -> Grid:
        plane, (row, column) = self.result.output[self.step.channel], self.step.index
        height, width = self.result.output_size
        rows, columns = self._fitting(range(height), range(width), plane)
        scale = self._scale()
        cells = [[_value_cell(plane[r, c], scale) for c in columns] for r in rows]
        shown = row in rows and column in columns
        outlined = (range(row, row + 1), range(column, column + 1)) if shown else (range(0),) * 2
        title = f"output {text.size(self.result.output_size)}, {self.result.summary}"
        return Grid(title, cells, outlined, self._frame(), len(rows) < height, len(columns) < width)

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


def _value_cell(value: np.generic, scale: ValueScale, mark: str = "") -> Cell:
    color = scale.color(float(value))
    style = Style(
        color=_hexadecimal(text_on(color)), bgcolor=_hexadecimal(color), bold=mark == "winner"
    )
    return Cell(text.number(value), style, mark)


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
    return f"{before:,} → {after:,} values, {text.number(abs(change) * 100, 3)} % {word}"
