"""A result in a notebook: its interactive page in a frame, or a PNG."""

import html as markup
import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL.PngImagePlugin import PngInfo

from poolviz.result import PoolResult, Step
from poolviz.views.figures import DEFAULT_FIGURE, figure_scene
from poolviz.views.page import PageContent, Variant, page
from poolviz.views.page.content import PANEL_SIDE, regions
from poolviz.views.paint.canvas import Canvas
from poolviz.views.scene.elements import SMALLEST_DIGITS, cell_side
from poolviz.views.scene.style import DEFAULT_THEME, THEMES
from poolviz.windows import Array

# A notebook stores what it shows, so its pages include fewer channels and cells.
MOST_CHARACTERS, MOST_CELLS = 1 << 18, 128
# The least and the most height of a frame in pixels.
LEAST_HEIGHT, MOST_HEIGHT = 380, 620
# The width that grids have in a usual notebook, the gap between them, and the height of what
# stands around them: title, captions, margins, and the enlarged window below small cells.
GRIDS_WIDTH, GAP, AROUND, WINDOW_HEIGHT = 520, 64, 130, 130


@dataclass(frozen=True, eq=False)
class _Unmasked(PoolResult):
    """A result whose masked cells are NaN in its maps, while its windows still ignore them."""

    original: Any = None

    def step(self, row: int, column: int, channel: int = 0) -> Step:
        """The window without its masked cells; its value is NaN if all are masked."""
        step: Step = self.original.step(row, column, channel)
        return replace(step, value=self.output[channel, row, column])


def _drawable(result: PoolResult) -> PoolResult:
    """The result with NaN for masked cells, since NaN has a colour; unchanged if there are none."""
    if not np.ma.is_masked(result.feature_map.values):
        return result
    feature_map = result.feature_map
    notes = (*feature_map.notes, "masked cells are drawn as NaN")
    drawn = replace(feature_map, values=_with_nan(feature_map.values), notes=notes)
    return _Unmasked(drawn, result.plan, _with_nan(result.output), result)


def _with_nan(values: Array) -> Array:
    wide = values if values.dtype.kind == "f" else values.astype(np.float64)
    return np.ma.filled(wide, np.nan)


def _height(content: PageContent) -> int:
    """The height of a frame in pixels in which the page's grids have room and nothing is empty."""
    (region,) = regions(content)
    result = content.variants[0].result
    cell = cell_side(*region.cells, PANEL_SIDE)
    height, width = (cell * len(part) for part in region.cells)
    if len(region.cells[0]) == 1:
        # The output of one row stands below it.
        grids = 2.0 * height + GAP
    else:
        wide = width + cell * len(region.windows[1])
        grids = height * min(1.0, (GRIDS_WIDTH - GAP) / wide)
    has_digits = cell >= 2 * SMALLEST_DIGITS and not result.feature_map.is_rgb
    needed = AROUND + round(grids) + (0 if has_digits else WINDOW_HEIGHT)
    return min(max(needed, LEAST_HEIGHT), MOST_HEIGHT)


def html(result: PoolResult) -> str:
    """The page in a frame, so that several pages in one notebook do not affect each other."""
    variant = Variant(result.mode.name(), _drawable(result))
    content = PageContent([variant], most_characters=MOST_CHARACTERS, most_cells=MOST_CELLS)
    name = markup.escape(result.feature_map.name)
    return (
        f'<iframe title="{name}" width="100%" height="{_height(content)}"'
        # A printer must not cut it in two.
        ' style="border: 0; break-inside: avoid"'
        ' sandbox="allow-scripts allow-downloads" allow="clipboard-write"'
        f' srcdoc="{markup.escape(page(content).decode())}"></iframe>'
    )


def png(result: PoolResult) -> bytes:
    """The default figure, with its description as alt text."""
    scene = figure_scene(DEFAULT_FIGURE, _drawable(result), 0, None, THEMES[DEFAULT_THEME])
    info = PngInfo()
    info.add_itxt("Description", scene.description)
    buffer = io.BytesIO()
    Canvas.of(scene).image().save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()
