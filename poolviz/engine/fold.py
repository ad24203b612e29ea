"""The fast path: any fold over any sliding windows, block by block.

A window is the product of its extents along the axes, so that a block is folded along one
axis after the other: a window of k×k cells costs O(log k) operations for each axis, not k².
A block has about BLOCK_BYTES. Scratch memory of a few times that is enough for any input,
and threads share the blocks.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from poolviz.arrays import has_masked
from poolviz.engine.blocks import (
    Axes,
    BlockFold,
    FoldStep,
    Piece,
    Taps,
    cut_into_blocks,
    run_in_threads,
    scratch,
    slices,
    starts,
    useful_threads,
)
from poolviz.geometry import Geometry, SlidingAxis
from poolviz.modes._mode import FoldMode
from poolviz.plan import Plan
from poolviz.windows import Array, Block, Counts, count_cells

# 8 % faster than half of it and 40 % faster than an eighth: fewer calls outweigh the smaller
# blocks' better use of the cache.
BLOCK_BYTES = 1 << 21
# With more rows at a time BLAS takes a lock, and two threads are no faster than one.
PRODUCT_ROWS = 256
# Scratch buffers 0 to 2 take turns as a fold's source and target; buffer 3 holds the values
# of a block where the output has another type.
TURNS, TOTAL = 3, 3
# For a cell's bytes: the types of a pair of cells and of a cell, as integers. Casting a pair
# to one cell keeps the bits of the first, in half the time of copying every second cell.
HALVES: dict[int, tuple[str, str]] = (
    {1: ("u2", "u1"), 2: ("u4", "u2"), 4: ("u8", "u4")} if sys.byteorder == "little" else {}
)
# Cells, and the number of the scratch buffer that holds them.
Folded = tuple[Array, int]
# Called from any thread with the number of values pooled since the last call.
Progress = Callable[[int], None]
# Planes of cells, where their windows' values go, which windows, and the pieces of these.
Task = tuple[Array, Array, Block, tuple[Piece, ...]]


@dataclass(frozen=True, eq=False)
class Folding:
    """The operations on the cells of every window; None for those that change nothing.

    Args:
        axes: the windows.
        fold: the associative operation.
        identity: the value that changes nothing when it is folded.
        dtype: the type in which cells are folded.
        prepare: see :class:`poolviz.modes._mode.FoldMode`.
        finish: see :class:`poolviz.modes._mode.FoldMode`.
        in_range: see :class:`poolviz.modes._mode.FoldMode`.
        geometry: the windows with their request, which counts their cells.
    """

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
        """Whether BLAS can add these cells."""
        return self.fold is np.add and self.dtype.char in "fd"


def can_fold(geometry: Geometry, values: Array) -> bool:
    """Whether a kernel slides along every axis, and exactly the input cells take part."""
    sliding = all(isinstance(axis, SlidingAxis) for axis in geometry.axes)
    return sliding and geometry.rule.pads_with is None and not has_masked(values)


def fold(
    values: Array,
    plan: Plan,
    out: Array,
    threads: int | None = None,
    progress: Progress | None = None,
) -> bool:
    """Write ``values`` (..., spatial axes), folded by the plan's mode, a FoldMode, into ``out``.

    Returns:
        Whether every intermediate value was in the range of its type; if not, ``out`` has to
        be computed in another way.
    """
    folding = _folding(plan.geometry, cast("FoldMode", plan.mode), values.dtype)
    workers = useful_threads(values.size, threads)
    limit = min(BLOCK_BYTES // folding.dtype.itemsize, -(-values.size // workers))
    tasks = _tasks(values, out, folding, limit)
    verdicts: list[bool] = []
    run_in_threads(lambda part: _work(part, folding, verdicts, progress), tasks, workers)
    return all(verdicts)


@lru_cache(maxsize=256)
def _folding(geometry: Geometry, mode: FoldMode, values: np.dtype[Any]) -> Folding:
    """How values of a type are folded. Cached: it takes as long as folding a small map."""
    dtype = mode.accumulator(values)
    kind = type(mode)
    return Folding(
        axes=tuple(Taps.of(axis) for axis in geometry.axes if isinstance(axis, SlidingAxis)),
        fold=mode.fold,
        identity=mode.fold_identity(dtype),
        dtype=dtype,
        prepare=mode.prepare if kind.prepare is not FoldMode.prepare else None,
        finish=mode.finish if kind.finish is not FoldMode.finish else None,
        in_range=mode.in_range if kind.in_range is not FoldMode.in_range else None,
        geometry=geometry,
    )


def _tasks(values: Array, out: Array, folding: Folding, limit: int) -> Iterator[Task]:
    axes = folding.axes
    for planes, pooled in plane_groups((values, out), len(axes)):
        tiles = cut_into_blocks(len(planes), axes, limit, folding.fold, products=folding.products)
        for group, block, pieces in tiles:
            yield planes[group], pooled[(group, *block)], block, pieces


def plane_groups(arrays: tuple[Array, ...], rank: int) -> Iterator[tuple[Array, ...]]:
    """Arrays with their leading axes merged into one; part by part where that needs a copy.

    An empty batch has no groups.
    """
    if not arrays[0].size:
        return

    def mergeable(array: Array) -> bool:
        """Whether the leading axes can be merged into one without a copy."""
        strides, shape = array.strides, array.shape
        leading = range(array.ndim - rank - 1)
        contiguous = bool(array.flags.c_contiguous)
        return contiguous or all(strides[i] == strides[i + 1] * shape[i + 1] for i in leading)

    if all(map(mergeable, arrays)):
        yield tuple(array.reshape(-1, *array.shape[array.ndim - rank :]) for array in arrays)
        return
    for parts in zip(*arrays, strict=True):
        yield from plane_groups(parts, rank)


def _work(
    tasks: Iterable[Task], folding: Folding, verdicts: list[bool], progress: Progress | None
) -> None:
    underflows: list[str] = []
    # NumPy's error state belongs to a thread. Overflow at places between windows is not read.
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
                total = folding.finish(total, count_cells(folding.geometry, block))
            if total is not out:
                np.copyto(out, total, casting="unsafe")
            if progress:
                progress(out.size)


def _fold_piece(
    planes: Array, piece: Piece, folding: Folding, total: Array, *, first: bool
) -> None:
    """Fold one part of every window of a block and combine it with the parts before."""
    cells = load(planes[(slice(None), *piece.cells)], piece.block_fold, folding)
    folded = cells, 0
    for step in piece.block_fold.steps:
        folded = _METHODS[step.method](folded, step, folding)
    if first:
        _copy_windows(folded[0], piece.block_fold, total)
    else:
        folding.fold(total, folded[0][piece.block_fold.kept], out=total)


def load(source: Array, block_fold: BlockFold, folding: Folding) -> Array:
    """The block's prepared cells, contiguous, with the fold's identity around them."""
    unpadded = source.shape[1:] == block_fold.shape
    usable = source.dtype == folding.dtype and source.flags.c_contiguous
    if unpadded and usable and folding.prepare is None:
        return source
    cells = scratch.take(0, (len(source), *block_fold.shape), folding.dtype)
    if not unpadded:
        lines: Block = (slice(None),)
        for part in block_fold.inside:
            cells[(*lines, slice(part.start))] = folding.identity
            cells[(*lines, slice(part.stop, None))] = folding.identity
            lines = (*lines, part)
    inside = cells[(slice(None), *block_fold.inside)]
    if folding.prepare is not None:
        folding.prepare(source, inside)
    else:
        np.copyto(inside, source, casting="unsafe")
    return cells


def _fold_products(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """Sums of windows that do not overlap: matrix products with ones, 3 times as fast.

    The following axes have a single window each.
    """
    cells, slot, taps = folded[0], (folded[1] + 1) % TURNS, step.taps
    lines = cells.reshape(*cells.shape[: step.axis], -1)
    ones = _ones(taps.kernel_size, folding.dtype)
    out = scratch.take(slot, (*lines.shape[:-1], taps.output_size), folding.dtype)
    if taps.fills:
        runs, sums = lines.reshape(-1, len(ones)), out.reshape(-1)
        full = len(runs) // PRODUCT_ROWS * PRODUCT_ROWS
        batches = runs[:full].reshape(-1, PRODUCT_ROWS, len(ones))
        np.matmul(batches, ones, out=sums[:full].reshape(-1, PRODUCT_ROWS))
        np.matmul(runs[full:], ones, out=sums[full:])
    else:
        tiles = sliding_window_view(lines[..., step.first :], len(ones), -1)
        tiles = tiles[..., :: taps.stride, :]
        for part in slices(taps.output_size, PRODUCT_ROWS):
            np.matmul(tiles[..., part, :], ones, out=out[..., part])
    return out.reshape(*out.shape, *cells.shape[step.axis + 1 :]), slot


@lru_cache(maxsize=16)
def _ones(length: int, dtype: np.dtype[Any]) -> Array:
    return np.ones(length, dtype)


def _fold_rows(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """Fold wide rows tap by tap, without the rows between windows."""
    cells, slot, taps = folded[0], (folded[1] + 1) % TURNS, step.taps
    leading = (slice(None),) * step.axis
    rows = [
        cells[(*leading, starts(taps, step.first + tap * taps.dilation))]
        for tap in range(taps.kernel_size)
    ]
    total = scratch.take(slot, rows[0].shape, folding.dtype)
    partial = rows[0]
    for row in rows[1:]:
        partial = folding.fold(partial, row, out=total)
    if len(rows) == 1:
        np.copyto(total, rows[0])
    return total, slot


def _fold_shifts(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """Fold at stride 1 over the flat block: one long loop, whatever the length of a row."""
    cells, slot = folded
    source = partial = cells.reshape(-1)
    free = [(slot + 1) % TURNS, (slot + 2) % TURNS]
    for shift, single in step.shifts:
        other, target, length = source, partial, source.size - shift
        if not single:
            # Never in place: NumPy copies operands that overlap, which takes 3 times as long.
            free.reverse()
            slot, other = free[0], partial
            target = scratch.take(slot, source.shape, folding.dtype)
        folding.fold(partial[:length], other[shift:], out=target[:length])
        partial = target
    return _skip_between((partial.reshape(cells.shape), slot), step, folding)


def _skip_between(folded: Folded, step: FoldStep, folding: Folding) -> Folded:
    """Copy the windows without the places between them, so that the next axes fold fewer cells."""
    if step.keep is None:
        return folded
    windows, slot = folded[0][step.keep], (folded[1] + 1) % TURNS
    out = scratch.take(slot, windows.shape, folding.dtype)
    np.copyto(out, windows)
    return out, slot


def _copy_windows(cells: Array, block_fold: BlockFold, out: Array) -> None:
    """Copy the windows' values out of a folded block, in the fastest way."""
    if block_fold.picks is not None and out.flags.c_contiguous:
        flat = cells.reshape(len(cells), -1)
        np.take(flat, block_fold.picks, axis=1, out=out.reshape(len(cells), -1), mode="clip")
    elif block_fold.pairs and out.itemsize in HALVES and out.strides[-1] == out.itemsize:
        pair, cell = HALVES[out.itemsize]
        np.copyto(out.view(cell), cells.view(pair)[block_fold.pairs], casting="unsafe")
    else:
        np.copyto(out, cells[block_fold.kept])


_METHODS: dict[str, Callable[[Folded, FoldStep, Folding], Folded]] = {
    "products": _fold_products,
    "rows": _fold_rows,
    "shifts": _fold_shifts,
}
