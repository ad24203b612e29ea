"""Helpers of the tests of sources."""

from pathlib import Path
from typing import Any

import pytest

from poolviz import PoolvizError, SourceError, load


def refusal(source: str | Path, kind: type[PoolvizError] = SourceError, **options: Any) -> str:
    """The message with which ``source`` is refused: one line, naming it, a cause and a remedy."""
    with pytest.raises(kind) as caught:
        load(source, **options)
    error = caught.value
    message = str(error)
    assert message == f"{error.subject}: {error.cause}; {error.remedy}"
    assert message.isprintable(), "one line, with nothing that a terminal acts on"
    assert error.cause
    assert error.remedy
    named = str(source).removeprefix("-") or "standard input"
    assert named in message or kind is not SourceError
    return message
