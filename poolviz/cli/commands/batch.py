"""``poolviz batch``: many sources, each pooled as by ``run``, in several processes."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer

from poolviz.batch.journal import Journal
from poolviz.batch.listing import REPORT, Item, Listing, Skipped, list_sources
from poolviz.batch.work import DONE, FAILED, KEPT, SKIPPED, Recipe, Record, Task, file_digest
from poolviz.batch.workers import Cluster, Processes, Running, WorkerPool
from poolviz.cli import complete
from poolviz.cli.config import COMMAS
from poolviz.cli.funnel import as_typed, typed_options
from poolviz.cli.groups import WRITE_KINDS, ConfigOptions, SourcesOptions, WindowOptions
from poolviz.cli.options import AsJson, Mode, Seed, output_option
from poolviz.cli.pictures import AnimationOptions, StyleOptions
from poolviz.cli.printing import print_json
from poolviz.cli.progress import sources_progress
from poolviz.errors import SpecError
from poolviz.memory import parse_budget
from poolviz.modes import build_mode
from poolviz.output import writing
from poolviz.output.files import DEFAULT_OUT
from poolviz.output.job import OutputRequest, PoolRequest
from poolviz.output.names import distinct
from poolviz.spec import DEFAULT_MODE
from poolviz.text import counted, escaped
from poolviz.views.figures import DEFAULT_FIGURE, available_figures

SOME_FAILED = 3
# The number of failures that are printed; the report has all of them.
MOST_NAMED = 10
# How long the tasks in work may take to end when the batch is stopped.
LAST_SECONDS = 2

_work = partial(typer.Option, rich_help_panel="Work")


@dataclass(frozen=True)
class BatchOutputs:
    """What is written for each source."""

    out: Annotated[Path, output_option(help="Folder for all outputs and report.jsonl.")] = (
        DEFAULT_OUT
    )
    write: Annotated[
        str,
        output_option(
            help=f"Kinds of files to write for each source, separated by commas: {WRITE_KINDS}."
        ),
        COMMAS,
    ] = "npy,png"
    kind: Annotated[
        str,
        output_option(
            autocompletion=complete.figures,
            help=f"What svg and pdf files show: {', '.join(available_figures())}.",
        ),
    ] = DEFAULT_FIGURE
    quiet: Annotated[bool, output_option("--quiet", help="Do not print a summary.")] = False


@dataclass(frozen=True)
class WorkOptions:
    """Which processes do the work, and whether they repeat finished work."""

    jobs: Annotated[
        int | None,
        _work("--jobs", "-j", min=1, help="Number of processes.", show_default="all cores"),
    ] = None
    force: Annotated[
        bool,
        _work("--force", help="Pool all sources again, and allow replacing another batch's files."),
    ] = False
    scheduler: Annotated[
        str | None,
        _work(
            help="Use the workers of this Dask scheduler, e.g. tcp://host:8786 (needs"
            " poolviz\\[dask])."
        ),
    ] = None
    scheduler_file: Annotated[
        Path | None, _work(help="Use the workers of the Dask scheduler that wrote this file.")
    ] = None

    def pool(self, count: int) -> WorkerPool:
        """Workers for this number of sources.

        Raises:
            SpecError: two options name workers.
            PoolvizError: a scheduler does not answer.
        """
        if self.scheduler and self.scheduler_file:
            raise SpecError(
                "--scheduler-file", "cannot be combined with --scheduler", "omit one of them"
            )
        if self.scheduler or self.scheduler_file:
            if self.jobs is not None:
                raise SpecError("--jobs", "a scheduler has its own workers", "omit jobs")
            return Cluster(self.scheduler, str(self.scheduler_file or "") or None)
        return Processes(max(1, min(self.jobs or os.cpu_count() or 1, count)))


def command(
    *,
    sources: SourcesOptions,
    windows: WindowOptions,
    outputs: BatchOutputs,
    work: WorkOptions,
    styles: StyleOptions,
    animation: AnimationOptions,
    config: ConfigOptions,
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    as_json: AsJson = False,
) -> int:
    """Pool many files, skipping unreadable ones; rerun the command to resume a stopped batch.

    A source is not pooled again unless its contents or the options have changed.

    Examples:
      poolviz batch maps/ --mode average --size 3 --stride 2 --out pooled

      poolviz batch 'course/**/*.png' --write png,gif --jobs 4

      poolviz batch @list.txt --mode lp:p=3 --write npy
    """
    del config
    spec = windows.spec(mode)
    build_mode(spec)
    # A worker may run in another folder.
    out = outputs.out.absolute()
    order = OutputRequest(out, outputs.write, outputs.kind, styles.look(animation))
    order.check(named=False)
    # One thread each: the processes share the cores already.
    budget = parse_budget(sources.max_memory)
    pooling = PoolRequest(spec, sources.channel, seed, 1, budget, windows.single)
    recipe = Recipe(sources.reading, pooling, order, sources.max_memory)
    listing = list_sources(sources.sources, outputs.out)

    start = perf_counter()
    outcome = run_batch(listing, recipe, work)
    seconds = round(perf_counter() - start, 3)
    report = out / REPORT
    if report.is_relative_to(Path.cwd()):
        report = report.relative_to(Path.cwd())
    summary = outcome.summary | {"seconds": seconds, "report": str(report)}
    if as_json:
        print_json(summary)
    elif not outputs.quiet:
        for line in _lines(summary):
            print(line)  # noqa: T201 - this is the command's output
    return SOME_FAILED if summary[FAILED] else 0


class Outcome:
    """The sources so far: how many have each status, and why some failed."""

    def __init__(self, skipped: Sequence[Skipped]) -> None:
        self._counts: Counter[str] = Counter()
        self._failures: list[dict[str, str]] = []
        self._skipped = [{"source": file.shown, "reason": file.reason} for file in skipped]

    def add(self, records: Sequence[Record]) -> None:
        """Count more records."""
        self._counts.update(record["status"] for record in records)
        self._failures += [
            {"source": record["source"], "error": record["error"]}
            for record in records
            if record["status"] == FAILED
        ]

    @property
    def summary(self) -> dict[str, Any]:
        """Counts and failures as plain data."""
        counts = {status: self._counts[status] for status in (DONE, KEPT, FAILED)}
        return {
            "sources": self._counts.total(),
            **counts,
            "failures": self._failures,
            SKIPPED: self._skipped,
        }


def run_batch(listing: Listing, recipe: Recipe, work: WorkOptions) -> Outcome:
    """Pool every item of a listing.

    Raises:
        SpecError: an output of another source would be replaced.
        PoolvizError: the report cannot be written, or a scheduler does not answer.
    """
    pool = work.pool(len(listing.items))
    recipe = replace(recipe, sharing=pool.sharing, kept=writing.kept_identities())
    out = recipe.order.out
    with _closing(pool, {out / item.folder for item in listing.items}):
        journal = Journal(out)
        if not work.force:
            _refuse_to_replace(listing.items, journal.claimed(recipe.digest))
        return _pool_all(listing, recipe, pool, journal, force=work.force)


@contextmanager
def _closing(pool: WorkerPool, folders: set[Path]) -> Iterator[None]:
    """Closes the pool at the end, at once after an error; removes what killed workers left."""
    try:
        yield
    except BaseException:
        pool.close(at_once=True)
        raise
    else:
        pool.close()
    finally:
        for folder in folders:
            writing.tidy(folder)


def _refuse_to_replace(items: Sequence[Item], claimed: Mapping[tuple[str, str], Record]) -> None:
    """Raise SpecError if outputs of another source, of an earlier batch, have the same names."""
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
                "choose another --out, or add --force to replace them",
            )


def _pool_all(
    listing: Listing, recipe: Recipe, pool: WorkerPool, journal: Journal, *, force: bool
) -> Outcome:
    """Pool every item; each record is in the journal as soon as it is known."""
    digest, items = recipe.digest, listing.items
    tasks = (Task(item, None if force else journal.earlier(item.shown, digest)) for item in items)
    running = Running(tasks, len(items), recipe, pool)
    outcome = Outcome(listing.skipped)
    try:
        with sources_progress(len(items)) as on_progress:
            for records in running.records():
                journal.add(records)
                outcome.add(records)
                on_progress([record["status"] == FAILED for record in records])
    except BaseException:
        journal.add(running.finished(LAST_SECONDS))
        raise
    finally:
        journal.close([(item.shown, digest) for item in items])
    return outcome


def _lines(summary: dict[str, Any]) -> Iterator[str]:
    """The summary on one screen: counts, speed, and the first failures."""
    parts = [f"{summary[DONE]:,} done"]
    parts += [f"{summary[KEPT]:,} unchanged"] if summary[KEPT] else []
    parts += [f"{summary[FAILED]:,} failed"] if summary[FAILED] else []
    seconds = f"{summary['seconds']:.1f} s"
    if summary[DONE] > 1:
        seconds += f", {summary['sources'] / max(summary['seconds'], 1e-9):,.2g} per second"
    yield f"{counted(summary['sources'], 'source')}: {', '.join(parts)} ({seconds})"
    options = typed_options(sys.argv[1:])
    yield from _first([_typed(failure["error"], options) for failure in summary["failures"]])
    if summary[SKIPPED]:
        yield f"{counted(len(summary[SKIPPED]), 'file')} skipped:"
        yield from _first(
            [f"{escaped(file['source'])}: {file['reason']}" for file in summary[SKIPPED]]
        )
    yield f"report: {summary['report']}"


def _typed(error: str, options: dict[str, str]) -> str:
    """An error, after the name of its source, with options as they were typed."""
    parts = error.split(": ", 2)
    return as_typed(": ".join(options.get(part, part) for part in parts), options)


def _first(lines: Sequence[str]) -> Iterator[str]:
    """The first lines, and the number of the others."""
    for line in lines[:MOST_NAMED]:
        yield f"  {line}"
    more = len(lines) - MOST_NAMED
    if more > 0:
        yield f"  and {more:,} more"
