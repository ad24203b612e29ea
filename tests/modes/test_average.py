"""Average pooling."""

import math
from typing import Any

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, pool, run
from poolviz.modes import canonical_name
from poolviz.result import Step


def step(values: Any, row: int = 0, column: int = 0, **options: Any) -> Step:
    """One window."""
    return run(FeatureMap(np.array(values)), PoolSpec("average", **options)).step(row, column)


@pytest.mark.parametrize(
    ("values", "arguments", "expected"),
    [
        ([[1, 3], [2, 4]], {"kernel_size": 2}, [[2.5]]),
        (
            np.arange(49).reshape(7, 7),
            {"kernel_size": 2, "stride": 3, "ceil_mode": True},
            [[4, 7, 9.5], [25, 28, 30.5], [42.5, 45.5, 48]],
        ),
        ([1, 2, 3, 4, 5], {"kernel_size": (2,), "stride": 2, "ceil_mode": True}, [1.5, 3.5, 5]),
        (np.arange(9).reshape(3, 3), {"output_size": 1}, [[4]]),
        (np.ones((3, 3)), {"kernel_size": 3, "padding": 1, "stride": 1},
         [[4 / 9, 6 / 9, 4 / 9], [6 / 9, 1, 6 / 9], [4 / 9, 6 / 9, 4 / 9]]),
    ],
)  # fmt: skip
def test_hand_worked(values: Any, arguments: dict[str, Any], expected: list[Any]) -> None:
    """Values that were worked out by hand."""
    assert np.allclose(pool(values, "average", **arguments), expected, rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "expected"),
    [
        (5, 4, 2, [2, 3.5, 4.5]),
        (6, 3, 2, [2, 4, 5.5]),
        (7, 3, 4, [2, 6]),
        (6, 4, 5, [2, 5.5]),
        (5, 2, 3, [1.5, 4.5]),
    ],
)
def test_same_without_padding_in_the_divisor(
    size: int, kernel_size: int, stride: int, expected: list[float]
) -> None:
    """SAME over 1..L, the mean of the cells that there are."""
    pooled = pool(
        np.arange(1, size + 1),
        "average",
        (kernel_size,),
        stride=stride,
        padding="same",
        count_include_pad=False,
    )
    assert pooled.tolist() == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 3.0),
        ({"count_include_pad": True}, 3.0),
        ({"count_include_pad": False}, 12.0),
        ({"divisor_override": 3}, 4.0),
        ({"divisor_override": 3, "count_include_pad": False}, 4.0),
    ],
)
def test_divisor(options: dict[str, Any], expected: float) -> None:
    """Of four cells three are padding: counted, not counted, or the divisor is given."""
    assert pool(np.full((2, 2), 12.0), "average", 2, padding=1, **options)[0, 0] == expected


def test_overhang_is_never_counted() -> None:
    """A window that overhangs divides by what lies within the padded input."""
    pooled = pool(np.full((3, 3), 6.0), "average", 2, ceil_mode=True)
    assert pooled.tolist() == [[6.0, 6.0], [6.0, 6.0]]
    padded = pool(np.full(2, 6.0), "average", (3,), stride=2, padding=1, ceil_mode=True)
    assert padded.tolist() == [4.0, 3.0]


@pytest.mark.parametrize("dtype", ["?", *np.typecodes["AllInteger"]])
def test_integers_give_float64(dtype: str) -> None:
    """Averages of integers, and of booleans, are float64."""
    pooled = pool(np.array([[1, 0], [1, 1]], dtype), "average", 2)
    assert pooled.dtype == np.float64
    assert pooled.tolist() == [[0.75]]


@pytest.mark.parametrize("dtype", ["e", "f", "d"])
def test_floats_keep_their_type(dtype: str) -> None:
    """Averages of floats have the input's type."""
    assert pool(np.ones((2, 2), dtype), "average", 2).dtype == np.dtype(dtype)


def test_float16_is_summed_wider() -> None:
    """A sum beyond float16 does not overflow, and small terms are not lost."""
    assert pool(np.full((8, 8), 60000, np.float16), "average", 8)[0, 0] == np.float16(60000)
    values = np.ones((1, 4096), np.float16)
    assert pool(values, "average", (1, 4096))[0, 0] == 1


def test_large_integers_do_not_wrap() -> None:
    """The sum of large integers does not overflow."""
    assert pool(np.full((2, 2), 2**63 - 1), "average", 2)[0, 0] == 2.0**63
    assert pool(np.full((2, 2), 200, np.uint8), "average", 2)[0, 0] == 200.0


def test_infinities_of_both_signs_give_nan() -> None:
    """The sum of inf and −inf is NaN, without a warning."""
    assert math.isnan(pool([[math.inf, -math.inf]], "average", (1, 2))[0, 0])


@pytest.mark.parametrize(
    ("options", "weight"),
    [
        ({}, 0.25),
        ({"count_include_pad": False}, 1.0),
        ({"divisor_override": 8}, 0.125),
    ],
)
def test_weights_are_one_over_the_divisor(options: dict[str, Any], weight: float) -> None:
    """Each input cell has 1/divisor; padding has none."""
    weights = step([[5, 6], [7, 8]], padding=1, **options).weights
    assert weights.tolist() == [[0, 0], [0, weight]]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "5 / 4 = 1.25 (3 padding cells counted as 0)"),
        ({"count_include_pad": False}, "5 / 1 = 5 (3 padding cells not counted)"),
        ({"divisor_override": 3}, "5 / 3 ≈ 1.667 (3 padding cells added as 0)"),
    ],
)
def test_arithmetic_says_what_padding_does(options: dict[str, Any], line: str) -> None:
    """Padding is counted as 0 or not counted."""
    assert step([[5, 6], [7, 8]], padding=1, **options).arithmetic == line


def test_arithmetic() -> None:
    """The line is a sum and a division, with signs in parentheses."""
    assert step([[1, 3], [2, 4]]).arithmetic == "(1 + 3 + 2 + 4) / 4 = 2.5"
    assert step([[-1, 3], [-2, 4]]).arithmetic == "(−1 + 3 + (−2) + 4) / 4 = 1"
    overhanging = step([[1, 3, 5]], column=1, kernel_size=(1, 2), ceil_mode=True)
    assert overhanging.arithmetic == "5 / 1 = 5 (1 overhang cell left out)"


@pytest.mark.parametrize("alias", ["avg", "mean", "average"])
def test_aliases(alias: str) -> None:
    """The mode has the names that frameworks use."""
    assert canonical_name(alias) == "average"
    assert pool([[1, 3], [2, 4]], alias, 2).tolist() == [[2.5]]


def test_random_windows() -> None:
    """On random requests every window is the sum of its cells over the divisor."""
    check_definition("average")
