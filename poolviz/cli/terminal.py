"""The terminal that lines are printed on: what it can show, and how they are fitted to it."""

import os
import re
import select
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleDimensions
from rich.text import Text

from poolviz.feature_map import FeatureMap
from poolviz.text import in_ascii
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.grid import CODE, Screen, Segments

if TYPE_CHECKING:
    from rich.progress import Progress


# All that is drawn rather than written.
_SIGNS = "┏┓┗┛┃━·×−∞…█░"


def console() -> Console:
    """Standard output, that adds nothing of its own to what is printed."""
    terminal = Console(highlight=False, markup=False, emoji=False)
    if terminal.is_dumb_terminal:
        # Rich takes every dumb terminal to be 80 columns wide.
        terminal.size = ConsoleDimensions(*get_terminal_size())
    return terminal


def screen_of(theme: Theme, *, height: bool = False, full: bool = False) -> Screen:
    """What standard output is.

    Args:
        theme: the colours.
        height: whether all has to be seen at once.
        full: whether grids are printed whole, whatever their size.
    """
    terminal = console()
    size = terminal.size if terminal.is_terminal else None
    return Screen(
        theme,
        size.width if size else None,
        size.height if size and height else None,
        _is_ascii(terminal.encoding),
        terminal.color_system == "standard",
        full,
    )


def is_piped() -> bool:
    """Whether standard output is not a terminal."""
    return not console().is_terminal


def _is_ascii(encoding: str) -> bool:
    try:
        _SIGNS.encode(encoding)
    except UnicodeEncodeError:
        return True
    return False


def show(lines: Iterable[Segments]) -> None:
    """Print ``lines``: on a terminal in colour and no longer than it is wide, else plain."""
    terminal = console()
    only_ascii = _is_ascii(terminal.encoding)
    for segments in lines:
        line = [(in_ascii(part), style) for part, style in segments] if only_ascii else segments
        if terminal.is_terminal:
            for part in fitted(line, terminal):
                terminal.print(part, no_wrap=True, overflow="ignore", crop=False)
        else:
            sys.stdout.write("".join(part for part, _ in line).rstrip() + "\n")


def fitted(line: Segments, terminal: Console) -> list[Text]:
    """``line``, broken at blanks where it is too long, what follows as far indented."""
    whole = Text.assemble(*line)
    if whole.cell_len <= terminal.width or any(style is CODE for _, style in line):
        return [whole]
    plain = whole.plain
    indent = min(len(plain) - len(plain.lstrip(" ")), terminal.width // 2)
    rest = whole[indent:]
    parts = rest.wrap(terminal, terminal.width - indent, overflow="fold")
    for part in parts:
        part.rstrip()
    return [Text(" " * indent) + part for part in parts]


# What terminals send for keys, by what they mean here.
MEANINGS = {
    "\x1b[C": "next", "\x1bOC": "next", "n": "next", "l": "next",
    "\x1b[D": "previous", "\x1bOD": "previous", "p": "previous", "h": "previous",
    " ": "pause", "q": "quit", "Q": "quit", "\x04": "quit", "\x1b": "quit",
}  # fmt: skip
INTERRUPT = "\x03"
# One key: a sequence that an escape begins, or a sign.
_KEY = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)|.", re.DOTALL)


@dataclass(frozen=True)
class Keys:
    """A terminal whose keys are read one by one.

    Args:
        descriptor: of the terminal.
        waiting: keys that were read and not asked for yet.
    """

    descriptor: int
    waiting: list[str] = field(default_factory=list)

    def pressed(self, seconds: float | None) -> str | None:
        """What the next key means; None if none is pressed within ``seconds`` (None: wait).

        Raises:
            KeyboardInterrupt: it was Ctrl-C.
        """
        if not self.waiting:
            ready, _, _ = select.select([self.descriptor], [], [], seconds)
            if not ready:
                return None
            # A key that is held sends many at once, and an arrow several signs.
            signs = os.read(self.descriptor, 1024).decode("utf-8", "replace")
            self.waiting.extend(_KEY.findall(signs) or ["q"])
        key = self.waiting.pop(0)
        if key == INTERRUPT:
            raise KeyboardInterrupt
        return MEANINGS.get(key, "other")


@contextmanager
def keyboard() -> Iterator[Keys | None]:
    """The keys of standard input, if it and standard output are terminals that can be driven."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()) or _is_dumb():
        yield None
        return
    try:
        import termios
        import tty
    except ImportError:
        # Windows has no such terminals; there output is as if it were piped.
        yield None
        return
    descriptor = sys.stdin.fileno()
    before: list[Any] = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield Keys(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _is_dumb() -> bool:
    """Whether the terminal can only print lines."""
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


# Fewer frames are drawn before one could read of them.
MANY_FRAMES = 100
# Of so many cells some seconds pass until all are pooled.
MANY_CELLS = 50_000_000
OnProgress = Callable[[int], None]
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
def counted_values(feature_map: FeatureMap) -> Iterator[OnProgress | None]:
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
