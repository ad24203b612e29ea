"""View of a stack of layers and of the trace that a feature leaves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.feature import Feature, Remains
from poolviz.analysis.stack import INPUT, Level, Stack, Stacks
from poolviz.views.scene.columns import aligned, framed, written_alike
from poolviz.views.scene.elements import LARGEST_CELL, Scene, choose_numbers
from poolviz.views.scene.packing import filling, packed, with_digits
from poolviz.views.scene.sheet import GridPanel, Row, Sheet, Tile
from poolviz.views.scene.shown import short_name
from poolviz.views.scene.stage import MARGIN
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.views.terminal.grid import Screen, Segments, plane_grid
from poolviz.views.terminal.lines import heading, listed, paragraph, plain, side_by_side, table
from poolviz.windows import Array

HEAD = ("layer", "output", "receptive field", "jump", "parameters", "multiply-adds")
LEGEND = "parameters, multiply-adds: only those of the filters are counted, not those of pooling"
FEATURE_HEAD = ("", "contrast kept", "found at", "off by", "known to within")
KEPT = (
    "contrast kept: the largest change in the output divided by the largest change in the input"
    " when the marked cells are replaced with the mean of the cells around them; the gain of the"
    " filters is included"
)
FOUND = "found at: the centre of all changes in the output, as a row and column of the input"
NO_FEATURE = "no cell differs from its neighbours, so there is no feature to follow"
NAMES = ("stack", "against")
FRAMED = "framed: the marked cells of the input, and the output that changes most without them"
SCALES = "each map has its own value scale"
# The widest row of maps in pixels, and the longest side of a map.
WIDTH, SIDE = 1480, 320
# Maps up to this side always have digits.
WITH_DIGITS = 8


Frame = tuple[range, range]


@dataclass(frozen=True)
class Drawing:
    """The drawing of a level.

    Args:
        level: the level.
        channel: which of its channels, made of the input's and leading to the output's.
        frame: the rows and columns to outline: the feature in the input, and where the output
            changes most; None for other levels.
    """

    level: Level
    channel: int
    frame: Frame | None

    @property
    def plane(self) -> Array:
        """(H, W) values."""
        return np.asarray(self.level.feature_map.values[self.channel])

    @property
    def channel_name(self) -> str:
        """The name of the channel; empty if it is the only one."""
        return _channel_name(self.level, self.channel)

    @property
    def title(self) -> str:
        """``conv:sobel 4×4``."""
        return f"{self.level.words} {text.size(self.plane.shape)}"

    def scale(self, theme: Theme) -> ValueScale:
        """Colours of the values and of 0."""
        zero = np.zeros(1, self.plane.dtype)
        value_range = self.level.feature_map.value_range
        return value_scale(theme, self.plane, zero, value_range=value_range)


def _drawings(stack: Stack, answer: Stacks) -> list[Drawing]:
    """The drawings of the input and of each layer."""
    frames: list[Frame | None] = [None] * len(stack.levels)
    if answer.feature is not None:
        if stack.remains and stack.remains.peak:
            _, row, column = stack.remains.peak
            frames[-1] = range(row, row + 1), range(column, column + 1)
        frames[0] = answer.feature.rows, answer.feature.columns
    lineage = stack.lineage(answer.channel)
    return list(map(Drawing, stack.levels, lineage, frames))


def lines(answer: Stacks, screen: Screen) -> Iterable[Segments]:
    """The grids of each stack, what each layer sees and costs, then what remains of a feature."""
    name = text.escaped(answer.feature_map.name)
    for index, stack in enumerate(answer.stacks):
        yield heading(f"{NAMES[index] if index else name}: {stack.words}")
        yield []
        total = ("total", "", "", "", f"{stack.parameters:,}", f"{stack.multiply_adds:,}")
        rows = [*map(_row, stack.levels), total]
        grids = [_grid_lines(drawing, answer, screen) for drawing in _drawings(stack, answer)]
        yield from side_by_side(grids, screen.width)
        yield []
        yield from table(HEAD, rows, screen.width)
        yield []
    if answer.feature is not None:
        yield from _feature_lines(answer, answer.feature, screen)
    elif len(answer.stacks) > 1:
        yield plain(NO_FEATURE)
    for words in (LEGEND, *((KEPT, FOUND) if answer.feature else ())):
        yield from paragraph(words, screen.width)


def _feature_lines(answer: Stacks, feature: Feature, screen: Screen) -> Iterator[Segments]:
    yield plain(_describe_feature(feature))
    yield []
    named = list(zip(NAMES, answer.stacks, strict=False))
    rows = [(name, *_remains_row(stack.remains)) for name, stack in named if stack.remains]
    yield from table(FEATURE_HEAD, rows, screen.width)
    for name, stack in named:
        if peak := _peak_channel(stack):
            yield plain(f"{name}: changes most in channel {peak}")
    yield []


def _grid_lines(drawing: Drawing, answer: Stacks, screen: Screen) -> list[Segments]:
    """The grid of a level, around its frame or the cell that sees the feature."""
    row, column = drawing.level.nearest(answer.feature.centre) if answer.feature else (0, 0)
    window = drawing.frame or (range(row, row + 1), range(column, column + 1))
    name = drawing.channel_name
    title = f"{drawing.title}, channel {name}" if name else drawing.title
    numbers = choose_numbers([drawing.plane], (), screen.theme.choices.decimals)
    grid = plane_grid(title, drawing.plane, drawing.scale(screen.theme), screen, window, numbers)
    return list((replace(grid, outlined=drawing.frame) if drawing.frame else grid).lines())


def _channel_name(level: Level, channel: int) -> str:
    """The name of a channel; empty if it is the only one."""
    names = level.feature_map.channel_names
    return text.escaped(names[channel]) if len(names) > 1 else ""


def _peak_channel(stack: Stack) -> str:
    """The output channel that changes most without the feature; empty if it is the only one."""
    if stack.remains is None or stack.remains.peak is None:
        return ""
    return _channel_name(stack.levels[-1], stack.remains.peak[0])


def _format_jump(jump: tuple[float, ...]) -> str:
    return "×".join(map(text.number, jump))


def _row(level: Level) -> tuple[str, ...]:
    return (
        level.words,
        text.size(level.feature_map.shape),
        text.size(level.field.size),
        _format_jump(level.field.jump),
        f"{level.parameters:,}" if level.parameters else "",
        f"{level.multiply_adds:,}" if level.multiply_adds else "",
    )


def _describe_feature(feature: Feature) -> str:
    """``marked: row 3, column 2, which differs by 7.25 from the mean …``."""
    places = []
    for name, cells in (("row", feature.rows), ("column", feature.columns)):
        several = f"{name}s {cells[0]}–{cells[-1]}"
        places.append(several if len(cells) > 1 else f"{name} {cells[0]}")
    height, around = text.number(feature.height), text.number(feature.around)
    differs = f"which differ by up to {height} from the mean of the cells around them"
    if len(feature.rows) == len(feature.columns) == 1:
        differs = f"which differs by {height} from the mean of the cells around it"
    return f"marked: {', '.join(places)}, {differs} ({around})"


def _remains_row(remains: Remains) -> tuple[str, str, str, str]:
    jump = f"{_format_jump(remains.jump)} cells"
    if remains.place is None or remains.distance is None:
        return "gone", "", "", jump
    distance = f"{text.number(remains.distance, 2)} cells"
    return text.percent(remains.kept), _format_place(remains.place), distance, jump


def _format_place(place: tuple[float, float]) -> str:
    row, column = (text.number(coordinate, 3) for coordinate in place)
    return f"row {row}, column {column}"


def document(answer: Stacks, *, full: bool = False) -> dict[str, Any]:
    """The stacks as plain data; large maps are None unless ``full``."""
    feature, mark = answer.feature, None
    if feature is not None:
        mark = {
            "rows": list(feature.rows),
            "columns": list(feature.columns),
            "mean_around": feature.around,
            "difference": feature.height,
        }
    return {
        "channel": answer.channel,
        "mark": mark,
        "stacks": [_stack_document(stack, answer.channel, full=full) for stack in answer.stacks],
    }


def _stack_document(stack: Stack, channel: int, *, full: bool) -> dict[str, Any]:
    channels = zip(stack.levels, stack.lineage(channel), strict=True)
    return {
        "layers": stack.words,
        "levels": [_level_document(level, index, full=full) for level, index in channels],
        "parameters": stack.parameters,
        "multiply_adds": stack.multiply_adds,
        "remains": None if stack.remains is None else _remains_document(stack.remains),
    }


def _level_document(level: Level, channel: int, *, full: bool) -> dict[str, Any]:
    return {
        "layer": level.words,
        "shape": list(level.feature_map.shape),
        "receptive_field": list(level.field.size),
        "jump": list(level.field.jump),
        "parameters": level.parameters,
        "multiply_adds": level.multiply_adds,
        "channel": level.feature_map.channel_names[channel],
        "centres": [listed(along, full=full) for along in level.centres],
        "values": listed(level.feature_map.values[channel], full=full),
    }


def _remains_document(remains: Remains) -> dict[str, Any]:
    return {
        "contrast_kept": remains.kept,
        "found_at": None if remains.place is None else list(remains.place),
        "off_by": remains.distance,
        "known_to_within": list(remains.jump),
        "peak": None if remains.peak is None else list(remains.peak),
    }


def scene(answer: Stacks, theme: Theme) -> Scene:
    """The input and the map after each layer, every map with its own colours."""
    name = _channel_name(answer.stacks[0].levels[0], answer.channel)
    channel_note = f", channel {name}" if name else ""
    title = "The output of each layer"
    size = text.size(answer.feature_map.shape)
    source = f"{short_name(answer.feature_map)}, {size}{channel_note}"
    feature = answer.feature
    notes = [] if feature is None else [_describe_feature(feature), FRAMED, KEPT]
    sheet = Sheet(title, (), [SCALES, *notes], theme, "", source=source)
    rows = _sheet_rows(answer, theme, sheet.scene().height)
    drawn = [panel for row in rows for panel in row.panels]
    planes = [each.plane for stack in answer.stacks for each in _drawings(stack, answer)]
    cells = {
        round(panel.width / plane.shape[1]) for panel, plane in zip(drawn, planes, strict=True)
    }
    sizes = "cells are equally large" if len(cells) == 1 else "maps are enlarged to one size"
    captions = [f"{SCALES}; {sizes}", *notes]
    every = max(ceil(len(plane) / panel.height) for panel, plane in zip(drawn, planes, strict=True))
    if every > 1:
        captions.append(f"of the largest maps, one of every {every} rows and columns is shown")
    described = [f"{stack.words}: {'; '.join(_describe(stack))}" for stack in answer.stacks]
    alt = f"{title}: {text.escaped(answer.feature_map.name)}. {'. '.join([*described, *captions])}."
    return replace(sheet, rows=rows, captions=captions, description=alt).scene()


def _sheet_rows(answer: Stacks, theme: Theme, around: int) -> list[Row]:
    """The maps of all stacks in common columns, in each row as many as fit."""
    drawings = [_drawings(stack, answer) for stack in answer.stacks]
    chosen = theme.choices
    if chosen.width is not None:
        return _packed_rows(answer, theme, drawings, around)
    side = map_side(max(answer.feature_map.input_size))
    rows = []
    for index, (stack, drawn) in enumerate(zip(answer.stacks, drawings, strict=True)):
        tiles = tuple(_tile(each, theme) for each in drawn)
        title = f"{NAMES[index]}: {stack.words}" if index else stack.words
        row = Row(title, _describe(stack), tiles, side, fitted=True)
        rows.append(replace(row, tiles=tuple(_with_digits(tile, row) for tile in tiles)))
    return aligned([part for row in aligned(rows) for part in row.split(WIDTH)])


def _packed_rows(
    answer: Stacks, theme: Theme, drawings: list[list[Drawing]], around: int
) -> list[Row]:
    """The maps of each stack in an even grid of the chosen width."""
    room, rows = (theme.choices.height or 0) - around, []
    for index, (stack, drawn) in enumerate(zip(answer.stacks, drawings, strict=True)):
        tiles = [_tile(each, theme) for each in drawn]

        def make(_first: int, side: int, tiles: Sequence[Tile] = tiles) -> list[Tile]:
            return [_sized(tile, side) for tile in tiles]

        title = f"{NAMES[index]}: {stack.words}" if index else stack.words
        wide = theme.choices.at_most(WIDTH) - 2 * MARGIN
        head = Row(title, _describe(stack), tuple(tiles[:1]), SIDE, room=wide)
        taken = (theme.choices.height or 0) - room // len(drawings) + head.top
        first, *others = packed(make, theme, taken, leads=False).rows
        rows += [replace(first, heading=head.heading, lines=head.lines, room=head.room), *others]
    return rows


def _sized(tile: Tile, side: int) -> Tile:
    """A map whose longest side is at most so many pixels, with digits if there is room."""
    panel = tile.panel
    every = ceil(panel.longest / side)
    cell = min(LARGEST_CELL, side * every // panel.longest)
    (written,) = with_digits([replace(tile, cell=cell)], (side, side), LARGEST_CELL)
    if written.digits:
        return written
    drawn = filling(replace(tile, panel=panel.every(every), cell=cell, digits=0), side)
    return framed(drawn, tile.framed, (panel.values.shape[0], panel.values.shape[1]))


def _with_digits(tile: Tile, row: Row) -> Tile:
    """A small map with cells large enough for its digits; others as they are."""
    if tile.panel.longest > WITH_DIGITS:
        return tile
    sized = replace(tile, cell=row.cell(tile))
    return written_alike([sized], WITH_DIGITS, tile.panel.numbers)[0]


def map_side(longest: int) -> int:
    """The longest side in pixels of a map of ``longest`` cells, all or some of them drawn."""
    if longest * LARGEST_CELL <= SIDE + LARGEST_CELL:
        return longest * LARGEST_CELL
    return longest * (SIDE // longest) if longest <= SIDE else ceil(longest / ceil(longest / SIDE))


def _tile(drawing: Drawing, theme: Theme) -> Tile:
    level, name = drawing.level, drawing.channel_name
    scale = drawing.scale(theme)
    # Whole numbers stay whole.
    numbers = choose_numbers([drawing.plane], (), theme.choices.decimals)
    panel = GridPanel(drawing.title, drawing.plane, scale, theme, numbers=numbers)
    notes = [f"{name}, of {len(level.feature_map.channel_names)} channels"] if name else []
    if level.words != INPUT:
        notes.append(f"sees {text.size(level.field.size)}, jump {_format_jump(level.field.jump)}")
    return Tile(panel, tuple(notes), bar=True, framed=drawing.frame)


def _describe(stack: Stack) -> tuple[str, ...]:
    """The cost of a stack, and what remains of the feature."""
    parameters = text.counted(stack.parameters, "parameter")
    costs = f"{parameters}, {stack.multiply_adds:,} multiply-adds"
    return (costs,) if stack.remains is None else (costs, _describe_remains(stack, stack.remains))


def _describe_remains(stack: Stack, remains: Remains) -> str:
    if remains.place is None or remains.distance is None:
        return "the marked feature is gone"
    peak = _peak_channel(stack)
    return (
        f"of the marked feature: contrast kept {text.percent(remains.kept)},"
        f" found at {_format_place(remains.place)}, {text.number(remains.distance, 2)} cells off,"
        f" known to within {_format_jump(remains.jump)} cells"
        f"{f', most in channel {peak}' if peak else ''}"
    )
