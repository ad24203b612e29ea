"""The line of arithmetic that a person would write for one window."""

import math
from typing import Any

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, run
from poolviz.modes import available_modes
from poolviz.text import Numbers, in_ascii

# 1 to 1,024, whose sum is 1,024·1,025/2 = 524,800 and whose squares add up to 358,438,400.
MANY = np.arange(1.0, 1025.0).reshape(32, 32)
# 1,023 zeros and a one.
ONE = np.zeros((32, 32))
ONE[4, 2] = 1
NAN, INF = math.nan, math.inf


def line_of(mode: str, values: Any, numbers: Numbers | None = None) -> str:
    """The line of the one window over all values, for a mode without fixed regions."""
    values = np.ma.array(values) if np.ma.isMaskedArray(values) else np.array(values)
    step = run(FeatureMap(values), PoolSpec(mode, output_size=1)).step(0, 0)
    return step.written(numbers) if numbers else step.arithmetic


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "max(1, 3, 6, 2) = 6"),
        ("min", "min(1, 3, 6, 2) = 1"),
        ("fractional-max", "max(1, 3, 6, 2) = 6"),
        ("sum", "1 + 3 + 6 + 2 = 12"),
        ("average", "(1 + 3 + 6 + 2) / 4 = 3"),
        ("median", "middle of 1, 2, 3, 6: (2 + 3) / 2 = 2.5"),
        ("ordinal", "ranked 6, 3, 2, 1: (6 + 3) / 2 = 4.5"),
        ("ordinal:top=1", "largest of 6, 3, 2, 1 = 6"),
        # (3·6 + 0·3 + 2) / 4, without the rank that has no weight.
        ("ordinal:weights=3/0/1", "ranked 6, 3, 2, 1: (3·6 + 1·2) / 4 = 5"),
        # e = 2.7183, e³ = 20.0855, e⁶ = 403.4288, e² = 7.3891, in all 433.6217.
        ("softpool",
         "(1·e¹ + 3·e³ + 6·e⁶ + 2·e²) / (e¹ + e³ + e⁶ + e²) ≈ 2,498 / 433.6 ≈ 5.762"),
        ("lse", "ln((e¹ + e³ + e⁶ + e²) / 4) ≈ ln(108.4) ≈ 4.686"),
        # 1 + 27 + 216 + 8 = 252, a quarter of it 63.
        ("gem", "∛((1³ + 3³ + 6³ + 2³) / 4) ≈ 3.979"),
        ("gem:p=2", "√((1² + 3² + 6² + 2²) / 4) ≈ 3.536"),
        ("gem:p=1:eps=2", "(2 + 3 + 6 + 2) / 4 = 3.25"),
        ("gem:p=0.5", "((1^0.5 + 3^0.5 + 6^0.5 + 2^0.5) / 4)^(1/0.5) ≈ 2.719"),
        ("lp", "√(1² + 3² + 6² + 2²) ≈ 7.071"),
        ("lp:p=3", "∛(1³ + 3³ + 6³ + 2³) ≈ 6.316"),
        ("lp:p=inf", "max(1, 3, 6, 2) = 6"),
        ("mixed", "0.5·max(1, 3, 6, 2) + 0.5·(1 + 3 + 6 + 2) / 4 = 0.5·6 + 0.5·3 = 4.5"),
        ("mixed:a=0.25",
         "0.25·max(1, 3, 6, 2) + 0.75·(1 + 3 + 6 + 2) / 4 = 0.25·6 + 0.75·3 = 3.75"),
        # σ(3) = 1 / (1 + e⁻³) = 0.95257.
        ("gated", "a = σ(0.25·(1 + 3 + 6 + 2)) ≈ 0.9526:"
                  " 0.9526·max + 0.04743·mean ≈ 0.9526·6 + 0.04743·3 ≈ 5.858"),
        ("gated:gate=3/-1/1/-3", "a = σ(3·1 + (−1)·3 + 1·6 + (−3)·2) = 0.5:"
                                 " 0.5·max + 0.5·mean = 0.5·6 + 0.5·3 = 4.5"),
        ("stochastic:expected=true", "1/12·1 + 3/12·3 + 6/12·6 + 2/12·2 = 50 / 12 ≈ 4.167"),
    ],
)  # fmt: skip
def test_usual_cells(mode: str, line: str) -> None:
    """The formula with the cells 1, 3, 6 and 2 in it, and its value."""
    assert line_of(mode, [[1.0, 3.0], [6.0, 2.0]]) == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "max(−2, 1) = 1"),
        ("min", "min(−2, 1) = −2"),
        ("sum", "−2 + 1 = −1"),
        ("average", "(−2 + 1) / 2 = −0.5"),
        ("median", "middle of −2, 1: (−2 + 1) / 2 = −0.5"),
        ("ordinal:weights=1/3", "ranked 1, −2: (1·1 + 3·(−2)) / 4 = −1.25"),
        # e⁻² = 0.13534 and e = 2.71828: −0.27067 + 2.71828 over 2.85362.
        ("softpool", "((−2)·e⁻² + 1·e¹) / (e⁻² + e¹) ≈ 2.448 / 2.854 ≈ 0.8577"),
        ("lse", "ln((e⁻² + e¹) / 2) ≈ ln(1.427) ≈ 0.3554"),
        # e⁻⁴ = 0.01832 and e² = 7.38906.
        ("lse:r=2", "ln((e^(2·(−2)) + e^(2·1)) / 2) / 2 ≈ ln(3.704) / 2 ≈ 0.6547"),
        ("gem", "∛(((1e−6)³ + 1³) / 2) ≈ 0.7937"),
        ("lp", "√((−2)² + 1²) ≈ 2.236"),
        ("lp:absolute=true", "√(2² + 1²) ≈ 2.236"),
        ("lp:p=3", "∛((−2)³ + 1³) = NaN, as a power 1/3 of a negative sum is NaN"),
        ("mixed", "0.5·max(−2, 1) + 0.5·(−2 + 1) / 2 = 0.5·1 + 0.5·(−0.5) = 0.25"),
        ("gated:gate=0", "a = σ(0·(−2 + 1)) = 0.5: 0.5·max + 0.5·mean = 0.5·1 + 0.5·(−0.5) = 0.25"),
        ("stochastic", "drew 1 with probability 1/1 from −2, 1 (0/1, 1/1)"),
        ("stochastic:expected=true", "0/1·0 + 1/1·1 = 1 / 1 = 1"),
    ],
)
def test_a_negative_cell(mode: str, line: str) -> None:
    """Signs stand in parentheses within sums and powers; cells that count as 0 say so."""
    assert line_of(mode, [[-2.0, 1.0]]) == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "max(1, NaN) = NaN"),
        ("max:nan=drop", "max(1, NaN) = 1"),
        ("average", "(1 + NaN) / 2 = NaN"),
        ("median", "median(1, NaN) = NaN"),
        ("ordinal", "ranked NaN, 1: (NaN + 1) / 2 = NaN"),
        ("softpool", "(1·e¹ + NaN·e^NaN) / (e¹ + e^NaN) = NaN"),
        ("lse", "ln((e¹ + e^NaN) / 2) = NaN"),
        ("gem", "∛((1³ + NaN³) / 2) = NaN"),
        ("lp", "√(1² + NaN²) = NaN"),
        ("mixed", "0.5·max(1, NaN) + 0.5·(1 + NaN) / 2 = NaN"),
        ("gated", "a = σ(0.25·(1 + NaN)) = NaN: NaN·max + NaN·mean = NaN"),
        ("stochastic", "drew 1 with probability 1/1 from 1, NaN (1/1, 0/1)"),
        ("stochastic:expected=true", "1/1·1 + 0/1·0 = 1 / 1 = 1"),
    ],
)
def test_nan(mode: str, line: str) -> None:
    """NaN is shown where it stands, and no intermediate result of it."""
    assert line_of(mode, [[1.0, NAN]]) == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "max(1, ∞, −∞) = ∞"),
        ("sum", "1 + ∞ + (−∞) = NaN"),
        ("median", "middle of −∞, 1, ∞ = 1"),
        ("ordinal", "ranked ∞, 1, −∞: (∞ + 1) / 2 = ∞"),
        ("softpool", "(1·e¹ + ∞·e^∞ + (−∞)·e^(−∞)) / (e¹ + e^∞ + e^(−∞)) = ∞"),
        ("lse", "ln((e¹ + e^∞ + e^(−∞)) / 3) = ∞"),
        ("lp", "√(1² + ∞² + (−∞)²) = ∞"),
        ("stochastic", "drew ∞ with probability 100 % from 1, ∞, −∞ (0 %, 100 %, 0 %)"),
        ("stochastic:expected=true", "0 %·1 + 100 %·∞ + 0 %·0 = ∞"),
    ],
)
def test_infinities(mode: str, line: str) -> None:
    """Infinities are shown, and chances as percentages where the sum is infinite."""
    assert line_of(mode, [[1.0, INF, -INF]]) == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "max(3) = 3"),
        ("average", "3 / 1 = 3"),
        ("median", "median(3) = 3"),
        ("ordinal", "largest of 3 = 3"),
        ("softpool", "3·e³ / e³ = 3"),
        ("lse", "ln(e³) = 3"),
        ("gem:p=1", "3 = 3"),
        ("lp", "√(3²) = 3"),
        ("mixed", "0.5·3 + 0.5·3 = 3"),
        ("stochastic", "drew 3 with probability 3/3 from 3 (3/3)"),
        ("stochastic:expected=true", "3/3·3 = 3"),
    ],
)
def test_a_single_cell(mode: str, line: str) -> None:
    """Nothing is written about cells that are not there."""
    assert line_of(mode, [[3.0]]) == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "max(2, 2) = 2"),
        ("median", "middle of 2, 2: (2 + 2) / 2 = 2"),
        ("softpool", "(2·e² + 2·e²) / (e² + e²) ≈ 29.56 / 14.78 = 2"),
        ("lse", "ln((e² + e²) / 2) ≈ ln(7.389) = 2"),
        ("stochastic:expected=true", "2/4·2 + 2/4·2 = 8 / 4 = 2"),
    ],
)
def test_equal_cells(mode: str, line: str) -> None:
    """Equal cells are all written."""
    assert line_of(mode, [[2.0, 2.0]]) == line


