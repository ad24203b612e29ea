"""The map as a volume before and after pooling: channels as a stack of sheets."""

from poolviz import text
from poolviz.analysis.example import best_window
from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure, part_of
from poolviz.views.figures._poster import HEADING_SIZE, LINE, Poster, arrow, fit, frame, shrunk
from poolviz.views.scene.elements import Box, Label, Pixels, Scene, Stroke, one
from poolviz.views.scene.fonts import text_width
from poolviz.views.scene.region import Region
from poolviz.views.scene.shown import short_name
from poolviz.views.scene.style import Theme, ValueScale, mixed, value_scale
from poolviz.windows import Array

# At most so many sheets stand behind each other.
MOST_SHEETS = 12
# The longest side of the larger front sheet, and how far a sheet is offset, in pixels.
SIDE, LEAST_SIDE, DEPTH, MOST_OFFSET = 300, 40, 150, 26
APART = 150


def scene(
    result: PoolResult,
    channel: int,
    region: Region | None,
    theme: Theme,
    cell: tuple[int, int] | None = None,
) -> Scene:
    """Two stacks of sheets in one scale of length; ``channel`` is in front, ``region`` unused.

    One window is marked on the front sheet: the one of ``cell``, or the best example.
    """
    del region
    maps = MapFigure(result, channel, None, theme)
    count = len(result.output)
    poster = Poster(_title(result), _subtitle(result), theme)
    order = _order(count, channel)
    sizes = result.feature_map.input_size, result.output_size
    longest = max(max(size) for size in sizes)
    scales = [_scale(result, index, theme) for index in order]
    sized = theme.choices.sized
    offset = min(MOST_OFFSET, sized(DEPTH) // max(len(order), 1))
    deep = offset * (len(order) - 1)
    before = fit(sizes[0], sized(SIDE) * max(sizes[0]) // longest)
    ratio = before[0] / sizes[0][1], before[1] / sizes[0][0]
    after = max(8, round(sizes[1][1] * ratio[0])), max(8, round(sizes[1][0] * ratio[1]))
    # Both front sheets stand on one ground line.
    top = LINE + max(before[1], after[1]) + deep
    left = 0
    stacks = (result.feature_map.values, before), (result.output, after)
    corners = []
    for planes, (width, height) in stacks:
        y = top - height
        _stack(poster, (planes, order, scales), (left, y, width, height), offset, theme)
        corners.append((left, y))
        # The next stack begins to the right of what is written about this one.
        words = text_width(text.counted(count, "channel"), HEADING_SIZE, bold=True)
        rows = text_width(f"{planes.shape[1]:,}", HEADING_SIZE, bold=True)
        left += max(width + deep + max(sized(APART), rows + 2 * LINE), words + LINE)
    _window(poster, maps, corners, (before, after), cell)
    for (planes, size), corner in zip(stacks, corners, strict=True):
        _measures(poster, planes.shape, (*corner, *size), deep, theme)
    shown = len(order)
    if shown < count:
        poster.notes.append(f"{shown} of {count:,} sheets are drawn")
    poster.notes.append(f"output size: {result.formula}")
    return poster.scene(_alt(result))


def _title(result: PoolResult) -> str:
    """``16×14×14 → 16×7×7``: what stays and what shrinks."""
    before = text.size(result.feature_map.values.shape)
    return f"{before} → {text.size(result.output.shape)}"


def _subtitle(result: PoolResult) -> str:
    """The request, and that channels do not mix."""
    each = "each channel by itself · " if len(result.output) > 1 else ""
    return f"{result.plan.title} · {each}{short_name(result.feature_map)}"


def _order(count: int, channel: int) -> list[int]:
    """The channels from front to back; the shown one in front."""
    others = [index for index in range(count) if index != channel]
    step = max(1, len(others) / (MOST_SHEETS - 1))
    picked = [others[int(at * step)] for at in range(min(len(others), MOST_SHEETS - 1))]
    return [channel, *picked]


def _scale(result: PoolResult, index: int, theme: Theme) -> ValueScale:
    """The scale of one channel, so that each sheet has contrast."""
    planes = result.feature_map.values[index], result.output[index]
    return value_scale(theme, *planes, value_range=result.feature_map.value_range)


def _stack(
    poster: Poster,
    sheets: tuple[Array, list[int], list[ValueScale]],
    area: tuple[int, int, int, int],
    offset: int,
    theme: Theme,
) -> None:
    """Sheets from back to front, each a bit lower and further left than the one behind."""
    planes, order, scales = sheets
    x, y, width, height = area
    for depth in range(len(order) - 1, -1, -1):
        plane, scale = planes[order[depth]], scales[depth]
        left, top = x + depth * offset, y - depth * offset
        rim = mixed(theme.background, theme.ink, 0.55)
        poster.add(Box(left - 2, top - 2, width + 4, height + 4, fill=theme.background))
        poster.add(Box(left - 1, top - 1, width + 2, height + 2, fill=rim))
        small = _small(plane, scale, (width, height))
        poster.add(Pixels(left, top, width, height, small))


def _small(plane: Array, scale: ValueScale, size: tuple[int, int]) -> Array:
    """A channel as a picture of at most these pixels."""
    return shrunk(plane.shape, size, lambda part: scale.colors(part_of(plane, part)))


def _measures(
    poster: Poster,
    shape: tuple[int, ...],
    area: tuple[int, int, int, int],
    deep: int,
    theme: Theme,
) -> None:
    """Width and channels below, height at the right, a line along the depth; none on a sheet."""
    x, y, width, height = area
    channels, rows, columns = shape
    size, ink = HEADING_SIZE, theme.ink
    below = y + height + LINE - 4
    poster.add(Label(x + width // 2, below, f"{columns:,}", size, ink, bold=True))
    right = x + width + deep + 12
    poster.add(Label(right, y - deep + height // 2, f"{rows:,}", size, ink, True, "left"))
    if deep:
        start = x + width + 10, y + height + 4
        end = start[0] + deep, start[1] - deep
        poster.add(Stroke(start, end, theme.muted, 2))
        words = text.counted(channels, "channel")
        poster.add(Label(x, below + LINE, words, size, ink, bold=True, anchor="left"))


def _window(
    poster: Poster,
    maps: MapFigure,
    corners: list[tuple[int, int]],
    sizes: tuple[tuple[int, int], tuple[int, int]],
    cell: tuple[int, int] | None,
) -> None:
    """One window on the front sheet, and its output."""
    result = maps.result
    index = cell or best_window(result, maps.channel)
    rows, columns = result.geometry.window(index)
    cells = (
        range(max(rows[0], 0), min(rows[-1] + 1, result.feature_map.input_size[0])),
        range(max(columns[0], 0), min(columns[-1] + 1, result.feature_map.input_size[1])),
    )
    outputs = one((index[0], index[1]))
    lengths = result.feature_map.input_size, result.output_size
    places = []
    for (x, y), (width, height), size, part in zip(
        corners, sizes, lengths, (cells, outputs), strict=True
    ):
        left = x + round(part[1].start * width / size[1])
        top = y + round(part[0].start * height / size[0])
        wide = max(4, round(len(part[1]) * width / size[1]))
        high = max(4, round(len(part[0]) * height / size[0]))
        places.append((left, top, wide, high))
        poster.add(*frame((left, top, wide, high), maps.theme))
    first, second = places
    start = first[0] + first[2] + 3, first[1] + first[3] // 2
    end = second[0] - 4, second[1] + second[3] // 2
    poster.add(*arrow(start, end, maps.theme))


def _alt(result: PoolResult) -> str:
    """What stays and what shrinks."""
    channels, height, width = result.feature_map.values.shape
    after = result.output_size
    return (
        f"Two stacks of sheets. Before: {text.counted(channels, 'channel')} of {height} rows and"
        f" {width} columns. After {result.summary}: as many channels, {after[0]} rows and"
        f" {after[1]} columns. Each channel is pooled by itself."
    )
