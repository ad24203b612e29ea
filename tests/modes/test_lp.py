"""Lp pooling."""

import math
from typing import Any

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run
from poolviz.analysis.explain import explain
from poolviz.result import Step


def step(values: Any, column: int = 0, mode: str = "lp", **options: Any) -> Step:
    """A window of the first row."""
    return run(FeatureMap(np.array(values)), PoolSpec(mode, **options)).step(0, column)


@pytest.mark.parametrize(
    ("values", "mode", "expected"),
    [
        ([[3.0, 4.0]], "lp", 5.0),
        ([[-3.0, 4.0]], "lp", 5.0),
        ([[3.0, 4.0]], "lp:p=1", 7.0),
        ([[-3.0, 1.0]], "lp:p=1", -2.0),
        ([[-3.0, 1.0]], "lp:p=1:absolute=true", 4.0),
        ([[1.0, 2.0]], "lp:p=3", 9 ** (1 / 3)),
        ([[-1.0, 2.0]], "lp:p=3", 7 ** (1 / 3)),
        ([[-2.0, 1.0]], "lp:p=3:absolute=true", 9 ** (1 / 3)),
        ([[-7.0, 4.0]], "lp:p=inf", 7.0),
        ([[4.0, 9.0]], "lp:p=0.5", 25.0),
        ([[0.0, 0.0]], "lp", 0.0),
    ],
)
def test_hand_worked(values: list[list[float]], mode: str, expected: float) -> None:
    """Norms that were worked out by hand."""
    assert math.isclose(pool(values, mode, (1, 2))[0, 0], expected, rel_tol=1e-14)


@pytest.mark.parametrize("mode", ["lp:p=3", "lp:p=2.5", "lp:p=0.5"])
def test_a_negative_sum_of_powers_has_no_root(mode: str) -> None:
    """Without |x| an odd or fractional power over negative cells is NaN, with no warning."""
    assert math.isnan(pool([[-2.0, 1.0]], mode, (1, 2))[0, 0])


def test_a_window_that_overhangs_is_scaled_up() -> None:
    """[1, 1, 1] in pairs: the last window is scaled up to a full one by default."""
    values = [[1.0, 1.0, 1.0]]
    root = math.sqrt(2)
    scaled = pool(values, "lp", (1, 2), ceil_mode=True)
    assert np.allclose(scaled, [[root, root]], rtol=1e-15)
    plain = pool(values, "lp", (1, 2), ceil_mode=True, rescale=False)
    assert np.allclose(plain, [[root, 1]], rtol=1e-15)
    infinite = pool(values, "lp", (1, 2), ceil_mode=True, p=math.inf)
    assert infinite.tolist() == [[1, 1]]


def test_padding_acts_as_zero() -> None:
    """Padding adds nothing and does not scale."""
    assert pool([[3.0, 4.0]], "lp", (1, 2), padding=((0, 0), (1, 1))).tolist() == [[3.0, 4.0]]


@pytest.mark.parametrize("p", [3, 3.0, "3", "3.0"])
def test_p_may_be_text_or_a_number(p: Any) -> None:
    """A parameter is the same as a value, as text or in the mode's name."""
    assert pool([[1.0, 2.0]], "lp", (1, 2), p=p) == pool([[1.0, 2.0]], "lp:p=3", (1, 2))


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("lp:p=0", "lp:p=0 is out of range; use a p above 0, or inf"),
        ("lp:p=-1", "lp:p=-1 is out of range; use a p above 0, or inf"),
        ("lp:p=-inf", "lp:p=-inf is out of range; use a p above 0, or inf"),
        ("lp:p=nan", "p=nan is not valid; set p to a number"),
        ("lp:p=two", "p=two is not valid; set p to a number"),
        ("lp:p=1_0", "p=1_0 is not valid; set p to a number"),
        ("lp:absolute=maybe", "absolute=maybe is not valid; set absolute to true or false"),
        ("lp:q=2", "lp has no parameter 'q'; use one of its parameters: p, absolute, rescale"),
    ],
)
def test_parameters_are_checked(mode: str, message: str) -> None:
    """A parameter that is unknown, no number or out of range is refused with a remedy."""
    with pytest.raises(SpecError) as caught:
        pool([[1.0, 2.0]], mode, (1, 2))
    assert str(caught.value) == f"mode: {message}"


def test_p_must_be_a_number() -> None:
    """A p that is not a number is refused like every wrong parameter."""
    with pytest.raises(SpecError):
        pool([[1.0, 2.0]], "lp", (1, 2), p=None)


@pytest.mark.parametrize(
    ("dtype", "pooled"),
    [("?", "d"), ("b", "d"), ("Q", "d"), ("e", "e"), ("f", "f"), ("d", "d")],
)
def test_types(dtype: str, pooled: str) -> None:
    """Integers give float64, floats their own type."""
    assert pool(np.ones((2, 2), dtype), "lp", 2).dtype == np.dtype(pooled)
    assert pool(np.ones((2, 2), dtype), "lp", 2).tolist() == [[2.0]]


