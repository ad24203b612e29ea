"""Text: ``.csv``, ``.tsv``, ``.txt``, lists in ``.json``, and numbers on standard input."""

import re
from typing import Any

from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.sources._text import as_map, from_cells, is_nested, parse_nested, parse_rows

SUFFIXES = (".csv", ".tsv", ".txt", ".json")
OPTIONS = ()
# Measured: of many short rows the lines, their lists and numbers; of long ones the numbers.
BYTES_PER_BYTE, BYTES_PER_LINE = 32, 260
_PRINTED = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[A-Za-z_][\w.]*\(\s*)?\[[^\x00-\x08]*")
_PRINTABLE = set(b"0123456789+-.,;eE \t\r\nnaifNAIF") | set(b"\xef\xbb\xbf")


def recognises(head: bytes) -> bool:
    """Whether data that begins so is rows of numbers."""
    return bool(head) and (set(head) <= _PRINTABLE or bool(_PRINTED.fullmatch(head)))


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read rows of numbers, of cells apart by commas, semicolons, tabs or blanks; or in brackets.

    Raises:
        SourceError: it is no such text.
    """
    data = _data(origin, options)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(origin.shown, "it is no UTF-8 text", "save it as plain text") from error
    if is_nested(text):
        array = parse_nested(origin.shown, text)
        values = as_map(array, origin.shown, channels_last=options.channels_last)
        return FeatureMap(values, origin.name, origin.shown)
    lines = text.splitlines()
    values = (
        _by_semicolons(origin, lines) if origin.path else parse_rows(origin.shown, _rows(lines))
    )
    return FeatureMap(values, origin.name, origin.shown)


def _data(origin: Origin, options: ReadOptions) -> bytes:
    """The text, if what is to be made of it is within the budget."""
    size, remedy = origin.size(), "save it as an .npy"
    options.budget.check_source(origin.shown, BYTES_PER_BYTE * size, remedy)
    with origin.open() as file:
        data = file.read(size + 1)
    if len(data) > size:
        raise SourceError(origin.shown, "it grows while it is read", "save it as a file of its own")
    wanted = BYTES_PER_BYTE * size + BYTES_PER_LINE * data.count(b"\n")
    options.budget.check_source(origin.shown, wanted, remedy)
    return data


def _by_semicolons(origin: Origin, lines: list[str]) -> NDArray[Any]:
    """In a file, semicolons stand between cells; on standard input they end rows, as in --data."""
    if not any(";" in line for line in lines):
        return parse_rows(origin.shown, lines)
    return from_cells(origin.shown, [line.split(";") for line in lines if line.strip()])


def _rows(lines: list[str]) -> list[str]:
    return "\n".join(lines).replace(";", "\n").splitlines()
