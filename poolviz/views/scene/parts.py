"""Parts of a picture of a stage: panels, the marks of a step, captions."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from poolviz.geometry import CellKind
from poolviz.result import Step
from poolviz.views.scene.elements import (
    LEAST_CELL_WITH_GAP,
    SOURCE,
    TITLE,
    WORDS,
    Box,
    Item,
    Label,
    Panel,
    Pixels,
    Stroke,
    Wedge,
    cell_digits,
    cell_text,
    corners_between,
    named,
    one,
    value_cell,
)
from poolviz.views.scene.legend import KEY_SYMBOL, TEXT_SIZE, key_lines, key_symbol, scale_bar
from poolviz.views.scene.stage import (
    LINE,
    MARGIN,
    PANEL_TITLE_RISE,
    PANEL_TITLE_SIZE,
    SOURCE_Y,
    TITLE_LINE,
    TITLE_SIZE,
    TITLE_Y,
    VALUE_SIDE,
    VALUES_GAP,
    Stage,
)
from poolviz.views.scene.style import Color, Theme, mixed
from poolviz.windows import Array

# Padding is written in this part of the size of the values.
PADDING_SIZE = 0.65
# How much of the accent's colour lies between the panels, from a window to its output.
WEDGE_OPACITY = 0.12
# In smaller cells a ring would hide the value.
LEAST_RINGED = 14


def heading(stage: Stage) -> Iterator[Item]:
    """The operation and the source."""
    theme, y = stage.theme, MARGIN + TITLE_Y - TITLE_SIZE // 2
    for line in stage.title_lines:
        yield Label(MARGIN, y, line, TITLE_SIZE, theme.ink, True, "left", part=TITLE)
        y += TITLE_LINE
    if stage.source:
        y += SOURCE_Y - TITLE_Y - TITLE_LINE
        yield Label(MARGIN, y, stage.source, TEXT_SIZE, theme.muted, anchor="left", part=SOURCE)


def header(stage: Stage, filled: int | None = None) -> Iterator[Item]:
    """The operation, the source, a title above each panel, and the whole maps beside a part.

    Args:
        stage: the layout.
        filled: so many of the steps have their values in the whole output; None for all of it.
    """
    yield from heading(stage)
    for panel in stage.panels:
        yield panel_title(panel, stage.theme)
    if stage.overview is not None:
        before, colors = stage.overview[0], stage.overview_colors[0]
        size = stage.result.feature_map.input_size
        yield from _located_map(stage.theme, before, colors, stage.inside, size)
        yield from overview_output(stage, filled)


def panel_title(panel: Panel, theme: Theme) -> Label:
    """The title above a panel."""
    y = panel.y - PANEL_TITLE_RISE
    title = panel.title, PANEL_TITLE_SIZE, theme.ink
    return Label(panel.x, y, *title, bold=True, anchor="left", part=WORDS)


def overview_output(stage: Stage, filled: int | None = None) -> Iterator[Item]:
    """The whole output with a frame around the part that is shown; nothing without an overview.

    Args:
        stage: the layout.
        filled: so many of the steps have their values, and nothing else has; None for all of it.
    """
    if stage.overview is None:
        return
    panel, colors, size = stage.overview[1], stage.overview_colors[1], stage.result.output_size
    windows = stage.region.windows
    if filled is not None:
        along = []
        for part, drawn, length in zip(windows, colors.shape, size, strict=False):
            cells = np.arange(drawn) * length // drawn
            along.append(np.where(np.isin(cells, part), cells - part[0], -1))
        rows, columns = along
        order = np.add.outer(rows * len(windows[1]), columns)
        stands = np.logical_and.outer(rows >= 0, columns >= 0) & (order < filled)
        colors = np.where(stands[..., None], colors, np.array(stage.theme.unvisited, np.uint8))
    yield from _located_map(stage.theme, panel, colors, windows, size)


def _located_map(
    theme: Theme, panel: Panel, colors: Array, part: tuple[range, range], size: tuple[int, int]
) -> Iterator[Item]:
    """A whole map of ``size`` (rows, columns) with a frame around the part that is shown."""
    yield Box(panel.x - 1, panel.y - 1, panel.width + 2, panel.height + 2, theme.grid)
    yield Pixels(panel.x, panel.y, panel.width, panel.height, colors)
    yield from located(theme, panel, part, size)


def located(
    theme: Theme, panel: Panel, part: tuple[range, range], size: tuple[int, int]
) -> Iterator[Box]:
    """A frame, never too small to be seen, around the part of the whole map that is shown."""
    least = 9
    (top, height), (left, width) = (
        (cells[0] * pixels // length, max(least, len(cells) * pixels // length))
        for cells, pixels, length in zip(part, (panel.height, panel.width), size, strict=True)
    )
    x = min(panel.x + left, panel.x + panel.width - width)
    y = min(panel.y + top, panel.y + panel.height - height)
    yield from frame(theme, (max(x, panel.x), max(y, panel.y), width, height))


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
        yield from _colored(stage, panel, (rows, columns), stage.colors(planes, rows, columns))
        yield from _unread(stage, panel)
    yield from _outside(stage, panel)


def _colored(
    stage: Stage, panel: Panel, cells: tuple[range, range], colors: Array
) -> Iterator[Item]:
    """Cells without digits, with lines between them where there is room."""
    x, y, width, height = panel.area(*cells)
    yield Pixels(x, y, width, height, colors)
    if panel.cell >= LEAST_RINGED:
        rows, columns = cells
        for row in rows[1:]:
            top = panel.area(range(row, row + 1), columns)[1]
            yield Box(x, top - 1, width, 1, fill=stage.theme.grid)
        for column in columns[1:]:
            left = panel.area(rows, range(column, column + 1))[0]
            yield Box(left - 1, y, 1, height, fill=stage.theme.grid)


def _outside(stage: Stage, panel: Panel) -> Iterator[Item]:
    """Padding and overhang around the input; a dashed outline around all padding."""
    rows_axis, columns_axis = stage.result.geometry.axes
    padded = []
    for row, column in product(panel.rows, panel.columns):
        kind = max(rows_axis.kind(row), columns_axis.kind(column))
        if kind is not CellKind.INPUT:
            yield from outside_cell(stage, panel, (row, column), kind)
        if kind is CellKind.PADDING:
            padded.append((row, column))
    if padded:
        rows, columns = (range(min(cells), max(cells) + 1) for cells in zip(*padded, strict=True))
        inside = stage.inside
        rows = range(min(rows[0], inside[0][0]), max(rows[-1], inside[0][-1]) + 1)
        columns = range(min(columns[0], inside[1][0]), max(columns[-1], inside[1][-1]) + 1)
        area = panel.area(rows, columns)
        yield Box(*area, outline=stage.theme.muted, line_style="dashed")


def outside_cell(
    stage: Stage, panel: Panel, place: tuple[int, int], kind: CellKind
) -> Iterator[Item]:
    """A padding cell with its value, quieter than the input, or a dotted overhang cell."""
    x, y, side, _ = panel.area(*one(place))
    theme = stage.theme
    if kind is CellKind.PADDING:
        yield Box(x, y, side - 1, side - 1, fill=theme.background, outline=theme.grid)
        if panel.digits:
            middle, size = panel.cell // 2, round(panel.digits * PADDING_SIZE)
            yield Label(x + middle, y + middle, stage.padding_text, max(size, 9), theme.muted)
    else:
        yield Box(
            x + 3, y + 3, side - 7, side - 7, fill=theme.unvisited, outline=theme.muted,
            line_style="dotted",
        )  # fmt: skip


def _unread(stage: Stage, panel: Panel) -> Iterator[Item]:
    """Hatching over rows and columns that no window reads."""
    rows, columns = stage.inside
    unread_rows, unread_columns = stage.unread
    bands = [(range(row, row + 1), columns) for row in rows if row in unread_rows]
    bands += [(rows, range(column, column + 1)) for column in columns if column in unread_columns]
    for band in bands:
        yield Box(*panel.area(*band), hatch=stage.theme.muted)


def unvisited_output(stage: Stage) -> Iterator[Item]:
    """The output panel before the first step."""
    panel, theme = stage.output_panel, stage.theme
    gap = 1 if panel.cell >= LEAST_CELL_WITH_GAP else 0
    if not panel.gap:
        yield Box(panel.x, panel.y, panel.width, panel.height, fill=theme.grid)
    for row in panel.rows:
        for column in panel.columns:
            x, y, side, _ = panel.area(*one((row, column)))
            yield Box(x, y, side - gap, side - gap, fill=theme.unvisited)


def whole_output(stage: Stage) -> Iterator[Item]:
    """The output panel after the last step."""
    panel = stage.output_panel
    if not panel.digits:
        cells = panel.rows, panel.columns
        yield from _colored(stage, panel, cells, stage.colors(stage.result.output, *cells))
        return
    if not panel.gap:
        yield Box(panel.x, panel.y, panel.width, panel.height, fill=stage.theme.grid)
    for row in panel.rows:
        for column in panel.columns:
            value = stage.result.output[stage.channel, row, column]
            yield from value_cell(stage, panel, (row, column), value)


def output_cells(
    stage: Stage, steps: tuple[Step, ...], panel: Panel | None = None
) -> Iterator[Item]:
    """The output cells of ``steps``, in another panel than the output's if one is given."""
    panel = panel or stage.output_panel
    for step in steps:
        if stage.is_rgb:
            x, y, side, _ = panel.area(*one(step.index))
            gap = 1 if panel.cell >= LEAST_CELL_WITH_GAP else 0
            yield Box(x, y, side - gap, side - gap, fill=_output_color(stage, step))
        else:
            yield from value_cell(stage, panel, step.index, step.value)


