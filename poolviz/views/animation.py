"""The animation: the window slides over the input, the output fills in."""

import io
from dataclasses import astuple

from PIL import Image

from poolviz.region import Region, described
from poolviz.result import PoolResult
from poolviz.views import parts
from poolviz.views.canvas import Canvas
from poolviz.views.marks import marks
from poolviz.views.scene import Scene
from poolviz.views.stage import Stage
from poolviz.views.style import Theme

SLOWEST_MS, FASTEST_MS = 900, 200
# Long animations go faster, so that one pass takes about this long.
PASS_MS = 60_000
HOLD_FACTOR = 3


def stage_of(result: PoolResult, channel: int, region: Region, theme: Theme) -> Stage:
    """The stage on which the windows of ``region`` are shown one after the other."""
    rows, columns = region.windows
    steps = tuple(result.step(row, column, channel) for row in rows for column in columns)
    return Stage(result, channel, region, theme, steps)


def description(stage: Stage) -> str:
    """What the animation shows, for those who cannot see it."""
    place = described(stage.result, stage.region)
    shown = f" Shown: {place}." if place else ""
    return f"{stage.title}. Output size {stage.result.formula}.{shown}"


def opening_scene(stage: Stage) -> Scene:
    """All that stands still: the input, the empty output, the captions."""
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.unvisited_output(stage),
        *parts.captions(stage),
    ]
    # Of many values some may share a colour, marks and scale never.
    exact = *astuple(stage.theme), *map(tuple, parts.scale_colors(stage)[0].tolist())
    return Scene(
        stage.width,
        stage.height,
        stage.theme.background,
        tuple(items),
        stage.title,
        description(stage),
        exact,
    )


def frames(stage: Stage) -> list[Image.Image]:
    """One picture for each step, all with one palette."""
    standing = Canvas.of(opening_scene(stage))
    canvases = []
    for at, step in enumerate(stage.steps):
        standing.paint(tuple(parts.output_cells(stage, (step,))))
        moving = standing.copy()
        moving.paint((*marks(stage, step), *parts.arithmetic(stage, step)))
        moving.paint((parts.counter(stage, at),))
        canvases.append(moving)
    return [canvas.image() for canvas in canvases]


def delay(steps: int) -> int:
    """Milliseconds for which each of ``steps`` is shown: whole hundredths of a second."""
    return max(FASTEST_MS, min(SLOWEST_MS, PASS_MS // steps)) // 10 * 10


def gif(stage: Stage) -> bytes:
    """The animation as a GIF that plays for ever and holds its last frame."""
    first, *others = frames(stage)
    each = delay(len(stage.steps))
    durations = [each] * len(others) + [each * HOLD_FACTOR]
    buffer = io.BytesIO()
    first.save(
        buffer,
        "GIF",
        save_all=True,
        append_images=others,
        duration=durations if others else durations[0],
        loop=0,
        palette=others[-1].getpalette() if others else None,
        optimize=True,
        comment=description(stage).encode("utf-8", "replace")[:255],
    )
    return buffer.getvalue()