@pytest.mark.parametrize("mode", ["stochastic", "stochastic:expected=true"])
def test_nothing_to_draw(mode: str) -> None:
    """A window without a cell above 0 says why it is 0."""
    assert line_of(mode, [[-1.0, 0.0]]) == "0, as no cell is above 0"
    assert line_of(mode, -MANY) == "0, as no cell is above 0"


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "largest of 1,024 cells: 1024, at row 31, column 31"),
        ("min", "smallest of 1,024 cells: 1, at row 0, column 0"),
        ("sum", "sum of 1,024 cells = 524800"),
        ("average", "sum of 1,024 cells / 1,024 = 524,800 / 1,024 = 512.5"),
        ("median", "middle of 1,024 cells in order: (512 + 513) / 2 = 512.5"),
        ("ordinal", "1,024 cells ranked: (1024 + 1023) / 2 ≈ 1024"),
        ("ordinal:top=1", "largest of 1,024 cells = 1024"),
        # 1,024 + 1,023 + … + 1,005 = 20·(1,024 + 1,005)/2
        ("ordinal:top=20",
         "1,024 cells ranked: sum of the 20 largest / 20 = 20,290 / 20 ≈ 1014"),
        # The cubes add up to 524,800².
        ("gem", "∛(Σ x³ / 1,024) ≈ ∛(2.754e11 / 1,024) ≈ 645.5"),
        ("gem:eps=1.5", "∛(Σ max(x, ε)³ / 1,024) ≈ ∛(2.754e11 / 1,024) ≈ 645.5"),
        ("lp", "√(Σ x² of 1,024 cells) = √(358,438,400) ≈ 18932"),
        ("lp:p=3:absolute=true", "∛(Σ |x|³ of 1,024 cells) ≈ ∛(2.754e11) ≈ 6506"),
        ("lp:p=1", "Σ x of 1,024 cells = 524800"),
        ("lp:p=inf", "max |x| of 1,024 cells = 1024"),
        ("mixed", "0.5·max + 0.5·mean of 1,024 cells = 0.5·1,024 + 0.5·512.5 ≈ 768.2"),
        ("gated:gate=0", "a = σ(0·sum of 1,024 cells) = 0.5: 0.5·max + 0.5·mean"
                         " = 0.5·1,024 + 0.5·512.5 ≈ 768.2"),
        # (2·1,024 + 1)/3
        ("stochastic:expected=true",
         "Σ x² / Σ x of 1,024 cells = 358,438,400 / 524,800 = 683"),
        ("softpool", "Σ x·e^(x − 1024) / Σ e^(x − 1024) of 1,024 cells ≈ 1,619 / 1.582 ≈ 1023"),
        # e⁰ + e⁻¹ + … = e / (e − 1) = 1.582; ln(1.582 / 1,024) = −6.473.
        ("lse", "1024 + ln(Σ e^(x − 1024) / 1,024) ≈ 1024 + ln(0.001545) ≈ 1018"),
        ("lse:r=2", "1024 + ln(Σ e^(2·(x − 1024)) / 1,024) / 2"
                    " ≈ 1024 + ln(0.001129) / 2 ≈ 1021"),
    ],
)  # fmt: skip
def test_many_cells(mode: str, line: str) -> None:
    """Of a large window the line says what decides, and what it comes to."""
    assert line_of(mode, MANY) == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("softpool", "Σ x·eˣ / Σ eˣ of 1,024 cells ≈ 2.718 / 1,026 ≈ 0.00265"),
        ("lse", "ln(Σ eˣ / 1,024) ≈ ln(1.002) ≈ 0.001677"),
        ("min", "smallest of 1,024 cells: 0, at row 0, column 0, the first of 1,023 equal"),
        ("stochastic", "drew 1 at row 4, column 2 with probability 1/1 from 1,024 cells"),
        ("lp", "√(Σ x² of 1,024 cells) = √(1) = 1"),
    ],
)
def test_many_cells_of_which_most_are_0(mode: str, line: str) -> None:
    """Ties are counted; sums of exponentials that can be read are not divided."""
    assert line_of(mode, ONE) == line


