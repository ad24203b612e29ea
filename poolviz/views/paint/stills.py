"""Pictures of a moment: stills of whole maps, acts of an animation, and a slide for each step."""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from poolviz import text
from poolviz.analysis.example import FEW_CHANNELS, ranked_channels
from poolviz.errors import SpecError
from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.views.paint.formats import LEAST_SIDE, describe_step, still_steps
from poolviz.views.scene import parts
from poolviz.views.scene.elements import WORDS, Box, Item, Label, Panel, Pixels, Scene, resampled
from poolviz.views.scene.fonts import text_width, wrap_text
from poolviz.views.scene.legend import TEXT_SIZE
from poolviz.views.scene.parts import frame
from poolviz.views.scene.stage import GAP, LINE, MARGIN, PANEL_TITLE_SIZE, Stage
from poolviz.views.scene.style import Color, Theme, ValueScale, value_scale
from poolviz.windows import Array

# The most memory that a still may take, at three bytes a pixel.
MOST_BYTES = 1 << 30
# The gap between the channels of a montage, in cells.
MONTAGE_GAP = 1
# More pages are too many to step through, and take minutes to draw.
MOST_SLIDES = 200
# How far the frame around a window reaches beyond a grid, in pixels.
AROUND = 4
# A sheet shows at most so many channels, with gaps of so many pixels.
MOST_CHANNELS, TILE_GAP = 64, 6
# A map this many times as long as wide is drawn as a strip of at least so many pixels.
SLIM, LEAST_STRIP = 12, 24
# An output this many times smaller than the input is drawn as large as the input.
MOST_SMALLER = 3
# Maps stand below each other if they are much larger then, as this part of their size still says.
BELOW_IF = 0.7
# So many pixels all maps together have at most: a larger picture makes a large file.
MOST_AREA = 400_000
# Cells of a picture from this side on are drawn as squares.
LEAST_CELL = 3
# So little, of 255, the noise of a photograph changes its colours.
NOISE = 8


def stills(
    result: PoolResult, theme: Theme, scale: int | None = None, *, same_size: bool = False
) -> tuple[bytes, bytes]:
    """PNGs of the input and of the output, with all channels.

    Args:
        result: what is shown.
        theme: the colours.
        scale: how many pixels a cell has along each side; None for 1, or more for small maps.
        same_size: whether the output is enlarged to the size of the input.

    Raises:
        SpecError: a picture would be too large.
    """
    values, output = result.feature_map.values, result.output
    # The scale covers all values, including those that are not drawn.
    colors = value_scale(theme, values, output, value_range=result.feature_map.value_range)
    steps = still_steps(values.shape, output.shape)
    rgb = result.feature_map.is_rgb
    before, after = (
        _colors(planes[:, ::step, ::step], colors, theme, rgb=rgb)
        for planes, step in zip((values, output), steps, strict=True)
    )
    name = escaped(result.feature_map.name)
    shapes = text.size(result.feature_map.shape), text.size(result.output_shape)
    parts = [f", {describe_step(step)}" if step > 1 else "" for step in steps]
    # One factor for both, so that they can be compared, unless only one of them is sampled.
    factor = _factor(before, scale)
    size = before.shape[0] * factor, before.shape[1] * factor
    if not same_size:
        other = factor if steps[0] == steps[1] else _factor(after, scale)
        size_after = after.shape[0] * other, after.shape[1] * other
    return (
        _png(before, size, f"{name}, {shapes[0]}, before pooling{parts[0]}"),
        _png(
            after,
            size if same_size else size_after,
            f"{name}, {shapes[1]}, after {result.summary}{parts[1]}",
        ),
    )


