"""unpool(): pooled values put back at their indices."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.arrays import as_array
from poolviz.checks import check_lengths, entries_of
from poolviz.engine.pooling import as_values
from poolviz.errors import SourceError, SpecError
from poolviz.windows import Array

# Lengths of an output size that is an entire shape: batch, channels and spatial axes.
FULL_SHAPES = (4, 5)


def unpool(values: ArrayLike, indices: ArrayLike, output_size: Sequence[int] | int) -> Array:
    """Put each value at its index, and zeros elsewhere.

    If several values have the same index, the last one stays.

    Args:
        values: (..., spatial axes), such as pooled maxima. Masked values are left out.
        indices: of the same shape: row-major positions in a plane of ``output_size``.
        output_size: cells per spatial axis; an int means two axes. Four or five numbers
            are an entire shape, (N, C, H, W) or (N, C, D, H, W), which PyTorch accepts too;
            three are the axes of a volume.

    Returns:
        An array of shape (..., spatial axes of the output) and the type of ``values``.

    Raises:
        SpecError: the output size is not a size, or its leading axes are not those of
            ``values``.
        SourceError: the shapes differ, or an index lies outside the plane.

    Example:
        >>> unpool([[6, 4]], [[3, 0]], (2, 2))
        array([[4, 0],
               [0, 6]])
    """
    entries = entries_of(output_size) or ()
    full = len(entries) in FULL_SHAPES
    batch = check_lengths("output_size", entries[:2], 0) if full else ()
    size = check_lengths("output_size", entries[2:] if full else output_size, 1)
    pooled, places = as_values(values, len(size)), as_array(indices, "indices")
    leading = pooled.shape[: -len(size)]
    if batch and batch != leading:
        raise SpecError(
            "output_size",
            f"begins with {text.size(batch)}, but the shape of the values is {pooled.shape}",
            "give the spatial axes only, or the leading axes of the values",
        )
    if pooled.shape != places.shape:
        raise SourceError(
            "indices",
            f"their shape is {places.shape}, but that of the values is {pooled.shape}",
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
        # Values that are left out go into an extra cell of each plane, which is cut off.
        places = np.where(left_out, math.prod(size), places)
        planes = np.pad(planes, [(0, 0), (0, 1)])
    np.put_along_axis(planes, places.reshape(shape), pooled.reshape(shape), axis=1)
    return planes[:, : math.prod(size)].reshape(*leading, *size)
