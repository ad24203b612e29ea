"""The whole command ``poolviz batch`` in one process: what it prints, writes and gives."""

import json
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from poolviz.batch.work import Recipe, Record, Task, process_all
from poolviz.cli.commands import batch


class Here:
    """Workers that are this process itself."""

    size = sharing = 1
    chunk_seconds = 0.1
    deaths = ()

    def __init__(self, size: int) -> None:
        assert size >= 1

    def submit(self, tasks: Sequence[Task], recipe: Recipe) -> "Future[list[Record]]":
        """Work at once."""
        future: Future[list[Record]] = Future()
        future.set_result(process_all(tasks, recipe))
        return future

    def check(self) -> None:
        """This process is always there."""

    def close(self, *, at_once: bool = False) -> None:
        """Nothing to close."""


@pytest.fixture(autouse=True)
def maps(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three maps, two of one stem."""
    monkeypatch.setattr(batch, "Processes", Here)
    (folder / "maps").mkdir()
    for name in ("a.csv", "a.tsv", "b.csv"):
        (folder / "maps" / name).write_text("1 2\n3 4\n")
    return folder / "maps"


def written(folder: Path) -> list[str]:
    """The names of all files there."""
    return sorted(path.name for path in folder.iterdir())


def test_sources_are_pooled_then_kept(maps: Path, poolviz: Any) -> None:
    """Into their own folder, one summary, a line in the report for each; again, all are kept."""
    line = ["batch", "maps", "--write", "npy", "--out", "maps"]
    done = poolviz(*line)
    assert (done.code, done.err) == (0, "")
    first, *others = done.out.splitlines()
    assert first.startswith("3 sources: 3 done (")
    assert others == ["report: maps/report.jsonl"]
    outputs = ["a.csv-max-2x2-pooled.npy", "a.tsv-max-2x2-pooled.npy", "b-max-2x2-pooled.npy"]
    assert set(written(maps)) == {"a.csv", "a.tsv", "b.csv", "report.jsonl", *outputs}
    lines = [json.loads(line) for line in (maps / "report.jsonl").read_text().splitlines()]
    assert [line["files"] for line in lines] == [[name] for name in outputs]
    again = poolviz(*line)
    assert again.out.startswith("3 sources: 0 done, 3 unchanged (")
    assert "3 files skipped:\n" in again.out
    assert "  maps/b-max-2x2-pooled.npy: has the name of an output of maps/b.csv; " in again.out
    summary = json.loads(poolviz(*line, "--json").out)
    assert [each["source"] for each in summary["skipped"]] == [f"maps/{name}" for name in outputs]


@pytest.mark.slow
@pytest.mark.parametrize(("count", "words"), [(1, None), (10, None), (11, "1"), (13, "3")])
def test_first_failures_are_named(count: int, words: str | None, maps: Path, poolviz: Any) -> None:
    """Ten of them, and how many more there are; exit 3."""
    for number in range(count):
        (maps / f"bad{number}.csv").write_text("1 2\n3\n")
    done = poolviz("batch", "maps", "--write", "npy", "--out", "out")
    assert (done.code, done.err) == (3, "")
    lines = done.out.splitlines()
    assert lines[0].startswith(f"{3 + count} sources: 3 done, {count} failed (")
    failures = [line for line in lines if line.startswith("  maps/bad")]
    assert len(failures) == min(count, 10)
    assert all("row 2 has 1 cell" in line for line in failures)
    assert [line for line in lines if "more" in line] == ([f"  and {words} more"] if words else [])


@pytest.mark.slow
def test_memory_can_be_limited(poolviz: Any) -> None:
    """What no source fits into is told of each."""
    done = poolviz("batch", "maps", "--write", "npy", "--max-memory", "1", "--out", "out")
    assert done.code == 3
    assert "or raise --max-memory" in done.out


@pytest.mark.slow
def test_scheduler_file_of_anything(folder: Path, poolviz: Any) -> None:
    """It is read to a limit; nothing is begun."""
    pytest.importorskip("distributed")
    (folder / "file.json").write_text('{"address": null}')
    for name, words in (
        ("file.json", "is not a scheduler file"),
        ("none.json", "no such file"),
        ("maps", "folder"),
        ("/dev/zero", "regular file"),
    ):
        done = poolviz("batch", "maps", "--scheduler-file", name, "--out", "out")
        assert done.code == 1
        assert words in done.failure
    assert not (folder / "out").exists()


@pytest.mark.slow
def test_outputs_of_other_sources_are_not_replaced(folder: Path, poolviz: Any) -> None:
    """A second batch of other files by the same names is refused, unless it is forced."""
    for name, text in (("one", "1 2\n3 4\n"), ("two", "5 6\n7 8\n"), ("same", "1 2\n3 4\n")):
        (folder / name).mkdir()
        (folder / name / "x.csv").write_text(text)
    line = ["--out", "out", "--write", "npy", "--jobs", "1"]
    assert poolviz("batch", "one", *line).code == 0
    before = (folder / "out/x-max-2x2-pooled.npy").read_bytes()
    words = "two/x.csv: its outputs would replace those of one/x.csv; choose another --out"
    assert words in poolviz("batch", "two", *line).failure
    assert (folder / "out/x-max-2x2-pooled.npy").read_bytes() == before
    # The same bytes give the same outputs.
    assert poolviz("batch", "same", *line).code == 0
    assert poolviz("batch", "two", *line, "--force").code == 0
    assert (folder / "out/x-max-2x2-pooled.npy").read_bytes() != before


@pytest.mark.slow
def test_files_that_are_read_are_kept_by_workers_too(folder: Path, poolviz: Any) -> None:
    """An option's file, or a source that was named, has the name of an output."""
    (folder / "out").mkdir()
    for name in ("a-max-2x2-before.png", "b-max-2x2-before.png"):
        (folder / "out" / name).write_text("jobs = 1\n")
    config = "out/a-max-2x2-before.png"
    line = ["--out", "out", "--write", "png", "--json", "--config", config]
    done = poolviz("batch", "maps/a.csv", "maps/b.csv", *line)
    assert done.code == 3
    (failure,) = json.loads(done.out)["failures"]
    assert "is also an input file" in failure["error"]
    assert (folder / config).read_text().startswith("jobs")
    assert (folder / "out/b-max-2x2-before.png").read_bytes().startswith(b"\x89PNG")
