"""Canvas: a palette image to paint Scenes on, for exact colours, small files and fast frames.

Frames that share one palette need no quantisation: painting 196 of them takes as long as drawing
and quantising about ten RGB frames.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from poolviz.views.scene.elements import Box, Item, Label, Pixels, Scene, Stroke, Wedge, place_item
from poolviz.views.scene.fonts import font_file, load_font
from poolviz.views.scene.style import Color, mixed
from poolviz.windows import Array

# One of the 256 indices stays free: the GIF writer uses it for unchanged pixels.
MOST_COLORS = 255
# Pixels with many colours leave SPARE_COLORS for edges of text, but get at least FEWEST_COLORS.
SPARE_COLORS, FEWEST_COLORS = 64, 16
# Of each picture that takes part in the choice of colours, so many pixels count.
SAMPLED = 1 << 15
# The number of steps from background to ink at the edges of text.
EDGE_LEVELS = 4
DASHES = {"solid": (1, 0), "dashed": (5, 3), "dotted": (2, 3)}
HATCH_SPACING = 6
# Lines and rings are drawn this many times as large, then reduced.
OVERSAMPLING = 4
# So many pictures that were painted are remembered, as later frames often show them again.
MOST_DRAWN = 24


class Palette:
    """Up to 255 colours; once it is full, the nearest colour is used."""

    def __init__(self, colors: Iterable[Color] = ()) -> None:
        self._indices: dict[Color, int] = {}
        # The nearest index of colours for which there was no room.
        self._near: dict[Color, int] = {}
        for color in colors:
            self.index(color)
        # For each colour, the index of its blend with every background and opacity; −1 if unknown.
        self._blends: dict[tuple[Color, float], Array] = {}
        # The last pictures by their identity, each with its indices.
        self._drawn: dict[int, tuple[Array, Array]] = {}

    @property
    def colors(self) -> list[Color]:
        """The colours by index."""
        return list(self._indices)

    def index(self, color: Color) -> int:
        """The index of ``color``, which is added while there is room."""
        if color not in self._indices and len(self._indices) < MOST_COLORS:
            self._indices[color] = len(self._indices)
        if color in self._indices:
            return self._indices[color]
        if color not in self._near:
            self._near[color] = self._nearest(color)
        return self._near[color]

    def adopt(self, pictures: Iterable[Array]) -> None:
        """Choose colours for several pictures together, all of equal weight.

        Without this, the first picture that is painted takes the room of the others.

        Args:
            pictures: (…, 3) uint8 colours.
        """
        samples = [_sample(picture.reshape(-1, 3)) for picture in pictures]
        room = MOST_COLORS - len(self._indices) - FEWEST_COLORS
        if not samples or room < FEWEST_COLORS:
            return
        image = Image.fromarray(np.concatenate(samples)[None])
        few = image.quantize(room, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        parts = few.getpalette() or []
        for red, green, blue in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            self.index((red, green, blue))

    def reduce(self, colors: Array) -> Array:
        """(rows, columns, 3) colours, quantised if the palette has no room for all of them."""
        room = MOST_COLORS - len(self._indices) - SPARE_COLORS
        packed = colors.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
        known = {red << 16 | green << 8 | blue for red, green, blue in self._indices}
        if len(set(np.unique(packed).tolist()) - known) <= max(room, 0):
            return colors
        image = Image.fromarray(np.ascontiguousarray(colors, np.uint8))
        if room < FEWEST_COLORS:
            have = np.array(self.colors, np.uint8)
            # Places without a colour repeat the first one.
            filled = np.concatenate([have, np.repeat(have[:1], 256 - len(have), axis=0)])
            table = Image.new("P", (1, 1))
            table.putpalette(filled.tobytes())
            near = image.quantize(palette=table, dither=Image.Dither.NONE)
            return np.asarray(filled[np.asarray(near)])
        few = image.quantize(room, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        return np.asarray(few.convert("RGB"))

    def indexed(self, colors: Array) -> Array:
        """(rows, columns) the indices of a picture's colours, the same each time for one array."""
        if id(colors) in self._drawn:
            return self._drawn[id(colors)][1]
        # As numbers, colours are sorted five times as fast as in rows of three.
        red, green, blue = np.moveaxis(self.reduce(colors).astype(np.uint32), -1, 0)
        unique, places = np.unique((red << 16) + (green << 8) + blue, return_inverse=True)
        palette = [
            self.index((color >> 16, color >> 8 & 255, color & 255)) for color in unique.tolist()
        ]
        indices = np.array(palette, np.uint8)[places.reshape(colors.shape[:2])]
        if len(self._drawn) >= MOST_DRAWN:
            del self._drawn[next(iter(self._drawn))]
        self._drawn[id(colors)] = colors, indices
        return indices

    def _nearest(self, color: Color) -> int:
        distance = np.square(np.array(self.colors) - color).sum(axis=1)
        return int(distance.argmin())

    def blends(self, pairs: Array, color: Color, opacity: float = 1.0) -> Array:
        """The indices of ``color`` blended with the pixels behind it.

        Args:
            pairs: for each pixel, the index behind it times (EDGE_LEVELS + 1), plus the opacity
                of the colour there, from 0 to EDGE_LEVELS.
            color: the colour on top.
            opacity: the opacity of the colour where it covers a pixel.
        """
        unknown = np.full(256 * (EDGE_LEVELS + 1), -1, np.int16)
        table = self._blends.setdefault((color, opacity), unknown)
        indices = table[pairs]
        if (indices < 0).any():
            for pair in np.unique(pairs[indices < 0]).tolist():
                behind, level = divmod(pair, EDGE_LEVELS + 1)
                table[pair] = self.index(
                    mixed(self.colors[behind], color, opacity * level / EDGE_LEVELS)
                )
            indices = table[pairs]
        return indices


