"""Encoding of frames as the bytes of an animated GIF, WebP or PNG."""

import io
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from poolviz.errors import SpecError
from poolviz.views.paint.canvas import MOST_COLORS, Canvas
from poolviz.windows import Array

# The last index of the palette has no colour; it leaves a pixel unchanged.
UNCHANGED = MOST_COLORS
# Shorter runs of unchanged pixels compress better in their colours: files are 5 to 8 % smaller.
SHORTEST_RUN = 16
MOST_COMMENT_BYTES = 255
CODE_SIZE = 8


def gif_bytes(canvases: Iterable[Canvas], durations: list[int], alt: str) -> bytes:
    """Frames that share a palette, as a GIF that repeats forever.

    Args:
        canvases: the frames, all of one size.
        durations: milliseconds for each frame.
        alt: the alt text, stored as the comment of the file.
    """
    parts, before = [b""], None
    for canvas, duration in zip(canvases, durations, strict=True):
        parts += _frame(before, canvas.indices, duration)
        before = canvas.indices
    # The palette grows while frames are painted, so the header is written last.
    parts[0] = _header(canvas, alt)
    return b"".join((*parts, b";"))


def _header(canvas: Canvas, alt: str) -> bytes:
    height, width = canvas.indices.shape
    colors = bytes(part for color in canvas.palette.colors for part in color)
    # Decoding drops a character that was cut in half.
    comment = alt.encode("utf-8", "replace")[:MOST_COMMENT_BYTES].decode("utf-8", "ignore")
    return b"".join(
        (
            b"GIF89a",
            struct.pack("<HHBBB", width, height, 0xF7, 0, 0),
            colors.ljust(3 << CODE_SIZE, b"\0"),
            b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00",
            b"\x21\xfe" + bytes((len(comment.encode()),)) + comment.encode() + b"\0",
        )
    )


def _frame(before: Array | None, after: Array, duration: int) -> Iterator[bytes]:
    """A frame: the smallest rectangle that contains everything changed since the last frame."""
    top, left, pixels = (0, 0, after) if before is None else _changes(before, after)
    keep, transparent = 1 << 2, 0 if before is None else 1
    yield struct.pack("<BBBBHBB", 0x21, 0xF9, 4, keep | transparent, duration // 10, UNCHANGED, 0)
    height, width = pixels.shape
    yield struct.pack("<BHHHHBB", 0x2C, left, top, width, height, 0, CODE_SIZE)
    packed = Image.fromarray(np.ascontiguousarray(pixels))
    yield packed.tobytes("gif", "L", CODE_SIZE, 0)
    yield b"\0"


def _changes(before: Array, after: Array) -> tuple[int, int, Array]:
    """(top, left, pixels) of the changed rectangle, with long unchanged runs as UNCHANGED."""
    changed = before != after
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 0, 0, after[:1, :1]
    area = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    same = _long_runs(~changed[area])
    # UNCHANGED has all bits set, so "or" writes it; np.where takes eight times as long.
    pixels = after[area] | np.negative(same.view(np.int8)).view(np.uint8)
    return int(rows[0]), int(columns[0]), pixels


def _long_runs(same: Array) -> Array:
    """``same`` without runs shorter than SHORTEST_RUN; runs continue from row to row."""
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


# All frames of a WebP or APNG stay in memory until the file is written, at a byte a pixel.
MOST_PIXELS = 150_000_000
# The longest side that each format can store.
MOST_SIDE = {"gif": 65535, "webp": 16383, "apng": 2**31 - 1}
# The metadata of a WebP that holds its alt text.
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
    b'<rdf:li xml:lang="x-default">%s</rdf:li>'
    b"</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)
# Formats that are written frame by frame.
STREAMED = ("gif",)
# Measured bytes for each pixel of a frame: for encoding, and for each frame kept in memory.
_ENCODING = {"gif": (8, 0), "webp": (40, 1.5), "apng": (20, 2)}


def encode(kind: str, canvases: Iterable[Canvas], durations: list[int], alt: str) -> bytes:
    """Frames as an animation that repeats forever.

    Args:
        kind: ``gif``, ``webp`` or ``apng``.
        canvases: the frames, all of one size and palette.
        durations: milliseconds for each frame.
        alt: the alt text.
    """
    return _WRITERS[kind](canvases, durations, alt)


def check_size(width: int, height: int, count: int, kind: str) -> None:
    """Raise SpecError for frames that a format cannot store or that take too much memory."""
    if max(width, height) > MOST_SIDE[kind]:
        raise SpecError(
            "picture",
            f"{width}×{height} pixels do not fit a {kind}, whose sides have at most"
            f" {MOST_SIDE[kind]}",
            "use a smaller --enlarge or --region",
        )
    if kind not in STREAMED and width * height * count > MOST_PIXELS:
        raise SpecError(
            "max_frames",
            f"{count} frames of {width}×{height} pixels take {width * height * count >> 20} MiB"
            f" as {kind}; at most {MOST_PIXELS >> 20} MiB are allowed",
            "use fewer frames (--every), a smaller --region or --enlarge, or write a gif",
        )


def memory_needed(width: int, height: int, count: int, kind: str) -> int:
    """The most bytes of memory that encoding ``count`` frames takes, measured with Pillow 13."""
    encoding, kept = _ENCODING[kind]
    return int(width * height * (encoding + kept * count))


def _webp(canvases: Iterable[Canvas], durations: list[int], alt: str) -> bytes:
    options = {"loop": 0, "lossless": True, "method": 4, "xmp": _XMP % escape(alt).encode()}
    return _save(canvases, durations, "WEBP", options)


def _apng(canvases: Iterable[Canvas], durations: list[int], alt: str) -> bytes:
    info = PngInfo()
    info.add_itxt("Description", alt)
    return _save(canvases, durations, "PNG", {"loop": 0, "pnginfo": info})


def _save(
    canvases: Iterable[Canvas], durations: list[int], kind: str, options: dict[str, Any]
) -> bytes:
    # All frames are painted first, so that every image has the complete palette.
    first, *others = [canvas.image() for canvas in list(canvases)]
    buffer = io.BytesIO()
    duration = durations if others else durations[0]
    first.save(buffer, kind, save_all=True, append_images=others, duration=duration, **options)
    return buffer.getvalue()


_WRITERS: dict[str, Callable[[Iterable[Canvas], list[int], str], bytes]] = {
    "gif": gif_bytes,
    "webp": _webp,
    "apng": _apng,
}
