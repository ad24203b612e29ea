"""Checks of values that a caller gives: integers, one number per axis, sequences."""

from collections.abc import Iterable, Mapping
from numbers import Real
from operator import index

from poolviz.errors import SpecError
from poolviz.text import counted, escaped, shortened

MAX_RANK = 3
# Larger numbers than this have no meaning as a size and only overflow later.
LARGEST = 2**31 - 1
# Longer values are shortened to this many characters in errors.
VALUE_LENGTH = 80
# Types that have a single value, which is better known by its own name.
_SINGLE_VALUES = {"NoneType": "None", "ellipsis": "Ellipsis", "MaskedConstant": "masked"}


def check_integer(
    name: str, value: object, least: int, most: int = LARGEST, expected: str = ""
) -> int:
    """``value`` as an int from ``least`` to ``most``.

    Args:
        name: the subject of errors.
        value: anything.
        least: the smallest that it may be.
        most: the largest that it may be.
        expected: what to use instead of a value that is not an integer; by default a whole number
            of at least ``least``.

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
        is_whole = isinstance(value, Real) and float(value).is_integer()
        cause = f"{shown(value)} is not a whole number"
        if is_whole or getattr(value, "shape", None) == ():
            # It may well be whole: what is wrong is its type.
            cause = f"must be an int, not {type_name(value)}"
        raise SpecError(name, cause, f"use {expected or f'a whole number of at least {least}'}")
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
        cause = f"{lengths} has {counted(len(lengths), 'number')}" if lengths else "() is empty"
        remedy = f"use one number, or a sequence of 1 to {MAX_RANK} numbers"
        raise SpecError(name, cause, per_axis(rank) if rank else remedy)
    return lengths


def per_axis(rank: int) -> str:
    """The remedy for a wrong number of numbers, of which there may be one or one per axis.

    Example:
        >>> per_axis(2), per_axis(1)
        ('use one number, or one for each of the 2 axes', 'use one number')
    """
    return "use one number" + (f", or one for each of the {rank} axes" if rank > 1 else "")


def entries_of(value: object) -> tuple[object, ...] | None:
    """The entries of a sequence; None for a single value."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
        return None
    try:
        return tuple(value)
    except TypeError:
        # An array without axes.
        return None


def type_name(value: object) -> str:
    """The type of a value for an error, to be written without an article.

    Example:
        >>> type_name(1), type_name(None), type_name(...)
        ('int', 'None', 'Ellipsis')
    """
    name = type(value).__name__
    return _SINGLE_VALUES.get(name, name)


def shown(value: object) -> str:
    """A value as Python writes it, on one line, for an error."""
    return shortened(" ".join(repr(value).split()), VALUE_LENGTH)


def typed(value: object) -> str:
    """A value as one would type it, on one line, for an error."""
    return shortened(escaped(str(value)), VALUE_LENGTH)
