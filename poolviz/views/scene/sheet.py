"""Sheets: rows of maps that belong together, each under a heading, with words below its maps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

from poolviz import text
from poolviz.views.scene.elements import (
    LARGEST_CELL,
    Box,
    Item,
    Label,
    Panel,
    Pixels,
    Scene,
    digit_size,
    text_width,
    wrapped,
)
from poolviz.views.scene.parts import one, scale_bar, scale_width, value_cell
from poolviz.views.scene.region import MOST_CELLS
from poolviz.views.scene.stage import HEADER, LEAST_WIDTH, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE
from poolviz.views.scene.style import Theme, ValueScale
from poolviz.windows import Array

SIDE = 360
GAP = 56
# Rows that are made of many plates are no wider than this.
WIDEST = 1240
# Smaller cells are not outlined.
LEAST_MARKED = 10
# What digits leave of a cell.
BESIDE_DIGITS = 10
# In smaller cells no map has digits, and each map is drawn as large as it may be.
LEAST_WITH_DIGITS = 20


@dataclass(frozen=True, eq=False)
class GridPanel:
    """Values (rows, columns), their title, their colours.

    ``marked`` cells are outlined; those ``outside`` the input have no value and are dashed.
    Cells of a picture have their own ``colors`` (rows, columns, 3).
    """

    title: str
    values: Array
    scale: ValueScale
    theme: Theme
    marked: Array | None = None
    outside: Array | None = None
    colors: Array | None = None


Rows = list[list[GridPanel]]


def map_plate(
    title: str, plane: Array, scale: ValueScale, theme: Theme, marked: Array | None = None
) -> GridPanel:
    """A plane of any size as a plate: of a large one the first rows and columns, which is said."""
    height, width = plane.shape
    if max(height, width) <= MOST_CELLS:
        return GridPanel(title, plane, scale, theme, marked)
    rows, columns = min(height, MOST_CELLS), min(width, MOST_CELLS)
    place = f"rows 0–{rows - 1}, columns 0–{columns - 1} of {text.size((height, width))}"
    shown = None if marked is None else marked[:rows, :columns]
    return GridPanel(f"{title}: {place}", plane[:rows, :columns], scale, theme, shown)


def plates_scene(
    title: str, rows: Rows, captions: list[str], theme: Theme, description: str
) -> Scene:
    """``rows`` of plates under ``title``, ``captions`` and their value scales below.

    Plates of one scale share its bar, and each is drawn as large as it may be; plates of
    several stand in a single row, their cells as large in all as the largest map allows.
    """
    placed = _placed(rows)
    shared = _is_shared(rows)
    right = max(panel.x + _width(plate, panel, shared=shared) for plate, panel in placed)
    titled = MARGIN + text_width(title, TITLE_SIZE, bold=True)
    width = max(right, titled, LEAST_WIDTH - MARGIN) + MARGIN
    items: list[Item] = [
        Label(MARGIN, MARGIN + 8, title, TITLE_SIZE, theme.ink, bold=True, anchor="left")
    ]
    for plate, panel in placed:
        items += drawn_plate(plate, panel)
    y = max(panel.y + panel.height for _, panel in placed) + MARGIN
    for plate, panel in placed[: 1 if shared else None]:
        items += scale_bar(plate, panel.x, y)
    y += LINE // 3
    lines = [part for line in captions for part in wrapped(line, TEXT_SIZE, width - 2 * MARGIN)]
    for line in lines:
        y += LINE
        items.append(Label(MARGIN, y, line, TEXT_SIZE, theme.muted, anchor="left"))
    return Scene(width, y + LINE // 2 + MARGIN, theme.background, tuple(items), title, description)


def in_rows(plates: list[GridPanel]) -> Rows:
    """Plates of one scale, as many to a row as it may be wide."""
    rows: Rows = [[]]
    x = MARGIN
    for plate in plates:
        width = max(_enlarged(plate, plates[0]) * plate.values.shape[1], _titled(plate))
        if rows[-1] and x + width > WIDEST:
            rows.append([])
            x = MARGIN
        rows[-1].append(plate)
        x += width + GAP
    return rows


def _is_shared(rows: Rows) -> bool:
    return len({id(plate.scale) for row in rows for plate in row}) == 1


def _cell(plates: list[GridPanel]) -> int:
    longest: int = max(max(plate.values.shape) for plate in plates)
    return max(1, min(LARGEST_CELL, SIDE // longest))


def _enlarged(plate: GridPanel, first: GridPanel) -> int:
    """A cell's side at which a map is about as large as the first, and never larger."""
    side: int = _cell([first]) * max(first.values.shape)
    longest: int = max(plate.values.shape)
    return max(1, side // longest)


def _placed(rows: Rows) -> list[tuple[GridPanel, Panel]]:
    """Where each plate stands."""
    shared = _is_shared(rows)
    together = [plate for row in rows for plate in row]
    found: list[tuple[GridPanel, Panel]] = []
    y = MARGIN + HEADER
    for row in rows:
        x, below = MARGIN, 0
        for plate in row:
            alone = shared and _cell(together) < LEAST_WITH_DIGITS
            cell = _enlarged(plate, together[0]) if alone else _cell(together)
            rows_shown, columns = map(range, plate.values.shape)
            digits = digit_size(plate.values, cell, BESIDE_DIGITS)
            panel = Panel(x, y, cell, rows_shown, columns, digits, plate.title)
            found.append((plate, panel))
            x += _width(plate, panel, shared=shared) + GAP
            below = max(below, panel.height)
        y += below + HEADER - MARGIN // 2
    return _alike(found) if shared else found


def _alike(found: list[tuple[GridPanel, Panel]]) -> list[tuple[GridPanel, Panel]]:
    """Digits of one size in cells of one size."""
    sizes: dict[int, int] = {}
    for _, panel in found:
        if panel.digits:
            sizes[panel.cell] = min(sizes.get(panel.cell, panel.digits), panel.digits)
    return [
        (plate, replace(panel, digits=sizes[panel.cell]) if panel.digits else panel)
        for plate, panel in found
    ]


def _width(plate: GridPanel, panel: Panel, *, shared: bool) -> int:
    """Of the widest of title, values and value scale."""
    return max(panel.width, _titled(plate), 0 if shared else scale_width(plate.scale))


def _titled(plate: GridPanel) -> int:
    return text_width(plate.title, TEXT_SIZE)


def drawn_plate(plate: GridPanel, panel: Panel) -> Iterator[Item]:
    """Title, cells and marks of a plate."""
    yield Label(panel.x, panel.y - 16, panel.title, TEXT_SIZE, plate.theme.muted, anchor="left")
    area = panel.x, panel.y, panel.width, panel.height
    if not panel.digits:
        yield Box(panel.x - 1, panel.y - 1, panel.width + 2, panel.height + 2, plate.theme.grid)
        own = plate.scale.colors(plate.values) if plate.colors is None else plate.colors
        yield Pixels(*area, own)
    else:
        yield Box(*area, fill=plate.theme.grid)
        for row in panel.rows:
            for column in panel.columns:
                if plate.outside is not None and plate.outside[row, column]:
                    yield from _outside(plate, panel, (row, column))
                else:
                    yield from value_cell(plate, panel, (row, column), plate.values[row, column])
    yield from _marks(plate, panel)


def _outside(plate: GridPanel, panel: Panel, place: tuple[int, int]) -> Iterator[Item]:
    """A cell without a value."""
    x, y, side, _ = panel.area(*one(place))
    yield Box(x, y, side, side, fill=plate.theme.background)
    yield Box(x, y, side - 1, side - 1, outline=plate.theme.muted, line_style="dashed")


def _marks(plate: GridPanel, panel: Panel) -> Iterator[Item]:
    """An outline, with a halo, around each marked cell that is large enough for one."""
    if plate.marked is None or panel.cell < LEAST_MARKED:
        return
    for row, column in zip(*plate.marked.nonzero(), strict=True):
        x, y, side, _ = panel.area(*one((int(row), int(column))))
        yield Box(x, y, side, side, outline=plate.theme.halo, line_width=5)
        yield Box(x + 1, y + 1, side - 2, side - 2, outline=plate.theme.accent, line_width=3)


HEADING_SIZE = 16
# Between maps that belong to each other, and between others.
BESIDE, APART = 12, 36
# Above each map stands its title.
TITLED = LINE
# Between rows.
BELOW = 48
# No frame is smaller.
LEAST_FRAME = 21
# Of small cells it stands off by so much.
FRAME_AWAY = 6


@dataclass(frozen=True, eq=False)
class Tile:
    """A map on a sheet.

    Args:
        plate: its title, values and colours.
        notes: lines below it.
        beside: the next map belongs to it.
        bar: whether its value scale stands below it.
        slot: the least width that is kept for it, in pixels, so that rows have columns.
        least_cell: its cells' least side in pixels, where it may be larger than the others.
        framed: rows and columns around which there is a frame, however small they are drawn.
    """

    plate: GridPanel
    notes: tuple[str, ...] = ()
    beside: bool = False
    bar: bool = False
    slot: int = 0
    least_cell: int = 0
    framed: tuple[range, range] | None = None


@dataclass(frozen=True, eq=False)
class Row:
    """MapFigure side by side, their cells of one size, unless they are ``fitted``.

    Args:
        heading: what they are.
        lines: more of it, below the heading.
        tiles: the maps.
        side: the longest side of the largest, in pixels.
        fitted: where cells are too small for digits, each map is drawn as large as it may be;
            else its digits are.
        bar: whether the value scale of all stands below them.
    """

    heading: str
    lines: tuple[str, ...]
    tiles: tuple[Tile, ...]
    side: int
    fitted: bool = False
    bar: bool = False

    @cached_property
    def _longest(self) -> int:
        """Cells along the longest side of the largest map."""
        longest: int = max(max(tile.plate.values.shape) for tile in self.tiles)
        return longest

    @cached_property
    def _alone(self) -> bool:
        """Whether each map has a size of its own."""
        return self.fitted and self.side // self._longest < LEAST_WITH_DIGITS

    def every(self, tile: Tile) -> int:
        """Of a map's rows and columns one of every so many is shown."""
        return ceil(self._side(tile) / self.side)

    def cell(self, tile: Tile) -> int:
        """The side of a map's cells in pixels."""
        usual = min(LARGEST_CELL, self.side * self.every(tile) // self._side(tile))
        return max(1, tile.least_cell, usual)

    def _side(self, tile: Tile) -> int:
        """Cells along the side that a map's size goes by."""
        own: int = max(tile.plate.values.shape)
        return own if self._alone else self._longest

    @property
    def top(self) -> int:
        """What stands above the maps, in pixels."""
        titled = TITLED if any(tile.plate.title for tile in self.tiles) else TITLED // 2
        return LINE * (bool(self.heading) + len(self.lines)) + titled

    @cached_property
    def bottom(self) -> int:
        """Where the maps end, below the top, in pixels."""
        return self.top + max(panel.height for panel in self.panels)

    @property
    def sampled(self) -> int:
        """Of the rows and columns of the largest map one of every so many is shown."""
        return max(map(self.every, self.tiles))

    @cached_property
    def panels(self) -> list[Panel]:
        """Where the maps stand, below and right of (0, 0)."""
        panels, x = [], 0
        for tile in self.tiles:
            plate, cell = self._shown(tile), self.cell(tile)
            rows, columns = map(range, plate.values.shape)
            # A picture's colours tell of three channels, digits of one.
            legible = plate.colors is None
            digits = digit_size(plate.values, cell, BESIDE_DIGITS) if legible else 0
            panels.append(Panel(x, self.top, cell, rows, columns, digits, tile.plate.title))
            x += self._width(tile, panels[-1]) + (BESIDE if tile.beside else APART)
        if self.fitted:
            return panels
        sizes = [panel.digits for panel in panels if panel.digits]
        return [replace(panel, digits=min(sizes)) if panel.digits else panel for panel in panels]

    def _shown(self, tile: Tile) -> GridPanel:
        """One of every so many rows and columns."""
        plate, step = tile.plate, slice(None, None, self.every(tile))
        marked = None if plate.marked is None else plate.marked[step, step]
        colors = None if plate.colors is None else plate.colors[step, step]
        return replace(plate, values=plate.values[step, step], marked=marked, colors=colors)

    @staticmethod
    def _width(tile: Tile, panel: Panel) -> int:
        words = [text_width(line, TEXT_SIZE) for line in (tile.plate.title, *tile.notes)]
        bar = scale_width(tile.plate.scale) if tile.bar else 0
        return max(panel.width, bar, tile.slot, *words)

    @cached_property
    def width(self) -> int:
        """Of the widest of heading, lines and maps, in pixels."""
        last = self.panels[-1].x + self._width(self.tiles[-1], self.panels[-1])
        lines = [text_width(line, TEXT_SIZE) for line in self.lines]
        return max(last, text_width(self.heading, HEADING_SIZE, bold=True), *lines, 0)

    @cached_property
    def height(self) -> int:
        """In pixels, with the gap below."""
        notes = max(len(tile.notes) + tile.bar for tile in self.tiles)
        return self.bottom + LINE * (notes + self.bar) + BELOW

    def items(self, x: int, y: int, theme: Theme) -> Iterator[Item]:
        """All of it, from its top left corner on."""
        if self.heading:
            yield Label(x, y, self.heading, HEADING_SIZE, theme.ink, bold=True, anchor="left")
        for at, line in enumerate(self.lines, bool(self.heading)):
            yield Label(x, y + at * LINE, line, TEXT_SIZE, theme.muted, anchor="left")
        for tile, panel in zip(self.tiles, self.panels, strict=True):
            there = replace(panel, x=x + panel.x, y=y + panel.y)
            yield from drawn_plate(self._shown(tile), there)
            if tile.framed:
                yield from _frame(tile, there, self.every(tile))
            yield from _below(tile, there, y + self.bottom)
        if self.bar:
            yield from scale_bar(self.tiles[0].plate, x, y + self.bottom + LINE)


def _frame(tile: Tile, panel: Panel, every: int) -> Iterator[Item]:
    """A frame with a halo around cells, and at least as large as can be seen."""
    rows, columns = (
        range(cells[0] // every, cells[-1] // every + 1) for cells in tile.framed or ()
    )
    x, y, *sides = panel.area(rows, columns)
    # Around cells too small for digits, so that none is covered.
    around = 0 if panel.cell >= LEAST_MARKED else 2 * FRAME_AWAY
    width, height = (max(side + around, LEAST_FRAME) for side in sides)
    x, y = x - (width - sides[0]) // 2, y - (height - sides[1]) // 2
    theme = tile.plate.theme
    yield Box(x - 2, y - 2, width + 4, height + 4, outline=theme.halo, line_width=7)
    yield Box(x, y, width, height, outline=theme.accent, line_width=3)


def _below(tile: Tile, panel: Panel, y: int) -> Iterator[Item]:
    """A map's value scale and notes."""
    y += LINE // 3
    if tile.bar:
        y += LINE - LINE // 3
        yield from scale_bar(tile.plate, panel.x, y)
    for at, line in enumerate(tile.notes, 1):
        muted = tile.plate.theme.muted
        yield Label(panel.x, y + at * LINE, line, TEXT_SIZE, muted, anchor="left")


def sheet_scene(
    title: str, rows: list[Row], captions: list[str], theme: Theme, description: str
) -> Scene:
    """``rows`` below each other under ``title``, ``captions`` at the foot."""
    titled = text_width(title, TITLE_SIZE, bold=True)
    width = max(LEAST_WIDTH - 2 * MARGIN, titled, *(row.width for row in rows))
    items: list[Item] = [
        Label(MARGIN, MARGIN + 8, title, TITLE_SIZE, theme.ink, bold=True, anchor="left")
    ]
    y = MARGIN + 8 + LINE + BELOW // 2
    for row in rows:
        items += row.items(MARGIN, y, theme)
        y += row.height
    y -= BELOW // 2
    for line in [part for words in captions for part in wrapped(words, TEXT_SIZE, width)]:
        y += LINE
        items.append(Label(MARGIN, y, line, TEXT_SIZE, theme.muted, anchor="left"))
    size = width + 2 * MARGIN, y + LINE // 2 + MARGIN
    return Scene(*size, theme.background, tuple(items), title, description)
