"""Words as numbers, and lists of numbers as arrays."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.text import escaped


def parse_number(shown: str, place: str, word: str) -> int | float:
    """The number that ``word`` spells; ``place`` is where it stands.

    Raises:
        SourceError: it is not a number, or a larger one than any float.
    """
    for kind in (int, float) if "_" not in word else ():
        try:
            number = kind(word)
        except ValueError:
            continue
        if isinstance(number, float) and math.isinf(number) and "n" not in word.lower():
            raise _too_large(shown)
        return number
    raise SourceError(
        shown,
        f"{place} is {escaped(word[:20])!r}, not a number",
        "leave out headers and labels, and use a decimal point",
    )


def number_array(shown: str, numbers: list[Any], *, integers: bool) -> NDArray[Any]:
    """Lists of numbers as int64 where it holds them all, then uint64, then float64."""
    for kind in (np.int64, np.uint64) if integers else ():
        try:
            return np.array(numbers, kind)
        except OverflowError:
            continue
    try:
        return np.array(numbers, np.float64)
    except OverflowError as error:
        raise _too_large(shown) from error


def _too_large(shown: str) -> SourceError:
    return SourceError(shown, "a number in it is larger than any float", "write it as inf")
