"""Where data comes from: a regular file or standard input, with the options for reading it."""

import errno
import hashlib
import io
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from poolviz.checks import shown as shown_value
from poolviz.errors import SourceError, SpecError
from poolviz.memory import Budget, parse_budget
from poolviz.plugins import nearest
from poolviz.text import escaped, shortened

HEAD = 32
PIPE_IN = "pipe it in and use - as the source"
PART = 1 << 20
# The most that is read from a stream, which may never end.
MOST_STREAMED = 1 << 30


@dataclass(frozen=True)
class ReadOptions:
    """How to read a source; see :func:`poolviz.load`."""

    key: str | None = None
    index: int | None = None
    frame: int | None = None
    complex_part: str | None = None
    layout: str | None = None
    channels_last: bool = False
    budget: Budget = field(default_factory=lambda: parse_budget(None))

    def refuse_unused(self, used: tuple[str, ...], origin: "Origin") -> None:
        """Raise SpecError for an option that does not apply to this kind of source."""
        for name, value in self.chosen.items():
            if value is not None and name not in used:
                cause = f"does not apply to {origin.shown}"
                raise SpecError(name, cause, "omit it")

    @property
    def chosen(self) -> dict[str, object]:
        """The options that select a part of a source, by name."""
        ignored = ("budget", "channels_last")
        return {name: value for name, value in vars(self).items() if name not in ignored}


@dataclass(frozen=True)
class Origin:
    """A file, or the bytes of a stream.

    Args:
        name: the beginning of names of output files.
        shown: the name that the user gave, safe to print.
        suffix: lower case, with its dot; empty for a stream.
        path: the file; None for a stream.
        data: the bytes of a stream.
    """

    name: str
    shown: str
    suffix: str
    path: Path | None
    data: bytes = b""

    def open(self) -> BinaryIO:
        """The data from its start.

        Raises:
            SourceError: the file cannot be opened.
        """
        if self.path is None:
            return io.BytesIO(self.data)
        try:
            return self.path.open("rb")
        except OSError as error:
            raise unreadable(self.shown, error) from error

    def head(self) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(HEAD)

    def size(self) -> int:
        """The number of bytes."""
        return self.path.stat().st_size if self.path else len(self.data)


def digest(data: bytes) -> str:
    """Six hexadecimal digits that distinguish unnamed data in names of output files."""
    return hashlib.blake2b(data, digest_size=3).hexdigest()


def unreadable(shown: str, error: OSError) -> SourceError:
    """The error for a file that the system refuses to read."""
    reason = (error.strerror or str(error)).lower()
    is_long = error.errno == errno.ENAMETOOLONG
    remedy = "use a shorter name" if is_long else "check the path and the permissions"
    return SourceError(shown, f"cannot be read ({reason})", remedy)


def file_origin(path: Path, shown: str | None = None, remedy: str = PIPE_IN) -> Origin:
    """The origin for a path, which must be a regular file: a pipe or device could hang.

    Args:
        path: the file.
        shown: what errors call it; None for the path.
        remedy: what to do instead of giving a pipe or a device.

    Raises:
        SourceError: there is no such file, or it is not a regular file.
    """
    shown = escaped(shown or str(path))
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            raise unreadable(shown, error) from error
        parts = "there is no such file", "check the name"
        if "://" in shown:
            parts = "is a URL, which poolviz does not open", "download the file first"
        raise SourceError(shown, *parts) from error
    if stat.S_ISDIR(mode):
        raise SourceError(shown, "is a folder", "give the name of a file in it")
    if not stat.S_ISREG(mode):
        raise SourceError(shown, "is not a regular file", remedy)
    return Origin(path.stem, shown, path.suffix.lower(), path)


def stream_origin(stream: BinaryIO, budget: Budget) -> Origin:
    """The origin for all that ``stream`` holds.

    Raises:
        SourceError: it is empty, or larger than the budget allows.
    """
    budget = Budget(min(budget.limit, MOST_STREAMED))
    parts, size = [], 0
    # In parts: a single read would first allocate the whole budget.
    ended = False
    while not ended:
        part = stream.read(PART)
        parts.append(part)
        # Reading on would make a terminal wait for a second end-of-file key.
        ended = len(part) < PART
        size += len(part)
        # Joining the parts needs the same memory again.
        budget.check_source("standard input", 2 * size, "save it as a file")
    data = b"".join(parts)
    if not data:
        raise SourceError("standard input", "is empty", "pipe a file or numbers into poolviz")
    return Origin("stdin", "standard input", "", None, data)


def extra_module(module: str, extra: str, shown: str) -> Any:
    """A module of a package that is installed with an extra.

    Raises:
        SourceError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.split(".", maxsplit=1)[0]
        remedy = f"run: pip install 'poolviz[{extra}]'"
        raise SourceError(
            shown, f"reading this file requires the {package} package", remedy
        ) from error


# The most keys that an error lists, and the longest part of each.
MOST_KEYS, LONGEST_KEY = 10, 60
# The most keys that are compared with a misspelt one.
MOST_COMPARED = 1000


def chosen_key(keys: Collection[str], origin: Origin, options: ReadOptions) -> str:
    """The key given in ``options``, or else the only one.

    Raises:
        SourceError: there is no such key, there are no keys, or there are several and none
            was given.
    """
    key = options.key
    if not keys:
        raise SourceError(
            origin.shown, "contains no arrays of numbers", "save at least one array in it"
        )
    if key is None and len(keys) == 1:
        return next(iter(keys))
    if key is not None and key in keys:
        return key
    names = [shortened(escaped(name), LONGEST_KEY) for name in islice(keys, MOST_COMPARED)]
    near = nearest(key or "", names)
    shown = list(dict.fromkeys([near, *names] if near else names))[:MOST_KEYS]
    if key is None:
        listing = ", ".join(shown)
        more = f" or one of {len(keys) - MOST_KEYS:,} more" if len(keys) > MOST_KEYS else ""
        raise SourceError(
            origin.shown,
            f"holds {len(keys):,} arrays",
            f"choose one with key=NAME: {listing}{more}",
        )
    more = f" and {len(keys) - MOST_KEYS:,} more" if len(keys) > MOST_KEYS else ""
    cause = f"there is no array {shown_value(shortened(key, LONGEST_KEY))} in {origin.shown}"
    choices = f"{', '.join(shown)}{more}"
    remedy = f"did you mean {near}? (choices: {choices})" if near else f"choose from {choices}"
    raise SourceError("key", cause, remedy)
