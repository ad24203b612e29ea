"""Shared by figures of maps: which part is shown, where it stands, its colours and numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.example import best_window
from poolviz.errors import SpecError
from poolviz.result import PoolResult
from poolviz.text import Numbers
from poolviz.views.figures._poster import (
    GAP,
    HEADING,
    HEADING_SIZE,
    Poster,
    dimmed,
    dotted,
    fit,
    frame,
    shrunk,
)
from poolviz.views.scene.columns import panels_scene
from poolviz.views.scene.elements import (
    Box,
    Item,
    Panel,
    Pixels,
    Scene,
    cell_text,
    choose_numbers,
    one,
)
from poolviz.views.scene.fonts import text_width
from poolviz.views.scene.region import Region, describe_region, region_around, whole_region
from poolviz.views.scene.sheet import GridPanel
from poolviz.views.scene.shown import input_title, short_name
from poolviz.views.scene.style import Theme, ValueScale, mixed, value_scale
from poolviz.windows import Array

# The largest cell, and the longest side of a grid with digits and of one without, in pixels.
LARGEST_CELL, DIGITS_SIDE, PLAIN_SIDE = 56, 640, 480
SMALLEST_DIGITS, DIGITS_MARGIN = 10, 10
# A longer map is drawn whole in pixels, beside a detail of about DETAIL cells along each side.
MOST_PLAIN, DETAIL, LARGEST_DETAIL = 40, 24, 48
# A map so many times as wide as high stands above its output, not beside it.
WIDE = 3
# The longer side of a whole map beside its detail, of a large map and of one of few cells.
OVERVIEW, SMALL_OVERVIEW = 480, 180
# Dots on a whole map that are closer than these pixels cannot be told apart.
LEAST_APART = 6
# Alt texts read out the values of maps of up to this many cells.
MOST_SPOKEN = 64
# The smallest cell that is drawn by itself, and the longest grid of such cells, in pixels.
LEAST_CELL, MOST_PIXELS = 6, 1300
# Between grids beside each other, and between grids below each other.
MOST_LINKS, MOST_LINKS_DOWN = 9, 24
# Whether windows overlap is told from this many.
MOST_COMPARED = 4096


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
        """The part whose cells are drawn one by one: all of a small map, else a square."""
        if self.region is not None or max(self.result.feature_map.input_size) <= MOST_PLAIN:
            return self.shown
        step = max(axis.step for axis in self.result.geometry.axes)
        side = max(1, int(DETAIL // step))
        example = best_window(self.result, self.channel)
        return region_around(self.result, example, side, LARGEST_DETAIL)

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

    @property
    def is_below(self) -> bool:
        """Whether grids stand below each other: of a wide map, or in a narrow figure."""
        return self.is_wide or self.theme.choices.below

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
        if self.is_below:
            return 0, panel.y + panel.height + (GAP if self.digits else HEADING + GAP // 2)
        large = self.has_detail and max(self.result.feature_map.input_size) > MOST_PLAIN
        least = (
            self.overview_side
            if large and not panel.digits and self.plain_side == PLAIN_SIDE
            else 0
        )
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

    def under(self, panel: Panel) -> tuple[int, int]:
        """Where the heading of a second grid stands: of a wide map with digits, below it."""
        corner = panel.x, panel.y
        if not self.is_wide or not self.digits:
            return corner
        return 0, panel.y + panel.height + HEADING + 4

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
    def most_links(self) -> int:
        """The number of arrows between two grids that are not yet a tangle."""
        return MOST_LINKS_DOWN if self.is_below else MOST_LINKS

    @property
    def overview_side(self) -> int:
        """The longer side of the whole map in pixels."""
        large = max(self.result.feature_map.input_size) > MOST_PLAIN
        return self.theme.choices.sized(OVERVIEW if large else SMALL_OVERVIEW)

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
        return Words.of(self.before, self.after, decimals=self.theme.choices.decimals)

    @cached_property
    def cell(self) -> int:
        """The side of a cell in pixels, in input and output alike."""
        longest = max(map(len, self.inside))
        sized = self.theme.choices.sized
        cell = max(1, min(sized(LARGEST_CELL), sized(self._digits_side) // longest))
        if self.words.size(cell):
            return cell
        return max(1, min(sized(LARGEST_CELL), sized(self.plain_side) // longest))

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
        return f"{self.result.plan.title} · {name}{channel}, {sizes[0]} → {sizes[1]}"

    @property
    def all_channels(self) -> str:
        """The same for all channels."""
        sizes = text.size(self.result.feature_map.values.shape), text.size(self.result.output.shape)
        name = short_name(self.result.feature_map)
        return f"{self.result.plan.title} · {name}, {sizes[0]} → {sizes[1]}"

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
        """Raise SpecError for a mode that does not pick one cell of the window."""
        mode = self.result.mode
        if not mode.picks:
            raise SpecError(
                "kind",
                f"{mode.name()} does not pick one cell of the window, so no cell wins",
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
        numbers: how each is written.
    """

    values: tuple[Any, ...]
    numbers: Numbers

    @classmethod
    def of(cls, *arrays: Array, decimals: int | None = None) -> "Words":
        """The numbers of a figure that shows ``arrays``."""
        arrays = tuple(map(np.asarray, arrays))
        values = tuple(value for array in arrays for value in np.unique(array))
        return cls(values, choose_numbers(arrays, (), decimals))

    def text(self, value: "np.generic | float") -> str:
        """One number, as a cell shows it."""
        return cell_text(np.float64(value) if isinstance(value, float) else value, self.numbers)

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
        return f"×{self.numbers.unit}" if self.numbers.unit else ""


def fitting(words: set[str], cell: int) -> int:
    """The size in pixels at which the widest of ``words`` fits a cell; 0 if not legible."""
    if cell <= DIGITS_MARGIN or not words:
        return 0
    widest = max(1, *(text_width(each, 100, bold=True) for each in words))
    size = min(cell * 2 // 5, (cell - DIGITS_MARGIN) * 100 // widest)
    return size if size >= SMALLEST_DIGITS else 0


def borders(panel: Panel, maps: MapFigure) -> Iterator[Item]:
    """Lines between windows that do not overlap, on the input."""
    color = mixed(maps.theme.ink, maps.theme.background, 0.4)
    for rows, axis in zip((0, 1), maps.result.geometry.axes, strict=True):
        for index in maps.windows[rows]:
            edge = axis.window(index)[0]
            if edge in maps.inside[rows][1:]:
                cells_across = range(edge, edge + 1)
                area = (cells_across, panel.columns) if not rows else (panel.rows, cells_across)
                x, y, width, height = panel.area(*area)
                size = (width, 1) if not rows else (1, height)
                yield Box(
                    x - rows,
                    y - (not rows),
                    *size,
                    fill=color,
                )


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
    if not maps.has_cells or not maps.has_detail:
        return width, height
    rows, columns = maps.inside
    left, right = (x + round(at * width / size[1]) for at in (columns.start, columns.stop))
    top, bottom = (y + round(at * height / size[0]) for at in (rows.start, rows.stop))
    poster.add(*frame((left, top, max(right - left, 4), max(bottom - top, 4)), maps.theme))
    return width, height


def spoken(values: Array, words: Words) -> str:
    """The values of a small map row by row, or the range of a large one, for alt texts."""
    if values.size <= MOST_SPOKEN:
        return "; ".join(", ".join(map(words.numbers.text, row)) for row in values)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return "no finite value"
    least, most = words.numbers.text(finite.min()), words.numbers.text(finite.max())
    return f"values from {least} to {most}" if least != most else f"everywhere {least}"
