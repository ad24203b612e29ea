"""NumPy arrays: ``.npy``, mapped into memory rather than read."""

import numpy as np

from poolviz.feature_map import FeatureMap
from poolviz.sources._arrays import array_map
from poolviz.sources._npy_format import MAGIC, read_header, read_stream
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
    with origin.open() as file:
        if origin.path is None:
            array = read_stream(file, origin.shown, origin.size())
        else:
            shape, column_major, dtype = read_header(file, origin.shown, origin.size())
            order = "F" if column_major else "C"
            empty = 0 in shape or dtype.itemsize == 0
            array = (
                np.empty(shape, dtype)
                if empty
                else np.memmap(origin.path, dtype, "r", file.tell(), shape, order)
            )
    return array_map(array, origin, options)
