"""The animation: the window slides over the input, the output fills in."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from PIL import Image

from poolviz import text
from poolviz.analysis.example import FEW_CHANNELS, ranked_channels
from poolviz.memory import Budget
from poolviz.result import PoolResult, Step
from poolviz.views.paint import encoding
from poolviz.views.paint.canvas import EDGE_LEVELS, Canvas, Palette
from poolviz.views.paint.formats import Format, Pace, padded_size
from poolviz.views.paint.script import Motion, Shot, script_of, shows_whole
from poolviz.views.scene import legend, parts
from poolviz.views.scene.elements import (
    PANEL_SIDE,
    Box,
    Item,
    Label,
    Panel,
    Pixels,
    Scene,
    Wedge,
    corners_between,
    one,
    resampled,
)
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.legend import TEXT_SIZE
from poolviz.views.scene.parts import WEDGE_OPACITY, frame, marks
from poolviz.views.scene.region import Region
from poolviz.views.scene.shown import COLOR_NAMES
from poolviz.views.scene.stage import GAP, LINE, MARGIN, PANEL_TITLE_SIZE, Stage, stage_of
from poolviz.views.scene.style import Color, Theme, mixed, value_scale
from poolviz.windows import Array

# The longest side in pixels of the part of a picture in colour, which has the whole beside it.
CROP_SIDE = 336
# So many colours of outputs are drawn exactly; under a wedge as well if they are few.
MOST_EXACT, FEW_EXACT = 100, 40
# A sheet shows at most so many channels, with gaps of so many pixels.
MOST_CHANNELS, TILE_GAP = 64, 6
# A map this many times as long as wide is drawn as a strip of at least so many pixels.
SLIM, LEAST_SIDE = 12, 24
# An output this many times smaller than the input is drawn as large as the input.
MOST_SMALLER = 3
# Maps stand below each other if they are much larger then, as this part of their size still says.
BELOW_IF = 0.7
# So many pixels all maps together have at most: a larger picture makes a large file.
MOST_AREA = 330_000
# Cells of a picture from this side on are drawn as squares.
LEAST_CELL = 3
# So little, of 255, the noise of a photograph changes its colours.
NOISE = 8
# Iterates over indices and shows progress meanwhile.
Watch = Callable[[Iterable[int]], Iterable[int]]
# Makes a file of frames, their milliseconds, an alt text, and the number of times that it plays.
Encoder = Callable[[Iterable[Canvas], list[int], str, int], bytes]


def animation_stage(result: PoolResult, channel: int, region: Region, theme: Theme) -> Stage:
    """The stage of an animation, one step for each window of ``region``."""
    side = CROP_SIDE if result.feature_map.is_rgb else PANEL_SIDE
    return stage_of(result, channel, region, theme, side=side)


def opening_scene(stage: Stage) -> Scene:
    """Everything that does not change: the input, the empty output, the captions."""
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.unvisited_output(stage),
        *parts.captions(stage),
    ]
    return Scene(
        stage.width,
        stage.height,
        stage.theme.background,
        tuple(items),
        stage.alt_title,
        stage.describe(),
        _exact(stage),
    )


def _exact(stage: Stage) -> tuple[Color, ...]:
    """Colours that are not approximated where a palette is full: of marks, scale and outputs."""
    theme, edge = stage.theme, parts.wedge_edge(stage.theme)
    values = np.unique(stage.output_values)[:MOST_EXACT]
    outputs = [] if stage.is_rgb else stage.scale.colors(values).tolist()
    scale = legend.scale_colors(stage.scale)[0].tolist()
    levels = [WEDGE_OPACITY * level / EDGE_LEVELS for level in range(1, EDGE_LEVELS + 1)]
    wedges = [
        mixed(ground, theme.accent, opacity)
        for ground in (theme.background, theme.unvisited, theme.grid)
        for opacity in levels
    ]
    if len(outputs) <= FEW_EXACT:
        wedges += [mixed((r, g, b), theme.accent, WEDGE_OPACITY) for r, g, b in outputs]
    wedges += [mixed(theme.background, edge, level / EDGE_LEVELS) for level in (2, 3, 4)]
    known = [*scale, *outputs]
    return *theme.colors, *wedges, *((red, green, blue) for red, green, blue in known)


def paint_frames(
    stage: Stage, script: Sequence[Shot] | None = None, scale: int = 1, watch: Watch = iter
) -> Iterator[Canvas]:
    """Paint a frame for each shot of a script; all frames share one growing palette.

    Args:
        stage: the layout.
        script: what the frames show; None for the default.
        scale: a whole factor by which the frames are enlarged.
        watch: iterates over the indices of shots and shows progress.
    """
    script = script_of(stage, Pace()) if script is None else script
    opening = opening_scene(stage)
    palette = Palette(opening.exact)
    palette.adopt(_pictures(stage, opening))
    background = Canvas.of(opening, palette, scale)
    filled = 0
    for number in watch(range(len(script))):
        shot = script[number]
        if shot.whole:
            yield Canvas.of(whole_scene(stage, output=shot.whole == "both"), palette, scale)
            continue
        background.paint(tuple(parts.output_cells(stage, stage.steps[filled : shot.filled])))
        filled = shot.filled
        shown = background.copy()
        shown.paint(tuple(_moving(stage, shot)))
        yield shown


def whole_scene(stage: Stage, *, output: bool) -> Scene:
    """The whole input beside the whole output, of all channels, in the size of the stage.

    Args:
        stage: the layout; what it shows of the maps is framed.
        output: whether the output is shown; its place is empty otherwise.
    """
    whole = _Whole(stage)
    items = [*parts.heading(stage), *whole.items(output=output)]
    y = stage.height - MARGIN - (len(whole.notes) - 1) * LINE
    for line in whole.notes:
        items.append(Label(MARGIN, y, line, TEXT_SIZE, stage.theme.muted, anchor="left"))
        y += LINE
    size = stage.width, stage.height
    return Scene(*size, stage.theme.background, tuple(items), stage.alt_title, stage.describe())


@dataclass(frozen=True)
class _Whole:
    """The layout of whole maps: a tile for each channel, or one in colour."""

    stage: Stage

    @cached_property
    def channels(self) -> list[int]:
        """The channels that have a tile; a picture in colour has one for all."""
        stage, feature_map = self.stage, self.stage.result.feature_map
        total = len(feature_map.values)
        if stage.is_rgb or total == 1:
            return [stage.channel]
        if total <= FEW_CHANNELS:
            return list(range(total))
        ranked = ranked_channels(feature_map)
        shown = ranked[:MOST_CHANNELS]
        return shown if stage.channel in shown else [*shown[:-1], stage.channel]

    @property
    def notes(self) -> list[str]:
        """What is framed, and the output size."""
        stage, result = self.stage, self.stage.result
        framed = []
        if len(self.channels) > 1:
            framed.append(f"channel {result.feature_map.channel_names[stage.channel]}")
        if not stage.region.whole:
            for name, cells, axis in zip(
                ("rows", "columns"), stage.inside, result.geometry.axes, strict=True
            ):
                framed += [f"{name} {cells[0]}–{cells[-1]}"] * (axis.size > 1)
        note = f"framed: {', '.join(framed)}, where the window slides"
        if len(self.channels) > 1:
            note += "; each channel has its own colour scale"
        if len(self.channels) < len(result.output) and not stage.is_rgb:
            count = f"{len(self.channels)} of {len(result.output):,}"
            note += f"; shown: the {count} channels with most contrast"
        notes = [note, *stage.note_texts]
        width = stage.width - 2 * MARGIN
        return [part for note in notes for part in wrap_text(note, TEXT_SIZE, width)]

    @property
    def _sizes(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Height and width of input and output, in cells of the input."""
        result = self.stage.result
        before, after = result.feature_map.input_size, result.output_size
        larger = max(before) / max(after) if self._is_enlarged else 1
        return before, (after[0] * larger, after[1] * larger)

    @property
    def _is_enlarged(self) -> bool:
        result = self.stage.result
        return max(result.feature_map.input_size) > MOST_SMALLER * max(result.output_size)

    @cached_property
    def _grid(self) -> tuple[float, int, bool]:
        """Pixels for a cell, tiles in a row, and whether the output stands below the input."""
        stage, count = self.stage, len(self.channels)
        width = stage.width - 2 * MARGIN
        height = stage.height - MARGIN - (len(self.notes) + 1) * LINE - self._top
        before, after = self._sizes
        found = []
        for below, across in product((False, True), range(1, count + 1)):
            down = -(-count // across)
            gaps = TILE_GAP * (down - 1), TILE_GAP * (across - 1)
            if below:
                high, wide = before[0] + after[0], max(before[1], after[1])
                spent = 2 * gaps[0] + 2 * LINE, gaps[1]
            else:
                high, wide = max(before[0], after[0]), before[1] + after[1]
                spent = gaps[0], 2 * gaps[1] + GAP
            factor = min(
                math.sqrt(MOST_AREA / (down * across * high * wide)),
                (height - spent[0]) / (down * high),
                (width - spent[1]) / (across * wide),
            )
            found.append((factor * (BELOW_IF if below else 1), -across, below, factor))
        _, across, below, factor = max(found)
        # Cells of data are equally large; a picture is enlarged smoothly as well.
        is_picture = stage.result.feature_map.value_range is not None and factor < LEAST_CELL
        return factor if factor < 1 or is_picture else int(factor), -across, below

    @property
    def _top(self) -> int:
        return min(panel.y for panel in self.stage.panels)

    def _tile(self, size: tuple[float, float]) -> tuple[int, int]:
        """Height and width of a map's tile in pixels."""
        height, width = (max(1, round(side * self._grid[0])) for side in size)
        if max(size) > SLIM * min(size):
            return max(LEAST_SIDE, height), max(LEAST_SIDE, width)
        return height, width

    def items(self, *, output: bool) -> Iterator[Item]:
        """The sheet of the input and the sheet of the output."""
        stage, result = self.stage, self.stage.result
        _, across, below = self._grid
        down = -(-len(self.channels) // across)
        x, y = MARGIN, self._top
        enlarged = ", enlarged" if self._is_enlarged else ""
        planes = result.feature_map.values, result.output
        titles = (
            f"input {text.size(result.feature_map.shape)}",
            f"output {text.size(result.output_shape)}{enlarged}",
        )
        regions = stage.inside, stage.region.windows
        for number, size in enumerate(self._sizes):
            tile = self._tile(size)
            width, height = (
                (length + TILE_GAP) * tiles - TILE_GAP
                for length, tiles in zip(tile[::-1], (across, down), strict=True)
            )
            panel = Panel(x, y, 1, range(height), range(width), 0, titles[number])
            yield parts.panel_title(panel, stage.theme)
            shown = planes[number] if number == 0 or output else None
            yield from self._sheet(panel, tile, shown, regions[number])
            wide = max(width, text_width(panel.title, PANEL_TITLE_SIZE, bold=True))
            x, y = (x, y + height + 2 * LINE) if below else (x + wide + GAP, y)

    def _sheet(
        self, panel: Panel, tile: tuple[int, int], planes: Array | None, part: tuple[range, range]
    ) -> Iterator[Item]:
        """The tiles of one map; without planes their places."""
        stage, (height, width) = self.stage, tile
        marked: list[Item] = []
        for number, channel in enumerate(self.channels):
            row, column = divmod(number, self._grid[1])
            x, y = panel.x + column * (width + TILE_GAP), panel.y + row * (height + TILE_GAP)
            yield Box(x - 1, y - 1, width + 2, height + 2, fill=stage.theme.grid)
            if planes is None:
                yield Box(x, y, width, height, fill=stage.theme.unvisited)
                continue
            yield Pixels(x, y, width, height, self._colors(planes, channel, tile))
            if channel == stage.channel and len(self.channels) > 1:
                marked += frame(stage.theme, (x, y, width, height))
            elif channel == stage.channel:
                place = Panel(x, y, 1, range(height), range(width), 0, "")
                marked += parts.located(stage.theme, place, part, planes.shape[1:])
        yield from marked

    def _colors(self, planes: Array, channel: int, tile: tuple[int, int]) -> Array:
        """The colours of a map that is at most as large as its tile, or smoothly enlarged."""
        stage = self.stage
        size = min(tile[0], planes.shape[1]), min(tile[1], planes.shape[2])
        if stage.is_rgb:
            colors = stage.plane_colors(resampled(planes, *size))
        else:
            result = stage.result
            own = result.feature_map.values[channel], result.output[channel]
            scale = value_scale(stage.theme, *own, value_range=result.feature_map.value_range)
            colors = scale.colors(resampled(planes[channel : channel + 1], *size)[0])
        is_picture = stage.result.feature_map.value_range is not None
        if is_picture and size[1] < tile[1] < LEAST_CELL * size[1]:
            image = Image.fromarray(np.ascontiguousarray(colors, np.uint8))
            colors = np.asarray(image.resize(tile[::-1], Image.Resampling.BICUBIC))
        return _without_noise(colors) if is_picture else colors


def _without_noise(colors: Array) -> Array:
    """Pixels that hardly differ from those at their left take their colour, for smaller files."""
    steady = colors.astype(np.int16)
    for column in range(1, steady.shape[1]):
        left, here = steady[:, column - 1], steady[:, column]
        same = np.abs(here - left).max(axis=-1) <= NOISE
        here[same] = left[same]
    return steady.astype(np.uint8)


def _pictures(stage: Stage, opening: Scene) -> list[Array]:
    """The colours of all pictures with many colours, which share the palette."""
    if not (stage.is_rgb or shows_whole(stage)):
        return []
    scenes = [opening, *(whole_scene(stage, output=True),) * shows_whole(stage)]
    drawn = [[item.colors for item in scene.items if isinstance(item, Pixels)] for scene in scenes]
    found = [np.concatenate([each.reshape(-1, 3) for each in many]) for many in drawn if many]
    planes = stage.result.output
    found.append(stage.colors(planes, *stage.region.windows))
    # The wedge lies over the part of the input that is shown.
    part = stage.colors(stage.result.feature_map.values, *stage.inside).astype(float)
    over = (stage.theme.accent, WEDGE_OPACITY), (parts.wedge_edge(stage.theme), 0.5)
    for color, opacity in over:
        found.append((part + (np.array(color) - part) * opacity).round().astype(np.uint8))
    return found


def _moving(stage: Stage, shot: Shot) -> Iterator[Item]:
    """What changes from frame to frame: the marks, the result on its way, the arithmetic."""
    if shot.band:
        yield from _band(stage, [stage.steps[index] for index in shot.band])
    if shot.step is not None:
        step = stage.steps[shot.step]
        has_result, linked = shot.travelled > 0, not shot.band
        shown = {each.index for each in stage.steps[: shot.filled]}
        yield from marks(stage, step, shown, result=has_result, linked=linked)
        lines = parts.arithmetic(stage, step)
        yield from lines if has_result else without_result(stage, lines)
        if 0 < shot.travelled < 1:
            yield from _result_on_its_way(stage, step, shot.travelled)
    yield parts.counter(stage, shot.words)


def without_result(stage: Stage, lines: Iterable[Label]) -> Iterator[Label]:
    """The lines of arithmetic up to the last sign of equality of each channel."""
    is_cut = False
    for line in lines:
        # What follows a result is about it, unless it is another channel.
        is_cut = is_cut and not (stage.is_rgb and line.text.startswith(COLOR_NAMES))
        if not is_cut:
            found = text.split_result(line.text)
            is_cut = found is not None
            yield line if found is None else replace(line, text=" ".join(found[:2]).lstrip())


def _band(stage: Stage, steps: Sequence[Step]) -> Iterator[Item]:
    """Frames around the windows of some steps and around their outputs, and what joins them."""
    rows = range(min(step.rows[0] for step in steps), max(step.rows[-1] for step in steps) + 1)
    columns = range(
        min(step.columns[0] for step in steps), max(step.columns[-1] for step in steps) + 1
    )
    first, last = steps[0].index, steps[-1].index
    before = stage.input_panel.area(rows, columns)
    after = stage.output_panel.area(range(first[0], last[0] + 1), range(first[1], last[1] + 1))
    for corners in corners_between(before, after, after[0], below=stage.stacked):
        yield Wedge(corners, stage.theme.accent, WEDGE_OPACITY)
    yield from frame(stage.theme, before)
    yield from frame(stage.theme, after)


def _result_on_its_way(stage: Stage, step: Step, travelled: float) -> Iterator[Item]:
    """A result between its window and its place in the output."""
    panel = stage.output_panel
    x, y, width, height = stage.input_panel.area(step.rows, step.columns)
    if step.winner is not None:
        row, column = step.winner
        x, y, width, height = stage.input_panel.area(*one((row, column)))
    to_x, to_y, side, _ = panel.area(*one(step.index))
    x, y = x + (width - side) // 2, y + (height - side) // 2
    x, y = x + round((to_x - x) * travelled), y + round((to_y - y) * travelled)
    cell = Panel(x, y, panel.cell, *one(step.index), panel.digits, "")
    yield from parts.output_cells(stage, (step,), cell)
    yield from frame(stage.theme, (x, y, side, side))


def animated(
    stage: Stage,
    animation_format: Format,
    budget: Budget,
    *,
    pace: Pace | None = None,
    scale: int | None = None,
    aspect: tuple[int, int] | None = None,
    watch: Watch = iter,
) -> bytes:
    """The animation as the bytes of a file, which is a video in some formats.

    Args:
        stage: the layout.
        animation_format: the format of the file.
        budget: the memory that making it may take.
        pace: how it runs.
        scale: a whole factor by which the frames are enlarged; None for 1, and for a factor that
            fills the frame of a video.
        aspect: width and height of the ratio that the frames are padded to; None for no padding.
            Those of a video have a ratio of their own.
        watch: iterates over the indices of frames and shows progress.

    Raises:
        SpecError: it would have too many frames or pixels, or take more memory than the budget.
        OutputError: it is a video, and the package that encodes it is missing.
    """
    return _filmed(
        Motion(lambda pace, room: script_of(stage, pace, room), lambda _: opening_scene(stage)),
        lambda script, scale: paint_frames(stage, script, scale, watch),
        animation_format,
        budget,
        pace=pace,
        scale=scale,
        aspect=aspect,
    )


def animated_scenes(
    motion: Motion,
    theme: Theme,
    animation_format: Format,
    budget: Budget,
    *,
    pace: Pace | None = None,
    scale: int | None = None,
    aspect: tuple[int, int] | None = None,
    watch: Watch = iter,
) -> bytes:
    """The animation of an answer, whose frames are pictures of their own; see :func:`animated`."""

    def paint(script: Sequence[Shot], scale: int) -> Iterator[Canvas]:
        last = motion.draw(script[-1])
        palette = Palette((*theme.colors, *last.exact))
        palette.adopt(item.colors for item in last.items if isinstance(item, Pixels))
        for number in watch(range(len(script))):
            yield Canvas.of(motion.draw(script[number]), palette, scale)

    return _filmed(motion, paint, animation_format, budget, pace=pace, scale=scale, aspect=aspect)


def _filmed(
    motion: Motion,
    paint: Callable[[Sequence[Shot], int], Iterator[Canvas]],
    animation_format: Format,
    budget: Budget,
    *,
    pace: Pace | None,
    scale: int | None,
    aspect: tuple[int, int] | None,
) -> bytes:
    """The bytes of an animation whose frames ``paint`` makes for a script and a scale."""
    pace = pace or Pace()
    first = motion.draw(Shot(0, 0))
    scale = scale or animation_format.scale(first.width, first.height)
    size = first.width * scale, first.height * scale
    size = animation_format.size(*size) if animation_format.frames else padded_size(*size, aspect)
    script = motion.script(pace, animation_format.room(*size))
    needed = animation_format.memory_needed(*size, len(script))
    remedy = "use a smaller region or a smaller scale, raise every"
    budget.check_work({"the frames": needed}, remedy)
    canvases = paint(script, scale)
    if aspect is not None or animation_format.frames:
        canvases = (canvas.padded(*size, first.background) for canvas in canvases)
    encode: Encoder = getattr(encoding, animation_format.encoder)
    durations = [shot.milliseconds for shot in script]
    return encode(canvases, durations, first.description, pace.loop)
