"""Handing out: every source has one record, whoever dies."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from poolviz.batch.listing import Item
from poolviz.batch.work import Recipe, Record, Task
from poolviz.batch.workers import AHEAD, MOST_TASKS, Running


class DeathError(Exception):
    """A worker died."""


class Rehearsal:
    """Workers that work at once, and die at some sources, each so many times."""

    size = sharing = 2
    chunk_seconds = 1.0
    deaths = (DeathError,)

    def __init__(self, seconds: float = 0.01, **deadly: int) -> None:
        self.seconds = seconds
        self.deadly = deadly
        self.chunks: list[int] = []
        self.renewed = 0
        self.given: list[str] = []

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[list[Record]]":
        """Work, or die."""
        del recipe
        self.chunks.append(len(tasks))
        future: Future[list[Record]] = Future()
        names = [task.item.shown for task in tasks]
        self.given += names
        for name in names:
            if self.deadly.get(name, 0):
                self.deadly[name] -= 1
                future.set_exception(DeathError())
                return future
        future.set_result(
            [{"source": name, "status": "done", "seconds": self.seconds} for name in names]
        )
        return future

    def check(self) -> None:
        """Somebody is always there."""

    def renew(self) -> None:
        """Count."""
        self.renewed += 1

    def close(self, *, at_once: bool = False) -> None:
        """Nothing to close."""


def all_records(pool: Rehearsal, recipe: Recipe, count: int = 300) -> dict[str, str]:
    """The status of each source; none has two records."""
    tasks = [Task(Item(f"/{n}", f"s{n}", "")) for n in range(count)]
    found = [record for part in Running(tasks, count, recipe, pool).records() for record in part]
    statuses = {record["source"]: record["status"] for record in found}
    assert len(statuses) == len(found) == count
    return statuses


def test_all_are_done(recipe: Recipe) -> None:
    """Each once."""
    pool = Rehearsal()
    assert set(all_records(pool, recipe).values()) == {"done"}
    assert len(pool.given) == 300


def test_one_death_harms_nobody(recipe: Recipe) -> None:
    """Its source, and those that were handed out with it, are tried once more."""
    pool = Rehearsal(s150=1)
    assert set(all_records(pool, recipe).values()) == {"done"}
    assert pool.renewed == 1
    assert pool.given.count("s150") == 2


def test_deadly_source_fails_alone(recipe: Recipe) -> None:
    """A source at which a worker dies twice fails, and no other."""
    pool = Rehearsal(s7=9, s150=9)
    statuses = all_records(pool, recipe)
    assert {name for name, status in statuses.items() if status == "failed"} == {"s7", "s150"}
    assert pool.given.count("s7") == 2


@pytest.mark.parametrize(("seconds", "least", "most"), [(0.01, 20, MOST_TASKS), (5.0, 1, 1)])
def test_chunks_take_as_long_as_suits(
    seconds: float, least: int, most: int, recipe: Recipe
) -> None:
    """Quick sources go together, slow ones alone; the first alone, to see."""
    pool = Rehearsal(seconds)
    all_records(pool, recipe)
    assert pool.chunks[0] == 1
    assert least <= max(pool.chunks) <= most
    assert pool.chunks[-1] <= max(1, 300 // (AHEAD * pool.size))


def test_stopped_early_what_is_done_is_recorded(recipe: Recipe, tmp_path: Path) -> None:
    """Those that were handed out are taken in, others not begun."""
    del tmp_path
    pool = Rehearsal(5.0)
    running = Running([Task(Item(f"/{n}", f"s{n}", "")) for n in range(50)], 50, recipe, pool)
    first = next(running.records())
    rest = running.finished(1)
    assert len(first) + len(rest) == len(pool.given) < 50


def test_chunks_are_fair(recipe: Recipe) -> None:
    """However quick the sources, the rest is divided, so that no worker has to do it all."""
    pool, left = Rehearsal(1e-6), 300
    all_records(pool, recipe)
    for chunk in pool.chunks[:-1]:
        assert chunk <= -(-left // (AHEAD * pool.size))
        left -= chunk
    assert max(pool.chunks) > 1


def test_tasks_are_made_when_they_are_handed_out(recipe: Recipe) -> None:
    """Of a million sources not all wait in memory."""
    made: list[int] = []

    def tasks() -> Iterator[Task]:
        for number in range(300):
            made.append(number)
            yield Task(Item(f"/{number}", f"s{number}", ""))

    running = Running(tasks(), 300, recipe, Rehearsal(5.0))
    next(running.records())
    assert len(made) <= AHEAD * Rehearsal.size
