"""Painting of a Scene or a Chart with matplotlib, as SVG (with text as text), PDF or PNG."""

import io
from collections import Counter
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

from poolviz.memory import Budget
from poolviz.views.paint.chart import Chart, chart_figure
from poolviz.views.scene.elements import Box, Item, Label, Pixels, Scene, Stroke, Wedge
from poolviz.views.scene.fonts import font_family, font_file
from poolviz.views.scene.style import Color

# The memory that a PNG takes for each of its pixels, measured.
BYTES_PER_PIXEL = 5
# What a shape takes in the PDF and the SVG of a page.
BYTES_PER_SHAPE = 1000
POINTS_PER_INCH = 72
# What a reader's machine uses in an SVG if it lacks the font.
FALLBACK = "Arial, sans-serif"
LINE_STYLES: dict[str, Any] = {"solid": "solid", "dashed": (0, (3, 2)), "dotted": (0, (1, 1.5))}
# Text stays text in an SVG; a fixed salt and no dates give the same bytes every time.
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "poolviz",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.75,
}
_ANCHORS = {"left": "left", "middle": "center", "right": "right"}


def check_figure(scene: Scene | Chart, kind: str, budget: Budget) -> None:
    """Raise SpecError for a PNG that would take more memory than the budget allows."""
    if kind == "png":
        finer = scene.size * scene.resolution / POINTS_PER_INCH
        needed = round(BYTES_PER_PIXEL * scene.width * scene.height * finer**2)
        remedy = "use a smaller scale, write an .svg file"
        budget.check_work({"the figure": needed}, remedy)


def figure_bytes(scene: Scene | Chart, kind: str) -> bytes:
    """The bytes of an ``svg``, ``pdf`` or ``png``, with the description as alt text."""
    buffer = io.BytesIO()
    with mpl.rc_context({**_SETTINGS, "font.family": font_family()}):
        figure = chart_figure(scene) if isinstance(scene, Chart) else _figure(scene)
        figure.savefig(
            buffer,
            format=kind,
            dpi=scene.resolution,
            transparent=scene.transparent,
            metadata=_metadata(scene, kind),
        )
    data = buffer.getvalue()
    return _readable(data, scene.description) if kind == "svg" else data


def check_pages(scene: Scene, count: int, budget: Budget) -> None:
    """Raise SpecError for pages like ``scene`` that would take more memory than the budget."""
    needed = BYTES_PER_SHAPE * len(scene.items) * count
    budget.check_work({"the pages": needed}, "raise every, use a smaller region")


def slides_bytes(scenes: Iterable[Scene]) -> list[bytes]:
    """A PDF with a page for each scene, then each scene as an SVG."""
    svgs = []

    def drawn() -> Iterable[Scene]:
        for scene in scenes:
            svgs.append(figure_bytes(scene, "svg"))
            yield scene

    return [pages_bytes(drawn()), *svgs]


def pages_bytes(scenes: Iterable[Scene]) -> bytes:
    """A PDF with a page for each of one or more scenes, with title and alt text of the first."""
    buffer = io.BytesIO()
    with mpl.rc_context({**_SETTINGS, "font.family": font_family()}):
        pages: Any = None
        for scene in scenes:
            pages = pages or PdfPages(buffer, metadata=_metadata(scene, "pdf"))
            pages.savefig(_figure(scene), transparent=scene.transparent)
        pages.close()
    return buffer.getvalue()


