"""How far averages and sums are from the truth, in float64, against how far PyTorch's are."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional

from poolviz import pool

pytestmark = pytest.mark.conformance

SHAPE = (24, 128, 128)
KERNELS = [(2, 2), (3, 1), (3, 2), (5, 1), (7, 7), (31, 1), (32, 32)]


def errors(pooled: NDArray[Any], truth: NDArray[Any]) -> tuple[float, float]:
    """The mean distance from the truth, and the largest of a plane, on average over planes.

    The very largest of all is a matter of chance: of one window in half a million.
    """
    distances = np.abs(pooled.astype(float) - truth)
    return float(distances.mean()), float(distances.max(axis=(1, 2)).mean())


def values_of(kind: str, dtype: str) -> NDArray[Any]:
    """Normal numbers, or photos' values, all of one sign."""
    rng = np.random.default_rng(1)
    drawn = rng.standard_normal(SHAPE) if kind == "normal" else rng.uniform(0, 1, SHAPE)
    return drawn.astype(dtype)


@pytest.mark.parametrize(("kernel_size", "stride"), KERNELS)
@pytest.mark.parametrize("divisor", [None, 1])
@pytest.mark.parametrize("kind", ["normal", "positive"])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_no_farther_from_the_truth_than_torch(
    dtype: str, kind: str, divisor: int | None, kernel_size: int, stride: int
) -> None:
    """Neither the mean nor the largest error is larger, of averages and of sums (divisor 1)."""
    values = values_of(kind, dtype)
    options = {"divisor_override": divisor}
    truth = pool(values.astype(np.float64), "average", kernel_size, stride=stride, **options)
    ours = pool(values, "average", kernel_size, stride=stride, **options)
    theirs = functional.avg_pool2d(torch.from_numpy(values), kernel_size, stride, **options)
    mean, largest = errors(ours, truth)
    mean_of_torch, largest_of_torch = errors(theirs.numpy(), truth)
    # The last rounding to float16 outweighs all else, and one in a million goes the other way.
    assert mean <= mean_of_torch * (1 + 1e-4)
    assert largest <= largest_of_torch * (1 + 1e-4)
