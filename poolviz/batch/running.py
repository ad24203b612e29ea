"""Run a batch: submit its tasks in chunks, collect the records, and replace dead workers."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, CancelledError, Future, wait
from itertools import islice
from time import perf_counter

from poolviz.batch.work import FAILED, KEPT, Recipe, Record, Task, finished_record
from poolviz.batch.workers import Records, WorkerPool

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
