"""SoftPool."""

import math
from math import e

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, gradient, pool, run


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # (0·1 + 1·e) / (1 + e)
        ([[0.0, 1.0]], e / (1 + e)),
        # (ln 1 · 1 + ln 3 · 3) / 4: exponentials are whole numbers
        ([[0.0, math.log(3)]], 3 * math.log(3) / 4),
        # (−1/e + 1·e) / (1/e + e) = (e² − 1) / (e² + 1)
        ([[-1.0, 1.0]], math.tanh(1)),
        # equal cells have equal shares
        ([[2.0, 2.0]], 2.0),
        # e^1000 overflows, but e^0 does not
        ([[1000.0, 1000.0]], 1000.0),
        ([[1000.0, -1000.0]], 1000.0),
    ],
)
def test_hand_worked(values: list[list[float]], expected: float) -> None:
    """Σ x·e^x / Σ e^x, worked out by hand."""
    assert pool(values, "softpool", (1, 2))[0, 0] == pytest.approx(expected, rel=1e-14)


def test_padding_is_left_out() -> None:
    """A padding cell would be 0, with the weight e^0: a lone −1 stays −1."""
    assert pool([[-1.0]], "softpool", (1, 2), padding=((0, 0), (1, 0))).tolist() == [[-1.0]]


def test_nan_gives_nan_and_infinity_itself() -> None:
    """A NaN cannot be weighed; an infinite cell outweighs every number."""
    assert math.isnan(pool([[math.nan, 1.0]], "softpool", (1, 2))[0, 0])
    assert pool([[math.inf, 1.0]], "softpool", (1, 2))[0, 0] == math.inf
    assert pool([[-math.inf, 1.0]], "softpool", (1, 2))[0, 0] == 1.0


def test_weights_and_slopes() -> None:
    """Weights 1/4 and 3/4; ∂y/∂x = w·(1 + x − y) with y = ¾·ln 3."""
    values = np.array([[0.0, math.log(3)]])
    step = run(FeatureMap(values), PoolSpec("softpool", (1, 2))).step(0, 0)
    np.testing.assert_allclose(step.weights, [[0.25, 0.75]], rtol=1e-14)
    y = 0.75 * math.log(3)
    slopes = [0.25 * (1 - y), 0.75 * (1 + math.log(3) - y)]
    flowing = gradient(values, [[1.0]], "softpool", (1, 2))
    np.testing.assert_allclose(flowing, [slopes], rtol=1e-14)


def test_random_windows() -> None:
    """On random requests every window is Σ x·e^x / Σ e^x."""
    check_definition("softpool", special=False)
