"""A batch from the command line: who works, how far it is, and what came of it."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from poolviz.batch.journal import Journal
from poolviz.batch.listing import REPORT, Item, Listing, Skipped
from poolviz.batch.running import Running
from poolviz.batch.work import DONE, FAILED, KEPT, SKIPPED, Recipe, Record, Task, file_digest
from poolviz.batch.workers import Processes, WorkerPool
from poolviz.cli.printing import print_json
from poolviz.cli.terminal import counted_sources
from poolviz.errors import SpecError
from poolviz.output import writing
from poolviz.output.names import distinct
from poolviz.text import counted, escaped

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

    def pool(self, count: int) -> WorkerPool:
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
            from poolviz.batch.workers import Cluster

            return Cluster(self.scheduler, str(self.scheduler_file or "") or None)
        return Processes(max(1, min(self.jobs or os.cpu_count() or 1, count)))


def run_batch(listing: Listing, recipe: Recipe, work: Work, *, as_json: bool, quiet: bool) -> int:
    """Treat every item of a listing; the exit code.

    Raises:
        PoolvizError: the report cannot be written, or a scheduler does not answer.
    """
    start = perf_counter()
    items = listing.items
    pool = work.pool(len(items))
    recipe = replace(recipe, sharing=pool.sharing, kept=writing.kept_identities())
    with _at_work(pool, items, recipe.order.out):
        journal = Journal(recipe.order.out)
        if not work.force:
            _refuse_to_replace(items, journal.claimed(recipe.digest))
        outcome = _treated(listing, recipe, work, pool, journal)
    seconds = round(perf_counter() - start, 3)
    report = _shown(recipe.order.out / REPORT)
    summary = outcome.summary | {"seconds": seconds, "report": report}
    if as_json:
        print_json(summary)
    elif not quiet:
        for line in _lines(summary):
            print(line)  # noqa: T201 - this is the command's output
    return SOME_FAILED if summary[FAILED] else 0


def _refuse_to_replace(items: Sequence[Item], claimed: Mapping[tuple[str, str], Record]) -> None:
    """Raise SpecError where an earlier batch has outputs of other bytes by the same names."""
    for item in items:
        name = distinct(item.name or Path(item.path).stem)
        record = claimed.get((item.folder or ".", name))
        if record is None or record["source"] == item.shown:
            continue
        # The same file may have been named in another way.
        if record.get("digest") != file_digest(item.path):
            raise SpecError(
                escaped(item.shown),
                f"its outputs would replace those of {escaped(record['source'])}",
                "choose another --out, or give --force to replace them",
            )


@contextmanager
def _at_work(pool: WorkerPool, items: Sequence[Item], out: Path) -> Iterator[None]:
    """Lets the pool go, however it ends, and clears away what workers that were killed left."""
    try:
        yield
    except BaseException:
        pool.close(at_once=True)
        raise
    else:
        pool.close()
    finally:
        for folder in {item.folder for item in items}:
            writing.tidy(out / folder)


class _Outcome:
    """What came of the sources so far: how many of each status, and why some failed."""

    def __init__(self, skipped: Sequence[Skipped]) -> None:
        self._counts: Counter[str] = Counter()
        self._failures: list[dict[str, str]] = []
        self._skipped = [{"source": each.shown, "reason": each.reason} for each in skipped]

    def add(self, records: Sequence[Record]) -> None:
        """Count some more."""
        self._counts.update(record["status"] for record in records)
        self._failures += [
            {"source": record["source"], "error": record["error"]}
            for record in records
            if record["status"] == FAILED
        ]

    @property
    def summary(self) -> dict[str, Any]:
        """As plain data."""
        counts = {status: self._counts[status] for status in (DONE, KEPT, FAILED)}
        return {
            "sources": self._counts.total(),
            **counts,
            "failures": self._failures,
            SKIPPED: self._skipped,
        }


def _treated(
    listing: Listing, recipe: Recipe, work: Work, pool: WorkerPool, journal: Journal
) -> _Outcome:
    """What came of each source, in the journal as soon as it is known."""
    digest, items = recipe.digest, listing.items
    tasks = (
        Task(item, None if work.force else journal.earlier(item.shown, digest)) for item in items
    )
    running = Running(tasks, len(items), recipe, pool)
    outcome = _Outcome(listing.skipped)
    try:
        with counted_sources(len(items)) as watch:
            for records in running.records():
                journal.add(records)
                outcome.add(records)
                watch([record["status"] == FAILED for record in records])
    except BaseException:
        journal.add(running.finished(LAST_SECONDS))
        raise
    finally:
        journal.close([(item.shown, digest) for item in items])
    return outcome


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
    skipped = summary[SKIPPED]
    yield f"{sources}: {', '.join(parts)} ({summary['seconds']:.1f} s, {rate})"
    yield from _first([failure["error"] for failure in summary["failures"]])
    if skipped:
        yield f"{counted(len(skipped), 'file')} skipped:"
        yield from _first([f"{escaped(each['source'])}: {each['reason']}" for each in skipped])
    yield f"report: {summary['report']}"


def _first(lines: Sequence[str]) -> Iterator[str]:
    """As many as one reads, and how many more there are."""
    for line in lines[:MOST_NAMED]:
        yield f"  {line}"
    more = len(lines) - MOST_NAMED
    if more > 0:
        yield f"  and {more:,} more"
