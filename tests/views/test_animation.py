"""The animation: every step shown, the last held, the same bytes each time."""

import io
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pictures import RESULTS, stage_for
from PIL import Image, ImageSequence

from poolviz.views.animation import HOLD_FACTOR, delay, description, frames, gif
from poolviz.views.stage import Stage

NAMES = ["teaching", "edges", "row", "global", "photo", "holes"]


def opened(stage: Stage) -> Any:
    """The animation, opened as a GIF."""
    return Image.open(io.BytesIO(gif(stage)))


def rgb(image: Image.Image) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """An image's pixels."""
    return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_shown_for_its_time(name: str) -> None:
    """All steps together take as long as they should, the last being held."""
    stage = stage_for(name)
    with opened(stage) as image:
        total = sum(frame.info["duration"] for frame in ImageSequence.Iterator(image))
        size = image.size
        loop = image.info.get("loop", 0 if len(stage.steps) == 1 else None)
    each = delay(len(stage.steps))
    assert total == each * (len(stage.steps) - 1 + HOLD_FACTOR)
    assert size == (stage.width, stage.height)
    assert loop == 0


def test_frames_are_one_for_each_step() -> None:
    """No two steps look alike, so that none is merged with the one before."""
    stage = stage_for("teaching")
    with opened(stage) as image:
        assert image.n_frames == len(stage.steps) == 9
    pictures = [rgb(picture) for picture in frames(stage)]
    assert all((first != second).any() for first, second in pairwise(pictures))


@pytest.mark.parametrize("name", ["teaching", "edges", "holes"])
def test_gif_shows_what_was_painted(name: str) -> None:
    """Frame by frame, the file's pixels are exactly those painted."""
    stage = stage_for(name)
    with opened(stage) as image:
        shown = [rgb(frame) for frame in ImageSequence.Iterator(image)]
    expected = [rgb(picture) for picture in frames(stage)]
    assert len(shown) == len(expected)
    assert all(np.array_equal(*pair) for pair in zip(shown, expected, strict=True))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_same_stage_gives_the_same_bytes(name: str, theme: str) -> None:
    """Two runs write the same file."""
    stage = stage_for(name, theme)
    again = stage_for.__wrapped__(name, theme)
    assert gif(stage) == gif(again)


def output_corner(stage: Stage, frame: "np.ndarray[Any, Any]", index: tuple[int, int]) -> list[int]:
    """The colour near the corner of an output cell."""
    panel = stage.output_panel
    row, column = index
    return list(frame[panel.y + row * panel.cell + 6, panel.x + column * panel.cell + 6])


def test_output_fills_in_step_by_step() -> None:
    """A cell of the output has the colour of the unvisited until its step, then its value's."""
    stage = stage_for("teaching")
    pictures = [rgb(picture) for picture in frames(stage)]
    for at, picture in enumerate(pictures):
        for step_at, step in enumerate(stage.steps):
            shown = output_corner(stage, picture, step.index)
            if step_at > at:
                assert shown == list(stage.theme.unvisited)
            else:
                assert shown == list(stage.scale.color(float(step.value)))


@pytest.mark.parametrize("steps", [1, 2, 9, 66, 67, 100, 256])
def test_delay_can_be_followed(steps: int) -> None:
    """Steps are shown for whole hundredths of a second, neither too short nor too long."""
    assert delay(steps) % 10 == 0
    assert 200 <= delay(steps) <= 900
    assert delay(steps) >= delay(steps + 1)


def test_large_map_is_animated_in_part() -> None:
    """Of many windows a part is shown, which is said, and where the output varies."""
    stage = stage_for("photo")
    assert len(stage.steps) == 36 < 40 * 35
    assert "Shown: rows " in description(stage)
    assert stage.output_values.var() >= np.var(RESULTS["photo"]().output[0][:6, :6])


def test_description_is_in_the_file() -> None:
    """The file carries a description for those who cannot see it."""
    stage = stage_for("teaching")
    with opened(stage) as image:
        comment = image.info["comment"].decode("utf-8")
    assert comment == description(stage)
    assert comment.startswith("map: max 2×2, stride 2. Output size floor(")


@pytest.mark.parametrize("name", ["long name", "edges", "photo"])
def test_description_is_never_cut_within_a_character(name: str) -> None:
    """A long description is still text."""
    with opened(stage_for(name)) as image:
        assert image.info["comment"].decode("utf-8")
