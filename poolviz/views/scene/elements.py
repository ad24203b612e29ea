"""Scene: what a picture consists of, in pixels from the top left corner. Nothing draws here."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from poolviz import text
from poolviz.text import escaped
from poolviz.views.scene.style import Color, font_file
from poolviz.windows import Array

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont


LineStyle = Literal["solid", "dashed", "dotted"]
Anchor = Literal["left", "middle", "right"]


# Signs that stay with what follows them.
_GLUED = re.compile("([=≈]) ")


@dataclass(frozen=True)
class Box:
    """A rectangle: filled, outlined inwards, hatched, or any of these."""

    x: int
    y: int
    width: int
    height: int
    fill: Color | None = None
    outline: Color | None = None
    line_width: int = 1
    line_style: LineStyle = "solid"
    hatch: Color | None = None


@dataclass(frozen=True)
class Label:
    """A line of text, its anchor at x and the middle of its height at y."""

    x: int
    y: int
    text: str
    size: int
    color: Color
    bold: bool = False
    anchor: Anchor = "middle"


@dataclass(frozen=True)
class Stroke:
    """A straight line."""

    start: tuple[int, int]
    end: tuple[int, int]
    color: Color
    line_width: int = 1


@dataclass(frozen=True, eq=False)
class Pixels:
    """A grid of cells too small for text, each a colour: (rows, columns, 3) uint8."""

    x: int
    y: int
    width: int
    height: int
    colors: Array


Item = Box | Label | Stroke | Pixels


def placed(item: Item, x: int = 0, y: int = 0, scale: int = 1) -> Item:
    """``item`` enlarged by a whole factor, then moved."""
    if isinstance(item, Stroke):
        start, end = ((at * scale + x, to * scale + y) for at, to in (item.start, item.end))
        return Stroke(start, end, item.color, item.line_width * scale)
    left, top = item.x * scale + x, item.y * scale + y
    if isinstance(item, Label):
        return replace(item, x=left, y=top, size=item.size * scale)
    width, height = item.width * scale, item.height * scale
    if isinstance(item, Pixels):
        return replace(item, x=left, y=top, width=width, height=height)
    line = item.line_width * scale
    return replace(item, x=left, y=top, width=width, height=height, line_width=line)


@dataclass(frozen=True)
class Scene:
    """A picture: its items, drawn in their order, and what it shows in words.

    ``exact`` are the colours that must be its own even where a painter has few.
    """

    width: int
    height: int
    background: Color
    items: tuple[Item, ...]
    title: str
    description: str
    exact: tuple[Color, ...] = ()

    def enlarged(self, scale: int) -> "Scene":
        """The picture by a whole factor larger."""
        items = tuple(placed(item, scale=scale) for item in self.items)
        return replace(self, width=self.width * scale, height=self.height * scale, items=items)


@cache
def font(size: int, bold: bool = False) -> "FreeTypeFont":
    """The font at a size in pixels, for measuring and drawing alike."""
    from PIL import ImageFont  # noqa: PLC0415 - text on the terminal needs no Pillow

    return ImageFont.truetype(font_file(bold), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def text_width(text: str, size: int, bold: bool = False) -> int:
    """How many pixels wide ``text`` is."""
    return round(font(size, bold).getlength(text))


@cache
def _has_glyph(character: str) -> bool:
    """Whether the font can draw ``character``: what it cannot it draws as its empty box."""
    large = font(40)
    drawn, missing = (large.getmask(each) for each in (character, "\U0010ffff"))
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def drawable(name: str) -> str:
    r"""``name`` with every character that the font lacks written as an escape.

    Example:
        >>> drawable("日 Ω")
        '\\u65e5 Ω'
    """
    return "".join(
        sign if _has_glyph(sign) else sign.encode("unicode_escape").decode("ascii")
        for sign in escaped(name)
    )


def wrapped(text: str, size: int, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` pixels, broken at blanks but not behind ``=``."""
    lines: list[str] = []
    for word in _GLUED.sub("\\1\u00a0", text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.replace("\u00a0", " ") for line in lines]


# A panel's longest side, a cell's, in pixels.
PANEL_SIDE, LARGEST_CELL = 440, 64
# A map so many times as long as wide may be drawn twice as long as others.
SLIM = 6
CELL_DIGITS = 3
# From here on a whole number in a cell is written with an exponent.
LONGEST_WHOLE = 10**7
SMALLEST_DIGITS = 10
# What the ring around a winner takes of its cell's width.
RING = 16


@dataclass(frozen=True)
class Panel:
    """A grid of square cells on the picture.

    Args:
        x: of its left edge.
        y: of its top edge.
        cell: side of a cell in pixels.
        rows: coordinates of its rows.
        columns: coordinates of its columns.
        digits: size of the cells' digits; 0 where they would not be legible.
        title: the line above it.
    """

    x: int
    y: int
    cell: int
    rows: range
    columns: range
    digits: int
    title: str

    @property
    def width(self) -> int:
        """In pixels."""
        return self.cell * len(self.columns)

    @property
    def height(self) -> int:
        """In pixels."""
        return self.cell * len(self.rows)

    def area(self, rows: range, columns: range) -> tuple[int, int, int, int]:
        """(x, y, width, height) of the cells between the ends of ``rows`` and ``columns``."""
        left = max(columns[0] - self.columns[0], 0)
        top = max(rows[0] - self.rows[0], 0)
        right = min(columns[-1] + 1 - self.columns[0], len(self.columns))
        bottom = min(rows[-1] + 1 - self.rows[0], len(self.rows))
        cell = self.cell
        return (
            self.x + left * cell,
            self.y + top * cell,
            (right - left) * cell,
            (bottom - top) * cell,
        )


def cell_text(value: np.generic) -> str:
    """A value as a cell shows it: shorter than in the arithmetic."""
    long = np.isfinite(value) and abs(float(value)) >= LONGEST_WHOLE
    return text.number(float(value) if long else value, CELL_DIGITS)


def cell_side(rows: range, columns: range, panel_side: int) -> int:
    """The side of a cell in a panel of these rows and columns, in pixels."""
    largest = max(LARGEST_CELL, LARGEST_CELL * panel_side // PANEL_SIDE)
    longer, shorter = sorted((len(rows), len(columns)), reverse=True)
    if longer >= SLIM * shorter:
        panel_side *= 2
    return max(1, min(largest, panel_side // max(len(rows), len(columns))))


def digit_size(values: Array, cell: int, beside: int = RING) -> int:
    """The size at which every value fits a cell but for some pixels; 0 if not legible."""
    if cell < 2 * SMALLEST_DIGITS:
        return 0
    reference = 100
    texts = {cell_text(value) for value in np.unique(values)} | {text.MINUS + text.INFINITY}
    widest = max(text_width(each, reference, bold=True) for each in texts)
    size = min(cell * 2 // 5, (cell - beside) * reference // widest)
    return size if size >= SMALLEST_DIGITS else 0
