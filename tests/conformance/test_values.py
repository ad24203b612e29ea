"""Tensors and arrays of PyTorch and JAX as they are: their types, devices, layouts and batches."""

import warnings
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from poolviz import FeatureMap, PoolSpec, SourceError, capture, gradient, pool, run, unpool

pytestmark = pytest.mark.conformance
RANDOM = torch.Generator().manual_seed(15)


@pytest.mark.parametrize("shape", [(6, 7), (3, 6, 7), (2, 3, 6, 7)])
def test_bfloat16_maxima_are_those_of_torch(shape: tuple[int, ...]) -> None:
    """To the bit, with their indices."""
    values = torch.randn((1, 1, *shape)[-4:], generator=RANDOM).bfloat16()
    theirs, places = functional.max_pool2d(values, 3, 2, 1, return_indices=True)
    ours, indices = pool(values.reshape(shape), "max", 3, stride=2, padding=1, return_indices=True)
    assert ours.dtype == np.float32
    np.testing.assert_array_equal(ours.ravel(), theirs.float().numpy().ravel())
    np.testing.assert_array_equal(indices.ravel(), places.numpy().ravel())


def test_bfloat16_averages_are_torch_s_before_they_are_rounded() -> None:
    """Rounded to bfloat16 they are PyTorch's, which adds up in float32 too."""
    values = torch.randn((2, 3, 8, 8), generator=RANDOM).bfloat16()
    theirs = functional.avg_pool2d(values, 2)
    ours = pool(values, "average", 2)
    assert (torch.from_numpy(ours).bfloat16() == theirs).all()
    assert (torch.from_numpy(ours).bfloat16().float().numpy() != ours).any()


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.ones(2, 2, requires_grad=True),
        lambda: torch.ones(2, 2, dtype=torch.bfloat16, requires_grad=True) * 1,
        lambda: nn.Parameter(torch.ones(2, 2)),
        lambda: torch.ones(2, 2).to(torch.float8_e4m3fn),
        lambda: torch.ones(2, 2).to(torch.float8_e5m2),
        lambda: jnp.ones((2, 2), "bfloat16"),
        lambda: jnp.ones((2, 2), "float8_e5m2"),
        lambda: jnp.ones((2, 2), "int4"),
    ],
)
def test_it_is_taken_everywhere(make: Callable[[], Any]) -> None:
    """pool, run, FeatureMap, gradient and unpool take it, as values and as what flows back."""
    values = make()
    assert pool(values, "sum", 2).tolist() == [[4]]
    assert run(values, PoolSpec("max")).output.tolist() == [[[1]]]
    assert FeatureMap(values).values.tolist() == [[[1, 1], [1, 1]]]
    assert gradient(np.ones((2, 2)), values, "max", 1).tolist() == [[1, 1], [1, 1]]
    assert unpool(values, [[0, 1], [2, 3]], 2).tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.ones(2, 2).to_sparse(),
        lambda: torch.ones(2, 2).to_sparse_csr(),
        lambda: torch.ones(2, 2, device="meta"),
        lambda: torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.quint8),
        lambda: torch.ones(2, 2, dtype=torch.complex64),
        lambda: torch.ones(2, 2, dtype=torch.complex64).conj(),
        lambda: jnp.ones((2, 2), "complex64"),
    ],
)
def test_what_has_no_dense_numbers_is_refused(make: Callable[[], Any]) -> None:
    """A sparse, quantised, complex or empty-handed tensor is refused by poolviz, in one line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = make()
    with pytest.raises(SourceError) as caught:
        pool(values, "max", 2)
    assert str(caught.value).startswith("values: ")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("shape", [(0, 3, 6, 7), (0, 1, 4, 4)])
def test_empty_batches_are_pooled_as_in_torch(shape: tuple[int, ...]) -> None:
    """Shapes and types of values, indices and gradients; captured, too."""
    values = torch.zeros(shape, requires_grad=True)
    theirs, places = functional.max_pool2d(values, 2, return_indices=True)
    ours, indices = pool(values, "max", 2, return_indices=True)
    assert (ours.shape, ours.dtype) == (tuple(theirs.shape), np.float32)
    assert (indices.shape, indices.dtype) == (tuple(places.shape), np.int64)
    theirs.sum().backward()
    assert values.grad is not None
    assert gradient(values, ours, "max", 2).shape == tuple(values.grad.shape)
    for module in (nn.MaxPool2d(2), nn.AvgPool2d(2), nn.AdaptiveAvgPool2d(2)):
        (layer,) = capture(module, values)
        assert layer.max_difference == 0
        assert layer.outputs.shape == tuple(module(values).shape)


@pytest.mark.parametrize("axes", [2, 3])
def test_unpool_by_the_whole_shape_as_torch(axes: int) -> None:
    """(N, C, H, W) and (N, C, D, H, W) as PyTorch's unpooling takes them."""
    shape = (2, 3, 5, 5, 5)[: axes + 2]
    values = torch.randn(shape, generator=RANDOM)
    pooling = (nn.MaxPool2d, nn.MaxPool3d)[axes - 2](2, return_indices=True)
    unpooling = (nn.MaxUnpool2d, nn.MaxUnpool3d)[axes - 2](2)
    pooled, places = pooling(values)
    theirs = unpooling(pooled, places, output_size=values.shape)
    np.testing.assert_array_equal(unpool(pooled, places, values.shape), theirs.numpy())
