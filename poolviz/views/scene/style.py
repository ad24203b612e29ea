"""Style: the colours, themes and fonts that all pictures share."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cache, cached_property

import numpy as np

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.plugins import unknown
from poolviz.windows import Array

Color = tuple[int, int, int]


def _rgb(code: str) -> Color:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


# matplotlib's viridis at 16 evenly spaced places; between them it is almost linear.
_VIRIDIS = (
    "440154 481a6c 472f7d 414487 39568c 31688e 2a788e 23888e"
    " 1f988b 22a884 35b779 54c568 7ad151 a5db36 d2e21b fde725"
)
SEQUENTIAL = tuple(map(_rgb, _VIRIDIS.split()))
GREY = ((0, 0, 0), (255, 255, 255))
# Of matplotlib's colormaps, this many colours are kept; those between are interpolated.
ANCHORS = 33
# The colormaps that matplotlib documents as diverging.
DIVERGING = frozenset(
    [
        "PiYG",
        "PRGn",
        "BrBG",
        "PuOr",
        "RdGy",
        "RdBu",
        "RdYlBu",
        "RdYlGn",
        "Spectral",
        "coolwarm",
        "bwr",
        "seismic",
        "berlin",
        "managua",
        "vanimo",
    ]
)
# Okabe & Ito's colours for categories, without black and the yellow, which is too light on white.
CATEGORIES = tuple(map(_rgb, ["0072b2", "d55e00", "009e73", "cc79a7", "e69f00", "56b4e9"]))


@dataclass(frozen=True)
class Colormap:
    """Colours from the lowest to the highest value, with linear interpolation between them.

    The middle of a ``diverging`` colormap is at zero where there are negative values.
    """

    anchors: tuple[Color, ...]
    diverging: bool = False


# A narrower picture, in pixels, is set in small type.
LEAST_WIDTH = 560
# A figure of a chosen width is at most about so many times as high, where its contents permit.
TALLEST = 1.5


@dataclass(frozen=True)
class Choices:
    """What the author of a document decides instead of the layout.

    Args:
        title: the heading of a picture; None for the operation, empty for neither heading nor
            source.
        low: the value that has the lowest colour of the value scale; None for the smallest.
        high: the value that has the highest colour; None for the largest.
        decimals: the number of decimals in pictures; None for as few as tell values apart.
        width: how wide a layout may be, in pixels; None for as wide as it likes.
        factor: by which grids are drawn smaller than usual, so that a layout is narrow enough.
        below: whether grids stand below each other instead, as in a column of text.
    """

    title: str | None = None
    low: float | None = None
    high: float | None = None
    decimals: int | None = None
    width: int | None = None
    factor: float = 1.0
    below: bool = False

    @property
    def height(self) -> int | None:
        """How high a layout should be at most, in pixels; None if its width is free."""
        return None if self.width is None else round(self.width * TALLEST)

    @property
    def is_column(self) -> bool:
        """Whether a layout is as narrow as a column of text."""
        return self.width is not None and self.width < LEAST_WIDTH

    @property
    def has_source(self) -> bool:
        """Whether pictures say what they are of, below their heading."""
        return self.title != ""

    def at_most(self, width: int) -> int:
        """``width`` in pixels, or less if the author allows less."""
        return width if self.width is None else min(width, self.width)

    def sized(self, pixels: int) -> int:
        """The size of a grid, in pixels, that is usually so large."""
        return max(1, round(pixels * self.factor))


@dataclass(frozen=True)
class Theme:
    """The colours of a picture by their purpose, and what its author chose.

    Values are drawn with ``colormap``; if it is None, with one that suits them: from ``negative``
    by ``zero`` to ``positive`` where some are below 0, otherwise ``ramp``. A theme without
    ``negative`` draws all values with its ramp.
    """

    background: Color
    ink: Color
    muted: Color
    grid: Color
    unvisited: Color
    accent: Color
    halo: Color
    zero: Color
    missing: Color
    above: Color
    below: Color
    negative: Color | None
    positive: Color
    ramp: tuple[Color, ...] = SEQUENTIAL
    colormap: Colormap | None = None
    choices: Choices = field(default_factory=Choices)

    @property
    def colors(self) -> tuple[Color, ...]:
        """The colours of everything except values."""
        values = {"negative", "positive", "ramp", "colormap", "choices"}
        return tuple(getattr(self, item.name) for item in fields(self) if item.name not in values)


THEMES = {
    "light": Theme(
        background=_rgb("ffffff"),
        ink=_rgb("1b1f24"),
        muted=_rgb("59636e"),
        grid=_rgb("ccd3da"),
        unvisited=_rgb("eef1f4"),
        accent=_rgb("d6006c"),
        halo=_rgb("ffffff"),
        zero=_rgb("f4f4f2"),
        missing=_rgb("b9a7c9"),
        above=_rgb("1b1f24"),
        below=_rgb("8c959f"),
        # Okabe & Ito's blue and vermilion, which colour-blind people can tell apart.
        negative=_rgb("0072b2"),
        positive=_rgb("d55e00"),
    ),
    "dark": Theme(
        background=_rgb("0d1117"),
        ink=_rgb("f0f3f6"),
        muted=_rgb("9ea7b3"),
        grid=_rgb("3a424c"),
        unvisited=_rgb("21262d"),
        accent=_rgb("ff5cad"),
        halo=_rgb("0d1117"),
        zero=_rgb("262c36"),
        missing=_rgb("6b4e85"),
        above=_rgb("f0f3f6"),
        below=_rgb("768390"),
        # Okabe & Ito's sky blue and orange: each step from zero can be seen on a dark ground.
        negative=_rgb("56b4e9"),
        positive=_rgb("f0a030"),
    ),
    # For paper: the order of values and the marks survive a printer without colours.
    "print": Theme(
        background=_rgb("ffffff"),
        ink=_rgb("000000"),
        muted=_rgb("4d4d4d"),
        grid=_rgb("b3b3b3"),
        unvisited=_rgb("f2f2f2"),
        accent=_rgb("000000"),
        halo=_rgb("ffffff"),
        zero=_rgb("ffffff"),
        missing=_rgb("d9d9d9"),
        above=_rgb("000000"),
        below=_rgb("8c8c8c"),
        negative=None,
        positive=_rgb("595959"),
        ramp=(_rgb("fafafa"), _rgb("595959")),
    ),
}
DEFAULT_THEME = "light"
# The themes that suit a screen, between which a page switches.
SCREEN_THEMES = ("light", "dark")


def find_theme(name: str, colormap: str | None = None, accent: str | None = None) -> Theme:
    """The theme called ``name``.

    Args:
        name: one of THEMES.
        colormap: one of matplotlib's colormaps, for values; None for the theme's own colours.
        accent: the colour of marks, as ``#rrggbb`` or by its CSS name; None for the theme's own.

    Raises:
        SpecError: the theme, the colormap or the colour is unknown.
    """
    if name not in THEMES:
        raise unknown("theme", name, THEMES, "theme")
    theme = THEMES[name]
    if colormap is not None:
        theme = replace(theme, colormap=find_colormap(colormap))
    return theme if accent is None else replace(theme, accent=find_color(accent))


def find_color(text: str) -> Color:
    """A colour by its code or its CSS name.

    Raises:
        SpecError: the text is not a colour.

    Example:
        >>> find_color("#d6006c"), find_color("teal")
        ((214, 0, 108), (0, 128, 128))
    """
    from PIL import ImageColor  # noqa: PLC0415 - text on the terminal needs no Pillow

    try:
        red, green, blue, *opacity = ImageColor.getrgb(text)
    except ValueError:
        opacity = [0]
    if opacity:
        near = get_close_matches(text.lower(), ImageColor.colormap, n=1) or ["teal"]
        raise SpecError(
            "accent", f"{shown(text)} is not a colour", f"use e.g. #d6006c or {near[0]}"
        )
    return red, green, blue


@cache
def find_colormap(name: str) -> Colormap:
    """Matplotlib's colormap called ``name``.

    Raises:
        SpecError: matplotlib has no such colormap.
    """
    from matplotlib import colormaps  # noqa: PLC0415 - takes 0.25 s, rarely needed

    if name not in colormaps:
        near = get_close_matches(name, colormaps, n=1) or ["viridis"]
        raise SpecError(
            "cmap",
            f"{shown(name)} is not a matplotlib colormap",
            f"use a matplotlib colormap, e.g. {near[0]}",
        )
    parts = colormaps[name](np.linspace(0, 1, ANCHORS), bytes=True)[:, :3]
    anchors = tuple((int(red), int(green), int(blue)) for red, green, blue in parts)
    return Colormap(anchors, name.removesuffix("_r") in DIVERGING)


@dataclass(frozen=True)
class ValueScale:
    """Colours for values from ``low`` to ``high``, shared by input and output.

    ``outside`` lists which of NaN, ∞ and −∞ occur; each of these has a fixed colour.
    """

    low: float
    high: float
    anchors: tuple[Color, ...]
    theme: Theme
    outside: tuple[float, ...] = ()

    def colors(self, values: Array) -> Array:
        """Colours of ``values``: (..., 3) uint8, with fixed colours for NaN and the infinities."""
        wide = np.asarray(values, np.float64)
        places = np.nan_to_num(self.places(wide))
        anchors = np.linspace(0, 1, len(self.anchors))
        parts = [np.interp(places, anchors, channel) for channel in zip(*self.anchors, strict=True)]
        colors = np.stack(parts, axis=-1).round().astype(np.uint8)
        colors[np.isnan(wide)] = self.theme.missing
        colors[np.isposinf(wide)] = self.theme.above
        colors[np.isneginf(wide)] = self.theme.below
        return colors

    def rgb_colors(self, planes: Array) -> Array:
        """(rows, columns, 3) colours of red, green and blue planes (3, rows, columns)."""
        return np.stack([self.colors(channel)[..., 0] for channel in planes], axis=-1)

    def places(self, values: Array) -> Array:
        """Positions of ``values`` from low (0) to high (1); NaN for values that are not finite."""
        wide = np.asarray(values, np.float64)
        # Halves, so that the span of the largest floats does not overflow.
        low, high = self.low / 2, self.high / 2
        halves = np.clip(np.where(np.isfinite(wide), wide, np.nan) / 2, low, high)
        return np.asarray((halves - low) / (high - low or 1.0))

    def color(self, value: float) -> Color:
        """The colour of one value."""
        # The key is text because NaN does not equal itself.
        key = repr(value)
        if key not in self._cache:
            red, green, blue = self.colors(np.asarray(value)).tolist()
            self._cache[key] = red, green, blue
        return self._cache[key]

    @cached_property
    def _cache(self) -> dict[str, Color]:
        """Colours already computed: computing one takes as long as painting its cell."""
        return {}


def value_scale(
    theme: Theme, *arrays: Array, value_range: tuple[float, float] | None
) -> ValueScale:
    """One scale that covers the finite values of ``arrays`` and the ``value_range``, if any.

    Colours come from the theme's colormap. If it has none: grey for images, two hues with zero in
    the middle where there are negative values, the theme's ramp otherwise. The ends of the scale
    are rounded outward unless all values are whole numbers, or are those that the author chose.
    """
    low, high, outside = extent(arrays)
    colormap = theme.colormap or _suitable(theme, low, image=value_range is not None)
    if value_range is not None:
        low, high = min(low, value_range[0]), max(high, value_range[1])
    else:
        low, high = round_outward(low, high)
        if low < 0 and colormap.diverging:
            low, high = min(low, -high), max(-low, high)
    return _limited(ValueScale(low, high, colormap.anchors, theme, outside), colormap)


def _limited(scale: ValueScale, colormap: Colormap) -> ValueScale:
    """The scale with the ends that the author chose; zero keeps its colour."""
    chosen = scale.theme.choices
    if chosen.low is None and chosen.high is None:
        return scale
    low = scale.low if chosen.low is None else chosen.low
    high = scale.high if chosen.high is None else chosen.high
    low, high = min(low, high), max(low, high)
    if not (colormap.diverging and scale.low < 0):
        return replace(scale, low=low, high=high)
    longest = max(abs(low), abs(high))
    whole = ValueScale(-longest, longest, scale.anchors, scale.theme)
    along = np.linspace(low, high, 2 * ANCHORS - 1)
    anchors = [(red, green, blue) for red, green, blue in whole.colors(along).tolist()]
    return replace(scale, low=low, high=high, anchors=tuple(anchors))


def _suitable(theme: Theme, low: float, *, image: bool) -> Colormap:
    if image:
        return Colormap(GREY)
    if low < 0 and theme.negative is not None:
        return Colormap((theme.negative, theme.zero, theme.positive), diverging=True)
    return Colormap(theme.ramp)


# A smaller span is not rounded: its power of ten would have no exact digits.
LEAST_SPAN = 1e-290
# A shorter span, in tenths of its power of ten, has ends in finer steps.
FEW_STEPS = 50
# Ends of a scale that are larger whole numbers are rounded as well.
LARGEST_EXACT = 1000


def round_outward(low: float, high: float) -> tuple[float, float]:
    """Ends that are easy to read: multiples of a fifth of the span's power of ten, or of a half.

    Small whole numbers and equal ends are kept.

    Example:
        >>> round_outward(0.005179, 0.9787), round_outward(-3.005, 3.2), round_outward(-6, 9)
        ((0.0, 1.0), (-3.5, 3.5), (-6, 9))
    """
    whole = low == int(low) and high == int(high)
    span = high - low
    if (whole and max(abs(low), abs(high)) <= LARGEST_EXACT) or not LEAST_SPAN < span < math.inf:
        return low, high
    exponent = math.floor(math.log10(span))
    unit = 10.0 ** (exponent - 1)
    step = 2 if span < FEW_STEPS * unit else 5
    # From decimal text, since multiples of 0.05 have no exact binary form.
    lowest = float(f"{math.floor(low / unit / step) * step}e{exponent - 1}")
    highest = float(f"{math.ceil(high / unit / step) * step}e{exponent - 1}")
    return (lowest, highest) if math.isfinite(highest - lowest) else (low, high)


def luminance(color: Color) -> float:
    """Relative luminance (WCAG 2.2) of a colour."""
    parts = [part / 255 for part in color]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]  # noqa: PLR2004 - sRGB
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: Color, second: Color) -> float:
    """The contrast ratio of two colours (WCAG 2.2), from 1 to 21."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def text_on(background: Color) -> Color:
    """Black or white, whichever has more contrast with ``background``: always at least 4.5:1."""
    black, white = (0, 0, 0), (255, 255, 255)
    return black if contrast(black, background) >= contrast(white, background) else white


