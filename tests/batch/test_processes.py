"""Worker processes print nothing, ignore interrupts, and end when they are closed."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from poolviz.batch.listing import Item
from poolviz.batch.work import Recipe, Task
from poolviz.batch.workers import Processes

SECONDS = 20
INTERRUPT = 1 << (signal.SIGINT - 1)


@pytest.fixture
def pool() -> Iterator[Processes]:
    """One process."""
    pool = Processes(1)
    yield pool
    pool.close()


def ignored(process: int) -> bool:
    """Whether a process takes no SIGINT: it is blocked, or ignored."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    masks = dict(line.split(":\t") for line in lines if line.startswith("Sig"))
    return bool((int(masks["SigBlk"], 16) | int(masks["SigIgn"], 16)) & INTERRUPT)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux")
def test_workers_never_print_nor_take_an_interrupt(
    pool: Processes, item: Item, recipe: Recipe
) -> None:
    """From the moment that they are there, and when they have worked."""
    future = pool.submit([Task(item)], recipe)
    (worker,) = multiprocessing.active_children()
    for _ in range(2):
        assert ignored(worker.pid or 0)
        streams = [str(Path(f"/proc/{worker.pid}/fd/{stream}").readlink()) for stream in (1, 2)]
        assert streams == [os.devnull] * 2
        os.kill(worker.pid or 0, signal.SIGINT)
        assert future.result(SECONDS)[0]["status"] == "done"
    assert worker.is_alive()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("fails", [True, False])
def test_signal_waits_until_a_process_is_started(
    number: signal.Signals, fails: bool, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted halfway, the new process would complain; then the signal is obeyed."""
    steps: list[str] = []

    class TakenError(Exception):
        """The signal arrived."""

    def obey(*_: object) -> None:
        steps.append("obeyed")
        raise TakenError

    def submit(*_: object) -> "Future[Any]":
        signal.raise_signal(number)
        steps.append("started")
        if fails:
            raise ZeroDivisionError
        return Future()

    pool = Processes(1)
    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    before = signal.signal(number, obey)
    try:
        with pytest.raises(TakenError):
            pool.submit([], recipe)
        assert signal.getsignal(number) is obey
        assert steps == ["started", "obeyed"]
    finally:
        signal.signal(number, before)
        pool.close()


def test_streams_are_as_they_were(
    pool: Processes, recipe: Recipe, capfd: pytest.CaptureFixture[str]
) -> None:
    """What this process prints before and after is seen."""
    os.write(1, b"before")
    pool.submit([], recipe)
    os.write(1, b", after")
    os.write(2, b"error")
    assert capfd.readouterr() == ("before, after", "error")


@pytest.mark.skipif(sys.platform == "win32", reason="streams that a shell closes")
def test_closed_streams(pool: Processes, recipe: Recipe) -> None:
    """Where the shell has closed one, processes are started all the same."""
    kept = os.dup(2)
    os.close(2)
    try:
        future = pool.submit([], recipe)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    assert future.result(SECONDS) == []
