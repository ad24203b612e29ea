"""Faults 69, 70 and 78, and a batch that is killed: many files, and what may befall them."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PROGRAM, SECONDS

pytestmark = pytest.mark.faults

# A mode that ends the process at certain values: what the system does to those that eat memory.
DEADLY = """
import os, signal, sys
from poolviz.batch import work
made = work._pool_item
def deadly(item, recipe):
    if "deadly" in item.shown:
        os.kill(os.getpid(), signal.SIGKILL)
    return made(item, recipe)
work._pool_item = deadly
"""
LONG = 120
BROKEN, ALL = 37, 1000


def fill(folder: Path, count: int) -> None:
    """Make maps."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(count)
    for number in range(count):
        np.save(folder / f"m{number}.npy", rng.normal(size=(1, 8, 8)).astype(np.float32))


def contents(folder: Path) -> dict[str, bytes]:
    """Every output below a folder, but the report."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "report.jsonl")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def batch(folder: Path, *arguments: str, seconds: int = LONG) -> "subprocess.CompletedProcess[str]":
    """Run one there."""
    return subprocess.run(
        [PROGRAM, "batch", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def batch_beside(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one where the modules in the folder come before all others."""
    paths = filter(None, [str(folder), os.environ.get("PYTHONPATH")])
    return subprocess.run(
        [sys.executable, "-m", "poolviz", "batch", "maps", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def test_files_that_are_read_are_kept_by_workers(tmp_path: Path) -> None:
    """Processes of their own know them too: an option's file, a manifest, a named source."""
    fill(tmp_path, 2)
    out = tmp_path / "out"
    out.mkdir()
    listed, config = out / "m0-max-2x2-before.png", out / "m1-max-2x2-before.png"
    listed.write_text("../m0.npy\n../m1.npy\n")
    config.write_text("jobs = 2\n")
    line = [f"@{listed.relative_to(tmp_path)}", "--config", str(config), "--out", "out", "--json"]
    done = batch(tmp_path, *line, "--write", "png")
    assert done.returncode == 3
    assert len(json.loads(done.stdout)["failures"]) == 2
    assert done.stdout.count("is also an input file") == 2
    assert listed.read_text().startswith("../m0")
    assert config.read_text() == "jobs = 2\n"


def test_69_sources_of_one_name(folder: Path) -> None:
    """a/x.png and b/x.png go into two folders."""
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "x.png").write_bytes((folder / "ok.png").read_bytes())
    assert batch(folder, "a/x.png", "b/x.png", "--out", "out").returncode == 0
    assert {Path(name).parts[0] for name in contents(folder / "out")} == {"a", "b"}
    (folder / "a/x.npy").write_bytes((folder / "ok.npy").read_bytes())
    assert batch(folder, "a", "--out", "new").returncode == 0
    assert sorted(contents(folder / "new")) == [
        f"x.{kind}-max-2x2-{name}"
        for kind in ("npy", "png")
        for name in ("after.png", "before.png", "pooled.npy")
    ]


def test_folder_pooled_into_itself(tmp_path: Path) -> None:
    """Again and again: earlier outputs are no sources, and what is skipped is said."""
    fill(tmp_path / "maps", 3)
    line = ["maps", "--out", "maps", "--write", "npy,png", "--jobs", "1"]
    first = batch(tmp_path, *line)
    assert "3 sources: 3 done" in first.stdout
    assert "skipped" not in first.stdout
    before = contents(tmp_path / "maps")
    again = batch(tmp_path, *line)
    assert again.returncode == 0
    assert "3 sources: 0 done, 3 unchanged" in again.stdout
    assert "9 files skipped:" in again.stdout
    assert "  maps/m0-max-2x2-after.png: has the name of an output of maps/m0.npy" in again.stdout
    assert contents(tmp_path / "maps") == before
    summary = json.loads(batch(tmp_path, *line, "--mode", "min", "--json").stdout)
    assert (summary["done"], len(summary["skipped"])) == (3, 9)


def test_70_manifest_that_leads_out(folder: Path) -> None:
    """``..`` and absolute names are read, and written below the folder all the same."""
    inner = folder / "deep" / "inner"
    (inner / "CON").mkdir(parents=True)
    sound = (folder / "ok.npy").read_bytes()
    for path in (folder / "up.npy", inner / "CON" / "in.npy"):
        path.write_bytes(sound)
    (inner / "list.txt").write_text(f"../../up.npy\n{folder / 'ok.npy'}\nCON/in.npy\n")
    before = {path for path in folder.rglob("*") if path.is_file()}
    assert batch(inner, "@list.txt", "--out", "out", "--write", "npy").returncode == 0
    new = {path for path in folder.rglob("*") if path.is_file()} - before
    assert len(new) == 4
    assert all(path.is_relative_to(inner / "out") for path in new)
    assert "CON" not in {part for path in new for part in path.parts}


def test_78_worker_that_is_killed(tmp_path: Path) -> None:
    """Its source is tried once more and then named; all others are done."""
    fill(tmp_path / "maps", 30)
    (tmp_path / "maps/deadly.npy").write_bytes((tmp_path / "maps/m0.npy").read_bytes())
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    done = batch_beside(tmp_path, "--jobs", "2", "--write", "npy")
    assert done.returncode == 3, done.stderr
    assert "31 sources: 30 done, 1 failed" in done.stdout
    assert "maps/deadly.npy: its worker died twice" in done.stdout
    assert len(contents(tmp_path / "poolviz-out")) == 30


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a batch and all of its workers at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=SECONDS)


