"""Mixed max-average pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz.errors import SpecError
from poolviz.modes._mixing import MixingMode
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class Mixed(MixingMode):
    """A blend of the largest cell and the mean: y = a·max xᵢ + (1 − a)·mean xᵢ.

    Padding is ignored.

    Args:
        a: the proportion of max, 0 ≤ a ≤ 1.
    """

    a: float = 0.5

    summary: ClassVar[str] = "a blend of max and average in a fixed proportion (mixed:a=0.5)"
    formula: ClassVar[str] = "y = a·max xᵢ + (1 − a)·mean xᵢ"
    citation: ClassVar[str] = "Lee, Gallagher & Tu 2016, arXiv 1509.08985"

    def __post_init__(self) -> None:
        if not 0 <= self.a <= 1:
            raise SpecError(
                "mode", f"mixed:a={self.a:g} is out of range", "use a number from 0 to 1"
            )

    def proportion(self, patches: Patches) -> Array:
        """The parameter a, for every window."""
        return np.full((*patches.cells.shape[:-1], 1), self.a)

    def gate_slopes(self, patches: Patches) -> Array:
        """Zeros: the proportion does not depend on the cells."""
        return np.zeros(patches.cells.shape)

    def gate_expression(self, patch: Patches, numbers: Numbers) -> str:
        """Empty: the proportion is constant."""
        del patch, numbers
        return ""
