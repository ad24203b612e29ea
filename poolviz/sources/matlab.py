"""MATLAB's files: ``.mat`` of versions 5 to 7, and of version 7.3, which is HDF5, by h5py.

A file is a sequence of elements: a type and a length (8 bytes), then data. An array is an element
that consists of elements: its class, its lengths, its name and its values. From version 7 on,
each array is compressed by zlib. They are read here, as damaged files can crash other readers.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.sources import hdf5
from poolviz.sources._arrays import array_map
from poolviz.sources._origin import Origin, ReadOptions, chosen_key
from poolviz.sources.npy import MOST_AXES

SUFFIXES = (".mat",)
OPTIONS = ("key", "index", "complex_part", "layout")
EXTRA = "matlab"
# Bytes before the first element, and before the HDF5 of version 7.3.
_HEADER, _USER_BLOCK = 128, 512
_TAG = 8
_MATRIX, _PACKED, _INT32, _UINT32 = 14, 15, 5, 6
# The bytes of an array that are read for its class, lengths and name.
_START = 4096
# Flags that follow the class.
_COMPLEX, _LOGICAL = 0x0800, 0x0200
# By MATLAB's numbers: the types of data, and the classes of arrays.
_TYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
_CLASSES = {
    6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8",
}  # fmt: skip
# The most arrays that are looked at.
MOST_ARRAYS = 10_000


@dataclass(frozen=True)
class _Array:
    """An array without its values, and the position of its element."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    parts: int
    place: int
    length: int
    packed: bool
    values: int


class _DamagedError(ValueError):
    """The bytes do not form an array."""


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is a ``.mat`` file of versions 5 to 7.3."""
    return head.startswith((b"MATLAB 5.0 MAT-file", b"MATLAB 7.3 MAT-file"))


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read one array of numbers.

    Raises:
        SourceError: it is not such a file, or no single array is selected.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(origin: Origin, options: ReadOptions) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read one array of numbers, of any number of axes.

    Raises:
        SourceError: it is not such a file, or no single array is selected.
    """
    with origin.open() as file:
        header = file.read(_HEADER)
        file.seek(_USER_BLOCK)
        if hdf5.recognises(file.read(_TAG)):
            return hdf5.read_array(origin, options, EXTRA)
        order = {b"IM": "<", b"MI": ">"}.get(header[_HEADER - 2 :])
        if order is None:
            cause = "is not a .mat file of version 5 to 7.3"
            raise SourceError(origin.shown, cause, "save it again with save -v7")
        try:
            arrays = {array.name: array for array in _arrays(file, order, origin.size())}
            array = arrays[chosen_key(arrays, origin, options)]
            return _values(file, order, array, origin.shown, options.budget), ()
        except (_DamagedError, struct.error, zlib.error, EOFError) as error:
            raise SourceError(origin.shown, "the .mat file is damaged", "save it again") from error


def _arrays(file: IO[bytes], order: str, size: int) -> Iterator[_Array]:
    """The arrays of numbers, without their values; text, cells and structures are skipped."""
    place = _HEADER
    for _ in range(MOST_ARRAYS):
        file.seek(place)
        tag = file.read(_TAG)
        if not tag:
            return
        kind, length = struct.unpack(f"{order}II", tag)
        if place + _TAG + length > size:
            raise _DamagedError
        if kind in (_MATRIX, _PACKED):
            start = file.read(min(length, _START))
            if kind == _PACKED:
                start = zlib.decompressobj().decompress(start, _START)
                kind, _ = struct.unpack(f"{order}II", start[:_TAG])
                start = start[_TAG:]
                array = _array(start, order, (place + _TAG, length), packed=True)
            else:
                array = _array(start, order, (place + _TAG, length), packed=False)
            if array is not None and kind == _MATRIX:
                yield array
        place += _TAG + length


def _array(start: bytes, order: str, place: tuple[int, int], *, packed: bool) -> _Array | None:
    """The array whose element has this beginning; None if it does not hold numbers."""
    kind, flags, position = _element(start, order, 0)
    if kind != _UINT32 or len(flags) < _TAG:
        raise _DamagedError
    (word,) = struct.unpack(f"{order}I", flags[:4])
    name = _CLASSES.get(word & 0xFF)
    if name is None:
        return None
    kind, lengths, position = _element(start, order, position)
    if kind != _INT32 or len(lengths) > 4 * MOST_AXES:
        raise _DamagedError
    shape = struct.unpack(f"{order}{len(lengths) // 4}i", lengths)
    if min(shape, default=-1) < 0:
        raise _DamagedError
    _, key, position = _element(start, order, position)
    dtype = np.dtype(bool if word & _LOGICAL else name)
    parts = 2 if word & _COMPLEX else 1
    return _Array(key.decode("latin-1"), shape, dtype, parts, *place, packed, position)


def _element(data: bytes, order: str, position: int) -> tuple[int, bytes, int]:
    """The type and the data of the element at a position, and the position after it."""
    (kind,) = struct.unpack(f"{order}I", data[position : position + 4])
    if kind >> 16:
        # A short element has its length in the upper half, and its data in place of the length.
        length, start, end = kind >> 16, position + 4, position + _TAG
        kind &= 0xFFFF
        if length > end - start:
            raise _DamagedError
    else:
        (length,) = struct.unpack(f"{order}I", data[position + 4 : position + _TAG])
        start = position + _TAG
        end = start + -(-length // _TAG) * _TAG
    if start + length > len(data):
        raise _DamagedError
    return kind, data[start : start + length], end


def _values(file: IO[bytes], order: str, array: _Array, shown: str, budget: Budget) -> NDArray[Any]:
    """The values of an array, in MATLAB's order of axes."""
    count = math.prod(array.shape)
    # For each part: values as stored, at most 8 bytes each, and in the type of the class.
    wanted = array.parts * (count * (8 + array.dtype.itemsize) + 2 * array.length)
    budget.check_source(shown, wanted, "save a part of it as an .npy file")
    file.seek(array.place)
    data = file.read(array.length)
    if array.packed:
        most = _TAG + array.values + array.parts * (2 * _TAG + 8 * count)
        data = zlib.decompressobj().decompress(data, most)[_TAG:]
    position, parts = array.values, []
    for _ in range(array.parts):
        kind, stored, position = _element(data, order, position)
        if kind not in _TYPES:
            raise _DamagedError
        dtype = np.dtype(order + _TYPES[kind])
        if len(stored) != count * dtype.itemsize:
            raise _DamagedError
        values = np.frombuffer(stored, dtype)
        parts.append(values.astype(array.dtype).reshape(array.shape, order="F"))
    if array.parts == 1:
        return parts[0]
    # Assigned, not added: 1j times an infinite part would make the real part NaN.
    values = np.empty(array.shape, np.result_type(*parts, np.complex64), order="F")
    values.real, values.imag = parts
    return values