def _output_color(stage: Stage, step: Step) -> Color:
    """The colour of a step's output in an image in colour."""
    row, column = step.index
    planes = stage.result.output[:, row : row + 1, column : column + 1]
    red, green, blue = stage.plane_colors(np.asarray(planes))[0, 0].tolist()
    return red, green, blue


def counter(stage: Stage, words: str) -> Label:
    """``step 3 of 9``, to the right of the captions."""
    x = stage.notes_x + stage.notes_width
    muted = stage.theme.muted
    return Label(x, stage.captions_y, words, PANEL_TITLE_SIZE, muted, anchor="right", part=WORDS)


def arithmetic(stage: Stage, step: Step, *, result: bool = True) -> Iterator[Label]:
    """The step's arithmetic, with or without its result."""
    for index, line in enumerate(stage.arithmetic(step, result=result)):
        y = stage.caption_y + index * LINE
        size = stage.arithmetic_size
        ink = stage.theme.ink
        if line:
            yield Label(stage.notes_x, y, line, size, ink, anchor="left", part="arithmetic")


def captions(stage: Stage) -> Iterator[Item]:
    """Formula, value scale and key."""
    yield from named(WORDS, _captions(stage))


def _captions(stage: Stage) -> Iterator[Item]:
    x, y, theme = stage.notes_x, stage.captions_y, stage.theme
    for line in stage.notes:
        yield Label(x, y, line, TEXT_SIZE, theme.muted, anchor="left")
        y += LINE
    if not stage.is_rgb:
        yield from scale_bar(stage.scale, x, y)
        y += LINE
    for entries in key_lines(stage.key, stage.notes_width):
        for left, mark, meaning in entries:
            yield from key_symbol(theme, mark, x + left, y)
            start = x + left + KEY_SYMBOL
            yield Label(start, y, meaning, TEXT_SIZE, theme.muted, anchor="left")
        y += LINE


