"""Waiting for native code in such a way that an exception can end the wait, as that of a signal."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")
# By this name the command line knows such threads when the process ends.
NAME = "poolviz-native"
# What is told to stop gets this long to do so.
GRACE_SECONDS = 2


def wait_for(work: Callable[[], Result], stop: Callable[[], None] | None = None) -> Result:
    """The result of ``work``, which a thread of its own does.

    Python runs the handler of a signal only between its own instructions, so a call that
    lasts for minutes would keep the main thread from seeing it. Here the main thread waits.

    Args:
        work: runs native code that releases the interpreter's lock.
        stop: is called if an exception ends the wait, and makes ``work`` return early.

    Raises:
        BaseException: whatever ``work`` raises, or what ended the wait.

    Example:
        >>> wait_for(lambda: 3)
        3
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised by the one who waits
            future.set_exception(error)

    try:
        threading.Thread(target=run, name=NAME, daemon=True).start()
        return future.result()
    except BaseException:
        if stop is not None and not future.done():
            stop()
            with contextlib.suppress(Exception):
                future.result(GRACE_SECONDS)
        raise
