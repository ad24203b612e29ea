"""Array data in a file: small arrays are read, large ones mapped, safely despite other writers.

If another program cuts a mapped file short, the missing pages cannot be read: the system ends
the process with SIGBUS (exit code 135 in a shell). Two things protect a command. Small arrays
are read into memory. For large ones the command holds a lease, if the system grants one: a
program that opens the file for writing then waits until the command has ended, which it does at
once, with an error. Leases are granted to the file's owner only, not on most network file
systems, and only on Linux. :func:`poolviz.load` in Python takes none, because a lease needs a
signal handler; there, a file too large to be read can still end the process in this way.
"""

import contextlib
import math
import os
import signal
import threading
import weakref
from collections.abc import Iterator
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.memory import Budget
from poolviz.sources._origin import Origin

Header = tuple[tuple[int, ...], bool, np.dtype[Any]]
# Reading this many bytes takes some tens of milliseconds and a small share of the budget.
MOST_READ, SHARE = 1 << 28, 8
# By descriptor, the names of files that are mapped under a lease.
_leased: dict[int, str] = {}
_watching = False


def file_array(
    file: IO[bytes], origin: Origin, header: Header, budget: Budget, offset: int | None = None
) -> NDArray[Any]:
    """The array that ``header`` describes, from ``offset`` in a file (None: the current position).

    Raises:
        SourceError: the file has become shorter.
    """
    shape, column_major, dtype = header
    order: Literal["C", "F"] = "F" if column_major else "C"
    size = math.prod(shape) * dtype.itemsize
    offset = file.tell() if offset is None else offset
    if size <= min(MOST_READ, budget.limit // SHARE):
        return _read(file, origin, header, offset)
    lease = _lease(origin)
    if lease is None and _watching and size <= budget.limit // 2:
        return _read(file, origin, header, offset)
    try:
        array = np.memmap(file, dtype, "r", offset=offset, shape=shape, order=order)
    except ValueError as error:
        raise changed(origin.shown) from error
    if lease is not None:
        weakref.finalize(array.base, _release, lease)
    return array


def _read(file: IO[bytes], origin: Origin, header: Header, offset: int) -> NDArray[Any]:
    shape, column_major, dtype = header
    values = np.empty(math.prod(shape), dtype)
    file.seek(offset)
    # Read as bytes: a NumPy type without an equivalent in Python has no buffer of its own.
    into: Any = file
    if values.nbytes and into.readinto(values.view(np.uint8)) != values.nbytes:
        raise changed(origin.shown)
    return values.reshape(shape, order="F" if column_major else "C")


def changed(shown: str) -> SourceError:
    """The error for a file to which another program is writing."""
    return SourceError(shown, "another program is writing to it", "wait until it is complete")


def watch_files() -> None:
    """Take leases on mapped files from now on; only for commands, which may set signal handlers."""
    global _watching  # noqa: PLW0603 - a property of the process, as its handlers are
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGIO"):
        return
    signal.signal(signal.SIGIO, _on_writer)
    _watching = True


def _lease(origin: Origin) -> int | None:
    """A descriptor that holds a lease; None if the system does not grant one."""
    if not _watching or origin.path is None:
        return None
    import fcntl  # noqa: PLC0415 - not on Windows

    descriptor = None
    try:
        descriptor = os.open(origin.path, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except (OSError, AttributeError):
        if descriptor is not None:
            os.close(descriptor)
        return None
    _leased[descriptor] = origin.shown
    return descriptor


def _release(descriptor: int) -> None:
    """Give up a lease when its file is no longer mapped."""
    if _leased.pop(descriptor, None) is not None:
        os.close(descriptor)


def _on_writer(number: int, frame: object) -> None:
    """Raise SourceError if a program is waiting to write to a mapped file."""
    del number, frame
    for shown in _contested_files():
        raise changed(shown)


def _contested_files() -> Iterator[str]:
    import fcntl  # noqa: PLC0415 - not on Windows

    for descriptor, shown in list(_leased.items()):
        with contextlib.suppress(OSError):
            if fcntl.fcntl(descriptor, fcntl.F_GETLEASE) != fcntl.F_RDLCK:
                yield shown
