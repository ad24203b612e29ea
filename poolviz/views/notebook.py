"""A result in a notebook: its page in a frame of its own, or a PNG."""

import html as markup
import io

from PIL.PngImagePlugin import PngInfo

from poolviz.result import PoolResult
from poolviz.views.canvas import Canvas
from poolviz.views.figures import DEFAULT_FIGURE, figure_scene
from poolviz.views.page import Offer, Variant, page
from poolviz.views.style import DEFAULT_THEME, THEMES

# A notebook keeps what it shows, so that pages in it take in fewer channels and cells.
MOST_SIGNS, MOST_CELLS = 1 << 18, 128
# Of the frame, in pixels, to which a page fits its panels.
HEIGHT = 860


def html(result: PoolResult) -> str:
    """The page in a frame, so that several in one notebook do not disturb each other."""
    variant = Variant(result.mode.name(), result)
    offer = Offer([variant], most_signs=MOST_SIGNS, most_cells=MOST_CELLS)
    name = markup.escape(result.feature_map.name)
    return (
        f'<iframe title="{name}" width="100%" height="{HEIGHT}"'
        ' style="border: 0" sandbox="allow-scripts allow-downloads" allow="clipboard-write"'
        f' srcdoc="{markup.escape(page(offer).decode())}"></iframe>'
    )


def png(result: PoolResult) -> bytes:
    """Input and output, with one window worked out."""
    scene = figure_scene(DEFAULT_FIGURE, result, 0, None, THEMES[DEFAULT_THEME])
    info = PngInfo()
    info.add_itxt("Description", scene.description)
    buffer = io.BytesIO()
    Canvas.of(scene).image().save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()
