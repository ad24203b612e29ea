"""Slides: a picture for each step of a stage, with the output filled in up to that step."""

from poolviz.errors import SpecError
from poolviz.views.scene import parts
from poolviz.views.scene.elements import WORDS, Box, Item, Scene
from poolviz.views.scene.stage import MARGIN, Stage

# More pages are too many to step through, and take minutes to draw.
MOST_SLIDES = 200
# How far the frame around a window reaches beyond a grid, in pixels.
AROUND = 4


def slide_steps(count: int, every: int = 1) -> list[int]:
    """The steps that have a slide: one of ``every`` of ``count`` steps, and the last.

    Raises:
        SpecError: there are more than MOST_SLIDES.

    Example:
        >>> slide_steps(9, 4), slide_steps(10, 4)
        ([0, 4, 8], [0, 4, 8, 9])
    """
    steps = [*range(0, count - 1, every), count - 1]
    if len(steps) > MOST_SLIDES:
        least = -(-(count - 1) // (MOST_SLIDES - 1))
        cause = f"the PDF would have {len(steps):,} pages, but at most {MOST_SLIDES} are allowed"
        raise SpecError("write", cause, f"use every={least} or a smaller region")
    return steps


def slide(stage: Stage, index: int) -> Scene:
    """The picture of a step, the same size for every step.

    Args:
        stage: the layout.
        index: the number of the step, from 0; the outputs of all steps before it are shown.
    """
    step, before = stage.steps[index], stage.steps[: index + 1]
    items = [
        *_extent(stage),
        *parts.header(stage, len(before)),
        *parts.input_cells(stage),
        *parts.unvisited_output(stage),
        *parts.output_cells(stage, before),
        *parts.marks(stage, step, {each.index for each in before}),
        *parts.arithmetic(stage, step),
        parts.counter(stage, f"step {index + 1:,} of {len(stage.steps):,}"),
        *parts.captions(stage),
    ]
    size, alt = (stage.width, stage.height), stage.describe(step)
    return Scene(*size, stage.theme.background, tuple(items), stage.alt_title, alt)


def _extent(stage: Stage) -> list[Item]:
    """Invisible boxes around all that any step may show, so that every slide is cropped alike."""
    grids: list[Item] = [
        Box(
            panel.x - AROUND,
            panel.y - AROUND,
            panel.width + 2 * AROUND,
            panel.height + 2 * AROUND,
        )
        for panel in stage.panels
    ]
    words = Box(MARGIN, MARGIN, stage.width - 2 * MARGIN, stage.height - 2 * MARGIN, part=WORDS)
    return [*grids, words]