@cache
def mixed(color: Color, other: Color, share: float) -> Color:
    """``color`` with a ``share``, from 0 to 1, of ``other`` in it."""
    red, green, blue = (
        round(part + (more - part) * share) for part, more in zip(color, other, strict=True)
    )
    return red, green, blue


# The contrast that graphics need beside what is next to them (WCAG 2.2).
GRAPHIC_CONTRAST = 3.0


@cache
def hatch_on(color: Color) -> Color:
    """The colour of a hatch on a cell of ``color``: as quiet as a contrast of 3:1 allows."""
    toward = text_on(color)
    shares = (share / 20 for share in range(1, 20))
    return next(
        (
            hatch
            for hatch in (mixed(color, toward, share) for share in shares)
            if contrast(hatch, color) >= GRAPHIC_CONTRAST
        ),
        toward,
    )


# The number of cells examined at a time.
CELLS_AT_ONCE = 1 << 20


def extent(arrays: Sequence[Array]) -> tuple[float, float, tuple[float, ...]]:
    """The smallest and largest finite value, 0 and 0 if there is none, and the non-finite values.

    Reads block by block, so that arrays may be larger than memory.
    """
    lows, highs, seen = [], [], set[str]()
    for block in (block for array in arrays for block in _blocks(array)):
        low, high = float(block.min()), float(block.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            finite = np.isfinite(block)
            # As text, because NaN does not equal itself.
            seen |= {str(float(value)) for value in np.unique(block[~finite])}
            low = float(block.min(where=finite, initial=np.inf))
            high = float(block.max(where=finite, initial=-np.inf))
        lows.append(low)
        highs.append(high)
    low, high = min(lows, default=0.0), max(highs, default=0.0)
    outside = tuple(value for value in (np.nan, np.inf, -np.inf) if str(value) in seen)
    return (low, high, outside) if low <= high else (0.0, 0.0, outside)


def _blocks(array: Array) -> Iterator[Array]:
    """Blocks of at most CELLS_AT_ONCE cells: some rows, or a part of one row."""
    if array.size <= CELLS_AT_ONCE:
        yield from (array,) * bool(array.size)
        return
    count = max(1, CELLS_AT_ONCE // math.prod(array.shape[1:]))
    for first in range(0, len(array), count):
        part = array[first : first + count]
        yield from _blocks(part[0]) if count == 1 and array.ndim > 1 else (part,)
