"""Plates: grids of any values side by side, each with its own title and colours."""

from collections.abc import Iterator
from dataclasses import dataclass

from poolviz.patches import Array
from poolviz.views.panel import LARGEST_CELL, Panel, digit_size
from poolviz.views.parts import scale_bar, scale_width, value_cell
from poolviz.views.scene import Box, Item, Label, Pixels, Scene, text_width, wrapped
from poolviz.views.stage import HEADER, LEAST_WIDTH, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE
from poolviz.views.style import Theme, ValueScale

SIDE = 360
GAP = 56


@dataclass(frozen=True, eq=False)
class Plate:
    """Values (rows, columns), their title, their colours."""

    title: str
    values: Array
    scale: ValueScale
    theme: Theme


def plates_scene(
    title: str, plates: list[Plate], captions: list[str], theme: Theme, description: str
) -> Scene:
    """``plates`` side by side under ``title``, ``captions`` and their value scales below."""
    panels = _panels(plates)
    right = panels[-1].x + _width(plates[-1], panels[-1].cell)
    titled = MARGIN + text_width(title, TITLE_SIZE, bold=True)
    width = max(right, titled, LEAST_WIDTH - MARGIN) + MARGIN
    items: list[Item] = [
        Label(MARGIN, MARGIN + 8, title, TITLE_SIZE, theme.ink, bold=True, anchor="left")
    ]
    for plate, panel in zip(plates, panels, strict=True):
        items += _plate(plate, panel)
    y = max(panel.y + panel.height for panel in panels) + MARGIN
    for plate, panel in zip(plates, panels, strict=True):
        items += scale_bar(plate, panel.x, y)
    y += LINE // 3
    lines = [part for line in captions for part in wrapped(line, TEXT_SIZE, width - 2 * MARGIN)]
    for line in lines:
        y += LINE
        items.append(Label(MARGIN, y, line, TEXT_SIZE, theme.muted, anchor="left"))
    return Scene(width, y + LINE // 2 + MARGIN, theme.background, tuple(items), title, description)


def _panels(plates: list[Plate]) -> list[Panel]:
    """Where each stands; cells are as large in all as the largest map allows."""
    longest = max(max(plate.values.shape) for plate in plates)
    cell = max(1, min(LARGEST_CELL, SIDE // longest))
    panels, x = [], MARGIN
    for plate in plates:
        rows, columns = map(range, plate.values.shape)
        digits = digit_size(plate.values, cell)
        panels.append(Panel(x, MARGIN + HEADER, cell, rows, columns, digits, plate.title))
        x += _width(plate, cell) + GAP
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
        yield Pixels(*area, plate.scale.colors(plate.values))
        return
    yield Box(*area, fill=plate.theme.grid)
    for row in panel.rows:
        for column in panel.columns:
            yield from value_cell(plate, panel, (row, column), plate.values[row, column])
