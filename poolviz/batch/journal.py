"""The journal: a line of JSON for each source, so that a batch can go on where it ended."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from poolviz import atomic
from poolviz.batch.work import DONE, KEPT, Record
from poolviz.errors import OutputError

NAME = "report.jsonl"
# Of a line of ours, however torn.
_BEGINNING = b'{"source": '
Key = tuple[str, str]
"""A source and a recipe's digest."""


class Journal:
    """The report of a folder: read at first, then each record added as it comes.

    Args:
        out: the batch's folder, made if there is none.

    Raises:
        OutputError: it cannot be written there.
    """

    def __init__(self, out: Path) -> None:
        self.path = out / NAME
        atomic.check(self.path)
        self._records = _latest(_read(self.path))
        # Whole lines only, whatever an earlier run left.
        self._write(self._records.values())

    def earlier(self, source: str, recipe: str) -> Record | None:
        """What is known of a source that was done with a recipe."""
        record = self._records.get((source, recipe))
        return record if record and record.get("status") == DONE else None

    def add(self, records: Iterable[Record]) -> None:
        """Remember, in one write for all; of sources that are kept the line is there.

        Raises:
            OutputError: there is no room.
        """
        news = [record for record in records if record["status"] != KEPT]
        self._records |= {_key(record): record for record in news}
        try:
            with self.path.open("ab") as file:
                file.write(b"".join(map(_line, news)))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            cause, remedy = f"cannot be written ({reason})", "make room, and run it again"
            raise OutputError(str(self.path), cause, remedy) from error

    def close(self, order: Sequence[Key] = ()) -> None:
        """End with a line for each source and recipe, those in ``order`` last and so ordered.

        Raises:
            OutputError: there is no room.
        """
        last = {key: self._records[key] for key in order if key in self._records}
        others = {key: each for key, each in self._records.items() if key not in last}
        self._write(_latest([*others.values(), *last.values()]).values())

    def _write(self, records: Iterable[Record]) -> None:
        atomic.write(self.path, b"".join(map(_line, records)))


def _line(record: Record) -> bytes:
    # Names that are no UTF-8 are told by escapes, which JSON reads back.
    return json.dumps(record, allow_nan=False).encode("ascii") + b"\n"


def _key(record: Record) -> Key:
    return record["source"], record["recipe"]


def _read(path: Path) -> list[Record]:
    """The records of a report; lines that are torn or none of ours are left out."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(
            str(path), f"cannot be read ({reason})", "choose another --out"
        ) from error
    records = [record for line in data.splitlines() if (record := _parsed(line))]
    if data and not records and not data.startswith(_BEGINNING[: len(data)]):
        raise OutputError(
            str(path), "it is no report of a batch", "move it, or choose another --out"
        )
    return records


def _refuse(constant: str) -> None:
    """NaN and infinities are no JSON."""
    raise ValueError(constant)


def _parsed(line: bytes) -> Record | None:
    try:
        record = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    wanted = ("source", "recipe", "status")
    sound = isinstance(record, dict) and all(isinstance(record.get(key), str) for key in wanted)
    sound = sound and isinstance(record.get("seconds", 0), int | float)
    files = record.get("files", []) if sound else None
    return record if isinstance(files, list) and all(isinstance(f, str) for f in files) else None


def _latest(records: Sequence[Record]) -> dict[Key, Record]:
    """The last record of each source and recipe, without those whose files are another's now."""
    owners = {name: _key(record) for record in records for name in record.get("files", [])}
    return {
        _key(record): record
        for record in records
        if all(owners[name] == _key(record) for name in record.get("files", []))
    }
