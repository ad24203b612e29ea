"""A sheet of steps, for print: the input once, then each window, its arithmetic and its output."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from poolviz import text
from poolviz.geometry import CellKind
from poolviz.plan import describe_outside
from poolviz.result import PoolResult, Step
from poolviz.views.figures._maps import MapFigure, overview, spoken
from poolviz.views.figures._poster import HEADING, MARGIN, NOTE_SIZE, Poster, cells, digits, ring
from poolviz.views.scene.elements import (
    Box,
    Item,
    Label,
    Panel,
    Pixels,
    Scene,
    Stroke,
    one,
    place_item,
)
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.region import Region, default_region, describe_region
from poolviz.views.scene.style import Choices, Theme, text_on

# The longest side of a sheet in pixels; the steps that do not fit are skipped.
MOST_SIDE = 2400
# Title, notes and scale take about so many of these pixels.
AROUND = 260
MOST_STEPS = 64
SHEET_RATIO = 1.5
# Sides of a window, of its cells, and of an output cell; gaps in and between tiles, in pixels.
WINDOW_SIDE, LARGEST_CELL, GAP, TILE_GAP = 176, 48, 44, 36
# Between the maps above the tiles, in pixels.
MAPS_GAP, NARROW_MAPS_GAP = 72, 28
# In a figure of a chosen width the maps take at most these parts of its height, without digits
# and with; they are drawn smaller at a time until they fit. Below them are at least two rows
# of tiles, unless these are higher than so many parts of the room.
SHARES, SHRINK, LEAST_FACTOR = (0.25, 0.33), 0.9, 0.1
# There, what stands around maps and tiles takes so many pixels; sizes within and between tiles,
# and at most so many tiles side by side.
NARROW_AROUND, NARROW_GAP, NARROW_APART, MOST_ABREAST = 150, 30, 18, 4
COLUMN_CELL, LOW_TILE = 38, 0.6
TITLE = "Step by step: window → output"
ARITHMETIC_SIZE, ARITHMETIC_LINE, MOST_LINES = 16, 22, 4
LEAST_TILE = 248
NAMES = "input", "output"


def scene(
    result: PoolResult,
    channel: int,
    region: Region | None,
    theme: Theme,
    every: int = 1,
    columns: int | None = None,
) -> Scene:
    """One tile for each window, or for one of ``every`` windows; of very many, of fewer.

    Args:
        result: what is shown.
        channel: which channel of it.
        region: which windows; None for all, or those of a part of a large map.
        theme: the colours.
        every: 3 shows every third step, and the last.
        columns: how many tiles stand side by side; None for a sheet of pleasant shape.
    """
    shown = region or default_region(result, channel, MOST_STEPS)
    maps = MapFigure(result, channel, shown, _fitting(theme, 1.0))
    factor = 1.0
    while not _fits(maps, theme) and factor > LEAST_FACTOR:
        factor *= SHRINK
        maps = replace(maps, theme=_fitting(theme, factor))
    poster = Poster(TITLE, maps.subtitle, theme)
    y = _maps(poster, maps) + HEADING
    sheet = _Sheet(maps, every, y, columns)
    for number, step in enumerate(sheet.steps):
        x = number % sheet.across * (sheet.tile_width + sheet.apart)
        top = y + number // sheet.across * (sheet.tile_height + sheet.apart)
        poster.add(*(place_item(item, x, top) for item in sheet.tile(step)))
    poster.notes = sheet.notes
    poster.scales = [("value", maps.shared_scale)]
    return poster.scene(sheet.alt)


def _fitting(theme: Theme, factor: float) -> Theme:
    """The theme with maps of another size beside each other, where the width is chosen."""
    if theme.choices.width is None:
        return theme
    return replace(theme, choices=replace(theme.choices, factor=factor, below=False))


def _fits(maps: MapFigure, theme: Theme) -> bool:
    """Whether the maps above the tiles are no wider than the sheet and leave room for tiles."""
    chosen = theme.choices
    if chosen.width is None or chosen.height is None:
        return True
    poster = Poster("", "", theme)
    high, share = _maps(poster, maps), SHARES[maps.digits > 0]
    return poster.width <= chosen.width - 2 * MARGIN and high <= chosen.height * share


def _maps(poster: Poster, maps: MapFigure) -> int:
    """The whole input if a part of it is shown, then that part and its output; their height."""
    x, y, is_narrow = 0, HEADING, maps.theme.choices.width is not None
    apart = NARROW_MAPS_GAP if is_narrow else MAPS_GAP
    if not maps.digits:
        width, height = overview(poster, maps, (0, y))
        size = maps.result.output_size
        corner = (0, y + height + HEADING + 8) if maps.is_below else (width + apart, y)
        poster.heading(*corner, "output", quiet=text.size(size))
        colors = maps.whole(maps.result.output, width, height)
        poster.add(Pixels(*corner, width, height, colors))
        return corner[1] + height
    if maps.has_detail:
        width, height = overview(poster, maps, (0, y))
        x, y = (0, y + height + HEADING + 8) if maps.is_below else (width + apart, y)
    before = maps.panel_at((x, y), maps.inside)
    corner = maps.beside(before)
    if is_narrow and corner[0] > x:
        corner = before.x + before.width + apart, y
    panels = before, maps.panel_at(corner, maps.windows)
    planes = (
        (maps.before, maps.colors(maps.result.feature_map.values, maps.inside)),
        (maps.after, maps.colors(maps.result.output, maps.windows)),
    )
    for panel, (values, colors), heading in zip(panels, planes, NAMES, strict=True):
        where = corner if panel is panels[1] else (x, y)
        detail = "detail " * maps.has_detail
        poster.heading(*where, heading, quiet=f"{detail}{maps.words.factor}")
        poster.add(*cells(panel, colors, maps.theme))
        poster.add(*digits(panel, maps.words.texts(values), colors, maps.theme))
    return poster.height


@dataclass(frozen=True)
class _Sheet:
    """The tiles of some steps: their sizes, and what is drawn on them."""

    maps: MapFigure
    every: int
    top: int
    columns: int | None

    @cached_property
    def count(self) -> int:
        """The number of windows."""
        rows, columns = self.maps.windows
        return len(rows) * len(columns)

    @cached_property
    def stride(self) -> int:
        """Every how many steps there is a tile, so that the sheet is not too large."""
        most = min(MOST_STEPS, self._most_across * self._most_down)
        if self.every > 1 and self._chosen.width is not None:
            most = MOST_STEPS
        return max(
            self.every, math.ceil((self.count - 1) / max(1, most - 1)) if self.count > most else 1
        )

    @property
    def _chosen(self) -> Choices:
        return self.maps.theme.choices

    @property
    def apart(self) -> int:
        """The gap between tiles, in pixels."""
        return TILE_GAP if self._chosen.width is None else NARROW_APART

    @property
    def arrow(self) -> int:
        """The room of the arrow between window and output, in pixels."""
        return GAP if self._chosen.width is None else NARROW_GAP

    @cached_property
    def _abreast(self) -> int:
        """How many tiles stand side by side in a figure of a chosen width, all with digits."""
        if self.columns is not None:
            return self.columns
        legible = [
            across
            for across in range(1, MOST_ABREAST + 1)
            if self.maps.words.size(self._cell_of(self._slot(across)))
        ]
        # A single tile with digits in each row would make the figure far too high.
        return max(2, max(legible, default=2))

    def _slot(self, across: int) -> int:
        """The width of one of so many tiles in a figure of a chosen width."""
        free = (self._chosen.width or 0) - 2 * MARGIN
        return max(1, (free - (across - 1) * NARROW_APART) // across)

    def _cell_of(self, slot: int) -> int:
        """The side of a cell of the window and of the output in a tile of this width."""
        rows, columns = self._window
        free = slot - NARROW_GAP
        output = max(self._output_side(free // (columns + 1)), 0)
        most = COLUMN_CELL if self._chosen.is_column else LARGEST_CELL
        return max(1, min(most, (free - output) // columns, 4 * WINDOW_SIDE // rows))

    def _output_side(self, cell: int) -> int:
        """The side of the output's cell: large enough for its digits."""
        return next((side for side in range(cell, LARGEST_CELL) if self.maps.words.size(side)),
                    LARGEST_CELL)  # fmt: skip

    @cached_property
    def numbers(self) -> list[int]:
        """The numbers of the shown steps, from 0; the last one is always among them."""
        return [*range(0, self.count - 1, self.stride), self.count - 1]

    @cached_property
    def steps(self) -> list[Step]:
        """The shown steps."""
        rows, columns = self.maps.windows
        places = [divmod(number, len(columns)) for number in self.numbers]
        return [
            self.maps.result.step(rows[row], columns[column], self.maps.channel)
            for row, column in places
        ]

    @cached_property
    def _window(self) -> tuple[int, int]:
        """The most rows and columns that a window has."""
        along = []
        for axis, windows in zip(self.maps.result.geometry.axes, self.maps.windows, strict=True):
            along.append(max(len(axis.window(index)) for index in windows))
        return along[0], along[1]

    @cached_property
    def cell(self) -> int:
        """The side of a window's cell in pixels."""
        if self._chosen.width is not None:
            return self._cell_of(self.tile_width)
        return max(1, min(LARGEST_CELL, WINDOW_SIDE // max(self._window)))

    @cached_property
    def side(self) -> int:
        """The side of the output's cell in pixels."""
        return LARGEST_CELL if self._chosen.width is None else self._output_side(self.cell)

    @cached_property
    def tile_width(self) -> int:
        """In pixels."""
        if self._chosen.width is not None:
            return self._slot(self._abreast)
        wide = min(self.cell * self._window[1], 4 * WINDOW_SIDE)
        return max(LEAST_TILE, wide + GAP + LARGEST_CELL)

    @property
    def type(self) -> tuple[int, int, int]:
        """The size of the arithmetic and of notes, and from line to line, in pixels."""
        small = self._chosen.is_column
        return (12, 11, 16) if small else (ARITHMETIC_SIZE, NOTE_SIZE, ARITHMETIC_LINE)

    @cached_property
    def tile_height(self) -> int:
        """In pixels: its line, the window, the arithmetic."""
        return self._most_height(MOST_LINES if not self.numbers else self._lines)

    @cached_property
    def _lines(self) -> int:
        return max(len(self._arithmetic(step)) for step in self.steps)

    def _most_height(self, lines: int) -> int:
        high = max(min(self.cell * self._window[0], 4 * WINDOW_SIDE), self.side)
        return HEADING + high + 12 + lines * self.type[-1]

    @property
    def _most_across(self) -> int:
        if self.columns is not None:
            return self.columns
        if self._chosen.width is not None:
            return self._abreast
        return max(1, (MOST_SIDE - 2 * TILE_GAP) // (self.tile_width + TILE_GAP))

    @property
    def _most_down(self) -> int:
        if self._chosen.height is not None:
            room = self._chosen.height - self.top - NARROW_AROUND
            high = self._most_height(self._likely_lines) + NARROW_APART
            return max(2 if high < room * LOW_TILE else 1, room // high)
        room = MOST_SIDE - self.top - AROUND
        return max(1, room // (self._most_height(MOST_LINES) + TILE_GAP))

    @property
    def _likely_lines(self) -> int:
        """The lines of arithmetic of the first and the last step."""
        rows, columns = self.maps.windows
        ends = (rows[0], columns[0]), (rows[-1], columns[-1])
        steps = (self.maps.result.step(*place, self.maps.channel) for place in ends)
        return max(len(self._arithmetic(step)) for step in steps)

    @cached_property
    def across(self) -> int:
        """The number of tiles side by side."""
        if self.columns is not None:
            return min(self.columns, len(self.numbers))
        if self._chosen.width is not None:
            return min(self._abreast, len(self.numbers))
        ratio = SHEET_RATIO * (self.tile_height + TILE_GAP) / (self.tile_width + TILE_GAP)
        likely = math.ceil(math.sqrt(len(self.numbers) * ratio))
        least = math.ceil(len(self.numbers) / self._most_down)
        windows, most = len(self.maps.windows[1]), min(likely * 2, self._most_across)
        # A row of tiles for each row of the output, where that makes a sheet of pleasant shape.
        if self.stride == 1 and max(likely // 2 + 1, least) <= windows <= most:
            return windows
        return min(self._most_across, max(likely, least), len(self.numbers))

    def _arithmetic(self, step: Step) -> list[tuple[str, bool]]:
        """Lines of arithmetic, then lines on cells outside the input, which are quiet (True)."""
        outside = describe_outside(step.mode, step.patch.counts)
        if self._equal(step) and step.is_flat:
            lines = [f"all {1 + len(step.ties)} equal {self.maps.words.text(step.value)}"]
        else:
            written = self._written(step).removesuffix(outside)
            lines = wrap_text(written, self.type[0], self.tile_width)
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 2], f"{lines[MOST_LINES - 2]} …", lines[-1]]
        asides = [
            line
            for note in outside.removeprefix(" (").removesuffix(")").split(", ")
            for line in wrap_text(note, self.type[1], self.tile_width)
            if note
        ]
        return [*((line, False) for line in lines), *((note, True) for note in asides)]

    def _written(self, step: Step) -> str:
        """The arithmetic, with the decimals of the cells."""
        return step.written(self.maps.words.numbers)

    def tile(self, step: Step) -> Iterator[Item]:
        """The window, an arrow, the output cell, the arithmetic, from the corner (0, 0)."""
        maps, theme = self.maps, self.maps.theme
        rows, columns = maps.windows
        number = (step.index[0] - rows[0]) * len(columns) + step.index[1] - columns[0] + 1
        words = f"step {number}: output ({step.index[0]}, {step.index[1]})"
        arithmetic_size, note_size, line_height = self.type
        if text_width(words, note_size) > self.tile_width:
            words = words.removeprefix(f"step {number}: ")
        yield Label(0, HEADING // 2 - 1, words, note_size, theme.muted, anchor="left")
        yield from self._cells(step)
        width, height = self.cell * len(step.columns), self.cell * len(step.rows)
        side, gap = self.side, self.arrow
        y = HEADING + max(height, side) // 2
        x = width + gap
        yield Stroke((width + 8, y), (x - 8, y), theme.muted, 2)
        for wing in (-5, 5):
            yield Stroke((x - 15, y + wing), (x - 8, y), theme.muted, 2)
        color = maps.shared_scale.color(float(step.value))
        word = maps.words.text(step.value)
        size = max(10, min(side * 2 // 5, (side - 6) * 100 // text_width(word, 100, bold=True)))
        yield Box(x, y - side // 2, side, side, fill=color, outline=theme.grid)
        yield Label(x + side // 2, y, word, size, text_on(color), bold=True)
        top = HEADING + max(height, side) + 12 + line_height // 2
        for index, (line, quiet) in enumerate(self._arithmetic(step)):
            below = top + index * line_height
            look = (note_size, theme.muted) if quiet else (arithmetic_size, theme.ink)
            yield Label(0, below, line, *look, anchor="left")

    def _cells(self, step: Step) -> Iterator[Item]:
        """The window with its winner ringed, or with padding dashed."""
        maps, theme = self.maps, self.maps.theme
        size = maps.words.size(self.cell)
        rows, columns = range(len(step.rows)), range(len(step.columns))
        high = max(0, self.side - self.cell * len(rows)) // 2
        panel = Panel(0, HEADING + high, self.cell, rows, columns, size, "")
        colors = maps.shared_scale.colors(step.cells)
        inside = step.kinds == CellKind.INPUT
        colors[~inside] = theme.background
        yield from cells(panel, colors, theme)
        written = maps.words.texts(step.cells)
        outside = maps.result.plan.padding_value
        for place in product(rows, columns) if size else ():
            if not inside[place]:
                padding = step.kinds[place] == CellKind.PADDING and outside is not None
                written[place] = maps.words.text(outside) if padding and outside is not None else ""
                x, y, side, _ = panel.area(*one(place))
                yield Box(x, y, side - 1, side - 1, outline=theme.muted, line_style="dashed")
        if step.winner is not None and self._rings(step):
            for row, column in step.ties if size else ():
                place = step.rows.index(row), step.columns.index(column)
                x, y, side, _ = panel.area(*one(place))
                area = x + 1, y + 1, side - 3, side - 3
                yield Box(*area, outline=theme.halo, line_width=4)
                yield Box(*area, outline=theme.accent, line_width=2, line_style="dashed")
            row, column = step.winner
            place = step.rows.index(row), step.columns.index(column)
            yield from ring(panel, place, theme, dotted=False)
        yield from digits(panel, written, colors, theme)

    def _rings(self, step: Step) -> bool:
        """Whether the winner and its equals are few enough to be marked."""
        return not step.is_flat and not self._equal(step)

    @staticmethod
    def _equal(step: Step) -> bool:
        """Whether all of a window's cells in the input are equal."""
        return bool(step.ties) and int((step.kinds == CellKind.INPUT).sum()) == 1 + len(step.ties)

    @cached_property
    def notes(self) -> list[str]:
        """Which steps are skipped, what the marks mean, and where the part lies."""
        notes = []
        if len(self.numbers) < self.count:
            first = ", ".join(str(number + 1) for number in self.numbers[:3])
            notes.append(
                f"{len(self.numbers)} of {self.count:,} steps: {first}, … {self.count:,};"
                " the others are skipped"
            )
        ringed = [step for step in self.steps if step.winner is not None and self._rings(step)]
        if ringed:
            ties = self.maps.words.size(self.cell) and any(step.ties for step in ringed)
            notes.append(
                f"ringed: the cell that is the output{'; dashed: its equals' if ties else ''}"
            )
        place = describe_region(self.maps.result, self.maps.shown)
        notes.append(f"output size: {self.maps.result.formula}")
        return [*notes, *([f"shown: {place}"] if place else [])]

    @property
    def alt(self) -> str:
        """The input, the output, and the arithmetic of the shown steps."""
        maps = self.maps
        worked = " ".join(
            f"Output ({step.index[0]}, {step.index[1]}): {step.arithmetic}."
            for step in self.steps[:16]
        )
        return (
            f"A {text.size(maps.result.feature_map.input_size)} input:"
            f" {spoken(maps.before, maps.words)}; its output: {spoken(maps.after, maps.words)}."
            f" {worked}"
        )
