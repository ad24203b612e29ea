"""Numbers in rows of text."""

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.text import counted, escaped

# A comma with any blanks around it, or blanks alone.
_CELL_END = re.compile(r"\s*,\s*|\s+")


def matrix_map(data: str) -> FeatureMap:
    """The feature map that ``data`` spells.

    Rows end at ``;`` or a new line, cells at blanks or commas.

    Raises:
        SourceError: a cell is no number, or the rows differ in length.

    Example:
        >>> matrix_map("1 3; 2 4").values
        array([[[1, 3],
                [2, 4]]])
    """
    lines = data.replace(";", "\n").splitlines()
    return FeatureMap(parse_rows("--data", lines), name="data", source="--data")


def parse_rows(shown: str, lines: list[str]) -> NDArray[Any]:
    """Rows of numbers, of cells apart by blanks or commas, as a 2-D array.

    Integers where all are, else floats.

    Raises:
        SourceError: a cell is no number, or the rows differ in length.
    """
    rows = [_CELL_END.split(line.strip()) for line in lines if line.strip()]
    return from_cells(shown, rows)


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
    return _array(shown, [_numbers(shown, at, row) for at, row in enumerate(rows, 1)])


def _numbers(shown: str, row_number: int, row: list[str]) -> list[int | float]:
    return [_number(shown, (row_number, at), cell) for at, cell in enumerate(row, 1)]


def _number(shown: str, place: tuple[int, int], cell: str) -> int | float:
    for kind in (int, float) if "_" not in cell else ():
        try:
            number = kind(cell)
        except ValueError:
            continue
        if isinstance(number, float) and math.isinf(number) and "n" not in cell.lower():
            raise _too_large(shown)
        return number
    row, column = place
    raise SourceError(
        shown,
        f"row {row}, cell {column} is {escaped(cell[:20])!r}, not a number",
        "leave out headers and labels, and use a decimal point",
    )


def _array(shown: str, rows: list[list[int | float]]) -> NDArray[Any]:
    """int64 where it holds every number, then uint64, then float64."""
    if all(isinstance(cell, int) for row in rows for cell in row):
        for kind in (np.int64, np.uint64):
            try:
                return np.array(rows, kind)
            except OverflowError:
                continue
    try:
        return np.array(rows, np.float64)
    except OverflowError as error:
        raise _too_large(shown) from error


def _too_large(shown: str) -> SourceError:
    return SourceError(shown, "a number in it is larger than any float", "write it as inf")
