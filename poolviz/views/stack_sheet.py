"""Layers in a row as a figure: a row of maps for each stack."""

from dataclasses import replace
from math import ceil

from poolviz import text
from poolviz.teach.marked_feature import Feature, Followed, Remains
from poolviz.teach.stack import Level
from poolviz.views.panel import LARGEST_CELL
from poolviz.views.plates import Plate
from poolviz.views.scene import Scene
from poolviz.views.sheet import Row, Tile, sheet_scene
from poolviz.views.stack import (
    KEPT,
    NAMES,
    channel_name,
    frames,
    jump_words,
    marked_words,
    peak_channel,
    place_words,
    shown,
    shown_channel,
)
from poolviz.views.stage import short_name
from poolviz.views.style import Theme

# No row of maps is wider, unless it is a single map; no map is larger.
WIDTH, SIDE = 1480, 320
FRAMED = "framed: the marked cells of the input, and the output that changes most without them"


def stack_scene(
    found: list[Followed], feature: Feature | None, channel: int, theme: Theme
) -> Scene:
    """Input and levels of each stack, every map with its own colours."""
    first = found[0].levels[0].feature_map
    name = channel_name(found[0].levels[0], channel)
    title = f"{short_name(first)}{f', channel {name}' if name else ''}: layers in a row"
    rows = [
        row for at, each in enumerate(found) for row in _rows(at, each, feature, channel, theme)
    ]
    captions = [] if feature is None else [marked_words(feature), FRAMED, KEPT]
    every = max(row.sampled for row in rows)
    if every > 1:
        captions.append(f"of the largest maps one of every {every} rows and columns is shown")
    told = [f"{each.words}: {'; '.join(_told(each))}" for each in found]
    alt = f"{title}. {'. '.join([*told, *captions])}."
    return sheet_scene(title, rows, captions, theme, alt)


def _rows(
    at: int, each: Followed, feature: Feature | None, channel: int, theme: Theme
) -> list[Row]:
    """The maps of a stack; of many as many in each row as fit."""
    tiles = [
        _tile(each, level, channel, theme, frame)
        for level, frame in zip(each.levels, frames(each, feature), strict=True)
    ]
    side = _side(max(each.levels[0].feature_map.input_size))
    row = Row(
        f"{NAMES[at]}: {each.words}" if at else each.words, _told(each), (), side, fitted=True
    )
    rows = []
    while tiles:
        rows.append(_filled(row, tiles))
        tiles = tiles[len(rows[-1].tiles) :]
        row = replace(row, heading="", lines=())
    return rows


def _side(longest: int) -> int:
    """The longest side of a map of so many cells, as every cell or every so manieth is drawn."""
    if longest * LARGEST_CELL <= SIDE + LARGEST_CELL:
        return longest * LARGEST_CELL
    return longest * (SIDE // longest) if longest <= SIDE else ceil(longest / ceil(longest / SIDE))


def _filled(row: Row, tiles: list[Tile]) -> Row:
    """``row`` with the first of ``tiles``, at least one."""
    counts = range(len(tiles), 1, -1)
    rows = (replace(row, tiles=tuple(tiles[:count])) for count in counts)
    return next((each for each in rows if each.width <= WIDTH), replace(row, tiles=(tiles[0],)))


def _tile(
    each: Followed, level: Level, channel: int, theme: Theme, framed: tuple[range, range] | None
) -> Tile:
    plane, scale = shown(each, level, channel, theme)
    plate = Plate(f"{level.words} {text.size(plane.shape)}", plane, scale, theme)
    names = level.feature_map.channel_names
    own = channel_name(level, shown_channel(each, level, channel))
    notes = [f"{own}, of {len(names)} channels"] if own else []
    if level is not each.levels[0]:
        notes.append(f"sees {text.size(level.field.size)}, jump {jump_words(level.field.jump)}")
    return Tile(plate, tuple(notes), bar=True, framed=framed)


def _told(each: Followed) -> tuple[str, ...]:
    """What a stack costs, and what is left of the feature."""
    lines = f"{text.counted(each.parameters, 'parameter')}, {each.multiply_adds:,} multiply-adds"
    return (lines,) if each.remains is None else (lines, _left(each, each.remains))


def _left(each: Followed, left: Remains) -> str:
    """What is left of the feature, in a line."""
    if left.place is None or left.distance is None:
        return "the marked feature is gone"
    peak = peak_channel(each)
    return (
        f"of the marked feature: contrast kept {text.percent(left.kept)},"
        f" found at {place_words(left.place)}, {text.number(left.distance, 2)} cells off,"
        f" known to within {jump_words(left.jump)} cells"
        f"{f', most in channel {peak}' if peak else ''}"
    )
