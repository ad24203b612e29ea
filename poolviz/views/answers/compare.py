"""View of a comparison of modes."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.compare import Comparison, ModeOutput
from poolviz.plan import describe_windows, is_global
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.paint.script import Motion, ResultWindows, Shot, Windows, script_for
from poolviz.views.scene.columns import (
    beside,
    fitted_tile,
    framed,
    part_filled,
    spanned,
    written_alike,
)
from poolviz.views.scene.elements import Scene, choose_numbers, one
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.legend import TEXT_SIZE
from poolviz.views.scene.packing import filling, packed, with_digits
from poolviz.views.scene.sheet import NUMBER_SIZE, Row, Sheet, Tile
from poolviz.views.scene.shown import short_name
from poolviz.views.scene.style import GREY, Theme, ValueScale, extent, value_scale
from poolviz.views.terminal.grid import Screen, Segments, plane_grid
from poolviz.views.terminal.lines import (
    all_channels,
    channel_words,
    heading,
    listed,
    plain,
    side_by_side,
    table,
)
from poolviz.windows import Array

HEAD = ("mode", "mean", "of input mean", "contrast", "contrast kept", "values changed")
LEGEND = (
    "contrast: the standard deviation; contrast kept: output / input",
    "values changed: the share of outputs that equal no cell of their window",
)


def lines(answer: Comparison, screen: Screen) -> Iterable[Segments]:
    """The input and the outputs side by side, then the statistics."""
    feature_map, channel = answer.feature_map, answer.channel
    scale = _scale(answer, screen.theme)
    window = range(1), range(1)
    planes = list(_planes(answer))
    numbers = choose_numbers([plane for _, plane in planes], (), screen.theme.choices.decimals)
    grids = []
    for name, plane in planes:
        title = f"{name} {text.size(plane.shape)}"
        grids.append(list(plane_grid(title, plane, scale, screen, window, numbers).lines()))
    before = answer.before
    rows = [
        ("input", text.number(before.mean), "", text.number(before.contrast), "", ""),
        *map(_row, answer.outputs),
    ]
    channel_note = channel_words(feature_map, channel)
    yield heading(f"{text.escaped(feature_map.name)}: {_windows(answer)}{channel_note}")
    yield []
    yield from side_by_side(grids, screen.width)
    yield []
    yield from table(HEAD, rows, screen.width)
    yield []
    yield from map(plain, (*LEGEND, *_remarks(answer)))


def _planes(answer: Comparison) -> list[tuple[str, Array]]:
    """The input and the outputs by their titles."""
    outputs = [(output.name, output.result.output[answer.channel]) for output in answer.outputs]
    return [("input", answer.feature_map.values[answer.channel]), *outputs]


def _scale(answer: Comparison, theme: Theme) -> ValueScale:
    """One scale for the input and all outputs."""
    planes = [plane for _, plane in _planes(answer)]
    return value_scale(theme, *planes, value_range=answer.feature_map.value_range)


def _remarks(answer: Comparison) -> list[str]:
    """Remarks on the table."""
    maps = [answer.feature_map.values, *(output.result.output for output in answer.outputs)]
    remarks = all_channels(answer.feature_map)
    if not all(np.isfinite(values).all() for values in maps):
        remarks.append("mean and contrast ignore values that are not finite")
    return remarks


def _windows(answer: Comparison) -> str:
    """``2×2, stride 2`` if all modes have the same windows."""
    geometries = [output.result.geometry for output in answer.outputs]
    words = {
        "global" if is_global(geometry.spec) else describe_windows(geometry)
        for geometry in geometries
    }
    return words.pop() if len(words) == 1 else "windows differ by mode"


def _row(output: ModeOutput) -> tuple[str, ...]:
    return (
        output.name,
        text.number(output.after.mean),
        text.percent(output.mean_kept),
        text.number(output.after.contrast),
        text.percent(output.contrast_kept),
        text.percent(output.changed),
    )


def document(answer: Comparison, *, full: bool = False) -> dict[str, Any]:
    """The comparison as plain data; large maps are None unless ``full``."""
    before = answer.before
    return {
        "input": {"mean": before.mean, "contrast": before.contrast},
        "channel": answer.channel,
        "modes": {
            output.name: {
                "mean": output.after.mean,
                "mean_kept": output.mean_kept,
                "contrast": output.after.contrast,
                "contrast_kept": output.contrast_kept,
                "values_changed": output.changed,
                "output": listed(output.result.output[answer.channel], full=full),
            }
            for output in answer.outputs
        },
    }


# The longest side of the input and of each output in pixels; of many outputs, the second.
INPUT_SIDE, OUTPUT_SIDES, FEW = 384, (288, 192), 4
# Cells of maps with digits, of few outputs and of many; maps up to this side always have digits.
CELLS, WITH_DIGITS = (64, 48), 8
# The cells of maps of a single row, and how many of them have room for digits.
ROW_CELL, MOST_IN_ROW = 40, 32
COUNTS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve",
)  # fmt: skip
CONTRAST_KEPT = (
    "Contrast kept: the standard deviation of the output divided by the input's, largest first."
)
BELOW_OUTPUTS = (
    "Below each output: the contrast kept, its standard deviation divided by the input's;"
    " largest first."
)
OWN_BAR = "With a colour bar: on its own scale, because it leaves the range of the input."
OWN, OWN_SCALE = "own scale", "Own scale: the output leaves the range of the input."
# The notes below a small input are at least so wide, in pixels.
LEAST_NOTES = 240


def scene(answer: Comparison, theme: Theme, columns: int | None = None) -> Scene:
    """The input at the left, at its right the outputs in a grid, most contrast kept first.

    ``columns`` of the outputs stand side by side; None chooses a pleasant shape.

    Outputs whose values stay in the input's range share its value scale.
    """
    contrast = f"contrast {text.number(answer.before.contrast)}"
    if theme.choices.width is not None:
        return _packed(answer, theme, contrast, columns)
    before, after = _tiles(answer, theme)
    notes = [contrast, "", CONTRAST_KEPT]
    if any(tile.bar for tile in after):
        notes.append(OWN_SCALE)
    return _sheet(answer, theme, _noted(before, notes), after, columns)


def _packed(answer: Comparison, theme: Theme, contrast: str, columns: int | None) -> Scene:
    """The tiles on a sheet of a chosen width."""
    shared = _shared_scale(answer, theme)

    def make(first: int, others: int) -> list[Tile]:
        before, after = _tiles(answer, theme, (first, others), shared)
        outputs = [
            filling(replace(tile, notes=tuple(set(tile.notes) - {OWN})), others) for tile in after
        ]
        return [filling(replace(before, bar=False), first), *outputs]

    tiles = make(LEAST_NOTES, LEAST_NOTES)
    notes = [f"input: {contrast}", BELOW_OUTPUTS]
    if any(tile.bar for tile in tiles):
        notes.append(OWN_BAR)
    title, source = _title(answer), _source(answer)
    alt = f"{title}: {text.escaped(answer.feature_map.name)}. {_told(answer)}"
    scale = None if answer.feature_map.is_rgb else tiles[0].panel.scale
    sheet = Sheet(title, (), notes, theme, alt, scale, source)
    packing = packed(make, theme, sheet.scene().height, notes=notes, columns=columns)
    return replace(sheet, rows=packing.blocks, captions=packing.notes).scene()


def _shared_scale(answer: Comparison, theme: Theme) -> tuple[ValueScale, list[ModeOutput]]:
    """The scale of the input and of the outputs that stay in its range, and these outputs."""
    feature_map = answer.feature_map
    within = [output for output in answer.outputs if _stays_within(output, answer)]
    planes = [output.result.output[answer.channel] for output in within]
    plane = feature_map.values[answer.channel]
    return value_scale(theme, plane, *planes, value_range=feature_map.value_range), within


def _tiles(
    answer: Comparison,
    theme: Theme,
    sides: tuple[int, int] | None = None,
    shared: tuple[ValueScale, list[ModeOutput]] | None = None,
) -> tuple[Tile, list[Tile]]:
    """The input and the outputs, most contrast kept first.

    Args:
        answer: the comparison.
        theme: the colours.
        sides: the longest sides of the input and of outputs in pixels; None for the usual ones.
        shared: the scale that maps share, and the outputs that have it, if already known.
    """
    feature_map, outputs = answer.feature_map, _by_contrast(answer)
    scale, within = shared or _shared_scale(answer, theme)
    plane = feature_map.values[answer.channel]
    many = len(outputs) > FEW
    usual = INPUT_SIDE, OUTPUT_SIDES[many]
    first, others = sides or usual
    before = _tile(f"input {text.size(plane.shape)}", feature_map.values, scale, first, answer)
    after = [
        _output_tile(output, scale if output in within else None, others, answer, theme)
        for output in outputs
    ]
    if not feature_map.is_rgb:
        if sides is None:
            before, *after = _with_digits([before, *after], CELLS[many])
        else:
            before, *after = with_digits([before, *after], sides, CELLS[0])
    return replace(before, bar=not feature_map.is_rgb), after


def _noted(before: Tile, notes: Iterable[str]) -> Tile:
    """The input with notes below it, as wide as it is."""
    width = max(before.cell * before.panel.values.shape[1], LEAST_NOTES)
    wrapped = [line for note in notes for line in wrap_text(note, TEXT_SIZE, width)]
    return replace(before, notes=tuple(wrapped))


def _sheet(
    answer: Comparison, theme: Theme, before: Tile, after: list[Tile], columns: int | None = None
) -> Scene:
    """The tiles on one sheet."""
    blocks = beside(before, after, columns)
    title, source = _title(answer), _source(answer)
    alt = f"{title}: {text.escaped(answer.feature_map.name)}. {_told(answer)}"
    return Sheet(title, blocks, [], theme, alt, source=source).scene()


# In an animation, arithmetic of at most so many pixels stands below an output.
WIDEST_ARITHMETIC = 280


def motion(answer: Comparison, theme: Theme) -> Motion:
    """One window slides over the input, and the outputs of all modes fill side by side.

    If the windows of the modes differ, no window is marked, and each output fills by the share of
    the windows of the first mode.
    """
    filling = _Filling(answer, theme)
    return Motion(partial(script_for, filling.windows), filling.draw)


@dataclass(frozen=True, eq=False)
class _Filling:
    """The outputs of a comparison as they fill."""

    answer: Comparison
    theme: Theme

    @cached_property
    def windows(self) -> Windows:
        """The windows of the first mode."""
        return ResultWindows(self.answer.outputs[0].result, self.answer.channel)

    @cached_property
    def _is_shared(self) -> bool:
        """Whether all modes have the same windows."""
        first, *others = (output.result.geometry for output in self.answer.outputs)
        return all(geometry.axes == first.axes for geometry in others)

    @cached_property
    def _tiles(self) -> tuple[Tile, list[Tile]]:
        before, after = _tiles(self.answer, self.theme)
        widest = max(
            [WIDEST_ARITHMETIC * bool(before.digits), *Row("", (), tuple(after), 0).widths]
        )
        return before, [replace(tile, slot=widest) for tile in after]

    def draw(self, shot: Shot) -> Scene:
        """The picture of a shot."""
        answer, (before, after) = self.answer, self._tiles
        indices = shot.band or (() if shot.step is None else (shot.step,))
        places = [divmod(index, self.windows.columns) for index in indices if self._is_shared]
        cells = spanned(map(answer.outputs[0].result.geometry.window, places))
        tiles = [
            self._output(output, tile, shot, places)
            for output, tile in zip(_by_contrast(answer), after, strict=True)
        ]
        input_size = answer.feature_map.input_size
        left = framed(_noted(before, [shot.words or " "]), cells, input_size)
        return _sheet(answer, self.theme, left, tiles)

    def _output(
        self, output: ModeOutput, tile: Tile, shot: Shot, places: list[tuple[int, int]]
    ) -> Tile:
        """An output with what is filled, and the value of the window that is marked."""
        size, total = output.result.output_size, self.windows.count
        has_value = bool(places) and shot.travelled > 0
        # A value that travels in other animations is in its place here.
        filled = (
            max(shot.filled, shot.step + 1) if has_value and shot.step is not None else shot.filled
        )
        number = tile.number if filled == total else None
        if has_value and not shot.band:
            number = self._value(output, *places[0]) or number
        shown = part_filled(tile, filled * math.prod(size) // total, size)
        marks = spanned(map(one, places)) if has_value else None
        return framed(replace(shown, number=number or (" ", " ")), marks, size)

    def _value(self, output: ModeOutput, row: int, column: int) -> tuple[str, str] | None:
        """The value of a window and its arithmetic, if that is short enough."""
        before = self._tiles[0]
        if self.answer.feature_map.is_rgb or not before.digits:
            return None
        step = output.result.step(row, column, self.answer.channel)
        value = before.panel.numbers.text(step.value)
        sentence = step.written(before.panel.numbers)
        room = WIDEST_ARITHMETIC - 8 - text_width(value, NUMBER_SIZE, bold=True)
        return value, sentence if text_width(sentence, TEXT_SIZE) <= room else " "


def _by_contrast(answer: Comparison) -> list[ModeOutput]:
    """The outputs, those that keep most contrast first."""

    def kept(output: ModeOutput) -> float:
        share = output.contrast_kept
        return -math.inf if share is None or math.isnan(share) else share

    return sorted(answer.outputs, key=kept, reverse=True)


def _stays_within(output: ModeOutput, answer: Comparison) -> bool:
    """Whether the finite values of an output lie in the range of the input's."""
    ends = [
        extent([values[answer.channel]])[:2]
        for values in (answer.feature_map.values, output.result.output)
    ]
    (low, high), (lowest, highest) = ends
    slack = 1e-6 * (high - low)
    return low - slack <= lowest and highest <= high + slack