def _readable(svg: bytes, description: str) -> bytes:
    """An SVG of matplotlib with what screen readers read, and with other fonts to fall back on."""
    said = b'role="img" aria-labelledby="figure-title" aria-describedby="figure-description"'
    svg = svg.replace(b"<svg ", b"<svg " + said + b" ", 1)
    svg = svg.replace(b"<title>", b'<title id="figure-title">', 1)
    words = f'<desc id="figure-description">{escape(description)}</desc>\n <metadata>'
    svg = svg.replace(b"<metadata>", words.encode(), 1)
    family = f"'{font_family()}'".encode()
    return svg.replace(family, family + f", {FALLBACK}".encode())


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
    inches = scene.size / POINTS_PER_INCH
    size = scene.width * inches, scene.height * inches
    figure = Figure(figsize=size, dpi=1 / inches, facecolor=_fraction(scene.background))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    ids = Counter[str]()
    # What axes have from the beginning stays behind the shapes that are added.
    fixed = len(axes.get_children())
    for item in scene.items:
        before = len(axes.get_children()) - fixed
        _draw(axes, item, scene.size)
        if item.part:
            # The shapes of one part are numbered, since an id must be unique.
            for artist in axes.get_children()[before:-fixed]:
                ids[item.part] += 1
                count = ids[item.part]
                artist.set_gid(item.part if count == 1 else f"{item.part}--{count}")
    # Otherwise matplotlib draws all texts last, even those under a later box.
    for order, artist in enumerate(axes.get_children()):
        artist.set_zorder(order)
    axes.set_xlim(0, scene.width)
    axes.set_ylim(scene.height, 0)
    return figure


def _draw(axes: Any, item: Item, size: float) -> None:
    """Add one shape; ``size`` is the width of a pixel in points."""
    match item:
        case Box():
            _box(axes, item, size)
        case Label():
            _label(axes, item, size)
        case Stroke((x0, y0), (x1, y1), color, line_width):
            axes.plot([x0, x1], [y0, y1], color=_fraction(color), lw=line_width * size)
        case Wedge(corners, color, opacity):
            fill = _fraction(color)
            axes.add_artist(Polygon(corners, facecolor=fill, alpha=opacity, lw=0))
        case Pixels(left, top, width, height, colors):
            extent = (left, left + width, top + height, top)
            axes.imshow(colors, extent=extent, interpolation="nearest", aspect="auto")


def _fraction(color: Color) -> tuple[float, float, float]:
    red, green, blue = color
    return red / 255, green / 255, blue / 255


def _box(axes: Any, box: Box, size: float) -> None:
    if box.fill is not None:
        corner = (box.x, box.y)
        axes.add_artist(Rectangle(corner, box.width, box.height, color=_fraction(box.fill), lw=0))
    if box.hatch is not None:
        hatch: Any = {"hatch": "//////", "edgecolor": _fraction(box.hatch), "lw": 0, "fill": False}
        axes.add_artist(Rectangle((box.x, box.y), box.width, box.height, **hatch))
    if box.outline is not None:
        _outline(axes, box, box.outline, size)


def _outline(axes: Any, box: Box, color: Color, pixel: float) -> None:
    """An outline inside its box: the middle of the line is half its width from the edge."""
    half = box.line_width / 2
    corner = (box.x + half, box.y + half)
    size = box.width - box.line_width, box.height - box.line_width
    look: Any = {"fill": False, "edgecolor": _fraction(color)}
    look |= {"lw": box.line_width * pixel, "linestyle": LINE_STYLES[box.line_style]}
    if box.radius:
        # A rounding of more than half a side would turn the corners inside out.
        rounding = min(box.radius - half, min(size) / 2)
        style = f"round,pad=0,rounding_size={rounding}"
        axes.add_artist(FancyBboxPatch(corner, *size, boxstyle=style, **look))
    else:
        axes.add_artist(Rectangle(corner, *size, joinstyle="miter", **look))


def _label(axes: Any, label: Label, size: float) -> None:
    weight = "bold" if label.bold else "normal"
    font = font_manager.FontProperties(fname=font_file(label.bold), weight=weight)
    axes.text(
        label.x,
        label.y,
        label.text,
        color=_fraction(label.color),
        fontproperties=font,
        fontsize=label.size * size,
        ha=_ANCHORS[label.anchor],
        va="center_baseline",
        parse_math=False,
    )
