"""Stochastic pooling."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._mode import Mode, inside_or, weighted
from poolviz.windows import Array, Counts, Patches


@dataclass(frozen=True)
class Stochastic(Mode):
    """A cell drawn with a probability proportional to its value; at test time the expected value.

    y = a_l, l ~ aᵢ / Σ a; expected: Σ aᵢ² / Σ a

    Activations should be at least 0: negative cells and NaN count as 0. (At test time Caffe adds
    negative cells with their sign: 5, −5, 0, 0 gives 0 in Caffe and 5 here.) A window whose sum
    is 0 gives 0. Padding is never drawn.

    Args:
        expected: whether the value is the expected value instead of a random cell.
    """

    expected: bool = False

    summary: ClassVar[str] = "a random cell, more often a large one (stochastic:expected=true)"
    formula: ClassVar[str] = "y = a_l, l ~ aᵢ / Σ a; expected: Σ aᵢ² / Σ a"
    citation: ClassVar[str] = "Zeiler & Fergus 2013, arXiv 1301.3557"
    padding_value: ClassVar[float | None] = 0.0

    @property
    def picks(self) -> bool:
        """Whether the value is a drawn cell."""
        return not self.expected

    @property
    def draws(self) -> bool:
        """Whether a cell is drawn, with one random number for each window."""
        return not self.expected

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """``dtype`` itself for a drawn cell."""
        return super().result_type(dtype) if self.expected else dtype

    def remarks(self, values: Array) -> tuple[str, ...]:
        """A note if there are negative cells."""
        return (
            ("negative cells count as 0 in stochastic pooling",)
            if np.fmin.reduce(values, axis=None) < 0
            else ()
        )

    def _activations(self, patches: Patches) -> Array:
        """The cells, with 0 for negative ones, NaN and those that take no part."""
        return np.nan_to_num(np.maximum(inside_or(patches, 0), 0), nan=0.0, posinf=np.inf)

    def _probabilities(self, patches: Patches) -> Array:
        """Each cell's part of the sum; if there are infinities, these share everything."""
        a = self._activations(patches)
        largest = a.max(axis=-1, keepdims=True)
        # Divided by the largest, huge cells do not overflow in the sum.
        parts = np.where(np.isinf(largest), np.isinf(a), a / np.where(largest == 0, 1, largest))
        total = parts.sum(axis=-1, keepdims=True)
        return np.asarray(parts / np.where(total == 0, 1, total))

    def chances(self, patches: Patches) -> Array | None:
        """Each cell's part of the sum."""
        return self._probabilities(patches)

    def reduce(self, patches: Patches) -> Array:
        """The drawn cell, or Σ pᵢ·aᵢ."""
        weights = self.weights(patches)
        if self.expected:
            value = weighted(self._activations(patches), weights)[..., 0]
            return value.astype(self.result_type(patches.cells.dtype))
        # The cell itself, since a large integer does not fit into a float.
        drawn = np.take_along_axis(patches.cells, weights.argmax(axis=-1)[..., None], axis=-1)
        return np.where(weights.any(axis=-1), drawn[..., 0], patches.cells.dtype.type(0))

    def weights(self, patches: Patches) -> Array:
        """1 for the drawn cell, or the probabilities."""
        p = self._probabilities(patches)
        if self.expected:
            return p
        # The first cell at which the cumulative probability exceeds the random number.
        reached = p.cumsum(axis=-1) > (
            np.asarray(patches.uniform)[..., None] * p.sum(axis=-1, keepdims=True)
        )
        return np.asarray(reached & (reached.cumsum(axis=-1) == 1) & (p > 0), float)

    def slopes(self, patches: Patches) -> Array:
        """1 for the drawn cell; for the expectation (2a − y) / Σ a where a > 0."""
        if not self.expected:
            return self.weights(patches)
        a = self._activations(patches)
        y = (a * self._probabilities(patches)).sum(axis=-1, keepdims=True)
        total = a.sum(axis=-1, keepdims=True)
        return np.where(a > 0, (2 * a - y) / np.where(total == 0, 1, total), 0)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``weighted draw from (1, 3)``, or the sum of the expectation."""
        del counts
        a = np.maximum(cells, 0)
        if not self.expected:
            return f"weighted draw from ({text.joined(a)})"
        squares = text.abridged(a, lambda x: f"{text.number(x)}²", " + ")
        return f"({squares}) / ({text.as_sum(a)})"
