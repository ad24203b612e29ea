"""A result in a notebook: its page in a frame of its own, or a PNG."""

import html as markup
import io

from PIL.PngImagePlugin import PngInfo

from poolviz.result import PoolResult
from poolviz.views.canvas import Canvas
from poolviz.views.figures import DEFAULT_FIGURE, figure_scene
from poolviz.views.page import Offer, Variant, page
from poolviz.views.style import DEFAULT_THEME, THEMES

# A notebook keeps what it shows, so that pages in it take in fewer channels.
MOST_SIGNS = 1 << 18
# The frame: what a page has besides its panels, in pixels; they may be as high as at most.
BESIDE_PANELS, HIGHEST_PANELS = 430, 520


def html(result: PoolResult) -> str:
    """The page in a frame, so that several in one notebook do not disturb each other."""
    offer = Offer([Variant(result.mode.name(), result)], most_signs=MOST_SIGNS)
    name = markup.escape(result.feature_map.name)
    return (
        f'<iframe title="{name}" width="100%" height="{BESIDE_PANELS + HIGHEST_PANELS}"'
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
