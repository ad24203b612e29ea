"""Faults 57, 58 and 65 to 68: places that cannot be written, are full, or are something else."""

import os
import resource
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import NAMES, OLD, PROGRAM, RUN, SECONDS

from poolviz.output.writing import PREFIX, _host

pytestmark = pytest.mark.faults

# Of a disk in bytes: less than the pictures of a run take.
ROOM = 16384


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


def no_room(folder: Path, prepare: Callable[[], object], *line: str) -> bytes:
    """The one line of a run that finds no room."""
    done = subprocess.run(
        [PROGRAM, "run", *line],
        cwd=folder,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=prepare,
    )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    return done.stderr


def test_58_full_disk(small_disk: tuple[Path, Callable[[], object]]) -> None:
    """With room for a part only, files are old or new and whole, and nothing is left over."""
    out, prepare = small_disk
    names = {"teaching-max-2x2-before.png", "teaching-max-2x2-window.gif"}
    for name in names:
        (out / name).write_bytes(OLD)
    line = "sample:teaching", "--quiet", "--out", str(out), "--write", "png,gif"
    assert b"cannot be written" in no_room(out, prepare, *line)
    found = {path.name: path.read_bytes() for path in out.iterdir()}
    assert names <= set(found)
    assert found["teaching-max-2x2-window.gif"] == OLD
    stills = [data for name, data in found.items() if name.endswith("png") and data != OLD]
    assert all(data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82") for data in stills)


@pytest.mark.parametrize("name", ["ok.npy", *NAMES])
def test_65_output_in_place_of_the_input(name: str, poolviz: Any, folder: Path) -> None:
    """The source is never replaced, whatever its name."""
    before = (folder / "ok.npy").read_bytes()
    (folder / name).write_bytes(before)
    assert "is also an input file" in poolviz("run", name, "--save", name).refused(2)
    assert (folder / name).read_bytes() == before


def test_57_refused_output_leaves_no_folder(poolviz: Any, folder: Path) -> None:
    """All targets are looked at before the first folder is made."""
    line = ["run", "ok.npy", "--out", "new", "--write", "png", "--figure", "ok.npy/x.svg"]
    assert "is not a folder" in poolviz(*line).refused()
    assert not (folder / "new").exists()


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


def test_58_no_room_for_what_is_mapped(folder: Path) -> None:
    """It is told before anything is pooled: a page without room would end the process."""
    np.save(folder / "large.npy", np.zeros((5000, 5000), np.float32))
    line = "large.npy", "--size", "1", "--write", "none", "--save", "out.npy"
    assert b"out.npy: cannot be written" in no_room(folder, limit_files, *line)
    assert not (folder / "out.npy").exists()
    assert not list(folder.glob(".poolviz-*"))
