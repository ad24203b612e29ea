"""What max and min share: one cell of the window is the value."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from poolviz import text
from poolviz.modes._mode import FoldMode
from poolviz.patches import Array, Counts, Patches


@dataclass(frozen=True)
class ExtremeMode(FoldMode):
    """The first extreme cell wins; NaN beats every number, and the last NaN wins."""

    picks = True

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The values' own: comparing is exact in every type."""
        return dtype

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The values' own."""
        return dtype

    def reduce(self, patches: Patches) -> Array:
        """The extreme cell; NaN if there is one."""
        return np.asarray(self.fold.reduce(patches.cells, axis=-1))

    def weights(self, patches: Patches) -> Array:
        """1 for the winning cell, 0 for the others."""
        value = self.reduce(patches)[..., None]
        ties = patches.inside & (patches.cells == value)
        first = ties & (ties.cumsum(axis=-1) == 1)
        missing = patches.inside & np.not_equal(patches.cells, patches.cells)
        last = missing & (missing[..., ::-1].cumsum(axis=-1)[..., ::-1] == 1)
        return np.asarray(np.where(missing.any(axis=-1, keepdims=True), last, first), float)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``max(1, 3, 4, 2)``."""
        del counts
        return f"{self.name()}({text.joined(cells)})"
