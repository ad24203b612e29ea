"""The maps that the lessons use."""

import numpy as np

from poolviz.feature_map import FeatureMap
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.windows import Array

# It has distinct winners, a tie, negative cells, and a peak that a shift by one cell leaves in its
# window.
TEACHING = (
    (1, 3, 4, 0, -5, -2),
    (6, 2, 0, 4, -3, -6),
    (0, 5, 1, 2, 2, -6),
    (-3, 2, 9, 0, 1, 3),
    (-2, 1, 2, 1, 8, 0),
    (2, 7, 0, -3, 3, 5),
)


def teaching() -> FeatureMap:
    """The 6×6 map of ``sample:teaching``."""
    return FeatureMap(np.array(TEACHING), "teaching", "sample:teaching")


def pooled(
    mode: str, kernel_size: int | tuple[int, int] | None = 2, **options: object
) -> PoolResult:
    """The 6×6 map, pooled."""
    return run(teaching(), PoolSpec(mode, kernel_size, **options))  # type: ignore[arg-type]


def row_of(count: int) -> FeatureMap:
    """The numbers 1 to ``count`` as a map of one row."""
    return FeatureMap(np.arange(1, count + 1)[None], "row", "row")


def spot(size: int, row: int, column: int) -> Array:
    """A ``size``×``size`` map of zeros with a single 9."""
    values = np.zeros((size, size), int)
    values[row, column] = 9
    return values
