"""What figures of whole maps share: the shown part of input and output, as plates."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.result import PoolResult
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region, described, whole_region
from poolviz.views.scene.sheet import GridPanel, panels_scene
from poolviz.views.scene.stage import input_title, short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.windows import Array


@dataclass(frozen=True)
class MapFigure:
    """One channel of a result, or a region of it."""

    result: PoolResult
    channel: int
    region: Region | None
    theme: Theme

    @cached_property
    def shown(self) -> Region:
        """The part that is shown."""
        return self.region or whole_region(self.result)

    @cached_property
    def shared_scale(self) -> ValueScale:
        """One scale for the channel's input and output."""
        feature_map = self.result.feature_map
        planes = feature_map.values[self.channel], self.result.output[self.channel]
        return value_scale(self.theme, *planes, value_range=feature_map.value_range)

    def values(self) -> list[GridPanel]:
        """Input and output."""
        rows, columns = self.shown.windows
        output = self.result.output[self.channel][
            rows.start : rows.stop, columns.start : columns.stop
        ]
        title = input_title(self.result, self.channel)
        return [
            self.plate(title, self.input_part(self._plane), shared=True),
            self.plate(f"output {text.size(self.result.output_size)}", output, shared=True),
        ]

    def refuse_without_winner(self) -> None:
        """Raise SpecError for a mode of which no cell is the value."""
        mode = self.result.mode
        if not mode.picks:
            raise SpecError(
                "kind",
                f"the value of {mode.name()} is not one of the window's cells, so none wins",
                "choose backward, which shows every cell's part",
            )

    @property
    def _plane(self) -> Array:
        return np.asarray(self.result.feature_map.values[self.channel])

    def input_part(self, plane: Array) -> Array:
        """What is shown of a plane (H, W) of the input's size."""
        rows, columns = (
            [cell for cell in cells if 0 <= cell < length]
            for cells, length in zip(self.shown.cells, plane.shape, strict=True)
        )
        return np.asarray(plane[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])

    def plate(self, title: str, values: Array, *, shared: bool = False) -> GridPanel:
        """Values with the shared scale, or with one of their own that has 0 in it."""
        own = (
            self.shared_scale
            if shared
            else value_scale(self.theme, values, np.zeros(1), value_range=None)
        )
        return GridPanel(title, values, own, self.theme)

    def scene(self, plates: list[GridPanel], captions: list[str]) -> Scene:
        """The picture."""
        name = self.result.feature_map.name
        title = f"{short_name(self.result.feature_map)}: {self.result.summary}"
        place = described(self.result, self.shown)
        lines = [
            *captions,
            f"output size: {self.result.formula}",
            *([f"shown: {place}"] if place else []),
        ]
        words = f"{text.escaped(name)}: {self.result.summary}. {'. '.join(lines)}."
        return panels_scene(title, [plates], lines, self.theme, words)
