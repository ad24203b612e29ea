"""Waiting for work that another thread does."""

import threading
import time
from typing import NoReturn

import pytest

from poolviz.engine.waiting import wait_for


def fail() -> NoReturn:
    """As a runtime fails."""
    raise LookupError("no")


def test_results_and_errors_come_through() -> None:
    """As if it had been called here."""
    assert wait_for(lambda: 3) == 3
    with pytest.raises(LookupError, match="no"):
        wait_for(fail)


def test_what_ends_the_wait_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is told to stop, and has ended when the exception goes on."""
    stopped, ended = threading.Event(), threading.Event()

    def work() -> None:
        stopped.wait(20)
        ended.set()

    monkeypatch.setattr("poolviz.engine.waiting.Future", _interrupted())
    with pytest.raises(KeyboardInterrupt):
        wait_for(work, stop=stopped.set)
    assert ended.is_set()


def test_what_does_not_stop_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while; the exception is not kept waiting for ever."""
    monkeypatch.setattr("poolviz.engine.waiting.GRACE_SECONDS", 0.05)
    monkeypatch.setattr("poolviz.engine.waiting.Future", _interrupted())
    go, start = threading.Event(), time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        wait_for(go.wait, stop=lambda: None)
    go.set()
    assert time.monotonic() - start < 20


def test_wait_ends_in_time_and_leaves_the_thread_behind() -> None:
    """The thread is a daemon, so that it keeps no process from ending."""
    go = threading.Event()
    with pytest.raises(TimeoutError):
        wait_for(go.wait, seconds=0.05)
    go.set()
    assert wait_for(lambda: threading.current_thread().daemon, seconds=20)


def _interrupted() -> type:
    """A Future whose first wait is interrupted."""
    from concurrent.futures import Future

    class Interrupted(Future):  # type: ignore[type-arg]
        waits = 0

        def result(self, timeout: float | None = None) -> object:
            self.waits += 1
            if self.waits == 1:
                raise KeyboardInterrupt
            return super().result(timeout)

    return Interrupted