@pytest.mark.parametrize(
    ("values", "mode", "line"),
    [
        (np.full((4, 4), 7), "max", "largest of 16 cells: 7, at row 0, column 0, all equal"),
        (np.full((4, 4), NAN), "max",
         "largest of 16 cells: NaN, at row 3, column 3, the last of 16 NaN"),
        (np.where(MANY == 33, NAN, MANY), "max",
         "largest of 1,024 cells: NaN, at row 1, column 0"),
        (np.where(MANY == 1024, NAN, MANY), "max:nan=drop",
         "largest of 1,024 cells: 1023, at row 31, column 30"),
        (np.where(MANY == 33, NAN, MANY), "median",
         "median of 1,024 cells, NaN among them = NaN"),
        (np.array([[-1.0] * 8 + [2.0] * 2]), "stochastic:expected=true",
         "Σ x² / Σ x of 10 cells (negative ones counted as 0) = 8 / 4 = 2"),
        (np.arange(10)[None], "median", "middle of 10 cells in order: (4 + 5) / 2 = 4.5"),
        (np.arange(11)[None], "median", "middle of 11 cells in order = 5"),
        (np.arange(12)[None], "gated:gate=" + "/".join(["0"] * 12),
         "a = σ(Σ ω·x of 12 cells) = 0.5: 0.5·max + 0.5·mean = 0.5·11 + 0.5·5.5 = 8.25"),
        (np.arange(10)[None], "lp:rescale=false", "√(Σ x² of 10 cells) = √(285) ≈ 16.88"),
        # Ten weights: 9 + 8 + … + 0 = 45.
        (np.arange(10)[None], "ordinal:weights=" + "/".join(["2"] * 10),
         "10 cells ranked: Σ w·x of the 10 largest / 20 = 90 / 20 = 4.5"),
    ],
)  # fmt: skip
def test_special_large_windows(values: Any, mode: str, line: str) -> None:
    """Ties, NaN and negative cells of a window that is summed up."""
    assert line_of(mode, values) == line


