"""PyTorch itself, on thousands of random settings."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn import functional

from poolviz import PoolSpec, SpecError, pool, run, unpool

pytestmark = pytest.mark.conformance

SEEDS = range(8)
# For each of the 8 seeds; the first four run for 1, 2 and 3 axes.
MAX, AVERAGE, LP, ADAPTIVE, REFUSED, UNPOOLED = 40, 40, 25, 25, 100, 25
AXES = (1, 2, 3)


@dataclass(frozen=True)
class Setting:
    """One random request, and values that it may fit."""

    values: NDArray[Any]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    ceil_mode: bool

    @property
    def windows(self) -> dict[str, Any]:
        """What both libraries call alike."""
        return {
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "ceil_mode": self.ceil_mode,
        }


def settings(seed: int, axes: int, how_many: int) -> Iterator[Setting]:
    """Random settings; not all are legal."""
    rng = np.random.default_rng((seed, axes, how_many))
    for _ in range(how_many):
        kernel_size, stride, dilation, padding = (
            tuple(map(int, rng.integers(least, most, axes)))
            for least, most in ((1, 5), (1, 6), (1, 4), (0, 3))
        )
        halves = (least // 2 for least in kernel_size)
        legal = tuple(min(pair) for pair in zip(padding, halves, strict=True))
        size = rng.integers(1, {1: 16, 2: 11, 3: 8}[axes], axes)
        values = random_values(rng, (*rng.integers(1, 3, 2), *size))
        yield Setting(values, kernel_size, stride, legal, dilation, bool(rng.integers(2)))


def random_values(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[Any]:
    """Quarters with many ties, sometimes with NaN, infinities or nothing but −inf."""
    values = rng.integers(-8, 9, shape) / 4
    kind = rng.integers(6)
    if kind == 0:
        values[rng.random(shape) < 0.15] = math.nan
    if kind <= 1:
        values[rng.random(shape) < 0.2] = -math.inf
        values[rng.random(shape) < 0.1] = math.inf
    if kind == 2:
        values[:] = -math.inf
    return values.astype(rng.choice(["float32", "float64"]))


def reference(function: Callable[..., Any], setting: Setting, **options: Any) -> Any:
    """What PyTorch gives; None where it refuses."""
    try:
        return function(torch.from_numpy(setting.values), **setting.windows, **options)
    except RuntimeError:
        return None


def agree(pooled: NDArray[Any], expected: Any, tolerance: float = 0.0) -> bool:
    """Whether shapes, types and values agree; NaN with NaN."""
    truth = expected.numpy()
    return (
        pooled.shape == truth.shape
        and pooled.dtype == truth.dtype
        and np.allclose(pooled, truth, rtol=tolerance, atol=tolerance, equal_nan=True)
    )


def refused(setting: Setting, mode: str, **options: Any) -> bool:
    """Whether poolviz refuses a setting, as it should."""
    with pytest.raises(SpecError):
        pool(setting.values, mode, **setting.windows, **options)
    return True


def unpadded(setting: Setting) -> Setting:
    """The setting without padding, which PyTorch's Lp does not have."""
    return replace(setting, padding=(0,) * len(setting.padding))


def only_volumes_refuse(setting: Setting) -> bool:
    """Whether avg_pool3d alone refuses: a kernel larger than the unpadded input.

    avg_pool1d and avg_pool2d take it where padding or ceil mode makes a window fit.
    """
    size = setting.values.shape[2:]
    return len(size) == 3 and any(map(int.__gt__, setting.kernel_size, size))


def empty_windows(setting: Setting) -> NDArray[np.bool_]:
    """Which windows read no input cell, where PyTorch's index means nothing."""
    ones = np.ones(setting.values.shape)
    return pool(ones, "sum", **setting.windows, dilation=setting.dilation) == 0


