"""MixingMode: the base class of mixed and gated pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz.modes._mode import Mode, floating, inside_or
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class MixingMode(Mode):
    """y = a·max + (1 − a)·mean, both over the cells in the input; a is a proportion."""

    padding_value: ClassVar[float | None] = None

    def proportion(self, patches: Patches) -> Array:
        """The proportion a of each window: (..., 1)."""
        del patches
        raise self.undefined("proportion")

    def gate_slopes(self, patches: Patches) -> Array:
        """∂a/∂xᵢ: (..., n)."""
        del patches
        raise self.undefined("gate_slopes")

    def gate_expression(self, cells: Array, numbers: Numbers) -> str:
        """The calculation of a, with the window's cells substituted; empty if a is constant."""
        del cells, numbers
        raise self.undefined("gate_expression")

    def reduce(self, patches: Patches) -> Array:
        """The mixture a·max + (1 − a)·mean."""
        a = self.proportion(patches)
        mixed = a * self._max(patches) + (1 - a) * self._mean(patches)
        return np.asarray(mixed[..., 0], floating(patches.cells.dtype))

    def _max(self, patches: Patches) -> Array:
        return np.asarray(inside_or(patches, -np.inf).max(axis=-1, keepdims=True))

    def _mean(self, patches: Patches) -> Array:
        cells, count = inside_or(patches, 0), np.asarray(patches.counts.inside)[..., None]
        total = cells.sum(axis=-1, keepdims=True)
        # If only the sum overflows, the sum of the cells' parts of the mean does not.
        parts = (cells / count).sum(axis=-1, keepdims=True)
        return np.asarray(np.where(np.isfinite(total), total / count, parts))

    def weights(self, patches: Patches) -> Array:
        """The proportion a for the first largest cell, and (1 − a)/n for each."""
        a = self.proportion(patches)
        ties = patches.inside & (inside_or(patches, -np.inf) == self._max(patches))
        first = ties & (ties.cumsum(axis=-1) == 1)
        mean = np.where(patches.inside, 1 / np.asarray(patches.counts.inside)[..., None], 0)
        return np.asarray(a * first + (1 - a) * mean)

    def slopes(self, patches: Patches) -> Array:
        """The weights, plus the effect of the cells on a: (max − mean)·∂a/∂xᵢ."""
        spread = self._max(patches) - self._mean(patches)
        return np.asarray(self.weights(patches) + spread * self.gate_slopes(patches))

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``0.5·max(1, 3) + 0.5·2``, with the mean as a number."""
        cells = patch.read
        a = float(self.proportion(patch)[0])
        gate = self.gate_expression(cells, numbers)
        prefix = f"a = {gate} {numbers.equals(a)}: " if gate else ""
        mean = numbers.term(float(self._mean(patch)[0]))
        return (
            f"{prefix}{numbers.text(a)}·max({numbers.joined(cells)}) + {numbers.text(1 - a)}·{mean}"
        )
