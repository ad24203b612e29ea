"""The report of a batch: what it remembers, and what of a damaged one."""

import hashlib
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from poolviz.batch import journal as journal_module
from poolviz.batch.journal import Journal
from poolviz.batch.listing import REPORT, Item
from poolviz.batch.work import Recipe, Task, process
from poolviz.errors import OutputError
from poolviz.output import writing


def record(
    source: str = "a", recipe: str = "r", status: str = "done", **more: Any
) -> dict[str, Any]:
    """A record of a source."""
    return {"source": source, "recipe": recipe, "status": status, **more}


def lines(folder: Path) -> list[Any]:
    """What stands in a report."""
    return [json.loads(line) for line in (folder / REPORT).read_text().splitlines()]


def test_what_is_done_is_remembered(tmp_path: Path) -> None:
    """With the same recipe; what failed is tried again."""
    journal = Journal(tmp_path)
    journal.add([record("a"), record("b", status="failed")])
    journal.close()
    again = Journal(tmp_path)
    assert again.earlier("a", "r") == record("a")
    assert again.earlier("a", "other") is None
    assert again.earlier("b", "r") is None


def test_records_are_there_at_once(tmp_path: Path) -> None:
    """Whoever is killed then has written them."""
    journal = Journal(tmp_path)
    journal.add([record()])
    assert lines(tmp_path) == [record()]


def test_kept_sources_have_their_line_already(tmp_path: Path) -> None:
    """No second one is added."""
    journal = Journal(tmp_path)
    journal.add([record()])
    journal.add([record(status="kept")])
    journal.close([("a", "r")])
    assert lines(tmp_path) == [record()]


def test_what_is_done_claims_its_names(tmp_path: Path) -> None:
    """By folder and by how the names of the files begin, with one recipe."""
    journal = Journal(tmp_path)
    journal.add([record("s/x.png", files=["f/x-max-2x2-after.png"])])
    journal.add([record("s/y.png", files=["y.png-max-2x2-after.png"])])
    journal.add([record("s/z.png", "other", files=["z-min-2x2-after.png"])])
    journal.close()
    claims = Journal(tmp_path).claimed("r")
    assert {key: each["source"] for key, each in claims.items()} == {
        ("f", "x"): "s/x.png",
        (".", "y.png"): "s/y.png",
    }


