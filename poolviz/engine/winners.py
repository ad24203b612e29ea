"""Indices of the winning cells, for modes that pick one."""

from collections.abc import Callable
from itertools import product
from math import prod

import numpy as np

from poolviz.engine.fold import can_fold, plane_groups
from poolviz.engine.gathered import blocks, patch_blocks
from poolviz.errors import SpecError
from poolviz.geometry import Geometry, SlidingAxis
from poolviz.modes import FoldMode, Mode
from poolviz.patches import Array, Block, Patches

# (cells, values of the windows that read them) -> which of them win.
Wins = Callable[[Array, Array], Array]


def winner_indices(
    values: Array, pooled: Array, geometry: Geometry, mode: Mode, seed: int
) -> Array:
    """The winners' int64 indices, row-major in the unpadded plane; −1 where no input cell wins.

    Args:
        values: (..., spatial).
        pooled: what pooling them gave.
        geometry: the windows.
        mode: how they were pooled.
        seed: with which the mode drew, if it draws.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    if not mode.picks:
        raise SpecError(
            "return_indices",
            f"the value of {mode.name()} is not one of the window's cells",
            "ask for indices of modes such as max",
        )
    indices = np.full(pooled.shape, -1, np.int64)
    with np.errstate(all="ignore"):
        if isinstance(mode, FoldMode) and can_fold(geometry, values):
            _find_equals(values, pooled, geometry, indices)
        else:
            for patches, part in patch_blocks((values, indices), geometry, mode, seed):
                part[...] = _won(patches, mode)
    return indices


def kept_values(values: Array, pooled: Array, geometry: Geometry, mode: Mode, seed: int) -> Array:
    """Which pooled values equal a cell of their window: the shape of ``pooled``, bool."""
    if can_fold(geometry, values):
        indices = np.full(pooled.shape, -1, np.int64)
        _find_equals(values, pooled, geometry, indices)
        return indices >= 0
    kept = np.ma.getdata(pooled).copy()
    for patches, part in patch_blocks((values, kept), geometry, mode, seed):
        best = part[..., None]
        same = (patches.cells == best) | _both_nan(patches.cells, best)
        part[...] = (patches.inside & same).any(axis=-1)
    return kept.astype(bool)


def _won(patches: Patches, mode: Mode) -> Array:
    weights = mode.weights(patches)
    won = weights.argmax(axis=-1)[..., None]
    places = np.broadcast_to(patches.places, weights.shape)
    indices = np.take_along_axis(places, won, axis=-1)
    return np.asarray(np.where(weights.any(axis=-1), indices[..., 0], -1))


def _find_equals(values: Array, pooled: Array, geometry: Geometry, indices: Array) -> None:
    """The first cell that equals a window's value wins, but the last NaN.

    Tap by tap, or window by window, of whichever there are fewer.
    """
    kernel_size = [len(axis.window(0)) for axis in geometry.axes]
    arrays = np.ma.getdata(values), np.ma.getdata(pooled), indices
    for planes, best, found in plane_groups(arrays, len(geometry.axes)):
        for group, block in blocks(len(planes), geometry):
            part = (group, *block)
            windows = planes[group], best[part], found[part]
            if prod(each.stop - each.start for each in block) < prod(kernel_size):
                _mark_windows(windows, geometry, block)
                continue
            taps = list(product(*map(range, kernel_size)))
            for tap in reversed(taps):
                _mark(windows, _reads(geometry, block, tap), np.equal)
            if np.isnan(best[part]).any():
                for tap in taps:
                    _mark(windows, _reads(geometry, block, tap), _both_nan)


def _both_nan(cells: Array, best: Array) -> Array:
    return np.not_equal(cells, cells) & np.not_equal(best, best)


def _mark_windows(windows: tuple[Array, Array, Array], geometry: Geometry, block: Block) -> None:
    """Write the places of the cells that win, window by window."""
    planes, best, found = windows
    for number in np.ndindex(best.shape[1:]):
        along = [
            _inside(axis, part.start + at)
            for axis, part, at in zip(geometry.axes, block, number, strict=True)
            if isinstance(axis, SlidingAxis)
        ]
        cells = planes[(slice(None), *along)]
        value = best[(slice(None), *number)].reshape(-1, *[1] * len(along))
        flat = (-1, prod(cells.shape[1:]))
        if not flat[1]:
            continue
        equals = (cells == value).reshape(flat)
        nans = _both_nan(cells, value).reshape(flat)[:, ::-1]
        won = np.where(nans.any(axis=1), flat[1] - 1 - nans.argmax(axis=1), equals.argmax(axis=1))
        places = np.zeros(len(won), np.int64)
        at = np.unravel_index(won, cells.shape[1:])
        for axis, part, index in zip(geometry.axes, along, at, strict=True):
            places = places * axis.size + part.start + index * part.step
        wins = equals.any(axis=1) | nans.any(axis=1)
        np.copyto(found[(slice(None), *number)], places, where=wins)


def _inside(axis: SlidingAxis, window: int) -> slice:
    """The cells of a window along one axis, as far as they are there."""
    start = window * axis.stride - axis.before
    first = start if start >= 0 else start + -(start // axis.dilation) * axis.dilation
    stop = start + (len(axis.window(0)) - 1) * axis.dilation + 1
    return slice(min(first, axis.size), max(0, min(stop, axis.size)), axis.dilation)


Reads = tuple[Block, Block, Array]


def _mark(windows: tuple[Array, Array, Array], reads: Reads, wins: Wins) -> None:
    """Write the places of one tap's cells where they win."""
    planes, best, found = windows
    read, cells, places = reads
    won = wins(planes[(slice(None), *cells)], best[(slice(None), *read)])
    np.copyto(found[(slice(None), *read)], places, where=won)


def _reads(geometry: Geometry, block: Block, tap: tuple[int, ...]) -> Reads:
    """Which of a block's windows have an input cell at ``tap``, these cells, and their places."""
    along = [
        _along(axis, part, at)
        for axis, part, at in zip(geometry.axes, block, tap, strict=True)
        if isinstance(axis, SlidingAxis)
    ]
    places = np.zeros((), np.int64)
    for axis, (_, cells) in zip(geometry.axes, along, strict=True):
        places = np.add.outer(places * axis.size, np.arange(axis.size)[cells])
    return tuple(read for read, _ in along), tuple(cells for _, cells in along), places


def _along(axis: SlidingAxis, part: slice, tap: int) -> tuple[slice, slice]:
    """Along one axis: the windows of ``part`` whose cell at ``tap`` exists, and these cells."""
    offset = tap * axis.dilation - axis.before
    first = max(part.start, -(offset // axis.stride))
    stop = max(first, min(part.stop, (axis.size - 1 - offset) // axis.stride + 1))
    start = first * axis.stride + offset
    cells = slice(start, start + (stop - first) * axis.stride, axis.stride)
    return slice(first - part.start, stop - part.start), cells
