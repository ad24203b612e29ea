"""Plates: grids of any values side by side, each with its own title and colours."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from poolviz import text
from poolviz.patches import Array
from poolviz.region import MOST_CELLS
from poolviz.views.panel import LARGEST_CELL, Panel, digit_size
from poolviz.views.parts import one, scale_bar, scale_width, value_cell
from poolviz.views.scene import Box, Item, Label, Pixels, Scene, text_width, wrapped
from poolviz.views.stage import HEADER, LEAST_WIDTH, LINE, MARGIN, TEXT_SIZE, TITLE_SIZE
from poolviz.views.style import Theme, ValueScale

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
class Plate:
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


Rows = list[list[Plate]]


def map_plate(
    title: str, plane: Array, scale: ValueScale, theme: Theme, marked: Array | None = None
) -> Plate:
    """A plane of any size as a plate: of a large one the first rows and columns, which is said."""
    height, width = plane.shape
    if max(height, width) <= MOST_CELLS:
        return Plate(title, plane, scale, theme, marked)
    rows, columns = min(height, MOST_CELLS), min(width, MOST_CELLS)
    place = f"rows 0–{rows - 1}, columns 0–{columns - 1} of {text.size((height, width))}"
    shown = None if marked is None else marked[:rows, :columns]
    return Plate(f"{title}: {place}", plane[:rows, :columns], scale, theme, shown)


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


def in_rows(plates: list[Plate]) -> Rows:
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


def _cell(plates: list[Plate]) -> int:
    longest: int = max(max(plate.values.shape) for plate in plates)
    return max(1, min(LARGEST_CELL, SIDE // longest))


def _enlarged(plate: Plate, first: Plate) -> int:
    """A cell's side at which a map is about as large as the first, and never larger."""
    side: int = _cell([first]) * max(first.values.shape)
    longest: int = max(plate.values.shape)
    return max(1, side // longest)


def _placed(rows: Rows) -> list[tuple[Plate, Panel]]:
    """Where each plate stands."""
    shared = _is_shared(rows)
    together = [plate for row in rows for plate in row]
    found: list[tuple[Plate, Panel]] = []
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


def _alike(found: list[tuple[Plate, Panel]]) -> list[tuple[Plate, Panel]]:
    """Digits of one size in cells of one size."""
    sizes: dict[int, int] = {}
    for _, panel in found:
        if panel.digits:
            sizes[panel.cell] = min(sizes.get(panel.cell, panel.digits), panel.digits)
    return [
        (plate, replace(panel, digits=sizes[panel.cell]) if panel.digits else panel)
        for plate, panel in found
    ]


def _width(plate: Plate, panel: Panel, *, shared: bool) -> int:
    """Of the widest of title, values and value scale."""
    return max(panel.width, _titled(plate), 0 if shared else scale_width(plate.scale))


def _titled(plate: Plate) -> int:
    return text_width(plate.title, TEXT_SIZE)


def drawn_plate(plate: Plate, panel: Panel) -> Iterator[Item]:
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


def _outside(plate: Plate, panel: Panel, place: tuple[int, int]) -> Iterator[Item]:
    """A cell without a value."""
    x, y, side, _ = panel.area(*one(place))
    yield Box(x, y, side, side, fill=plate.theme.background)
    yield Box(x, y, side - 1, side - 1, outline=plate.theme.muted, line_style="dashed")


def _marks(plate: Plate, panel: Panel) -> Iterator[Item]:
    """An outline, with a halo, around each marked cell that is large enough for one."""
    if plate.marked is None or panel.cell < LEAST_MARKED:
        return
    for row, column in zip(*plate.marked.nonzero(), strict=True):
        x, y, side, _ = panel.area(*one((int(row), int(column))))
        yield Box(x, y, side, side, outline=plate.theme.halo, line_width=5)
        yield Box(x + 1, y + 1, side - 2, side - 2, outline=plate.theme.accent, line_width=3)
