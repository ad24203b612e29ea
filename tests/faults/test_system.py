"""Faults 54 to 79: sources, surroundings and the network."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import PROGRAM, RUN, SECONDS

pytestmark = pytest.mark.faults


def test_54_missing_file(poolviz: Any) -> None:
    """It is named."""
    assert "missing.png: there is no such file" in poolviz("run", "missing.png").refused()


def test_55_directory(poolviz: Any) -> None:
    """A folder is no source."""
    assert "is a folder" in poolviz("run", ".").refused()


def test_56_pipe_and_device(poolviz: Any, folder: Path) -> None:
    """What could hang or never end is refused; standard input is ``-``."""
    os.mkfifo(folder / "pipe.npy")
    assert "not a regular file" in poolviz("run", "pipe.npy").refused()
    assert "not a regular file" in poolviz("run", "/dev/zero").refused()
    assert poolviz("run", "-", "--write", "none", stdin=b"1 2; 3 4").code == 0


def test_56_output_is_a_pipe(poolviz: Any, folder: Path) -> None:
    """A pipe or device is no file to replace, nor one behind a link."""
    os.mkfifo(folder / "pipe.npy")
    (folder / "link.npy").symlink_to("pipe.npy")
    for name in ("pipe.npy", "link.npy"):
        assert "a device or a pipe" in poolviz(*RUN, "--write", "none", "--save", name).refused()
    assert stat.S_ISFIFO((folder / "pipe.npy").stat().st_mode)


def test_56_stream_that_never_ends() -> None:
    """It is read up to a limit."""
    with Path("/dev/zero").open("rb") as zeros:
        done = subprocess.run(
            [PROGRAM, "run", "-", "--max-memory", "100M"],
            stdin=zeros,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 1
    assert b"standard input: needs about" in done.stderr


@pytest.mark.parametrize(
    ("number", "settings"),
    [
        (71, {}),
        (72, {"TERM": "dumb"}),
        (73, {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}),
        (74, {"COLUMNS": "20", "FORCE_COLOR": "1"}),
        (75, {"HOME": "/nonexistent", "MPLCONFIGDIR": "/proc"}),
        (75, {"MPLBACKEND": "nosuch"}),
    ],
)
def test_surroundings(number: int, settings: dict[str, str], poolviz: Any, folder: Path) -> None:
    """No terminal, a poor one, no home, no network: it works, and quietly."""
    done = poolviz(*RUN, "--write", "png", "--figure", "figure.svg", **settings)
    assert done.code == 0
    assert done.err == "", number
    assert (folder / "figure.svg").exists()
    assert poolviz("run", "sample:teaching", "--write", "none", **settings).out


def test_76_no_network(folder: Path) -> None:
    """Nothing asks for a socket."""
    program = (
        "import socket, sys\n"
        "def refused(*_, **__): raise SystemExit(99)\n"
        "socket.socket.__init__ = refused\n"
        "from poolviz.cli import main\n"
        "main()"
    )
    line = [sys.executable, "-c", program, *RUN, "--write", "png,gif", "--figure", "figure.svg"]
    done = subprocess.run(line, cwd=folder, timeout=SECONDS, check=False)
    assert done.returncode == 0


def test_77_url(poolviz: Any) -> None:
    """No URL is opened."""
    assert (
        "is a URL, which poolviz does not open"
        in poolviz("run", "https://example.org/a.png").refused()
    )


def test_79_nothing_extra_is_needed(poolviz: Any) -> None:
    """No command asks for a package that the core does not bring."""
    assert poolviz("--help").code == 0
