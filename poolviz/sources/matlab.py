"""MATLAB's files: ``.mat``, by SciPy; since version 7.3 they are HDF5 (see ``hdf5.py``)."""

import math
import warnings
import zlib
from struct import error as StructError  # noqa: N812 - an exception, though its name does not say so
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.sources import hdf5
from poolviz.sources._arrays import array_map
from poolviz.sources._extras import extra_module
from poolviz.sources._keys import chosen_key
from poolviz.sources._origin import Origin, ReadOptions

SUFFIXES = (".mat",)
OPTIONS = ("key", "index", "complex_part", "layout")
EXTRA = "matlab"
# MATLAB's classes of numbers; others are texts, cells, structures, functions.
_INTEGERS = tuple(f"{sign}int{8 << power}" for sign in ("", "u") for power in range(4))
_NUMBERS = ("double", "single", "logical", *_INTEGERS)
# A file's values, and while they are unpacked once more.
BYTES_PER_VALUE = 24
_BROKEN = (
    OSError, ValueError, TypeError, LookupError, OverflowError, NotImplementedError, StructError,
    zlib.error, RuntimeError, AttributeError, AssertionError,
)  # fmt: skip


def recognises(head: bytes) -> bool:
    """Whether data that begins so is a ``.mat`` of versions 5 to 7."""
    return head.startswith(b"MATLAB 5.0 MAT-file")


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read one variable.

    Raises:
        SourceError: it is no such file, a package is missing, or which variable is unclear.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(origin: Origin, options: ReadOptions) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read one variable as it is, of any axes.

    Raises:
        SourceError: it is no such file, a package is missing, or which variable is unclear.
    """
    with origin.open() as file:
        # Version 7.3: HDF5 behind a text of 512 bytes.
        file.seek(512)
        if hdf5.recognises(file.read(8)):
            return hdf5.read_array(origin, options)
    scipy_io = extra_module("scipy.io", EXTRA, origin.shown)
    try:
        with origin.open() as file, warnings.catch_warnings(action="ignore"):
            variables = {name: (shape, kind) for name, shape, kind in scipy_io.whosmat(file)}
            numbers = {name: shape for name, (shape, kind) in variables.items() if kind in _NUMBERS}
            if not numbers:
                raise SourceError(origin.shown, "it holds no arrays of numbers", "save one in it")
            key = chosen_key(numbers, origin, options)
            wanted = math.prod(numbers[key]) * BYTES_PER_VALUE
            options.budget.check_source(origin.shown, wanted, "save a part of it, as an .npy")
            file.seek(0)
            loaded = scipy_io.loadmat(file, variable_names=[key], mat_dtype=False)
            return np.asarray(loaded[key]), ()
    except MemoryError as error:
        cause = "there is not enough memory"
        raise SourceError(origin.shown, cause, "save a part of it") from error
    except _BROKEN as error:
        raise SourceError(origin.shown, "it is not a readable .mat file", "save it again") from error
