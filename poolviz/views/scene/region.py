"""Region: which windows of a large result are shown one by one, and the cells around them."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from poolviz.analysis.example import best_window, contrast
from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.geometry import Axis
from poolviz.result import PoolResult
from poolviz.text import size
from poolviz.windows import Array

# An animation of up to MOST_WINDOWS windows shows all of them; of more, a square with this side,
# which takes less than a minute to follow.
MOST_WINDOWS, SIDE = 256, 6
# An input panel shows at most this many cells along a side.
MOST_CELLS = 512
_REGION = re.compile(r"(\d{1,9})x(\d{1,9})\+(\d{1,9})\+(\d{1,9})", re.ASCII)


@dataclass(frozen=True)
class Region:
    """Windows, and the input cells that are shown with them.

    Args:
        windows: rows and columns of the output.
        cells: rows and columns of the input, with padding and overhang.
        whole: whether these are all windows and cells of the result.
    """

    windows: tuple[range, range]
    cells: tuple[range, range]
    whole: bool

    def __contains__(self, index: tuple[int, int]) -> bool:
        """Whether the window at (row, column) of the output is in the region."""
        return all(position in part for position, part in zip(index, self.windows, strict=True))


def default_region(
    result: PoolResult,
    channel: int,
    most: int = MOST_WINDOWS,
    side: int = SIDE,
    cells: int = MOST_CELLS,
) -> Region:
    """All windows if there are at most ``most``, else those around the best example.

    Of the squares that contain the best window it is the one with the most contrast within its
    windows.

    Args:
        result: what is shown.
        channel: the channel that is shown; all channels of a photo are judged.
        most: the largest number of windows that is shown in full.
        side: the side of the square of windows shown otherwise; on narrow maps it is longer.
        cells: the largest number of cells along a side, unless one window needs more.
    """
    height, width = result.output_size
    longest = [_most_along(axis, cells) for axis in result.geometry.axes]
    if height * width <= most and height <= longest[0] and width <= longest[1]:
        return whole_region(result)
    rows = min(height, longest[0], max(side, side * side // width))
    columns = min(width, longest[1], max(side, side * side // height))
    best = best_window(result, channel)
    around = [
        range(max(0, place - count + 1), min(length, place + count))
        for place, count, length in zip(best, (rows, columns), (height, width), strict=True)
    ]
    scores = contrast(result, channel, (around[0], around[1]))
    top, left = _richest(scores, (rows, columns))
    top, left = around[0][top], around[1][left]
    return region_of(result, range(top, top + rows), range(left, left + columns))


def region_around(
    result: PoolResult, index: tuple[int, int], side: int, cells: int = MOST_CELLS
) -> Region:
    """A square of windows around ``index``, at most ``side`` along each side."""
    along = []
    for position, axis in zip(index, result.geometry.axes, strict=True):
        count = min(side, axis.output_size, _most_along(axis, cells))
        first = min(max(0, position - count // 2), axis.output_size - count)
        along.append(range(first, first + count))
    return region_of(result, along[0], along[1])


def _most_along(axis: Axis, cells: int) -> int:
    """The largest number of adjacent windows that read at most ``cells`` cells; at least 1."""
    last = axis.window(0)[0] + cells - 1
    windows = range(axis.output_size)
    return max(1, bisect_right(windows, last, key=lambda index: axis.window(index)[-1]))


def whole_region(result: PoolResult) -> Region:
    """All windows, with all padding, overhang and unread cells.

    If a side of the map has more than MOST_CELLS cells, only the first of them.
    """
    parts = []
    for axis in result.geometry.axes:
        cells = axis.extent[:MOST_CELLS]
        last = axis.output_size
        while last > 1 and axis.window(last - 1)[-1] > cells[-1]:
            last -= 1
        parts.append((range(last), cells))
    windows, cells_shown = zip(*parts, strict=True)
    whole = all(
        cells == axis.extent for cells, axis in zip(cells_shown, result.geometry.axes, strict=True)
    )
    return Region((windows[0], windows[1]), (cells_shown[0], cells_shown[1]), whole)


def region_of(result: PoolResult, rows: range, columns: range) -> Region:
    """The windows in ``rows`` and ``columns`` of the output, with the cells that they read."""
    hulls = [
        range(axis.window(windows[0])[0], axis.window(windows[-1])[-1] + 1)
        for axis, windows in zip(result.geometry.axes, (rows, columns), strict=True)
    ]
    return Region((rows, columns), (hulls[0][:MOST_CELLS], hulls[1][:MOST_CELLS]), whole=False)


def parse_region(result: PoolResult, value: str) -> Region:
    """The windows within the input cells of ``ROWSxCOLS+ROW+COLUMN``.

    Raises:
        SpecError: the text cannot be read, reaches beyond the map, or holds no complete window.
    """
    match = _REGION.fullmatch(value)
    if match is None:
        raise SpecError(
            "region",
            f"{shown(value)} is not a region",
            "use ROWSxCOLS+ROW+COLUMN, e.g. 8x8+0+4",
        )
    rows, columns, top, left = map(int, match.groups())
    cells = range(top, top + rows), range(left, left + columns)
    height, width = result.feature_map.input_size
    if not 0 < min(rows, columns) <= max(rows, columns) <= MOST_CELLS:
        cause = f"{rows}×{columns} cells are out of range"
        raise SpecError("region", cause, f"use 1 to {MOST_CELLS} rows and columns")
    if not all(part.stop <= length for part, length in zip(cells, (height, width), strict=True)):
        raise SpecError(
            "region",
            f"{value} ends at row {cells[0].stop - 1}, column {cells[1].stop - 1}, but the map"
            f" is {height}×{width}",
            "use rows and columns within the map",
        )
    along = [_within(axis, part) for axis, part in zip(result.geometry.axes, cells, strict=True)]
    if not all(along):
        raise SpecError(
            "region",
            f"{value} contains no complete window",
            "choose a larger region or move it",
        )
    axes = result.geometry.axes
    hulls = _hull(axes[0], cells[0], along[0]), _hull(axes[1], cells[1], along[1])
    whole = all(hull == axis.extent for hull, axis in zip(hulls, axes, strict=True))
    return Region((along[0], along[1]), hulls, whole)


def _within(axis: Axis, cells: range) -> range:
    """The windows whose input cells all lie in ``cells``."""
    inside = [
        index
        for index in range(axis.output_size)
        if (read := [cell for cell in axis.window(index) if 0 <= cell < axis.size])
        and read[0] in cells
        and read[-1] in cells
    ]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _hull(axis: Axis, cells: range, windows: range) -> range:
    """``cells``, and what the windows read outside the input."""
    first, last = axis.window(windows[0])[0], axis.window(windows[-1])[-1]
    return range(min(cells.start, first), max(cells.stop, last + 1))


def _richest(scores: Array, size: tuple[int, int]) -> tuple[int, int]:
    """The top left corner of the block of ``size`` with the largest sum, nearest to the middle."""
    rows, columns = size
    sums = np.pad(scores, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    blocks = sums[rows:, columns:] - sums[:-rows, columns:]
    blocks = (blocks - sums[rows:, :-columns] + sums[:-rows, :-columns]).round(9)
    places = np.argwhere(blocks == blocks.max())
    middle = (np.array(blocks.shape) - 1) / 2
    top, left = places[np.abs(places - middle).sum(axis=1).argmin()].tolist()
    return top, left


def describe_region(result: PoolResult, region: Region) -> str:
    """``rows 2–5, columns 6–9 of 10×10``; empty if the region is the whole result."""
    if region.whole:
        return ""
    height, width = result.feature_map.input_size
    rows = [row for row in region.cells[0] if 0 <= row < height]
    columns = [column for column in region.cells[1] if 0 <= column < width]
    total = size((height, width))
    return f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]} of {total}"


def check_window_count(region: Region, most: int, purpose: str) -> None:
    """Raise SpecError for a region of more than ``most`` windows."""
    rows, columns = region.windows
    count = len(rows) * len(columns)
    if count > most:
        raise SpecError(
            "region",
            f"{count:,} windows are too many {purpose}",
            f"choose a region of at most {most:,} windows, e.g. region=8x8+0+0",
        )


def place_under(axis: Axis, region: Region, cell: int) -> tuple[int, int]:
    """Where the outputs of one row start, and the gap between them, to stand under their windows.

    Windows of different lengths, or closer than a cell, have their outputs side by side.
    """
    windows = [axis.window(index) for index in region.windows[1]]
    spans = [(window[0], window[-1] + 1) for window in windows]
    pitches = {second[0] - first[0] for first, second in pairwise(spans)}
    lengths = {stop - start for start, stop in spans}
    if len(pitches) > 1 or len(lengths) > 1 or 0 in pitches:
        return 0, 0
    start, stop = spans[0]
    middle = (start + stop - 1) * cell // 2 - region.cells[1][0] * cell
    return middle, (max(pitches, default=1) - 1) * cell
