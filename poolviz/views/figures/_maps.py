"""Shared by figures of whole maps: input, output and one more map, side by side."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.result import PoolResult
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region, describe_region, whole_region
from poolviz.views.scene.sheet import GridPanel, panels_scene
from poolviz.views.scene.stage import input_title, short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array


@dataclass(frozen=True)
class MapFigure:
    """A figure of one channel of a result, or of a region of it.

    A kind of figure adds its own maps to ``values()`` with ``panel`` and draws all with ``scene``.
    """

    result: PoolResult
    channel: int
    region: Region | None
    theme: Theme

    @cached_property
    def shown(self) -> Region:
        """The part of the maps that the figure shows."""
        return self.region or whole_region(self.result)

    @cached_property
    def shared_scale(self) -> ValueScale:
        """One scale for the channel's input and output."""
        feature_map = self.result.feature_map
        planes = feature_map.values[self.channel], self.result.output[self.channel]
        return value_scale(self.theme, *planes, value_range=feature_map.value_range)

    def values(self) -> list[GridPanel]:
        """Panels of the input and the output."""
        rows, columns = self.shown.windows
        output = self.result.output[self.channel]
        output = output[rows.start : rows.stop, columns.start : columns.stop]
        plane = np.asarray(self.result.feature_map.values[self.channel])
        title = input_title(self.result, self.channel)
        return [
            self.panel(title, self.input_part(plane), shared=True),
            self.panel(f"output {text.size(self.result.output_size)}", output, shared=True),
        ]

    def refuse_without_winner(self) -> None:
        """Raise SpecError for a mode whose value is not one of the window's cells."""
        mode = self.result.mode
        if not mode.picks:
            raise SpecError(
                "kind",
                f"the value of {mode.name()} is not one of the window's cells, so no cell wins",
                "use backward, which shows the contribution of every cell",
            )

    def input_part(self, plane: Array) -> Array:
        """The shown part of a plane (H, W) of the input's size."""
        rows, columns = (
            [cell for cell in cells if 0 <= cell < length]
            for cells, length in zip(self.shown.cells, plane.shape, strict=True)
        )
        return np.asarray(plane[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])

    def panel(self, title: str, values: Array, *, shared: bool = False) -> GridPanel:
        """A panel of values, on the shared scale or on a separate scale that includes 0."""
        if shared:
            return GridPanel(title, values, self.shared_scale, self.theme)
        scale = value_scale(self.theme, values, np.zeros(1), value_range=None)
        return GridPanel(title, values, scale, self.theme)

    def scene(self, panels: list[GridPanel], captions: list[str]) -> Scene:
        """The picture: the panels in a row, the captions below."""
        feature_map, summary = self.result.feature_map, self.result.summary
        place = describe_region(self.result, self.shown)
        lines = [
            *captions,
            f"output size: {self.result.formula}",
            *([f"shown: {place}"] if place else []),
        ]
        alt = f"{text.escaped(feature_map.name)}: {summary}. {'. '.join(lines)}."
        title = f"{short_name(feature_map)}: {summary}"
        return panels_scene(title, [panels], lines, self.theme, alt)
