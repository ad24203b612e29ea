"""convolve(): fixed kernels applied to each channel separately."""

from collections.abc import Iterator, Sequence

import numpy as np

from poolviz import text
from poolviz.geometry import SlidingAxis
from poolviz.modes._mode import floating
from poolviz.spec import Pair
from poolviz.windows import Array, cells_at_tap

# Cells processed at a time: they fit into the processor's cache, and bound the memory.
BLOCK_CELLS = 1 << 16


def convolve(values: Array, kernels: Array, stride: Pair = (1, 1), padding: Pair = (0, 0)) -> Array:
    """Apply every kernel to every channel: torch's ``conv2d`` with one group per channel.

    This is a cross-correlation: kernels are not flipped. Cells outside the input are 0.
    float16 is summed in float32.

    Args:
        values: (C, H, W).
        kernels: (F, kernel rows, kernel columns).
        stride: rows and columns from one window to the next.
        padding: rows above and below, columns left and right.

    Returns:
        (C · F, rows, columns), the maps of channel 0 first; float64 for integers, else
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
    # ∞ − ∞ and 0·∞ are NaN, as everywhere else.
    with np.errstate(all="ignore"):
        for channels, rows in _blocks(len(values), height, width):
            for number, kernel in enumerate(kernels):
                part = _convolve_rows(values[channels], kernel, rows, axes)
                out[channels, number, rows] = part
    return out.reshape(-1, height, width)


def convolved_axis(size: int, kernel_size: int, stride: int, padding: int) -> SlidingAxis:
    """The windows of a kernel along an axis of ``size`` cells; their number is < 1 if none fits.

    Example:
        >>> convolved_axis(6, 3, 2, 1).formula
        '⌊(6 + 2·1 − 3) / 2⌋ + 1 = 3'
    """
    count = (size + 2 * padding - kernel_size) // stride + 1
    room = f"{text.padded(size, padding, padding)} − {kernel_size}"
    formula = f"⌊({room}) / {stride}⌋ + 1 = {text.number(count)}"
    return SlidingAxis(
        size=size,
        output_size=count,
        before=padding,
        after=padding,
        formula=formula,
        kernel_size=kernel_size,
        stride=stride,
        dilation=1,
    )


def _blocks(channels: int, height: int, width: int) -> Iterator[tuple[slice, slice]]:
    """Channels and rows that are worked on together."""
    row_count = min(height, max(1, BLOCK_CELLS // width))
    channel_count = max(1, BLOCK_CELLS // (row_count * width))
    for channel in range(0, channels, channel_count):
        for row in range(0, height, row_count):
            yield slice(channel, channel + channel_count), slice(row, min(row + row_count, height))


def _convolve_rows(values: Array, kernel: Array, rows: slice, axes: Sequence[SlidingAxis]) -> Array:
    """Some rows of the output of one kernel."""
    wide = np.result_type(floating(values.dtype), np.float32)
    columns = slice(0, axes[1].output_size)
    total = np.zeros((len(values), rows.stop - rows.start, columns.stop), wide)
    product = np.empty_like(total)
    for (row, column), weight in np.ndenumerate(kernel):
        out_rows, in_rows = cells_at_tap(axes[0], rows, row)
        out_columns, in_columns = cells_at_tap(axes[1], columns, column)
        part = product[:, out_rows, out_columns]
        np.multiply(values[:, in_rows, in_columns], wide.type(weight), out=part, dtype=wide)
        total[:, out_rows, out_columns] += part
    return total
