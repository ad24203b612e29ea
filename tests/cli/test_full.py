"""Grids that are piped: small ones whole, large ones cut to a part, all of them by --full."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

# A command for each kind of answer, and how many lists of values its JSON has.
ASKED = {
    "run": ["run", "map.npy", "--write", "none"],
    "compare": ["compare", "map.npy", "--modes", "max,average"],
    "differ": ["differ", "map.npy", "--size", "3", "--stride", "1"],
    "shift": ["shift", "map.npy", "--by", "3,3", "--modes", "max"],
    "stack": ["stack", "map.npy", "conv:gaussian max:2/1"],
    "explain": ["explain", "map.npy", "--size", "40", "--stride", "1", "--mode", "average"],
}


def save(folder: Path, side: int) -> None:
    """A map of different numbers, ``map.npy``."""
    np.save(folder / "map.npy", np.arange(side * side).reshape(side, side) + 10_000)


@pytest.mark.parametrize("name", ASKED)
def test_no_command_prints_a_large_map_unasked(name: str, folder: Path, poolviz: Any) -> None:
    """Of 600 rows and columns a corner is printed, with an ellipsis and its place."""
    save(folder, 600)
    done = poolviz(*ASKED[name])
    assert done.code == 0
    assert len(done.out) < 20_000
    assert " …\n" in done.out
    assert "of 600" in done.out
    assert "--full" in done.err


@pytest.mark.parametrize("name", ASKED)
def test_full_prints_every_value(name: str, folder: Path, poolviz: Any) -> None:
    """With --full, no grid is cut, however many cells it has, and no note says so."""
    save(folder, 60)
    done = poolviz(*ASKED[name], "--full")
    assert done.code == 0
    assert " …\n" not in done.out
    assert " of 60" not in done.out
    assert "--full" not in done.err


def test_the_largest_numbers_are_there_with_full(folder: Path, poolviz: Any) -> None:
    """Both ends of a row, and of a column, are printed."""
    save(folder, 60)
    lines = poolviz(*ASKED["run"], "--full").out.splitlines()
    assert lines[0] == "input 60×60"
    rows = [line.split() for line in lines if line.startswith(("  10060 ", "┃ 10060 "))]
    assert len([line for line in lines if "13599" in line]) >= 1
    assert rows[0][-1] == "10119"


@pytest.mark.parametrize("name", ASKED)
def test_a_digit_of_28_rows_is_whole(name: str, folder: Path, poolviz: Any) -> None:
    """A map of 28×28 is printed with all of its numbers, unasked."""
    save(folder, 28)
    arguments = ["--size", "20"] if name == "explain" else []
    done = poolviz(*ASKED[name], *arguments)
    assert done.code == 0
    assert " …\n" not in done.out
    assert "--full" not in done.err


def test_the_cell_that_is_asked_for_is_in_the_corner(folder: Path, poolviz: Any) -> None:
    """The part that is printed of a large map is the one with the window."""
    save(folder, 600)
    done = poolviz("explain", "map.npy", "--cell", "150,200")
    assert "rows 294–301 of 600" in done.out
    assert f"[{10_000 + 301 * 600 + 401}]" in done.out


@pytest.mark.parametrize("name", ASKED)
def test_json_of_large_maps_is_null_unless_full(name: str, folder: Path, poolviz: Any) -> None:
    """Values of large maps are null in JSON, with a note; --full lists them all."""
    save(folder, 80)
    short, full = poolviz(*ASKED[name], "--json"), poolviz(*ASKED[name], "--json", "--full")
    assert "--full" in short.err
    assert "--full" not in full.err

    assert most_numbers(json.loads(short.out)) <= 1024 < most_numbers(json.loads(full.out))


def most_numbers(document: Any) -> int:
    """How long the longest list of a document is, lists in it counted by what is in them."""
    if isinstance(document, dict):
        return max(map(most_numbers, document.values()), default=0)
    return (
        len(np.ravel(document))
        if isinstance(document, list) and is_array(document)
        else (max(map(most_numbers, document), default=0) if isinstance(document, list) else 0)
    )


def is_array(values: list[Any]) -> bool:
    """Whether these are values, or rows of values of one length."""
    rows = [row for row in values if isinstance(row, list)]
    plain = not any(isinstance(value, (list, dict)) for row in rows or [values] for value in row)
    return plain and len(rows) in (0, len(values)) and len({len(row) for row in rows}) <= 1


@pytest.mark.parametrize("key", ["ties", "rows"])
def test_json_of_a_huge_window_is_short(key: str, folder: Path, poolviz: Any) -> None:
    """Ties and rows of a window are as many as its cells, so they are cut as those are."""
    np.save(folder / "row.npy", np.zeros((2000, 1)))
    asked = "explain", "row.npy", "--size", "2000x1", "--json"
    assert json.loads(poolviz(*asked).out)[key] is None
    assert len(json.loads(poolviz(*asked, "--full").out)[key]) in (1999, 2000)


def test_json_of_run_is_the_pooled_array(folder: Path, poolviz: Any) -> None:
    """--json --full lists the whole output."""
    save(folder, 80)
    done = json.loads(poolviz(*ASKED["run"], "--json", "--full").out)
    expected = (np.arange(6400).reshape(80, 80) + 10_000)[1::2, 1::2]
    assert done["output"] == expected.tolist()


def test_a_network_too(folder: Path, model: Path, poolviz: Any) -> None:
    """The map that enters a node is cut as any other."""
    Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(folder / "black.png")
    node = "network", model, "--input", "black.png", "--node", "1", "--write", "none"
    size = poolviz(*node, "--full").out.splitlines()[0]
    assert "rows" not in size


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "sample:teaching", "--full", "--quiet"], "--full: --quiet prints no grids"),
        (["run", "sample:teaching", "--full", "--play"], "--full: --play prints no grids"),
        (["shift", "sample:teaching", "--sweep", "2", "--full"], "a sweep prints no grids"),
    ],
)
def test_full_is_refused_where_no_grid_is_printed(
    arguments: list[str], words: str, poolviz: Any
) -> None:
    """--full has something to print, or is an error of usage."""
    done = poolviz(*arguments)
    assert done.code == 2
    assert words in done.failure


def test_full_on_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch, poolviz: Any) -> None:
    """On a terminal, too, --full prints every number, over as many lines as it takes."""
    save(folder, 30)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    assert "10899" not in poolviz("run", "map.npy", "--write", "none").out
    assert "10899" in poolviz("run", "map.npy", "--write", "none", "--full").out
