"""Scratch memory that a thread keeps from call to call, and threads that share blocks."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import count
from math import prod
from threading import local
from typing import TYPE_CHECKING, Any

import numpy as np

from poolviz.patches import Array

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
