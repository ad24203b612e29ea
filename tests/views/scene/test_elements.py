"""Scenes: text in lines that fit."""

import itertools

import pytest

from poolviz.views.scene.elements import text_width, wrap_text

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
