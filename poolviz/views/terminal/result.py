"""A result on the terminal: input, output, and the window that is worked out."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rich.style import Style

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.geometry import CellKind
from poolviz.result import PoolResult, Step
from poolviz.views.scene.style import GREY, ValueScale, value_scale
from poolviz.views.terminal.grid import (
    AROUND_ZERO,
    BOLD,
    DIM,
    GREYS,
    PLAIN,
    RISING,
    Cell,
    Grid,
    Part,
    Screen,
    Segments,
    fitting,
    heat,
    heat_of_few,
)
from poolviz.views.terminal.lines import MOST_VALUES
from poolviz.windows import Array

# A large map shows this many of its rows.
FEW_ROWS = 8
# Where there is no terminal, larger grids than MOST_VALUES are cut to so many columns of text.
CUT_WIDTH = 160
# Lines around and below two grids that are shown whole, and what ellipses take.
OTHER_LINES, ELLIPSES = 12, 4
# What may stand before the cells of a line, an ellipsis, and behind them, an edge and one more.
FIRST, LAST = 2, 3
# An output whose window has not been reached.
NOT_YET = Cell("_", DIM)
OUTSIDE = {CellKind.PADDING: Cell("·", DIM), CellKind.OVERHANG: Cell("×", DIM)}


@dataclass(frozen=True)
class ResultView:
    """A result on the terminal.

    Args:
        result: what is shown.
        step: the window that is outlined and worked out.
        screen: where it is shown.
        until: how many windows are pooled already, row by row; None for all.
    """

    result: PoolResult
    step: Step
    screen: Screen
    until: int | None = None

    def lines(self) -> Iterable[Segments]:
        """Input, output, arithmetic, size formula, and how many values remain."""
        yield from self.input().lines()
        yield []
        yield from self.output().lines()
        yield []
        yield self.arithmetic
        yield [(f"output size: {self.result.formula}", PLAIN)]
        yield [(remaining(self.result), PLAIN)]

    @property
    def arithmetic(self) -> Segments:
        """The window's line."""
        return [(self.step.arithmetic, BOLD)]

    @cached_property
    def scale(self) -> ValueScale:
        """One for input and output."""
        feature_map, channel = self.result.feature_map, self.step.channel
        planes = feature_map.values[channel], self.result.output[channel]
        return value_scale(self.screen.theme, *planes, value_range=feature_map.value_range)

    def input(self) -> Grid:
        """The input with its padding, as much of it as fits."""
        step, plane = self.step, self.result.feature_map.values[self.step.channel]
        rows, columns = (axis.extent for axis in self.result.geometry.axes)
        window = step.rows, step.columns
        part = fitting_part(plane, (rows, columns), window, self.screen, self._most_rows[0])
        title = f"input {text.size(self.result.feature_map.input_size)}{self._channel_name()}"
        cells = self._input_cells(plane, part)
        return Grid(_titled(title, part, plane), cells, part, self.screen, window)

    def _input_cells(self, plane: Array, part: Part) -> list[list[Cell]]:
        rows, columns = (range(max(0, at.start), at.stop) for at in (part.rows, part.columns))
        inside = plane[rows.start : rows.stop, columns.start : columns.stop]
        looks, values, ties = (
            styles(inside, self.scale, self.screen),
            inside.tolist(),
            self.step.ties,
        )
        along_rows, along_columns = self.result.geometry.axes
        column_kinds = [along_columns.kind(column) for column in part.columns]

        def cell(row: int, column: int, kind: CellKind) -> Cell:
            if kind is not CellKind.INPUT:
                return OUTSIDE[kind]
            won = (row, column) == self.step.winner
            at, to = row - rows.start, column - columns.start
            style = looks[at][to] + BOLD if won and looks[at][to] else looks[at][to]
            mark = "winner" if won else "tie" * ((row, column) in ties)
            return Cell(text.number(values[at][to]), style, mark)

        return [
            [
                cell(row, column, max(along_rows.kind(row), kind))
                for column, kind in zip(part.columns, column_kinds, strict=True)
            ]
            for row in part.rows
        ]

    def output(self) -> Grid:
        """The output; those whose windows have not been reached show as such."""
        plane, (row, column) = self.result.output[self.step.channel], self.step.index
        height, width = self.result.output_size
        window = range(row, row + 1), range(column, column + 1)
        whole = range(height), range(width)
        part = fitting_part(plane, whole, window, self.screen, self._most_rows[1])
        cells = value_cells(plane, part, self.scale, self.screen)
        cells = [
            [
                cell if self._is_pooled(at, to) else NOT_YET
                for to, cell in zip(part.columns, line, strict=True)
            ]
            for at, line in zip(part.rows, cells, strict=True)
        ]
        title = f"output {text.size(self.result.output_size)}, {self.result.summary}"
        return Grid(_titled(title, part, plane), cells, part, self.screen, window)

    def _is_pooled(self, row: int, column: int) -> bool:
        _, width = self.result.output_size
        return self.until is None or row * width + column < self.until

    @property
    def _most_rows(self) -> tuple[int, int]:
        """How many rows of input and output are shown, so that all is seen at once."""
        if self.screen.height is None:
            return FEW_ROWS, FEW_ROWS
        inputs, outputs = len(self.result.geometry.axes[0].extent), self.result.output_size[0]
        room = max(3, self.screen.height - OTHER_LINES)
        if inputs + outputs <= room:
            return inputs, outputs
        room = max(3, room - ELLIPSES)
        few = min(outputs, max(1, room // 3))
        return room - few, few

    def _channel_name(self) -> str:
        return channel_words(self.result.feature_map, self.step.channel)


def channel_words(feature_map: FeatureMap, channel: int) -> str:
    """``, channel R``; empty if there is only one."""
    names = feature_map.channel_names
    return f", channel {text.escaped(names[channel])}" if len(names) > 1 else ""


def all_channels(feature_map: FeatureMap) -> list[str]:
    """A remark for figures of more channels than the one whose numbers are shown."""
    count = len(feature_map.values)
    return [f"figures are of all {count} channels together"] if count > 1 else []


def _titled(title: str, part: Part, plane: Array) -> str:
    """``title`` with which part of the plane is shown, if not all."""
    height, width = plane.shape
    words = part.words((height, width))
    return f"{title}, {words}" if words else title


def styles(values: Array, scale: ValueScale, screen: Screen) -> list[list[Style]]:
    """The look of each cell by its value; plain where there is no terminal."""
    if screen.width is None:
        return [[PLAIN] * values.shape[1]] * values.shape[0]
    if screen.few_colors:
        ramp = RISING if scale.low >= 0 else AROUND_ZERO
        ramp = GREYS if scale.anchors == GREY else ramp
        places = scale.places(values)
        return [[heat_of_few(place, ramp) for place in row] for row in places.tolist()]
    return [[heat(*color) for color in row] for row in scale.colors(values).tolist()]


def value_cells(plane: Array, part: Part, scale: ValueScale, screen: Screen) -> list[list[Cell]]:
    """The values of a part of a plane, each with its look."""
    shown = plane[part.rows.start : part.rows.stop, part.columns.start : part.columns.stop]
    return [
        [Cell(text.number(value), style) for value, style in zip(*pair, strict=True)]
        for pair in zip(shown.tolist(), styles(shown, scale, screen), strict=True)
    ]


def plane_grid(
    title: str, plane: Array, scale: ValueScale, screen: Screen, window: tuple[range, range]
) -> Grid:
    """A plane of values, as much of it as fits, ``window`` in it."""
    whole = range(plane.shape[0]), range(plane.shape[1])
    part = fitting_part(plane, whole, window, screen)
    cells = value_cells(plane, part, scale, screen)
    return Grid(_titled(title, part, plane), cells, part, screen)


def fitting_part(
    plane: Array,
    whole: tuple[range, range],
    window: tuple[range, range],
    screen: Screen,
    most: int = FEW_ROWS,
) -> Part:
    """As much of a plane as fits the screen, ``window`` in it.

    ``most`` rows are shown, or twice as many if that is all of them and there is no height.
    Where there is no terminal, a plane of up to MOST_VALUES cells is shown whole.
    """
    is_small = screen.width is None and len(whole[0]) * len(whole[1]) <= MOST_VALUES
    if screen.full or is_small:
        return Part(*whole, *whole)
    width = screen.width or CUT_WIDTH
    all_rows = screen.height is None and len(whole[0]) <= 2 * most
    rows = whole[0] if all_rows else fitting(whole[0], most, window[0])
    likely = fitting(whole[1], width // 4, window[1])
    longest = _longest(plane, rows, likely)
    columns = _fitting_columns(whole[1], width - LAST, longest + 3, window[1])
    if columns.start > whole[1].start:
        columns = _fitting_columns(whole[1], width - LAST - FIRST, longest + 3, window[1])
    return Part(rows, columns, *whole)


def _fitting_columns(whole: range, room: int, width: int, window: range) -> range:
    return fitting(whole, max(1, room // width), window)


def _longest(plane: Array, rows: range, columns: range) -> int:
    """Signs of the longest number in a part of a plane."""
    part = plane[max(rows.start, 0) : rows.stop, max(columns.start, 0) : columns.stop]
    return max(map(len, map(text.number, part.flat)), default=1)


def remaining(result: PoolResult) -> str:
    """How many values remain: ``36 → 9 values, 75 % dropped``."""
    before, after = result.feature_map.values.size, result.output.size
    change = (after - before) / before
    word = "dropped" if change <= 0 else "added"
    values = text.counted(after, "value")
    return f"{before:,} → {values}, {_percent(abs(change))} {word}"


def _percent(share: float) -> str:
    """Of what is not all, as many digits as tell that it is not."""
    found = (text.number(100 * share, digits) for digits in range(3, 16))
    return f"{next(each for each in found if share == 1 or each != '100')} %"
