"""NumPy arrays: ``.npy``; large ones are mapped into memory instead of read."""

import math
import sys
import tokenize
import warnings
from typing import IO, Any, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.sources._arrays import array_map, refuse_other_than_numbers
from poolviz.sources._mapping import Header, file_array
from poolviz.sources._origin import PART, Origin, ReadOptions
from poolviz.text import counted

SUFFIXES = (".npy",)
OPTIONS = ("index", "complex_part", "layout")


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is an ``.npy``."""
    return head.startswith(MAGIC)


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read an array.

    Raises:
        SourceError: it is not an ``.npy``, or does not hold numbers.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(origin: Origin, options: ReadOptions) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read an array of any number of axes, with notes on it.

    Raises:
        SourceError: it is not an ``.npy``.
    """
    with origin.open() as file:
        header = read_header(file, origin.shown, origin.size())
        notes = trailing(origin.size() - file.tell(), header)
        if origin.path is None:
            return read_stream(file, origin.shown, header, options.budget), notes
        return file_array(file, origin, header, options.budget), notes


MAGIC = b"\x93NUMPY"
# NumPy has 64 since version 2, before that 32.
MOST_AXES = 32
_BAD_HEADER = (
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    SyntaxError,
    RecursionError,
    MemoryError,
    tokenize.TokenError,
)
# Version 3 differs from 2 in the encoding of field names only, and arrays with fields are refused.
_READERS = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
    (3, 0): npy.read_array_header_2_0,
}


def read_header(file: IO[bytes], shown: str, size: int) -> Header:
    """(shape, column-major?, type) of the array in ``file``, which has ``size`` bytes.

    Raises:
        SourceError: the header is invalid, or does not match the file.
    """
    try:
        # NumPy warns of odd headers, which are refused below or harmless.
        with warnings.catch_warnings(action="ignore"):
            version = npy.read_magic(file)
            shape, column_major, dtype = _READERS[version](file)
    except _BAD_HEADER as error:
        raise SourceError(
            shown, "its .npy header is invalid", "save it again with numpy.save"
        ) from error
    if dtype.hasobject:
        raise SourceError(
            shown,
            "contains Python objects, which can run code when loaded",
            "save only the numbers, with numpy.save",
        )
    refuse_other_than_numbers(dtype, shown)
    impossible = any(type(n) is not int or not 0 <= n <= sys.maxsize for n in shape)
    # With an axis of length 0 the file is empty, but NumPy checks the other axes all the same.
    if len(shape) > MOST_AXES or impossible or math.prod(n or 1 for n in shape) > sys.maxsize // 16:
        raise SourceError(
            shown, "its header specifies an impossible shape", "write the array again"
        )
    present, needed = max(0, size - file.tell()), math.prod(shape) * dtype.itemsize
    if needed > present:
        cause = f"its header specifies {needed:,} bytes of data, but the file has {present:,}"
        raise SourceError(shown, cause, "copy or save it again")
    return shape, column_major, dtype


def trailing(present: int, header: Header) -> tuple[str, ...]:
    """A note if more bytes follow the header than the array needs."""
    shape, _, dtype = header
    more = present - math.prod(shape) * dtype.itemsize
    return (f"{counted(more, 'byte')} after the array ignored",) if more > 0 else ()


def read_stream(file: IO[bytes], shown: str, header: Header, budget: Budget) -> NDArray[Any]:
    """The array that ``header`` describes, read from the current position of ``file``.

    Raises:
        SourceError: it is larger than the budget.
        EOFError: the file ends too early.
    """
    shape, column_major, dtype = header
    budget.check_source(shown, math.prod(shape) * dtype.itemsize, "save it alone, as an .npy file")
    values = np.empty(math.prod(shape), dtype)
    data, stream = values.view(np.uint8), cast("Any", file)
    # In parts: an archive needs twice the memory of what is read at once.
    for start in range(0, data.size, PART):
        part = data[start : start + PART]
        if stream.readinto(part) != part.size:
            raise EOFError
    return values.reshape(shape, order="F" if column_major else "C")
