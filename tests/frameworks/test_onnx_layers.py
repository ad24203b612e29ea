"""ONNX's nodes as requests."""

from typing import Any

import pytest
from onnx import helper
from onnx_models import node

from poolviz import PoolSpec, SpecError
from poolviz.frameworks import onnx as reader
from poolviz.frameworks._answers import find_mode


def request(mode: str, *arguments: Any, **options: Any) -> PoolSpec:
    """A request under ONNX's rules."""
    return PoolSpec(mode, *arguments, **options, like="onnx")


@pytest.mark.parametrize(
    ("operator", "attributes", "expected"),
    [
        ("MaxPool", {"kernel_shape": [2, 3]}, request("max", (2, 3), ceil_mode=False)),
        (
            "MaxPool",
            {"kernel_shape": [3, 3], "strides": [2, 1], "dilations": [1, 2], "ceil_mode": 1,
             "storage_order": 0},
            request("max", (3, 3), (2, 1), None, (1, 2), True),
        ),
        (
            # All begins stand before all ends.
            "MaxPool",
            {"kernel_shape": [3, 3], "pads": [0, 1, 2, 1]},
            request("max", (3, 3), padding=((0, 2), (1, 1)), ceil_mode=False),
        ),
        (
            "AveragePool",
            {"kernel_shape": [3], "pads": [1, 1], "count_include_pad": 1},
            request("average", (3,), padding=((1, 1),), ceil_mode=False, count_include_pad=True),
        ),
        (
            "AveragePool",
            {"kernel_shape": [2, 2], "count_include_pad": 0},
            request("average", (2, 2), ceil_mode=False, count_include_pad=False),
        ),
        (
            "AveragePool",
            {"kernel_shape": [2, 2], "auto_pad": "SAME_UPPER"},
            request("average", (2, 2), padding="same", ceil_mode=False),
        ),
        (
            "AveragePool",
            {"kernel_shape": [2, 2], "auto_pad": "SAME_LOWER"},
            request("average", (2, 2), padding="same_lower", ceil_mode=False),
        ),
        (
            "MaxPool",
            {"kernel_shape": [2, 2], "auto_pad": "VALID"},
            request("max", (2, 2), padding="valid", ceil_mode=False),
        ),
        (
            "MaxPool",
            {"kernel_shape": [2, 2], "auto_pad": "NOTSET", "pads": [1, 0, 0, 0]},
            request("max", (2, 2), padding=((1, 0), (0, 0)), ceil_mode=False),
        ),
        (
            "LpPool",
            {"kernel_shape": [2, 2], "p": 3},
            request("lp", (2, 2), ceil_mode=False, mode_options={"p": 3}),
        ),
        ("LpPool", {"kernel_shape": [2, 2]}, request("lp", (2, 2), ceil_mode=False)),
        ("GlobalMaxPool", {}, request("max", output_size=(1, 1))),
        ("GlobalAveragePool", {}, request("average", output_size=(1, 1))),
        ("GlobalLpPool", {"p": 4}, request("lp", output_size=(1, 1), mode_options={"p": 4})),
        ("ReduceMean", {"axes": [2, 3]}, request("average", output_size=(1, 1))),
        ("ReduceMax", {"axes": [2, 3]}, request("max", output_size=(1, 1))),
    ],
)  # fmt: skip
def test_nodes_as_requests(operator: str, attributes: dict[str, Any], expected: PoolSpec) -> None:
    """Every attribute of a node arrives under ONNX's rules."""
    made = node(operator, "x", "y", **attributes)
    assert PoolSpec.from_onnx(made) == expected
    assert reader.is_pooling(made)


@pytest.mark.parametrize("operator", ["GlobalAveragePool", "ReduceMean", "GlobalMaxPool"])
@pytest.mark.parametrize("rank", [1, 3])
def test_global_nodes_have_the_axes_of_their_input(operator: str, rank: int) -> None:
    """Where the node does not tell how many axes there are, it is told."""
    spec = reader.read(node(operator, "x", "y"), rank)
    assert spec.output_size == (1,) * rank


