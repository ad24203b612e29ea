"""Faults 44 to 53: parameters that have no meaning, or ask for too much."""

from typing import Any

import pytest

pytestmark = pytest.mark.faults

HUGE = "1" + "0" * 20
# The fault's number, the arguments, and words of the refusal.
REFUSED = [
    *((44, ["--size", text], "--size: ") for text in
      ("0", "-1", HUGE, "2.0", "1_0", "2x", "axb", "2x2x2", "", "２")),
    (45, ["--stride", "0"], "stride"),
    (45, ["--dilation", "0"], "dilation"),
    (46, ["--padding", "-1"], "padding"),
    (46, ["--size", "3", "--padding", "2"], "a window could lie wholly in padding"),
    (47, ["--size", "7"], "floor((6 + 2·0 − 7) / 7) + 1 = 0; the largest kernel size that fits"),
    (48, ["--mode", "lp:p=nan"], "p"),
    (48, ["--mode", "lp:p=-inf"], "p"),
    (49, ["--output-size", "100000x100000"], "GB of memory"),
    (49, ["--size", "1", "--max-memory", "3k"], "may be used"),
    (49, ["--write", "apng", "--scale", "2", "--max-memory", "20M"], "frames"),
    (50, ["--size", "1", "--max-frames", "3"], "--every"),
    (51, ["--delay", "19"], "--delay"),
    (51, ["--delay", "655351"], "--delay"),
    (52, ["--scale", "5000"], "pixels are too many"),
    (53, ["--mode", "max:p=3"], "p"),
    (53, ["--exclude-pad"], "divides by nothing"),
    (53, ["--seed", "3"], "draws nothing at random"),
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
    assert "out of itself" in poolviz(*line).refused(2)
