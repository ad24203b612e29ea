"""Faults 59 to 61: interrupts and broken pipes at any moment."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import PROGRAM, SECONDS

pytestmark = pytest.mark.faults


@pytest.mark.parametrize(
    ("number", "sent", "code", "words"),
    [
        (59, signal.SIGINT, 130, b"poolviz: interrupted"),
        (60, signal.SIGTERM, 143, b"poolviz: terminated"),
    ],
)
def test_signals(number: int, sent: signal.Signals, code: int, words: bytes, folder: Path) -> None:
    """One line and the code of the signal, whole files, and nothing left over."""
    del number
    out = folder / "out"
    # A shell that starts tests in the background has interrupts ignored.
    process = subprocess.Popen(
        [PROGRAM, "run", "-", "--out", str(out)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - alone
    )
    time.sleep(1)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == code
    assert errors.startswith(words)
    assert errors.count(b"\n") == 1
    assert not out.exists()


def test_61_broken_pipe(folder: Path) -> None:
    """``| head`` is no error to complain of."""
    command = f"{PROGRAM} run sample:scene --write none 2>err | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=folder, capture_output=True, timeout=SECONDS, check=True
    )
    assert done.stdout.splitlines()[-1] in (b"141", b"0")
    assert b"Traceback" not in (folder / "err").read_bytes()


@pytest.mark.parametrize("number", range(12))
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_59_and_60_at_any_moment(number: int, sent: Any, code: int, folder: Path) -> None:
    """While it starts, draws or writes: one line, the signal's code, files whole, none left."""
    out = folder / "out"
    process = subprocess.Popen(
        [PROGRAM, "run", "sample:scene", "--quiet", "--out", str(out), "--write", "png,gif"],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - alone
    )
    time.sleep(0.15 + 0.1 * number)
    process.send_signal(sent)
    _, errors = process.communicate(timeout=SECONDS)
    # When all is done and Python takes itself down, a signal ends it as it would any process.
    assert process.returncode in (code, 0, -sent)
    assert errors.count(b"\n") == (process.returncode == code)
    for path in out.iterdir() if out.exists() else ():
        assert path.name.endswith((".png", ".gif"))
        assert path.read_bytes()[-1:] in (b"\x82", b";")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_61_closed_streams(closed: str, folder: Path) -> None:
    """What cannot be said is not; the work is done."""
    command = f"{PROGRAM} run ok.npy --write none --save out.npy {closed}"
    done = subprocess.run(["/bin/bash", "-c", command], cwd=folder, timeout=SECONDS, check=False)
    assert done.returncode == 0
    assert (folder / "out.npy").exists()


def test_61_broken_pipe_of_help() -> None:
    """As for any output."""
    command = f"{PROGRAM} --help | true; exit ${{PIPESTATUS[0]}}"
    assert subprocess.run(["/bin/bash", "-c", command], timeout=SECONDS).returncode == 141  # noqa: PLW1510


def test_debug_shows_where(poolviz: Any) -> None:
    """--debug adds a traceback before the line; without it there is none."""
    done = poolviz("run", "missing.png", "--debug")
    assert done.code == 1
    assert done.err.startswith("Traceback")
    assert done.err.splitlines()[-1].startswith("poolviz: missing.png: there is no such file")
