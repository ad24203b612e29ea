"""Progress bars on stderr for long work, if it is a terminal."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    track,
)

from poolviz.feature_map import FeatureMap

# Fewer frames are drawn before anybody could read a bar.
MANY_FRAMES = 100
# Pooling this number of cells takes some seconds.
MANY_CELLS = 50_000_000
# Called with the number of values pooled since the last call.
OnValues = Callable[[int], None]
# Called with one bool for each source that is done: whether it failed.
OnSources = Callable[[Sequence[bool]], None]


def frames_progress(indices: Iterable[int]) -> Iterable[int]:
    """``indices``, with a bar if there are many."""
    items = list(indices)
    if len(items) < MANY_FRAMES or not sys.stderr.isatty():
        return items
    return track(items, "frames", console=Console(stderr=True), transient=True)


@contextmanager
def values_progress(feature_map: FeatureMap) -> Iterator[OnValues | None]:
    """A bar for the values of a large map; None for other maps."""
    if feature_map.values.size < MANY_CELLS or not sys.stderr.isatty():
        yield None
        return
    columns = "pooling", BarColumn(), TextColumn("{task.completed:,} values"), TimeElapsedColumn()
    with _bars(*columns) as bars:
        bar = bars.add_task("", total=None)
        yield lambda count: bars.advance(bar, count)


@contextmanager
def sources_progress(total: int) -> Iterator[OnSources]:
    """A bar for the sources of a batch, with their speed and the number of failures."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    rate, failures = TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[failures]}")
    columns = BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn(), failures
    with _bars(*columns) as bars:
        bar = bars.add_task("", total=total, rate="", failures="")
        failed = 0

        def advance(failures: Sequence[bool]) -> None:
            nonlocal failed
            failed += sum(failures)
            speed = bars.tasks[0].speed
            bars.update(
                bar,
                advance=len(failures),
                rate=f"{speed:,.0f}/s" if speed else "",
                failures=f"{failed} failed" if failed else "",
            )

        yield advance


def _bars(*columns: Any) -> Progress:
    return Progress(*columns, console=Console(stderr=True), transient=True)
