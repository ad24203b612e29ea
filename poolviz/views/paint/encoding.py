"""Encoders of frames as an animated GIF, WebP or PNG, or as a video: one for each format."""

import io
import struct
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from poolviz.views.paint.canvas import MOST_COLORS, Canvas
from poolviz.views.paint.formats import FORMATS, Format
from poolviz.windows import Array

# The last index of the palette has no colour; it leaves a pixel unchanged.
UNCHANGED = MOST_COLORS
# Shorter runs of unchanged pixels compress better in their colours: files are 5 to 8 % smaller.
SHORTEST_RUN = 16
MOST_COMMENT_BYTES = 255
CODE_SIZE = 8


def gif_bytes(canvases: Iterable[Canvas], durations: list[int], alt: str, loop: int = 0) -> bytes:
    """Frames that share a palette, as a GIF.

    Args:
        canvases: the frames, all of one size.
        durations: milliseconds for each frame.
        alt: the alt text, stored as the comment of the file.
        loop: how many times it plays; 0 for ever.
    """
    parts, before = [b""], None
    for canvas, duration in zip(canvases, durations, strict=True):
        parts += _frame(before, canvas.indices, duration)
        before = canvas.indices
    # The palette grows while frames are painted, so the header is written last.
    parts[0] = _header(canvas, alt, loop)
    return b"".join((*parts, b";"))


def _header(canvas: Canvas, alt: str, loop: int) -> bytes:
    height, width = canvas.indices.shape
    colors = bytes(part for color in canvas.palette.colors for part in color)
    # Decoding drops a character that was cut in half.
    comment = alt.encode("utf-8", "replace")[:MOST_COMMENT_BYTES].decode("utf-8", "ignore")
    return b"".join(
        (
            b"GIF89a",
            struct.pack("<HHBBB", width, height, 0xF7, 0, 0),
            colors.ljust(3 << CODE_SIZE, b"\0"),
            _loops(loop),
            b"\x21\xfe" + bytes((len(comment.encode()),)) + comment.encode() + b"\0",
        )
    )


def _loops(loop: int) -> bytes:
    """How often a GIF is repeated after it has played once; without this, never."""
    if loop == 1:
        return b""
    repeats = max(0, loop - 1)
    return b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", repeats, 0)


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


# The metadata of a WebP that holds its alt text.
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
    b'<rdf:li xml:lang="x-default">%s</rdf:li>'
    b"</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def webp_bytes(canvases: Iterable[Canvas], durations: list[int], alt: str, loop: int = 0) -> bytes:
    """Frames as a lossless WebP; see :func:`gif_bytes`."""
    options = {"loop": loop, "lossless": True, "method": 4, "xmp": _XMP % escape(alt).encode()}
    return _save(canvases, durations, "WEBP", options)


def apng_bytes(canvases: Iterable[Canvas], durations: list[int], alt: str, loop: int = 0) -> bytes:
    """Frames as an animated PNG; see :func:`gif_bytes`."""
    info = PngInfo()
    info.add_itxt("Description", alt)
    return _save(canvases, durations, "PNG", {"loop": loop, "pnginfo": info})


def _save(
    canvases: Iterable[Canvas], durations: list[int], pillow_format: str, options: dict[str, Any]
) -> bytes:
    # All frames are painted first, so that every image has the complete palette.
    first, *others = [canvas.image() for canvas in list(canvases)]
    buffer = io.BytesIO()
    duration = durations if others else durations[0]
    first.save(
        buffer, pillow_format, save_all=True, append_images=others, duration=duration, **options
    )
    return buffer.getvalue()


# A video shows a frame at whole multiples of a 30th of a second. A still
# picture is repeated after a second, so that players have a frame to seek to.
FRAMES_PER_SECOND, MOST_APART = 30, 30
# A player may start at every frame of so many, all of which the file has.
KEY_FRAMES = 30
# The number of threads decides the bytes that an encoder makes.
THREADS = 2
# Numbers of the standard for colours in HD video, ITU-R BT.709, and for its range from 16 to 235.
BT709, LIMITED_RANGE = 1, 1


