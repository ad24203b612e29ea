"""Input and output on one value scale, with one window marked as an example."""

from poolviz.analysis.example import best_window
from poolviz.result import PoolResult
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import (
    Region,
    crop_side,
    default_region,
    region_around,
    whole_region,
)
from poolviz.views.scene.stage import Stage, fitted_stage
from poolviz.views.scene.style import Theme

# A map with more cells along a side is shown small, with a part of it enlarged.
MOST_CELLS = 14
# The cells along a side of that part: few enough for digits. In colour it has more, and at least
# so many windows along a side, unless these are very large.
DETAIL, DETAIL_IN_COLOR, WINDOWS_IN_COLOR, LARGEST_DETAIL = 10, 24, 3, 96


def scene(
    result: PoolResult,
    channel: int,
    region: Region | None,
    theme: Theme,
    cell: tuple[int, int] | None = None,
) -> Scene:
    """The full map or a region; the example is the best window in it, or the one at ``cell``.

    A map too large for digits is shown whole, beside the part of it around the example.
    """
    part = region
    if region is None and result.feature_map.value_range is not None:
        # Of a picture, the example is in the part that one would point at, as in its animation.
        part = default_region(result, channel, side=crop_side(result))
    index = cell or best_window(result, channel, part.windows if part else None)
    shown = region or _detail(result, index)
    example = result.step(*index, channel)
    stage = fitted_stage(Stage(result, channel, shown, theme, (example,)))
    items = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.whole_output(stage),
        *marks(stage, example),
        *parts.arithmetic(stage, example),
        *parts.captions(stage),
    ]
    size, alt = (stage.width, stage.height), stage.describe(example)
    return Scene(*size, theme.background, tuple(items), stage.alt_title, alt)


def _detail(result: PoolResult, index: tuple[int, int]) -> Region:
    """The whole map if it is small, else the windows around one of them."""
    whole = whole_region(result)
    longest = max(map(len, whole.cells))
    one_row = len(whole.cells[0]) == 1
    if whole.whole and longest <= (2 * MOST_CELLS if one_row else MOST_CELLS):
        return whole
    cells = DETAIL
    if result.feature_map.is_rgb:
        last = [min(WINDOWS_IN_COLOR, axis.output_size) - 1 for axis in result.geometry.axes]
        reach = [
            axis.window(index)[-1] - axis.window(0)[0] + 1
            for axis, index in zip(result.geometry.axes, last, strict=True)
        ]
        cells = max(DETAIL_IN_COLOR, min(LARGEST_DETAIL, *reach))
    return region_around(result, index, cells, 2 * cells if one_row else cells)
