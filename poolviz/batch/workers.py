"""Crews: those who work. A pool is asked through futures, and can be replaced when it dies."""

import atexit
import contextlib
import json
import logging
import multiprocessing
import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from poolviz.batch.work import Recipe, Record, Task, process_all
from poolviz.checks import shown
from poolviz.errors import PoolvizError, SpecError
from poolviz.sources import regular_file
from poolviz.text import escaped

Records = list[Record]
Deaths = tuple[type[BaseException], ...]


class WorkerPool(Protocol):
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
            return self._pool.submit(process_all, tasks, recipe)

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


# How long a scheduler may take to answer, and a worker to be there.
SECONDS = 10
# The file of a scheduler is no longer.
MOST_BYTES = 1 << 20
_ADDRESS = re.compile(r"(\w+://)?.+:\d{1,5}", re.ASCII)
# The package and the one beneath it.
_LOGGERS = ("distributed", "tornado")
REMEDY = "start it, and check the address; the README tells how"


class Cluster:
    """The workers of a scheduler.

    Args:
        address: as ``tcp://host:8786``; None where there is a file.
        file: which a scheduler has written.

    Raises:
        SpecError: it is not an address.
        PoolvizError: the package is missing, or nobody answers in time.
    """

    # Over a network, handing out takes longer.
    chunk_seconds = 0.5

    def __init__(self, address: str | None, file: str | None = None) -> None:
        if address and not _ADDRESS.fullmatch(address):
            raise SpecError(
                "--scheduler", f"{shown(address)} is not an address", "give tcp://host:8786"
            )
        self._shown = address or str(file)
        address = address or _address(str(file))
        distributed = _package()
        self.deaths: Deaths = (distributed.scheduler.KilledWorker, CancelledError)
        start = monotonic()
        try:
            self._client = within(SECONDS, lambda: _connected(distributed, address))
        except Exception as error:
            # Of other kinds of connection other errors come.
            late = monotonic() - start >= SECONDS - 1
            cause = f"nobody answers within {SECONDS} seconds" if late else "no scheduler is there"
            raise self._unreachable(cause) from error
        threads = self._client.nthreads()
        self.size = sum(threads.values())
        machines: Counter[str] = Counter()
        for worker, count in threads.items():
            machines[worker.rpartition(":")[0]] += count
        self.sharing = max(machines.values())
        self._executor = self._client.get_executor(pure=False)

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have tasks treated.

        Raises:
            PoolvizError: the scheduler is gone, and the connection is closed.
        """
        try:
            future: Future[Records] = self._executor.submit(process_all, list(tasks), recipe)
        except Exception as error:
            if self._client.status != "closed":
                raise
            raise self._unreachable("it is gone") from error
        return future

    def check(self) -> None:
        """See that there is somebody, as :meth:`renew`."""
        self.renew()

    def renew(self) -> None:
        """See that there is somebody; a scheduler replaces workers by itself.

        Raises:
            PoolvizError: there is nobody.
        """
        try:
            within(SECONDS, lambda: self._client.wait_for_workers(1, timeout=SECONDS))
        except Exception as error:
            raise self._unreachable("it is gone") from error

    def close(self, *, at_once: bool = False) -> None:
        """Leave the scheduler; what waits there is dropped."""
        del at_once
        # Nothing is lost with what fails here: a scheduler that is gone cannot be told to drop.
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=False)
        with contextlib.suppress(Exception):
            _waited_for(SECONDS, lambda: self._client.close(timeout=SECONDS))

    def _unreachable(self, cause: str) -> PoolvizError:
        return PoolvizError(escaped(self._shown), cause, REMEDY)


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """What ``work`` gives, if it ends in time; else this process will end as one that failed.

    Raises:
        TimeoutError: it does not end in time.
        Exception: whatever ``work`` raises.
    """
    try:
        return _waited_for(seconds, work)
    except TimeoutError:
        # Before what the package does at the end, which could wait as long.
        atexit.register(_end)
        raise


def _waited_for(seconds: float, work: Callable[[], Any]) -> Any:
    """What ``work`` gives in time.

    Not every wait of the package has an end of its own: a scheduler may accept and say nothing.
    """
    outcome: Future[Any] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(seconds)


def _end() -> None:
    """End with what has been said, whatever still waits."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(1)


def _connected(distributed: Any, address: str) -> Any:
    client = distributed.Client(address, timeout=SECONDS)
    client.wait_for_workers(1, timeout=SECONDS)
    return client


def _address(file: str) -> str:
    """What a scheduler has written of itself.

    Raises:
        SourceError: there is no such file, or it is a folder, a pipe or a device.
        PoolvizError: no scheduler has written it.
    """
    regular_file(Path(file))
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        address = json.loads(data)["address"] if len(data) <= MOST_BYTES else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError, MemoryError):
        address = None
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise PoolvizError(escaped(file), "it is not the file of a scheduler", REMEDY)
    return address


def _package() -> Any:
    try:
        import distributed  # noqa: PLC0415 - of an extra
    except ImportError as error:
        raise PoolvizError(
            "scheduler", "the package distributed is missing", "run: pip install 'poolviz[dask]'"
        ) from error
    # What it has to say is said in one line, by us.
    for name in logging.root.manager.loggerDict:
        if name.startswith(_LOGGERS):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return distributed
