"""Videos in a browser: it plays them to their end, in the time that they are said to take."""

import base64
from pathlib import Path

import pytest
from opened import Open
from pictures import stage_for

from poolviz.memory import Budget
from poolviz.views.paint.animation import animated
from poolviz.views.paint.formats import FORMATS, Pace
from poolviz.views.paint.script import script_of

pytestmark = pytest.mark.browser

PLAYED = """(video) => new Promise((resolve, reject) => {
  const tell = () => resolve([video.duration, video.videoWidth, video.videoHeight])
  video.addEventListener('ended', tell)
  setTimeout(() => reject(new Error(`at ${video.currentTime}, ${video.error}`)), 30000)
  video.muted = true
  video.play().catch(reject)
})"""
# The colour of a pixel near the corner, after a seek to a time in seconds.
SEEN = """([video, seconds]) => new Promise((resolve) => {
  video.addEventListener('seeked', () => {
    const canvas = document.createElement('canvas')
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    const context = canvas.getContext('2d')
    context.drawImage(video, 0, 0)
    resolve([...context.getImageData(3, 3, 1, 1).data].slice(0, 3))
  })
  video.currentTime = seconds
})"""


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_video_plays_to_its_end(kind: str, tmp_path: Path, open_file: Open) -> None:
    """And a place in the middle can be seeked, where the ground has the theme's colour."""
    stage, pace = stage_for("teaching"), Pace(delay=200, hold=500)
    data = animated(stage, FORMATS[kind], Budget(1 << 40), pace=pace)
    page, source = tmp_path / "page.html", base64.b64encode(data).decode()
    video = f"<video src='data:video/{kind};base64,{source}'></video>"
    page.write_text(f"<!doctype html><title>video</title>{video}", encoding="utf-8")
    opened = open_file(page)
    element = opened.page.locator("video").element_handle()
    duration, width, height = opened.page.evaluate(PLAYED, element)
    assert duration == pytest.approx(
        sum(shot.milliseconds for shot in script_of(stage, pace)) / 1000, abs=0.04
    )
    assert (width, height) == (1920, 1080)
    seen = opened.page.evaluate(SEEN, [element, 1.0])
    assert seen == pytest.approx(stage.theme.background, abs=3)
