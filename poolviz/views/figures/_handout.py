"""A handout on A4 paper: a worksheet with blank outputs, and its solution on a second page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod

from poolviz import text
from poolviz.analysis.example import best_window
from poolviz.errors import SpecError
from poolviz.geometry import CellKind
from poolviz.plan import describe_outside
from poolviz.result import PoolResult, Step
from poolviz.views.figures._maps import MapFigure
from poolviz.views.figures._poster import cells, digits, ring
from poolviz.views.scene.elements import (
    SOURCE,
    TITLE,
    WORDS,
    Box,
    Item,
    Label,
    LineStyle,
    Panel,
    Scene,
    named,
    one,
)
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.parts import frame
from poolviz.views.scene.region import Region, describe_region, region_around, whole_region
from poolviz.views.scene.style import Theme
from poolviz.windows import Array

# A4 in pixels of 1/96 inch, its margins, and the part that is written on.
WIDTH, HEIGHT, MARGIN, BOTTOM = 794, 1123, 60, 40
INSIDE = WIDTH - 2 * MARGIN
# The most cells along a side of what is handed out, and the most outputs of a part of a map.
MOST_CELLS, MOST_OUTPUTS = 12, 25
# The largest and the smallest cell to write a number into, and the gap between grids.
LARGEST_CELL, LEAST_CELL, GAP = 52, 26, 64
TITLE_SIZE, HEADING_SIZE, TEXT_SIZE, SMALL_SIZE = 28, 17, 15, 12
TITLE_LINE, LINE, SMALL_LINE = 38, 24, 18
# Lines to write on are at least and at most so far apart; a result has so much room.
RULE, FAR_RULE, RESULT, COLUMN_GAP = 32, 46, 58, 32
# Before a numbered part, and below its heading.
BEFORE, BELOW = 24, 30
# The indent of what belongs to a numbered part.
INDENT = 28
# The smallest arithmetic of a solution, and the most lines of it.
SMALLEST, MOST_LINES = 10, 2


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
        SpecError: the numbers do not fit, or the mode is random.
    """
    if result.mode.draws:
        cause = f"{result.mode.name()} is random, so a handout would have no fixed solution"
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
        around = (
            region_around(result, example, row * side, row * side)
            for side in range(MOST_CELLS, 0, -1)
        )
        regions += [each for each in around if prod(map(len, each.windows)) <= MOST_OUTPUTS]
    for shown in regions:
        maps, cell = MapFigure(result, channel, shown, theme), _cell(shown)
        few = max(map(len, maps.inside)) <= row * MOST_CELLS
        if few and cell >= LEAST_CELL and maps.words.size(cell):
            return maps
    if region is None:
        cause = "the numbers are too long for the cells of a handout"
        raise SpecError("write", cause, "use fewer decimals, or write=pdf")
    if few and cell >= LEAST_CELL:
        cause = "its numbers are too long for a handout"
        raise SpecError("region", cause, "use fewer decimals, or a smaller region")
    cause = "has too many cells for a handout"
    raise SpecError("region", cause, f"use a smaller region, at most {MOST_CELLS}x{MOST_CELLS}")


