"""Tensors as Hugging Face saves them: ``.safetensors``, read without their package.

A file is a length of 8 bytes, that many bytes of JSON with the place of each tensor, then the
tensors.
"""

import json
import math
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.sources._arrays import BFLOAT16, array_map
from poolviz.sources._mapping import file_array
from poolviz.sources._origin import Origin, ReadOptions, chosen_key
from poolviz.sources.npy import MOST_AXES

SUFFIXES = (".safetensors",)
OPTIONS = ("key", "index", "complex_part", "layout")
# Enough for a hundred thousand tensors; a parsed header needs about twenty times its size.
MOST_HEADER, BYTES_PER_BYTE = 16 << 20, 20
_METADATA = "__metadata__"
_TYPES = {
    "BOOL": np.dtype(bool), "BF16": BFLOAT16, "F16": np.dtype("<f2"), "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"), "C64": np.dtype("<c8"),
    **{f"{kind.upper()}{8 * n}": np.dtype(f"<{kind}{n}") for kind in "iu" for n in (1, 2, 4, 8)},
}  # fmt: skip


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes has this format: a length, then a brace."""
    return head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= MOST_HEADER  # noqa: PLR2004 - two braces


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read one tensor.

    Raises:
        SourceError: it is not such a file, or no single tensor is selected.
    """
    array, notes = read_array(origin, options)
    return array_map(array, origin, options, notes)


def read_array(origin: Origin, options: ReadOptions) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Read one tensor of any number of axes.

    Raises:
        SourceError: it is not such a file, or no single tensor is selected.
    """
    with origin.open() as file:
        tensors, start = _header(file, origin, options)
        key = chosen_key(tensors, origin, options)
        shape, dtype, first = _entry(tensors[key], origin, origin.size() - start)
        return file_array(file, origin, (shape, False, dtype), options.budget, start + first), ()


def _header(file: IO[bytes], origin: Origin, options: ReadOptions) -> tuple[dict[str, Any], int]:
    """The description of each tensor, and the position of the first tensor's bytes."""
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(MOST_HEADER, origin.size() - 8):  # noqa: PLR2004 - two braces
        raise _broken(origin)
    options.budget.check_source(origin.shown, BYTES_PER_BYTE * length, "save fewer tensors in it")
    try:
        tensors = json.loads(file.read(length).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _broken(origin) from error
    if not isinstance(tensors, dict):
        raise _broken(origin)
    tensors.pop(_METADATA, None)
    return tensors, 8 + length


def _entry(entry: Any, origin: Origin, size: int) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """The shape, the type and the first byte of a tensor, within ``size`` bytes of tensors."""
    fields = ("dtype", "shape", "data_offsets")
    name, shape, offsets = map(entry.get, fields) if isinstance(entry, dict) else (None,) * 3
    if not isinstance(name, str) or not isinstance(shape, list) or not isinstance(offsets, list):
        raise _broken(origin)
    if len(offsets) != 2 or len(shape) > MOST_AXES or not all(map(_is_count, (*shape, *offsets))):  # noqa: PLR2004 - first and last
        raise _broken(origin)
    dtype = _TYPES.get(name)
    if dtype is None:
        cause = f"its values have the unknown type {name[:20]!a}"
        raise SourceError(origin.shown, cause, f"save it as one of {', '.join(_TYPES)}")
    first, last = offsets
    if not first <= last <= size or last - first != math.prod(shape) * dtype.itemsize:
        cause = "its header does not match the tensor's shape or the file's size"
        raise SourceError(origin.shown, cause, "copy or save it again")
    return tuple(shape), dtype, first


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 60


def _broken(origin: Origin) -> SourceError:
    return SourceError(origin.shown, "its .safetensors header is invalid", "save it again")
