"""Ordinal pooling, which covers the mean of the k largest."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.modes._mode import Mode, floating, inside_or, real, weighted
from poolviz.text import Numbers
from poolviz.windows import Array, Patches


@dataclass(frozen=True)
class Ordinal(Mode):
    """The cells in descending order, weighted by rank.

    y = Σ w_r·x₍r₎ / Σ w_r, x₍0₎ the largest

    Ranks without a weight have a weight of 0. Padding is ignored. If a window has fewer cells
    than there are weights, the remaining weights are not used. Equal cells are ranked in reading
    order; NaN ranks first.

    Args:
        rank_weights: weights of the ranks, starting with the largest cell
            (``weights=w0/w1/…``); none may be negative, and the first must be positive.
        top: if ``weights`` is not set, the number of largest cells to average (at least 1).
    """

    rank_weights: tuple[float, ...] = field(default=(), metadata={"option": "weights"})
    top: int = 2

    summary: ClassVar[str] = "the mean of the sorted cells, weighted by rank (ordinal:top=2)"
    formula: ClassVar[str] = "y = Σ w_r·x₍r₎ / Σ w_r, x₍0₎ the largest"
    citation: ClassVar[str] = "Deliège et al. 2021, arXiv 2109.01561"
    padding_value: ClassVar[float | None] = None

    def __post_init__(self) -> None:
        ranks = self.rank_weights
        if ranks and not (ranks[0] > 0 and all(0 <= rank < np.inf for rank in ranks)):
            given = "/".join(f"{rank:g}" for rank in ranks)
            raise SpecError(
                "mode",
                f"ordinal:weights={given} is out of range",
                "use weights of at least 0, with the first one above 0",
            )
        if not 1 <= self.top < 1 << 31:
            raise SpecError(
                "mode",
                f"ordinal:top={self.top} is out of range",
                "use a whole number from 1 to 2147483647",
            )

    def reduce(self, patches: Patches) -> Array:
        """Σ w_r·x₍r₎ with weights that sum to 1; NaN for a window without any cell."""
        value = weighted(inside_or(patches, 0), self.weights(patches))[..., 0]
        empty = patches.counts.inside == 0
        return np.where(empty, np.nan, value).astype(floating(patches.cells.dtype))

    def weights(self, patches: Patches) -> Array:
        """Each cell's weight by its rank in the window, summing to 1."""
        cells = inside_or(patches, -np.inf)
        outside = ~np.broadcast_to(patches.inside, cells.shape)
        # The last key counts most: first cells that take part, among them NaN, then the largest.
        ranks = np.lexsort((-cells, ~np.isnan(cells), outside), axis=-1).argsort(axis=-1)
        weights = np.where(patches.inside, self._weights_of_ranks(ranks.shape[-1])[ranks], 0)
        total = weights.sum(axis=-1, keepdims=True)
        return np.asarray(weights / np.where(total == 0, 1, total))

    def _weights_of_ranks(self, count: int) -> Array:
        """The weights of the first ``count`` ranks."""
        weights = np.array(self.rank_weights or (1.0,) * min(self.top, count))[:count]
        return np.pad(weights, (0, count - len(weights)))

    def slopes(self, patches: Patches) -> Array:
        """The weights."""
        return self.weights(patches)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``ranked 6, 3, 2, 1: (6 + 3) / 2``, with weights ``ranked 4, 1: (3·4 + 1·1) / 4``."""
        cells = patch.read
        # NaN comes last in ascending order, and so first here.
        ranked = np.sort(cells)[::-1]
        weights = self._weights_of_ranks(len(ranked))
        used, weights = ranked[weights > 0], weights[weights > 0]
        count, divisor = text.counted(len(cells), "cell"), text.grouped(weights.sum())
        if len(used) == 1:
            return text.in_full(
                len(cells), lambda: f"largest of {numbers.joined(ranked)}", f"largest of {count}"
            )
        alike = (weights == 1).all()

        def term(pair: tuple[float, float]) -> str:
            return f"{text.number(pair[0])}·{numbers.term(pair[1])}"

        def line() -> str:
            pairs = list(zip(weights, used, strict=True))
            total = numbers.sum(used) if alike else text.abridged(pairs, term, " + ")
            return f"({total}) / {divisor}"

        ranks = text.in_full(
            len(cells), lambda: f"ranked {numbers.joined(ranked)}: ", f"{count} ranked: "
        )
        worked = text.worked("{} / {}", (weights * real(used)).sum(), weights.sum())
        total = "sum" if alike else "Σ w·x"
        summary = f"{total} of the {len(used):,} largest / {divisor} {worked}"
        return f"{ranks}{text.in_full(len(used), line, summary.strip())}"
