"""``poolviz shape``: sizes with no input at all."""

import json
from typing import Any

import pytest


def test_one_layer(poolviz: Any) -> None:
    """Size, formula, receptive field and what is saved."""
    done = poolviz("shape", "224x224", "--size", 3, "--stride", 2, "--padding", 1)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "3×3, stride 2, padding 1: 224×224 → 112×112",
        "   output size: ⌊(224 + 2·1 − 3) / 2⌋ + 1 = 112",
        "   windows read every cell",
        "   receptive field 3×3 in the original input, jump 2×2",
        "   50,176 → 12,544 activations per channel, 75 % fewer",
        "   saves 338,688 multiply-adds per pair of input and output channels in a 3×3 convolution"
        " that follows",
    ]


def test_layers_in_a_row_are_numbered(poolviz: Any) -> None:
    """Each begins with its number and ends where the next begins."""
    out = poolviz("shape", "224x224", "3/2p1", "2/2", "global").out
    firsts = [line for line in out.splitlines() if not line.startswith(" ")]
    assert firsts == [
        "1. 3×3, stride 2, padding 1: 224×224 → 112×112",
        "2. 2×2, stride 2: 112×112 → 56×56",
        "3. global: 56×56 → 1×1",
    ]


def test_dropped_cells_are_told(poolviz: Any) -> None:
    """The last row and column of 7×5 under 2×2: a column more than is read, and a row."""
    assert "dropped: 1 row and 1 column, which no window reads" in poolviz("shape", "7x5", "2").out


@pytest.mark.usefixtures("first_plugins")
def test_all_frameworks_and_where_they_part(poolviz: Any) -> None:
    """Caffe keeps the last window, darknet pads; scikit-image refuses; the others agree."""
    done = poolviz("shape", "6x6", "--size", 3, "--stride", 2, "--like", "all")
    lines = done.out.splitlines()
    marked = [line.split()[0] for line in lines if "  ≠  " in line]
    assert marked == ["caffe", "darknet"]
    assert "⌈(6 − 3) / 2⌉ + 1 = 3" in done.out
    assert lines[-1] == "≠ differs from most of the frameworks that do not refuse"


def test_agreement_is_not_marked(poolviz: Any) -> None:
    """A kernel of 1 at stride 1 is the same for all that take it."""
    out = poolviz("shape", "4x4", "--size", 1, "--stride", 1, "--like", "all").out
    assert "≠" not in out


def test_json(poolviz: Any) -> None:
    """The same as data."""
    (layer,) = json.loads(poolviz("shape", "7x7", "2", "--json").out)["layers"]
    assert layer["output_size"] == [3, 3]
    assert layer["dropped"] == [1, 1]
    found = json.loads(poolviz("shape", "7x7", "--size", 3, "--like", "all", "--json").out)
    assert found["torch"]["output_size"] == [2, 2]
    assert found["torch"]["refusal"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["7", "x"], "layer 1 (x): 'x' is not a layer; use e.g. 3/2p1d2c ("),
        (["big"], "input_size: 'big' is not a size"),
        (["0x7"], "input_size: 0 is out of range"),
        (["7x7", "2/3", "9"], "layer 2: no window fits"),
        (
            ["7x7", "2/3", "--size", "3"],
            "--size: does not apply to a list of layers",
        ),
        (
            ["7x7", "2/3", "--like", "all"],
            "--like: 'all' compares the frameworks for one layer only",
        ),
        (["7x7", "--like", "torhc"], "did you mean torch?"),
    ],
)
def test_what_has_no_answer(arguments: list[str], message: str, poolviz: Any) -> None:
    """One line, exit 2."""
    done = poolviz("shape", *arguments)
    assert done.code == 2
    assert message in done.failure


def test_refusals_are_not_a_majority(poolviz: Any) -> None:
    """same-lower is taken by two; the others refuse, and mark neither them nor themselves."""
    out = poolviz("shape", "6x6", "--size", 3, "--stride", 2, "--padding", "same-lower",
                  "--like", "all").out  # fmt: skip
    assert out.count("refuses") > 3
    assert "≠" not in out


def test_emulation_stands_below_a_refusal(poolviz: Any) -> None:
    """PyTorch refuses the word; what padding beforehand gives has a line of its own."""
    asked = ["shape", "6x6", "--size", 3, "--stride", 2, "--padding", "same", "--like", "all"]
    lines = [line.split() for line in poolviz(*asked).out.splitlines() if line[:5] == "torch"]
    assert [line[:3] for line in lines] == [
        ["torch", "refuses", "--padding:"],
        ["torch,", "emulated", "3×3"],
    ]
    found = json.loads(poolviz(*asked, "--json").out)
    assert found["torch"]["output_size"] is None
    assert found["torch"]["refusal"].startswith("--padding: max_pool2d accepts only numbers")
    assert found["torch"]["emulated"]["output_size"] == [3, 3]
    assert found["keras"]["output_size"] == [3, 3]
    assert "emulated" not in found["keras"]


def test_ceil_holds_for_layers_in_a_row(poolviz: Any) -> None:
    """7 by 2/2 is 4 with ceil, not 3; so is a layer that says so itself; global takes none."""
    asked = ["shape", "7x7", "2/2", "2/2", "global", "--json"]
    for extra, sizes in (([], [3, 1, 1]), (["--ceil"], [4, 2, 1])):
        found = json.loads(poolviz(*asked, *extra).out)["layers"]
        assert [layer["output_size"][0] for layer in found] == sizes
    mixed = json.loads(poolviz("shape", "7x7", "2/2c", "--floor", "--json").out)["layers"]
    assert mixed[0]["output_size"] == [4, 4]


def test_the_spelling_of_a_layer_is_told(poolviz: Any) -> None:
    """Dilation and ceil mode too: in the message and in the help."""
    done = poolviz("shape", "7x7", "2/2", "--dilation", 2)
    assert (
        "write each layer in full, e.g. 3/2p1d2c (kernel/stride, p padding, d dilation"
        in done.failure
    )
    assert "3/2p1d2c" in poolviz("shape", "--help").out