@pytest.mark.parametrize(
    ("values", "mode", "line"),
    [
        ([[NAN, -INF]], "max:nan=drop",
         "max(NaN, −∞) ≈ −1.798e308, the lowest finite number, as no cell is above −∞"),
        ([[NAN] * 10], "min:nan=drop",
         "smallest of 10 cells ≈ 1.798e308, the highest finite number, as no cell is below ∞"),
    ],
)  # fmt: skip
def test_no_cell_wins(values: Any, mode: str, line: str) -> None:
    """Where NaN is dropped and nothing is left, the line says where the number comes from."""
    assert line_of(mode, values) == line


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        # e⁻¹ = 0.36788: (367.51 + 1,000) / 1.36788; ln(0.68394) = −0.37989.
        (
            "softpool",
            "relative to e^1000: (999·e⁻¹ + 1000·e⁰) / (e⁻¹ + e⁰) ≈ 1,368 / 1.368 ≈ 999.7",
        ),
        ("lse", "1000 + ln((e⁻¹ + e⁰) / 2) ≈ 1000 + ln(0.6839) ≈ 999.6"),
    ],
)
def test_exponentials_that_overflow(mode: str, line: str) -> None:
    """Exponentials that no one can read are written relative to the largest."""
    assert line_of(mode, [[999.0, 1000.0]]) == line