@pytest.mark.parametrize("operator", ["Conv", "MaxUnpool", "ReduceSum", "MaxRoiPool", "GlobalPool"])
def test_others_are_refused(operator: str) -> None:
    """The refusal names a node that is not pooling, or not one that poolviz knows."""
    made = node(operator, "x", "y", kernel_shape=[2, 2])
    assert not reader.is_pooling(made)
    with pytest.raises(
        SpecError, match="is not an ONNX pooling layer that poolviz can read"
    ) as caught:
        PoolSpec.from_onnx(made)
    assert caught.value.subject == operator


def test_a_node_without_a_kernel_is_refused() -> None:
    """The kernel has no default."""
    with pytest.raises(SpecError, match="kernel_shape: the node lacks this attribute"):
        PoolSpec.from_onnx(node("MaxPool", "x", "y"))


def test_attributes_are_plain_numbers_and_texts() -> None:
    """Numbers, texts and lists of them; tensors are left out."""
    held = helper.make_tensor("t", 1, [1], [2.0])
    given = {"a": 1, "b": 0.5, "c": "word", "d": [1, 2], "e": [0.5], "f": ["x", "y"], "g": held}
    found = reader.attributes(node("Any", "x", "y", **given))
    assert found == {"a": 1, "b": 0.5, "c": "word", "d": [1, 2], "e": [0.5], "f": ["x", "y"]}
    assert type(found["d"]) is list


def test_texts_of_damaged_files_are_read() -> None:
    """Bytes that are no text do not stop the reading."""
    made = node("MaxPool", "x", "y", kernel_shape=[2, 2])
    attribute = made.attribute.add(name="auto_pad", type=3)
    attribute.s = b"\xff"
    assert reader.attributes(made)["auto_pad"] == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("name", "framework", "mode"),
    [
        ("MaxPool", "onnx", "max"), ("LpPool", "onnx", "lp"), ("AvgPool", "torch", "average"),
        ("LPPool", "torch", "lp"), ("MaxPooling", "keras", "max"), ("MaxPool", "keras", None),
        ("Nothing", "onnx", None),
    ],
)  # fmt: skip
def test_modes_by_the_names_of_frameworks(name: str, framework: str, mode: str | None) -> None:
    """A framework's operation belongs to the mode that it is, not to one that negates it."""
    assert find_mode(name, framework) == mode


def test_unheard_of_padding_is_refused() -> None:
    """With what there is."""
    made = node("MaxPool", "x", "y", kernel_shape=[2, 2], auto_pad="SAME")
    with pytest.raises(SpecError, match="auto_pad: unknown value 'SAME'; did you mean SAME_"):
        reader.read(made)


def test_indices_by_columns_are_warned_of() -> None:
    """Cells are numbered row by row here; the values are the same."""
    made = node("MaxPool", "x", "y", kernel_shape=[2, 2], storage_order=1)
    with pytest.warns(UserWarning, match="storage_order=1 is ignored"):
        spec = PoolSpec.from_onnx(made)
    assert spec == request("max", (2, 2), ceil_mode=False)
    assert reader.request(made) == spec


@pytest.mark.parametrize(
    ("opset", "like"),
    [(18, "onnx@opset18"), (22, "onnx@opset22"), (None, "onnx"), (1000, "onnx")],
)
@pytest.mark.parametrize("operator", ["AveragePool", "GlobalMaxPool", "ReduceMean"])
def test_nodes_know_their_opset(operator: str, opset: int | None, like: str) -> None:
    """It decides whose rules; one that is not known here is read as the newest."""
    made = node(operator, "x", "y", kernel_shape=[2, 2])
    assert PoolSpec.from_onnx(made, 2, opset).like == like
