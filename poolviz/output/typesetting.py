"""Typesetting: what the author of a document decides about its figures."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from poolviz.checks import check_integer, shown
from poolviz.errors import SpecError
from poolviz.output.names import digest
from poolviz.text import number
from poolviz.views.paint.chart import Chart
from poolviz.views.paint.formats import Pace
from poolviz.views.scene.elements import (
    PNG_RESOLUTION,
    POINTS_PER_PIXEL,
    SMALLEST_DIGITS,
    SOURCE,
    TITLE,
    WORDS,
    Label,
    Scene,
    bounds,
    place_item,
)
from poolviz.views.scene.fonts import installed_font, use_font, wrap_text
from poolviz.views.scene.legend import TEXT_SIZE
from poolviz.views.scene.stage import LINE, MARGIN
from poolviz.views.scene.style import DEFAULT_THEME, TALLEST, Choices, Theme, find_theme

# Points of each unit of length.
UNITS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0, "px": POINTS_PER_PIXEL}
_WIDTH = re.compile(rf"(\d{{1,5}}(?:\.\d{{1,3}})?) ?({'|'.join(UNITS)})", re.ASCII)
_NUMBER = re.compile(r"\u2212?[\d.]+")
# Widths in points: 2 cm, and 2 m.
NARROWEST, WIDEST = 56.0, 5670.0
# The smallest type that is readable on paper, in points, and the pixels per inch of a PNG for it.
LEAST_TYPE, PRINT_RESOLUTION = 6.0, 300
# The margin of a figure that is set into a document, in pixels.
CROP = 6
# Marks at the edge of a grid reach so far beyond it, in pixels.
BEYOND = 4
MOST_DECIMALS = 12
# By how much grids are drawn smaller at a time, and how small beside and below each other.
SHRINK, LEAST_BESIDE, LEAST_BELOW = 0.85, 0.25, 0.1
# A figure may be by so much higher than it should be.
SLACK = 1.06
# A figure that is by more than this part too high has rather no digits.
TOO_HIGH = 0.4
# The parts of a picture that are not grids.
ALL_WORDS = (TITLE, SOURCE, WORDS, "arithmetic")


@dataclass(frozen=True)
class FigureStyle:
    """How figures look: colours, and what their author decides.

    Args:
        theme_name: one of THEMES.
        cmap: the name of a colormap; None for one that suits the values.
        scale: the whole factor by which pictures are enlarged; None for the usual size.
        title: the heading; None for the operation, empty for neither heading nor source.
        caption: a line below a figure; empty for none.
        bare: whether a figure has its grids only, without words.
        width: how wide a figure is, such as ``84mm``; None for as wide as its layout.
        font: the family of all text; None for DejaVu Sans.
        transparent: whether a figure has no background.
        vmin: the value that has the lowest colour; None for the smallest.
        vmax: the value that has the highest colour; None for the largest.
        accent: the colour of marks, by its code or name; None for the theme's.
        decimals: the number of decimals; None for as few as tell values apart.
        columns: how many panels stand side by side where they flow; None for a pleasant shape.
    """

    theme_name: str = DEFAULT_THEME
    cmap: str | None = None
    scale: int | None = None
    title: str | None = None
    caption: str = ""
    bare: bool = False
    width: str | None = None
    font: str | None = None
    transparent: bool = False
    vmin: float | None = None
    vmax: float | None = None
    accent: str | None = None
    decimals: int | None = None
    columns: int | None = None

    @cached_property
    def theme(self) -> Theme:
        """The colours, with the author's choices.

        Raises:
            SpecError: a theme, a colormap, a colour, a width or a limit is not valid.
        """
        width = None
        if self.width is not None:
            points, unit = parse_width(self.width)
            # The smallest digits of a layout are then as large as type must be on paper.
            pixel = POINTS_PER_PIXEL if unit == "px" else LEAST_TYPE / SMALLEST_DIGITS
            width = round(points / pixel) + 2 * (MARGIN - CROP - BEYOND)
        choices = Choices(self.title, self.vmin, self.vmax, self.decimals, width)
        return replace(find_theme(self.theme_name, self.cmap, self.accent), choices=choices)

    @property
    def figure_only(self) -> dict[str, bool]:
        """The options that have no effect without a figure, and whether they were given."""
        return {
            "caption": bool(self.caption),
            "bare": self.bare,
            "width": self.width is not None,
            "transparent": self.transparent,
            "columns": self.columns is not None,
        }

    @property
    def words_only(self) -> dict[str, bool]:
        """The options that have no effect without a picture with words, and whether given."""
        return {name: getattr(self, name) is not None for name in ("title", "font", "decimals")}

    def check(self) -> None:
        """Raise SpecError for what cannot be followed, before any work is done."""
        _ = self.theme
        for name in ("vmin", "vmax"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise SpecError(name, f"{number(value)} is not a finite number", "use e.g. 0")
        if self.vmin is not None and self.vmax is not None and self.vmin >= self.vmax:
            cause = f"{number(self.vmax)} is not larger than the lower limit {number(self.vmin)}"
            raise SpecError("vmax", cause, "use a larger limit")
        if self.scale is not None:
            check_integer("scale", self.scale, 1)
        if self.columns is not None:
            check_integer("columns", self.columns, 1)
        if self.decimals is not None:
            check_integer("decimals", self.decimals, 0, MOST_DECIMALS)
        if self.width is not None and self.scale is not None:
            raise SpecError("scale", "has no effect with a width", "omit one of them")
        if self.font is not None:
            installed_font(self.font)

    def figure(self, draw: Callable[[Theme], Scene | Chart]) -> Scene | Chart:
        """The figure that ``draw`` makes, narrow enough, finished.

        Its grids are drawn smaller until it is no wider than the author allows, and not much higher
        than wide; where they would become too small, they stand below each other.

        Raises:
            SpecError: its text would be too small to read, or the font is not installed.
        """
        with use_font(self.font):
            theme = self.theme
            found = draw(theme)
            if theme.choices.width is not None and isinstance(found, Scene):
                found = self._fitted(draw, found)
            return self._finished(found)

    def _fitted(self, draw: Callable[[Theme], Scene | Chart], usual: Scene) -> Scene:
        """The first layout that is narrow and low enough and has the digits of the usual one.

        If there is none, digits count more than the height unless the figure would be far too
        high; of layouts without them the lowest is used. A figure that fits no layout is as narrow
        as possible.
        """
        choices, best = self.theme.choices, usual
        rank: tuple[float, ...] = (math.inf,)
        for below, least in ((False, LEAST_BESIDE), (True, LEAST_BELOW)):
            factor, sizes = 1.0, set()
            while factor > least:
                found, chosen = usual, replace(choices, factor=factor, below=below)
                if below or factor < 1:
                    drawn = draw(replace(self.theme, choices=chosen))
                    assert isinstance(drawn, Scene)  # noqa: S101 - as the usual one is
                    found = drawn
                factor *= SHRINK
                if found.width > (choices.width or 0):
                    if math.isinf(rank[0]) and found.width < best.width:
                        best = found
                    continue
                lost = _written(found) < _written(usual)
                shown = cropped(found)
                excess = max(0, shown.height / shown.width / (SLACK * TALLEST) - 1)
                score = excess > TOO_HIGH, lost, excess
                if score < rank:
                    best, rank = found, score
                if not excess or (found.width, found.height) in sizes:
                    break
                sizes.add((found.width, found.height))
            # A figure that packs its maps by itself is always the same.
            if rank == (False, False, 0) or (usual.width, usual.height) in sizes:
                break
        return best

    def _finished(self, figure: Scene | Chart) -> Scene | Chart:
        """A figure with its caption, at its width, with or without words and background.

        Raises:
            SpecError: its text would be too small to read.
        """
        figure = replace(figure, transparent=self.transparent)
        if isinstance(figure, Scene):
            if self.title:
                figure = replace(figure, title=self.title)
            figure = self._trimmed(figure)
        else:
            captions = (
                *(() if self.bare else figure.captions),
                *[self.caption] * bool(self.caption),
            )
            figure = replace(figure, captions=captions, bare=self.bare)
        if self.width is None:
            return figure.enlarged(self.scale or 1)
        points, unit = parse_width(self.width)
        resolution = round(PNG_RESOLUTION / 2) if unit == "px" else PRINT_RESOLUTION
        figure = replace(figure, size=points / figure.width, resolution=resolution)
        if isinstance(figure, Scene):
            _refuse_small_type(figure, unit)
        return figure

    def _trimmed(self, scene: Scene) -> Scene:
        """Without words if it is bare, with its caption, and without margins in a document."""
        if self.bare:
            grids = tuple(item for item in scene.items if item.part not in ALL_WORDS)
            scene = cropped(replace(scene, items=grids))
        elif self.width is not None:
            scene = cropped(scene)
        return captioned(scene, self.caption, self.theme) if self.caption else scene

    @property
    def words(self) -> list[str]:
        """The settings that differ from the defaults, for names of files."""
        options = {
            "": "" if self.theme_name == DEFAULT_THEME else self.theme_name,
            "cmap-": self.cmap,
            "x": self.scale,
            "title-": None if self.title is None else digest(self.title),
            "caption-": self.caption and digest(self.caption),
            "width-": self.width,
            "font-": self.font,
            "from-": None if self.vmin is None else number(self.vmin),
            "to-": None if self.vmax is None else number(self.vmax),
            "accent-": self.accent,
            "decimals-": self.decimals,
            "columns-": self.columns,
        }
        flags = [name for name in ("bare", "transparent") if getattr(self, name)]
        given = [f"{name}{value}" for name, value in options.items() if value not in (None, "")]
        return [*given, *flags]


@dataclass(frozen=True)
class PictureStyle(FigureStyle):
    """How pictures look, what they show, and how animations run.

    Args:
        region: the part that animations and figures show, as it was typed; None for a default.
        pace: how animations run.
        cell: (row, column) of the output cell whose window is marked; None for the best example.
        same_size: whether the still of the output is as large as that of the input.
        aspect: (width, height) of the ratio that animations are padded to; None for no padding.
        unpool_size: (height, width) of the map to which values return; None for the input's.
    """

    region: str | None = None
    pace: Pace = field(default_factory=Pace)
    cell: tuple[int, int] | None = None
    same_size: bool = False
    aspect: tuple[int, int] | None = None
    unpool_size: tuple[int, int] | None = None

    @property
    def words(self) -> list[str]:
        """The settings that differ from the defaults, for names of files."""
        options = {
            "region-": self.region,
            "cell-": "-".join(map(str, self.cell or ())),
            "same-": "size" if self.same_size else None,
            "unpool-": "x".join(map(str, self.unpool_size or ())),
            "every": self.pace.every,
            "delay": self.pace.delay,
            "hold": self.pace.hold,
            "loop": self.pace.loop,
            "aspect": "-".join(map(str, self.aspect or ())),
        }
        return [*super().words, *(f"{name}{value}" for name, value in options.items() if value)]


def parse_width(text: str) -> tuple[float, str]:
    """A width in points, and the unit in which it was written.

    Raises:
        SpecError: the text is not a width, or it is too small or too large.

    Example:
        >>> parse_width("3.5in"), parse_width("1200px")
        ((252.0, 'in'), (900.0, 'px'))
    """
    match = _WIDTH.fullmatch(text.strip().lower())
    if match is None:
        raise SpecError("width", f"{shown(text)} is not a width", "use e.g. 84mm, 3.3in or 1200px")
    points, unit = float(match[1]) * UNITS[match[2]], match[2]
    if not NARROWEST <= points <= WIDEST:
        least, most = (round(end / UNITS[unit]) or 1 for end in (NARROWEST, WIDEST))
        raise SpecError("width", f"{text} is out of range", f"use {least}{unit} to {most}{unit}")
    return points, unit


def cropped(scene: Scene) -> Scene:
    """The picture without its margins, but for a few pixels."""
    edges = [bounds(item) for item in scene.items]
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    left, top = min(lefts) - CROP, min(tops) - CROP
    items = tuple(place_item(item, -left, -top) for item in scene.items)
    size = max(rights) + CROP - left, max(bottoms) + CROP - top
    return replace(scene, width=size[0], height=size[1], items=items)


def captioned(scene: Scene, caption: str, theme: Theme) -> Scene:
    """The picture with a caption below it, as wide as the picture."""
    left = min(bounds(item)[0] for item in scene.items)
    lines = wrap_text(caption, TEXT_SIZE, scene.width - 2 * left)
    labels = tuple(
        Label(
            left, scene.height + index * LINE + LINE // 2, line, TEXT_SIZE, theme.ink, anchor="left"
        )
        for index, line in enumerate(lines)
    )
    height = scene.height + len(lines) * LINE + left
    return replace(scene, height=height, items=(*scene.items, *labels))


def _written(scene: Scene) -> int:
    """How many numbers a picture has in its cells."""
    labels = [
        item for item in scene.items if isinstance(item, Label) and item.part not in ALL_WORDS
    ]
    return sum(_NUMBER.fullmatch(label.text) is not None for label in labels)


def _refuse_small_type(scene: Scene, unit: str) -> None:
    sizes = [item.size for item in scene.items if isinstance(item, Label)]
    smallest = min(sizes, default=LEAST_TYPE / scene.size) * scene.size
    if smallest >= LEAST_TYPE - 0.01:
        return
    needed = math.ceil(scene.width * scene.size / UNITS[unit] * LEAST_TYPE / smallest)
    raise SpecError(
        "width",
        f"the text would be set in {smallest:.1f} pt, less than the {LEAST_TYPE:.0f} pt that can"
        " be read",
        f"use at least {needed}{unit}, a smaller region or a bare figure",
    )
