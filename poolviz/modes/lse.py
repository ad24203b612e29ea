"""Log-sum-exp pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.modes._mode import Mode, exponent_base, exponentials, floating, inside_or, real, share
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class LogSumExp(Mode):
    """A smooth maximum: y = ln(Σ e^(r·xᵢ) / n) / r, between the mean (r → 0) and max (r → ∞).

    The window's maximum is first subtracted from the cells, so that no exponential
    overflows. Padding is ignored.

    Args:
        r: the sharpness, r > 0.
    """

    r: float = 1.0

    summary: ClassVar[str] = "a smooth maximum, sharper as r grows (lse:r=4)"
    formula: ClassVar[str] = "y = ln(Σ e^(r·xᵢ) / n) / r"
    citation: ClassVar[str] = "Pinheiro & Collobert 2015, arXiv 1411.6228"
    aliases: ClassVar[tuple[str, ...]] = ("log-sum-exp",)
    padding_value: ClassVar[float | None] = None

    @classmethod
    def title(cls) -> str:
        """The operation as its authors call it."""
        return "Log-sum-exp pooling"

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

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``ln((e¹ + e⁴) / 2)``, or of many cells ``ln(Σ eˣ / 1,024) ≈ ln(54.6)``.

        Where exponentials are very large or small, the maximum is taken out of them:
        ``209 + ln((e⁻¹ + e⁰) / 2)``.
        """
        cells, sharp = patch.read, self.r != 1
        base, r = exponent_base(cells, self.r), text.number(self.r)

        def power(exponent: str) -> str:
            return text.power("e", f"{r}·{exponent}" if sharp else exponent)

        def line() -> str:
            write = numbers.term if sharp else numbers.text
            total = " + ".join(power(write(x - base)) for x in real(cells))
            return f"({total}) / {len(cells)}" if len(cells) > 1 else total

        exponent = f"x − {Numbers().term(base)}" if base else "x"
        summary = f"Σ {power(f'({exponent})' if sharp and base else exponent)} / {len(cells):,}"
        mean = exponentials(patch, self.r)[patch.inside].mean()
        mean *= 1.0 if base else np.exp(self.r * float(cells.max()))
        start, end = f"{text.number(base)} + " if base else "", f" / {r}" if sharp else ""
        full = f"{start}ln({text.in_full(len(cells), line, summary)}){end}"
        worked = text.worked(f"{start}ln({{}}){end}", mean) if len(cells) > 1 else ""
        return f"{full} {worked}".strip()
