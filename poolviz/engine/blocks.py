"""Blocks of a map, which are folded one after the other, or in several threads.

In this order: the buffers and threads for the work; the windows along one axis of a block
(:class:`Taps`); how a map is cut into blocks; and the steps by which the cells of a block are
folded (:class:`BlockFold`). All but the work itself is built once for a geometry.
"""

import os
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import count, product
from math import prod
from threading import local
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from poolviz.geometry import SlidingAxis
from poolviz.windows import Array, Block

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


# A thread with fewer cells than this would finish before another has woken up.
CELLS_PER_THREAD = 1 << 19
# The number of cached views of buffers: more than one call needs.
MAX_VIEWS = 64
# Rows of at least this many cells are folded one by one; shorter ones in one long loop.
WIDE_ROW = 512
# From this stride on, dropping the rows between windows is worth the copy.
SPARSE_STRIDE = 3
# Shorter rows of windows are copied faster by np.take than by a strided copy.
SHORT_ROW = 8
# From this many windows in a row on, a matrix product for each row is worth its call.
MANY_TILES = 32
# Folds in which a cell may count twice.
IDEMPOTENT = (np.maximum, np.minimum, np.fmax, np.fmin)
Method = Literal["products", "rows", "shifts"]


class Scratch(local):
    """Numbered buffers of one thread, used again: a third of the time would go into page faults."""

    def __init__(self) -> None:
        self._buffers: dict[int, Array] = {}
        self._views: dict[tuple[int, tuple[int, ...], np.dtype[Any]], Array] = {}

    def take(self, slot: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Buffer ``slot`` as an array, its contents undefined."""
        view = self._views.get((slot, shape, dtype))
        if view is not None:
            return view
        size = prod(shape) * dtype.itemsize
        grows = slot not in self._buffers or self._buffers[slot].size < size
        if grows:
            self._buffers[slot] = np.empty(size, np.uint8)
        if grows or len(self._views) == MAX_VIEWS:
            # A view of the old buffer would keep it in memory.
            self._views.clear()
        view = self._buffers[slot][:size].view(dtype).reshape(shape)
        self._views[slot, shape, dtype] = view
        return view


scratch = Scratch()


def useful_threads(cells: int, threads: int | None) -> int:
    """The number of threads that are worth using: at most ``threads``, or one for each core."""
    return min(threads or os.cpu_count() or 1, max(1, cells // CELLS_PER_THREAD))


def run_in_threads(
    work: Callable[[Iterable[Any]], None], blocks: Iterable[Any], threads: int
) -> None:
    """Call ``work`` in several threads, which take blocks from one common iterator."""
    if threads == 1:
        work(blocks)
        return
    remaining = iter(list(blocks))
    executor = _thread_pool(threads, os.getpid())
    try:
        for future in [executor.submit(work, remaining) for _ in range(threads)]:
            future.result()
    except BaseException:
        # After a signal or an error the threads must not take another block.
        deque(remaining, maxlen=0)
        raise


@lru_cache(maxsize=4)
def _thread_pool(threads: int, process: int) -> "ThreadPoolExecutor":
    """Threads that are kept for the next call; a forked process starts its own."""
    del process
    # Imported here: it takes 13 ms, and few inputs are large enough for threads.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    numbers = count()
    return ThreadPoolExecutor(threads, initializer=lambda: _pin_thread(next(numbers), threads))


def _pin_thread(number: int, threads: int) -> None:
    """Give this thread its share of the cores.

    Otherwise the interpreter's lock gathers the threads on one core: two threads are then
    1.01 times as fast as one, instead of 1.20 times.
    """
    if hasattr(os, "sched_setaffinity"):
        all_cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(all_cores)[number::threads] or all_cores)


@dataclass(frozen=True)
class Taps:
    """Windows along one axis of a block.

    Window i reads ``kernel_size`` cells, ``dilation`` apart, from ``start + i * stride`` on.
    Those in [0, size) exist.
    """

    size: int
    output_size: int
    start: int
    stride: int
    kernel_size: int
    dilation: int

    @classmethod
    def of(cls, axis: SlidingAxis) -> "Taps":
        """The windows of an entire axis."""
        return cls(
            size=axis.size,
            output_size=axis.output_size,
            start=-axis.before,
            stride=axis.stride,
            kernel_size=axis.kernel_size,
            dilation=axis.dilation,
        )

    @property
    def reach(self) -> int:
        """Cells from a window's first tap to its last."""
        return (self.kernel_size - 1) * self.dilation

    @property
    def stop(self) -> int:
        """The end of the last window."""
        return self.start + (self.output_size - 1) * self.stride + self.reach + 1

    @property
    def outside(self) -> tuple[int, int]:
        """The number of cells that the windows read before and after the axis."""
        return max(0, -self.start), max(0, self.stop - self.size)

    @property
    def padded_size(self) -> int:
        """The size of the axis with everything that its windows read."""
        return self.size + sum(self.outside)

    @property
    def fills(self) -> bool:
        """Whether the windows cover every cell exactly once."""
        adjacent = self.stride == self.kernel_size or self.output_size == 1
        return adjacent and self.output_size * self.kernel_size == self.padded_size

    @property
    def tiled(self) -> bool:
        """Whether the windows do not overlap, so that BLAS can add them."""
        disjoint = self.stride >= self.kernel_size or self.output_size == 1
        enough = self.fills or self.output_size >= MANY_TILES
        return self.dilation == 1 and disjoint and enough

    def part(self, windows: slice) -> tuple[slice, "Taps"]:
        """The cells that some of the windows read, and these windows relative to those cells."""
        count = windows.stop - windows.start
        start = self.start + windows.start * self.stride
        first = min(max(start, 0), self.size)
        stop = start + (count - 1) * self.stride + self.reach + 1
        stop = max(first, min(stop, self.size))
        if 4 * (stop - first) > 3 * self.size:
            # A small saving is not worth a strided input.
            first, stop = 0, self.size
        cut = replace(self, size=stop - first, output_size=count, start=start - first)
        return slice(first, stop), cut

    def taps(self, first: int, stop: int) -> "Taps":
        """The windows with only some of their taps."""
        return replace(self, start=self.start + first * self.dilation, kernel_size=stop - first)


Axes = tuple[Taps, ...]


def window_parts(axes: Axes, limit: int) -> list[Axes]:
    """Windows of more than ``limit`` cells cut into parts, along the first axes if possible."""
    longest = next((i for i, axis in enumerate(axes) if axis.kernel_size > 1), None)
    if longest is None or prod(axis.reach + 1 for axis in axes) <= limit:
        return [axes]
    axis, middle = axes[longest], axes[longest].kernel_size // 2
    halves = axis.taps(0, middle), axis.taps(middle, axis.kernel_size)
    split = [(*axes[:longest], half, *axes[longest + 1 :]) for half in halves]
    return [part for half in split for part in window_parts(half, limit)]


def block_shape(planes: int, axes: Axes, limit: int) -> tuple[int, ...]:
    """The number of planes, and of windows per axis, with which a block reads ``limit`` cells."""
    counts = [planes, *(axis.output_size for axis in axes)]

    def cells_read(index: int, count: int) -> int:
        """Cells that a block with another of its counts reads."""
        planes, *windows = (count if i == index else other for i, other in enumerate(counts))
        spans = (
            min((number - 1) * axis.stride + axis.reach + 1, axis.padded_size)
            for number, axis in zip(windows, axes, strict=True)
        )
        return planes * prod(spans)

    # At first no axis is cut so short that a block shares most of its cells with the next.
    long = [1, *(-(-4 * (axis.reach + 1) // axis.stride) for axis in axes)]
    for least in (long, [1] * len(long)):
        for index, total in enumerate(counts):
            candidates = range(1, total + 1)
            fitting = bisect_right(candidates, limit, key=partial(cells_read, index))
            if fitting < total:
                parts = -(-total // max(fitting, least[index]))
                counts[index] = -(-total // parts)
    return tuple(counts)


def slices(total: int, length: int) -> list[slice]:
    """range(total) in slices of ``length``."""
    return [slice(first, min(first + length, total)) for first in range(0, total, length)]


@dataclass(frozen=True)
class FoldStep:
    """The fold along one axis of cells shaped (planes, ...).

    Args:
        method: matrix products with ones, row by row, or shifts of the entire block.
        axis: its number, planes being 0.
        taps: its windows.
        first: where the first window begins in the padded block.
        shifts: by how many cells, and whether single cells are shifted or folded ones.
        keep: what to keep before the next axis is folded; None for everything.
    """

    method: Method
    axis: int
    taps: Taps
    first: int
    shifts: tuple[tuple[int, bool], ...] = ()
    keep: Block | None = None


@dataclass(frozen=True, eq=False)
class BlockFold:
    """How the cells of a block become windows.

    Args:
        axes: the windows on the block.
        shape: of the block with its padding.
        inside: the part of it that comes from the input.
        steps: the folds in their order.
        kept: where the windows' values are afterwards.
        pairs: the same in units of two cells, if every window's value begins such a pair.
        picks: the same as flat positions, if rows of windows are short.
    """

    axes: Axes
    shape: tuple[int, ...]
    inside: Block
    steps: tuple[FoldStep, ...]
    kept: Block
    pairs: Block | None
    picks: Array | None


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of the windows of a block: the input cells that it reads, and how they are folded."""

    cells: Block
    block_fold: BlockFold


# Planes, windows, and the pieces of these.
Tile = tuple[slice, Block, tuple[Piece, ...]]


@lru_cache(maxsize=64)
def cut_into_blocks(
    planes: int, axes: Axes, limit: int, fold: np.ufunc, *, products: bool
) -> tuple[Tile, ...]:
    """Blocks that read about ``limit`` cells each."""
    parts = window_parts(axes, limit // 2)
    shape = block_shape(planes, parts[0], limit)
    totals = planes, *(axis.output_size for axis in axes)
    groups, *tiles = (slices(*pair) for pair in zip(totals, shape, strict=True))
    pieces = [_pieces(part, tiles, fold, products=products) for part in parts]
    windows = list(zip(product(*tiles), zip(*pieces, strict=True), strict=True))
    return tuple((group, block, parts) for group in groups for block, parts in windows)


def _pieces(
    axes: Axes, tiles: list[list[slice]], fold: np.ufunc, *, products: bool
) -> Iterator[Piece]:
    """The piece of each tile, for windows that may be parts of the tile's windows."""
    parts = [[axis.part(tile) for tile in row] for axis, row in zip(axes, tiles, strict=True)]
    for block in product(*parts):
        cells, cut = zip(*block, strict=True)
        yield Piece(cells, build_block_fold(cut, fold, products=products))


@lru_cache(maxsize=256)
def build_block_fold(axes: Axes, fold: np.ufunc, *, products: bool) -> BlockFold:
    """How a block's windows are folded; ``products`` allows sums as matrix products."""
    padded = tuple(axis.padded_size for axis in axes)
    shape, kept, steps = list(padded), [slice(None)] * (1 + len(axes)), []
    order, last = list(range(len(axes))), axes[-1]
    if products and last.tiled and last.padded_size < WIDE_ROW:
        # Products shrink the last axis; wide rows are better folded as they are.
        order.reverse()
    for axis in order:
        row = prod(shape[axis + 1 :])
        step = _build_step(axis + 1, axes[axis], row, fold, products=products)
        steps.append(step)
        if step.method == "shifts" and step.keep is None:
            kept[step.axis] = starts(step.taps, step.first)
        else:
            shape[axis] = step.taps.output_size
    pairs = picks = None
    column = kept[-1]
    if column.step == 2 and column.start % 2 == 0 and shape[-1] % 2 == 0:  # noqa: PLR2004 - a pair
        pairs = (*kept[:-1], slice(column.start // 2, column.stop // 2 + 1))
    if last.output_size < SHORT_ROW:
        picks = np.arange(prod(shape)).reshape(shape)[tuple(kept[1:])].ravel()
    return BlockFold(
        axes=axes,
        shape=padded,
        inside=tuple(slice(axis.outside[0], axis.outside[0] + axis.size) for axis in axes),
        steps=tuple(steps),
        kept=tuple(kept),
        pairs=pairs,
        picks=picks,
    )


def _build_step(axis: int, taps: Taps, row: int, fold: np.ufunc, *, products: bool) -> FoldStep:
    """The cheapest fold along an axis where ``row`` cells lie from one to the next."""
    first = taps.start + taps.outside[0]
    if products and row == 1 and taps.tiled:
        return FoldStep("products", axis, taps, first)
    shifts = [
        (taps.dilation * row * cells, single) for cells, single in growth(taps.kernel_size, fold)
    ]
    # Row by row only windows are folded; shifts fold every place, but in fewer passes.
    if row >= WIDE_ROW and taps.kernel_size - 1 < taps.stride * (len(shifts) + 1):
        return FoldStep("rows", axis, taps, first)
    keep = None
    if taps.stride >= SPARSE_STRIDE and row > 1:
        keep = (slice(None),) * axis + (starts(taps, first),)
    return FoldStep("shifts", axis, taps, first, tuple(shifts), keep)


def starts(taps: Taps, first: int) -> slice:
    """Where the windows begin along an axis of a padded block."""
    return slice(first, first + (taps.output_size - 1) * taps.stride + 1, taps.stride)


def growth(kernel_size: int, fold: np.ufunc) -> Iterator[tuple[int, bool]]:
    """Shifts by which a fold grows to ``kernel_size`` cells in O(log k) passes.

    With True the single cells are shifted, which adds one cell to the fold; with False the
    folded cells. Where a cell may count twice (max, min) the two halves may overlap.
    """
    span = 1
    if fold in IDEMPOTENT:
        while span < kernel_size:
            shift = min(span, kernel_size - span)
            yield shift, False
            span += shift
        return
    for bit in f"{kernel_size:b}"[1:]:
        yield span, False
        span *= 2
        if bit == "1":
            yield span, True
            span += 1
