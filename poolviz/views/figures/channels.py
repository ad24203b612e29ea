"""Every channel before and after, with one value scale for all."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from poolviz import text
from poolviz.result import PoolResult
from poolviz.text import shortened
from poolviz.views.scene.elements import (
    Box,
    Item,
    Label,
    Pixels,
    Scene,
    drawable,
    text_width,
    wrapped,
)
from poolviz.views.scene.parts import scale_bar
from poolviz.views.scene.region import Region
from poolviz.views.scene.stage import LEAST_WIDTH, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE, short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array

# Of more channels the first are shown.
MOST_CHANNELS = 64
# The longest side of a map, and of one that is small at least.
SIDE, SMALL_SIDE = 176, 96
# Of more channels the maps are small.
FEW_CHANNELS = 16
BETWEEN, GAP = 10, 36
LONGEST_CHANNEL_NAME = 12
# A sheet is about so many times as wide as high.
SHEET_RATIO = 1.4


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """All channels, whole; ``channel`` and ``region`` choose nothing here."""
    del channel, region
    return _Grid(result, theme).scene()


@dataclass(frozen=True)
class _Grid:
    """Pairs of maps, row by row."""

    result: PoolResult
    theme: Theme

    @cached_property
    def scale(self) -> ValueScale:
        """One for all channels, before and after."""
        feature_map = self.result.feature_map
        maps = feature_map.values, self.result.output
        return value_scale(self.theme, *maps, value_range=feature_map.value_range)

    @cached_property
    def shown(self) -> int:
        """How many channels."""
        return min(len(self.result.output), MOST_CHANNELS)

    @cached_property
    def cell(self) -> int:
        """A cell's side in pixels."""
        side = SIDE if self.shown <= FEW_CHANNELS else SMALL_SIDE
        return max(side // max(self.result.feature_map.input_size), 1)

    @cached_property
    def pair(self) -> tuple[int, int]:
        """(width, height) of a pair with its name and the gaps behind it."""
        (height, width), (down, across) = (
            self.result.feature_map.input_size,
            self.result.output_size,
        )
        return self.cell * (width + across) + BETWEEN + GAP, self.cell * max(
            height, down
        ) + LINE + GAP

    @cached_property
    def across(self) -> int:
        """Pairs in a row."""
        width, height = self.pair
        return max(1, min(self.shown, round(math.sqrt(self.shown * SHEET_RATIO * height / width))))

    @cached_property
    def title(self) -> str:
        """Source and request."""
        name = short_name(self.result.feature_map)
        return f"{name}: {self.result.summary}"

    @cached_property
    def lines(self) -> list[str]:
        """What is said below."""
        sizes = text.size(self.result.feature_map.input_size), text.size(self.result.output_size)
        lines = [f"each channel before ({sizes[0]}) and after ({sizes[1]})"]
        if self.shown < len(self.result.output):
            lines.append(f"shown: channels 0–{self.shown - 1} of {len(self.result.output)}")
        return [*lines, f"output size: {self.result.formula}"]

    def scene(self) -> Scene:
        """The whole picture."""
        title = Label(
            MARGIN, MARGIN + 8, self.title, TITLE_SIZE, self.theme.ink, bold=True, anchor="left"
        )
        top, (width, height) = MARGIN + 2 * LINE, self.pair
        items: list[Item] = [title]
        for at in range(self.shown):
            corner = MARGIN + at % self.across * width, top + at // self.across * height
            items += self._pair(at, *corner)
        foot = top + -(-self.shown // self.across) * height
        right = max(MARGIN + self.across * width - GAP, self._titled, LEAST_WIDTH - MARGIN)
        items += scale_bar(self, MARGIN, foot)
        lines = [part for line in self.lines for part in wrapped(line, TEXT_SIZE, right - MARGIN)]
        for line in lines:
            foot += LINE
            items.append(Label(MARGIN, foot, line, TEXT_SIZE, self.theme.muted, anchor="left"))
        name = text.escaped(self.result.feature_map.name)
        words = f"{name}: {self.result.summary}. {'. '.join(self.lines)}."
        size = right + MARGIN, foot + LINE // 2 + MARGIN
        return Scene(*size, self.theme.background, tuple(items), self.title, words)

    @property
    def _titled(self) -> int:
        return MARGIN + text_width(self.title, TITLE_SIZE, bold=True)

    def _pair(self, at: int, x: int, y: int) -> Iterator[Item]:
        name = _name(self.result, at)
        yield Label(x, y, name, TEXT_SIZE, self.theme.muted, anchor="left")
        for plane in (self.result.feature_map.values[at], self.result.output[at]):
            yield from self._map(plane, x, y + LINE // 2 + 4)
            x += self.cell * plane.shape[1] + BETWEEN

    def _map(self, plane: Array, x: int, y: int) -> Iterator[Item]:
        height, width = (self.cell * length for length in plane.shape)
        yield Box(x - 1, y - 1, width + 2, height + 2, outline=self.theme.grid)
        yield Pixels(x, y, width, height, self.scale.colors(plane))


def _name(result: PoolResult, at: int) -> str:
    """A colour's name, or the channel's number."""
    names = result.feature_map.channel_names
    name = shortened(drawable(names[at]), LONGEST_CHANNEL_NAME) if names else str(at)
    return name if result.feature_map.is_rgb else f"channel {name}"
