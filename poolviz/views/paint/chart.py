"""Charts: curves over a common axis, drawn by matplotlib in the colours of all pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from poolviz.text import percent as _percent
from poolviz.views.scene.elements import PNG_RESOLUTION, POINTS_PER_PIXEL
from poolviz.views.scene.fonts import font_file, text_width, wrap_text
from poolviz.views.scene.style import CATEGORIES, Color, Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The width in pixels, and the height of the axes in a picture of that width, and in any.
WIDTH, UP, LEAST_UP = 800, 300, 180
# From the edges of the picture to its texts and to the axes, in pixels.
MARGIN, LEFT, BOTTOM = 24, 72, 58
# The least distance between the names of curves in pixels, and where they begin, in parts of the
# length of the x axis.
NAME_LINE, LEADER, NAME_START = 18, 0.012, 0.06
TITLE_SIZE, LABEL_SIZE, NAME_SIZE, MARKER = 18, 14, 13, 6
# The lines of the title and of the captions in pixels.
TITLE_LINE, LINE = 26, 19
# The room left of the first point, in parts of the length of the x axis.
MARGIN_ACROSS = 0.02
POINTS_PER_INCH = 72
# Of more curves only those that lie highest and lowest are coloured.
MOST_COLORED = len(CATEGORIES)
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
    """Curves over ``along``, with title, source, labels, captions and alt text.

    The axis of their values ends at ``most``.
    """

    title: str
    description: str
    along: tuple[int, ...]
    across_label: str
    up_label: str
    curves: tuple[Curve, ...]
    captions: tuple[str, ...]
    theme: Theme
    source: str = ""
    size: float = POINTS_PER_PIXEL
    resolution: int = PNG_RESOLUTION
    transparent: bool = False
    bare: bool = False
    most: float = 1.0

    @property
    def width(self) -> int:
        """In pixels."""
        return self.theme.choices.at_most(WIDTH)

    @property
    def scale(self) -> float:
        """How many times as large as its pixels the chart is drawn."""
        return self.size / POINTS_PER_PIXEL

    @cached_property
    def title_lines(self) -> list[str]:
        """The heading, or its author's, in lines that fit; none for a bare chart."""
        title = self.theme.choices.title
        title = self.title if title is None else title
        if self.bare or not title:
            return []
        return wrap_text(title, TITLE_SIZE, self.width - 2 * MARGIN, bold=True)

    @cached_property
    def source_lines(self) -> list[str]:
        """What the chart is of, in lines that fit."""
        if not (self.source and self.title_lines):
            return []
        return wrap_text(self.source, NAME_SIZE, self.width - 2 * MARGIN)

    @cached_property
    def caption_lines(self) -> list[str]:
        """The captions in lines that fit."""
        captions = () if self.bare else self.captions
        return [
            line
            for caption in captions
            for line in wrap_text(caption, NAME_SIZE, self.width - 2 * MARGIN)
        ]

    @cached_property
    def axes(self) -> tuple[int, int, int, int]:
        """The left and the lower edge, the width and the height of the axes in pixels."""
        names = [
            text_width(_named(curve), NAME_SIZE, index in emphasised(self.curves))
            for index, curve in enumerate(self.curves)
        ]
        across = round((self.width - LEFT - max(names) - MARGIN) / (1 + NAME_START))
        bottom = BOTTOM + MARGIN // 2 + LINE * len(self.caption_lines)
        up = max(LEAST_UP, UP * self.width // WIDTH, NAME_LINE * len(self.curves))
        return LEFT, bottom, across, up

    @property
    def height(self) -> int:
        """In pixels."""
        _, bottom, _, up = self.axes
        titles = TITLE_LINE * len(self.title_lines) + LINE * len(self.source_lines)
        return bottom + up + titles + MARGIN + MARGIN // 2

    def enlarged(self, scale: float) -> "Chart":
        """The chart enlarged by a factor."""
        return replace(self, size=self.size * scale)


def chart_figure(chart: Chart) -> "Figure":
    """The chart as a figure of matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - takes 0.5 s
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes 0.5 s

    inches = chart.size / POINTS_PER_INCH
    size = chart.width * inches, chart.height * inches
    figure = Figure(figsize=size, dpi=1 / inches, facecolor=_code(chart.theme.background))
    FigureCanvasAgg(figure)
    left, bottom, across, up = chart.axes
    whole = chart.width, chart.height
    axes = figure.add_axes((left / whole[0], bottom / whole[1], across / whole[0], up / whole[1]))
    _frame(axes, chart)
    drawn = [_draw_curve(axes, chart, curve, index) for index, curve in enumerate(chart.curves)]
    _draw_texts(figure, axes, chart)
    _name_curves(axes, chart, drawn)
    return figure


def emphasised(curves: Sequence[Curve]) -> frozenset[int]:
    """Which curves are coloured: all of a few, of many those that lie highest and lowest."""
    means = {
        index: sum(curve.values) / len(curve.values)
        for index, curve in enumerate(curves)
        if not curve.muted
    }
    if len(means) <= MOST_COLORED:
        return frozenset(means)
    return frozenset([max(means, key=means.__getitem__), min(means, key=means.__getitem__)])


def spread(wanted: Sequence[float], least: float, low: float, high: float) -> list[float]:
    """Places in the order of ``wanted`` and near them, at least ``least`` apart.

    They lie between ``low`` and ``high`` if there is room, else closer to each other.

    Example:
        >>> spread([0.0, 10.0, 11.0], 4.0, 0.0, 12.0)
        [0.0, 8.0, 12.0]
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    least = min(least, (high - low) / max(len(wanted) - 1, 1))
    places = [0.0] * len(wanted)
    bottom = low
    for index in order:
        places[index] = bottom = max(wanted[index], bottom)
        bottom += least
    top = high
    for index in reversed(order):
        places[index] = top = min(places[index], top)
        top -= least
    return places


def _frame(axes: Any, chart: Chart) -> None:
    """Grid lines, and ticks at whole numbers; values in per cent on the y axis, from 0."""
    theme, scale = chart.theme, chart.scale
    axes.set_facecolor(_code(theme.background))
    axes.grid(color=_code(theme.grid), linewidth=0.8 * scale)
    axes.set_axisbelow(True)
    axes.set_ylim(-4 * chart.most, 104 * chart.most)
    # At most a dozen ticks.
    step = -(-len(chart.along) // 12)
    axes.set_xticks([value for value in chart.along if value % step == 0])
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_code(theme.muted))
    axes.tick_params(colors=_code(theme.muted), length=0)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(_font(13 * scale))


def _draw_curve(axes: Any, chart: Chart, curve: Curve, index: int) -> Any:
    strong = index in emphasised(chart.curves)
    # Coloured curves are counted among themselves, so that no two look alike.
    rank = sorted(emphasised(chart.curves)).index(index) if strong else index
    color = CATEGORIES[rank % len(CATEGORIES)] if strong else chart.theme.muted
    (line,) = axes.plot(
        chart.along,
        [100 * value for value in curve.values],
        color=_code(color),
        linewidth=(2.5 if strong else 1) * chart.scale,
        linestyle=(0, (2, 2)) if curve.muted else DASHES[rank // len(CATEGORIES) % len(DASHES)],
        marker="" if curve.muted else MARKERS[rank % len(MARKERS)],
        markersize=(MARKER if strong else MARKER - 2) * chart.scale,
        label=curve.name,
        zorder=3 if strong else 2,
    )
    return line


def _name_curves(axes: Any, chart: Chart, drawn: Sequence[Any]) -> None:
    """The name of each curve at its end, led there by a thin line where it has to move away."""
    scale, theme = chart.scale, chart.theme
    strong = emphasised(chart.curves)
    low, high = axes.get_ylim()
    # Curves that end alike are named from above in the order in which they lie before that.
    ends = [100 * curve.values[-1] for curve in chart.curves]
    means = [sum(curve.values) / len(curve.values) for curve in chart.curves]
    wanted = [end + 1e-3 * mean for end, mean in zip(ends, means, strict=True)]
    per_pixel = (high - low) / chart.axes[3]
    room = NAME_LINE * per_pixel
    places = spread(wanted, room, low + room / 2, high - room / 2)
    at_edge = axes.get_yaxis_transform()
    axes.set_xlim(chart.along[0] - MARGIN_ACROSS * len(chart.along), chart.along[-1])
    for index, (curve, line, end, place) in enumerate(
        zip(chart.curves, drawn, ends, places, strict=True)
    ):
        line.set_clip_on(False)
        across = 1 + LEADER, 1 + NAME_START - LEADER
        axes.plot(
            across,
            (end, place),
            transform=at_edge,
            clip_on=False,
            color=line.get_color(),
            linewidth=scale,
            gid="leader",
        )
        axes.text(
            1 + NAME_START,
            place,
            _named(curve),
            transform=at_edge,
            verticalalignment="center",
            parse_math=False,
            color=_code(theme.ink if index in strong else theme.muted),
            fontproperties=_font(NAME_SIZE * scale, bold=index in strong),
        )


def _draw_texts(figure: Any, axes: Any, chart: Chart) -> None:
    theme, scale = chart.theme, chart.scale
    ink, muted = _code(theme.ink), _code(theme.muted)
    style = {"parse_math": False, "color": muted}

    def write(line: str, y: float, font: Any, color: str) -> None:
        place = MARGIN / chart.width, y / chart.height
        figure.text(*place, line, fontproperties=font, parse_math=False, color=color)

    y = chart.height - MARGIN - TITLE_SIZE // 2
    for line in chart.title_lines:
        write(line, y, _font(TITLE_SIZE * scale, bold=True), ink)
        y -= TITLE_LINE
    for line in chart.source_lines:
        write(line, y + 4, _font(NAME_SIZE * scale), muted)
        y -= LINE
    axes.set_xlabel(chart.across_label, fontproperties=_font(LABEL_SIZE * scale), **style)
    axes.set_ylabel(chart.up_label, fontproperties=_font(LABEL_SIZE * scale), **style)
    y = MARGIN // 2 + LINE * len(chart.caption_lines)
    for line in chart.caption_lines:
        y -= LINE
        write(line, y + 4, _font(NAME_SIZE * scale), muted)


def _named(curve: Curve) -> str:
    """The name of a curve with its last value."""
    return f"{curve.name}  {_percent(curve.values[-1])}"


def _font(pixels: float, *, bold: bool = False) -> Any:
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415 - takes 0.5 s

    return FontProperties(fname=font_file(bold), size=pixels * POINTS_PER_PIXEL)


def _code(color: Color) -> str:
    return "#" + bytes(color).hex()
