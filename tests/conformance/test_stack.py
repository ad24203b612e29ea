"""PyTorch itself, layer by layer, on random stacks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from poolviz import FeatureMap, SpecError
from poolviz.analysis.layers import read_layers
from poolviz.analysis.layers._layer import FILTERS
from poolviz.analysis.stack import build_levels

pytestmark = pytest.mark.conformance

SEEDS = range(12)
# For each seed and type.
STACKS = 12
Kind = Callable[[np.random.Generator], tuple[str, Callable[[torch.Tensor], torch.Tensor]]]


def conv(rng: np.random.Generator) -> Any:
    """A filter with a stride and padding."""
    name = str(rng.choice(list(FILTERS)))
    stride, padding = int(rng.integers(1, 4)), int(rng.integers(0, 4))
    kernels = np.stack(list(FILTERS[name].values()))

    def layer(values: torch.Tensor) -> torch.Tensor:
        channels = values.shape[1]
        weight = torch.from_numpy(np.tile(kernels, (channels, 1, 1))[:, None]).to(values.dtype)
        module = torch.nn.Conv2d(
            channels, len(weight), kernels.shape[1:], stride, padding, groups=channels, bias=False
        )
        module.weight = torch.nn.Parameter(weight, requires_grad=False)
        layer.parameters = weight.numel()  # type: ignore[attr-defined]
        return module(values)

    return f"conv:{name}/{stride}p{padding}", layer


def relu(rng: np.random.Generator) -> Any:
    """The rectifier."""
    del rng
    return "relu", functional.relu


def maximum(rng: np.random.Generator) -> Any:
    """With a stride, padding and perhaps ceil mode."""
    size, stride = (int(each) for each in rng.integers(1, 4, 2))
    padding, ceil_mode = int(rng.integers(0, size // 2 + 1)), bool(rng.integers(2))
    words = f"max:{size}/{stride}p{padding}{'c' if ceil_mode else ''}"
    return words, lambda x: functional.max_pool2d(x, size, stride, padding, ceil_mode=ceil_mode)


def average(rng: np.random.Generator) -> Any:
    """With a stride and padding."""
    size, stride = (int(each) for each in rng.integers(1, 4, 2))
    padding = int(rng.integers(0, size // 2 + 1))
    words = f"average:{size}/{stride}p{padding}"
    return words, lambda x: functional.avg_pool2d(x, size, stride, padding)


def lp(rng: np.random.Generator) -> Any:
    """The 2-norm."""
    size, stride = (int(each) for each in rng.integers(1, 4, 2))
    return f"lp:p=2:{size}/{stride}", lambda x: functional.lp_pool2d(x, 2.0, size, stride)


def adaptive(rng: np.random.Generator) -> Any:
    """To a size, by maximum or mean."""
    size = int(rng.integers(1, 5))
    if rng.integers(2):
        return f"max:to{size}", lambda x: functional.adaptive_max_pool2d(x, size)
    return f"average:to{size}", lambda x: functional.adaptive_avg_pool2d(x, size)


KINDS = (conv, conv, relu, maximum, average, lp, adaptive)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("seed", SEEDS)
def test_stacks_are_pytorchs(seed: int, dtype: str) -> None:
    """Each level of a random stack has PyTorch's shape, type and values, and as many parameters."""
    rng = np.random.default_rng(seed)
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    compared = 0
    for _ in range(STACKS):
        values = rng.normal(size=(int(rng.integers(1, 4)), *rng.integers(8, 20, 2))).astype(dtype)
        drawn = [KINDS[at](rng) for at in rng.integers(0, len(KINDS), int(rng.integers(1, 5)))]
        try:
            levels = build_levels(
                FeatureMap(values), read_layers(" ".join(words for words, _ in drawn))
            )
        except SpecError:
            continue
        tensor = torch.from_numpy(values)[None]
        for (words, layer), level in zip(drawn, levels[1:], strict=True):
            tensor = layer(tensor)
            truth, found = tensor[0].numpy(), level.feature_map.values
            assert (found.shape, found.dtype) == (truth.shape, truth.dtype), words
            scale = max(1.0, float(np.abs(truth).max()))
            np.testing.assert_allclose(found, truth, rtol=tolerance, atol=tolerance * scale)
            assert level.parameters == getattr(layer, "parameters", 0)
            compared += 1
    assert compared >= STACKS
