"""What a shift of the input changes: on the terminal, as data, as figures."""

from collections.abc import Iterable, Iterator
from typing import Any

from poolviz import text
from poolviz.analysis.shift import Offset, Shift
from poolviz.feature_map import FeatureMap
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

Sweep = list[tuple[Offset, list[Shift]]]
HEAD = ("", "unchanged", "mean change", "largest change")
# What comes in at the edge, in words.
FILLED = {
    "edge": "the edge repeated",
    "zero": "zeros coming in",
    "wrap": "what leaves coming in again",
}
NO_POOLING = "the input itself"


def shift_lines(
    found: list[Shift], source: FeatureMap, by: Offset, fill: str, channel: int, screen: Screen
) -> Iterable[Segments]:
    """Each map before and after the shift, changed values starred, then how many those are."""
    words = f"{_windows(found)}{channel_words(source, channel)}"
    name = text.escaped(source.name)
    yield heading(f"{name} moved {direction(by)}, {FILLED[fill]}; {words}")
    scale = _scale(found, source, channel, screen.theme)
    for each in found:
        yield []
        grids = _grids(each, scale, channel, screen)
        yield from side_by_side([list(grid.lines()) for grid in grids], screen.width)
    if any(each.changed[channel].any() for each in found):
        yield []
        star = BRACKETS["changed"][0]
        yield plain(f"{star} another value than before the shift, at the same place")
    yield []
    rows = [(_name(each), *_numbers(each)) for each in found]
    yield from table(HEAD, rows, screen.width)
    yield from map(plain, all_channels(source))


def _windows(found: list[Shift]) -> str:
    """The windows of the first mode."""
    result = found[1].result
    return describe_windows(result.geometry) if result else ""


def direction(by: Offset) -> str:
    """``1 row down, 2 columns to the left``.

    Example:
        >>> direction((1, -2))
        '1 row down, 2 columns to the left'
    """
    down, right = by
    words = []
    if down:
        words.append(f"{text.counted(abs(down), 'row')} {'down' if down > 0 else 'up'}")
    if right:
        side = "right" if right > 0 else "left"
        words.append(f"{text.counted(abs(right), 'column')} to the {side}")
    return ", ".join(words) or "not at all"


def _name(each: Shift) -> str:
    return each.name or NO_POOLING


def _numbers(each: Shift) -> tuple[str, str, str]:
    return (
        text.percent(each.unchanged),
        text.number_or_dash(each.mean),
        text.number_or_dash(each.largest),
    )


def _scale(found: list[Shift], source: FeatureMap, channel: int, theme: Theme) -> ValueScale:
    """One for all maps."""
    planes = [plane[channel] for each in found for plane in (each.before, each.after)]
    return value_scale(theme, *planes, value_range=source.value_range)


def _grids(each: Shift, scale: ValueScale, channel: int, screen: Screen) -> list[Grid]:
    """The same part of a map before and after."""
    before, after, changed = each.before[channel], each.after[channel], each.changed[channel]
    row, column = divmod(int(changed.argmax()), after.shape[1])
    window = range(row, row + 1), range(column, column + 1)
    size = text.size(after.shape)
    first = plane_grid(f"{_name(each)} {size}, before", before, scale, screen, window)
    return [first, marked(plane_grid("after", after, scale, screen, window), changed)]


def sweep_lines(
    found: Sweep, source: FeatureMap, by: Offset, fill: str, screen: Screen
) -> Iterable[Segments]:
    """For each shift the share of values that stay the same, a column for each mode."""
    name, steps = text.escaped(source.name), f"{_steps(found, by)}, {FILLED[fill]}"
    yield heading(f"{name}: unchanged after shifts of {steps}")
    yield []
    names = [_name(each) for each in found[0][1]]
    rows = [
        (str(times), *(text.percent(each.unchanged) for each in shifts))
        for times, (_, shifts) in enumerate(found)
    ]
    yield from table(("shift", *names), rows, screen.width)


