"""Checks of what was given: whole numbers, lengths per axis, sequences."""

from collections.abc import Iterable, Mapping
from operator import index
from typing import Any

from poolviz.errors import SpecError
from poolviz.text import escaped, shortened

MOST_AXES = 3
# Larger numbers than this have no meaning as a size and only overflow later.
LARGEST = 2**31 - 1
# Of a value that is refused so many characters are shown.
LONGEST_VALUE = 80


def whole(name: str, value: Any, least: int, most: int = LARGEST) -> int:
    """``value`` as an int from ``least`` to ``most``.

    Raises:
        SpecError: it is not a whole number, or out of range.
    """
    if type(value) is int and least <= value <= most:
        return value
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        cause = f"{shown(value)} is not a whole number"
        raise SpecError(name, cause, f"give one of at least {least}")
    if not least <= number <= most:
        cause = f"{shown(number)} is out of range"
        raise SpecError(name, cause, f"give a number from {least} to {most}")
    return number


def lengths(name: str, value: Any, least: int, rank: int | None = None) -> tuple[int, ...]:
    """``value`` as one int per axis; a lone int is meant for every axis (two if unknown).

    Raises:
        SpecError: an entry is no whole number, is too small, or there are too many.
    """
    given = None if isinstance(value, int) else entries_of(value)
    if given is None:
        return (whole(name, value, least),) * (rank or 2)
    entries = tuple(whole(name, entry, least) for entry in given)
    if len(entries) != (rank or len(entries)) or not 1 <= len(entries) <= MOST_AXES:
        expected = f"{rank} numbers" if rank else f"one to {MOST_AXES} numbers"
        raise SpecError(name, f"{entries} has {len(entries)}", f"give one number or {expected}")
    return entries


def entries_of(value: Any) -> tuple[Any, ...] | None:
    """What is in a sequence; None of a single value."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
        return None
    try:
        return tuple(value)
    except TypeError:
        # An array without axes.
        return None


def shown(value: Any) -> str:
    """A value as Python writes it, on one line, for an error."""
    return shortened(" ".join(repr(value).split()), LONGEST_VALUE)


def typed(value: Any) -> str:
    """A value as one would type it, on one line, for an error."""
    return shortened(escaped(str(value)), LONGEST_VALUE)
