"""The animation: the window slides over the input, the output fills in."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from poolviz.views.paint.canvas import Canvas
from poolviz.views.paint.encoding import check_size, encoded, memory_needed
from poolviz.views.paint.pace import Pace
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import describe_region
from poolviz.views.scene.stage import Stage

Watch = Callable[[Iterable[int]], Iterable[int]]


def description(stage: Stage) -> str:
    """What the animation shows, for those who cannot see it."""
    place = describe_region(stage.result, stage.region)
    shown = f" Shown: {place}." if place else ""
    return f"{stage.alt_title}. Output size {stage.result.formula}.{shown}"


def opening_scene(stage: Stage) -> Scene:
    """All that stands still: the input, the empty output, the captions."""
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.unvisited_output(stage),
        *parts.captions(stage),
    ]
    # Of many values some may share a colour, marks and scale never.
    exact = *stage.theme.colors, *map(tuple, parts.scale_colors(stage.scale)[0].tolist())
    return Scene(
        stage.width,
        stage.height,
        stage.theme.background,
        tuple(items),
        stage.alt_title,
        description(stage),
        exact,
    )


def paint_frames(
    stage: Stage, shown: Sequence[int] | None = None, scale: int = 1, watch: Watch = iter
) -> Iterator[Canvas]:
    """A canvas for each step in ``shown``, or for all, with one palette that grows.

    Args:
        stage: the layout.
        shown: indices of steps, ascending.
        scale: by which whole factor they are enlarged.
        watch: goes through indices, showing progress.
    """
    standing = Canvas.of(opening_scene(stage), scale=scale)
    filled = 0
    for at in watch(range(len(stage.steps)) if shown is None else shown):
        standing.paint(tuple(parts.output_cells(stage, stage.steps[filled : at + 1])))
        filled = at + 1
        moving = standing.copy()
        step = stage.steps[at]
        moving.paint((*marks(stage, step), *parts.arithmetic(stage, step)))
        moving.paint((parts.counter(stage, at),))
        yield moving


def animation_memory(stage: Stage, kind: str, pace: Pace, scale: int = 1) -> int:
    """Bytes that making an animation takes at most.

    Raises:
        SpecError: it would have too many frames or pixels.
    """
    count = len(pace.shown(len(stage.steps)))
    width, height = stage.width * scale, stage.height * scale
    check_size(width, height, count, kind)
    return memory_needed(width, height, count, kind)


def animated(
    stage: Stage, kind: str = "gif", pace: Pace | None = None, scale: int = 1, watch: Watch = iter
) -> bytes:
    """The animation, playing for ever, as a ``gif``, ``webp`` or ``apng``.

    Raises:
        SpecError: it would have too many frames or pixels.
    """
    pace = pace or Pace()
    shown = pace.shown(len(stage.steps))
    check_size(stage.width * scale, stage.height * scale, len(shown), kind)
    canvases = paint_frames(stage, shown, scale, watch)
    return encoded(kind, canvases, pace.durations(len(shown)), description(stage))


def gif(stage: Stage) -> bytes:
    """The animation as a GIF at its default pace."""
    return animated(stage)
