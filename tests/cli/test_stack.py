"""``poolviz stack``: layers in a row."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from poolviz.views.answers import stack as view

TEACHING = ["stack", "sample:teaching"]


def test_grids_of_every_level(poolviz: Any) -> None:
    """Side by side, row by row: sobel-x of 8 and 2 is −6 · 4, and relu makes 0 of it."""
    out = poolviz("stack", "--data", "8 4 2; 8 4 2; 8 4 2; 1 2 4", "conv:sobel-x", "relu").out
    rows = [line.split() for line in out.splitlines()]
    assert ["8", "4", "2", "−24", "0"] in rows
    # −(8 + 2 · 8 + 1) + (2 + 2 · 2 + 4)
    assert ["8", "4", "2", "−15", "0"] in rows


def test_table_of_layers(poolviz: Any) -> None:
    """What each sees and costs, and in all: 9 weights over 4×4 outputs."""
    out = poolviz(*TEACHING, "conv:sobel-x relu max:2").out
    rows = [line.split() for line in out.splitlines()]
    assert ["conv:sobel-x", "4×4", "3×3", "1×1", "9", "144"] in rows
    assert ["max:2", "2×2", "4×4", "2×2"] in rows
    assert ["total", "9", "144"] in rows
    assert "contrast kept" not in out


def test_layers_in_one_word_or_in_several(poolviz: Any) -> None:
    """Blanks part them either way; beside inline data all words are layers."""
    expected = poolviz(*TEACHING, "conv:sobel-x relu max:2").out
    assert poolviz(*TEACHING, "conv:sobel-x", "relu max:2").out == expected
    data = ["stack", "--data", "1 2 3; 4 5 6; 7 8 9"]
    assert poolviz(*data, "max:2/1 relu").out == poolviz(*data, "max:2/1", "relu").out


def test_feature_is_followed_through_two_stacks(poolviz: Any) -> None:
    """Max keeps the 9 whole, the mean of four a quarter of what it stands above the others."""
    line = [*TEACHING, "max:2", "--against", "average:2", "--mark", "3,2", "--json"]
    document = json.loads(poolviz(*line).out)
    # The ring around 9 is 5 1 2 2 0 1 2 1: 1.75.
    assert document["mark"] == {
        "rows": [3], "columns": [2], "mean_around": 1.75, "difference": 7.25,
    }  # fmt: skip
    kept = [stack["remains"]["contrast_kept"] for stack in document["stacks"]]
    # Without it the maximum of its window is 2.
    assert kept == [7 / 7.25, 0.25]
    assert document["stacks"][0]["remains"]["found_at"] == [2.5, 2.5]
    assert document["stacks"][0]["remains"]["peak"] == [0, 1, 1]


def test_feature_is_chosen_where_none_is_marked(poolviz: Any) -> None:
    """The 9 stands out most; a lone stack follows nothing."""
    against = json.loads(poolviz(*TEACHING, "max:2", "--against", "min:2", "--json").out)
    assert (against["mark"]["rows"], against["mark"]["columns"]) == ([3], [2])
    assert against["stacks"][1]["remains"]["found_at"] is None
    assert json.loads(poolviz(*TEACHING, "max:2", "--json").out)["mark"] is None


def test_what_is_gone_is_said(poolviz: Any) -> None:
    """In the table; and where no cell differs, that there is nothing to follow."""
    assert "gone" in poolviz(*TEACHING, "min:2", "--mark", "3,2").out.split()
    out = poolviz("stack", "--data", "1 1; 1 1", "max:2", "--against", "relu").out
    assert "no cell differs from its neighbours" in out


def test_block_as_a_region_is_written(poolviz: Any) -> None:
    """Rows x columns + first row + first column."""
    line = [*TEACHING, "max:2", "--mark", "2x3+1+2", "--json"]
    mark = json.loads(poolviz(*line).out)["mark"]
    assert (mark["rows"], mark["columns"]) == ([1, 2], [2, 3, 4])


def test_most_active_channel_is_shown_unless_one_is_chosen(poolviz: Any, features: Path) -> None:
    """Of all levels what became of it."""
    values = np.load(features)
    values[1] *= 9
    np.save(features, values)
    line = ["stack", features, "conv:sobel", "--json"]
    document = json.loads(poolviz(*line).out)
    assert document["channel"] == 1
    assert document["stacks"][0]["levels"][0]["values"] == values[1].tolist()
    chosen = json.loads(poolviz(*line, "--channel", "2").out)
    assert chosen["stacks"][0]["levels"][1]["channel"].startswith("2 sobel-")


def test_rules_and_seed(poolviz: Any) -> None:
    """ONNX moves windows by 1; a seed is for those that draw."""
    line = [*TEACHING, "max:2", "--json"]
    shapes = [
        json.loads(poolviz(*line, "--like", like).out)["stacks"][0]["levels"][1]["shape"]
        for like in ("torch", "onnx")
    ]
    assert shapes == [[3, 3], [5, 5]]
    drawn = [poolviz(*TEACHING, "relu stochastic:2", "--seed", seed).out for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_figure_has_a_row_for_each_stack(poolviz: Any, folder: Path) -> None:
    """With every level's title, and what the stacks cost."""
    line = [*TEACHING, "conv:sobel-x relu", "--against", "average:2", "--figure", "stack.svg"]
    assert poolviz(*line).code == 0
    svg = (folder / "stack.svg").read_text(encoding="utf-8")
    titles = ("conv:sobel-x relu", "against: average:2", "conv:sobel-x 4×4", "relu 4×4")
    assert all(f">{title}<" in svg for title in titles)
    assert ">9 parameters, 144 multiply-adds<" in svg
    assert svg.count(">input 6×6<") == 2


