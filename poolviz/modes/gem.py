"""Generalised-mean pooling."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.modes._mode import FoldMode, floating, inside_or, share
from poolviz.patches import Array, Counts, Patches


@dataclass(frozen=True)
class GeneralisedMean(FoldMode):
    """The generalised mean of positive cells: y = (Σ max(xᵢ, ε)^p / n)^(1/p).

    p = 1 is the mean, p → ∞ the maximum. Powers are taken in float64. Padding is
    left out of sum and n. Radenović et al. 2019, arXiv 1711.02512.

    Args:
        p: the exponent, p > 0.
        eps: smaller cells count as this, eps > 0.
    """

    p: float = 3.0
    eps: float = 1e-6

    summary: ClassVar[str] = "the generalised mean of positive cells (gem:p=3:eps=1e-6)"
    formula: ClassVar[str] = "y = (Σ max(xᵢ, ε)^p / n)^(1/p)"
    citation: ClassVar[str] = "Radenović et al. 2019, arXiv 1711.02512"
    padding_value: ClassVar[float | None] = None

    def __post_init__(self) -> None:
        for name in ("p", "eps"):
            if not 0 < getattr(self, name) < np.inf:
                given = f"gem:{name}={getattr(self, name)}"
                raise SpecError("mode", f"{given} is out of range", f"give a finite {name} > 0")

    @property
    def fold(self) -> np.ufunc:
        """Sums of powers."""
        return np.add

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """float64: the p-th powers of float32 soon overflow."""
        del dtype
        return np.dtype(np.float64)

    def prepare(self, values: Array, out: Array) -> None:
        """max(x, ε)^p."""
        np.maximum(values, self.eps, out=out, dtype=out.dtype)
        np.power(out, self.p, out=out)

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The p-th root of the mean."""
        return np.asarray((folded / counts.inside) ** (1 / self.p))

    def reduce(self, patches: Patches) -> Array:
        """The definition as written."""
        total = self._powers(patches).sum(axis=-1)
        mean = total / patches.counts.inside
        return np.asarray(mean ** (1 / self.p), floating(patches.cells.dtype))

    def _powers(self, patches: Patches) -> Array:
        x = inside_or(patches, 0).astype(np.float64)
        return np.where(patches.inside, np.maximum(x, self.eps) ** self.p, 0)

    def weights(self, patches: Patches) -> Array:
        """Each cell's part of the sum of powers."""
        powers = self._powers(patches)
        return share(powers, powers.sum(axis=-1))

    def slopes(self, patches: Patches) -> Array:
        """x^(p−1)·y^(1−p)/n where x > ε."""
        x = inside_or(patches, 0).astype(np.float64)
        n = np.asarray(patches.counts.inside)[..., None]
        y = (self._powers(patches).sum(axis=-1, keepdims=True) / n) ** (1 / self.p)
        return np.where(patches.inside & (x > self.eps), (x / y) ** (self.p - 1) / n, 0)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``((1^3 + 3^3) / 2)^(1/3)``."""
        p = text.number(self.p)
        total = text.abridged(np.maximum(cells, self.eps), lambda x: f"{text.number(x)}^{p}", " + ")
        return f"(({total}) / {text.number(counts.inside.flat[0])})^(1/{p})"
