"""Single keys from a terminal, without waiting for Enter."""

import os
import re
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

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
