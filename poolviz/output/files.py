"""Files: the format that a name asks for, and writing all or none."""

import contextlib
import io
import os
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.output.writing import check, identities, replacing, write
from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.windows import Array

FIGURE_SUFFIXES = ("png", "svg", "pdf")
PAGE_SUFFIXES = (".html", ".htm")


def figure_suffix(path: Path) -> str:
    """The format that a figure's suffix means.

    Raises:
        SpecError: it means none.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FIGURE_SUFFIXES:
        raise SpecError(
            "--figure",
            f"{shown(escaped(path.name))} is no {', '.join(FIGURE_SUFFIXES)}",
            "change its suffix",
        )
    return suffix


def check_page_path(path: Path) -> None:
    """Raise SpecError for a path that is no ``.html``."""
    if path.suffix.lower() not in PAGE_SUFFIXES:
        raise SpecError("--html", f"{shown(escaped(path.name))} is no .html", "change its suffix")


def check_array_path(path: Path) -> None:
    """Raise SpecError for a path that is no ``.npy``."""
    if path.suffix.lower() != ".npy":
        raise SpecError("--save", f"{shown(escaped(path.name))} is no .npy", "change its suffix")


def array_bytes(result: PoolResult) -> bytes:
    """The pooled array as an ``.npy``: (H, W) for 2-D sources, else (C, H, W)."""
    buffer = io.BytesIO()
    np.save(buffer, result.output.reshape(result.output_shape), allow_pickle=False)
    return buffer.getvalue()


def write_all(
    files: dict[str, tuple[Path, bytes]], source: Path | None, beside: Sequence[Path] = ()
) -> dict[str, str]:
    """Write each file whole; their paths by kind. Files ``beside`` are written by another.

    Raises:
        SpecError: one would replace the source, or two are the same file.
        OutputError: one cannot be written; then none is, as far as can be told before.
    """
    refuse_clashes([*beside, *(path for path, _ in files.values())], source)
    for path, _ in files.values():
        check(path)
    for path, data in files.values():
        write(path, data)
    return {kind: str(path) for kind, (path, _) in files.items()}


def refuse_clashes(paths: list[Path], source: Path | None) -> None:
    """Raise SpecError if one of ``paths`` is the source, or two are the same file."""
    sources = set() if source is None else identities(source)
    others: set[str] = set()
    for path in paths:
        # Existing outputs that are links to one file become files of their own.
        own = identities(path)
        target = next(each for each in own if isinstance(each, str))
        other = "the source itself" if not sources.isdisjoint(own) else ""
        other = other or ("another output too" if target in others else "")
        if other:
            raise SpecError(escaped(str(path)), f"it is {other}", "choose another name")
        others.add(target)


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
    with replacing(path) as file:
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
