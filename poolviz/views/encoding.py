"""Encoding: frames as the bytes of an animated GIF, WebP or PNG."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from poolviz.errors import SpecError

# All frames stay in memory until the file is written, a byte a pixel.
MOST_PIXELS = 200_000_000
# The longest side that each format can say.
MOST_SIDE = {"gif": 65535, "webp": 16383, "apng": 2**31 - 1}


def encoded(kind: str, images: list[Image.Image], durations: list[int], words: str) -> bytes:
    """Frames as an animation that plays for ever.

    Args:
        kind: ``gif``, ``webp`` or ``apng``.
        images: palette images with one palette.
        durations: milliseconds for each.
        words: what it shows, for those who cannot see it.
    """
    return _WRITERS[kind](images, durations, words)


def check_size(width: int, height: int, count: int, kind: str) -> None:
    """Raise SpecError for frames that are too large for a format, or together for the memory."""
    if max(width, height) > MOST_SIDE[kind]:
        raise SpecError(
            "scale",
            f"{width}×{height} pixels are more than {kind} can say",
            f"a side has at most {MOST_SIDE[kind]}: give a smaller --scale or --region",
        )
    if width * height * count > MOST_PIXELS:
        raise SpecError(
            "max_frames",
            f"{count} frames of {width}×{height} pixels take {width * height * count >> 20} MiB",
            f"at most {MOST_PIXELS >> 20} MiB are allowed: fewer frames (--every), a smaller"
            " --region or --scale",
        )


def _gif(images: list[Image.Image], durations: list[int], words: str) -> bytes:
    # With one shared palette of fewer than 256 colours frames need no colour tables of their
    # own, and pixels that stay the same become transparent.
    palette = images[-1].getpalette() if len(images) > 1 else None
    # A comment has 255 bytes, and no half characters.
    comment = words.encode("utf-8", "replace")[:255].decode("utf-8", "ignore").encode()
    options: dict[str, Any] = {"loop": 0, "palette": palette, "optimize": True, "comment": comment}
    return _saved(images, durations, "GIF", options)


def _webp(images: list[Image.Image], durations: list[int], words: str) -> bytes:
    del words
    colored = [image.convert("RGB") for image in images]
    return _saved(colored, durations, "WEBP", {"loop": 0, "lossless": True, "method": 4})


def _apng(images: list[Image.Image], durations: list[int], words: str) -> bytes:
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - only here

    info = PngInfo()
    info.add_itxt("Description", words)
    return _saved(images, durations, "PNG", {"loop": 0, "pnginfo": info})


def _saved(
    images: list[Image.Image], durations: list[int], kind: str, options: dict[str, Any]
) -> bytes:
    first, *others = images
    buffer = io.BytesIO()
    duration = durations if others else durations[0]
    first.save(buffer, kind, save_all=True, append_images=others, duration=duration, **options)
    return buffer.getvalue()


_WRITERS: dict[str, Callable[[list[Image.Image], list[int], str], bytes]] = {
    "gif": _gif,
    "webp": _webp,
    "apng": _apng,
}
