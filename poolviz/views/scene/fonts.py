"""Fonts: find them, measure text, and break it into lines."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.text import escaped

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

# A line is not broken after these signs.
_GLUED = re.compile("([=≈]) ")
# The family of all text, while another than DejaVu Sans is chosen. Every layout measures text, so
# that a parameter would have to pass through all of them.
_FAMILY: ContextVar[str | None] = ContextVar("family", default=None)


@contextmanager
def use_font(family: str | None) -> Iterator[None]:
    """Measure and draw all text in an installed font family; None for DejaVu Sans.

    Raises:
        SpecError: the family is not installed.
    """
    if family is not None:
        installed_font(family)
    token = _FAMILY.set(family)
    try:
        yield
    finally:
        _FAMILY.reset(token)


def font_family() -> str:
    """The family in which text is drawn."""
    return _FAMILY.get() or "DejaVu Sans"


def font_file(bold: bool = False) -> str:
    """The path of the font that text is drawn in; matplotlib is imported for a chosen one only."""
    family = _FAMILY.get()
    return _default_font(bold) if family is None else installed_font(family, bold)


@cache
def installed_font(family: str, bold: bool = False) -> str:
    """The path of an installed font.

    Raises:
        SpecError: the family is not installed.
    """
    from matplotlib import font_manager  # noqa: PLC0415 - takes 0.4 s, rarely needed

    weight = "bold" if bold else "normal"
    wanted = font_manager.FontProperties(family=family, weight=weight)
    try:
        return str(font_manager.findfont(wanted, fallback_to_default=False))
    except ValueError:
        names = sorted({font.name for font in font_manager.fontManager.ttflist})
        near = (
            get_close_matches(family, names, n=3)
            or [name for name in names if family.lower() in name.lower()][:3]
        )
        remedy = f"use e.g. {', '.join(near or names[:3])}"
        raise SpecError("font", f"{shown(family)} is not installed", remedy) from None


@cache
def _default_font(bold: bool) -> str:
    """The path of DejaVu Sans, which matplotlib ships; matplotlib is not imported."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ImportError("matplotlib is not installed")
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return str(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / name)


@cache
def load_font(path: str, size: int) -> "FreeTypeFont":
    """A font at a size in pixels, for measuring and for drawing."""
    from PIL import ImageFont  # noqa: PLC0415 - text on the terminal needs no Pillow

    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def text_width(text: str, size: int, bold: bool = False) -> int:
    """The width of ``text`` in pixels."""
    return _measure(text, font_file(bold), size)


@cache
def _measure(text: str, path: str, size: int) -> int:
    return round(load_font(path, size).getlength(text))


@cache
def _has_glyph(character: str, path: str) -> bool:
    """Whether a font has ``character``, so that it does not draw its empty box instead."""
    large = load_font(path, 40)
    drawn, missing = (large.getmask(sign) for sign in (character, "\U0010ffff"))
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def drawable(name: str) -> str:
    r"""``name`` with an escape for every character that the font lacks.

    Example:
        >>> drawable("日 Ω")
        '\\u65e5 Ω'
    """
    path = font_file()
    return "".join(
        sign if _has_glyph(sign, path) else sign.encode("unicode_escape").decode("ascii")
        for sign in escaped(name)
    )


def wrap_text(text: str, size: int, width: int, *, bold: bool = False) -> list[str]:
    """Lines of ``text`` of at most ``width`` pixels, broken at spaces but not after ``=``."""
    lines: list[str] = []
    for word in _GLUED.sub("\\1\u00a0", text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return [line.replace("\u00a0", " ") for line in lines]
