"""Sources: everything that can be read as a feature map, one file for each kind.

A file here declares ``SUFFIXES``, ``recognises(head)`` for data without a name (standard
input), and ``read(origin, options)``. ``OPTIONS`` names the read options that apply to
this kind; without it, none do. No other file names a kind.
"""

import io
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap, file_stamp
from poolviz.frameworks import Rule, find_rule
from poolviz.memory import Budget, parse_budget
from poolviz.plugins import load_all, unknown
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

PREFIX = "sample:"
_KINDS = {".csv", ".npy", ".png"}
_NETWORKS = {".onnx"}
# In an installed package, and in the project's own folder.
_FOLDERS = (
    Path(__file__).parents[1] / "samples",
    Path(__file__).parents[2] / "samples",
)

STANDARD_INPUT = "-"


# The suffix of networks, which another command reads.
NETWORK_SUFFIX = ".onnx"


def load(
    source: str | Path,
    *,
    key: str | None = None,
    index: int | None = None,
    frame: int | None = None,
    complex_part: str | None = None,
    layout: str | None = None,
    like: str | Rule | None = None,
    max_memory: str | None = None,
) -> FeatureMap:
    """Read a feature map.

    Args:
        source: a path, ``"sample:NAME"``, or ``"-"`` for standard input.
        key: the array to read from a file with several (``.npz``, ``.safetensors``, ``.mat``,
            ``.h5``).
        index: the item to read from a batch (N, C, H, W), counted from 0.
        frame: the frame to read from an animated image, counted from 0.
        complex_part: ``"abs"``, ``"real"`` or ``"imag"`` of complex values.
        layout: the order of an array's axes, ``"chw"`` or ``"hwc"``. By default that of ``like``;
            without it (C, H, W), or (H, W, C) if the shape looks like a picture. A note says which.
        like: the framework that made the array; ``"keras"`` and ``"jax"`` have channels last.
        max_memory: maximum memory to use, e.g. ``"2G"``; by default half of the free memory.

    Raises:
        SourceError: it cannot be read, or does not hold a feature map.
        SpecError: an option does not apply to this kind of source, or has an unknown value.

    An ``.npy`` file of more than 256 MB is memory-mapped, not read. If another program shortens
    the file meanwhile, the system ends the process (SIGBUS); the command line is protected
    against that.

    Example:
        >>> load("sample:course-2x2").values
        array([[[1, 3],
                [2, 4]]])
    """
    budget = parse_budget(max_memory)
    last = like is not None and find_rule(like).channels_last
    options = ReadOptions(key, index, frame, complex_part, layout, last, budget)
    origin, reader = _open(source, options)
    return _read(reader, origin, options)


def load_values(
    source: str | Path,
    *,
    key: str | None = None,
    frame: int | None = None,
    max_memory: str | None = None,
) -> FeatureMap | Array:
    """Read an array of any number of axes.

    Args:
        source: as :func:`load` takes it.
        key: as :func:`load` takes it.
        frame: as :func:`load` takes it.
        max_memory: as :func:`load` takes it.

    Returns:
        The stored array, of any axes, if the file holds arrays; otherwise a feature map.

    Raises:
        SourceError: it cannot be read, or does not hold numbers.
    """
    options = ReadOptions(key=key, frame=frame, budget=parse_budget(max_memory))
    origin, reader = _open(source, options)
    if not hasattr(reader, "read_array"):
        return _read(reader, origin, options)
    try:
        array, _ = reader.read_array(origin, options)
    except OSError as error:
        raise unreadable(origin.shown, error) from error
    refuse_other_than_numbers(array.dtype, origin.shown)
    return np.asarray(widened(array))


def _open(source: str | Path, options: ReadOptions) -> tuple[Origin, ModuleType]:
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


def regular_file(path: Path, remedy: str) -> Origin:
    """The origin for a path that must be a regular file.

    Args:
        path: the file.
        remedy: what to do instead of giving a pipe or a device.

    Raises:
        SourceError: it does not exist, or is a folder, a pipe or a device.
    """
    return file_origin(path, remedy=remedy)


def _origin(source: str | Path, budget: Budget) -> Origin:
    if isinstance(source, Path):
        return file_origin(source)
    if source == STANDARD_INPUT:
        return stream_origin(sys.stdin.buffer if sys.stdin else io.BytesIO(), budget)
    if source.startswith(PREFIX):
        return file_origin(sample_path(source.removeprefix(PREFIX)), shown=source)
    return file_origin(Path(source), shown=source)


def known_suffixes() -> list[str]:
    """The suffixes of all files that poolviz reads, sorted.

    Example:
        >>> ".npy" in known_suffixes()
        True
    """
    return sorted(suffix for reader in _readers() for suffix in reader.SUFFIXES)


def _readers() -> list[ModuleType]:
    readers = load_all(sys.modules[__name__], "SUFFIXES", "recognises", "read")
    return list(readers.values())


def _reader_for(origin: Origin) -> ModuleType:
    """The reader that recognises the first bytes, or else the suffix."""
    readers = _readers()
    head = origin.head()
    by_content = [reader for reader in readers if reader.recognises(head)]
    by_suffix = [reader for reader in readers if origin.suffix in reader.SUFFIXES]
    reader = next(iter((*by_content, *by_suffix)), None)
    if reader is None and not origin.path:
        cause, remedy = "is not an image, an array or rows of numbers", "pipe in one of these"
        raise SourceError(origin.shown, cause, remedy)
    if reader is None:
        kind = f"{escaped(origin.suffix)} files" if origin.suffix else "files without a suffix"
        raise SourceError(
            origin.shown,
            "is a network, not a feature map"
            if origin.suffix == NETWORK_SUFFIX
            else f"poolviz does not read {kind}",
            f"use: poolviz network {origin.shown}"
            if origin.suffix == NETWORK_SUFFIX
            else f"use one of {', '.join(known_suffixes())}",
        )
    return reader


def sample_paths(kinds: Collection[str] = _KINDS) -> dict[str, Path]:
    """The samples' files by name."""
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    files = sorted(folder.iterdir()) if folder else []
    return {file.stem: file for file in files if file.suffix in kinds}


def available_samples() -> list[str]:
    """The samples' names."""
    return list(sample_paths())


def available_networks() -> list[str]:
    """The sample networks' names."""
    return list(sample_paths(_NETWORKS))


def sample_path(name: str) -> Path:
    """The file of a sample.

    Raises:
        SourceError: there is no such sample.
    """
    return _named(name, sample_paths())


def sample_files(name: str) -> list[Path]:
    """All files of the samples with this name: an input, a network, both or none."""
    kinds = sample_paths(), sample_paths(_NETWORKS)
    return [samples[name] for samples in kinds if name in samples]


def network_path(source: str | Path) -> Path:
    """The file of a network: a path, or ``sample:NAME``.

    Raises:
        SourceError: there is no such sample.
    """
    text = str(source)
    if not text.startswith(PREFIX):
        return Path(source)
    return _named(text.removeprefix(PREFIX), sample_paths(_NETWORKS))


def _named(name: str, samples: dict[str, Path]) -> Path:
    if name not in samples:
        error = unknown(PREFIX + name, name, samples, "sample")
        raise SourceError(error.subject, error.cause, error.remedy)
    return samples[name]
