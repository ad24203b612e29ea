"""HDF5 files: ``.h5``, ``.hdf5``, and MATLAB's ``.mat`` since version 7.3, by h5py."""

import math
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import PoolvizError, SourceError
from poolviz.feature_map import FeatureMap
from poolviz.sources._arrays import NUMERIC, array_map
from poolviz.sources._origin import Origin, ReadOptions, chosen_key, extra_module

SUFFIXES = (".h5", ".hdf5")
OPTIONS = ("key", "index", "complex_part", "layout")
EXTRA = "hdf5"
# The most names that are looked at.
MOST_NAMES = 10_000
# Attributes that MATLAB writes: the class of an array, and that it is empty.
_CLASS, _EMPTY = "MATLAB_class", "MATLAB_empty"


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is an HDF5 file."""
    return head.startswith(b"\x89HDF\r\n\x1a\n")


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read one dataset.

    Raises:
        SourceError: it is not such a file, h5py is missing, or no single dataset is selected.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(
    origin: Origin, options: ReadOptions, extra: str = EXTRA
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read one dataset of any number of axes; MATLAB's datasets in MATLAB's order of axes.

    ``extra`` is the extra that installs h5py.

    Raises:
        SourceError: it is not such a file, h5py is missing, or no single dataset is selected.
    """
    h5py = extra_module("h5py", extra, origin.shown)
    try:
        with origin.open() as data, h5py.File(data, "r") as file:
            keys = _datasets(h5py, file)
            dataset = file[chosen_key(keys, origin, options)]
            _check(dataset, origin, options)
            values = np.empty(dataset.shape, dataset.dtype)
            dataset.read_direct(values)
            # MATLAB stores column by column, so HDF5 lists the axes in reverse.
            return (values.T if _CLASS in dataset.attrs else values), ()
    except MemoryError as error:
        cause = "there is not enough memory"
        raise SourceError(origin.shown, cause, "save a part of it as an .npy file") from error
    except PoolvizError:
        raise
    except Exception as error:  # h5py raises many kinds of errors on damaged files
        cause = "is not a readable HDF5 file"
        raise SourceError(origin.shown, cause, "save it again") from error


def _datasets(h5py: Any, file: Any) -> list[str]:
    """The names of datasets of numbers in the file itself, ignoring links to other files."""
    names: list[str] = []
    groups: list[tuple[str, Any]] = [("", file["/"])]
    # A group may contain itself or one of its parents.
    entered = {file["/"]}
    for prefix, group in groups:
        for name in islice(group, MOST_NAMES - len(names)):
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            entry = group[name]
            if isinstance(entry, h5py.Group) and entry not in entered and len(groups) < MOST_NAMES:
                entered.add(entry)
                groups.append((f"{prefix}{name}/", entry))
            elif isinstance(entry, h5py.Dataset) and entry.dtype.kind in NUMERIC:
                names.append(f"{prefix}{name}")
    return names


def _check(dataset: Any, origin: Origin, options: ReadOptions) -> None:
    """Raise SourceError for a dataset that cannot be read, before memory is allocated."""
    if dataset.external or dataset.is_virtual:
        cause = "its values are stored in other files"
        raise SourceError(origin.shown, cause, "read one of those files")
    if dataset.shape is None or _EMPTY in dataset.attrs:
        raise SourceError(origin.shown, "the array is empty", "choose another with key=NAME")
    # Chunks are unpacked one at a time.
    cells = math.prod(dataset.shape) + math.prod(dataset.chunks or (0,))
    wanted = cells * dataset.dtype.itemsize
    options.budget.check_source(origin.shown, wanted, "save a part of it as an .npy file")
