"""Options that stand alone, and the values of options as text."""

import re
from functools import partial
from math import isfinite
from typing import Annotated, Any

import typer

from poolviz.checks import check_lengths, shown
from poolviz.cli import complete
from poolviz.cli.config import COMMAS
from poolviz.errors import SpecError
from poolviz.frameworks import available_rules
from poolviz.modes import available_modes
from poolviz.text import series
from poolviz.views.terminal.grid import MOST_VALUES

WORDS = ("valid", "same", "same-lower", "same_lower")
# What the number of a stride or a dilation is called in errors.
CELLS = "whole number of cells"
_PADDING_EXAMPLE = "1x2 or 0:1x0:1"
# More digits than any size has; Python itself refuses thousands.
_POINT = re.compile(r"(?<=\d)\.0*(?=x|$)")
_SIZES = re.compile(r"\d{1,99}(x\d{1,99})*", re.ASCII)
_PLACE = re.compile(r"([+-]?\d{1,9}),([+-]?\d{1,9})", re.ASCII)
_REAL = r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?"
_NUMBER = re.compile(rf"(?P<numerator>{_REAL})(?:/(?P<denominator>{_REAL}))?", re.ASCII)
_CELL = re.compile(r"(\d{1,9}),(\d{1,9})", re.ASCII)
_CELLS = re.compile(r"([1-9]\d{0,8})x([1-9]\d{0,8})\+(\d{1,9})\+(\d{1,9})", re.ASCII)
_PADDINGS = re.compile(r"\d{1,99}(:\d{1,99})?(x\d{1,99}(:\d{1,99})?)*", re.ASCII)


def sizes(option: str, text: str | None, noun: str = "size") -> Any:
    """An int for ``2``, a pair for ``2x3``.

    Args:
        option: the subject of errors.
        text: what was typed; None for nothing.
        noun: what it is, for errors.

    Raises:
        SpecError: the text is neither.
    """
    if text is None:
        return None
    if not is_size(text):
        cause = f"{shown(text)} is not a {noun}"
        if is_size(_POINT.sub("", text)):
            cause = f"{shown(text)} must be written without a decimal point"
        raise SpecError(option, cause, "use e.g. 2 or 2x3")
    return _two_axes(option, text, tuple(int(part) for part in text.split("x")), "2x3")


def spatial(option: str, text: str | None) -> tuple[int, int] | None:
    """(height, width) for ``2x3``, twice the same for ``2``; None for nothing.

    Raises:
        SpecError: the text is neither, or a length is 0.
    """
    given = sizes(option, text)
    if given is None:
        return None
    height, width = check_lengths(option, given, 1, rank=2)
    return height, width


def is_size(text: str) -> bool:
    """Whether text is written as a size."""
    return bool(_SIZES.fullmatch(text))


def paddings(text: str | None) -> Any:
    """A padding as PoolSpec takes it.

    Args:
        text: cells such as ``1`` or ``1x2``, pairs of cells before and after along each axis
            such as ``0:1x0:1``, or a word such as ``same``.

    Raises:
        SpecError: the text is none of these.
    """
    if text is None or text in WORDS:
        return text
    if not _PADDINGS.fullmatch(text):
        remedy = f"use e.g. 1, 1x2, 0:1x0:1, {series(WORDS[:3])}"
        raise SpecError("padding", f"{shown(text)} is not a valid padding", remedy)
    parts = [tuple(int(number) for number in part.split(":")) for part in text.split("x")]
    if ":" not in text:
        return _two_axes("padding", text, tuple(part[0] for part in parts), _PADDING_EXAMPLE)
    pairs = tuple(part * 2 if len(part) == 1 else part for part in parts)
    return _two_axes("padding", text, pairs * 2 if len(pairs) == 1 else pairs, _PADDING_EXAMPLE)