def _factor(colors: Array, scale: int | None) -> int:
    """The whole factor by which a still is enlarged.

    Raises:
        SpecError: the picture would be too large.
    """
    factor: int = scale or max(1, LEAST_SIDE // max(colors.shape[:2]))
    if colors.size * factor**2 > MOST_BYTES:
        raise SpecError(
            "picture",
            f"would have {colors.shape[0] * factor}×{colors.shape[1] * factor} pixels, but at most"
            f" {MOST_BYTES // 3:,} are allowed",
            "use a smaller scale",
        )
    return factor


def _colors(planes: Array, scale: ValueScale, theme: Theme, *, rgb: bool) -> Array:
    """(rows, columns, 3): the colours of an RGB image, or a montage of the channels."""
    if rgb:
        return scale.rgb_colors(planes)
    return _montage([scale.colors(plane) for plane in planes], theme.background)


def _montage(planes: list[Array], background: Color) -> Array:
    """The channels row by row, in a grid that is roughly square."""
    across = math.ceil(math.sqrt(len(planes)))
    down = math.ceil(len(planes) / across)
    height, width = (length + MONTAGE_GAP for length in planes[0].shape[:2])
    shape = (down * height - MONTAGE_GAP, across * width - MONTAGE_GAP, 3)
    montage = np.full(shape, background, np.uint8)
    for index, plane in enumerate(planes):
        top, left = index // across * height, index % across * width
        montage[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
    return montage


def _png(colors: Array, size: tuple[int, int], description: str) -> bytes:
    """Cells repeated to fill ``size`` (rows, columns) in pixels."""
    places = [
        np.arange(pixels) * cells // pixels
        for pixels, cells in zip(size, colors.shape, strict=False)
    ]
    enlarged = colors[places[0]][:, places[1]]
    info = PngInfo()
    info.add_itxt("Description", description)
    buffer = io.BytesIO()
    Image.fromarray(enlarged).save(buffer, "PNG", pnginfo=info, optimize=False)
    return buffer.getvalue()


def whole_scene(stage: Stage, *, output: float) -> Scene:
    """The whole input beside the whole output, of all channels, in the size of the stage.

    Args:
        stage: the layout; what it shows of the maps is framed.
        output: how much of the output is shown, from the top: 0 for nothing, 1 for all of it. The
            rest of its place is empty.
    """
    return WholeMaps(stage).scene(output)


@dataclass(frozen=True)
class WholeMaps:
    """The layout of whole maps: a tile for each channel, or one in colour."""

    stage: Stage

    def scene(self, share: float) -> Scene:
        """The picture, with a share of the output's rows."""
        stage = self.stage
        items = [*parts.heading(stage), *self._items(share)]
        y = stage.height - MARGIN - (len(self.notes) - 1) * LINE
        for line in self.notes:
            items.append(Label(MARGIN, y, line, TEXT_SIZE, stage.theme.muted, anchor="left"))
            y += LINE
        size = stage.width, stage.height
        return Scene(*size, stage.theme.background, tuple(items), stage.alt_title, stage.describe())

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

    @cached_property
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
        height = self._bottom - self._top
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
    def _bottom(self) -> int:
        return self.stage.height - MARGIN - (len(self.notes) + 1) * LINE

    @property
    def _top(self) -> int:
        return min(panel.y for panel in self.stage.panels)

    def _tile(self, size: tuple[float, float]) -> tuple[int, int]:
        """Height and width of a map's tile in pixels."""
        height, width = (max(1, round(side * self._grid[0])) for side in size)
        if max(size) > SLIM * min(size):
            return max(LEAST_STRIP, height), max(LEAST_STRIP, width)
        return height, width

    @cached_property
    def _panels(self) -> list[Panel]:
        """The places of the two sheets, in the middle of the picture, with their titles."""
        stage, result = self.stage, self.stage.result
        _, across, below = self._grid
        down = -(-len(self.channels) // across)
        x, y = MARGIN, self._top
        enlarged = ", enlarged" if self._is_enlarged else ""
        titles = (
            f"input {text.size(result.feature_map.shape)}",
            f"output {text.size(result.output_shape)}{enlarged}",
        )
        panels: list[Panel] = []
        right = bottom = 0
        for title, size in zip(titles, self._sizes, strict=True):
            height, width = (
                (length + TILE_GAP) * tiles - TILE_GAP
                for length, tiles in zip(self._tile(size), (down, across), strict=True)
            )
            panels.append(Panel(x, y, 1, range(height), range(width), 0, title))
            wide = max(width, text_width(title, PANEL_TITLE_SIZE, bold=True))
            right, bottom = max(right, x + wide), max(bottom, y + height)
            x, y = (x, y + height + 2 * LINE) if below else (x + wide + GAP, y)
        aside = max(0, stage.width - MARGIN - right) // 2
        lower = max(0, self._bottom - bottom) // 2
        return [replace(panel, x=panel.x + aside, y=panel.y + lower) for panel in panels]

    def _items(self, share: float) -> Iterator[Item]:
        """The sheet of the input and a share of the rows of the output's."""
        stage, result = self.stage, self.stage.result
        planes = result.feature_map.values, result.output
        regions = stage.inside, stage.region.windows
        for number, panel in enumerate(self._panels):
            yield parts.panel_title(panel, stage.theme)
            tiles = self._pictures[number]
            size = self._tile(self._sizes[number])
            if number and share < 1:
                tiles = [
                    self._filled(channel, colors, share)
                    for channel, colors in zip(self.channels, tiles, strict=True)
                ]
            yield from self._sheet(panel, size, tiles)
            if number == 0 or share:
                yield from self._marks(panel, size, regions[number], planes[number].shape[1:])

    def _filled(self, channel: int, colors: Array, share: float) -> Array:
        """A tile with a share of its rows, and with the outputs of the windows that were shown."""
        stage = self.stage
        rows, columns = (
            np.arange(drawn) * length // drawn
            for drawn, length in zip(colors.shape, stage.result.output_size, strict=False)
        )
        stands = np.repeat((rows < share * stage.result.output_size[0])[:, None], len(columns), 1)
        if share and channel == stage.channel:
            known = map(np.isin, (rows, columns), stage.region.windows)
            stands |= np.logical_and.outer(*known)
        return np.where(stands[..., None], colors, np.array(stage.theme.unvisited, np.uint8))

    def _corner(self, panel: Panel, number: int, tile: tuple[int, int]) -> tuple[int, int]:
        """The top left corner of one of the tiles of a sheet."""
        row, column = divmod(number, self._grid[1])
        return panel.x + column * (tile[1] + TILE_GAP), panel.y + row * (tile[0] + TILE_GAP)

    def _sheet(
        self, panel: Panel, tile: tuple[int, int], pictures: Sequence[Array]
    ) -> Iterator[Item]:
        """The tiles of one map."""
        height, width = tile
        for number, colors in enumerate(pictures):
            x, y = self._corner(panel, number, tile)
            yield Box(x - 1, y - 1, width + 2, height + 2, fill=self.stage.theme.grid)
            yield Pixels(x, y, width, height, colors)

    def _marks(
        self, panel: Panel, tile: tuple[int, int], part: tuple[range, range], size: tuple[int, ...]
    ) -> Iterator[Item]:
        """The frame around the channel, or around the part of a map of ``size``, that is shown."""
        theme, (height, width) = self.stage.theme, tile
        x, y = self._corner(panel, self.channels.index(self.stage.channel), tile)
        if len(self.channels) > 1:
            yield from frame(theme, (x, y, width, height))
            return
        place = Panel(x, y, 1, range(height), range(width), 0, "")
        yield from parts.located(theme, place, part, (size[0], size[1]))

    @cached_property
    def _pictures(self) -> list[list[Array]]:
        """The colours of the tiles of both sheets."""
        result = self.stage.result
        return [
            [self._tile_colors(planes, channel, self._tile(size)) for channel in self.channels]
            for planes, size in zip(
                (result.feature_map.values, result.output), self._sizes, strict=True
            )
        ]

    def _tile_colors(self, planes: Array, channel: int, tile: tuple[int, int]) -> Array:
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


def slide_steps(count: int, every: int = 1) -> list[int]:
    """The steps that have a slide: one of ``every`` of ``count`` steps, and the last.

    Raises:
        SpecError: there are more than MOST_SLIDES.

    Example:
        >>> slide_steps(9, 4), slide_steps(10, 4)
        ([0, 4, 8], [0, 4, 8, 9])
    """
    steps = [*range(0, count - 1, every), count - 1]
    if len(steps) > MOST_SLIDES:
        least = -(-(count - 1) // (MOST_SLIDES - 1))
        cause = f"the PDF would have {len(steps):,} pages, but at most {MOST_SLIDES} are allowed"
        raise SpecError("write", cause, f"use every={least} or a smaller region")
    return steps


def slide(stage: Stage, index: int) -> Scene:
    """The picture of a step, the same size for every step.

    Args:
        stage: the layout.
        index: the number of the step, from 0; the outputs of all steps before it are shown.
    """
    step, before = stage.steps[index], stage.steps[: index + 1]
    items = [
        *_extent(stage),
        *parts.header(stage, len(before)),
        *parts.input_cells(stage),
        *parts.unvisited_output(stage),
        *parts.output_cells(stage, before),
        *parts.marks(stage, step, {each.index for each in before}),
        *parts.arithmetic(stage, step),
        parts.counter(stage, f"step {index + 1:,} of {len(stage.steps):,}"),
        *parts.captions(stage),
    ]
    size, alt = (stage.width, stage.height), stage.describe(step)
    return Scene(*size, stage.theme.background, tuple(items), stage.alt_title, alt)


def _extent(stage: Stage) -> list[Item]:
    """Invisible boxes around all that any step may show, so that every slide is cropped alike."""
    grids: list[Item] = [
        Box(
            panel.x - AROUND,
            panel.y - AROUND,
            panel.width + 2 * AROUND,
            panel.height + 2 * AROUND,
        )
        for panel in stage.panels
    ]
    words = Box(MARGIN, MARGIN, stage.width - 2 * MARGIN, stage.height - 2 * MARGIN, part=WORDS)
    return [*grids, words]
