"""What the layer readers share: which layer of a framework is which mode."""

import re
from functools import cache
from typing import Any, NamedTuple

from poolviz.errors import SpecError
from poolviz.frameworks._answers import find_call
from poolviz.modes import available_modes, mode_class
from poolviz.modes._mode import Call


class Kind(NamedTuple):
    """What the name of a layer's class says: mode, kind of windows, number of spatial axes."""

    mode: str
    windows: str
    rank: int


@cache
def find_mode(operation: str, framework: str) -> str | None:
    """The mode that a framework's operation computes; None if there is none.

    Example:
        >>> find_mode("AveragePool", "onnx")
        'average'
    """
    matches = []
    for mode in available_modes():
        call = find_call(mode_class(mode)(), framework)
        # A mode that negates the values borrows another mode's operation.
        if not isinstance(call, Call) or call.negated:
            continue
        if _normalise(call.name) == _normalise(operation):
            matches.append((len(call.keywords), mode))
    # A mode with fixed arguments is a special case of another mode.
    return min(matches)[1] if matches else None


def _normalise(name: str) -> str:
    """A name without case and underscores, which differ from one spelling to another."""
    return name.replace("_", "").lower()


def parse_kind(layer: Any, pattern: re.Pattern[str], framework: str) -> Kind | None:
    """The kind of a layer by the name of its class or of a base class; None if it does not pool.

    ``pattern`` has the groups ``windows``, ``name`` and ``rank``.
    """
    for ancestor in type(layer).__mro__:
        match = pattern.fullmatch(ancestor.__name__)
        mode = match and find_mode(match["name"], framework)
        if match and mode:
            return Kind(mode, match["windows"] or "", int(match["rank"]))
    return None


def for_each_axis(value: Any, rank: int) -> tuple[int, ...] | None:
    """One number repeated for all axes, or one for each axis; None stays None."""
    if value is None:
        return None
    return (value,) * rank if isinstance(value, int) else tuple(value)


def not_pooling(name: str, library: str) -> SpecError:
    """The error for a layer that does not pool, or whose pooling poolviz does not have."""
    return SpecError(
        name,
        f"is not a pooling layer of {library} that poolviz can read",
        "give a pooling layer; run poolviz modes for a list of modes",
    )
