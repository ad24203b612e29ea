"""Gated max-average pooling."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.modes._mixing import MixingMode
from poolviz.modes._mode import inside_or
from poolviz.text import Numbers
from poolviz.windows import Array, Patches

# The argument of σ beyond which it is exactly 0 or 1.
LARGEST = 1e4


@dataclass(frozen=True)
class Gated(MixingMode):
    """A blend of max and mean in a proportion that depends on the window's cells.

    y = a·max xᵢ + (1 − a)·mean xᵢ, a = 1 / (1 + e^(−Σ ωᵢ·xᵢ))

    Padding is ignored. In the paper, ω is learned.

    Args:
        gate: ω, one finite number for each cell of the kernel in reading order
            (``gate=w0/w1/…``), or one for all cells.
    """

    gate: tuple[float, ...] = field(default=(0.25,))

    summary: ClassVar[str] = (
        "a blend of max and average that depends on the cells (gated:gate=0.25)"
    )
    formula: ClassVar[str] = "y = a·max xᵢ + (1 − a)·mean xᵢ, a = 1 / (1 + e^(−Σ ωᵢ·xᵢ))"
    citation: ClassVar[str] = "Lee, Gallagher & Tu 2016, arXiv 1509.08985"

    def __post_init__(self) -> None:
        if not self.gate or not np.isfinite(self.gate).all():
            given = "/".join(map(str, self.gate))
            raise SpecError("mode", f"gated:gate={given} is out of range", "use finite numbers")

    def _omega(self, count: int) -> Array:
        """ω for each of ``count`` cells."""
        if len(self.gate) not in (1, count):
            raise SpecError(
                "mode",
                f"gated:gate has {len(self.gate)} numbers for {count} cells",
                "use one number, or one for each cell",
            )
        return np.broadcast_to(np.array(self.gate), (count,))

    def proportion(self, patches: Patches) -> Array:
        """σ(Σ ωᵢ·xᵢ)."""
        cells = inside_or(patches, 0)
        terms = cells * self._omega(cells.shape[-1])
        # Scaled so that no sum of finite terms overflows; for so large an argument σ is 0 or 1.
        largest = np.abs(terms).max(axis=-1, keepdims=True, initial=0)
        scale = np.where(largest > LARGEST, LARGEST / largest, 1)
        x = (terms * np.where(np.isfinite(largest), scale, 1)).sum(-1, keepdims=True)
        # Of −|x|, the exponential cannot overflow.
        positive = 1 / (1 + np.exp(-np.abs(x)))
        return np.asarray(np.where(x >= 0, positive, 1 - positive))

    def gate_slopes(self, patches: Patches) -> Array:
        """∂a/∂xᵢ = a·(1 − a)·ωᵢ."""
        a = self.proportion(patches)
        return np.where(patches.inside, a * (1 - a) * self._omega(patches.cells.shape[-1]), 0)

    def gate_expression(self, patch: Patches, numbers: Numbers) -> str:
        """``σ(0.25·(1 + 3))``, or with a weight for each cell ``σ(4·1 + (−1)·3)``."""
        cells = patch.read
        count = text.counted(len(cells), "cell")
        if len(self.gate) == 1:
            total = text.in_full(len(cells), lambda: f"({numbers.sum(cells)})", f"sum of {count}")
            return f"σ({text.number(self.gate[0])}·{total})"
        omega = self._omega(patch.cells.shape[-1])[patch.inside]
        pairs = list(zip(omega, cells, strict=True))

        def term(pair: tuple[float, float]) -> str:
            return f"{Numbers().term(pair[0])}·{numbers.term(pair[1])}"

        total = text.in_full(
            len(cells), lambda: text.abridged(pairs, term, " + "), f"Σ ω·x of {count}"
        )
        return f"σ({total})"
