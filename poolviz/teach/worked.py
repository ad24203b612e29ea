"""Worked examples: a mode on a map so small that it can be followed by hand."""

import numpy as np

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.result import PoolResult, run
from poolviz.spec import GLOBAL, PoolSpec

SMALL = ((1, 3), (2, 4))
# For modes that need more room than one window.
LARGER = ((1, 3, 2, 4), (5, 6, 1, 2), (0, 1, 3, 1), (2, 4, 5, 2))


def worked_example(mode: str) -> PoolResult:
    """2×2 windows of ``mode`` on [[1, 3], [2, 4]], or on a 4×4 map if no window of it fits there.

    Raises:
        SpecError: there is no such mode.

    Example:
        >>> worked_example("average").step(0, 0).arithmetic
        '(1 + 3 + 2 + 4) / 4 = 2.5'
    """
    spec = PoolSpec(mode, None if mode.startswith(GLOBAL) else 2)
    try:
        small = run(FeatureMap(np.array(SMALL), "example"), spec)
    except SpecError:
        small = None
    # A mode that cuts windows of its own shows nothing where there is room for one only.
    plain = small and (small.spec.adaptive or small.spec.stride)
    return small if small and plain else run(FeatureMap(np.array(LARGER), "example"), spec)