def test_killed_batch_goes_on(tmp_path: Path) -> None:
    """Ten times killed and resumed: the bytes of an undisturbed run, nothing done twice."""
    fill(tmp_path / "maps", 300)
    line = ["maps", "--write", "npy", "--jobs", "2"]
    assert batch(tmp_path, *line, "--out", "whole").returncode == 0
    moments, finished = random.Random(3), {}  # noqa: S311 - not for secrets
    for _ in range(10):
        process = subprocess.Popen(
            [PROGRAM, "batch", *line, "--out", "out"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # From the first record of its own on, at some moment.
        report, deadline = tmp_path / "out/report.jsonl", time.monotonic() + LONG
        before = len(whole_lines(report))
        while len(whole_lines(report)) <= before and time.monotonic() < deadline:
            if process.poll() is not None:
                break
            time.sleep(0.02)
        time.sleep(moments.uniform(0, 0.3))
        kill(process)
        for name, moment in finished.items():
            assert (tmp_path / "out" / name).stat().st_mtime_ns == moment, "done twice"
        finished |= {
            name: (tmp_path / "out" / name).stat().st_mtime_ns
            for line_ in whole_lines(tmp_path / "out/report.jsonl")
            for name in line_.get("files", [])
        }
    assert len(finished) > 0
    done = batch(tmp_path, *line, "--out", "out", "--json")
    assert json.loads(done.stdout)["kept"] >= len(finished)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert len(whole_lines(tmp_path / "out/report.jsonl")) == 300


def whole_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a report that may end in the middle of a line."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_batch_ends_with_its_workers(sent: Any, code: int, tmp_path: Path) -> None:
    """One line, the report whole, no process left, and what was done is kept."""
    fill(tmp_path / "maps", 2000)
    process = subprocess.Popen(
        [PROGRAM, "batch", "maps", "--write", "npy,png", "--jobs", "2"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - alone
    )
    report = tmp_path / "poolviz-out/report.jsonl"
    deadline = time.monotonic() + SECONDS
    while not whole_lines(report) and time.monotonic() < deadline:
        time.sleep(0.1)
    os.kill(process.pid, sent)
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == code
    assert errors.count(b"\n") == 1, errors
    deadline = time.monotonic() + SECONDS
    while is_alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(process.pid)
    records = whole_lines(tmp_path / "poolviz-out/report.jsonl")
    assert 0 < len(records) < 2000
    assert {record["status"] for record in records} == {"done"}


@pytest.mark.parametrize("seconds", [0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 1.9, 2.2])
def test_interrupt_of_the_whole_group(seconds: float, tmp_path: Path) -> None:
    """Ctrl-C reaches the workers too, also those that are being started: one line all the same."""
    fill(tmp_path / "maps", 400)
    process = subprocess.Popen(
        [PROGRAM, "batch", "maps", "--write", "npy,png", "--jobs", "3", "--quiet"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - alone
    )
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    out, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130, errors
    assert out == b""
    assert errors.count(b"\n") == 1, errors
    assert errors.startswith(b"poolviz: interrupted; ")


def test_two_batches_in_one_folder(tmp_path: Path) -> None:
    """Run at the same time, both reports survive, and nothing is done again afterwards."""
    lines = [
        ["first", "--out", "out", "--write", "npy"],
        ["second", "--out", "out", "--write", "npy"],
    ]
    for name in ("first", "second"):
        fill(tmp_path / name, 60)
        for path in (tmp_path / name).iterdir():
            path.rename(path.with_name(f"{name}-{path.name}"))
    both = [
        subprocess.Popen([PROGRAM, "batch", *line], cwd=tmp_path, stdout=subprocess.DEVNULL)
        for line in lines
    ]
    assert [process.wait(timeout=LONG) for process in both] == [0, 0]
    assert len(whole_lines(tmp_path / "out/report.jsonl")) == 120
    for line in lines:
        assert json.loads(batch(tmp_path, *line, "--json").stdout)["kept"] == 60
    assert len(whole_lines(tmp_path / "out/report.jsonl")) == 120


@pytest.mark.parametrize(
    "rubbish",
    [
        b'{"source": "maps/m0.npy", "recipe": "b", "status": "done", "seconds": 1e999}\n',
        b'{"source": "maps/m0.npy", "recipe": "b", "status": "done", "seconds": NaN}\n',
        b'{"source": "maps/m0.npy", "recipe": "b", "status": 7}\n',
        b'{"source": "x' + b"y" * (100 << 20) + b'"}\n',
        b"[" * 200_000 + b"\n",
        bytes(range(256)) * 100,
    ],
    ids=["infinite", "nan", "types", "huge", "deep", "binary"],
)
def test_rubbish_in_a_report(rubbish: bytes, tmp_path: Path) -> None:
    """It is left out; what is sound stays, and is not done again."""
    fill(tmp_path / "maps", 3)
    line = ["maps", "--out", "out", "--write", "npy", "--jobs", "1"]
    assert batch(tmp_path, *line).returncode == 0
    with (tmp_path / "out/report.jsonl").open("ab") as file:
        file.write(rubbish)
    done = batch(tmp_path, *line, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kept"] == 3
    assert len(whole_lines(tmp_path / "out/report.jsonl")) == 3


def is_alive(group: int) -> bool:
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_bad_ones_among_a_thousand(folder: Path) -> None:
    """963 outputs, 37 sources named in the report, each with its cause, exit 3."""
    bad = sorted(
        path.name
        for path in folder.iterdir()
        if path.name.endswith(
            (".png", ".npy", ".npz", ".csv", ".jpg", ".gif", ".bmp", ".webp", ".tif")
        )
        and path.name not in HARMLESS
    )[:BROKEN]
    assert len(bad) == BROKEN
    maps = folder / "maps"
    fill(maps, ALL - BROKEN)
    for number, name in enumerate(bad):
        (maps / f"bad{number}{Path(name).suffix}").write_bytes((folder / name).read_bytes())
    line = ["maps", "--write", "npy", "--out", "out", "--max-memory", "200M"]
    done = batch(folder, *line)
    assert done.returncode == 3
    assert done.stderr == ""
    assert f"{ALL:,} sources: {ALL - BROKEN} done, {BROKEN} failed" in done.stdout
    assert len(done.stdout.splitlines()) < 24
    assert len(contents(folder / "out")) == ALL - BROKEN
    records = whole_lines(folder / "out/report.jsonl")
    assert Counter(record["status"] for record in records) == {
        "done": ALL - BROKEN,
        "failed": BROKEN,
    }
    errors = [record["error"] for record in records if record["status"] == "failed"]
    assert all(error.startswith("maps/bad") and "; " in error for error in errors)
    assert not any("bug of poolviz" in error for error in errors)


# Odd, but read.
HARMLESS = {
    "jpeg.png",
    "junk.npy",
    "zip.npy",
    "up.npz",
    "mark.csv",
    "directories.tif",
    "ok.npy",
    "ok.png",
}


def test_79_missing_extra(tmp_path: Path) -> None:
    """A scheduler needs a package, and how to install it is said."""
    fill(tmp_path / "maps", 1)
    (tmp_path / "distributed.py").write_text("raise ImportError('not here')\n")
    done = batch_beside(tmp_path, "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("run: pip install 'poolviz[dask]'")
    assert done.stderr.count("\n") == 1
