"""A mode's parameters, given as Python values or as text, brought to their types."""

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_args

from poolviz.errors import SpecError
from poolviz.modes._mode import Mode

_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def parse_options(kind: type[Mode], options: dict[str, Any]) -> dict[str, Any]:
    """``options`` by the names and types of the mode's fields.

    Raises:
        SpecError: the mode has no such parameter, or the text is no such value.
    """
    types = {field.name: field.type for field in fields(kind)}
    for name in options:
        if name not in types:
            has = f"its parameters: {', '.join(types)}" if types else "it has no parameters"
            raise SpecError("mode", f"{kind.name()} does not take {name!r}", has)
    return {name: _parse(name, value, types[name]) for name, value in options.items()}


def _parse(name: str, value: Any, kind: Any) -> Any:
    kinds = get_args(kind) or (kind,)
    if not isinstance(value, str) and isinstance(value, kinds + (int,) * (float in kinds)):
        return value
    wanted = next(part for part in kinds if part is not type(None))
    try:
        return _PARSERS[wanted](str(value))
    except (KeyError, ValueError) as error:
        raise SpecError(
            "mode", f"{name}={value} is no value for {name}", f"give a {wanted.__name__}"
        ) from error


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
