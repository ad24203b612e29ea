"""Single keys: what they mean, and what comes when no key does."""

import os
from collections.abc import Iterator

import pytest

from poolviz.cli.terminal import Keys


@pytest.fixture
def terminal() -> Iterator[tuple[Keys, int]]:
    """The keys of a pipe, and where they are pressed."""
    reading, writing = os.pipe()
    yield Keys(reading), writing
    os.close(reading)


def test_a_terminal_that_is_gone_quits(terminal: tuple[Keys, int]) -> None:
    """No key can come any more: not pressed is something else, which waits."""
    keys, writing = terminal
    assert keys.pressed(0) is None
    os.close(writing)
    assert keys.pressed(None) == "quit"
    assert keys.pressed(None) == "quit"


@pytest.mark.parametrize(
    ("signs", "meanings"),
    [
        (b"\xff", ["other"]),
        (b"\xffn", ["other", "next"]),
        (b"q", ["quit"]),
        (b"\x1b[Cp ", ["next", "previous", "pause"]),
        ("ü".encode(), ["other"]),
    ],
)
def test_keys_mean_what_they_are(
    signs: bytes, meanings: list[str], terminal: tuple[Keys, int]
) -> None:
    """Each of several that come at once; one that is no text is another key, and does not quit."""
    keys, writing = terminal
    os.write(writing, signs)
    assert [keys.pressed(1) for _ in meanings] == meanings
    assert keys.pressed(0) is None
    os.close(writing)


def test_ctrl_c_as_a_key_interrupts(terminal: tuple[Keys, int]) -> None:
    """Where the terminal sends no signal for it."""
    keys, writing = terminal
    os.write(writing, b"\x03")
    with pytest.raises(KeyboardInterrupt):
        keys.pressed(None)
    os.close(writing)


def test_signal_before_the_wait_ends_it(terminal: tuple[Keys, int]) -> None:
    """Its handler runs although the signal came before the wait, and no key is made up."""
    keys, writing = terminal
    signals, arrived = os.pipe()
    os.write(arrived, b"\x02")
    waiting = Keys(keys.descriptor, signals)
    assert waiting.pressed(0.01) is None
    os.write(arrived, b"\x02")
    os.write(writing, b"n")
    assert waiting.pressed(None) == "next"
    for descriptor in (signals, arrived, writing):
        os.close(descriptor)
