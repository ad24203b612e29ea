"""The annotated before/after figure: the whole map, one window marked as an example."""

from poolviz.region import default_region, whole_region
from poolviz.result import PoolResult
from poolviz.views import parts
from poolviz.views.animation import description
from poolviz.views.marks import marks
from poolviz.views.scene import Scene
from poolviz.views.stage import Stage
from poolviz.views.style import Theme


def before_after(result: PoolResult, channel: int, theme: Theme) -> Scene:
    """Input and output with one scale; the example is the first window of the default region."""
    rows, columns = default_region(result, channel).windows
    whole = whole_region(result)
    inside = rows[0] in whole.windows[0] and columns[0] in whole.windows[1]
    example = result.step(*((rows[0], columns[0]) if inside else (0, 0)), channel)
    stage = Stage(result, channel, whole, theme, (example,))
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.whole_output(stage),
        *marks(stage, example),
        *parts.arithmetic(stage, example),
        *parts.captions(stage),
    ]
    words = f"{description(stage)} Example: {example.arithmetic}."
    return Scene(stage.width, stage.height, theme.background, tuple(items), stage.title, words)
