"""Max-blur as its authors built it of PyTorch's operations, on random settings."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional

from poolviz import SpecError, gradient, pool

pytestmark = pytest.mark.conformance

SEEDS = range(8)
SETTINGS = 60
Pair = tuple[int, int]


@dataclass(frozen=True)
class Setting:
    """One random request; not all are legal."""

    values: NDArray[Any]
    kernel_size: Pair
    stride: Pair
    taps: Pair

    @property
    def options(self) -> dict[str, Any]:
        """As poolviz takes them."""
        return {"kernel_size": self.kernel_size, "stride": self.stride, "taps": self.taps}


def settings(seed: int) -> Iterator[Setting]:
    """Kernels, strides and taps of their own for each axis."""
    rng = np.random.default_rng(seed)
    for _ in range(SETTINGS):
        kernel_size, stride, taps = (
            (int(rng.integers(1, most)), int(rng.integers(1, most))) for most in (5, 5, 8)
        )
        shape = (*rng.integers(1, 3, 2), *rng.integers(1, 16, 2))
        values = rng.standard_normal(shape).astype(rng.choice(["float32", "float64"]))
        yield Setting(values, kernel_size, stride, taps)


def blurred(tensor: torch.Tensor, setting: Setting) -> torch.Tensor:
    """Max at stride 1, reflected edges, and a convolution of each channel with the binomials.

    Raises:
        RuntimeError: PyTorch refuses a part of it.
    """
    maxima = functional.max_pool2d(tensor, setting.kernel_size, 1)
    (up, left), (down, right) = (
        [function((count - 1) / 2) for count in setting.taps]
        for function in (math.floor, math.ceil)
    )
    maxima = functional.pad(maxima, (left, right, up, down), mode="reflect")
    lines = [[math.comb(count - 1, tap) for tap in range(count)] for count in setting.taps]
    kernel = torch.tensor(np.multiply.outer(*map(np.array, lines)), dtype=tensor.dtype)
    channels = tensor.shape[1]
    kernel = (kernel / kernel.sum())[None, None].expand(channels, 1, -1, -1)
    return functional.conv2d(maxima, kernel, stride=setting.stride, groups=channels)


@pytest.mark.parametrize("seed", SEEDS)
def test_values_and_gradients(seed: int) -> None:
    """Values and gradients are theirs, and poolviz refuses what cannot be reflected."""
    rng = np.random.default_rng((seed, 1))
    compared = 0
    for setting in settings(seed):
        tensor = torch.from_numpy(setting.values).requires_grad_()
        try:
            theirs = blurred(tensor, setting)
        except RuntimeError:
            with pytest.raises(SpecError):
                pool(setting.values, "maxblur", **setting.options)
            continue
        ours = pool(setting.values, "maxblur", **setting.options)
        assert ours.dtype == setting.values.dtype
        tolerance = 1e-6 if ours.dtype == np.float32 else 1e-13
        np.testing.assert_allclose(
            ours, theirs.detach().numpy(), rtol=tolerance, atol=tolerance, err_msg=str(setting)
        )
        upstream = rng.standard_normal(ours.shape).astype(ours.dtype)
        theirs.backward(torch.from_numpy(upstream))
        flowing = gradient(setting.values, upstream, "maxblur", **setting.options)
        np.testing.assert_allclose(
            flowing, tensor.grad.numpy(), rtol=10 * tolerance, atol=10 * tolerance
        )
        compared += 1
    assert compared > SETTINGS / 3


def test_four_taps_of_a_plain_layer() -> None:
    """The authors' default, 4 taps at stride 2 after a kernel of 2."""
    values = np.random.default_rng(0).standard_normal((1, 3, 32, 32))
    setting = Setting(values, (2, 2), (2, 2), (4, 4))
    expected = blurred(torch.from_numpy(values), setting).numpy()
    ours = pool(values, "maxblur", 2, stride=2, taps=4)
    np.testing.assert_allclose(ours, expected, rtol=1e-14, atol=1e-14)
