"""Run a batch: worker processes or those of a Dask scheduler, and tasks given out in chunks."""

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
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import connection, resource_tracker
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any, Protocol

from poolviz.batch.work import FAILED, KEPT, Recipe, Record, Task, finished_record, process_all
from poolviz.checks import shown
from poolviz.engine.waiting import wait_for
from poolviz.errors import PoolvizError, SpecError
from poolviz.sources import regular_file
from poolviz.text import escaped

# How long a scheduler may take to answer, and a worker to join.
SECONDS = 10
# A scheduler's file is never longer.
MOST_BYTES = 1 << 20
_ADDRESS = re.compile(r"(\w+://)?.+:\d{1,5}", re.ASCII)
# The package distributed, and the one that it is built on.
_LOGGERS = ("distributed", "tornado")
REMEDY = "start a scheduler and workers as the README shows, and check the address"

Records = list[Record]
Deaths = tuple[type[BaseException], ...]


class WorkerPool(Protocol):
    """Workers that process tasks.

    Attributes:
        size: how many tasks are processed at a time.
        sharing: the largest number of workers that share the memory of one machine.
        chunk_seconds: how long one chunk of tasks should take: long enough to outweigh the cost
            of submitting it, short enough that little is lost with it.
        deaths: the exceptions that a future raises if its worker died.
    """

    size: int
    sharing: int
    chunk_seconds: float
    deaths: Deaths

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have one worker process ``tasks``."""

    def check(self) -> None:
        """Raise PoolvizError if no worker is left."""

    def renew(self) -> None:
        """Replace workers that died."""

    def close(self, *, at_once: bool = False) -> None:
        """Shut down after all submitted tasks, or at once, whatever is in progress."""


class Processes:
    """Silent processes on this machine.

    Args:
        size: how many.
    """

    chunk_seconds = 0.1
    deaths: Deaths = (BrokenProcessPool,)

    def __init__(self, size: int) -> None:
        self.size = self.sharing = size
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # Spawned, not forked: a fork copies the locks of threads that it does not have.
        context = multiprocessing.get_context("spawn")
        with _undisturbed():
            return ProcessPoolExecutor(self.size, context, initializer=_prepare_process)

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have one process process ``tasks``."""
        # The pool starts its processes when it gets work.
        with _undisturbed():
            return self._pool.submit(process_all, tasks, recipe)

    def check(self) -> None:
        """Do nothing: the futures of processes that die raise an exception."""

    def renew(self) -> None:
        """Start new processes."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._start()

    def close(self, *, at_once: bool = False) -> None:
        """End the processes; none is left when this returns."""
        if at_once:
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown(cancel_futures=True)


def _prepare_process() -> None:
    """Leave interrupts to the parent process, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def end_with_parent() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes in such a way that they never print, whenever a signal arrives.

    A process that is only half started, or is interrupted before it is prepared, would print
    a traceback; so would the resource tracker that multiprocessing starts for itself.
    """
    with _signals_delayed(), _streams_discarded(), _interrupts_blocked():
        yield


@contextlib.contextmanager
def _signals_delayed() -> Iterator[None]:
    """Hold back signals that would interrupt this process until the block ends."""
    if threading.current_thread() is not threading.main_thread():
        # Signals interrupt the main thread only, and handlers can be set only there.
        yield
        return
    arrived: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handlers = {number: handler for number, handler in handlers.items() if callable(handler)}
    try:
        for number in handlers:
            signal.signal(number, lambda number, _: arrived.append(number))
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if arrived:
            signal.raise_signal(arrived[0])


@contextlib.contextmanager
def _streams_discarded() -> Iterator[None]:
    """Let processes inherit output streams that lead nowhere, for their libraries too."""
    with contextlib.ExitStack() as stack:
        for stream in (1, 2):
            # A stream that the shell has closed needs nothing.
            with contextlib.suppress(OSError):
                copy = os.dup(stream)
                stack.callback(os.close, copy)
                stack.callback(os.dup2, copy, stream)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream)
                os.close(nowhere)
        yield


@contextlib.contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Let processes inherit a blocked SIGINT, where the system can block signals."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # The resource tracker unblocks SIGINT when it starts, so it has to run already.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Cluster:
    """The workers of a Dask scheduler.

    Args:
        address: of the scheduler, e.g. ``tcp://host:8786``; None to read it from ``file``.
        file: a file that the scheduler has written.

    Raises:
        SpecError: ``address`` is not an address.
        SourceError: ``file`` cannot be read.
        PoolvizError: the package is missing, or no scheduler or worker answers in time.
    """

    # Submitting takes longer over a network.
    chunk_seconds = 0.5

    def __init__(self, address: str | None, file: str | None = None) -> None:
        if address and not _ADDRESS.fullmatch(address):
            cause = f"{shown(address)} is not an address"
            raise SpecError("--scheduler", cause, "use e.g. tcp://host:8786")
        self._shown = address or str(file)
        address = address or _read_address(str(file))
        distributed = _import_distributed()
        self.deaths: Deaths = (distributed.scheduler.KilledWorker, CancelledError)

        def connect() -> Any:
            client = distributed.Client(address, timeout=SECONDS)
            client.wait_for_workers(1, timeout=SECONDS)
            return client

        start = monotonic()
        try:
            self._client = within(SECONDS, connect)
        except Exception as error:
            # Each kind of connection raises errors of its own.
            late = monotonic() - start >= SECONDS - 1
            cause = f"no answer within {SECONDS} seconds" if late else "no scheduler answers"
            raise self._unreachable(cause) from error
        threads = self._client.nthreads()
        self.size = sum(threads.values())
        machines: Counter[str] = Counter()
        for worker, count in threads.items():
            machines[worker.rpartition(":")[0]] += count
        self.sharing = max(machines.values())
        self._executor = self._client.get_executor(pure=False)

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[Records]":
        """Have one worker process ``tasks``.

        Raises:
            PoolvizError: the connection to the scheduler is lost.
        """
        try:
            future: Future[Records] = self._executor.submit(process_all, list(tasks), recipe)
        except Exception as error:
            if self._client.status != "closed":
                raise
            raise self._unreachable("the connection was lost") from error
        return future

    def check(self) -> None:
        """Raise PoolvizError if no worker is left, as :meth:`renew`."""
        self.renew()

    def renew(self) -> None:
        """Wait for a worker; the scheduler replaces those that died.

        Raises:
            PoolvizError: none joins in time, or the scheduler does not answer.
        """
        try:
            within(SECONDS, lambda: self._client.wait_for_workers(1, timeout=SECONDS))
        except Exception as error:
            raise self._unreachable("the scheduler or its last worker is gone") from error

    def close(self, *, at_once: bool = False) -> None:
        """Disconnect from the scheduler, which drops the tasks that wait there."""
        del at_once
        # Nothing is lost if this fails: a scheduler that is gone has no tasks to drop.
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=False)
        with contextlib.suppress(Exception):
            _wait_for_scheduler(SECONDS, lambda: self._client.close(timeout=SECONDS))

    def _unreachable(self, cause: str) -> PoolvizError:
        return PoolvizError(escaped(self._shown), cause, REMEDY)


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """Return the result of ``work``; if it takes longer than ``seconds``, the process will fail.

    Raises:
        TimeoutError: it takes longer.
        Exception: whatever ``work`` raises.
    """
    try:
        return _wait_for_scheduler(seconds, work)
    except TimeoutError:
        # Runs before the package's own exit handler, which could wait as long.
        atexit.register(_exit_failed)
        raise


def _wait_for_scheduler(seconds: float, work: Callable[[], Any]) -> Any:
    """Wait in a thread, as the package does not limit all its waits: a scheduler may be silent."""
    return wait_for(work, seconds=seconds)


def _exit_failed() -> None:
    """End the process after flushing its output so far, whatever is still waiting."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(1)


