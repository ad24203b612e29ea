"""Stochastic pooling."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._mode import Mode, inside_or, weighted
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class Stochastic(Mode):
    """A cell drawn with a probability proportional to its value; at test time the expected value.

    y = a_l, l ~ aᵢ / Σ a; expected: Σ aᵢ² / Σ a

    Activations should be non-negative: negative cells and NaN count as 0. (At test time Caffe adds
    negative cells with their sign: 5, −5, 0, 0 gives 0 in Caffe and 5 here.) A window whose sum
    is 0 gives 0. Padding cells are never picked.

    Args:
        expected: whether the value is the expected value instead of a random cell.
    """

    expected: bool = False

    summary: ClassVar[str] = (
        "a random cell, with large cells more likely (stochastic:expected=true)"
    )
    formula: ClassVar[str] = "y = a_l, l ~ aᵢ / Σ a; expected: Σ aᵢ² / Σ a"
    citation: ClassVar[str] = "Zeiler & Fergus 2013, arXiv 1301.3557"
    padding_value: ClassVar[float | None] = 0.0

    @property
    def picks(self) -> bool:
        """Whether the value is a drawn cell."""
        return not self.expected

    @property
    def draws(self) -> bool:
        """Whether a cell is drawn, with one random number for each window."""
        return not self.expected

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """``dtype`` itself for a drawn cell."""
        return super().result_type(dtype) if self.expected else dtype

    def remarks(self, values: Array) -> tuple[str, ...]:
        """A note if there are negative cells."""
        return (
            ("negative cells count as 0 in stochastic pooling",)
            if np.fmin.reduce(values, axis=None) < 0
            else ()
        )

    def _activations(self, patches: Patches) -> Array:
        """The cells, with 0 for negative ones, NaN and those that take no part."""
        return np.nan_to_num(np.maximum(inside_or(patches, 0), 0), nan=0.0, posinf=np.inf)

    def _probabilities(self, patches: Patches) -> Array:
        """Each cell's part of the sum; if there are infinities, these share everything."""
        a = self._activations(patches)
        largest = a.max(axis=-1, keepdims=True)
        # Divided by the largest, huge cells do not overflow in the sum.
        parts = np.where(np.isinf(largest), np.isinf(a), a / np.where(largest == 0, 1, largest))
        total = parts.sum(axis=-1, keepdims=True)
        return np.asarray(parts / np.where(total == 0, 1, total))

    def chances(self, patches: Patches) -> Array | None:
        """Each cell's part of the sum."""
        return self._probabilities(patches)

    def reduce(self, patches: Patches) -> Array:
        """The drawn cell, or Σ pᵢ·aᵢ."""
        weights = self.weights(patches)
        if self.expected:
            value = weighted(self._activations(patches), weights)[..., 0]
            return value.astype(self.result_type(patches.cells.dtype))
        # The cell itself, since a large integer does not fit into a float.
        drawn = np.take_along_axis(patches.cells, weights.argmax(axis=-1)[..., None], axis=-1)
        return np.where(weights.any(axis=-1), drawn[..., 0], patches.cells.dtype.type(0))

    def weights(self, patches: Patches) -> Array:
        """1 for the drawn cell, or the probabilities."""
        p = self._probabilities(patches)
        if self.expected:
            return p
        # The first cell at which the cumulative probability exceeds the random number.
        reached = p.cumsum(axis=-1) > (
            np.asarray(patches.uniform)[..., None] * p.sum(axis=-1, keepdims=True)
        )
        return np.asarray(reached & (reached.cumsum(axis=-1) == 1) & (p > 0), float)

    def slopes(self, patches: Patches) -> Array:
        """1 for the drawn cell; for the expectation (2a − y) / Σ a where a > 0."""
        if not self.expected:
            return self.weights(patches)
        a = self._activations(patches)
        y = (a * self._probabilities(patches)).sum(axis=-1, keepdims=True)
        total = a.sum(axis=-1, keepdims=True)
        return np.where(a > 0, (2 * a - y) / np.where(total == 0, 1, total), 0)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """What is drawn from: ``1, 3 (1/4, 3/4)``; expected: ``1/4·1 + 3/4·3 = 10 / 4``."""
        cells, a, total = patch.read, self._activations(patch)[patch.inside], self._total(patch)
        chances = self._probabilities(patch)[patch.inside]
        count = text.counted(len(cells), "cell")

        def line() -> str:
            shares = [_chance(*pair, total) for pair in zip(a, chances, strict=True)]
            if not self.expected:
                return f"{numbers.joined(cells)} ({', '.join(shares)})"
            # A cell that counts as 0 has no part in the sum, even if it is NaN.
            terms = zip(shares, np.where(chances == 0, a, cells), strict=True)
            return " + ".join(f"{share}·{numbers.term(cell)}" for share, cell in terms)

        if not self.expected:
            return text.in_full(len(cells), line, count)
        negative = " (negative ones counted as 0)" if (cells < 0).any() else ""
        full = text.in_full(len(cells), line, f"Σ x² / Σ x of {count}{negative}")
        worked = text.worked("{} / {}", (a * a).sum(), total) if len(cells) > 1 else ""
        return f"{full} {worked}".strip()

    def sentence(self, patch: Patches, numbers: Numbers, value: Any) -> str:
        """``drew 3 with probability 3/4 from 1, 3 (1/4, 3/4)``; the expectation has a value."""
        total, drawn = self._total(patch), numbers.text(value)
        if not total:
            return f"{drawn}, as no cell is above 0"
        if self.expected:
            return super().sentence(patch, numbers, value)
        number = int(self.weights(patch).argmax())
        a, chances = self._activations(patch), self._probabilities(patch)
        source = self.expression(patch, numbers)
        place = "" if "(" in source else f" {patch.place(number)}"
        chance = _chance(a[number], chances[number], total)
        return f"drew {drawn}{place} with probability {chance} from {source}"

    def _total(self, patch: Patches) -> float:
        """The sum of the activations of one window; infinite if it overflows."""
        return float(self._activations(patch).sum())


def _chance(a: float, probability: float, total: float) -> str:
    """The probability of a cell as a part of the sum, or as a percentage of an infinite sum."""
    finite = math.isfinite(total)
    return f"{text.grouped(a)}/{text.grouped(total)}" if finite else text.percent(probability)
