"""Sources: anything that can be read as a feature map, one file for each kind.

A module here declares ``SUFFIXES``, ``recognises(head)`` for data without a
name (standard input), and ``read(origin, options)``. It is found by itself.
"""

import io
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap, file_stamp
from poolviz.frameworks import find_rule
from poolviz.memory import Budget, asked_budget
from poolviz.plugins import import_all
from poolviz.sources._arrays import Array, refuse_other_than_numbers, widened
from poolviz.sources._mapping import watch_files
from poolviz.sources._origin import (
    Origin,
    ReadOptions,
    digest,
    file_origin,
    stream_origin,
    unreadable,
)
from poolviz.sources._samples import (
    PREFIX,
    available_networks,
    available_samples,
    network_path,
    sample_files,
    sample_path,
)
from poolviz.sources._text import matrix_map
from poolviz.text import escaped

__all__ = [
    "PREFIX",
    "STANDARD_INPUT",
    "ReadOptions",
    "available_networks",
    "available_samples",
    "known_suffixes",
    "load",
    "load_values",
    "matrix_map",
    "network_path",
    "regular_file",
    "sample_files",
    "watch_files",
]

STANDARD_INPUT = "-"


def load(
    source: str | Path,
    *,
    key: str | None = None,
    index: int | None = None,
    frame: int | None = None,
    complex_part: str | None = None,
    layout: str | None = None,
    like: str | None = None,
    max_memory: str | None = None,
) -> FeatureMap:
    """Read a feature map.

    Args:
        source: a path, ``"sample:NAME"``, or ``"-"`` for standard input.
        key: which array of a file with several (``.npz``, ``.safetensors``, ``.mat``, ``.h5``).
        index: which one of a batch (N, C, H, W).
        frame: which frame of an animated image.
        complex_part: ``"abs"``, ``"real"`` or ``"imag"`` of complex values.
        layout: the order of an array's axes, ``"chw"`` or ``"hwc"``; None: that of ``like``,
            or (C, H, W) unless the shape looks like a picture; a note says which.
        like: the framework that made the array; ``"keras"`` and ``"jax"`` have channels last.
        max_memory: how much may be used for it, as ``"2G"``; half of what is free unless given.

    Raises:
        SourceError: it cannot be read, or what it holds is not a feature map.
        SpecError: an option has no meaning for this kind of source, or no such value.

    An ``.npy`` of more than 256 MB is mapped, not read: if another program makes the file shorter
    meanwhile, the system ends the process (SIGBUS). The command guards itself against that.

    Example:
        >>> load("sample:course-2x2").values
        array([[[1, 3],
                [2, 4]]])
    """
    budget = asked_budget(max_memory)
    last = like is not None and find_rule(like).channels_last
    options = ReadOptions(key, index, frame, complex_part, layout, last, budget)
    origin, reader = _opened(source, options)
    return _read(reader, origin, options)


def load_values(
    source: str | Path,
    *,
    key: str | None = None,
    frame: int | None = None,
    max_memory: str | None = None,
) -> FeatureMap | Array:
    """Read what may be more or less than a feature map.

    Args:
        source: as :func:`load` takes it.
        key: as :func:`load` takes it.
        frame: which frame of an animated image.
        max_memory: as :func:`load` takes it.

    Returns:
        An ``.npy`` or an array of an ``.npz`` as it is, of any axes; all else as a feature map.

    Raises:
        SourceError: it cannot be read, or holds no numbers.
    """
    options = ReadOptions(key=key, frame=frame, budget=asked_budget(max_memory))
    origin, reader = _opened(source, options)
    if not hasattr(reader, "read_array"):
        return _read(reader, origin, options)
    try:
        array, _ = reader.read_array(origin, options)
    except OSError as error:
        raise unreadable(origin.shown, error) from error
    refuse_other_than_numbers(array.dtype, origin.shown)
    return np.asarray(widened(array))


def _opened(source: str | Path, options: ReadOptions) -> tuple[Origin, ModuleType]:
    """Where the data comes from, and the module that reads it."""
    origin = _origin(source, options.budget)
    try:
        reader = _reader_for(origin)
    except OSError as error:
        raise unreadable(origin.shown, error) from error
    options.refuse_unused(getattr(reader, "OPTIONS", ()), origin)
    return origin, reader


def _read(reader: ModuleType, origin: Origin, options: ReadOptions) -> FeatureMap:
    try:
        stamp = file_stamp(origin.path) if origin.path else None
        feature_map: FeatureMap = reader.read(origin, options)
    except OSError as error:
        raise unreadable(origin.shown, error) from error
    if origin.path is not None:
        return replace(feature_map, path=origin.path, stamp=stamp)
    return replace(feature_map, configuration=(digest(origin.data), *feature_map.configuration))


def regular_file(path: Path) -> Origin:
    """A file that is there to be read, by whatever reads it.

    Raises:
        SourceError: there is none, or it is a folder, a pipe or a device.
    """
    return file_origin(path)


def _origin(source: str | Path, budget: Budget) -> Origin:
    if isinstance(source, Path):
        return file_origin(source)
    if source == STANDARD_INPUT:
        return stream_origin(sys.stdin.buffer if sys.stdin else io.BytesIO(), budget)
    if source.startswith(PREFIX):
        return file_origin(sample_path(source.removeprefix(PREFIX)), shown=source)
    return file_origin(Path(source), shown=source)


def known_suffixes() -> list[str]:
    """The suffixes of files that can be read, sorted.

    Example:
        >>> ".npy" in known_suffixes()
        True
    """
    return sorted(suffix for reader in _readers() for suffix in reader.SUFFIXES)


def _readers() -> list[ModuleType]:
    return [
        module for module in import_all(sys.modules[__name__]).values() if hasattr(module, "read")
    ]


def _reader_for(origin: Origin) -> ModuleType:
    """The reader that knows the data by its first bytes, else by the name's suffix."""
    readers = _readers()
    head = origin.head()
    by_content = [each for each in readers if each.recognises(head)]
    by_suffix = [each for each in readers if origin.suffix in each.SUFFIXES]
    reader = next(iter((*by_content, *by_suffix)), None)
    if reader is None and not origin.path:
        cause, remedy = "it is no image, array or rows of numbers", "pipe in one of these"
        raise SourceError(origin.shown, cause, remedy)
    if reader is None:
        raise SourceError(
            origin.shown,
            f"the kind {escaped(origin.suffix) or 'without a suffix'} is unknown",
            f"give one of {', '.join(known_suffixes())}",
        )
    return reader
