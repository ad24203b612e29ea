"""Stage: the layout of a picture of input, window and output."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.geometry import CellKind
from poolviz.result import PoolResult, Step
from poolviz.text import Numbers, shortened
from poolviz.views.scene.elements import (
    PANEL_SIDE,
    Panel,
    cell_side,
    choose_numbers,
    digit_size,
    drawable,
    text_width,
    wrap_text,
)
from poolviz.views.scene.legend import TEXT_SIZE, key_lines
from poolviz.views.scene.region import Region, place_under
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array

MARGIN = 28
GAP = 72
# From the top of the picture to its panels: the operation, the source, the panels' titles.
HEADER = 92
TITLE_Y, SOURCE_Y, PANEL_TITLE_RISE = 14, 44, 18
TITLE_SIZE, PANEL_TITLE_SIZE, ARITHMETIC_SIZE = 24, 15, 20
LINE = 26
LEAST_WIDTH = 560
# The step counter stands to the right of the lines under the arithmetic, close to the other
# parts that change: the changed rectangle of a frame is then a third smaller.
COUNTER_WIDTH = 120
# Notes stand under a small output if they fit beside the input in this width.
SIDE_WIDTH = 400
# A picture shortens a longer name in the middle; its alt text contains all of it.
LONGEST_NAME = 48
# Smaller cells of an output in colour are drawn larger than the input's.
LEAST_COLORED = 12
# A window with more cells along a side is not shown enlarged.
MOST_ZOOMED = 8
LARGEST_ZOOMED_CELL = 64
# The room to the right of an enlarged window, for the value that comes from it.
VALUE_WIDTH = 112
# The longest side of the whole map beside a part of it; a smaller output than the second is
# enlarged there.
OVERVIEW_SIDE, LEAST_OVERVIEW = 240, 64
# An alt text has the values of at most this many outputs.
MOST_TOLD = 36
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# The channels of an image in colour, as the picture names them.
COLOR_NAMES = ("red", "green", "blue")


def short_name(feature_map: FeatureMap) -> str:
    """A map's name, shortened for a picture; ``map`` where the font lacks a character of it."""
    name = text.escaped(feature_map.name)
    return shortened(name, LONGEST_NAME) if drawable(name) == name else "map"