class Canvas:
    """An image of palette indices, of shape (height, width)."""

    def __init__(self, indices: Array, palette: Palette, scale: int = 1) -> None:
        self.indices = indices
        self.palette = palette
        self.scale = scale

    @classmethod
    def of(cls, scene: Scene, palette: Palette | None = None, scale: int = 1) -> "Canvas":
        """A canvas with ``scene`` painted on it, enlarged by a whole factor."""
        palette = palette or Palette(scene.exact)
        background = palette.index(scene.background)
        shape = scene.height * scale, scene.width * scale
        canvas = cls(np.full(shape, background, np.uint8), palette, scale)
        canvas.paint(scene.items)
        return canvas

    def copy(self) -> "Canvas":
        """A copy that can be painted on further and shares the palette."""
        return Canvas(self.indices.copy(), self.palette, self.scale)

    def padded(self, width: int, height: int, color: Color) -> "Canvas":
        """The canvas in the middle of a larger one in a colour."""
        rows, columns = self.indices.shape
        top, left = (height - rows) // 2, (width - columns) // 2
        indices = np.full((height, width), self.palette.index(color), np.uint8)
        indices[top : top + rows, left : left + columns] = self.indices
        return Canvas(indices, self.palette, self.scale)

    def image(self) -> Image.Image:
        """The canvas as a palette image of Pillow."""
        image = Image.fromarray(self.indices, "P")
        image.putpalette(bytes(part for color in self.palette.colors for part in color))
        return image

    def paint(self, items: "tuple[Item, ...] | list[Item]") -> None:
        """Draw ``items`` in order."""
        for item in items:
            match place_item(item, scale=self.scale) if self.scale > 1 else item:
                case Box() as box:
                    self._box(box)
                case Label() as label:
                    self._label(label)
                case Stroke() as stroke:
                    mask, left, top = _stroke_mask(stroke.start, stroke.end, stroke.line_width)
                    self._blend(mask, left, top, stroke.color)
                case Wedge(corners, color, opacity):
                    mask, left, top = _wedge_mask(corners)
                    self._blend(mask, left, top, color, opacity)
                case Pixels() as pixels:
                    self._pixels(pixels)

    def _box(self, box: Box) -> None:
        area = self.indices[box.y : box.y + box.height, box.x : box.x + box.width]
        if box.fill is not None:
            area[:] = self.palette.index(box.fill)
        if box.hatch is not None:
            area[_hatch(area.shape)] = self.palette.index(box.hatch)
        if box.outline is not None and box.radius:
            mask = _ring_mask(area.shape, box.line_width, box.radius)
            self._blend(mask, box.x, box.y, box.outline)
        elif box.outline is not None:
            area[_outline(area.shape, box.line_width, *DASHES[box.line_style])] = (
                self.palette.index(box.outline)
            )

    def _label(self, label: Label) -> None:
        path = font_file(label.bold)
        mask, offset = _text_mask(label.text, label.size, path)
        shift = {"left": 0, "middle": mask.shape[1] // 2, "right": mask.shape[1]}[label.anchor]
        # Centred on the height of digits, so that the labels of a row share a baseline.
        ascent = _text_mask("0", label.size, path)
        top = label.y - ascent[0].shape[0] // 2 - ascent[1] + offset
        self._blend(mask, label.x - shift, top, label.color)

    def _blend(self, mask: Array, left: int, top: int, color: Color, opacity: float = 1.0) -> None:
        """Lay ``color`` over the canvas where ``mask`` covers it, cut at the edges."""
        height, width = self.indices.shape
        mask = mask[max(0, -top) : height - top, max(0, -left) : width - left]
        left, top = max(0, left), max(0, top)
        area = self.indices[top : top + mask.shape[0], left : left + mask.shape[1]]
        drawn = mask > 0
        pairs = area[drawn].astype(np.uint16) * (EDGE_LEVELS + 1) + mask[drawn]
        area[drawn] = self.palette.blends(pairs, color, opacity)

    def _pixels(self, pixels: Pixels) -> None:
        rows = np.arange(pixels.height) * len(pixels.colors) // pixels.height
        columns = np.arange(pixels.width) * pixels.colors.shape[1] // pixels.width
        grid = self.palette.indexed(pixels.colors)
        area = slice(pixels.y, pixels.y + pixels.height), slice(pixels.x, pixels.x + pixels.width)
        self.indices[area] = grid[rows][:, columns]


def _sample(colors: Array) -> Array:
    """SAMPLED of some colours, spread evenly; few colours are repeated."""
    places = np.arange(SAMPLED) * len(colors) // SAMPLED
    return np.ascontiguousarray(colors[places], np.uint8)


@cache
def _text_mask(text: str, size: int, path: str) -> tuple[Array, int]:
    """The opacity of each pixel of ``text`` in levels, and its first row below the ascender."""
    face = load_font(path, size)
    _, top, right, bottom = (round(edge) for edge in face.getbbox(text))
    image = Image.new("L", (max(right, 1), max(bottom - top, 1)))
    ImageDraw.Draw(image).text((0, -top), text, fill=255, font=face)
    return _levels(np.asarray(image)), top


def _levels(opacity: Array) -> Array:
    return ((opacity.astype(np.uint16) * EDGE_LEVELS + 127) // 255).astype(np.uint8)


@cache
def _hatch(shape: tuple[int, int]) -> Array:
    """Diagonal lines."""
    rows, columns = np.indices(shape)
    return np.asarray((rows + columns) % HATCH_SPACING == 0)


@cache
def _outline(shape: tuple[int, int], width: int, dash: int, gap: int) -> Array:
    """The border of a rectangle, in dashes that run along it."""
    rows, columns = np.indices(shape)
    top_or_bottom = np.minimum(rows, shape[0] - 1 - rows) < width
    sides = np.minimum(columns, shape[1] - 1 - columns) < width
    along = np.where(top_or_bottom, columns, rows)
    return np.asarray((top_or_bottom | sides) & (along % (dash + gap) < dash))


@cache
def _ring_mask(shape: tuple[int, int], width: int, radius: int) -> Array:
    """The opacity of each pixel of a rounded outline inside a rectangle, in levels."""
    fine = OVERSAMPLING
    image = Image.new("L", (shape[1] * fine, shape[0] * fine))
    area = (0, 0, shape[1] * fine - 1, shape[0] * fine - 1)
    ImageDraw.Draw(image).rounded_rectangle(area, radius * fine, outline=255, width=width * fine)
    return _smooth(image)


@cache
def _stroke_mask(
    start: tuple[int, int], end: tuple[int, int], width: int
) -> tuple[Array, int, int]:
    """The opacity of each pixel of a smooth line in levels, and its top left corner."""
    image, left, top = _blank((start, end), width)
    ImageDraw.Draw(image).line(_fine((start, end), left, top), fill=255, width=width * OVERSAMPLING)
    return _smooth(image), left, top


@cache
def _wedge_mask(corners: tuple[tuple[int, int], ...]) -> tuple[Array, int, int]:
    """The opacity of each pixel of a filled polygon in levels, and its top left corner."""
    image, left, top = _blank(corners, 1)
    ImageDraw.Draw(image).polygon(_fine(corners, left, top), fill=255)
    return _smooth(image), left, top


def _blank(points: tuple[tuple[int, int], ...], margin: int) -> tuple[Image.Image, int, int]:
    """An empty oversampled image around ``points``, and its top left corner."""
    columns, rows = zip(*points, strict=True)
    left, top = min(columns) - margin, min(rows) - margin
    size = max(columns) + margin - left, max(rows) + margin - top
    return Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING)), left, top


def _fine(points: tuple[tuple[int, int], ...], left: int, top: int) -> list[tuple[int, int]]:
    return [((x - left) * OVERSAMPLING, (y - top) * OVERSAMPLING) for x, y in points]


def _smooth(image: Image.Image) -> Array:
    """The opacity levels of an oversampled image."""
    size = image.width // OVERSAMPLING, image.height // OVERSAMPLING
    return _levels(np.asarray(image.resize(size, Image.Resampling.BOX)))
