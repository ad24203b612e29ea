"""Min pooling."""

import math

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, pool, run


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[1, 3], [2, 4]], [[1]]),
        ([[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]], [[1, 1], [0, 1]]),
    ],
)
def test_hand_worked(values: list[list[int]], expected: list[list[int]]) -> None:
    """2×2 windows with stride 2."""
    assert pool(values, "min", 2).tolist() == expected


def test_it_is_max_of_the_negated_values() -> None:
    """min(x) = −max(−x), padding and all."""
    values = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -2.5], [7.0, 6.0, 5.0]])
    options = {"kernel_size": 2, "stride": 1, "padding": 1}
    assert (pool(values, "min", **options) == -pool(-values, "max", **options)).all()


def test_padding_is_above_every_number() -> None:
    """Padding never wins, not over the largest value of a type."""
    assert pool(np.full((3, 3), 9.0), "min", 3, stride=1, padding=1).tolist() == [[9.0] * 3] * 3
    largest = np.full((2, 2), 255, np.uint8)
    assert pool(largest, "min", 2, padding=1).tolist() == [[255, 255], [255, 255]]


@pytest.mark.parametrize("dtype", ["?", *np.typecodes["AllInteger"], "e", "f", "d"])
def test_type_is_kept(dtype: str) -> None:
    """The pooled values have the type of the input."""
    pooled = pool(np.array([[1, 0], [1, 1]], dtype), "min", 2, padding=1)
    assert pooled.dtype == np.dtype(dtype)
    assert pooled.tolist() == [[1, 0], [1, 1]]


def test_large_integers_are_exact() -> None:
    """Integers above 2^53 are never brought to floats."""
    values = np.array([[2**63 + 1, 2**63 + 2]], np.uint64)
    assert int(pool(values, "min", (1, 2))[0, 0]) == 2**63 + 1


def test_ties_and_nan() -> None:
    """The first of equal cells wins; a NaN beats every number, and the last NaN wins."""
    assert pool([[2, 1], [1, 1]], "min", 2, return_indices=True)[1].tolist() == [[1]]
    values, indices = pool([[math.nan, math.nan, -9.0]], "min", (1, 3), return_indices=True)
    assert math.isnan(values[0, 0])
    assert indices.tolist() == [[1]]


def test_step() -> None:
    """The winner has the whole share, and the arithmetic reads as a person writes it."""
    result = run(FeatureMap(np.array([[3, 1], [2, 4]])), PoolSpec("min", 2))
    assert result.step(0, 0).weights.tolist() == [[0, 1], [0, 0]]
    assert result.step(0, 0).arithmetic == "min(3, 1, 2, 4) = 1"


def test_padding_is_named() -> None:
    """Padding acts as plus infinity, and the arithmetic says so."""
    result = run(FeatureMap(np.array([[3, 1], [2, 4]])), PoolSpec("min", 2, padding=1))
    assert result.step(0, 0).arithmetic == "min(3) = 3 (3 padding cells counted as ∞)"


@pytest.mark.parametrize("nan", ["propagate", "drop"])
def test_random_windows(nan: str) -> None:
    """On random requests every window is its smallest cell."""
    check_definition("min", nan=nan)
