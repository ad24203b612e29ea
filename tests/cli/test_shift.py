"""``poolviz shift``: what stays the same when the input moves."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_one_shift(poolviz: Any) -> None:
    """1 2 3 4 moved by one is 1 1 2 3: of the pairs' maxima 2 4 become 1 3."""
    line = ["shift", "--data", "1 2 3 4", "--by", "0,1", "--modes", "max"]
    out = poolviz(*line).out
    assert out.startswith(
        "data moved 1 column to the right, edge values repeated; 1×2, stride 1×2\n"
    )
    assert (
        "the input itself 1×4, before    after\n  1   2   3   4                   1  *1  *2  *3\n"
        in out
    )
    assert "max 1×2, before after 2 4 *1 *3" in " ".join(out.split())
    rows = [line.split() for line in out.splitlines()]
    assert ["the", "input", "itself", "25", "%", "0.75", "1"] in rows
    assert ["max", "0", "%", "1", "1"] in rows


@pytest.mark.parametrize(
    ("fill", "after"), [("edge", [1, 1, 2, 3]), ("zero", [0, 1, 2, 3]), ("wrap", [4, 1, 2, 3])]
)
def test_what_comes_in_at_the_edge(fill: str, after: list[int], poolviz: Any) -> None:
    """The nearest value, zero, or what left at the other side."""
    line = ["shift", "--data", "1 2 3 4", "--fill", fill, "--json"]
    assert json.loads(poolviz(*line).out)["maps"][0]["after"] == [after]


def test_heading_has_the_windows_of_the_first_mode(poolviz: Any) -> None:
    """Others may have windows of their own."""
    for modes, windows in (
        ("max,global-average", "2×2, stride 2"),
        ("global-average,max", "adaptive to 1×1"),
    ):
        out = poolviz("shift", "sample:teaching", "--modes", modes).out
        assert out.splitlines()[0].endswith(f"; {windows}")


def test_sweep_goes_from_no_shift_on(poolviz: Any) -> None:
    """No shift changes nothing; each row is one more."""
    line = ["shift", "sample:teaching", "--sweep", "3", "--modes", "max,average"]
    rows = [row.split() for row in poolviz(*line).out.splitlines()]
    head = next(at for at, row in enumerate(rows) if row[:1] == ["shift"])
    assert [row[0] for row in rows[head + 1 : head + 5]] == ["0", "1", "2", "3"]
    assert rows[head + 1] == ["0", "100", "%", "100", "%", "100", "%"]


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ("0,1", "shifts of 0 to 3 columns to the right"),
        ("-1,0", "shifts of 0 to 3 rows up"),
        ("0,-2", "0 to 3 shifts by 2 columns to the left"),
        ("1,1", "0 to 3 shifts by 1 row down, 1 column to the right"),
    ],
)
def test_sweep_is_headed_by_its_shifts(by: str, words: str, poolviz: Any) -> None:
    """By how far they go if each is one cell further, otherwise by how often one is repeated."""
    map_ = str([[0] * 8] * 8)
    out = poolviz("shift", "--data", map_, f"--by={by}", "--sweep", "3").out
    assert out.startswith(f"data: share unchanged after {words}, edge values repeated\n")


def test_sweep_is_made_of_shifts(poolviz: Any) -> None:
    """Each row of a sweep is what the single shift says."""
    line = ["shift", "sample:teaching", "--json"]
    swept = json.loads(poolviz(*line, "--by", "1,0", "--sweep", "2").out)["shifts"][2]
    single = json.loads(poolviz(*line, "--by", "2,0").out)["maps"]
    assert swept["by"] == [2, 0]
    assert list(swept["unchanged"].values()) == [each["unchanged"] for each in single]


def test_sweep_measures_changes_of_any_scale_alike(poolviz: Any) -> None:
    """A sum changes as much as the mean of the same windows, in its own standard deviations."""
    line = ["shift", "sample:teaching", "--sweep", "1", "--modes", "average,sum", "--json"]
    changes = json.loads(poolviz(*line).out)["shifts"][1]["relative"]
    assert changes["average"] > 0
    assert changes["average"] == pytest.approx(changes["sum"])


def test_curves_and_maps_as_figures(poolviz: Any, folder: Path) -> None:
    """A sweep is a chart with a curve for each mode, a single shift columns of maps."""
    line = ["shift", "sample:teaching", "--modes", "max,min"]
    assert poolviz(*line, "--sweep", "3", "--figure", "curves.svg").code == 0
    curves = (folder / "curves.svg").read_text(encoding="utf-8")
    ends = json.loads(poolviz(*line, "--sweep", "3", "--json").out)["shifts"][-1]["relative"]
    assert set(ends) == {"max", "min", "the input itself"}
    for name, share in ends.items():
        assert f">{name}  {100 * share:.3g} %<" in curves
    assert ">shift, in steps of 1 column to the right<" in curves
    alt = ">What changes when the input moves: teaching. the input itself: 0 %,"
    assert alt in curves
    assert poolviz(*line, "--figure", "maps.svg").code == 0
    maps = (folder / "maps.svg").read_text(encoding="utf-8")
    titles = "before", "after", "|after − before|"
    assert [maps.count(f">{title}<") for title in titles] == [1, 1, 1]
    rows = (
        "in the input before the shift, 6×6",
        "in the output of max, 3×3",
        "in the output of min, 3×3",
    )
    assert [maps.count(f">{row}<") for row in rows] == [1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--by", "6,0"], 2, "shifts every cell out of the 6×6 map; use fewer than 6 rows"),
        (
            ["--by", "0,2", "--sweep", "3"],
            2,
            "--sweep: 3 times 0,2 shifts every cell out of the 6×6 map",
        ),
        (["--by", "0,2", "--sweep", "3"], 2, "use at most 2"),
        (["--by", "0,0", "--sweep", "3"], 2, "a sweep needs a shift other than 0,0"),
        (["--sweep", "3", "--channel", "0"], 2, "a sweep covers all channels"),
        (["--by", "x"], 2, "'x' is not a pair of numbers"),
        (["--fill", "edg"], 2, "unknown fill 'edg'; did you mean edge?"),
        (["--sweep", "0"], 2, "--sweep"),
    ],
)
def test_shifts_that_cannot_be_meant(
    arguments: list[str], code: int, words: str, poolviz: Any
) -> None:
    """Out of the map, not a place, an unknown fill."""
    done = poolviz("shift", "sample:teaching", *arguments)
    assert done.code == code
    assert words in done.failure
