"""Region: which windows of a large result are shown one by one."""

import re
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.geometry import Axis
from poolviz.result import PoolResult
from poolviz.text import size
from poolviz.windows import Array

# Up to so many windows an animation shows all of them.
# Along each side, for the part that varies most.
MOST_SEARCHED = 2048
MOST_WINDOWS = 256
# Of more, it shows a square with this side, which can be followed in a minute.
SIDE = 6
# An input panel shows at most so many cells along a side.
MOST_CELLS = 512
_REGION = re.compile(r"(\d{1,9})x(\d{1,9})\+(\d{1,9})\+(\d{1,9})", re.ASCII)


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

    def __contains__(self, index: tuple[int, int]) -> bool:
        """Whether the window at (row, column) of the output is among those shown."""
        return all(at in shown for at, shown in zip(index, self.windows, strict=True))


def default_region(
    result: PoolResult,
    channel: int,
    most: int = MOST_WINDOWS,
    side: int = SIDE,
    cells: int = MOST_CELLS,
) -> Region:
    """All windows if they are no more than ``most``, else those where the pooled values vary most.

    Args:
        result: what is shown.
        channel: whose values.
        most: so many are shown in whole.
        side: of the square of windows that is shown else, longer on narrow maps.
        cells: so many cells along a side are shown, if one window needs no more.
    """
    height, width = result.output_size
    longest = [_most_along(axis, cells) for axis in result.geometry.axes]
    if height * width <= most and height <= longest[0] and width <= longest[1]:
        return whole_region(result)
    rows = min(height, longest[0], max(side, side * side // width))
    columns = min(width, longest[1], max(side, side * side // height))
    # Of a huge map its beginning, so that no more is read.
    beginning = result.output[channel][: max(rows, MOST_SEARCHED), : max(columns, MOST_SEARCHED)]
    top, left = _most_varied(beginning, rows, columns)
    return part(result, range(top, top + rows), range(left, left + columns))


def around(
    result: PoolResult, index: tuple[int, int], side: int, cells: int = MOST_CELLS
) -> Region:
    """A square of ``side`` windows a side, as far as there are so many, with ``index`` in it."""
    along = []
    for at, axis in zip(index, result.geometry.axes, strict=True):
        count = min(side, axis.output_size, _most_along(axis, cells))
        first = min(max(0, at - count // 2), axis.output_size - count)
        along.append(range(first, first + count))
    return part(result, along[0], along[1])


def _most_along(axis: Axis, cells: int) -> int:
    """Of how many windows side by side no more than so many cells are shown; at least one."""
    last = axis.window(0)[0] + cells - 1
    return max(1, bisect_right(range(axis.output_size), last, key=lambda at: axis.window(at)[-1]))


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


def asked_region(result: PoolResult, words: str) -> Region:
    """The windows within the input cells that ``words`` name, as ``ROWSxCOLS+R+C``.

    Raises:
        SpecError: it is no such text, not within the map, or no window lies in it.
    """
    match = _REGION.fullmatch(words)
    if match is None:
        raise SpecError(
            "region", f"{shown(words)} is no region", "write ROWSxCOLS+R+C as in 8x8+0+4"
        )
    rows, columns, top, left = map(int, match.groups())
    cells = range(top, top + rows), range(left, left + columns)
    _check_inside(result, cells)
    along = [_within(axis, part) for axis, part in zip(result.geometry.axes, cells, strict=True)]
    if not all(along):
        raise SpecError(
            "region", f"no window lies wholly in {words}", "choose a larger one, or another place"
        )
    (first, second), (windows, others) = cells, along
    axes = result.geometry.axes
    hulls = _hull(axes[0], first, windows), _hull(axes[1], second, others)
    everything = all(hull == axis.extent for hull, axis in zip(hulls, axes, strict=True))
    return Region((windows, others), hulls, everything)


def _check_inside(result: PoolResult, cells: tuple[range, range]) -> None:
    height, width = result.feature_map.input_size
    fits = all(
        0 < len(part) <= MOST_CELLS and part.stop <= length
        for part, length in zip(cells, (height, width), strict=True)
    )
    if not fits:
        raise SpecError(
            "region",
            f"it reaches to row {cells[0].stop}, column {cells[1].stop} of a map of"
            f" {height}×{width}",
            f"choose 1 to {MOST_CELLS} rows and columns within the map",
        )


def _within(axis: Axis, cells: range) -> range:
    """The windows whose input cells all lie in ``cells``."""
    inside = [
        at
        for at in range(axis.output_size)
        if (read := [cell for cell in axis.window(at) if 0 <= cell < axis.size])
        and read[0] in cells
        and read[-1] in cells
    ]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _hull(axis: Axis, cells: range, windows: range) -> range:
    """``cells``, and what the windows read outside the input."""
    first, last = axis.window(windows[0])[0], axis.window(windows[-1])[-1]
    return range(min(cells.start, first), max(cells.stop, last + 1))


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
    height, width = result.feature_map.input_size
    rows = [row for row in region.cells[0] if 0 <= row < height]
    columns = [column for column in region.cells[1] if 0 <= column < width]
    of = size((height, width))
    return f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]} of {of}"


def refuse_many(region: Region, most: int, purpose: str) -> None:
    """Raise SpecError for a region of more than ``most`` windows."""
    rows, columns = region.windows
    count = len(rows) * len(columns)
    if count > most:
        raise SpecError(
            "region",
            f"{count:,} windows are too many {purpose}",
            f"choose a --region with at most {most}, such as 8x8+0+0",
        )
