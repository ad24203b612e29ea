"""Generalised-mean pooling."""

import math
from typing import Any

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run


@pytest.mark.parametrize(
    ("values", "mode", "expected"),
    [
        # the third root of the mean of 1 and 27
        ([[1.0, 3.0]], "gem", 14 ** (1 / 3)),
        # ((9 + 16) / 2)^(1/2): the root mean square
        ([[3.0, 4.0]], "gem:p=2", math.sqrt(12.5)),
        ([[1.0, 3.0]], "gem:p=1", 2.0),
        # the square of the mean of 1 and 2
        ([[1.0, 4.0]], "gem:p=0.5", 2.25),
        # a negative cell counts as ε
        ([[-5.0, 2.0]], "gem:p=1:eps=1", 1.5),
        ([[-5.0, -2.0]], "gem", 1e-6),
        ([[0.0, 0.0]], "gem:eps=0.25", 0.25),
    ],
)
def test_hand_worked(values: list[list[float]], mode: str, expected: float) -> None:
    """(Σ max(x, ε)^p / n)^(1/p), worked out by hand."""
    assert pool(values, mode, (1, 2))[0, 0] == pytest.approx(expected, rel=1e-14)


def test_padding_is_left_out_of_sum_and_count() -> None:
    """A lone 8 in a padded window stays 8."""
    pooled = pool([[8.0]], "gem", 2, stride=1, padding=1)
    np.testing.assert_allclose(pooled, [[8.0, 8.0], [8.0, 8.0]], rtol=1e-15)


def test_nan_and_infinity() -> None:
    """A NaN gives NaN, an infinite cell infinity."""
    assert math.isnan(pool([[math.nan, 1.0]], "gem", (1, 2))[0, 0])
    assert pool([[math.inf, 1.0]], "gem", (1, 2))[0, 0] == math.inf
    assert pool([[-math.inf, 1.0]], "gem:p=1:eps=1", (1, 2))[0, 0] == 1.0


def test_weights_and_slopes() -> None:
    """Of 1 and 3 the powers are 1 and 27; ∂y/∂x = x²·y⁻²/2, 0 where x counts as ε."""
    values = np.array([[1.0, 3.0]])
    step = run(FeatureMap(values), PoolSpec("gem", (1, 2))).step(0, 0)
    np.testing.assert_allclose(step.weights, [[1 / 28, 27 / 28]], rtol=1e-14)
    flowing = gradient(values, [[1.0]], "gem", (1, 2))
    np.testing.assert_allclose(flowing, np.array([[1, 9]]) * 14 ** (-2 / 3) / 2, rtol=1e-14)
    assert gradient([[-5.0, 2.0]], [[1.0]], "gem:p=1:eps=1", (1, 2)).tolist() == [[0.0, 0.5]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("p", "expected"),
    [
        # p → ∞: the largest, less n^(−1/p)
        (1000, 4 * 4 ** (-1 / 1000)),
        (1e300, 4.0),
        # p → 0: the geometric mean, (1·3·2·4)^(1/4)
        (1e-300, 24**0.25),
        (5e-324, 24**0.25),
        (1e-12, 24**0.25),
    ],
)
def test_extreme_exponents(p: float, expected: float, dtype: str) -> None:
    """Powers out of a float's range still have their mean's root."""
    pooled = pool(np.array([[1, 3], [2, 4]], dtype), "gem", 2, p=p)
    assert pooled.dtype == dtype
    assert pooled[0, 0] == pytest.approx(expected, rel=1e-6 if dtype == "float32" else 1e-11)


@pytest.mark.parametrize("scale", [1e200, 1e-200, 1e306])
def test_huge_and_tiny_values(scale: float) -> None:
    """The mean grows as the values do, however large or small they are."""
    values = scale * np.array([[1.0, 3.0]])
    pooled = pool(values, "gem", (1, 2), eps=1e-310)
    assert pooled[0, 0] == pytest.approx(14 ** (1 / 3) * scale, rel=1e-14)
    flowing = gradient(values, [[1.0]], "gem", (1, 2), eps=1e-310)
    np.testing.assert_allclose(flowing, np.array([[1, 9]]) * 14 ** (-2 / 3) / 2, rtol=1e-13)
    step = run(FeatureMap(values), PoolSpec("gem:eps=1e-310", (1, 2))).step(0, 0)
    np.testing.assert_allclose(step.weights, [[1 / 28, 27 / 28]], rtol=1e-13)


def test_padding_does_not_scale_tiny_values_away() -> None:
    """Cells are divided by the largest of those in the input."""
    spec = PoolSpec("gem:eps=1e-310", (1, 3), padding=((0, 0), (1, 0)))
    step = run(FeatureMap(np.array([[1e-200, 3e-200]])), spec).step(0, 0)
    np.testing.assert_allclose(step.weights, [[0, 1 / 28, 27 / 28]], rtol=1e-13)


@pytest.mark.parametrize("mode", ["gem:p=0", "gem:p=inf", "gem:eps=0", "gem:eps=-1"])
def test_parameters_out_of_range_are_refused(mode: str) -> None:
    """The exponent and ε are finite and above 0."""
    with pytest.raises(SpecError, match="use a finite"):
        pool([[1.0]], mode, 1)


@pytest.mark.parametrize("options", [{}, {"p": 1.0}, {"p": 0.5, "eps": 0.25}, {"p": 20.0}])
def test_random_windows(options: dict[str, Any]) -> None:
    """On random requests every window is (Σ max(x, ε)^p / n)^(1/p)."""
    check_definition("gem", **options)
