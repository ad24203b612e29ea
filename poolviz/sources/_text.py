"""Numbers as text: in rows, or in brackets as Python prints them."""

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import Rule, find_rule
from poolviz.sources._origin import digest
from poolviz.text import counted, escaped


def parse_number(shown: str, place: str, word: str) -> int | float:
    """The number that ``word`` spells; ``place`` says where it is, for errors.

    Raises:
        SourceError: it is not a number, or too large for a float.
    """
    for kind in (int, float) if "_" not in word else ():
        try:
            number = kind(word)
        except ValueError:
            continue
        if isinstance(number, float) and math.isinf(number) and "n" not in word.lower():
            raise _too_large(shown)
        return number
    if word.lstrip().startswith("{"):
        raise _json_object(shown)
    if not word:
        raise SourceError(shown, f"{place} is empty", "write nan where a value is missing")
    if word in _MISSING:
        cause = f"{place} is {escaped(word)!r}, not a number"
        raise SourceError(shown, cause, "write nan where a value is missing")
    raise SourceError(
        shown,
        f"{place} is {escaped(word[:20])!r}, not a number",
        f"remove headers and labels, and {_POINT}",
    )


def number_array(shown: str, numbers: list[Any], *, integers: bool) -> NDArray[Any]:
    """Lists of numbers as the first of int64, uint64 and float64 that can hold them all."""
    for kind in (np.int64, np.uint64) if integers else ():
        try:
            return np.array(numbers, kind)
        except OverflowError:
            continue
    try:
        return np.array(numbers, np.float64)
    except OverflowError as error:
        raise _too_large(shown) from error


def _json_object(shown: str) -> SourceError:
    return SourceError(shown, "is a JSON object, not a list", f"use lists of numbers, e.g. {_LIST}")


def _too_large(shown: str) -> SourceError:
    return SourceError(shown, "a number is too large for a 64-bit float", "write it as inf")


_POINT = "write decimals with a point, not a comma"
# How programs print a value that is missing.
_MISSING = ("null", "None", "--", "NA")


# What may precede the first bracket and follow the last one: tensor( … , dtype=torch.int64).
_BEFORE = re.compile(r"\s*(?:[A-Za-z_][\w.]{0,40}\(\s*)?")
_AFTER = re.compile(
    r"(?:\s*,\s*[A-Za-z_]\w*\s*=\s*(?:<[^<>]*>|'[^']*'|\([^()]*\)|[\w.]+))*[\s,;)]*"
)
# How NumPy and PyTorch print a single number: np.float64(1.5), tensor(1.5).
_BEGINNING = re.compile(_BEFORE.pattern + r"\[")
_WRAPPED = re.compile(r"[A-Za-z_][\w.]{0,40}\(([^()\[\]]*)\)")
_TOKEN = re.compile(r"[\[\],]|[^\s\[\],]+")
# Python prints tuples, too.
_BRACKETS = str.maketrans("()", "[]")
_WORDS = {"True": 1, "False": 0, "true": 1, "false": 0}
_LIST, _MOST_AXES = "[1, 2]", 8


def is_nested(text: str) -> bool:
    """Whether ``text`` begins like a list rather than with rows of numbers."""
    return _BEGINNING.match(text) is not None or text.lstrip().startswith("(")


def parse_nested(shown: str, text: str) -> NDArray[Any]:
    """An array with one axis for each level of brackets.

    Raises:
        SourceError: it is not one such list, contains something other than numbers, or is
            abridged.

    Example:
        >>> parse_nested("--data", "tensor([[1., 2.], [3., 4.]])").tolist()
        [[1.0, 2.0], [3.0, 4.0]]
    """
    if "..." in text:
        remedy = (
            "print it in full (numpy.set_printoptions(threshold=10**9)), or save it as an .npy file"
        )
        raise SourceError(shown, 'contains "...", so it was truncated when printed', remedy)
    if text.lstrip().startswith("("):
        text = text.translate(_BRACKETS)
    first, last = text.find("["), text.rfind("]")
    around = _BEFORE.fullmatch(text[:first]) and _AFTER.fullmatch(text[last + 1 :])
    if not 0 <= first < last or not around:
        raise _not_a_list(shown)
    lists, integers = _lists(shown, _WRAPPED.sub(r"\1", text[first : last + 1]))
    shape = _shape(shown, lists)
    if 0 in shape:
        raise SourceError(shown, "contains no numbers", f"use lists of numbers, e.g. {_LIST}")
    return number_array(shown, lists, integers=integers)


def _lists(shown: str, body: str) -> tuple[list[Any], bool]:
    """``body`` as nested lists, and whether all its numbers are integers."""
    outermost: list[Any] = []
    lists, integers, count, before = [outermost], True, 0, ""
    for match in _TOKEN.finditer(body):
        part, last = match[0], before
        before = part
        if part == "," and last in ("[", ","):
            raise SourceError(
                shown, "a number is missing next to a comma", "write the number, or nan"
            )
        if part == "[":
            lists[-1].append([])
            lists.append(lists[-1][-1])
        elif part == "]":
            lists.pop()
        elif part != ",":
            count += 1
            word = _WORDS.get(part)
            value = parse_number(shown, f"item {count}", part) if word is None else word
            integers = integers and isinstance(value, int)
            lists[-1].append(value)
        # The outermost list stands for the text itself, which must be a single list.
        if not lists or len(outermost) > 1 or len(lists) > _MOST_AXES:
            raise _not_a_list(shown)
    if len(lists) > 1:
        raise _not_a_list(shown)
    values: list[Any] = outermost[0]
    return values, integers


