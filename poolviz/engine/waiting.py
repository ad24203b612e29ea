"""Wait for work that a thread does, so that signals reach the main thread meanwhile."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")
# The time that work may take to stop when asked to.
GRACE_SECONDS = 2


def wait_for(
    work: Callable[[], Result],
    *,
    seconds: float | None = None,
    stop: Callable[[], None] | None = None,
) -> Result:
    """Run ``work`` in a daemon thread, wait for it, and return its result.

    Python runs the handler of a signal in the main thread, between two of its instructions.
    A call of native code that lasts for minutes would delay it; and an exception that a handler
    raises while a native module is loading can crash Python. Here the main thread only waits.

    Args:
        work: what to run; native code has to release the interpreter's lock.
        seconds: the longest wait; None for any length.
        stop: called if an exception ends the wait; makes ``work`` return early.

    Raises:
        TimeoutError: ``work`` does not end within ``seconds``; its thread goes on.
        BaseException: whatever ``work`` raises, or whatever interrupts the wait.

    Example:
        >>> wait_for(lambda: 3)
        3
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            future.set_exception(error)

    try:
        threading.Thread(target=run, daemon=True).start()
        return future.result(seconds)
    except BaseException:
        if stop is not None and not future.done():
            stop()
            with contextlib.suppress(Exception):
                future.result(GRACE_SECONDS)
        raise
