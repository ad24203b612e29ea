"""Shared by figures: the poster that they are drawn on, and what stands on it: grids and marks."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np
from PIL import Image

from poolviz.views.scene.elements import (
    SOURCE,
    TITLE,
    WORDS,
    Box,
    Item,
    Label,
    Panel,
    Pixels,
    Scene,
    Stroke,
    bounds,
    named,
    one,
    place_item,
)
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.legend import scale_bar, scale_width
from poolviz.views.scene.style import (
    CATEGORIES,
    Color,
    Theme,
    ValueScale,
    luminance,
    mixed,
    text_on,
)
from poolviz.windows import Array

MARGIN, LINE = 28, 24
TITLE_SIZE, SUBTITLE_SIZE, HEADING_SIZE, NOTE_SIZE = 24, 15, 16, 14
LEAST_WIDTH = 640
# Title, subtitle, notes, and from line to line, usually and in a column of text.
POSTER_TYPE = TITLE_SIZE, SUBTITLE_SIZE, NOTE_SIZE, LINE
COLUMN_TYPE = 18, 12, 12, 18
# From a grid's heading down to the grid, and the gap between two grids.
HEADING, GAP = 28, 72
# From this side on a cell has room for a wide ring and a count in its corner.
LARGE_CELL = 40
# In smaller cells a ring would hide the value.
LEAST_RINGED = 14
# A larger picture is made smaller band by band.
MOST_AT_ONCE = 1 << 22
# The side of a dot on a whole map, in pixels.
DOT = 2
# How far from the middle of a cell its arrow may begin, in halves of the cell.
SPREAD = 0.62
# How much of the ink the ground of a cell without a value has.
BLANK = 0.06
NOTHING = "·"


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
            _, _, right, bottom = bounds(item)
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
        theme, chosen = self.theme, self.theme.choices
        least = chosen.at_most(LEAST_WIDTH + 2 * MARGIN) - 2 * MARGIN
        width = max(least, self.width)
        title = self.title if chosen.title is None else chosen.title
        large, small, _, between = COLUMN_TYPE if chosen.is_column else POSTER_TYPE
        items: list[Item] = []
        y = MARGIN + large // 2
        lines = [title] * bool(title)
        if text_width(title, large, bold=True) > width + MARGIN * (chosen.width is None):
            lines = wrap_text(title, large, width, bold=True)
        for line in lines:
            items.append(Label(MARGIN, y, line, large, theme.ink, True, "left", part=TITLE))
            y += between + large // 3
        for line in wrap_text(self.subtitle, small, width) if chosen.has_source else ():
            items.append(Label(MARGIN, y, line, small, theme.muted, anchor="left", part=SOURCE))
            y += between
        y += 4
        items += [place_item(item, MARGIN, y) for item in self.items]
        y += self.height + LINE
        words, right = self._words(y, width)
        items += named(WORDS, words)
        lowest = max((bounds(item)[3] for item in words), default=y)
        size = max(width + MARGIN, right) + MARGIN, lowest + MARGIN
        return Scene(*size, theme.background, tuple(items), self.title, alt)

    def _words(self, y: int, width: int) -> tuple[list[Item], int]:
        """Scales and notes below the body from ``y`` on, and the right edge of the scales."""
        muted, x, right = self.theme.muted, MARGIN, MARGIN
        *_, note_size, between = COLUMN_TYPE if self.theme.choices.is_column else POSTER_TYPE
        items: list[Item] = []
        for words, scale in self.scales:
            needed = text_width(words, NOTE_SIZE) + 12 + scale_width(scale)
            if x > MARGIN and x + needed > MARGIN + width:
                x, y = MARGIN, y + LINE
            items.append(Label(x, y, words, NOTE_SIZE, muted, anchor="left"))
            items += scale_bar(scale, x + text_width(words, NOTE_SIZE) + 12, y)
            right = max(right, x + needed)
            x += needed + 36
        y += LINE * bool(self.scales)
        for line in (part for note in self.notes for part in wrap_text(note, note_size, width)):
            items.append(Label(MARGIN, y, line, note_size, muted, anchor="left"))
            y += between
        return items, right


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


def ring(
    panel: Panel, place: tuple[int, int], theme: Theme, *, dotted: bool = True
) -> Iterator[Item]:
    """A ring inside a cell; in a small one a dot, or a ring that reaches beyond it."""
    x, y, side, _ = panel.area(*one(place))
    if panel.digits or not dotted:
        beyond = max(0, LEAST_RINGED - side) // 2
        x, y, side = x - beyond, y - beyond, side + 2 * beyond
        width = 3 if side >= LARGE_CELL else 2
        area, radius = (x + 1, y + 1, side - 3, side - 3), max(side // 3, 4)
        yield Box(*area, outline=theme.halo, line_width=width + 2, radius=radius)
        yield Box(*area, outline=theme.accent, line_width=width, radius=radius)
    else:
        yield from dot(x + side // 2, y + side // 2, max(2, side * 2 // 5), theme)


def dot(x: int, y: int, side: int, theme: Theme) -> Iterator[Item]:
    """A dot with its middle at (x, y), with a halo where there is room for one."""
    left, top, rim = x - side // 2, y - side // 2, int(side > DOT)
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


def links(
    sources: list[Panel],
    target: Panel,
    pairs: dict[tuple[int, int], tuple[int, int]],
    theme: Theme,
    *,
    upright: bool = False,
) -> Iterator[Item]:
    """An arrow from each of some cells to another grid's cell.

    Arrows leave the cells of a row at different heights, so that none lies on another or runs
    through the middle of a cell that it passes.

    Args:
        sources: the grids of the cells that arrows leave.
        target: the grid that they lead to.
        pairs: (row, column) of each cell, and where its arrow leads.
        theme: the colours.
        upright: whether ``target`` stands above or below, not beside.
    """
    ranks = sorted({index[0] if upright else index[1] for index in pairs})
    for index, place in pairs.items():
        panel = holder(sources, index)
        half, end, (x, y) = panel.cell // 2, middle(target, place), middle(panel, index)
        rank = ranks.index(index[0] if upright else index[1])
        spread = 2 * rank / (len(ranks) - 1) - 1 if len(ranks) > 1 else 0
        apart = round(SPREAD * half * spread)
        inset = min(8, half // 2)
        if upright:
            start = x + apart, y + (half - inset if end[1] > y else inset - half)
        else:
            start = x + (half - inset if end[0] > x else inset - half), y + apart
        yield from arrow(start, towards(start, end, target.cell // 2), theme)
        yield from dot(*start, 5, theme)


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
    return np.asarray(large)


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
    bands = (range(first, last) for first, last in pairwise(edges))
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
    # Halves, so that cells are equally large where a picture has two pixels for one.
    unit = (2 * side // longest) / 2 if longest <= side else side / longest
    return max(16, round(width * unit)), max(16, round(height * unit))


def dimmed(colors: Array, theme: Theme) -> Array:
    """Colours without most of their contrast, so that marks stand out."""
    grey = colors.mean(axis=-1, keepdims=True) * 0.6 + colors * 0.4
    share = 0.25 if is_dark(theme) else 0.45
    ground = np.array(theme.background, float)
    return np.asarray((grey * (1 - share) + ground * share).round(), np.uint8)


def one_hue(theme: Theme, values: Array, least: float = 0.0) -> ValueScale:
    """From the ground for 0 to one hue for the largest value, or for ``least``; or to two hues."""
    finite = values[np.isfinite(values)]
    low, high = float(finite.min(initial=0)), float(finite.max(initial=least)) or 1.0
    ground = blank_on(theme)
    hue = hue_of(theme)
    outside = tuple(each for each in (np.nan, np.inf, -np.inf) if _occurs(each, values))
    if low < 0:
        most = max(-low, high)
        return ValueScale(-most, most, (CATEGORIES[1], ground, hue), theme, outside)
    return ValueScale(0.0, high, (ground, hue), theme, outside)


def blank_on(theme: Theme) -> Color:
    """The ground of a cell without a value."""
    return mixed(theme.background, theme.ink, BLANK)


def is_dark(theme: Theme) -> bool:
    """Whether the ground is dark."""
    return luminance(theme.background) < luminance(theme.ink)


def hue_of(theme: Theme) -> Color:
    """A blue that stands out from the ground; a theme without hues has its own grey."""
    if theme.negative is None:
        return theme.positive
    return CATEGORIES[-1] if is_dark(theme) else CATEGORIES[0]


def _occurs(special: float, values: Array) -> bool:
    same = np.isnan(values) if math.isnan(special) else values == special
    return bool(same.any())
