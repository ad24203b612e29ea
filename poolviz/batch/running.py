"""Running: tasks handed out in chunks, records taken in, the dead replaced."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, CancelledError, Future, wait
from itertools import islice
from time import perf_counter

from poolviz.batch.work import FAILED, KEPT, Recipe, Record, Task, finished_record
from poolviz.batch.workers import Records, WorkerPool

# Chunks that wait or are in work, for each worker: enough that none is idle.
AHEAD = 3
MOST_TASKS = 64
# After so many without any record it is seen whether anybody is there.
SECONDS = 10


class Running:
    """A batch in work.

    Args:
        tasks: what is to be done, each made when it is handed out.
        count: how many they are.
        recipe: how.
        pool: by whom.

    Example:
        >>> from poolviz.batch.workers import Processes
        >>> list(Running([], 0, None, Processes(1)).records())
        []
    """

    def __init__(self, tasks: Iterable[Task], count: int, recipe: Recipe, pool: WorkerPool) -> None:
        self._tasks = iter(tasks)
        self._waiting = count
        self._recipe = recipe
        self._crew = pool
        self._given: dict[Future[Records], Sequence[Task]] = {}
        self._size = 1
        self._seconds = 0.0
        self._done = 0

    def records(self) -> Iterator[list[Record]]:
        """Records as they come; of each source there is one at the end.

        A source whose worker died is tried once more, alone, and then told as failed.
        """
        while self._hand_out():
            ready = self._ready(self._given, FIRST_COMPLETED)
            suspects: list[Task] = []
            for future in ready:
                tasks = self._given.pop(future)
                if isinstance(_failure(future), self._crew.deaths):
                    suspects += tasks
                else:
                    yield self._taken(future.result())
            if suspects:
                yield from self._tried_again(suspects)

    def finished(self, seconds: float) -> list[Record]:
        """What those in work bring within so many seconds, when no more is handed out."""
        self._waiting = 0
        ready, _ = wait(self._given, timeout=seconds)
        sound = [future for future in ready if _failure(future) is None]
        return [record for future in sound for record in future.result()]

    def _ready(self, futures: Collection[Future[Records]], when: str) -> set[Future[Records]]:
        """Those that have ended; from time to time it is seen whether anybody is there."""
        while futures:
            ended, others = wait(futures, SECONDS, when)
            if ended and (when == FIRST_COMPLETED or not others):
                return ended
            self._crew.check()
        return set()

    def _hand_out(self) -> bool:
        """Hand out chunks while somebody could be idle; whether anything is in work."""
        while self._waiting and len(self._given) < AHEAD * self._crew.size:
            count = min(self._chunk(), self._waiting)
            self._waiting -= count
            self._give(list(islice(self._tasks, count)))
        return bool(self._given)

    def _chunk(self) -> int:
        """Tasks for about the seconds that suit the pool, fewer as the end comes near."""
        if not self._done:
            return 1
        fair = -(-self._waiting // (AHEAD * self._crew.size))
        wanted = int(self._crew.chunk_seconds * self._done / max(self._seconds, 1e-6))
        return max(1, min(wanted, fair, MOST_TASKS))

    def _give(self, tasks: Sequence[Task]) -> None:
        try:
            self._given[self._crew.submit(tasks, self._recipe)] = tasks
        except self._crew.deaths:
            # They died since they were last heard of: what was given comes back as dead, too.
            self._crew.renew()
            self._given[self._crew.submit(tasks, self._recipe)] = tasks

    def _taken(self, records: Records) -> Records:
        # What is kept tells how long it took when it was done.
        worked = [record for record in records if record["status"] != KEPT]
        self._done += len(worked)
        self._seconds += sum(record["seconds"] for record in worked)
        return records

    def _tried_again(self, suspects: list[Task]) -> Iterator[Records]:
        """One after the other, so that it is known at whose work a worker dies."""
        self._ready(self._given, ALL_COMPLETED)
        for future, tasks in list(self._given.items()):
            if isinstance(_failure(future), self._crew.deaths):
                suspects += tasks
                del self._given[future]
        self._crew.renew()
        for task in suspects:
            yield [self._alone(task)]

    def _alone(self, task: Task) -> Record:
        start = perf_counter()
        try:
            future = self._crew.submit([task], self._recipe)
            self._ready([future], ALL_COMPLETED)
            return future.result()[0]
        except self._crew.deaths:
            self._crew.renew()
            error = (
                f"{task.item.shown}: its worker died, and again; use less memory, or fewer --jobs"
            )
            record = {"status": FAILED, "error": error}
            return finished_record(task.item, self._recipe, record, perf_counter() - start)


def _failure(future: "Future[Records]") -> BaseException | None:
    """What a future that has ended raises."""
    return CancelledError() if future.cancelled() else future.exception()
