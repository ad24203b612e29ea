"""Region: which windows of a large result are shown one by one."""

from dataclasses import dataclass

import numpy as np

from poolviz.geometry import Axis
from poolviz.patches import Array
from poolviz.result import PoolResult
from poolviz.text import size

# Up to so many windows an animation shows all of them.
MOST_WINDOWS = 256
# Of more, it shows a square with this side, which can be followed in a minute.
SIDE = 6
# An input panel shows at most so many cells along a side.
MOST_CELLS = 512


@dataclass(frozen=True)
class Region:
    """Windows, and the input cells that are shown with them.

    Args:
        windows: rows and columns of the output.
        cells: rows and columns of the input; padding and overhang included.
        whole: whether that is all there is.
    """

    windows: tuple[range, range]
    cells: tuple[range, range]
    whole: bool


def default_region(result: PoolResult, channel: int) -> Region:
    """All windows if they are few, else those where the pooled values vary most."""
    height, width = result.output_size
    if height * width <= MOST_WINDOWS:
        return whole_region(result)
    rows = min(height, max(SIDE, SIDE * SIDE // width))
    columns = min(width, max(SIDE, SIDE * SIDE // height))
    top, left = _most_varied(result.output[channel], rows, columns)
    return part(result, range(top, top + rows), range(left, left + columns))


def whole_region(result: PoolResult) -> Region:
    """All windows, with all padding, overhang and cells that no window reads.

    Of a map of more than MOST_CELLS along a side, the first so many.
    """
    rows, columns = map(_cut, result.geometry.axes)
    whole = all(
        cells == axis.extent
        for (_, cells), axis in zip((rows, columns), result.geometry.axes, strict=True)
    )
    return Region((rows[0], columns[0]), (rows[1], columns[1]), whole)


def _cut(axis: Axis) -> tuple[range, range]:
    """The windows and cells of an axis that can be shown."""
    cells = axis.extent[:MOST_CELLS]
    last = axis.output_size
    while last > 1 and axis.window(last - 1)[-1] > cells[-1]:
        last -= 1
    return range(last), cells


def part(result: PoolResult, rows: range, columns: range) -> Region:
    """The windows in ``rows`` and ``columns`` of the output, with the cells that they read."""
    hulls = [
        range(axis.window(at[0])[0], axis.window(at[-1])[-1] + 1)
        for axis, at in zip(result.geometry.axes, (rows, columns), strict=True)
    ]
    return Region((rows, columns), (hulls[0][:MOST_CELLS], hulls[1][:MOST_CELLS]), whole=False)


def _most_varied(output: Array, rows: int, columns: int) -> tuple[int, int]:
    """The top left corner of the block, among those side by side, with the largest variance."""
    down, across = output.shape[0] // rows, output.shape[1] // columns
    blocks = output[: down * rows, : across * columns].reshape(down, rows, across, columns)
    finite = np.where(np.isfinite(blocks), blocks, 0).astype(np.float64)
    # By the largest first: squares of huge values would overflow.
    largest = np.abs(finite).max() or 1.0
    best = int((finite / largest).var(axis=(1, 3)).argmax())
    return best // across * rows, best % across * columns


def described(result: PoolResult, region: Region) -> str:
    """Which part of the input a region shows, in words; empty if all of it."""
    if region.whole:
        return ""
    rows, columns = region.cells
    of = size(result.feature_map.input_size)
    return f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]} of {of}"