def _read_address(file: str) -> str:
    """Read the address of a scheduler from the file that it has written.

    Raises:
        SourceError: there is no such file, or it is a folder, a pipe or a device.
        PoolvizError: it was not written by a scheduler.
    """
    remedy = "give the file that dask scheduler --scheduler-file FILE writes"
    regular_file(Path(file), remedy)
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        address = json.loads(data)["address"] if len(data) <= MOST_BYTES else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError, MemoryError):
        address = None
    if not isinstance(address, str) or not _ADDRESS.fullmatch(address):
        raise PoolvizError(escaped(file), "is not a scheduler file", remedy)
    return address


def _import_distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415 - only with the extra dask
    except ImportError as error:
        cause, remedy = "the package distributed is missing", "run: pip install 'poolviz[dask]'"
        raise PoolvizError("--scheduler", cause, remedy) from error
    # poolviz reports its errors, in one line each.
    for name in logging.root.manager.loggerDict:
        if name.startswith(_LOGGERS):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return distributed


# Chunks that wait or are in progress for each worker: enough to keep it busy.
AHEAD = 3
MOST_TASKS = 64
# After this many seconds without a record, check that a worker is left.
SECONDS = 10


class Running:
    """A batch in progress.

    Args:
        tasks: what is to be done; each is taken when it is submitted.
        count: the number of tasks.
        recipe: what is done with each.
        pool: the workers.

    Example:
        >>> from poolviz.batch.workers import Processes
        >>> list(Running([], 0, None, Processes(1)).records())
        []
    """

    def __init__(self, tasks: Iterable[Task], count: int, recipe: Recipe, pool: WorkerPool) -> None:
        self._tasks = iter(tasks)
        self._remaining = count
        self._recipe = recipe
        self._pool = pool
        self._submitted: dict[Future[Records], Sequence[Task]] = {}
        # Tasks that were done, and the seconds that these took.
        self._done = 0
        self._seconds = 0.0

    def records(self) -> Iterator[list[Record]]:
        """Yield records as they come, one for each task.

        A task whose worker died is tried once more, alone, before it counts as failed.
        """
        while self._submit_chunks():
            suspects: list[Task] = []
            for future in self._wait(self._submitted, FIRST_COMPLETED):
                tasks = self._submitted.pop(future)
                if self._has_died(future):
                    suspects += tasks
                else:
                    yield self._counted(future.result())
            if suspects:
                yield from self._retried(suspects)

    def finished(self, seconds: float) -> list[Record]:
        """Submit no more, and return the records that come within ``seconds``."""
        self._remaining = 0
        ended, _ = wait(self._submitted, timeout=seconds)
        return [
            record for future in ended if _failure(future) is None for record in future.result()
        ]

    def _submit_chunks(self) -> bool:
        """Submit chunks until every worker is busy; whether any chunk is in progress."""
        while self._remaining and len(self._submitted) < AHEAD * self._pool.size:
            count = min(self._chunk_size(), self._remaining)
            self._remaining -= count
            tasks = list(islice(self._tasks, count))
            try:
                future = self._pool.submit(tasks, self._recipe)
            except self._pool.deaths:
                # Workers died unnoticed; what was submitted before raises, too.
                self._pool.renew()
                future = self._pool.submit(tasks, self._recipe)
            self._submitted[future] = tasks
        return bool(self._submitted)

    def _chunk_size(self) -> int:
        """Tasks that take as long as suits the pool, and fewer as the end comes near."""
        if not self._done:
            return 1
        fair = -(-self._remaining // (AHEAD * self._pool.size))
        timely = int(self._pool.chunk_seconds * self._done / max(self._seconds, 1e-6))
        return max(1, min(timely, fair, MOST_TASKS))

    def _wait(self, futures: Collection[Future[Records]], when: str) -> set[Future[Records]]:
        """Wait for the first or all of ``futures``; check from time to time for workers."""
        while futures:
            ended, others = wait(futures, SECONDS, when)
            if ended and (when == FIRST_COMPLETED or not others):
                return ended
            self._pool.check()
        return set()

    def _has_died(self, future: "Future[Records]") -> bool:
        return isinstance(_failure(future), self._pool.deaths)

    def _counted(self, records: Records) -> Records:
        """Use the times of ``records`` for the size of later chunks."""
        # The time of a source that was kept is that of an earlier run.
        worked = [record for record in records if record["status"] != KEPT]
        self._done += len(worked)
        self._seconds += sum(record["seconds"] for record in worked)
        return records

    def _retried(self, suspects: list[Task]) -> Iterator[Records]:
        """Run tasks one after the other, to see at which of them a worker dies."""
        self._wait(self._submitted, ALL_COMPLETED)
        for future, tasks in list(self._submitted.items()):
            if self._has_died(future):
                suspects += tasks
                del self._submitted[future]
        self._pool.renew()
        for task in suspects:
            yield [self._run_alone(task)]

    def _run_alone(self, task: Task) -> Record:
        start = perf_counter()
        try:
            future = self._pool.submit([task], self._recipe)
            self._wait([future], ALL_COMPLETED)
            return future.result()[0]
        except self._pool.deaths:
            self._pool.renew()
            cause = "its worker died twice, perhaps for lack of memory"
            error = f"{task.item.shown}: {cause}; use fewer --jobs or a smaller --max-memory"
            record = {"status": FAILED, "error": error}
            return finished_record(task.item, self._recipe, record, perf_counter() - start)


def _failure(future: "Future[Records]") -> BaseException | None:
    """The exception of a future that has ended; None if it has a result."""
    return CancelledError() if future.cancelled() else future.exception()