def test_float16_is_raised_and_summed_wider() -> None:
    """Squares beyond float16 do not overflow."""
    assert pool(np.full((2, 2), 300, np.float16), "lp", 2)[0, 0] == np.float16(600)


def test_small_integers_do_not_wrap() -> None:
    """Squares of bytes do not wrap, nor does |−128|."""
    assert pool(np.full((2, 2), 200, np.uint8), "lp", 2)[0, 0] == 400.0
    assert pool(np.full((2, 2), -128, np.int8), "lp:p=inf", 2)[0, 0] == 128.0


def test_weights_are_parts_of_the_sum_of_powers() -> None:
    """Each cell's share is its part of Σ|x|^p; for an infinite p the first largest has all."""
    assert np.allclose(step([[3.0, -4.0]], kernel_size=(1, 2)).weights, [[9 / 25, 16 / 25]])
    padded = step([[0.0, 0.0]], mode="lp:p=inf", kernel_size=(1, 2), padding=((0, 0), (1, 1)))
    assert padded.weights.tolist() == [[0, 1]]
    infinite = step([[3.0, -4.0, 4.0]], mode="lp:p=inf", kernel_size=(1, 3))
    assert infinite.weights.tolist() == [[0, 1, 0]]
    assert step([[0.0, 0.0]], kernel_size=(1, 2)).weights.tolist() == [[0, 0]]


def test_weights_and_gradients_of_huge_values_are_those_of_their_ratio() -> None:
    """Powers that overflow are taken of the cells over the largest, and nothing warns."""
    assert step([[1e300, 1.0]], kernel_size=(1, 2)).weights.tolist() == [[1, 0]]
    assert np.allclose(step([[3e200, 4e200]], kernel_size=(1, 2)).weights, [[9 / 25, 16 / 25]])
    flowing = gradient(np.array([[3e200, 4e200]]), [[1.0]], "lp", (1, 2))
    assert np.allclose(flowing, [[0.6, 0.8]], rtol=1e-14)
    assert np.allclose(gradient([[1.0, 2.0]], [[1.0]], "lp", (1, 2), p=1000), [[0, 1]])


@pytest.mark.parametrize(
    ("values", "options", "slopes"),
    [
        # x/y for p = 2, of a norm of 5 and of 1
        ([[3.0, 4.0]], {}, [[0.6, 0.8]]),
        ([[-0.6, 0.8]], {}, [[-0.6, 0.8]]),
        # (x/y)² for p = 3, of the sign of x where |x| is raised: y³ = 7 and 9
        ([[-1.0, 2.0]], {"p": 3}, [[7 ** (-2 / 3), 4 * 7 ** (-2 / 3)]]),
        ([[-1.0, 2.0]], {"p": 3, "absolute": True}, [[-(9 ** (-2 / 3)), 4 * 9 ** (-2 / 3)]]),
        # the first largest has all, with its sign
        ([[-2.0, 2.0]], {"p": math.inf}, [[-1, 0]]),
        # nothing flows to a window of zeros
        ([[0.0, 0.0]], {}, [[0, 0]]),
    ],
)
def test_slopes_hand_worked(values: Any, options: dict[str, Any], slopes: Any) -> None:
    """x^(p−1)·y^(1−p), worked out by hand."""
    flowing = gradient(values, [[1.0]], "lp", (1, 2), **options)
    np.testing.assert_allclose(flowing, slopes, rtol=1e-14)


