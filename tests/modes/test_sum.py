"""Sum pooling."""

from typing import Any

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, SpecError, pool, run
from poolviz.result import Step


def step(values: Any, **options: Any) -> Step:
    """The first window."""
    return run(FeatureMap(np.array(values)), PoolSpec("sum", **options)).step(0, 0)


@pytest.mark.parametrize(
    ("values", "arguments", "expected"),
    [
        ([[1, 3], [2, 4]], {"kernel_size": 2}, [[10]]),
        ([[1, 3], [2, 4]], {"kernel_size": 2, "padding": 1}, [[1, 3], [2, 4]]),
        ([1, 2, 3, 4, 5], {"kernel_size": (2,), "ceil_mode": True}, [3, 7, 5]),
        ([1, 2, 3, 4, 5, 6, 7], {"output_size": (1,)}, [28]),
    ],
)
def test_hand_worked(values: Any, arguments: dict[str, Any], expected: list[Any]) -> None:
    """Padding adds nothing, and an overhanging window sums what there is."""
    assert pool(values, "sum", **arguments).tolist() == expected


@pytest.mark.parametrize(
    ("dtype", "pooled"),
    [
        *((kind, "int64") for kind in ("?", "int8", "uint8", "int16", "uint16", "int32", "uint32")),
        ("int64", "int64"),
        ("uint64", "uint64"),
        ("float16", "float16"),
        ("float32", "float32"),
        ("float64", "float64"),
    ],
)
def test_types(dtype: str, pooled: str) -> None:
    """Integers are summed as int64 (uint64 as itself), floats in their own type."""
    result = pool(np.ones((3, 3), dtype), "sum", 3)
    assert result.dtype == np.dtype(pooled)
    assert result.tolist() == [[9]]


def test_small_integers_do_not_wrap() -> None:
    """Four times 255 is 1020."""
    assert pool(np.full((2, 2), 255, np.uint8), "sum", 2)[0, 0] == 1020
    assert pool(np.full((2, 2), -128, np.int8), "sum", 2)[0, 0] == -512


def test_large_integers_are_exact() -> None:
    """Sums above 2^53 are exact."""
    values = np.array([[2**60, 1, 2**60, 1]])
    assert int(pool(values, "sum", (1, 4))[0, 0]) == 2**61 + 2
    assert int(pool(values.astype(np.uint64) * 4, "sum", (1, 4))[0, 0]) == 2**63 + 8


def test_float16_is_summed_wider() -> None:
    """Steps that overflow on the way do not matter if the sum does not."""
    values = np.array([[60000, 60000, -60000, -49984]], np.float16)
    assert pool(values, "sum", (1, 4))[0, 0] == np.float16(10016)


def test_weights_are_parts_of_the_sum() -> None:
    """Each cell's share is its part of the sum; a sum of zero has no shares."""
    assert step([[1, 3], [2, 4]]).weights.tolist() == [[0.1, 0.3], [0.2, 0.4]]
    assert step([[1, -1], [2, -2]]).weights.tolist() == [[0, 0], [0, 0]]


def test_weights_of_infinities_do_not_warn() -> None:
    """A sum that is NaN has no shares, and nothing warns."""
    assert step([[np.inf, -np.inf]], kernel_size=(1, 2)).weights.tolist() == [[0, 0]]


def test_arithmetic() -> None:
    """The line is the sum, with signs in parentheses."""
    assert step([[1, 3], [-2, 4]]).arithmetic == "1 + 3 + (−2) + 4 = 6"
    assert step([[1, 3], [2, 4]], padding=1).arithmetic == "1 = 1 (3 padding cells counted as 0)"


@pytest.mark.parametrize("option", [{"count_include_pad": False}, {"divisor_override": 2}])
def test_it_has_no_divisor(option: dict[str, Any]) -> None:
    """What concerns a divisor is refused."""
    with pytest.raises(SpecError, match="sum does not use a divisor") as caught:
        pool(np.ones((2, 2)), "sum", 2, **option)
    assert caught.value.subject == next(iter(option))


def test_random_windows() -> None:
    """On random requests every window is the sum of its cells."""
    check_definition("sum")


@pytest.mark.parametrize("dtype", ["int64", "uint64"])
def test_sums_beyond_64_bits_are_refused(dtype: str) -> None:
    """They would wrap around: four times 2⁶² is 0 in 64 bits."""
    values = np.full((2, 2), 2**62, dtype)
    with pytest.raises(SpecError, match="a sum of 4 cells may not fit into 64 bits"):
        pool(values, "sum", 2)
    assert pool(values, "sum", 1).tolist() == values.tolist()
    assert pool(values.astype(float), "sum", 2).tolist() == [[2.0**64]]


def test_smallest_int64_alone_is_its_sum() -> None:
    """Nothing is refused that fits."""
    assert pool(np.array([[-(2**61)] * 2]), "sum", (1, 2)).tolist() == [[-(2**62)]]
