"""SoftPool."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz.modes._mode import Mode, exponentials, floating, inside_or, share, weighted
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class SoftPool(Mode):
    """The cells weighted by their exponentials: y = Σ xᵢ·e^xᵢ / Σ e^xᵢ.

    The window's maximum is subtracted from the exponents, so that no value
    overflows. Padding takes no part.
    """

    summary: ClassVar[str] = "the cells weighted by their exponentials"
    formula: ClassVar[str] = "y = Σ xᵢ·e^xᵢ / Σ e^xᵢ"
    citation: ClassVar[str] = "Stergiou et al. 2021, arXiv 2101.00440"
    padding_value: ClassVar[float | None] = None

    @classmethod
    def title(cls) -> str:
        """The operation as its authors call it."""
        return "SoftPool"

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

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``Σ x·e^x / Σ e^x of 1, 3``."""
        return f"Σ x·e^x / Σ e^x of {numbers.joined(patch.read)}"
