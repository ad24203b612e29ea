"""Input and output on one value scale, with one window marked as an example."""

from poolviz.analysis.example import best_window
from poolviz.result import PoolResult
from poolviz.views.paint.animation import description
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import Region, whole_region
from poolviz.views.scene.stage import Stage
from poolviz.views.scene.style import Theme

# Whether a window is marked, so that ``scene`` takes its cell of the output.
MARKS_WINDOW = True


def scene(
    result: PoolResult,
    channel: int,
    region: Region | None,
    theme: Theme,
    cell: tuple[int, int] | None = None,
) -> Scene:
    """The full map or a region; the example is the best window in it, or the one at ``cell``."""
    shown = region or whole_region(result)
    row, column = cell or best_window(result, channel, shown.windows)
    example = result.step(row, column, channel)
    stage = Stage(result, channel, shown, theme, (example,))
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.whole_output(stage),
        *marks(stage, example),
        *parts.arithmetic(stage, example),
        *parts.captions(stage),
    ]
    alt = f"{description(stage)} Example: {example.arithmetic}."
    size = stage.width, stage.height
    return Scene(*size, theme.background, tuple(items), stage.alt_title, alt)