def test_exponentials_that_vanish() -> None:
    """The same for very negative cells, down to the smallest that is written as it is."""
    assert line_of("lse", [[-20.0, -19.0]]).startswith("−19 + ln((e⁻¹ + e⁰) / 2) ≈ −19 + ln(")
    assert line_of("lse", [[-11.0, -10.0]]).startswith("ln((e⁻¹¹ + e⁻¹⁰) / 2)")


@pytest.mark.parametrize(
    ("values", "taps", "column", "line"),
    [
        # Maxima of pairs: 4 4 6 6, of which window 1 reads the last three.
        ([[1, 4, 2, 6, 3]], 3, 1, "blurred maxima: (1·4 + 2·6 + 1·6) / 4 = 5.5"),
        # Before the first maximum the second is read once more.
        ([[1, 4, 2, 6, 3]], 3, 0, "blurred maxima: (2·4 + 2·4) / 4 = 4"),
        ([[-1, -4, -2, -6, -3]], 3, 1, "blurred maxima: (1·(−2) + 2·(−2) + 1·(−3)) / 4 = −2.25"),
        ([[1, 4, 2, 6, 3]], 1, 1, "max(2, 6) = 6"),
        ([[1, NAN, 2, 6, 3]], 3, 1, "blurred maxima: (1·NaN + 2·6 + 1·6) / 4 = NaN"),
        # The pair of masked cells has no maximum.
        (np.ma.masked_equal([[1, 4, 0, 0, 3]], 0), 3, 1,
         "blurred maxima: (1·4 + 1·3) / 2 = 3.5 (2 masked cells left out)"),
        # Ten taps: C(9, i), of which the first eight are written.
        ([[0] * 12 + [512] * 12], 10, 6,
         "blurred maxima: (1·0 + 9·0 + 36·0 + 84·512 + 126·512 + 126·512 + 84·512 + 36·512"
         " + … (2 more)) / 512 = 466"),
    ],
)  # fmt: skip
def test_blurred_maxima(values: Any, taps: int, column: int, line: str) -> None:
    """The maxima with their binomial coefficients, reflected at the ends."""
    values = values if np.ma.isMaskedArray(values) else np.array(values, float)
    spec = PoolSpec(f"maxblur:taps=1/{taps}", (1, 2), stride=2)
    assert run(FeatureMap(values), spec).step(0, column).arithmetic == line


