"""Sum pooling."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._calls import Call
from poolviz.modes._mode import FoldMode, share, wider
from poolviz.patches import Array, Counts, Patches


@dataclass(frozen=True)
class Sum(FoldMode):
    """The sum of the cells: y = Σ xᵢ.

    Padding acts as 0. Integers are summed as int64 (uint64 as itself), float16
    in float32. Yang et al. 2009 compare it with max over image descriptors.
    """

    summary: ClassVar[str] = "the sum of the window's cells"
    formula: ClassVar[str] = "y = Σ xᵢ"
    citation: ClassVar[str] = "Yang et al. 2009, doi 10.1109/CVPR.2009.5206757"

    @property
    def fold(self) -> np.ufunc:
        """Add."""
        return np.add

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """int64 for integers, float32 for float16."""
        if np.issubdtype(dtype, np.floating):
            return wider(dtype)
        return dtype if dtype == np.uint64 else np.dtype(np.int64)

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """int64 for integers."""
        return dtype if np.issubdtype(dtype, np.floating) else self.accumulator(dtype)

    def reduce(self, patches: Patches) -> Array:
        """Σ xᵢ."""
        dtype = patches.cells.dtype
        total = patches.cells.sum(axis=-1, dtype=self.accumulator(dtype))
        return np.asarray(total, self.result_type(dtype))

    def weights(self, patches: Patches) -> Array:
        """Each cell's part of the sum."""
        parts = np.where(patches.inside, patches.cells, 0).astype(float)
        return share(parts, parts.sum(axis=-1))

    def slopes(self, patches: Patches) -> Array:
        """1 for each cell."""
        return np.where(np.broadcast_to(patches.inside, patches.cells.shape), 1.0, 0.0)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``1 + 3 + 2 + 4``."""
        del counts
        return text.added(cells)

    def calls(self) -> dict[str, Call | str]:
        """PyTorch's average with the divisor 1."""
        return {"torch": Call("avg_pool", keywords=("divisor_override=1",))}
