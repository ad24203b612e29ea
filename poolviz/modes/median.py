"""Median pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._mode import Mode, floating, inside_or, real
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class Median(Mode):
    """The middle cell in order of value, or the mean of the middle two if their count is even.

    y = (x₍⌊(n−1)/2⌋₎ + x₍⌊n/2⌋₎) / 2, x sorted, indices from 0

    For an odd number of cells, half of the others are at most as large as the median, and half at
    least as large. For an even number, it is the mean of the two in the middle. Padding is ignored.
    A NaN anywhere in the window gives NaN.
    """

    summary: ClassVar[str] = "the middle value of the window's sorted cells"
    formula: ClassVar[str] = "y = (x₍⌊(n−1)/2⌋₎ + x₍⌊n/2⌋₎) / 2, x sorted, indices from 0"
    citation: ClassVar[str] = "Tukey 1977, Exploratory Data Analysis"
    padding_value: ClassVar[float | None] = None

    def reduce(self, patches: Patches) -> Array:
        """Half the sum of the two middle cells, or NaN."""
        cells = np.sort(inside_or(patches, np.inf), axis=-1)
        low, high = (
            np.take_along_axis(cells, rank, axis=-1)[..., 0] for rank in self._middle(patches)
        )
        middle = np.where(low == high, low, low / 2 + high / 2)
        missing = (patches.inside & np.isnan(real(patches.cells))).any(axis=-1)
        none = np.broadcast_to(patches.counts.inside == 0, missing.shape)
        return np.where(missing | none, np.nan, middle).astype(floating(patches.cells.dtype))

    def _middle(self, patches: Patches) -> tuple[Array, Array]:
        """The ranks of the two middle cells, (..., 1)."""
        n = np.broadcast_to(patches.counts.inside, patches.cells.shape[:-1])[..., None]
        return np.maximum(n - 1, 0) // 2, np.minimum(n // 2, patches.cells.shape[-1] - 1)

    def weights(self, patches: Patches) -> Array:
        """1 for the middle cell, or 1/2 for each of two."""
        cells = inside_or(patches, np.inf)
        # Cells that take part come before the others, which may be equal to them.
        order = np.lexsort((cells, ~np.broadcast_to(patches.inside, cells.shape)), axis=-1)
        weights = np.zeros(patches.cells.shape)
        for rank in self._middle(patches):
            middle = np.take_along_axis(order, rank, axis=-1)
            gained = np.take_along_axis(weights, middle, axis=-1) + 0.5
            np.put_along_axis(weights, middle, gained, axis=-1)
        return np.where(patches.inside, weights, 0)

    def slopes(self, patches: Patches) -> Array:
        """The weights."""
        return self.weights(patches)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``middle of 1, 2, 3, 6: (2 + 3) / 2``."""
        cells = patch.read
        count = len(cells)
        if count == 1 or np.isnan(real(cells)).any():
            return text.in_full(
                count,
                lambda: f"median({numbers.joined(cells)})",
                f"median of {count:,} cells, NaN among them",
            )
        low, high = (count - 1) // 2, count // 2
        ordered = np.partition(cells, (low, high))
        line = text.in_full(
            count,
            lambda: f"middle of {numbers.joined(np.sort(cells))}",
            f"middle of {count:,} cells in order",
        )
        return line if low == high else f"{line}: ({numbers.sum(ordered[[low, high]])}) / 2"
