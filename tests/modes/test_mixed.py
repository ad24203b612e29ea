"""Mixed max-average pooling."""

import math

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run


@pytest.mark.parametrize(
    ("values", "mode", "expected"),
    [
        # ½·4 + ½·2.5
        ([[1, 3], [2, 4]], "mixed", 3.25),
        # a belongs to max: ¾·4 + ¼·2.5
        ([[1, 3], [2, 4]], "mixed:a=0.75", 3.625),
        ([[1, 3], [2, 4]], "mixed:a=1", 4.0),
        ([[1, 3], [2, 4]], "mixed:a=0", 2.5),
        # ¼·(−1) + ¾·(−2.5)
        ([[-1, -2], [-3, -4]], "mixed:a=0.25", -2.125),
    ],
)
def test_hand_worked(values: list[list[float]], mode: str, expected: float) -> None:
    """a·max + (1 − a)·mean, worked out by hand."""
    assert pool(values, mode, 2).tolist() == [[expected]]


def test_padding_is_left_out_of_both() -> None:
    """Of a lone −8 in a padded window both max and mean are −8."""
    assert pool([[-8.0]], "mixed", 2, stride=1, padding=1).tolist() == [[-8.0, -8.0], [-8.0, -8.0]]


def test_nan_gives_nan() -> None:
    """Neither max nor mean is a number."""
    assert math.isnan(pool([[math.nan, 1.0]], "mixed", (1, 2))[0, 0])


def test_weights_and_slopes() -> None:
    """Of a tie the first has the part of max: ¾ + ¼·⅓ of the three cells 5, 5, 2."""
    values = np.array([[5.0, 5.0, 2.0]])
    shares = [[0.75 + 0.25 / 3, 0.25 / 3, 0.25 / 3]]
    step = run(FeatureMap(values), PoolSpec("mixed:a=0.75", (1, 3))).step(0, 0)
    np.testing.assert_allclose(step.weights, shares, rtol=1e-14)
    np.testing.assert_allclose(gradient(values, [[1.0]], "mixed", (1, 3), a=0.75), shares)


@pytest.mark.parametrize("a", ["-0.1", "1.1", "inf"])
def test_a_out_of_range_is_refused(a: str) -> None:
    """The proportion lies between 0 and 1."""
    with pytest.raises(SpecError, match="use a number from 0 to 1"):
        pool([[1.0]], f"mixed:a={a}", 1)


@pytest.mark.parametrize("a", [0.5, 0.2])
def test_random_windows(a: float) -> None:
    """On random requests every window is a·max + (1 − a)·mean."""
    check_definition("mixed", a=a)
