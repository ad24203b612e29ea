"""Lp pooling."""

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.frameworks import Rule
from poolviz.modes._mode import Call, FoldMode, floating, inside_or, real, share
from poolviz.modes._powers import powers_in_range, raised, scale_of
from poolviz.text import Numbers
from poolviz.windows import Array, Counts, Patches

# The most common exponent, for which np.power is many times slower than square and sqrt.
SQUARE = 2


@dataclass(frozen=True)
class Lp(FoldMode):
    """The p-norm of the cells: y = (Σ xᵢ^p)^(1/p), p > 0 or infinite (max |xᵢ|).

    Frameworks differ in whether x or |x| is raised to the power p (PyTorch: x, so that with an odd
    p a negative sum gives NaN), and in whether the sum over a window with overhang is scaled up to
    that of a full window (PyTorch: yes). Padding acts as 0. Where powers would
    overflow or underflow, the cells are first divided by the window's largest cell. Powers of
    float16 values are computed and summed in float32: four cells of 300 give 600, where PyTorch
    gives infinity.

    The L2 pooling of TensorFlow Lite and NNAPI is not this norm but the root mean square
    √(Σ xᵢ²/n): lp divided by √n, or ``gem:p=2`` if no cell is smaller than its eps.

    Args:
        p: the exponent.
        absolute: whether |x| rather than x is raised to the power p; None means the
            framework's rule.
        rescale: whether the sums of windows with overhang are scaled up; None means the
            framework's rule.
    """

    p: float = 2.0
    absolute: bool | None = field(default=None, metadata={"trait": "lp_absolute"})
    rescale: bool | None = field(default=None, metadata={"trait": "lp_rescales_overhang"})

    summary: ClassVar[str] = "the p-norm of the window's cells, with p=2 by default (lp:p=3)"
    formula: ClassVar[str] = "y = (Σ xᵢ^p)^(1/p)"
    citation: ClassVar[str] = "Sermanet et al. 2012, arXiv 1204.3968"

    def __post_init__(self) -> None:
        if not self.p > 0:
            raise SpecError("mode", f"lp:p={self.p:g} is out of range", "use a p above 0, or inf")

    @property
    def fold(self) -> np.ufunc:
        """Addition; the maximum for an infinite p."""
        return np.maximum if np.isinf(self.p) else np.add

    def prepare(self, values: Array, out: Array) -> None:
        """x^p, |x|^p or |x|."""
        if self.p == SQUARE:
            np.square(values, out=out, dtype=out.dtype)
            return
        # With dtype, |−128| of an int8 is 128.
        absolute = self.absolute or np.isinf(self.p)
        source = np.abs(values, out=out, dtype=out.dtype) if absolute else values
        if not np.isinf(self.p):
            np.power(source, self.p, out=out, dtype=out.dtype)

    def in_range(self, folded: Array, cells: Array, *, underflowed: bool) -> bool:
        """Whether no power overflowed or vanished; for p = 1 and ∞ there are no powers."""
        # np.square reports underflow; not every power function does.
        underflowed |= self.p != SQUARE
        return self.p in (1, np.inf) or powers_in_range(
            self.p, folded, cells, underflowed=underflowed
        )

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The p-th root of the sums, which are scaled up for windows with overhang."""
        if np.isinf(self.p):
            return folded
        if self.rescale and (counts.padded != counts.taps).any():
            folded = np.asarray(folded * self.rescaling(counts).astype(folded.dtype))
        if self.p == SQUARE:
            return np.asarray(np.sqrt(folded, out=folded))
        return np.asarray(np.power(folded, 1 / self.p, out=folded))

    def reduce(self, patches: Patches) -> Array:
        """(Σ xᵢ^p)^(1/p), computed from the cells divided by their largest."""
        return np.asarray(self._norm(patches)[..., 0], floating(patches.cells.dtype))

    def _norm(self, patches: Patches) -> Array:
        """The value in float64: (..., 1)."""
        x = patches.cells.astype(np.result_type(patches.cells.dtype, np.float64))
        if np.isinf(self.p):
            return np.asarray(np.abs(x).max(axis=-1, keepdims=True))
        x = np.abs(x) if self.absolute else x
        scale = scale_of(np.abs(x))
        total = ((x / scale) ** self.p).sum(axis=-1, keepdims=True)
        return np.asarray(scale * (total * self._factor(patches.counts)) ** (1 / self.p))

    def _factor(self, counts: Counts) -> Array:
        """The factor by which sums are scaled up, (..., 1)."""
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
        """x^(p−1)·y^(1−p), with the sign of x where |x| is raised; 0 where y is 0."""
        x = inside_or(patches, 0).astype(np.float64)
        if np.isinf(self.p):
            return np.sign(x) * self.weights(patches)
        y = self._norm(patches)
        # |x| divided by the norm is at most 1, so that no power overflows.
        ratio = np.divide(x, y, out=np.zeros(x.shape), where=y != 0)
        slopes = (
            np.sign(x) * np.abs(ratio) ** (self.p - 1) if self.absolute else ratio ** (self.p - 1)
        )
        slopes = self._factor(patches.counts) * slopes
        return np.where(patches.inside & (y != 0), slopes, 0)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``√(1² + 3²)``, or of many cells ``√(Σ x² of 1,024 cells) ≈ √(31,457)``."""
        cells, counts = patch.read, patch.counts
        bars = bool(self.absolute or np.isinf(self.p))
        if bars and self.p % 2 == 0:
            # An even power needs no bars.
            cells, bars = np.abs(real(cells)), False
        p, count = text.number(self.p), text.counted(len(cells), "cell")

        def base(x: float) -> str:
            term = numbers.text(x)
            return f"|{term}|" if bars and term.startswith(text.MINUS) else term

        if np.isinf(self.p):
            return text.in_full(
                len(cells), lambda: f"max({', '.join(map(base, cells))})", f"max |x| of {count}"
            )
        scaled = self.rescale and counts.taps != counts.padded
        factor = f"·{counts.taps}/{counts.padded}" if scaled else ""

        def line() -> str:
            if p == "1" and not bars:
                total = numbers.sum(cells)
            else:
                total = text.abridged(cells, lambda x: raised(base(x), p), " + ")
            total = f"({total}){factor}" if factor and len(cells) > 1 else f"{total}{factor}"
            return text.root(total, self.p)

        total = f"Σ {raised('|x|' if bars else 'x', p)} of {count}"
        summary = text.root(f"({total}){factor}" if factor else total, self.p)
        template = text.root(f"{{}}{factor}", self.p)
        # A sum by itself is the value.
        worked = "" if template == "{}" else text.worked(template, self._powers(patch).sum())
        return text.in_full(len(cells), line, f"{summary} {worked}".strip())

    def sentence(self, patch: Patches, numbers: Numbers, value: Any) -> str:
        """The line, and why the value is NaN if no cell is."""
        line = super().sentence(patch, numbers, value)
        if not np.isnan(value) or self.absolute:
            return line
        powers, p = self._powers(patch), text.number(self.p)
        if powers.sum() < 0:
            return f"{line}, as a power 1/{p} of a negative sum is NaN"
        negative = (patch.read < 0) & np.isnan(powers)
        return f"{line}, as a power {p} of a negative cell is NaN" if negative.any() else line

    def _powers(self, patch: Patches) -> Array:
        """The powers of the cells of one window that are summed, in float64: (m,)."""
        cells = patch.read.astype(np.float64)
        return np.asarray((np.abs(cells) if self.absolute else cells) ** self.p)

    def calls(self) -> dict[str, Call | str]:
        """PyTorch has it without padding, ONNX for integers p and not as a global mode."""
        p = repr(self.p) if np.isfinite(self.p) else 'float("inf")'
        onnx: Call | str = (
            "ONNX's LpPool accepts only integer values of p; use a whole number for p, or choose"
            " another mode"
        )
        if float(self.p).is_integer():
            # ONNX Runtime has no GlobalLpPool at opset 22.
            onnx = Call("LpPool", keywords=(f"p={int(self.p)}",), has_global=False)
        return {"onnx": onnx, "torch": Call("lp_pool", arguments=(p,), pads=False)}

    def same_under(self, rule: Rule, counts: Counts, other_counts: Counts) -> bool:
        """Whether base and scale are the same, where they make a difference."""
        other = replace(self, absolute=None, rescale=None).under(rule)
        signless = np.isinf(self.p) or self.p % 2 == 0
        same_base = signless or other.absolute == self.absolute
        same_scale = self.rescaling(counts) == other.rescaling(other_counts)
        return same_base and bool(same_scale.all())

    def rescaling(self, counts: Counts) -> Array:
        """The factor by which sums are scaled up."""
        return np.asarray(counts.taps / counts.padded if self.rescale else np.ones(()))
