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


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input, output, and the unpooled output, in which cells that no value returned to are blank.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    maps = MapFigure(result, channel, region, theme, plain_side=SIDE)
    maps.refuse_without_winner()
    poster = Poster(TITLE, maps.subtitle, theme)
    unpooled, returned = np.asarray(result.unpooled(channel)), result.wins(channel) > 0
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
    poster.scales = [("value", maps.shared_scale)]
    sizes = text.size(result.feature_map.input_size), text.size(result.output_size)
    pooled = spoken(np.asarray(result.output[channel]), maps.words)
    alt = (
        f"A {sizes[0]} input, its {sizes[1]} output: {pooled}; and the output unpooled:"
        f" {spoken(unpooled, maps.words)}. {count} are 0 because no value returns to them."
    )
    return poster.scene(alt)


def motion(result: PoolResult, channel: int, theme: Theme) -> Motion:
    """Each output value travels back to the position of its winner.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    maps = MapFigure(result, channel, None, theme)
    maps.refuse_without_winner()
    places, values = result.winners[channel].ravel(), result.output[channel].ravel()

    def arrived(count: int) -> tuple[Array, Array]:
        size = result.feature_map.input_size
        back, has_returned = np.zeros(size, values.dtype), np.zeros(size, bool)
        won = np.flatnonzero(places[:count] >= 0)
        back.flat[places[won]], has_returned.flat[places[won]] = values[won], True
        return back, has_returned

    sent, names = result.output[channel], ("output", "unpooled")
    scale = maps.shared_scale
    return Returning(
        result, channel, theme, TITLE, maps.subtitle, names, sent, arrived, scale
    ).motion


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


def _cells(poster: Poster, maps: MapFigure, planes: tuple[Array, Array], y: int) -> None:
    """The detail: input, output, and unpooled output; without digits the output is as large."""
    theme, words = maps.theme, maps.words
    unpooled, returned = (part_of(plane, maps.inside) for plane in planes)
    before = maps.panel_at((0, y), maps.inside)
    corner = maps.beside(before)
    pooled = [maps.panel_at(corner, maps.windows) if maps.digits else maps.as_large(corner, before)]
    last = maps.beside(pooled[0], "nearest neighbour" if not maps.digits else "")
    back = maps.panel_at(last, maps.inside)
    headings = "input", "output" if maps.digits else "nearest neighbour", "unpooled"
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
        for panel in (before, back):
            poster.add(*borders(panel, maps))
    for place in set(maps.winners().values()) if maps.digits else ():
        if place[0] in before.rows and place[1] in before.columns:
            poster.add(*ring(before, place, theme))
    for panel, values, ground in shown:
        written = words.texts(values)
        if panel is back:
            written = np.where(returned, written, NOTHING)
        poster.add(*digits(panel, written, ground, theme))
