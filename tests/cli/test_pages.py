"""``--html``: the interactive page as the commands write it."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def data_of(path: Path) -> dict[str, Any]:
    """What a page knows."""
    content = path.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', content)
    assert found is not None
    known: dict[str, Any] = json.loads(found[1])
    return known


COMMANDS = [
    (["run", "sample:teaching", "--write", "none"], ["max"]),
    (["explain", "sample:teaching"], ["max"]),
    (["compare", "sample:teaching", "--modes", "max,lp:p=3"], ["max", "lp:p=3"]),
    (["differ", "--data", "1 2 3 4 5 6", "--size", "1x3", "--stride", "1x2"],
     ["torch", "caffe", "darknet", "jax", "keras", "onnx"]),
    (["shift", "sample:teaching", "--modes", "max"], ["max", "max, moved"]),
]  # fmt: skip


@pytest.mark.usefixtures("first_plugins")
@pytest.mark.parametrize(("arguments", "names"), COMMANDS)
def test_page_offers_the_results_of_its_command(
    arguments: list[str], names: list[str], folder: Path, poolviz: Any
) -> None:
    """One for each mode, framework or place of the input."""
    done = poolviz(*arguments, "--html", "sub/page.html")
    assert done.code == 0
    assert "wrote sub" in done.err
    variants = data_of(folder / "sub/page.html")["variants"]
    assert sorted(variant["name"] for variant in variants) == sorted(names)


def test_page_is_among_the_files_of_json(folder: Path, poolviz: Any) -> None:
    """By the name of its option."""
    done = poolviz("run", "sample:teaching", "--write", "none", "--html", "p.htm", "--json")
    assert json.loads(done.out)["files"] == {"html": "p.htm"}
    assert (folder / "p.htm").exists()


def test_page_is_one_of_the_kinds_of_write(folder: Path, poolviz: Any) -> None:
    """It is named as the other pictures are."""
    assert poolviz("run", "sample:teaching", "--write", "html,npy", "--quiet").code == 0
    names = {path.name for path in (folder / "poolviz-out").iterdir()}
    assert names == {"teaching-max-2x2-page.html", "teaching-max-2x2-pooled.npy"}


def test_page_opens_at_the_explained_cell(folder: Path, poolviz: Any) -> None:
    """``explain --cell`` says at which."""
    poolviz("explain", "sample:teaching", "--cell", "1,2", "--html", "p.html")
    assert data_of(folder / "p.html")["step"] == 5


def test_page_takes_region_channel_theme_and_pace(folder: Path, poolviz: Any) -> None:
    """As the animation does."""
    np.save(folder / "m.npy", np.arange(768.0).reshape(3, 16, 16))
    options = ["--region", "8x8+4+4", "--channel", "2", "--theme", "dark", "--delay", "70"]
    done = poolviz("run", "m.npy", "--write", "none", "--html", "p.html", *options)
    assert done.code == 0
    found = data_of(folder / "p.html")
    (variant,) = found["variants"]
    assert (found["theme"], found["delay"], found["channel"]) == ("dark", 70, 2)
    assert variant["notes"][0] == "shown: rows 4–11, columns 4–11 of 16×16"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "sample:teaching", "--html", "page.png"], "'page.png' does not end in .html"),
        (["compare", "sample:teaching", "--html", "page"], "'page' does not end in .html"),
        (["shift", "sample:teaching", "--sweep", "2", "--html", "p.html"], "a sweep draws curves"),
    ],
)
def test_page_that_cannot_be_meant_is_refused(
    arguments: list[str], words: str, folder: Path, poolviz: Any
) -> None:
    """In one line, and nothing is written."""
    done = poolviz(*arguments)
    assert done.code == 2
    assert done.failure.startswith("--html: ")
    assert words in done.failure
    assert list(folder.iterdir()) == []


def test_page_over_the_source_is_refused(folder: Path, poolviz: Any) -> None:
    """Whatever its name."""
    (folder / "m.html").write_text("1 2\n3 4\n")
    (folder / "m.csv").symlink_to(folder / "m.html")
    done = poolviz("run", "m.csv", "--write", "none", "--html", "m.html")
    assert done.code == 2
    assert "is also an input file" in done.failure


@pytest.mark.slow
def test_batch_writes_a_page_for_each_source(folder: Path, poolviz: Any) -> None:
    """With ``--write html``."""
    for name in "ab":
        np.save(folder / f"{name}.npy", np.eye(4))
    done = poolviz("batch", "a.npy", "b.npy", "--write", "html", "--out", "o", "--jobs", "1")
    assert done.code == 0
    names = sorted(path.name for path in (folder / "o").glob("*.html"))
    assert names == ["a-max-2x2-page.html", "b-max-2x2-page.html"]
    (folder / "o/a-max-2x2-page.html").unlink()
    again = poolviz("batch", "a.npy", "b.npy", "--write", "html", "--out", "o", "--jobs", "1")
    assert "1 done, 1 unchanged" in again.out
    assert (folder / "o/a-max-2x2-page.html").exists()


@pytest.mark.parametrize("command", ["run", "compare", "differ", "shift", "explain"])
def test_every_command_hands_on_channel_and_theme(command: str, folder: Path, poolviz: Any) -> None:
    """The page opens with them."""
    np.save(folder / "m.npy", np.arange(108.0).reshape(3, 6, 6))
    options = ["--channel", "1", "--theme", "dark", "--html", "p.html"]
    options += ["--write", "none"] if command == "run" else []
    assert poolviz(command, "m.npy", *options).code == 0
    found = data_of(folder / "p.html")
    assert (found["theme"], found["channel"]) == ("dark", 1)


def test_page_of_differ_tells_refusals_and_reasons(folder: Path, poolviz: Any) -> None:
    """As the terminal does; what differs is marked."""
    line = ["--data", "1 2 3 4 5 6", "--size", "1x3", "--stride", "1x2"]
    poolviz("differ", *line, "--html", "p.html")
    found = data_of(folder / "p.html")
    assert found["label"] == "rules"
    variants = {variant["name"]: variant for variant in found["variants"]}
    assert any("skimage refuses" in note for note in variants["torch"]["notes"])
    assert (
        "differs in 1 of 3 values, compared with torch: see the marked corners"
        in variants["caffe"]["notes"]
    )
    assert variants["caffe"]["marked"] == [[2]]
    assert "the same as torch" in variants["keras"]["notes"]


def test_page_that_takes_too_much_memory_is_refused(folder: Path, poolviz: Any) -> None:
    """Before any of it is made, with what to do."""
    np.save(folder / "m.npy", np.zeros((64, 64), np.float32))
    options = ["--stride", "1", "--write", "none", "--html", "p.html", "--max-memory", "9M"]
    done = poolviz("run", "m.npy", *options)
    assert done.code == 2
    assert "B is needed for the page, but the limit is 9 MB" in done.failure
    assert "use a smaller --region" in done.failure
    assert not (folder / "p.html").exists()
