"""SoftPool."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._mode import (
    Mode,
    exponent_base,
    exponentials,
    floating,
    inside_or,
    real,
    share,
    weighted,
)
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class SoftPool(Mode):
    """The cells weighted by their exponentials: y = Σ xᵢ·e^xᵢ / Σ e^xᵢ.

    The window's maximum is first subtracted from the exponents, so that no exponential
    overflows. Padding is ignored.
    """

    summary: ClassVar[str] = "the mean of the cells, weighted by their exponentials"
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
        """``(1·e¹ + 4·e⁴) / (e¹ + e⁴) ≈ 221.1 / 57.32``.

        Where exponentials are very large or small, all are divided by that of the maximum:
        ``relative to e²⁰⁹: (208·e⁻¹ + 209·e⁰) / (e⁻¹ + e⁰)``.
        """
        cells, powers = patch.read, exponentials(patch, 1.0)[patch.inside]
        base = exponent_base(cells)

        def line() -> str:
            # Differences of integers could wrap around; written as integers they have no decimals.
            exponents = real(cells) - base
            whole = np.issubdtype(cells.dtype, np.integer)
            written = Numbers() if whole else numbers
            shares = [text.power("e", written.text(x)) for x in exponents]
            pairs = zip(map(numbers.term, cells), shares, strict=True)
            terms = [f"{term}·{power}" for term, power in pairs]
            if len(cells) == 1:
                return f"{terms[0]} / {shares[0]}"
            return f"({' + '.join(terms)}) / ({' + '.join(shares)})"

        shared = text.power("e", f"x − {Numbers().term(base)}" if base else "x")
        summary = f"Σ x·{shared} / Σ {shared} of {text.counted(len(cells), 'cell')}"
        full = text.in_full(len(cells), line, summary)
        if base and full != summary:
            full = f"relative to {text.power('e', text.number(base))}: {full}"
        factor = 1.0 if base else np.exp(float(cells.max()))
        total = float(weighted(real(cells), powers)[0])
        worked = text.worked("{} / {}", factor * total, factor * powers.sum())
        return f"{full} {worked if len(cells) > 1 else ''}".strip()
