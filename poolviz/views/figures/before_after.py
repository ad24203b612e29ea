"""Input and output on one value scale, with one window marked as an example."""

from poolviz.result import PoolResult
from poolviz.views.paint.animation import description
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import Region, default_region, whole_region
from poolviz.views.scene.stage import Stage
from poolviz.views.scene.style import Theme


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """The full map or a region; the example is the first window that an animation would show."""
    shown = region or whole_region(result)
    rows, columns = default_region(result, channel).windows
    inside = rows[0] in shown.windows[0] and columns[0] in shown.windows[1]
    first = shown.windows[0][0], shown.windows[1][0]
    example = result.step(*((rows[0], columns[0]) if inside else first), channel)
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
