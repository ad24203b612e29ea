"""Faults 44 to 53: parameters that have no meaning, or ask for too much."""

import re
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.faults

HUGE = "1" + "0" * 20
# The fault's number, the arguments, and words of the refusal.
REFUSED = [
    *((44, ["--size", text], "--size: ") for text in
      ("0", "-1", HUGE, "2.0", "1_0", "2x", "axb", "2x2x2", "", "２")),
    (44, ["--size", "9" * 5000], "is not a size"),
    (44, ["--mode", "stochastic", "--seed", "-1"], "--seed: -1 is out of range"),
    (44, ["--mode", "stochastic", "--seed", HUGE], "out of range"),
    (44, ["--mode", "ordinal:top=" + HUGE], "is out of range"),
    (45, ["--stride", "0"], "stride"),
    (45, ["--dilation", "0"], "dilation"),
    (46, ["--padding", "-1"], "padding"),
    (46, ["--size", "3", "--padding", "2"], "a window could lie entirely in padding"),
    (47, ["--size", "7"], "⌊(6 − 7) / 7⌋ + 1 = 0; the largest kernel size that fits"),
    (48, ["--mode", "lp:p=nan"], "p"),
    (48, ["--mode", "lp:p=-inf"], "p"),
    (49, ["--output-size", "100000x100000"], "GB is needed"),
    (49, ["--output-size", "100", "--max-memory", "100k"], "but the limit is"),
    (49, ["--write", "apng", "--scale", "2", "--max-memory", "20M"], "frames"),
    (49, ["--write", "png", "--scale", "900", "--max-memory", "50M"], "for the pictures"),
    (49, ["--write", "none", "--figure", "f.png", "--scale", "9", "--max-memory", "9M"], "figure"),
    (49, ["--size", "6001", "--padding", "3000", "--max-memory", "1G"], "use a smaller kernel"),
    (50, ["--size", "1", "--max-frames", "3"], "--every"),
    (51, ["--delay", "19"], "--delay"),
    (51, ["--delay", "655351"], "--delay"),
    (52, ["--scale", "5000"], "a smaller --scale"),
    (53, ["--mode", "max:p=3"], "p"),
    (53, ["--mode", "lp:p=3:p=4"], "twice"),
    (53, ["--exclude-pad"], "does not use a divisor"),
    (53, ["--seed", "3"], "max is not random"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "arguments", "words"), REFUSED)
def test_refused(number: int, arguments: list[str], words: str, poolviz: Any, folder: Any) -> None:
    """One line, exit 2, nothing written."""
    del number
    before = sorted(folder.iterdir())
    assert words in poolviz("run", "sample:teaching", *arguments).refused(2)
    assert sorted(folder.iterdir()) == before


def test_49_sweep_beyond_all_memory(poolviz: Any) -> None:
    """It is refused before its shifts are listed, whatever else is asked."""
    line = ["shift", "sample:teaching", "--exclude-pad", "--sweep", "99999999999"]
    assert "shifts every cell out" in poolviz(*line).refused(2)


def test_49_shape_of_windows_without_end(poolviz: Any) -> None:
    """Their list alone would be too long."""
    line = ["shape", "10x10", "--output-size", "2000000000x7"]
    assert "use a smaller output size" in poolviz(*line).refused(2)


def test_49_printed_grids_end(poolviz: Any, folder: Any) -> None:
    """Without a terminal too, a large map is not written out whole."""
    np.save(folder / "large.npy", np.zeros((2000, 2000), np.float32))
    done = poolviz("run", "large.npy", "--write", "none")
    assert done.code == 0
    assert re.search(r"rows \d+–\d+ of 2000", done.out)
    assert len(done.out) < 20_000
