"""Which input cells each window reads: the same tint for a window and for its output."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

import numpy as np

from poolviz import text
from poolviz.geometry import Axis, CellKind
from poolviz.result import PoolResult
from poolviz.views.figures._maps import LARGEST_CELL, MapFigure, fitting, spoken
from poolviz.views.figures._poster import (
    GAP,
    HEADING,
    NOTE_SIZE,
    Poster,
    digits,
    hue_of,
    is_dark,
    one_hue,
)
from poolviz.views.scene.elements import Box, Item, Label, Panel, Pixels, Scene, one
from poolviz.views.scene.fonts import text_width
from poolviz.views.scene.region import (
    Region,
    check_window_count,
    describe_region,
    region_of,
    whole_region,
)
from poolviz.views.scene.style import CATEGORIES, Color, Theme, hatch_on, mixed, text_on
from poolviz.windows import Array

# More windows are too many to tell apart by tint.
MOST_WINDOWS = 256
# Of more overlapping windows not each has a grid of its own, but one row of them.
MOST_GRIDS, MOST_IN_ROW = 16, 8
# Along each side, so many windows of a larger map.
SIDE, FEWEST, MOST_CELLS = 8, 2, 40
TINT, DARK_TINT = 0.45, 0.6
# The longest side of a grid of one window, its cells, and the gap between two, in pixels.
SMALL_SIDE, SMALL_CELL, SMALL_GAP, NARROW_GAP = 240, 32, 32, 12
PANEL_SIDE = 560
# Smaller cells have no lines between them.
LEAST_LINED = 6


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
        poster.notes.append(f"dashed: padding, {text.padding(result.plan.padding_value)}")
    if any(kind is CellKind.OVERHANG for kind in _kinds(maps).values()):
        poster.notes.append("dotted: overhang, never counted")
    poster.notes.append(f"output size: {result.formula}")
    place = describe_region(result, shown)
    if place:
        poster.notes.append(f"shown: {place}")
    return poster.scene(_alt(maps, how))


def _first_windows(result: PoolResult) -> Region:
    """All windows, or the first of a larger map, where one sees its edge."""
    axes = result.geometry.axes
    if result.output[0].size <= MOST_WINDOWS and max(map(_length, axes)) <= MOST_CELLS:
        return whole_region(result)
    counts = [
        min(axis.output_size, max(FEWEST, min(SIDE, int(MOST_CELLS // axis.step)))) for axis in axes
    ]
    return region_of(result, range(counts[0]), range(counts[1]))


def _length(axis: Axis) -> int:
    return len(axis.extent)


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


def _read(maps: MapFigure, index: tuple[int, int]) -> "product[tuple[int, int]]":
    """The cells that a window reads."""
    rows, columns = maps.result.geometry.window(index)
    return product(rows, columns)


def _tint(theme: Theme, index: tuple[int, int]) -> Color:
    """A colour that no neighbour of an output has."""
    row, column = index
    hue = CATEGORIES[(column + 2 * row) % len(CATEGORIES)]
    return mixed(theme.background, hue, DARK_TINT if is_dark(theme) else TINT)


def _panels(poster: Poster, maps: MapFigure, heading: str) -> tuple[Panel, Panel]:
    """The grids of the input, padding included, and of the output."""
    y, sized, shown = HEADING, maps.theme.choices.sized, maps.shown.cells
    rows, columns = shown
    cell = max(
        1,
        min(sized(LARGEST_CELL), sized(PANEL_SIDE) * (1 + maps.is_wide) // max(map(len, shown))),
    )
    size = maps.words.size(cell)
    before = Panel(0, y, cell, rows, columns, size, "")
    corner = maps.beside(before, heading)
    along = [len(part) for part in maps.windows]
    if not size:
        cell = max(cell, min(LARGEST_CELL, before.width // along[1], before.height // along[0]))
    after = Panel(*corner, cell, *maps.windows, maps.words.size(cell), "")
    poster.heading(0, y, heading, quiet=maps.words.factor)
    poster.heading(*corner, "output", quiet=maps.words.factor)
    return before, after


def _tinted(poster: Poster, maps: MapFigure) -> None:
    """Input and output, each output in the tint of the cells that it reads."""
    theme = maps.theme
    before, after = _panels(poster, maps, "input")
    fills: dict[tuple[int, int], Color] = {}
    for index in product(*maps.windows):
        for place in _read(maps, index):
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
    if panel.cell < LEAST_LINED:
        poster.add(Pixels(panel.x, panel.y, panel.width, panel.height, colors))
        return
    edge = panel.x - 1, panel.y - 1, panel.width + 1, panel.height + 1
    poster.add(Box(*edge, fill=maps.theme.grid))
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

    ``words`` stand in the cells instead of the values.
    """
    theme, shape = maps.theme, (len(panel.rows), len(panel.columns))
    kinds = _kinds(maps)
    if panel.cell < LEAST_LINED:
        plain = [fills.get(place, theme.unvisited) for place in kinds]
        area = panel.x, panel.y, panel.width, panel.height
        yield Pixels(*area, np.array(plain, np.uint8).reshape(*shape, 3))
        return
    area = panel.x - 1, panel.y - 1, panel.width + 1, panel.height + 1
    yield Box(*area, fill=theme.grid)
    for place, kind in kinds.items():
        fill = fills.get(place, theme.background)
        x, y, side, _ = panel.area(*one(place))
        if kind is CellKind.INPUT:
            yield from _input_cell(maps, panel, place, fill, words)
            continue
        outline = theme.muted if kind is CellKind.OVERHANG else None
        yield Box(x, y, side - 1, side - 1, fill=fill, outline=outline, line_style="dotted")
        outside = maps.result.plan.padding_value
        if panel.digits and kind is CellKind.PADDING and outside is not None and words is None:
            color = theme.muted if fill == theme.background else text_on(fill)
            word, size = maps.words.text(outside), panel.digits * 3 // 4
            yield Label(x + side // 2, y + side // 2, word, size, color)
    padded = [
        range(max(-axis.before, cells[0]), min(axis.size + axis.after, cells[-1] + 1))
        for axis, cells in zip(maps.result.geometry.axes, (panel.rows, panel.columns), strict=True)
    ]
    if CellKind.PADDING in kinds.values():
        x, y, width, height = panel.area(padded[0], padded[1])
        edge = x - 1, y - 1, width + 1, height + 1
        yield Box(*edge, outline=theme.background)
        yield Box(*edge, outline=theme.muted, line_style="dashed")
        x, y, width, height = panel.area(*maps.inside)
        yield Box(x - 1, y - 1, width + 1, height + 1, outline=theme.muted)


def _input_cell(
    maps: MapFigure,
    panel: Panel,
    place: tuple[int, int],
    fill: Color,
    words: dict[tuple[int, int], str] | None,
) -> Iterator[Item]:
    """A cell of the input, hatched if no window reads it."""
    x, y, side, _ = panel.area(*one(place))
    idle = any(cell in unread for cell, unread in zip(place, _unread(maps), strict=True))
    hatch = hatch_on(fill) if idle else None
    yield Box(x, y, side - 1, side - 1, fill=fill, hatch=hatch)
    if not panel.digits:
        return
    value = maps.result.feature_map.values[maps.channel][place]
    word = maps.words.text(value) if words is None else words.get(place, "")
    if idle:
        width, height = text_width(word, panel.digits) + 6, panel.digits + 6
        left, top = x + (side - width) // 2, y + (side - height) // 2
        yield Box(left, top, width, height, fill=fill)
    yield Label(x + side // 2, y + side // 2, word, panel.digits, text_on(fill))


def _unread(maps: MapFigure) -> list[frozenset[int]]:
    """The shown rows and columns that no window reads."""
    pairs = zip(maps.result.geometry.axes, maps.shown.cells, strict=True)
    return [_unread_along(axis, cells) for axis, cells in pairs]


@lru_cache(maxsize=8)
def _unread_along(axis: Axis, cells: range) -> frozenset[int]:
    return axis.unread_among(cells)


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
            "each number says how many windows read the cell; below, the windows of output"
            f" row {middle_row}"
        )
    _grids(poster, maps, list(product(rows, columns)), len(columns), y)
    return (
        "one grid for each output cell, placed as in the output; its window reads the tinted cells"
    )


def _count_map(poster: Poster, maps: MapFigure, readers: Array) -> int:
    """The number of windows that read each cell, and the output; where the next part begins."""
    theme = maps.theme
    before, after = _panels(poster, maps, "windows that read each cell")
    scale = one_hue(theme, readers)
    top, left = maps.inside[0].start, maps.inside[1].start
    fills, words = {}, {}
    for (row, column), number in np.ndenumerate(readers):
        fills[row + top, column + left] = scale.color(float(number))
        words[row + top, column + left] = str(number)
    size = fitting(set(words.values()), before.cell)
    counted = Panel(before.x, before.y, before.cell, before.rows, before.columns, size, "")
    poster.add(*_input(maps, counted, fills, words))
    plain = dict.fromkeys(product(*maps.windows), theme.background)
    _outputs(poster, maps, after, plain)
    return max(before.y + before.height, after.y + after.height) + GAP


def _grids(
    poster: Poster, maps: MapFigure, indices: list[tuple[int, int]], across: int, y: int
) -> None:
    """A small grid of the input for each of some windows, its cells that are read tinted."""
    theme = maps.theme
    rows, columns = maps.shown.cells
    sized = theme.choices.sized
    side = sized(PANEL_SIDE * 2 if maps.is_wide else SMALL_SIDE)
    cell = max(4, min(sized(SMALL_CELL), side // max(len(rows), len(columns))))
    across = 1 if maps.is_wide else across
    size, narrow = maps.words.size(cell), theme.choices.below
    values = maps.result.output[maps.channel]
    # In a narrow figure there is no room for the word.
    named = "" if narrow else "output "
    titles = [
        f"{named}({index[0]}, {index[1]}) = {maps.words.text(values[index])}" for index in indices
    ]
    widest = max(text_width(words, NOTE_SIZE) for words in titles)
    width = max(cell * len(columns), widest) + (NARROW_GAP if narrow else SMALL_GAP)
    for number, (index, words) in enumerate(zip(indices, titles, strict=True)):
        height = cell * len(rows) + HEADING + SMALL_GAP // 2
        x, top = number % across * width, y + number // across * height
        poster.heading(x, top, "", quiet=words)
        tint = mixed(theme.background, hue_of(theme), 0.6)
        fills = dict.fromkeys(_read(maps, index), tint)
        poster.add(*_input(maps, Panel(x, top, cell, rows, columns, size, ""), fills))


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
