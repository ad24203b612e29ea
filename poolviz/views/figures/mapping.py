"""Which input cells each window reads: windows outlined, with the numbers of their outputs."""

from collections.abc import Iterator

from poolviz import text
from poolviz.result import PoolResult, Step
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Box, Item, Label, Scene, text_width
from poolviz.views.scene.region import Region, check_window_count, whole_region
from poolviz.views.scene.stage import MARGIN, TEXT_SIZE, Stage
from poolviz.views.scene.style import CATEGORIES, Theme, text_on

# The outlines of more windows would be a tangle of lines.
MOST_WINDOWS = 64
BADGE_SIZE = 12
# The distance in pixels between outlines of overlapping windows, and how many distances there are.
INSET, RINGS = 4, 3


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input and output, with each window of the region outlined on both.

    Raises:
        SpecError: the region has too many windows.
    """
    shown = region or whole_region(result)
    check_window_count(shown, MOST_WINDOWS, "to outline")
    rows, columns = shown.windows
    steps = tuple(result.step(row, column, channel) for row in rows for column in columns)
    stage = Stage(result, channel, shown, theme, steps[:1], zooms=False)
    items = [*parts.header(stage), *parts.input_cells(stage), *parts.whole_output(stage)]
    for number, step in enumerate(steps, 1):
        items += _window(stage, number, step)
    caption = "each outline is a window; the output cell with the same number is its value"
    items.append(Label(MARGIN, stage.caption_y, caption, TEXT_SIZE, theme.ink, anchor="left"))
    items += parts.captions(stage)
    windows = text.counted(len(steps), "window")
    alt = f"{stage.describe()} Outlined and numbered on input and output: {windows}."
    size = stage.width, stage.height
    return Scene(*size, theme.background, tuple(items), stage.alt_title, alt)


def _window(stage: Stage, number: int, step: Step) -> Iterator[Item]:
    """A window's outline and number, on the input and on the output."""
    row, column = step.index
    color = CATEGORIES[(2 * row + column) % len(CATEGORIES)]
    inset = INSET * ((row + column) % RINGS)
    areas = (step.rows, step.columns), parts.one(step.index)
    for panel, area in zip((stage.input_panel, stage.output_panel), areas, strict=True):
        x, y, width, height = panel.area(*area)
        deep = inset if panel is stage.input_panel else 0
        box = x + deep + 1, y + deep + 1, width - 2 * deep - 3, height - 2 * deep - 3
        halo = box[0] - 1, box[1] - 1, box[2] + 2, box[3] + 2
        yield Box(*halo, outline=stage.theme.halo, line_width=4)
        yield Box(*box, outline=color, line_width=2)
        # The number stands at the top left corner.
        left, top = box[:2]
        width, height = text_width(str(number), BADGE_SIZE) + 6, BADGE_SIZE + 4
        yield Box(left, top, width, height, fill=color)
        middle = left + width // 2, top + height // 2
        yield Label(*middle, str(number), BADGE_SIZE, text_on(color))