def mp4_bytes(canvases: Iterable[Canvas], durations: list[int], alt: str, _loop: int = 0) -> bytes:
    """Frames as an H.264 video in an MP4, for slides and browsers; see :func:`gif_bytes`.

    A video does not store how many times it plays.

    Raises:
        OutputError: the package that encodes it is missing.
    """
    options = {"preset": "veryfast", "tune": "stillimage", "crf": "20", "bf": "0"}
    return _video(canvases, durations, alt, ("mp4", "libx264", options))


def webm_bytes(canvases: Iterable[Canvas], durations: list[int], alt: str, _loop: int = 0) -> bytes:
    """Frames as a VP9 video in a WebM, for browsers; see :func:`mp4_bytes`."""
    options = {"deadline": "realtime", "cpu-used": "6", "crf": "24", "b": "0"}
    # Frames that wait to be encoded would take most of the memory.
    options |= {"row-mt": "1", "lag-in-frames": "0"}
    return _video(canvases, durations, alt, ("webm", "libvpx-vp9", options))


def _video(
    canvases: Iterable[Canvas],
    durations: list[int],
    alt: str,
    kind: tuple[str, str, dict[str, str]],
) -> bytes:
    """Frames as a video in a container and a codec with options, which are the ``kind``."""
    container, codec, encoding = kind
    av = FORMATS[container].load_package()
    buffer, rate = io.BytesIO(), Fraction(FRAMES_PER_SECOND)
    ends = [round(end * rate / 1000) for end in accumulate(durations)]
    # Players begin before they have all of the file, which is read again to make that possible.
    layout = {"movflags": "faststart"} if container == "mp4" else {}
    with av.open(
        buffer,
        "w",
        format=container,
        options={"fflags": "bitexact", **layout},
        io_open=lambda *_: io.BytesIO(buffer.getvalue()),
    ) as file:
        file.metadata.update(title=alt.partition(". ")[0], comment=alt)
        stream: Any = None
        for canvas, (start, end) in zip(canvases, pairwise([0, *ends]), strict=True):
            stream = stream or _stream(file, codec, canvas, (FORMATS[container], encoding))
            frame = _video_frame(av, canvas, stream)
            # The very last frame ends the video at the right time.
            last = [end - 1] if end == ends[-1] else []
            for tick in sorted({*range(start, end, MOST_APART), *last}):
                frame.pts, frame.time_base = tick, 1 / rate
                file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def _stream(file: Any, codec: str, canvas: Canvas, kind: tuple[Format, dict[str, str]]) -> Any:
    """A video stream with the frame that suits ``canvas``, in a format with options."""
    video_format, options = kind
    stream = file.add_stream(codec, rate=FRAMES_PER_SECOND, options=options)
    height, width = canvas.indices.shape
    stream.width, stream.height = video_format.frame(width, height)
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count, context.gop_size = THREADS, KEY_FRAMES
    context.color_range, context.colorspace = LIMITED_RANGE, BT709
    context.color_primaries = context.color_trc = BT709
    return stream


def _video_frame(av: Any, canvas: Canvas, stream: Any) -> Any:
    """A canvas as a frame of a stream, made smaller if it has to be."""
    # Alpha, red, green and blue of each index.
    palette = np.full((256, 4), 255, np.uint8)
    palette[: len(canvas.palette.colors), 1:] = canvas.palette.colors
    frame = av.VideoFrame.from_ndarray((canvas.indices, palette), format="pal8")
    return frame.reformat(
        stream.width,
        stream.height,
        "yuv420p",
        dst_colorspace=BT709,
        dst_color_range=LIMITED_RANGE,
        interpolation="BICUBIC",
    )
