"""Faults 54 to 79: files, signals, names and surroundings."""

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from conftest import PROGRAM, SECONDS

from poolviz.atomic import PREFIX, _host
from poolviz.text import escaped

pytestmark = pytest.mark.faults

OLD = b"an earlier picture"
RUN = ("run", "sample:teaching", "--quiet")
# Of a disk in bytes: less than the pictures of a run take.
ROOM = 16384
# Escapes, new lines, bidi marks, markup, formulas of figures.
NAMES = ["a\x1b[31m.npy", "a\nb.npy", "a\u202eb.npy", "[red]a.npy", "a$b_c$.npy", "<&]]>.npy"]


def test_54_missing_file(poolviz: Any) -> None:
    """It is named."""
    assert "missing.png: there is no such file" in poolviz("run", "missing.png").refused()


def test_55_directory(poolviz: Any) -> None:
    """A folder is no source."""
    assert "it is a folder" in poolviz("run", ".").refused()


def test_56_pipe_and_device(poolviz: Any, folder: Path) -> None:
    """What could hang or never end is refused; standard input is ``-``."""
    os.mkfifo(folder / "pipe.npy")
    assert "no regular file" in poolviz("run", "pipe.npy").refused()
    assert "no regular file" in poolviz("run", "/dev/zero").refused()
    assert poolviz("run", "-", "--write", "none", stdin=b"1 2; 3 4").code == 0


def test_57_output_that_cannot_be_written(poolviz: Any, folder: Path) -> None:
    """A file in place of the folder is told; a missing folder is made."""
    (folder / "taken").write_bytes(OLD)
    assert "cannot be written" in poolviz(*RUN, "--out", "taken").refused()
    assert (folder / "taken").read_bytes() == OLD
    assert poolviz(*RUN, "--out", "new/one", "--write", "png").code == 0
    assert len(list((folder / "new" / "one").iterdir())) == 2


@pytest.fixture
def small_disk(folder: Path) -> Iterator[tuple[Path, Callable[[], object]]]:
    """A folder with hardly any room, and what a child must do first for it to be so."""
    out = folder / "out"
    out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(out)]
    if shutil.which("mount") and not subprocess.run(mount, capture_output=True).returncode:  # noqa: PLW1510
        yield out, lambda: None
        subprocess.run(["umount", str(out)], check=True)  # noqa: S607 - where mount was
    else:
        yield out, limit_files


