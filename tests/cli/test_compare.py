"""``poolviz compare``: one input, many modes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poolviz import available_modes, pool


def test_table_of_statistics(poolviz: Any) -> None:
    """[[1, 3], [2, 4]]: mean 2.5, deviation √1.25; one output has no contrast left."""
    out = poolviz("compare", "sample:course-2x2", "--modes", "max,average").out
    lines = [line.split() for line in out.splitlines()]
    assert ["input", "2.5", "1.118"] in lines
    assert ["max", "4", "160", "%", "0", "0", "%", "0", "%"] in lines
    assert ["average", "2.5", "100", "%", "0", "0", "%", "100", "%"] in lines
    assert "input 2×2" in out


def test_figures_are_those_of_the_engine(poolviz: Any, features: Path) -> None:
    """Means, deviations and the share of new values, worked out here from the same arrays."""
    values = np.load(features)
    document = json.loads(poolviz("compare", features, "--modes", "max,median", "--json").out)
    assert document["input"]["contrast"] == pytest.approx(values.std())
    for mode in ("max", "median"):
        output, found = pool(values, mode, 2), document["modes"][mode]
        assert found["mean_kept"] == pytest.approx(output.mean() / values.mean())
        assert found["contrast_kept"] == pytest.approx(output.std() / values.std())
        assert found["output"] == output[0].tolist()
    # The median of four different cells is none of them; a maximum is always one.
    assert document["modes"]["median"]["values_changed"] == 1
    assert document["modes"]["max"]["values_changed"] == 0


def test_all_modes(poolviz: Any) -> None:
    """``all`` are all that there are."""
    document = json.loads(poolviz("compare", "sample:course-4x4", "--modes", "all", "--json").out)
    assert document["modes"]["median"]["output"] == [[4, 2], [1.5, 2.5]]
    assert document["modes"]["sum"]["output"] == [[15, 9], [7, 11]]
    assert len(document["modes"]) == len(available_modes())


def test_seed_concerns_those_that_draw(poolviz: Any) -> None:
    """A seed is taken by modes that draw, and changes nothing of the others."""
    line = ["compare", "sample:teaching", "--modes", "stochastic,max", "--json", "--seed"]
    first, second = (json.loads(poolviz(*line, seed).out)["modes"] for seed in (1, 2))
    assert first["stochastic"] != second["stochastic"]
    assert first["max"] == second["max"]


def test_outputs_beyond_the_input_have_their_own_scale(poolviz: Any, folder: Path) -> None:
    """Input and outputs stand under their names; the sums reach from −16 to 16, the input to 9."""
    line = ["compare", "sample:teaching", "--modes", "max,sum", "--figure", "modes.svg"]
    done = poolviz(*line)
    assert done.code == 0
    assert done.err.endswith("wrote modes.svg\n")
    svg = (folder / "modes.svg").read_text(encoding="utf-8")
    assert all(f">{name}<" in svg for name in ("input 6×6", "max", "sum", "own scale"))
    assert svg.count(">−16<") == 2, "once in a cell, once at its scale"
    assert svg.count(">−9<") == 1, "at the scale of the input"


@pytest.mark.parametrize(
    ("modes", "words"),
    [
        ("max,,min", "a name is missing in "),
        ("max,max", "max is listed twice"),
        ("lp,lp:p=2", "lp:p=2 is the same as lp"),
        ("average,avg", "avg is the same as average"),
        ("", "a name is missing in "),
        ("max,averge", "unknown mode 'averge'; did you mean average?"),
        ("max,lp:q=3", "q"),
    ],
)
def test_lists_that_cannot_be_meant(modes: str, words: str, poolviz: Any) -> None:
    """They are refused, with the nearest name."""
    done = poolviz("compare", "sample:teaching", "--modes", modes)
    assert done.code == 2
    assert words in done.failure


def test_statistics_worked_out_by_hand(poolviz: Any) -> None:
    """Mean and standard deviation: of 1 to 8, of the maxima 6 and 8, of the means 3.5 and 5.5."""
    done = poolviz("compare", "--data", "1 2 3 4; 5 6 7 8", "--modes", "max,average")
    rows = {line.split()[0]: line.split()[1:] for line in done.out.splitlines() if "%" in line}
    assert rows == {
        "max": ["7", "156", "%", "1", "43.6", "%", "0", "%"],
        "average": ["4.5", "100", "%", "1", "43.6", "%", "100", "%"],
    }
    assert "input     4.5                    2.291" in done.out
    assert "data: 2×2, stride 2\n" in done.out


def test_animations(poolviz: Any, folder: Path) -> None:
    """``--write`` puts animations into ``--out``, with the settings in their names."""
    line = ["compare", "sample:course-4x4", "--modes", "max,average", "--stride", "1"]
    poolviz(*line, "--write", "gif,webp", "--out", "made", "--delay", "100")
    names = {path.name for path in (folder / "made").iterdir()}
    stem = "course-4x4-compare-max-average-2x2-s1-delay100"
    assert names == {f"{stem}.gif", f"{stem}.webp"}
    poolviz("shift", "sample:course-4x4", "--by", "1,0", "--write", "gif", "--out", "made")
    assert (folder / "made" / "course-4x4-shift-1,0-edge-max-average-2x2.gif").is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--write", "png"], "--write: png is not an animation format; use one of gif"),
        (["--delay", "100"], "--delay: has no effect without an animation; use --write gif"),
        (["--aspect", "4:3"], "--aspect: applies only to animations"),
        (["--title", "Two"], "--title: has no effect without a figure"),
        (["--write", "gif", "--caption", "Two"], "--caption: has no effect without a figure"),
        (["--write", "gif", "--hold", "1"], "--hold: 1 ms is out of range"),
    ],
)
def test_options_of_animations(poolviz: Any, options: list[str], words: str) -> None:
    """Options that no file follows are refused before anything is written."""
    done = poolviz("compare", "sample:course-4x4", *options)
    assert done.code == 2
    assert words in done.err
