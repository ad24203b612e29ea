"""Player: where an animation stands."""

import pytest

from poolviz.cli.play import Player


def after(player: Player, *keys: str | None) -> Player:
    """What follows several keys, None being time that passes."""
    for key in keys:
        player = player.after(key)
    return player


@pytest.mark.parametrize(
    ("keys", "at", "playing"),
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
def test_keys(keys: tuple[str | None, ...], at: int, playing: bool) -> None:
    """Time and keys move it within its shots; at the end space begins anew."""
    assert after(Player(4), *keys) == Player(4, at, playing)


@pytest.mark.parametrize(
    ("keys", "at", "playing", "backward"),
    [
        ((None, None, "reverse", None), 1, True, True),
        (("pause", "reverse"), 0, True, True),
        ((None, "reverse", None, None), 0, True, True),
        ((None, "reverse", None, "pause"), 3, True, True),
        ((None, "reverse", "reverse", None), 2, True, False),
        ((None, "reverse", "next", None), 2, False, True),
        ((None, None, "reverse", "previous", "pause", None), 0, True, True),
    ],
)
def test_reverse(keys: tuple[str | None, ...], at: int, playing: bool, backward: bool) -> None:
    """It plays towards the beginning; there space begins from the end. Arrows keep their ways."""
    assert after(Player(4), *keys) == Player(4, at, playing, backward)


def test_speed() -> None:
    """Each press is faster or slower, within bounds; nothing else changes."""
    speeds = [after(Player(4), *["faster"] * count).speed for count in range(9)]
    assert speeds[:2] == [1, 1.5]
    assert speeds == sorted(speeds)
    assert max(speeds) == 4
    slow = [after(Player(4), *["slower"] * count).speed for count in range(9)]
    assert slow == sorted(slow, reverse=True)
    assert min(slow) == 0.25
    there = after(Player(4), None, "pause", "faster", "slower")
    assert there == Player(4, 1, playing=False)


@pytest.mark.parametrize(
    ("player", "keys"),
    [
        (Player(4), "space pause, ←/→ step, r back, +/− speed, q quit"),
        (Player(4, 1, playing=False), "space play, ←/→ step, r back, +/− speed, q quit"),
        (Player(4, 3), "space again, ←/→ step, r back, +/− speed, q quit"),
        (Player(4, 0, True, True), "space again, ←/→ step, r forward, +/− speed, q quit"),
        (after(Player(4), "faster"), "space pause, ←/→ step, r back, +/− speed 1.5×, q quit"),
    ],
)
def test_what_the_keys_do(player: Player, keys: str) -> None:
    """It says what each does now."""
    assert player.keys == keys
