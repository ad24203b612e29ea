"""Powers that may leave the range of their type, and how they are written, for lp and gem."""

import numpy as np

from poolviz import text
from poolviz.windows import Array

# With smaller exponents roots of sums lose digits; with larger ones most powers overflow.
SMALLEST_P, LARGEST_P = 1 / 8, 16


def powers_in_range(p: float, folded: Array, cells: Array, *, underflowed: bool = True) -> bool:
    """Whether the p-th root of sums of p-th powers is exact.

    Args:
        p: the exponent.
        folded: the sums.
        cells: the bases; their signs do not matter.
        underflowed: whether a power may have been too small for its type.
    """
    if not SMALLEST_P <= p <= LARGEST_P:
        return False
    limits = np.finfo(folded.dtype)
    # Cells whose powers vanish in a sum above `least` are less than its last digit; `most` has
    # a margin for the factor of windows with overhang.
    least, most = limits.tiny / limits.eps, limits.max * limits.eps
    small = underflowed and not folded.min() >= least
    large = not folded.max() <= most
    if not (small or large):
        return True
    # Such sums are right for zeros, NaN, infinities and odd powers of negative cells.
    magnitudes = np.abs(cells.astype(folded.dtype, copy=False))
    if small and ((magnitudes > 0) & (magnitudes < least ** (1 / p))).any():
        return False
    return not (large and ((magnitudes > most ** (1 / p)) & (magnitudes < np.inf)).any())


def scale_of(magnitudes: Array) -> Array:
    """The divisor of a window's cells with which no power overflows: the largest, (..., 1)."""
    largest = magnitudes.max(axis=-1, keepdims=True)
    return np.where(np.isfinite(largest) & (largest > 0), largest, 1)


def raised(base: str, p: str) -> str:
    """``base`` to the power of ``p``, both as text: ``3²``; ``base`` itself for p = 1.

    Example:
        >>> raised("3", "2"), raised("3", "1")
        ('3²', '3')
    """
    return base if p == "1" else text.power(base, p)
