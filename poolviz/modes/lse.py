"""Log-sum-exp pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.modes._mode import Mode, exponentials, floating, inside_or, share
from poolviz.windows import Array, Counts, Patches


@dataclass(frozen=True)
class LogSumExp(Mode):
    """A smooth maximum: y = ln(Σ e^(r·xᵢ) / n) / r, between the mean (r → 0) and max (r → ∞).

    The window's maximum is subtracted from the exponents, so that no value
    overflows. Padding takes no part.

    Args:
        r: the sharpness, r > 0.
    """

    r: float = 1.0

    summary: ClassVar[str] = "a smooth maximum, sharper with r (lse:r=4)"
    formula: ClassVar[str] = "y = ln(Σ e^(r·xᵢ) / n) / r"
    citation: ClassVar[str] = "Pinheiro & Collobert 2015, arXiv 1411.6228"
    aliases: ClassVar[tuple[str, ...]] = ("log-sum-exp",)
    padding_value: ClassVar[float | None] = None

    def __post_init__(self) -> None:
        if not 0 < self.r < np.inf:
            raise SpecError("mode", f"lse:r={self.r:g} is out of range", "use a finite r above 0")

    def reduce(self, patches: Patches) -> Array:
        """Max + ln(mean of e^(r·(xᵢ − max))) / r."""
        largest = inside_or(patches, -np.inf).max(axis=-1)
        mean = exponentials(patches, self.r).sum(axis=-1) / patches.counts.inside
        return np.asarray(largest + np.log(mean) / self.r, floating(patches.cells.dtype))

    def weights(self, patches: Patches) -> Array:
        """The softmax of r times the window's cells."""
        powers = exponentials(patches, self.r)
        return share(powers, powers.sum(axis=-1))

    def slopes(self, patches: Patches) -> Array:
        """The weights: the softmax is the gradient of log-sum-exp."""
        return self.weights(patches)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``ln((e^1 + e^3) / 2)``."""
        r = "" if self.r == 1 else f"{text.number(self.r)}·"
        total = text.abridged(cells, lambda x: f"e^({r}{text.number(x)})", " + ")
        divisor = "" if self.r == 1 else f" / {text.number(self.r)}"
        return f"ln(({total}) / {text.number(counts.inside.flat[0])}){divisor}"
