"""An animated GIF, written frame by frame as the frames are painted.

Pillow's own writer keeps every frame, remaps each palette and took twice as long
for files 8 % larger; its LZW encoder does the packing here.
"""

import struct
from collections.abc import Iterable, Iterator

import numpy as np
from PIL import Image

from poolviz.patches import Array
from poolviz.views.canvas import MOST_COLORS, Canvas

# The palette's last index, which no colour has, leaves a pixel as it was.
UNCHANGED = MOST_COLORS
# Shorter runs of unchanged pixels pack better as they are: files are 5 to 8 % smaller.
SHORTEST_RUN = 16
MOST_COMMENT_BYTES = 255
CODE_SIZE = 8


def gif_bytes(canvases: Iterable[Canvas], durations: list[int], words: str) -> bytes:
    """Frames that share a palette as a GIF that plays for ever.

    Args:
        canvases: of one size.
        durations: milliseconds for each.
        words: what it shows, as the file's comment.
    """
    parts, before = [b""], None
    for canvas, duration in zip(canvases, durations, strict=True):
        parts += _frame(before, canvas.indices, duration)
        before = canvas.indices
    # The palette grows while frames are painted, so the header is made last.
    parts[0] = _header(canvas, words)
    return b"".join((*parts, b";"))


def _header(canvas: Canvas, words: str) -> bytes:
    height, width = canvas.indices.shape
    colors = bytes(part for color in canvas.palette.colors for part in color)
    # No half characters.
    comment = words.encode("utf-8", "replace")[:MOST_COMMENT_BYTES].decode("utf-8", "ignore")
    return b"".join(
        (
            b"GIF89a",
            struct.pack("<HHBBB", width, height, 0xF7, 0, 0),
            colors.ljust(3 << CODE_SIZE, b"\0"),
            b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00",
            b"\x21\xfe" + _block(comment.encode()) + b"\0",
        )
    )


def _block(data: bytes) -> bytes:
    return bytes((len(data),)) + data


def _frame(before: Array | None, after: Array, duration: int) -> Iterator[bytes]:
    """What has changed since the frame before, in the rectangle around it."""
    top, left, pixels = (0, 0, after) if before is None else _changes(before, after)
    keep, transparent = 1 << 2, 0 if before is None else 1
    yield struct.pack("<BBBBHBB", 0x21, 0xF9, 4, keep | transparent, duration // 10, UNCHANGED, 0)
    height, width = pixels.shape
    yield struct.pack("<BHHHHBB", 0x2C, left, top, width, height, 0, CODE_SIZE)
    packed = Image.fromarray(np.ascontiguousarray(pixels))
    yield packed.tobytes("gif", "L", CODE_SIZE, 0)
    yield b"\0"


def _changes(before: Array, after: Array) -> tuple[int, int, Array]:
    """(top, left, pixels): the changed rectangle; long runs of what is the same left out."""
    changed = before != after
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 0, 0, after[:1, :1]
    area = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    same = _long_runs(~changed[area])
    # Every bit set is UNCHANGED: an eighth of the time of np.where.
    pixels = after[area] | np.negative(same.view(np.int8)).view(np.uint8)
    return int(rows[0]), int(columns[0]), pixels


def _long_runs(same: Array) -> Array:
    """``same`` without its runs, from row to row, that are shorter than SHORTEST_RUN."""
    begins, span = same.reshape(-1), 1
    while span < SHORTEST_RUN:
        # True where a run of twice the span begins.
        longer = np.zeros_like(begins)
        np.logical_and(begins[:-span], begins[span:], out=longer[:-span])
        begins, span = longer, 2 * span
    while span > 1:
        span //= 2
        grown = begins.copy()
        np.logical_or(begins[span:], begins[:-span], out=grown[span:])
        begins = grown
    return begins.reshape(same.shape)
