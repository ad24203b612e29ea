"""The fast path: any fold over any windows, block by block.

Windows are axis-separable, so a block is folded along one axis after the other.
A block has about BLOCK_BYTES, scratch of a few times that is all that is needed
whatever the input, and threads share the blocks.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from poolviz.engine._fast import (
    Axes,
    FoldStep,
    Piece,
    Schedule,
    Taps,
    scratch,
    share_out,
    slices,
    starts,
    thread_count,
    tiling,
)
from poolviz.geometry import Geometry, SlidingAxis
from poolviz.modes import FoldMode
from poolviz.windows import Array, Block, Counts, count

# 8 % faster than half of it, 40 % than an eighth: fewer calls outweigh a smaller cache's speed.
BLOCK_BYTES = 1 << 21
# With more rows at a time BLAS takes a lock, and two threads are no faster than one.
PRODUCT_ROWS = 256
# Three buffers take turns as a fold's source and target; two more are for what comes out.
TURNS, TOTAL = 3, 3
# By bytes of a cell: pairs of cells, and the cell, as integers. Casting a pair to one cell
# keeps the first of the two bit by bit, in half the time of a copy of every second cell.
HALVES: dict[int, tuple[str, str]] = (
    {1: ("u2", "u1"), 2: ("u4", "u2"), 4: ("u8", "u4")} if sys.byteorder == "little" else {}
)
Folded = tuple[Array, int]
# Called from any thread with the number of values pooled since the last call.
Progress = Callable[[int], None]
Task = tuple[Array, Array, Block, tuple[Piece, ...]]


@dataclass(frozen=True, eq=False)
class Folding:
    """What is done to the cells of every window."""

    axes: Axes
    fold: np.ufunc
    identity: Any
    dtype: np.dtype[Any]
    prepare: Callable[[Array, Array], None] | None
    finish: Callable[[Array, Counts], Array] | None
    in_range: Callable[..., bool] | None
    geometry: Geometry

    @cached_property
    def products(self) -> bool:
        """Whether BLAS adds these cells."""
        return self.fold is np.add and self.dtype.char in "fd"


def can_fold(geometry: Geometry, values: Array) -> bool:
    """Whether all windows are those of a sliding kernel, and all cells in the input take part."""
    sliding = all(isinstance(axis, SlidingAxis) for axis in geometry.axes)
    return sliding and geometry.rule.pads_with is None and not np.ma.is_masked(values)


def fold(
    values: Array,
    geometry: Geometry,
    mode: FoldMode,
    out: Array,
    threads: int | None = None,
    progress: Progress | None = None,
) -> bool:
    """Write ``values`` (..., spatial) folded by ``mode`` into ``out``; whether all is in range."""
    folding = _folding(geometry, mode, values.dtype)
    workers = thread_count(values.size, threads)
    limit = min(BLOCK_BYTES // folding.dtype.itemsize, -(-values.size // workers))
    tasks = _tasks(values, out, folding, limit)
    verdicts: list[bool] = []
    share_out(lambda some: _work(some, folding, verdicts, progress), tasks, workers)
    return all(verdicts)


@lru_cache(maxsize=256)
def _folding(geometry: Geometry, mode: FoldMode, values: np.dtype[Any]) -> Folding:
    """How values of a type are folded; kept, since finding it takes as long as a small map."""
    dtype = mode.accumulator(values)
    kind = type(mode)
    return Folding(
        tuple(Taps.of(axis) for axis in geometry.axes if isinstance(axis, SlidingAxis)),
        mode.fold,
        mode.fold_identity(dtype),
        dtype,
        mode.prepare if kind.prepare is not FoldMode.prepare else None,
        mode.finish if kind.finish is not FoldMode.finish else None,
        mode.in_range if kind.in_range is not FoldMode.in_range else None,
        geometry,
    )


def _tasks(values: Array, out: Array, folding: Folding, limit: int) -> Iterator[Task]:
    axes, products = folding.axes, folding.products
    for planes, pooled in plane_groups((values, out), len(axes)):
        for group, block, pieces in tiling(len(planes), axes, limit, folding.fold, products):
            yield planes[group], pooled[(group, *block)], block, pieces


def plane_groups(arrays: tuple[Array, ...], rank: int) -> Iterator[tuple[Array, ...]]:
    """Arrays with their leading axes as one, where that needs no copy; else part by part.

    An empty batch has none.
    """
    if not arrays[0].size:
        return
    if all(_mergeable(array, rank) for array in arrays):
        yield tuple(array.reshape(-1, *array.shape[array.ndim - rank :]) for array in arrays)
        return
    for parts in zip(*arrays, strict=True):
        yield from plane_groups(parts, rank)


def _mergeable(array: Array, rank: int) -> bool:
    """Whether the leading axes stand in memory as one would."""
    if array.flags.c_contiguous:
        return True
    leading = range(array.ndim - rank - 1)
    return all(array.strides[at] == array.strides[at + 1] * array.shape[at + 1] for at in leading)


def _work(
    tasks: Iterable[Task], folding: Folding, verdicts: list[bool], progress: Progress | None
) -> None:
    underflows: list[str] = []
    # Each thread has its own error state; what overflows between windows nobody reads.
    with np.errstate(all="ignore", under="call", call=lambda kind, _: underflows.append(kind)):
        for planes, out, block, pieces in tasks:
            direct = out.dtype == folding.dtype
            total = out if direct else scratch.take(TOTAL, out.shape, folding.dtype)
            for number, piece in enumerate(pieces):
                _fold_piece(planes, piece, folding, total, first=number == 0)
            if folding.in_range is not None:
                cells = (planes[(slice(None), *piece.cells)] for piece in pieces)
                under = bool(underflows)
                verdicts += [folding.in_range(total, part, underflowed=under) for part in cells]
            if folding.finish is not None:
                total = folding.finish(total, count(folding.geometry, block))
            if total is not out:
                np.copyto(out, total, casting="unsafe")
            if progress:
                progress(out.size)


def _fold_piece(
    planes: Array, piece: Piece, folding: Folding, total: Array, *, first: bool
) -> None:
    """Fold one part of every window of a block; join it to the parts before."""
    cells = load(planes[(slice(None), *piece.cells)], piece.schedule, folding)
    folded = cells, 0
    for step in piece.schedule.steps:
        folded = _METHODS[step.method](folded, step, folding)
    if first:
        _copy_windows(folded[0], piece.schedule, total)
    else:
        folding.fold(total, folded[0][piece.schedule.kept], out=total)


def load(source: Array, schedule: Schedule, folding: Folding) -> Array:
    """The block's prepared cells, contiguous, with the fold's identity around them."""
    whole = source.shape[1:] == schedule.shape
    as_it_is = source.dtype == folding.dtype and source.flags.c_contiguous
    if whole and as_it_is and folding.prepare is None:
        return source
    cells = scratch.take(0, (len(source), *schedule.shape), folding.dtype)
    if not whole:
        _fill_around(cells, schedule, folding.identity)
    inside = cells[(slice(None), *schedule.inside)]
    if folding.prepare is not None:
        folding.prepare(source, inside)
    else:
        np.copyto(inside, source, casting="unsafe")
    return cells


def _fill_around(cells: Array, schedule: Schedule, identity: Any) -> None:
    lines: Block = (slice(None),)
    for inside in schedule.inside:
        cells[(*lines, slice(inside.start))] = identity
        cells[(*lines, slice(inside.stop, None))] = identity
        lines = (*lines, inside)


def _fold_products(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """Sums of windows that stand side by side: matrix products with ones, 3 times as fast.

    The axes behind this one have a single window each.
    """
    cells, slot, taps = folded[0], (folded[1] + 1) % TURNS, step.taps
    lines = cells.reshape(*cells.shape[: step.at], -1)
    ones = _ones(taps.kernel_size, folding.dtype)
    out = scratch.take(slot, (*lines.shape[:-1], taps.output_size), folding.dtype)
    if taps.fills:
        _add_runs(lines.reshape(-1, len(ones)), ones, out.reshape(-1))
    else:
        tiles = sliding_window_view(lines[..., step.first :], len(ones), -1)
        tiles = tiles[..., :: taps.stride, :]
        for part in slices(taps.output_size, PRODUCT_ROWS):
            np.matmul(tiles[..., part, :], ones, out=out[..., part])
    return out.reshape(*out.shape, *cells.shape[step.at + 1 :]), slot


def _add_runs(runs: Array, ones: Array, out: Array) -> None:
    """Add each of the ``runs`` (n, k); the last batch may be shorter than the others."""
    even = len(runs) // PRODUCT_ROWS * PRODUCT_ROWS
    batches = runs[:even].reshape(-1, PRODUCT_ROWS, len(ones))
    np.matmul(batches, ones, out=out[:even].reshape(-1, PRODUCT_ROWS))
    np.matmul(runs[even:], ones, out=out[even:])


@lru_cache(maxsize=16)
def _ones(length: int, dtype: np.dtype[Any]) -> Array:
    return np.ones(length, dtype)


def _fold_rows(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """Wide rows, tap by tap: rows between windows are skipped."""
    cells, slot, taps = folded[0], (folded[1] + 1) % TURNS, step.taps
    axis = (slice(None),) * step.at
    rows = [
        cells[(*axis, starts(taps, step.first + tap * taps.dilation))]
        for tap in range(taps.kernel_size)
    ]
    total = scratch.take(slot, rows[0].shape, folding.dtype)
    so_far = rows[0]
    for row in rows[1:]:
        so_far = folding.fold(so_far, row, out=total)
    if len(rows) == 1:
        np.copyto(total, rows[0])
    return total, slot


def _fold_shifts(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """At stride 1 over the flat block: one long loop, whatever the length of a row."""
    cells, slot = folded
    source = so_far = cells.reshape(-1)
    free = [(slot + 1) % TURNS, (slot + 2) % TURNS]
    for shift, single in step.shifts:
        other, target, length = source, so_far, source.size - shift
        if not single:
            # Never in place: NumPy copies operands that overlap, which takes 3 times as long.
            free.reverse()
            slot, other = free[0], so_far
            target = scratch.take(slot, source.shape, folding.dtype)
        folding.fold(so_far[:length], other[shift:], out=target[:length])
        so_far = target
    return _kept((so_far.reshape(cells.shape), slot), step, folding)


def _kept(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """The windows only, so that the next axes have fewer cells to fold."""
    if step.keep is None:
        return folded
    windows, slot = folded[0][step.keep], (folded[1] + 1) % TURNS
    out = scratch.take(slot, windows.shape, folding.dtype)
    np.copyto(out, windows)
    return out, slot


def _copy_windows(cells: Array, schedule: Schedule, out: Array) -> None:
    if schedule.picks is not None and out.flags.c_contiguous:
        flat = cells.reshape(len(cells), -1)
        np.take(flat, schedule.picks, axis=1, out=out.reshape(len(cells), -1), mode="clip")
    elif schedule.pairs and out.itemsize in HALVES and out.strides[-1] == out.itemsize:
        whole, half = HALVES[out.itemsize]
        np.copyto(out.view(half), cells.view(whole)[schedule.pairs], casting="unsafe")
    else:
        np.copyto(out, cells[schedule.kept])


_METHODS: dict[str, Callable[[Folded, FoldStep, Folding], Folded]] = {
    "products": _fold_products,
    "rows": _fold_rows,
    "shifts": _fold_shifts,
}