def _cell(shown: Region) -> int:
    """The side of a cell for two grids that stand side by side, or below each other."""
    columns = shown.cells[1]
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
        items.append(
            Label(MARGIN, y - 6, source, SMALL_SIZE + 1, theme.muted, anchor="left", part=SOURCE)
        )
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
        x, ink = MARGIN + INDENT, theme.ink
        yield Label(x, y, words, HEADING_SIZE, ink, bold=True, anchor="left", part=WORDS)

    def _said(self, x: int, y: int, line: str, size: int, *, quiet: bool = False) -> Label:
        theme = self.maps.theme
        color = theme.muted if quiet else theme.ink
        return Label(x, y, line, size, color, anchor="left", part=WORDS)

    def _size(self, number: int, y: int) -> tuple[list[Item], int]:
        """The formula of the output size without its result; nothing where it has none."""
        parts = self.maps.result.formula.split("; ")
        split = [found for part in parts if (found := text.split_result(part)) is not None]
        if len(split) < len(parts):
            return [], y
        items = [*self._heading(number, y, "Work out the output size")]
        y += BELOW
        for before, sign, result in split:
            left = f"{before} {sign}"
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
        summary = mode.summary.partition(" (")[0]
        # The title tells what was chosen instead of a default.
        is_chosen = bool(maps.result.spec.mode_options)
        summary = (
            summary.partition(", with ")[0] if is_chosen else summary.replace(" by default", "")
        )
        task = f"Each output is {summary}.{' Circle that cell.' * mode.picks}"
        x = MARGIN + INDENT
        for size, said in ((TEXT_SIZE, task), (TEXT_SIZE - 1, self._rule_of_mode)):
            for line in wrap_text(said, size, INSIDE - INDENT):
                items.append(self._said(x, y, line, size, quiet=size < TEXT_SIZE))
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
            items.append(
                Label(panel.x, top, panel.title, TEXT_SIZE, theme.ink, True, "left", part=WORDS)
            )
            wide = text_width(panel.title, TEXT_SIZE, bold=True) + 8
            part = "part of " * maps.has_detail
            is_told = panel is before or (self.is_solved and not part)
            whole = f"{part}{text.size(length)} " if is_told else ""
            quiet = f"{whole}{maps.words.factor}"
            items.append(self._said(panel.x + wide, top, quiet, SMALL_SIZE + 1, quiet=True))
        items += named("input", self._input(before))
        items += self._output(after)
        if len(self.steps) > 1:
            framed = self._example
            items += named("window", frame(theme, before.area(framed.rows, framed.columns)))
            items += named("window", frame(theme, after.area(*one(framed.index))))
        y = max(panel.y + panel.height for panel in (before, after)) + SMALL_LINE + 4
        key, longest = (
            wrap_text("; ".join(entries), SMALL_SIZE, INSIDE - INDENT)
            for entries in (self._key(is_solved=self.is_solved), self._key(is_solved=True))
        )
        for place, line in enumerate(key):
            items.append(self._said(x, y + place * SMALL_LINE, line, SMALL_SIZE, quiet=True))
        # Both pages have what follows at the same height.
        return items, y + len(longest) * SMALL_LINE

    @property
    def _rule_of_mode(self) -> str:
        """The formula of the mode, and its divisor, if it has one."""
        mode = self.maps.result.mode
        if not mode.divides:
            return mode.formula
        divisors = {int(step.patch.counts.divisor.flat[0]) for step in self.steps}
        of_example = int(self._example.patch.counts.divisor.flat[0])
        differ = " in the framed window, another at the edges" * (len(divisors) > 1)
        return f"{mode.formula}; the divisor is {of_example}{differ}"

    @cached_property
    def _example(self) -> Step:
        """The window that is framed."""
        result, channel = self.maps.result, self.maps.channel
        return result.step(*best_window(result, channel, self.shown.windows), channel)

    def _first_row(self, panel: Panel) -> int:
        """How far below the top of the input's grid its first row without padding is."""
        return max(0, self.maps.inside[0][0] - panel.rows[0]) * panel.cell

    def _key(self, *, is_solved: bool) -> Iterator[str]:
        """What the marks mean."""
        result = self.maps.result
        if len(self.steps) > 1:
            yield "framed: a window and its output"
        if is_solved and result.mode.picks:
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
            style: LineStyle = "dashed" if kind is CellKind.PADDING else "dotted"
            yield Box(x, y, side, side, outline=theme.grid, line_style=style)
            value = maps.result.plan.padding_value
            if kind is CellKind.PADDING and value is not None:
                middle = x + side // 2, y + side // 2
                yield Label(
                    *middle, text.number(value), max(10, panel.digits * 2 // 3), theme.muted
                )
        yield from self._values(inner, maps.before)
        if self.is_solved and maps.result.mode.picks:
            for place in sorted({step.winner for step in self.steps if step.winner}):
                yield from ring(inner, place, theme)

    def _output(self, panel: Panel) -> Iterator[Item]:
        """The output's cells, blank or with their numbers."""
        if self.is_solved:
            yield from named("output", self._values(panel, self.maps.after))
            return
        yield from named("output", self._lines(panel))

    def _values(self, panel: Panel, values: Array) -> Iterator[Item]:
        """A grid of numbers, for a pencil on white cells or, if solved, in colour."""
        maps, theme = self.maps, self.maps.theme
        colors = maps.shared_scale.colors(values)
        if self.is_solved:
            yield from cells(panel, colors, theme)
        else:
            colors[:] = theme.background
        yield from self._lines(panel)
        yield from digits(panel, maps.words.texts(values), colors, theme)

    def _lines(self, panel: Panel) -> Iterator[Item]:
        """A line around each cell of a grid."""
        for index in product(panel.rows, panel.columns):
            x, y, side, _ = panel.area(*one(index))
            yield Box(x - 1, y - 1, side + 1, side + 1, outline=self.maps.theme.muted)

    def _arithmetic(self, number: int, y: int) -> tuple[list[Item], int]:
        """A line to write on for each window, or its arithmetic."""
        steps, heading = self.steps, "Write out the arithmetic"
        room = HEIGHT - BOTTOM - y - BELOW
        across = 1 if len(steps) * RULE <= room else 2
        shown = steps[: across * (room // RULE)]
        if not shown:
            return [], y
        items = [*self._heading(number, y, heading)]
        x = MARGIN + INDENT
        if len(shown) < len(steps):
            words, right = f"of the first {len(shown)} windows", x + 8
            right += text_width(heading, HEADING_SIZE, bold=True)
            items.append(self._said(right, y, words, SMALL_SIZE + 1, quiet=True))
        y += BELOW + 6
        down = -(-len(shown) // across)
        apart = min(FAR_RULE, room // down)
        width = (INSIDE - INDENT - COLUMN_GAP * (across - 1)) // across
        label = max(text_width(f"{step.index}", SMALL_SIZE + 1) for step in shown) + 10
        for place, step in enumerate(shown):
            left, line = x + place // down * (width + COLUMN_GAP), y + place % down * apart
            items.append(self._said(left, line, f"{step.index}", SMALL_SIZE + 1, quiet=True))
            items += self._line(step, line, left + label, left + width)
        return items, y + down * apart

    def _line(self, step: Step, y: int, x: int, end: int) -> Iterator[Item]:
        """A line to write the arithmetic of a window on, with a place for the result."""
        middle = end - RESULT
        yield self._rule(x, middle - 26, y + 11)
        yield self._rule(middle, end, y + 11)
        words, equals, result = self._written(step)
        yield self._said(middle - 18, y, equals if self.is_solved else "=", TEXT_SIZE)
        if self.is_solved:
            yield from self._worked(words, x, y, middle - 30 - x)
            yield self._answer(middle, y, result, TEXT_SIZE)

    def _written(self, step: Step) -> tuple[str, str, str]:
        """The arithmetic, the sign of equality, and the result."""
        words = self.maps.words
        written = step.written(words.numbers)
        written = written.removesuffix(describe_outside(step.mode, step.patch.counts))
        found = text.split_result(written)
        if found is None:
            # Of many cells there is a sentence: what it is, then its value and its place.
            return written.partition(":")[0], "=", words.text(step.value)
        return found[0], found[1], words.text(step.value)

    def _worked(self, words: str, x: int, y: int, width: int) -> Iterator[Item]:
        """Arithmetic on a line, as large as it fits; of very long arithmetic the beginning."""
        size = TEXT_SIZE
        while size > SMALLEST and text_width(words, size) > width:
            size -= 1
        lines = wrap_text(words, size, width)
        if len(lines) > MOST_LINES:
            lines = [lines[0], f"{lines[1].rpartition(' ')[0]} …"]
        for place, line in enumerate(reversed(lines)):
            height = y - place * (size + 3) + (len(lines) > 1) * 3
            yield Label(x, height, line, size, self.maps.theme.ink, anchor="left")
