"""Stage: where everything stands on a picture of input, window and output."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.geometry import CellKind
from poolviz.result import PoolResult, Step
from poolviz.text import shortened
from poolviz.views.scene.elements import (
    PANEL_SIDE,
    Panel,
    cell_side,
    digit_size,
    drawable,
    text_width,
    wrapped,
)
from poolviz.views.scene.region import Region, describe_region
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array

MARGIN = 24
GAP = 72
HEADER = 64
LARGEST_ZOOMED_CELL = 96
TITLE_SIZE, TEXT_SIZE, ARITHMETIC_SIZE = 18, 14, 20
LINE = 26
LEAST_WIDTH = 640
# The step counter stands at the right of the lines under the arithmetic: near to what else
# changes, so that a frame's changes lie in a rectangle that is a third smaller.
COUNTER_WIDTH = 180
# Of a longer name a picture shows both ends; its alt text shows all.
LONGEST_NAME = 48
# A window of more cells along a side is not spelled out beside the panels.
MOST_ZOOMED = 8


def short_name(feature_map: FeatureMap) -> str:
    """A map's name, as far as the font can say it and a picture has room."""
    return shortened(drawable(feature_map.name), LONGEST_NAME)


@dataclass(frozen=True)
class Stage:
    """The layout of one channel of a result, region by region.

    Args:
        result: what is shown.
        channel: of which channel.
        region: which windows, and which cells around them.
        theme: its colours.
        steps: the windows, in the order in which they are shown.
        panel_side: the longest side of the input panel in pixels.
        beside: other results that share the value scale.
        zooms: whether a window is shown enlarged, where the input's cells have no digits.
    """

    result: PoolResult
    channel: int
    region: Region
    theme: Theme
    steps: tuple[Step, ...]
    panel_side: int = PANEL_SIDE
    beside: tuple[PoolResult, ...] = ()
    zooms: bool = True

    @cached_property
    def scale(self) -> ValueScale:
        """One scale for input and output, and for the results beside."""
        results = (self.result, *self.beside)
        planes = [
            planes[self.channel]
            for result in results
            for planes in (result.feature_map.values, result.output)
        ]
        value_range = self.result.feature_map.value_range
        return value_scale(self.theme, *planes, value_range=value_range)

    @cached_property
    def input_panel(self) -> Panel:
        """The input with its padding and overhang."""
        rows, columns = self.region.cells
        cell = cell_side(rows, columns, self.panel_side)
        digits = digit_size(self.input_values, cell)
        title = input_title(self.result, self.channel)
        return Panel(MARGIN, MARGIN + HEADER, cell, rows, columns, digits, title)

    @cached_property
    def window_panel(self) -> Panel | None:
        """The window's cells enlarged, where the input's are too small for digits."""
        if not self.zooms:
            return None
        rows = range(max(len(step.rows) for step in self.steps))
        columns = range(max(len(step.columns) for step in self.steps))
        if self.input_panel.digits or max(len(rows), len(columns)) > MOST_ZOOMED:
            return None
        before = self.input_panel
        cell, digits = self._zoomed(max(len(rows), len(columns)))
        y = before.y + max(0, (before.height - cell * len(rows)) // 2)
        return Panel(_right_of(before), y, cell, rows, columns, digits, self._window_title)

    @property
    def _window_title(self) -> str:
        """Of an image it says whose greys the window shows."""
        feature_map = self.result.feature_map
        words = f", channel {feature_map.channel_names[self.channel]}"
        return f"window{words if feature_map.is_rgb else ''}"

    def _zoomed(self, longest: int) -> tuple[int, int]:
        """Side and digits of an enlarged cell: half the input's panel, for long digits all."""
        read = [step.cells[step.kinds == CellKind.INPUT] for step in self.steps]
        for side in (self.panel_side // 2, self.panel_side):
            cell = min(LARGEST_ZOOMED_CELL, side // longest)
            digits = min(digit_size(cells, cell) for cells in read)
            if digits:
                return cell, digits
        return min(LARGEST_ZOOMED_CELL, self.panel_side // 2 // longest), 0

    @cached_property
    def output_panel(self) -> Panel:
        """The output."""
        rows, columns = self.region.windows
        before = self.window_panel or self.input_panel
        cell = min(
            cell_side(rows, columns, self.panel_side), self._largest_output_cell(rows, columns)
        )
        x = _right_of(before)
        y = self.input_panel.y + max(0, (self.input_panel.height - cell * len(rows)) // 2)
        title = f"output {text.size(self.result.output_size)}"
        return Panel(x, y, cell, rows, columns, digit_size(self.output_values, cell), title)

    def _largest_output_cell(self, rows: range, columns: range) -> int:
        """The output is drawn no larger than the input, its cells no smaller."""
        panel = self.input_panel
        return max(panel.cell, min(panel.height // len(rows), panel.width // len(columns)))

    @cached_property
    def title(self) -> str:
        """Source and request, as far as the font can say them."""
        return f"{short_name(self.result.feature_map)}: {self.result.summary}"

    @cached_property
    def alt_title(self) -> str:
        """Source and request, whole, for alt texts."""
        return f"{text.escaped(self.result.feature_map.name)}: {self.result.summary}"

    @cached_property
    def width(self) -> int:
        """Of the picture."""
        panels = self.output_panel.x + self.output_panel.width
        titles = MARGIN + text_width(self.title, TITLE_SIZE, bold=True)
        return max(panels, titles, LEAST_WIDTH) + MARGIN

    @cached_property
    def caption_y(self) -> int:
        """Where the lines under the panels begin."""
        panels = filter(None, (self.input_panel, self.window_panel, self.output_panel))
        return max(panel.y + panel.height for panel in panels) + MARGIN + LINE // 2

    @cached_property
    def arithmetic_lines(self) -> int:
        """How many lines the longest arithmetic takes."""
        return max(len(self.arithmetic(step)) for step in self.steps)

    @cached_property
    def note_texts(self) -> list[str]:
        """The formula of the output size, and which part of the map is shown if not all."""
        place = describe_region(self.result, self.region)
        return [f"output size: {self.result.formula}", *([f"shown: {place}"] if place else [])]

    @cached_property
    def notes(self) -> list[str]:
        """The notes in lines that leave room for the step counter."""
        width = self.width - 2 * MARGIN - COUNTER_WIDTH
        return [part for note in self.note_texts for part in wrapped(note, TEXT_SIZE, width)]

    @cached_property
    def legend(self) -> str:
        """What the looks of cells mean, for those looks that are there."""
        rows, columns = self.region.cells
        along = list(zip(self.result.geometry.axes, (rows, columns), strict=True))
        kinds = {axis.kind(at) for axis, cells in along for at in cells}
        words = []
        if CellKind.PADDING in kinds:
            words.append(f"dashed: padding, {self.padding_words}")
        if CellKind.OVERHANG in kinds:
            words.append("dotted: overhang, never counted")
        if any(self.unread):
            words.append("hatched: read by no window")
        return " · ".join(words)

    @cached_property
    def unread(self) -> tuple[frozenset[int], frozenset[int]]:
        """Rows and columns that are shown and that no window reads."""
        rows, columns = (
            axis.unread_among(cells)
            for axis, cells in zip(self.result.geometry.axes, self.region.cells, strict=True)
        )
        return rows, columns

    @property
    def padding_words(self) -> str:
        """What padding does, for the legend."""
        return f"as {self.padding_text}" if self.padding_text else "left out"

    @property
    def padding_text(self) -> str:
        """The value that padding acts as; empty where it is left out."""
        value = self.result.mode.padding_value
        return "" if value is None else text.number(value)

    @cached_property
    def captions_y(self) -> int:
        """Where the lines under the arithmetic begin."""
        return self.caption_y + self.arithmetic_lines * LINE + 4

    @cached_property
    def height(self) -> int:
        """Of the picture; the last line is the scale's."""
        lines = self.arithmetic_lines + len(self.notes) + bool(self.legend) + 1
        return self.caption_y + lines * LINE + MARGIN // 2

    def colors(self, planes: Array, rows: range, columns: range) -> Array:
        """(rows, columns, 3) colours of cells without digits: an image's own, else by the scale.

        Args:
            planes: (C, H, W) input or output.
            rows: which rows, all within the planes.
            columns: which columns.
        """
        part = planes[:, rows.start : rows.stop, columns.start : columns.stop]
        if not self.result.feature_map.is_rgb:
            return self.scale.colors(part[self.channel])
        return self.scale.mixed(part)

    def arithmetic(self, step: Step) -> list[str]:
        """A step's arithmetic in lines that fit."""
        return wrapped(step.arithmetic, ARITHMETIC_SIZE, self.width - 2 * MARGIN)

    @cached_property
    def inside(self) -> tuple[range, range]:
        """Those of the shown rows and columns that lie in the input."""
        rows, columns = (
            range(max(0, cells[0]), min(axis.size, cells[-1] + 1))
            for axis, cells in zip(self.result.geometry.axes, self.region.cells, strict=True)
        )
        return rows, columns

    @property
    def input_values(self) -> Array:
        """The input's values that are shown."""
        rows, columns = self.inside
        plane = self.result.feature_map.values[self.channel]
        return np.asarray(plane[rows.start : rows.stop, columns.start : columns.stop])

    @property
    def output_values(self) -> Array:
        """The output's values that are shown."""
        rows, columns = self.region.windows
        plane = self.result.output[self.channel]
        return np.asarray(plane[rows.start : rows.stop, columns.start : columns.stop])


def stage_of(
    result: PoolResult,
    channel: int,
    region: Region,
    theme: Theme,
    side: int = PANEL_SIDE,
    beside: tuple[PoolResult, ...] = (),
) -> Stage:
    """The stage on which the windows of ``region`` are shown one after the other.

    Args:
        result: what is shown.
        channel: of which channel.
        region: which windows.
        theme: its colours.
        side: the longest side of the input in pixels.
        beside: other results that share the value scale.
    """
    rows, columns = region.windows
    steps = tuple(result.step(row, column, channel) for row in rows for column in columns)
    return Stage(result, channel, region, theme, steps, side, beside)


def input_title(result: PoolResult, channel: int) -> str:
    """The line above an input: its size, and which channel where there are several."""
    names = result.feature_map.channel_names
    words = f", channel {names[channel]}" if len(names) > 1 else ""
    return f"input {text.size(result.feature_map.input_size)}{words}"


def _right_of(panel: Panel) -> int:
    """Where the next panel begins: beyond this one and its title."""
    return panel.x + max(panel.width, text_width(panel.title, TEXT_SIZE) - GAP // 2) + GAP
