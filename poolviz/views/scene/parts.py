"""Parts of a picture of a stage: panels, the marks of a step, captions."""

from collections.abc import Iterator
from itertools import product
from typing import Protocol

import numpy as np

from poolviz import text
from poolviz.geometry import CellKind
from poolviz.result import Step
from poolviz.views.scene.elements import (
    Box,
    Item,
    Label,
    LineStyle,
    Panel,
    Pixels,
    Stroke,
    cell_text,
    text_width,
)
from poolviz.views.scene.stage import ARITHMETIC_SIZE, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE, Stage
from poolviz.views.scene.style import Color, Theme, ValueScale, text_on
from poolviz.windows import Array

SCALE_WIDTH, SCALE_HEIGHT, SCALE_STEPS = 128, 12, 32
# The gap before the key to each value that is not finite, in pixels.
KEY_GAP = 20
# In smaller cells the gap would take too much room.
LEAST_CELL_WITH_GAP = 4


def header(stage: Stage) -> Iterator[Item]:
    """The picture's title, and a title above each panel."""
    theme = stage.theme
    yield Label(MARGIN, MARGIN + 8, stage.title, TITLE_SIZE, theme.ink, bold=True, anchor="left")
    for panel in filter(None, (stage.input_panel, stage.window_panel, stage.output_panel)):
        yield Label(panel.x, panel.y - 16, panel.title, TEXT_SIZE, theme.muted, anchor="left")


def input_cells(stage: Stage) -> Iterator[Item]:
    """All cells of the input panel, with padding and overhang."""
    panel, (rows, columns) = stage.input_panel, stage.inside
    unread_rows, unread_columns = stage.unread
    if panel.digits:
        values = stage.input_values
        yield Box(*panel.area(rows, columns), fill=stage.theme.grid)
        for row in rows:
            for column in columns:
                unread = row in unread_rows or column in unread_columns
                value = values[row - rows.start, column - columns.start]
                yield from value_cell(stage, panel, (row, column), value, hatched=unread)
    else:
        planes = stage.result.feature_map.values
        yield Pixels(*panel.area(rows, columns), stage.colors(planes, rows, columns))
        yield from _unread(stage, panel)
    yield from _outside(stage, panel)


class Colored(Protocol):
    """Anything whose cells can be drawn: it has colours for values and for everything else."""

    @property
    def theme(self) -> Theme:
        """The colours of everything except values."""

    @property
    def scale(self) -> ValueScale:
        """The colours of values."""


def value_cell(
    stage: Colored,
    panel: Panel,
    place: tuple[int, int],
    value: np.generic,
    *,
    hatched: bool = False,
    bold: bool = False,
) -> Iterator[Item]:
    """A cell in its value's colour, with digits where they are legible."""
    x, y, side, _ = panel.area(*one(place))
    color = stage.scale.color(float(value))
    gap = 1 if panel.cell >= LEAST_CELL_WITH_GAP else 0
    hatch = stage.theme.background if hatched else None
    yield Box(x, y, side - gap, side - gap, fill=color, hatch=hatch)
    if panel.digits:
        digits = cell_text(value)
        if hatched:
            # A plain background, so that the hatch does not strike out the digits.
            width, height = text_width(digits, panel.digits) + 6, panel.digits + 6
            left, top = x + (panel.cell - width) // 2, y + (panel.cell - height) // 2
            yield Box(left, top, width, height, fill=color)
        yield _digits(panel, (x, y), digits, text_on(color), bold)


def one(place: tuple[int, int]) -> tuple[range, range]:
    """The rows and columns of a single cell."""
    row, column = place
    return range(row, row + 1), range(column, column + 1)


def _digits(
    panel: Panel, corner: tuple[int, int], digits: str, color: Color, bold: bool = False
) -> Label:
    middle = panel.cell // 2
    return Label(corner[0] + middle, corner[1] + middle, digits, panel.digits, color, bold)


def _outside(stage: Stage, panel: Panel) -> Iterator[Item]:
    """Padding and overhang around the input."""
    rows_axis, columns_axis = stage.result.geometry.axes
    for row in panel.rows:
        for column in panel.columns:
            kind = max(rows_axis.kind(row), columns_axis.kind(column))
            if kind is not CellKind.INPUT:
                yield from outside_cell(stage, panel, (row, column), kind)


def outside_cell(
    stage: Stage, panel: Panel, place: tuple[int, int], kind: CellKind
) -> Iterator[Item]:
    """A padding cell, dashed and with its value, or an overhang cell, dotted and empty."""
    x, y, side, _ = panel.area(*one(place))
    muted = stage.theme.muted
    if kind is CellKind.PADDING:
        yield Box(x, y, side - 1, side - 1, outline=muted, line_style="dashed")
        if panel.digits:
            yield _digits(panel, (x, y), stage.padding_text, muted)
    else:
        yield Box(
            x + 3, y + 3, side - 7, side - 7, fill=stage.theme.unvisited, outline=muted,
            line_style="dotted",
        )  # fmt: skip


