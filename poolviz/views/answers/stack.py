"""Layers in a row: on the terminal and as data."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.feature import Feature, Followed, Remains
from poolviz.analysis.stack import Level
from poolviz.views.scene.elements import LARGEST_CELL, Scene
from poolviz.views.scene.sheet import GridPanel, Row, Sheet, Tile
from poolviz.views.scene.stage import short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.views.terminal.grid import Screen, Segments
from poolviz.views.terminal.lines import heading, listed, paragraph, plain, side_by_side, table
from poolviz.views.terminal.result import plane_grid
from poolviz.windows import Array

HEAD = ("layer", "output", "receptive field", "jump", "parameters", "multiply-adds")
LEGEND = "parameters, multiply-adds: those of the filters; what pooling adds is not counted"
FEATURE_HEAD = ("", "contrast kept", "found at", "off by", "known to within")
KEPT = (
    "contrast kept: the largest change of the output where the marked cells are as those"
    " around them, over that of the input; a filter's own gain is in it"
)
FOUND = "found at: the middle of all these changes, as a row and a column of the input"
NO_FEATURE = "no cell differs from those around it, so there is no feature to follow"
NAMES = ("stack", "against")


def stack_lines(
    found: list[Followed], feature: Feature | None, channel: int, screen: Screen
) -> Iterable[Segments]:
    """The grids of each stack, what each layer sees and costs, then what is left of a feature."""
    name = text.escaped(found[0].levels[0].feature_map.name)
    for at, each in enumerate(found):
        yield heading(f"{NAMES[at] if at else name}: {each.words}")
        yield []
        yield from side_by_side(list(_grids(each, feature, channel, screen)), screen.width)
        yield []
        yield from table(HEAD, _rows(each), screen.width)
        yield []
    if feature is None and len(found) > 1:
        yield plain(NO_FEATURE)
    if feature is not None:
        yield plain(marked_words(feature))
        yield []
        rows = [
            (name, *_remaining(each.remains))
            for name, each in zip(NAMES, found, strict=False)
            if each.remains
        ]
        yield from table(FEATURE_HEAD, rows, screen.width)
        for name, each in zip(NAMES, found, strict=False):
            if peak := peak_channel(each):
                yield plain(f"{name}: changes most in channel {peak}")
        yield []
    for words in (LEGEND, *((KEPT, FOUND) if feature else ())):
        yield from paragraph(words, screen.width)


def _grids(
    each: Followed, feature: Feature | None, channel: int, screen: Screen
) -> Iterator[list[Segments]]:
    """Input and levels, the feature outlined and where it shows most behind the last layer."""
    for level, framed in zip(each.levels, frames(each, feature), strict=True):
        plane, scale = shown(each, level, channel, screen.theme)
        window = framed or _around(level, feature)
        grid = plane_grid(level_title(each, level, channel), plane, scale, screen, window)
        yield list((replace(grid, outlined=framed) if framed else grid).lines())


def _around(level: Level, feature: Feature | None) -> tuple[range, range]:
    """Which cell is to be seen: the one that looks at the feature, else the first."""
    row, column = level.nearest(feature.centre) if feature else (0, 0)
    return range(row, row + 1), range(column, column + 1)


def frames(each: Followed, feature: Feature | None) -> list[tuple[range, range] | None]:
    """What is outlined of each level: the feature in the input, its peak in the output."""
    found: list[tuple[range, range] | None] = [None] * len(each.levels)
    if feature is None:
        return found
    if each.remains and each.remains.peak:
        _, row, column = each.remains.peak
        found[-1] = range(row, row + 1), range(column, column + 1)
    found[0] = feature.rows, feature.columns
    return found


def shown(each: Followed, level: Level, channel: int, theme: Theme) -> tuple[Array, ValueScale]:
    """The most active channel of a level, and the colours of its values and of 0."""
    plane = level.feature_map.values[shown_channel(each, level, channel)]
    zero = np.zeros(1, plane.dtype)
    return plane, value_scale(theme, plane, zero, value_range=level.feature_map.value_range)


def shown_channel(each: Followed, level: Level, channel: int) -> int:
    """The one of a level that descends from the input's ``channel`` and leads to the output."""
    return each.lineage(channel)[each.levels.index(level)]


def level_title(each: Followed, level: Level, channel: int) -> str:
    """``conv:sobel 4×4, channel sobel-y``."""
    feature_map = level.feature_map
    words = f"{level.words} {text.size(feature_map.input_size)}"
    name = channel_name(level, shown_channel(each, level, channel))
    return f"{words}, channel {name}" if name else words


def channel_name(level: Level, channel: int) -> str:
    """The name of one of several channels; empty of the only one."""
    names = level.feature_map.channel_names
    return text.escaped(names[channel]) if len(names) > 1 else ""


def peak_channel(each: Followed) -> str:
    """The channel of the output that changes most without the feature, of several."""
    if each.remains is None or each.remains.peak is None:
        return ""
    return channel_name(each.levels[-1], each.remains.peak[0])


def jump_words(jump: tuple[float, ...]) -> str:
    """``2×2``."""
    return "×".join(map(text.number, jump))


