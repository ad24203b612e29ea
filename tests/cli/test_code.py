"""``poolviz code``: the same pooling as a line of each framework."""

import json
from typing import Any

import pytest


def line(poolviz: Any, framework: str, *arguments: Any) -> str:
    """The line of one framework."""
    done = poolviz("code", *arguments, "--to", framework)
    assert done.code == 0
    assert done.err == "" or done.err.startswith(
        "this code handles NaN differently from what was requested: "
    )
    return str(done.out).rstrip("\n")


@pytest.mark.parametrize(
    ("framework", "arguments", "expected"),
    [
        ("torch", [], "torch.nn.functional.max_pool2d(x, (2, 2))"),
        ("torch", ["--size", 3, "--stride", 2, "--padding", 1],
         "torch.nn.functional.max_pool2d(x, (3, 3), stride=(2, 2), padding=(1, 1))"),
        ("torch", ["--mode", "global-average"],
         "torch.nn.functional.adaptive_avg_pool2d(x, (1, 1))"),
        ("torch", ["--mode", "min"], "-torch.nn.functional.max_pool2d(-x, (2, 2))"),
        ("torch", ["--mode", "lp:p=3"], "torch.nn.functional.lp_pool2d(x, 3.0, (2, 2))"),
        ("keras", ["--mode", "average", "--size", 3, "--padding", "same", "--like", "keras"],
         'keras.layers.AveragePooling2D((3, 3), strides=(3, 3), padding="same")(x)'),
        ("keras", ["--mode", "global-max"], "keras.layers.GlobalMaxPooling2D(keepdims=True)(x)"),
        ("onnx", ["--size", "2x3", "--padding", "0:1x1:0", "--like", "onnx"],
         'onnx.helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2, 3], strides=[1, 1],'
         " pads=[0, 1, 1, 0])"),
        ("onnx", ["--mode", "lp:p=2"],
         'onnx.helper.make_node("LpPool", ["x"], ["y"], kernel_shape=[2, 2], strides=[2, 2],'
         " p=2)"),
        ("jax", ["7x7", "--mode", "average", "--size", 2, "--stride", 3, "--ceil"],
         "flax.linen.avg_pool(x, (2, 2), strides=(3, 3), padding=((0, 1), (0, 1)),"
         " count_include_pad=False)"),
    ],
)  # fmt: skip
def test_lines(framework: str, arguments: list[Any], expected: str, poolviz: Any) -> None:
    """Each says in the framework's own names what was asked for."""
    assert line(poolviz, framework, *arguments) == expected


KERAS_2_2 = 'keras.layers.AveragePooling2D((2, 2), strides=(2, 2), padding="valid")(x)'


def test_keras_has_adaptive_pooling(poolviz: Any) -> None:
    """Keras 3.15 has layers of its own for it, whatever the sizes."""
    asked = ["--output-size", 7, "--mode", "average", "--like", "keras"]
    expected = "keras.layers.AdaptiveAveragePooling2D((7, 7))(x)"
    assert line(poolviz, "keras", "12x12", *asked) == expected
    asked = ["--output-size", "5x3", "--mode", "min"]
    expected = "-keras.layers.AdaptiveMaxPooling2D((5, 3))(-x)"
    assert line(poolviz, "keras", "12x12", *asked) == expected
    assert "keras cannot" not in poolviz("code", "12x12", *asked).out


@pytest.mark.parametrize(
    ("framework", "expected"),
    [
        ("jax", "flax.linen.avg_pool(x, (2, 2), strides=(2, 2))"),
        ("keras", KERAS_2_2),
        ("onnx", 'onnx.helper.make_node("AveragePool", ["x"], ["y"], kernel_shape=[2, 2],'
         " strides=[2, 2])"),
        ("torch", "torch.nn.functional.avg_pool2d(x, (2, 2))"),
    ],
)  # fmt: skip
def test_adaptive_that_divides_is_plain(framework: str, expected: str, poolviz: Any) -> None:
    """12 to 6 is 2/2, exactly, everywhere; Lp too, which has no adaptive form in PyTorch."""
    asked = ["12x12", "--output-size", 6]
    assert line(poolviz, framework, *asked, "--mode", "average") == expected
    expected = "torch.nn.functional.lp_pool2d(x, 2.0, (2, 3), stride=(2, 3))"
    lp = line(poolviz, "torch", "12x12", "--output-size", "6x4", "--mode", "lp")
    assert lp == expected.replace(", stride=(2, 3)", "")


def test_what_does_not_divide_is_refused_where_there_is_no_adaptive_call(poolviz: Any) -> None:
    """12 to 7 has windows of different lengths."""
    done = poolviz("code", "12x12", "--output-size", 7, "--mode", "average", "--to", "jax")
    assert done.code == 2
    assert "Flax has no adaptive average pooling, and 7×7 does not divide 12×12" in done.failure


