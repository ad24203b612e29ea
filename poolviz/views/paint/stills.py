"""Stills: input and output pixel for pixel, one value scale for both."""

import io
import math

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from poolviz import text
from poolviz.errors import SpecError
from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.views.paint.still_size import LEAST_SIDE, drawn_words, still_steps
from poolviz.views.scene.style import Color, Theme, ValueScale, value_scale
from poolviz.windows import Array

# A still takes so much memory at most, of three bytes a pixel.
MOST_BYTES = 1 << 30
# Between the channels of a montage, in cells.
MONTAGE_GAP = 1


def stills(result: PoolResult, theme: Theme, scale: int = 1) -> tuple[bytes, bytes]:
    """PNGs of the input and of the output, all channels.

    Args:
        result: what is shown.
        theme: its colours.
        scale: by which whole factor they are enlarged, beyond one for small maps.

    Raises:
        SpecError: a picture would be too large.
    """
    values, output = result.feature_map.values, result.output
    # The scale is that of all values, drawn or not.
    colors = value_scale(theme, values, output, value_range=result.feature_map.value_range)
    steps = still_steps(values.shape, output.shape)
    rgb = result.feature_map.is_rgb
    before, after = (
        _colors(planes[:, ::every, ::every], colors, theme, rgb=rgb)
        for planes, every in zip((values, output), steps, strict=True)
    )
    name = escaped(result.feature_map.name)
    shapes = text.size(result.feature_map.shape), text.size(result.output_shape)
    parts = [f", {drawn_words(every)}" if every > 1 else "" for every in steps]
    # One factor for both, so that they compare, but for maps of which only parts are drawn.
    factor = _factor(before, scale)
    return (
        _png(before, factor, f"{name}, {shapes[0]}, before pooling{parts[0]}"),
        _png(
            after,
            factor if steps[0] == steps[1] else _factor(after, scale),
            f"{name}, {shapes[1]}, after {result.summary}{parts[1]}",
        ),
    )


def _factor(colors: Array, scale: int) -> int:
    """By which whole factor a still is enlarged.

    Raises:
        SpecError: it would be too large.
    """
    factor: int = scale * max(1, LEAST_SIDE // max(colors.shape[:2]))
    if colors.size * factor**2 > MOST_BYTES:
        raise SpecError(
            "picture",
            f"{colors.shape[0] * factor}×{colors.shape[1] * factor} pixels are too many",
            f"at most {MOST_BYTES // 3:,} are drawn: give a smaller --enlarge",
        )
    return factor


def _colors(planes: Array, scale: ValueScale, theme: Theme, *, rgb: bool) -> Array:
    """(rows, columns, 3): an image's own colours, or a montage of the channels."""
    if rgb:
        return scale.mixed(planes)
    return _montage([scale.colors(plane) for plane in planes], theme.background)


def _montage(planes: list[Array], background: Color) -> Array:
    """Channels row by row in a grid that is about square."""
    across = math.ceil(math.sqrt(len(planes)))
    down = math.ceil(len(planes) / across)
    height, width = (length + MONTAGE_GAP for length in planes[0].shape[:2])
    shape = (down * height - MONTAGE_GAP, across * width - MONTAGE_GAP, 3)
    montage = np.full(shape, background, np.uint8)
    for at, plane in enumerate(planes):
        top, left = at // across * height, at % across * width
        montage[top : top + plane.shape[0], left : left + plane.shape[1]] = plane
    return montage


def _png(colors: Array, factor: int, description: str) -> bytes:
    enlarged = colors.repeat(factor, axis=0).repeat(factor, axis=1)
    info = PngInfo()
    info.add_itxt("Description", description)
    buffer = io.BytesIO()
    Image.fromarray(enlarged).save(buffer, "PNG", pnginfo=info, optimize=False)
    return buffer.getvalue()
