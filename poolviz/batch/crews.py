"""Crews: those who work. A crew is asked through futures, and can be replaced when it dies."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import Any, Protocol

from poolviz.batch.work import Recipe, Record, Task, treat_all

Records = list[Record]
Deaths = tuple[type[BaseException], ...]


class Crew(Protocol):
    """Workers.

    Attributes:
        size: how many work at a time.
        sharing: how many of them share the memory of one machine, at most.
        chunk_seconds: how long the work that is handed out at once should take: long
            enough to outweigh handing it out, short enough to lose little.
        deaths: what a future raises whose worker has died.
    """

    size: int
    sharing: int
    chunk_seconds: float
    deaths: Deaths

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have tasks treated."""

    def check(self) -> None:
        """Raise PoolvizError if nobody is there any more."""

    def renew(self) -> None:
        """Replace those that died."""

    def close(self, *, at_once: bool = False) -> None:
        """Let them go, when all is done; or at once, whatever they have begun."""


class Processes:
    """Processes on this machine, which print nothing.

    Args:
        size: how many.
    """

    chunk_seconds = 0.1
    deaths: Deaths = (BrokenProcessPool,)

    def __init__(self, size: int) -> None:
        self.size = self.sharing = size
        self._pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a fork copies the locks of threads that it does not have.
        context = multiprocessing.get_context("spawn")
        with _undisturbed():
            return ProcessPoolExecutor(self.size, context, initializer=_prepare)

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have tasks treated."""
        # The pool starts its processes when it is given work.
        with _undisturbed():
            return self._pool.submit(treat_all, tasks, recipe)

    def check(self) -> None:
        """Those that die are told of by their futures."""

    def renew(self) -> None:
        """Start new processes."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._started()

    def close(self, *, at_once: bool = False) -> None:
        """End the processes; none is left when this returns."""
        if at_once:
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes so that they print nothing, whoever is interrupted at whatever moment.

    One that is started halfway, or is interrupted before it is prepared, would print a
    traceback; so would the one that multiprocessing keeps for itself.
    """
    with _signals_waiting(), _silent(), _interrupts_blocked():
        yield


@contextlib.contextmanager
def _signals_waiting() -> Iterator[None]:
    """Hold back what would interrupt this process."""
    if threading.current_thread() is not threading.main_thread():
        # Signals interrupt the main thread only, and handlers can be set only there.
        yield
        return
    waiting: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    held = {number: handler for number, handler in before.items() if callable(handler)}
    try:
        for number in held:
            signal.signal(number, lambda number, _: waiting.append(number))
        yield
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        for taken in waiting[:1]:
            signal.raise_signal(taken)


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Have processes inherit that SIGINT is blocked, where there is such a thing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It unblocks SIGINT once it has started, so it has to be there before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Have processes inherit streams that lead nowhere: neither they nor their libraries print."""
    with contextlib.ExitStack() as stack:
        for stream in (1, 2):
            # One that the shell has closed needs nothing.
            with contextlib.suppress(OSError):
                kept = os.dup(stream)
                stack.callback(os.close, kept)
                stack.callback(os.dup2, kept, stream)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream)
                os.close(nowhere)
        yield


def _prepare() -> None:
    """Leave interrupts to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: Any) -> None:
    wait([sentinel])
    os._exit(1)
