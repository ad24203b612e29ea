"""The terminal: its size and colours, lines that fit it, and its keys."""

import os
import re
import select
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from shutil import get_terminal_size
from typing import Any

from rich.console import Console, ConsoleDimensions
from rich.text import Text

from poolviz.text import in_ascii
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.grid import CODE, Screen, Segments

# The signs that grids, bars and pictures are drawn with.
_SIGNS = "┏┓┗┛┃━·×−∞…█░▁▀"
# Below a picture, the numbers of a window take about this many lines.
BELOW_PICTURE = 17
LEAST_PICTURE_LINES, MOST_PICTURE_LINES = 12, 40


def console() -> Console:
    """Standard output, which prints text without interpreting it."""
    terminal = Console(highlight=False, markup=False, emoji=False)
    if terminal.is_dumb_terminal:
        # Rich assumes that a dumb terminal is 80 columns wide.
        terminal.size = ConsoleDimensions(*get_terminal_size())
    return terminal


def screen_of(theme: Theme, *, height: bool = False, full: bool = False) -> Screen:
    """What standard output can show.

    Args:
        theme: the colours.
        height: whether everything must fit on the screen at once.
        full: whether large grids are printed in full.
    """
    terminal = console()
    size = terminal.size if terminal.is_terminal else None
    only_ascii = _is_ascii(terminal.encoding)
    has_pictures = (
        size is not None
        and terminal.color_system in ("truecolor", "256")
        and not (terminal.no_color or only_ascii)
    )
    return Screen(
        theme,
        size.width if size else None,
        size.height if size and height else None,
        only_ascii,
        terminal.color_system == "standard",
        full,
        min(max(size.height - BELOW_PICTURE, LEAST_PICTURE_LINES), MOST_PICTURE_LINES)
        if size and has_pictures
        else 0,
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
    """Print lines: in colour and wrapped on a terminal, otherwise as plain text."""
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
    """``line``, wrapped to the terminal's width; continuation lines keep its indent."""
    text = Text.assemble(*line)
    # Code is meant to be copied.
    if text.cell_len <= terminal.width or any(style is CODE for _, style in line):
        return [text]
    plain = text.plain
    indent = min(len(plain) - len(plain.lstrip(" ")), terminal.width // 2)
    parts = text[indent:].wrap(terminal, terminal.width - indent, overflow="fold")
    for part in parts:
        part.rstrip()
    return [Text(" " * indent) + part for part in parts]


def pages(lines: Iterable[Segments]) -> Iterator[list[Segments]]:
    """Lines in pages that fit the terminal, each with a line to spare for a prompt.

    A page ends at an empty line if there is one in its second half, so that grids stay whole.
    """
    terminal = console()
    room = terminal.height - 2
    waiting = [(line, len(fitted(line, terminal))) for line in lines]
    while waiting:
        heights = list(accumulate(height for _, height in waiting))
        count = max(1, sum(height <= room for height in heights))
        if count < len(waiting):
            empty = [
                number
                for number in range(1, count + 1)
                if not waiting[number][0] and 2 * heights[number - 1] >= room
            ]
            count = max(empty, default=count)
        yield [line for line, _ in waiting[:count]]
        waiting = waiting[count:]
        if waiting and not waiting[0][0]:
            del waiting[0]


# What a terminal sends for a key, and what the key means here.
MEANINGS = {
    "\x1b[C": "next", "\x1bOC": "next", "n": "next", "l": "next",
    "\x1b[D": "previous", "\x1bOD": "previous", "p": "previous", "h": "previous",
    "r": "reverse", "R": "reverse", "+": "faster", "=": "faster", "-": "slower", "−": "slower",
    " ": "pause", "q": "quit", "Q": "quit", "\x04": "quit", "\x1b": "quit",
}  # fmt: skip
INTERRUPT = "\x03"
# One key: an escape sequence, or one character.
_KEY = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)|.", re.DOTALL)


@dataclass(frozen=True)
class Keys:
    """A terminal whose keys are read one by one.

    Args:
        descriptor: the terminal's file descriptor.
        signals: a pipe that is written to when a signal arrives; None if there is none.
        waiting: keys that have been read but not used yet.
    """

    descriptor: int
    signals: int | None = None
    waiting: list[str] = field(default_factory=list)

    def pressed(self, seconds: float | None) -> str | None:
        """The meaning of the next key.

        Args:
            seconds: how long to wait for a key; None for as long as it takes.

        Returns:
            One of the values of ``MEANINGS``, "other", or None if no key was pressed.

        Raises:
            KeyboardInterrupt: the key was Ctrl-C.
        """
        sources = [self.descriptor, *([] if self.signals is None else [self.signals])]
        while not self.waiting:
            ready, _, _ = select.select(sources, [], [], seconds)
            if not ready:
                return None
            if self.signals in ready:
                # Python runs the signal's handler now, which usually ends the command.
                os.read(self.signals, 1024)
            if self.descriptor in ready:
                # A key that is held down repeats, and an arrow is several characters.
                text = os.read(self.descriptor, 1024).decode("utf-8", "replace")
                self.waiting.extend(_KEY.findall(text) or ["q"])
        key = self.waiting.pop(0)
        if key == INTERRUPT:
            raise KeyboardInterrupt
        return MEANINGS.get(key, "other")


@contextmanager
def keyboard() -> Iterator[Keys | None]:
    """The keys of standard input; None unless it and standard output are capable terminals."""
    is_dumb = os.environ.get("TERM", "") in ("", "dumb", "unknown")
    if is_dumb or not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        yield None
        return
    try:
        import termios
        import tty
    except ImportError:
        # Windows has no such terminals. Output is printed as if it were piped.
        yield None
        return
    descriptor = sys.stdin.fileno()
    before: list[Any] = termios.tcgetattr(descriptor)
    with _signal_pipe() as signals:
        try:
            tty.setcbreak(descriptor)
            yield Keys(descriptor, signals)
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextmanager
def _signal_pipe() -> Iterator[int]:
    """A pipe that is written to when a signal arrives.

    A signal that arrives just before select() waits would not end the wait; the pipe does.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(before)
        os.close(reader)
        os.close(writer)
