"""Text: ``.csv``, ``.tsv``, ``.txt``, lists in ``.json``, and numbers on standard input."""

import re

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.sources._text import as_map, from_cells, is_nested, parse_nested, parse_rows

SUFFIXES = (".csv", ".tsv", ".txt", ".json")
OPTIONS = ()
# Measured: many short rows need memory for lines, lists and numbers, long rows for numbers only.
BYTES_PER_BYTE, BYTES_PER_LINE = 32, 260
_PRINTED = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[A-Za-z_][\w.]*\(\s*)?\[[^\x00-\x08]*")
_PRINTABLE = set(b"0123456789+-.,;eE \t\r\nnaifNAIF") | set(b"\xef\xbb\xbf")


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is rows of numbers or a list of them."""
    return bool(head) and (set(head) <= _PRINTABLE or bool(_PRINTED.fullmatch(head)))


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read rows of numbers separated by commas, semicolons, tabs or spaces, or lists in brackets.

    Raises:
        SourceError: it is not text, or not numbers in this form.
    """
    data = _data(origin, options)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(origin.shown, "is not UTF-8 text", "save it as UTF-8 text") from error
    if is_nested(text):
        array = parse_nested(origin.shown, text)
        values = as_map(array, origin.shown, channels_last=options.channels_last)
        return FeatureMap(values, origin.name, origin.shown)
    lines = text.splitlines()
    # In a file, semicolons separate cells; on standard input they end rows, as in --data.
    if origin.path is None:
        values = parse_rows(origin.shown, text.replace(";", "\n").splitlines())
    elif ";" in text:
        cells = [line.split(";") for line in lines if line.strip()]
        values = from_cells(origin.shown, cells)
    else:
        values = parse_rows(origin.shown, lines)
    return FeatureMap(values, origin.name, origin.shown)


def _data(origin: Origin, options: ReadOptions) -> bytes:
    """The bytes of the text, if parsing it stays within the budget."""
    size, remedy = origin.size(), "save it as an .npy file"
    options.budget.check_source(origin.shown, BYTES_PER_BYTE * size, remedy)
    with origin.open() as file:
        data = file.read(size + 1)
    if len(data) > size:
        raise SourceError(origin.shown, "grew while it was being read", "read a copy of it")
    wanted = BYTES_PER_BYTE * size + BYTES_PER_LINE * data.count(b"\n")
    options.budget.check_source(origin.shown, wanted, remedy)
    return data
