"""Finding a scheduler by its address or file, and how long a command waits for it."""

import json
import os
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

from poolviz.batch import workers
from poolviz.batch.workers import Cluster, within
from poolviz.errors import PoolvizError


class Dask:
    """A package whose client does what a test wants."""

    def __init__(self, connect: Any) -> None:
        self.scheduler = type("scheduler", (), {"KilledWorker": ZeroDivisionError})
        self.Client = connect


def refuse(*_: object, **__: object) -> NoReturn:
    """As for an address of an unknown kind."""
    raise ValueError


@pytest.fixture(autouse=True)
def ending(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be done at the end of the process."""
    registered: list[Any] = []
    monkeypatch.setattr(workers.atexit, "register", registered.append)
    return registered


def test_no_wait_for_a_missing_scheduler(
    monkeypatch: pytest.MonkeyPatch, ending: list[Any]
) -> None:
    """An error that comes at once does not claim that ten seconds have passed."""
    monkeypatch.setattr(workers, "_import_distributed", lambda: Dask(refuse))
    with pytest.raises(PoolvizError, match="http://localhost:80: no scheduler answers; start a"):
        Cluster("http://localhost:80")
    assert not ending


def test_no_longer_wait_for_a_silent_scheduler(
    monkeypatch: pytest.MonkeyPatch, ending: list[Any]
) -> None:
    """The wait ends in time though the connection does not, and the process ends, too."""
    monkeypatch.setattr(
        workers, "_import_distributed", lambda: Dask(lambda *_, **__: time.sleep(60))
    )
    monkeypatch.setattr(workers, "SECONDS", 0.2)
    with pytest.raises(PoolvizError, match=r"no answer within 0\.2 seconds"):
        Cluster("tcp://localhost:1")
    assert len(ending) == 1


def test_work_that_ends_in_time() -> None:
    """Its value is returned, or its exception raised."""
    assert within(20, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        within(20, lambda: 1 / 0)
    assert within(20, lambda: threading.current_thread().daemon)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "3",
        "{}",
        '{"address": null}',
        '{"address": 3}',
        '{"address": ["tcp://localhost:1"]}',
        '{"address": "nonsense"}',
        "[" * 100_000,
        '{"address": "tcp://localhost:1"}' + " " * (1 << 20),
        "\udcff\udcfe",
    ],
)
def test_file_that_no_scheduler_has_written(text: str, tmp_path: Path) -> None:
    """Whatever its content, the error is one line, and nothing is contacted."""
    (tmp_path / "file.json").write_bytes(os.fsencode(text))
    with pytest.raises(PoolvizError, match="is not a scheduler file; give the file"):
        Cluster(None, str(tmp_path / "file.json"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of the file system")
def test_file_that_is_not_regular(tmp_path: Path) -> None:
    """A pipe, a device or a folder would hang, never end, or hold nothing."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path, tmp_path / "none"):
        with pytest.raises(PoolvizError, match=r"regular file|folder|no such file") as caught:
            Cluster(None, str(path))
        if "regular" in caught.value.cause:
            assert caught.value.remedy.startswith("give the file that dask scheduler")


def test_file_that_is_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without enough memory, the error does not blame the scheduler."""

    def loads(_: bytes) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr(json, "loads", loads)
    (tmp_path / "file.json").write_text('{"address": "tcp://localhost:1"}')
    with pytest.raises(PoolvizError, match="not a scheduler file"):
        Cluster(None, str(tmp_path / "file.json"))