def _tile(title: str, values: Array, scale: ValueScale, side: int, answer: Comparison) -> Tile:
    """A map on the sheet: in colour, or the channel that is shown."""
    if answer.feature_map.is_rgb:
        return fitted_tile(title, values, scale, side, in_color=True)
    return fitted_tile(title, values[answer.channel, None], scale, side)


def _output_tile(
    output: ModeOutput, scale: ValueScale | None, side: int, answer: Comparison, theme: Theme
) -> Tile:
    """An output with its contrast; with its own value scale if there is no other."""
    values = output.result.output
    planes = values if answer.feature_map.is_rgb else values[answer.channel]
    own = scale
    if own is None:
        # Zero has the colour that it has in the input.
        negative = extent([answer.feature_map.values[answer.channel]])[0] < 0
        own = value_scale(theme, planes, *([-planes] if negative else []), value_range=None)
    if answer.feature_map.is_rgb:
        own = replace(own, anchors=GREY)
    tile = _tile(output.name, values, own, side, answer)
    notes = [OWN] if scale is None else []
    windows = describe_windows(output.result.geometry)
    if windows not in _windows_in_title(answer) and not is_global(output.result.spec):
        notes.append(windows)
    number = text.percent(output.contrast_kept), "of contrast kept"
    return replace(tile, number=number, notes=tuple(notes), bar=scale is None)


