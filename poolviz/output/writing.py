"""Write a file completely or not at all, and never over a file that is being read."""

import contextlib
import errno
import os
import platform
import re
import secrets
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import BinaryIO

from poolviz.errors import OutputError, SpecError, system_reason
from poolviz.text import escaped

Identity = str | tuple[int, int]
"""The real path of a file, or the numbers of its device and inode."""

# The name of a temporary file says which process writes it, so that stray ones can be removed.
PREFIX = ".poolviz-"
MOST_HOST = 120
_REMEDIES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EFBIG: "free some space, or write less",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EPERM: "choose another name",
    errno.EISDIR: "choose another name",
    errno.ENOTDIR: "choose another folder",
    errno.ELOOP: "choose a name that is not a link",
    errno.ENOENT: "create its folder, or choose another name",
}
_OTHER_REMEDY = "choose a folder that you may write to"
_BINARY = getattr(os, "O_BINARY", 0)
# The identities of files that the command reads, which must not be replaced.
_KEPT: set[Identity] = set()
_OWNER = re.compile(rf"{re.escape(PREFIX)}(?P<host>.*)-(?P<process>\d+)-[^-]*")


def write(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` in one step; see :func:`replacing`.

    Raises:
        OutputError: the folder or the file cannot be written.
    """
    with replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A temporary file that replaces ``path`` if the block succeeds, and is removed otherwise.

    Readers see the old bytes or the new ones, never a part. A symbolic link is followed to
    its target; missing folders of the path are created; the permissions are those of
    an ordinary new file, or of the file that is replaced.

    Raises:
        OutputError: the folder or the file cannot be written.
    """
    check(path)
    with _describe_errors(path):
        target = _target(path)
        # Only folders that the user typed: ``check`` refuses links into missing folders.
        target.parent.mkdir(parents=True, exist_ok=True)
        _tidy_once(target.parent)
        temporary = target.parent / f"{PREFIX}{_host()}-{os.getpid()}-{secrets.token_hex(4)}"
        try:
            # Readable too, for files that are mapped into memory.
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o777)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise


@contextlib.contextmanager
def keeping(paths: Iterable[Path]) -> Iterator[None]:
    """Within the block, refuse to replace any of these files, even under another name."""
    with keeping_identities({key for path in paths for key in identities(path)}):
        yield


@contextlib.contextmanager
def keeping_identities(keys: AbstractSet[Identity]) -> Iterator[None]:
    """Within the block, refuse to replace the files that have these identities."""
    before = kept_identities()
    _KEPT.update(keys)
    try:
        yield
    finally:
        _KEPT.intersection_update(before)


def kept_identities() -> frozenset[Identity]:
    """The identities of the files that must not be replaced, for use in other processes."""
    return frozenset(_KEPT)


def refuse_kept(path: Path) -> None:
    """Raise SpecError for a file that must not be replaced; see :func:`keeping`."""
    if not _KEPT.isdisjoint(identities(path)):
        cause = "is also an input file"
        raise SpecError(escaped(str(path)), cause, "choose another name for the output")


def identities(path: Path) -> set[Identity]:
    """The real path of a file, and, if it exists, the numbers of its device and inode.

    Two names of one file have at least one identity in common.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            # It cannot exist, and to follow thousands of folders would take long.
            return {os.path.abspath(path)}  # noqa: PTH100 - Path does not resolve ".."
        return {os.path.realpath(path)}
    # realpath follows links as writing does, and accepts even a loop of them.
    return {os.path.realpath(path), (status.st_dev, status.st_ino)}


def check(path: Path) -> None:
    """Check whether ``path`` can be written, as far as that is possible without changing anything.

    Raises:
        SpecError: it is a file that must not be replaced.
        OutputError: it is a folder, a device or a pipe, a link into a folder that does not
            exist, or its folder cannot be written to.
    """
    refuse_kept(path)
    with _describe_errors(path):
        target = _target(path)
        _refuse_lost_link(path.absolute(), target)
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder", str(target))
        if target.exists() and not target.is_file():
            raise OSError(1, "it is a device or a pipe", str(target))
        folder = next(parent for parent in target.parents if parent.exists())
        if not folder.is_dir():
            raise NotADirectoryError(20, f"{escaped(str(folder))} is not a folder", str(folder))
        if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY:
            raise OSError(errno.EROFS, "read-only file system", str(folder))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "permission denied", str(folder))


def _target(path: Path) -> Path:
    """The real path that ``path`` leads to.

    Raises:
        OSError: its links form a loop, which ``Path.resolve`` reports in some versions only.
    """
    try:
        path.stat()
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENAMETOOLONG):
            raise
    return path.resolve()


def _refuse_lost_link(typed: Path, target: Path) -> None:
    """Raise OSError if folders would be created that a link names and the user did not type."""
    first = next(path for path in (typed, *typed.parents) if os.path.lexists(path))
    in_place = first == typed and target.parent.is_dir()
    if first.is_symlink() and not first.exists() and not in_place:
        raise FileNotFoundError(
            errno.ENOENT, f"{escaped(str(first))} is a link into a folder that does not exist"
        )


def tidy(folder: Path) -> None:
    """Remove the temporary files that processes have left in ``folder`` when they were killed."""
    for path in folder.glob(f"{PREFIX}*"):
        owner = _OWNER.fullmatch(path.name)
        if owner and owner["host"] == _host() and not _is_alive(int(owner["process"])):
            with contextlib.suppress(OSError):
                path.unlink()


_tidy_once = cache(tidy)


@cache
def _host() -> str:
    """The machine and namespace in which process numbers are unique, for the name of a file.

    Other machines may write into the same folder, and so may containers with the same name.
    """
    try:
        numbers = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - no file
    except OSError:
        numbers = ""
    # Only the end of a long name, to keep the name of the file short enough.
    return re.sub(r"[^A-Za-z0-9.]", "_", platform.node() + numbers)[-MOST_HOST:]


def _is_alive(process: int) -> bool:
    if os.name != "posix":
        # On Windows, os.kill would end the process.
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextlib.contextmanager
def _describe_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, _OTHER_REMEDY)
        cause = f"cannot be written ({system_reason(error)})"
        raise OutputError(str(path), cause, remedy) from error