@pytest.mark.slow
def test_figure_of_large_maps_with_a_frame(poolviz: Any, folder: Path) -> None:
    """One of every so many cells is drawn; a cell too small to be seen has a frame all the same."""
    values = np.random.default_rng(2).normal(size=(900, 1100))
    np.save(folder / "large.npy", values)
    line = ["stack", "large.npy", "max:2 conv:gaussian average:4 relu max:3"]
    assert poolviz(*line, "--figure", "without.svg").code == 0
    assert poolviz(*line, "--mark", "2x2+800+1000", "--figure", "with.svg").code == 0
    boxes = [
        (folder / name).read_text("utf-8").count("<path") for name in ("without.svg", "with.svg")
    ]
    assert boxes[1] >= boxes[0] + 4
    assert "without the" not in (folder / "without.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("longest", "side"),
    [
        # Cells of 64 pixels, then as many whole pixels as fit into 320, then every nth cell.
        (1, 64), (5, 320), (6, 384), (7, 315), (100, 300), (320, 320), (321, 161), (640, 320),
        (641, 214), (900, 300),
    ],
)  # fmt: skip
def test_sides_of_maps_by_hand(longest: int, side: int) -> None:
    """Every shown cell has the same whole number of pixels."""
    assert view.map_side(longest) == side


def test_much_is_cut_where_there_is_no_terminal(poolviz: Any) -> None:
    """A photograph's levels would be megabytes of digits."""
    out = poolviz("stack", "sample:scene", "conv:oriented relu").out
    assert len(out) < 20_000
    assert "…" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["conv:sobel-x relu max:9"], "layer 3 (max:9): no window fits"),
        ([], "layers: missing; add them after the source"),
        (["max:2", "--html", "p.html"], "--html: there is no such option"),
        (["max:2", "--seed", "1"], "--seed: no layer is random"),
        (
            ["max:2", "--mark", "x"],
            "--mark: 'x' is not a cell or a block of cells; use ROW,COLUMN, e.g. 3,2",
        ),
        (["max:2", "--mark", "0x1+0+0"], "--mark: '0x1+0+0' is not a cell or a block of cells"),
        (["max:2", "--mark", "6,0"], "--mark: row 6, column 0 is outside the 6×6 map"),
        (["max:2", "--like", "torhc"], "--like: unknown framework 'torhc'; did you mean torch?"),
        (["max:2", "--against", "maxx"], "layer 1 (maxx): unknown layer 'maxx'"),
        (["conv:oriented " * 5, "--max-memory", "1M"], "layer 2 (conv:oriented): no window fits"),
        (["conv:gaussian/1p999999"], "memory: about"),
        (["max:to9999999x9999999", "--max-memory", "1G"], "memory: about"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: list[str], words: str, folder: Path, poolviz: Any
) -> None:
    """In one line, before any work, and nothing is written."""
    done = poolviz(*TEACHING, *arguments)
    assert done.code == 2
    assert done.failure.startswith(words)
    assert list(folder.iterdir()) == []


def test_too_many_channels_are_refused_before_they_are_made(poolviz: Any) -> None:
    """Eight filters, three times in a row, are 512 maps of a channel."""
    line = ["stack", "sample:scene", "conv:oriented " * 3, "--max-memory", "500M"]
    done = poolviz(*line)
    assert done.code == 2
    assert "use fewer filters, larger strides" in done.failure


def test_config_with_inline_data(poolviz: Any, folder: Path) -> None:
    """Where the first layer stands in the source's place, it does so again from a file."""
    line = ["stack", "--data", "1 2 3; 4 5 6; 7 8 9", "max:2/1", "relu", "--mark", "1,1"]
    printed = poolviz(*line, "--print-config").out
    (folder / "stack.toml").write_text(printed, encoding="utf-8")
    again = poolviz("stack", "--config", "stack.toml")
    assert again.out == poolviz(*line).out


def test_animation_of_layers(folder: Path, poolviz: Any) -> None:
    """In several formats, named after the layers, in the folder that is given."""
    line = ["stack", "sample:teaching", "max:2 average:3"]
    poolviz(*line, "--write", "gif,webp", "--out", "made", "--delay", "100")
    names = {path.name for path in (folder / "made").iterdir()}
    assert {name.partition(".")[2] for name in names} == {"gif", "webp"}
    assert all(name.startswith("teaching-stack-max_2-average_3-delay100") for name in names)
    with Image.open(folder / "made" / min(names)) as image:
        # The input, 9 outputs in three rows, 1 output, and all: 1 + 5 + 2 + 1.
        assert image.n_frames == 9
    document = json.loads(poolviz(*line, "--write", "apng", "--out", "made", "--json").out)
    assert list(document["files"]) == ["apng"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--write", "png"], "--write: png is not an animation format; use one of gif"),
        (["--delay", "100"], "--delay: has no effect without an animation; use --write gif"),
        (["--write", "gif", "--max-frames", "3"], "--max-frames: the animation has 4 frames"),
        (
            ["--write", "gif", "--every", "1", "--max-frames", "9"],
            "raise --max-frames, or use a larger --every",
        ),
    ],
)
def test_animations_that_cannot_be_made(
    options: list[str], message: str, folder: Path, poolviz: Any
) -> None:
    """One line, exit 2, and nothing is written."""
    done = poolviz("stack", "sample:teaching", "max:2 average:3", *options)
    assert done.code == 2
    assert message in done.failure
    assert not list(folder.rglob("*.gif"))