def marks(
    stage: Stage,
    step: Step,
    filled: Collection[tuple[int, int]] | None = None,
    *,
    result: bool = True,
    linked: bool = True,
) -> Iterator[Item]:
    """The marks of one step: window, winner or shares, the wedge to its output, output cell.

    Args:
        stage: the layout.
        step: which window.
        filled: the output cells that show a value; None for all.
        result: whether the value stands beside the enlarged window, and its winner is marked.
        linked: whether a wedge joins window and output.
    """
    if linked:
        yield from named("link", _wedge(stage, step, filled))
    yield from named("window", _window_marks(stage, step, result=result))
    for panel, part in zip(stage.window_panels, stage.channel_steps(step), strict=False):
        yield from _window_cells(stage, panel, part, result=result)
    if stage.window_panels and result and stage.has_swatch:
        yield from _mixed_color(stage, step)
    yield from named("result", frame(stage.theme, stage.output_panel.area(*one(step.index))))


def frame(theme: Theme, area: tuple[int, int, int, int]) -> Iterator[Box]:
    """An outline in the accent colour, with a halo so that it shows on cells of any colour."""
    x, y, width, height = area
    yield Box(x - 4, y - 4, width + 7, height + 7, outline=theme.halo, line_width=5)
    yield Box(x - 3, y - 3, width + 5, height + 5, outline=theme.accent, line_width=3)


