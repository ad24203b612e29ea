"""A result on the terminal: input, output, and the arithmetic of one window."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from textwrap import wrap

from poolviz import text
from poolviz.geometry import CellKind
from poolviz.result import PoolResult, Step
from poolviz.text import Numbers
from poolviz.views.scene.elements import choose_numbers
from poolviz.views.scene.shown import COLOR_NAMES
from poolviz.views.scene.style import ValueScale, value_scale
from poolviz.views.terminal.grid import (
    BOLD,
    DIM,
    FEW_ROWS,
    FIRST,
    LAST,
    MOST_VALUES,
    NOTHING,
    PLAIN,
    Cell,
    Frame,
    Grid,
    Part,
    Screen,
    Segments,
    bar_of,
    describe_cells,
    describe_shares,
    fitting,
    fitting_part,
    longest_number,
    styles,
    titled,
    units,
    value_cells,
)
from poolviz.views.terminal.lines import (
    GUTTER,
    USUAL_WIDTH,
    block_width,
    channel_words,
    plain,
    remaining,
    side_by_side,
)
from poolviz.views.terminal.picture import Overview, Places, Slide
from poolviz.windows import Array

# Below a picture, input and output stand beside each other from this width on.
LEAST_BESIDE = 60
# The least columns of a line of a title.
LEAST_TITLE = 24
# Columns of a title that say which rows are shown, as in ", rows 100–107 of 1024".
ROWS_WORDS = 24
# An output that has not been pooled yet.
NOT_YET = Cell("·", DIM)
OUTSIDE = {CellKind.PADDING: Cell("·", DIM), CellKind.OVERHANG: Cell("×", DIM)}
# Between the windows of an image in colour. Those of up to so many rows may stand above each other.
NARROW_GUTTER, FEW_STACKED = "  ", 4
# The signs of a key stand before their meanings; entries are this far apart.
KEY_GAP = "   "


@dataclass(frozen=True)
class ResultView:
    """A result on the terminal.

    Args:
        result: what is shown.
        step: the window that is outlined and whose arithmetic is printed.
        screen: where it is shown; its height is what the grids may take.
        overview: pictures of the whole input and output, which are shown first, if there are any.
        slide: what stays the same as the window slides; None if it does not slide.
        channels: the window in each channel of an image in colour, if it is known already.
    """

    result: PoolResult
    step: Step
    screen: Screen
    overview: Overview | None = None
    slide: Slide | None = None
    channels: tuple[Step, ...] = ()

    def lines(self) -> Iterable[Segments]:
        """Input, output, arithmetic, size formula, numbers of values, and the key to the marks."""
        yield from self.grids()
        yield []
        yield from self.arithmetic
        yield [(f"output size: {self.result.formula}", PLAIN)]
        yield [(remaining(self.result), PLAIN)]
        yield from self.key()

    def grids(self) -> Iterable[Segments]:
        """Input and output, beside each other where the screen has room for both.

        The overview comes first; of an image in colour, the window in each channel follows.
        """
        if self.overview is not None:
            yield from self.overview.lines(self._places if self._is_marked else None, self._there)
        if self.overview is not None or self.is_in_color:
            has_swatch = self.overview and self._is_told
            swatch = self.overview.swatch(self.step.index) if self.overview and has_swatch else []
            yield [(self.place, PLAIN), *swatch] if self._is_marked else []
        if self.overview is not None and not self._is_marked:
            return
        if self.is_in_color:
            yield from self._channels()
            return
        grids = self.input(), self.output()
        if not self._beside:
            yield from grids[0].lines()
            yield []
            yield from grids[1].lines()
            return
        width = self.screen.width or 0
        blocks = [list(grid.lines()) for grid in grids]
        # The title of the output has as many lines as leave it beside the input.
        (title, style), *_ = blocks[1][0]
        room = width - len(GUTTER) - block_width(blocks[0])
        titles: list[Segments] = [[(line, style)] for line in wrap(title, room)]
        blocks = [
            [*blocks[0][:1], *[[]] * (len(titles) - 1), *blocks[0][1:]],
            [*titles, *blocks[1][1:]],
        ]
        yield from side_by_side(blocks, width)

    @property
    def is_in_color(self) -> bool:
        """Whether it is an image in colour, on a terminal."""
        return (
            self.screen.width is not None
            and self.result.feature_map.is_rgb
            and not (self.screen.full)
        )

    @property
    def place(self) -> str:
        """Which cells of the input the window reads, and which cell of the output it gives."""
        window, output = self._places
        (row, column), names = (cells[0] for cells in output), ("row", "column")
        read = ", ".join(map(describe_cells, names, window))
        framed = "framed: " if self.overview is not None else ""
        place = f"{framed}{read} → output ({row}, {column})"
        if self.slide is not None and self.slide.band is not None:
            place = f"{framed}{read} → output {', '.join(map(describe_cells, names, output))}"
        # While the window slides, what follows stays where it is.
        width = self.screen.width if self.slide else None
        return text.shortened(place, width) if width else place

    @property
    def _window(self) -> tuple[range, range]:
        return self.step.rows, self.step.columns

    @property
    def _places(self) -> Places:
        """What is framed in the input and in the output."""
        if self.slide is not None and self.slide.band is not None:
            return self.slide.band
        row, column = self.step.index
        return self._window, (range(row, row + 1), range(column, column + 1))

    @property
    def _is_marked(self) -> bool:
        return self.slide is None or self.slide.marked

    @property
    def _is_told(self) -> bool:
        return self.slide is None or self.slide.told

    @cached_property
    def _there(self) -> Array | None:
        """(rows, columns) which outputs stand; None for all."""
        return None if self.slide is None else self.slide.there(self.result.output_size)

    @property
    def arithmetic(self) -> list[Segments]:
        """The arithmetic of the window: a line, or one for each channel of an image in colour."""
        if not self._is_marked:
            return []
        steps, numbers = self.channel_steps if self.is_in_color else (self.step,), self.numbers
        names = [f"{name}: " for name in COLOR_NAMES] if self.is_in_color else [""]
        told = [step.written(numbers) if self._is_told else step.asked(numbers) for step in steps]
        return [[(f"{name}{line}", BOLD)] for name, line in zip(names, told, strict=True)]

    @cached_property
    def channel_steps(self) -> tuple[Step, ...]:
        """The window in each channel of an image in colour."""
        return self.channels or channel_steps(self.result, self.step)

    def key(self) -> Iterator[Segments]:
        """Lines that explain the marks of the input, if it has any."""
        steps = self.channel_steps if self.is_in_color else (self.step,)
        line = ""
        for entry in filter(None, self._entries(steps)):
            longer = f"{line}{KEY_GAP}{entry}"
            if line and len(longer) > (self.screen.width or USUAL_WIDTH):
                yield plain(line)
                longer = f"{KEY_GAP}{entry}"
            line = longer.removeprefix(KEY_GAP)
        if line:
            yield plain(line)

    def _entries(self, steps: Sequence[Step]) -> Iterator[str]:
        """The signs of the shown marks, each with its meaning."""
        step = steps[0]
        if any(each.winner for each in steps):
            ringed = [each for each in steps if self.slide is None or not each.is_even]
            yield "[ ] the cell that gives the output" if ringed else ""
            yield "( ) equal cells" if any(each.ties for each in ringed) else ""
        else:
            yield describe_shares([each.shares[each.kinds == CellKind.INPUT] for each in steps])
        if self.is_dilated and (step.winner or not step.shares.any()):
            yield "{ } the other cells that the window reads"
        part = self._part(0, self.result.feature_map.values[step.channel], self._window)
        cells = self._window if self.is_in_color else (part.rows, part.columns)
        along = list(zip(self.result.geometry.axes, cells, strict=True))
        kinds = {axis.kind(cell) for axis, side in along for cell in side}
        if CellKind.PADDING in kinds:
            acting = self.padding_text
            yield f"· padding, counts as {acting}" if acting else "· padding, left out"
        if CellKind.OVERHANG in kinds:
            yield "× overhang, never counted"

    @cached_property
    def is_dilated(self) -> bool:
        """Whether the window skips cells."""
        return any(cells.step > 1 and len(cells) > 1 for cells in self._window)

    @cached_property
    def padding_text(self) -> str:
        """The value of a padding cell; empty if padding is left out."""
        value, spec = self.result.plan.padding_value, self.result.spec
        left_out = value is None or (self.result.mode.divides and not spec.count_include_pad)
        return "" if left_out else text.number(value)

    @cached_property
    def numbers(self) -> Numbers:
        """How all values are written: as in a picture of the same."""
        if self.slide is not None:
            return self.slide.numbers
        steps = self.channel_steps if self.is_in_color else (self.step,)
        return shared_numbers(self.result, self.step.channel, steps, self.screen)

    @cached_property
    def _whole(self) -> tuple[tuple[range, range], tuple[range, range]]:
        """The rows and columns of input and output that may be shown."""
        rows, columns = (axis.extent for axis in self.result.geometry.axes)
        height, width = self.result.output_size
        if self.slide is None or self.slide.region.whole:
            return (rows, columns), (range(height), range(width))
        return self.slide.region.cells, self.slide.region.windows

    @cached_property
    def _beside(self) -> bool:
        """Whether input and output, in all their columns, fit the width together."""
        if self.screen.width is None:
            return False
        if self.overview is not None:
            return self.screen.width >= LEAST_BESIDE
        feature_map, channel = self.result.feature_map, self.step.channel
        planes = feature_map.values[channel], self.result.output[channel]
        if self.slide is None and max(plane.size for plane in planes) > MOST_VALUES:
            return False
        widest = (
            self.slide.least
            if self.slide
            else tuple(longest_number(plane, self.numbers) for plane in planes)
        )
        titles = self._input_title, self._output_title
        if self.slide is None:
            # The output's may take several lines.
            titles = titles[0], titles[1][:LEAST_TITLE]
        widths = [
            max(
                len(title) + ROWS_WORDS * (len(rows) > FEW_ROWS),
                len(columns) * (digits + 3) + 1,
            )
            for digits, (rows, columns), title in zip(widest, self._whole, titles, strict=True)
        ]
        return bool(sum(widths) + len(GUTTER) <= self.screen.width)

    @property
    def _input_title(self) -> str:
        if self.overview is not None:
            return "input"
        feature_map = self.result.feature_map
        channel = channel_words(feature_map, self.step.channel)
        return f"input {text.size(feature_map.input_size)}{channel}{units(self.numbers)}"

    @property
    def _output_title(self) -> str:
        if self.overview is not None:
            return "output"
        return f"output {text.size(self.result.output_size)}, {self.result.summary}"

    @cached_property
    def scale(self) -> ValueScale:
        """One value scale for input and output."""
        if self.slide is not None:
            return self.slide.scale
        feature_map, channel = self.result.feature_map, self.step.channel
        planes = feature_map.values[channel], self.result.output[channel]
        return value_scale(self.screen.theme, *planes, value_range=feature_map.value_range)

    def input(self) -> Grid:
        """The input with its padding, or the part of it that fits."""
        plane = self.result.feature_map.values[self.step.channel]
        part = self._part(0, plane, self._window)
        cells = self.input_cells(self.step, part)
        return self._grid(0, self._input_title, plane, cells, part, self._window)

    def input_cells(self, step: Step, part: Part) -> list[list[Cell]]:
        """The cells of a part of the input with the marks of ``step``."""
        plane = self.result.feature_map.values[step.channel]
        rows, columns = (range(max(0, side.start), side.stop) for side in (part.rows, part.columns))
        inside = plane[rows.start : rows.stop, columns.start : columns.stop]
        cell_styles, values = styles(inside, self.scale, self.screen), inside.tolist()
        along_rows, along_columns = self.result.geometry.axes
        column_kinds = [along_columns.kind(column) for column in part.columns]
        winner, ties = step.winner, step.ties
        shares = step.shares if winner is None else None
        if self.slide is not None and (step.is_even or not self.slide.told):
            winner, ties = None, frozenset()
        hull = range(step.rows[0], step.rows[-1] + 1), range(step.columns[0], step.columns[-1] + 1)

        def bar(row: int, column: int) -> str:
            index = step.rows.index(row), step.columns.index(column)
            return "" if shares is None else bar_of(shares[index])

        def cell(row: int, column: int, kind: CellKind) -> Cell:
            is_read = self._is_marked and row in step.rows and column in step.columns
            read = "read" * (is_read and self.is_dilated)
            if kind is not CellKind.INPUT:
                if not (is_read and kind is CellKind.PADDING and self.padding_text):
                    return OUTSIDE[kind]
                return Cell(self.padding_text, DIM, "padding", bar(row, column))
            i, j = row - rows.start, column - columns.start
            style, number = cell_styles[i][j], self.numbers.cell(values[i][j])
            if self.is_dilated and not is_read and row in hull[0] and column in hull[1]:
                return Cell(number, DIM)
            if (row, column) == winner:
                return Cell(number, style + BOLD if style else style, "winner")
            if (row, column) in ties:
                return Cell(number, style, "tie")
            sign = bar(row, column) if is_read else ""
            return Cell(number, style, "" if sign else read, sign)

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
        window = range(row, row + 1), range(column, column + 1)
        part = self._part(1, plane, window)
        cells = value_cells(plane, part, self.scale, self.screen, self.numbers)
        if self._there is not None:
            there = self._there
            cells = [
                [
                    cell if there[i, j] else NOT_YET
                    for j, cell in zip(part.columns, line, strict=True)
                ]
                for i, line in zip(part.rows, cells, strict=True)
            ]
        return self._grid(1, self._output_title, plane, cells, part, window)

    def _grid(
        self, number: int, name: str, plane: Array, cells: list[list[Cell]], part: Part,
        window: tuple[range, range],
    ) -> Grid:  # fmt: skip
        """The grid of the input (0) or the output (1)."""
        if self.overview is not None:
            # The picture above says the size.
            title = f"{name}, {_place(part, plane.shape)}"
        else:
            title = titled(name, part, plane)
        if self.slide is None or self.screen.width is None:
            return Grid(title, cells, part, self.screen, window)
        # The titles of some pages are longer than those of others; the grids stay in place.
        if not self._beside:
            title = text.shortened(title, self.screen.width)
        elif self.overview is not None:
            title = title.ljust((self.screen.width - len(GUTTER)) // 2)
        elif title != name:
            title = title.ljust(len(name) + ROWS_WORDS)
        least = self.slide.least[number]
        if not self._is_marked:
            window = NOTHING, NOTHING
        elif self.overview is None:
            window = self._places[number]
        return Grid(title, cells, part, self.screen, window, self._layout[0], least)

    def _part(self, number: int, plane: Array, window: tuple[range, range]) -> Part:
        """The part of the input (0) or the output (1) that fits."""
        most, screen, whole = self._layout[1][number], self.screen, self._whole[number]
        if self.overview is not None and screen.width is not None:
            half = (screen.width - len(GUTTER)) // 2
            screen = replace(screen, width=half if self._beside else screen.width, height=most)
        least = None if self.slide is None else self.slide.least[number]
        centred = self.overview is not None and self.slide is None
        numbers = self.numbers
        return fitting_part(
            plane, whole, window, screen, most, least, numbers=numbers, centred=centred
        )

    @cached_property
    def _layout(self) -> tuple[Frame, tuple[int, int]]:
        """How windows are outlined, and how many rows of input and output are shown."""
        inputs, outputs = (len(rows) for rows, _ in self._whole)
        if self.slide is None:
            few = (
                FEW_ROWS
                if self.overview is None
                else max(4, min(len(self.step.rows) + 2, FEW_ROWS))
            )
            return "inserted", (few, few)
        # Below a picture, one line says which cells are framed.
        room = (self.screen.height or 0) - (self.overview is not None)
        if self._beside:
            # One line is the title.
            if 2 * max(inputs, outputs) + 2 <= room and self.overview is None:
                return "gaps", (inputs, outputs)
            return "corners", (_rows_in(room - 1, inputs), _rows_in(room - 1, outputs))
        # Two titles, and a line between the grids.
        room -= 3
        if 2 * (inputs + outputs + 1) <= room:
            return "gaps", (inputs, outputs)
        few = _rows_in(max(3, room // 3, room - inputs), outputs)
        return "corners", (_rows_in(room - few - 2 * (few < outputs), inputs), few)

    def _channels(self) -> Iterable[Segments]:
        """The window in each channel of an image in colour, titled with the value that it gives."""
        least, longest = self.slide.least if self.slide else (1, 1)
        blocks = []
        for name, step in zip(COLOR_NAMES, self.channel_steps, strict=True):
            part = self._window_part(step, least)
            value = self.numbers.text(step.value) if self._is_told else ""
            title = f"{name} → {value.ljust(longest)}"
            cells = self.input_cells(step, part)
            keeps = self.slide is not None
            grid = Grid(title, cells, part, self.screen, self._window, least=least, keeps=keeps)
            blocks.append(list(grid.lines()))
        return side_by_side(blocks, self.screen.width, NARROW_GUTTER)

    def _window_part(self, step: Step, least: int) -> Part:
        """The window, or the part with the winner of one that is too large."""
        rows, columns = (range(cells[0], cells[-1] + 1) for cells in self._window)
        inside = step.cells[step.kinds == CellKind.INPUT]
        pitch = max(least, longest_number(inside, self.numbers), len(self.padding_text)) + 3
        width, count = self.screen.width or 0, len(COLOR_NAMES)
        room = (width - (count - 1) * len(NARROW_GUTTER)) // count - 1
        lines, high = count * (len(rows) + 4), self.screen.height
        if len(rows) <= FEW_STACKED and len(columns) * pitch < width and lines <= (high or lines):
            # Small windows are shown above each other rather than cut.
            room = max(room, len(columns) * pitch)
        most = room // pitch
        if len(columns) > most:
            most = max(1, (room - FIRST - LAST) // pitch)
        row, column = step.winner or (rows[0], columns[0])
        return Part(
            fitting(rows, FEW_ROWS, range(row, row + 1), centred=True),
            fitting(columns, most, range(column, column + 1), centred=True),
            rows,
            columns,
        )


def _place(part: Part, size: tuple[int, ...]) -> str:
    """``rows 9–14, columns 12–15``: the shown rows and columns that lie in the map."""
    inside = [
        range(max(cells[0], 0), min(cells[-1] + 1, length)) or range(1)
        for cells, length in zip((part.rows, part.columns), size, strict=True)
    ]
    return ", ".join(
        f"{name}s {cells[0]}–{cells[-1]}" if len(cells) > 1 else f"{name} {cells[0]}"
        for name, cells in zip(("row", "column"), inside, strict=True)
    )


def _rows_in(lines: int, rows: int) -> int:
    """How many of ``rows`` fit ``lines``, two of which ellipses take if not all do."""
    return rows if rows <= lines else max(1, lines - 2)


def shared_numbers(
    result: PoolResult, channel: int, steps: Iterable[Step], screen: Screen
) -> Numbers:
    """How the values of input and output are written, where ``steps`` are shown."""
    planes = [result.feature_map.values[channel], result.output[channel]]
    windows = (step.cells[step.kinds == CellKind.INPUT] for step in steps)
    return choose_numbers(planes, windows, screen.theme.choices.decimals)


def channel_steps(result: PoolResult, step: Step) -> tuple[Step, ...]:
    """The window of ``step`` in each channel of an image in colour."""
    return tuple(result.step(*step.index, channel) for channel in range(len(COLOR_NAMES)))
