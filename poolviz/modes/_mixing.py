"""MixingMode: the base class of mixed and gated pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
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

    def gate_expression(self, patch: Patches, numbers: Numbers) -> str:
        """The calculation of a, with the window's cells substituted; empty if a is constant."""
        del patch, numbers
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
        """``0.5·max(1, 4) + 0.5·(1 + 4) / 2 = 0.5·4 + 0.5·2.5``.

        If a depends on the cells: ``a = … ≈ 0.78: 0.78·max + 0.22·mean ≈ 0.78·4 + 0.22·2.5``.
        """
        cells = patch.read
        parts = [self.proportion(patch), self._max(patch), self._mean(patch)]
        a, largest, mean = (float(part[0]) for part in parts)
        first, second = text.number(a), text.number(1 - a)
        worked = text.worked("{}·{} + {}·{}", a, largest, 1 - a, mean)
        if gate := self.gate_expression(patch, numbers):
            line = f"{first}·max + {second}·mean {worked}".strip()
            return f"a = {gate} {Numbers().equals(a)}: {line}"
        if len(cells) == 1:
            return f"{first}·{numbers.term(cells[0])} + {second}·{numbers.term(cells[0])}"
        line = text.in_full(
            len(cells),
            lambda: (
                f"{first}·max({numbers.joined(cells)})"
                f" + {second}·({numbers.sum(cells)}) / {len(cells)}"
            ),
            f"{first}·max + {second}·mean of {text.counted(len(cells), 'cell')}",
        )
        return f"{line} {worked}".strip()