def _unread(stage: Stage, panel: Panel) -> Iterator[Item]:
    """Hatching over rows and columns that no window reads."""
    rows, columns = stage.inside
    unread_rows, unread_columns = stage.unread
    bands = [(range(row, row + 1), columns) for row in rows if row in unread_rows]
    bands += [(rows, range(column, column + 1)) for column in columns if column in unread_columns]
    for band in bands:
        yield Box(*panel.area(*band), hatch=stage.theme.background)


def unvisited_output(stage: Stage) -> Iterator[Item]:
    """The output panel before the first step."""
    panel, theme = stage.output_panel, stage.theme
    gap = 1 if panel.cell >= LEAST_CELL_WITH_GAP else 0
    yield Box(panel.x, panel.y, panel.width, panel.height, fill=theme.grid)
    for row in panel.rows:
        for column in panel.columns:
            x, y, side, _ = panel.area(*one((row, column)))
            yield Box(x, y, side - gap, side - gap, fill=theme.unvisited)


def whole_output(stage: Stage) -> Iterator[Item]:
    """The output panel after the last step."""
    panel = stage.output_panel
    if not panel.digits:
        area = panel.x, panel.y, panel.width, panel.height
        yield Pixels(*area, stage.colors(stage.result.output, panel.rows, panel.columns))
        return
    yield Box(panel.x, panel.y, panel.width, panel.height, fill=stage.theme.grid)
    for row in panel.rows:
        for column in panel.columns:
            value = stage.result.output[stage.channel, row, column]
            yield from value_cell(stage, panel, (row, column), value)


def output_cells(stage: Stage, steps: tuple[Step, ...]) -> Iterator[Item]:
    """The output cells of ``steps``."""
    for step in steps:
        yield from value_cell(stage, stage.output_panel, step.index, step.value)


def counter(stage: Stage, index: int) -> Label:
    """``step 3 / 9``, for the step with an index from 0."""
    x = stage.width - MARGIN
    words = f"step {index + 1} / {len(stage.steps)}"
    return Label(x, stage.captions_y, words, TITLE_SIZE, stage.theme.muted, anchor="right")


def arithmetic(stage: Stage, step: Step) -> Iterator[Item]:
    """The step's arithmetic, below the panels."""
    for index, line in enumerate(stage.arithmetic(step)):
        y = stage.caption_y + index * LINE
        yield Label(MARGIN, y, line, ARITHMETIC_SIZE, stage.theme.ink, anchor="left")


def captions(stage: Stage) -> Iterator[Item]:
    """Formula, region, legend and value scale."""
    y = stage.captions_y
    for line in stage.notes:
        yield Label(MARGIN, y, line, TEXT_SIZE, stage.theme.muted, anchor="left")
        y += LINE
    if stage.legend:
        yield Label(MARGIN, y, stage.legend, TEXT_SIZE, stage.theme.muted, anchor="left")
        y += LINE
    yield from scale_bar(stage.scale, MARGIN, y)


