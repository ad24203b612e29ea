"""Unpooling: each output value at the position of its winner, 0 elsewhere."""

from collections.abc import Iterator

import numpy as np

from poolviz import text
from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure, borders, overview, part_of, spoken
from poolviz.views.figures._motion import Returning
from poolviz.views.figures._poster import GAP, HEADING, NOTHING, Poster, cells, digits, ring
from poolviz.views.paint.script import Motion
from poolviz.views.scene.elements import Box, Panel, Pixels, Scene, one
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme, contrast, mixed
from poolviz.windows import Array

TITLE = "Unpooling: each value back in its place, 0 elsewhere"
# The longest side of each of three grids without digits, in pixels.
SIDE = 340
# How much ink there is in the ground of cells to which no value returned.
BLANK = 0.06
# Values with less contrast to it are outlined.
LEAST_CONTRAST = 2


# Where positions lie in a map of another width.
SHIFTED = (
    "positions are counted row by row in the input; in a map of another width they lie elsewhere"
)

Size = tuple[int, int]


def scene(
    result: PoolResult,
    channel: int,
    region: Region | None,
    theme: Theme,
    unpool_size: Size | None = None,
) -> Scene:
    """Input, output, and the unpooled output, in which cells that no value returned to are blank.

    Raises:
        SpecError: the mode's value is not one of the cells, or ``max_unpool2d`` refuses the size.
    """
    maps = MapFigure(result, channel, region, theme, plain_side=SIDE)
    maps.refuse_without_winner()
    poster = Poster(TITLE, maps.subtitle, theme)
    size_after = unpool_size or result.feature_map.input_size
    unpooled = np.asarray(result.unpooled(channel, unpool_size))
    returned = np.zeros(size_after, bool)
    places = result.winners[channel].ravel()
    returned.flat[places[places >= 0]] = True
    y = HEADING
    if maps.has_detail or not maps.has_cells:
        size = overview(poster, maps, (0, y))
        x, below = (0, y + size[1] + HEADING + GAP // 2) if maps.is_below else (size[0] + GAP, y)
        quiet = f"{text.size(result.output_size)}, as large as the input"
        poster.heading(x, below, "output", quiet=quiet)
        poster.add(Pixels(x, below, *size, maps.whole(result.output, *size)))
        y = below + size[1] + HEADING + GAP // 2
    if maps.has_cells:
        _cells(poster, maps, (unpooled, returned), y)
    filled = int((~returned).sum())
    share = text.percent(filled / returned.size)
    count = f"{text.counted(filled, 'cell')} of {returned.size:,} ({share})"
    poster.notes = [f"{'dotted' if maps.digits else 'grey'}: filled in with 0, {count}"]
    if not maps.digits:
        poster.notes.append("nearest neighbour: the output as large as the input, values repeated")
    if maps.place():
        poster.notes.append(f"cell by cell: {maps.place()}")
    if size_after[1] != result.feature_map.input_size[1]:
        poster.notes.append(SHIFTED)
    poster.scales = [("value", maps.shared_scale)]
    sizes = text.size(result.feature_map.input_size), text.size(result.output_size)
    pooled = spoken(np.asarray(result.output[channel]), maps.words)
    alt = (
        f"A {sizes[0]} input, its {sizes[1]} output: {pooled}; and the output unpooled:"
        f" {spoken(unpooled, maps.words)}. {count} are 0 because no value returns to them."
    )
    return poster.scene(alt)


def motion(
    result: PoolResult, channel: int, theme: Theme, unpool_size: Size | None = None
) -> Motion:
    """Each output value travels back to the position of its winner.

    Raises:
        SpecError: the mode's value is not one of the cells, or ``max_unpool2d`` refuses the size.
    """
    maps = MapFigure(result, channel, None, theme)
    maps.refuse_without_winner()
    result.unpooled(channel, unpool_size)
    places, values = result.winners[channel].ravel(), result.output[channel].ravel()
    size = unpool_size or result.feature_map.input_size

    def arrived(count: int) -> tuple[Array, Array]:
        back, has_returned = np.zeros(size, values.dtype), np.zeros(size, bool)
        won = np.flatnonzero(places[:count] >= 0)
        back.flat[places[won]], has_returned.flat[places[won]] = values[won], True
        return back, has_returned

    sent, names = result.output[channel], ("output", "unpooled")
    scale = maps.shared_scale
    source = maps.subtitle
    if size[1] != result.feature_map.input_size[1]:
        source = f"{source}; {SHIFTED}"
    return Returning(result, channel, theme, TITLE, source, names, sent, arrived, scale).motion


def _colors(maps: MapFigure, unpooled: Array, returned: Array) -> Array:
    """The colours of unpooled values, the ground's where nothing returned."""
    theme = maps.theme
    blank = np.array(mixed(theme.background, theme.ink, BLANK), np.uint8)
    return np.where(returned[..., None], maps.shared_scale.colors(unpooled), blank)


def _outlines(panel: Panel, colors: Array, returned: Array, theme: Theme) -> Iterator[Box]:
    """Around returned values whose colour hardly differs from that of the cells around them."""
    blank = mixed(theme.background, theme.ink, BLANK)
    for row, column in np.argwhere(returned).tolist():
        red, green, blue = colors[row, column].tolist()
        if contrast((red, green, blue), blank) < LEAST_CONTRAST:
            x, y, side, _ = panel.area(*one((panel.rows[row], panel.columns[column])))
            yield Box(x, y, side - 1, side - 1, outline=theme.muted)


def _inside(maps: MapFigure, size: tuple[int, ...]) -> tuple[range, range]:
    """The part of an unpooled map of another size that lies where the detail of the input does."""
    rows, columns = (
        range(min(cells.start, length - 1), min(cells.stop, length))
        if maps.has_detail
        else range(length)
        for cells, length in zip(maps.inside, size, strict=True)
    )
    return rows, columns


def _cells(poster: Poster, maps: MapFigure, planes: tuple[Array, Array], y: int) -> None:
    """The detail: input, output, and unpooled output; without digits the output is as large."""
    theme, words = maps.theme, maps.words
    size, is_same = planes[0].shape, planes[0].shape == maps.result.feature_map.input_size
    inside = maps.inside if is_same else _inside(maps, size)
    unpooled, returned = (part_of(plane, inside) for plane in planes)
    before = maps.panel_at((0, y), maps.inside)
    corner = maps.beside(before)
    pooled = [maps.panel_at(corner, maps.windows) if maps.digits else maps.as_large(corner, before)]
    last = maps.beside(pooled[0], "nearest neighbour" if not maps.digits else "")
    back = maps.panel_at(last, inside)
    sized = f"unpooled {text.size(size)}" if not is_same else "unpooled"
    headings = "input", "output" if maps.digits else "nearest neighbour", sized
    for panel, heading in zip((before, pooled[0], back), headings, strict=True):
        poster.heading(panel.x, panel.y, heading, quiet=words.factor or maps.channel_words)
    scale = maps.shared_scale
    shown: list[tuple[Panel, Array, Array]] = [
        (before, maps.before, scale.colors(maps.before)),
        (pooled[0], maps.after, scale.colors(maps.after)),
        (back, unpooled, _colors(maps, unpooled, returned)),
    ]
    for panel, _, ground in shown:
        poster.add(*cells(panel, ground, theme))
    if not maps.digits:
        poster.add(*_outlines(back, shown[-1][2], returned, theme))
    if maps.is_disjoint and not maps.digits:
        for panel in (before, back) if is_same else (before,):
            poster.add(*borders(panel, maps))
    for place in set(maps.winners().values()) if maps.digits else ():
        if place[0] in before.rows and place[1] in before.columns:
            poster.add(*ring(before, place, theme))
    for panel, values, ground in shown:
        written = words.texts(values)
        if panel is back:
            written = np.where(returned, written, NOTHING)
        poster.add(*digits(panel, written, ground, theme))
