"""Painting of a Scene or a Chart with matplotlib, as SVG (with text as text), PDF or PNG."""

import io
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

from poolviz.memory import Budget, format_bytes
from poolviz.views.paint.chart import Chart, chart_figure
from poolviz.views.scene.elements import Box, Label, Pixels, Scene, Stroke, Wedge
from poolviz.views.scene.style import Color, font_file

# The memory that a PNG takes for each pixel of a scene, measured.
BYTES_PER_PIXEL = 20
# A pixel of a scene is 1/96 inch, as in CSS; PNGs have a higher resolution.
PIXELS_PER_INCH = 96
PNG_DPI = 192
POINTS_PER_PIXEL = 72 / PIXELS_PER_INCH
LINE_STYLES: dict[str, Any] = {"solid": "solid", "dashed": (0, (3, 2)), "dotted": (0, (1, 1.5))}
# Text stays text in an SVG; a fixed salt and no dates give the same bytes every time.
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "poolviz",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.75,
    "font.family": "DejaVu Sans",
}
_ANCHORS = {"left": "left", "middle": "center", "right": "right"}


def check_figure(scene: Scene | Chart, kind: str, budget: Budget) -> None:
    """Raise SpecError for a PNG that would take more memory than the budget allows."""
    if kind == "png":
        needed = BYTES_PER_PIXEL * scene.width * scene.height
        remedy = "use a smaller scale or write an .svg file"
        budget.check_work(needed, f"figure {format_bytes(needed)}", remedy)


def figure_bytes(scene: Scene | Chart, kind: str) -> bytes:
    """The bytes of an ``svg``, ``pdf`` or ``png``, with the description as alt text."""
    buffer = io.BytesIO()
    with mpl.rc_context(_SETTINGS):
        figure = chart_figure(scene) if isinstance(scene, Chart) else _figure(scene)
        figure.savefig(buffer, format=kind, dpi=PNG_DPI, metadata=_metadata(scene, kind))
    if kind != "svg":
        return buffer.getvalue()
    # The elements that screen readers read; matplotlib writes only metadata.
    elements = f"<title>{escape(scene.title)}</title>\n <desc>{escape(scene.description)}</desc>\n "
    return buffer.getvalue().replace(b"<metadata>", f"{elements}<metadata>".encode(), 1)


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
            case Stroke((x0, y0), (x1, y1), color, line_width):
                width = line_width * POINTS_PER_PIXEL
                axes.plot([x0, x1], [y0, y1], color=_fraction(color), lw=width)
            case Wedge(corners, color, opacity):
                fill = _fraction(color)
                axes.add_artist(Polygon(corners, facecolor=fill, alpha=opacity, lw=0))
            case Pixels(left, top, width, height, colors):
                extent = (left, left + width, top + height, top)
                axes.imshow(colors, extent=extent, interpolation="nearest", aspect="auto")
    # Otherwise matplotlib draws all texts last, even those under a later box.
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
    """An outline inside its box: the middle of the line is half its width from the edge."""
    half = box.line_width / 2
    corner = (box.x + half, box.y + half)
    size = box.width - box.line_width, box.height - box.line_width
    look: Any = {"fill": False, "edgecolor": _fraction(color)}
    look |= {"lw": box.line_width * POINTS_PER_PIXEL, "linestyle": LINE_STYLES[box.line_style]}
    if box.radius:
        # A rounding of more than half a side would turn the corners inside out.
        rounding = min(box.radius - half, min(size) / 2)
        style = f"round,pad=0,rounding_size={rounding}"
        axes.add_artist(FancyBboxPatch(corner, *size, boxstyle=style, **look))
    else:
        axes.add_artist(Rectangle(corner, *size, joinstyle="miter", **look))


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