def test_blurred_maxima_in_two_dimensions() -> None:
    """Nine maxima times 1 2 1, 2 4 2, 1 2 1."""
    values = np.zeros((6, 6))
    values[1:5, 1:5] = [[1, 3, 4, 0], [6, 2, 0, 4], [5, 1, 7, 2], [0, 9, 3, 8]]
    # Maxima around (2, 2): of the 2×2 cells whose first is (1, 1), (1, 2) … (3, 3).
    line = "(1·6 + 2·4 + 1·4 + 2·6 + 4·7 + 2·7 + 1·9 + 2·9 + 1·8) / 16 ≈ 6.688"
    step = run(FeatureMap(values), PoolSpec("maxblur", 2, stride=2)).step(1, 1)
    assert step.arithmetic == f"blurred maxima: {line}"


def test_a_large_part_without_a_blur() -> None:
    """Without a blur there is one maximum, of which a large window is summed up."""
    step = run(FeatureMap(MANY), PoolSpec("maxblur:taps=1", 32)).step(0, 0)
    assert step.arithmetic == "largest of 1,024 cells = 1024"


@pytest.mark.parametrize("seed", range(20))
def test_draws(seed: int) -> None:
    """The drawn cell with its part of the sum, among all parts."""
    spec = PoolSpec("stochastic", 2)
    step = run(FeatureMap(np.array([[1.0, 3.0], [6.0, 2.0]])), spec, seed=seed).step(0, 0)
    drawn = f"{step.value:.0f}"
    assert step.arithmetic == (
        f"drew {drawn} with probability {drawn}/12 from 1, 3, 6, 2 (1/12, 3/12, 6/12, 2/12)"
    )


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", "max(1, 3, 5) = 5"),
        ("average", "(1 + 3 + 5) / 3 = 3"),
        ("median", "middle of 1, 3, 5 = 3"),
        ("ordinal", "ranked 5, 3, 1: (5 + 3) / 2 = 4"),
        # The sum of three is scaled up to one of four: 35·4/3 = 46.67.
        ("lp", "√((1² + 3² + 5²)·4/3) ≈ 6.831"),
        ("mixed", "0.5·max(1, 3, 5) + 0.5·(1 + 3 + 5) / 3 = 0.5·5 + 0.5·3 = 4"),
        # Each cell keeps its own weight.
        ("gated:gate=2/9/1/-1", "a = σ(2·1 + 1·3 + (−1)·5) = 0.5:"
                                " 0.5·max + 0.5·mean = 0.5·5 + 0.5·3 = 4"),
        ("stochastic:expected=true", "1/9·1 + 3/9·3 + 5/9·5 = 35 / 9 ≈ 3.889"),
    ],
)  # fmt: skip
def test_masked_cells(mode: str, line: str) -> None:
    """A masked cell is not in the line but counted behind it."""
    values = np.ma.masked_equal([[1.0, -8.0], [3.0, 5.0]], -8.0)
    assert line_of(mode, values) == f"{line} (1 masked cell left out)"


@pytest.mark.parametrize(
    "mode", ["max", "min", "sum", "average", "median", "softpool", "lse", "lp"]
)
def test_an_empty_window(mode: str) -> None:
    """A window that reads only padding has no arithmetic, but a value."""
    result = run(FeatureMap(np.array([[3.0]])), PoolSpec(mode, 2, padding=1, dilation=2))
    step = result.step(0, 0)
    value = Numbers().equals(step.value)
    assert step.arithmetic.startswith(f"no input cell {value} (4 padding cells ")


