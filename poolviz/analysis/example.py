"""Example: the window of a result that is most worth looking at."""

from math import isqrt

import numpy as np

from poolviz import text
from poolviz.arrays import unmasked
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.geometry import Axis
from poolviz.result import PoolResult
from poolviz.windows import Array

# A search reads at most this many cells of a channel; of larger windows, this many along a side.
MOST_CELLS, MOST_TAPS = 1 << 18, 16
# About so many cells of each channel say how much contrast it has.
MOST_SPREAD = 1 << 20
# Of a flat map, this many outputs along a side are searched.
MOST_OUTPUTS = 2048
# Whether the winner is the only one is checked on windows of up to this many cells, for a few.
MOST_CHECKED, FINALISTS = 1 << 20, 16
# Of more windows, the best is where others have contrast as well: on an edge, not on a speck.
FEW, NEAR = 256, 2
# A winner is clear if it is this far from the next cell, as a part of the window's range.
CLEAR = 0.25
# Cells this close to an end of the value range count as clipped.
CLIPPED = 0.01
# A value at an end of the map is clipping if this part of the cells have it.
RECURRING = 0.02
# More channels than these are ordered by their contrast.
FEW_CHANNELS = 9


def best_window(
    result: PoolResult, channel: int, windows: tuple[range, range] | None = None
) -> tuple[int, int]:
    """The output cell whose window is the best example: contrast, and one clear winner.

    It prefers, in this order: finite cells only; exactly one winner, if the mode picks a cell;
    cells that are not all equal; no padding or overhang; high contrast without clipped cells;
    the middle of the output. Of a large map it samples windows evenly, then searches around the
    best of these.

    Args:
        result: the pooled map.
        channel: the index of the channel that is shown; all channels of a photo are judged.
        windows: the rows and columns of the output to choose from; None for all.

    Returns:
        (row, column) of the output cell.

    Example:
        >>> from poolviz import PoolSpec, run
        >>> flat_but_one = [[5, 5, 5, 5, 1, 7], [5, 5, 5, 5, 3, 2]]
        >>> best_window(run(flat_but_one, PoolSpec("max")), 0)
        (0, 2)
    """
    height, width = result.output_size
    rows, columns = windows or (range(height), range(width))
    if len(rows) == len(columns) == 1:
        return rows[0], columns[0]
    middle = (rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2
    reach = float(np.hypot(rows[0] - middle[0], columns[0] - middle[1]))
    while True:
        search = _Search(result, channel, rows, columns)
        best = search.best(middle, reach)
        if search.is_dense:
            return best
        # Closer around the best of the sampled windows, or where outputs differ if all are flat.
        steps = search.rows.step, search.columns.step
        if not search.contrast.any():
            best = _most_unusual(result.output[channel], rows, columns)
        rows, columns = (
            part[max(0, part.index(place) - step + 1) : part.index(place) + step]
            for part, place, step in zip((rows, columns), best, steps, strict=True)
        )


def contrast(
    result: PoolResult, channel: int, windows: tuple[range, range]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The contrast within each of some windows, 0 to 1, lower where cells are clipped.

    Args:
        result: the pooled map.
        channel: the index of the channel; all channels of a photo are judged.
        windows: the rows and columns of the output, few enough to read all of their cells.

    Returns:
        (rows, columns) the mean difference of two cells of a window, as a part of the range.
    """
    search = _Search(result, channel, *windows, most=None)
    scores: np.ndarray[tuple[int, int], np.dtype[np.float64]] = search.contrast
    return scores


def channel_contrasts(planes: Array) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The contrast of each of some planes: the standard deviation of its finite values.

    Args:
        planes: (C, H, W) values; of a plane without finite values the contrast is 0.

    Returns:
        (C,) the contrasts, in the unit of the values.

    Example:
        >>> channel_contrasts(np.array([[[1, 1]], [[0, 8]]])).tolist()
        [0.0, 4.0]
    """
    contrasts = np.zeros(len(planes))
    for index, plane in enumerate(planes):
        values = np.asarray(plane, np.float64)
        values = values[np.isfinite(values)]
        if values.size:
            # Divided by the largest first: squares of huge values would overflow.
            largest = float(np.abs(values).max()) or 1.0
            contrasts[index] = float((values / largest).std()) * largest
    return contrasts


def ranked_channels(feature_map: FeatureMap) -> list[int]:
    """The indices of the channels, those of the highest contrast first; large ones are sampled.

    Example:
        >>> import numpy as np
        >>> ranked_channels(FeatureMap(np.array([[[1, 1]], [[0, 9]], [[3, 5]]]), "map", "map"))
        [1, 2, 0]
    """
    if len(feature_map.values) == 1:
        return [0]
    step = isqrt(feature_map.values[0].size // MOST_SPREAD) + 1
    contrasts = channel_contrasts(feature_map.values[:, ::step, ::step])
    return ranked(contrasts)


def ranked(contrasts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[int]:
    """The indices of contrasts, the highest first; equal ones keep their order."""
    return [int(index) for index in np.argsort(-contrasts, kind="stable")]


def check_cell(result: PoolResult, row: int, column: int) -> None:
    """Raise SpecError if the output has no such cell."""
    height, width = result.output_size
    if not (0 <= row < height and 0 <= column < width):
        raise SpecError(
            "cell",
            f"the output is {text.size(result.output_size)} and has no cell {row},{column}",
            f"use ROW,COLUMN from 0,0 to {height - 1},{width - 1}",
        )


class _Search:
    """Some windows of a result, spread evenly, and how good an example each one is.

    Its arrays have the shape (rows, columns), or (rows, columns, cells of a window).
    """

    def __init__(
        self,
        result: PoolResult,
        channel: int,
        rows: range,
        columns: range,
        most: int | None = MOST_CELLS,
    ) -> None:
        self.result, self.channel = result, channel
        axes = result.geometry.axes
        lengths = [_taps(axis, part) for axis, part in zip(axes, (rows, columns), strict=True)]
        taps = [min(MOST_TAPS, length) for length in lengths]
        self.is_thinned = max(lengths) > MOST_TAPS
        steps = 1, 1
        if most is not None:
            steps = _steps((len(rows), len(columns)), max(1, most // (taps[0] * taps[1])))
        self.is_dense = steps == (1, 1)
        self.rows, self.columns = rows[:: steps[0]], columns[:: steps[1]]
        along = [
            _read(axis, part) for axis, part in zip(axes, (self.rows, self.columns), strict=True)
        ]
        self.places = along[0][0], along[1][0]
        self.present = _joined(along[0][1], along[1][1])
        self.inside = _joined(along[0][2], along[1][2])
        self.complete = (self.inside == self.present).all(axis=-1)
        feature_map = result.feature_map
        photo = feature_map.is_rgb and feature_map.value_range is not None
        channels = range(len(feature_map.values)) if photo else (channel,)
        self.contrast = np.zeros(self.complete.shape)
        self.finite = np.ones(self.complete.shape, bool)
        for number in channels:
            self._judge(number, 1 / len(channels), shown=number == channel)

    def _judge(self, number: int, share: float, *, shown: bool) -> None:
        """Add what a channel says about the windows."""
        (row_places, column_places), plane = self.places, self.result.feature_map.values[number]
        read = plane[np.ix_(row_places.ravel(), column_places.ravel())]
        shape = (*row_places.shape, *column_places.shape)
        cells = _last(unmasked(read).reshape(shape))
        valid = self.inside & ~_last(np.ma.getmaskarray(read).reshape(shape))
        with np.errstate(all="ignore"):
            numbers = cells.astype(np.float64)
            usable = valid & np.isfinite(numbers)
            self.finite &= (usable == valid).all(axis=-1) & valid.any(axis=-1)
            scaled, clipped = _scaled(numbers, usable, self.result.feature_map.value_range)
        self.contrast += share * _mean_difference(scaled) * (1 - 0.9 * clipped)
        if shown:
            self.cells, self.valid, self.scaled = cells, valid, scaled

    def best(self, middle: tuple[float, float], reach: float) -> tuple[int, int]:
        """The best window; of equally good ones the nearest to ``middle``, then the first.

        ``reach`` is the distance from the middle to a corner of all windows.
        """
        low, high = _extremes(self.scaled)
        distance = np.hypot(
            (np.array(self.rows) - middle[0])[:, None], np.array(self.columns) - middle[1]
        )
        score, unique = self.contrast, high > low
        if score.size > FEW:
            # What a picture is about is rarely at its edge.
            score = score * (0.25 + _around(score)) * (1 - 0.6 * (distance / reach) ** 2)
        if self.result.mode.picks:
            values = self.result.output[self.channel][np.ix_(self.rows, self.columns)]
            equal = self.valid & (self.cells == unmasked(values)[..., None])
            # Of a large window, the winner may not be among the cells that are read.
            unique = equal.sum(axis=-1) <= 1 if self.is_thinned else equal.sum(axis=-1) == 1
            others = np.where(equal | np.isnan(self.scaled), np.nan, self.scaled)
            winner = np.where(equal, self.scaled, -np.inf).max(axis=-1)
            with np.errstate(all="ignore"):
                away = np.abs(others - winner[..., None])
                gap = np.where(np.isnan(away), np.inf, away).min(axis=-1) / (high - low)
            gap = np.where(np.isfinite(gap), gap, 0) + self.is_thinned
            score = score * (0.2 + 0.8 * np.minimum(gap / CLEAR, 1))
        keys = (distance, -score.round(9), ~self.complete, high <= low, ~unique, ~self.finite)
        order = np.lexsort([key.ravel() for key in keys])[:FINALISTS].tolist()
        finalists = [divmod(place, len(self.columns)) for place in order]
        found = [(self.rows[row], self.columns[column]) for row, column in finalists]
        if self.result.mode.picks and self.is_thinned:
            return next(filter(self._has_one_winner, found), found[0])
        return found[0]

    def _has_one_winner(self, index: tuple[int, int]) -> bool:
        """Whether one cell of the whole window has its value, not only of the sampled cells."""
        rows, columns = (
            np.array([place for place in window if 0 <= place < axis.size])
            for window, axis in zip(
                self.result.geometry.window(index), self.result.geometry.axes, strict=True
            )
        )
        if not 0 < len(rows) * len(columns) <= MOST_CHECKED:
            return True
        cells = self.result.feature_map.values[self.channel][np.ix_(rows, columns)]
        return int(np.ma.filled(cells == self.result.output[(self.channel, *index)], 0).sum()) == 1


def _most_unusual(output: Array, rows: range, columns: range) -> tuple[int, int]:
    """The output that differs most from the median, among the first MOST_OUTPUTS each way."""
    part = output[rows.start : rows.stop, columns.start : columns.stop]
    part = unmasked(part[:MOST_OUTPUTS, :MOST_OUTPUTS]).astype(np.float64)
    with np.errstate(all="ignore"):
        differences = np.nan_to_num(np.abs(part - np.median(part[np.isfinite(part)])), posinf=0)
    row, column = divmod(int(differences.argmax()), part.shape[1])
    return rows[row], columns[column]


def _taps(axis: Axis, part: range) -> int:
    """The number of cells along an axis that a window reads."""
    return len(axis.window(part[len(part) // 2]))


def _steps(counts: tuple[int, int], most: int) -> tuple[int, int]:
    """The distances between windows that leave at most about ``most`` of them."""
    side = max(1, isqrt(most))
    few = min(counts[0], max(side, most // counts[1])), min(counts[1], max(side, most // counts[0]))
    return -(-counts[0] // few[0]), -(-counts[1] // few[1])


def _read(axis: Axis, part: range) -> tuple[Array, Array, Array]:
    """Coordinates along an axis (windows, taps), which are taps, and which lie in the input."""
    windows = [axis.window(index) for index in part]
    # Of long windows, cells spread evenly.
    thinned = [window[:: -(-len(window) // MOST_TAPS)] for window in windows]
    lengths = np.array([len(window) for window in thinned])[:, None]
    taps = np.arange(lengths.max())
    starts = np.array([window.start for window in thinned])[:, None]
    steps = np.array([window.step for window in thinned])[:, None]
    coordinates = starts + taps * steps
    present = taps < lengths
    inside = present & (coordinates >= 0) & (coordinates < axis.size)
    return coordinates.clip(0, axis.size - 1), present, inside


def _joined(rows: Array, columns: Array) -> Array:
    return _last(np.logical_and.outer(rows, columns))


def _last(array: Array) -> Array:
    """(windows, taps, windows, taps) with all taps in the last axis."""
    moved = array.transpose(0, 2, 1, 3)
    return moved.reshape(*moved.shape[:2], -1)


def _scaled(
    numbers: Array, usable: Array, value_range: tuple[float, float] | None
) -> tuple[Array, Array]:
    """The cells as parts of the map's range, NaN where not usable, and each window's clipped part.

    Without a value range, the extremes of the map count as clipping if many cells have them.
    """
    if not usable.any():
        return np.full(numbers.shape, np.nan), np.zeros(numbers.shape[:2])
    taken = numbers[usable]
    # Divided by the largest first: the range of huge values would overflow.
    largest = float(np.abs(taken).max()) or 1.0
    low, high = float(taken.min()) / largest, float(taken.max()) / largest
    scaled = np.where(usable, numbers / largest - low, np.nan) / ((high - low) or 1.0)
    at_low, at_high = scaled <= 0, scaled >= 1
    if value_range is not None:
        first, last = value_range
        margin = CLIPPED * (last - first)
        at_low, at_high = numbers <= first + margin, numbers >= last - margin
    count = np.maximum(usable.sum(axis=-1), 1)
    clipped = np.zeros(numbers.shape[:2])
    for at_end in (at_low & usable, at_high & usable):
        if value_range is not None or at_end.sum() > max(2, RECURRING * usable.sum()):
            clipped += at_end.sum(axis=-1) / count
    return scaled, clipped.clip(0, 1)


def _mean_difference(scaled: Array) -> Array:
    """The mean absolute difference of two cells of a window (Gini), without NaN."""
    ordered = np.sort(scaled, axis=-1)
    counts = np.isfinite(ordered).sum(axis=-1)
    places = np.arange(ordered.shape[-1])
    factors = 2 * places - counts[..., None] + 1
    sums = np.where(np.isfinite(ordered), ordered * factors, 0).sum(axis=-1)
    pairs = counts * (counts - 1) / 2
    return np.asarray(sums / np.maximum(pairs, 1))


def _around(scores: Array) -> Array:
    """The mean of the scores up to NEAR windows away, as a part of the largest mean."""
    side = 2 * NEAR + 1
    padded = np.pad(scores, NEAR, mode="edge")
    sums = np.pad(padded, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    means = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(means / (means.max() or 1.0))


def _extremes(scaled: Array) -> tuple[Array, Array]:
    """The smallest and the largest cell of each window."""
    none = np.isnan(scaled)
    return (
        np.where(none, np.inf, scaled).min(axis=-1),
        np.where(none, -np.inf, scaled).max(axis=-1),
    )