def _two_axes(option: str, text: str, values: tuple[Any, ...], example: str) -> Any:
    if len(values) > 2:  # noqa: PLR2004 - rows and columns
        cause = f"{shown(text)} has values for {len(values)} axes"
        remedy = f"use one value, or one each for rows and columns, e.g. {example}"
        raise SpecError(option, cause, remedy)
    return values[0] if len(values) == 1 else values


def cells(option: str, text: str) -> tuple[range, range]:
    """The rows and columns of one cell, ``3,2``, or of a block, ``3x4+2+1``.

    Raises:
        SpecError: the text is neither.
    """
    match = _CELL.fullmatch(text) or _CELLS.fullmatch(text)
    if match is None:
        remedy = "use ROW,COLUMN, e.g. 3,2, or ROWSxCOLS+ROW+COLUMN, e.g. 3x3+2+1"
        raise SpecError(option, f"{shown(text)} is not a cell or a block of cells", remedy)
    *lengths, top, left = map(int, match.groups())
    rows, columns = lengths or (1, 1)
    return range(top, top + rows), range(left, left + columns)


def place(option: str, text: str, form: str = "ROW,COLUMN") -> tuple[int, int]:
    """A row and a column, or numbers of both, ``1,2``.

    Args:
        option: the subject of errors.
        text: what was typed.
        form: what to type, for errors.

    Raises:
        SpecError: the text is not two whole numbers.
    """
    match = _PLACE.fullmatch(text)
    if match is None:
        cause = f"{shown(text)} is not a pair of numbers"
        raise SpecError(option, cause, f"use {form}, e.g. 0,1")
    return int(match[1]), int(match[2])


def numbers(option: str, text: str) -> tuple[float, ...]:
    """One number or fraction, ``0.5`` or ``1/255``, or several, separated by commas.

    Raises:
        SpecError: a part is not a number, or not finite.
    """
    values = []
    for part in text.split(","):
        match = _NUMBER.fullmatch(part.strip())
        denominator = float(match["denominator"] or 1) if match else 0.0
        value = float(match["numerator"]) / denominator if match and denominator else float("inf")
        if not isfinite(value):
            cause = f"{shown(part)} is not a finite number"
            raise SpecError(option, cause, "use e.g. 0.5, 1/255 or 0.5,0.4,0.4")
        values.append(value)
    return tuple(values)


windows_option = partial(typer.Option, rich_help_panel="Windows")
rules_option = partial(typer.Option, rich_help_panel="Rules and numbers")
output_option = partial(typer.Option, rich_help_panel="Output")
pictures_option = partial(typer.Option, rich_help_panel="Pictures")
figure_option = partial(typer.Option, rich_help_panel="Figure")

Mode = Annotated[
    str,
    windows_option(
        autocompletion=complete.modes,
        help=f"Pooling mode: {series(available_modes())}. Add parameters after colons, e.g."
        " lp:p=3; global-MODE pools the whole map.",
    ),
]
Modes = Annotated[
    str,
    windows_option(
        autocompletion=complete.modes,
        help="Pooling modes, separated by commas, e.g. max,average,lp:p=3; or all.",
    ),
    COMMAS,
]
Like = Annotated[
    str,
    rules_option(
        autocompletion=complete.rules,
        help=f"Framework whose rules apply: {series(available_rules())}.",
    ),
]
Seed = Annotated[int | None, rules_option(help="Seed for random modes.")]
Threads = Annotated[
    int | None, rules_option(help="Maximum number of threads.", show_default="all cores")
]
Cell = Annotated[
    str | None,
    pictures_option(
        help="Output cell whose window is marked: ROW,COLUMN, counting from 0.",
        show_default="a window that makes a good example",
    ),
    COMMAS,
]
AsJson = Annotated[bool, output_option("--json", help="Print one JSON object instead of text.")]
Full = Annotated[
    bool,
    output_option(
        "--full",
        help="Print maps of any size in full. Without it, a terminal shows the part that fits,"
        f" piped output shows part of a map of more than {MOST_VALUES:,} values, and --json gives"
        " null for such a map.",
    ),
]
