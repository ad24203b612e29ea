"""Where data comes from: a regular file or standard input; and how to read it."""

import difflib
import hashlib
import io
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from poolviz.errors import SourceError, SpecError
from poolviz.memory import Budget, parse_budget
from poolviz.plugins import SIMILARITY, unknown
from poolviz.text import escaped, shortened

HEAD = 32
PART = 1 << 20
# Of a stream that never ends no more is waited for.
MOST_STREAMED = 1 << 30


@dataclass(frozen=True)
class ReadOptions:
    """What was chosen in a source; see :func:`poolviz.load`."""

    key: str | None = None
    index: int | None = None
    frame: int | None = None
    complex_part: str | None = None
    layout: str | None = None
    channels_last: bool = False
    budget: Budget = field(default_factory=lambda: parse_budget(None))

    def refuse_unused(self, used: tuple[str, ...], origin: "Origin") -> None:
        """Raise SpecError for an option that this kind of source has no use for."""
        for name, value in self.chosen.items():
            if value is not None and name not in used:
                raise SpecError(
                    name, f"{origin.shown} is of a kind that has none", f"leave out {name}"
                )

    @property
    def chosen(self) -> dict[str, object]:
        """What of a source is meant."""
        others = ("budget", "channels_last")
        return {name: value for name, value in vars(self).items() if name not in others}


@dataclass(frozen=True)
class Origin:
    """A file, or bytes that came from a stream.

    Args:
        name: for file names of outputs.
        shown: as the user named it, safe to print.
        suffix: lower case, with its dot; empty for a stream.
        path: the file, if it is one.
        data: the bytes, if it is none.
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
        """How many bytes there are."""
        return self.path.stat().st_size if self.path else len(self.data)


def digest(data: bytes) -> str:
    """Six digits that tell data without a name from others, for names of outputs."""
    return hashlib.blake2b(data, digest_size=3).hexdigest()


def unreadable(shown: str, error: OSError) -> SourceError:
    """The error for a file that the system does not let us read."""
    reason = (error.strerror or str(error)).lower()
    return SourceError(shown, f"cannot be read ({reason})", "check the name and its permissions")


def file_origin(path: Path, shown: str | None = None) -> Origin:
    """The origin for a path, which must be a regular file: a pipe or device could hang.

    Raises:
        SourceError: there is none, or it is something else.
    """
    shown = escaped(shown or str(path))
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            raise unreadable(shown, error) from error
        remedy = "check the name" if "://" not in shown else "download it first: no URL is opened"
        raise SourceError(shown, "there is no such file", remedy) from error
    if stat.S_ISDIR(mode):
        raise SourceError(shown, "it is a folder", "name one file in it")
    if not stat.S_ISREG(mode):
        raise SourceError(shown, "it is no regular file", "pipe it in, with - as the source")
    return Origin(path.stem, shown, path.suffix.lower(), path)


def stream_origin(stream: BinaryIO, budget: Budget) -> Origin:
    """The origin for all that ``stream`` holds.

    Raises:
        SourceError: nothing, or more than may be kept.
    """
    budget = Budget(min(budget.limit, MOST_STREAMED))
    parts, there = [], 0
    # In parts: asked for all at once, room for the whole budget is taken first.
    ended = False
    while not ended:
        part = stream.read(PART)
        parts.append(part)
        # A terminal that has told the end once would have to tell it again.
        ended = len(part) < PART
        there += len(part)
        # Joined, they are there twice.
        budget.check_source("standard input", 2 * there, "save it as a file")
    data = b"".join(parts)
    if not data:
        raise SourceError("standard input", "it is empty", "pipe a file or numbers into poolviz")
    return Origin("stdin", "standard input", "", None, data)


def extra_module(module: str, extra: str, shown: str) -> Any:
    """The module of a package that the extra ``extra`` installs.

    Raises:
        SourceError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.split(".", maxsplit=1)[0]
        remedy = f"run: pip install 'poolviz[{extra}]'"
        raise SourceError(shown, f"the package {package} is missing", remedy) from error


# What a line shows of keys: so many, and of each so much.
MOST_KEYS, LONGEST_KEY = 10, 60
# Among so many the one is looked for that was meant.
MOST_COMPARED = 1000


def chosen_key(keys: Collection[str], origin: Origin, options: ReadOptions) -> str:
    """The key that is asked for, else the only one.

    Raises:
        SourceError: there is no such key, or there is none at all, or there are several and none
            is asked for.
    """
    key = options.key
    if not keys:
        raise SourceError(origin.shown, "it holds no arrays of numbers", "save one in it")
    if key is None and len(keys) == 1:
        return next(iter(keys))
    if key is not None and key in keys:
        return key
    names = [shortened(escaped(name), LONGEST_KEY) for name in islice(keys, MOST_COMPARED)]
    near = difflib.get_close_matches(key or "", names, n=1, cutoff=SIMILARITY)
    shown = list(dict.fromkeys([*near, *names]))[:MOST_KEYS]
    if key is None:
        listing = "|".join(shown)
        more = f" or one of {len(keys) - MOST_KEYS:,} more" if len(keys) > MOST_KEYS else ""
        raise SourceError(
            origin.shown, f"it holds {len(keys):,} arrays", f"choose --key {listing}{more}"
        )
    error = unknown("key", shortened(key, LONGEST_KEY), shown)
    more = f" and {len(keys) - MOST_KEYS:,} more" if len(keys) > MOST_KEYS else ""
    raise SourceError(origin.shown, error.cause, error.remedy + more)
