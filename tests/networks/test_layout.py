"""Layout: where channels and spatial axes stand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx_models import model, node, saved

from poolviz.memory import parse_budget
from poolviz.networks.feeding import Preparation, feed_array
from poolviz.networks.graph import layout_by_use, layout_of, spatial
from poolviz.networks.model import open_network
from poolviz.networks.observe import observe


@pytest.mark.parametrize(
    ("shape", "layout"),
    [
        ((1, 3, 64, 64), "NCHW"), ((None, 1, 28, 28), "NCHW"), ((1, 4, 8, 8), "NCHW"),
        ((1, 64, 64, 3), "NHWC"), ((None, None, None, 3), "NHWC"), ((1, 28, 28, 1), "NHWC"),
        ((1, 3, 3, 3), "NCHW"), ((1, 3, 8, 1), "NCHW"), ((1, 32, 8, 8), "NCHW"),
        ((None, None, None, None), "NCHW"), ((1, 64, 64, 2), "NCHW"), ((1, 64, 64, 4), "NHWC"),
    ],
)  # fmt: skip
def test_channels_last_only_where_nothing_else_can_be(
    shape: tuple[int | None, ...], layout: str
) -> None:
    """NHWC where the last axis can be a picture's channels, and the second cannot."""
    assert layout_of(shape) == layout


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((1, 3, 5, 7), (5, 7)), ((1, 5, 7, 3), (5, 7)), ((2, 8, 9), (9,)),
        ((1, 2, 3, 4, 5), (3, 4, 5)), ((1, 10), ()), ((), ()),
        # Of other than four axes the channels are the second.
        ((1, 9, 3), (3,)), ((1, 5, 6, 7, 3), (6, 7, 3)),
    ],
)  # fmt: skip
def test_spatial_axes(shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
    """What is neither the batch nor the channels."""
    assert spatial(shape) == axes


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([node("Conv", "x w", "y")], "NCHW"),
        (
            [node("Cast", "x", "a", to=1), node("Sub", "a m", "b"), node("MaxPool", "b", "y")],
            "NCHW",
        ),
        ([node("Transpose", "x", "y", perm=[0, 3, 1, 2])], "NHWC"),
        ([node("Mul", "x s", "a"), node("Transpose", "a", "y", perm=[0, 3, 1, 2])], "NHWC"),
        ([node("Transpose", "x", "y", perm=[0, 2, 3, 1])], None),
        ([node("Reshape", "x s", "a"), node("Conv", "a w", "y")], None),
        ([node("Conv", "z w", "y"), node("Flatten", "x", "a")], None),
    ],
)
def test_layout_by_what_takes_the_input(nodes: list[Any], expected: str | None) -> None:
    """A convolution takes channels second; a first transposition brings them there."""
    assert layout_by_use(nodes, "x") == expected


def test_use_goes_before_shape(tmp_path: Path) -> None:
    """Rows of 22 sensors, 1000 moments, one column: pooled over 100 moments."""
    pool = node("MaxPool", "x", "y", kernel_shape=[100, 1])
    path = saved(model([pool], {"x": (1, 22, 1000, 1)}), tmp_path)
    network = open_network(path, parse_budget(None))
    (slot,) = network.slots
    assert slot.layout == "NCHW"
    fed = feed_array(slot, np.zeros((1, 22, 1000, 1), np.float32), "x.npy", Preparation())
    field = observe(network, {"x": fed}).nodes[0].field
    assert field is not None
    assert (field.size, field.limit) == ((100, 1), (1000, 1))
