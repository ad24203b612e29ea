"""Scenes: text in lines that fit."""

import itertools

import numpy as np
import pytest

from poolviz.text import Numbers
from poolviz.views.scene.elements import cell_text, choose_numbers
from poolviz.views.scene.fonts import text_width, wrap_text

SENTENCE = "max(12, 7, −3, 45, 6) = 45, two padding cells as −∞, one overhang cell left out"


@pytest.mark.parametrize("width", [60, 120, 240, 480, 10_000])
def test_wrapped_lines_fit(width: int) -> None:
    """No line with a blank in it is wider than asked, and no word is lost."""
    lines = wrap_text(SENTENCE, 14, width)
    assert " ".join(lines) == SENTENCE
    assert all(text_width(line, 14) <= width for line in lines if " " in line)


def test_wrapped_lines_are_as_few_as_can_be() -> None:
    """A line is broken only where the next word would not fit."""
    lines = wrap_text(SENTENCE, 14, 200)
    for line, following in itertools.pairwise(lines):
        assert text_width(f"{line} {following.split()[0]}", 14) > 200


def test_short_text_is_one_line() -> None:
    """Text that fits stays whole; no text is one empty line."""
    assert wrap_text(SENTENCE, 14, 10_000) == [SENTENCE]
    assert wrap_text("", 14, 100) == [""]


def test_width_grows_with_text_size_and_weight() -> None:
    """Longer, larger and bolder text is wider; none has no width."""
    plain = text_width("1234", 14)
    assert text_width("", 14) == 0
    assert plain < text_width("12345", 14)
    assert plain < text_width("1234", 20)
    assert plain < text_width("1234", 14, bold=True)


def test_digits_are_equally_wide() -> None:
    """Numbers of as many digits are equally wide."""
    assert len({text_width(str(digit) * 4, 20) for digit in range(10)}) == 1


@pytest.mark.parametrize(
    ("values", "windows", "expected"),
    [
        ([1.0, 2.0, 9.0], [], Numbers()),
        ([0.123, 0.987], [], Numbers(2)),
        ([27.13, 2.44], [], Numbers(1)),
        ([1013.2, 998.7], [], Numbers(0)),
        # Those of a marked window read differently.
        ([287.8, 287.7, 287.4], [[287.8, 287.7, 287.4]], Numbers(1)),
        ([0.1234, 0.1241], [[0.1234, 0.1241]], Numbers(3)),
        # Equal cells need no more decimals, nor do NaN and infinities.
        ([0.5, np.nan, np.inf], [[0.5, 0.5, np.nan, -np.inf]], Numbers(1)),
        # Decimals that are 0 everywhere are left out; float32 has no exact 0.8.
        ([0.8, -6.0, 5.7], [], Numbers(1)),
        ([float(np.float32(0.8))], [], Numbers(1)),
        ([0.25, 0.5], [], Numbers(2)),
        ([2.55e-7, -1e-8], [], Numbers(2, -7)),
        ([1.5e9, 2.25e8], [], Numbers(2, 9)),
        ([0.0, 0.0], [], Numbers()),
        ([5e-310], [], Numbers()),
    ],
)
def test_numbers_have_as_few_decimals_as_tell_them_apart(
    values: list[float], windows: list[list[float]], expected: Numbers
) -> None:
    """One number of decimals for a picture; a common factor where it would be too long."""
    marked = [np.array(window) for window in windows]
    assert choose_numbers([np.array(values)], marked) == expected


def test_integers_need_no_decimals() -> None:
    """Beside averages whole cells stay whole."""
    numbers = choose_numbers([np.array([1, 2]), np.array([1.5])], [np.array([1, 2])])
    assert numbers == Numbers(1)
    assert (cell_text(np.int64(2), numbers), cell_text(np.float64(1.5), numbers)) == ("2", "1.5")
    assert cell_text(np.float64(-0.001), numbers) == "0.0", "no sign of what is not shown"


def test_values_far_apart_share_no_exponent() -> None:
    """Divided by the largest's power of ten, the smallest would read 0."""
    numbers = choose_numbers([np.array([1e-12, 5.0, 1e7])], [])
    assert numbers == Numbers()
    assert [cell_text(value, numbers) for value in (np.float64(1e-12), np.float64(1e7))] == [
        "1e−12",
        "1e7",
    ]
