"""Faults that are injected: at every write of a whole run, at random moments, by two at once."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import PROGRAM, SECONDS

pytestmark = pytest.mark.faults

OLD = b"an earlier picture"
# Everything that a run can write.
RUN = ("run", "sample:teaching", "--quiet", "--write", "png,gif", "--out", "out",
       "--figure", "figure.svg", "--save", "pooled.npy")  # fmt: skip
# Runs the command with the n-th of all calls that put bytes on the disk failing.
CHILD = """
import io, os, pathlib, sys
at, calls = int(sys.argv.pop(1)), 0
def failing(function):
    def call(*arguments, **named):
        global calls
        calls += 1
        if calls == at:
            raise OSError(28, "No space left on device")
        return function(*arguments, **named)
    return call
class Failing(io.BufferedRandom):
    write = failing(io.BufferedRandom.write)
    flush = failing(io.BufferedRandom.flush)
os.fdopen = lambda descriptor, mode: Failing(io.FileIO(descriptor, "r+"))
os.open, os.fdopen, os.fsync = failing(os.open), failing(os.fdopen), failing(os.fsync)
pathlib.Path.mkdir = failing(pathlib.Path.mkdir)
pathlib.Path.chmod = failing(pathlib.Path.chmod)
pathlib.Path.replace = failing(pathlib.Path.replace)
from poolviz.cli.funnel import run_app
code = run_app()
print(calls)
raise SystemExit(code)
"""
KILLS, PAIRS = 200, 100


def files(folder: Path) -> dict[str, bytes]:
    """Every file in the folder by its path, but for the corpus."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items()}


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder of its own, without the corpus."""
    return tmp_path


def run_failing(folder: Path, at: int) -> "subprocess.CompletedProcess[bytes]":
    """The whole run with its ``at``-th call failing; 0 for none."""
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(at), *RUN],
        cwd=folder,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


def test_nth_write_fails_for_every_n(empty: Path) -> None:
    """Whichever call fails: one line, exit 1, each file whole and old or whole and new."""
    assert run_failing(empty, 0).returncode == 0
    new = files(empty)
    assert len(new) == 5
    calls = int(run_failing(empty, 0).stdout)
    # Folder, open, file object, write, flush, sync, rights, rename.
    assert calls >= 8 * len(new)
    failures = 0
    for at in range(1, calls + 1):
        for name in new:
            (empty / name).write_bytes(OLD)
        done = run_failing(empty, at)
        found = files(empty)
        assert set(found) == set(new), "something is left over"
        assert all(found[name] in (OLD, new[name]) for name in new)
        if done.returncode == 0:
            # Such as flushing once more what is flushed.
            assert found == new
            continue
        failures += 1
        assert done.returncode == 1
        assert done.stderr.startswith(b"poolviz: ")
        assert done.stderr.count(b"\n") == 1
        assert OLD in found.values()
    assert failures >= 8 * len(new)


def test_kill_at_random_moments(empty: Path) -> None:
    """Each file is whole, old or new; strays are removed by the next run that ends."""
    line = [str(PROGRAM), *RUN]
    subprocess.run(line, cwd=empty, check=True, timeout=SECONDS, capture_output=True)
    new = files(empty)
    moments = random.Random(6)  # noqa: S311 - not for secrets
    for _ in range(KILLS):
        for name in new:
            (empty / name).write_bytes(OLD)
        process = subprocess.Popen(line, cwd=empty, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.1, 0.9))
        process.kill()
        process.wait(timeout=SECONDS)
        found = {
            name: data for name, data in files(empty).items() if not Path(name).name.startswith(".")
        }
        assert set(found) == set(new)
        assert all(found[name] in (OLD, new[name]) for name in new)
    subprocess.run(line, cwd=empty, check=True, timeout=SECONDS, capture_output=True)
    assert files(empty) == new


def test_two_at_once(empty: Path) -> None:
    """Two processes that write into one folder, again and again: every file is whole."""
    line = [str(PROGRAM), "run", "sample:teaching", "--quiet", "--write", "png", "--out", "out"]
    subprocess.run(line, cwd=empty, check=True, timeout=SECONDS)
    new = files(empty)
    for _ in range(PAIRS):
        both = [subprocess.Popen(line, cwd=empty) for _ in range(2)]
        assert [process.wait(timeout=SECONDS) for process in both] == [0, 0]
        assert files(empty) == new
