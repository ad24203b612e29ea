"""A result on the terminal: input, output, and the arithmetic of one window."""

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
from poolviz.views.terminal.lines import GUTTER, MOST_VALUES, side_by_side
from poolviz.windows import Array

# A large map shows this many of its rows.
FEW_ROWS = 8
# Without a terminal, grids of more than MOST_VALUES are cut to this many columns of text.
CUT_WIDTH = 160
# The lines around two grids that are shown in full, and those that ellipses take.
OTHER_LINES, ELLIPSES = 12, 4
# Columns of a title that say which rows are shown, as in ", rows 100–107 of 1024".
ROWS_WORDS = 24
# Columns before the cells of a line (an ellipsis), and after them (an edge and an ellipsis).
FIRST, LAST = 2, 3
# An output that has not been pooled yet.
NOT_YET = Cell("·", DIM)
OUTSIDE = {CellKind.PADDING: Cell("·", DIM), CellKind.OVERHANG: Cell("×", DIM)}


@dataclass(frozen=True)
class ResultView:
    """A result on the terminal.

    Args:
        result: what is shown.
        step: the window that is outlined and whose arithmetic is printed.
        screen: where it is shown.
        until: the number of windows pooled so far, row by row; None for all.
    """

    result: PoolResult
    step: Step
    screen: Screen
    until: int | None = None

    def lines(self) -> Iterable[Segments]:
        """Input, output, arithmetic, size formula, and the number of values before and after."""
        yield from self.grids()
        yield []
        yield self.arithmetic
        yield [(f"output size: {self.result.formula}", PLAIN)]
        yield [(remaining(self.result), PLAIN)]

    def grids(self) -> Iterable[Segments]:
        """Input and output, beside each other where the screen has room for both."""
        blocks = [list(grid.lines()) for grid in (self.input(), self.output())]
        if self._beside:
            yield from side_by_side(blocks, self.screen.width)
            return
        yield from blocks[0]
        yield []
        yield from blocks[1]

    @cached_property
    def _beside(self) -> bool:
        """Whether input and output, in all their columns, fit the width together."""
        feature_map, channel = self.result.feature_map, self.step.channel
        planes = feature_map.values[channel], self.result.output[channel]
        if self.screen.width is None or max(plane.size for plane in planes) > MOST_VALUES:
            return False
        columns = len(self.result.geometry.axes[1].extent), self.result.output_size[1]
        titles = self._input_title, self._output_title
        widths = [
            max(
                len(title) + ROWS_WORDS * (plane.shape[0] > FEW_ROWS),
                count * (_longest(plane) + 3) + 1,
            )
            for plane, count, title in zip(planes, columns, titles, strict=True)
        ]
        return bool(sum(widths) + len(GUTTER) <= self.screen.width)

    @property
    def _input_title(self) -> str:
        feature_map = self.result.feature_map
        channel = channel_words(feature_map, self.step.channel)
        return f"input {text.size(feature_map.input_size)}{channel}"

    @property
    def _output_title(self) -> str:
        return f"output {text.size(self.result.output_size)}, {self.result.summary}"

    @property
    def arithmetic(self) -> Segments:
        """The arithmetic of the window, as a line."""
        return [(self.step.arithmetic, BOLD)]

    @cached_property
    def scale(self) -> ValueScale:
        """One value scale for input and output."""
        feature_map, channel = self.result.feature_map, self.step.channel
        planes = feature_map.values[channel], self.result.output[channel]
        return value_scale(self.screen.theme, *planes, value_range=feature_map.value_range)

    def input(self) -> Grid:
        """The input with its padding, or the part of it that fits."""
        step, plane = self.step, self.result.feature_map.values[self.step.channel]
        rows, columns = (axis.extent for axis in self.result.geometry.axes)
        window = step.rows, step.columns
        part = fitting_part(plane, (rows, columns), window, self.screen, self._most_rows[0])
        title = _titled(self._input_title, part, plane)
        cells = self._input_cells(plane, part)
        return Grid(title, cells, part, self.screen, window, self._gaps)

    def _input_cells(self, plane: Array, part: Part) -> list[list[Cell]]:
        rows, columns = (range(max(0, side.start), side.stop) for side in (part.rows, part.columns))
        inside = plane[rows.start : rows.stop, columns.start : columns.stop]
        cell_styles, values = styles(inside, self.scale, self.screen), inside.tolist()
        along_rows, along_columns = self.result.geometry.axes
        column_kinds = [along_columns.kind(column) for column in part.columns]

        def cell(row: int, column: int, kind: CellKind) -> Cell:
            if kind is not CellKind.INPUT:
                return OUTSIDE[kind]
            won = (row, column) == self.step.winner
            i, j = row - rows.start, column - columns.start
            style = cell_styles[i][j]
            style = style + BOLD if won and style else style
            mark = "winner" if won else "tie" * ((row, column) in self.step.ties)
            return Cell(text.number(values[i][j]), style, mark)

        return [
            [
                cell(row, column, max(along_rows.kind(row), kind))
                for column, kind in zip(part.columns, column_kinds, strict=True)
            ]
            for row in part.rows
        ]

    def output(self) -> Grid:
        """The output; values that have not been pooled yet are dots."""
        plane, (row, column) = self.result.output[self.step.channel], self.step.index
        height, width = self.result.output_size
        window = range(row, row + 1), range(column, column + 1)
        whole = range(height), range(width)
        part = fitting_part(plane, whole, window, self.screen, self._most_rows[1])
        cells = value_cells(plane, part, self.scale, self.screen)
        least = _longest(plane) if self._gaps else 1
        cells = [
            [
                cell if self.until is None or i * width + j < self.until else NOT_YET
                for j, cell in zip(part.columns, line, strict=True)
            ]
            for i, line in zip(part.rows, cells, strict=True)
        ]
        title = _titled(self._output_title, part, plane)
        return Grid(title, cells, part, self.screen, window, self._gaps, least)

    @property
    def _gaps(self) -> bool:
        """Whether the outline lies between rows, so that they stay in place as it moves."""
        return self.until is not None and self._beside

    @property
    def _most_rows(self) -> tuple[int, int]:
        """The number of rows of input and output to show, so that both fit the screen."""
        if self.screen.height is None:
            return FEW_ROWS, FEW_ROWS
        inputs, outputs = len(self.result.geometry.axes[0].extent), self.result.output_size[0]
        if self._beside:
            # Status, arithmetic, a blank line, the title, and the cursor's line.
            room = max(3, self.screen.height - 5)
            return _gapped(inputs, room), _gapped(outputs, room)
        room = max(3, self.screen.height - OTHER_LINES)
        if inputs + outputs <= room:
            return inputs, outputs
        room = max(3, room - ELLIPSES)
        few = min(outputs, max(1, room // 3))
        return room - few, few


def _gapped(rows: int, lines: int) -> int:
    """How many of ``rows`` with a line between them fit ``lines``."""
    return rows if 2 * rows + 1 <= lines else max(1, (lines - 3) // 2)


def _longest(plane: Array) -> int:
    return max(map(len, map(text.number, plane.flat)), default=1)


def channel_words(feature_map: FeatureMap, channel: int) -> str:
    """``, channel R``; empty if there is only one."""
    names = feature_map.channel_names
    return f", channel {text.escaped(names[channel])}" if len(names) > 1 else ""


def all_channels(feature_map: FeatureMap) -> list[str]:
    """A note that statistics cover all channels, if there are several."""
    count = len(feature_map.values)
    return [f"statistics cover all {count} channels together"] if count > 1 else []


def _titled(title: str, part: Part, plane: Array) -> str:
    """``title`` and which part of the plane is shown, if it is cut."""
    height, width = plane.shape
    place = part.describe((height, width))
    return f"{title}, {place}" if place else title


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


def value_cells(plane: Array, part: Part, scale: ValueScale, screen: Screen) -> list[list[Cell]]:
    """The values of a part of a plane as styled cells."""
    shown = plane[part.rows.start : part.rows.stop, part.columns.start : part.columns.stop]
    return [
        [Cell(text.number(value), style) for value, style in zip(*pair, strict=True)]
        for pair in zip(shown.tolist(), styles(shown, scale, screen), strict=True)
    ]


def plane_grid(
    title: str, plane: Array, scale: ValueScale, screen: Screen, window: tuple[range, range]
) -> Grid:
    """The grid of a plane, or of the part around ``window`` that fits."""
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
    """The part of a plane around ``window`` that fits the screen.

    It has up to ``most`` rows; where the height does not matter, up to twice as many if these
    are all. Where there is no terminal, a plane of up to MOST_VALUES cells is shown in full.
    """
    is_small = screen.width is None and len(whole[0]) * len(whole[1]) <= MOST_VALUES
    if screen.full or is_small:
        return Part(*whole, *whole)
    width = screen.width or CUT_WIDTH
    all_rows = screen.height is None and len(whole[0]) <= 2 * most
    rows = whole[0] if all_rows else fitting(whole[0], most, window[0])
    likely = fitting(whole[1], width // 4, window[1])
    part = plane[max(rows.start, 0) : rows.stop, max(likely.start, 0) : likely.stop]
    longest = max(map(len, map(text.number, part.flat)), default=1)
    columns = _fitting_columns(whole[1], width - LAST, longest + 3, window[1])
    if columns.start > whole[1].start:
        columns = _fitting_columns(whole[1], width - LAST - FIRST, longest + 3, window[1])
    return Part(rows, columns, *whole)


def _fitting_columns(whole: range, room: int, width: int, window: range) -> range:
    return fitting(whole, max(1, room // width), window)


def remaining(result: PoolResult) -> str:
    """``36 → 9 values, 75 % fewer``."""
    before, after = result.feature_map.values.size, result.output.size
    change = (after - before) / before
    if not change:
        return f"{before:,} → {text.counted(after, 'value')}, the same number"
    word = "fewer" if change < 0 else "more"
    # As many digits as it takes not to round to 100.
    numbers = (text.number(100 * abs(change), digits) for digits in range(3, 16))
    percent = next(number for number in numbers if abs(change) == 1 or number != "100")
    return f"{before:,} → {text.counted(after, 'value')}, {percent} % {word}"
