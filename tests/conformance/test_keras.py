"""Keras itself, on PyTorch: its pooling layers read as requests, and repeated."""

import os
from typing import Any

import numpy as np
import pytest

os.environ["KERAS_BACKEND"] = "torch"

from keras import layers

import poolviz
from poolviz import FeatureMap, PoolSpec

pytestmark = pytest.mark.conformance

# Averages with padding on one side only are left out: Keras 3.15 on PyTorch divides them wrongly.
LAYERS = [
    layers.MaxPooling2D(),
    layers.MaxPooling2D(3, 2, "same"),
    layers.MaxPooling2D((3, 2), (1, 2)),
    layers.AveragePooling2D(2),
    layers.AveragePooling2D(3, 1, "same"),
    layers.GlobalMaxPooling2D(),
    layers.GlobalAveragePooling2D(),
    layers.AdaptiveAveragePooling2D((3, 4)),
    layers.AdaptiveMaxPooling2D(2),
]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_layers_of_two_axes(layer: Any) -> None:
    """What a layer gives for a map, poolviz gives for the request that is read from it."""
    values = np.random.default_rng(5).normal(size=(3, 11, 9)).astype(np.float32)
    expected = np.asarray(layer(np.moveaxis(values, 0, -1)[None]).detach())
    spec = PoolSpec.from_keras(layer)
    assert spec.like == "keras"
    output = poolviz.run(FeatureMap(values), spec).output
    channels_last = np.moveaxis(output, 0, -1).reshape(expected.shape)
    np.testing.assert_allclose(channels_last, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "axes"),
    [
        (layers.MaxPooling1D(3, 2), 1),
        (layers.AveragePooling1D(2, padding="same"), 1),
        (layers.GlobalAveragePooling1D(), 1),
        (layers.MaxPooling3D(2), 3),
        (layers.GlobalMaxPooling3D(), 3),
    ],
    ids=lambda value: str(getattr(value, "name", value)),
)
def test_layers_of_one_and_three_axes(layer: Any, axes: int) -> None:
    """The same along one axis and three."""
    values = np.random.default_rng(6).normal(size=(2, 8, 6, 4)[: axes + 1]).astype(np.float32)
    expected = np.asarray(layer(np.moveaxis(values, 0, -1)[None]).detach())
    spec = PoolSpec.from_keras(layer)
    assert spec.rank == axes
    pooled = poolviz.pool(
        values, spec.mode, spec.kernel_size, stride=spec.stride, padding=spec.padding,
        output_size=spec.output_size, like=spec.like,
    )  # fmt: skip
    channels_last = np.moveaxis(pooled, 0, -1).reshape(expected.shape)
    np.testing.assert_allclose(channels_last, expected, rtol=1e-5, atol=1e-6)
