"""Numbers and names as text."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolviz import text
from poolviz.text import Numbers


def read(term: str) -> float:
    """The number that a text stands for."""
    return float(term.replace("−", "-").replace("∞", "inf"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-1, "−1"),
        (2.5, "2.5"),
        (8 / 3, "2.667"),
        (-8 / 3, "−2.667"),
        (0.1, "0.1"),
        (123.456, "123.5"),
        (12345.678, "12346"),
        (999999.0, "999999"),
        (1e6, "1e6"),
        (1.5e22, "1.5e22"),
        (1.5e-9, "1.5e−9"),
        (-2.5e-300, "−2.5e−300"),
        (10**20, "100000000000000000000"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
        (True, "1"),
        (np.float32(0.1), "0.1"),
        (np.float16(2.5), "2.5"),
        (np.float64("-inf"), "−∞"),
        (np.uint64(2**64 - 1), "18446744073709551615"),
        (np.int8(-128), "−128"),
        (np.bool_(False), "0"),
    ],
)
def test_number(value: Any, expected: str) -> None:
    """Integers stand whole, decimals with four digits, with a minus sign that is one."""
    assert text.number(value) == expected


def test_number_with_more_digits() -> None:
    """More digits are possible."""
    assert text.number(math.pi, 6) == "3.14159"


@pytest.mark.parametrize(
    ("value", "expected"), [(2.5, "2.5"), (math.nan, "NaN"), (-math.inf, "−∞")]
)
def test_extended_precision_reads_as_any_float(value: float, expected: str) -> None:
    """A long double is a decimal like any other."""
    assert text.number(np.longdouble(value)) == expected


@given(st.integers() | st.integers(-(2**63), 2**63 - 1).map(np.int64))
def test_integers_are_never_rounded(value: int) -> None:
    """An integer of any size stands in full."""
    assert int(text.number(value).replace("−", "-")) == int(value)


@given(st.floats(1e-3, 1e300) | st.floats(-1e300, -1e-3))
def test_decimals_are_near(value: float) -> None:
    """What is shown differs from the value by less than a thousandth part of it."""
    assert math.isclose(read(text.number(value)), value, rel_tol=5.001e-4)
    assert text.number(value)[0] == "−" or value > 0


@pytest.mark.parametrize(
    "value",
    [1.5e-7, 1.234e-12, 1.5e-6,
     1.2345e-5],
)  # fmt: skip
def test_small_decimals_are_near(value: float) -> None:
    """Small numbers keep their digits."""
    assert math.isclose(read(text.number(value)), value, rel_tol=5.001e-4)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.5, "= 2.5"),
        (8 / 3, "≈ 2.667"),
        (4, "= 4"),
        (-0.25, "= −0.25"),
        (math.inf, "= ∞"),
        (math.nan, "= NaN"),
        (np.float32(0.1), "= 0.1"),
        (np.float64(np.float32(0.1)), "≈ 0.1"),
        (np.uint64(2**63 + 1), "= 9223372036854775809"),
        (123456.7, "≈ 123457"),
        (1e-7, "= 1e−7"),
        (1.23456e22, "≈ 1.235e22"),
    ],
)
def test_equals(value: Any, expected: str) -> None:
    """A rounded number is about equal, an exact one equal, each in its own precision."""
    assert Numbers().equals(value) == expected


@given(st.floats(allow_nan=False))
def test_equals_is_honest(value: float) -> None:
    """The sign of equality stands exactly where the text reads back as the value."""
    sign, _, term = Numbers().equals(value).partition(" ")
    assert (sign == "=") == (read(term) == value)
    assert sign in "=≈"


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([1, 3, 4], "1 + 3 + 4"),
        ([-1, -2, 3], "−1 + (−2) + 3"),
        ([0.5, -0.5], "0.5 + (−0.5)"),
        ([-1], "−1"),
        ([], ""),
        ([math.nan, -math.inf], "NaN + (−∞)"),
        (list(range(1, 10)), "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9"),
        (list(range(1, 12)), "1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + … (3 more)"),
        ([-1] * 1500, " + ".join(["−1", *["(−1)"] * 7, "… (1,492 more)"])),
    ],
)
def test_sums(values: list[float], line: str) -> None:
    """A sum has signs in parentheses except at its start, and at most nine terms."""
    assert Numbers().sum(values) == line
    assert Numbers().sum(np.array(values)) == line


def test_joined() -> None:
    """Numbers in a row carry their sign without parentheses."""
    assert text.joined([1, -2, 3.5]) == "1, −2, 3.5"
    assert text.joined(np.arange(10)) == "0, 1, 2, 3, 4, 5, 6, 7, … (2 more)"


@given(st.integers(0, 40), st.integers(1, 12))
def test_abridged_accounts_for_every_value(count: int, limit: int) -> None:
    """The shown terms and the counted rest are all the values."""
    terms = text.abridged(range(count), str, ", ", limit).split(", ")
    if count <= limit:
        assert [term for term in terms if term] == [str(value) for value in range(count)]
        return
    assert len(terms) == limit
    assert terms[:-1] == [str(value) for value in range(limit - 1)]
    assert terms[-1] == f"… ({count - limit + 1} more)"


@pytest.mark.parametrize(
    ("value", "term"), [(3, "3"), (-3, "(−3)"), (0.0, "0"), (-math.inf, "(−∞)")]
)
def test_terms(value: float, term: str) -> None:
    """Only a number with a sign needs parentheses."""
    assert Numbers().term(value) == term


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.4, 2, "0.40"),
        (-0.626, 2, "−0.63"),
        # Integers have no decimals.
        (3, 2, "3"),
        (np.int64(-7), 1, "−7"),
        (True, 1, "1"),
        (3.0, 2, "3.00"),
        (2.5, 0, "2"),
        (3.7, 0, "4"),
        (0, 0, "0"),
        (-0.0, 2, "0.00"),
        (np.float32(0.1), 3, "0.100"),
        (math.nan, 2, "NaN"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        # As the grid writes them, without a sign.
        (0.0004, 2, "0.00"),
        (-0.004, 2, "0.00"),
        (0.4, 0, "0"),
        (1.23456e-7, 3, "0.000"),
        # Longer than twelve characters.
        (123456789.25, 2, "123456789.25"),
        (1234567890.25, 2, "1.235e9"),
        (-1e22, 2, "−1e22"),
        (1e15, 2, "1e15"),
        (np.uint64(2**63), 0, "9223372036854775808"),
    ],
)
def test_numbers_with_decimals(value: Any, decimals: int, expected: str) -> None:
    """Every finite value has the same decimals, unless it would be too long."""
    assert Numbers(decimals).text(value) == expected


@pytest.mark.parametrize("value", [3, 2.5, 1 / 3, -1e-7, 1e9, math.nan, -math.inf, np.uint8(200)])
def test_numbers_without_decimals(value: Any) -> None:
    """Each value is as short as a number by itself."""
    assert Numbers().text(value) == text.number(value)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (2.5, 2, "= 2.50"),
        (8 / 3, 2, "≈ 2.67"),
        (np.float32(0.1), 1, "= 0.1"),
        (3, 2, "= 3"),
        (3.0, 2, "= 3.00"),
        (2.5, 0, "≈ 2"),
        (0.0004, 2, "≈ 0.00"),
        (12345678901.5, 2, "≈ 1.235e10"),
        (1e15, 2, "= 1e15"),
        (math.nan, 2, "= NaN"),
        (-math.inf, 2, "= −∞"),
    ],
)
def test_equals_with_decimals(value: Any, decimals: int, expected: str) -> None:
    """Only a text that is the value itself follows an equals sign."""
    assert Numbers(decimals).equals(value) == expected


def test_terms_with_decimals() -> None:
    """In sums and lists every number has its decimals."""
    assert Numbers(2).sum([-0.5, 1, -2]) == "−0.50 + 1 + (−2)"
    assert Numbers(2).joined([-0.5, 1, -2]) == "−0.50, 1, −2"
    assert Numbers(1).term(-0.26) == "(−0.3)"


@pytest.mark.parametrize(
    ("lengths", "expected"), [((2, 3), "2×3"), ((4,), "4"), ((), ""), ((1, 2, 3), "1×2×3")]
)
def test_size(lengths: tuple[int, ...], expected: str) -> None:
    """Lengths are joined by the sign for times."""
    assert text.size(lengths) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, "0 cells"), (1, "1 cell"), (2, "2 cells")])
def test_counted(count: int, expected: str) -> None:
    """Only one is singular."""
    assert text.counted(count, "cell") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain name.png", "plain name.png"),
        ("größe—図.png", "größe—図.png"),
        ("a\x1b[31mred", r"a\x1b[31mred"),
        ("two\nlines\r", r"two\nlines\r"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\udcff", r"\udcff"),
        ("\x9b2J\x00", r"\x9b2J\x00"),
    ],
)
def test_escaped(name: str, expected: str) -> None:
    """What a terminal could act on is written out; all else stays."""
    assert text.escaped(name) == expected


@given(st.text(st.characters(exclude_categories=[])))
def test_escaped_is_printable(name: str) -> None:
    """No text leaves anything unprintable behind."""
    assert text.escaped(name).isprintable()


@pytest.mark.parametrize(
    ("share", "shown"),
    [(1, "100 %"), (0, "0 %"), (0.9996, "99.96 %"), (1 - 1e-8, "99.999999 %"), (1.0004, "100.04 %"),
     (1e-5, "0.001 %"), (0.1 * 3 / 0.3, "100 %"), (math.nan, "–")],
)  # fmt: skip
def test_a_percentage_is_100_only_if_the_share_is_1(share: float, shown: str) -> None:
    """Almost all cells are not all cells."""
    assert text.percent(share) == shown


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [
        ("3", "2", "3²"),
        ("e", "0", "e⁰"),
        ("e", "−15", "e⁻¹⁵"),
        ("e", "x", "eˣ"),
        ("2", "123", "2¹²³"),
        ("2", "1234", "2^1234"),
        ("3", "0.5", "3^0.5"),
        ("e", "−0.5", "e^(−0.5)"),
        ("e", "2·(−3)", "e^(2·(−3))"),
        ("e", "∞", "e^∞"),
        ("e", "−∞", "e^(−∞)"),
        ("e", "1e−7", "e^(1e−7)"),
        ("−2", "3", "(−2)³"),
        ("1e−6", "3", "(1e−6)³"),
        ("|−2|", "3", "|−2|³"),
    ],
)
def test_powers(base: str, exponent: str, expected: str) -> None:
    """Small whole exponents are raised; whatever would be misread is in parentheses."""
    assert text.power(base, exponent) == expected


@pytest.mark.parametrize(
    ("p", "expected"),
    [(1, "a + b"), (2, "√(a + b)"), (3.0, "∛(a + b)"), (4, "∜(a + b)"), (5, "(a + b)^(1/5)"),
     (2.5, "(a + b)^(1/2.5)")],
)  # fmt: skip
def test_roots(p: float, expected: str) -> None:
    """Roots have their sign if there is one."""
    assert text.root("a + b", p) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(999, "999"), (1000, "1,000"), (-1234567, "−1,234,567"), (1234.5, "1,234"), (0.25, "0.25"),
     (3.584e8, "358,400,000"), (3.584384e12, "3.584e12")],
)  # fmt: skip
def test_groups_of_digits(value: float, expected: str) -> None:
    """Whole numbers have commas, others are as short as ever."""
    assert text.grouped(value) == expected


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("{} / {}", (9, 4), "= 9 / 4"),
        ("{} / {}", (2498.33, 433.62), "≈ 2,498 / 433.6"),
        ("{}·{} + {}·{}", (0.5, -1, 0.5, -3), "= 0.5·(−1) + 0.5·(−3)"),
        ("∛({})", (-7,), "= ∛(−7)"),
        ("{} / {}", (-9, 4), "= −9 / 4"),
        ("{} / {}", (math.nan, 4), ""),
        ("{} / {}", (1, math.inf), ""),
    ],
)
def test_intermediate_results(template: str, values: tuple[float, ...], expected: str) -> None:
    """They are about equal if one number is rounded, and left out if one is not finite."""
    assert text.worked(template, *values) == expected


def test_long_lines_are_summed_up() -> None:
    """Nine cells are written out, ten or a line of more than 120 characters are not."""
    assert text.in_full(9, lambda: "x" * 120, "sum") == "x" * 120
    assert text.in_full(9, lambda: "x" * 121, "sum") == "sum"
    assert text.in_full(10, lambda: "x", "sum") == "sum"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("√(1² + 3²) ≈ 3.162", "sqrt(1^2 + 3^2) ~ 3.162"),
        ("∛(2³) = 2", "cbrt(2^3) = 2"),
        ("∜(2⁴)", "root4(2^4)"),
        ("e¹²·x + e⁻³", "e^12*x + e^(-3)"),
        ("Σ x·eˣ", "sum x*e^x"),
        ("⌊(6 + 2·1 − 3) / 2⌋ + 1", "floor((6 + 2*1 - 3) / 2) + 1"),
        ("⌈6 / 2⌉", "ceil(6 / 2)"),
        ("top < 2³¹", "top < 2^31"),
        ("a · b", "a . b"),
    ],
)
def test_signs_in_ascii(line: str, expected: str) -> None:
    """Roots, powers and roundings are spelled so that they can be read and typed."""
    assert text.in_ascii(line) == expected
