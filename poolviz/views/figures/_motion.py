"""Animations of what returns from outputs to the input, window by window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from poolviz import text
from poolviz.result import PoolResult
from poolviz.views.paint.script import Motion, ResultWindows, Shot, script_for
from poolviz.views.scene.columns import fitted_tile, framed, spanned, written_alike
from poolviz.views.scene.elements import Scene, one
from poolviz.views.scene.sheet import BELOW, WIDE_APART, Row, Sheet, Tile
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array

# The longest side of each map in pixels; the cells of maps with digits, and their largest side.
SIDE, CELL, WITH_DIGITS = 320, 48, 8


@dataclass(frozen=True, eq=False)
class Returning:
    """Outputs return something to the cells of their windows, one window after the other.

    Args:
        result: the pooled map.
        channel: the channel that is shown.
        theme: the colours.
        title: what happens.
        source: the line below it.
        names: the headings of output and of what has returned.
        sent: (rows, columns) what the outputs send.
        arrived: from the first so many outputs, what has returned to the cells of the input, and
            to which cells something has.
        scale: the colours of ``sent`` and of what has returned.
    """

    result: PoolResult
    channel: int
    theme: Theme
    title: str
    source: str
    names: tuple[str, str]
    sent: Array
    arrived: Callable[[int], tuple[Array, Array]]
    scale: ValueScale

    @cached_property
    def motion(self) -> Motion:
        """The animation."""
        windows = ResultWindows(self.result, self.channel)
        return Motion(partial(script_for, windows), self._draw)

    @cached_property
    def _tiles(self) -> list[Tile]:
        """Input, output, and what has returned from all outputs, in cells of one size."""
        sized, feature_map = self.theme.choices.sized, self.result.feature_map
        plane = feature_map.values[self.channel]
        values = value_scale(self.theme, plane, value_range=feature_map.value_range)
        last, _ = self.arrived(self.sent.size)
        sent, back = (
            f"{name} {text.size(each.shape)}"
            for name, each in zip(self.names, (self.sent, last), strict=True)
        )
        tiles = [
            fitted_tile(f"input {text.size(plane.shape)}", plane[None], values, sized(SIDE)),
            fitted_tile(sent, self.sent[None], self.scale, sized(SIDE)),
            fitted_tile(back, last[None], self.scale, sized(SIDE)),
        ]
        if max(plane.shape) <= WITH_DIGITS:
            first = written_alike([replace(tiles[0], cell=sized(CELL))], WITH_DIGITS)
            others = [replace(tile, cell=first[0].cell) for tile in tiles[1:]]
            tiles = [*first, *written_alike(others, WITH_DIGITS)]
        return tiles

    def _draw(self, shot: Shot) -> Scene:
        """The picture of a shot."""
        before, sent, back = self._tiles
        size, across = self.result.feature_map.input_size, self.result.output_size[1]
        indices = shot.band or (() if shot.step is None else (shot.step,))
        places = [divmod(index, across) for index in indices]
        cells = spanned(map(self.result.geometry.window, places))
        filled = shot.filled + (0 < shot.travelled < 1)
        arrived, has_returned = self.arrived(filled)
        drawn, there = (
            fitted_tile("", plane[None], self.scale, self.theme.choices.sized(SIDE)).panel.values
            for plane in (arrived, has_returned)
        )
        shown = replace(back.panel, values=drawn, blank=there == 0)
        tiles = (
            framed(before, cells, size),
            framed(sent, spanned(map(one, places)), self.result.output_size),
            framed(replace(back, panel=shown), self._landed(shot, indices, cells), arrived.shape),
        )
        row = Row("", (), tiles, 0, apart=WIDE_APART, below=BELOW)
        alt = f"{self.title}: {self.source}."
        scale = before.panel.scale
        named = scale if scale == self.scale else (("value", scale), (self.names[1], self.scale))
        sheet = Sheet(self.title, [row], [shot.words or " "], self.theme, alt, named, self.source)
        return sheet.scene()

    def _landed(
        self, shot: Shot, indices: Sequence[int], cells: tuple[range, range] | None
    ) -> tuple[range, range] | None:
        """Where the outputs of a shot have returned to: their windows, or one cell elsewhere."""
        if not shot.travelled or not indices:
            return None
        before, after = (self.arrived(indices[0] + late)[1] > 0 for late in (0, 1))
        if after.shape == self.result.feature_map.input_size:
            return cells
        landed = np.argwhere(before != after)
        # In a map of another size the windows do not lie where they do in the input.
        return (
            one((int(landed[0][0]), int(landed[0][1])))
            if len(landed) == 1 == len(indices)
            else None
        )
