"""How an animation runs: bounds, hundredths of a second, which steps are shown."""

from typing import Any

import pytest

from poolviz import SpecError
from poolviz.views.paint.formats import Pace, padded_size, parse_aspect


@pytest.mark.parametrize(
    ("windows", "delay"), [(1, 900), (65, 900), (74, 800), (99, 600), (239, 250), (4096, 200)]
)
def test_a_page_plays_more_windows_faster(windows: int, delay: int) -> None:
    """As many as share a minute, neither too fast nor too slow to follow."""
    assert Pace().each(windows) == delay
    assert Pace(delay=125).each(windows) == 120


@pytest.mark.parametrize(
    ("pace", "last"),
    [
        (Pace(), 3000),
        (Pace(delay=100), 3000),
        (Pace(delay=5005), 5000),
        (Pace(hold=2009), 2000),
        (Pace(delay=5000, hold=20), 20),
    ],
)
def test_the_last_frame_is_held(pace: Pace, last: int) -> None:
    """For three seconds, or as long as the delay, unless it is told otherwise."""
    assert pace.last == last


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
        ({"loop": -1}, "loop"),
        ({"loop": 65_536}, "loop"),
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


def test_an_aspect_is_a_ratio() -> None:
    """Two whole numbers with a colon."""
    assert parse_aspect("16:9") == (16, 9)
    assert parse_aspect("1:20") == (1, 20)


@pytest.mark.parametrize("text", ["", "16", "16x9", "0:9", "9:0", "-1:2", "1.5:1", "21:1", "１:１"])
def test_other_aspects_are_refused(text: str) -> None:
    """With an example of one, or with the limits."""
    with pytest.raises(SpecError) as caught:
        parse_aspect(text)
    assert caught.value.subject == "aspect"


@pytest.mark.parametrize(
    ("size", "aspect", "padded"),
    [
        ((900, 600), None, (900, 600)),
        ((900, 600), (3, 2), (900, 600)),
        ((900, 600), (16, 9), (1067, 600)),
        ((900, 600), (1, 1), (900, 900)),
        ((901, 600), (9, 16), (901, 1602)),
    ],
)
def test_padding_only_adds(
    size: tuple[int, int], aspect: tuple[int, int] | None, padded: tuple[int, int]
) -> None:
    """The smallest size of the ratio, rounded up."""
    assert padded_size(*size, aspect) == padded
