"""Netpbm pictures: ``.pbm``, ``.pgm``, ``.ppm``, ``.pnm``, with the numbers as stored.

They are read here because Pillow rescales values if their maximum is neither 255 nor 65535.
"""

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import RGB, FeatureMap
from poolviz.sources._origin import Origin, ReadOptions

SUFFIXES = (".pbm", ".pgm", ".ppm", ".pnm")
OPTIONS = ()
# Magic number, width, height and, except for bits, the largest value, with comments in between.
_GAP = rb"(?:\s|#[^\n]*\n)+"
_NUMBER = _GAP + rb"(\d{1,9})"
_BITS = re.compile(rb"P([14])" + _NUMBER * 2 + rb"(?:#[^\n]*)?\s")
_LEVELS = re.compile(rb"P([2356])" + _NUMBER * 3 + rb"(?:#[^\n]*)?\s")
_COMMENT = re.compile(rb"#[^\n]*")
# The longest header that is read, comments included.
MOST_HEADER = 1 << 16
# A value is at most 65,535; a few more digits are parsed to report the value.
_MOST_DIGITS = 9
# The bytes of the file and twice the values; for plain text, also an object for each value.
BYTES_PER_BYTE, BYTES_PER_TEXT = 6, 60


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is a Netpbm picture."""
    return re.match(rb"P[1-6][\s#]", head) is not None


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read a picture: bits and greys as one channel, colours as R, G and B.

    Raises:
        SourceError: it is not such a picture, or is damaged.
    """
    with origin.open() as file:
        head = file.read(MOST_HEADER)
        match = _BITS.match(head) or _LEVELS.match(head)
        if match is None:
            raise SourceError(origin.shown, "its PNM header is invalid", "save it again")
        kind, *numbers = map(int, match.groups())
        width, height, highest = (*numbers, 1)[:3]
        if not width or not height or not 0 < highest < 1 << 16:
            cause = f"its header has an invalid size or maximum ({width}×{height}, {highest})"
            raise SourceError(origin.shown, cause, "save it again")
        plain = kind <= 3  # noqa: PLR2004 - P1 to P3 are text
        memory = origin.size() * (BYTES_PER_TEXT if plain else BYTES_PER_BYTE)
        options.budget.check_source(origin.shown, memory, "save it as an .npy file")
        file.seek(match.end())
        data = file.read()
    shape = (height, width, 3) if kind in (3, 6) else (height, width)
    values = (
        _plain(data, shape, bits=kind == 1)
        if plain
        else _packed(data, *shape)
        if kind == 4  # noqa: PLR2004 - P4 are bits
        else _binary(data, shape, highest)
    )
    if values is None:
        raise SourceError(
            origin.shown, "has fewer pixels than its header specifies", "save it again"
        )
    if values.max() > highest:
        cause = f"has a value of {values.max()}, but its header allows at most {highest}"
        raise SourceError(origin.shown, cause, "save it again")
    names = RGB if len(shape) == 3 else ()  # noqa: PLR2004 - with channels
    notes = ("1 means black; the numbers are unchanged",) if kind in (1, 4) else ()
    if names:
        values = np.moveaxis(values, -1, 0)
    return FeatureMap(values, origin.name, origin.shown, names, (0, highest), notes=notes)


def _binary(data: bytes, shape: tuple[int, ...], highest: int) -> NDArray[Any] | None:
    """Values of one byte, or of two with the higher byte first."""
    kind = np.dtype(np.uint8 if highest < 1 << 8 else ">u2")
    count = math.prod(shape)
    if len(data) < count * kind.itemsize:
        return None
    values = np.frombuffer(data, kind, count).reshape(shape)
    return values.astype(values.dtype.newbyteorder("="))


def _packed(data: bytes, height: int, width: int) -> NDArray[Any] | None:
    """Eight pixels per byte; each row begins with a new byte."""
    row = -(-width // 8)
    if len(data) < row * height:
        return None
    rows = np.frombuffer(data, np.uint8, row * height).reshape(height, row)
    return np.unpackbits(rows, axis=1, count=width)


def _plain(data: bytes, shape: tuple[int, ...], *, bits: bool) -> NDArray[Any] | None:
    """Decimal numbers; bits need no blanks in between."""
    words = _COMMENT.sub(b" ", data)
    count = math.prod(shape)
    texts = re.findall(rb"[01]", words) if bits else [word.lstrip(b"0") for word in words.split()]
    strange = words.translate(None, b"0123456789 \t\r\n\v\f")
    if len(texts) < count or strange or any(len(word) > _MOST_DIGITS for word in texts):
        return None
    numbers = [int(word or 0) for word in texts]
    values = np.array(numbers[:count]).reshape(shape)
    return values.astype(np.min_scalar_type(values.max()))
