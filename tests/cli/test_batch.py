"""``poolviz batch``: many sources, bad ones among them, and going on where it ended."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.slow

COUNT = 12


@pytest.fixture
def maps(folder: Path) -> Path:
    """A folder of maps in two folders, and two bad ones."""
    rng = np.random.default_rng(7)
    for number in range(COUNT):
        path = folder / "maps" / "ab"[number % 2] / f"m{number}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, rng.normal(size=(2, 6, 6)).astype(np.float32))
    (folder / "maps/bad.csv").write_text("1 2\n3\n")
    (folder / "maps/empty.npy").touch()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every output below a folder, but the report."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "report.jsonl")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def report(folder: Path) -> list[dict[str, Any]]:
    """The lines of a report."""
    return [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]


def test_bad_sources_are_told_and_passed_over(maps: Path, poolviz: Any) -> None:
    """Exit 3, a summary that names them, a line in the report for each source."""
    done = poolviz("batch", "maps", "--out", "out", "--jobs", 2)
    assert done.code == 3
    assert f"{COUNT + 2} sources: {COUNT} done, 2 failed" in done.out
    assert "  maps/bad.csv: row 2 has 1 cell, but row 1 has 2; give all rows" in done.out
    assert done.err == ""
    lines = report(maps / "out")
    assert [line["source"] for line in lines][:2] == ["maps/bad.csv", "maps/empty.npy"]
    assert [line["status"] for line in lines] == ["failed"] * 2 + ["done"] * COUNT
    assert lines[2]["files"] == [
        f"a/m0-max-2x2-{name}" for name in ("pooled.npy", "before.png", "after.png")
    ]
    assert len(contents(maps / "out")) == 3 * COUNT


@pytest.mark.usefixtures("maps")
def test_outputs_are_those_of_run(folder: Path, poolviz: Any) -> None:
    """The same names and bytes."""
    options = ["--mode", "average", "--size", 3, "--write", "png,npy,svg,gif", "--theme", "dark"]
    assert poolviz("batch", "maps/a/m2.npy", *options, "--out", "many").code == 0
    assert poolviz("run", "maps/a/m2.npy", *options, "--out", "one", "--quiet").code == 0
    assert contents(folder / "many") == contents(folder / "one") != {}


def test_what_is_done_is_kept(maps: Path, poolviz: Any) -> None:
    """Again, only what failed, what changed, and what is missing is done."""
    line = ["batch", "maps", "--out", "out", "--write", "npy", "--jobs", 2]
    poolviz(*line)
    before = contents(maps / "out")
    np.save(maps / "maps/a/m0.npy", np.full((1, 4, 4), 3.0))
    (maps / "out/b/m1-max-2x2-pooled.npy").unlink()
    times = {path: path.stat().st_mtime_ns for path in (maps / "out").rglob("*.npy")}
    summary = json.loads(poolviz(*line, "--json").out)
    assert {key: summary[key] for key in ("sources", "done", "kept", "failed")} == {
        "sources": COUNT + 2, "done": 2, "kept": COUNT - 2, "failed": 2,
    }  # fmt: skip
    after = contents(maps / "out")
    assert {name for name in after if after[name] != before[name]} == {"a/m0-max-2x2-pooled.npy"}
    same = {path for path, time in times.items() if path.stat().st_mtime_ns == time}
    assert len(same) == COUNT - 2
    assert len(report(maps / "out")) == COUNT + 2


def test_force_does_all_again(maps: Path, poolviz: Any) -> None:
    """Whatever the report says."""
    line = ["batch", "maps/a", "--out", "out", "--write", "npy", "--json"]
    assert json.loads(poolviz(*line).out)["done"] == COUNT // 2
    assert json.loads(poolviz(*line).out)["kept"] == COUNT // 2
    assert json.loads(poolviz(*line, "--force").out)["done"] == COUNT // 2
    assert len(report(maps / "out")) == COUNT // 2


@pytest.mark.usefixtures("maps")
def test_another_way_is_another_work(poolviz: Any) -> None:
    """What was done with other windows is not kept, and stays beside."""
    line = ["batch", "maps/a", "--write", "npy", "--json"]
    assert json.loads(poolviz(*line).out)["done"] == COUNT // 2
    assert json.loads(poolviz(*line, "--mode", "min").out)["done"] == COUNT // 2
    assert json.loads(poolviz(*line).out)["kept"] == COUNT // 2


@pytest.mark.usefixtures("maps")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["maps", "--mode", "most"], "unknown mode 'most'"),
        (["maps", "--write", "bmp"], "unknown kind of file 'bmp'"),
        (["maps", "--size", "2x"], "--size"),
        (["maps", "--scale", "0"], "--scale"),
        (["maps", "--max-memory", "much"], "--max-memory"),
        (["maps", "--jobs", "0"], "jobs"),
        (["none*"], "no file matches"),
        (["maps", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:9"], "--jobs"),
        (["maps", "--scheduler", "tcp://127.0.0.1:9", "--scheduler-file", "x"], "one of them"),
        ([], "sources: missing"),
    ],
)
def test_what_cannot_be_meant_is_refused_first(
    arguments: list[str], words: str, folder: Path, poolviz: Any
) -> None:
    """One line, and nothing is begun."""
    done = poolviz("batch", *arguments, "--out", "out")
    assert done.code in (1, 2)
    assert words in done.failure
    assert not (folder / "out").exists()


def test_quiet_prints_nothing(maps: Path, poolviz: Any) -> None:
    """But the exit code and the report tell."""
    done = poolviz("batch", "maps", "--out", "out", "--write", "none", "--quiet")
    assert (done.code, done.out, done.err) == (3, "", "")
    assert len(report(maps / "out")) == COUNT + 2


def test_folder_that_cannot_be_written(maps: Path, poolviz: Any) -> None:
    """It is told before any work."""
    (maps / "taken").touch()
    assert "cannot be written" in poolviz("batch", "maps", "--out", "taken").failure
    assert not (maps / "taken").read_bytes()


def test_config_holds_the_sources_too(maps: Path, poolviz: Any) -> None:
    """What --print-config prints is taken by --config as it is."""
    line = ["batch", "maps/a", "maps/b", "--write", "npy", "--mode", "lp:p=3", "--out", "out"]
    (maps / "all.toml").write_text(poolviz(*line, "--print-config").out)
    done = poolviz("batch", "--config", "all.toml", "--json")
    assert done.code == 0
    assert json.loads(done.out)["done"] == COUNT
    assert (maps / "out/a/m0-lp-p3-2x2-pooled.npy").exists()
