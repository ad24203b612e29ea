"""The animation: the window slides over the input, the output fills in."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from poolviz.views.paint.canvas import Canvas
from poolviz.views.paint.encoding import check_size, encode, memory_needed
from poolviz.views.paint.pace import Pace
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import describe_region
from poolviz.views.scene.stage import Stage

# Iterates over indices and shows progress meanwhile.
Watch = Callable[[Iterable[int]], Iterable[int]]


def description(stage: Stage) -> str:
    """The alt text of a picture of a stage."""
    part = describe_region(stage.result, stage.region)
    shown = f" Shown: {part}." if part else ""
    return f"{stage.alt_title}. Output size {stage.result.formula}.{shown}"


def opening_scene(stage: Stage) -> Scene:
    """Everything that does not change: the input, the empty output, the captions."""
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.unvisited_output(stage),
        *parts.captions(stage),
    ]
    # Where a palette is full, values may share a colour; marks and the scale may not.
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
    """Paint a frame for each step; all frames share one growing palette.

    Args:
        stage: the layout.
        shown: ascending indices of the steps to paint; None for all.
        scale: a whole factor by which the frames are enlarged.
        watch: iterates over the indices and shows progress.
    """
    background = Canvas.of(opening_scene(stage), scale=scale)
    filled = 0
    for index in watch(range(len(stage.steps)) if shown is None else shown):
        background.paint(tuple(parts.output_cells(stage, stage.steps[filled : index + 1])))
        filled = index + 1
        frame, step = background.copy(), stage.steps[index]
        frame.paint((*marks(stage, step), *parts.arithmetic(stage, step)))
        frame.paint((parts.counter(stage, index),))
        yield frame


def animation_memory(stage: Stage, kind: str, pace: Pace, scale: int = 1) -> int:
    """The most bytes of memory that making an animation takes.

    Raises:
        SpecError: the animation would have too many frames or pixels.
    """
    count = len(pace.shown(len(stage.steps)))
    width, height = stage.width * scale, stage.height * scale
    check_size(width, height, count, kind)
    return memory_needed(width, height, count, kind)


def animated(
    stage: Stage, kind: str = "gif", pace: Pace | None = None, scale: int = 1, watch: Watch = iter
) -> bytes:
    """The animation as the bytes of a ``gif``, ``webp`` or ``apng`` that repeats forever.

    Raises:
        SpecError: the animation would have too many frames or pixels.
    """
    pace = pace or Pace()
    shown = pace.shown(len(stage.steps))
    check_size(stage.width * scale, stage.height * scale, len(shown), kind)
    canvases = paint_frames(stage, shown, scale, watch)
    return encode(kind, canvases, pace.durations(len(shown)), description(stage))


def gif(stage: Stage) -> bytes:
    """The animation as a GIF at its default pace."""
    return animated(stage)