def _not_a_list(shown: str) -> SourceError:
    remedy = f"use one list with matching brackets, e.g. [{_LIST}, [3, 4]]"
    return SourceError(shown, "its brackets do not form one array", remedy)


def _shape(shown: str, values: list[Any]) -> tuple[int, ...]:
    """The shape of nested lists, whose lengths must agree."""
    if not any(isinstance(value, list) for value in values):
        return (len(values),)
    shapes = {_shape(shown, value) if isinstance(value, list) else () for value in values}
    if len(shapes) > 1:
        remedy = "give all lists at the same level the same length"
        raise SourceError(shown, "its lists differ in length or depth", remedy)
    return len(values), *shapes.pop()


def as_map(array: NDArray[Any], shown: str, *, channels_last: bool) -> NDArray[Any]:
    """A printed array as (H, W) or (C, H, W); a single axis becomes one row.

    Raises:
        SourceError: it has more axes.
    """
    while array.ndim > 2 and len(array) == 1:  # noqa: PLR2004 - (H, W)
        array = array[0]
    if array.ndim > 3:  # noqa: PLR2004 - (C, H, W)
        cause = f"has {array.ndim} levels of brackets"
        raise SourceError(
            shown, cause, "use a map of shape (H, W) or (C, H, W), e.g. one item of a batch"
        )
    if array.ndim == 3 and channels_last:  # noqa: PLR2004 - (H, W, C)
        return np.moveaxis(array, -1, 0)
    return np.atleast_2d(array)


# A comma with optional blanks around it, or blanks alone.
_CELL_END = re.compile(r"\s*,\s*|\s+")
# A row that has both could use the comma as a decimal point.
_TIGHT_COMMA, _BARE_BLANK = re.compile(r"\d,\d"), re.compile(r"[^\s,]\s+[^\s,]")
# How NumPy prints a masked cell.
_MASKED = "--"


def matrix_map(data: str, like: str | Rule | None = None) -> FeatureMap:
    """The feature map that ``data`` spells.

    Rows end with ``;`` or a line break, cells with spaces or commas. Arrays as Python, NumPy or
    PyTorch print them are accepted too; three axes are (C, H, W), or (H, W, C) if the framework
    ``like`` has channels last. A digest of the values distinguishes the names of output files.

    Raises:
        SourceError: a cell is not a number, or the rows differ in length.

    Example:
        >>> matrix_map("1 3; 2 4").values
        array([[[1, 3],
                [2, 4]]])
    """
    shown, last = "--data", like is not None and find_rule(like).channels_last
    if _MASKED in data:
        remedy = "replace them with nan, or pool the masked array in Python"
        raise SourceError(shown, f"contains masked cells ({_MASKED})", remedy)
    if is_nested(data):
        values = as_map(parse_nested(shown, data), shown, channels_last=last)
    else:
        values = parse_rows(shown, data.replace(";", "\n").splitlines())
    fingerprint = digest(f"{values.shape} {values.dtype}".encode() + values.tobytes())
    return FeatureMap(values, name="data", source=shown, configuration=(fingerprint,))


def parse_rows(shown: str, lines: list[str]) -> NDArray[Any]:
    """Rows of numbers, separated by spaces or commas, as a 2-D array.

    Integers if all numbers are integers, otherwise floats.

    Raises:
        SourceError: a cell is not a number, or the rows differ in length.
    """
    lines = [line.strip() for line in lines if line.strip()]
    for number, line in enumerate(lines, 1):
        if _TIGHT_COMMA.search(line) and _BARE_BLANK.search(line):
            if line.startswith("{"):
                raise _json_object(shown)
            cause = f"row {number} separates numbers with both commas and spaces"
            raise SourceError(shown, cause, f"use only one of them, and {_POINT}")
    return from_cells(shown, [_CELL_END.split(line) for line in lines])


def from_cells(shown: str, rows: list[list[str]]) -> NDArray[Any]:
    """A 2-D array of the numbers that ``rows`` spell.

    Raises:
        SourceError: as for :func:`parse_rows`.
    """
    if not rows:
        raise SourceError(shown, "contains no numbers", "use rows of numbers")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise SourceError(
                shown,
                f"row {number} has {counted(len(row), 'cell')}, but row 1 has {len(rows[0])}",
                "give all rows the same number of cells",
            )
    numbers = [
        [
            parse_number(shown, f"row {row}, cell {column}", cell)
            for column, cell in enumerate(cells, 1)
        ]
        for row, cells in enumerate(rows, 1)
    ]
    integers = all(isinstance(cell, int) for row in numbers for cell in row)
    return number_array(shown, numbers, integers=integers)
