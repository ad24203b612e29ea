"""Lp pooling."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.frameworks import Rule
from poolviz.modes._mode import Call, FoldMode, floating, inside_or, share
from poolviz.modes._powers import powers_in_range, scale_of
from poolviz.windows import Array, Counts, Patches

# The usual exponent, for which power is many times slower than square and sqrt.
SQUARE = 2


@dataclass(frozen=True)
class Lp(FoldMode):
    """The p-norm of the cells: y = (Σ xᵢ^p)^(1/p), p > 0 or infinite (max |xᵢ|).

    Frameworks differ in whether x or |x| is raised (PyTorch: x, so that odd p
    over a negative sum is NaN), and in whether the sum over a window that
    overhangs is scaled up to a whole window's (PyTorch: yes). Padding acts as 0.
    Where powers would overflow or underflow, the cells are first divided by the window's
    largest. float16 is raised and summed in float32: four cells of 300 give 600, where PyTorch
        gives infinity.
    What TensorFlow Lite and NNAPI call L2 pooling is not this norm but the root mean square
    √(Σ xᵢ²/n): lp divided by √n, or ``gem:p=2`` where no cell is smaller than its eps.
    Sermanet et al. 2012, arXiv 1204.3968.

    Args:
        p: the exponent.
        absolute: raise |x|; None as the rule says.
        rescale: scale up windows that overhang; None as the rule says.
    """

    p: float = 2.0
    absolute: bool | None = field(default=None, metadata={"trait": "lp_absolute"})
    rescale: bool | None = field(default=None, metadata={"trait": "lp_rescales_overhang"})

    summary: ClassVar[str] = "the p-norm of the window's cells (p=2 unless given: lp:p=3)"
    formula: ClassVar[str] = "y = (Σ xᵢ^p)^(1/p)"
    citation: ClassVar[str] = "Sermanet et al. 2012, arXiv 1204.3968"

    def __post_init__(self) -> None:
        if not self.p > 0:
            raise SpecError("mode", f"lp:p={self.p} is out of range", "give p > 0, or inf")

    @property
    def fold(self) -> np.ufunc:
        """add; maximum for an infinite p."""
        return np.maximum if np.isinf(self.p) else np.add

    def prepare(self, values: Array, out: Array) -> None:
        """x^p, |x|^p or |x|."""
        if self.p == SQUARE:
            np.square(values, out=out, dtype=out.dtype)
            return
        # Without dtype, |−128| of a byte would be −128.
        absolute = self.absolute or np.isinf(self.p)
        source = np.abs(values, out=out, dtype=out.dtype) if absolute else values
        if not np.isinf(self.p):
            np.power(source, self.p, out=out, dtype=out.dtype)

    def in_range(self, folded: Array, cells: Array, *, underflowed: bool) -> bool:
        """Whether no power overflowed or vanished; sums and maxima cannot."""
        # Not every power function reports underflow; a product does.
        underflowed |= self.p != SQUARE
        return self.p in (1, np.inf) or powers_in_range(
            self.p, folded, cells, underflowed=underflowed
        )

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The p-th root, of the sum scaled where windows overhang."""
        if np.isinf(self.p):
            return folded
        if self.rescale:
            folded = self._rescaled(folded, counts)
        if self.p == SQUARE:
            return np.asarray(np.sqrt(folded, out=folded))
        return np.asarray(np.power(folded, 1 / self.p, out=folded))

    def _rescaled(self, total: Array, counts: Counts) -> Array:
        if (counts.padded == counts.taps).all():
            return total
        return np.asarray(total * self.rescaling(counts).astype(total.dtype))

    def reduce(self, patches: Patches) -> Array:
        """(Σ xᵢ^p)^(1/p), of the cells over their largest."""
        return np.asarray(self._norm(patches)[..., 0], floating(patches.cells.dtype))

    def _norm(self, patches: Patches) -> Array:
        """The value in float64: (..., 1)."""
        x = self._cells(patches)
        if np.isinf(self.p):
            return np.asarray(x.max(axis=-1, keepdims=True))
        scale = scale_of(np.abs(x))
        total = ((x / scale) ** self.p).sum(axis=-1, keepdims=True)
        return np.asarray(scale * (total * self._factor(patches.counts)) ** (1 / self.p))

    def _cells(self, patches: Patches) -> Array:
        """What is raised, in float64."""
        x = patches.cells.astype(np.result_type(patches.cells.dtype, np.float64))
        return np.abs(x) if self.absolute or np.isinf(self.p) else x

    def _factor(self, counts: Counts) -> Array:
        """By what sums are scaled up, (..., 1)."""
        return np.asarray(self.rescaling(counts))[..., None]

    def weights(self, patches: Patches) -> Array:
        """Each cell's part of the sum of powers."""
        x = np.where(patches.inside, np.abs(patches.cells.astype(float)), 0.0)
        if np.isinf(self.p):
            largest = patches.inside & (x == x.max(axis=-1, keepdims=True))
            return np.asarray(largest & (largest.cumsum(axis=-1) == 1), float)
        parts = (x / scale_of(x)) ** self.p
        return share(parts, parts.sum(axis=-1))

    def slopes(self, patches: Patches) -> Array:
        """x^(p−1)·y^(1−p), of the sign of x where |x| is raised; 0 where y is 0."""
        x = inside_or(patches, 0).astype(np.float64)
        if np.isinf(self.p):
            return np.sign(x) * self.weights(patches)
        y = self._norm(patches)
        # Cells over the norm are at most 1 for |x|, so that no power overflows.
        ratio = np.divide(x, y, out=np.zeros(x.shape), where=y != 0)
        slopes = (
            np.sign(x) * np.abs(ratio) ** (self.p - 1) if self.absolute else ratio ** (self.p - 1)
        )
        slopes = self._factor(patches.counts) * slopes
        return np.where(patches.inside & (y != 0), slopes, 0)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``(1^2 + 3^2)^(1/2)``."""
        if np.isinf(self.p):
            return f"max|{text.joined(cells)}|"
        p = text.number(self.p)
        total = text.abridged(cells, lambda x: f"{self._base(x)}^{p}", " + ")
        taps, padded = counts.taps.flat[0], counts.padded.flat[0]
        factor = f"·{taps}/{padded}" if self.rescale and taps != padded else ""
        return f"(({total}){factor})^(1/{p})" if factor else f"({total})^(1/{p})"

    def _base(self, x: float) -> str:
        return f"|{text.number(x)}|" if self.absolute else text.as_term(x)

    def calls(self) -> dict[str, Call | str]:
        """PyTorch has it without padding, ONNX for whole p and with a window over all."""
        p = repr(self.p) if np.isfinite(self.p) else 'float("inf")'
        found: dict[str, Call | str] = {"onnx": "ONNX's LpPool takes whole numbers p only"}
        found |= {"torch": Call("lp_pool", arguments=(p,), pads=False)}
        if float(self.p).is_integer():
            # ONNX Runtime has no GlobalLpPool at opset 22.
            found["onnx"] = Call("LpPool", keywords=(f"p={int(self.p)}",), has_global=False)
        return found

    def same_under(self, rule: Rule, mine: Counts, theirs: Counts) -> bool:
        """Whether |x| and the scale of windows that overhang are the same, where they matter."""
        other = replace(self, absolute=None, rescale=None).under(rule)
        signless = np.isinf(self.p) or self.p % 2 == 0
        same_base = signless or other.absolute == self.absolute
        return same_base and bool((self.rescaling(mine) == other.rescaling(theirs)).all())

    def rescaling(self, counts: Counts) -> Array:
        """By what sums are scaled up."""
        return np.asarray(counts.taps / counts.padded if self.rescale else np.ones(()))