def test_same_padding_in_torch_is_called_an_emulation(poolviz: Any) -> None:
    """PyTorch's pooling accepts no words: the line pads the input first, and a note says so."""
    asked = ["6x6", "--size", 3, "--stride", 2, "--padding", "same"]
    reason = "padding: max_pool2d accepts only numbers"
    note = f"this code emulates the request, which torch itself does not accept ({reason})"
    assert f"  {note}\n" in poolviz("code", *asked).out
    done = poolviz("code", *asked, "--to", "torch")
    assert done.out.startswith("torch.nn.functional.max_pool2d(torch.nn.functional.pad(x, ")
    assert done.err == f"{note}\n"
    document = json.loads(poolviz("code", *asked, "--json").out)["frameworks"]
    assert document["torch"]["notes"] == [note]
    assert document["keras"]["notes"] == []


def test_integers_that_torch_truncates(poolviz: Any) -> None:
    """Note where the source's values are integers, and the mode an average."""
    for source, mode, told in (
        ("3 4; 4 4", "average", True),
        ("3 4; 4 4.5", "average", False),
        ("3 4; 4 4", "max", False),
    ):
        out = poolviz("code", "--data", source, "--mode", mode).out
        assert ("torch itself truncates averages of int64" in out) is told
    assert "truncates" not in poolviz("code", "4x4", "--mode", "average").out


@pytest.mark.parametrize(
    ("framework", "arguments", "words"),
    [
        ("torch", ["--mode", "softpool"], "PyTorch has no softpool pooling"),
        ("torch", ["--mode", "average", "--dilation", 2], "avg_pool does not support dilation"),
        ("torch", ["6x6", "--mode", "average", "--size", 3, "--stride", 2, "--padding", "same",
                   "--like", "keras"], "cannot leave unequal padding out"),
        ("keras", ["--size", 3, "--stride", 2, "--padding", 1], "Keras cannot express this"),
        ("keras", ["--dilation", 2], "Keras pooling does not support dilation"),
        ("keras", ["6x6", "--size", 3, "--stride", 2, "--padding", 1, "--ceil"],
         "Keras call would give 3 (⌈6 / 2⌉ = 3), but this request gives 4"),
        ("onnx", ["--mode", "average", "--divisor", 3], "ONNX pooling does not support a divisor"),
        ("onnx", ["--mode", "min"], "ONNX has no min pooling"),
        ("onnx", ["--mode", "lp:p=3"], "ONNX and PyTorch define lp pooling differently here"),
        ("onnx", ["--output-size", 3], "has no adaptive max pooling, and 3×3 does not divide"),
        ("jax", ["--dilation", 2], "Flax pooling does not support dilation"),
        ("jax", ["--output-size", 3], "has no adaptive max pooling, and 3×3 does not divide"),
    ],
)  # fmt: skip
def test_what_a_framework_cannot_say_is_refused(
    framework: str, arguments: list[Any], words: str, poolviz: Any
) -> None:
    """With the reason, as an error if it alone was asked for, as a line otherwise."""
    done = poolviz("code", *arguments, "--to", framework)
    assert done.code == 2
    assert words in done.failure
    everything = poolviz("code", *arguments)
    assert everything.code == 0
    assert f"{framework} cannot express " in everything.out


def test_difference_with_nan_is_remarked(poolviz: Any) -> None:
    """Keras drops NaN: its line stands, with a remark."""
    out = poolviz("code").out
    assert (
        out.count(
            "this code handles NaN differently from what was requested: NaN loses to every number"
        )
        == 1
    )
    assert (
        out.count(
            "this code handles NaN differently from what was requested: in ONNX Runtime, the max"
        )
        == 1
    )
    assert poolviz("code", "--to", "keras").err.startswith(
        "this code handles NaN differently from what was requested: NaN loses"
    )
    dropping = poolviz("code", "--mode", "max:nan=drop", "--json")
    remarks = {
        like: each["remark"] for like, each in json.loads(dropping.out)["frameworks"].items()
    }
    assert remarks["keras"] is None
    assert remarks["torch"] == remarks["jax"] == "NaN wins over every number"
    document = json.loads(poolviz("code", "--json").out)["frameworks"]
    assert document["keras"]["remark"] == "NaN loses to every number"
    assert document["torch"]["remark"] is None


def test_size_is_that_of_the_source(poolviz: Any) -> None:
    """A source, a size in its place, or 224×224."""
    sizes = [
        json.loads(poolviz("code", *source, "--json").out)["input_size"]
        for source in (["sample:teaching"], ["--data", "1 2 3"], ["5x7"], [])
    ]
    assert sizes == [[6, 6], [1, 3], [5, 7], [224, 224]]


def test_unknown_framework_names_the_nearest(poolviz: Any) -> None:
    """--to takes those that there are."""
    done = poolviz("code", "--to", "troch")
    assert done.code == 2
    assert done.failure.startswith("--to: unknown framework 'troch'; did you mean torch?")