def limit_files() -> None:
    """Let no file of this process grow beyond the room."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM // 8, ROOM // 8))


def test_58_full_disk(small_disk: tuple[Path, Callable[[], object]]) -> None:
    """With room for a part only, files are old or new and whole, and nothing is left over."""
    out, prepare = small_disk
    names = {"teaching-max-2x2-before.png", "teaching-max-2x2-window.gif"}
    for name in names:
        (out / name).write_bytes(OLD)
    done = subprocess.run(
        [PROGRAM, *RUN, "--out", str(out), "--write", "png,gif"],
        capture_output=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=prepare,
    )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert b"cannot be written" in done.stderr
    found = {path.name: path.read_bytes() for path in out.iterdir()}
    assert names <= set(found)
    assert found["teaching-max-2x2-window.gif"] == OLD
    stills = [data for name, data in found.items() if name.endswith("png") and data != OLD]
    assert all(data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82") for data in stills)


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


def test_62_name_that_is_no_text(poolviz: Any, folder: Path) -> None:
    """Bytes that are no UTF-8 are read, written and shown as escapes."""
    name = os.fsdecode(b"caf\xe9.npy")
    (folder / name).write_bytes((folder / "ok.npy").read_bytes())
    done = poolviz("run", name, "--write", "png")
    assert done.code == 0
    assert "caf\\udce9" in done.err


@pytest.mark.parametrize("name", NAMES)
def test_63_names_that_a_terminal_acts_on(name: str, poolviz: Any, folder: Path) -> None:
    """In print, in a figure and in JSON they are shown, not obeyed."""
    (folder / name).write_bytes((folder / "ok.npy").read_bytes())
    shown = escaped(name)
    done = poolviz("run", name, "--write", "none", "--figure", "figure.svg")
    assert done.code == 0
    assert all(line.isprintable() for line in (done.out + done.err).splitlines())
    assert shown in done.err
    texts = " ".join(ET.parse(folder / "figure.svg").getroot().itertext())  # noqa: S314 - ours
    assert shown.removesuffix(".npy") in texts
    assert texts.replace("\n", "").isprintable()
    done = poolviz("run", name, "--write", "none", "--json")
    assert done.out.replace("\n", "").isascii()
    assert json.loads(done.out)["source"] == shown


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_64_formulas_in_names(name: str, suffix: str, poolviz: Any, folder: Path) -> None:
    """Where matplotlib draws, a name is no formula, and nothing fails for it."""
    (folder / name).write_bytes((folder / "ok.npy").read_bytes())
    for line in (["shift", name, "--sweep", "3"], ["explain", name], ["run", name, "--quiet"]):
        done = poolviz(*line, "--figure", f"figure.{suffix}")
        assert done.code == 0, done.err
        assert all(text.isprintable() for text in done.err.splitlines())


@pytest.mark.parametrize("name", ["ok.npy", *NAMES])
def test_65_output_in_place_of_the_input(name: str, poolviz: Any, folder: Path) -> None:
    """The source is never replaced, whatever its name."""
    before = (folder / "ok.npy").read_bytes()
    (folder / name).write_bytes(before)
    assert "it is the source itself" in poolviz("run", name, "--save", name).refused(2)
    assert (folder / name).read_bytes() == before


def test_57_refused_output_leaves_no_folder(poolviz: Any, folder: Path) -> None:
    """All targets are looked at before the first folder is made."""
    line = ["run", "ok.npy", "--out", "new", "--write", "png", "--figure", "ok.npy/x.svg"]
    assert "no folder" in poolviz(*line).refused()
    assert not (folder / "new").exists()


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
    assert b"standard input: it needs about" in done.stderr


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


def test_58_nothing_can_be_said(folder: Path) -> None:
    """A full stderr changes no exit code."""
    command = f"{PROGRAM} run ok.npy --bogus 2>/dev/full"
    done = subprocess.run(["/bin/bash", "-c", command], cwd=folder, timeout=SECONDS, check=False)
    assert done.returncode == 2


def test_66_and_67_output_is_a_link(poolviz: Any, folder: Path) -> None:
    """A link is followed to its target, also where that does not exist yet."""
    (folder / "target.svg").write_bytes(OLD)
    (folder / "link.svg").symlink_to("target.svg")
    (folder / "dangling.svg").symlink_to("later.svg")
    for link, target in (("link.svg", "target.svg"), ("dangling.svg", "later.svg")):
        assert poolviz(*RUN, "--write", "none", "--figure", link).code == 0
        assert (folder / link).is_symlink()
        assert b"<svg" in (folder / target).read_bytes()


def test_68_two_runs_into_one_folder(folder: Path) -> None:
    """Whoever is last wins, whole, and nothing is left over."""
    out = folder / "out"
    line = [PROGRAM, *RUN, "--write", "png,gif", "--out", str(out)]
    both = [subprocess.Popen(line, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(timeout=SECONDS) for process in both] == [0, 0]
    alone = folder / "alone"
    subprocess.run([*line[:-1], str(alone)], check=True, timeout=SECONDS)
    names = sorted(path.name for path in alone.iterdir())
    assert sorted(path.name for path in out.iterdir()) == names
    assert all((out / name).read_bytes() == (alone / name).read_bytes() for name in names)


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
    assert "no URL is opened" in poolviz("run", "https://example.org/a.png").refused()


def test_79_nothing_extra_is_needed(poolviz: Any) -> None:
    """No command asks for a package that the core does not bring."""
    assert poolviz("--help").code == 0


def test_debug_shows_where(poolviz: Any) -> None:
    """--debug adds a traceback before the line; without it there is none."""
    done = poolviz("run", "missing.png", "--debug")
    assert done.code == 1
    assert done.err.startswith("Traceback")
    assert done.err.splitlines()[-1].startswith("poolviz: missing.png: there is no such file")


def test_kill_leaves_whole_files_and_the_next_run_tidies(folder: Path) -> None:
    """Killed at any moment, files are whole or not there; strays are removed by the next run."""
    out = folder / "out"
    line = [PROGRAM, *RUN, "--write", "png,gif", "--out", str(out)]
    subprocess.run(line, check=True, timeout=SECONDS, stderr=subprocess.DEVNULL)
    sound = {path.name: path.read_bytes() for path in out.iterdir()}
    for moment in range(20):
        process = subprocess.Popen(line, stderr=subprocess.DEVNULL)
        time.sleep(0.15 + 0.03 * moment)
        process.kill()
        process.wait(timeout=SECONDS)
        found = {path.name: path.read_bytes() for path in out.iterdir() if path.name[0] != "."}
        assert found == sound
    stray = out / f"{PREFIX}{_host()}-{process.pid}-abc"
    stray.write_bytes(b"half")
    subprocess.run(line, check=True, timeout=SECONDS, stderr=subprocess.DEVNULL)
    assert sorted(path.name for path in out.iterdir()) == sorted(sound)


def test_files_have_ordinary_permissions(poolviz: Any, folder: Path) -> None:
    """Outputs are readable as the umask says, not as temporary files are."""
    before = os.umask(0o022)
    try:
        assert poolviz(*RUN, "--write", "none", "--save", "out.npy").code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "out.npy").stat().st_mode) == 0o644
