"""A batch from the command line: who works, how far it is, and what came of it."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from poolviz import atomic
from poolviz.batch.crews import Crew, Processes
from poolviz.batch.journal import NAME, Journal
from poolviz.batch.listing import Item
from poolviz.batch.running import Running
from poolviz.batch.work import DONE, FAILED, KEPT, Recipe, Record, Task
from poolviz.cli.progress import counted_sources
from poolviz.cli.report import print_json
from poolviz.errors import SpecError
from poolviz.text import counted

SOME_FAILED = 3
# So many failures are named; the report names all.
MOST_NAMED = 10
# How long those in work may take to end, when it is stopped.
LAST_SECONDS = 2


@dataclass(frozen=True)
class Work:
    """Who works, and whether on what is done already."""

    jobs: int | None = None
    scheduler: str | None = None
    scheduler_file: Path | None = None
    force: bool = False

    def crew(self, count: int) -> Crew:
        """Workers for so many sources.

        Raises:
            SpecError: they are asked for in two ways.
            PoolvizError: a scheduler does not answer.
        """
        if self.scheduler and self.scheduler_file:
            raise SpecError("--scheduler-file", "--scheduler is given too", "give one of them")
        if self.scheduler or self.scheduler_file:
            if self.jobs is not None:
                raise SpecError("--jobs", "a scheduler has its own workers", "leave it out")
            from poolviz.batch.cluster import Cluster

            return Cluster(self.scheduler, str(self.scheduler_file or "") or None)
        return Processes(max(1, min(self.jobs or os.cpu_count() or 1, count)))


def run_batch(
    items: Sequence[Item], recipe: Recipe, work: Work, *, as_json: bool, quiet: bool
) -> int:
    """Treat every item; the exit code.

    Raises:
        PoolvizError: the report cannot be written, or a scheduler does not answer.
    """
    start = perf_counter()
    crew = work.crew(len(items))
    recipe = replace(recipe, sharing=crew.sharing)
    with _at_work(crew, items, recipe.order.out):
        journal = Journal(recipe.order.out)
        records = _treated(items, recipe, work, crew, journal)
    summary = _summary(records, recipe, perf_counter() - start)
    if as_json:
        print_json(summary)
    elif not quiet:
        for line in _lines(summary):
            print(line)  # noqa: T201 - this is the command's output
    return SOME_FAILED if summary[FAILED] else 0


@contextmanager
def _at_work(crew: Crew, items: Sequence[Item], out: Path) -> Iterator[None]:
    """Lets the crew go, however it ends, and clears away what workers that were killed left."""
    try:
        yield
    except BaseException:
        crew.close(at_once=True)
        raise
    else:
        crew.close()
    finally:
        for folder in {item.folder for item in items}:
            atomic.tidy(out / folder)


def _treated(
    items: Sequence[Item], recipe: Recipe, work: Work, crew: Crew, journal: Journal
) -> dict[str, Record]:
    """A record for each source, each in the journal as soon as it is there."""
    digest = recipe.digest
    tasks = [
        Task(item, None if work.force else journal.earlier(item.shown, digest)) for item in items
    ]
    running = Running(tasks, recipe, crew)
    found: dict[str, Record] = {}
    try:
        with counted_sources(len(items)) as watch:
            for records in running.records():
                journal.add(records)
                found |= {record["source"]: record for record in records}
                watch([record["status"] == FAILED for record in records])
    except BaseException:
        journal.add(running.finished(LAST_SECONDS))
        raise
    finally:
        journal.close([(item.shown, digest) for item in items])
    return found


def _summary(records: dict[str, Record], recipe: Recipe, seconds: float) -> dict[str, Any]:
    counts = Counter(record["status"] for record in records.values())
    return {
        "sources": len(records),
        DONE: counts[DONE],
        KEPT: counts[KEPT],
        FAILED: counts[FAILED],
        "seconds": round(seconds, 3),
        "report": _shown(recipe.order.out / NAME),
        "failures": [
            {"source": record["source"], "error": record["error"]}
            for record in records.values()
            if record["status"] == FAILED
        ],
    }


def _shown(path: Path) -> str:
    """As one would type it here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _lines(summary: dict[str, Any]) -> Iterator[str]:
    """On one screen: how many, how fast, and the first failures."""
    rate = f"{summary['sources'] / max(summary['seconds'], 1e-9):,.2g} a second"
    rate = rate if summary[DONE] > 1 else "in all"
    parts = [f"{summary[DONE]:,} done"]
    parts += [f"{summary[KEPT]:,} kept as they were"] if summary[KEPT] else []
    parts += [f"{summary[FAILED]:,} failed"] if summary[FAILED] else []
    sources = counted(summary["sources"], "source")
    yield f"{sources}: {', '.join(parts)} ({summary['seconds']:.1f} s, {rate})"
    for failure in summary["failures"][:MOST_NAMED]:
        yield f"  {failure['error']}"
    more = len(summary["failures"]) - MOST_NAMED
    if more > 0:
        yield f"  and {more:,} more"
    yield f"report: {summary['report']}"
