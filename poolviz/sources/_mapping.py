"""Array data in a file: a small one is read, a large one mapped, safe from other writers.

A page of a mapped file that another program cuts off cannot be read any more: the system
then ends the process by SIGBUS (exit code 135 in a shell). Two things keep a command from that.
What is small is read into memory. On what is large a command holds a lease, where the system
gives one: a program that opens the file for writing waits until the command has ended, which it
does at once, with an error. No lease is given to other users than the file's owner, on most
network file systems, and outside Linux; and none is taken for :func:`poolviz.load` in Python, since
it takes a signal handler. There a file that is too large to be read can still end the process so.
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
# Reading so much takes some tens of milliseconds, and a share of the budget that does not matter.
MOST_READ, SHARE = 1 << 28, 8
# By descriptor, what is mapped under a lease, as the user named it.
_leased: dict[int, str] = {}
_watching = False


def file_array(
    file: IO[bytes], origin: Origin, header: Header, budget: Budget, offset: int | None = None
) -> NDArray[Any]:
    """The array of ``header`` that begins at ``offset`` (None: at the place reached) in a file.

    Raises:
        SourceError: the file has become shorter than it was.
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
    # Read as bytes: a type of NumPy's that Python has none for gives no view of itself.
    into: Any = file
    if values.nbytes and into.readinto(values.view(np.uint8)) != values.nbytes:
        raise changed(origin.shown)
    return values.reshape(shape, order="F" if column_major else "C")


def changed(shown: str) -> SourceError:
    """The error for a file that another program writes to."""
    return SourceError(shown, "it is being changed while it is read", "wait until it is whole")


def watch_files() -> None:
    """From now on take leases on files that are mapped; for commands, which may set handlers."""
    global _watching  # noqa: PLW0603 - a property of the process, as its handlers are
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGIO"):
        return
    signal.signal(signal.SIGIO, _on_writer)
    _watching = True


def _lease(origin: Origin) -> int | None:
    """A descriptor under a lease; None where there is none to be had."""
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
    """Give up a lease, since nothing is mapped any more."""
    if _leased.pop(descriptor, None) is not None:
        os.close(descriptor)


def _on_writer(number: int, frame: object) -> None:
    """Raise SourceError if some program waits for a mapped file."""
    del number, frame
    for shown in _wanted():
        raise changed(shown)


def _wanted() -> Iterator[str]:
    import fcntl  # noqa: PLC0415 - not on Windows

    for descriptor, shown in list(_leased.items()):
        with contextlib.suppress(OSError):
            if fcntl.fcntl(descriptor, fcntl.F_GETLEASE) != fcntl.F_RDLCK:
                yield shown
