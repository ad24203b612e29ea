"""The journal of a batch: one line of JSON per source, so that a batch can resume."""

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
from poolviz.errors import OutputError, system_reason
from poolviz.output import writing
from poolviz.output.names import distinct

try:
    import fcntl
except ImportError:
    # Windows: two batches that run at once may lose each other's lines.
    fcntl = None  # type: ignore[assignment]

# How long another process may keep the folder locked, and how often the lock is tried.
SECONDS, PAUSE = 10, 0.01
# Every line of a journal begins so, however little of it was written.
_BEGINNING = b'{"source": '
# No line of a journal is longer, or nested deeper.
MOST_LINE = 1 << 20
MOST_DEPTH = 3
Key = tuple[str, str]
"""A source and the digest of a recipe."""


class Journal:
    """The report of a batch's folder: read when opened, then extended by each record.

    Several batches may write into one folder at once: each appends its lines, and a batch that
    rewrites the report keeps the lines of the others.

    Args:
        out: the batch's folder, created if it does not exist.

    Raises:
        OutputError: the report cannot be read or written.
    """

    def __init__(self, out: Path) -> None:
        self.path = out / REPORT
        writing.check(self.path)
        with contextlib.suppress(OSError):
            # If the folder cannot be created, writing says why.
            out.mkdir(parents=True, exist_ok=True)
        with self._locked():
            # An earlier run may have left torn lines.
            self._lines = self._rewrite()

    def earlier(self, source: str, recipe: str) -> Record | None:
        """The record of a source that was pooled with a recipe; None if it was not."""
        line = self._lines.get((source, recipe))
        record = _parse(line) if line else None
        return record if record and record["status"] == DONE else None

    def claimed(self, recipe: str) -> dict[tuple[str, str], Record]:
        """The records of a recipe, by the folder of their files and what their names begin with."""
        claims = {}
        for (source, line_recipe), line in self._lines.items():
            record = _parse(line) if line_recipe == recipe else None
            for file in (record or {}).get("files", [])[:1]:
                path = PurePosixPath(file)
                for name in map(distinct, (Path(source).name, Path(source).stem)):
                    if path.name.startswith(f"{name}-"):
                        claims[str(path.parent), name] = record or {}
        return claims

    def add(self, records: Iterable[Record]) -> None:
        """Append records in one write; sources that were kept have their line already.

        Raises:
            OutputError: the report cannot be written.
        """
        # Names that are not UTF-8 become escapes, which JSON reads back.
        lines = [
            json.dumps(record, allow_nan=False).encode("ascii") + b"\n"
            for record in records
            if record["status"] != KEPT
        ]
        try:
            with self._locked(), self.path.open("a+b") as file:
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    # Another batch that was killed may have left half a line.
                    lines = lines if file.read(1) == b"\n" else [b"\n", *lines]
                file.write(b"".join(lines))
        except OSError as error:
            cause = f"cannot be written ({system_reason(error)})"
            raise OutputError(
                str(self.path), cause, "free some space and run the command again"
            ) from error

    def close(self, order: Sequence[Key] = ()) -> None:
        """Rewrite the report with one line per source and recipe, those of ``order`` at the end.

        Raises:
            OutputError: the report cannot be written.
        """
        with self._locked():
            self._lines = self._rewrite(order)

    def _rewrite(self, order: Sequence[Key] = ()) -> dict[Key, bytes]:
        """Write each valid line once, those of ``order`` at the end, and return the lines."""
        entries, is_sound = _read(self.path)
        lines = _latest(entries)
        last = {key: lines.pop(key) for key in order if key in lines}
        lines |= last
        if not is_sound or list(lines.values()) != [entry.line for entry in entries]:
            writing.write(self.path, b"".join(line + b"\n" for line in lines.values()))
        return lines

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other batches from writing the report, where a folder can be locked.

        Raises:
            OutputError: another process keeps it locked, perhaps because it is stopped.
        """
        with contextlib.ExitStack() as stack:
            if fcntl:
                # Some network file systems have no such locks: there it goes on without.
                with contextlib.suppress(OSError):
                    descriptor = os.open(self.path.parent, os.O_RDONLY)
                    stack.callback(os.close, descriptor)
                    end = monotonic() + SECONDS
                    while not _lock(descriptor):
                        if monotonic() > end:
                            cause = f"its folder has been locked by another process for {SECONDS} s"
                            remedy = "end that process, or choose another --out"
                            raise OutputError(str(self.path), cause, remedy)
                        sleep(PAUSE)
            yield


def _lock(descriptor: int) -> bool:
    """Lock a folder if no other process has; whether it is locked now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Entry(NamedTuple):
    """A valid line of a report, and the source, recipe and files that it names."""

    key: Key
    files: tuple[str, ...]
    line: bytes


def _read(path: Path) -> tuple[list[_Entry], bool]:
    """Read the valid lines of a report, and whether all of its lines are valid.

    Raises:
        OutputError: it cannot be read, or is not a report at all.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(len(_BEGINNING))
            file.seek(0)
            entries, is_sound = _read_lines(file)
    except FileNotFoundError:
        return [], False
    except OSError as error:
        cause = f"cannot be read ({system_reason(error)})"
        raise OutputError(str(path), cause, "choose another --out") from error
    if beginning and not entries and not _BEGINNING.startswith(beginning):
        cause = "is not the report of a batch"
        raise OutputError(str(path), cause, "move it, or choose another --out")
    return entries, is_sound


def _read_lines(file: BinaryIO) -> tuple[list[_Entry], bool]:
    """The valid lines, and whether there are no others; lines that are too long are not parsed."""
    entries, is_sound = [], True
    while line := file.readline(MOST_LINE):
        is_whole = line.endswith(b"\n")
        record = _parse(line) if is_whole or len(line) < MOST_LINE else None
        is_sound = is_sound and is_whole and record is not None
        if record:
            key = record["source"], record["recipe"]
            entries.append(_Entry(key, tuple(record.get("files", ())), line.rstrip(b"\r\n")))
        while not is_whole and (rest := file.readline(MOST_LINE)):
            is_whole = rest.endswith(b"\n")
    return entries, is_sound


def _parse(line: bytes) -> Record | None:
    """The record of a line; None if it is not the line of a journal."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not _is_plain(record, MOST_DEPTH):
        return None
    files = record.get("files", [])
    is_valid = (
        all(isinstance(record.get(key), str) for key in ("source", "recipe", "status"))
        and isinstance(record.get("seconds", 0), int | float)
        and isinstance(files, list)
        and all(isinstance(name, str) for name in files)
    )
    return record if is_valid else None


def _is_plain(value: Any, depth: int) -> bool:
    """Whether all numbers are finite, and lists and objects nested no deeper than ``depth``.

    Otherwise the record could not be written as JSON, or copied by other parts.
    """
    if isinstance(value, (list, dict)):
        parts = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_is_plain(part, depth - 1) for part in parts)
    return not isinstance(value, float) or math.isfinite(value)


def _latest(entries: Sequence[_Entry]) -> dict[Key, bytes]:
    """The last line of each source and recipe, unless another has written its files since."""
    owners = {name: entry.key for entry in entries for name in entry.files}
    return {
        entry.key: entry.line
        for entry in entries
        if all(owners[name] == entry.key for name in entry.files)
    }
