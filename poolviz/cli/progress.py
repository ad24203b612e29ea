"""Progress on stderr, where that is a terminal: of frames, of values, of sources."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from poolviz.feature_map import FeatureMap

if TYPE_CHECKING:
    from rich.progress import Progress

# Fewer frames are drawn before one could read of them.
MANY_FRAMES = 100
# Of so many cells some seconds pass until all are pooled.
MANY_CELLS = 50_000_000
Told = Callable[[int], None]
Seen = Callable[[Sequence[bool]], None]


def watched(indices: Iterable[int]) -> Iterable[int]:
    """``indices``, with a bar if they are many."""
    todo = list(indices)
    if len(todo) < MANY_FRAMES or not sys.stderr.isatty():
        return todo
    from rich.console import Console
    from rich.progress import track

    return track(todo, "frames", console=Console(stderr=True), transient=True)


@contextmanager
def counted_values(feature_map: FeatureMap) -> Iterator[Told | None]:
    """What is to be told how many more values are pooled, of a large map."""
    if feature_map.values.size < MANY_CELLS or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn

    columns = "pooling", BarColumn(), TextColumn("{task.completed:,} values"), TimeElapsedColumn()
    with _bars(*columns) as progress:
        bar = progress.add_task("", total=None)
        yield lambda count: progress.advance(bar, count)


@contextmanager
def counted_sources(total: int) -> Iterator[Seen]:
    """What is to be told of each source whether it failed: how many there are, and how fast."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    rate, failures = TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[failures]}")
    with _bars(BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn(), failures) as bars:
        yield _source_counter(bars, total)


def _source_counter(bars: "Progress", total: int) -> Seen:
    bar = bars.add_task("", total=total, rate="", failures="")
    failed = 0

    def seen(failures: Sequence[bool]) -> None:
        nonlocal failed
        failed += sum(failures)
        speed = bars.tasks[0].speed
        bars.update(
            bar,
            advance=len(failures),
            rate=f"{speed:,.0f}/s" if speed else "",
            failures=f"{failed} failed" if failed else "",
        )

    return seen


def _bars(*columns: Any) -> "Progress":
    from rich.console import Console
    from rich.progress import Progress

    return Progress(*columns, console=Console(stderr=True), transient=True)
