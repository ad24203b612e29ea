"""What a picture of input, window and output shows, and what it says: no places, no sizes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.geometry import CellKind
from poolviz.result import PoolResult, Step
from poolviz.text import Numbers, shortened
from poolviz.views.scene.elements import choose_numbers
from poolviz.views.scene.fonts import drawable
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array

# A picture shortens a longer name in the middle; its alt text contains all of it.
LONGEST_NAME = 48
# An alt text has the values of at most this many outputs.
MOST_TOLD = 36
# The channels of an image in colour, as the picture names them.
COLOR_NAMES = ("red", "green", "blue")


def short_name(feature_map: FeatureMap) -> str:
    """A map's name, shortened for a picture; ``map`` where the font lacks a character of it."""
    name = text.escaped(feature_map.name)
    return shortened(name, LONGEST_NAME) if drawable(name) == name else "map"


def input_title(result: PoolResult, channel: int) -> str:
    """``input 6×6``, with the name of the channel if there are several and no colours."""
    names = result.feature_map.channel_names
    named = len(names) > 1 and not result.feature_map.is_rgb
    suffix = f", channel {names[channel]}" if named else ""
    return f"input {text.size(result.feature_map.input_size)}{suffix}"


@dataclass(frozen=True)
class Shown:
    """What a picture shows of one channel of a result, or of an image in colour.

    Args:
        result: what is shown.
        channel: which channel of it.
        region: which windows, and which cells around them.
        theme: the colours.
        steps: the windows, in the order in which they are shown.
        others: other results that share the value scale.
    """

    result: PoolResult
    channel: int
    region: Region
    theme: Theme
    steps: tuple[Step, ...]
    others: tuple[PoolResult, ...] = ()

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
        windows = (step.cells[step.kinds == CellKind.INPUT] for step in self.steps)
        return choose_numbers(shown, windows, self.theme.choices.decimals)

    @property
    def place(self) -> str:
        """Which part of the input is shown, if not all of it."""
        if self.region.whole:
            return ""
        rows, columns = self.inside
        return f", rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"

    @property
    def shows_all_windows(self) -> bool:
        """Whether the output is shown completely."""
        rows, columns = self.region.windows
        return (len(rows), len(columns)) == self.result.output_size

    @cached_property
    def title(self) -> str:
        """The picture's heading: the operation, or the author's."""
        title = self.theme.choices.title
        return self.result.plan.title if title is None else title

    @cached_property
    def source(self) -> str:
        """The name of the map, with its shape before and after; empty without a heading."""
        if not self.theme.choices.has_source:
            return ""
        feature_map = self.result.feature_map
        shapes = f"{text.size(feature_map.shape)} → {text.size(self.result.output_shape)}"
        return f"{short_name(feature_map)}, {shapes}"

    @cached_property
    def alt_title(self) -> str:
        """Operation and source in full, for alt texts."""
        return f"{self.result.plan.title}: {text.escaped(self.result.feature_map.name)}"

    def describe(self, step: Step | None = None) -> str:
        """The alt text: what the picture says, with ``step`` as its example if there is one."""
        size = text.size(self.result.feature_map.input_size)
        parts = [f"{self.alt_title}.", f"The input is {size}{self.place}."]
        if step is not None:
            row, column = step.index
            read = [f"{cells[0]}–{cells[-1]}" for cells in (step.rows, step.columns)]
            parts.append(
                f"The window over rows {read[0]}, columns {read[1]} gives"
                f" {step.written(self.numbers)}, at row {row}, column {column} of the output."
            )
        values = self.output_values
        output = f"The output is {text.size(self.result.output_size)}"
        if values.size <= MOST_TOLD and not self.is_rgb:
            rows = (" ".join(map(self.numbers.text, row)) for row in values)
            output += f"{'' if self.shows_all_windows else ', here'}: {' / '.join(rows)}"
        return " ".join([*parts, f"{output}."])

    def channel_steps(self, step: Step) -> list[Step]:
        """The window of ``step`` in each channel of an image in colour; else the step itself."""
        if not self.is_rgb:
            return [step]
        return [self.result.step(*step.index, channel) for channel in range(len(COLOR_NAMES))]

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
