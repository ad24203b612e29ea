"""How far values reach, of arrays that may be larger than memory."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from poolviz.patches import Array

# What is looked at in one go.
CELLS_AT_ONCE = 1 << 20


def extent(arrays: Sequence[Array]) -> tuple[float, float, tuple[float, ...]]:
    """The least and largest finite value, (0, 0) if there is none; which of NaN, ∞, −∞ there are.

    Block by block, so that arrays larger than memory can be looked through.
    """
    lows, highs, holes = [], [], set[str]()
    for block in (block for array in arrays for block in _blocks(array)):
        low, high = float(block.min()), float(block.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            finite = np.isfinite(block)
            # As text: NaN equals not even itself.
            holes |= {str(float(value)) for value in np.unique(block[~finite])}
            low = float(block.min(where=finite, initial=np.inf))
            high = float(block.max(where=finite, initial=-np.inf))
        lows.append(low)
        highs.append(high)
    low, high = min(lows, default=0.0), max(highs, default=0.0)
    found = tuple(value for value in (np.nan, np.inf, -np.inf) if str(value) in holes)
    return (low, high, found) if low <= high else (0.0, 0.0, found)


def _blocks(array: Array) -> Iterator[Array]:
    """Parts of some rows, or of some cells of a row."""
    if array.size <= CELLS_AT_ONCE:
        yield from (array,) * bool(array.size)
        return
    count = max(1, CELLS_AT_ONCE // math.prod(array.shape[1:]))
    for first in range(0, len(array), count):
        part = array[first : first + count]
        yield from _blocks(part[0]) if count == 1 and array.ndim > 1 else (part,)