@dataclass(frozen=True)
class Stage:
    """The layout of a picture of one channel of a result, or of an image in colour.

    Args:
        result: what is shown.
        channel: which channel of it.
        region: which windows, and which cells around them.
        theme: the colours.
        steps: the windows, in the order in which they are shown.
        panel_side: the longest side of the input panel in pixels.
        others: other results that share the value scale.
        zooms: whether the window is shown enlarged where the input's cells have no digits.
    """

    result: PoolResult
    channel: int
    region: Region
    theme: Theme
    steps: tuple[Step, ...]
    panel_side: int = PANEL_SIDE
    others: tuple[PoolResult, ...] = ()
    zooms: bool = True

    @cached_property
    def scale(self) -> ValueScale:
        """One scale for input, output and the results in ``others``."""
        results = (self.result, *self.others)
        planes = [
            planes[self.channel]
            for result in results
            for planes in (result.feature_map.values, result.output)
        ]
        value_range = self.result.feature_map.value_range
        return value_scale(self.theme, *planes, value_range=value_range)

    @property
    def is_rgb(self) -> bool:
        """Whether the picture is in colour, so that no cell shows the digits of one channel."""
        return self.result.feature_map.is_rgb

    @cached_property
    def numbers(self) -> Numbers:
        """How all values of the picture are written."""
        shown = [self.input_values, self.output_values]
        return choose_numbers(shown, (step.cells[step.kinds == 0] for step in self.steps))

    @property
    def _written(self) -> Numbers:
        """How the arithmetic is written: in full, whatever the cells are divided by."""
        return Numbers() if self.numbers.exponent else self.numbers

    @property
    def _factor(self) -> str:
        """The power of ten that the cells are divided by, if any."""
        exponent = self.numbers.exponent
        return f", in units of 10{str(exponent).translate(SUPERSCRIPTS)}" if exponent else ""

    @cached_property
    def overview(self) -> tuple[Panel, Panel] | None:
        """The whole input above the whole output, at the left of a part of them; else None."""
        if self.region.whole or not self.zooms:
            return None
        sizes = self.result.feature_map.input_size, self.result.output_size
        factor = OVERVIEW_SIDE / max(sizes[0])
        y = MARGIN + HEADER
        panels = []
        for name, size in zip(("the whole input", "the whole output"), sizes, strict=True):
            longest = max(size)
            fits = longest * factor >= LEAST_OVERVIEW
            # One pixel for each cell of the panel: the map is resampled to the panel's size.
            side = factor if fits else OVERVIEW_SIDE / longest
            rows, columns = (range(max(1, round(length * side))) for length in size)
            title = f"{name}, {text.size(size)}"
            panels.append(Panel(MARGIN, y, 1, rows, columns, 0, title))
            y += len(rows) + 2 * LINE
        return panels[0], panels[1]

    @cached_property
    def _left(self) -> int:
        """The x of the input panel."""
        if self.overview is None:
            return MARGIN
        titles = [text_width(panel.title, PANEL_TITLE_SIZE, bold=True) for panel in self.overview]
        return MARGIN + max(*titles, *(panel.width for panel in self.overview)) + GAP // 2

    @cached_property
    def stacked(self) -> bool:
        """Whether input and output stand above each other: maps of one row."""
        return self.result.feature_map.input_size[0] == 1 and len(self.region.cells[0]) == 1

    @cached_property
    def _digits(self) -> int:
        """The size of the digits that fit the cells of both input and output; 0 for none."""
        if self.is_rgb:
            return 0
        cell = cell_side(*self.region.cells, self.panel_side)
        planes = self.input_values, self.output_values
        return min(digit_size(plane, cell, numbers=self.numbers) for plane in planes)

    @cached_property
    def input_panel(self) -> Panel:
        """The panel of the input, with padding and overhang."""
        rows, columns = self.region.cells
        cell = cell_side(rows, columns, self.panel_side)
        title = f"{input_title(self.result, self.channel)}{self._place}{self._factor}"
        return Panel(self._left, MARGIN + HEADER, cell, rows, columns, self._digits, title)

    @property
    def _place(self) -> str:
        """Which part of the input is shown, if not all of it."""
        if self.region.whole:
            return ""
        rows, columns = self.inside
        return f", rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"

    @cached_property
    def output_panel(self) -> Panel:
        """The panel of the output: right of the input, or below one row, under its windows."""
        rows, columns = self.region.windows
        before = self.input_panel
        title = f"output {text.size(self.result.output_size)}"
        if not self.region.whole and not self._shows_all_windows:
            title = f"output, rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"
        if self.stacked:
            # Two lines between the rows: one for the title of the output.
            y = before.y + before.height + GAP
            offset, gap = place_under(self.result.geometry.axes[1], self.region, before.cell)
            x = before.x + offset
            return Panel(x, y, before.cell, rows, columns, before.digits, title, gap)
        cell, digits = before.cell, before.digits
        if not digits and (not self.is_rgb or cell < LEAST_COLORED):
            # At this size the output is no larger than the input, and its cells are no smaller.
            fitted = min(before.height // len(rows), before.width // len(columns))
            cell = max(cell, min(fitted, cell_side(rows, columns, self.panel_side)))
            fits = digit_size(self.output_values, cell, numbers=self.numbers)
            digits = 0 if self.is_rgb else fits
        top = max(0, self.inside[0][0] - before.rows[0]) * before.cell
        return Panel(_right_of(before), before.y + top, cell, rows, columns, digits, title)

    @property
    def _shows_all_windows(self) -> bool:
        rows, columns = self.region.windows
        return (len(rows), len(columns)) == self.result.output_size

    @cached_property
    def window_panels(self) -> tuple[Panel, ...]:
        """The enlarged window below the grids, for each channel of an image in colour.

        Empty where the input's cells have digits, or the window is too large.
        """
        rows = range(max(len(step.rows) for step in self.steps))
        columns = range(max(len(step.columns) for step in self.steps))
        longest = max(len(rows), len(columns))
        if not self.zooms or self.input_panel.digits or longest > MOST_ZOOMED:
            return ()
        cell, digits = self._zoomed(longest)
        panels = self.input_panel, self.output_panel
        y = max(panel.y + panel.height for panel in panels) + 2 * LINE + 4
        names = COLOR_NAMES if self.is_rgb else ("window",)
        found, x = [], self._left
        for name in names:
            found.append(Panel(x, y, cell, rows, columns, digits, name))
            x += found[-1].width + VALUE_WIDTH
        return tuple(found)

    @property
    def window_panel(self) -> Panel | None:
        """The first of the enlarged windows, if there is one."""
        return next(iter(self.window_panels), None)

    def _zoomed(self, longest: int) -> tuple[int, int]:
        """Side and digits of an enlarged cell: in a third of the input's side, or in all of it."""
        read = [step.cells[step.kinds == CellKind.INPUT] for step in self.steps]
        # Three windows of an image in colour have less room each.
        for side in (self.panel_side // 3, self.panel_side // (2 if self.is_rgb else 1)):
            cell = min(LARGEST_ZOOMED_CELL, side // longest)
            digits = min(digit_size(cells, cell, numbers=self.numbers) for cells in read)
            if digits:
                return cell, digits
        return min(LARGEST_ZOOMED_CELL, self.panel_side // 2 // longest), 0

    @property
    def panels(self) -> list[Panel]:
        """All panels that have a title."""
        overview = self.overview or ()
        return [*overview, self.input_panel, self.output_panel, *self.window_panels]

    @cached_property
    def title(self) -> str:
        """The operation, as the picture's heading."""
        return self.result.plan.title

    @cached_property
    def source(self) -> str:
        """The name of the map, with its shape before and after."""
        feature_map = self.result.feature_map
        shapes = f"{text.size(feature_map.shape)} → {text.size(self.result.output_shape)}"
        return f"{short_name(feature_map)}, {shapes}"

    @cached_property
    def alt_title(self) -> str:
        """Operation and source in full, for alt texts."""
        return f"{self.title}: {text.escaped(self.result.feature_map.name)}"

    def describe(self, step: Step | None = None) -> str:
        """The alt text: what the picture says, with ``step`` as its example if there is one."""
        size = text.size(self.result.feature_map.input_size)
        parts = [f"{self.alt_title}.", f"The input is a {size} map{self._place}."]
        if step is not None:
            row, column = step.index
            read = [f"{cells[0]}–{cells[-1]}" for cells in (step.rows, step.columns)]
            parts.append(
                f"The window over rows {read[0]}, columns {read[1]} gives {step.arithmetic},"
                f" at row {row}, column {column} of the output."
            )
        values = self.output_values
        output = f"The output is {text.size(self.result.output_size)}"
        if values.size <= MOST_TOLD and not self.is_rgb:
            rows = (" ".join(map(self._written.text, row)) for row in values)
            output += f"{'' if self._shows_all_windows else ', here'}: {' / '.join(rows)}"
        return " ".join([*parts, f"{output}."])

    @cached_property
    def note_texts(self) -> list[str]:
        """The formula of the output size."""
        return [f"output size: {self.result.formula}"]

    def channel_steps(self, step: Step) -> list[Step]:
        """The window of ``step`` in each channel of an image in colour; else the step itself."""
        if not self.is_rgb:
            return [step]
        return [self.result.step(*step.index, channel) for channel in range(len(COLOR_NAMES))]

    def arithmetic(self, step: Step) -> list[str]:
        """A step's arithmetic, in lines that fit: one for each channel of an image in colour."""
        lines = [part.written(self._written) for part in self.channel_steps(step)]
        if self.is_rgb:
            lines = [f"{name}: {line}" for name, line in zip(COLOR_NAMES, lines, strict=True)]
        width = self.notes_width
        return [part for line in lines for part in wrap_text(line, self.arithmetic_size, width)]

    @property
    def arithmetic_size(self) -> int:
        """The size of the arithmetic in pixels: smaller where it has a line for each channel."""
        return TEXT_SIZE + 2 if self.is_rgb else ARITHMETIC_SIZE

    @cached_property
    def notes(self) -> list[str]:
        """The notes in lines that leave room for the step counter."""
        width = self.notes_width - COUNTER_WIDTH * (len(self.steps) > 1)
        return [part for note in self.note_texts for part in wrap_text(note, TEXT_SIZE, width)]

    @cached_property
    def key(self) -> tuple[tuple[str, str], ...]:
        """The marks of the picture, each with its meaning."""
        rows, columns = self.region.cells
        along = list(zip(self.result.geometry.axes, (rows, columns), strict=True))
        kinds = {axis.kind(cell) for axis, cells in along for cell in cells}
        entries = []
        marked = self.input_panel.digits or self.window_panels
        if marked and any(step.winner for step in self.steps):
            entries.append(("winner", "the cell that gives the output"))
            if any(step.ties and not step.is_flat for step in self.steps):
                entries.append(("tie", "equal cells"))
        elif marked and any(step.shares.any() for step in self.steps):
            entries.append(("share", "the cell's share of the output"))
        if len(self.dilated) > 0:
            entries.append(("read", "the cells that the window reads"))
        if CellKind.PADDING in kinds:
            value = self.result.plan.padding_value
            verb = "" if value is None else "counts "
            entries.append(("padding", f"padding, {verb}{text.padding(value)}"))
        if CellKind.OVERHANG in kinds:
            entries.append(("overhang", "overhang, never counted"))
        if any(self.unread):
            entries.append(("unread", "not read by any window"))
        return tuple(entries)

    @cached_property
    def dilated(self) -> frozenset[int]:
        """The axes along which windows skip cells."""
        dilation = self.result.spec.dilation or 1
        along = (dilation, dilation) if isinstance(dilation, int) else tuple(dilation)
        return frozenset(axis for axis, step in enumerate(along) if step > 1)

    @cached_property
    def unread(self) -> tuple[frozenset[int], frozenset[int]]:
        """The shown rows and columns that no window reads."""
        rows, columns = (
            axis.unread_among(cells)
            for axis, cells in zip(self.result.geometry.axes, self.region.cells, strict=True)
        )
        return rows, columns

    @property
    def padding_text(self) -> str:
        """The value that padding cells have; empty if padding is left out."""
        value = self.result.plan.padding_value
        return "" if value is None else text.number(value)

    # The lines of words: under a small output, else below all panels.

    @cached_property
    def _beside(self) -> bool:
        """Whether arithmetic and notes fit under the output, beside the input."""
        before, after = self.input_panel, self.output_panel
        if self.stacked or self.window_panels:
            return False
        width = max(after.width, SIDE_WIDTH)
        arithmetic = max(
            len(wrap_text(step.written(self._written), ARITHMETIC_SIZE, width))
            for step in self.steps
        )
        notes = sum(len(wrap_text(note, TEXT_SIZE, width)) for note in self.note_texts)
        lines = arithmetic + notes + 1 + len(key_lines(self.key, width))
        free = before.y + before.height - after.y - after.height
        return (lines + 1) * LINE <= free

    @cached_property
    def notes_x(self) -> int:
        """The left edge of arithmetic and notes."""
        return self.output_panel.x if self._beside else self._left

    @cached_property
    def notes_width(self) -> int:
        """The width in pixels of arithmetic and notes."""
        if self._beside:
            return max(self.output_panel.width, SIDE_WIDTH)
        return max(self._panels_right, MARGIN + LEAST_WIDTH) - self._left

    @cached_property
    def _panels_right(self) -> int:
        """The right edge of all panels with their titles."""
        titles = [
            panel.x + text_width(panel.title, PANEL_TITLE_SIZE, bold=True) for panel in self.panels
        ]
        windows = [panel.x + panel.width + VALUE_WIDTH for panel in self.window_panels]
        # After the windows of an image in colour stands the colour that comes of them.
        windows = [windows[-1] + VALUE_WIDTH] if windows and self.is_rgb else windows
        return max(*titles, *windows, *(panel.x + panel.width for panel in self.panels))

    @cached_property
    def width(self) -> int:
        """The width of the picture in pixels."""
        titles = MARGIN + text_width(self.title, TITLE_SIZE, bold=True)
        source = MARGIN + text_width(self.source, TEXT_SIZE)
        right = max(self._panels_right, titles, source, self.notes_x + self.notes_width)
        return right + MARGIN

    @cached_property
    def caption_y(self) -> int:
        """The y of the first line of arithmetic."""
        if self._beside:
            return self.output_panel.y + self.output_panel.height + LINE + LINE // 2
        below = [self.input_panel, self.output_panel, *self.window_panels]
        return max(panel.y + panel.height for panel in below) + LINE + LINE // 2

    @cached_property
    def arithmetic_lines(self) -> int:
        """The number of lines that the longest arithmetic takes."""
        return max(len(self.arithmetic(step)) for step in self.steps)

    @cached_property
    def captions_y(self) -> int:
        """The y of the first line below the arithmetic."""
        return self.caption_y + self.arithmetic_lines * LINE + 4

    @cached_property
    def height(self) -> int:
        """The height of the picture in pixels."""
        lines = len(self.notes) + (not self.is_rgb) + len(key_lines(self.key, self.notes_width))
        last = self.captions_y + (lines - 1) * LINE + LINE // 2
        return max(last, *(panel.y + panel.height for panel in self.panels)) + MARGIN

    def colors(self, planes: Array, rows: range, columns: range) -> Array:
        """Colours of cells without digits: the image's, or those of the value scale.

        Args:
            planes: (C, H, W) input or output.
            rows: which rows, all within the planes.
            columns: which columns.

        Returns:
            (rows, columns, 3) uint8.
        """
        return self.plane_colors(planes[:, rows.start : rows.stop, columns.start : columns.stop])

    def plane_colors(self, planes: Array) -> Array:
        """(rows, columns, 3) uint8 colours of all cells of planes (C, rows, columns)."""
        if not self.is_rgb:
            return self.scale.colors(planes[self.channel])
        return self.scale.rgb_colors(planes)

    @cached_property
    def inside(self) -> tuple[range, range]:
        """The shown rows and columns that lie in the input."""
        rows, columns = (
            range(max(0, cells[0]), min(axis.size, cells[-1] + 1))
            for axis, cells in zip(self.result.geometry.axes, self.region.cells, strict=True)
        )
        return rows, columns

    @property
    def input_values(self) -> Array:
        """The shown values of the input."""
        rows, columns = self.inside
        plane = self.result.feature_map.values[self.channel]
        return np.asarray(plane[rows.start : rows.stop, columns.start : columns.stop])

    @property
    def output_values(self) -> Array:
        """The shown values of the output."""
        rows, columns = self.region.windows
        plane = self.result.output[self.channel]
        return np.asarray(plane[rows.start : rows.stop, columns.start : columns.stop])


def stage_of(
    result: PoolResult,
    channel: int,
    region: Region,
    theme: Theme,
    *,
    side: int = PANEL_SIDE,
    others: tuple[PoolResult, ...] = (),
) -> Stage:
    """The stage for the windows of ``region``, one step for each.

    Args:
        result: what is shown.
        channel: which channel of it.
        region: which windows.
        theme: the colours.
        side: the longest side of the input panel in pixels.
        others: other results that share the value scale.
    """
    rows, columns = region.windows
    steps = tuple(result.step(row, column, channel) for row in rows for column in columns)
    return Stage(result, channel, region, theme, steps, side, others)


def input_title(result: PoolResult, channel: int) -> str:
    """``input 6×6``, with the name of the channel if there are several and no colours."""
    names = result.feature_map.channel_names
    named = len(names) > 1 and not result.feature_map.is_rgb
    suffix = f", channel {names[channel]}" if named else ""
    return f"input {text.size(result.feature_map.input_size)}{suffix}"


def _right_of(panel: Panel) -> int:
    """The x of the next panel, right of this panel and its title."""
    titled = text_width(panel.title, PANEL_TITLE_SIZE, bold=True) - GAP // 2
    return panel.x + max(panel.width, titled) + GAP
