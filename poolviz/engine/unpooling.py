"""unpool(): pooled values put back where they came from."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from poolviz.engine.pooling import as_values
from poolviz.errors import SourceError
from poolviz.patches import Array
from poolviz.spec import lengths


def unpool(values: ArrayLike, indices: ArrayLike, output_size: Sequence[int] | int) -> Array:
    """Each value at its index, zero elsewhere; of several with one index the last stays.

    Args:
        values: (..., spatial axes), such as pooled maxima.
        indices: of the same shape: row-major positions in a plane of ``output_size``.
        output_size: cells per spatial axis; an int means two axes.

    Returns:
        (..., *output_size), of the values' type.

    Raises:
        SpecError: the output size is no size.
        SourceError: the shapes differ, or an index lies outside the plane.

    Example:
        >>> unpool([[6, 4]], [[3, 0]], (2, 2))
        array([[4, 0],
               [0, 6]])
    """
    size = lengths("output_size", output_size, 1)
    pooled, places = as_values(values, len(size)), np.asarray(indices)
    _refuse_mismatch(pooled, places, size)
    leading = pooled.shape[: -len(size)]
    plane = np.zeros((math.prod(leading), math.prod(size)), pooled.dtype)
    shape = (len(plane), -1)
    np.put_along_axis(plane, places.reshape(shape), pooled.reshape(shape), axis=1)
    return plane.reshape(*leading, *size)


def _refuse_mismatch(pooled: Array, places: Array, size: tuple[int, ...]) -> None:
    if pooled.shape != places.shape:
        raise SourceError(
            "indices",
            f"their shape is {places.shape}, that of the values {pooled.shape}",
            "give what pool(..., return_indices=True) returned",
        )
    last = math.prod(size) - 1
    if places.dtype.kind not in "iu" or places.min() < 0 or places.max() > last:
        raise SourceError(
            "indices",
            "one is no position in the output",
            f"give whole numbers from 0 to {last}, or a larger output_size",
        )
