"""Checks of values that a caller gives: integers, one number per axis, sequences."""

from collections.abc import Iterable, Mapping
from operator import index

from poolviz.errors import SpecError
from poolviz.text import counted, escaped, shortened

MAX_RANK = 3
# Larger numbers than this have no meaning as a size and only overflow later.
LARGEST = 2**31 - 1
# Longer values are shortened to this many characters in errors.
VALUE_LENGTH = 80


def check_integer(name: str, value: object, least: int, most: int = LARGEST) -> int:
    """``value`` as an int from ``least`` to ``most``.

    Raises:
        SpecError: it is not an integer, or out of range.
    """
    if type(value) is int and least <= value <= most:
        return value
    try:
        number = None if isinstance(value, bool) else index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None:
        cause = f"{shown(value)} is not a whole number"
        raise SpecError(name, cause, f"use a whole number of at least {least}")
    if not least <= number <= most:
        cause = f"{shown(number)} is out of range"
        remedy = (
            f"use a whole number of at least {least}" if number < least else f"use at most {most}"
        )
        raise SpecError(name, cause, remedy)
    return number


def check_lengths(name: str, value: object, least: int, rank: int | None = None) -> tuple[int, ...]:
    """``value`` as one int per axis; a single int stands for all ``rank`` axes.

    Args:
        name: the subject of errors.
        value: an int, or a sequence of ints.
        least: the smallest that each may be.
        rank: the number of axes; None means as many as there are ints, two for a single int.

    Raises:
        SpecError: an entry is not an integer or too small, or their number is wrong.
    """
    entries = None if isinstance(value, int) else entries_of(value)
    if entries is None:
        return (check_integer(name, value, least),) * (rank or 2)
    lengths = tuple(check_integer(name, entry, least) for entry in entries)
    if len(lengths) != (rank or len(lengths)) or not 1 <= len(lengths) <= MAX_RANK:
        expected = f"{rank} numbers" if rank else f"one to {MAX_RANK} numbers"
        raise SpecError(
            name,
            f"{lengths} has {counted(len(lengths), 'number')}",
            f"use one number or {expected}",
        )
    return lengths


def entries_of(value: object) -> tuple[object, ...] | None:
    """The entries of a sequence; None for a single value."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
        return None
    try:
        return tuple(value)
    except TypeError:
        # An array without axes.
        return None


def shown(value: object) -> str:
    """A value as Python writes it, on one line, for an error."""
    return shortened(" ".join(repr(value).split()), VALUE_LENGTH)


def typed(value: object) -> str:
    """A value as one would type it, on one line, for an error."""
    return shortened(escaped(str(value)), VALUE_LENGTH)
