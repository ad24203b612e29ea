"""What tells one step from the others: window, winner or shares, links, output cell."""

from collections.abc import Iterator

from poolviz.geometry import CellKind
from poolviz.result import Step
from poolviz.views.panel import Panel
from poolviz.views.parts import one, outside_cell, value_cell
from poolviz.views.scene import Box, Item, LineStyle, Stroke
from poolviz.views.stage import Stage

LINK_MARGIN = 8


def marks(stage: Stage, step: Step) -> Iterator[Item]:
    """What tells one step from the others: window, shares, links, output cell."""
    yield from _links(stage, step)
    yield from _framed(stage, stage.input_panel.area(step.rows, step.columns))
    yield from _shares(stage, step)
    if stage.window_panel is not None:
        yield from _window_cells(stage, stage.window_panel, step)
    yield from _framed(stage, stage.output_panel.area(*one(step.index)))


def _framed(stage: Stage, area: tuple[int, int, int, int]) -> Iterator[Box]:
    """An outline in the accent colour, with a halo that parts it from any cell."""
    x, y, width, height = area
    yield Box(x - 4, y - 4, width + 7, height + 7, outline=stage.theme.halo, line_width=5)
    yield Box(x - 3, y - 3, width + 5, height + 5, outline=stage.theme.accent, line_width=3)


def _links(stage: Stage, step: Step) -> Iterator[Stroke]:
    """Lines from each panel's outlined cells to the next panel's."""
    panels = [panel for panel in (stage.input_panel, stage.window_panel) if panel]
    areas = [stage.input_panel.area(step.rows, step.columns)]
    if stage.window_panel is not None:
        areas.append(_enlarged(stage.window_panel, step))
    areas.append(stage.output_panel.area(*one(step.index)))
    nexts = [*panels[1:], stage.output_panel]
    for first, second, panel, following in zip(areas, areas[1:], panels, nexts, strict=False):
        (_, y, _, height), (_, to_y, _, to_height) = first, second
        # Between the panels only: over cells and titles a line would strike out their text.
        start, end = panel.x + panel.width + LINK_MARGIN, following.x - LINK_MARGIN
        for level, to_level in ((y, to_y), (y + height, to_y + to_height)):
            yield Stroke((start, level), (end, to_level), stage.theme.accent, line_width=2)


def _shares(stage: Stage, step: Step) -> Iterator[Item]:
    """On the input panel: the winner and its ties, or each cell's share."""
    panel = stage.input_panel
    if panel.digits:
        shown_rows, shown_columns = set(panel.rows), set(panel.columns)
        for at, row in enumerate(step.rows):
            for to, column in enumerate(step.columns):
                if row in shown_rows and column in shown_columns:
                    yield from _share(stage, panel, step, (row, column), (at, to))


def _share(
    stage: Stage, panel: Panel, step: Step, place: tuple[int, int], at: tuple[int, int]
) -> Iterator[Item]:
    """The mark of one cell: a ring for the winner, a dashed one for ties, else a bar."""
    x, y, side, _ = panel.area(*one(place))
    if step.winner is not None:
        if (step.rows[at[0]], step.columns[at[1]]) == step.winner:
            yield from _winner(stage, panel, step, place)
        elif (step.rows[at[0]], step.columns[at[1]]) in step.ties:
            yield from _ring(stage, (x, y, side, side), dashed=True)
    elif step.weights[at] > 0:
        yield from _bar(stage, (x, y), side, step.weights[at] / step.weights.max())


def _winner(stage: Stage, panel: Panel, step: Step, place: tuple[int, int]) -> Iterator[Item]:
    yield from value_cell(stage, panel, place, step.value, bold=True)
    yield from _ring(stage, panel.area(*one(place)), dashed=False)


def _ring(stage: Stage, area: tuple[int, int, int, int], *, dashed: bool) -> Iterator[Item]:
    x, y, side, _ = area
    theme = stage.theme
    style: LineStyle = "dashed" if dashed else "solid"
    yield Box(x + 1, y + 1, side - 3, side - 3, outline=theme.halo, line_width=4)
    yield Box(
        x + 1, y + 1, side - 3, side - 3, outline=theme.accent, line_width=3, line_style=style
    )


def _bar(stage: Stage, corner: tuple[int, int], side: int, share: float) -> Iterator[Item]:
    """A bar at a cell's foot, as wide as its share of the largest."""
    height = max(3, side // 12)
    full = side - 10
    width = max(1, round(full * min(share, 1.0)))
    x, y = corner[0] + 5, corner[1] + side - height - 4
    yield Box(x - 1, y - 1, full + 1, height + 2, fill=stage.theme.halo)
    yield Box(x, y, width, height, fill=stage.theme.accent)


def _window_cells(stage: Stage, panel: Panel, step: Step) -> Iterator[Item]:
    """The window's cells enlarged, marked as the input panel's would be."""
    yield Box(panel.x, panel.y, panel.width, panel.height, fill=stage.theme.background)
    for at in range(min(len(step.rows), len(panel.rows))):
        for to in range(min(len(step.columns), len(panel.columns))):
            kind = CellKind(int(step.kinds[at, to]))
            if kind is CellKind.INPUT:
                yield from value_cell(stage, panel, (at, to), step.cells[at, to])
                yield from _share(stage, panel, step, (at, to), (at, to))
            else:
                yield from outside_cell(stage, panel, (at, to), kind)
    yield from _framed(stage, _enlarged(panel, step))


def _enlarged(panel: Panel, step: Step) -> tuple[int, int, int, int]:
    """What a window takes of the panel that has room for the largest."""
    return panel.area(range(len(step.rows)), range(len(step.columns)))
