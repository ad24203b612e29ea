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
from poolviz.views.paint.canvas import Canvas
from poolviz.views.scene.style import DEFAULT_THEME, THEMES
from poolviz.windows import Array

# A notebook stores what it shows, so its pages include fewer channels and cells.
MOST_CHARACTERS, MOST_CELLS = 1 << 18, 128
# The height of the frame in pixels; the page fits its panels to it, at the width of a notebook.
HEIGHT = 620


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


def html(result: PoolResult) -> str:
    """The page in a frame, so that several pages in one notebook do not affect each other."""
    variant = Variant(result.mode.name(), _drawable(result))
    content = PageContent([variant], most_characters=MOST_CHARACTERS, most_cells=MOST_CELLS)
    name = markup.escape(result.feature_map.name)
    return (
        f'<iframe title="{name}" width="100%" height="{HEIGHT}"'
        ' style="border: 0" sandbox="allow-scripts allow-downloads" allow="clipboard-write"'
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
