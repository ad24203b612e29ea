"""From outputs back to inputs: gradient() of all cells, unpool() of values at their indices."""

import math
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from poolviz.arrays import as_array, is_masked_array
from poolviz.checks import check_lengths, entries_of
from poolviz.engine.gathered import patch_blocks
from poolviz.engine.pooling import as_values
from poolviz.errors import SourceError, SpecError
from poolviz.modes._mode import floating
from poolviz.plan import Plan, make_plan
from poolviz.spec import DEFAULT_LIKE, Lengths, Padding, PoolSpec
from poolviz.windows import Array

if TYPE_CHECKING:
    from poolviz.frameworks import Rule


def gradient(
    values: ArrayLike,
    upstream: ArrayLike,
    mode: str = "max",
    kernel_size: Lengths | None = None,
    *,
    stride: Lengths | None = None,
    padding: Padding | None = None,
    dilation: Lengths = 1,
    ceil_mode: bool | None = None,
    count_include_pad: bool | None = None,
    divisor_override: int | None = None,
    output_size: Lengths | None = None,
    like: "str | Rule" = DEFAULT_LIKE,
    seed: int | None = None,
    **mode_options: object,
) -> Array:
    """The gradient of Σ upstream·pool(values) with respect to ``values``.

    Args:
        values: as for :func:`poolviz.pool`.
        upstream: the gradient with respect to each pooled value, of the output's shape. A
            masked one counts as 0.
        mode: as for :func:`poolviz.pool`.
        kernel_size: as for :func:`poolviz.pool`.
        stride: as for :func:`poolviz.pool`.
        padding: as for :func:`poolviz.pool`.
        dilation: as for :func:`poolviz.pool`.
        ceil_mode: as for :func:`poolviz.pool`.
        count_include_pad: as for :func:`poolviz.pool`.
        divisor_override: as for :func:`poolviz.pool`.
        output_size: as for :func:`poolviz.pool`.
        like: as for :func:`poolviz.pool`.
        seed: as for :func:`poolviz.pool`; the same seed draws the same cells.
        **mode_options: the mode's own parameters.

    Returns:
        An array of the shape of ``values``, summed over overlapping windows; float64 for
        integers, float32 for bfloat16. The gradient of masked cells is 0.

    Raises:
        SpecError: the request is invalid or does not fit ``values``, or the mode has no
            gradient.
        SourceError: ``values`` or ``upstream`` cannot be used.

    Example:
        >>> gradient([[1.0, 3.0], [2.0, 4.0]], [[1.0]], "average", 2)
        array([[0.25, 0.25],
               [0.25, 0.25]])
    """
    spec = PoolSpec(
        mode=mode,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
        output_size=output_size,
        like=like,
        mode_options=mode_options,
    )
    array = as_values(values, spec.rank)
    plan = make_plan(spec, array.shape[-spec.rank :], seed)
    upstream = as_array(upstream, "upstream", "used as gradients")
    if is_masked_array(upstream):
        upstream = np.ma.filled(upstream, 0)
    return backward(array, upstream, plan)


def backward(values: Array, upstream: Array, plan: Plan) -> Array:
    """The gradient with respect to ``values`` (..., spatial axes), in their shape.

    Args:
        values: the input.
        upstream: the gradient with respect to the output.
        plan: windows and mode.

    Raises:
        SourceError: ``upstream`` is not of the output's shape.
        SpecError: the mode has no gradient.
    """
    rank = len(plan.output_size)
    shape = values.shape[:-rank] + plan.output_size
    if upstream.shape != shape:
        raise SourceError(
            "upstream",
            f"has shape {upstream.shape}",
            f"give an array of the output's shape, {shape}",
        )
    size = values.shape[-rank:]
    planes = values.reshape(prod(shape[:-rank]), *size)
    gradients = np.zeros((len(planes), prod(size)))
    with np.errstate(all="ignore"):
        for number, sent in enumerate(upstream.reshape(len(planes), 1, *plan.output_size)):
            arrays = planes[number : number + 1], sent
            for patches, (part,) in patch_blocks(arrays, plan, first=number):
                flow = part[..., None] * plan.mode.slopes(patches)
                inside = np.broadcast_to(patches.places >= 0, flow.shape)
                places = np.broadcast_to(patches.places, flow.shape)[inside]
                gradients[number] += np.bincount(places, flow[inside], minlength=prod(size))
    return gradients.reshape(values.shape).astype(floating(values.dtype), copy=False)


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
    returned = "give what pool(..., return_indices=True) returned"
    pooled = as_values(values, len(size))
    places = as_array(indices, "indices", "used as indices", returned)
    leading = pooled.shape[: -len(size)]
    if batch and batch != leading:
        raise SpecError(
            "output_size",
            f"its leading axes are {batch}, but those of the values are {leading}",
            "give only the spatial axes, or the same leading axes as the values",
        )
    if pooled.shape != places.shape:
        raise SourceError(
            "indices",
            f"their shape is {places.shape}, but that of the values is {pooled.shape}",
            returned,
        )
    left_out = np.ma.getmaskarray(pooled) | np.ma.getmaskarray(places)
    pooled, places = np.ma.getdata(pooled), np.ma.getdata(places)
    last = math.prod(size) - 1
    outside = ((places < 0) | (places > last)) & ~left_out
    if places.dtype.kind not in "iu" or outside.any():
        positions = f"whole numbers from 0 to {last}" if last else "0"
        raise SourceError(
            "indices",
            "at least one index is not a position in the output",
            f"use {positions}, or a larger output_size",
        )
    planes = np.zeros((math.prod(leading), math.prod(size)), pooled.dtype)
    shape = (len(planes), math.prod(pooled.shape[-len(size) :]))
    if left_out.any():
        # Values that are left out go into an extra cell of each plane, which is cut off.
        places = np.where(left_out, math.prod(size), places)
        planes = np.pad(planes, [(0, 0), (0, 1)])
    np.put_along_axis(planes, places.reshape(shape), pooled.reshape(shape), axis=1)
    return planes[:, : math.prod(size)].reshape(*leading, *size)