def test_the_slope_of_a_window_that_overhangs_is_scaled() -> None:
    """Of a lone cell and one of overhang y is √2·x."""
    flowing = gradient([[1.0, 1.0, 3.0]], [[0.0, 1.0]], "lp", (1, 2), ceil_mode=True)
    np.testing.assert_allclose(flowing, [[0, 0, math.sqrt(2)]], rtol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("p", [0.01, 20, 100, 300, 1000, 1e308])
def test_extreme_exponents(p: float, dtype: str) -> None:
    """Σ x^p is out of a float's range, its root is not: by logarithms in plain Python."""
    values = np.array([[1, 3], [2, 4]], dtype)
    # ln y = ln 4 + ln(Σ (x/4)^p) / p
    truth = math.log(4) + math.log(sum((x / 4) ** p for x in (1, 3, 2, 4))) / p
    pooled = pool(values, "lp", 2, p=p)[0, 0]
    expected = (
        np.array(math.exp(truth)).astype(dtype) if truth < 88 or dtype != "float32" else np.inf
    )
    assert pooled == pytest.approx(expected, rel=1e-5 if dtype == "float32" else 1e-12)


@pytest.mark.parametrize(
    ("dtype", "scale"),
    [("float64", 1e200), ("float64", 1e-200), ("float64", 1e306), ("float64", 1e-300),
     ("float32", 1e30), ("float32", 1e-30), ("float32", 1e37)],
)  # fmt: skip
@pytest.mark.parametrize("options", [{}, {"p": 3}, {"p": 3, "absolute": True}, {"p": 0.5}])
def test_huge_and_tiny_values(options: dict[str, Any], dtype: str, scale: float) -> None:
    """The norm grows as the values do, however large or small they are; zeros stay zeros."""
    values = np.array([[3, 4, 0, 0, 1, 0]], dtype)
    scaled = pool(values * np.array(scale, dtype), "lp", (1, 2), **options)
    plain = pool(values.astype("float64"), "lp", (1, 2), **options)
    with np.errstate(over="ignore"):
        expected = (plain * scale).astype(dtype)
    np.testing.assert_allclose(scaled, expected, rtol=1e-6 if dtype == "float32" else 1e-14)


def test_one_huge_window_among_others() -> None:
    """A window that overflows does not change what the others are, nor do NaN and infinity."""
    values = np.array(
        [[3.0, 4.0, 3e200, 4e200, np.nan, 1.0, np.inf, 1.0, 0.0, 0.0, 3e-200, 4e-200]]
    )
    pooled = pool(values, "lp", (1, 2))
    np.testing.assert_allclose(pooled, [[5.0, 5e200, np.nan, np.inf, 0.0, 5e-200]], rtol=1e-15)


def test_the_window_that_overflows_is_scaled_up_as_others_are() -> None:
    """A window of one cell and overhang counts as two cells: √2·1e200."""
    pooled = pool([[1.0, 1.0, 1e200]], "lp", (1, 2), ceil_mode=True)
    np.testing.assert_allclose(pooled, [[math.sqrt(2), math.sqrt(2) * 1e200]], rtol=1e-15)


def test_arithmetic_shows_no_power_that_overflows() -> None:
    """The lines of a window show powers only where these are numbers."""
    result = run(FeatureMap(np.array([[3e200, 4e200]])), PoolSpec("lp", (1, 2)))
    assert [name for name, _ in explain(result, 0, 0).working] == ["cells", "value"]


@pytest.mark.parametrize(
    "options", [{}, {"p": 1.0}, {"p": 3.0, "absolute": True}, {"p": 4.0, "rescale": False},
                {"p": math.inf}, {"p": 3.0}],
)  # fmt: skip
def test_random_windows(options: dict[str, Any]) -> None:
    """On random requests every window is (Σ x^p)^(1/p)."""
    check_definition("lp", **options)


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("lp", "√(3² + (−4)²) = 5"),
        ("lp:absolute=true", "√(3² + 4²) = 5"),
        # 27 + 64 = 91, whose cube root is 4.498.
        ("lp:p=3:absolute=true", "∛(3³ + |−4|³) ≈ 4.498"),
        ("lp:p=1", "3 + (−4) = −1"),
        ("lp:p=1:absolute=true", "3 + |−4| = 7"),
        ("lp:p=4", "∜(3⁴ + (−4)⁴) ≈ 4.285"),
        ("lp:p=5:absolute=true", "(3⁵ + |−4|⁵)^(1/5) ≈ 4.174"),
        ("lp:p=inf", "max(3, |−4|) = 4"),
        ("lp:p=3", "∛(3³ + (−4)³) = NaN, as a power 1/3 of a negative sum is NaN"),
        ("lp:p=2.5", "(3^2.5 + (−4)^2.5)^(1/2.5) = NaN, as a power 2.5 of a negative cell is NaN"),
    ],
)
def test_arithmetic(mode: str, line: str) -> None:
    """The line shows powers, and bars where |x| is raised."""
    assert step([[3, -4]], mode=mode, kernel_size=(1, 2)).arithmetic == line


def test_arithmetic_of_a_window_that_overhangs() -> None:
    """The factor that scales an overhanging window is shown."""
    overhanging = step([[1, 1, 1]], column=1, kernel_size=(1, 2), ceil_mode=True)
    assert overhanging.arithmetic == "√(1²·2/1) ≈ 1.414 (1 overhang cell left out)"
    two = step([[1, 2, 1], [1, 2, 1]], column=1, kernel_size=2, ceil_mode=True)
    assert two.arithmetic == "√((1² + 1²)·4/2) = 2 (2 overhang cells left out)"


def test_squares_that_overflow_once_they_are_scaled() -> None:
    """Overhang scales sums up: √(1.5e19² · 4) = 3e19, although 4 · 2.25e38 is too large."""
    pooled = pool(np.full((3, 3), 1.5e19, np.float32), "lp", 2, ceil_mode=True)
    np.testing.assert_allclose(pooled, np.full((2, 2), 3e19), rtol=1e-6)
