"""Shared by figures of maps: which part is shown, its colours and digits, and the poster around."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
from PIL import Image

from poolviz import text
from poolviz.errors import SpecError
from poolviz.result import PoolResult
from poolviz.views.scene.elements import (
    Box,
    Item,
    Label,
    Panel,
    Pixels,
    Scene,
    Stroke,
    cell_text,
    place_item,
    text_width,
    wrap_text,
)
from poolviz.views.scene.parts import one, scale_bar, scale_width
from poolviz.views.scene.region import Region, default_region, describe_region, whole_region
from poolviz.views.scene.sheet import GridPanel, panels_scene
from poolviz.views.scene.stage import input_title, short_name
from poolviz.views.scene.style import (
    CATEGORIES,
    Color,
    Theme,
    ValueScale,
    luminance,
    text_on,
    value_scale,
)
from poolviz.windows import Array

MARGIN, LINE = 28, 24
TITLE_SIZE, SUBTITLE_SIZE, HEADING_SIZE, NOTE_SIZE = 24, 15, 16, 14
LEAST_WIDTH = 640
# From a grid's heading down to the grid, and the gap between two grids.
HEADING, GAP = 28, 72
# The largest cell, and the longest side of a grid with digits and of one without, in pixels.
LARGEST_CELL, DIGITS_SIDE, PLAIN_SIDE = 56, 640, 448
SMALLEST_DIGITS, DIGITS_MARGIN = 10, 10
# A longer map is drawn whole in pixels, beside a detail of about DETAIL cells along each side.
MOST_PLAIN, DETAIL, LARGEST_DETAIL = 40, 24, 48
# A map so many times as wide as high stands above its output, not beside it.
WIDE = 3
MOST_DECIMALS = 3
# A larger picture is made smaller band by band.
MOST_AT_ONCE = 1 << 22
# Numbers outside of these powers of ten share a factor.
LEAST_POWER, MOST_POWER = -3, 6
LARGEST_DENOMINATOR = 144
# The longer side of a whole map beside its detail, of a large map and of one of few cells.
OVERVIEW, SMALL_OVERVIEW = 448, 180
# The side of a dot on a whole map, in pixels.
DOT, LEAST_APART = 2, 6
# Alt texts read out the values of maps of up to this many cells.
MOST_SPOKEN = 64
# From this side on a cell has room for a wide ring and a count in its corner.
LARGE_CELL = 40
# The smallest cell that is drawn by itself, and the longest grid of such cells, in pixels.
LEAST_CELL, MOST_PIXELS = 6, 1300
# Whether windows overlap is told from this many.
MOST_COMPARED = 4096
NOTHING = "·"


@dataclass(frozen=True)
class MapFigure:
    """A figure of one channel of a result, or of a region of it.

    A kind of figure adds its own maps to ``values()`` with ``panel`` and draws all with ``scene``,
    or puts its own shapes on a ``Poster``.
    """

    result: PoolResult
    channel: int
    region: Region | None
    theme: Theme
    plain_side: int = PLAIN_SIDE

    @cached_property
    def shown(self) -> Region:
        """The part of the maps that the figure shows."""
        return self.region or whole_region(self.result)

    @cached_property
    def detail(self) -> Region:
        """The part whose cells are drawn one by one: all of a small map, a square of a large one."""
        if self.region is not None or max(self.result.feature_map.input_size) <= MOST_PLAIN:
            return self.shown
        step = max(axis.step for axis in self.result.geometry.axes)
        return default_region(
            self.result, self.channel, 0, max(1, int(DETAIL // step)), LARGEST_DETAIL
        )

    @cached_property
    def has_detail(self) -> bool:
        """Whether only a part of the map is drawn cell by cell."""
        return self.inside != tuple(map(range, self.result.feature_map.input_size))

    @cached_property
    def inside(self) -> tuple[range, range]:
        """The rows and columns of the detail that lie in the input."""
        rows, columns = (
            range(max(0, cells[0]), min(axis.size, cells[-1] + 1))
            for axis, cells in zip(self.result.geometry.axes, self.detail.cells, strict=True)
        )
        return rows, columns

    @property
    def windows(self) -> tuple[range, range]:
        """The rows and columns of the output that the detail shows."""
        return self.detail.windows

    @property
    def is_wide(self) -> bool:
        """Whether the map is so much wider than high that grids stand below each other."""
        rows, columns = self.inside
        return len(columns) >= WIDE * len(rows)

    @cached_property
    def before(self) -> Array:
        """The values of the input in the detail."""
        return part_of(self.result.feature_map.values[self.channel], self.inside)

    @cached_property
    def after(self) -> Array:
        """The values of the output in the detail."""
        return part_of(self.result.output[self.channel], self.windows)

    @cached_property
    def shared_scale(self) -> ValueScale:
        """One scale for the channel's input and output."""
        feature_map = self.result.feature_map
        planes = feature_map.values[self.channel], self.result.output[self.channel]
        return value_scale(self.theme, *planes, value_range=feature_map.value_range)

    def colors(self, planes: Array, cells: tuple[range, range]) -> Array:
        """Colours of (C, H, W) ``planes`` in ``cells``: an image's own, else those of the scale."""
        if not self.result.feature_map.is_rgb:
            return self.shared_scale.colors(part_of(planes[self.channel], cells))
        return self.shared_scale.rgb_colors(np.stack([part_of(each, cells) for each in planes]))

    def whole(self, planes: Array, width: int, height: int) -> Array:
        """(C, H, W) ``planes`` as a picture of at most these pixels, made smaller by averaging."""
        return shrunk(planes.shape[1:], (width, height), lambda part: self.colors(planes, part))

    def panel_at(
        self, corner: tuple[int, int], cells: tuple[range, range], *, cell: int = 0
    ) -> Panel:
        """A grid at a place on the poster, with cells of the figure's size or of another."""
        digits = 0 if cell else self.digits
        return Panel(*corner, cell or self.cell, *cells, digits, "")

    def beside(self, panel: Panel, heading: str = "") -> tuple[int, int]:
        """Where the next grid begins: at the right or, of a wide map, below.

        ``heading`` stands above the first and may be wider than it.
        """
        if self.is_wide:
            return panel.x, panel.y + panel.height + (GAP if self.digits else HEADING + GAP // 2)
        large = self.has_detail and max(self.result.feature_map.input_size) > MOST_PLAIN
        least = OVERVIEW if large and not panel.digits and self.plain_side == PLAIN_SIDE else 0
        words = text_width(heading, HEADING_SIZE, bold=True) - GAP // 2
        return panel.x + max(panel.width, words, least) + GAP, panel.y

    def outputs_at(self, corner: tuple[int, int], first: Panel) -> list[Panel]:
        """The output's grid; of a wide map each cell by itself, below the middle of its window."""
        if not self.is_wide or not self.digits:
            return [self.panel_at(corner, self.windows)]
        x, y = corner
        axis = self.result.geometry.axes[1]
        panels = []
        for number, row in enumerate(self.windows[0]):
            for column in self.windows[1]:
                window = axis.window(column)
                center = (window[0] + window[-1] + 1 - 2 * first.columns.start) * self.cell // 2
                left = min(max(x, x + center - self.cell // 2), x + first.width - self.cell)
                cell = one((row, column))
                panels.append(self.panel_at((left, y + number * self.cell), cell))
        return panels

    def under(self, corner: tuple[int, int]) -> tuple[int, int]:
        """Where the heading of an output at ``corner`` stands: of a wide map, below it."""
        if not self.is_wide or not self.digits:
            return corner
        return corner[0], corner[1] + self.cell * len(self.windows[0]) + HEADING + 4

    def as_large(self, corner: tuple[int, int], before: Panel) -> Panel:
        """The output's grid with cells so large that it covers about the input's area."""
        rows, columns = self.windows
        cell = min(before.width // len(columns), before.height // len(rows))
        return Panel(*corner, max(1, cell), rows, columns, 0, "")

    def of_output(self, values: Array, panel: Panel) -> Array:
        """The part of an array over the shown output that a grid of ``outputs_at`` shows."""
        rows, columns = self.windows
        top, left = panel.rows.start - rows.start, panel.columns.start - columns.start
        return values[top : top + len(panel.rows), left : left + len(panel.columns)]

    @property
    def is_sparse(self) -> bool:
        """Whether windows lie so far apart on the whole map that a dot for each is told apart."""
        size = fit(self.result.feature_map.input_size, self.overview_side)
        down, across = self.result.output_size
        return min(size[0] / across, size[1] / down) >= LEAST_APART

    @property
    def channel_words(self) -> str:
        """``channel R``, where an image in colour is drawn by one of its channels."""
        names = self.result.feature_map.channel_names
        return f"channel {names[self.channel]}" if self.result.feature_map.is_rgb else ""

    @property
    def has_cells(self) -> bool:
        """Whether the detail's cells are large enough to be drawn one by one."""
        rows, columns = self.inside
        longest = max(len(rows), len(columns))
        return self.cell * longest <= MOST_PIXELS and self.cell >= LEAST_CELL

    @property
    def overview_side(self) -> int:
        """The longer side of the whole map in pixels."""
        large = max(self.result.feature_map.input_size) > MOST_PLAIN
        return OVERVIEW if large else SMALL_OVERVIEW

    @cached_property
    def is_disjoint(self) -> bool:
        """Whether no input cell is read by two windows."""
        return all(
            axis.window(index)[-1] < axis.window(index + 1)[0]
            for axis in self.result.geometry.axes
            for index in range(min(axis.output_size, MOST_COMPARED) - 1)
        )

    def is_flat(self, index: tuple[int, int]) -> bool:
        """Whether all input cells of a window are equal, so that no cell wins by its value."""
        rows, columns = (
            [cell for cell in window if 0 <= cell < length]
            for window, length in zip(
                self.result.geometry.window(index), self.result.feature_map.input_size, strict=True
            )
        )
        read = np.asarray(self.result.feature_map.values[self.channel])[np.ix_(rows, columns)]
        return read.size > 1 and bool((read == read.ravel()[0]).all())

    @cached_property
    def words(self) -> "Words":
        """How the numbers of input and output are written."""
        return Words.of(self.before, self.after)

    @cached_property
    def cell(self) -> int:
        """The side of a cell in pixels, in input and output alike."""
        longest = max(map(len, self.inside))
        cell = max(1, min(LARGEST_CELL, self._digits_side // longest))
        if self.words.size(cell):
            return cell
        return max(1, min(LARGEST_CELL, self.plain_side // longest))

    @property
    def _digits_side(self) -> int:
        return DIGITS_SIDE * 2 if self.is_wide else DIGITS_SIDE

    @cached_property
    def digits(self) -> int:
        """The size of digits in pixels; 0 where they would not be legible or show one of three."""
        return self.words.size(self.cell)

    @cached_property
    def subtitle(self) -> str:
        """The request, the sizes and the name of the map, small below the title."""
        sizes = text.size(self.result.feature_map.input_size), text.size(self.result.output_size)
        names = self.result.feature_map.channel_names
        channel = f", channel {names[self.channel]}" if len(names) > 1 else ""
        name = short_name(self.result.feature_map)
        return f"{self.result.summary}: {sizes[0]} → {sizes[1]} · {name}{channel}"

    @property
    def all_channels(self) -> str:
        """The same for all channels."""
        sizes = text.size(self.result.feature_map.values.shape), text.size(self.result.output.shape)
        name = short_name(self.result.feature_map)
        return f"{self.result.summary}: {sizes[0]} → {sizes[1]} · {name}"

    def place(self) -> str:
        """``rows 2–5, columns 6–9 of 10×10``; empty if all is shown."""
        return describe_region(self.result, self.detail)

    def values(self) -> list[GridPanel]:
        """Panels of the input and the output."""
        rows, columns = self.shown.windows
        output = part_of(self.result.output[self.channel], (rows, columns))
        plane = np.asarray(self.result.feature_map.values[self.channel])
        title = input_title(self.result, self.channel)
        return [
            self.panel(title, self.input_part(plane), shared=True),
            self.panel(f"output {text.size(self.result.output_size)}", output, shared=True),
        ]

    def refuse_without_winner(self) -> None:
        """Raise SpecError for a mode whose value is not one of the window's cells."""
        mode = self.result.mode
        if not mode.picks:
            raise SpecError(
                "kind",
                f"the value of {mode.name()} is not one of the window's cells, so no cell wins",
                "use backward, which shows the contribution of every cell",
            )

    def input_part(self, plane: Array) -> Array:
        """The shown part of a plane (H, W) of the input's size."""
        rows, columns = (
            range(max(0, cells[0]), min(length, cells[-1] + 1))
            for cells, length in zip(self.shown.cells, plane.shape, strict=True)
        )
        return part_of(plane, (rows, columns))

    def panel(self, title: str, values: Array, *, shared: bool = False) -> GridPanel:
        """A panel of values, on the shared scale or on a separate scale that includes 0."""
        if shared:
            return GridPanel(title, values, self.shared_scale, self.theme)
        scale = value_scale(self.theme, values, np.zeros(1), value_range=None)
        return GridPanel(title, values, scale, self.theme)

    def scene(self, panels: list[GridPanel], captions: list[str]) -> Scene:
        """The picture: the panels in a row, the captions below."""
        feature_map, summary = self.result.feature_map, self.result.summary
        place = describe_region(self.result, self.shown)
        lines = [
            *captions,
            f"output size: {self.result.formula}",
            *([f"shown: {place}"] if place else []),
        ]
        alt = f"{text.escaped(feature_map.name)}: {summary}. {'. '.join(lines)}."
        title = f"{short_name(feature_map)}: {summary}"
        return panels_scene(title, [panels], lines, self.theme, alt)

    def winners(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The winning input cell of each window in the detail that has one."""
        width = self.result.feature_map.input_size[1]
        won = self.result.winners[self.channel]
        places = {index: int(won[index]) for index in product(*self.windows)}
        return {index: divmod(place, width) for index, place in places.items() if place >= 0}


def part_of(plane: Array, cells: tuple[range, range]) -> Array:
    """Some adjacent rows and columns of a plane."""
    rows, columns = cells
    return np.asarray(plane[rows.start : rows.stop, columns.start : columns.stop])


@dataclass(frozen=True)
class Words:
    """How a figure writes its numbers: all with the same number of decimals.

    Args:
        values: the numbers that occur.
        decimals: decimals of each; None where each number is written as short as possible.
        power: the power of ten by which all are divided.
    """

    values: tuple[float, ...]
    decimals: int | None
    power: int = 0

    @classmethod
    def of(cls, *arrays: Array) -> "Words":
        """The fewest decimals that keep almost all different numbers of a map apart."""
        found = np.unique(np.concatenate([np.ravel(each) for each in arrays]))
        if np.ma.is_masked(found) or found.dtype.kind not in "fiub":
            return cls((), None)
        numbers = found.astype(np.float64)
        numbers = numbers[np.isfinite(numbers)]
        extent = float(np.abs(numbers).max(initial=0))
        power = math.floor(math.log10(extent)) if extent else 0
        if LEAST_POWER < power < MOST_POWER:
            power = 0
        elif found.dtype.kind != "f" or np.abs(numbers[numbers != 0]).min(initial=extent) < (
            extent / 1e6
        ):
            return cls(tuple(found.tolist()), None)
        scaled = numbers / 10.0**power
        for decimals in range(MOST_DECIMALS):
            kept = len(np.unique(scaled.round(decimals)))
            if np.array_equal(scaled.round(decimals), scaled) or (decimals and kept * 10 > 8 * len(scaled)):
                return cls(tuple(found.tolist()), decimals, power)
        return cls(tuple(found.tolist()), MOST_DECIMALS - 1 + (kept * 2 < len(scaled)), power)

    def text(self, value: "np.generic | float") -> str:
        """One number."""
        if self.decimals is None or not np.isfinite(value):
            return cell_text(np.asarray(value)[()])
        whole = isinstance(value, (bool, int, np.integer, np.bool_))
        if not self.power and (whole or not self.decimals):
            return text.number(round(float(value)))
        written = f"{float(value) / 10.0**self.power:.{self.decimals}f}"
        zero = not float(written)
        return written.lstrip("-") if zero else written.replace("-", text.MINUS)

    def texts(self, values: Array) -> Array:
        """All numbers of an array."""
        written = [self.text(value) for value in values.ravel()]
        return np.array(written, object).reshape(values.shape)

    def size(self, cell: int) -> int:
        """The size at which every number fits a cell of ``cell`` pixels; 0 if not legible."""
        return fitting({self.text(value) for value in self.values}, cell)

    @property
    def factor(self) -> str:
        """``×10⁻⁷``, for the headings of grids; empty without a factor."""
        raised = str(self.power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f" ×10{raised}" if self.power else ""


def fitting(words: set[str], cell: int) -> int:
    """The size in pixels at which the widest of ``words`` fits a cell; 0 if not legible."""
    if cell <= DIGITS_MARGIN or not words:
        return 0
    widest = max(1, *(text_width(each, 100, bold=True) for each in words))
    size = min(cell * 2 // 5, (cell - DIGITS_MARGIN) * 100 // widest)
    return size if size >= SMALLEST_DIGITS else 0


@dataclass(eq=False)
class Poster:
    """A picture in the making: title and subtitle, shapes on a body, notes and scales below.

    The body has its own origin; ``scene`` puts it below the title.
    """

    title: str
    subtitle: str
    theme: Theme
    items: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    scales: list[tuple[str, ValueScale]] = field(default_factory=list)
    width: int = 0
    height: int = 0

    def add(self, *items: Item) -> None:
        """Shapes on the body, above those before; the body grows to hold them."""
        for item in items:
            right, bottom = _reach(item)
            self.width, self.height = max(self.width, right), max(self.height, bottom)
        self.items += items

    def heading(self, x: int, y: int, words: str, *, quiet: str = "") -> None:
        """The line above a grid whose top left corner is (x, y), bold, and its end plain."""
        theme, middle = self.theme, y - HEADING // 2 - 1
        if words:
            self.add(Label(x, middle, words, HEADING_SIZE, theme.ink, bold=True, anchor="left"))
        if quiet:
            x += text_width(words, HEADING_SIZE, bold=True) + 8 * bool(words)
            self.add(Label(x, middle, quiet, NOTE_SIZE, theme.muted, anchor="left"))

    def scene(self, alt: str) -> Scene:
        """The picture."""
        theme = self.theme
        width = max(LEAST_WIDTH, self.width)
        items: list[Item] = []
        y = MARGIN + TITLE_SIZE // 2
        fits = text_width(self.title, TITLE_SIZE, bold=True) <= width + MARGIN
        for line in [self.title] if fits else wrap_text(self.title, TITLE_SIZE, width * 7 // 8):
            items.append(Label(MARGIN, y, line, TITLE_SIZE, theme.ink, bold=True, anchor="left"))
            y += LINE + 8
        for line in wrap_text(self.subtitle, SUBTITLE_SIZE, width):
            items.append(Label(MARGIN, y, line, SUBTITLE_SIZE, theme.muted, anchor="left"))
            y += LINE
        y += 4
        items += [place_item(item, MARGIN, y) for item in self.items]
        y += self.height + LINE
        x = MARGIN
        for words, scale in self.scales:
            items.append(Label(x, y, words, NOTE_SIZE, theme.muted, anchor="left"))
            x += text_width(words, NOTE_SIZE) + 12
            items += scale_bar(scale, x, y)
            x += scale_width(scale) + 36
        y += LINE * bool(self.scales)
        for line in (part for note in self.notes for part in wrap_text(note, NOTE_SIZE, width)):
            items.append(Label(MARGIN, y, line, NOTE_SIZE, theme.muted, anchor="left"))
            y += LINE
        used = [_reach(item)[0] for item in items if isinstance(item, Label)]
        whole = max(width + MARGIN, x - 36, *used) + MARGIN
        size = whole, y - LINE // 2 + MARGIN
        return Scene(*size, theme.background, tuple(items), self.title, alt)


def _reach(item: Item) -> tuple[int, int]:
    """The right and the bottom edge of a shape."""
    if isinstance(item, Stroke):
        return max(item.start[0], item.end[0]), max(item.start[1], item.end[1])
    if isinstance(item, Label):
        width = text_width(item.text, item.size, item.bold)
        beyond = {"left": width, "middle": -(-width // 2), "right": 0}[item.anchor]
        return item.x + beyond, item.y + item.size * 2 // 3
    return item.x + item.width, item.y + item.height


def cells(panel: Panel, colors: Array, theme: Theme) -> Iterator[Item]:
    """The ground of a grid's cells, one by one or, where they are small, in one."""
    area = panel.x, panel.y, panel.width, panel.height
    if not panel.digits:
        yield Box(panel.x - 1, panel.y - 1, panel.width + 2, panel.height + 2, theme.grid)
        yield Pixels(*area, colors)
        return
    yield Box(panel.x - 1, panel.y - 1, panel.width + 1, panel.height + 1, fill=theme.grid)
    for row, column in product(panel.rows, panel.columns):
        x, y, side, _ = panel.area(*one((row, column)))
        color = colors[row - panel.rows.start, column - panel.columns.start]
        yield Box(x, y, side - 1, side - 1, fill=as_color(color))


def digits(
    panel: Panel, words: Array, colors: Array, theme: Theme, *, plates: bool = False
) -> Iterator[Item]:
    """The texts of a grid's cells, in black or white; a dot for nothing is quieter.

    With ``plates`` arrows that run behind the digits do not strike them out.
    """
    if not panel.digits:
        return
    for row, column in product(panel.rows, panel.columns):
        place = row - panel.rows.start, column - panel.columns.start
        word, ground = str(words[place]), as_color(colors[place])
        x, y = middle(panel, (row, column))
        color = theme.muted if word == NOTHING else text_on(ground)
        if word and plates:
            width, height = text_width(word, panel.digits) + 4, panel.digits + 2
            yield Box(x - width // 2, y - height // 2, width, height, fill=ground)
        if word:
            yield Label(x, y, word, panel.digits, color, bold=word == NOTHING)


def as_color(color: Array) -> Color:
    """A colour of an array as three numbers."""
    red, green, blue = color.tolist()
    return red, green, blue


def borders(panel: Panel, maps: MapFigure) -> Iterator[Item]:
    """Lines between windows that do not overlap, on the input."""
    for rows, axis in zip((0, 1), maps.result.geometry.axes, strict=True):
        for index in maps.windows[rows]:
            edge = axis.window(index)[0]
            if edge in maps.inside[rows][1:]:
                cells_across = range(edge, edge + 1)
                area = (cells_across, panel.columns) if not rows else (panel.rows, cells_across)
                x, y, width, height = panel.area(*area)
                size = (width, 1) if not rows else (1, height)
                yield Box(x - rows, y - (not rows), *size, fill=maps.theme.ink)


def ring(panel: Panel, place: tuple[int, int], theme: Theme) -> Iterator[Item]:
    """A ring inside a cell, or a dot in a small one."""
    x, y, side, _ = panel.area(*one(place))
    if panel.digits:
        width = 3 if side >= LARGE_CELL else 2
        yield Box(x + 1, y + 1, side - 3, side - 3, outline=theme.halo, line_width=width + 2)
        yield Box(x + 1, y + 1, side - 3, side - 3, outline=theme.accent, line_width=width)
    else:
        yield from dot(x + side // 2, y + side // 2, max(2, side * 2 // 5), theme)


def dot(x: int, y: int, side: int, theme: Theme) -> Iterator[Item]:
    """A dot with its middle at (x, y), with a halo where there is room for one."""
    left, top, rim = x - side // 2, y - side // 2, 1 if side > 2 else 0
    if rim:
        yield Box(left - rim, top - rim, side + 2 * rim, side + 2 * rim, fill=theme.halo)
    yield Box(left, top, side, side, fill=theme.accent)


def arrow(start: tuple[int, int], end: tuple[int, int], theme: Theme) -> Iterator[Item]:
    """A thin arrow, with a halo so that it shows on every colour."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    wings = [
        (round(end[0] - 9 * ux + side * 4 * uy), round(end[1] - 9 * uy - side * 4 * ux))
        for side in (-1, 1)
    ]
    for color, line_width in ((theme.halo, 4), (theme.accent, 2)):
        for begin in (start, *wings):
            yield Stroke(begin, end, color, line_width)


def holder(panels: list[Panel], place: tuple[int, int]) -> Panel:
    """The one of some grids that has a cell."""
    return next(each for each in panels if place[0] in each.rows and place[1] in each.columns)


def middle(panel: Panel, place: tuple[int, int]) -> tuple[int, int]:
    """The middle of a cell."""
    x, y, side, _ = panel.area(*one(place))
    return x + side // 2, y + side // 2


def towards(start: tuple[int, int], end: tuple[int, int], distance: int) -> tuple[int, int]:
    """The point so far before ``end`` on the way from ``start``."""
    length = math.dist(start, end) or 1.0
    share = distance / length
    return (
        round(end[0] - (end[0] - start[0]) * share),
        round(end[1] - (end[1] - start[1]) * share),
    )


def frame(area: tuple[int, int, int, int], theme: Theme) -> Iterator[Item]:
    """An outline around an area, with a halo."""
    x, y, width, height = area
    yield Box(x - 4, y - 4, width + 8, height + 8, outline=theme.halo, line_width=2)
    yield Box(x - 2, y - 2, width + 4, height + 4, outline=theme.accent, line_width=2)


def overview(
    poster: Poster, maps: MapFigure, corner: tuple[int, int], dots: Array | None = None
) -> tuple[int, int]:
    """The whole input with the detail framed on it; returns its width and height.

    Cells in ``dots``, row-major in the plane, are dotted on a dimmed picture.
    """
    size = maps.result.feature_map.input_size
    width, height = fit(size, maps.overview_side)
    colors = maps.whole(maps.result.feature_map.values, width, height)
    if dots is not None:
        colors = dotted(dimmed(colors, maps.theme), (width, height), dots, size, maps.theme.accent)
    x, y = corner
    poster.heading(x, y, "input", quiet=text.size(size))
    poster.add(Pixels(x, y, width, height, colors))
    if not maps.has_cells:
        return width, height
    rows, columns = maps.inside
    left, right = (x + round(at * width / size[1]) for at in (columns.start, columns.stop))
    top, bottom = (y + round(at * height / size[0]) for at in (rows.start, rows.stop))
    poster.add(*frame((left, top, max(right - left, 4), max(bottom - top, 4)), maps.theme))
    return width, height


def dotted(
    colors: Array, target: tuple[int, int], dots: Array, size: tuple[int, int], color: Color
) -> Array:
    """A picture of ``target`` (width, height) pixels with a dot on each of some cells.

    Args:
        colors: the picture, perhaps with fewer pixels.
        target: width and height in pixels.
        dots: the cells, row-major in the plane.
        size: (H, W) of the plane.
        color: of the dots.
    """
    down, across = (
        np.arange(length) * have // length
        for length, have in zip(target[::-1], colors.shape, strict=False)
    )
    large = colors[down][:, across]
    rows, columns = np.divmod(dots, size[1])
    top = (2 * rows + 1) * target[1] // (2 * size[0]) - DOT // 2
    left = (2 * columns + 1) * target[0] // (2 * size[1]) - DOT // 2
    for row, column in product(range(DOT), range(DOT)):
        y, x = np.clip(top + row, 0, target[1] - 1), np.clip(left + column, 0, target[0] - 1)
        large[y, x] = color
    return large


def shrunk(
    size: Sequence[int], target: tuple[int, int], colors: Callable[[tuple[range, range]], Array]
) -> Array:
    """A picture of at most ``target`` (width, height), made smaller by averaging, band by band.

    Args:
        size: (H, W) of the map.
        target: width and height in pixels.
        colors: gives the colours of some rows and columns.
    """
    rows, columns = size
    whole = range(columns)
    if rows * columns <= MOST_AT_ONCE:
        return averaged(colors((range(rows), whole)), *target)
    down = max(1, min(target[1], rows))
    edges = [rows * at // down for at in range(down + 1)]
    bands = (range(first, last) for first, last in zip(edges, edges[1:], strict=False))
    return np.concatenate([averaged(colors((band, whole)), target[0], 1) for band in bands])


def averaged(colors: Array, width: int, height: int) -> Array:
    """A picture made as small as ``width`` × ``height`` by averaging; a smaller one as it is."""
    rows, columns = colors.shape[:2]
    size = min(width, columns), min(height, rows)
    if size == (columns, rows):
        return colors
    image = Image.fromarray(np.ascontiguousarray(colors, np.uint8))
    return np.asarray(image.resize(size, Image.Resampling.BOX))


def fit(size: Sequence[int], side: int) -> tuple[int, int]:
    """Width and height in pixels of a map of (H, W) whose longer side takes about ``side``."""
    height, width = size
    longest = max(height, width)
    unit = max(side // longest, 1) if longest <= side else side / longest
    return max(16, round(width * unit)), max(16, round(height * unit))


def mixed(color: Color, ground: Color, share: float) -> Color:
    """``color`` on ``ground``, ``share`` of it."""
    red, green, blue = (
        round(under + (over - under) * share) for over, under in zip(color, ground, strict=True)
    )
    return red, green, blue


def dimmed(colors: Array, theme: Theme) -> Array:
    """Colours without most of their contrast, so that marks stand out."""
    grey = colors.mean(axis=-1, keepdims=True) * 0.6 + colors * 0.4
    ground = np.array(theme.background, float)
    return np.asarray((grey * 0.55 + ground * 0.45).round(), np.uint8)


def one_hue(theme: Theme, values: Array) -> ValueScale:
    """From the ground for 0 to one hue for the largest value; with negative values, to two."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=0)), float(finite.max(initial=0)) or 1.0
    ground = mixed(theme.ink, theme.background, 0.06)
    hue = hue_of(theme)
    outside = tuple(each for each in (np.nan, np.inf, -np.inf) if _occurs(each, values))
    if low < 0:
        most = max(-low, high)
        return ValueScale(-most, most, (CATEGORIES[1], ground, hue), theme, outside)
    return ValueScale(0.0, high, (ground, hue), theme, outside)


def is_dark(theme: Theme) -> bool:
    """Whether the ground is dark."""
    return luminance(theme.background) < luminance(theme.ink)


def hue_of(theme: Theme) -> Color:
    """A blue that stands out from the ground."""
    return CATEGORIES[5] if is_dark(theme) else CATEGORIES[0]


def _occurs(special: float, values: Array) -> bool:
    same = np.isnan(values) if math.isnan(special) else values == special
    return bool(same.any())


def fractions(values: Array) -> Array:
    """Texts of weights: ``1/9``, where all of them are simple fractions, else decimals; · for 0."""
    wide = np.asarray(values, np.float64)
    found = [_fraction(value) for value in np.unique(wide)]
    words = Words.of(wide)
    if all(found):
        spelt = dict(zip(np.unique(wide).tolist(), found, strict=True))
        written = [spelt[value] for value in wide.ravel().tolist()]
    else:
        written = [words.text(value) for value in wide.ravel()]
    texts = [NOTHING if not value else word for value, word in zip(wide.ravel(), written, strict=True)]
    return np.array(texts, object).reshape(wide.shape)


def _fraction(value: float) -> str:
    """``4/9``, or nothing if the value is no fraction with a small denominator."""
    if not math.isfinite(value):
        return ""
    for bottom in range(1, LARGEST_DENOMINATOR + 1):
        top = round(value * bottom)
        if abs(value * bottom - top) < 1e-6 * bottom:  # noqa: PLR2004 - rounding of float32
            sign = text.MINUS if top < 0 else ""
            return f"{sign}{abs(top)}" + (f"/{bottom}" if bottom > 1 else "")
    return ""


def spoken(values: Array, words: Words) -> str:
    """The values of a small map row by row, or the range of a large one, for alt texts."""
    if values.size <= MOST_SPOKEN:
        return "; ".join(", ".join(map(words.text, row)) for row in values)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return "no finite value"
    return f"values from {words.text(finite.min())} to {words.text(finite.max())}"
