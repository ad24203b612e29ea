"""Which input cells each window reads: the same tint for a window and for its output."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from poolviz import text
from poolviz.geometry import CellKind
from poolviz.result import PoolResult
from poolviz.views.figures._maps import (
    GAP,
    HEADING,
    LARGEST_CELL,
    NOTE_SIZE,
    MapFigure,
    Poster,
    digits,
    fitting,
    mixed,
    one_hue,
    spoken,
)
from poolviz.views.scene.elements import Box, Item, Label, Panel, Scene, text_width
from poolviz.views.scene.parts import one
from poolviz.views.scene.region import (
    Region,
    check_window_count,
    describe_region,
    region_of,
    whole_region,
)
from poolviz.views.scene.style import CATEGORIES, Color, Theme, text_on
from poolviz.windows import Array

# More windows are too many to tell apart by tint.
MOST_WINDOWS = 256
# Of more overlapping windows not each has a grid of its own, but one row of them.
MOST_GRIDS, MOST_IN_ROW = 16, 8
# Along each side, so many windows of a larger map.
SIDE = 8
TINT = 0.42
# The longest side of a grid of one window, and the gap between two of them, in pixels.
SMALL_SIDE, SMALL_GAP = 132, 28
PANEL_SIDE = 560
LEAST_DASHED = 14


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Tinted windows; where they overlap, a grid for each window or the number of readers.

    Raises:
        SpecError: the region has too many windows.
    """
    if region is not None:
        check_window_count(region, MOST_WINDOWS, "to tell apart")
    shown = region or _first_windows(result)
    maps = MapFigure(result, channel, shown, theme)
    poster = Poster("Which input cells each output reads", maps.subtitle, theme)
    readers = _readers(maps)
    if maps.is_disjoint or readers.max() == 1:
        _tinted(poster, maps)
        how = "an output has the tint of the cells that it reads"
        poster.notes = [how]
    else:
        how = _overlapping(poster, maps, readers)
        poster.notes = [how]
    if (readers == 0).any():
        poster.notes.append("hatched: not read by any window")
    if any(kind is CellKind.PADDING for kind in _kinds(maps).values()):
        poster.notes.append(
            f"dashed: padding, {text.padding(result.plan.padding_value)}"
        )
    if any(kind is CellKind.OVERHANG for kind in _kinds(maps).values()):
        poster.notes.append("dotted: overhang, never counted")
    poster.notes.append(f"output size: {result.formula}")
    place = describe_region(result, shown)
    if place:
        poster.notes.append(f"shown: {place}")
    return poster.scene(_alt(maps, how))


