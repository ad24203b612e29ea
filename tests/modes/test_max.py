"""Max pooling."""

import math
from typing import Any

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, pool, run
from poolviz.result import Step

COURSE = [[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]]
OTHER_COURSE = [[1, 3, 2, 1], [4, 6, 5, 2], [7, 8, 9, 3], [1, 2, 0, 4]]
SIX = np.arange(1.0, 7.0)


def step(values: Any, *arguments: Any, **options: Any) -> Step:
    """The first window."""
    return run(FeatureMap(np.array(values)), PoolSpec("max", *arguments, **options)).step(0, 0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[1, 3], [2, 4]], [[4]]),
        (COURSE, [[6, 4], [4, 5]]),
        (OTHER_COURSE, [[6, 5], [8, 9]]),
        ([[-4, -3], [-2, -1]], [[-1]]),
    ],
)
def test_course_examples(values: list[list[int]], expected: list[list[int]]) -> None:
    """2×2 windows with stride 2, as courses work them by hand."""
    assert pool(values, "max", 2).tolist() == expected


@pytest.mark.parametrize(
    ("padding", "expected"),
    [(1, [[5, 7], [13, 15]]), ("same", [[10, 11], [14, 15]])],
)
def test_padding_decides_which_cells_are_met(padding: Any, expected: list[list[int]]) -> None:
    """Symmetric padding and SAME place the same kernel differently."""
    values = np.arange(16).reshape(4, 4)
    assert pool(values, "max", 3, stride=2, padding=padding).tolist() == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [3, 5]),
        ({"ceil_mode": True}, [3, 5, 6]),
        ({"padding": "same"}, [3, 5, 6]),
        ({"padding": 1}, [2, 4, 6]),
        ({"padding": "same_lower"}, [2, 4, 6]),
        ({"padding": 1, "ceil_mode": True}, [2, 4, 6, 6]),
    ],
)
def test_one_picture(options: dict[str, Any], expected: list[int]) -> None:
    """1..6 under a kernel of 3 with stride 2, setting by setting."""
    assert pool(SIX, "max", (3,), stride=2, **options).tolist() == expected


@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "expected"),
    [
        (5, 4, 2, [3, 5, 5]),
        (6, 3, 2, [3, 5, 6]),
        (7, 3, 4, [3, 7]),
        (6, 4, 5, [3, 6]),
        (5, 2, 3, [2, 5]),
    ],
)
def test_same(size: int, kernel_size: int, stride: int, expected: list[int]) -> None:
    """SAME over 1..L."""
    pooled = pool(np.arange(1, size + 1), "max", (kernel_size,), stride=stride, padding="same")
    assert pooled.tolist() == expected


def test_padding_is_below_every_number() -> None:
    """Padding never wins over a negative cell."""
    assert pool(np.full((3, 3), -7.0), "max", 3, stride=1, padding=1).max() == -7.0
    assert pool(np.full((3, 3), -7), "max", 3, stride=1, padding=1).max() == -7


@pytest.mark.parametrize(
    "dtype",
    [
        *np.typecodes["AllInteger"],
        "e",
        "f",
        "d",
        "?",
    ],
)
def test_type_is_kept(dtype: str) -> None:
    """The pooled values have the type of the input, and its smallest value survives."""
    lowest = np.zeros((), "?") if dtype == "?" else None
    if lowest is None:
        limits = np.finfo(dtype) if dtype in "efd" else np.iinfo(dtype)
        lowest = np.array(limits.min, dtype)
    values = np.full((4, 4), lowest, dtype)
    pooled = pool(values, "max", 3, stride=2, padding=1)
    assert pooled.dtype == values.dtype
    assert (pooled == lowest).all()


def test_large_integers_are_exact() -> None:
    """Integers above 2^53 are never brought to floats."""
    values = np.array([[2**63 + 1, 2**63], [2**63 - 1, 0]], np.uint64)
    assert int(pool(values, "max", 2)[0, 0]) == 2**63 + 1
    signed = np.array([[-(2**62) - 1, -(2**62)]], np.int64)
    assert int(pool(signed, "max", (1, 2))[0, 0]) == -(2**62)


def test_nan_wins() -> None:
    """A NaN in the window is the value; of several the last takes the index."""
    pooled, indices = pool(
        [[math.nan, 9.0, math.nan, math.inf]], "max", (1, 4), return_indices=True
    )
    assert math.isnan(pooled[0, 0])
    assert indices.tolist() == [[2]]


def test_first_of_equal_cells_wins() -> None:
    """Of ties the first in row-major order has the index, of minus infinities too."""
    _, indices = pool([[1, 5], [5, 5]], "max", 2, return_indices=True)
    assert indices.tolist() == [[1]]
    _, indices = pool(np.full((2, 2), -np.inf), "max", 2, padding=1, return_indices=True)
    assert indices.tolist() == [[0, 1], [2, 3]]


def test_weights_are_one_hot() -> None:
    """The winner has the whole share."""
    assert step([[1, 4], [4, 2]], 2).weights.tolist() == [[0, 1], [0, 0]]
    assert step([[math.nan, 4.0], [math.nan, 2.0]], 2).weights.tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("values", "options", "line"),
    [
        ([[1, 3], [4, 2]], {}, "max(1, 3, 4, 2) = 4"),
        ([[-1.5, 0.0], [2.25, -3.0]], {}, "max(−1.5, 0, 2.25, −3) = 2.25"),
        ([[7, 1], [2, 3]], {"padding": 1}, "max(7) = 7 (3 padding cells counted as −∞)"),
        ([[1, 2]], {"kernel_size": 2, "ceil_mode": True, "stride": 2},
         "max(1, 2) = 2 (2 overhang cells left out)"),
    ],
)  # fmt: skip
def test_arithmetic(values: list[list[float]], options: dict[str, Any], line: str) -> None:
    """The line of arithmetic names the cells, the value and what lies outside."""
    assert step(values, **options).arithmetic == line


def test_large_integers_stay_exact_beside_padding_that_takes_part() -> None:
    """Under scikit-image's rules an int64 above 2^53 is not rounded, nor does a fill overflow."""
    values = np.array([[9007199254740993, 1, 2], [2, 3, 4]])
    assert pool(values, "max", 2, like="skimage").tolist() == [[9007199254740993, 4]]
    row = np.arange(1, 6)[None]
    assert pool(row, "min", output_size=(1, 2), like="skimage").tolist() == [[1, 3]]


@pytest.mark.parametrize("nan", ["propagate", "drop"])
def test_random_windows(nan: str) -> None:
    """On random requests every window is its largest cell."""
    check_definition("max", nan=nan)
