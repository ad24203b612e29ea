"""View of a stack of layers and of the trace that a feature leaves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import accumulate
from math import ceil, prod
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.feature import Feature, Remains
from poolviz.analysis.stack import INPUT, Level, Stack, Stacks
from poolviz.views.paint.script import Motion, Shot, script_of_layers
from poolviz.views.scene.columns import aligned, framed, part_filled, written_alike
from poolviz.views.scene.elements import LARGEST_CELL, Scene, choose_numbers, one, resampled
from poolviz.views.scene.fonts import wrap_text
from poolviz.views.scene.legend import TEXT_SIZE
from poolviz.views.scene.packing import ALWAYS_DIGITS, enlarged, packed, sized
from poolviz.views.scene.sheet import LEAST_WITH_DIGITS, GridPanel, Row, Sheet, Tile
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
TITLE = "The output of each layer"
FRAMED = "framed: the marked cells of the input, and the output that changes most without them"
SCALES = "each map has its own value scale"
# The widest row of maps in pixels, and the longest side of a map.
WIDTH, SIDE = 1480, 320


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
    title = TITLE
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
        rows.append(replace(row, tiles=tuple(enlarged(tile, row) for tile in tiles)))
    return aligned([part for row in aligned(rows) for part in row.split(WIDTH)])


def _packed_rows(
    answer: Stacks, theme: Theme, drawings: list[list[Drawing]], around: int
) -> list[Row]:
    """The maps of each stack in an even grid of the chosen width."""
    room, rows = (theme.choices.height or 0) - around, []
    for index, (stack, drawn) in enumerate(zip(answer.stacks, drawings, strict=True)):
        tiles = [_tile(each, theme) for each in drawn]

        def make(_first: int, side: int, tiles: Sequence[Tile] = tiles) -> list[Tile]:
            return [sized(tile, side) for tile in tiles]

        title = f"{NAMES[index]}: {stack.words}" if index else stack.words
        wide = theme.choices.at_most(WIDTH) - 2 * MARGIN
        head = Row(title, _describe(stack), tuple(tiles[:1]), SIDE, room=wide)
        taken = (theme.choices.height or 0) - room // len(drawings) + head.top
        first, *others = packed(make, theme, taken, leads=False).rows
        rows += [replace(first, heading=head.heading, lines=head.lines, room=head.room), *others]
    return rows


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
        notes.append(f"receptive field {text.size(level.field.size)}")
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


# The sides in pixels of the input of an animation, of which the first is taken that leaves room for
# all maps side by side; the least side of any map.
PYRAMID_SIDES, LEAST_SIDE = (420, 364, 308, 252, 196), 8


def motion(answer: Stacks, theme: Theme) -> Motion:
    """Each layer fills the next map, row by row, at the scale of the input."""
    pyramid = _Pyramid(answer, theme)
    return Motion(partial(script_of_layers, pyramid.sizes), pyramid.draw)


@dataclass(frozen=True, eq=False)
class _Pyramid:
    """The maps of all layers as they fill; outputs are counted through all of them.

    Args:
        answer: the stacks.
        theme: the colours.
    """

    answer: Stacks
    theme: Theme

    @cached_property
    def layers(self) -> list[tuple[int, int]]:
        """The stack and the level of each layer, in the order in which they fill."""
        stacks = enumerate(self.answer.stacks)
        return [(at, level) for at, stack in stacks for level in range(1, len(stack.levels))]

    @cached_property
    def sizes(self) -> list[tuple[int, int]]:
        """The rows and columns of the outputs of each layer."""
        return [
            self.answer.stacks[index].levels[level].feature_map.input_size
            for index, level in self.layers
        ]

    @cached_property
    def _edges(self) -> list[int]:
        """The number of outputs before each layer, and of all."""
        return [0, *accumulate(map(prod, self.sizes))]

    @cached_property
    def _rows(self) -> list[Row]:
        """The maps of each stack, all at one scale."""
        rows: list[Row] = []
        for side in map(self.theme.choices.sized, PYRAMID_SIDES):
            rows = self._rows_of(side)
            if max(row.width for row in rows) <= self._widest:
                break
        return rows

    def _rows_of(self, side: int) -> list[Row]:
        """The maps of each stack, the input as large as this side allows."""
        longest = max(self.answer.feature_map.input_size)
        factor = side / longest
        factor = min(int(factor), self.theme.choices.sized(LARGEST_CELL)) if factor > 1 else factor
        rows = []
        for index, stack in enumerate(self.answer.stacks):
            drawings = _drawings(stack, self.answer)
            tiles = [_scaled(each, factor, self.theme) for each in drawings]
            if longest <= ALWAYS_DIGITS:
                written = [
                    written_alike([tile], ALWAYS_DIGITS, tile.panel.numbers) for tile in tiles
                ]
                cell = max(tile.cell for (tile,) in written)
                grown = [replace(tile, cell=cell) for tile in tiles]
                tiles = [written_alike([tile], 0, tile.panel.numbers)[0] for tile in grown]
            title = f"{NAMES[index]}: {stack.words}" if len(self.answer.stacks) > 1 else ""
            rows.append(Row(title, (), tuple(tiles), 0))
        return aligned(rows)

    def draw(self, shot: Shot) -> Scene:
        """The picture of a shot."""
        answer, places, widest = self.answer, self._places(shot), self._widest
        rows = []
        for index, (row, stack) in enumerate(zip(self._rows, answer.stacks, strict=True)):
            shown = list(row.tiles)
            for number, level in enumerate(stack.levels):
                size = level.feature_map.input_size
                if number:
                    before = self._edges[self.layers.index((index, number))]
                    shown[number] = part_filled(shown[number], shot.filled - before, size)
                shown[number] = framed(shown[number], places.get((index, number)), size)
            rows += replace(row, tiles=tuple(shown)).split(widest)
        title = f"{TITLE}, at the scale of the input"
        source = f"{short_name(answer.feature_map)}, {text.size(answer.feature_map.shape)}"
        words = "; ".join(stack.words for stack in answer.stacks)
        alt = f"{title}: {text.escaped(answer.feature_map.name)}. {words}."
        captions = wrap_text(self._words(shot), TEXT_SIZE, widest)
        captions += [" "] * (self._most_lines - len(captions))
        return Sheet(title, rows, captions, self.theme, alt, source=source).scene()

    def _layer_of(self, shot: Shot) -> int | None:
        """The number of the layer whose window is shown; None for none."""
        if shot.step is None:
            return None
        return next(at for at, edge in enumerate(self._edges[1:]) if shot.step < edge)

    def _places(self, shot: Shot) -> dict[tuple[int, int], Frame]:
        """What is framed, by stack and level: outputs, and all cells from which they come."""
        number = self._layer_of(shot)
        found = {}
        if number is not None:
            index, last = self.layers[number]
            outputs = [each - self._edges[number] for each in shot.band or (shot.step or 0,)]
            columns = self.sizes[number][1]
            (top, left), (bottom, right) = (divmod(outputs[at], columns) for at in (0, -1))
            whole = range(columns) if top < bottom else range(left, right + 1)
            cells = range(top, bottom + 1), whole
            behind = self.answer.stacks[index].behind(last, cells)
            found = {(index, level): part for level, part in behind.items()}
        elif shot.filled:
            for index, stack in enumerate(self.answer.stacks):
                frames = {at: each.frame for at, each in enumerate(_drawings(stack, self.answer))}
                if self.answer.feature is None:
                    last = len(stack.levels) - 1
                    height, width = stack.levels[-1].feature_map.input_size
                    frames |= stack.behind(last, one((height // 2, width // 2)))
                found |= {(index, at): part for at, part in frames.items() if part is not None}
        return found

    def _words(self, shot: Shot) -> str:
        """The caption: the layer, its sizes, and what its outputs see."""
        number = self._layer_of(shot)
        if number is not None:
            return self._layer_words(number)
        if not shot.filled:
            return f"the input, {text.size(self.answer.feature_map.shape)}"
        if self.answer.feature is not None:
            return f"{_describe_feature(self.answer.feature)}; {FRAMED}"
        fields = [text.size(stack.levels[-1].field.size) for stack in self.answer.stacks]
        return f"framed: one cell of the last map, and the {fields[0]} cells of the input it sees"

    def _layer_words(self, number: int) -> str:
        index, at = self.layers[number]
        before, level = self.answer.stacks[index].levels[at - 1 : at + 1]
        sizes = [text.size(each.feature_map.input_size) for each in (before, level)]
        words = f"layer {at} of {len(self.answer.stacks[index].levels) - 1}, {level.words}"
        sees = f"each output sees {text.size(level.field.size)} cells of the input"
        return f"{words}: {sizes[0]} → {sizes[1]}; {sees}"

    @cached_property
    def _widest(self) -> int:
        """The width of the widest row in pixels, if it fits."""
        return self.theme.choices.at_most(WIDTH + 2 * MARGIN) - 2 * MARGIN

    @cached_property
    def _most_lines(self) -> int:
        """Lines of the longest caption."""
        captions = [self._layer_words(number) for number in range(len(self.layers))]
        captions.append(self._words(Shot(0, self._edges[-1])))
        return max(len(wrap_text(words, TEXT_SIZE, self._widest)) for words in captions)


def _scaled(drawing: Drawing, factor: float, theme: Theme) -> Tile:
    """A map with so many pixels for each cell, in colour if the map is."""
    tile, feature_map = _tile(drawing, theme), drawing.level.feature_map
    planes = feature_map.values if feature_map.is_rgb else drawing.plane[None]
    if factor < 1:
        planes = resampled(
            planes, *(max(1, round(length * factor)) for length in drawing.plane.shape)
        )
    cell = max(1, int(factor), LEAST_SIDE // max(planes.shape[1:]))
    panel, notes = replace(tile.panel, values=np.asarray(planes[0])), tile.notes
    if feature_map.is_rgb:
        panel, notes = replace(panel, colors=panel.scale.rgb_colors(planes)), notes[1:]
    elif cell < LEAST_WITH_DIGITS:
        panel = replace(panel, colors=panel.scale.colors(panel.values))
    bar = not feature_map.is_rgb
    return replace(tile, panel=panel, cell=cell, digits=0, framed=None, bar=bar, notes=notes)
