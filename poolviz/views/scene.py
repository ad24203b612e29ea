"""Scene: what a picture consists of, in pixels from the top left corner. Nothing draws here."""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from poolviz.patches import Array
from poolviz.text import escaped
from poolviz.views.style import Color, font_file

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
