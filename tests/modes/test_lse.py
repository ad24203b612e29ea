"""Log-sum-exp pooling."""

import math
from math import e, log

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run


@pytest.mark.parametrize(
    ("values", "mode", "expected"),
    [
        # the mean of 1 and e
        ([[0.0, 1.0]], "lse", log((1 + e) / 2)),
        # the mean of 1 and 3: the sum is over the number of cells, as the authors have it
        ([[0.0, log(3)]], "lse", log(2)),
        # half of ln((1 + 9) / 2)
        ([[0.0, log(3)]], "lse:r=2", log(5) / 2),
        # negative cells as any others: −1 + ln((1 + 1/e) / 2)
        ([[-1.0, -2.0]], "lse", -1 + log((1 + 1 / e) / 2)),
        # equal cells give themselves, whatever r
        ([[7.0, 7.0]], "lse:r=50", 7.0),
        ([[1000.0, 1000.0]], "lse:r=9", 1000.0),
        # a small r gives the mean, a large one the largest
        ([[1.0, 3.0]], "lse:r=1e-6", 2.0),
        ([[1.0, 3.0]], "lse:r=1e6", 3.0),
    ],
)
def test_hand_worked(values: list[list[float]], mode: str, expected: float) -> None:
    """ln(Σ e^(r·x) / n) / r, worked out by hand."""
    assert pool(values, mode, (1, 2))[0, 0] == pytest.approx(expected, rel=1e-5)


def test_padding_is_left_out_of_sum_and_count() -> None:
    """A padding cell would be e^0 = 1, and one more to divide by: a lone −1 stays −1."""
    assert pool([[-1.0]], "lse", (1, 2), padding=((0, 0), (1, 0))).tolist() == [[-1.0]]


def test_nan_and_infinity() -> None:
    """A NaN gives NaN; infinity is the largest."""
    assert math.isnan(pool([[math.nan, 1.0]], "lse", (1, 2))[0, 0])
    assert pool([[math.inf, 1.0]], "lse", (1, 2))[0, 0] == math.inf


def test_weights_and_slopes_are_the_softmax() -> None:
    """Of 0 and ln 3 under r = 1 the softmax is 1/4 and 3/4; under r = 2 it is 1/10 and 9/10."""
    values = np.array([[0.0, log(3)]])
    for mode, shares in (("lse", [[0.25, 0.75]]), ("lse:r=2", [[0.1, 0.9]])):
        step = run(FeatureMap(values), PoolSpec(mode, (1, 2))).step(0, 0)
        np.testing.assert_allclose(step.weights, shares, rtol=1e-14)
        flowing = gradient(values, [[1.0]], mode, (1, 2))
        np.testing.assert_allclose(flowing, shares, rtol=1e-14)


@pytest.mark.parametrize("r", ["0", "-1", "inf"])
def test_r_out_of_range_is_refused(r: str) -> None:
    """The sharpness is finite and above 0."""
    with pytest.raises(SpecError, match="use a finite r above 0"):
        pool([[1.0]], f"lse:r={r}", 1)


@pytest.mark.parametrize("r", [1.0, 5.0])
def test_random_windows(r: float) -> None:
    """On random requests every window is ln(Σ e^(r·x) / n) / r."""
    check_definition("lse", special=False, r=r)
