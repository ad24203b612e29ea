"""Paints a Scene or a Chart with matplotlib: SVG with text as text, PDF, PNG."""

import io
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from poolviz.memory import Budget, format_bytes
from poolviz.views.paint.chart import Chart, chart_figure
from poolviz.views.scene.elements import Box, Label, Pixels, Scene, Stroke
from poolviz.views.scene.style import Color, font_file

# Measured, of each pixel of a scene that is drawn as a PNG.
BYTES_PER_PIXEL = 20
# A scene's pixels are 1/96 inch, as CSS has it; PNGs are this much finer.
PIXELS_PER_INCH = 96
PNG_DPI = 192
POINTS_PER_PIXEL = 72 / PIXELS_PER_INCH
LINE_STYLES: dict[str, Any] = {"solid": "solid", "dashed": (0, (3, 2)), "dotted": (0, (1, 1.5))}
# Text stays text in an SVG; fixed salts and no dates make the same bytes each time.
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "poolviz",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.75,
    "font.family": "DejaVu Sans",
}
_ANCHORS = {"left": "left", "middle": "center", "right": "right"}


def check_figure(scene: Scene | Chart, kind: str, budget: Budget) -> None:
    """Raise SpecError for a figure of pixels that would take more than the budget."""
    if kind == "png":
        wanted = BYTES_PER_PIXEL * scene.width * scene.height
        budget.check_work(
            wanted, f"figure {format_bytes(wanted)}", "give a smaller --enlarge, or an .svg"
        )


def figure_bytes(scene: Scene | Chart, kind: str) -> bytes:
    """``scene`` as the bytes of an ``svg``, ``pdf`` or ``png``, its description as alt text."""
    buffer = io.BytesIO()
    with mpl.rc_context(_SETTINGS):
        figure = chart_figure(scene) if isinstance(scene, Chart) else _figure(scene)
        figure.savefig(buffer, format=kind, dpi=PNG_DPI, metadata=_metadata(scene, kind))
    return _titled(buffer.getvalue(), scene) if kind == "svg" else buffer.getvalue()


def _titled(svg: bytes, scene: Scene | Chart) -> bytes:
    """``svg`` with the elements that screen readers read: matplotlib writes only metadata."""
    words = f"<title>{escape(scene.title)}</title>\n <desc>{escape(scene.description)}</desc>\n "
    return svg.replace(b"<metadata>", f"{words}<metadata>".encode(), 1)


def _metadata(scene: Scene | Chart, kind: str) -> dict[str, Any]:
    if kind == "svg":
        return {
            "Title": scene.title,
            "Description": scene.description,
            "Date": None,
            "Creator": None,
        }
    if kind == "pdf":
        return {
            "Title": scene.title,
            "Subject": scene.description,
            "CreationDate": None,
            "Creator": None,
            "Producer": None,
        }
    return {"Title": scene.title, "Description": scene.description, "Software": None}


def _figure(scene: Scene) -> Figure:
    size = (scene.width / PIXELS_PER_INCH, scene.height / PIXELS_PER_INCH)
    figure = Figure(figsize=size, dpi=PIXELS_PER_INCH, facecolor=_fraction(scene.background))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for item in scene.items:
        match item:
            case Box():
                _box(axes, item)
            case Label():
                _label(axes, item)
            case Stroke():
                _stroke(axes, item)
            case Pixels():
                _pixels(axes, item)
    # By itself matplotlib would draw all texts last, those under a later box too.
    for order, artist in enumerate(axes.get_children()):
        artist.set_zorder(order)
    axes.set_xlim(0, scene.width)
    axes.set_ylim(scene.height, 0)
    return figure


def _fraction(color: Color) -> tuple[float, float, float]:
    red, green, blue = color
    return red / 255, green / 255, blue / 255


def _box(axes: Any, box: Box) -> None:
    if box.fill is not None:
        corner = (box.x, box.y)
        axes.add_artist(Rectangle(corner, box.width, box.height, color=_fraction(box.fill), lw=0))
    if box.hatch is not None:
        hatch: Any = {"hatch": "//////", "edgecolor": _fraction(box.hatch), "lw": 0, "fill": False}
        axes.add_artist(Rectangle((box.x, box.y), box.width, box.height, **hatch))
    if box.outline is not None:
        _outline(axes, box, box.outline)


def _outline(axes: Any, box: Box, color: Color) -> None:
    """An outline lies within its box: its middle is half a line's width inside."""
    half = box.line_width / 2
    axes.add_artist(
        Rectangle(
            (box.x + half, box.y + half),
            box.width - box.line_width,
            box.height - box.line_width,
            fill=False,
            edgecolor=_fraction(color),
            lw=box.line_width * POINTS_PER_PIXEL,
            linestyle=LINE_STYLES[box.line_style],
            joinstyle="miter",
        )
    )


def _label(axes: Any, label: Label) -> None:
    font = font_manager.FontProperties(fname=font_file(label.bold))
    axes.text(
        label.x,
        label.y,
        label.text,
        color=_fraction(label.color),
        fontproperties=font,
        fontsize=label.size * POINTS_PER_PIXEL,
        ha=_ANCHORS[label.anchor],
        va="center_baseline",
        parse_math=False,
    )


def _stroke(axes: Any, stroke: Stroke) -> None:
    (x0, y0), (x1, y1) = stroke.start, stroke.end
    width = stroke.line_width * POINTS_PER_PIXEL
    axes.plot([x0, x1], [y0, y1], color=_fraction(stroke.color), lw=width)


def _pixels(axes: Any, pixels: Pixels) -> None:
    extent = (pixels.x, pixels.x + pixels.width, pixels.y + pixels.height, pixels.y)
    axes.imshow(pixels.colors, extent=extent, interpolation="nearest", aspect="auto")
