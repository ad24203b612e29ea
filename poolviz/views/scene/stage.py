"""Stage: the layout of a picture of input, window and output."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from poolviz import text
from poolviz.geometry import CellKind
from poolviz.result import PoolResult, Step
from poolviz.views.scene.elements import PANEL_SIDE, Panel, cell_side, digit_size, resampled
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.legend import TEXT_SIZE, key_lines
from poolviz.views.scene.region import Region, place_under
from poolviz.views.scene.shown import COLOR_NAMES, Shown, input_title
from poolviz.views.scene.style import LEAST_WIDTH, Theme
from poolviz.windows import Array

MARGIN = 28
GAP = 72
# From the top of the picture to its panels: the operation, the source, the panels' titles.
HEADER, BARE_HEADER = 92, 32
TITLE_Y, SOURCE_Y, TITLE_LINE, PANEL_TITLE_RISE = 14, 44, 30, 18
TITLE_SIZE, PANEL_TITLE_SIZE, ARITHMETIC_SIZE = 24, 15, 20
LINE = 26
# By how much a panel gets smaller at a time until the picture is narrow enough, and the least.
SMALLER, LEAST_SIDE = 16, 96
# The step counter stands to the right of the lines under the arithmetic, close to the other
# parts that change: the changed rectangle of a frame is then a third smaller.
COUNTER_WIDTH = 120
# Notes stand under a small output if they fit beside the input in this width.
SIDE_WIDTH = 400
# A window with more cells along a side is not shown enlarged.
MOST_ZOOMED = 8
LARGEST_ZOOMED_CELL = 64
# The room to the right of an enlarged window, for the value that comes from it.
VALUE_WIDTH = 112
# Between the windows of three colours, and the side of the square in the colour of the output.
VALUES_GAP, VALUE_SIDE = 24, 64
# The longest side of the whole map beside a part of it; a smaller output than the second is
# enlarged there.
OVERVIEW_SIDE, LEAST_OVERVIEW = 240, 64


@dataclass(frozen=True)
class Stage(Shown):
    """The layout of a picture.

    Args:
        panel_side: the longest side of the input panel in pixels.
        zooms: whether the window is shown enlarged where the input's cells have no digits.
        compact: whether the whole maps stand above the grids, for a narrow picture.
        below: whether the output stands below the input, for an even narrower one.
    """

    panel_side: int = PANEL_SIDE
    zooms: bool = True
    compact: bool = False
    below: bool = False

    @cached_property
    def overview(self) -> tuple[Panel, Panel] | None:
        """The whole input and the whole output, beside or above a part of them; else None.

        The two stand below each other at the left, or side by side above a narrow picture.
        """
        if self.region.whole or not self.zooms:
            return None
        sizes = self.result.feature_map.input_size, self.result.output_size
        free = (self.theme.choices.at_most(LEAST_WIDTH) - 2 * MARGIN - GAP // 2) // 2
        widest = min(OVERVIEW_SIDE, free) if self.compact else OVERVIEW_SIDE
        factor = widest / max(sizes[0])
        x, y = MARGIN, MARGIN + self.header
        panels: list[Panel] = []
        for name, size in zip(("the whole input", "the whole output"), sizes, strict=True):
            longest = max(size)
            fits = longest * factor >= LEAST_OVERVIEW
            # One pixel for each cell of the panel: the map is resampled to the panel's size.
            side = factor if fits else widest / longest
            rows, columns = (range(max(1, round(length * side))) for length in size)
            # A narrow picture has the sizes over its enlarged parts.
            title = name if self.compact else f"{name}, {text.size(size)}"
            panels.append(Panel(x, y, 1, rows, columns, 0, title))
            if self.compact:
                x += max(len(columns), text_width(title, PANEL_TITLE_SIZE, bold=True)) + GAP // 2
            else:
                y += len(rows) + 2 * LINE
        return panels[0], panels[1]

    @cached_property
    def overview_colors(self) -> tuple[Array, ...]:
        """The colours of the whole input and the whole output, as large as their panels."""
        planes = self.result.feature_map.values, self.result.output
        return tuple(
            self.plane_colors(resampled(whole, len(panel.rows), len(panel.columns)))
            for panel, whole in zip(self.overview or (), planes, strict=False)
        )

    @cached_property
    def _left(self) -> int:
        """The x of the input panel."""
        if self.overview is None or self.compact:
            return MARGIN
        titles = [text_width(panel.title, PANEL_TITLE_SIZE, bold=True) for panel in self.overview]
        return MARGIN + max(*titles, *(panel.width for panel in self.overview)) + GAP // 2

    @property
    def _top(self) -> int:
        """The y of the input panel."""
        top = MARGIN + self.header
        if self.overview is None or not self.compact:
            return top
        return top + max(panel.height for panel in self.overview) + 2 * LINE

    @cached_property
    def is_row(self) -> bool:
        """Whether the map has one row."""
        return self.result.feature_map.input_size[0] == 1 and len(self.region.cells[0]) == 1

    @property
    def stacked(self) -> bool:
        """Whether input and output stand above each other."""
        return self.below or self.is_row

    @cached_property
    def _digits(self) -> int:
        """The size of the digits that fit the cells of both input and output; 0 for none."""
        if self.is_rgb:
            return 0
        cell = cell_side(*self.region.cells, self.panel_side)
        planes = self.input_values, self.output_values
        return min(digit_size(plane, cell, numbers=self.numbers) for plane in planes)

    @cached_property
    def input_panel(self) -> Panel:
        """The panel of the input, with padding and overhang."""
        rows, columns = self.region.cells
        cell = cell_side(rows, columns, self.panel_side)
        place = "" if self._is_narrow else self.place
        unit = self.numbers.unit
        units = f", in units of {unit}" if unit else ""
        title = f"{input_title(self.result, self.channel)}{place}{units}"
        if self._is_narrow and self.overview is not None:
            title = f"part of the input{units}"
        digits = self._digits
        return Panel(self._left, self._top, cell, rows, columns, digits, title, name="input")

    @cached_property
    def output_panel(self) -> Panel:
        """The panel of the output: right of the input, or below one row, under its windows."""
        rows, columns = self.region.windows
        before = self.input_panel
        title = f"output {text.size(self.result.output_size)}"
        if not self.region.whole and not self.shows_all_windows and not self._is_narrow:
            title = f"output, rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"
        if self._is_narrow and self.overview is not None:
            title = "its output"
        if self.stacked:
            # Two lines between the rows: one for the title of the output.
            y, offset, gap = before.y + before.height + GAP, 0, 0
            if self.is_row:
                offset, gap = place_under(self.result.geometry.axes[1], self.region, before.cell)
            x, digits = before.x + offset, before.digits
            return Panel(x, y, before.cell, rows, columns, digits, title, gap, name="output")
        cell, digits = before.cell, before.digits
        if not digits:
            # At this size the output is no larger than the input, and its cells are no smaller.
            fitted = min(before.height // len(rows), before.width // len(columns))
            if not self.is_rgb:
                fitted = min(fitted, cell_side(rows, columns, self.panel_side))
            cell = max(cell, fitted)
            fits = digit_size(self.output_values, cell, numbers=self.numbers)
            digits = 0 if self.is_rgb else fits
        top = max(0, self.inside[0][0] - before.rows[0]) * before.cell
        x, y = _right_of(before) - GAP // 2 * (self.is_rgb and self._is_narrow), before.y + top
        return Panel(x, y, cell, rows, columns, digits, title, name="output")

    @cached_property
    def window_panels(self) -> tuple[Panel, ...]:
        """The enlarged window below the grids, for each channel of an image in colour.

        Empty where the input's cells have digits, or the window is too large.
        """
        rows = range(max(len(step.rows) for step in self.steps))
        columns = range(max(len(step.columns) for step in self.steps))
        longest = max(len(rows), len(columns))
        if not self.zooms or self.input_panel.digits or longest > MOST_ZOOMED:
            return ()
        cell, digits = self._zoomed(longest)
        y = max(panel.y + panel.height for panel in self._above) + 2 * LINE + 4
        names = COLOR_NAMES if self.is_rgb else ("window",)
        found, x = [], self._words_x
        for name in names:
            found.append(Panel(x, y, cell, rows, columns, digits, name, name=name))
            # The value of a window stands below it where there are three, else at its right.
            x += found[-1].width + VALUES_GAP
        return tuple(found)

    @property
    def has_swatch(self) -> bool:
        """Whether the colour that comes of the windows of three colours stands at their right."""
        return self.is_rgb and not self._is_narrow

    @property
    def _is_narrow(self) -> bool:
        """Whether the picture has no room to spare."""
        return self.theme.choices.width is not None

    @property
    def _words_x(self) -> int:
        """The left edge of what stands below the grids."""
        return MARGIN if self._is_narrow else self._left

    @property
    def _above(self) -> list[Panel]:
        """The panels that stand above the enlarged windows and the words."""
        overview = (self.overview or ()) if self._words_x < self._left else ()
        return [self.input_panel, self.output_panel, *overview]

    @property
    def window_panel(self) -> Panel | None:
        """The first of the enlarged windows, if there is one."""
        return next(iter(self.window_panels), None)

    def _zoomed(self, longest: int) -> tuple[int, int]:
        """Side and digits of an enlarged cell: in a third of the input's side, or in all of it."""
        read = [step.cells[step.kinds == CellKind.INPUT] for step in self.steps]
        if self.is_rgb and self._is_narrow:
            gaps = (len(COLOR_NAMES) - 1) * VALUES_GAP
            free = (self.theme.choices.width or LEAST_WIDTH) - 2 * MARGIN - gaps
            cell = min(LARGEST_ZOOMED_CELL, free // len(COLOR_NAMES) // longest)
            return cell, min(digit_size(cells, cell, numbers=self.numbers) for cells in read)
        # Three windows of an image in colour have less room each.
        for side in (self.panel_side // 3, self.panel_side // (2 if self.is_rgb else 1)):
            cell = min(LARGEST_ZOOMED_CELL, side // longest)
            digits = min(digit_size(cells, cell, numbers=self.numbers) for cells in read)
            if digits:
                return cell, digits
        return min(LARGEST_ZOOMED_CELL, self.panel_side // 2 // longest), 0

    @property
    def has_numbers(self) -> bool:
        """Whether the cells of the grids, or of the enlarged window, have digits."""
        return bool(self.input_panel.digits or (self.window_panel and self.window_panel.digits))

    @property
    def panels(self) -> list[Panel]:
        """All panels that have a title."""
        overview = self.overview or ()
        return [*overview, self.input_panel, self.output_panel, *self.window_panels]

    @property
    def title_lines(self) -> list[str]:
        """The heading in lines that are not too wide; none without a heading."""
        widest = self.theme.choices.width
        if widest is None or not self.title:
            return [self.title] * bool(self.title)
        return wrap_text(self.title, TITLE_SIZE, widest - 2 * MARGIN, bold=True)

    @property
    def header(self) -> int:
        """From the top of the picture to its panels, in pixels."""
        lines = len(self.title_lines)
        return HEADER + (lines - 1) * TITLE_LINE if lines else BARE_HEADER

    @cached_property
    def note_texts(self) -> list[str]:
        """The formula of the output size, and which part is shown if no panel says it."""
        place = (
            [f"shown{self.place.replace(',', ':', 1)}"] if self._is_narrow and self.place else []
        )
        return [f"output size: {self.result.formula}", *place]

    def arithmetic(self, step: Step, *, result: bool = True) -> list[str]:
        """A step's arithmetic, in lines that fit: one for each channel of an image in colour.

        Without its result there are as many lines, of which some may be empty.
        """
        lines = []
        for number, part in enumerate(self.channel_steps(step)):
            name = f"{COLOR_NAMES[number]}: " if self.is_rgb else ""
            written = part.written(self.numbers)
            whole = wrap_text(name + written, self.arithmetic_size, self.notes_width)
            if result:
                lines += whole
                continue
            asked = part.asked(self.numbers)
            if written.startswith(asked):
                # Lines break where they will break with the result.
                left = len(f"{name}{asked}".split())
                for line in whole:
                    words = line.split()
                    lines.append(" ".join(words[: max(0, left)]))
                    left -= len(words)
                continue
            shown = wrap_text(name + asked, self.arithmetic_size, self.notes_width)
            lines += [*shown, *[""] * (len(whole) - len(shown))]
        return lines

    @property
    def arithmetic_size(self) -> int:
        """The size of the arithmetic in pixels: smaller where it has a line for each channel."""
        return TEXT_SIZE + 2 if self.is_rgb else ARITHMETIC_SIZE

    @cached_property
    def notes(self) -> list[str]:
        """The notes in lines that leave room for the step counter."""
        width = self.notes_width - COUNTER_WIDTH * (len(self.steps) > 1)
        return [part for note in self.note_texts for part in wrap_text(note, TEXT_SIZE, width)]

    @cached_property
    def key(self) -> tuple[tuple[str, str], ...]:
        """The marks of the picture, each with its meaning."""
        return tuple(self._key())

    def _key(self) -> Iterator[tuple[str, str]]:
        rows, columns = self.region.cells
        along = list(zip(self.result.geometry.axes, (rows, columns), strict=True))
        kinds = {axis.kind(cell) for axis, cells in along for cell in cells}
        marked = self.input_panel.digits or self.window_panels
        if marked and any(step.winner for step in self.steps):
            ringed = [step for step in self.steps if step.winner and not step.is_even]
            if ringed:
                yield "winner", "the cell that gives the output"
            if any(step.ties and not step.is_flat for step in ringed):
                yield "tie", "equal cells"
        elif marked and any(step.shares.any() for step in self.steps):
            yield "share", "the cell's share of the output"
        if len(self.dilated) > 0:
            yield "read", "the cells that the window reads"
        if CellKind.PADDING in kinds:
            value = self.result.plan.padding_value
            verb = "" if value is None else "counts "
            yield "padding", f"padding, {verb}{text.padding(value)}"
        if CellKind.OVERHANG in kinds:
            yield "overhang", "overhang, never counted"
        if any(self.unread):
            yield "unread", "not read by any window"

    # The lines of words: under a small output, else below all panels.

    @cached_property
    def _beside(self) -> bool:
        """Whether arithmetic and notes fit under the output, beside the input."""
        before, after = self.input_panel, self.output_panel
        if self.stacked or self.window_panels:
            return False
        width = self._side_width
        arithmetic = max(
            len(wrap_text(step.written(self.numbers), ARITHMETIC_SIZE, width))
            for step in self.steps
        )
        notes = sum(len(wrap_text(note, TEXT_SIZE, width)) for note in self.note_texts)
        lines = arithmetic + notes + 1 + len(key_lines(self.key, width))
        free = before.y + before.height - after.y - after.height
        return (lines + 1) * LINE <= free

    @property
    def _side_width(self) -> int:
        """The width in pixels of lines under the output."""
        panel = self.output_panel
        free = self.theme.choices.at_most(panel.x + SIDE_WIDTH + MARGIN) - panel.x - MARGIN
        return max(panel.width, free)

    @cached_property
    def notes_x(self) -> int:
        """The left edge of arithmetic and notes."""
        return self.output_panel.x if self._beside else self._words_x

    @cached_property
    def notes_width(self) -> int:
        """The width in pixels of arithmetic and notes."""
        if self._beside:
            return self._side_width
        least = self.theme.choices.at_most(LEAST_WIDTH + 2 * MARGIN) - MARGIN
        return max(self._panels_right, least) - self._words_x

    @cached_property
    def _panels_right(self) -> int:
        """The right edge of all panels with their titles."""
        titles = [
            panel.x + text_width(panel.title, PANEL_TITLE_SIZE, bold=True) for panel in self.panels
        ]
        beside = VALUES_GAP + VALUE_SIDE if self.has_swatch else VALUE_WIDTH
        windows = [panel.x + panel.width + beside for panel in self.window_panels]
        windows = [] if self.is_rgb and not self.has_swatch else windows
        return max(*titles, *windows, *(panel.x + panel.width for panel in self.panels))

    @cached_property
    def width(self) -> int:
        """The width of the picture in pixels."""
        widths = [text_width(line, TITLE_SIZE, bold=True) for line in self.title_lines]
        titles = MARGIN + max(widths, default=0)
        source = MARGIN + text_width(self.source, TEXT_SIZE)
        right = max(self._panels_right, titles, source, self.notes_x + self.notes_width)
        return right + MARGIN

    @cached_property
    def caption_y(self) -> int:
        """The y of the first line of arithmetic."""
        if self._beside:
            return self.output_panel.y + self.output_panel.height + LINE + LINE // 2
        above = [*self._above, *self.window_panels]
        lines = 2 * LINE if self.is_rgb and self.window_panels else LINE
        return max(panel.y + panel.height for panel in above) + lines + LINE // 2

    @cached_property
    def arithmetic_lines(self) -> int:
        """The number of lines that the longest arithmetic takes."""
        return max(len(self.arithmetic(step)) for step in self.steps)

    @cached_property
    def captions_y(self) -> int:
        """The y of the first line below the arithmetic."""
        return self.caption_y + self.arithmetic_lines * LINE + 4

    @cached_property
    def height(self) -> int:
        """The height of the picture in pixels."""
        lines = len(self.notes) + (not self.is_rgb) + len(key_lines(self.key, self.notes_width))
        last = self.captions_y + (lines - 1) * LINE + LINE // 2
        return max(last, *(panel.y + panel.height for panel in self.panels)) + MARGIN


def fitted_stage(stage: Stage) -> Stage:
    """The same stage, narrow enough for its author, or as narrow as it gets.

    Smaller cells are tried first, then the output below the input; digits are lost last.
    """
    width = stage.theme.choices.width
    if width is None or stage.width <= width:
        return stage
    sides = range(stage.panel_side, LEAST_SIDE - 1, -SMALLER)
    digits = bool(stage.input_panel.digits)
    layouts = [(False, False), (True, False), (True, True)]
    if stage.is_rgb:
        # Whole pictures above a part leave it more room.
        layouts.sort(key=(True, False).__ne__)
    for is_legible in (True, False):
        for compact, below in layouts:
            for side in sides:
                found = replace(stage, panel_side=side, compact=compact, below=below)
                legible = found.has_numbers and bool(found.input_panel.digits) >= digits
                if found.width <= width and legible >= is_legible:
                    return found
    return replace(stage, panel_side=LEAST_SIDE, compact=True, below=True)


def stage_of(
    result: PoolResult,
    channel: int,
    region: Region,
    theme: Theme,
    *,
    side: int = PANEL_SIDE,
    others: tuple[PoolResult, ...] = (),
) -> Stage:
    """The stage for the windows of ``region``, one step for each.

    Args:
        result: what is shown.
        channel: which channel of it.
        region: which windows.
        theme: the colours.
        side: the longest side of the input panel in pixels.
        others: other results that share the value scale.
    """
    rows, columns = region.windows
    steps = tuple(result.step(row, column, channel) for row in rows for column in columns)
    return Stage(result, channel, region, theme, steps, others, panel_side=side)


def _right_of(panel: Panel) -> int:
    """The x of the next panel, right of this panel and its title."""
    titled = text_width(panel.title, PANEL_TITLE_SIZE, bold=True) - GAP // 2
    return panel.x + max(panel.width, titled) + GAP
