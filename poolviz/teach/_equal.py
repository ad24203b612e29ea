"""When two pooled values count as the same."""

import numpy as np

from poolviz.modes import Mode
from poolviz.patches import Array

# Of a float's precision, at the largest number that was pooled: two orders of adding may differ
# by these, and what should be 0 may be as much.
LAST_BITS = 8


def equal(here: Array, there: Array, mode: Mode, values: Array) -> Array:
    """Where two outputs of ``mode`` over ``values`` are equal; NaN is NaN.

    A mode whose value is one of the cells gives it to the last bit; sums may differ there.
    """
    with np.errstate(all="ignore"):
        if mode.picks or here.dtype.kind != "f":
            return exactly_equal(here, there)
        largest = float(np.abs(values[np.isfinite(values)]).max(initial=0))
        tolerance = LAST_BITS * float(np.finfo(here.dtype).eps)
        return np.isclose(here, there, rtol=tolerance, atol=tolerance * largest, equal_nan=True)


def exactly_equal(here: Array, there: Array) -> Array:
    """Where two arrays are equal to the last bit; NaN is NaN."""
    missing = np.not_equal(here, here) & np.not_equal(there, there)
    return np.asarray((here == there) | missing)
