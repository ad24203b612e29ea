"""The kinds of files that ``--write`` names, and how the names of their files end."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poolviz.errors import SpecError
from poolviz.output.files import array_bytes
from poolviz.plugins import unknown
from poolviz.views.figures import available_figures
from poolviz.views.paint.formats import FORMATS, Format

if TYPE_CHECKING:
    from poolviz.output.job import Pictures

NOTHING = "none"
# In the ending of a file name: what figures show, and the number of a file from 1.
FIGURE, NUMBER = "{figure}", "{number}"


@dataclass(frozen=True)
class OutputKind:
    """A kind of ``--write``.

    Args:
        endings: how the names of its files end; FIGURE stands for what figures show. The last
            ending may contain NUMBER; it is then that of all further files.
        contents: makes the contents of these files.
    """

    endings: tuple[str, ...]
    contents: "Callable[[Pictures], tuple[bytes, ...]]"

    def files(self, pictures: "Pictures", figure: str) -> Iterator[tuple[str, bytes]]:
        """The ending and the content of each file; ``figure`` is what figures show."""
        contents = self.contents(pictures)
        last = len(self.endings) - 1
        for place, data in enumerate(contents):
            ending = self.endings[min(place, last)].replace(FIGURE, figure)
            yield ending.replace(NUMBER, f"{place - last + 1:03}"), data


def _animation(animation_format: Format) -> OutputKind:
    return OutputKind(
        (f"window.{animation_format.name}",),
        lambda pictures: (pictures.animation(animation_format),),
    )


def _figure(suffix: str) -> OutputKind:
    return OutputKind((f"{FIGURE}.{suffix}",), lambda pictures: (pictures.figure(suffix),))


STILLS, PAGE, SLIDES, HANDOUT = "png", "html", "steps", "handout"
KINDS = {
    STILLS: OutputKind(("before.png", "after.png"), lambda pictures: pictures.stills()),
    **{name: _animation(animation_format) for name, animation_format in FORMATS.items()},
    "npy": OutputKind(("pooled.npy",), lambda pictures: (array_bytes(pictures.result),)),
    "svg": _figure("svg"),
    "pdf": _figure("pdf"),
    SLIDES: OutputKind(
        ("slides.pdf", f"slide-{NUMBER}.svg"), lambda pictures: tuple(pictures.slides())
    ),
    HANDOUT: OutputKind(("handout.pdf",), lambda pictures: (pictures.handout(),)),
    PAGE: OutputKind(("page.html",), lambda pictures: (pictures.page(),)),
}


def output_endings(number: str = "001") -> list[str]:
    """How the names of all files end that ``--write`` may write, with one for all numbers."""
    endings = [ending for kind in KINDS.values() for ending in kind.endings]
    figures = available_figures()
    return [
        ending.replace(FIGURE, figure).replace(NUMBER, number)
        for ending in endings
        for figure in (figures if FIGURE in ending else figures[:1])
    ]


def ending_pattern() -> "re.Pattern[str]":
    """A pattern that finds the ending of such a name, with the hyphen before it.

    Example:
        >>> bool(ending_pattern().search("map-max-2x2-slide-017.svg"))
        True
    """
    endings = "|".join(map(re.escape, output_endings(NUMBER)))
    return re.compile(f"-(?:{endings.replace(re.escape(NUMBER), '[0-9]{3,}')})$")


def parse_kinds(write: str) -> list[str]:
    """Parse ``--write``: kinds separated by commas, or ``none``.

    Raises:
        SpecError: a kind is unknown, or ``none`` is combined with others.
    """
    kinds = [kind.strip() for kind in write.split(",")]
    if kinds == [NOTHING]:
        return []
    if NOTHING in kinds:
        cause = f"{NOTHING} cannot be combined with other kinds"
        raise SpecError("write", cause, f"use {NOTHING} alone, or list the kinds of files")
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("write", kind, [*KINDS, NOTHING], "kind of file")
    return kinds
