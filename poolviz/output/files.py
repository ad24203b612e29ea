"""Check the names of output files, and write all files or none."""

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

# The folder of files that have no name.
DEFAULT_OUT = Path("poolviz-out")
FIGURE_SUFFIXES = ("png", "svg", "pdf")
PAGE_SUFFIXES = ("html", "htm")
# A saved output of this many bytes or more is mapped, not kept in memory.
LEAST_BYTES = 64 << 20


def figure_suffix(path: Path) -> str:
    """The format of a figure, from its suffix.

    Raises:
        SpecError: the suffix is another.
    """
    _check_suffix("figure", path, FIGURE_SUFFIXES)
    return path.suffix.lower().removeprefix(".")


def check_page_path(path: Path) -> None:
    """Raise SpecError unless the suffix of a page is ``.html``."""
    _check_suffix("html", path, PAGE_SUFFIXES)


def check_array_path(path: Path) -> None:
    """Raise SpecError unless the suffix of an array is ``.npy``."""
    _check_suffix("save", path, ("npy",))


def _check_suffix(option: str, path: Path, suffixes: Sequence[str]) -> None:
    if path.suffix.lower().removeprefix(".") not in suffixes:
        *others, last = (f".{suffix}" for suffix in suffixes)
        allowed = f"{', '.join(others)} or {last}" if others else last
        cause = f"{shown(escaped(path.name))} does not end in {allowed}"
        raise SpecError(option, cause, f"use a name that ends in {allowed}")


def array_bytes(result: PoolResult) -> bytes:
    """The pooled array as ``.npy``: (H, W) for 2-D sources, else (C, H, W)."""
    buffer = io.BytesIO()
    np.save(buffer, result.output.reshape(result.output_shape), allow_pickle=False)
    return buffer.getvalue()


def write_all(
    files: dict[str, tuple[Path, bytes]], source: Path | None, others: Sequence[Path] = ()
) -> dict[str, str]:
    """Write each file completely, and return their paths by kind.

    Args:
        files: paths and contents, by kind.
        source: the file that is pooled, which must not be replaced.
        others: files that the caller writes, which must not be replaced either.

    Raises:
        SpecError: one would replace the source, or two are the same file.
        OutputError: one cannot be written; then none is, as far as can be checked before.
    """
    refuse_clashes([*others, *(path for path, _ in files.values())], source)
    for path, _ in files.values():
        check(path)
    for path, data in files.values():
        write(path, data)
    return {kind: str(path) for kind, (path, _) in files.items()}


def refuse_clashes(paths: list[Path], source: Path | None) -> None:
    """Raise SpecError if one of ``paths`` is the source, or two are the same file."""
    source_identities = set() if source is None else identities(source)
    targets: set[str] = set()
    for path in paths:
        own = identities(path)
        if not source_identities.isdisjoint(own):
            raise SpecError(
                escaped(str(path)), "is the source", "choose another name for the output"
            )
        # Only the path counts: existing outputs that are hard links to one file are separated.
        target = next(identity for identity in own if isinstance(identity, str))
        if target in targets:
            raise SpecError(
                escaped(str(path)), "two outputs have this name", "give each output its own name"
            )
        targets.add(target)


@contextlib.contextmanager
def mapped_array(path: Path, shape: tuple[int, ...], dtype: "np.dtype[Any]") -> Iterator[Array]:
    """An array to write into, which becomes the ``.npy`` at ``path`` if the block succeeds.

    Args:
        path: of the file.
        shape: of the array.
        dtype: of its numbers.

    Raises:
        OutputError: there is no room, or the folder cannot be written.
    """
    with replacing(path) as file:
        header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        start = file.tell()
        end = start + prod(shape) * dtype.itemsize
        # A page that cannot be written later would end the process, so reserve the space now.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, end)
        else:
            os.ftruncate(file.fileno(), end)
        array = np.memmap(file, dtype, "r+", offset=start, shape=shape)
        yield array
        array.flush()