def wedges_of(stage: Stage, step: Step) -> list[Wedge]:
    """From the window's corners to the output cell's corners."""
    window = stage.input_panel.area(step.rows, step.columns)
    panel, output = stage.output_panel, stage.output_panel.area(*one(step.index))
    # Where the arithmetic stands under the output, the wedge keeps clear of it.
    bend = panel.x if stage.notes_x == panel.x else output[0]
    corners = corners_between(window, output, bend, below=stage.stacked)
    look = stage.theme.accent, WEDGE_OPACITY
    return [Wedge(each, *look, down=stage.stacked) for each in corners]


def in_gutter(stage: Stage, wedge: Wedge) -> Wedge:
    """The part of a wedge between the panels, where it changes the colour of no cell."""
    before, after = stage.input_panel, stage.output_panel
    if wedge.down:
        return wedge.between(before.y + before.height, after.y)
    return wedge.between(before.x + before.width, after.x)


def wedge_edge(theme: Theme) -> Color:
    """The colour of the edges of a wedge."""
    return mixed(theme.background, theme.accent, 0.6)


def _wedge(stage: Stage, step: Step, filled: Collection[tuple[int, int]] | None) -> Iterator[Item]:
    """The edges of the wedge, filled between the panels; digits stand above what crosses them."""
    wedges = wedges_of(stage, step)
    edge = wedge_edge(stage.theme)
    crossed = list(_crossed(stage, step, wedges, filled))
    # Digits that are painted twice look bolder: they are covered first.
    for panel, place, value, hatched in crossed:
        yield from value_cell(stage, replace(panel, digits=0), place, value, hatched=hatched)
    yield in_gutter(stage, wedges[0])
    for wedge in wedges:
        for start, end in wedge.sides:
            yield Stroke(start, end, edge)
    for panel, place, value, hatched in crossed:
        yield from cell_digits(stage, panel, place, value, hatched=hatched)


def _crossed(
    stage: Stage, step: Step, wedges: list[Wedge], filled: Collection[tuple[int, int]] | None
) -> Iterator[tuple[Panel, tuple[int, int], np.generic, bool]]:
    """The cells with digits that wedges pass over: panel, place, value, and if it is hatched."""
    if not stage.input_panel.digits:
        return
    values, (rows, columns) = stage.input_values, stage.inside
    unread_rows, unread_columns = stage.unread
    beyond = rows, range(step.columns[-1] + 1, columns.stop)
    if stage.stacked:
        beyond = range(step.rows[-1] + 1, rows.stop), columns
    for row, column in product(*beyond):
        if wedges[0].crosses(stage.input_panel.area(*one((row, column)))):
            value = values[row - rows.start, column - columns.start]
            hatched = row in unread_rows or column in unread_columns
            yield stage.input_panel, (row, column), value, hatched
    panel = stage.output_panel
    before = panel.rows, range(panel.columns[0], step.index[1])
    if stage.stacked:
        before = range(panel.rows[0], step.index[0]), panel.columns
    for place in product(*before):
        area = panel.area(*one(place))
        if (filled is None or place in filled) and any(each.crosses(area) for each in wedges):
            yield panel, place, stage.result.output[(stage.channel, *place)], False


def _window_marks(stage: Stage, step: Step, *, result: bool) -> Iterator[Item]:
    """On the input panel: the window's frame, the cells it reads, its winner or its shares."""
    panel, theme = stage.input_panel, stage.theme
    shown_rows, shown_columns = set(panel.rows), set(panel.columns)
    if stage.dilated:
        x, y, width, height = panel.area(step.rows, step.columns)
        yield Box(
            x - 2, y - 2, width + 3, height + 3, outline=theme.accent, line_style="dashed",
            line_width=2,
        )  # fmt: skip
    else:
        yield from frame(theme, panel.area(step.rows, step.columns))
    for (i, row), (j, column) in product(enumerate(step.rows), enumerate(step.columns)):
        if row not in shown_rows or column not in shown_columns:
            continue
        if stage.dilated:
            x, y, side, _ = panel.area(*one((row, column)))
            yield Box(x, y, side - 1, side - 1, outline=theme.halo, line_width=4)
            yield Box(x, y, side - 1, side - 1, outline=theme.accent, line_width=2)
        if panel.digits or (step.winner == (row, column) and not stage.window_panels):
            yield from _mark(stage, panel, step, (row, column), (i, j), result=result)
    if stage.is_rgb and result and not step.is_even:
        won = {part.winner for part in stage.channel_steps(step) if part.winner}
        for row, column in sorted(won):
            if row in shown_rows and column in shown_columns:
                x, y, side, _ = panel.area(*one((row, column)))
                yield from named("winner", _ring(theme, (x, y, side)))


