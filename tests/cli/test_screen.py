"""The terminal that lines are fitted to."""

import io

from rich.console import Console
from rich.style import Style

from poolviz.cli.terminal import fitted


def terminal(width: int, system: str | None = None) -> Console:
    """A terminal of a width and a colour system."""
    return Console(
        file=io.StringIO(),
        width=width,
        color_system=system,
        force_terminal=True,
        legacy_windows=False,
    )


def plain(words: str, width: int) -> list[str]:
    """A line as it is fitted."""
    return [part.plain for part in fitted([(words, Style())], terminal(width))]


def test_short_line_stays() -> None:
    """A line that fits is one line."""
    assert plain("as it is", 20) == ["as it is"]


def test_long_line_is_broken_at_blanks_and_keeps_its_indent() -> None:
    """What follows stands under what went before."""
    assert plain("  one two three four", 12) == ["  one two", "  three four"]


def test_long_word_is_broken_and_nothing_is_lost() -> None:
    """A word that is longer than the terminal goes on in the next line."""
    assert "".join(plain("1234567890" * 3, 12)) == "1234567890" * 3


def test_line_as_wide_as_the_terminal_stays() -> None:
    """Its last blanks, too: they may be coloured cells. One column less breaks it."""
    assert plain("one two   ", 10) == ["one two   "]
    assert plain("one two six", 10) == ["one two", "six"]
    assert plain("one two six", 11) == ["one two six"]
