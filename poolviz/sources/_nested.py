"""Numbers in brackets, as Python, NumPy, PyTorch and JAX print them."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.sources._numbers import number_array, parse_number

# What may stand before the first bracket, and behind the last: tensor( … , dtype=torch.int64).
_BEFORE = re.compile(r"\s*(?:[A-Za-z_][\w.]{0,40}\(\s*)?")
_BEHIND = re.compile(
    r"(?:\s*,\s*[A-Za-z_]\w*\s*=\s*(?:<[^<>]*>|'[^']*'|\([^()]*\)|[\w.]+))*[\s,;)]*"
)
# A number of NumPy's or PyTorch's own: np.float64(1.5), tensor(1.5).
_BEGINNING = re.compile(_BEFORE.pattern + r"\[")
_WRAPPED = re.compile(r"[A-Za-z_][\w.]{0,40}\(([^()\[\]]*)\)")
_TOKEN = re.compile(r"[\[\],]|[^\s\[\],]+")
# Python prints tuples, too.
_BRACKETS = str.maketrans("()", "[]")
_WORDS = {"True": 1, "False": 0, "true": 1, "false": 0}
_LIST, _MOST_AXES = "[1, 2]", 8


def is_nested(text: str) -> bool:
    """Whether ``text`` begins as a list, and is not rows of numbers."""
    return _BEGINNING.match(text) is not None or text.lstrip().startswith("(")


def parse_nested(shown: str, text: str) -> NDArray[Any]:
    """An array of as many axes as there are brackets within each other.

    Raises:
        SourceError: it is not one such list, holds something else than numbers, or is abridged.

    Example:
        >>> parse_nested("--data", "tensor([[1., 2.], [3., 4.]])").tolist()
        [[1.0, 2.0], [3.0, 4.0]]
    """
    if "..." in text:
        remedy = "print it whole (numpy.set_printoptions(threshold=10**9)), or save it as an .npy"
        raise SourceError(shown, "it was abridged with ... when it was printed", remedy)
    if text.lstrip().startswith("("):
        text = text.translate(_BRACKETS)
    first, last = text.find("["), text.rfind("]")
    around = _BEFORE.fullmatch(text[:first]) and _BEHIND.fullmatch(text[last + 1 :])
    if not 0 <= first < last or not around:
        raise _not_a_list(shown)
    lists, integers = _lists(shown, _WRAPPED.sub(r"\1", text[first : last + 1]))
    shape = _shape(shown, lists)
    if 0 in shape:
        raise SourceError(shown, "it holds no numbers", f"give lists of numbers, e.g. {_LIST}")
    return number_array(shown, lists, integers=integers)


def _lists(shown: str, body: str) -> tuple[list[Any], bool]:
    """``body`` as lists within lists, and whether all its numbers are integers."""
    whole: list[Any] = []
    lists, integers, count, before = [whole], True, 0, ""
    for match in _TOKEN.finditer(body):
        part, last = match[0], before
        before = part
        if part == "," and last in ("[", ","):
            raise SourceError(shown, "a number is missing beside a comma", "give it, or nan")
        if part == "[":
            lists[-1].append([])
            lists.append(lists[-1][-1])
        elif part == "]":
            lists.pop()
        elif part != ",":
            count += 1
            word = _WORDS.get(part)
            value = parse_number(shown, f"number {count}", part) if word is None else word
            integers = integers and isinstance(value, int)
            lists[-1].append(value)
        # The outermost list is the text itself: one list in it, and nothing beside that.
        if not lists or len(whole) > 1 or len(lists) > _MOST_AXES:
            raise _not_a_list(shown)
    if len(lists) > 1:
        raise _not_a_list(shown)
    values: list[Any] = whole[0]
    return values, integers


def _not_a_list(shown: str) -> SourceError:
    remedy = f"give one list in matching brackets, e.g. [{_LIST}, [3, 4]]"
    return SourceError(shown, "its brackets are not those of one array", remedy)


def _shape(shown: str, values: list[Any]) -> tuple[int, ...]:
    """The lengths of lists within lists, which must agree."""
    if not any(isinstance(value, list) for value in values):
        return (len(values),)
    shapes = {_shape(shown, value) if isinstance(value, list) else () for value in values}
    if len(shapes) > 1:
        remedy = "give every list of a level as many numbers, or lists"
        raise SourceError(shown, "its lists differ in length or in depth", remedy)
    return len(values), *shapes.pop()


def as_map(array: NDArray[Any], shown: str, *, channels_last: bool) -> NDArray[Any]:
    """(H, W), or (C, H, W), of an array that was printed; of one axis, one row.

    Raises:
        SourceError: it has more axes.
    """
    while array.ndim > 2 and len(array) == 1:  # noqa: PLR2004 - (H, W)
        array = array[0]
    if array.ndim > 3:  # noqa: PLR2004 - (C, H, W)
        cause = f"its brackets are {array.ndim} deep"
        raise SourceError(shown, cause, "give (H, W) or (C, H, W), one of a batch")
    if array.ndim == 3 and channels_last:  # noqa: PLR2004 - (H, W, C)
        return np.moveaxis(array, -1, 0)
    return np.atleast_2d(array)
