"""The animation: every step shown, the last held, the same bytes each time."""

import io
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pictures import RESULTS, stage_for
from PIL import Image, ImageSequence

from poolviz import SpecError
from poolviz.memory import Budget
from poolviz.views.paint.animation import animated, paint_frames
from poolviz.views.paint.formats import FORMATS, HOLD_FACTOR, Pace
from poolviz.views.scene.parts import WEDGE_OPACITY
from poolviz.views.scene.stage import Stage
from poolviz.views.scene.style import mixed

NAMES = ["teaching", "edges", "row", "global", "photo", "holes"]


def animation(stage: Stage, kind: str = "gif", **options: Any) -> bytes:
    """The animation as a file of this kind."""
    return animated(stage, FORMATS[kind], Budget(1 << 40), **options)


def opened(stage: Stage) -> Any:
    """The animation, opened as a GIF."""
    return Image.open(io.BytesIO(animation(stage)))


def frames(stage: Stage, **options: Any) -> list[Image.Image]:
    """The frames as they are painted, as images."""
    return [canvas.image() for canvas in list(paint_frames(stage, **options))]


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
    each = Pace().durations(len(stage.steps) + 1)[0]
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


def test_only_later_frames_of_a_gif_let_the_one_before_show_through() -> None:
    """Nothing stands behind the first frame, so no colour of it is transparent."""
    # Before each image: 21 F9 04, flags of which the lowest is transparency, time, colour, 0.
    flags = re.findall(
        rb"\x21\xf9\x04(.)..\xff\x00\x2c", animation(stage_for("teaching")), re.DOTALL
    )
    assert [flag[0] & 1 for flag in flags] == [0] + [1] * 8


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_same_stage_gives_the_same_bytes(name: str, theme: str) -> None:
    """Two runs write the same file."""
    stage = stage_for(name, theme)
    again = stage_for.__wrapped__(name, theme)
    assert animation(stage) == animation(again)


def output_corners(
    stage: Stage, frame: "np.ndarray[Any, Any]", index: tuple[int, int]
) -> list[tuple[int, ...]]:
    """The colours near the corners of an output cell."""
    panel = stage.output_panel
    top, left = (panel.cell * place for place in index)
    near = 6, panel.cell - 8
    return [
        tuple(frame[panel.y + top + row, panel.x + left + column].tolist())
        for row in near
        for column in near
    ]


def test_output_fills_in_step_by_step() -> None:
    """A cell of the output has the colour of the unvisited until its step, then its value's."""
    stage = stage_for("teaching")
    pictures = [rgb(picture) for picture in frames(stage)]
    for at, picture in enumerate(pictures):
        for step_at, step in enumerate(stage.steps):
            shown = output_corners(stage, picture, step.index)
            color = stage.scale.color(float(step.value)) if step_at <= at else stage.theme.unvisited
            # The wedge to a later cell may lie over it, in the nearest colour of the palette.
            under = mixed(color, stage.theme.accent, WEDGE_OPACITY)
            distances = np.abs(np.array([color, under])[:, None] - np.array(shown)).max(axis=-1)
            assert distances.min() <= 20


def test_large_map_is_animated_in_part() -> None:
    """Of many windows a part is shown, which is said, and where the output varies."""
    stage = stage_for("photo")
    assert len(stage.steps) == 36 < 40 * 35
    rows, columns = stage.inside
    place = f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"
    assert f"The input is a 80×70 map, {place}." in stage.describe()
    assert stage.output_values.var() >= np.var(RESULTS["photo"]().output[0][:6, :6])


def test_description_is_in_the_file() -> None:
    """The file carries a description for those who cannot see it."""
    stage = stage_for("teaching")
    with opened(stage) as image:
        comment = image.info["comment"].decode("utf-8")
    assert comment == stage.describe()
    assert comment.startswith("Max pooling, 2×2, stride 2: map. The input is a 6×6 map.")


@pytest.mark.parametrize("name", ["long name", "edges", "photo"])
def test_description_is_never_cut_within_a_character(name: str) -> None:
    """A long description is still text."""
    with opened(stage_for(name)) as image:
        assert image.info["comment"].decode("utf-8")


def test_every_shows_some_steps_and_fills_in_all() -> None:
    """Of nine steps every fourth has a frame; on the last all outputs stand."""
    stage = stage_for("teaching")
    with Image.open(io.BytesIO(animation(stage, pace=Pace(every=4)))) as image:
        shown = [rgb(frame) for frame in ImageSequence.Iterator(image)]
    assert len(shown) == 3
    for step in stage.steps:
        color = stage.scale.color(float(step.value))
        assert color in output_corners(stage, shown[-1], step.index)


@pytest.mark.parametrize("kind", ["webp", "apng"])
@pytest.mark.parametrize("name", ["teaching", "holes"])
def test_other_formats_show_what_was_painted(name: str, kind: str) -> None:
    """WebP and APNG are without loss, play for ever, and take the time that they should."""
    stage = stage_for(name)
    pace = Pace(delay=100, hold=700)
    with Image.open(io.BytesIO(animation(stage, kind, pace=pace))) as image:
        # WebP's durations are known once a frame is loaded.
        found = [(rgb(frame), frame.info["duration"]) for frame in ImageSequence.Iterator(image)]
        assert image.info["loop"] == 0
    expected = [rgb(picture) for picture in frames(stage)]
    assert len(found) == len(expected)
    assert all(np.array_equal(*pair) for pair in zip([p for p, _ in found], expected, strict=True))
    assert sum(time for _, time in found) == 100 * (len(stage.steps) - 1) + 700


def test_apng_has_alt_text() -> None:
    """The description stands in the file."""
    stage = stage_for("teaching")
    with Image.open(io.BytesIO(animation(stage, "apng"))) as image:
        image.load()
        assert image.info["Description"] == stage.describe()


def test_scale_enlarges_every_pixel_of_cells() -> None:
    """Twice as large, a cell's inside has the same colour at twice the place."""
    stage = stage_for("teaching")
    small, large = frames(stage)[-1], frames(stage, scale=2)[-1]
    assert large.size == (2 * stage.width, 2 * stage.height)
    panel = stage.output_panel
    x, y = panel.x + 8, panel.y + 8
    assert small.convert("RGB").getpixel((x, y)) == large.convert("RGB").getpixel((2 * x, 2 * y))


def test_too_large_a_side_is_refused() -> None:
    """A side that a format cannot say is refused before anything is painted."""
    with pytest.raises(SpecError, match="do not fit into a gif"):
        animation(stage_for("teaching"), scale=1000)


def test_frames_that_would_fill_the_memory_are_refused() -> None:
    """Many large frames are refused with what would help."""
    with pytest.raises(SpecError, match="use a larger every"):
        animation(stage_for("28x28"), "apng", scale=2)


def test_watch_sees_every_frame() -> None:
    """Progress is told of each frame."""
    seen: list[int] = []

    def watch(indices: Any) -> Any:
        for at in indices:
            seen.append(at)
            yield at

    frames(stage_for("teaching"), watch=watch)
    assert seen == list(range(9))


def test_webp_has_alt_text() -> None:
    """The description stands in the file's metadata."""
    stage = stage_for("teaching")
    with Image.open(io.BytesIO(animation(stage, "webp"))) as image:
        assert f">{stage.describe()}<" in image.info["xmp"].decode("utf-8")
