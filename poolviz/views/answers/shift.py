"""View of what a shift of the input changes, and of a sweep of shifts."""

from collections.abc import Iterable
from typing import Any

from poolviz import text
from poolviz.analysis.shift import Movement, Offset, Shift, Shifts, Sweep
from poolviz.plan import describe_windows
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.paint.chart import Chart, Curve
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.sheet import map_panel, panels_scene
from poolviz.views.scene.stage import short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.views.terminal.grid import BRACKETS, Grid, Screen, Segments, marked
from poolviz.views.terminal.lines import heading, listed, plain, side_by_side, table
from poolviz.views.terminal.result import all_channels, channel_words, plane_grid

HEAD = ("", "unchanged", "mean change", "largest change")
# What enters at the edge, in words.
FILL_WORDS = {
    "edge": "edge values repeated",
    "zero": "zeros entering",
    "wrap": "wrapped around",
}
NO_POOLING = "the input itself"
CHANGED = "value differs from before the shift, at the same place"


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
    """For each shift the share of values that stay the same, a column for each mode."""
    steps = f"0 to {len(answer.shifts) - 1} times {direction(answer.movement.offset)}"
    fill = FILL_WORDS[answer.movement.fill]
    yield heading(
        f"{text.escaped(answer.feature_map.name)}: unchanged after shifts of {steps}, {fill}"
    )
    yield []
    names = map(_name, answer.shifts[0].maps)
    rows = [
        (str(times), *(text.percent(shift.unchanged) for shift in shifts.maps))
        for times, shifts in enumerate(answer.shifts)
    ]
    yield from table(("shift", *names), rows, screen.width)


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
            }
            for shifts in answer.shifts
        ]
    }


def scene(answer: Shifts | Sweep, theme: Theme) -> Scene | Chart:
    """The answer as a figure."""
    if isinstance(answer, Sweep):
        return _draw_sweep(answer, theme)
    return _draw_shift(answer, theme)


def _draw_shift(answer: Shifts, theme: Theme) -> Scene:
    """Each map before and after the shift, with frames around changed values."""
    direction_words = direction(answer.movement.offset)
    title = f"{short_name(answer.feature_map)} moved {direction_words}; {_windows(answer)}"
    scale, channel = _scale(answer, theme), answer.channel
    rows = [
        [
            map_panel(f"{_name(shift)}, before", shift.before[channel], scale, theme),
            map_panel("after", shift.after[channel], scale, theme, shift.changed[channel]),
        ]
        for shift in answer.maps
    ]
    captions = [f"framed: {CHANGED}; {FILL_WORDS[answer.movement.fill]}"]
    captions += [
        f"{_name(shift)}: {text.percent(shift.unchanged)} unchanged" for shift in answer.maps
    ]
    return panels_scene(title, rows, captions, theme, f"{title}. {'. '.join(captions)}.")


def _draw_sweep(answer: Sweep, theme: Theme) -> Chart:
    """The share of values that stay the same, a curve for each mode."""
    curves = tuple(
        Curve(
            _name(first),
            tuple(shifts.maps[index].unchanged for shifts in answer.shifts),
            muted=not first.name,
        )
        for index, first in enumerate(answer.shifts[0].maps)
    )
    title = f"{short_name(answer.feature_map)}: what stays the same when the input moves"
    step = f"{direction(answer.movement.offset)}, {FILL_WORDS[answer.movement.fill]}"
    values = " ".join(
        f"{curve.name}: {', '.join(map(text.percent, curve.values))}." for curve in curves
    )
    return Chart(
        title,
        f"{title}. {values}",
        tuple(range(len(answer.shifts))),
        "shift",
        "values unchanged (%)",
        curves,
        (f"each shift is {step}; {_windows(answer.shifts[0])}",),
        theme,
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
