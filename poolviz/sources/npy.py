"""NumPy arrays: ``.npy``; large ones are mapped into memory rather than read."""

from typing import Any

from numpy.typing import NDArray

from poolviz.feature_map import FeatureMap
from poolviz.sources._arrays import array_map
from poolviz.sources._mapping import file_array
from poolviz.sources._npy_format import MAGIC, read_header, read_stream, trailing
from poolviz.sources._origin import Origin, ReadOptions

SUFFIXES = (".npy",)
OPTIONS = ("index", "complex_part", "layout")


def recognises(head: bytes) -> bool:
    """Whether data that begins so is an ``.npy``."""
    return head.startswith(MAGIC)


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read an array.

    Raises:
        SourceError: it is none, or holds no numbers.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(origin: Origin, options: ReadOptions) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read an array as it is, of any axes, and what is to be said of it.

    Raises:
        SourceError: it is none.
    """
    with origin.open() as file:
        header = read_header(file, origin.shown, origin.size())
        notes = trailing(origin.size() - file.tell(), header)
        if origin.path is None:
            return read_stream(file, origin.shown, header, options.budget), notes
        return file_array(file, origin, header, options.budget), notes
