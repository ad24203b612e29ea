"""``poolviz explain``: one window in full."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_window_of_an_average_in_full(poolviz: Any) -> None:
    """Where it lies, what it reads, shares, sum, divisor, value and the way back."""
    arguments = ["--mode", "average", "--size", "3", "--stride", "2", "--padding", "1"]
    done = poolviz("explain", "sample:teaching", "--cell", "0,0", *arguments)
    assert (done.code, done.err) == (0, "")
    for words in (
        "output (0, 0) of 3×3, average 3×3, stride 2, padding 1\n"
        "reads rows −1 to 1 and columns −1 to 1\n",
        "┃ ·0▁   1▁   3▁┃  4    0   −5   −2    ·\n",
        "share of each cell\n"
        "       ·        ·        ·\n"
        "       ·   0.1111   0.1111\n"
        "       ·   0.1111   0.1111\n",
        "cells    1, 3, 6, 2\n"
        "sum      12\n"
        "divisor  9: the cells in the input and the padding\n"
        "value    (1 + 3 + 6 + 2) / 9 ≈ 1.33 (5 padding cells counted as 0)\n",
        "other windows also read 3 of these cells; the gradients add up there\n",
    ):
        assert words in done.out


def test_tie_is_told(poolviz: Any) -> None:
    """Of two equal cells the first wins, and both are named."""
    out = poolviz("explain", "sample:teaching", "--cell", "0,1").out
    assert "the first of the equal cells wins, row by row: (0, 2), not (1, 3)\n" in out
    assert "no other window reads these cells" in out


@pytest.mark.parametrize(
    ("like", "words"),
    [
        ("torch", "NaN wins over every number; the last of several NaNs wins: (0, 1)"),
        ("keras", "NaN loses to every number: (1, 1)"),
    ],
)
def test_nan_is_told(like: str, words: str, poolviz: Any) -> None:
    """What the rules do with NaN is said where a window has one."""
    out = poolviz("explain", "--data", "1 nan; 2 3", "--like", like).out
    assert words in " ".join(out.split())


def test_nan_and_a_tie_are_both_told(poolviz: Any) -> None:
    """Where NaN is dropped and two numbers are equal, both choices are explained."""
    out = " ".join(poolviz("explain", "--data", "nan 3; 3 1", "--like", "keras").out.split())
    assert "NaN loses to every number: (0, 1)" in out
    assert "tie the first of the equal cells wins, row by row: (0, 1), not (1, 0)" in out


def test_figure_of_a_window_outside_the_input(poolviz: Any, folder: Path) -> None:
    """A window that reads no input cell can be drawn and explained."""
    line = ["explain", "--data", "1 2;3 4", "--like", "jax", "--size", "2", "--padding", "3"]
    done = poolviz(*line, "--stride", "1", "--figure", "window.svg")
    assert done.code == 0
    assert "the window has no input cell, so no gradient flows back" in done.out
    assert (folder / "window.svg").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--divisor", "3"], "divisor  3: from the request"),
        (["--exclude-pad", "--padding", "1"], "divisor  1: the cells in the input"),
        (["--padding", "1"], "divisor  4: the cells in the input and the padding"),
    ],
)
def test_divisor_says_what_it_counts(arguments: list[str], words: str, poolviz: Any) -> None:
    """Given, with padding, without."""
    line = ["explain", "sample:teaching", "--mode", "average", *arguments]
    assert words in poolviz(*line).out


def test_overhang_is_never_counted(poolviz: Any) -> None:
    """A window over the edge divides by what there is."""
    line = ["explain", "--data", "1 2 3", "--mode", "average", "--size", "1x2", "--ceil"]
    out = poolviz(*line, "--cell", "0,1").out
    assert "divisor  1: the cells in the input, without overhang" in out


def test_powers_are_worked_out(poolviz: Any) -> None:
    """What each cell becomes, their sum, and the root."""
    out = poolviz("explain", "--data", "1 3; 2 4", "--mode", "lp").out
    assert "cells  1, 3, 2, 4\nterms  1, 9, 4, 16\nsum    30\n" in out


def test_explanation_as_data(poolviz: Any) -> None:
    """Cells outside the input are null, everything else is a number."""
    line = ["explain", "--data", "1 3; 2 4", "--padding", "1", "--json"]
    document = json.loads(poolviz(*line).out)
    assert document["kinds"] == [["padding", "padding"], ["padding", "input"]]
    assert document["cells"] == [[None, None], [None, 1]]
    assert document["gradient"] == [[None, None], [None, 1.0]]
    assert (document["value"], document["winner"]) == (1, [0, 0])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("3,0", "the output is 3×3 and has no cell 3,0; use ROW,COLUMN from 0,0 to 2,2"),
        ("-1,0", "has no cell -1,0"),
        ("1", "'1' is not a pair of numbers; use ROW,COLUMN, e.g. 0,1"),
        ("a,b", "is not a pair of numbers"),
    ],
)
def test_cell_that_there_is_not(cell: str, words: str, poolviz: Any) -> None:
    """It is refused with those that there are."""
    done = poolviz("explain", "sample:teaching", "--cell", cell)
    assert done.code == 2
    assert done.failure.startswith("--cell: ")
    assert words in done.failure