def scale_bar(scale: ValueScale, x: int, y: int) -> Iterator[Item]:
    """A bar of the colours from the lowest to the highest value, its left end at ``x``."""
    muted = scale.theme.muted
    low, high = text.number(scale.low), text.number(scale.high)
    bar = x + text_width(low, TEXT_SIZE) + 8
    yield Label(x, y, low, TEXT_SIZE, muted, anchor="left")
    yield Pixels(bar, y - SCALE_HEIGHT // 2, SCALE_WIDTH, SCALE_HEIGHT, scale_colors(scale))
    yield Label(bar + SCALE_WIDTH + 8, y, high, TEXT_SIZE, muted, anchor="left")
    side, x = SCALE_HEIGHT, bar + SCALE_WIDTH + 8 + text_width(high, TEXT_SIZE) + KEY_GAP
    for value in scale.outside:
        yield Box(x, y - side // 2, side, side, scale.color(value), muted)
        yield Label(x + side + 6, y, text.number(value), TEXT_SIZE, muted, anchor="left")
        x += _key_width(value)


def scale_width(scale: ValueScale) -> int:
    """The width in pixels of a value bar with its numbers and its key to non-finite values."""
    low, high = (text_width(text.number(end), TEXT_SIZE) for end in (scale.low, scale.high))
    return low + 8 + SCALE_WIDTH + 8 + high + sum(map(_key_width, scale.outside))


def _key_width(value: float) -> int:
    return KEY_GAP + SCALE_HEIGHT + 6 + text_width(text.number(value), TEXT_SIZE)


def scale_colors(scale: ValueScale) -> Array:
    """(1, SCALE_STEPS, 3) colours from the lowest to the highest value."""
    along = np.linspace(0, 1, SCALE_STEPS)
    # Not linspace from low to high: the span of the largest floats overflows.
    return scale.colors((scale.low * (1 - along) + scale.high * along)[None])


LINK_MARGIN = 8


def marks(stage: Stage, step: Step) -> Iterator[Item]:
    """The marks of one step: window, winner or shares, links, output cell."""
    yield from _links(stage, step)
    yield from _frame(stage, stage.input_panel.area(step.rows, step.columns))
    yield from _shares(stage, step)
    if stage.window_panel is not None:
        yield from _window_cells(stage, stage.window_panel, step)
    yield from _frame(stage, stage.output_panel.area(*one(step.index)))


def _frame(stage: Stage, area: tuple[int, int, int, int]) -> Iterator[Box]:
    """An outline in the accent colour, with a halo so that it shows on cells of any colour."""
    x, y, width, height = area
    yield Box(x - 4, y - 4, width + 7, height + 7, outline=stage.theme.halo, line_width=5)
    yield Box(x - 3, y - 3, width + 5, height + 5, outline=stage.theme.accent, line_width=3)


def _links(stage: Stage, step: Step) -> Iterator[Stroke]:
    """Lines from the outlined cells of each panel to those of the next."""
    panels = [panel for panel in (stage.input_panel, stage.window_panel) if panel]
    areas = [stage.input_panel.area(step.rows, step.columns)]
    if stage.window_panel is not None:
        areas.append(_enlarged(stage.window_panel, step))
    areas.append(stage.output_panel.area(*one(step.index)))
    nexts = [*panels[1:], stage.output_panel]
    for first, second, panel, following in zip(areas, areas[1:], panels, nexts, strict=False):
        (_, y, _, height), (_, next_y, _, next_height) = first, second
        # Only between panels: on cells and titles a line would strike out the text.
        start, end = panel.x + panel.width + LINK_MARGIN, following.x - LINK_MARGIN
        for left, right in ((y, next_y), (y + height, next_y + next_height)):
            yield Stroke((start, left), (end, right), stage.theme.accent, line_width=2)


def _shares(stage: Stage, step: Step) -> Iterator[Item]:
    """On the input panel: the winner and its ties, or the share of each cell."""
    panel = stage.input_panel
    if panel.digits:
        shown_rows, shown_columns = set(panel.rows), set(panel.columns)
        for i, row in enumerate(step.rows):
            for j, column in enumerate(step.columns):
                if row in shown_rows and column in shown_columns:
                    yield from _share(stage, panel, step, (row, column), (i, j))


def _share(
    stage: Stage, panel: Panel, step: Step, place: tuple[int, int], index: tuple[int, int]
) -> Iterator[Item]:
    """The mark of one cell: a ring for the winner, a dashed ring for a tie, otherwise a bar.

    ``place`` is the cell's place on the panel, ``index`` its row and column in the window.
    """
    x, y, side, _ = panel.area(*one(place))
    if step.winner is not None:
        cell = step.rows[index[0]], step.columns[index[1]]
        if cell == step.winner:
            yield from value_cell(stage, panel, place, step.value, bold=True)
            yield from _ring(stage, (x, y, side, side), dashed=False)
        elif cell in step.ties:
            yield from _ring(stage, (x, y, side, side), dashed=True)
    elif step.weights[index] > 0:
        yield from _bar(stage, (x, y), side, step.weights[index] / step.weights.max())


def _ring(stage: Stage, area: tuple[int, int, int, int], *, dashed: bool) -> Iterator[Item]:
    x, y, side, _ = area
    theme = stage.theme
    style: LineStyle = "dashed" if dashed else "solid"
    yield Box(x + 1, y + 1, side - 3, side - 3, outline=theme.halo, line_width=4)
    yield Box(
        x + 1, y + 1, side - 3, side - 3, outline=theme.accent, line_width=3, line_style=style
    )


def _bar(stage: Stage, corner: tuple[int, int], side: int, share: float) -> Iterator[Item]:
    """A bar at the foot of a cell; the cell with the largest share has the longest."""
    height = max(3, side // 12)
    full = side - 10
    width = max(1, round(full * min(share, 1.0)))
    x, y = corner[0] + 5, corner[1] + side - height - 4
    yield Box(x - 1, y - 1, full + 1, height + 2, fill=stage.theme.halo)
    yield Box(x, y, width, height, fill=stage.theme.accent)


def _window_cells(stage: Stage, panel: Panel, step: Step) -> Iterator[Item]:
    """The enlarged window, with the marks that its cells would have on the input panel."""
    yield Box(panel.x, panel.y, panel.width, panel.height, fill=stage.theme.background)
    rows, columns = len(step.rows), len(step.columns)
    across = range(min(columns, len(panel.columns)))
    for place in product(range(min(rows, len(panel.rows))), across):
        kind = CellKind(int(step.kinds[place]))
        if kind is CellKind.INPUT:
            yield from value_cell(stage, panel, place, step.cells[place])
            yield from _share(stage, panel, step, place, place)
        else:
            yield from outside_cell(stage, panel, place, kind)
    yield from _frame(stage, _enlarged(panel, step))


def _enlarged(panel: Panel, step: Step) -> tuple[int, int, int, int]:
    """The part of the window panel that a step's window takes: windows at an edge are smaller."""
    return panel.area(range(len(step.rows)), range(len(step.columns)))