def _mark(
    stage: Stage,
    panel: Panel,
    step: Step,
    place: tuple[int, int],
    index: tuple[int, int],
    *,
    result: bool,
) -> Iterator[Item]:
    """The mark of one cell: a ring for the winner, a dashed ring for a tie, otherwise a bar.

    Where all cells are equal, or before the result is told, no winner is marked. ``place`` is the
    cell's place on the panel, ``index`` its row and column in the window.
    """
    x, y, side, _ = panel.area(*one(place))
    if step.winner is None:
        shares = step.shares
        if shares.any() and step.kinds[index] != CellKind.OVERHANG:
            yield from _bar(stage, (x, y), side, float(shares[index]))
        return
    cell = step.rows[index[0]], step.columns[index[1]]
    if step.is_even or not result:
        return
    if cell == step.winner:
        if panel.digits:
            unnamed = replace(panel, name="")
            yield from value_cell(stage, unnamed, place, step.value, bold=True)
        yield from named("winner", _ring(stage.theme, (x, y, side)))
    elif cell in step.ties and not step.is_flat:
        theme = stage.theme
        area = x + 2, y + 2, side - 5, side - 5
        yield Box(*area, outline=theme.halo, line_width=3)
        yield Box(*area, outline=theme.accent, line_width=2, line_style="dashed")


def _ring(theme: Theme, square: tuple[int, int, int]) -> Iterator[Item]:
    """A ring in a cell, with a halo; around a cell that is too small for one."""
    x, y, side = square
    if side < LEAST_RINGED:
        x, y, side = x - (LEAST_RINGED - side) // 2, y - (LEAST_RINGED - side) // 2, LEAST_RINGED
    area = x + 1, y + 1, side - 3, side - 3
    radius = max(side // 3, 4)
    yield Box(*area, outline=theme.halo, line_width=4, radius=radius)
    yield Box(*area, outline=theme.accent, line_width=2, radius=radius)


def _bar(stage: Stage, corner: tuple[int, int], side: int, share: float) -> Iterator[Item]:
    """A bar at the foot of a cell: its track is the whole output, its length the cell's share."""
    height, full, theme = max(4, side // 12), side - 10, stage.theme
    x, y = corner[0] + 5, corner[1] + side - height - 4
    yield Box(x - 1, y - 1, full + 2, height + 2, fill=theme.halo, outline=theme.muted)
    if share > 0:
        yield Box(x, y, max(1, round(full * min(share, 1.0))), height, fill=theme.accent)


def _window_cells(stage: Stage, panel: Panel, step: Step, *, result: bool) -> Iterator[Item]:
    """The enlarged window of one channel with its marks, and the value that comes from it."""
    theme = stage.theme
    yield Box(panel.x - 4, panel.y - 4, panel.width + 8, panel.height + 8, fill=theme.background)
    rows, columns = len(step.rows), len(step.columns)
    for place in product(range(min(rows, len(panel.rows))), panel.columns[:columns]):
        kind = CellKind(int(step.kinds[place]))
        if kind is CellKind.INPUT:
            yield from value_cell(stage, panel, place, step.cells[place])
            yield from _mark(stage, panel, step, place, place, result=result)
        else:
            yield from outside_cell(stage, panel, place, kind)
    area = panel.area(range(rows), range(columns))
    yield from frame(theme, area)
    value = f"→ {cell_text(step.value, stage.numbers)}" if result else "→"
    x, y = area[0] + area[2] + 12, panel.y + panel.height // 2
    if stage.is_rgb:
        x, y = area[0], panel.y + panel.height + LINE - 6
    yield Label(x, y, value, TITLE_SIZE - 4, theme.ink, bold=True, anchor="left")


def _mixed_color(stage: Stage, step: Step) -> Iterator[Item]:
    """The colour that the outputs of all channels make."""
    last = stage.window_panels[-1]
    side = min(last.height, VALUE_SIDE)
    x, y = last.x + last.width + VALUES_GAP, last.y + (last.height - side) // 2
    yield panel_title(Panel(x, y, side, range(1), range(1), 0, "output"), stage.theme)
    yield Box(x, y, side, side, fill=_output_color(stage, step))
    yield from frame(stage.theme, (x, y, side, side))
