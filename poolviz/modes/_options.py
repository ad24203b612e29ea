"""A mode's parameters, given as Python values or as text, brought to their types."""

import math
from collections.abc import Callable, Iterable
from dataclasses import Field, fields
from typing import Any, get_args, get_origin

from poolviz.checks import shown, typed
from poolviz.errors import SpecError
from poolviz.modes._mode import Mode

_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def parse_options(kind: type[Mode], options: dict[str, Any]) -> dict[str, Any]:
    """``options`` by the names and types of the mode's fields.

    Raises:
        SpecError: the mode has no such parameter, or the text is no such value.
    """
    names = {field.metadata.get("option", field.name): field.name for field in fields(kind)}
    types = {field.name: field.type for field in fields(kind)}
    for name in options:
        if name not in names:
            has = f"its parameters: {', '.join(names)}" if names else "it has no parameters"
            raise SpecError("mode", f"{kind.name()} does not take {shown(name)}", has)
    return {names[name]: _parse(name, value, types[names[name]]) for name, value in options.items()}


def option_defaults(kind: type[Mode]) -> dict[str, str]:
    """The mode's parameters as they are typed, each with its default."""
    return {field.metadata.get("option", field.name): _typed(field) for field in fields(kind)}


def _typed(field: "Field[Any]") -> str:
    if "trait" in field.metadata:
        return "(as the rule says)"
    if isinstance(field.default, tuple):
        return "/".join(map(str, field.default)) or "(none)"
    return "(none)" if field.default is None else str(field.default).lower()


def _parse(name: str, value: Any, kind: Any) -> Any:
    kinds = tuple(part for part in get_args(kind) if part is not ...) or (kind,)
    wanted = next(part for part in kinds if part is not type(None))
    try:
        if get_origin(kind) is tuple:
            parts = value.split("/") if isinstance(value, str) else value
            parts = parts if isinstance(parts, Iterable) else [parts]
            return tuple(_PARSERS[wanted](str(part)) for part in parts)
        if not isinstance(value, str) and isinstance(value, kinds + (int,) * (float in kinds)):
            return value
        return _PARSERS[wanted](str(value))
    except (KeyError, TypeError, ValueError) as error:
        example = _SEVERAL[wanted] if get_origin(kind) is tuple else _ONE[wanted]
        cause = f"{name}={typed(value)} is not a value of {name}"
        raise SpecError("mode", cause, f"give {example}") from error


_ONE = {float: "a number", int: "a whole number", bool: "true or false", str: "a word"}
_SEVERAL = {float: "numbers, e.g. 2 or 0.5/2", int: "whole numbers, e.g. 3 or 1/5"}


def _float(text: str) -> float:
    value = float(text)
    if math.isnan(value) or "_" in text:
        raise ValueError(text)
    return value


_PARSERS: dict[Any, Callable[[str], Any]] = {
    float: _float,
    int: int,
    bool: lambda text: _BOOLEANS[text.lower()],
    str: str,
}
