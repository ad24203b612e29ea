"""The report of a batch: what it remembers, and what of a damaged one."""

import json
from pathlib import Path
from typing import Any

import pytest

from poolviz.batch.journal import NAME, Journal
from poolviz.errors import OutputError


def record(
    source: str = "a", recipe: str = "r", status: str = "done", **more: Any
) -> dict[str, Any]:
    """A record of a source."""
    return {"source": source, "recipe": recipe, "status": status, **more}


def lines(folder: Path) -> list[Any]:
    """What stands in a report."""
    return [json.loads(line) for line in (folder / NAME).read_text().splitlines()]


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
    ],
)
def test_torn_lines_are_left_out(torn: bytes, tmp_path: Path) -> None:
    """What is sound before them stays, and what is added begins on a line of its own."""
    (tmp_path / NAME).write_bytes(json.dumps(record()).encode() + b"\n" + torn)
    journal = Journal(tmp_path)
    assert journal.earlier("b", "r") is None
    journal.add([record("c")])
    assert lines(tmp_path) == [record(), record("c")]


def test_other_reports_are_left_alone(tmp_path: Path) -> None:
    """A file of that name that is none of ours is not replaced."""
    (tmp_path / NAME).write_text('{"mine": 1}\n')
    with pytest.raises(OutputError, match="no report of a batch"):
        Journal(tmp_path)
    assert (tmp_path / NAME).read_text() == '{"mine": 1}\n'


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
    """It is told before any work is done."""
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        Journal(tmp_path / "taken")
