"""Encoding: frames as the bytes of an animated GIF, WebP or PNG."""

import io
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from poolviz.errors import SpecError
from poolviz.views.canvas import Canvas
from poolviz.views.gif import gif_bytes

# Of WebP and APNG all frames stay in memory until the file is written, a byte a pixel.
MOST_PIXELS = 150_000_000
# The longest side that each format can say.
MOST_SIDE = {"gif": 65535, "webp": 16383, "apng": 2**31 - 1}
# Where a WebP says what it shows.
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
    b'<rdf:li xml:lang="x-default">%s</rdf:li>'
    b"</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)
# Formats that are written frame by frame.
STREAMED = ("gif",)
# Bytes for each pixel of a frame, measured: what encoding takes, and what each frame kept adds.
_ENCODING = {"gif": (8, 0), "webp": (40, 1.5), "apng": (20, 2)}


def encoded(kind: str, canvases: Iterable[Canvas], durations: list[int], words: str) -> bytes:
    """Frames as an animation that plays for ever.

    Args:
        kind: ``gif``, ``webp`` or ``apng``.
        canvases: of one size and palette.
        durations: milliseconds for each.
        words: what it shows, for those who cannot see it.
    """
    return _WRITERS[kind](canvases, durations, words)


def check_size(width: int, height: int, count: int, kind: str) -> None:
    """Raise SpecError for frames that are too large for a format, or together for the memory."""
    if max(width, height) > MOST_SIDE[kind]:
        raise SpecError(
            "picture",
            f"{width}×{height} pixels are more than {kind} can say",
            f"a side has at most {MOST_SIDE[kind]}: give a smaller --enlarge or --region",
        )
    if kind not in STREAMED and width * height * count > MOST_PIXELS:
        raise SpecError(
            "max_frames",
            f"{count} frames of {width}×{height} pixels take {width * height * count >> 20} MiB"
            f" as {kind}",
            f"at most {MOST_PIXELS >> 20} MiB are allowed: fewer frames (--every), a smaller"
            " --region or --enlarge, or a gif",
        )


def memory_needed(width: int, height: int, count: int, kind: str) -> int:
    """Bytes that encoding so many frames takes at most, as measured with Pillow 13."""
    encoding, kept = _ENCODING[kind]
    return int(width * height * (encoding + kept * count))


def _webp(canvases: Iterable[Canvas], durations: list[int], words: str) -> bytes:
    options = {"loop": 0, "lossless": True, "method": 4, "xmp": _XMP % escape(words).encode()}
    return _saved(canvases, durations, "WEBP", options)


def _apng(canvases: Iterable[Canvas], durations: list[int], words: str) -> bytes:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - only here

    info = PngInfo()
    info.add_itxt("Description", words)
    return _saved(canvases, durations, "PNG", {"loop": 0, "pnginfo": info})


def _saved(
    canvases: Iterable[Canvas], durations: list[int], kind: str, options: dict[str, Any]
) -> bytes:
    # Images are made when all is painted, and the palette whole.
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
