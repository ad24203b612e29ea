"""A handout on A4 paper: a worksheet with blank outputs, and its solution on a second page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from poolviz import text
from poolviz.analysis.example import best_window
from poolviz.errors import SpecError
from poolviz.geometry import CellKind
from poolviz.plan import describe_outside
from poolviz.result import PoolResult, Step
from poolviz.views.figures._maps import MapFigure
from poolviz.views.figures._poster import cells, digits, ring
from poolviz.views.scene.elements import SOURCE, TITLE, WORDS, Box, Item, Label, Panel, Scene, named
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.parts import frame, one
from poolviz.views.scene.region import Region, describe_region, region_around, whole_region
from poolviz.views.scene.style import Theme
from poolviz.windows import Array

# A4 in pixels of 1/96 inch, its margin, and the part that is written on.
WIDTH, HEIGHT, MARGIN = 794, 1123, 60
INSIDE = WIDTH - 2 * MARGIN
# The most cells along a side of a map that is handed out whole, and of parts of a larger one.
MOST_CELLS, SMALLER = 10, (8, 6, 5, 4, 3, 2, 1)
# The largest and the smallest cell to write a number into, and the gap between grids.
LARGEST_CELL, LEAST_CELL, GAP = 52, 26, 64
TITLE_SIZE, HEADING_SIZE, TEXT_SIZE, SMALL_SIZE = 28, 17, 15, 12
TITLE_LINE, LINE, SMALL_LINE = 38, 24, 18
# Lines to write on are so far apart; after a sign of equality there is room for a result.
RULE, RESULT, COLUMN_GAP = 34, 62, 32
# Before a numbered part, and below its heading.
BEFORE, BELOW = 26, 30
# The indent of what belongs to a numbered part.
INDENT = 28
# The smallest arithmetic of a solution.
SMALLEST = 9
# What follows the last sign of equality.
_RESULT = re.compile(r"(?<= [=≈]) [^=≈]*$")


def handout_scenes(
    result: PoolResult, channel: int, region: Region | None, theme: Theme
) -> tuple[Scene, Scene]:
    """The worksheet and its solution, laid out alike.

    Args:
        result: what is handed out.
        channel: which channel of it.
        region: which windows; None for all, or those around the best example in a large map.
        theme: the colours.

    Raises:
        SpecError: the numbers do not fit, or the mode draws at random.
    """
    if result.mode.draws:
        cause = f"{result.mode.name()} draws at random, so a handout would have no solution"
        raise SpecError("write", cause, "use another mode, or write=steps")
    blank = _Sheet(_fitting_maps(result, channel, region, theme), is_solved=False)
    return blank.scene(), replace(blank, is_solved=True).scene()


def _fitting_maps(
    result: PoolResult, channel: int, region: Region | None, theme: Theme
) -> MapFigure:
    """The part of the maps whose numbers fit the page: the region, or as much as possible."""
    row = 2 if result.feature_map.input_size[0] == 1 else 1
    regions = [region] if region is not None else [whole_region(result)]
    if region is None:
        example = best_window(result, channel)
        regions += [region_around(result, example, row * side, row * side) for side in SMALLER]
    for shown in regions:
        maps = MapFigure(result, channel, shown, theme)
        small = max(map(len, maps.inside)) <= row * MOST_CELLS
        cell = _cell(shown)
        if small and cell >= LEAST_CELL and maps.words.size(cell):
            return maps
    most = f"{MOST_CELLS}x{MOST_CELLS}"
    if region is None:
        cause = "the numbers are too long for the cells of a handout"
        raise SpecError("write", cause, "use fewer decimals, or write=pdf")
    cause = "it has too many cells, or too long numbers, for a handout"
    raise SpecError("region", cause, f"use a smaller region, at most {most}, or fewer decimals")


def _cell(shown: Region) -> int:
    """The side of a cell for two grids that stand side by side, or below each other."""
    rows, columns = shown.cells
    across = len(columns) if _is_wide(shown) else len(columns) + len(shown.windows[1])
    return min(LARGEST_CELL, (INSIDE - INDENT - GAP * (not _is_wide(shown))) // across)


def _is_wide(shown: Region) -> bool:
    """Whether the output stands below the input."""
    rows, columns = shown.cells
    return len(columns) >= 3 * len(rows)


@dataclass(frozen=True)
class _Sheet:
    """A page: the worksheet, or the same page with the solution."""

    maps: MapFigure
    is_solved: bool

    @cached_property
    def shown(self) -> Region:
        """The windows that are handed out, and the cells around them."""
        return self.maps.shown

    @cached_property
    def steps(self) -> list[Step]:
        """The windows row by row."""
        return [
            self.maps.result.step(*index, self.maps.channel)
            for index in product(*self.shown.windows)
        ]

    def scene(self) -> Scene:
        """The page."""
        maps, theme = self.maps, self.maps.theme
        title = theme.choices.title or maps.result.plan.title
        items: list[Item] = [*named(WORDS, self._head())]
        y = MARGIN + 62
        for line in wrap_text(title, TITLE_SIZE, INSIDE, bold=True):
            items.append(Label(MARGIN, y, line, TITLE_SIZE, theme.ink, True, "left", part=TITLE))
            y += TITLE_LINE
        place = describe_region(maps.result, self.shown)
        source = f"{maps.subtitle.split(' · ')[-1]}{', ' + place if place else ''}"
        items.append(Label(MARGIN, y - 6, source, SMALL_SIZE + 1, theme.muted, anchor="left", part=SOURCE))
        y += 18
        number = 1
        for draw in (self._size, self._grids, self._arithmetic):
            drawn, below = draw(number, y + BEFORE)
            items += drawn
            if drawn:
                y, number = below, number + 1
        kind = "Solution of the handout" if self.is_solved else "Handout"
        alt = f"{kind}: {title}. {source}."
        return Scene(WIDTH, HEIGHT, theme.background, tuple(items), f"Handout: {title}", alt)

    def _head(self) -> Iterator[Item]:
        """Lines for name and date, or the word for a solution."""
        theme, y = self.maps.theme, MARGIN + 8
        if self.is_solved:
            yield Label(MARGIN, y, "Solution", HEADING_SIZE, theme.accent, True, "left")
            return
        date = WIDTH - MARGIN - 190
        for x, end, word in ((MARGIN, date - COLUMN_GAP, "Name"), (date, WIDTH - MARGIN, "Date")):
            yield Label(x, y, word, TEXT_SIZE, theme.muted, anchor="left")
            yield self._rule(x + text_width(word, TEXT_SIZE) + 10, end, y + 10)

    def _rule(self, x: int, end: int, y: int) -> Box:
        """A line to write on."""
        return Box(x, y, end - x, 1, fill=self.maps.theme.muted)

    def _heading(self, number: int, y: int, words: str) -> Iterator[Item]:
        """A numbered heading."""
        theme = self.maps.theme
        yield Label(MARGIN, y, str(number), HEADING_SIZE, theme.accent, True, "left", part=WORDS)
        look = HEADING_SIZE, theme.ink, True, "left"
        yield Label(MARGIN + INDENT, y, words, *look, part=WORDS)  # type: ignore[arg-type]

    def _said(self, x: int, y: int, line: str, size: int, *, quiet: bool = False) -> Label:
        theme = self.maps.theme
        color = theme.muted if quiet else theme.ink
        return Label(x, y, line, size, color, anchor="left", part=WORDS)

    def _size(self, number: int, y: int) -> tuple[list[Item], int]:
        """The formula of the output size without its result; nothing where it has none."""
        parts = self.maps.result.formula.split("; ")
        if not all(_RESULT.search(part) for part in parts):
            return [], y
        items = [*self._heading(number, y, "Work out the output size")]
        y += BELOW
        for part in parts:
            left, result = _RESULT.sub("", part), part[len(_RESULT.sub("", part)) :].strip()
            x = MARGIN + INDENT
            items.append(self._said(x, y, left, TEXT_SIZE + 1))
            x += text_width(left, TEXT_SIZE + 1) + 10
            if self.is_solved:
                items.append(self._answer(x, y, result))
            else:
                items.append(self._rule(x, x + RESULT, y + 11))
            y += RULE - 4
        return items, y

    def _answer(self, x: int, y: int, words: str, size: int = TEXT_SIZE + 1) -> Label:
        """A part of the solution."""
        return Label(x, y, words, size, self.maps.theme.accent, bold=True, anchor="left")

    def _grids(self, number: int, y: int) -> tuple[list[Item], int]:
        """The input with its numbers, and the output with blank cells or with its numbers."""
        maps, theme, mode = self.maps, self.maps.theme, self.maps.result.mode
        items = [*self._heading(number, y, "Fill in the output")]
        y += BELOW - 2
        task = f"Each output is {mode.summary.split(' (')[0]}: {mode.formula}."
        if mode.picks:
            task += " Circle the cell that gives each output."
        x = MARGIN + INDENT
        for line in wrap_text(task, TEXT_SIZE, INSIDE - INDENT):
            items.append(self._said(x, y, line, TEXT_SIZE))
            y += LINE
        y += 38
        rows, columns = self.shown.cells
        cell = _cell(self.shown)
        size = maps.words.size(cell)
        before = Panel(x, y, cell, rows, columns, size, "input")
        corner = (before.x + before.width + GAP, y + self._first_row(before))
        if _is_wide(self.shown):
            corner = (x, y + before.height + GAP)
        after = Panel(*corner, cell, *self.shown.windows, size, "output")
        for panel, length in (
            (before, maps.result.feature_map.input_size),
            (after, maps.result.output_size),
        ):
            top = panel.y - 16
            items.append(Label(panel.x, top, panel.title, TEXT_SIZE, theme.ink, True, "left", part=WORDS))
            wide = text_width(panel.title, TEXT_SIZE, bold=True) + 8
            quiet = f"{text.size(length) if panel is before or self.is_solved else ''} {maps.words.factor}"
            items.append(self._said(panel.x + wide, top, quiet.strip(), SMALL_SIZE + 1, quiet=True))
        items += named("input", self._input(before))
        items += self._output(after)
        first = self.steps[0]
        items += named("window", frame(theme, before.area(first.rows, first.columns)))
        items += named("window", frame(theme, after.area(*one(first.index))))
        y = max(panel.y + panel.height for panel in (before, after)) + SMALL_LINE + 4
        for line in wrap_text("; ".join(self._key()), SMALL_SIZE, INSIDE - INDENT):
            items.append(self._said(x, y, line, SMALL_SIZE, quiet=True))
            y += SMALL_LINE
        return items, y

    def _first_row(self, panel: Panel) -> int:
        """How far below the top of the input's grid its first row without padding is."""
        return max(0, self.maps.inside[0][0] - panel.rows[0]) * panel.cell

    def _key(self) -> Iterator[str]:
        """What the marks mean."""
        result = self.maps.result
        yield "framed: the first window and its output"
        if self.is_solved and result.mode.picks:
            yield "ringed: the cells that give an output"
        along = zip(result.geometry.axes, self.shown.cells, strict=True)
        kinds = {axis.kind(cell) for axis, cells in along for cell in cells}
        if CellKind.PADDING in kinds:
            value = result.plan.padding_value
            yield f"dashed: padding, {'' if value is None else 'counts '}{text.padding(value)}"
        if CellKind.OVERHANG in kinds:
            yield "dotted: overhang, never counted"

    def _input(self, panel: Panel) -> Iterator[Item]:
        """The input's cells, with padding and overhang; in colour and with rings if solved."""
        maps, theme = self.maps, self.maps.theme
        inner = Panel(*panel.area(*maps.inside)[:2], panel.cell, *maps.inside, panel.digits, "")
        axes = maps.result.geometry.axes
        for row, column in product(panel.rows, panel.columns):
            kind = max(axes[0].kind(row), axes[1].kind(column))
            if kind is CellKind.INPUT:
                continue
            x, y, side, _ = panel.area(*one((row, column)))
            style = "dashed" if kind is CellKind.PADDING else "dotted"
            yield Box(x + 1, y + 1, side - 3, side - 3, outline=theme.muted, line_style=style)  # type: ignore[arg-type]
            value = maps.result.plan.padding_value
            if kind is CellKind.PADDING and value is not None:
                middle = x + side // 2, y + side // 2
                yield Label(*middle, text.number(value), max(10, panel.digits * 2 // 3), theme.muted)
        yield from self._values(inner, maps.before)
        if self.is_solved and maps.result.mode.picks:
            for place in sorted({step.winner for step in self.steps if step.winner}):
                yield from ring(inner, place, theme)

    def _output(self, panel: Panel) -> Iterator[Item]:
        """The output's cells, blank or with their numbers."""
        theme = self.maps.theme
        if self.is_solved:
            yield from named("output", self._values(panel, self.maps.after))
            return
        for index in product(panel.rows, panel.columns):
            x, y, side, _ = panel.area(*one(index))
            yield Box(x - 1, y - 1, side + 1, side + 1, outline=theme.muted, part="output")

    def _values(self, panel: Panel, values: Array) -> Iterator[Item]:
        """A grid of numbers, for a pencil on white cells or, if solved, in colour."""
        maps, theme = self.maps, self.maps.theme
        colors = maps.shared_scale.colors(values)
        if not self.is_solved:
            colors[:] = theme.background
        yield from cells(panel, colors, replace(theme, grid=theme.muted))
        yield from digits(panel, maps.words.texts(values), colors, theme)

    def _arithmetic(self, number: int, y: int) -> tuple[list[Item], int]:
        """A line to write on for each window, or its arithmetic."""
        steps, theme = self.steps, self.maps.theme
        room = (HEIGHT - MARGIN - y - BELOW) // RULE
        across = 1 if len(steps) <= room else 2
        shown = steps[: across * room]
        if not shown:
            return [], y
        items = [*self._heading(number, y, "Write out the arithmetic")]
        if len(shown) < len(steps):
            words = f"of the first {len(shown)} windows"
            x = MARGIN + INDENT + text_width("Write out the arithmetic", HEADING_SIZE, bold=True)
            items.append(self._said(x + 8, y, words, SMALL_SIZE + 1, quiet=True))
        y += BELOW + 4
        width = (INSIDE - INDENT - COLUMN_GAP * (across - 1)) // across
        down = -(-len(shown) // across)
        label = max(text_width(f"{step.index}", SMALL_SIZE + 1) for step in shown) + 10
        for place, step in enumerate(shown):
            x = MARGIN + INDENT + place // down * (width + COLUMN_GAP)
            line = y + place % down * RULE
            items.append(self._said(x, line, f"{step.index}", SMALL_SIZE + 1, quiet=True))
            end = x + width
            middle = end - RESULT
            written = self._written(step)
            left = _RESULT.sub("", written)
            equals, result = (left[-1] if left != written else "="), written[len(left) :].strip()
            items.append(self._said(middle - 18, line, equals if self.is_solved else "=", TEXT_SIZE))
            if self.is_solved:
                items += self._worked(x + label, line, left.rstrip(" =≈"), middle - 26 - x - label)
                items.append(self._answer(middle, line, result))
            items.append(self._rule(x + label, middle - 26, line + 11))
            items.append(self._rule(middle, end, line + 11))
        return items, y + down * RULE

    def _written(self, step: Step) -> str:
        """The arithmetic, without what it says of cells outside the input."""
        words = self.maps.words
        written = step.arithmetic if words.power else step.written(words.numbers)
        return written.removesuffix(describe_outside(step.mode, step.patch.counts))

    def _worked(self, x: int, y: int, words: str, width: int) -> Iterator[Item]:
        """Arithmetic on a line, as large as it fits; of very long arithmetic the beginning."""
        size = TEXT_SIZE
        while size > SMALLEST and text_width(words, size) > width:
            size -= 1
        while text_width(words, size) > width:
            words = f"{words.rstrip(' …').rpartition(' ')[0]} …"
        yield Label(x, y, words, size, self.maps.theme.ink, anchor="left")
