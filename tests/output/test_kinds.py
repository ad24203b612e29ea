"""What --write names."""

import pytest

from poolviz import SpecError
from poolviz.output.job import chosen_kinds


def test_nothing_is_written_for_none() -> None:
    """And spaces are as nothing."""
    assert chosen_kinds("none") == chosen_kinds(" none ") == []
    assert chosen_kinds("png, gif") == ["png", "gif"]


@pytest.mark.parametrize("words", ["none,png", "png,none", "none,none", "npy, none,gif"])
def test_none_goes_with_nothing_else(words: str) -> None:
    """It would be unclear whether pictures are wanted."""
    with pytest.raises(SpecError, match="omit none"):
        chosen_kinds(words)
