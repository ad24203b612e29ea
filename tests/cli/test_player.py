"""Player: where an animation stands."""

import pytest

from poolviz.cli.play import Player


def after(player: Player, *keys: str | None) -> Player:
    """What follows several keys, None being time that passes."""
    for key in keys:
        player = player.after(key)
    return player


@pytest.mark.parametrize(
    ("keys", "step", "playing"),
    [
        ((), 0, True),
        ((None, None), 2, True),
        ((None,) * 9, 3, True),
        (("pause", None, None), 0, False),
        (("pause", "pause", None), 1, True),
        (("next", None), 1, False),
        (("next",) * 9, 3, False),
        (("previous",), 0, False),
        (("next", "next", "previous"), 1, False),
        (("next", "next", "next", "pause"), 0, True),
        (("other", None), 1, True),
    ],
)
def test_keys(keys: tuple[str | None, ...], step: int, playing: bool) -> None:
    """Time and keys move it within its steps; at the end space begins anew."""
    assert after(Player(4), *keys) == Player(4, step, playing)


@pytest.mark.parametrize(
    ("player", "status"),
    [
        (Player(4), "step 1 of 4: space pause, ←/→ step, q quit"),
        (Player(4, 1, playing=False), "step 2 of 4: space play, ←/→ step, q quit"),
        (Player(4, 3), "step 4 of 4: space again, ←/→ step, q quit"),
    ],
)
def test_status(player: Player, status: str) -> None:
    """It says where it stands and what the keys do."""
    assert player.status == status
