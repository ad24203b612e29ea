"""observe(): the pooling nodes of a network at work."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx_models import POOL, counting, model, node, saved, seen, tensor

from poolviz import SourceError, SpecError
from poolviz.networks.observe import find_node

NCHW, NHWC = (2, 3, 6, 5), (2, 6, 5, 3)


def reduction(operator: str, axes: tuple[int, ...], keepdims: int, by: str) -> Any:
    """A reduction whose axes are an attribute, or a second input."""
    constants = [tensor("axes", axes, np.int64)] if by == "input" else []
    inputs = "x axes" if by == "input" else "x"
    options: dict[str, Any] = {} if by == "input" else {"axes": list(axes)}
    # From opset 18 on axes are an input.
    one = node(operator, inputs, "y", keepdims=keepdims, **options)
    return model([one], {"x": None}, constants, opset=18 if by == "input" else 13)


@pytest.mark.parametrize("by", ["attribute", "input"])
@pytest.mark.parametrize("keepdims", [0, 1])
@pytest.mark.parametrize(
    ("axes", "shape"), [((2, 3), NCHW), ((-2, -1), NCHW), ((3, 2), NCHW), ((1, 2), NHWC)]
)
@pytest.mark.parametrize("operator", ["ReduceMean", "ReduceMax"])
def test_reductions(
    operator: str,
    axes: tuple[int, ...],
    shape: tuple[int, ...],
    keepdims: int,
    by: str,
    tmp_path: Path,
) -> None:
    """Reductions over the spatial axes are global pooling, with the channels first."""
    values = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    path = saved(reduction(operator, axes, keepdims, by), tmp_path)
    (one,) = seen(path, x=values).nodes
    layer = one.layer
    first = values if shape == NCHW else values.transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(layer.inputs, first)
    reduce = {"ReduceMean": np.mean, "ReduceMax": np.max}[operator]
    expected = reduce(first.astype(np.float64), axis=(2, 3), keepdims=True)
    np.testing.assert_allclose(layer.outputs, expected, rtol=1e-5, atol=1e-6)
    assert layer.outputs.shape == (2, 3, 1, 1)
    assert layer.summary == {"ReduceMean": "global average", "ReduceMax": "global max"}[operator]
    assert layer.max_difference <= (1e-6 if operator == "ReduceMean" else 0)
    assert one.field is not None
    assert one.field.size == (6, 5)


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        ((-2, -1), (2, 7, 3)),
        ((1, 2), (2, 7, 3)),
        ((2, 3), (2, 3, 4, 5, 6)),
        ((1, 2), (2, 3, 4, 5, 6)),
    ],
)
@pytest.mark.parametrize("keepdims", [0, 1])
def test_reductions_over_some_axes_are_no_pooling(
    axes: tuple[int, ...], shape: tuple[int, ...], keepdims: int, tmp_path: Path
) -> None:
    """What the axes of a map are is known when it is there; others beside it are shown."""
    nodes = [
        node("ReduceMean", "z", "a", axes=list(axes), keepdims=keepdims), POOL,
        node("GlobalMaxPool", "y", "b"),
    ]  # fmt: skip
    made = model(nodes, {"x": (1, 1, 4, 4), "z": shape}, outputs=("a", "b"), opset=13)
    found = seen(saved(made, tmp_path), x=counting(1, 1, 4, 4), z=counting(*shape)).nodes
    assert [(each.number, each.name) for each in found] == [(1, "pool"), (2, "b")]


def test_a_model_with_such_reductions_alone_is_refused(tmp_path: Path) -> None:
    """As one without pooling is."""
    made = reduction("ReduceMean", (-2, -1), 1, "attribute")
    with pytest.raises(SourceError, match="has no pooling node"):
        seen(saved(made, tmp_path), x=counting(2, 7, 3))


def test_winners_indices_are_not_the_output(tmp_path: Path) -> None:
    """MaxPool may tell them, too."""
    nodes = [node("MaxPool", "x", "y i", "pool", kernel_shape=[2, 2], strides=[2, 2])]
    path = saved(model(nodes, {"x": (1, 1, 4, 4)}, outputs=("y", "i")), tmp_path)
    (one,) = seen(path, x=counting(1, 1, 4, 4)).nodes
    assert one.layer.outputs.ravel().tolist() == [5, 7, 13, 15]


@pytest.mark.parametrize(
    ("shape", "shown", "summary"),
    [
        ((2, 3, 9), (2, 3, 1, 9), "max 1×3"),
        ((1, 2, 6, 5, 4), (1, 2, 6, 5, 4), "max 3×3×3"),
    ],
)
def test_one_and_three_axes(
    shape: tuple[int, ...], shown: tuple[int, ...], summary: str, tmp_path: Path
) -> None:
    """Pooling of rows and of volumes is repeated as it was."""
    rank = len(shape) - 2
    nodes = [node("MaxPool", "x", "y", kernel_shape=[3] * rank, pads=[1] * rank * 2)]
    values = np.random.default_rng(3).normal(size=shape).astype(np.float32)
    (one,) = seen(saved(model(nodes, {"x": shape}), tmp_path), x=values).nodes
    assert one.layer.inputs.shape == shown
    assert one.layer.max_difference == 0
    assert one.layer.summary.startswith(f"{summary}, stride 1")
    assert one.field is not None
    assert one.field.size == (3,) * rank


@pytest.mark.parametrize(
    ("operator", "attributes", "most"),
    [
        ("MaxPool", {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 0, 1]}, 0),
        ("MaxPool", {"kernel_shape": [3, 3], "dilations": [2, 1], "ceil_mode": 1}, 0),
        ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"}, 0),
        ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_LOWER"}, 0),
        ("GlobalMaxPool", {}, 0),
        ("AveragePool", {"kernel_shape": [3, 3], "pads": [1] * 4, "count_include_pad": 1}, 1e-6),
        ("AveragePool", {"kernel_shape": [3, 3], "pads": [1] * 4}, 1e-6),
        ("LpPool", {"kernel_shape": [2, 2], "p": 3}, 1e-5),
        ("GlobalLpPool", {"p": 1}, 1e-4),
    ],
)
def test_what_the_runtime_makes_is_made_again(
    operator: str, attributes: dict[str, Any], most: float, tmp_path: Path
) -> None:
    """Every setting of a node is understood as the runtime understands it; max to the bit."""
    values = np.random.default_rng(4).normal(size=(2, 3, 9, 11)).astype(np.float32)
    path = saved(model([node(operator, "x", "y", **attributes)], {"x": (2, 3, 9, 11)}), tmp_path)
    (one,) = seen(path, x=values).nodes
    assert one.layer.max_difference <= most
    assert one.attributes == attributes
    assert one.operator == operator


@pytest.mark.parametrize("index", [0, 1])
def test_index_of_a_batch(index: int, tmp_path: Path) -> None:
    """What is shown is of that one."""
    path = saved(model([POOL], {"x": ("N", 1, 4, 4)}), tmp_path)
    values = counting(2, 1, 4, 4)
    (one,) = seen(path, index, x=values).nodes
    np.testing.assert_array_equal(one.layer.feature_map.values, values[index])
    np.testing.assert_array_equal(one.layer.output.ravel(), np.array([5, 7, 13, 15]) + 16 * index)


def test_an_index_that_the_batch_has_not_is_refused(tmp_path: Path) -> None:
    """With those that it has."""
    path = saved(model([POOL], {"x": ("N", 1, 4, 4)}), tmp_path)
    with pytest.raises(
        SourceError,
        match="there is no item 2, as the batch has items 0 to 1; use a number from 0 to 1",
    ):
        seen(path, 2, x=counting(2, 1, 4, 4))


def test_fields_come_from_the_size_of_what_is_fed(tmp_path: Path) -> None:
    """An input of any size is as large as the array: the last field is all of it."""
    nodes = [POOL, node("GlobalAveragePool", "y", "z")]
    path = saved(model(nodes, {"x": ("N", 1, "h", "w")}, outputs=("z",)), tmp_path)
    first, last = seen(path, x=counting(1, 1, 6, 10)).nodes
    assert first.field is not None
    assert last.field is not None
    assert (first.field.size, first.field.jump, last.field.size) == ((2, 2), (2, 2), (6, 10))


def test_channels_last_have_their_fields(tmp_path: Path) -> None:
    """A picture with its channels behind, turned before it is pooled."""
    nodes = [node("Transpose", "p", "x", perm=[0, 3, 1, 2]), POOL]
    path = saved(model(nodes, {"p": (1, 8, 6, 3)}), tmp_path)
    (one,) = seen(path, p=counting(1, 8, 6, 3)).nodes
    assert one.layer.inputs.shape == (1, 3, 8, 6)
    assert one.field is not None
    assert one.field.limit == (8, 6)


def three() -> Any:
    """Three nodes, one of them without a name."""
    return model(
        [
            node("MaxPool", "x", "a", "/stem/pool", kernel_shape=[2, 2]),
            node("MaxPool", "a", "b", kernel_shape=[2, 2]),
            node("GlobalMaxPool", "b", "y", "head"),
        ],
        {"x": (1, 1, 4, 4)},
    )


@pytest.mark.parametrize(
    ("words", "number"), [("/stem/pool", 1), ("1", 1), ("b", 2), ("2", 2), ("head", 3), ("3", 3)]
)
def test_nodes_are_found_by_name_and_number(words: str, number: int, tmp_path: Path) -> None:
    """A node without a name by that of its output."""
    nodes = seen(saved(three(), tmp_path), x=counting(1, 1, 4, 4)).nodes
    assert find_node(nodes, words).number == number


@pytest.mark.parametrize(
    ("words", "remedy"),
    [("haed", "did you mean head?"), ("stem/pool", "did you mean /stem/pool?"),
     ("0", "use one of /stem/pool, b, head, or a number from 1 to 3"), ("4", "use one of"),
     ("", "use one of")],
)  # fmt: skip
def test_other_names_are_refused_with_the_nearest(words: str, remedy: str, tmp_path: Path) -> None:
    """And with all that there are."""
    nodes = seen(saved(three(), tmp_path), x=counting(1, 1, 4, 4)).nodes
    with pytest.raises(SpecError) as caught:
        find_node(nodes, words)
    assert caught.value.subject == "node"
    assert caught.value.remedy.startswith(remedy)


def test_observation_of_a_network(tmp_path: Path) -> None:
    """The model's name, and what went into each input."""
    found = seen(saved(three(), tmp_path, "mine.onnx"), x=counting(1, 1, 4, 4))
    assert (found.name, list(found.fed)) == ("mine", ["x"])
    assert found.shown == str(tmp_path / "mine.onnx")


