"""Stochastic pooling."""

import math

import numpy as np
import pytest
from contract import check_definition
from oracles import expected_draw

from poolviz import FeatureMap, PoolSpec, gradient, pool, run
from poolviz.modes import build_mode
from poolviz.windows import Counts, Patches

EXPECTED = "stochastic:expected=true"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # the squares 1 + 9 + 4 + 16 over the sum 10
        ([[1.0, 3.0], [2.0, 4.0]], 3.0),
        ([[0.0, 0.0], [0.0, 6.0]], 6.0),
        ([[0.0, 0.0], [0.0, 0.0]], 0.0),
        # negative cells count as 0, so that 5 alone is left; Caffe sums them with their sign
        ([[5.0, -5.0], [0.0, 0.0]], 5.0),
        ([[-1.0, -2.0], [-3.0, -4.0]], 0.0),
        # NaN counts as 0
        ([[math.nan, 1.0], [0.0, 1.0]], 1.0),
        # neither a sum nor a square overflows
        ([[1e308, 1e308], [1e308, 1e308]], 1e308),
    ],
)
def test_expectation_hand_worked(values: list[list[float]], expected: float) -> None:
    """At test time Σ a² / Σ a, worked out by hand."""
    assert pool(values, EXPECTED, 2)[0, 0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        # all of the sum is one cell's
        ([[0.0, 7.0], [0.0, 0.0]], 7.0),
        ([[-9.0, 7.0], [math.nan, -1.0]], 7.0),
        ([[0.0, 0.0], [0.0, 0.0]], 0.0),
        ([[-1.0, -2.0], [-3.0, -4.0]], 0.0),
        ([[math.inf, 1.0], [2.0, 3.0]], math.inf),
    ],
)
def test_a_draw_that_cannot_be_another(values: list[list[float]], drawn: float) -> None:
    """A cell of which all others are 0 is drawn with any seed; a window of zeros gives 0."""
    assert {float(pool(values, "stochastic", 2, seed=seed)[0, 0]) for seed in range(9)} == {drawn}


def test_draws_are_in_proportion_to_the_values() -> None:
    """Of 1 and 3 the 3 is drawn in three of four windows: 3 ± 5 deviations of 10,000."""
    values = np.tile([1.0, 3.0], (100, 100))
    drawn = pool(values, "stochastic", (1, 2))
    assert abs((drawn == 3).mean() - 0.75) < 5 * math.sqrt(0.75 * 0.25 / drawn.size)


@pytest.mark.parametrize(
    ("uniform", "drawn"), [(0.0, 1), (0.24, 1), (0.25, 2), (0.74, 2), (0.75, 4), (0.99, 4)]
)
def test_the_first_cell_beyond_the_number_is_drawn(uniform: float, drawn: int) -> None:
    """Of 0, 1, 2, 0, 1 the parts end at 0, ¼, ¾, ¾ and 1; a cell of 0 is never drawn."""
    cells = np.array([[0.0, 1.0, 2.0, 0.0, 1.0]])
    numbers = (np.array([5]),) * 4
    patches = Patches(cells, np.ones((1, 5), bool), Counts(*numbers), (1, 5), np.array([uniform]))
    mode = build_mode(PoolSpec("stochastic"))
    assert mode.weights(patches).tolist() == [[float(place == drawn) for place in range(5)]]
    assert mode.reduce(patches) == cells[0, drawn]


def test_padding_is_never_drawn() -> None:
    """A window of one cell and padding draws that cell."""
    drawn = pool([[2.0]], "stochastic", 2, stride=1, padding=1, seed=3)
    assert drawn.tolist() == [[2.0, 2.0], [2.0, 2.0]]


def test_draws_do_not_depend_on_the_layout_in_memory() -> None:
    """Each window has its own random number, in planes of any layout and in wide rows."""
    rng = np.random.default_rng(0)
    values = rng.uniform(size=(3, 4, 6, 8))
    swapped = np.ascontiguousarray(values.swapaxes(0, 1)).swapaxes(0, 1)
    assert (pool(values, "stochastic", 2) == pool(swapped, "stochastic", 2)).all()
    wide = rng.uniform(size=(1, 200_000))
    first = pool(wide, "stochastic", (1, 2))
    uniform = np.random.Generator(np.random.PCG64(0)).random(100_000)
    left, right = wide[0, ::2], wide[0, 1::2]
    assert (first[0] == np.where(left > uniform * (left + right), left, right)).all()


def test_the_gradient_of_each_plane_goes_to_the_cell_that_it_drew() -> None:
    """Planes draw by numbers of their own, forward and backward alike."""
    values = np.random.default_rng(1).permutation(48).reshape(3, 4, 4) + 1.0
    pooled, indices = pool(values, "stochastic", 2, seed=5, return_indices=True)
    flowing = gradient(values, np.ones(pooled.shape), "stochastic", 2, seed=5)
    for plane, places in zip(flowing, indices, strict=True):
        assert set(np.flatnonzero(plane)) == set(places.ravel().tolist())


def test_weights_and_slopes() -> None:
    """Of 1 and 3 the parts are ¼ and ¾; ∂y/∂a = (2a − y) / Σ a with y = 2.5, 0 at a = 0."""
    values = np.array([[1.0, 3.0, 0.0]])
    step = run(FeatureMap(values), PoolSpec(EXPECTED, (1, 3))).step(0, 0)
    assert step.weights.tolist() == [[0.25, 0.75, 0.0]]
    flowing = gradient(values, [[1.0]], EXPECTED, (1, 3))
    np.testing.assert_allclose(flowing, [[-0.125, 0.875, 0.0]], rtol=1e-14)


def test_negative_cells_are_remarked_on() -> None:
    """The mode is meant for activations of at least 0, and says so where there are others."""
    mode = run(FeatureMap(np.eye(2)), PoolSpec("stochastic")).mode
    assert mode.remarks(np.array([[1.0, -1.0]])) == (
        "negative cells count as 0 in stochastic pooling",
    )
    assert mode.remarks(np.array([[1.0, 0.0]])) == ()


def test_random_windows() -> None:
    """On random requests every window draws the cell that its number falls on."""
    check_definition("stochastic", special=False)


def test_random_windows_at_test_time() -> None:
    """On random requests every window is Σ a² / Σ a."""
    check_definition(
        "stochastic",
        definition=lambda window, expected: expected_draw(window),  # noqa: ARG005 - as it is called
        special=False,
        expected=True,
    )


@pytest.mark.parametrize("value", [2**63 - 1, 2**53 + 1, 2**64 - 1])
def test_large_integers_are_drawn_whole(value: int) -> None:
    """The value is the cell itself, not the float nearest to it."""
    values = np.full((1, 2), value, np.uint64 if value >= 2**63 else np.int64)
    pooled, indices = pool(values, "stochastic", (1, 2), return_indices=True)
    assert pooled.tolist() == [[value]]
    assert values.flat[indices].tolist() == [[value]]
