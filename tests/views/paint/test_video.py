"""Videos: what players, slides and browsers need of them, and that they show each step in time."""

import io
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, noise, result_of, stage_for

from poolviz.errors import OutputError, SpecError
from poolviz.memory import Budget
from poolviz.views.paint.animation import animated, paint_frames
from poolviz.views.paint.formats import FORMATS, VIDEO_FRAMES, Pace
from poolviz.views.paint.script import script_of
from poolviz.views.scene.region import whole_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import THEMES

KINDS = {"mp4": "h264", "webm": "vp9"}
# Half of the time of a frame, by which the time of a picture may be rounded.
SECOND = 1 / 60 + 1e-3


def video(stage: Stage, kind: str, **options: Any) -> bytes:
    """The animation as a video."""
    pytest.importorskip("av", reason="videos need the extra 'video'")
    return animated(stage, FORMATS[kind], Budget(1 << 40), **options)


def decoded(data: bytes) -> list[tuple[float, Any]]:
    """The seconds at which each frame of a video is shown, and its pixels."""
    import av

    with av.open(io.BytesIO(data)) as file:
        return [(each.time, each.to_ndarray(format="rgb24")) for each in file.decode(video=0)]


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The name and the content of each box at the top of an MP4, or within another box."""
    while data:
        size = int.from_bytes(data[:4], "big")
        assert 8 <= size <= len(data)
        yield data[4:8], data[8:size]
        data = data[size:]


@pytest.mark.parametrize("kind", ["mp4", pytest.param("webm", marks=pytest.mark.slow)])
def test_what_players_need(kind: str) -> None:
    """A usual codec, size and pixel format; colours of HD; the right duration; no sound."""
    import_av = pytest.importorskip("av", reason="videos need the extra 'video'")
    stage = stage_for("teaching")
    with import_av.open(io.BytesIO(video(stage, kind))) as file:
        (stream,) = file.streams
        context = stream.codec_context
        assert context.name == KINDS[kind]
        assert (context.width, context.height) in VIDEO_FRAMES
        assert context.pix_fmt == "yuv420p"
        assert (context.colorspace, context.color_range) == (1, 1)
        assert stream.average_rate is None or stream.average_rate <= 30
        seconds = sum(shot.milliseconds for shot in script_of(stage, Pace())) / 1000
        assert file.duration / 1e6 == pytest.approx(seconds, abs=SECOND)
        metadata = {name.lower(): value for name, value in file.metadata.items()}
    assert metadata["comment"] == stage.describe()
    assert metadata["title"] == "Max pooling, 2×2, stride 2: map"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_each_step_is_shown_in_time(kind: str) -> None:
    """At every moment, the picture is about the one that a GIF shows then."""
    stage = stage_for("teaching")
    scale = FORMATS[kind].scale(stage.width, stage.height)
    pace = Pace(delay=100, hold=500)
    script = script_of(stage, pace)
    painted = [
        np.asarray(each.image().convert("RGB"), int) for each in paint_frames(stage, script, scale)
    ]
    shown = decoded(video(stage, kind, pace=pace))
    # Nine windows at 0.1 s, then all of them, held for 0.5 s; the last frame begins 1/30 s earlier.
    assert [shot.milliseconds for shot in script] == [100] * 9 + [500]
    assert max(time for time, _ in shown) == pytest.approx(0.1 * 9 + 0.5 - 1 / 30, abs=SECOND)
    for number, expected in enumerate(painted):
        moment = 0.1 * number + 0.05
        _, pixels = max((each for each in shown if each[0] <= moment), key=lambda each: each[0])
        height, width = expected.shape[:2]
        top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
        inside = pixels[top : top + height, left : left + width].astype(int)
        errors = {other: np.abs(inside - picture).mean() for other, picture in enumerate(painted)}
        assert min(errors, key=lambda other: errors[other]) == number
        assert errors[number] < 3


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_the_ground_has_the_colour_of_the_theme(theme: str) -> None:
    """Around the picture too; a wrong matrix of colours would shift it."""
    result = result_of(TEACHING, "max", 3, stride=3)
    stage = stage_of(result, 0, whole_region(result), THEMES[theme])
    for _, pixels in decoded(video(stage, "mp4")):
        for corner in (pixels[0, 0], pixels[0, -1], pixels[-1, 0], pixels[-1, -1]):
            assert np.abs(corner.astype(int) - THEMES[theme].background).max() <= 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_too_large_is_made_smaller(kind: str) -> None:
    """The largest frame of videos, whatever the scale."""
    result = result_of(noise(12, 12), "max", 6)
    stage = stage_of(result, 0, whole_region(result), THEMES["light"])
    for _, pixels in decoded(video(stage, kind, scale=4)):
        assert pixels.shape == (1080, 1920, 3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes(kind: str) -> None:
    """No date, no random number, and nothing that depends on the machine's cores."""
    stage = stage_for("row")
    assert video(stage, kind) == video(stage, kind)


@pytest.mark.slow
def test_an_mp4_begins_with_its_index() -> None:
    """So that a player can start before it has all of the file; and it has no date."""
    found = list(boxes(video(stage_for("row"), "mp4")))
    names = [name for name, _ in found]
    assert names.index(b"moov") < names.index(b"mdat")
    header = dict(boxes(dict(found)[b"moov"]))[b"mvhd"]
    assert header[:4] == bytes(4), "times of 32 bits"
    assert header[4:12] == bytes(8), "neither made nor changed at any time"


@pytest.mark.parametrize(
    ("size", "scale", "frame"),
    [
        ((1280, 720), 1, (1280, 720)),
        # A little larger than a frame: made smaller, with the margin that its shape needs.
        ((1281, 720), 1, (1281, 721)),
        ((1280, 900), 1, (1600, 900)),
        ((1280, 901), 1, (1920, 1080)),
        ((640, 360), 2, (1280, 720)),
        ((600, 350), 2, (1280, 720)),
        ((560, 400), 2, (1423, 800)),
        ((100, 1080), 1, (1920, 1080)),
        ((1920, 2160), 1, (3840, 2160)),
    ],
)
def test_frames_are_filled(size: tuple[int, int], scale: int, frame: tuple[int, int]) -> None:
    """By the largest whole factor, in the frame that it fills more."""
    assert FORMATS["mp4"].scale(*size) == scale
    assert FORMATS["mp4"].size(size[0] * scale, size[1] * scale) == frame


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_package_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what installs it."""
    monkeypatch.setitem(sys.modules, "av", None)
    remedy = "run: pip install 'poolviz\\[video\\]'$"
    sentence = f"^{kind}: writing this format requires the av package; {remedy}"
    with pytest.raises(OutputError, match=sentence):
        animated(stage_for("row"), FORMATS[kind], Budget(1 << 40))


def test_memory_is_checked_first() -> None:
    """Before any frame is painted."""
    with pytest.raises(SpecError, match="memory"):
        animated(stage_for("teaching"), FORMATS["mp4"], Budget(1 << 20))
