"""Writing a file whole or not at all."""

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

from poolviz.errors import OutputError, SpecError
from poolviz.text import escaped

Identity = str | tuple[int, int]
"""Where a file's name leads, or the numbers of its device and of the file on it."""

# Temporary files are named for who writes them, so that a stray one can be told apart.
PREFIX = ".poolviz-"
MOST_HOST = 120
_REMEDIES = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room",
    errno.EFBIG: "make room, or write less",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EPERM: "choose another name",
    errno.EISDIR: "choose another name",
    errno.ENOTDIR: "choose another folder",
    errno.ELOOP: "choose a name that is not such a link",
    errno.ENOENT: "make that folder, or choose another name",
}
_OTHER_REMEDY = "choose a folder that you may write to"
_BINARY = getattr(os, "O_BINARY", 0)
# The identities of files that are read, and must not be replaced.
_KEPT: set[Identity] = set()
_OWNER = re.compile(rf"{re.escape(PREFIX)}(?P<host>.*)-(?P<process>\d+)-[^-]*")


def write(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step; see :func:`replacing`.

    Raises:
        OutputError: the folder or the file cannot be written.
    """
    with replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of ``path`` when all is written, and else is no more.

    Readers see the old bytes or the new, never a part. A symbolic link is followed to
    its target; missing folders of the path as typed are made; the permissions are those of
    an ordinary new file, or of the file replaced.

    Raises:
        OutputError: the folder or the file cannot be written.
    """
    check(path)
    with _describe_errors(path):
        target = _target(path)
        # Those of the typed path: ``check`` refuses a link into a folder that does not exist.
        target.parent.mkdir(parents=True, exist_ok=True)
        _tidy_once(target.parent)
        temporary = target.parent / f"{PREFIX}{_host()}-{os.getpid()}-{secrets.token_hex(4)}"
        with _removed_on_failure(temporary):
            # Read too, for what is mapped into memory.
            descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
            with os.fdopen(descriptor, "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o777)
            temporary.replace(target)


@contextlib.contextmanager
def keeping(paths: Iterable[Path]) -> Iterator[None]:
    """Refuse to replace any of these files, by whatever name, as long as the block lasts."""
    with keeping_identities({key for path in paths for key in identities(path)}):
        yield


@contextlib.contextmanager
def keeping_identities(keys: AbstractSet[Identity]) -> Iterator[None]:
    """Refuse the same for files that are known by these, in this process."""
    before = kept_identities()
    _KEPT.update(keys)
    try:
        yield
    finally:
        _KEPT.intersection_update(before)


def kept_identities() -> frozenset[Identity]:
    """By what the files are known that must not be replaced, for other processes to heed."""
    return frozenset(_KEPT)


def refuse_kept(path: Path) -> None:
    """Raise SpecError for a file that must not be replaced; see :func:`keeping`."""
    if not _KEPT.isdisjoint(identities(path)):
        cause = "it is a file that is read here"
        raise SpecError(escaped(str(path)), cause, "choose another name")


def identities(path: Path) -> set[Identity]:
    """By what a file is known: where its name leads, and, if it exists, its number on its device.

    Two names of one file have at least one of these in common.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            # It leads nowhere, and to follow thousands of folders takes long.
            return {os.path.abspath(path)}  # noqa: PTH100 - as said
        return {os.path.realpath(path)}
    # realpath follows links as writing will, and accepts even a loop of them.
    return {os.path.realpath(path), (status.st_dev, status.st_ino)}


def check(path: Path) -> None:
    """See, without changing anything, whether ``path`` can be written as far as can be told.

    Raises:
        SpecError: it is a file that is read.
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
            raise NotADirectoryError(20, f"{escaped(str(folder))} is no folder", str(folder))
        if hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY:
            raise OSError(errno.EROFS, "read-only file system", str(folder))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "permission denied", str(folder))


def _target(path: Path) -> Path:
    """What ``path`` leads to.

    Raises:
        OSError: its links go round in a loop, which ``Path.resolve`` tells in some versions only.
    """
    try:
        path.stat()
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENAMETOOLONG):
            raise
    return path.resolve()


def _refuse_lost_link(typed: Path, target: Path) -> None:
    """Raise OSError where folders would have to be made that only a link names, not the user."""
    first = next(each for each in (typed, *typed.parents) if os.path.lexists(each))
    in_place = first == typed and target.parent.is_dir()
    if first.is_symlink() and not first.exists() and not in_place:
        raise FileNotFoundError(
            errno.ENOENT, f"{escaped(str(first))} is a link into a folder that does not exist"
        )


@cache
def _tidy_once(folder: Path) -> None:
    tidy(folder)


def tidy(folder: Path) -> None:
    """Remove what processes that are no more have left in ``folder``."""
    for path in folder.glob(f"{PREFIX}*"):
        owner = _OWNER.fullmatch(path.name)
        if owner and owner["host"] == _host() and not _is_alive(int(owner["process"])):
            with contextlib.suppress(OSError):
                path.unlink()


@cache
def _host() -> str:
    """Where processes have their numbers, as far as a file's name can say.

    Other machines may write into the same folder, and other containers of one name.
    """
    try:
        numbers = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - no file
    except OSError:
        numbers = ""
    # Of a long name the end, so that a file's name has room for it.
    return re.sub(r"[^A-Za-z0-9.]", "_", platform.node() + numbers)[-MOST_HOST:]


def _is_alive(process: int) -> bool:
    if os.name != "posix":
        # There, asking would end it.
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
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        remedy = _REMEDIES.get(getattr(error, "errno", None) or 0, _OTHER_REMEDY)
        raise OutputError(str(path), f"cannot be written ({reason})", remedy) from error


@contextlib.contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
