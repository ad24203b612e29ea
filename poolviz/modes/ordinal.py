"""Ordinal pooling, which covers the mean of the k largest."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.modes._mode import Mode, floating, inside_or, weighted
from poolviz.windows import Array, Counts, Patches


@dataclass(frozen=True)
class Ordinal(Mode):
    """The cells in descending order, weighted by rank.

    y = Σ w_r·x₍r₎ / Σ w_r, x₍0₎ the largest

    Ranks without a weight have the weight 0. Padding takes no part. If a window has fewer cells
    than there are weights, the remaining weights are not used. Equal cells rank in reading order,
    NaN first.

    Args:
        rank_weights: weights of the ranks, from the largest cell on (``weights=w0/w1/…``);
            not negative, the first positive.
        top: without weights, the number of largest cells to average, top ≥ 1.
    """

    rank_weights: tuple[float, ...] = field(default=(), metadata={"option": "weights"})
    top: int = 2

    summary: ClassVar[str] = "the sorted cells weighted by rank (ordinal:top=2)"
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
                "use weights of at least 0, the first above 0",
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
        weights = np.array(self.rank_weights or (1.0,) * self.top)[:count]
        return np.pad(weights, (0, count - len(weights)))

    def slopes(self, patches: Patches) -> Array:
        """The weights."""
        return self.weights(patches)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``0.5·4 + 0.5·3``."""
        del counts
        ranked = np.sort(cells.astype(float))[::-1]
        weights = self._weights_of_ranks(len(ranked))
        pairs = [pair for pair in zip(weights / weights.sum(), ranked, strict=True) if pair[0]]
        return text.abridged(pairs, lambda p: f"{text.number(p[0])}·{text.as_term(p[1])}", " + ")
