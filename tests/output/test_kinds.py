"""What --write names."""

import pytest

from poolviz import SpecError
from poolviz.output.names import KINDS, ending_pattern, output_endings, parse_kinds
from poolviz.views.figures import available_figures
from poolviz.views.paint.formats import FORMATS


def test_nothing_is_written_for_none() -> None:
    """And spaces are as nothing."""
    assert parse_kinds("none") == parse_kinds(" none ") == []
    assert parse_kinds("png, gif") == ["png", "gif"]


@pytest.mark.parametrize("words", ["none,png", "png,none", "none,none", "npy, none,gif"])
def test_none_goes_with_nothing_else(words: str) -> None:
    """It would be unclear whether pictures are wanted."""
    with pytest.raises(SpecError, match="use none alone, or list the kinds of files"):
        parse_kinds(words)


def test_every_format_of_animations_is_a_kind() -> None:
    """What --write takes, and how files are recognised, follows from one table."""
    assert set(FORMATS) < set(KINDS)
    assert {f"window.{name}" for name in FORMATS} < set(output_endings())


def test_endings_name_every_figure() -> None:
    """A file of each kind of figure is recognised, and no template is left."""
    assert {f"{figure}.svg" for figure in available_figures()} < set(output_endings())
    assert not any("{" in ending for ending in output_endings())


@pytest.mark.parametrize("name", ["x-slide-001.svg", "x-slide-1000.svg", "x-handout.pdf"])
def test_numbered_outputs_are_recognised(name: str) -> None:
    """Whatever their number."""
    assert ending_pattern().search(name)
    assert not ending_pattern().search(name.replace("-", ""))
