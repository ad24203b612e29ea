"""Numbers in rows of text, or in brackets."""

import re
from typing import Any

from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.rules import find_rule
from poolviz.sources._nested import as_map, is_nested, parse_nested
from poolviz.sources._numbers import number_array, parse_number
from poolviz.sources._origin import digest
from poolviz.text import counted

# A comma with any blanks around it, or blanks alone.
_CELL_END = re.compile(r"\s*,\s*|\s+")
# In one row they leave open whether the comma is a decimal one.
_TIGHT_COMMA, _BARE_BLANK = re.compile(r"\d,\d"), re.compile(r"[^\s,]\s+[^\s,]")
# How NumPy prints a masked cell.
_MASKED = "--"


def matrix_map(data: str, like: str | None = None) -> FeatureMap:
    """The feature map that ``data`` spells.

    Rows end at ``;`` or a new line, cells at blanks or commas; or it is what Python, NumPy or
    PyTorch print of an array, of which three axes are (C, H, W), or (H, W, C) where the
    framework ``like`` has it so. A digest of the values tells its outputs from those of others.

    Raises:
        SourceError: a cell is not a number, or the rows differ in length.

    Example:
        >>> matrix_map("1 3; 2 4").values
        array([[[1, 3],
                [2, 4]]])
    """
    shown, last = "--data", like is not None and find_rule(like).channels_last
    if _MASKED in data:
        remedy = "give nan there, or pool the masked array in Python"
        raise SourceError(shown, f"it has masked cells ({_MASKED})", remedy)
    if is_nested(data):
        values = as_map(parse_nested(shown, data), shown, channels_last=last)
    else:
        values = parse_rows(shown, data.replace(";", "\n").splitlines())
    told_apart = digest(f"{values.shape} {values.dtype}".encode() + values.tobytes())
    return FeatureMap(values, name="data", source=shown, configuration=(told_apart,))


def parse_rows(shown: str, lines: list[str]) -> NDArray[Any]:
    """Rows of numbers, of cells apart by blanks or commas, as a 2-D array.

    Integers where all are, else floats.

    Raises:
        SourceError: a cell is no number, or the rows differ in length.
    """
    lines = [line.strip() for line in lines if line.strip()]
    for number, line in enumerate(lines, 1):
        if _TIGHT_COMMA.search(line) and _BARE_BLANK.search(line):
            cause = f"row {number} has commas in some places and blanks in others between numbers"
            raise SourceError(shown, cause, "use one of them, and a decimal point")
    return from_cells(shown, [_CELL_END.split(line) for line in lines])


def from_cells(shown: str, rows: list[list[str]]) -> NDArray[Any]:
    """A 2-D array of the numbers that ``rows`` spell.

    Raises:
        SourceError: as for :func:`parse_rows`.
    """
    if not rows:
        raise SourceError(shown, "it holds no numbers", "give rows of numbers")
    for at, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise SourceError(
                shown,
                f"row {at} has {counted(len(row), 'cell')}, row 1 has {len(rows[0])}",
                "give every row the same number of cells",
            )
    numbers = [
        [parse_number(shown, f"row {row}, cell {at}", cell) for at, cell in enumerate(cells, 1)]
        for row, cells in enumerate(rows, 1)
    ]
    integers = all(isinstance(cell, int) for row in numbers for cell in row)
    return number_array(shown, numbers, integers=integers)
