"""Gated max-average pooling."""

import math
from math import log

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run


@pytest.mark.parametrize(
    ("values", "mode", "expected"),
    [
        # Σ x = 0: a = σ(0) = ½, of max 1 and mean 0
        ([[1.0, -1.0]], "gated", 0.5),
        # ω = ln 3 / 4 over Σ x = 4: a = σ(ln 3) = ¾, of max 3 and mean 2
        ([[1.0, 3.0]], f"gated:gate={log(3) / 4!r}", 2.75),
        # the gate may close: a = σ(−ln 3) = ¼
        ([[1.0, 3.0]], f"gated:gate={-log(3) / 4!r}", 2.25),
        # a number for each cell, in reading order: σ(ln 3·1 + 0·3) = ¾
        ([[1.0, 3.0]], f"gated:gate={log(3)!r}/0", 2.75),
        # σ(0·1 + ln 3/3·3) = ¾
        ([[1.0, 3.0]], f"gated:gate=0/{log(3) / 3!r}", 2.75),
        # far out the gate is wholly shut or open
        ([[-3000.0, -5000.0]], "gated", -4000.0),
        ([[3000.0, 5000.0]], "gated", 5000.0),
    ],
)
def test_hand_worked(values: list[list[float]], mode: str, expected: float) -> None:
    """a·max + (1 − a)·mean with a = σ(Σ ω·x), worked out by hand."""
    assert pool(values, mode, (1, 2))[0, 0] == pytest.approx(expected, rel=1e-14)


def test_padding_is_left_out() -> None:
    """A lone −8 in a padded window is max and mean, whatever the gate says."""
    assert pool([[-8.0]], "gated", 2, stride=1, padding=1).tolist() == [[-8.0, -8.0], [-8.0, -8.0]]


def test_a_gate_for_each_cell_keeps_its_place_beside_padding() -> None:
    """The second number is the second cell's, where the first is padding: σ(ln 3) = ¾."""
    values, gate = [[1.0, -1.0]], (0.0, log(3))
    pooled = pool(values, "gated", (1, 2), stride=(1, 1), padding=((0, 0), (1, 0)), gate=gate)
    # The first window holds 1 alone; the second has a = σ(−ln 3) = ¼, max 1 and mean 0.
    np.testing.assert_allclose(pooled, [[1.0, 0.25]], rtol=1e-14)


def test_nan_gives_nan() -> None:
    """Neither the gate nor what it mixes is a number."""
    assert math.isnan(pool([[math.nan, 1.0]], "gated", (1, 2))[0, 0])


def test_weights_and_slopes() -> None:
    """With a = ¾: weights 1/8 and 7/8; slopes add (max − mean)·a·(1 − a)·ω = 3/16·ω."""
    values, omega = np.array([[1.0, 3.0]]), log(3) / 4
    spec = PoolSpec("gated", (1, 2), mode_options={"gate": omega})
    step = run(FeatureMap(values), spec).step(0, 0)
    np.testing.assert_allclose(step.weights, [[1 / 8, 7 / 8]], rtol=1e-14)
    flowing = gradient(values, [[1.0]], "gated", (1, 2), gate=omega)
    np.testing.assert_allclose(flowing, [[1 / 8 + 3 / 16 * omega, 7 / 8 + 3 / 16 * omega]])


@pytest.mark.parametrize(
    ("gate", "remedy"), [("inf", "use finite numbers"), ("1/2/3", "one for each cell")]
)
def test_a_gate_out_of_range_is_refused(gate: str, remedy: str) -> None:
    """ω is finite: one number, or one for each cell."""
    with pytest.raises(SpecError, match=remedy):
        pool([[1.0, 2.0]], f"gated:gate={gate}", (1, 2))


@pytest.mark.parametrize("gate", [0.25, -0.5])
def test_random_windows(gate: float) -> None:
    """On random requests every window is the mixture that its own cells ask for."""
    check_definition("gated", special=False, gate=gate)


@pytest.mark.parametrize("mode", ["gated", "gated:gate=-0.25", "mixed"])
@pytest.mark.parametrize(("largest", "dtype"), [(3e38, "float32"), (1.7e308, "float64")])
def test_equal_cells_give_themselves_however_large(mode: str, largest: float, dtype: str) -> None:
    """Maximum and mean of equal cells are the cell, whose sum would overflow."""
    values = np.full((2, 2), largest, dtype)
    np.testing.assert_allclose(pool(values, mode, 2), [[largest]], rtol=1e-6)
