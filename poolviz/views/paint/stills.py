"""Stills: input and output with one pixel for each cell, on one value scale."""

import io
import math

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from poolviz import text
from poolviz.errors import SpecError
from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.views.paint.formats import LEAST_SIDE, describe_step, still_steps
from poolviz.views.scene.style import Color, Theme, ValueScale, value_scale
from poolviz.windows import Array

# The most memory that a still may take, at three bytes a pixel.
MOST_BYTES = 1 << 30
# The gap between the channels of a montage, in cells.
MONTAGE_GAP = 1


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
