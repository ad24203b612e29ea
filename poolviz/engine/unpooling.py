"""unpool(): pooled values put back where they came from."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.arrays import as_array
from poolviz.checks import check_lengths, entries_of
from poolviz.engine.pooling import as_values
from poolviz.errors import SourceError, SpecError
from poolviz.windows import Array

# Batch, channels, and two or three spatial axes.
WHOLE = (4, 5)


def unpool(values: ArrayLike, indices: ArrayLike, output_size: Sequence[int] | int) -> Array:
    """Each value at its index, zero elsewhere; of several with one index the last stays.

    Args:
        values: (..., spatial axes), such as pooled maxima; masked ones are put nowhere.
        indices: of the same shape: row-major positions in a plane of ``output_size``.
        output_size: cells per spatial axis; an int means two axes. Four or five numbers
            are a whole shape, (N, C, H, W) or (N, C, D, H, W), as PyTorch takes it too;
            three are the axes of a volume.

    Returns:
        (..., spatial axes of the output), of the values' type.

    Raises:
        SpecError: the output size is not a size, or a whole shape is not that of the values.
        SourceError: the shapes differ, or an index lies outside the plane.

    Example:
        >>> unpool([[6, 4]], [[3, 0]], (2, 2))
        array([[4, 0],
               [0, 6]])
    """
    whole, size = _split(output_size)
    pooled, places = as_values(values, len(size)), as_array(indices, "indices")
    leading = pooled.shape[: -len(size)]
    if whole and whole != leading:
        raise SpecError(
            "output_size",
            f"it begins with {text.size(whole)}, the shape of the values, {pooled.shape}, does not",
            "give the spatial axes only, or the leading axes of the values",
        )
    if pooled.shape != places.shape:
        raise SourceError(
            "indices",
            f"their shape is {places.shape}, that of the values {pooled.shape}",
            "give what pool(..., return_indices=True) returned",
        )
    left_out = np.ma.getmaskarray(pooled) | np.ma.getmaskarray(places)
    pooled, places = np.ma.getdata(pooled), np.ma.getdata(places)
    last = math.prod(size) - 1
    outside = ((places < 0) | (places > last)) & ~left_out
    if places.dtype.kind not in "iu" or outside.any():
        raise SourceError(
            "indices",
            "one is not a position in the output",
            f"give whole numbers from 0 to {last}, or a larger output_size",
        )
    planes = np.zeros((math.prod(leading), math.prod(size)), pooled.dtype)
    shape = (len(planes), math.prod(pooled.shape[-len(size) :]))
    if left_out.any():
        # Indices say nothing where values are left out; a cell more per plane takes them.
        places = np.where(left_out, math.prod(size), places)
        planes = np.pad(planes, [(0, 0), (0, 1)])
    np.put_along_axis(planes, places.reshape(shape), pooled.reshape(shape), axis=1)
    return planes[:, : math.prod(size)].reshape(*leading, *size)


def _split(output_size: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A whole shape as its first two axes and the spatial ones; else no axes, and the size."""
    entries = entries_of(output_size) or ()
    if len(entries) not in WHOLE:
        return (), check_lengths("output_size", output_size, 1)
    return check_lengths("output_size", entries[:2], 0), check_lengths(
        "output_size", entries[2:], 1
    )
