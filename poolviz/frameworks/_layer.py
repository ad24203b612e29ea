"""What the readers share: whose layer is which mode."""

import re
from functools import cache
from typing import Any, NamedTuple

from poolviz.errors import SpecError
from poolviz.modes import Call, available_modes, mode_class


class Kind(NamedTuple):
    """What a layer's name tells: mode, how its windows are chosen, number of spatial axes."""

    mode: str
    windows: str
    rank: int


@cache
def mode_called(name: str, framework: str) -> str | None:
    """The mode of which ``name`` is a framework's operation; None if it is none.

    Example:
        >>> mode_called("AveragePool", "onnx")
        'average'
    """
    found = []
    for mode in available_modes():
        call = mode_class(mode)().calls().get(framework)
        # One that works by negated values is another's operation.
        if isinstance(call, Call) and not call.negated and plain(call.name) == plain(name):
            found.append((len(call.keywords), mode))
    # One that takes fixed arguments is a special case of another.
    return min(found)[1] if found else None


def found_kind(layer: Any, pattern: re.Pattern[str], framework: str) -> "Kind | None":
    """What the name of a layer's class tells, or that of a class from which it derives.

    ``pattern`` has the groups ``windows``, ``name`` and ``rank``.
    """
    for ancestor in type(layer).__mro__:
        match = pattern.fullmatch(ancestor.__name__)
        mode = match and mode_called(match["name"], framework)
        if match and mode:
            return Kind(mode, match["windows"] or "", int(match["rank"]))
    return None


def for_each_axis(value: Any, rank: int) -> tuple[int, ...] | None:
    """One number for all axes, or one for each; None of what is left out."""
    if value is None:
        return None
    return (value,) * rank if isinstance(value, int) else tuple(value)


def plain(name: str) -> str:
    """A name without the signs in which spellings differ."""
    return name.replace("_", "").lower()


def no_pooling(kind: str, framework: str) -> SpecError:
    """The error for a layer that is no pooling, or none that poolviz has."""
    return SpecError(
        kind,
        f"it is no pooling of {framework} that poolviz has",
        "give a pooling layer; poolviz modes lists the modes",
    )
