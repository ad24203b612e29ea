"""Charts: curves over a common axis, drawn by matplotlib in the colours of all pictures."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from poolviz.views.scene.style import CATEGORIES, Color, Theme, font_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# CSS pixels, of which an inch has 96.
WIDTH, HEIGHT, PIXELS_PER_INCH = 800, 480, 96
POINTS = 72 / PIXELS_PER_INCH
# Markers and dashes tell curves apart without colours, for colour-blind readers and printers.
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("solid", (0, (5, 2)), (0, (1, 1.5)))


@dataclass(frozen=True)
class Curve:
    """Values with a name; a ``muted`` curve is only a reference for the others."""

    name: str
    values: tuple[float, ...]
    muted: bool = False


@dataclass(frozen=True)
class Chart:
    """Curves over ``along``, with title, labels, captions and alt text."""

    title: str
    description: str
    along: tuple[int, ...]
    across_label: str
    up_label: str
    curves: tuple[Curve, ...]
    captions: tuple[str, ...]
    theme: Theme
    scale: int = 1

    @property
    def width(self) -> int:
        """In pixels."""
        return WIDTH * self.scale

    @property
    def height(self) -> int:
        """In pixels."""
        return HEIGHT * self.scale

    def enlarged(self, scale: int) -> "Chart":
        """The chart enlarged by a whole factor."""
        return replace(self, scale=self.scale * scale)


def chart_figure(chart: Chart) -> "Figure":
    """The chart as a figure of matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - takes 0.5 s
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes 0.5 s

    size = WIDTH * chart.scale / PIXELS_PER_INCH, HEIGHT * chart.scale / PIXELS_PER_INCH
    figure = Figure(figsize=size, dpi=PIXELS_PER_INCH, facecolor=_code(chart.theme.background))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.09, 0.2, 0.66, 0.67))
    _frame(axes, chart)
    for index, curve in enumerate(chart.curves):
        _draw_curve(axes, chart, curve, index)
    _draw_texts(figure, axes, chart)
    return figure


def _frame(axes: Any, chart: Chart) -> None:
    """Grid lines, and ticks at whole numbers; the y axis runs from 0 to 100 per cent."""
    theme, scale = chart.theme, chart.scale
    axes.set_facecolor(_code(theme.background))
    axes.grid(color=_code(theme.grid), linewidth=0.8 * scale)
    axes.set_axisbelow(True)
    axes.set_ylim(-4, 104)
    # At most a dozen ticks.
    step = -(-len(chart.along) // 12)
    axes.set_xticks([value for value in chart.along if value % step == 0])
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_code(theme.muted))
    axes.tick_params(colors=_code(theme.muted), length=0)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(13 * scale))


def _draw_curve(axes: Any, chart: Chart, curve: Curve, index: int) -> None:
    color = chart.theme.muted if curve.muted else CATEGORIES[index % len(CATEGORIES)]
    axes.plot(
        chart.along,
        [100 * value for value in curve.values],
        color=_code(color),
        linewidth=2 * chart.scale,
        linestyle=(0, (2, 2)) if curve.muted else DASHES[index // len(CATEGORIES) % len(DASHES)],
        marker="" if curve.muted else MARKERS[index % len(MARKERS)],
        markersize=6 * chart.scale,
        label=curve.name,
    )


def _draw_texts(figure: Any, axes: Any, chart: Chart) -> None:
    theme, scale = chart.theme, chart.scale
    ink, muted = _code(theme.ink), _code(theme.muted)
    style = {"parse_math": False, "color": muted}
    figure.text(
        0.03,
        0.93,
        chart.title,
        color=ink,
        parse_math=False,
        fontproperties=_font(18 * scale, bold=True),
    )
    axes.set_xlabel(chart.across_label, fontproperties=_font(14 * scale), **style)
    axes.set_ylabel(chart.up_label, fontproperties=_font(14 * scale), **style)
    for index, line in enumerate(chart.captions):
        figure.text(0.03, 0.055 - 0.04 * index, line, fontproperties=_font(13 * scale), **style)
    legend = axes.legend(
        loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False, prop=_font(14 * scale)
    )
    for text in legend.get_texts():
        text.set_color(ink)
        text.set_parse_math(False)


def _font(pixels: int, *, bold: bool = False) -> Any:
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - takes 0.5 s

    return FontProperties(fname=font_file(bold), size=pixels * POINTS)


def _code(color: Color) -> str:
    return "#" + bytes(color).hex()
