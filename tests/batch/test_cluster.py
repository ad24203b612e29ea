"""A scheduler and workers of their own, over TCP: the same outputs, whoever is killed."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from poolviz.batch import workers as scheduler
from poolviz.errors import PoolvizError

pytestmark = pytest.mark.conformance

PROGRAM = Path(sys.executable).with_name("poolviz")
COUNT = 300
SECONDS = 120


@dataclass
class Cluster:
    """A scheduler and its workers."""

    file: Path
    processes: "list[subprocess.Popen[bytes]]"

    @property
    def workers(self) -> "list[subprocess.Popen[bytes]]":
        """All but the scheduler."""
        return self.processes[1:]


def started(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    """One of Dask's programs."""
    line = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:], "--no-dashboard"]
    return subprocess.Popen(line, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers, in another folder than the batch."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = tmp_path / "scheduler.json"
    options = ["--host", "tcp://127.0.0.1", "--port", "0", "--scheduler-file", str(file)]
    processes = [started(elsewhere, "dask_scheduler", *options)]
    for _ in range(2):
        worker = ["--scheduler-file", str(file), "--nthreads", "1", "--no-nanny"]
        processes.append(started(elsewhere, "dask_worker", *worker))
    while not file.exists():
        time.sleep(0.1)
    yield Cluster(file, processes)
    for process in processes:
        process.kill()
        process.wait(timeout=SECONDS)


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    """Many maps."""
    (tmp_path / "maps").mkdir()
    rng = np.random.default_rng(1)
    for number in range(COUNT):
        np.save(tmp_path / f"maps/m{number}.npy", rng.normal(size=(4, 16, 16)).astype(np.float32))
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """Every output below a folder, but the report."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "report.jsonl")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def batch(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start one there."""
    return subprocess.Popen(
        [PROGRAM, "batch", "maps", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_worker_killed_in_the_middle(maps: Path, cluster: Cluster) -> None:
    """All outputs are there, and their bytes are those of one process on this machine."""
    alone = batch(maps, "--jobs", "1", "--out", "alone")
    alone.communicate(timeout=SECONDS)
    assert alone.returncode == 0
    run = batch(maps, "--scheduler-file", str(cluster.file), "--out", "together")
    while len(list((maps / "together").glob("*.npy"))) < COUNT // 6:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    cluster.workers[0].kill()
    cluster.workers[0].wait(timeout=SECONDS)
    out, errors = run.communicate(timeout=SECONDS)
    assert run.returncode == 0, (out, errors)
    assert f"{COUNT} sources: {COUNT} done" in out
    assert contents(maps / "together") == contents(maps / "alone")


def test_scheduler_killed_in_the_middle(maps: Path, cluster: Cluster) -> None:
    """One line after a while, exit 1, and what was done is kept by the next run."""
    run = batch(maps, "--scheduler-file", str(cluster.file), "--out", "out")
    while len(list((maps / "out").glob("*.npy"))) < COUNT // 6:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    cluster.processes[0].kill()
    out, errors = run.communicate(timeout=SECONDS)
    assert run.returncode == 1, (out, errors)
    assert errors.count("\n") == 1
    assert "; start a scheduler and workers" in errors
    again = batch(maps, "--jobs", "1", "--out", "out", "--json")
    out, errors = again.communicate(timeout=SECONDS)
    summary = json.loads(out)
    assert summary["kept"] > 0
    assert summary["kept"] + summary["done"] == COUNT


def test_all_workers_killed_in_the_middle(maps: Path, cluster: Cluster) -> None:
    """If no worker is left, the batch ends, too."""
    run = batch(maps, "--scheduler-file", str(cluster.file), "--out", "out")
    while len(list((maps / "out").glob("*.npy"))) < COUNT // 6:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    for worker in cluster.workers:
        worker.kill()
    out, errors = run.communicate(timeout=SECONDS)
    assert run.returncode == 1, (out, errors)
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scheduler", "tcp://127.0.0.1:9"], "no answer within 10 seconds"),
        (["--scheduler", "nonsense"], "is not an address; use e.g. tcp://host:8786"),
        (["--scheduler-file", "none.json"], "none.json"),
    ],
)
def test_no_scheduler(arguments: list[str], words: str, maps: Path) -> None:
    """One line after the time that it says, exit 1, and nothing is written."""
    run = batch(maps, *arguments, "--out", "out")
    out, errors = run.communicate(timeout=40)
    assert run.returncode in (1, 2), (out, errors)
    assert out == ""
    assert errors.count("\n") == 1, errors
    assert errors.startswith("poolviz: ")
    assert words in errors
    assert not (maps / "out").exists()


@pytest.mark.parametrize("kind", ["silent", "closing", "echo", "http"])
def test_whoever_is_not_a_scheduler(kind: str, maps: Path) -> None:
    """One line and exit 1 within ten seconds and what loading takes, whatever it answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        threading.Thread(target=serve, args=(server, kind), daemon=True).start()
        address = f"127.0.0.1:{server.getsockname()[1]}"
        start = time.monotonic()
        run = batch(maps, "--scheduler", f"tcp://{address}", "--out", "out")
        out, errors = run.communicate(timeout=60)
    assert run.returncode == 1, errors
    assert (out, errors.count("\n")) == ("", 1), errors
    assert errors.startswith(f"poolviz: tcp://{address}: no")
    # Twenty more for a busy machine.
    assert time.monotonic() - start < 30
    assert not (maps / "out").exists()


def serve(server: socket.socket, kind: str) -> None:
    """Accept whoever comes, and be of some kind to it."""
    kept = []
    while True:
        try:
            connection, _ = server.accept()
            kept.append(connection)
            if kind == "closing":
                connection.close()
            elif kind == "echo":
                connection.sendall(connection.recv(1 << 16))
            elif kind == "http":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        except OSError:
            if server.fileno() < 0:
                return


def test_scheduler_that_stops_answering(maps: Path, cluster: Cluster) -> None:
    """Stopped in the middle, it counts as gone, and the batch ends."""
    run = batch(maps, "--scheduler-file", str(cluster.file), "--out", "out")
    while len(list((maps / "out").glob("*.npy"))) < COUNT // 6:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    cluster.processes[0].send_signal(signal.SIGSTOP)
    out, errors = run.communicate(timeout=SECONDS)
    assert run.returncode == 1, (out, errors)
    assert errors.count("\n") == 1, errors
    assert "; start a scheduler and workers" in errors


def test_connection_that_has_closed(cluster: Cluster) -> None:
    """Handing out says that the scheduler is gone, and leaving it says nothing."""
    pool = scheduler.Cluster(None, str(cluster.file))
    pool.submit([], None)
    cluster.processes[0].kill()
    pool._client.close()  # noqa: SLF001 - as it does after ten seconds without an answer
    with pytest.raises(PoolvizError, match="the connection was lost"):
        pool.submit([], None)
    pool.close()