def _first_windows(result: PoolResult) -> Region:
    """All windows, or the first of a larger map, where one sees its edge."""
    height, width = result.output_size
    if height * width <= MOST_WINDOWS:
        return whole_region(result)
    down, across = min(height, SIDE), min(width, SIDE)
    rows, columns = min(height, SIDE * SIDE // across), min(width, SIDE * SIDE // down)
    return region_of(result, range(rows), range(columns))


def _kinds(maps: MapFigure) -> dict[tuple[int, int], CellKind]:
    """Where each shown cell lies, padding and overhang included."""
    rows, columns = maps.result.geometry.axes
    return {
        (row, column): max(rows.kind(row), columns.kind(column))
        for row, column in product(*maps.shown.cells)
    }


def _readers(maps: MapFigure) -> Array:
    """The number of shown windows that read each input cell in the detail."""
    along = []
    for axis, cells, windows in zip(
        maps.result.geometry.axes, maps.inside, maps.windows, strict=True
    ):
        counts = np.zeros(len(cells), int)
        for index in windows:
            for cell in axis.window(index):
                if cell in cells:
                    counts[cell - cells.start] += 1
        along.append(counts)
    return np.multiply.outer(*along)


def _tint(theme: Theme, index: tuple[int, int]) -> Color:
    """A colour that no neighbour of an output has."""
    row, column = index
    return mixed(CATEGORIES[(column + 2 * row) % len(CATEGORIES)], theme.background, TINT)


def _panels(poster: Poster, maps: MapFigure, y: int) -> tuple[Panel, Panel]:
    """The grids of the input, padding included, and of the output."""
    rows, columns = maps.shown.cells
    cell = max(1, min(LARGEST_CELL, PANEL_SIDE * (1 + maps.is_wide) // max(len(rows), len(columns))))
    size = maps.words.size(cell)
    before = Panel(0, y, cell, rows, columns, size, "")
    corner = maps.beside(before)
    after = Panel(*corner, cell, *maps.windows, size, "")
    poster.heading(0, y, "input", quiet=maps.words.factor)
    poster.heading(*corner, "output", quiet=maps.words.factor)
    return before, after


def _tinted(poster: Poster, maps: MapFigure) -> None:
    """Input and output, each output in the tint of the cells that it reads."""
    theme = maps.theme
    before, after = _panels(poster, maps, HEADING)
    fills: dict[tuple[int, int], Color] = {}
    for index in product(*maps.windows):
        for place in product(*maps.result.geometry.window(index)):
            fills[place] = _tint(theme, index)
    poster.add(*_input(maps, before, fills))
    _outputs(poster, maps, after, {index: _tint(theme, index) for index in product(*maps.windows)})


def _outputs(
    poster: Poster, maps: MapFigure, panel: Panel, fills: dict[tuple[int, int], Color]
) -> None:
    """The output's grid with a ground for each cell."""
    shape = len(panel.rows), len(panel.columns)
    colors = np.array([fills[place] for place in product(panel.rows, panel.columns)], np.uint8)
    colors = colors.reshape(*shape, 3)
    poster.add(Box(panel.x, panel.y, panel.width, panel.height, fill=maps.theme.grid))
    for place, color in fills.items():
        x, y, side, _ = panel.area(*one(place))
        poster.add(Box(x, y, side - 1, side - 1, fill=color))
    poster.add(*digits(panel, maps.words.texts(maps.after), colors, maps.theme))


def _input(
    maps: MapFigure,
    panel: Panel,
    fills: dict[tuple[int, int], Color],
    words: dict[tuple[int, int], str] | None = None,
) -> Iterator[Item]:
    """The input's grid: cells in ``fills`` on their ground, all others on the picture's own.

    ``words`` stand in the cells instead of the values; padding has its value.
    """
    theme = maps.theme
    unread = [
        axis.unread_among(cells)
        for axis, cells in zip(maps.result.geometry.axes, panel_cells(panel), strict=True)
    ]
    rows, columns = (
        range(max(0, cells[0]), min(length, cells[-1] + 1))
        for cells, length in zip(
            panel_cells(panel), maps.result.feature_map.input_size, strict=True
        )
    )
    yield Box(*panel.area(rows, columns), fill=theme.grid)
    plane = maps.result.feature_map.values[maps.channel]
    outside = maps.result.plan.padding_value
    for place, kind in _kinds(maps).items():
        x, y, side, _ = panel.area(*one(place))
        fill = fills.get(place, theme.background)
        word = ""
        if kind is CellKind.INPUT:
            idle = place[0] in unread[0] or place[1] in unread[1]
            hatch = mixed(theme.ink, theme.background, 0.45) if idle else None
            yield Box(x, y, side - 1, side - 1, fill=fill, hatch=hatch)
            word = words.get(place, "") if words is not None else maps.words.text(plane[place])
            if idle and panel.digits and word:
                width, height = text_width(word, panel.digits) + 6, panel.digits + 6
                left, top = x + (side - width) // 2, y + (side - height) // 2
                yield Box(left, top, width, height, fill=fill)
        else:
            style = "dashed" if kind is CellKind.PADDING else "dotted"
            line = theme.muted if side >= LEAST_DASHED else theme.grid
            yield Box(x, y, side - 1, side - 1, fill=fill, outline=line, line_style=style)  # type: ignore[arg-type]
            if kind is CellKind.PADDING and outside is not None and words is None:
                word = maps.words.text(outside)
        if word and panel.digits:
            size = panel.digits if kind is CellKind.INPUT else panel.digits * 2 // 3
            color = text_on(fill) if kind is CellKind.INPUT or place in fills else theme.muted
            yield Label(x + side // 2, y + side // 2, word, size, color)


def panel_cells(panel: Panel) -> tuple[range, range]:
    """The rows and columns of a grid."""
    return panel.rows, panel.columns


def _overlapping(poster: Poster, maps: MapFigure, readers: Array) -> str:
    """A small grid for each window; of many, those of one row, below the number of readers."""
    rows, columns = maps.windows
    count = len(rows) * len(columns)
    y = HEADING
    if count > MOST_GRIDS:
        y = _count_map(poster, maps, readers)
        middle_row = rows[len(rows) // 2]
        indices = [(middle_row, column) for column in columns[:MOST_IN_ROW]]
        _grids(poster, maps, indices, len(indices), y)
        return (
            "a number says how many windows read the cell; below, the windows of output row"
            f" {middle_row}"
        )
    _grids(poster, maps, list(product(rows, columns)), len(columns), y)
    return "one grid for each output cell, placed as in the output; its window reads the tinted cells"


def _count_map(poster: Poster, maps: MapFigure, readers: Array) -> int:
    """The number of windows that read each cell, and the output; where the next part begins."""
    theme = maps.theme
    before, after = _panels(poster, maps, HEADING)
    scale = one_hue(theme, readers)
    top, left = maps.inside[0].start, maps.inside[1].start
    fills, words = {}, {}
    for (row, column), number in np.ndenumerate(readers):
        fills[row + top, column + left] = scale.color(float(number))
        words[row + top, column + left] = str(number)
    size = fitting(set(words.values()), before.cell)
    counted = Panel(before.x, before.y, before.cell, before.rows, before.columns, size, "")
    poster.add(*_input(maps, counted, fills, words))
    plain = {place: theme.background for place in product(*maps.windows)}
    _outputs(poster, maps, after, plain)
    return max(before.y + before.height, after.y + after.height) + GAP


def _grids(
    poster: Poster, maps: MapFigure, indices: list[tuple[int, int]], across: int, y: int
) -> None:
    """A small grid of the input for each of some windows, its cells that are read tinted."""
    theme = maps.theme
    rows, columns = maps.shown.cells
    cell = max(4, SMALL_SIDE // max(len(rows), len(columns)))
    for number, index in enumerate(indices):
        value = maps.words.text(maps.result.output[maps.channel][index])
        words = f"({index[0]}, {index[1]}) → {value}"
        width = max(cell * len(columns), text_width(words, NOTE_SIZE)) + SMALL_GAP
        height = cell * len(rows) + HEADING + SMALL_GAP // 2
        x, top = number % across * width, y + number // across * height
        poster.heading(x, top, "", quiet=words)
        tint = mixed(CATEGORIES[0], theme.background, 0.75)
        fills = {place: tint for place in product(*maps.result.geometry.window(index))}
        poster.add(*_input(maps, Panel(x, top, cell, rows, columns, 0, ""), fills))


def _alt(maps: MapFigure, how: str) -> str:
    """Which cells the windows read."""
    sizes = text.size(maps.result.feature_map.input_size), text.size(maps.result.output_size)
    parts = [f"A {sizes[0]} input and its {sizes[1]} output: {how}."]
    for index in list(product(*maps.windows))[:MOST_GRIDS]:
        rows, columns = (", ".join(map(str, part)) for part in maps.result.geometry.window(index))
        value = maps.words.text(maps.result.output[maps.channel][index])
        parts.append(
            f"Output ({index[0]}, {index[1]}) = {value} reads rows {rows} and columns {columns}."
        )
    parts.append(f"The input: {spoken(maps.before, maps.words)}.")
    return " ".join(parts).replace("-", text.MINUS)
