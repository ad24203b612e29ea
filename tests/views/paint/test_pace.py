"""How an animation runs: hundredths of a second, bounds, which steps are shown."""

from typing import Any

import pytest

from poolviz import SpecError
from poolviz.views.paint.formats import Pace


@pytest.mark.parametrize("frames", [2, 9, 66, 67, 100, 256])
def test_the_default_can_be_followed(frames: int) -> None:
    """Whole hundredths of a second, neither too short nor too long; the last one held."""
    *others, last = Pace().durations(frames)
    assert set(others) == {others[0]}
    assert others[0] % 10 == 0
    assert 200 <= others[0] <= 900
    assert last == 3 * others[0]


@pytest.mark.parametrize(
    ("frames", "delay"), [(66, 900), (75, 800), (100, 600), (240, 250), (300, 200)]
)
def test_a_long_animation_takes_a_minute(frames: int, delay: int) -> None:
    """The more frames share the minute, the shorter each is: a hundred have 600 ms."""
    assert Pace().durations(frames)[0] == delay


def test_what_is_asked_for_is_kept() -> None:
    """Delay and hold, in hundredths."""
    assert Pace(delay=125, hold=2000).durations(3) == [120, 120, 2000]


@pytest.mark.parametrize(
    ("steps", "every", "shown"),
    [(1, 1, [0]), (1, 5, [0]), (5, 2, [0, 2, 4]), (6, 2, [0, 2, 4, 5]), (4, 9, [0, 3])],
)
def test_every_so_many_and_the_last(steps: int, every: int, shown: list[int]) -> None:
    """The last step is always among them."""
    assert Pace(every=every).indices(steps) == shown


@pytest.mark.parametrize(
    ("options", "subject"),
    [
        ({"delay": 19}, "delay"),
        ({"delay": 655_351}, "delay"),
        ({"hold": 0}, "hold"),
        ({"every": 0}, "every"),
        ({"max_frames": 0}, "max_frames"),
    ],
)
def test_out_of_range(options: dict[str, Any], subject: str) -> None:
    """Each names the option and what is allowed."""
    with pytest.raises(SpecError) as caught:
        Pace(**options)
    assert caught.value.subject == subject


@pytest.mark.parametrize(("steps", "most"), [(301, 300), (1000, 10), (7, 2)])
def test_the_remedy_for_too_many_frames_helps(steps: int, most: int) -> None:
    """The value of every that the error names gives no more frames than allowed."""
    with pytest.raises(SpecError) as caught:
        Pace(max_frames=most).indices(steps)
    every = int(caught.value.remedy.rsplit("=", 1)[1])
    assert len(Pace(every=every, max_frames=most).indices(steps)) <= most
