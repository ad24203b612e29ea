"""View of what a shift of the input changes, and of a sweep of shifts."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.shift import Movement, Offset, Shift, Shifts, Sweep
from poolviz.plan import describe_windows
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.paint.chart import Chart, Curve, emphasised
from poolviz.views.paint.formats import Pace
from poolviz.views.paint.script import Motion, Shot
from poolviz.views.scene.columns import aligned, beside, fitted_tile, written_alike
from poolviz.views.scene.elements import LONGEST_WHOLE, Scene
from poolviz.views.scene.sheet import APART, Row, Sheet, Tile
from poolviz.views.scene.shown import short_name
from poolviz.views.scene.style import Theme, ValueScale, round_outward, value_scale
from poolviz.views.terminal.grid import BRACKETS, Grid, Screen, Segments, marked, plane_grid
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

HEAD = ("", "unchanged", "mean change", "largest change")
# What enters at the edge, in words.
FILL_WORDS = {
    "edge": "edge values repeated",
    "zero": "zeros entering",
    "wrap": "wrapped around",
}
NO_POOLING = "the input itself"
RELATIVE = "mean change, in % of the standard deviation of the values"
CHANGED = "value differs from the one at the same place before the shift"


def lines(answer: Shifts | Sweep, screen: Screen) -> Iterable[Segments]:
    """The answer as lines for the terminal."""
    if isinstance(answer, Sweep):
        return _sweep_lines(answer, screen)
    return _shift_lines(answer, screen)


def _shift_lines(answer: Shifts, screen: Screen) -> Iterable[Segments]:
    """Each map before and after the shift with marks on changed values, then a table."""
    feature_map, channel = answer.feature_map, answer.channel
    words = f"{_windows(answer)}{channel_words(feature_map, channel)}"
    yield heading(f"{text.escaped(feature_map.name)} {_moved(answer.movement)}; {words}")
    scale = _scale(answer, screen.theme)
    for shift in answer.maps:
        yield []
        grids = _grids(shift, scale, channel, screen)
        yield from side_by_side([list(grid.lines()) for grid in grids], screen.width)
    if any(shift.changed[channel].any() for shift in answer.maps):
        yield []
        yield plain(f"{BRACKETS['changed'][0]} {CHANGED}")
    yield []
    rows = [
        (
            _name(shift),
            text.percent(shift.unchanged),
            text.number_or_dash(shift.mean),
            text.number_or_dash(shift.largest),
        )
        for shift in answer.maps
    ]
    yield from table(HEAD, rows, screen.width)
    yield from map(plain, all_channels(feature_map))


def _sweep_lines(answer: Sweep, screen: Screen) -> Iterable[Segments]:
    """For each shift how much stays the same and how much changes, a column for each mode."""
    words = f"{_shifts(answer)}, {FILL_WORDS[answer.movement.fill]}"
    names = ("shift", *map(_name, answer.shifts[0].maps))
    name = text.escaped(answer.feature_map.name)
    measured = {
        f"{name}: share unchanged after {words}": lambda shift: text.percent(shift.unchanged),
        RELATIVE: lambda shift: text.percent(float(f"{shift.relative:.3g}")),
    }
    for title, measure in measured.items():
        if title == RELATIVE:
            yield []
        yield heading(title)
        yield []
        rows = [
            (str(times), *map(measure, shifts.maps)) for times, shifts in enumerate(answer.shifts)
        ]
        yield from table(names, rows, screen.width)


def _shifts(sweep: Sweep) -> str:
    """``shifts of 0 to 4 columns to the right``, or ``0 to 4 shifts by 2 columns to the right``."""
    most, offset = len(sweep.shifts) - 1, sweep.movement.offset
    if sorted(map(abs, offset)) == [0, 1]:
        return f"shifts of 0 to {direction((most * offset[0], most * offset[1]))}"
    return f"0 to {most} shifts by {direction(offset)}"


def _windows(answer: Shifts) -> str:
    """The windows of the first mode."""
    result = answer.maps[1].result
    return describe_windows(result.geometry) if result else ""


def _moved(movement: Movement) -> str:
    return f"moved {direction(movement.offset)}, {FILL_WORDS[movement.fill]}"


def direction(offset: Offset) -> str:
    """An offset in words.

    Example:
        >>> direction((1, -2))
        '1 row down, 2 columns to the left'
    """
    down, right = offset
    words = []
    if down:
        words.append(f"{text.counted(abs(down), 'row')} {'down' if down > 0 else 'up'}")
    if right:
        side = "right" if right > 0 else "left"
        words.append(f"{text.counted(abs(right), 'column')} to the {side}")
    return ", ".join(words) or "by 0 cells"


def _name(shift: Shift) -> str:
    return shift.name or NO_POOLING


def _scale(answer: Shifts, theme: Theme) -> ValueScale:
    """One scale for all maps."""
    planes = [
        values[answer.channel] for shift in answer.maps for values in (shift.before, shift.after)
    ]
    return value_scale(theme, *planes, value_range=answer.feature_map.value_range)


def _grids(shift: Shift, scale: ValueScale, channel: int, screen: Screen) -> list[Grid]:
    """The same part of a map before and after the shift."""
    before, after, changed = shift.before[channel], shift.after[channel], shift.changed[channel]
    row, column = divmod(int(changed.argmax()), after.shape[1])
    window = range(row, row + 1), range(column, column + 1)
    title = f"{_name(shift)} {text.size(after.shape)}, before"
    return [
        plane_grid(title, before, scale, screen, window),
        marked(plane_grid("after", after, scale, screen, window), changed),
    ]


def document(answer: Shifts | Sweep, *, full: bool = False) -> dict[str, Any]:
    """The answer as plain data; large maps are None unless ``full``."""
    if isinstance(answer, Sweep):
        return _sweep_document(answer)
    return _shift_document(answer, full=full)


def _shift_document(answer: Shifts, *, full: bool) -> dict[str, Any]:
    channel = answer.channel
    maps = [
        {
            "mode": shift.name or None,
            "unchanged": shift.unchanged,
            "mean_change": shift.mean,
            "largest_change": shift.largest,
            "before": listed(shift.before[channel], full=full),
            "after": listed(shift.after[channel], full=full),
            "changed": listed(shift.changed[channel], full=full),
        }
        for shift in answer.maps
    ]
    return {"by": list(answer.movement.offset), "channel": channel, "maps": maps}


def _sweep_document(answer: Sweep) -> dict[str, Any]:
    return {
        "shifts": [
            {
                "by": list(shifts.movement.offset),
                "unchanged": {_name(shift): shift.unchanged for shift in shifts.maps},
                "relative": {_name(shift): shift.relative for shift in shifts.maps},
            }
            for shifts in answer.shifts
        ]
    }


def scene(answer: Shifts | Sweep, theme: Theme) -> Scene | Chart:
    """The answer as a figure."""
    if isinstance(answer, Sweep):
        return _draw_sweep(answer, theme)
    return _draw_shift(answer, theme)


# The longest side of a map in pixels, of a few maps and of more; the cells of maps with digits.
SIDE, SMALL_SIDE, CELL, FEW = 256, 160, 44, 4
# Maps up to this side have digits.
WITH_DIGITS = 8
# Of a difference without digits, this part of the cells that change are drawn below full colour.
FULL_COLOR_FROM = 0.9
COLUMNS = ("before", "after", "|after − before|")


def _draw_shift(answer: Shifts, theme: Theme) -> Scene:
    """Three columns: each map before the shift, after it, and the difference of the two."""
    feature_map, moved = answer.feature_map, direction(answer.movement.offset)
    scale, changes = _scale(answer, theme), [_change(shift, answer) for shift in answer.maps]
    has_digits = not feature_map.is_rgb and max(feature_map.input_size) <= WITH_DIGITS
    sized, is_narrow = theme.choices.sized, theme.choices.below
    side = sized(SIDE if len(answer.maps) <= FEW else SMALL_SIDE)
    strong, words = _difference_scale(changes, theme, has_digits=has_digits)
    tiles = []
    for shift, change in zip(answer.maps, changes, strict=True):
        for values in (shift.before, shift.after):
            planes = values if feature_map.is_rgb else values[answer.channel, None]
            tiles.append(fitted_tile("", planes, scale, side, in_color=feature_map.is_rgb))
        tile = fitted_tile("", change[None], strong, side)
        tiles.append(replace(tile, panel=replace(tile.panel, blank=tile.panel.values == 0)))
    if has_digits:
        tiles = written_alike([replace(tile, cell=sized(CELL)) for tile in tiles], WITH_DIGITS)
    rows = []
    for index, shift in enumerate(answer.maps):
        row = [
            replace(tile, panel=replace(tile.panel, title=title))
            for tile, title in zip(
                tiles[3 * index : 3 * index + 3], ("",) * 3 if index else COLUMNS, strict=True
            )
        ]
        where = f"in the output of {shift.name}" if shift.name else "in the input before the shift"
        heading = f"{where}, {text.size(shift.before.shape[1:])}"
        # A narrow picture has no room for words beside the maps.
        lines = (", ".join(_told(shift)),) if is_narrow else ()
        aside = () if is_narrow else _aside(shift)
        rows.append(Row(heading, lines, tuple(row), side, aside=aside, below=APART))
    title = f"What stays the same when the input moves {moved}"
    captions = [f"the input moves {moved}, {FILL_WORDS[answer.movement.fill]}; {words}"]
    told = [f"{_name(shift)}: {', '.join(_told(shift))}" for shift in answer.maps]
    alt = f"{title}: {text.escaped(feature_map.name)}, {_windows(answer)}. {'. '.join(told)}."
    channel = "" if feature_map.is_rgb else channel_words(feature_map, answer.channel)
    source = f"{short_name(feature_map)}, pooled {_windows(answer)}{channel}"
    named = ([] if feature_map.is_rgb else [("value", scale)]) + [("difference", strong)]
    return Sheet(title, aligned(rows), captions, theme, alt, tuple(named), source).scene()


# The time of the map before the shift, and of each flash of what changed, in milliseconds.
BEFORE_MS, FLASH_MS, FLASHES = 2000, 500, 3
# So much of the accent's colour have cells that are too small for an outline.
TINT = 0.6


def motion(answer: Shifts, theme: Theme) -> Motion:
    """The input moves, and the outputs that change flash."""
    feature_map = answer.feature_map
    scale, sized = _scale(answer, theme), theme.choices.sized
    has_digits = not feature_map.is_rgb and max(feature_map.input_size) <= WITH_DIGITS
    tiles = []
    for shift in answer.maps:
        for values in (shift.before, shift.after):
            planes = values if feature_map.is_rgb else values[answer.channel, None]
            name = f"{shift.name or 'input'} {text.size(planes.shape[1:])}"
            tile = fitted_tile(name, planes, scale, sized(SIDE), in_color=feature_map.is_rgb)
            tiles.append(replace(tile, bar=not (shift.name or feature_map.is_rgb)))
    if has_digits:
        tiles = written_alike([replace(tile, cell=sized(CELL)) for tile in tiles], WITH_DIGITS)
    widest = max(Row("", (), tuple(tiles), 0).widths)
    numbers = [(number, words) for number, words, *_ in map(_aside, answer.maps)]
    title = f"What stays the same when the input moves {direction(answer.movement.offset)}"
    alt = f"{title}: {text.escaped(feature_map.name)}, {_windows(answer)}."

    def draw(shot: Shot) -> Scene:
        has_moved, is_marked = shot.filled > 0, shot.travelled < 1
        shown = []
        for index, shift in enumerate(answer.maps):
            tile = tiles[2 * index + has_moved]
            if is_marked and shift.name:
                tile = _outlined(tile, shift, answer)
            number = numbers[index] if has_moved else (" ", " ")
            shown.append(replace(tile, slot=widest, number=number))
        state = f"moved {direction(answer.movement.offset)}" if has_moved else "before the shift"
        captions = [f"{state}, {FILL_WORDS[answer.movement.fill]}" if has_moved else state]
        source = f"{short_name(feature_map)}, pooled {_windows(answer)}"
        blocks = beside(shown[0], shown[1:])
        return Sheet(title, blocks, captions, theme, alt, source=source).scene()

    def script(pace: Pace, _room: int | None) -> list[Shot]:
        beat = pace.delay or FLASH_MS
        moments = [Shot(pace.delay or BEFORE_MS, 0)]
        for _ in range(FLASHES):
            moments += [Shot(beat, 1), Shot(beat, 1, travelled=0)]
        return [*moments[:-1], replace(moments[-1], milliseconds=pace.last)]

    return Motion(script, draw)


def _outlined(tile: Tile, shift: Shift, answer: Shifts) -> Tile:
    """A map with its changed cells outlined, or, where cells are small, tinted."""
    panel = tile.panel
    channels = slice(None) if answer.feature_map.is_rgb else [answer.channel]
    changed = np.asarray(shift.changed[channels].any(axis=0))
    rows, columns = (
        np.arange(drawn) * length // drawn
        for drawn, length in zip(panel.values.shape, changed.shape, strict=True)
    )
    marked = changed[np.ix_(rows, columns)]
    if tile.digits:
        return replace(tile, panel=replace(panel, marked=marked))
    colors = panel.scale.colors(panel.values) if panel.colors is None else panel.colors
    tinted = colors + (np.array(panel.theme.accent) - colors) * TINT
    colors = np.where(marked[..., None], tinted.round().astype(np.uint8), colors)
    return replace(tile, panel=replace(panel, colors=colors))


def _change(shift: Shift, answer: Shifts) -> Array:
    """(H, W) |after − before|, the largest of all channels of an image in colour."""
    with np.errstate(all="ignore"):
        change = np.abs(np.asarray(shift.after, np.float64) - np.asarray(shift.before, np.float64))
    # Equal infinities have no difference.
    change = np.where(shift.changed, change, 0.0)
    if shift.before.dtype.kind in "iu" and change.max(initial=0) < LONGEST_WHOLE:
        change = change.astype(np.int64)
    return np.asarray(change.max(axis=0) if answer.feature_map.is_rgb else change[answer.channel])


def _difference_scale(
    changes: list[Array], theme: Theme, *, has_digits: bool
) -> tuple[ValueScale, str]:
    """From the background, for no change, to full colour, and what the picture says about it.

    Small differences of a map without digits are drawn stronger, so that they can be seen.
    """
    found = np.concatenate([change[np.isfinite(change) & (change > 0)] for change in changes])
    top = round_outward(0.0, float(found.max(initial=0.0)))[1] or 1.0
    words = "blank: unchanged"
    if not has_digits and found.size:
        high = round_outward(0.0, float(np.quantile(found, FULL_COLOR_FROM)))[1]
        if high < top:
            top, words = high, f"{words}, full colour: a change of {text.number(high)} or more"
    scale = value_scale(theme, *changes, value_range=None)
    return replace(scale, low=0.0, high=top, anchors=(theme.background, theme.positive)), words


def _aside(shift: Shift) -> tuple[str, ...]:
    """``44.4 %``, and what it is."""
    share, *changes = _told(shift)
    number, words = share.rsplit(" ", 1)
    return number, words, *changes


def _told(shift: Shift) -> list[str]:
    """``44.4 % unchanged``, and how large the changes are."""
    told = [f"{text.percent(shift.unchanged)} unchanged"]
    if shift.mean is not None and shift.largest is not None:
        told += [
            f"mean change {text.number(shift.mean)}",
            f"largest change {text.number(shift.largest)}",
        ]
    return told


def _draw_sweep(answer: Sweep, theme: Theme) -> Chart:
    """How much changes, a curve for each mode."""
    curves = tuple(
        Curve(
            _name(first),
            tuple(shifts.maps[index].relative for shifts in answer.shifts),
            muted=not first.name,
        )
        for index, first in enumerate(answer.shifts[0].maps)
    )
    title = "What changes when the input moves"
    source = f"{short_name(answer.feature_map)}, pooled {_windows(answer.shifts[0])}"
    step = direction(answer.movement.offset)
    values = " ".join(
        f"{curve.name}: {', '.join(map(text.percent, curve.values))}." for curve in curves
    )
    captions = [FILL_WORDS[answer.movement.fill]]
    if len(emphasised(curves)) < len(curves) - 1:
        captions.append("in colour: what changes most and least on average")
    return Chart(
        title,
        f"{title}: {text.escaped(answer.feature_map.name)}. {values}",
        tuple(range(len(answer.shifts))),
        f"shift, in steps of {step}",
        "mean change (% of std. dev.)",
        curves,
        ("; ".join(captions),),
        theme,
        source=source,
        most=round_outward(0.0, max(max(curve.values) for curve in curves) or 1.0)[1],
    )


def page(answer: Shifts, theme: Theme) -> PageContent:
    """A page with two variants for each mode: before and after the shift."""
    name, moved = text.escaped(answer.feature_map.name), _moved(answer.movement)
    variants = []
    for shift in answer.maps:
        if shift.original is None or shift.result is None:
            continue
        unchanged = f"{text.percent(shift.unchanged)} of the outputs unchanged"
        notes = (f"{name} {moved}: {unchanged}", f"marked corner: {CHANGED}")
        variants.append(Variant(shift.name, shift.original, notes=("before the shift",)))
        variants.append(Variant(f"{shift.name}, moved", shift.result, shift.changed, notes))
    return PageContent(variants, "pooling", answer.channel, theme)
