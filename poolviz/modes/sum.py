"""Sum pooling."""

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.geometry import Geometry
from poolviz.modes._mode import Call, FoldMode, share, wider
from poolviz.text import Numbers
from poolviz.windows import Array, Patches

# Sums of integers with fewer bytes always fit into 64 bits.
EIGHT_BYTES = 8


@dataclass(frozen=True)
class Sum(FoldMode):
    """The sum of the cells: y = Σ xᵢ.

    Padding acts as 0. Integers are summed as int64 (uint64 as uint64), and float16 is
    summed in float32. Yang et al. 2009 compare it with max pooling of image descriptors.
    """

    summary: ClassVar[str] = "the sum of the window's cells"
    formula: ClassVar[str] = "y = Σ xᵢ"
    citation: ClassVar[str] = "Yang et al. 2009, doi 10.1109/CVPR.2009.5206757"

    @property
    def fold(self) -> np.ufunc:
        """Addition."""
        return np.add

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """int64 for integers, float32 for float16."""
        if np.issubdtype(dtype, np.floating):
            return wider(dtype)
        return dtype if dtype == np.uint64 else np.dtype(np.int64)

    def check_values(self, values: Array, geometry: Geometry) -> None:
        """Raise SpecError for integers whose sums may not fit into 64 bits: they would wrap."""
        if values.dtype.kind not in "iu" or values.dtype.itemsize < EIGHT_BYTES or not values.size:
            return
        taps = min(
            prod(getattr(axis, "kernel_size", axis.size) for axis in geometry.axes), values.size
        )
        limits = np.iinfo(self.accumulator(values.dtype))
        lowest, highest = int(values.min()), int(values.max())
        if limits.min <= lowest * taps and highest * taps <= limits.max:
            return
        # No window has a larger sum than the largest cells of all.
        ordered = np.partition(values.ravel(), (taps - 1, values.size - taps))
        lowest, highest = (sum(map(int, part)) for part in (ordered[:taps], ordered[-taps:]))
        if lowest < limits.min or highest > limits.max:
            raise SpecError(
                "mode",
                f"a sum of {taps} cells may not fit into 64 bits",
                "convert the values to float64 first",
            )

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

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``1 + 3 + 2 + 4``, or of many cells ``sum of 1,024 cells``."""
        cells = patch.read
        return text.in_full(len(cells), lambda: numbers.sum(cells), f"sum of {len(cells):,} cells")

    def calls(self) -> dict[str, Call | str]:
        """In PyTorch it is an average with the divisor 1."""
        return {"torch": Call("avg_pool", keywords=("divisor_override=1",))}
