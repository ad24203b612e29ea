"""The fast path: windows are axis-separable, so fold along one axis after the other.

Padding and overhang are never materialised: each tap of the kernel is folded
into just the outputs for which it lies in the input.
"""

import math
import os
from collections.abc import Callable, Iterator

import numpy as np

from poolviz.geometry import Axis, Geometry, SlidingAxis
from poolviz.modes import FoldMode
from poolviz.patches import Array, count, whole

# Cells folded at a time: a block and its scratch stay in the second-level cache.
CELLS_IN_A_BLOCK = 1 << 16
# Fewer cells than this are done before a thread would have started.
CELLS_FOR_THREADS = 1 << 20


def fold(
    values: Array, geometry: Geometry, mode: FoldMode, pooled: Array, threads: int | None = None
) -> None:
    """Write ``values`` (..., spatial) folded by ``mode`` into ``pooled``, plane by plane."""
    rank = len(geometry.axes)
    planes = values.reshape(-1, *values.shape[-rank:])
    outputs = pooled.reshape(-1, *pooled.shape[-rank:])
    counts = count(geometry, whole(geometry))

    def work(block: slice) -> None:
        # Each thread has its own error state: inf − inf is NaN, and nothing to warn of.
        with np.errstate(all="ignore"):
            outputs[block] = folded_block(planes[block])

    def folded_block(cells: Array) -> Array:
        folded = mode.prepare(cells.astype(mode.accumulator(values.dtype), copy=False))
        for at, axis in enumerate(geometry.axes):
            folded = _fold_axis(folded, axis, at - rank, mode)
        return mode.finish(folded, counts)

    _spread(work, list(_blocks(planes)), threads or _default_threads(values))


def _default_threads(values: Array) -> int:
    return (os.cpu_count() or 1) if values.size >= CELLS_FOR_THREADS else 1


def _blocks(planes: Array) -> Iterator[slice]:
    each = max(1, CELLS_IN_A_BLOCK // math.prod(planes.shape[1:]))
    return (slice(start, start + each) for start in range(0, len(planes), each))


def _spread(work: Callable[[slice], None], blocks: list[slice], threads: int) -> None:
    if threads == 1 or len(blocks) == 1:
        for block in blocks:
            work(block)
        return
    # Imported here: it takes 13 ms, and few inputs are large enough for threads.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, blocks))


def _fold_axis(values: Array, axis: Axis, along: int, mode: FoldMode) -> Array:
    moved = np.moveaxis(values, along, 0)
    folded = np.full(
        (axis.output_size, *moved.shape[1:]), mode.identity(values.dtype), values.dtype
    )
    if isinstance(axis, SlidingAxis):
        _fold_taps(moved, axis, mode.fold, folded)
    else:
        for at in range(axis.output_size):
            window = axis.window(at)
            mode.fold.reduce(moved[window.start : window.stop], axis=0, out=folded[at])
    return np.moveaxis(folded, 0, along)


def _fold_taps(moved: Array, axis: SlidingAxis, operation: np.ufunc, folded: Array) -> None:
    for tap in range(axis.kernel_size):
        offset = tap * axis.dilation - axis.before
        first = max(0, -(offset // axis.stride))
        stop = min(axis.output_size, -((offset - axis.size) // axis.stride))
        if first < stop:
            start = offset + first * axis.stride
            cells = moved[start : start + (stop - first - 1) * axis.stride + 1 : axis.stride]
            operation(folded[first:stop], cells, out=folded[first:stop])
