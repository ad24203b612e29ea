"""One source of a batch: done, kept or failed, and never an exception."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poolviz.batch import work
from poolviz.batch.listing import Item
from poolviz.batch.work import Recipe, Task, process
from poolviz.spec import PoolSpec
from poolviz.views.paint.formats import Pace


def test_outputs_are_written_and_recorded(item: Item, recipe: Recipe) -> None:
    """Files from the batch's folder, shapes, seconds, and what the bytes were."""
    record = process(Task(item), recipe)
    assert record["status"] == "done"
    assert record["source"] == "ok.csv"
    assert record["files"] == ["sub/ok-max-2x2-pooled.npy"]
    assert (record["input_shape"], record["output_shape"]) == ([2, 2], [1, 1])
    assert record["seconds"] > 0
    assert np.load(recipe.order.out / record["files"][0]) == 4


def test_same_bytes_are_kept(item: Item, recipe: Recipe) -> None:
    """Nothing is written again."""
    first = process(Task(item), recipe)
    file = recipe.order.out / first["files"][0]
    before = file.stat().st_ino
    assert process(Task(item, first), recipe) == first | {"status": "kept"}
    assert file.stat().st_ino == before


def test_other_bytes_are_done_again(item: Item, recipe: Recipe) -> None:
    """The digest tells."""
    first = process(Task(item), recipe)
    Path(item.path).write_text("5 6\n7 8\n")
    assert process(Task(item, first), recipe)["status"] == "done"


def test_missing_outputs_are_made_again(item: Item, recipe: Recipe) -> None:
    """A record alone is not enough."""
    first = process(Task(item), recipe)
    file = recipe.order.out / first["files"][0]
    file.unlink()
    assert process(Task(item, first), recipe)["status"] == "done"
    assert file.exists()


def test_outputs_written_by_another_are_made_again(item: Item, recipe: Recipe) -> None:
    """Whatever the record says, they are no longer what it tells of."""
    first = process(Task(item), recipe)
    file = recipe.order.out / first["files"][0]
    np.save(file, np.array([[9]]))
    assert process(Task(item, first), recipe)["status"] == "done"
    assert np.load(file) == 4


def test_outputs_in_another_place_are_made_again(item: Item, recipe: Recipe) -> None:
    """With other sources beside it, a source's outputs go into another folder."""
    first = process(Task(item), recipe)
    moved = replace(item, folder="other")
    record = process(Task(moved, first), recipe)
    assert record["status"] == "done"
    assert record["files"] == ["other/ok-max-2x2-pooled.npy"]


@pytest.mark.parametrize(
    ("text", "error"),
    [("1 2\n3\n", "bad.csv: row 2 has 1 cell"), ("1\n", "no window fits")],
)
def test_failures_are_recorded(text: str, error: str, tmp_path: Path, recipe: Recipe) -> None:
    """A source that cannot be read, and one that the windows do not fit."""
    (tmp_path / "bad.csv").write_text(text)
    record = process(Task(Item(str(tmp_path / "bad.csv"), "bad.csv", "")), recipe)
    assert record["status"] == "failed"
    assert error in record["error"]
    assert not recipe.order.out.exists()


def test_name_that_no_system_takes(recipe: Recipe) -> None:
    """Its error is that of a missing file."""
    record = process(Task(Item("/" + "x" * 300 + ".npy", "long.npy", "")), recipe)
    assert record["status"] == "failed"
    assert "cannot be read (file name too long)" in record["error"]


def test_missing_source(tmp_path: Path, recipe: Recipe) -> None:
    """It is named as the user named it."""
    record = process(Task(Item(str(tmp_path / "none.npy"), "none.npy", "")), recipe)
    assert record["error"].startswith("none.npy: there is no such file; ")


@pytest.mark.parametrize(
    ("error", "words"),
    [(MemoryError(), "fewer --jobs"), (ZeroDivisionError("x"), "this is a bug in")],
)
def test_nothing_is_raised(
    error: Exception, words: str, item: Item, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are still to be done."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(work, "run_job", fail)
    record = process(Task(item), recipe)
    assert record["status"] == "failed"
    assert words in record["error"]


def test_other_versions_refuse(item: Item, recipe: Recipe) -> None:
    """A worker elsewhere may have another poolviz."""
    assert "install the same" in process(Task(item), replace(recipe, version="0"))["error"]


def test_digest_tells_what_shows_in_outputs(recipe: Recipe) -> None:
    """Every setting that changes an output changes it; folder, threads and memory do not."""
    pooling, order = recipe.pooling, recipe.order
    others = [
        replace(recipe, reading={"index": 1}),
        replace(recipe, version="0"),
        replace(recipe, pooling=replace(pooling, spec=PoolSpec("min"))),
        replace(recipe, pooling=replace(pooling, spec=PoolSpec("max", 3))),
        replace(recipe, pooling=replace(pooling, spec=PoolSpec("lp", mode_options={"p": 3}))),
        replace(recipe, pooling=replace(pooling, seed=1)),
        replace(recipe, pooling=replace(pooling, channel="1")),
        replace(recipe, order=replace(order, write="png")),
        replace(recipe, order=replace(order, look=replace(order.look, scale=2))),
        replace(recipe, order=replace(order, look=replace(order.look, pace=Pace(30)))),
    ]
    assert len({each.digest for each in (recipe, *others)}) == 1 + len(others)
    same = [
        replace(recipe, pooling=replace(pooling, threads=7)),
        replace(recipe, order=replace(order, out=Path("elsewhere"))),
        replace(recipe, max_memory="1G", sharing=8),
    ]
    assert {each.digest for each in same} == {recipe.digest}


def test_memory_is_shared(recipe: Recipe) -> None:
    """Of what is given for a machine each has its part."""
    assert replace(recipe, max_memory="8G", sharing=4).budget.limit == 2 << 30
