"""Median pooling."""

import math

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, gradient, pool, run


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[9.0, 1.0, 2.0]], 2.0),
        ([[9.0, 1.0, 2.0, 3.0]], 2.5),
        ([[-5.0, -5.0, 7.0]], -5.0),
        ([[math.inf, 1.0, -math.inf]], 1.0),
        ([[4.0]], 4.0),
        # The sum of the middle two would overflow.
        ([[1.5e308, 1.7e308]], 1.6e308),
    ],
)
def test_hand_worked(values: list[list[float]], expected: float) -> None:
    """The middle in order of value, of an even count the mean of the middle two."""
    assert pool(values, "median", (1, len(values[0]))).tolist() == [[expected]]


def test_padding_is_left_out() -> None:
    """Of -1, -3 and a padding cell the median is -2, not -1."""
    pooled = pool([[-1.0, -3.0]], "median", (1, 3), padding=((0, 0), (1, 0)))
    assert pooled.tolist() == [[-2.0]]


def test_nan_gives_nan() -> None:
    """What cannot be ordered has no middle."""
    assert math.isnan(pool([[math.nan, 1.0, 2.0]], "median", (1, 3))[0, 0])


def test_weights_and_slopes() -> None:
    """All for the middle cell; of an even count half for each of two; of equal ones the first."""
    cases = {
        (9.0, 1.0, 2.0): [0, 0, 1],
        (9.0, 1.0, 2.0, 3.0): [0, 0, 0.5, 0.5],
        (2.0, 2.0, 1.0): [1, 0, 0],
    }
    for cells, shares in cases.items():
        values, kernel_size = np.array([cells]), (1, len(cells))
        step = run(FeatureMap(values), PoolSpec("median", kernel_size)).step(0, 0)
        assert step.weights.tolist() == [shares]
        assert gradient(values, [[1.0]], "median", kernel_size).tolist() == [shares]


def test_random_windows() -> None:
    """On random requests every window is its middle cell, or the mean of the middle two."""
    check_definition("median")


def test_padding_does_not_tie_with_infinity() -> None:
    """Where all cells are ∞, each window sends back what it is sent: 9 windows, 9 in all."""
    values = np.full((2, 2), math.inf)
    assert (pool(values, "median", 2, stride=1, padding=1) == math.inf).all()
    assert gradient(values, np.ones((3, 3)), "median", 2, stride=1, padding=1).sum() == 9
