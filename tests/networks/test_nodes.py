"""Which nodes of a graph are pooling, and over which axes."""

from typing import Any

import numpy as np
import onnx
import pytest
from onnx_models import POOL, model, node, tensor

from poolviz.networks.graph import (
    Constants,
    is_channels_last,
    is_spatial,
    pooling_nodes,
    reduced_axes,
)


def found(nodes: list[Any], constants: list[Any] | None = None) -> list[str]:
    """The outputs of those that are pooling."""
    made = model(nodes, {"x": None}, constants or []).graph
    return [each.output[0] for each in pooling_nodes(list(made.node), Constants.of(made))]


@pytest.mark.parametrize(
    ("axes", "spatial", "last"),
    [
        ((2, 3), True, False), ((3, 2), True, False), ((-2, -1), True, False),
        ((2, -1), True, False), ((2, 3, 4), True, False), ((-3, -2, -1), True, False),
        ((1, 2), True, True), ((2, 1), True, True), ((-3, -2), True, True),
        ((1, 2, 3), True, True),
        ((2,), False, False), ((-1,), False, False), ((1,), False, True),
        ((1, 3), False, False), ((0, 1), False, False), ((0, 2, 3), False, False),
        ((2, 4), False, False), ((1, 2, 3, 4, 5, 6), True, True),
    ],
)  # fmt: skip
def test_spatial_axes(axes: tuple[int, ...], spatial: bool, last: bool) -> None:
    """Two or more: all behind (N, C), or all between N and C."""
    assert is_spatial(axes) == spatial
    assert is_channels_last(axes) == last


def test_pooling_operators() -> None:
    """Pooling, global pooling and spatial reductions, in the order of the graph."""
    nodes = [
        node("Relu", "x", "a"),
        node("GlobalAveragePool", "a", "b"),
        node("ReduceMax", "a", "c", axes=[2, 3]),
        node("LpPool", "a", "d", kernel_shape=[2, 2]),
        node("ReduceSum", "a", "e", axes=[2, 3]),
        node("ReduceMean", "a", "f", axes=[1]),
        node("MaxRoiPool", "a r", "g"),
        node("AveragePool", "a", "h", kernel_shape=[2, 2]),
        POOL,
    ]
    assert found(nodes) == ["b", "c", "d", "h", "y"]


@pytest.mark.parametrize("dtype", [np.int64, np.int32])
def test_axes_as_an_initializer(dtype: Any) -> None:
    """From opset 18 on the axes are a second input."""
    nodes = [node("ReduceMean", "x axes", "a"), node("ReduceMean", "x other", "b")]
    constants = [tensor("axes", [2, 3], dtype), tensor("other", [1, 3], dtype)]
    assert found(nodes, constants) == ["a"]


@pytest.mark.parametrize(
    "held", [{"value": tensor("", [-2, -1], np.int64)}, {"value_ints": [-2, -1]}], ids=str
)
def test_axes_as_a_constant_node(held: Any) -> None:
    """A Constant node holds them as a tensor, or as numbers."""
    constant = onnx.helper.make_node("Constant", [], ["axes"], **held)
    assert found([constant, node("ReduceMax", "x axes", "a")]) == ["a"]


def test_unknown_axes_are_no_pooling() -> None:
    """Left out, computed, or standing in another file: they are not known."""
    elsewhere = tensor("far", [2, 3], np.int64)
    elsewhere.external_data.add(key="location", value="a file")
    nodes = [node("ReduceMean", "x", "a"), node("ReduceMean", "x x", "b"),
             node("ReduceMean", "x far", "c"), node("ReduceMean", "x many", "d")]  # fmt: skip
    assert found(nodes, [elsewhere, tensor("many", np.arange(1, 100), np.int64)]) == []


def damaged() -> list[Any]:
    """Axes that cannot be read."""
    empty = tensor("axes", [2, 3], np.int64)
    empty.raw_data = b""
    unknown = tensor("axes", [2, 3], np.int64)
    unknown.data_type = 77
    texts = onnx.helper.make_tensor("axes", onnx.TensorProto.STRING, [2], [b"a", b"b"])
    return [empty, unknown, texts, tensor("axes", [np.nan, 3]), tensor("axes", [np.inf, 3])]


@pytest.mark.parametrize("constant", damaged(), ids=range(5))
def test_damaged_axes_are_no_pooling(constant: Any) -> None:
    """What cannot be read is not known; nothing is raised."""
    assert found([node("ReduceMean", "x axes", "a")], [constant]) == []


def test_an_attribute_goes_before_the_second_input() -> None:
    """Where both are there."""
    both = node("ReduceMean", "x axes", "a", axes=[1, 2])
    made = model([both], {"x": None}, [tensor("axes", [2, 3], np.int64)]).graph
    assert reduced_axes(made.node[0], Constants.of(made)) == (1, 2)


def test_nodes_that_nothing_enters_or_leaves_are_no_pooling() -> None:
    """Files may be damaged."""
    make, kernel = onnx.helper.make_node, {"kernel_shape": [2, 2]}
    some = [(["x"], []), ([], ["a"]), ([""], ["a"]), (["x"], [""])]
    nodes = [make("MaxPool", *names, **kernel) for names in some]
    made = model(nodes, {"x": None}).graph
    assert pooling_nodes(list(made.node), Constants.of(made)) == []


def test_shapes_of_constants() -> None:
    """Of initializers and of what Constant nodes hold; of others none."""
    held = onnx.helper.make_node("Constant", [], ["k"], value=tensor("", np.zeros((2, 3))))
    made = model([held, POOL], {"x": None}, [tensor("w", np.zeros((4, 5, 1)))]).graph
    constants = Constants.of(made)
    assert constants.shape("w") == (4, 5, 1)
    assert constants.shape("k") == (2, 3)
    assert constants.shape("x") is None
    assert constants.numbers("k") == [0] * 6
