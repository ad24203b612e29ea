"""Every channel before and after pooling, those of the highest contrast first."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.analysis.example import FEW_CHANNELS, channel_contrasts, ranked
from poolviz.result import PoolResult
from poolviz.text import Numbers, shortened
from poolviz.views.figures._maps import WIDE, MapFigure, Words, part_of, spoken
from poolviz.views.figures._poster import HEADING, NOTE_SIZE, Poster, cells, digits, shrunk
from poolviz.views.scene.elements import Box, Panel, Pixels, Scene
from poolviz.views.scene.fonts import drawable, text_width
from poolviz.views.scene.region import Region
from poolviz.views.scene.stage import MARGIN
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array

# Of more channels only those of the highest contrast are shown, as a square sheet.
MOST_CHANNELS = 64
# The width of all tiles together, and the longest side of a map and of a cell, in pixels.
SHEET_WIDTH, MOST_SIDE, LEAST_SIDE, LARGEST_CELL = 1160, 440, 64, 56
PAIR_GAP, TILE_GAP = 8, 26
ALONE_GAP = 72
# One scale for all would leave most channels without contrast.
MOST_UNEQUAL = 3
# A map that is so many times smaller after pooling is drawn as large as before.
MOST_SMALLER = 3
# Up to so many channels stand beside each other, each above its output.
ONE_ROW = 3
SPOKEN = 8
LONGEST_CHANNEL_NAME = 12


def scene(
    result: PoolResult,
    channel: int,
    region: Region | None,
    theme: Theme,
    columns: int | None = None,
) -> Scene:
    """All channels in full, in so many ``columns``; ``channel`` and ``region`` have no effect."""
    del channel, region
    sheet = _Sheet(result, theme, columns)
    sizes = text.size(result.feature_map.input_size), text.size(result.output_size)
    maps = MapFigure(result, 0, None, theme)
    poster = Poster(sheet.title, maps.subtitle if sheet.count == 1 else sheet.subtitle, theme)
    for number, index in enumerate(sheet.order):
        row, column = divmod(number, sheet.across)
        x, y = column * sheet.tile[0], HEADING + row * sheet.tile[1]
        sheet.draw(poster, index, (x, y))
    poster.notes = [
        f"each pair: a channel before ({sizes[0]}) and after pooling ({sizes[1]})",
        *sheet.notes,
        f"output size: {result.formula}",
    ]
    if not sheet.own_scales:
        poster.scales = [("value", sheet.scale_of(0))]
    return poster.scene(sheet.alt)


@dataclass(frozen=True)
class _Sheet:
    """The channels in the order in which they are shown, and their sizes and colours."""

    result: PoolResult
    theme: Theme
    columns: int | None = None

    @property
    def total(self) -> int:
        """The number of channels."""
        return len(self.result.output)

    @cached_property
    def contrasts(self) -> Array:
        """The standard deviation of each channel of the input: (C,)."""
        return channel_contrasts(self.result.feature_map.values)

    @cached_property
    def order(self) -> list[int]:
        """The indices of the shown channels."""
        if not self.is_ranked:
            return list(range(self.total))
        return ranked(self.contrasts)[:MOST_CHANNELS]

    @property
    def is_ranked(self) -> bool:
        """Whether the channels are in the order of their contrast."""
        return self.total > FEW_CHANNELS

    @property
    def count(self) -> int:
        """The number of shown channels."""
        return len(self.order)

    @cached_property
    def own_scales(self) -> bool:
        """Whether each channel has a scale of its own, because one would drown the others."""
        if self.result.feature_map.value_range is not None or self.total == 1:
            return False
        usual = float(np.quantile(self.contrasts[self.order], 0.25))
        return float(self.contrasts.max()) > MOST_UNEQUAL * usual

    @cached_property
    def _shared(self) -> ValueScale:
        feature_map = self.result.feature_map
        planes = feature_map.values, self.result.output
        return value_scale(self.theme, *planes, value_range=feature_map.value_range)

    def scale_of(self, index: int) -> ValueScale:
        """The scale of a channel."""
        if not self.own_scales:
            return self._shared
        planes = self.result.feature_map.values[index], self.result.output[index]
        return value_scale(self.theme, *planes, value_range=None)

    @cached_property
    def across(self) -> int:
        """Pairs side by side: a square sheet of many, one row of up to three."""
        if self.columns is not None:
            return min(self.columns, self.count)
        if self._is_wide:
            return 1
        across = self.count if self.count <= ONE_ROW else math.ceil(math.sqrt(self.count))
        return max(1, min(across, self._room // (LEAST_SIDE + self._gap + TILE_GAP)))

    @property
    def _room(self) -> int:
        """The width of all tiles together, in pixels."""
        return self.theme.choices.at_most(SHEET_WIDTH + 2 * MARGIN) - 2 * MARGIN

    @property
    def _is_wide(self) -> bool:
        height, width = self.result.feature_map.input_size
        return width >= WIDE * height

    @cached_property
    def is_enlarged(self) -> bool:
        """Whether maps after pooling are drawn as large as before, since they would be tiny."""
        before, after = self.result.feature_map.input_size, self.result.output_size
        smaller = max(length / other for length, other in zip(before, after, strict=True))
        return self.count > 1 and smaller > MOST_SMALLER

    @cached_property
    def cell(self) -> float:
        """The side of a cell in pixels, less than 1 where a map is made smaller."""
        (height, width), (_, after) = self.result.feature_map.input_size, self.result.output_size
        sized = self.theme.choices.sized
        room = (self._room - self.across * (self._gap + TILE_GAP)) / self.across
        beside = 0 if self.is_stacked else width if self.is_enlarged else after
        side = min(sized(MOST_SIDE) / max(height, width), room / (width + beside))
        if self._is_wide:
            side = self._room / width
        # Halves, so that cells are equally large where a picture has two pixels for one.
        cell = min(sized(LARGEST_CELL), max(side, sized(LEAST_SIDE) / max(height, width)))
        return math.floor(2 * cell) / 2 if cell >= 1 else cell

    @property
    def _gap(self) -> int:
        return ALONE_GAP if self.count == 1 else PAIR_GAP

    @cached_property
    def digits(self) -> int:
        """The size of the digits of a single small channel; 0 where there are none."""
        return self.words.size(int(self.cell)) if self.count == 1 else 0

    @cached_property
    def words(self) -> Words:
        """How numbers are written."""
        if self.count > 1:
            return Words((), Numbers())
        planes = self.result.feature_map.values, self.result.output
        return Words.of(*planes, decimals=self.theme.choices.decimals)

    def _size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Width and height in pixels of a map of (H, W)."""
        return max(1, round(size[1] * self.cell)), max(1, round(size[0] * self.cell))

    @cached_property
    def is_stacked(self) -> bool:
        """Whether the map after pooling stands below the one before."""
        in_row = 1 < self.count <= ONE_ROW and self.columns is None
        return self._is_wide or in_row or (self.count == 1 and self.theme.choices.below)

    @cached_property
    def _sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Width and height in pixels of a map before, and of one after pooling."""
        before = self._size(self.result.feature_map.input_size)
        return before, before if self.is_enlarged else self._size(self.result.output_size)

    @cached_property
    def tile(self) -> tuple[int, int]:
        """Width and height of a pair with its gaps."""
        before, after = self._sizes
        words = max(text_width(self.name(index), NOTE_SIZE) for index in self.order)
        if self.is_stacked:
            gap = HEADING if self.count == 1 else PAIR_GAP
            return max(before[0], words) + TILE_GAP, before[1] + after[1] + gap + HEADING
        wide = max(before[0] + self._gap + after[0], words)
        return wide + TILE_GAP, max(before[1], after[1]) + HEADING + TILE_GAP // 2

    def draw(self, poster: Poster, index: int, corner: tuple[int, int]) -> None:
        """One channel before and after."""
        x, y = corner
        scale = self.scale_of(index)
        if self.count > 1:
            poster.heading(x, y, "", quiet=self.name(index))
        else:
            poster.heading(x, y, "input", quiet=self.words.factor)
        before = self.result.feature_map.values[index]
        size, other = self._sizes
        self._map(poster, before, (x, y, *size), scale)
        gap = HEADING if self.count == 1 else PAIR_GAP
        x, y = (x, y + size[1] + gap) if self.is_stacked else (x + size[0] + self._gap, y)
        if self.count == 1:
            poster.heading(x, y, "output", quiet=self.words.factor)
        self._map(poster, self.result.output[index], (x, y, *other), scale)

    def _map(
        self, poster: Poster, plane: Array, area: tuple[int, int, int, int], scale: ValueScale
    ) -> None:
        """A map in an area (x, y, width, height)."""
        rows, columns = plane.shape
        x, y, width, height = area
        if self.digits:
            values = np.asarray(plane)
            panel = Panel(x, y, int(self.cell), range(rows), range(columns), self.digits, "")
            colors = scale.colors(values)
            poster.add(*cells(panel, colors, self.theme))
            poster.add(*digits(panel, self.words.texts(values), colors, self.theme))
            return
        colors = shrunk(
            (rows, columns), (width, height), lambda part: scale.colors(part_of(plane, part))
        )
        poster.add(Box(x - 1, y - 1, width + 2, height + 2, fill=self.theme.grid))
        poster.add(Pixels(x, y, width, height, colors))

    def name(self, index: int) -> str:
        """``red``, or ``channel 3``; on a sheet of many the number alone."""
        names = self.result.feature_map.channel_names
        name = shortened(drawable(names[index]), LONGEST_CHANNEL_NAME) if names else str(index)
        return name if self.result.feature_map.is_rgb or self.is_ranked else f"channel {name}"

    @property
    def title(self) -> str:
        """What the sheet shows."""
        if self.count == 1:
            return "Before and after pooling"
        if self.count < self.total:
            return f"{self.count} of {self.total:,} channels before and after pooling"
        return f"{text.counted(self.total, 'channel')} before and after pooling"

    @property
    def subtitle(self) -> str:
        """The request and the sizes."""
        return MapFigure(self.result, 0, None, self.theme).all_channels

    @cached_property
    def notes(self) -> list[str]:
        """The order, the scale, and which channels are left out."""
        notes = []
        if self.count < self.total:
            notes.append(f"shown: the {self.count} of {self.total:,} channels with most contrast")
        if self.is_ranked:
            notes.append(
                "in the order of contrast (the standard deviation of the channel), highest first;"
                " above each pair the channel's number"
            )
        if self.is_enlarged:
            notes.append("the maps after pooling are drawn as large as before")
        if self.own_scales:
            notes.append(
                "each channel has its own scale, from its lowest value to its highest, because on"
                " one scale for all most would look alike"
            )
        return notes

    @property
    def alt(self) -> str:
        """The values of a single channel, or how far each of the first few reaches."""
        sizes = text.size(self.result.feature_map.input_size), text.size(self.result.output_size)
        if self.count == 1:
            before, after = (
                spoken(np.asarray(planes[0]), Words.of(np.asarray(planes[0])))
                for planes in (self.result.feature_map.values, self.result.output)
            )
            return f"A {sizes[0]} input: {before}. Its {sizes[1]} output: {after}."
        parts = [f"{self.title}, {sizes[0]} before and {sizes[1]} after."]
        for index in self.order[:SPOKEN]:
            planes = self.result.feature_map.values[index], self.result.output[index]
            before, after = map(_range, planes)
            parts.append(f"{self._named(index)}: {before} before, {after} after.")
        if self.is_ranked:
            parts.append("The other channels have less contrast.")
        return " ".join(parts)

    def _named(self, index: int) -> str:
        names = self.result.feature_map.channel_names
        return f"Channel {text.escaped(names[index])}" if names else f"Channel {index}"


def _range(plane: Array) -> str:
    """``−2 to 9`` of the finite values."""
    values = np.asarray(plane)
    values = values[np.isfinite(values)]
    return f"{text.number(values.min())} to {text.number(values.max())}" if values.size else "none"
