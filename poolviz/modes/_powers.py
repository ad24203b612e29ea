"""What lp and gem share: powers that may leave the range of their type."""

import numpy as np

from poolviz.windows import Array

# Beyond these exponents roots of sums lose digits, or few cells have a power at all.
LEAST_ORDINARY, MOST_ORDINARY = 1 / 8, 16


def powers_in_range(p: float, folded: Array, cells: Array, *, underflowed: bool = True) -> bool:
    """Whether sums of p-th powers are exact enough to take their root.

    Args:
        p: the exponent.
        folded: the sums.
        cells: what was raised; their signs do not matter.
        underflowed: whether a power may have been too small for its type.
    """
    if not LEAST_ORDINARY <= p <= MOST_ORDINARY:
        return False
    limits = np.finfo(folded.dtype)
    # Cells that vanish beside such a sum are less than its last digit; the margin above is for
    # the factor of windows that overhang.
    least, most = limits.tiny / limits.eps, limits.max * limits.eps
    small = underflowed and not folded.min() >= least
    large = not folded.max() <= most
    if not (small or large):
        return True
    # Zeros, NaN and infinities, and odd powers of negative cells, have such sums by right.
    sizes = np.abs(cells.astype(folded.dtype, copy=False))
    if small and ((sizes > 0) & (sizes < least ** (1 / p))).any():
        return False
    return not (large and ((sizes > most ** (1 / p)) & (sizes < np.inf)).any())


def scale_of(sizes: Array) -> Array:
    """What to divide a window's cells by, so that no power overflows: the largest, (..., 1)."""
    largest = sizes.max(axis=-1, keepdims=True)
    return np.where(np.isfinite(largest) & (largest > 0), largest, 1)
