"""SoftPool."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._mode import Mode, exponentials, floating, inside_or, share, weighted
from poolviz.windows import Array, Counts, Patches


@dataclass(frozen=True)
class SoftPool(Mode):
    """The cells weighted by their exponentials: y = Σ xᵢ·e^xᵢ / Σ e^xᵢ.

    The window's maximum is first subtracted from the exponents, so that no exponential
    overflows. Padding is ignored.
    """

    summary: ClassVar[str] = "the cells weighted by their exponentials"
    formula: ClassVar[str] = "y = Σ xᵢ·e^xᵢ / Σ e^xᵢ"
    citation: ClassVar[str] = "Stergiou et al. 2021, arXiv 2101.00440"
    padding_value: ClassVar[float | None] = None

    def reduce(self, patches: Patches) -> Array:
        """Σ wᵢ·xᵢ with w the softmax of the window."""
        return np.asarray(self._value(patches)[..., 0], floating(patches.cells.dtype))

    def _value(self, patches: Patches) -> Array:
        powers = exponentials(patches, 1.0)
        return weighted(inside_or(patches, 0), powers / powers.sum(axis=-1, keepdims=True))

    def weights(self, patches: Patches) -> Array:
        """The softmax of the window's cells."""
        powers = exponentials(patches, 1.0)
        return share(powers, powers.sum(axis=-1))

    def slopes(self, patches: Patches) -> Array:
        """wᵢ·(1 + xᵢ − y)."""
        return np.asarray(
            self.weights(patches) * (1 + inside_or(patches, 0) - self._value(patches))
        )

    def expression(self, cells: Array, counts: Counts) -> str:
        """``Σ x·e^x / Σ e^x of 1, 3``."""
        del counts
        return f"Σ x·e^x / Σ e^x of {text.joined(cells)}"