def test_names_that_are_numbers(tmp_path: Path) -> None:
    """Where a name is another node's number, it is refused, and # makes it a number."""
    nodes = [
        node("MaxPool", "x", "2", kernel_shape=[2, 2]),
        node("MaxPool", "2", "y", kernel_shape=[2, 2]),
    ]
    found = seen(saved(model(nodes, {"x": (1, 1, 4, 4)}), tmp_path), x=counting(1, 1, 4, 4)).nodes
    assert [each.name for each in found] == ["2", "y"]
    with pytest.raises(SpecError, match="'2' matches 2 nodes; use #1 or #2"):
        find_node(found, "2")
    assert [find_node(found, words).number for words in ("#1", "#2", "1", "y")] == [1, 2, 1, 2]


def test_an_empty_batch_is_listed(tmp_path: Path) -> None:
    """A network that is fed with no map lists its nodes, which differ by nothing."""
    path = saved(model([POOL], {"x": ("N", 3, 4, 4)}), tmp_path)
    (one,) = seen(path, x=np.zeros((0, 3, 4, 4), np.float32)).nodes
    assert (one.layer.inputs.shape, one.layer.outputs.shape) == ((0, 3, 4, 4), (0, 3, 2, 2))
    assert one.max_difference == 0
    with pytest.raises(SourceError, match="pool: the batch is empty"):
        one.layer.feature_map  # noqa: B018 - reading it is enough


@pytest.mark.parametrize("opset", [11, 18, 19])
def test_nodes_are_repeated_under_the_rules_of_their_opset(opset: int, tmp_path: Path) -> None:
    """A kernel of 4 over one column: its divisor is another up to opset 18."""
    attributes = {"kernel_shape": [2, 4], "strides": [2, 4], "count_include_pad": 1}
    graph = model([node("AveragePool", "x", "y", **attributes)], {"x": (1, 1, 8, 1)}, opset=opset)
    (layer,) = (each.layer for each in seen(saved(graph, tmp_path), x=counting(1, 1, 8, 1)).nodes)
    assert layer.spec.like == f"onnx@opset{opset}"
    assert layer.max_difference == 0
