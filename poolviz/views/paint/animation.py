"""The animation: the window slides over the input, the output fills in."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from poolviz.memory import Budget
from poolviz.result import PoolResult, Step
from poolviz.views.paint import encoding
from poolviz.views.paint.canvas import EDGE_LEVELS, Canvas, Palette
from poolviz.views.paint.formats import Format, Pace, padded_size
from poolviz.views.paint.script import Motion, Shot, script_of, shows_whole
from poolviz.views.paint.stills import WholeMaps, whole_scene
from poolviz.views.scene import legend, parts
from poolviz.views.scene.elements import (
    PANEL_SIDE,
    Item,
    Panel,
    Pixels,
    Scene,
    Wedge,
    corners_between,
    one,
)
from poolviz.views.scene.parts import WEDGE_OPACITY, frame, marks
from poolviz.views.scene.region import Region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import Color, Theme, mixed
from poolviz.windows import Array

# The longest side in pixels of the part of a picture in colour, which has the whole beside it.
CROP_SIDE = 288
# So many colours of outputs are drawn exactly.
MOST_EXACT = 100
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
        *parts.header(stage, 0),
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
    wedges = [mixed(theme.background, theme.accent, opacity) for opacity in levels]
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
    whole, filled = WholeMaps(stage), 0
    for number in watch(range(len(script))):
        shot = script[number]
        if shot.whole:
            share = shot.travelled if shot.whole == "both" else 0
            yield Canvas.of(whole.scene(share), palette, scale)
            continue
        if filled < shot.filled:
            background.paint(tuple(parts.output_cells(stage, stage.steps[filled : shot.filled])))
            background.paint(tuple(parts.overview_output(stage, shot.filled)))
        filled = shot.filled
        shown = background.copy()
        shown.paint(tuple(_moving(stage, shot)))
        yield shown


def _pictures(stage: Stage, opening: Scene) -> list[Array]:
    """The colours of all pictures with many colours, which share the palette."""
    if not (stage.is_rgb or shows_whole(stage)):
        return []
    scenes = [opening, *(whole_scene(stage, output=True),) * shows_whole(stage)]
    drawn = [[item.colors for item in scene.items if isinstance(item, Pixels)] for scene in scenes]
    found = [np.concatenate([each.reshape(-1, 3) for each in many]) for many in drawn if many]
    planes = stage.result.output
    found.append(stage.colors(planes, *stage.region.windows))
    # The edges of the wedge lie over the part of the input that is shown.
    part = stage.colors(stage.result.feature_map.values, *stage.inside).astype(float)
    edge = np.array(parts.wedge_edge(stage.theme))
    found.append((part + (edge - part) / 2).round().astype(np.uint8))
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
        yield from parts.arithmetic(stage, step, result=has_result)
        if 0 < shot.travelled < 1:
            yield from _result_on_its_way(stage, step, shot.travelled)
    yield parts.counter(stage, shot.words)


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
        wedge = Wedge(corners, stage.theme.accent, WEDGE_OPACITY, down=stage.stacked)
        yield parts.in_gutter(stage, wedge)
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
