"""When two pooled values count as the same."""

import numpy as np

from poolviz.patches import Array

# Of a float's precision: two orders of adding may differ in these.
LAST_BITS = 8


def equal(here: Array, there: Array) -> Array:
    """Where two arrays are equal but for the last bits of floats; NaN is NaN."""
    if here.dtype.kind != "f":
        return np.asarray(here == there)
    tolerance = LAST_BITS * np.finfo(here.dtype).eps
    return np.isclose(here, there, rtol=tolerance, atol=0, equal_nan=True)