def _rows(each: Followed) -> list[tuple[str, ...]]:
    total = ("total", "", "", "", f"{each.parameters:,}", f"{each.multiply_adds:,}")
    return [*map(_row, each.levels), total]


def _row(level: Level) -> tuple[str, ...]:
    return (
        level.words,
        text.size(level.feature_map.shape),
        text.size(level.field.size),
        jump_words(level.field.jump),
        f"{level.parameters:,}" if level.parameters else "",
        f"{level.multiply_adds:,}" if level.multiply_adds else "",
    )


def marked_words(feature: Feature) -> str:
    """``marked: row 3, column 2, which differs by up to 7.25 from the 1.75 around it``."""
    places = []
    for name, cells in (("row", feature.rows), ("column", feature.columns)):
        several = f"{name}s {cells[0]}–{cells[-1]}"
        places.append(several if len(cells) > 1 else f"{name} {cells[0]}")
    single = len(feature.rows) == len(feature.columns) == 1
    by, around = text.number(feature.height), text.number(feature.around)
    differs = f"which differs by {by}" if single else f"which differ by up to {by}"
    return f"marked: {', '.join(places)}, {differs} from the mean around, {around}"


def _remaining(left: Remains) -> tuple[str, str, str, str]:
    jump = f"{jump_words(left.jump)} cells"
    if left.place is None or left.distance is None:
        return "gone", "", "", jump
    off = f"{text.number(left.distance, 2)} cells"
    return text.percent(left.kept), place_words(left.place), off, jump


def place_words(place: tuple[float, float]) -> str:
    """``row 1.5, column 2``."""
    row, column = (text.number(at, 3) for at in place)
    return f"row {row}, column {column}"


def stack_document(
    found: list[Followed], feature: Feature | None, channel: int, *, full: bool = False
) -> dict[str, Any]:
    """The stacks as plain data; maps of many values are None unless ``full``."""
    return {
        "channel": channel,
        "mark": None if feature is None else _feature_document(feature),
        "stacks": [_followed_document(each, channel, full=full) for each in found],
    }


def _feature_document(feature: Feature) -> dict[str, Any]:
    return {
        "rows": list(feature.rows),
        "columns": list(feature.columns),
        "mean_around": feature.around,
        "difference": feature.height,
    }


def _followed_document(each: Followed, channel: int, *, full: bool) -> dict[str, Any]:
    return {
        "layers": each.words,
        "levels": [_level_document(each, level, channel, full=full) for level in each.levels],
        "parameters": each.parameters,
        "multiply_adds": each.multiply_adds,
        "remains": None if each.remains is None else _remains_document(each.remains),
    }


def _level_document(each: Followed, level: Level, channel: int, *, full: bool) -> dict[str, Any]:
    at = shown_channel(each, level, channel)
    return {
        "layer": level.words,
        "shape": list(level.feature_map.shape),
        "receptive_field": list(level.field.size),
        "jump": list(level.field.jump),
        "parameters": level.parameters,
        "multiply_adds": level.multiply_adds,
        "channel": level.feature_map.channel_names[at],
        "centres": [listed(along, full=full) for along in level.centres],
        "values": listed(level.feature_map.values[at], full=full),
    }


def _remains_document(left: Remains) -> dict[str, Any]:
    return {
        "contrast_kept": left.kept,
        "found_at": None if left.place is None else list(left.place),
        "off_by": left.distance,
        "known_to_within": list(left.jump),
        "peak": None if left.peak is None else list(left.peak),
    }


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
        row
        for at, each in enumerate(found)
        for row in _sheet_rows(at, each, feature, channel, theme)
    ]
    captions = [] if feature is None else [marked_words(feature), FRAMED, KEPT]
    every = max(row.sampled for row in rows)
    if every > 1:
        captions.append(f"of the largest maps one of every {every} rows and columns is shown")
    told = [f"{each.words}: {'; '.join(_told(each))}" for each in found]
    alt = f"{title}. {'. '.join([*told, *captions])}."
    return Sheet(title, rows, captions, theme, alt).scene()


def _sheet_rows(
    at: int, each: Followed, feature: Feature | None, channel: int, theme: Theme
) -> list[Row]:
    """The maps of a stack; of many as many in each row as fit."""
    tiles = [
        _tile(each, level, channel, theme, frame)
        for level, frame in zip(each.levels, frames(each, feature), strict=True)
    ]
    side = _side(max(each.levels[0].feature_map.input_size))
    row = Row(
        f"{NAMES[at]}: {each.words}" if at else each.words,
        _told(each),
        tuple(tiles),
        side,
        fitted=True,
    )
    return row.split(WIDTH)


def _side(longest: int) -> int:
    """The longest side of a map of so many cells, as every cell or every so manieth is drawn."""
    if longest * LARGEST_CELL <= SIDE + LARGEST_CELL:
        return longest * LARGEST_CELL
    return longest * (SIDE // longest) if longest <= SIDE else ceil(longest / ceil(longest / SIDE))


def _tile(
    each: Followed, level: Level, channel: int, theme: Theme, framed: tuple[range, range] | None
) -> Tile:
    plane, scale = shown(each, level, channel, theme)
    plate = GridPanel(f"{level.words} {text.size(plane.shape)}", plane, scale, theme)
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
