"""Lines: tables that fit, blocks side by side."""

import pytest

from poolviz.views.terminal.grid import PLAIN, Segments
from poolviz.views.terminal.lines import paragraph, side_by_side, table

HEAD = ("mode", "mean", "why")
ROWS = (("max", "4", "the largest"), ("average", "2.5", "the mean"))


def plain(lines: object) -> list[str]:
    """Lines as text."""
    return ["".join(part for part, _ in line).rstrip() for line in lines]  # type: ignore[attr-defined]


def test_figures_stand_to_the_right_and_words_to_the_left() -> None:
    """A column of numbers is aligned at its end."""
    assert plain(table(HEAD, ROWS, None)) == [
        "mode     mean  why",
        "max         4  the largest",
        "average   2.5  the mean",
    ]


def test_table_that_does_not_fit_is_told_row_by_row() -> None:
    """Nothing is shortened: each cell follows its head."""
    assert plain(table(HEAD, ROWS, 20)) == [
        "max", "  mean: 4", "  why: the largest",
        "average", "  mean: 2.5", "  why: the mean",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [28, 27, 26, 25])
def test_table_uses_all_of_the_width(width: int) -> None:
    """At 26 columns the table above fits, at 25 it does not."""
    assert plain(table(HEAD, ROWS, width))[0].startswith("mode" if width >= 26 else "max")


def block(*lines: str) -> list[Segments]:
    """A block of lines."""
    return [[(line, PLAIN)] for line in lines]


def test_blocks_stand_beside_each_other_as_far_as_they_fit() -> None:
    """As many as fit, four blanks between; the next row after an empty line."""
    blocks = [block("aaaa", "a"), block("bbbb"), block("cccc")]
    assert plain(side_by_side(blocks, 12)) == ["aaaa    bbbb", "a", "", "cccc"]
    assert plain(side_by_side(blocks, 11)) == ["aaaa", "a", "", "bbbb", "", "cccc"]


def test_paragraph_is_wrapped_where_there_is_no_terminal() -> None:
    """In lines of 80 columns, indents kept; a terminal wraps by itself."""
    words = "  " + "word " * 40
    assert all(
        line.startswith("  word") and len(line) <= 80 for line in plain(paragraph(words, None))
    )
    assert len(plain(paragraph(words, 40))) == 1
