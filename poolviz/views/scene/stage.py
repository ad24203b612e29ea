"""Stage: the layout of a picture of input, window and output."""

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
    wrap_text,
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
# The step counter stands to the right of the lines under the arithmetic, close to the other
# parts that change: the changed rectangle of a frame is then a third smaller.
COUNTER_WIDTH = 180
# A picture shortens a longer name in the middle; its alt text contains all of it.
LONGEST_NAME = 48
# A window with more cells along a side is not shown enlarged.
MOST_ZOOMED = 8


def short_name(feature_map: FeatureMap) -> str:
    """A map's name, shortened for a picture, with escapes for characters that the font lacks."""
    return shortened(drawable(feature_map.name), LONGEST_NAME)


@dataclass(frozen=True)
class Stage:
    """The layout of a picture of one channel of a result.

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

    @cached_property
    def input_panel(self) -> Panel:
        """The panel of the input, with padding and overhang."""
        rows, columns = self.region.cells
        cell = cell_side(rows, columns, self.panel_side)
        digits = digit_size(self.input_values, cell)
        title = input_title(self.result, self.channel)
        return Panel(MARGIN, MARGIN + HEADER, cell, rows, columns, digits, title)

    @cached_property
    def window_panel(self) -> Panel | None:
        """The panel of the enlarged window; None where the input's cells have digits."""
        if not self.zooms:
            return None
        rows = range(max(len(step.rows) for step in self.steps))
        columns = range(max(len(step.columns) for step in self.steps))
        if self.input_panel.digits or max(len(rows), len(columns)) > MOST_ZOOMED:
            return None
        before = self.input_panel
        cell, digits = self._zoomed(max(len(rows), len(columns)))
        y = before.y + max(0, (before.height - cell * len(rows)) // 2)
        # An input in colour has no digits that show which channel the window belongs to.
        feature_map = self.result.feature_map
        channel = f", channel {feature_map.channel_names[self.channel]}"
        title = f"window{channel if feature_map.is_rgb else ''}"
        return Panel(_right_of(before), y, cell, rows, columns, digits, title)

    def _zoomed(self, longest: int) -> tuple[int, int]:
        """Side and digits of an enlarged cell: in half the input's side, or all of it if needed."""
        read = [step.cells[step.kinds == CellKind.INPUT] for step in self.steps]
        for side in (self.panel_side // 2, self.panel_side):
            cell = min(LARGEST_ZOOMED_CELL, side // longest)
            digits = min(digit_size(cells, cell) for cells in read)
            if digits:
                return cell, digits
        return min(LARGEST_ZOOMED_CELL, self.panel_side // 2 // longest), 0

    @cached_property
    def output_panel(self) -> Panel:
        """The panel of the output."""
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
        """At this size the output is no larger than the input, and its cells are no smaller."""
        panel = self.input_panel
        return max(panel.cell, min(panel.height // len(rows), panel.width // len(columns)))

    @cached_property
    def title(self) -> str:
        """Source and request, for the picture."""
        return f"{short_name(self.result.feature_map)}: {self.result.summary}"

    @cached_property
    def alt_title(self) -> str:
        """Source and request in full, for alt texts."""
        return f"{text.escaped(self.result.feature_map.name)}: {self.result.summary}"

    @cached_property
    def width(self) -> int:
        """The width of the picture in pixels."""
        panels = self.output_panel.x + self.output_panel.width
        titles = MARGIN + text_width(self.title, TITLE_SIZE, bold=True)
        return max(panels, titles, LEAST_WIDTH) + MARGIN

    @cached_property
    def caption_y(self) -> int:
        """The y of the first line below the panels."""
        panels = filter(None, (self.input_panel, self.window_panel, self.output_panel))
        return max(panel.y + panel.height for panel in panels) + MARGIN + LINE // 2

    @cached_property
    def arithmetic_lines(self) -> int:
        """The number of lines that the longest arithmetic takes."""
        return max(len(self.arithmetic(step)) for step in self.steps)

    @cached_property
    def note_texts(self) -> list[str]:
        """The formula of the output size, and which part of the map is shown if not all."""
        part = describe_region(self.result, self.region)
        return [f"output size: {self.result.formula}", *([f"shown: {part}"] if part else [])]

    @cached_property
    def notes(self) -> list[str]:
        """The notes in lines that leave room for the step counter."""
        width = self.width - 2 * MARGIN - COUNTER_WIDTH
        return [part for note in self.note_texts for part in wrap_text(note, TEXT_SIZE, width)]

    @cached_property
    def legend(self) -> str:
        """What dashed, dotted and hatched cells mean, for those that the region has."""
        rows, columns = self.region.cells
        along = list(zip(self.result.geometry.axes, (rows, columns), strict=True))
        kinds = {axis.kind(cell) for axis, cells in along for cell in cells}
        entries = []
        if CellKind.PADDING in kinds:
            value = self.result.plan.padding_value
            verb = "" if value is None else "counts "
            entries.append(f"dashed: padding, {verb}{text.padding(value)}")
        if CellKind.OVERHANG in kinds:
            entries.append("dotted: overhang, never counted")
        if any(self.unread):
            entries.append("hatched: not read by any window")
        return " · ".join(entries)

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

    @cached_property
    def captions_y(self) -> int:
        """The y of the first line below the arithmetic."""
        return self.caption_y + self.arithmetic_lines * LINE + 4

    @cached_property
    def height(self) -> int:
        """The height of the picture in pixels; its last line is the value scale."""
        lines = self.arithmetic_lines + len(self.notes) + bool(self.legend) + 1
        return self.caption_y + lines * LINE + MARGIN // 2

    def colors(self, planes: Array, rows: range, columns: range) -> Array:
        """Colours of cells without digits: the image's, or those of the value scale.

        Args:
            planes: (C, H, W) input or output.
            rows: which rows, all within the planes.
            columns: which columns.

        Returns:
            (rows, columns, 3) uint8.
        """
        part = planes[:, rows.start : rows.stop, columns.start : columns.stop]
        if not self.result.feature_map.is_rgb:
            return self.scale.colors(part[self.channel])
        return self.scale.rgb_colors(part)

    def arithmetic(self, step: Step) -> list[str]:
        """A step's arithmetic, in lines that fit the picture."""
        return wrap_text(step.arithmetic, ARITHMETIC_SIZE, self.width - 2 * MARGIN)

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
    """``input 6×6``, with the name of the channel if there are several."""
    names = result.feature_map.channel_names
    suffix = f", channel {names[channel]}" if len(names) > 1 else ""
    return f"input {text.size(result.feature_map.input_size)}{suffix}"


def _right_of(panel: Panel) -> int:
    """The x of the next panel, right of this panel and its title."""
    return panel.x + max(panel.width, text_width(panel.title, TEXT_SIZE) - GAP // 2) + GAP
