"""Which input cells each window reads: every window outlined and numbered as its output cell."""

from collections.abc import Iterator

from poolviz.result import PoolResult
from poolviz.views.paint.animation import description
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Box, Item, Label, Scene, text_width
from poolviz.views.scene.region import Region, refuse_many, whole_region
from poolviz.views.scene.stage import MARGIN, TEXT_SIZE, Stage
from poolviz.views.scene.style import CATEGORIES, Color, Theme, text_on

# More windows than these are a tangle of lines.
MOST_WINDOWS = 64
BADGE_SIZE = 12
# Outlines of windows that overlap lie so far apart.
INSET, RINGS = 4, 3


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input and output, each window of the region outlined on both.

    Raises:
        SpecError: the region has too many windows.
    """
    shown = region or whole_region(result)
    refuse_many(shown, MOST_WINDOWS, "to outline")
    rows, columns = shown.windows
    steps = tuple(result.step(row, column, channel) for row in rows for column in columns)
    stage = Stage(result, channel, shown, theme, steps[:1], zooms=False)
    items = [*parts.header(stage), *parts.input_cells(stage), *parts.whole_output(stage)]
    for at, step in enumerate(steps):
        items += _window(stage, at, step.index, (step.rows, step.columns))
    said = "each outline is a window; its number stands in the output cell that it gives"
    items.append(Label(MARGIN, stage.caption_y, said, TEXT_SIZE, theme.ink, anchor="left"))
    items += parts.captions(stage)
    words = f"{description(stage)} Each of {len(steps)} windows is outlined on the input."
    size = stage.width, stage.height
    return Scene(*size, theme.background, tuple(items), stage.alt_title, words)


def _window(
    stage: Stage, at: int, index: tuple[int, int], cells: tuple[range, range]
) -> Iterator[Item]:
    row, column = index
    color = CATEGORIES[(2 * row + column) % len(CATEGORIES)]
    inset = INSET * ((row + column) % RINGS)
    for panel, area in ((stage.input_panel, cells), (stage.output_panel, parts.one(index))):
        x, y, width, height = panel.area(*area)
        deep = inset if panel is stage.input_panel else 0
        box = x + deep + 1, y + deep + 1, width - 2 * deep - 3, height - 2 * deep - 3
        halo = box[0] - 1, box[1] - 1, box[2] + 2, box[3] + 2
        yield Box(*halo, outline=stage.theme.halo, line_width=4)
        yield Box(*box, outline=color, line_width=2)
        yield from _badge(str(at + 1), (box[0], box[1]), color)


def _badge(number: str, corner: tuple[int, int], color: Color) -> Iterator[Item]:
    """The window's number at its top left corner."""
    width, height = text_width(number, BADGE_SIZE) + 6, BADGE_SIZE + 4
    yield Box(*corner, width, height, fill=color)
    middle = corner[0] + width // 2, corner[1] + height // 2
    yield Label(*middle, number, BADGE_SIZE, text_on(color))
