"""``poolviz differ``: one request under every framework's rules."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROW = ["differ", "--data", "1 2 3 4 5 6", "--size", "1x3", "--stride", "1x2", "--json"]


def frameworks(done: Any) -> dict[str, Any]:
    """The outputs by framework; None where it refuses."""
    found = json.loads(done.out)["frameworks"]
    return {like: each.get("output") for like, each in found.items()}


# The table "One picture: x = 1..6, k=3, s=2, max": which setting gives which row.
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {"torch": [3, 5], "caffe": [3, 5, 6], "darknet": [2, 4, 6]}),
        (["--ceil"], {"torch": [3, 5, 6], "caffe": [3, 5, 6]}),
        (["--padding", "same"], {"keras": [3, 5, 6]}),
        (["--padding", "same-lower"], {"onnx": [2, 4, 6]}),
        (["--padding", "0x1"], {"torch": [2, 4, 6], "caffe": [2, 4, 6, 6]}),
        (["--padding", "0x1", "--ceil"], {"torch": [2, 4, 6, 6], "caffe": [2, 4, 6, 6]}),
    ],
)
def test_table_of_one_picture(
    arguments: list[str], expected: dict[str, list[int]], poolviz: Any
) -> None:
    """Each setting gives in each framework what the table says."""
    found = frameworks(poolviz(*ROW, *arguments))
    assert {like: found[like] for like in expected} == {
        like: [row] for like, row in expected.items()
    }


def test_average_of_seven(poolviz: Any) -> None:
    """0 to 48 as 7×7, average 2×2, stride 3, ceil: those that have ceil mode agree."""
    rows = "; ".join(" ".join(str(7 * row + column) for column in range(7)) for row in range(7))
    line = ["differ", "--data", rows, "--mode", "average", "--size", 2, "--stride", 3, "--ceil"]
    found = frameworks(poolviz(*line, "--json"))
    expected = [[4, 7, 9.5], [25, 28, 30.5], [42.5, 45.5, 48]]
    assert all(found[like] == expected for like in ("torch", "caffe", "onnx"))
    assert all(found[like] is None for like in ("darknet", "jax", "keras", "skimage"))


@pytest.mark.usefixtures("first_plugins")
def test_outputs_stand_side_by_side_with_reasons(poolviz: Any) -> None:
    """Frameworks that agree share a grid; a star marks what differs, and why is told."""
    out = poolviz(*ROW[:-1]).out
    assert "torch, jax, keras, onnx: 1×2    caffe: 1×3       darknet: 1×3\n" in out
    assert "  3   5                           3   5  *6       *2  *4  *6\n" in out
    assert "\n* differs from torch\n" in out
    kept, dropped = (f"an incomplete last window is {what}" for what in ("kept", "dropped"))
    assert f"  {kept} (ceil); torch: {dropped} (floor)\n" in out
    assert (
        "  at (0, 0): max(1, 2) = 2 (1 padding cell counted as −∞)\n  torch: max(1, 2, 3) = 3\n"
        in out
    )
    assert "skimage refuses --stride: " in out
    assert "caffe, darknet: based on the source code, not checked by running it\n" in out


def test_agreement_is_told_without_marks(poolviz: Any) -> None:
    """Where all give the same, nothing is starred."""
    out = poolviz("differ", "--data", "1 2; 3 4", "--stride", "2", "--padding", "valid").out
    assert "*" not in out
    assert "differ\n" not in out


@pytest.mark.parametrize(
    ("arguments", "like", "aspect"),
    [
        (["--data", "1 nan; 2 3", "--stride", "2"], "keras", "nan"),
        (["sample:teaching", "--mode", "average", "--padding", "1", "--stride", "2"],
         "onnx", "count_include_pad"),
        (["--data", "1 1 1", "--size", "1x2", "--stride", "1x2", "--mode", "lp", "--ceil"],
         "onnx", "lp_rescales_overhang"),
        (["--data", "-3 1; 1 1", "--mode", "lp:p=3", "--stride", "2"], "onnx", "lp_absolute"),
        (["--data", "-1 -2 -3", "--size", "1x2"], "skimage", "pads_with"),
        (["sample:teaching"], "onnx", "stride"),
        (["--data", "1 2 3 4 5", "--size", "1x4", "--stride", "1x3", "--ceil", "--like",
          "onnx"], "caffe", None),
    ],
)  # fmt: skip
def test_reasons_by_their_kind(
    arguments: list[str], like: str, aspect: str | None, poolviz: Any
) -> None:
    """NaN, divisor, scaled edges, |x|, zeros that take part, strides; and none without a cause."""
    found = json.loads(poolviz("differ", *arguments, "--json").out)["frameworks"][like]
    aspects = [reason["aspect"] for reason in found["reasons"]]
    assert aspect in aspects if aspect else not aspects


def test_reference_is_chosen_by_like(poolviz: Any) -> None:
    """--like says with whom the others are compared; who refuses cannot be it."""
    document = json.loads(poolviz(*ROW, "--like", "caffe").out)
    assert document["reference"] == "caffe"
    assert not document["frameworks"]["caffe"]["differs"]
    assert document["frameworks"]["torch"]["differs"]
    document = json.loads(poolviz(*ROW, "--like", "skimage").out)
    assert document["reference"] == "caffe"


def test_nobody_answers(poolviz: Any) -> None:
    """A kernel that fits nowhere is refused as by run."""
    done = poolviz("differ", "sample:course-2x2", "--size", 7, "--padding", "valid")
    assert done.code == 2
    assert "no window fits" in done.failure


@pytest.mark.slow
def test_a_refusal_of_the_reference_and_an_error_are_one_line(poolviz: Any) -> None:
    """PyTorch refuses padding 2 of a kernel of 3, and the figure cannot be written."""
    asked = ["differ", "--data", "1 2 3 4", "--size", "1x3", "--padding", "0x2", "--like", "torch"]
    done = poolviz(*asked, "--figure", "missing/folder/x.png")
    if done.code == 0:
        assert done.err.splitlines()[-1].startswith("torch cannot pool this, so the reference is ")
        done = poolviz(*asked, "--figure", "/dev/null/x.png")
    assert done.code == 1
    assert done.failure


@pytest.mark.usefixtures("first_plugins")
def test_what_torch_refuses_is_listed_with_its_emulation(poolviz: Any) -> None:
    """It stays the reference, named as an emulation, beside its refusal."""
    asked = ["differ", "--data", "1 2 3 4 5 6", "--size", "1x3", "--stride", "1x2"]
    done = poolviz(*asked, "--padding", "same")
    assert "torch (emulated), jax, keras, onnx: 1×3" in done.out
    assert "torch refuses --padding: max_pool2d accepts only numbers" in done.out
    assert "compared with" not in done.err
    found = json.loads(poolviz(*asked, "--padding", "same", "--json").out)
    assert found["reference"] == "torch"
    assert "output" not in found["frameworks"]["torch"]
    assert found["frameworks"]["torch"]["emulated"]["output"] == [[3, 5, 6]]
    assert found["frameworks"]["torch"]["refusal"]


def test_keras_answers_adaptive_requests(poolviz: Any) -> None:
    """6 to 4: Keras has a layer for it, ONNX and Flax have rules only."""
    out = poolviz("differ", "sample:teaching", "--output-size", 4).out
    assert "keras has no call" not in out
    assert "onnx has no call for this" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "3 4; 4 4", "--mode", "average"], "torch itself truncates averages of int64"),
        (["--data", "3 4; 4 4.5", "--mode", "average"], ""),
        (["--data", "3 4; 4 4"], ""),
    ],
)
def test_differ_says_what_torch_makes_of_integers(
    arguments: list[str], words: str, poolviz: Any
) -> None:
    """An average of integers, and nothing else."""
    out = poolviz("differ", *arguments).out
    assert words in out
    assert ("truncates" in out) is bool(words)


def test_a_version_is_the_reference(poolviz: Any) -> None:
    """ONNX as of opset 18 stands in the place of the newest; the whole kernel divides."""
    asked = ["--data", "1 1", "--size", "1x4", "--stride", "1x4", "--mode", "average",
             "--count-include-pad", "--like", "onnx@opset18"]  # fmt: skip
    found = json.loads(poolviz("differ", *asked, "--json").out)
    assert found["reference"] == "onnx@opset18"
    assert found["frameworks"]["onnx@opset18"]["output"] == [[0.5]]
    assert "onnx" not in found["frameworks"]


def test_figure_counts_the_differences_that_are_too_small_for_frames(
    poolviz: Any, folder: Path
) -> None:
    """Frames of a small map are explained; of a large map the picture says how many there are."""
    options = ["--mode", "average", "--size", "3", "--stride", "2", "--padding", "1", "--figure"]
    poolviz("differ", "sample:teaching", *options, "small.svg")
    poolviz("differ", "sample:features", *options, "large.svg")
    small, large = ((folder / f"{name}.svg").read_text("utf-8") for name in ("small", "large"))
    assert ">framed: differs from torch<" in small
    assert "framed" not in large
    assert re.search(r">onnx: differs in [\d,]+ of [\d,]+ values, compared with torch<", large)
