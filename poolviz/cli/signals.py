"""Signals: Ctrl-C and SIGTERM end the command with one line, from its first statement on.

This is loaded before all else. What it imports is built into Python or loaded already:
an interrupt while ``signal`` loads ``enum``, for example, would end in a traceback.
"""

import _signal  # type: ignore[import-not-found]
import _thread
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

# Exit codes are those that a shell reports for a process that a signal ends.
NAMES = {_signal.SIGINT: "interrupted", _signal.SIGTERM: "terminated"}
SHELL = 128
# Cleaning up may take this long; then the process ends whatever is still at work in it.
GRACE_SECONDS = 10
# A destructor in which the exception of a signal was lost has ended after this time.
PAUSE_SECONDS = 0.01


class SignalError(BaseException):
    """A signal arrived. No handler of ordinary errors catches it, nor does Typer."""


class _State:
    """The signal that arrived, or 0; and whether there is still something to end."""

    received = 0
    ended = False
    # What was there before :func:`start`.
    handlers: "dict[int, object]" = {}  # noqa: RUF012 - typing is not loaded yet
    hook = sys.unraisablehook


def received() -> int:
    """The number of the signal that has arrived, or 0."""
    return _State.received


def words(number: int) -> str:
    """The line that says how a signal ended the command."""
    return f"{NAMES[number]}; files written so far are whole"


def catch() -> None:
    """From now on a signal ends the process at once: nothing needs to be cleaned up yet."""
    _handle(_end_at_once)


def start() -> None:
    """From now on a signal raises :class:`SignalError`, so that what was begun is cleaned up."""
    if not _State.handlers:
        _State.handlers = {number: _signal.getsignal(number) for number in NAMES}
        _State.hook = sys.unraisablehook
    _State.received, _State.ended = 0, False
    sys.unraisablehook = _raise_again
    _handle(_raise)


def end() -> None:
    """From now on signals do what they did before :func:`start`; there is nothing to end."""
    _State.ended = True
    for number, handler in _State.handlers.items():
        _signal.signal(number, handler)
    if _State.handlers:
        sys.unraisablehook = _State.hook
    _State.handlers = {}


def leave(code: int) -> None:
    """End the process with an exit code; after a signal, without waiting for threads.

    Raises:
        SystemExit: it ends in Python's own way.
    """
    # Handlers of Python's first: a signal that is set to be ignored while it is pending complains.
    _handle(_ignore)
    sys.unraisablehook = _drop
    _handle(_signal.SIG_IGN)
    if _State.received:
        # The command has cleaned up. Python itself may crash if it shuts down while other threads
        # run native code, or after an exception has gone through such code.
        _exit(code)
    raise SystemExit(code)


def _handle(handler: object) -> None:
    for number in NAMES:
        # Where a shell has a signal ignored, it stays so.
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, handler)


def _end_at_once(number: int, frame: "FrameType | None") -> None:
    del frame
    if _State.ended:
        return
    _write(f"{NAMES[number]}; nothing was begun")
    os._exit(SHELL + number)


def _raise(number: int, frame: "FrameType | None") -> None:
    del frame
    if _State.received:
        # It is ending already; a second exception would interrupt the cleaning up.
        return
    _State.received = number
    # Not by ``threading``, whose locks the interrupted code may hold.
    _thread.start_new_thread(_give_up, (number,))
    raise SignalError


def _ignore(number: int, frame: "FrameType | None") -> None:
    """Do nothing."""


def _drop(unraisable: object) -> None:
    """Print nothing."""


def _raise_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Raise the exception of a signal again that Python dropped in a destructor or a callback."""
    if issubclass(unraisable.exc_type, (SignalError, KeyboardInterrupt)):
        number, _State.received = _State.received or _signal.SIGINT, 0
        _thread.start_new_thread(_interrupt, (number,))
    elif not _State.received:
        sys.__unraisablehook__(unraisable)


def _interrupt(number: int) -> None:
    time.sleep(PAUSE_SECONDS)
    _signal.raise_signal(number)


def _give_up(number: int) -> None:
    """End the process when cleaning up takes too long."""
    time.sleep(GRACE_SECONDS)
    if _State.received and not _State.ended:
        _write(words(number))
        os._exit(SHELL + number)


def _exit(code: int) -> None:
    """Flush the streams and end the process."""
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 - as below
            stream.flush()
        except (AttributeError, OSError, ValueError):
            # It is closed, or nobody reads it.
            pass
    os._exit(code)


def _write(line: str) -> None:
    """Write a line to stderr, past Python's buffers, which the interrupted code may be filling."""
    if sys.stderr is not None:
        try:  # noqa: SIM105 - contextlib may not be loaded yet, and a handler loads nothing
            os.write(2, f"poolviz: {line}\n".encode())
        except OSError:
            pass
