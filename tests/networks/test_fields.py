"""Receptive fields through graphs, worked out by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import pytest
from onnx_models import model, node, tensor

from poolviz.networks.graph import Constants, fields

SIZE = {"x": (32, 32)}
Found = dict[str, tuple[tuple[int, ...], tuple[float, ...]]]


def found(
    nodes: Sequence[Any], constants: Sequence[Any] = (), sizes: dict[str, Any] | None = None
) -> Found:
    """Size and jump of each tensor whose field is known."""
    made = model(nodes, {"x": None}, constants).graph
    known = fields(list(made.node), Constants.of(made), SIZE if sizes is None else sizes)
    return {name: (field.size, field.jump) for name, field in known.items()}


def square(size: int, jump: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """A field that is the same along both axes."""
    return (size, size), (jump, jump)


def conv(inputs: str, outputs: str, kernel: int, stride: int = 1, dilation: int = 1) -> Any:
    """A convolution."""
    return node(
        "Conv", inputs, outputs,
        kernel_shape=[kernel] * 2, strides=[stride] * 2, dilations=[dilation] * 2,
    )  # fmt: skip


def pool(inputs: str, outputs: str, kernel: int, stride: int) -> Any:
    """A pooling node."""
    return node("MaxPool", inputs, outputs, kernel_shape=[kernel] * 2, strides=[stride] * 2)


def test_a_chain() -> None:
    """Each layer adds (window − 1) · jump: 1, 5, 7 (jump 2), 11, 13 (jump 4)."""
    nodes = [
        conv("x w", "a", 5), node("Relu", "a", "b"), pool("b", "c", 3, 2),
        conv("c w", "d", 3), pool("d", "e", 2, 2),
    ]  # fmt: skip
    assert found(nodes) == {
        "x": square(1, 1), "a": square(5, 1), "b": square(5, 1), "c": square(7, 2),
        "d": square(11, 2), "e": square(13, 4),
    }  # fmt: skip


def test_dilation_widens() -> None:
    """Three cells, two apart, reach over 5; the next with a stride of 3 over 1 + 2 · 2 more."""
    nodes = [conv("x w", "a", 3, 3, 2), conv("a w", "b", 3, 1, 2)]
    assert found(nodes)["a"] == square(5, 3)
    assert found(nodes)["b"] == square(5 + 4 * 3, 3)


def test_defaults_are_stride_and_dilation_one() -> None:
    """As the operators say."""
    assert found([node("AveragePool", "x", "a", kernel_shape=[3, 2])])["a"] == ((3, 2), (1, 1))


@pytest.mark.parametrize("operator", ["Add", "Concat", "Max"])
def test_branches_come_together(operator: str) -> None:
    """Of a wide and a narrow branch the wide one counts."""
    nodes = [conv("x w", "a", 5), conv("x w", "b", 1), node(operator, "b a", "c"),
             node(operator, "a x", "d")]  # fmt: skip
    assert found(nodes)["c"] == square(5, 1)
    assert found(nodes)["d"] == square(5, 1)


def test_a_squeezed_branch_beside_a_map() -> None:
    """Multiplied by what all cells tell, each cell depends on all, and moves as before."""
    nodes = [conv("x w", "a", 3, 2), node("GlobalAveragePool", "a", "b"), node("Mul", "a b", "c")]
    assert found(nodes)["b"] == square(32, 32)
    assert found(nodes)["c"] == square(32, 2)


def test_unknown_operators_end_it() -> None:
    """After it no field is known, not even where a known branch joins; others stay known."""
    nodes = [
        conv("x w", "a", 3), node("Mystery", "a", "b"), node("Relu", "b", "c"),
        node("Add", "a c", "d"), node("GlobalMaxPool", "d", "e"), node("Relu", "a", "f"),
    ]  # fmt: skip
    assert set(found(nodes)) == {"x", "a", "f"}


def test_constants_alone_do_not_end_it() -> None:
    """What is computed from constants is of no input."""
    nodes = [node("Mystery", "w", "k"), node("Add", "x k", "a"), conv("a k", "b", 3)]
    assert found(nodes, [tensor("w", [1, 2])])["b"] == square(3, 1)


def test_outputs_that_are_left_out_end_nothing() -> None:
    """An output without a name, of an unknown operator, is no one's input."""
    make = onnx.helper.make_node
    nodes = [
        make("Mystery", ["x"], ["", "h"]), make("Dropout", ["x"], ["a", ""]),
        conv("a w", "b", 5), make("Clip", ["x", "", "most"], ["c"]),
    ]  # fmt: skip
    assert found(nodes, [tensor("most", 6)]) == {
        "x": square(1, 1), "a": square(1, 1), "b": square(5, 1), "c": square(1, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    "last",
    [
        node("GlobalAveragePool", "a", "y"), node("GlobalMaxPool", "a", "y"),
        node("GlobalLpPool", "a", "y"), node("Flatten", "a", "y"),
        node("ReduceMean", "a", "y", axes=[2, 3]), node("ReduceMax", "a axes", "y"),
        node("ReduceMean", "a", "y", axes=[1, 2]),
    ],
    ids=lambda last: last.op_type,
)  # fmt: skip
def test_what_brings_all_together_depends_on_all(last: Any) -> None:
    """The field is the whole input."""
    axes = tensor("axes", [-2, -1], np.int64)
    assert found([conv("x w", "a", 3), last], [axes])["y"] == square(32, 32)


@pytest.mark.parametrize("operator", ["InstanceNormalization", "GroupNormalization"])
def test_what_normalises_whole_maps_sees_all_from_each_place(operator: str) -> None:
    """The field is the whole input, the jump what it was: 1, then 2 behind pooling by 2."""
    nodes = [conv("x w", "a", 3), node(operator, "a s s", "b")]
    nodes += [node("AveragePool", "b", "y", kernel_shape=[2, 2], strides=[2, 2])]
    assert (found(nodes)["b"], found(nodes)["y"]) == (square(32, 1), square(32, 2))


@pytest.mark.parametrize("axes", [[1], [2], [1, 3], [2, 3, 4]])
def test_other_reductions_end_it(axes: list[int]) -> None:
    """Over the channels, some axes, or those of maps with more."""
    nodes = [conv("x w", "a", 3), node("ReduceMean", "a", "y", axes=axes)]
    assert "y" not in found(nodes)


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [("Conv", "x w b"), ("ConvInteger", "x w z"), ("QLinearConv", "x s z w s z s z")],
)
def test_a_kernel_that_is_left_out_is_the_weights(operator: str, inputs: str) -> None:
    """Behind (out, in) stand its rows and columns, wherever the weights stand."""
    weights = [tensor("w", np.zeros((8, 3, 5, 7))), tensor("s", np.zeros((1, 1, 2, 2)))]
    assert found([node(operator, inputs, "a", strides=[2, 1])], weights)["a"] == ((5, 7), (2, 1))