def test_enough_settings_are_compared() -> None:
    """The comparison covers at least two thousand settings."""
    per_seed = 3 * (MAX + AVERAGE + LP + 2 * ADAPTIVE) + REFUSED + UNPOOLED
    assert len(SEEDS) * per_seed >= 2000


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("seed", SEEDS)
def test_max(seed: int, axes: int) -> None:
    """Values and indices of max are PyTorch's, exactly."""
    function = getattr(functional, f"max_pool{axes}d")
    compared = 0
    for setting in settings(seed, axes, MAX):
        dilation = setting.dilation
        expected = reference(function, setting, dilation=dilation, return_indices=True)
        if expected is None:
            assert refused(setting, "max", dilation=dilation)
            continue
        pooled, indices = pool(
            setting.values, "max", **setting.windows, dilation=dilation, return_indices=True
        )
        assert agree(pooled, expected[0]), setting
        empty = empty_windows(setting)
        assert (indices[empty] == -1).all(), setting
        assert (indices == expected[1].numpy())[~empty].all(), setting
        compared += 1
    assert compared > MAX / 8


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("seed", SEEDS)
def test_min_is_max_of_negated_values(seed: int, axes: int) -> None:
    """Min has no function of its own: −max(−x), with the same winners."""
    function = getattr(functional, f"max_pool{axes}d")
    for setting in settings(seed, axes, MAX // 4):
        negated = replace(setting, values=-setting.values)
        dilation = setting.dilation
        expected = reference(function, negated, dilation=dilation, return_indices=True)
        if expected is None:
            assert refused(setting, "min", dilation=dilation)
            continue
        pooled, indices = pool(
            setting.values, "min", **setting.windows, dilation=dilation, return_indices=True
        )
        assert agree(pooled, -expected[0]), setting
        kept = ~empty_windows(setting)
        assert (indices == expected[1].numpy())[kept].all(), setting


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("seed", SEEDS)
def test_average(seed: int, axes: int) -> None:
    """Averages are PyTorch's to 1e-6, under every divisor."""
    function = getattr(functional, f"avg_pool{axes}d")
    rng = np.random.default_rng(seed)
    compared = 0
    for setting in settings(seed, axes, AVERAGE):
        options: dict[str, Any] = {"count_include_pad": bool(rng.integers(2))}
        if axes > 1 and rng.integers(3) == 0:
            options["divisor_override"] = int(rng.integers(1, 9))
        expected = reference(function, setting, **options)
        if expected is None:
            assert only_volumes_refuse(setting) or refused(setting, "average", **options)
            continue
        pooled = pool(setting.values, "average", **setting.windows, **options)
        assert agree(pooled, expected, 1e-6), (setting, options)
        compared += 1
    assert compared > AVERAGE / 4


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("seed", SEEDS)
def test_lp(seed: int, axes: int) -> None:
    """Lp is PyTorch's: no |x|, and a window that overhangs is scaled up."""
    function = getattr(functional, f"lp_pool{axes}d")
    rng = np.random.default_rng(seed)
    compared = 0
    for setting in settings(seed, axes, LP):
        p = float(rng.choice([1, 2, 3, 4, math.inf]))
        plain = {name: setting.windows[name] for name in ("kernel_size", "stride", "ceil_mode")}
        # lp_pool1d takes no tuple as its kernel.
        theirs = plain | ({"kernel_size": setting.kernel_size[0]} if axes == 1 else {})
        values = np.nan_to_num(setting.values, nan=1.0, posinf=2.0, neginf=-2.0)
        # Whole numbers: their powers are exact, so that sums near 0 have the same sign.
        values = np.round(values)
        try:
            expected = function(torch.from_numpy(values), p, **theirs)
        except RuntimeError:
            assert only_volumes_refuse(setting) or refused(unpadded(setting), "lp", p=p)
            continue
        assert agree(pool(values, "lp", p=p, **plain), expected, 1e-5), (setting, p)
        compared += 1
    assert compared > LP / 4


@pytest.mark.parametrize(
    "axes",
    [1, 2,
     3],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize("seed", SEEDS)
def test_adaptive(seed: int, mode: str, axes: int) -> None:
    """Adaptive max, with its indices, and average are PyTorch's."""
    name = {"max": "max", "average": "avg"}[mode]
    function = getattr(functional, f"adaptive_{name}_pool{axes}d")
    rng = np.random.default_rng(seed)
    for setting in settings(seed, axes, ADAPTIVE):
        output_size = tuple(map(int, rng.integers(1, 12, axes)))
        tensor = torch.from_numpy(setting.values)
        if mode == "average":
            pooled = pool(setting.values, mode, output_size=output_size)
            assert agree(pooled, function(tensor, output_size), 1e-6), (setting, output_size)
            continue
        pooled, indices = pool(setting.values, mode, output_size=output_size, return_indices=True)
        expected, places = function(tensor, output_size, return_indices=True)
        assert agree(pooled, expected), (setting, output_size)
        assert (indices == places.numpy()).all(), (setting, output_size)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_refused(seed: int) -> None:
    """Poolviz refuses a sliding request if, and only if, PyTorch does."""
    rng = np.random.default_rng(seed)
    verdicts = set()
    for _ in range(REFUSED):
        kernel_size, stride, padding, dilation, size = (
            int(rng.integers(least, most))
            for least, most in ((0, 6), (0, 4), (-1, 4), (0, 3), (1, 6))
        )
        values = np.zeros((1, size, size))
        windows = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "ceil_mode": bool(rng.integers(2)),
        }
        try:
            shape = tuple(functional.max_pool2d(torch.from_numpy(values), **windows).shape)
        except RuntimeError:
            with pytest.raises(SpecError):
                pool(values, "max", **windows)
            verdicts.add("refused")
            continue
        assert pool(values, "max", **windows).shape == shape, windows
        verdicts.add("pooled")
    assert verdicts == {"refused", "pooled"}


def test_a_divisor_of_zero_is_refused() -> None:
    """Neither divides by 0."""
    with pytest.raises(RuntimeError):
        functional.avg_pool2d(torch.ones(1, 2, 2), 2, divisor_override=0)
    with pytest.raises(SpecError):
        pool(np.ones((1, 2, 2)), "average", 2, divisor_override=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_unpool(seed: int) -> None:
    """What max gives is put back as PyTorch puts it."""
    compared = 0
    for setting in settings(seed, 2, UNPOOLED):
        # Without overlap: with equal indices PyTorch leaves open which value stays.
        size = setting.values.shape[-2:]
        options = {"kernel_size": setting.kernel_size, "ceil_mode": True}
        pooled, indices = pool(setting.values, "max", **options, return_indices=True)
        if not unpoolable(size, setting.kernel_size):
            continue
        expected = functional.max_unpool2d(
            torch.from_numpy(pooled),
            torch.from_numpy(indices),
            setting.kernel_size,
            output_size=[*map(int, size)],
        )
        assert agree(unpool(pooled, indices, size), expected), setting
        compared += 1
    assert compared > UNPOOLED / 4


def unpoolable(size: tuple[int, ...], kernel_size: tuple[int, ...]) -> bool:
    """Whether PyTorch takes this output size: within one stride of its own."""
    windows = [-(-length // step) for length, step in zip(size, kernel_size, strict=True)]
    own = [count * step for count, step in zip(windows, kernel_size, strict=True)]
    return all(abs(a - b) < step for a, b, step in zip(size, own, kernel_size, strict=True))


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [2, 3])
def test_sizes_of_unpooled_maps(stride: int, padding: int) -> None:
    """Those that PyTorch accepts, with its values; all others are refused."""
    values = np.random.default_rng(stride).permutation(110).reshape(11, 10).astype(np.float32)
    result = run(values, PoolSpec("max", 3, stride=stride, padding=padding))
    tensor = torch.from_numpy(values)[None, None]
    pooled, indices = functional.max_pool2d(
        tensor, 3, stride=stride, padding=padding, return_indices=True
    )
    accepted = 0
    for size in product(range(6, 16), repeat=2):
        try:
            expected = functional.max_unpool2d(
                pooled, indices, 3, stride=stride, padding=padding, output_size=size
            )
        except (RuntimeError, ValueError):
            with pytest.raises(SpecError):
                result.unpooled(size=size)
            continue
        accepted += 1
        assert result.unpooled(size=size).tolist() == expected[0, 0].tolist()
    assert accepted > 1
