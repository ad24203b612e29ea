"""Options as they are typed, brought to the values that the API takes."""

import re
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import partial, wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from poolviz.checks import shown
from poolviz.cli import complete
from poolviz.errors import SpecError
from poolviz.frameworks import available_rules
from poolviz.modes import available_modes

WORDS = ("valid", "same", "same-lower", "same_lower")
# More digits than any size has; Python itself refuses thousands.
_SIZES = re.compile(r"\d{1,99}(x\d{1,99})*", re.ASCII)
_PLACE = re.compile(r"([+-]?\d{1,9}),([+-]?\d{1,9})", re.ASCII)
_REAL = r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?"
_NUMBER = re.compile(rf"(?P<above>{_REAL})(?:/(?P<below>{_REAL}))?", re.ASCII)
_CELL = re.compile(r"(\d{1,9}),(\d{1,9})", re.ASCII)
_CELLS = re.compile(r"([1-9]\d{0,8})x([1-9]\d{0,8})\+(\d{1,9})\+(\d{1,9})", re.ASCII)
_PADDINGS = re.compile(r"\d{1,99}(:\d{1,99})?(x\d{1,99}(:\d{1,99})?)*", re.ASCII)


def sizes(option: str, text: str | None) -> Any:
    """``2`` or ``2x3``.

    Raises:
        SpecError: it is no such text.
    """
    if text is None:
        return None
    if not _SIZES.fullmatch(text):
        raise SpecError(option, f"{shown(text)} is no size", "write one as 2 or 2x3")
    numbers = tuple(int(part) for part in text.split("x"))
    return _two_axes(option, text, numbers)


def is_size(text: str) -> bool:
    """Whether it is written as a size."""
    return bool(_SIZES.fullmatch(text))


def paddings(text: str | None) -> Any:
    """``1``, ``1x2``, ``0:1x0:1`` (before:after along each axis), or a word such as ``same``.

    Raises:
        SpecError: it is no such text.
    """
    if text is None or text in WORDS:
        return text
    if not _PADDINGS.fullmatch(text):
        raise SpecError(
            "padding",
            f"{shown(text)} is no padding",
            f"write 1, 1x2, 0:1x0:1, {', '.join(WORDS[:3])}",
        )
    parts = [tuple(int(number) for number in part.split(":")) for part in text.split("x")]
    if ":" not in text:
        return _two_axes("padding", text, tuple(part[0] for part in parts))
    pairs = tuple(part * 2 if len(part) == 1 else part for part in parts)
    return _two_axes("padding", text, pairs * 2 if len(pairs) == 1 else pairs)


def _two_axes(option: str, text: str, numbers: tuple[Any, ...]) -> Any:
    if len(numbers) > 2:  # noqa: PLR2004 - rows and columns
        raise SpecError(option, f"{shown(text)} has {len(numbers)} numbers", "give rows x columns")
    return numbers[0] if len(numbers) == 1 else numbers


def cells(option: str, text: str) -> tuple[range, range]:
    """``3,2`` as the row and column of one cell, ``3x4+2+1`` as rows x columns from a place on.

    Raises:
        SpecError: it is no such text.
    """
    match = _CELL.fullmatch(text) or _CELLS.fullmatch(text)
    if match is None:
        remedy = "write a row and column as 3,2, or ROWSxCOLS+R+C as 3x3+2+1"
        raise SpecError(option, f"{shown(text)} are no cells", remedy)
    *lengths, top, left = map(int, match.groups())
    rows, columns = lengths or (1, 1)
    return range(top, top + rows), range(left, left + columns)


def place(option: str, text: str) -> tuple[int, int]:
    """``1,2`` as a row and a column.

    Raises:
        SpecError: it is no such text.
    """
    match = _PLACE.fullmatch(text)
    if match is None:
        raise SpecError(option, f"{shown(text)} is no row and column", "write them as 0,1")
    return int(match[1]), int(match[2])


def numbers(option: str, text: str) -> tuple[float, ...]:
    """``0.5``, ``1/255`` or several of these with commas.

    Raises:
        SpecError: it is no such text, or a number is not finite.
    """
    from math import isfinite

    found = []
    for part in text.split(","):
        match = _NUMBER.fullmatch(part.strip())
        below = float(match["below"] or 1) if match else 0.0
        value = float(match["above"]) / below if match and below else float("inf")
        if not isfinite(value):
            raise SpecError(
                option, f"{shown(part)} is no number", "write 0.5, 1/255 or 0.5,0.4,0.4"
            )
        found.append(value)
    return tuple(found)


_windows = partial(typer.Option, rich_help_panel="Windows")
_rules = partial(typer.Option, rich_help_panel="Rules and numbers")
_output = partial(typer.Option, rich_help_panel="Output")

Mode = Annotated[
    str,
    _windows(
        autocompletion=complete.modes,
        help=f"{', '.join(available_modes())}; global-MODE; parameters as in lp:p=3.",
    ),
]
Modes = Annotated[
    str,
    _windows(
        autocompletion=complete.modes, help="Modes with commas between, as max,average,lp:p=3."
    ),
]
Like = Annotated[
    str,
    _rules(autocompletion=complete.rules, help=f"Whose rules: {', '.join(available_rules())}."),
]
Seed = Annotated[int | None, _rules(help="For modes that draw at random.")]
AsJson = Annotated[bool, _output("--json", help="Print one JSON object instead.")]
Full = Annotated[
    bool,
    _output(
        "--full",
        help="Print every value; otherwise piped grids of more than 1,024 are cut to a corner,"
        " and null in --json.",
    ),
]


def grouped(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """``command`` as Typer can take it: its parameters that are groups spread into options."""
    groups: dict[str, Any] = {
        name: parameter.annotation
        for name, parameter in signature(command).parameters.items()
        if is_dataclass(parameter.annotation)
    }

    @wraps(command)
    def spread(**given: Any) -> int | None:
        gathered = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        return command(**gathered, **given)

    parameters = _spread_parameters(command)
    spread.__signature__ = signature(command).replace(parameters=parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {each.name: each.annotation for each in parameters}
    return spread


def _spread_parameters(command: Callable[..., int | None]) -> list[Parameter]:
    spread = []
    for parameter in signature(command).parameters.values():
        if is_dataclass(parameter.annotation):
            spread += [_parameter(field) for field in fields(parameter.annotation)]
        else:
            spread.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))
    return spread


def _parameter(field: "Field[Any]") -> Parameter:
    default = Parameter.empty if field.default is MISSING else field.default
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=field.type)
