"""PyTorch's autograd, and its fractional max, on random settings."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional

from poolviz import SpecError, gradient, pool, unpool

pytestmark = pytest.mark.conformance

SEEDS = range(8)
AXES = (1, 2, 3)
# For each seed and number of axes.
SETTINGS = 15


def random_windows(rng: np.random.Generator, axes: int) -> dict[str, Any]:
    """Kernel, stride and padding of which PyTorch takes most."""
    kernel_size, stride = (tuple(map(int, rng.integers(1, 4, axes))) for _ in range(2))
    padding = tuple(int(rng.integers(0, k // 2 + 1)) for k in kernel_size)
    return {
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "ceil_mode": bool(rng.integers(2)),
    }


def random_values(rng: np.random.Generator, axes: int, *, ties: bool) -> NDArray[Any]:
    """A small map: (N, C, spatial); halves with many ties, or numbers without."""
    shape = (*rng.integers(1, 3, 2), *rng.integers(3, 8, axes))
    return rng.integers(-4, 5, shape) / 2 if ties else rng.uniform(0.5, 2, shape)


def autograd(
    function: Callable[..., Any], values: NDArray[Any], rng: np.random.Generator, **options: Any
) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """A random upstream gradient and what PyTorch makes of it; None where it refuses."""
    tensor = torch.from_numpy(values).requires_grad_()
    try:
        pooled = function(tensor, **options)
    except RuntimeError:
        return None
    upstream = rng.standard_normal(tuple(pooled.shape))
    pooled.backward(torch.from_numpy(upstream))
    return upstream, tensor.grad.numpy()


def agree(mode: str, torch_name: str, seed: int, axes: int, *, ties: bool, **ours: Any) -> None:
    """Hold the gradients of sliding windows to PyTorch's."""
    rng = np.random.default_rng((seed, axes))
    compared = 0
    for _ in range(SETTINGS):
        values, windows = random_values(rng, axes, ties=ties), random_windows(rng, axes)
        theirs = autograd(getattr(functional, torch_name), values, rng, **windows)
        if theirs is None:
            continue
        flowing = gradient(values, theirs[0], mode, **windows, **ours)
        np.testing.assert_allclose(flowing, theirs[1], rtol=1e-9, atol=1e-12, err_msg=str(windows))
        compared += 1
    assert compared > SETTINGS / 3


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("seed", SEEDS)
def test_max(seed: int, axes: int) -> None:
    """All flows to the winner, ties included, summed over overlapping windows."""
    agree("max", f"max_pool{axes}d", seed, axes, ties=True)


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("seed", SEEDS)
def test_average(seed: int, axes: int) -> None:
    """An equal share flows to every cell, under the window's own divisor."""
    agree("average", f"avg_pool{axes}d", seed, axes, ties=True)


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_lp(seed: int, p: float, axes: int) -> None:
    """The p-norm's slopes, of windows that overhang too."""
    rng = np.random.default_rng((seed, axes))
    function = getattr(functional, f"lp_pool{axes}d")
    compared = 0
    for _ in range(SETTINGS):
        values, windows = random_values(rng, axes, ties=False), random_windows(rng, axes)
        del windows["padding"]
        # lp_pool1d takes no tuple as its kernel.
        kernel = {"kernel_size": windows["kernel_size"][0]} if axes == 1 else {}
        theirs = autograd(function, values, rng, norm_type=p, **windows | kernel)
        if theirs is None:
            continue
        flowing = gradient(values, theirs[0], "lp", p=p, **windows)
        np.testing.assert_allclose(flowing, theirs[1], rtol=1e-7, err_msg=str(windows))
        compared += 1
    assert compared > SETTINGS / 3


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize("seed", SEEDS)
def test_adaptive(seed: int, mode: str, axes: int) -> None:
    """The gradients of adaptive windows, which may share cells."""
    rng = np.random.default_rng((seed, axes))
    function = getattr(functional, f"adaptive_{mode[:3].replace('ave', 'avg')}_pool{axes}d")
    for _ in range(SETTINGS):
        values = random_values(rng, axes, ties=True)
        output_size = tuple(map(int, rng.integers(1, 8, axes)))
        theirs = autograd(function, values, rng, output_size=output_size)
        assert theirs is not None
        flowing = gradient(values, theirs[0], mode, output_size=output_size)
        np.testing.assert_allclose(flowing, theirs[1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_fractional_max_with_given_samples(seed: int) -> None:
    """PyTorch's regions of a kernel: values, indices and gradients for the same samples."""
    rng = np.random.default_rng(seed)
    compared = 0
    for _ in range(SETTINGS * 3):
        size, kernel_size, u = int(rng.integers(4, 16)), int(rng.integers(1, 5)), rng.random()
        count = int(rng.integers(1, size + 1))
        values = rng.permuted(np.arange(2 * 3 * size * size, dtype=float)).reshape(2, 3, size, size)
        options = {"ratio": size / count, "u": u}
        samples = torch.full((2, 3, 2), u, dtype=torch.float64)
        tensor = torch.from_numpy(values).requires_grad_()
        try:
            expected, places = functional.fractional_max_pool2d_with_indices(
                tensor, kernel_size, count, _random_samples=samples
            )
        except RuntimeError:
            with pytest.raises(SpecError):
                pool(values, "fractional-max", kernel_size, **options)
            continue
        pooled, indices = pool(
            values, "fractional-max", kernel_size, **options, return_indices=True
        )
        np.testing.assert_array_equal(pooled, expected.detach().numpy(), str((size, options)))
        np.testing.assert_array_equal(indices, places.numpy())
        upstream = rng.standard_normal(pooled.shape)
        expected.backward(torch.from_numpy(upstream))
        flowing = gradient(values, upstream, "fractional-max", kernel_size, **options)
        np.testing.assert_allclose(flowing, tensor.grad.numpy(), atol=1e-12)
        compared += 1
    assert compared > SETTINGS


@pytest.mark.parametrize("form", ["output size", "ratio"])
@pytest.mark.parametrize("seed", SEEDS)
def test_fractional_max_of_a_kernel_and_a_size_for_each_axis(seed: int, form: str) -> None:
    """FractionalMaxPool2d(k, output_size=(h, w)), or a ratio of each axis, with given samples."""
    rng = np.random.default_rng((seed, 25))
    compared = 0
    for _ in range(SETTINGS * 3):
        size = tuple(map(int, rng.integers(4, 16, 2)))
        kernel_size = tuple(map(int, rng.integers(1, 5, 2)))
        count = tuple(int(rng.integers(1, length + 1)) for length in size)
        u = float(rng.random())
        values = rng.permuted(np.arange(2 * 3 * size[0] * size[1], dtype=float)).reshape(
            2, 3, *size
        )
        ratio = tuple(length / windows for length, windows in zip(size, count, strict=True))
        asked = {"output_size": count} if form == "output size" else {"ratio": ratio}
        samples = torch.full((2, 3, 2), u, dtype=torch.float64)
        try:
            expected, places = functional.fractional_max_pool2d_with_indices(
                torch.from_numpy(values), kernel_size, count, _random_samples=samples
            )
        except RuntimeError:
            with pytest.raises(SpecError):
                pool(values, "fractional-max", kernel_size, u=u, **asked)
            continue
        pooled, indices = pool(
            values, "fractional-max", kernel_size, u=u, **asked, return_indices=True
        )
        np.testing.assert_array_equal(pooled, expected.numpy(), str((size, kernel_size, count, u)))
        np.testing.assert_array_equal(indices, places.numpy())
        compared += 1
    assert compared > SETTINGS


@pytest.mark.parametrize("seed", SEEDS)
def test_what_unpool_puts_back_flows_back_to_where_it_came_from(seed: int) -> None:
    """Unpool is linear: its gradient is the upstream read at the indices, as PyTorch's."""
    rng = np.random.default_rng(seed)
    values = rng.permuted(np.arange(2 * 8 * 8, dtype=float)).reshape(2, 8, 8)
    pooled, indices = pool(values, "max", 2, return_indices=True)
    upstream = rng.standard_normal(values.shape)
    tensor = torch.from_numpy(pooled).requires_grad_()
    functional.max_unpool2d(tensor, torch.from_numpy(indices), 2).backward(
        torch.from_numpy(upstream)
    )
    for at in np.ndindex(pooled.shape):
        unit = np.zeros_like(pooled)
        unit[at] = 1
        flowing = (unpool(unit, indices, (8, 8)) * upstream).sum()
        np.testing.assert_allclose(flowing, tensor.grad.numpy()[at], rtol=1e-12)
