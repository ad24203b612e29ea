"""Crews: those who work. A crew is asked through futures, and can be replaced when it dies."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
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
    """Processes on this machine.

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
        return ProcessPoolExecutor(self.size, context, initializer=_prepare)

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have tasks treated."""
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


def _prepare() -> None:
    """Leave interrupts to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: Any) -> None:
    wait([sentinel])
    os._exit(1)
