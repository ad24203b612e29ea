"""The animation: the window slides over the input, the output fills in."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from poolviz.memory import Budget, format_bytes
from poolviz.views.paint import encoding
from poolviz.views.paint.canvas import Canvas
from poolviz.views.paint.formats import Format, Pace
from poolviz.views.scene import legend, parts
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.parts import marks
from poolviz.views.scene.stage import Stage

# So many colours of outputs are drawn exactly.
MOST_EXACT = 100
# Iterates over indices and shows progress meanwhile.
Watch = Callable[[Iterable[int]], Iterable[int]]
# Makes a file of frames, their milliseconds, and an alt text.
Encoder = Callable[[Iterable[Canvas], list[int], str], bytes]


def opening_scene(stage: Stage) -> Scene:
    """Everything that does not change: the input, the empty output, the captions."""
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.unvisited_output(stage),
        *parts.captions(stage),
    ]
    # Where a palette is full, colours are approximated: not those of marks, scale and outputs.
    values = np.unique(stage.output_values)[:MOST_EXACT]
    known = np.concatenate([legend.scale_colors(stage.scale)[0], stage.scale.colors(values)])
    exact = *stage.theme.colors, *map(tuple, known.tolist())
    return Scene(
        stage.width,
        stage.height,
        stage.theme.background,
        tuple(items),
        stage.alt_title,
        stage.describe(),
        exact,
    )


def paint_frames(
    stage: Stage, indices: Sequence[int] | None = None, scale: int = 1, watch: Watch = iter
) -> Iterator[Canvas]:
    """Paint a frame for each step; all frames share one growing palette.

    Args:
        stage: the layout.
        indices: ascending indices of the steps to paint; None for all.
        scale: a whole factor by which the frames are enlarged.
        watch: iterates over the indices and shows progress.
    """
    background = Canvas.of(opening_scene(stage), scale=scale)
    filled = 0
    for index in watch(range(len(stage.steps)) if indices is None else indices):
        background.paint(tuple(parts.output_cells(stage, stage.steps[filled : index + 1])))
        filled = index + 1
        frame, step = background.copy(), stage.steps[index]
        shown = {step.index for step in stage.steps[:filled]}
        frame.paint((*marks(stage, step, shown), *parts.arithmetic(stage, step)))
        frame.paint((parts.counter(stage, index),))
        yield frame


def animated(
    stage: Stage,
    animation_format: Format,
    budget: Budget,
    *,
    pace: Pace | None = None,
    scale: int | None = None,
    watch: Watch = iter,
) -> bytes:
    """The animation as the bytes of a file that repeats forever, or of a video.

    Args:
        stage: the layout.
        animation_format: the format of the file.
        budget: the memory that making it may take.
        pace: how it runs.
        scale: a whole factor by which the frames are enlarged; None for 1, and for a factor that
            fills the frame of a video.
        watch: iterates over the indices of frames and shows progress.

    Raises:
        SpecError: it would have too many frames or pixels, or take more memory than the budget.
        OutputError: it is a video, and the package that encodes it is missing.
    """
    pace = pace or Pace()
    indices = pace.indices(len(stage.steps))
    scale = scale or animation_format.scale(stage.width, stage.height)
    size = animation_format.size(stage.width * scale, stage.height * scale)
    needed = animation_format.memory_needed(*size, len(indices))
    remedy = "use a smaller region or a smaller scale, or a larger every"
    budget.check_work(needed, f"frames {format_bytes(needed)}", remedy)
    canvases = paint_frames(stage, indices, scale, watch)
    if animation_format.frames:
        ground = stage.theme.background
        canvases = (canvas.padded(*size, ground) for canvas in canvases)
    encode: Encoder = getattr(encoding, animation_format.encoder)
    return encode(canvases, pace.durations(len(indices)), stage.describe())
