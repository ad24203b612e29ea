"""The journal: a line of JSON for each source, so that a batch can go on where it ended."""

import contextlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from time import monotonic, sleep
from typing import Any, BinaryIO, NamedTuple

from poolviz.batch.listing import REPORT
from poolviz.batch.work import DONE, KEPT, Record
from poolviz.errors import OutputError
from poolviz.output import writing
from poolviz.output.names import distinct

try:
    import fcntl
except ImportError:
    # Windows: two batches at once may lose each other's lines there.
    fcntl = None  # type: ignore[assignment]

# How long another process may keep the folder locked, and how often that is looked at.
SECONDS, PAUSE = 10, 0.01
# Of a line of ours, however torn.
_BEGINNING = b'{"source": '
# A line of ours is no longer, nor deeper.
MOST_LINE = 1 << 20
MOST_DEPTH = 3
Key = tuple[str, str]
"""A source and a recipe's digest."""


class Journal:
    """The report of a folder: read at first, then each record added as it comes.

    Several batches may write into one folder at once: each adds its lines, and whoever
    puts the report in order takes in what the others have added.

    Args:
        out: the batch's folder, made if there is none.

    Raises:
        OutputError: it cannot be written there.
    """

    def __init__(self, out: Path) -> None:
        self.path = out / REPORT
        writing.check(self.path)
        with contextlib.suppress(OSError):
            # Where it cannot be made, writing says why.
            out.mkdir(parents=True, exist_ok=True)
        with self._alone():
            # Whole lines only, whatever an earlier run left.
            self._lines = self._put_in_order()

    def earlier(self, source: str, recipe: str) -> Record | None:
        """What is known of a source that was done with a recipe."""
        line = self._lines.get((source, recipe))
        record = _parsed(line) if line else None
        return record if record and record["status"] == DONE else None

    def claimed(self, recipe: str) -> dict[tuple[str, str], Record]:
        """What was done with a recipe, by folder and by how the names of its files begin."""
        claims = {}
        for (source, done_with), line in self._lines.items():
            record = _parsed(line) if done_with == recipe else None
            for file in (record or {}).get("files", [])[:1]:
                path = PurePosixPath(file)
                for name in map(distinct, (Path(source).name, Path(source).stem)):
                    if path.name.startswith(f"{name}-"):
                        claims[str(path.parent), name] = record or {}
        return claims

    def add(self, records: Iterable[Record]) -> None:
        """Remember, in one write for all; of sources that are kept the line is there.

        Raises:
            OutputError: there is no room.
        """
        lines = [_line(record) for record in records if record["status"] != KEPT]
        try:
            with self._alone(), self.path.open("a+b") as file:
                # Another batch that was killed may have left half a line.
                if file.tell() and _last_byte(file) != b"\n":
                    lines = [b"\n", *lines]
                file.write(b"".join(lines))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            cause, remedy = f"cannot be written ({reason})", "make room, and run it again"
            raise OutputError(str(self.path), cause, remedy) from error

    def close(self, order: Sequence[Key] = ()) -> None:
        """End with a line for each source and recipe, those in ``order`` last and so ordered.

        Raises:
            OutputError: there is no room.
        """
        with self._alone():
            self._lines = self._put_in_order(order)

    def _put_in_order(self, order: Sequence[Key] = ()) -> dict[Key, bytes]:
        """Write each sound line once, those of ``order`` last; the lines as they then are."""
        entries, whole = _read(self.path)
        lines = _latest(entries)
        last = {key: lines.pop(key) for key in order if key in lines}
        lines |= last
        if not whole or list(lines.values()) != [entry.line for entry in entries]:
            writing.write(self.path, b"".join(line + b"\n" for line in lines.values()))
        return lines

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other batches from the report meanwhile, where a folder can be locked."""
        with contextlib.ExitStack() as stack:
            if fcntl:
                # Some network file systems have no such locks: there it goes without.
                with contextlib.suppress(OSError):
                    descriptor = os.open(self.path.parent, os.O_RDONLY)
                    stack.callback(os.close, descriptor)
                    self._lock(descriptor)
            yield

    def _lock(self, descriptor: int) -> None:
        """Lock the folder, which others keep locked for moments only.

        Raises:
            OutputError: one keeps it longer, perhaps because it was stopped.
        """
        end = monotonic() + SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > end:
                    cause = f"another process has kept its folder locked for {SECONDS} seconds"
                    remedy = "end that one, or choose another --out"
                    raise OutputError(str(self.path), cause, remedy) from None
                sleep(PAUSE)
            else:
                return


class _Entry(NamedTuple):
    """A sound line of a report, and what it is about."""

    key: Key
    files: tuple[str, ...]
    line: bytes


def _line(record: Record) -> bytes:
    # Names that are not UTF-8 are told by escapes, which JSON reads back.
    return json.dumps(record, allow_nan=False).encode("ascii") + b"\n"


def _last_byte(file: BinaryIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return file.read(1)


def _read(path: Path) -> tuple[list[_Entry], bool]:
    """The sound lines of a report, and whether it holds nothing else.

    Lines that are torn, or not of ours, are left out.

    Raises:
        OutputError: it cannot be read, or is not a report at all.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(len(_BEGINNING))
            file.seek(0)
            entries, whole = _sound(file)
    except FileNotFoundError:
        return [], False
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            str(path), f"cannot be read ({reason})", "choose another --out"
        ) from error
    if beginning and not entries and not _BEGINNING.startswith(beginning):
        raise OutputError(
            str(path), "it is not a report of a batch", "move it, or choose another --out"
        )
    return entries, whole


def _sound(file: BinaryIO) -> tuple[list[_Entry], bool]:
    entries, whole = [], True
    while line := file.readline(MOST_LINE):
        ended = line.endswith(b"\n")
        record = _parsed(line) if ended or len(line) < MOST_LINE else None
        whole = whole and ended and record is not None
        if record:
            key = record["source"], record["recipe"]
            entries.append(_Entry(key, tuple(record.get("files", ())), line.rstrip(b"\r\n")))
        while not ended and (rest := file.readline(MOST_LINE)):
            ended = rest.endswith(b"\n")
    return entries, whole


def _refuse(constant: str) -> None:
    """NaN and infinities are not JSON."""
    raise ValueError(constant)


def _finite(digits: str) -> float:
    """A number that JSON can hold; what is beyond would be read as infinity.

    Raises:
        ValueError: it is beyond.
    """
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(digits)
    return value


def _parsed(line: bytes) -> Record | None:
    """The record of a line; None of what is not one of ours."""
    try:
        record = json.loads(line, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not _is_flat(record, MOST_DEPTH):
        return None
    wanted = ("source", "recipe", "status")
    files = record.get("files", [])
    sound = all(isinstance(record.get(key), str) for key in wanted)
    sound = sound and isinstance(record.get("seconds", 0), int | float)
    sound = sound and isinstance(files, list) and all(isinstance(name, str) for name in files)
    return record if sound else None


def _is_flat(value: Any, depth: int) -> bool:
    """Whether lists and objects in it are nested no deeper: what is, other parts cannot copy."""
    if isinstance(value, (list, dict)):
        parts = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_is_flat(part, depth - 1) for part in parts)
    return True


def _latest(entries: Sequence[_Entry]) -> dict[Key, bytes]:
    """The last line of each source and recipe, without those whose files are another's now."""
    owners = {name: entry.key for entry in entries for name in entry.files}
    return {
        entry.key: entry.line
        for entry in entries
        if all(owners[name] == entry.key for name in entry.files)
    }