@pytest.mark.skipif(os.name != "posix", reason="folders are locked on POSIX")
def test_folder_that_stays_locked_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was stopped may keep it; after a while that is an error."""
    import fcntl

    monkeypatch.setattr(journal_module, "SECONDS", 0.05)
    journal = Journal(tmp_path)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="its folder has been locked by another process"):
            journal.add([record()])
    finally:
        os.close(descriptor)
    journal.add([record()])


def test_order_of_the_end(tmp_path: Path) -> None:
    """One line for each source, as the sources were given; others before."""
    journal = Journal(tmp_path)
    journal.add([record("c"), record("a", status="failed"), record("b"), record("a")])
    journal.close([("a", "r"), ("b", "r")])
    assert [line["source"] for line in lines(tmp_path)] == ["c", "a", "b"]
    assert lines(tmp_path)[1]["status"] == "done"


@pytest.mark.parametrize(
    "torn",
    [
        b'{"source": "b", "rec',
        b"\xff\xfe\n",
        b"[1]\n",
        b'{"source": 3, "recipe": "r", "status": "done"}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "files": 3}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "files": [3]}\n',
        b"[" * 100_000,
        b'{"source": "b", "recipe": "r", "status": "done", "seconds": NaN}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "seconds": "long"}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "seconds": 1e999}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "notes": -1e999}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "x": [[[[1]]]]}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "x": '
        + b"[" * 900
        + b"]" * 900
        + b"}\n",
        b'{"source": "b", "recipe": "r", "status": "done", "x": ' + b"9" * 5000 + b"}\n",
        b'{"source": "b", "recipe": "r", "status": "done", "x": "' + b"x" * (2 << 20) + b'"}\n',
        b'{"source": "b", "recipe": "r", "status": "done", "x": "' + b"x" * (1 << 20),
        b"x" * (3 << 20),
        bytes(range(256)) * 10,
        b"\n\n\n",
    ],
)
def test_torn_lines_and_rubbish_are_left_out(torn: bytes, tmp_path: Path) -> None:
    """What is sound before them stays, and what is added begins on a line of its own."""
    (tmp_path / REPORT).write_bytes(json.dumps(record()).encode() + b"\n" + torn)
    journal = Journal(tmp_path)
    assert journal.earlier("b", "r") is None
    journal.add([record("c")])
    assert lines(tmp_path) == [record(), record("c")]
    journal.close([("a", "r")])
    assert lines(tmp_path) == [record("c"), record()]


def test_other_reports_are_left_alone(tmp_path: Path) -> None:
    """A file of that name that is not one of ours is not replaced."""
    (tmp_path / REPORT).write_text('{"mine": 1}\n')
    with pytest.raises(OutputError, match="not the report of a batch"):
        Journal(tmp_path)
    assert (tmp_path / REPORT).read_text() == '{"mine": 1}\n'


def test_files_belong_to_who_wrote_them_last(tmp_path: Path) -> None:
    """A record whose file another recipe has replaced is no longer true."""
    journal = Journal(tmp_path)
    journal.add([record(recipe="old", files=["x.png"]), record(recipe="new", files=["x.png"])])
    journal.close()
    assert lines(tmp_path) == [record(recipe="new", files=["x.png"])]


def test_names_of_any_bytes(tmp_path: Path) -> None:
    """A name that is no UTF-8 comes back as it was."""
    journal = Journal(tmp_path)
    journal.add([record("caf\udce9")])
    journal.close()
    assert Journal(tmp_path).earlier("caf\udce9", "r") == record("caf\udce9")


def test_folder_that_is_none(tmp_path: Path) -> None:
    """The error comes before any work is done."""
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        Journal(tmp_path / "taken")


@pytest.mark.parametrize(
    "name", ["sub/a\0.npy", "sub/\ud800", "/etc/hosts", "sub/../a", "", "sub/" + "x" * 500, "sub"]
)
@pytest.mark.parametrize("stamps", [None, 3, [[1, 2]], [None], "ab", {"a": 1}])
def test_earlier_files_of_any_name(
    name: str, stamps: Any, recipe: Recipe, item: Item, tmp_path: Path
) -> None:
    """What a report says of a source's outputs is believed only where they are found as it says."""
    digest = hashlib.blake2b(Path(item.path).read_bytes(), digest_size=16).hexdigest()
    rubbish = record(item.shown, recipe.digest, files=[name], stamps=stamps, digest=digest)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / REPORT).write_text(json.dumps(rubbish) + "\n")
    journal = Journal(tmp_path / "out")
    treated = process(Task(item, journal.earlier(item.shown, recipe.digest)), recipe)
    journal.add([treated])
    assert treated["status"] == "done"


def test_two_batches_in_one_folder(tmp_path: Path) -> None:
    """Whoever ends first or last, the lines of both are there."""
    first, second = Journal(tmp_path), Journal(tmp_path)
    first.add([record("a")])
    second.add([record("b"), record("c", status="failed")])
    first.add([record("d")])
    first.close([("d", "r"), ("a", "r")])
    second.add([record("e")])
    second.close([("e", "r"), ("b", "r"), ("c", "r")])
    assert [line["source"] for line in lines(tmp_path)] == ["d", "a", "e", "b", "c"]
    third = Journal(tmp_path)
    assert all(third.earlier(source, "r") for source in "abde")


def test_other_batch_that_is_killed_in_a_line(tmp_path: Path) -> None:
    """The half line takes no whole one with it."""
    journal = Journal(tmp_path)
    journal.add([record("a")])
    with (tmp_path / REPORT).open("ab") as file:
        file.write(b'{"source": "b", "rec')
    journal.add([record("c")])
    journal.close()
    assert lines(tmp_path) == [record("a"), record("c")]


@pytest.mark.parametrize("missing", ["module", "lock"])
def test_without_locks(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has none, or its file system, a report is written all the same."""

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    fake = None if missing == "module" else SimpleNamespace(flock=refuse, LOCK_EX=2, LOCK_NB=4)
    monkeypatch.setattr(journal_module, "fcntl", fake)
    first, second = Journal(tmp_path), Journal(tmp_path)
    first.add([record("a")])
    second.add([record("b")])
    second.close()
    first.close([("a", "r")])
    assert lines(tmp_path) == [record("b"), record("a")]


@pytest.mark.skipif(os.name != "posix", reason="locks of folders")
def test_report_is_locked_while_it_is_put_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another adds between reading and writing would be lost."""
    import fcntl

    journal = Journal(tmp_path)
    write, held = writing.write, []

    def seen(path: Path, data: bytes) -> None:
        other = os.open(tmp_path, os.O_RDONLY)
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.append(path)
        os.close(other)
        write(path, data)

    monkeypatch.setattr(writing, "write", seen)
    journal.add([record("a"), record("a", status="failed")])
    journal.close()
    assert held == [tmp_path / REPORT]
    assert list(tmp_path.iterdir()) == [tmp_path / REPORT]
