"""Plates: grids of any values side by side, each with its own title and colours."""

from collections.abc import Iterator
from dataclasses import dataclass

from poolviz.patches import Array
from poolviz.views.panel import LARGEST_CELL, Panel, digit_size
from poolviz.views.parts import one, scale_bar, scale_width, value_cell
from poolviz.views.scene import Box, Item, Label, Pixels, Scene, text_width, wrapped
from poolviz.views.stage import HEADER, LEAST_WIDTH, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE
from poolviz.views.style import Theme, ValueScale

SIDE = 360
GAP = 56
# More stand in several rows, none wider than this.
FEW_PLATES, WIDEST = 3, 1240
# Smaller cells are not outlined.
LEAST_MARKED = 10


@dataclass(frozen=True, eq=False)
class Plate:
    """Values (rows, columns), their title, their colours; some cells may be marked."""

    title: str
    values: Array
    scale: ValueScale
    theme: Theme
    marked: Array | None = None


def plates_scene(
    title: str, plates: list[Plate], captions: list[str], theme: Theme, description: str
) -> Scene:
    """``plates`` side by side under ``title``, ``captions`` below.

    Plates of one scale share its bar, which then stands at the end.
    """
    panels = _panels(plates)
    shared = len({id(plate.scale) for plate in plates}) == 1
    right = max(
        panel.x + _width(plate, panel.cell) for plate, panel in zip(plates, panels, strict=True)
    )
    titled = MARGIN + text_width(title, TITLE_SIZE, bold=True)
    width = max(right, titled, LEAST_WIDTH - MARGIN) + MARGIN
    items: list[Item] = [
        Label(MARGIN, MARGIN + 8, title, TITLE_SIZE, theme.ink, bold=True, anchor="left")
    ]
    for plate, panel in zip(plates, panels, strict=True):
        items += _plate(plate, panel)
    y = max(panel.y + panel.height for panel in panels) + MARGIN
    for plate, panel in list(zip(plates, panels, strict=True))[: 1 if shared else None]:
        items += scale_bar(plate, panel.x, y)
    y += LINE // 3
    lines = [part for line in captions for part in wrapped(line, TEXT_SIZE, width - 2 * MARGIN)]
    for line in lines:
        y += LINE
        items.append(Label(MARGIN, y, line, TEXT_SIZE, theme.muted, anchor="left"))
    return Scene(width, y + LINE // 2 + MARGIN, theme.background, tuple(items), title, description)


def _panels(plates: list[Plate]) -> list[Panel]:
    """Where each stands, row by row; cells are as large in all as the largest map allows."""
    longest = max(max(plate.values.shape) for plate in plates)
    cell = max(1, min(LARGEST_CELL, SIDE // longest))
    panels: list[Panel] = []
    x, y, below = MARGIN, MARGIN + HEADER, 0
    for plate in plates:
        width, (rows, columns) = _width(plate, cell), map(range, plate.values.shape)
        if x > MARGIN and len(plates) > FEW_PLATES and x + width > WIDEST:
            x, y, below = MARGIN, y + below + HEADER - MARGIN, 0
        digits = digit_size(plate.values, cell)
        panels.append(Panel(x, y, cell, rows, columns, digits, plate.title))
        x, below = x + width + GAP, max(below, panels[-1].height)
    return panels


def _width(plate: Plate, cell: int) -> int:
    """Of the widest of title, values and value scale."""
    title = text_width(plate.title, TEXT_SIZE)
    cells: int = cell * plate.values.shape[1]
    return max(cells, title, scale_width(plate.scale))


def _plate(plate: Plate, panel: Panel) -> Iterator[Item]:
    yield Label(panel.x, panel.y - 16, panel.title, TEXT_SIZE, plate.theme.muted, anchor="left")
    area = panel.x, panel.y, panel.width, panel.height
    if not panel.digits:
        yield Box(panel.x - 1, panel.y - 1, panel.width + 2, panel.height + 2, plate.theme.grid)
        yield Pixels(*area, plate.scale.colors(plate.values))
    else:
        yield Box(*area, fill=plate.theme.grid)
        for row in panel.rows:
            for column in panel.columns:
                yield from value_cell(plate, panel, (row, column), plate.values[row, column])
    yield from _marks(plate, panel)


def _marks(plate: Plate, panel: Panel) -> Iterator[Item]:
    """An outline, with a halo, around each marked cell that is large enough for one."""
    if plate.marked is None or panel.cell < LEAST_MARKED:
        return
    for row, column in zip(*plate.marked.nonzero(), strict=True):
        x, y, side, _ = panel.area(*one((int(row), int(column))))
        yield Box(x, y, side, side, outline=plate.theme.halo, line_width=5)
        yield Box(x + 1, y + 1, side - 2, side - 2, outline=plate.theme.accent, line_width=3)
