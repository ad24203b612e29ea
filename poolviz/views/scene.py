"""Scene: what a picture consists of, in pixels from the top left corner. Nothing draws here."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from poolviz.patches import Array
from poolviz.views.style import Color, font_file

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

LineStyle = Literal["solid", "dashed", "dotted"]
Anchor = Literal["left", "middle", "right"]


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


@cache
def font(size: int, bold: bool = False) -> "FreeTypeFont":
    """The font at a size in pixels, for measuring and drawing alike."""
    from PIL import ImageFont  # noqa: PLC0415 - text on the terminal needs no Pillow

    return ImageFont.truetype(font_file(bold), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def text_width(text: str, size: int, bold: bool = False) -> int:
    """How many pixels wide ``text`` is."""
    return round(font(size, bold).getlength(text))


def wrapped(text: str, size: int, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` pixels, broken at blanks."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