def _steps(found: Sweep, by: Offset) -> str:
    return f"0 to {len(found) - 1} times {direction(by)}"


def shift_document(
    found: list[Shift], by: Offset, channel: int, *, full: bool = False
) -> dict[str, Any]:
    """A shift as plain data; maps of many values are None unless ``full``."""
    maps = list(_documents(found, channel, full=full))
    return {"by": list(by), "channel": channel, "maps": maps}


def _documents(found: list[Shift], channel: int, *, full: bool) -> Iterator[dict[str, Any]]:
    for each in found:
        yield {
            "mode": each.name or None,
            "unchanged": each.unchanged,
            "mean_change": each.mean,
            "largest_change": each.largest,
            "before": listed(each.before[channel], full=full),
            "after": listed(each.after[channel], full=full),
            "changed": listed(each.changed[channel], full=full),
        }


def sweep_document(found: Sweep, *, full: bool = False) -> dict[str, Any]:
    """A sweep as plain data; it has no maps, so ``full`` adds nothing."""
    del full
    return {
        "shifts": [
            {"by": list(by), "unchanged": {_name(each): each.unchanged for each in shifts}}
            for by, shifts in found
        ]
    }


def shift_scene(
    found: list[Shift], source: FeatureMap, by: Offset, fill: str, channel: int, theme: Theme
) -> Scene:
    """Each map before and after, changed values outlined."""
    name = short_name(source)
    title = f"{name} moved {direction(by)}; {_windows(found)}"
    scale = _scale(found, source, channel, theme)
    rows = [
        [
            map_panel(f"{_name(each)}, before", each.before[channel], scale, theme),
            map_panel("after", each.after[channel], scale, theme, each.changed[channel]),
        ]
        for each in found
    ]
    captions = [f"framed: another value than before the shift, at the same place; {FILLED[fill]}"]
    captions += [f"{_name(each)}: {text.percent(each.unchanged)} unchanged" for each in found]
    return panels_scene(title, rows, captions, theme, f"{title}. {'. '.join(captions)}.")


def sweep_chart(found: Sweep, source: FeatureMap, by: Offset, fill: str, theme: Theme) -> Chart:
    """The share of values that stay the same, a curve for each mode."""
    firsts = found[0][1]
    curves = tuple(
        Curve(
            _name(first),
            tuple(shifts[at].unchanged for _, shifts in found),
            muted=not first.name,
        )
        for at, first in enumerate(firsts)
    )
    name = short_name(source)
    title = f"{name}: what stays the same when the input moves"
    captions = (f"each shift is {direction(by)}, {FILLED[fill]}; {_windows(firsts)}",)
    return Chart(
        title,
        f"{title}. {_spelled_out(curves)}",
        tuple(range(len(found))),
        "shift",
        "values unchanged (%)",
        curves,
        captions,
        theme,
    )


def _spelled_out(curves: tuple[Curve, ...]) -> str:
    """Each curve's values in words, for alt texts."""
    return " ".join(
        f"{curve.name}: {', '.join(map(text.percent, curve.values))}." for curve in curves
    )


def shift_page(
    found: list[Shift], source: FeatureMap, by: Offset, fill: str, channel: int, theme: Theme
) -> PageContent:
    """The page on which a reader looks at each mode before and after the shift."""
    moved = f"moved {direction(by)}, {FILLED[fill]}"
    mark = "marked corner: another value than before the shift, at the same place"
    variants = []
    for each in found:
        if each.original is None or each.result is None:
            continue
        told = f"{text.percent(each.unchanged)} of the outputs unchanged"
        variants.append(Variant(each.name, each.original, notes=("before the shift",)))
        notes = (f"{text.escaped(source.name)} {moved}: {told}", mark)
        variants.append(Variant(f"{each.name}, moved", each.result, each.changed, notes))
    return PageContent(variants, "pooling", channel, theme)
