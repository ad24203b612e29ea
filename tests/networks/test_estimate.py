"""The memory that a network's tensors take, by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx_models import counting, model, node, saved, tensor

from poolviz import SpecError
from poolviz.memory import Budget
from poolviz.networks.model import open_network, working_bytes


def needed(made: Any, *watched: str, **feeds: Any) -> int:
    """The bytes for a model."""
    return working_bytes(onnx, made, feeds, watched)


def test_a_tensor_is_counted_until_it_is_used_last() -> None:
    """Of a row of negations of 64 bytes two are there at a time; one that is used late stays."""
    nodes = [node("Neg", "x", "a"), node("Neg", "a", "b"), node("Neg", "b", "c")]
    last = node("MaxPool", "c", "y", kernel_shape=[2, 2], strides=[2, 2])
    x = counting(1, 1, 4, 4)
    assert needed(model([*nodes, last], {"x": (1, 1, "h", "w")}), x=x) == 2 * 64
    late = [*nodes, node("Add", "a c", "d"), node("MaxPool", "d", "y", kernel_shape=[2, 2])]
    assert needed(model(late, {"x": (1, 1, "h", "w")}), x=x) == 3 * 64


def test_watched_tensors_are_kept_and_copied() -> None:
    """64 bytes enter, 16 leave; at the end both are there twice."""
    made = model(
        [node("MaxPool", "x", "y", kernel_shape=[2, 2], strides=[2, 2])], {"x": (1, 1, 4, 4)}
    )
    assert needed(made, "x", "y", x=counting(1, 1, 4, 4)) == 2 * (64 + 16)


def test_weights_and_what_is_not_known_count_for_nothing() -> None:
    """Large constants are part of the model; the shapes of another domain are unknown.

    There are the input of 64 bytes and the sum of two constants of 90 × 90.
    """
    weights = tensor("w", np.ones((1, 1, 90, 90)))
    held = helper.make_node("Constant", [], ["k"], value=tensor("", np.ones((1, 1, 90, 90))))
    nodes = [
        held, node("Add", "w k", "u"), node("Mystery", "x", "a", domain="own"),
        node("MaxPool", "x", "y", kernel_shape=[2, 2]),
    ]  # fmt: skip
    made = model(nodes, {"x": (1, 1, 4, 4)}, [weights], domains=["own"])
    assert needed(made, x=counting(1, 1, 4, 4)) == 64 + 4 * 8100


def resizing(scale: float) -> Any:
    """A model that enlarges a map before it pools it."""
    scales = tensor("scales", [1, 1, scale, scale])
    nodes = [
        helper.make_node("Resize", ["x", "", "scales"], ["a"], mode="nearest"),
        node("MaxPool", "a", "y", "pool", kernel_shape=[2, 2], strides=[2, 2]),
    ]
    return model(nodes, {"x": (1, 1, "h", "w")}, [scales])


def test_a_map_that_becomes_too_large_is_refused(tmp_path: Path) -> None:
    """4 × 4 by 3,000 is 576 MB: refused before the runtime makes it, unless so much may be used."""
    x = counting(1, 1, 4, 4)
    assert needed(resizing(3000), x=x) == 4 * 12000**2 + max(64, 4 * 6000**2)
    network = open_network(saved(resizing(3000), tmp_path), Budget(100 << 20))
    with pytest.raises(SpecError, match=r"is needed for the maps inside the network, but"):
        network.run({"x": x}, ["y"])
    small = open_network(saved(resizing(2), tmp_path), Budget(100 << 20))
    assert small.run({"x": x}, ["y"])["y"].shape == (1, 1, 4, 4)


def test_models_that_cannot_be_inferred_are_left_to_the_runtime() -> None:
    """Whatever onnx says of them."""
    made = model([node("MaxPool", "x", "y")], {"x": (1, 1, 4, 4)})
    made.graph.input[0].type.tensor_type.elem_type = 99
    assert needed(made, x=counting(1, 1, 4, 4)) == 0