def test_decimals() -> None:
    """Cells and value have the decimals asked for; weights and intermediate results do not."""
    values, numbers = [[0.4, 0.05], [-0.626, 1.0]], Numbers(2)
    assert line_of("max", values, numbers) == "max(0.40, 0.05, −0.63, 1.00) = 1.00"
    assert line_of("median", values, numbers) == (
        "middle of −0.63, 0.05, 0.40, 1.00: (0.05 + 0.40) / 2 ≈ 0.23"
    )
    assert line_of("ordinal:weights=3/1", values, numbers) == (
        "ranked 1.00, 0.40, 0.05, −0.63: (3·1.00 + 1·0.40) / 4 = 0.85"
    )
    assert line_of("lp", values, numbers) == "√(0.40² + 0.05² + (−0.63)² + 1.00²) ≈ 1.25"
    assert line_of("max", np.full((4, 4), 7), numbers) == (
        "largest of 16 cells: 7, at row 0, column 0, all equal"
    )


def test_nine_long_cells_are_summed_up_where_they_would_stand_twice() -> None:
    """A line that no one reads to its end is summed up like that of many cells."""
    values = np.arange(0.1111, 0.9999, 0.1)[None]
    assert values.shape == (1, 9)
    assert line_of("softpool", values).startswith("Σ x·eˣ / Σ eˣ of 9 cells ≈ ")
    assert line_of("mixed", values).startswith("0.5·max + 0.5·mean of 9 cells = ")
    assert line_of("max", values).startswith("max(0.1111, 0.2111, ")


def test_the_winner_of_a_large_window_may_be_padding_that_has_a_value() -> None:
    """Under scikit-image's rules padding is 0, and has no row and column."""
    result = run(FeatureMap(-MANY[:3, :3]), PoolSpec("max", output_size=1))
    assert result.step(0, 0).arithmetic == "max(−1, −2, −3, −33, −34, −35, −65, −66, −67) = −1"
    padded = run(FeatureMap(-MANY[:3, :3]), PoolSpec("max", 4, like="skimage")).step(0, 0)
    assert padded.arithmetic == "largest of 16 cells: 0, in the padding, the first of 7 equal"


@pytest.mark.parametrize(
    ("mode", "note"),
    [
        ("max", "counted as −∞"),
        ("min", "counted as ∞"),
        ("sum", "counted as 0"),
        ("stochastic:expected=true", "counted as 0"),
        *((mode, "left out") for mode in ("median", "mixed", "gated", "ordinal", "softpool",
                                          "lse", "gem")),
    ],
)  # fmt: skip
def test_the_line_says_what_padding_does(mode: str, note: str) -> None:
    """Padding counts as a number, or is left out."""
    result = run(FeatureMap(np.array([[3.0]])), PoolSpec(mode, (1, 2), padding=((0, 0), (1, 0))))
    assert result.step(0, 0).arithmetic.endswith(f"= 3 (1 padding cell {note})")


@pytest.mark.parametrize("mode", available_modes())
def test_lines_of_huge_windows_are_short(mode: str) -> None:
    """A window of a quarter of a million cells has a line, of less than 200 characters."""
    values = np.random.default_rng(0).normal(size=(512, 512))
    spec = PoolSpec(mode, 300) if mode == "maxblur" else PoolSpec(mode, output_size=1)
    assert len(run(FeatureMap(values), spec).step(0, 0).arithmetic) < 200


@pytest.mark.parametrize("mode", [*available_modes(), "lp:p=3", "lp:p=4", "gem:p=5"])
@pytest.mark.parametrize("values", [[[-1.5, 3.0], [16.0, 0.0]], MANY])
def test_lines_in_ascii(mode: str, values: Any) -> None:
    """Every sign of a line has a spelling in ASCII."""
    values = np.asarray(values)
    spec = PoolSpec(f"{mode}:taps=1", 2) if mode == "maxblur" else PoolSpec(mode, output_size=1)
    result = run(FeatureMap(values), spec)
    for line in (result.step(0, 0).arithmetic, result.formula):
        assert in_ascii(line).isascii()
        assert "?" not in in_ascii(line)


def test_exponents_of_whole_cells_have_no_decimals() -> None:
    """Also where the value is written with two."""
    assert line_of("softpool", [[1, 3], [2, 0]], Numbers(2)).startswith(
        "(1·e¹ + 3·e³ + 2·e² + 0·e⁰) / (e¹ + e³ + e² + e⁰)"
    )
