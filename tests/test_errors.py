"""Expected failures as exceptions."""

import pickle

import pytest

from poolviz import OutputError, PoolvizError, SourceError, SpecError


@pytest.mark.parametrize("kind", [PoolvizError, OutputError, SourceError, SpecError])
def test_errors_survive_pickling(kind: type[PoolvizError]) -> None:
    """A worker's error reaches whoever waits for it."""
    error = pickle.loads(pickle.dumps(kind("a", "b", "c")))  # noqa: S301 - made here
    assert type(error) is kind
    assert (error.subject, error.cause, error.remedy) == ("a", "b", "c")
