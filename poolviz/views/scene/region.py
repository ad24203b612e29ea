"""Region: which windows of a large result are shown one by one, and the cells around them."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from poolviz.analysis.example import best_window, contrast
from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.geometry import Axis
from poolviz.result import PoolResult
from poolviz.text import size
from poolviz.views.scene.elements import resampled
from poolviz.windows import Array

# An animation of up to MOST_WINDOWS windows shows all of them; of more, a square with this side,
# which takes less than a minute to follow.
MOST_WINDOWS, SIDE = 256, 6
# An input panel shows at most this many cells along a side.
MOST_CELLS = 512
# The part of a picture that an animation shows has about CROP cells along a side, and at least
# FEWEST_IN_CROP windows.
CROP, FEWEST_IN_CROP = 24, 4
# A search for it looks at SEARCHED pixels along a side, and from there at 1/COARSE of them.
SEARCHED, COARSE = 384, 6
# How much less a part at the edge of the picture counts; levels this close to an end are clipped.
AWAY, CLIPPED = 0.5, 0.05
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
    windows. Of a picture it is the part with the most structure: edges in all directions.

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
    if result.feature_map.value_range is not None:
        return _pointed_at(result, channel, (rows, columns))
    best = best_window(result, channel)
    around = [
        range(max(0, place - count + 1), min(length, place + count))
        for place, count, length in zip(best, (rows, columns), (height, width), strict=True)
    ]
    scores = contrast(result, channel, (around[0], around[1]))
    top, left = _richest(scores, (rows, columns))
    top, left = around[0][top], around[1][left]
    return region_of(result, range(top, top + rows), range(left, left + columns))


def crop_side(result: PoolResult) -> int:
    """The side in windows of the part of a map that an animation shows.

    Of a picture so many that one may recognise what it shows, of other maps SIDE.
    """
    if result.feature_map.value_range is None:
        return SIDE
    pitches = [axis.window(1)[0] - axis.window(0)[0] for axis in result.geometry.axes
               if axis.output_size > 1]  # fmt: skip
    return max(FEWEST_IN_CROP, min(2 * SIDE, CROP // max(1, *pitches))) if pitches else SIDE


def _pointed_at(result: PoolResult, channel: int, windows: tuple[int, int]) -> Region:
    """The part of a picture, of so many windows, that has the most structure."""
    axes, feature_map = result.geometry.axes, result.feature_map
    planes = feature_map.values if feature_map.is_rgb else feature_map.values[channel, None]
    size = [
        min(axis.size, axis.window(count - 1)[-1] + 1 - axis.window(0)[0])
        for axis, count in zip(axes, windows, strict=True)
    ]
    corner, area = [0, 0], list(feature_map.input_size)
    while True:
        step = -(-max(area) // SEARCHED)
        # A coarse look finds a larger part, in which a closer look goes on.
        block = [max(size[at], area[at] // COARSE) if step > 1 else size[at] for at in (0, 1)]
        part = planes[:, corner[0] : corner[0] + area[0], corner[1] : corner[1] + area[1]]
        grey = resampled(part, *(-(-length // step) for length in area)).mean(axis=0)
        found = _most_structured(
            grey, (max(2, block[0] // step), max(2, block[1] // step)), feature_map.value_range
        )
        corner = [
            min(corner[at] + found[at] * step, corner[at] + area[at] - block[at]) for at in (0, 1)
        ]
        area = block
        if step == 1:
            break
    along = []
    for axis, count, first in zip(axes, windows, corner, strict=True):
        starts = [axis.window(index)[0] for index in range(axis.output_size)]
        index = min(bisect_left(starts, first), axis.output_size - count)
        along.append(range(index, index + count))
    return region_of(result, along[0], along[1])


def _most_structured(
    grey: Array, size: tuple[int, int], value_range: tuple[float, float] | None
) -> tuple[int, int]:
    """The top left corner of the block of a picture with the strongest edges in all directions.

    It has the largest sum, of squared slopes, in the direction in which this is smallest: along a
    straight edge that is 0. Clipped pixels and the edges of the picture count less.
    """
    rows, columns = (min(length, most) for length, most in zip(size, grey.shape, strict=True))
    low, high = value_range or (float(grey.min()), float(grey.max()))
    span = (high - low) or 1.0
    level = np.nan_to_num((grey - low) / span)
    down, across = np.gradient(level) if min(level.shape) > 1 else (level * 0, level * 0)
    clipped = ((level < CLIPPED) | (level > 1 - CLIPPED)).astype(np.float64)
    vertical, horizontal, mixed, ends = (
        _block_sums(each, (rows, columns))
        for each in map(np.asarray, (down * down, across * across, down * across, clipped))
    )
    spread = np.sqrt((vertical - horizontal) ** 2 + 4 * mixed**2)
    least = np.maximum(vertical + horizontal - spread, 0)
    middle = [(length - 1) / 2 for length in least.shape]
    places = np.indices(least.shape)
    away = [((places[at] - middle[at]) / max(1.0, middle[at])) ** 2 for at in (0, 1)]
    score = least * (1 - ends / (rows * columns)) ** 2 * (1 - AWAY * (away[0] + away[1]) / 2)
    top, left = np.unravel_index(int(score.round(9).argmax()), score.shape)
    return int(top), int(left)


def _block_sums(scores: Array, size: tuple[int, int]) -> Array:
    """The sum of each block of ``size`` (rows, columns)."""
    rows, columns = size
    sums = np.pad(scores, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    blocks = sums[rows:, columns:] - sums[:-rows, columns:]
    return np.asarray(blocks - sums[rows:, :-columns] + sums[:-rows, :-columns])


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
    blocks = _block_sums(scores, (rows, columns)).round(9)
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