def _with_digits(tiles: list[Tile], cell: int) -> list[Tile]:
    """Maps with cells of one size, if these have room for digits; else as they are."""
    longest = max(tile.panel.longest for tile in tiles)
    if all(len(tile.panel.values) == 1 for tile in tiles) and longest <= MOST_IN_ROW:
        return written_alike([replace(tile, cell=ROW_CELL) for tile in tiles])
    if longest > WITH_DIGITS:
        cell = min(cell, INPUT_SIDE // longest)
    written = written_alike([replace(tile, cell=cell) for tile in tiles], WITH_DIGITS)
    if written[0].digits:
        return written
    small = max(tile.panel.longest for tile in tiles[1:])
    if small <= WITH_DIGITS:
        # Only the outputs have room for digits.
        cell = min(CELLS[1], max(tile.cell for tile in tiles[1:]))
        return [tiles[0], *written_alike([replace(t, cell=cell) for t in tiles[1:]], small)]
    return tiles


def _title(answer: Comparison) -> str:
    """``Ten ways to pool, 2×2, stride 2``."""
    count = len(answer.outputs)
    if count == 1:
        return answer.outputs[0].result.plan.title
    words = COUNTS[count] if count < len(COUNTS) else str(count)
    return f"{words} ways to pool, {_windows_in_title(answer)}"


def _windows_in_title(answer: Comparison) -> str:
    """The windows that most modes have."""
    counts = Counter(
        "global" if is_global(output.result.spec) else describe_windows(output.result.geometry)
        for output in answer.outputs
    )
    return counts.most_common(1)[0][0]


def _source(answer: Comparison) -> str:
    """The name of the map, with its shape before and after."""
    feature_map = answer.feature_map
    shapes = Counter(text.size(output.result.output_shape) for output in answer.outputs)
    words = shapes.most_common(1)[0][0]
    channel = "" if feature_map.is_rgb else channel_words(feature_map, answer.channel)
    return f"{short_name(feature_map)}, {text.size(feature_map.shape)} → {words}{channel}"


# An alt text has the values of at most this many cells of a map.
MOST_TOLD = 16


def _told(answer: Comparison) -> str:
    """What the picture shows, in words."""
    told = []
    for output in _by_contrast(answer):
        plane = output.result.output[answer.channel]
        words = f"{output.name} keeps {text.percent(output.contrast_kept)} of the contrast"
        if plane.size <= MOST_TOLD and not answer.feature_map.is_rgb:
            words += f": {' / '.join(' '.join(map(text.number, row)) for row in plane)}"
        told.append(words)
    size = text.size(answer.feature_map.input_size)
    return f"The input is a {size} map. {'; '.join(told)}."


def page(answer: Comparison, theme: Theme) -> PageContent:
    """A page with one variant for each mode."""
    variants = [Variant(output.name, output.result) for output in answer.outputs]
    return PageContent(variants, channel=answer.channel, theme=theme)
