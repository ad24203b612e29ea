"""Generalised-mean pooling."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.modes._mode import FoldMode, floating, inside_or, share
from poolviz.modes._powers import powers_in_range, raised, scale_of
from poolviz.text import Numbers
from poolviz.windows import Array, Counts, Patches

# With smaller exponents the mean is the geometric mean to the last digit.
LEAST_P = 1e-200


@dataclass(frozen=True)
class GeneralisedMean(FoldMode):
    """The generalised mean of positive cells: y = (Σ max(xᵢ, ε)^p / n)^(1/p).

    p → 0 gives the geometric mean, p = 1 the mean and p → ∞ the maximum. Powers are computed in
    float64; where they would overflow or underflow, the cells are first divided by the
    window's largest cell. Padding is ignored.

    Args:
        p: the exponent, p > 0.
        eps: the lowest value, eps > 0; smaller cells count as eps.
    """

    p: float = 3.0
    eps: float = 1e-6

    summary: ClassVar[str] = "the generalised mean of positive cells (gem:p=3:eps=1e-6)"
    formula: ClassVar[str] = "y = (Σ max(xᵢ, ε)^p / n)^(1/p)"
    citation: ClassVar[str] = "Radenović et al. 2019, arXiv 1711.02512"
    padding_value: ClassVar[float | None] = None

    @classmethod
    def title(cls) -> str:
        """The operation as its authors call it."""
        return "GeM pooling"

    def __post_init__(self) -> None:
        for name in ("p", "eps"):
            if not 0 < getattr(self, name) < np.inf:
                given = f"gem:{name}={getattr(self, name):g}"
                raise SpecError("mode", f"{given} is out of range", f"use a finite {name} above 0")

    @property
    def fold(self) -> np.ufunc:
        """Addition of powers."""
        return np.add

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """float64: the p-th powers of float32 overflow easily."""
        del dtype
        return np.dtype(np.float64)

    def prepare(self, values: Array, out: Array) -> None:
        """max(x, ε)^p."""
        np.maximum(values, self.eps, out=out, dtype=out.dtype)
        np.power(out, self.p, out=out)

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The p-th root of the mean."""
        return np.asarray((folded / counts.inside) ** (1 / self.p))

    def in_range(self, folded: Array, cells: Array, *, underflowed: bool) -> bool:
        """Whether no power overflowed or vanished."""
        del underflowed
        return powers_in_range(self.p, folded, np.maximum(cells, self.eps))

    def reduce(self, patches: Patches) -> Array:
        """(Σ x^p / n)^(1/p), computed from the cells divided by their largest."""
        return np.asarray(self._mean(patches)[..., 0], floating(patches.cells.dtype))

    def _mean(self, patches: Patches) -> Array:
        """The value in float64: (..., 1)."""
        x, scale = self._scaled(patches)
        # Logarithms keep the digits where p is so small that x^p rounds to 1.
        p = max(self.p, LEAST_P)
        above = np.where(patches.inside, np.expm1(p * np.log(x)), 0)
        mean = above.sum(axis=-1, keepdims=True) / self._count(patches)
        return np.asarray(scale * np.exp(np.log1p(mean) / p))

    def _scaled(self, patches: Patches) -> tuple[Array, Array]:
        """max(x, ε) divided by the window's largest, and that largest."""
        x = np.maximum(inside_or(patches, 0).astype(np.float64), self.eps)
        scale = scale_of(np.where(patches.inside, x, 0))
        return x / scale, scale

    def _count(self, patches: Patches) -> Array:
        return np.asarray(patches.counts.inside)[..., None]

    def weights(self, patches: Patches) -> Array:
        """Each cell's part of the sum of powers."""
        powers = np.where(patches.inside, self._scaled(patches)[0] ** self.p, 0)
        return share(powers, powers.sum(axis=-1))

    def slopes(self, patches: Patches) -> Array:
        """x^(p−1)·y^(1−p)/n where x > ε, else 0."""
        x = inside_or(patches, 0).astype(np.float64)
        slopes = (x / self._mean(patches)) ** (self.p - 1) / self._count(patches)
        return np.where(patches.inside & (x > self.eps), slopes, 0)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``∛((1³ + 4³) / 2)``, or of many cells ``∛(Σ x³ / 1,024) ≈ ∛(31,457 / 1,024)``."""
        cells, p = np.maximum(patch.read.astype(np.float64), self.eps), text.number(self.p)

        def line() -> str:
            total = text.abridged(cells, lambda x: raised(numbers.text(x), p), " + ")
            return text.root(f"({total}) / {len(cells)}" if len(cells) > 1 else total, self.p)

        base = "x" if (patch.read >= self.eps).all() else "max(x, ε)"
        summary = text.root(f"Σ {raised(base, p)} / {len(cells):,}", self.p)
        template = text.root("{} / {}", self.p)
        worked = text.worked(template, (cells**self.p).sum(), len(cells))
        return text.in_full(len(cells), line, f"{summary} {worked}".strip())