def test_a_kernel_that_nothing_tells_ends_it() -> None:
    """Weights that are computed have no known shape; nor has one of another rank a meaning."""
    assert "a" not in found([node("Conv", "x w", "a")])
    assert "a" not in found([node("MaxPool", "x", "a", kernel_shape=[2])])


@pytest.mark.parametrize(
    "operator", ["BatchNormalization", "Pad", "Cast", "Sigmoid", "LRN", "Identity"]
)
def test_what_works_on_each_cell_changes_nothing(operator: str) -> None:
    """The field stays."""
    assert found([conv("x w", "a", 3), node(operator, "a", "b")])["b"] == square(3, 1)


def test_several_inputs() -> None:
    """Each has its own; of another number of axes they cannot be compared."""
    nodes = [conv("x w", "a", 3), node("Add", "a z", "b"), node("Add", "a q", "c")]
    known = found(nodes, (), {"x": (32, 32), "z": (32, 32), "q": (9,)})
    assert known["b"] == square(3, 1)
    assert "c" not in known


def test_one_and_three_axes() -> None:
    """As with two."""
    nodes = [node("MaxPool", "x", "a", kernel_shape=[3], strides=[2])]
    assert found(nodes, (), {"x": (9,)})["a"] == ((3,), (2,))
    nodes = [node("MaxPool", "x", "a", kernel_shape=[1, 2, 3])]
    assert found(nodes, (), {"x": (9, 9, 9)})["a"] == ((1, 2, 3), (1, 1, 1))


def test_no_field_is_larger_than_the_input() -> None:
    """Kernels that reach into padding see no more than there is."""
    assert found([conv("x w", "a", 7)], (), {"x": (4, 9)})["a"] == ((4, 7), (1, 1))


@pytest.mark.parametrize("order", [[0, 2, 3, 1], [0, 3, 1, 2], [0, 1, 2, 3]])
def test_other_layouts_keep_the_field(order: list[int]) -> None:
    """Where rows stay before columns."""
    nodes = [conv("x w", "a", 3), node("Transpose", "a", "b", perm=order)]
    assert found(nodes)["b"] == square(3, 1)


@pytest.mark.parametrize("attributes", [{}, {"perm": [0, 1, 3, 2]}, {"perm": [2, 3, 0, 1]}])
def test_turned_maps_end_it(attributes: dict[str, Any]) -> None:
    """Rows become columns, or leave the places of a map; without an order all axes turn."""
    assert "b" not in found([conv("x w", "a", 3), node("Transpose", "a", "b", **attributes)])


def test_maps_joined_along_rows_end_it() -> None:
    """Cells are then elsewhere; side by side as channels they are not."""
    joined = [conv("x w", "a", 3), node("Concat", "a x", "b", axis=2)]
    assert "b" not in found(joined)
    assert found([joined[0], node("Concat", "a x", "b", axis=1)])["b"] == square(3, 1)


def test_inputs_of_two_sizes_have_no_common_field() -> None:
    """Any field would be true of only one of them."""
    nodes = [conv("x w", "a", 3, stride=4), node("Add", "a z", "b")]
    assert "b" not in found(nodes, (), {"x": (32, 32), "z": (8, 8)})


def test_products_of_matrices_end_it() -> None:
    """They may be a convolution of the channels, or bring all rows together."""
    assert "b" not in found([conv("x w", "a", 3), node("MatMul", "a m", "b")])
