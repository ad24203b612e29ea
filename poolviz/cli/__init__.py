"""The command line: a thin layer on the Python API."""

import os
import signal
import sys


def main() -> None:
    """Run the command ``poolviz``."""
    # Until the funnel is there, signals end the command as quietly as it began.
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _ended_early)
    from poolviz.cli.funnel import run_app

    raise SystemExit(run_app())


def _ended_early(number: int, frame: object) -> None:
    """End before anything has begun."""
    del frame
    words = "interrupted" if number == signal.SIGINT else "terminated"
    if sys.stderr:
        print(f"poolviz: {words}; nothing was begun", file=sys.stderr, flush=True)  # noqa: T201 - as the funnel does
    os._exit(128 + number)
