"""Plans: how the cells of a block are folded, axis by axis; made once for a geometry."""

import os
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count, product
from math import prod
from threading import local
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from poolviz.geometry import SlidingAxis
from poolviz.windows import Array, Block

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


# Fewer cells than this for each thread are done before another has woken.
CELLS_PER_THREAD = 1 << 19


# Views of buffers that are kept: more than a call needs.
MOST_VIEWS = 64


class Scratch(local):
    """Buffers by number. Fresh ones would cost their page faults again: a third of the time."""

    def __init__(self) -> None:
        self._buffers: dict[int, Array] = {}
        self._views: dict[tuple[int, tuple[int, ...], np.dtype[Any]], Array] = {}

    def take(self, slot: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Buffer ``slot`` as an array; what it held is lost."""
        view = self._views.get((slot, shape, dtype))
        return self._new_view(slot, shape, dtype) if view is None else view

    def _new_view(self, slot: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        size = prod(shape) * dtype.itemsize
        grows = slot not in self._buffers or self._buffers[slot].size < size
        if grows:
            self._buffers[slot] = np.empty(size, np.uint8)
        if grows or len(self._views) == MOST_VIEWS:
            # A view of the former buffer would keep it in memory.
            self._views.clear()
        view = self._buffers[slot][:size].view(dtype).reshape(shape)
        self._views[slot, shape, dtype] = view
        return view


scratch = Scratch()


def thread_count(cells: int, threads: int | None) -> int:
    """How many threads to use: those asked for, or one for each core, as far as they pay."""
    wanted = threads or os.cpu_count() or 1
    return min(wanted, max(1, cells // CELLS_PER_THREAD))


def share_out(work: Callable[[Iterable[Any]], None], blocks: Iterable[Any], threads: int) -> None:
    """Have ``work`` done on ``blocks``, by threads of which each draws the next block."""
    if threads == 1:
        work(blocks)
        return
    left = iter(list(blocks))
    executor = _executor(threads, os.getpid())
    try:
        for done in [executor.submit(work, left) for _ in range(threads)]:
            done.result()
    except BaseException:
        # Whatever ends this, a signal or an error, the threads are to draw no more blocks.
        deque(left, maxlen=0)
        raise


@lru_cache(maxsize=4)
def _executor(threads: int, process: int) -> "ThreadPoolExecutor":
    """Threads that stay; a forked process, which has none of them, starts its own."""
    del process
    # Imported here: it takes 13 ms, and few inputs are large enough for threads.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    numbers = count()
    return ThreadPoolExecutor(threads, initializer=lambda: _settle(next(numbers), threads))


def _settle(number: int, threads: int) -> None:
    """Keep this thread on cores of its own.

    Otherwise the interpreter's lock gathers the threads on one core: two then
    are 1.01 times as fast as one, with this 1.20 times.
    """
    if hasattr(os, "sched_setaffinity"):
        all_cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(all_cores)[number::threads] or all_cores)


@dataclass(frozen=True)
class Taps:
    """Windows along one axis of a block: window i reads ``kernel_size`` cells, ``dilation`` apart,
    from ``start + i * stride`` on, of which those in [0, size) exist.
    """  # noqa: D205 - one sentence

    size: int
    output_size: int
    start: int
    stride: int
    kernel_size: int
    dilation: int

    @classmethod
    def of(cls, axis: SlidingAxis) -> "Taps":
        """The windows of a whole axis."""
        numbers = axis.stride, axis.kernel_size, axis.dilation
        return cls(axis.size, axis.output_size, -axis.before, *numbers)

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
        """Cells that the windows read before and after the axis."""
        return max(0, -self.start), max(0, self.stop - self.size)

    @property
    def padded_size(self) -> int:
        """The axis with all that its windows read."""
        return self.size + sum(self.outside)

    @property
    def fills(self) -> bool:
        """Whether the windows stand side by side and leave no cell over."""
        side_by_side = self.stride == self.kernel_size or self.output_size == 1
        return side_by_side and self.output_size * self.kernel_size == self.padded_size

    def part(self, windows: slice) -> tuple[slice, "Taps"]:
        """The cells that some of the windows read, and these windows on those cells."""
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

    def some(self, first: int, stop: int) -> "Taps":
        """The windows with only some of their cells."""
        return replace(self, start=self.start + first * self.dilation, kernel_size=stop - first)


Axes = tuple[Taps, ...]


def window_parts(axes: Axes, limit: int) -> list[Axes]:
    """Windows of more than ``limit`` cells cut into parts, leading axes first: rows stay whole."""
    at = next((at for at, axis in enumerate(axes) if axis.kernel_size > 1), None)
    if at is None or prod(axis.reach + 1 for axis in axes) <= limit:
        return [axes]
    axis, middle = axes[at], axes[at].kernel_size // 2
    halves = axis.some(0, middle), axis.some(middle, axis.kernel_size)
    split = [(*axes[:at], half, *axes[at + 1 :]) for half in halves]
    return [part for half in split for part in window_parts(half, limit)]


def block_shape(planes: int, axes: Axes, limit: int) -> tuple[int, ...]:
    """Planes, then windows per axis, such that a block reads about ``limit`` cells."""
    counts = [planes, *(axis.output_size for axis in axes)]
    # At first no axis is cut so short that most of what a block reads is shared with the next.
    long = [1, *(-(-4 * (axis.reach + 1) // axis.stride) for axis in axes)]
    for least in (long, [1] * len(long)):
        for at, total in enumerate(counts):
            most = _most(counts, at, axes, limit)
            if most < total:
                parts = -(-total // max(most, least[at]))
                counts[at] = -(-total // parts)
    return tuple(counts)


def _most(counts: list[int], at: int, axes: Axes, limit: int) -> int:
    """The largest ``counts[at]`` with which a block reads at most ``limit`` cells, 0 if none."""
    before, after = counts[:at], counts[at + 1 :]
    tried = range(1, counts[at] + 1)
    return bisect_right(tried, limit, key=lambda n: _cells_read([*before, n, *after], axes))


def _cells_read(counts: list[int], axes: Axes) -> int:
    spans = (
        min((count - 1) * axis.stride + axis.reach + 1, axis.padded_size)
        for count, axis in zip(counts[1:], axes, strict=True)
    )
    return counts[0] * prod(spans)


def slices(total: int, each: int) -> list[slice]:
    """range(total) in slices of ``each``."""
    return [slice(first, min(first + each, total)) for first in range(0, total, each)]


# From this many cells a row is folded with the next ones; shorter rows in one long loop.
WIDE_ROW = 512
# From this stride on, leaving out the rows between windows is worth its copy.
SPARSE_STRIDE = 3
# Shorter rows of windows are copied quicker by np.take than by a strided copy.
SHORT_ROW = 8
# From so many windows in a row on, the products of each row pay by themselves.
MANY_TILES = 32
# Folds in which a cell may count twice.
IDEMPOTENT = (np.maximum, np.minimum, np.fmax, np.fmin)
Method = Literal["products", "rows", "shifts"]


@dataclass(frozen=True)
class FoldStep:
    """The fold along one axis of cells shaped (planes, ...).

    Args:
        method: by matrix products with ones, row by row, or by shifts of the whole block.
        at: the axis.
        taps: its windows.
        first: where the first window begins in the padded block.
        shifts: by how many cells, and whether the single cells are shifted or the folded.
        keep: what to keep before the next axis is folded; None for all.
    """

    method: Method
    at: int
    taps: Taps
    first: int
    shifts: tuple[tuple[int, bool], ...] = ()
    keep: Block | None = None


@dataclass(frozen=True, eq=False)
class Schedule:
    """How the cells of a block become windows.

    Args:
        axes: the windows on the block.
        shape: the block with its padding.
        inside: the input's part of it.
        steps: the folds in their order.
        kept: where the windows' values stand afterwards.
        pairs: the same in cells taken two by two, where each pair begins with a window.
        picks: the same as flat positions, where rows of windows are short.
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
    """One part of the windows of a block: the input cells that it reads, and its schedule."""

    cells: Block
    schedule: Schedule


Tile = tuple[slice, Block, tuple[Piece, ...]]


@lru_cache(maxsize=64)
def tiling(planes: int, axes: Axes, limit: int, fold: np.ufunc, products: bool) -> tuple[Tile, ...]:
    """Blocks of about ``limit`` cells: their planes, their windows, the pieces of these."""
    parts = window_parts(axes, limit // 2)
    shape = block_shape(planes, parts[0], limit)
    totals = planes, *(axis.output_size for axis in axes)
    groups, *tiles = (slices(*pair) for pair in zip(totals, shape, strict=True))
    pieces = [_pieces(part, tiles, fold, products) for part in parts]
    windows = list(zip(product(*tiles), zip(*pieces, strict=True), strict=True))
    return tuple((group, block, parts) for group in groups for block, parts in windows)


def _pieces(
    axes: Axes, tiles: list[list[slice]], fold: np.ufunc, products: bool
) -> Iterator[Piece]:
    parts = [[axis.part(tile) for tile in row] for axis, row in zip(axes, tiles, strict=True)]
    for block in product(*parts):
        cells, cut = zip(*block, strict=True)
        yield Piece(cells, schedule_of(cut, fold, products))


@lru_cache(maxsize=256)
def schedule_of(axes: Axes, fold: np.ufunc, products: bool) -> Schedule:
    """The plan for a block's windows; ``products``: sums may be matrix products."""
    padded = tuple(axis.padded_size for axis in axes)
    shape, kept, steps = list(padded), [slice(None)] * (1 + len(axes)), []
    for at in _order(axes, products):
        step = _step(at, axes[at], shape, fold, products)
        steps.append(step)
        if step.method == "shifts" and step.keep is None:
            kept[step.at] = starts(step.taps, step.first)
        else:
            shape[at] = step.taps.output_size
    inside = tuple(slice(axis.outside[0], axis.outside[0] + axis.size) for axis in axes)
    pairs, picks = _pairs(shape, kept), _picks(axes, shape, kept)
    return Schedule(axes, padded, inside, tuple(steps), tuple(kept), pairs, picks)


def _order(axes: Axes, products: bool) -> list[int]:
    """The first axes shrink by whole rows, if these are wide; else products shrink the last."""
    order = list(range(len(axes)))
    last = axes[-1]
    return order[::-1] if products and _tiled(last) and last.padded_size < WIDE_ROW else order


def _tiled(taps: Taps) -> bool:
    """Whether the windows stand side by side, so that BLAS can add them."""
    side_by_side = taps.stride >= taps.kernel_size or taps.output_size == 1
    return taps.dilation == 1 and side_by_side and (taps.fills or taps.output_size >= MANY_TILES)


def _step(at: int, taps: Taps, shape: list[int], fold: np.ufunc, products: bool) -> FoldStep:
    row = prod(shape[at + 1 :])
    first = taps.start + taps.outside[0]
    if products and row == 1 and _tiled(taps):
        return FoldStep("products", at + 1, taps, first)
    shifts = [
        (taps.dilation * row * cells, single) for cells, single in growth(taps.kernel_size, fold)
    ]
    # Row by row only windows are folded; by shifts every place, but in fewer passes.
    if row >= WIDE_ROW and taps.kernel_size - 1 < taps.stride * (len(shifts) + 1):
        return FoldStep("rows", at + 1, taps, first)
    keep = None
    if taps.stride >= SPARSE_STRIDE and row > 1:
        keep = (slice(None),) * (at + 1) + (starts(taps, first),)
    return FoldStep("shifts", at + 1, taps, first, tuple(shifts), keep)


def starts(taps: Taps, first: int) -> slice:
    """Where the windows begin in a padded block."""
    return slice(first, first + (taps.output_size - 1) * taps.stride + 1, taps.stride)


def _pairs(shape: list[int], kept: list[slice]) -> Block | None:
    last = kept[-1]
    if last.step != 2 or last.start % 2 or shape[-1] % 2:  # noqa: PLR2004 - a pair is two
        return None
    return (*kept[:-1], slice(last.start // 2, last.stop // 2 + 1))


def _picks(axes: Axes, shape: list[int], kept: list[slice]) -> Array | None:
    if axes[-1].output_size >= SHORT_ROW:
        return None
    return np.arange(prod(shape)).reshape(shape)[tuple(kept[1:])].ravel()


def growth(kernel_size: int, fold: np.ufunc) -> Iterator[tuple[int, bool]]:
    """Shifts by which a fold grows to ``kernel_size`` cells in O(log k) passes.

    With True the single cells are shifted, one more joining the fold; otherwise
    the folded ones. Where a cell may count twice (max, min) halves may overlap.
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
