"""``poolviz code``: the same pooling as a line of each framework."""

import json
from typing import Any

import pytest


def line(poolviz: Any, framework: str, *arguments: Any) -> str:
    """The line of one framework."""
    done = poolviz("code", *arguments, "--to", framework)
    assert done.code == 0
    assert done.err == "" or done.err.startswith("not the same with NaN: ")
    return str(done.out).rstrip("\n")


@pytest.mark.parametrize(
    ("framework", "arguments", "expected"),
    [
        ("torch", [], "torch.nn.functional.max_pool2d(x, (2, 2))"),
        ("torch", ["--size", 3, "--stride", 2, "--padding", 1],
         "torch.nn.functional.max_pool2d(x, (3, 3), stride=(2, 2), padding=(1, 1))"),
        ("torch", ["6x6", "--size", 3, "--stride", 2, "--padding", "same"],
         "torch.nn.functional.max_pool2d(torch.nn.functional.pad(x, (0, 1, 0, 1),"
         ' value=float("-inf")), (3, 3), stride=(2, 2))'),
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


@pytest.mark.parametrize(
    ("framework", "arguments", "words"),
    [
        ("torch", ["--mode", "softpool"], "torch has no softpool pooling"),
        ("torch", ["--mode", "average", "--dilation", 2], "has none"),
        ("torch", ["6x6", "--mode", "average", "--size", 3, "--stride", 2, "--padding", "same",
                   "--like", "keras"], "counts asymmetric padding"),
        ("keras", ["--size", 3, "--stride", 2, "--padding", 1], "keras would place the windows"),
        ("keras", ["--dilation", 2], "Keras has none"),
        ("keras", ["6x6", "--size", 3, "--stride", 2, "--padding", 1, "--ceil"],
         "keras gives 3 where torch gives 4: ceil(6 / 2) = 3"),
        ("onnx", ["--mode", "average", "--divisor", 3], "ONNX has none"),
        ("onnx", ["--mode", "min"], "ONNX has no min pooling"),
        ("onnx", ["--mode", "lp:p=3"], "lp is another sum under onnx than under torch"),
        ("onnx", ["--output-size", 3], "has no adaptive max pooling, and 3×3 does not divide"),
        ("jax", ["--dilation", 2], "has none"),
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
    assert f"{framework} cannot: " in everything.out


def test_difference_with_nan_is_remarked(poolviz: Any) -> None:
    """Keras drops NaN: its line stands, with a remark."""
    out = poolviz("code").out
    assert out.count("not the same with NaN: NaN loses to every number") == 1
    assert out.count("not the same with NaN: ONNX Runtime's max") == 1
    assert poolviz("code", "--to", "keras").err.startswith("not the same with NaN: NaN loses")
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
    assert done.failure.startswith("--to: there is no 'troch'; did you mean torch?")
