"""The one layout of a sheet: a title, rows of titled maps with notes and value bars, captions."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

import numpy as np

from poolviz.text import Numbers
from poolviz.views.scene.elements import (
    LARGEST_CELL,
    SOURCE,
    TITLE,
    WORDS,
    Block,
    Box,
    Item,
    Label,
    Panel,
    Pixels,
    Scene,
    digit_size,
    named,
    one,
    value_cell,
)
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.legend import SCALE_WIDTH, TEXT_SIZE, scale_bar, scale_width
from poolviz.views.scene.stage import (
    LINE,
    MARGIN,
    PANEL_TITLE_SIZE,
    TITLE_SIZE,
)
from poolviz.views.scene.style import LEAST_WIDTH, Theme, ValueScale
from poolviz.windows import Array

# Title, words, and the height of their lines on a sheet, and on one for a column of text.
SHEET_TYPE, COLUMN_TYPE = (TITLE_SIZE, TEXT_SIZE, LINE), (18, 12, 19)
# The longest side of a map, and the widest row of maps, in pixels.
SIDE, WIDEST = 360, 1240
# The middle of a map's title lies this far above the map.
TITLE_RISE = 16
HEADING_SIZE = 18
# The size of the one number that a map is about, and of the arrow between the maps of a pair.
NUMBER_SIZE, ARROW_SIZE = 24, 20
# Type of small maps: of the title, of what is below, and from line to line.
SMALL_TITLE, SMALL_TEXT, SMALL_LINE = 12, 11, 17
# Gaps between a pair of maps, between other maps, and between maps on a sheet without headings.
PAIR_GAP, APART, WIDE_APART = 34, 36, 56
# Gaps between rows that have headings, and between rows that have none.
BELOW, CLOSE_BELOW = 48, 26
# From the maps down to the middle of a value bar, and from there to the captions.
BAR_DROP, BAR_FOOT = 24, 8
# Room that digits leave free in a cell.
BESIDE_DIGITS = 10
# Digits do not fit smaller cells; there each map may have cells of its own size.
LEAST_WITH_DIGITS = 20
# Smaller cells are not outlined.
LEAST_MARKED = 10
# The smallest frame, and its distance from cells that are too small for digits.
LEAST_FRAME, FRAME_AWAY = 21, 6


@dataclass(frozen=True, eq=False)
class GridPanel:
    """A map before its place on the sheet is known.

    Args:
        title: the line above it.
        values: (rows, columns).
        scale: colours of the values.
        theme: colours of everything else.
        marked: (rows, columns) cells to outline.
        outside: (rows, columns) of text for cells outside the input, drawn dashed; None for cells
            in it.
        blank: (rows, columns) cells to draw without digits.
        hidden: (rows, columns) cells to draw as places that are still empty.
        colors: (rows, columns, 3) colours to draw instead of digits.
        numbers: how values are written.
        title_size: the size of the title in pixels.
    """

    title: str
    values: Array
    scale: ValueScale
    theme: Theme
    marked: Array | None = None
    outside: Array | None = None
    blank: Array | None = None
    hidden: Array | None = None
    colors: Array | None = None
    numbers: Numbers = field(default_factory=Numbers)
    title_size: int = PANEL_TITLE_SIZE

    @property
    def longest(self) -> int:
        """Cells along the longer side."""
        return int(max(self.values.shape))

    def every(self, step: int) -> "GridPanel":
        """One of every ``step`` rows and columns."""
        if step == 1:
            return self
        names = "values", "marked", "outside", "blank", "hidden", "colors"
        arrays = {name: getattr(self, name) for name in names}
        shown = {name: array[::step, ::step] for name, array in arrays.items() if array is not None}
        return replace(self, **shown)

    def items(self, panel: Panel) -> Iterator[Item]:
        """Title, cells and marks, at the place and size of ``panel``."""
        title_y = panel.y - TITLE_RISE
        if panel.title:
            name = panel.title, self.title_size, self.theme.ink
            yield Label(panel.x, title_y, *name, bold=True, anchor="left")
        area = panel.x, panel.y, panel.width, panel.height
        if panel.digits:
            # Cells have lines at their right and lower edges only.
            x, y, width, height = area
            yield Box(x - 1, y - 1, width + 1, height + 1, fill=self.theme.grid)
            for row in panel.rows:
                for column in panel.columns:
                    yield from self._cell(panel, (row, column))
        else:
            yield Box(panel.x - 1, panel.y - 1, panel.width + 2, panel.height + 2, self.theme.grid)
            colors = self.scale.colors(self.values) if self.colors is None else self.colors
            if self.hidden is not None:
                colors = np.where(self.hidden[..., None], self.theme.unvisited, colors)
            yield Pixels(*area, colors)
        if self.marked is None or panel.cell < LEAST_MARKED:
            return
        for row, column in zip(*self.marked.nonzero(), strict=True):
            x, y, side, _ = panel.area(*one((int(row), int(column))))
            yield Box(x, y, side, side, outline=self.theme.halo, line_width=5)
            yield Box(x + 1, y + 1, side - 2, side - 2, outline=self.theme.accent, line_width=3)

    def _cell(self, panel: Panel, place: tuple[int, int]) -> Iterator[Item]:
        if self.hidden is not None and self.hidden[place]:
            x, y, side, _ = panel.area(*one(place))
            yield Box(x, y, side - 1, side - 1, fill=self.theme.unvisited)
            return
        words = None if self.outside is None else self.outside[place]
        if words is None:
            is_blank = self.blank is not None and self.blank[place]
            shown = replace(panel, digits=0) if is_blank else panel
            yield from value_cell(self, shown, place, self.values[place])
            return
        x, y, side, _ = panel.area(*one(place))
        yield Box(x, y, side, side, fill=self.theme.background)
        yield Box(x, y, side - 1, side - 1, outline=self.theme.muted, line_style="dashed")
        if words:
            middle = side // 2
            yield Label(x + middle, y + middle, words, panel.digits, self.theme.muted)


@dataclass(frozen=True, eq=False)
class Tile:
    """A map in a row.

    Args:
        panel: title, values and colours.
        notes: lines below it.
        number: a number in large type, above the notes, with the words behind it; or empty.
        paired: whether the next map comes from it: an arrow leads there.
        bar: whether its own value scale stands below it.
        slot: minimum width in pixels, so that rows line up in columns.
        least_cell: minimum side of a cell in pixels.
        framed: rows and columns to put a frame around, however small they are drawn.
        cell: the side of a cell in pixels; 0 lets the row decide.
        digits: the size of the digits in pixels; None lets the row decide.
        note_size: the size of the notes in pixels.
        bar_width: the width of the bar of its value scale in pixels.
    """

    panel: GridPanel
    notes: tuple[str, ...] = ()
    number: tuple[str, str] | None = None
    paired: bool = False
    bar: bool = False
    slot: int = 0
    least_cell: int = 0
    framed: tuple[range, range] | None = None
    cell: int = 0
    digits: int | None = None
    note_size: int = TEXT_SIZE
    bar_width: int = SCALE_WIDTH

    @property
    def line(self) -> int:
        """From one note to the next, in pixels."""
        return LINE if self.note_size == TEXT_SIZE else SMALL_LINE

    @property
    def below(self) -> int:
        """The height of what stands below the map, in pixels."""
        return LINE * (self.number is not None) + self.line * (self.bar + len(self.notes))

    @property
    def bar_room(self) -> int:
        """The width of its value scale in pixels; 0 for none."""
        return scale_width(self.panel.scale, self.bar_width, self.note_size) if self.bar else 0

    def frame(self, panel: Panel, every: int) -> Iterator[Box]:
        """The frame with a halo, large enough to be seen; empty if nothing is framed."""
        if self.framed is None:
            return
        rows, columns = (range(cells[0] // every, cells[-1] // every + 1) for cells in self.framed)
        x, y, *sides = panel.area(rows, columns)
        # Around cells too small for digits, so that it covers none.
        around = 0 if panel.cell >= LEAST_MARKED else 2 * FRAME_AWAY
        width, height = (max(side + around, LEAST_FRAME) for side in sides)
        x, y = x - (width - sides[0]) // 2, y - (height - sides[1]) // 2
        theme = self.panel.theme
        yield Box(x - 2, y - 2, width + 4, height + 4, outline=theme.halo, line_width=7)
        yield Box(x, y, width, height, outline=theme.accent, line_width=3)


@dataclass(frozen=True, eq=False)
class Row:
    """Maps side by side under a heading.

    The cells of a row have one size, unless the maps are ``fitted`` or a tile sets its own.

    Args:
        heading: what the maps are.
        lines: details, below the heading.
        tiles: the maps.
        side: the longest side of the largest map, in pixels.
        fitted: whether each map is drawn as large as ``side`` allows, where cells are too small
            for digits.
        bar: whether one value scale for all maps stands below them.
        aside: lines to the right of the maps, the first of them in large type.
        apart: the gap between maps that are not a pair, in pixels.
        below: the gap to the next row, in pixels.
        room: the width in which heading and lines are broken, in pixels; 0 leaves them whole.
    """

    heading: str
    lines: tuple[str, ...]
    tiles: tuple[Tile, ...]
    side: int
    fitted: bool = False
    bar: bool = False
    aside: tuple[str, ...] = ()
    apart: int = APART
    below: int = BELOW
    room: int = 0

    @property
    def _type(self) -> tuple[int, int]:
        """The sizes of heading and lines in pixels: smaller where they are broken."""
        return (PANEL_TITLE_SIZE, COLUMN_TYPE[1]) if self.room else (HEADING_SIZE, TEXT_SIZE)

    @property
    def _line(self) -> int:
        return COLUMN_TYPE[2] if self.room else LINE

    @cached_property
    def _words(self) -> list[tuple[str, bool]]:
        """The lines above the maps, and whether each is a heading."""
        if not self.room:
            return [*[(self.heading, True)] * bool(self.heading), *((x, False) for x in self.lines)]
        large, small = self._type
        heads = wrap_text(self.heading, large, self.room, bold=True) if self.heading else ()
        lines = (part for line in self.lines for part in wrap_text(line, small, self.room))
        return [*((line, True) for line in heads), *((line, False) for line in lines)]

    @cached_property
    def _longest(self) -> int:
        """Cells along the longest side of the largest map."""
        return max(tile.panel.longest for tile in self.tiles)

    def _cells_per_side(self, tile: Tile) -> int:
        """Cells along the side that decides how large a map is drawn."""
        is_alone = self.fitted and self.side // self._longest < LEAST_WITH_DIGITS
        return tile.panel.longest if is_alone else self._longest

    def every(self, tile: Tile) -> int:
        """The sampling step: 3 if only every third row and column of a map is drawn."""
        return 1 if tile.cell else math.ceil(self._cells_per_side(tile) / self.side)

    def cell(self, tile: Tile) -> int:
        """The side of a map's cells in pixels."""
        usual = min(LARGEST_CELL, self.side * self.every(tile) // self._cells_per_side(tile))
        return tile.cell or max(1, tile.least_cell, usual)

    @property
    def sampled(self) -> int:
        """The largest sampling step of the row."""
        return max(map(self.every, self.tiles))

    @property
    def top(self) -> int:
        """From the top of the row to its maps, in pixels."""
        titles = [tile.panel.title_size for tile in self.tiles if tile.panel.title]
        above = TITLE_RISE + max(titles) * 2 // 3 if titles else LINE // 2
        return self._line * len(self._words) + above

    @cached_property
    def bottom(self) -> int:
        """From the top of the row to the end of its maps, in pixels."""
        return self.top + max(panel.height for panel in self.panels)

    @cached_property
    def panels(self) -> list[Panel]:
        """Where the maps stand, in pixels from the top left corner of the row."""
        panels, x = [], 0
        for tile in self.tiles:
            shown, cell = tile.panel.every(self.every(tile)), self.cell(tile)
            rows, columns = map(range, shown.values.shape)
            # The colours of a picture show three channels, digits would show one.
            fits = digit_size(shown.values, cell, BESIDE_DIGITS) if shown.colors is None else 0
            digits = fits if tile.digits is None else tile.digits
            panels.append(Panel(x, self.top, cell, rows, columns, digits, shown.title))
            x += self._width(tile, panels[-1]) + (PAIR_GAP if tile.paired else self.apart)
        if self.fitted or any(tile.digits is not None for tile in self.tiles):
            return panels
        sizes = [panel.digits for panel in panels if panel.digits]
        return [replace(panel, digits=min(sizes)) if panel.digits else panel for panel in panels]

    @staticmethod
    def _width(tile: Tile, panel: Panel) -> int:
        lines = [text_width(line, tile.note_size) for line in tile.notes]
        lines.append(text_width(panel.title, tile.panel.title_size, bold=True))
        if tile.number is not None:
            number, words = tile.number
            behind = text_width(words, TEXT_SIZE) + 8 if words else 0
            lines.append(text_width(number, NUMBER_SIZE, bold=True) + behind)
        return max(panel.width, tile.bar_room, tile.slot, *lines)

    @cached_property
    def width(self) -> int:
        """The width of heading, lines or maps in pixels, whichever is widest."""
        last = self._right
        if self.aside:
            number, *words = self.aside
            widths = [text_width(line, TEXT_SIZE) for line in words]
            last += self.apart + max(text_width(number, NUMBER_SIZE, bold=True), *widths, 0)
        lines = [text_width(line, self._type[not bold], bold=bold) for line, bold in self._words]
        return max(last, *lines, 0)

    @property
    def _right(self) -> int:
        """The right edge of the maps with their words."""
        return self.panels[-1].x + self._width(self.tiles[-1], self.panels[-1])

    @property
    def widths(self) -> list[int]:
        """The width of each map with its words, in pixels."""
        return list(map(self._width, self.tiles, self.panels))

    @property
    def has_bars(self) -> bool:
        """Whether there is any value bar below the maps."""
        return self.bar or any(tile.bar for tile in self.tiles)

    @cached_property
    def height(self) -> int:
        """The height in pixels, with the gap to the next row."""
        notes = max(tile.below for tile in self.tiles) + LINE * self.bar
        words = self.bottom + notes + LINE // 3 * any(tile.number for tile in self.tiles)
        return max(words, self.top + LINE * (len(self.aside) + 1)) + self.below

    def items(self, x: int, y: int, theme: Theme) -> Iterator[Item]:
        """Everything in the row, whose top left corner stands at (x, y)."""
        for index, (line, bold) in enumerate(self._words):
            look = self._type[not bold], theme.ink if bold else theme.muted
            yield Label(x, y + index * self._line, line, *look, bold=bold, anchor="left")
        foot = y + self.bottom
        for tile, corner in zip(self.tiles, self.panels, strict=True):
            every, panel = self.every(tile), replace(corner, x=x + corner.x, y=y + corner.y)
            yield from tile.panel.every(every).items(panel)
            yield from tile.frame(panel, every)
            if tile.paired:
                arrow, middle = panel.x + panel.width + PAIR_GAP // 2, panel.y + panel.height // 2
                yield Label(arrow, middle, "→", ARROW_SIZE, theme.muted)
            note_y = foot + (LINE // 3 + LINE if tile.line == LINE else LINE // 2 + 2)
            if tile.number is not None:
                number, words = tile.number
                yield Label(panel.x, note_y, number, NUMBER_SIZE, theme.ink, True, "left")
                right = panel.x + text_width(number, NUMBER_SIZE, bold=True) + 8
                if words:
                    yield Label(right, note_y + 3, words, TEXT_SIZE, theme.muted, anchor="left")
                note_y += LINE
            if tile.bar:
                drop = 0 if tile.number or tile.line < LINE else LINE // 3
                bar = tile.panel.scale, panel.x, note_y - drop, tile.bar_width, tile.note_size
                yield from scale_bar(*bar)
                note_y += tile.line - drop
            for line in tile.notes:
                yield Label(panel.x, note_y, line, tile.note_size, theme.muted, anchor="left")
                note_y += tile.line
        yield from self._aside(x, y, theme)
        if self.bar:
            notes = max(tile.below for tile in self.tiles)
            drop = LINE // 3 + notes + LINE if notes else BAR_DROP
            yield from scale_bar(self.tiles[0].panel.scale, x, foot + drop)

    def _aside(self, x: int, y: int, theme: Theme) -> Iterator[Item]:
        """The lines beside the maps, the first level with the first line of cells."""
        left, line_y = x + self._right + self.apart, y + self.top + LINE // 2
        for index, words in enumerate(self.aside):
            size, color = (TEXT_SIZE, theme.muted) if index else (NUMBER_SIZE, theme.ink)
            yield Label(left, line_y, words, size, color, bold=not index, anchor="left")
            line_y += LINE

    def split(self, width: int) -> list["Row"]:
        """The same maps in as many rows as it takes for none to be wider than ``width``.

        The heading and its lines stand above the first row. A map that is wider than ``width``
        has a row to itself.
        """
        rows, rest = [], self
        while rest.tiles:
            count = len(rest.tiles)
            while count > 1 and replace(rest, tiles=rest.tiles[:count]).width > width:
                count -= 1
            rows.append(replace(rest, tiles=rest.tiles[:count]))
            rest = replace(rest, heading="", lines=(), tiles=rest.tiles[count:])
        return rows


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows below each other under a title, with captions at the foot.

    Args:
        title: the line at the top.
        rows: from top to bottom.
        captions: lines at the foot, broken where they are too wide.
        theme: the colours.
        description: the alt text.
        scale: the value scale that all maps share, or several with their names; their bars stand
            above the captions.
        source: the line below the title: what the maps are of.
    """

    title: str
    rows: Sequence[Block]
    captions: Sequence[str]
    theme: Theme
    description: str
    scale: ValueScale | tuple[tuple[str, ValueScale], ...] | None = None
    source: str = ""

    def scene(self) -> Scene:
        """The picture."""
        theme, chosen = self.theme, self.theme.choices
        title = self.title if chosen.title is None else chosen.title
        source = self.source if chosen.has_source else ""
        large, words, line_height = COLUMN_TYPE if chosen.is_column else SHEET_TYPE
        titled = max(text_width(title, large, bold=True), text_width(source, words))
        free = chosen.at_most(max(LEAST_WIDTH, titled + 2 * MARGIN)) - 2 * MARGIN
        width = max(free, max((row.width for row in self.rows), default=0))
        items: list[Item] = []
        y = MARGIN + 8
        for line in wrap_text(title, large, width, bold=True) if title else ():
            items.append(Label(MARGIN, y, line, large, theme.ink, True, "left", part=TITLE))
            y += LINE
        for line in wrap_text(source, words, width) if source else ():
            label = Label(MARGIN, y + 4, line, words, theme.muted, anchor="left", part=SOURCE)
            items.append(label)
            y += line_height
        has_headings = any(row.heading for row in self.rows)
        y += BELOW // 2 if has_headings else 4
        for row in self.rows:
            items += row.items(MARGIN, y, theme)
            y += row.height
        if self.rows:
            last = self.rows[-1]
            y += (BAR_DROP - LINE + BAR_FOOT if last.has_bars else BAR_DROP) - last.below
        if self.scale is not None:
            bars = list(named(WORDS, self._bars(y, width)))
            items += bars
            y = max(item.y for item in bars if isinstance(item, Label)) + BAR_FOOT
        for line in chain.from_iterable(
            wrap_text(caption, words, width) for caption in self.captions
        ):
            y += line_height
            label = Label(MARGIN, y, line, words, theme.muted, anchor="left", part=WORDS)
            items.append(label)
        size = width + 2 * MARGIN, y + LINE // 2 + MARGIN
        return Scene(*size, theme.background, tuple(items), self.title, self.description)

    def _bars(self, y: int, width: int) -> Iterator[Item]:
        """The value scales in a line of this width, each behind its name if there are several."""
        if isinstance(self.scale, ValueScale):
            yield from scale_bar(self.scale, MARGIN, y)
            return
        x = MARGIN
        for name, scale in self.scale or ():
            needed = text_width(name, TEXT_SIZE) + APART // 2 + scale_width(scale)
            if x > MARGIN and x + needed > MARGIN + width:
                x, y = MARGIN, y + LINE
            yield Label(x, y, name, TEXT_SIZE, self.theme.muted, anchor="left")
            x += text_width(name, TEXT_SIZE) + APART // 2
            yield from scale_bar(scale, x, y)
            x += scale_width(scale) + APART
