"""Pictures in half-block cells: a map before and after pooling, with a window's place in it."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from textwrap import wrap

import numpy as np
from rich.style import Style

from poolviz import text
from poolviz.result import PoolResult
from poolviz.views.scene.elements import resampled
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import ValueScale, value_scale
from poolviz.views.terminal.grid import DIM, PLAIN, Screen, Segments, fitting_part, hexadecimal
from poolviz.views.terminal.lines import GUTTER, heading, side_by_side
from poolviz.windows import Array

UPPER, LOWER, FULL = "▀", "▄", "█"
# Pixels through which the terminal's background is seen: outside a picture, and outputs that
# have not been pooled yet, which are dots.
CLEAR, NOT_YET = -1, -2
# Around each picture, this many pixels are free for the frame of a window at its edge.
EDGE = 1
# A picture of fewer lines shows nothing; a map with fewer cells along its sides needs none.
LEAST_LINES, LEAST_SIDE = 4, 12
# Rows and columns of the input, and of the output.
Places = tuple[tuple[range, range], tuple[range, range]]


@dataclass(frozen=True)
class Slide:
    """What stays the same while the window slides.

    Args:
        region: the windows that are shown one after the other.
        least: the least width of the cells of input and output, so that columns keep theirs.
        scale: the colours of the values.
        numbers: how the values are written.
        until: the number of windows pooled so far, row by row.
        told: whether the result of the window is told, and its winner marked.
        marked: whether the window is marked.
        band: windows that pass together: what they read of the input, and their outputs.
        share: of the rows of the whole output, this share stands as well.
    """

    region: Region
    least: tuple[int, int]
    scale: ValueScale
    numbers: text.Numbers
    until: int
    told: bool = True
    marked: bool = True
    band: Places | None = None
    share: float = 0.0

    def there(self, size: tuple[int, int]) -> Array:
        """(rows, columns) which outputs of a map of this size stand."""
        rows, columns = self.region.windows
        stands = np.zeros(size, bool)
        whole, rest = divmod(self.until, len(columns))
        stands[rows[0] : rows[0] + whole, columns[0] : columns[-1] + 1] = True
        if rest:
            stands[rows[whole], columns[0] : columns[rest - 1] + 1] = True
        stands[: round(self.share * size[0])] = True
        return stands


@dataclass(frozen=True, eq=False)
class Overview:
    """The whole input and the whole output as pictures of the same size.

    Args:
        result: what is shown.
        channel: the channel whose values are shown, if the map is not an image in colour.
        screen: where it is shown; its ``picture_lines`` are what the pictures may take.
    """

    result: PoolResult
    channel: int
    screen: Screen

    def lines(self, places: Places | None, there: Array | None = None) -> list[Segments]:
        """Both pictures with their titles, a frame around the window and around its output.

        Args:
            places: rows and columns of the window and of its output; None for no frames.
            there: (rows, columns) which outputs are shown; None for all.
        """
        before, after = self._before, self._after
        if there is not None:
            after = np.where(self._reached(there), after, NOT_YET)
        accent = int.from_bytes(bytes(self.screen.accent), "big")
        blocks = []
        for titles, picture, size, place in zip(
            self._titles, (before, after), self._sizes, places or (None, None), strict=True
        ):
            pixels = picture.copy()
            if place is not None:
                _frame(pixels, place, size, accent)
            blocks.append([*titles, *_half_blocks(pixels)])
        return list(side_by_side(blocks, self.screen.width))

    def swatch(self, index: tuple[int, int]) -> Segments:
        """The colour of an output of an image in colour; of other maps, nothing."""
        if not self.result.feature_map.is_rgb:
            return []
        row, column = index
        planes = self.result.output[:, row : row + 1, column : column + 1]
        color = _packed(self._scale.rgb_colors(planes)).item()
        return [(" ", PLAIN), (2 * FULL, Style(color=_code(color)))]

    @cached_property
    def _sizes(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(height, width) of input and output."""
        return self.result.feature_map.input_size, self.result.output_size

    @cached_property
    def _titles(self) -> tuple[list[Segments], list[Segments]]:
        """The titles, in as many lines as leave room for both side by side."""
        feature_map = self.result.feature_map
        names = feature_map.channel_names
        named = len(names) > 1 and not feature_map.is_rgb
        channel = f", channel {text.escaped(names[self.channel])} of {len(names)}" if named else ""
        titles = (
            f"input {text.size(self._sizes[0])}{channel}",
            f"output {text.size(self._sizes[1])}, {self.result.summary}",
        )
        room = max(1, ((self.screen.width or 0) - len(GUTTER)) // 2)
        before, after = ([heading(line) for line in wrap(title, room)] for title in titles)
        count = max(len(before), len(after))
        return before + [[]] * (count - len(before)), after + [[]] * (count - len(after))

    @cached_property
    def _layout(self) -> tuple[int, int]:
        """The rows and columns of pixels of each picture: side by side, or above each other."""
        height, width = self._sizes[0]
        room, lines = self.screen.width or 0, self.screen.picture_lines
        frame = 2 * EDGE
        factors = []
        for across, down in ((2, 1), (1, 2)):
            columns = (room - (across - 1) * len(GUTTER)) // across - frame
            rows = 2 * ((lines - down + 1) // down - len(self._titles[0])) - frame
            factor = min(rows / height, columns / width)
            factors.append(int(factor) if factor > 1 else factor)
        factor = max(factors)
        return max(2, round(height * factor)), max(2, round(width * factor))

    @cached_property
    def _before(self) -> Array:
        """The input as pixels, with its edge."""
        return self._pixels(self.result.feature_map.values)

    @cached_property
    def _after(self) -> Array:
        """The output as pixels, with its edge."""
        return self._pixels(self.result.output)

    def _pixels(self, planes: Array) -> Array:
        """The colours of planes (C, H, W), the image's or those of the value scale, as numbers."""
        if self.result.feature_map.is_rgb:
            colors = self._scale.rgb_colors(resampled(planes, *self._layout))
        else:
            plane = planes[self.channel : self.channel + 1]
            colors = self._scale.colors(resampled(plane, *self._layout)[0])
        return np.pad(_packed(colors), EDGE, constant_values=CLEAR)

    @cached_property
    def _scale(self) -> ValueScale:
        """One value scale for both pictures."""
        feature_map, theme = self.result.feature_map, self.screen.theme
        if feature_map.is_rgb:
            planes = feature_map.values, self.result.output
            theme = replace(theme, colormap=None)
        else:
            planes = feature_map.values[self.channel], self.result.output[self.channel]
        return value_scale(theme, *planes, value_range=feature_map.value_range)

    def _reached(self, there: Array) -> Array:
        """Which pixels of the output, with its edge, show values that have been pooled."""
        rows, columns = (
            np.arange(drawn) * length // drawn
            for drawn, length in zip(self._layout, there.shape, strict=True)
        )
        return np.pad(there[np.ix_(rows, columns)], EDGE, constant_values=True)


def overview_of(result: PoolResult, channel: int, screen: Screen) -> Overview | None:
    """Pictures of input and output, if numbers alone would not show them; else None.

    Images in colour have them, and large maps of which a grid would show only a part.
    """
    feature_map = result.feature_map
    is_small = max(feature_map.input_size) < LEAST_SIDE and not feature_map.is_rgb
    if screen.full or screen.picture_lines < LEAST_LINES or is_small:
        return None
    whole = [axis.extent for axis in result.geometry.axes]
    plane = feature_map.values[channel]
    part = fitting_part(plane, (whole[0], whole[1]), (range(1), range(1)), screen)
    is_whole = len(part.rows) * len(part.columns) == len(whole[0]) * len(whole[1])
    return None if is_whole and not feature_map.is_rgb else Overview(result, channel, screen)


def _packed(colors: Array) -> Array:
    """(rows, columns) int32: each colour as one number, 0xRRGGBB."""
    parts = colors.astype(np.int32)
    return np.asarray(parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2])


def _frame(pixels: Array, place: tuple[range, range], size: tuple[int, int], color: int) -> None:
    """Draw a frame around the cells of ``place`` in a picture of a map of ``size``."""
    spans = []
    for cells, length, drawn in zip(place, size, pixels.shape, strict=True):
        count = drawn - 2 * EDGE
        # At least one cell of the map, even if the window lies in the padding.
        first = min(max(cells[0], 0), length - 1)
        last = min(max(cells[-1], first), length - 1)
        start = first * count // length
        stop = max(start + 1, -(-(last + 1) * count // length))
        spans.append((start, stop + 2 * EDGE - 1))
    (top, bottom), (left, right) = spans
    pixels[[top, bottom], left : right + 1] = color
    pixels[top : bottom + 1, [left, right]] = color


def _half_blocks(pixels: Array) -> list[Segments]:
    """Lines of text, each with two rows of pixels; equal neighbours share a style."""
    if len(pixels) % 2:
        pixels = np.pad(pixels, ((0, 1), (0, 0)), constant_values=CLEAR)
    lines = []
    for upper, lower in zip(pixels[::2].tolist(), pixels[1::2].tolist(), strict=True):
        line: Segments = []
        for pair in zip(upper, lower, strict=True):
            sign, style = _look(*pair)
            if line and line[-1][1] is style:
                line[-1] = line[-1][0] + sign, style
            else:
                line.append((sign, style))
        lines.append(line)
    return lines


@lru_cache(maxsize=1 << 14)
def _look(upper: int, lower: int) -> tuple[str, Style]:
    """The sign and the style of two pixels above each other."""
    if upper < 0 and lower < 0:
        return ("·", DIM) if NOT_YET in (upper, lower) else (" ", PLAIN)
    if upper < 0:
        return LOWER, Style(color=_code(lower))
    return UPPER, Style(color=_code(upper), bgcolor=None if lower < 0 else _code(lower))


def _code(color: int) -> str:
    red, green, blue = color.to_bytes(3, "big")
    return hexadecimal((red, green, blue))
