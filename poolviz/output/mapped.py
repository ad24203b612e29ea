"""Outputs larger than memory: an ``.npy`` that is written as it is pooled, whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from poolviz import atomic
from poolviz.patches import Array

# From so many bytes on a saved output is mapped, not kept.
LEAST_BYTES = 64 << 20


@contextlib.contextmanager
def mapped_array(path: Path, shape: tuple[int, ...], dtype: "np.dtype[Any]") -> Iterator[Array]:
    """An array to write into, that is the ``.npy`` at ``path`` when the block has ended well.

    Args:
        path: where it will be.
        shape: any.
        dtype: of numbers.

    Raises:
        OutputError: there is no room, or the folder cannot be written.
    """
    with atomic.replacing(path) as file:
        header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        start = file.tell()
        _reserve(file.fileno(), start + prod(shape) * dtype.itemsize)
        array = np.memmap(file, dtype, "r+", offset=start, shape=shape)
        yield array
        array.flush()


def _reserve(descriptor: int, size: int) -> None:
    """Have room for a file: a page that cannot be written later would end the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.ftruncate(descriptor, size)
