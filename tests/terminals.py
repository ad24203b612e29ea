"""A real terminal for tests: a command under a pseudo-terminal, with keys sent to it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

# A test that waits longer has failed.
PATIENCE = 30.0
LEFT, RIGHT = "\x1b[D", "\x1b[C"


@dataclass
class Terminal:
    """A command that runs in a terminal of its own."""

    process: "subprocess.Popen[bytes]"
    descriptor: int
    seen: str = ""

    def press(self, keys: str) -> None:
        """Send keys."""
        os.write(self.descriptor, keys.encode())

    def wait_for(self, words: str) -> str:
        """Read until ``words`` are printed; gives what was, up to them, and forgets it."""
        end = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < end, f"{words!r} did not come; seen: {self.seen!r}"
            self._read(0.1)
        before, _, self.seen = self.seen.partition(words)
        return before + words

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self.descriptor, 1 << 16)
        except OSError:
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)

    def ended(self) -> tuple[int, str]:
        """Wait for the end: the exit code and what was printed since."""
        end = time.monotonic() + PATIENCE
        while self._read(0.1):
            assert time.monotonic() < end, f"it did not end; seen: {self.seen!r}"
        return self.process.wait(timeout=PATIENCE), self.seen

    def is_raw(self) -> bool:
        """Whether keys are read one by one, unseen."""
        flags = termios.tcgetattr(self.descriptor)[3]
        return not flags & (termios.ICANON | termios.ECHO)


def terminal(
    *arguments: str, folder: Path, rows: int = 40, columns: int = 80, **settings: str
) -> Terminal:
    """``poolviz ARGUMENTS`` in a terminal of this size."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    names = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "COLORTERM"}
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    # What a session's first process opens becomes its terminal, which sends it Ctrl-C.
    shell = ["/bin/sh", "-c", 'exec "$@" <"$0"', os.ttyname(child)]
    process = subprocess.Popen(
        [*shell, sys.executable, "-m", "poolviz", *arguments],
        stdin=child,
        stdout=child,
        stderr=child,
        cwd=folder,
        env=inherited | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | settings,
        start_new_session=True,
        # A shell that starts the tests in the background has interrupts ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - alone
    )
    os.close(child)
    return Terminal(process, parent)
