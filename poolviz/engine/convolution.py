"""convolve(): fixed kernels over every channel by itself."""

from collections.abc import Iterator, Sequence

import numpy as np

from poolviz.geometry import SlidingAxis
from poolviz.modes._mode import floating
from poolviz.spec import Pair
from poolviz.windows import Array

# So many cells are worked on at a time: they stay near the processor, and memory is bounded.
BLOCK = 1 << 16


def convolve(values: Array, kernels: Array, stride: Pair = (1, 1), padding: Pair = (0, 0)) -> Array:
    """Every channel under every kernel: torch's ``conv2d`` with as many groups as channels.

    It is a cross-correlation: kernels are not turned around. Cells outside the input
    are 0. Sums of float16 are taken in float32.

    Args:
        values: (C, H, W).
        kernels: (F, kernel rows, kernel columns).
        stride: rows and columns from one window to the next.
        padding: rows above and below, columns left and right.

    Returns:
        (C · F, rows, columns), those of channel 0 first; float64 of integers, else
        of the type of ``values``.

    Example:
        >>> convolve(np.array([[[1, 3, 6]]]), np.array([[[-1.0, 1.0]]]))
        array([[[2., 3.]]])
    """
    axes = [
        convolved_axis(*along)
        for along in zip(values.shape[1:], kernels.shape[1:], stride, padding, strict=True)
    ]
    height, width = (axis.output_size for axis in axes)
    out = np.empty((len(values), len(kernels), height, width), floating(values.dtype))
    # Infinities of both signs meet, and zero weights meet infinities, as everywhere else.
    with np.errstate(all="ignore"):
        for channels, rows in _blocks(len(values), height, width):
            for at, kernel in enumerate(kernels):
                there = out[channels.start : channels.stop, at, rows.start : rows.stop]
                there[...] = _summed(values[channels.start : channels.stop], kernel, rows, axes)
    return out.reshape(-1, height, width)


def convolved_axis(size: int, kernel_size: int, stride: int, padding: int) -> SlidingAxis:
    """The windows of a kernel along an axis of ``size`` cells; fewer than one if none fits.

    Example:
        >>> convolved_axis(6, 3, 2, 1).formula
        'floor((6 + 2·1 − 3) / 2) + 1 = 3'
    """
    count = (size + 2 * padding - kernel_size) // stride + 1
    formula = f"floor(({size} + 2·{padding} − {kernel_size}) / {stride}) + 1 = {count}"
    return SlidingAxis(size, count, padding, padding, formula, kernel_size, stride, 1)


def _blocks(channels: int, height: int, width: int) -> Iterator[tuple[range, range]]:
    """Channels and rows that are worked on together."""
    rows = min(height, max(1, BLOCK // width))
    several = max(1, BLOCK // (rows * width))
    for channel in range(0, channels, several):
        for row in range(0, height, rows):
            last = min(channel + several, channels), min(row + rows, height)
            yield range(channel, last[0]), range(row, last[1])


def _summed(part: Array, kernel: Array, rows: range, axes: Sequence[SlidingAxis]) -> Array:
    """One kernel over some channels, for some rows of the output."""
    wide = np.result_type(floating(part.dtype), np.float32)
    columns = range(axes[1].output_size)
    total = np.zeros((len(part), len(rows), len(columns)), wide)
    product = np.empty_like(total)
    for (row, column), weight in np.ndenumerate(kernel):
        to_rows, from_rows = _tap(axes[0], rows, row)
        to_columns, from_columns = _tap(axes[1], columns, column)
        there = product[:, to_rows, to_columns]
        np.multiply(part[:, from_rows, from_columns], wide.type(weight), out=there, dtype=wide)
        total[:, to_rows, to_columns] += there
    return total


def _tap(axis: SlidingAxis, outputs: range, at: int) -> tuple[slice, slice]:
    """Those of ``outputs`` whose cell under tap ``at`` lies in the input, and these cells."""
    offset, stride = at - axis.before, axis.stride
    first = max(outputs.start, -(offset // stride))
    last = min(outputs.stop, (axis.size - 1 - offset) // stride + 1)
    if last <= first:
        return slice(0, 0), slice(0, 0)
    read = slice(first * stride + offset, (last - 1) * stride + offset + 1, stride)
    return slice(first - outputs.start, last - outputs.start), read
