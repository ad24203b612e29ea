"""Layers in a row: sizes, receptive fields and what is saved, worked out by hand."""

from typing import Any

import numpy as np
import pytest

from poolviz import PoolSpec, SpecError, gradient
from poolviz.analysis.shape import layer_shapes, layer_spec


def test_the_pyramid_of_a_usual_network() -> None:
    """224 → 112 → 56 → 1: fields 3, 3 + 1·2 = 5, then all; jumps 2, 4, 4·56."""
    found = layer_shapes(
        (224, 224), [layer_spec(words) for words in ("3/2p1", "2/2", "global")]
    ).layers
    assert [layer.geometry.output_size for layer in found] == [(112, 112), (56, 56), (1, 1)]
    assert [layer.field.size for layer in found] == [(3, 3), (5, 5), (224, 224)]
    assert [layer.field.jump for layer in found] == [(2, 2), (4, 4), (224, 224)]


def test_dilation_widens_the_field() -> None:
    """Kernel 3 at dilation 2 reaches 5 cells; another at jump 1 adds 4."""
    found = layer_shapes((32, 32), [layer_spec("3/1d2"), layer_spec("3/1d2")]).layers
    assert [layer.field.size for layer in found] == [(5, 5), (9, 9)]


def test_dropped_cells_and_activations() -> None:
    """7 cells, kernel 2, stride 2: the last row and column are read by nothing."""
    (layer,) = layer_shapes((7, 7), [layer_spec("2")]).layers
    assert layer.dropped == (1, 1)
    assert layer.activations == (49, 9)
    assert layer.saved == 9 * 40


def test_windows_of_different_lengths() -> None:
    """7 cells to 3: windows of 3 cells, 7/3 apart on the average."""
    (layer,) = layer_shapes((7, 7), [layer_spec("to3")]).layers
    assert layer.field.size == (3, 3)
    assert layer.field.jump == pytest.approx((7 / 3, 7 / 3))


@pytest.mark.parametrize("chain", [["3/2", "2/2"], ["2/1", "3/3"], ["3/1", "3/1d2"], ["5/4", "3"]])
def test_the_field_is_what_the_gradient_reaches(chain: list[str]) -> None:
    """The cells to which one output's gradient flows back through averages, along an axis."""
    specs = [layer_spec(words) for words in chain]
    found = layer_shapes((30, 30), specs).layers
    flowing = np.zeros(found[-1].geometry.output_size)
    flowing[1, 1] = 1
    for layer, spec in zip(reversed(found), reversed(specs), strict=True):
        windows: dict[str, Any] = {"kernel_size": spec.kernel_size, "stride": spec.stride}
        values = np.zeros(layer.geometry.input_size)
        flowing = gradient(values, flowing, "average", dilation=spec.dilation, **windows)
    reached = np.flatnonzero(flowing.any(axis=0))
    assert reached[-1] - reached[0] + 1 == found[-1].field.size[1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2", PoolSpec(kernel_size=2)),
        ("3x2/2x1", PoolSpec(kernel_size=(3, 2), stride=(2, 1))),
        ("3/2psame", PoolSpec(kernel_size=3, stride=2, padding="same")),
        ("3/2psame-lower", PoolSpec(kernel_size=3, stride=2, padding="same_lower")),
        ("3p1d2c", PoolSpec(kernel_size=3, padding=1, dilation=2, ceil_mode=True)),
        ("to3x4", PoolSpec(output_size=(3, 4))),
        ("global", PoolSpec(output_size=1)),
    ],
)
def test_layers_as_they_are_typed(words: str, expected: PoolSpec) -> None:
    """Kernel, stride, padding, dilation, ceil mode; adaptive; global."""
    assert layer_spec(words) == expected


@pytest.mark.parametrize("words", ["", "p1", "3//2", "3/2p", "3/2x", "globally", "to", "-3"])
def test_what_is_no_layer(words: str) -> None:
    """Each is refused with how to write one."""
    with pytest.raises(SpecError, match=r"use e\.g\. 3/2p1"):
        layer_spec(words)


def test_a_layer_that_does_not_fit_is_named() -> None:
    """Of several layers the error says which."""
    with pytest.raises(SpecError, match=r"^layer 2: no window fits"):
        layer_shapes((6, 6), [layer_spec("3"), layer_spec("3")])


def test_fields_behind_windows_that_differ_are_exact() -> None:
    """9 cells in windows 0–4 and 4–8, then both: all 9; 7 in 0–2, 2–4, 4–6, two of them: 5."""
    for size, words, expected in ((9, "to2 2/1", 9), (7, "to3 2/1", 5), (8, "to6 2/1", 4)):
        found = layer_shapes((size, size), [layer_spec(each) for each in words.split()]).layers
        assert found[-1].field.size == (expected, expected)
