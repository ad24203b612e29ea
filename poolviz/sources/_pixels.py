"""Images by Pillow: the file's own integers, turned as EXIF says, channels apart."""

import contextlib
import logging
import os
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError, features

from poolviz.errors import SourceError
from poolviz.feature_map import RGB, FeatureMap
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.sources._stored import Storage, storage_of
from poolviz.text import counted

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
# Formats that Pillow reads only where it was built so, by the name of what it needs.
OPTIONAL_FORMATS = {"AVIF": "avif", "JPEG2000": "jpg_2000"}
# What tells how the values are stored stands in so many bytes.
START = 1 << 20
# Of a TIFF's directories no more are walked through: each takes a millisecond.
MOST_FRAMES = 1000
ORIENTATION, UPRIGHT = 0x0112, 1
_TURN = Image.Transpose
_TURNS = {
    2: _TURN.FLIP_LEFT_RIGHT, 3: _TURN.ROTATE_180, 4: _TURN.FLIP_TOP_BOTTOM, 5: _TURN.TRANSPOSE,
    6: _TURN.ROTATE_270, 7: _TURN.TRANSVERSE, 8: _TURN.ROTATE_90,
}  # fmt: skip
MOST_PIXELS = 100_000_000
# Decoding, turning and the array; WebP's decoder keeps canvases besides. Measured.
BYTES_PER_PIXEL = {"WEBP": 24}
USUAL_BYTES_PER_PIXEL = 12
_UNDECODABLE = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
# Modes whose numbers are the file's own, and the largest of them.
_GREY = {"1": 1, "L": 255, "I;16": 65535, "I;16L": 65535, "I;16B": 65535, "I;16N": 65535}


def read_pixels(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read an image: grey as one channel, colour as R, G and B.

    Raises:
        SourceError: it is no such image, is damaged, or has no such frame.
    """
    notes: list[str] = []
    try:
        with _silence(), origin.open() as file:
            start = file.read(START)
            file.seek(0)
            image: Image.Image = Image.open(file, formats=_formats())
            _check(image, origin, options, notes)
            storage = storage_of(image, origin.shown, start, notes)
            with _no_standard_error():
                image.load()
            image = _upright(image, notes)
    except UnidentifiedImageError as error:
        raise _unidentified(origin) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        remedy = f"give an image of at most {Image.MAX_IMAGE_PIXELS:,} pixels"
        raise SourceError(origin.shown, "it has too many pixels", remedy) from error
    except _UNDECODABLE as error:
        raise SourceError(origin.shown, "the image is damaged", "save it again") from error
    return _feature_map(image, storage, origin, options, notes)


def _formats() -> list[str]:
    """Those that the installed Pillow can read."""
    # Loaded, or older ones do not know of them at all.
    Image.init()
    built = (name for name, need in OPTIONAL_FORMATS.items() if need in features.get_supported())
    return [name for name in (*FORMATS, *built) if name in Image.OPEN]


def _unidentified(origin: Origin) -> SourceError:
    """The error for what Pillow knows no reader of."""
    head, formats = origin.head(), _formats()
    missing = {"AVIF": head[4:8] == b"ftyp", "JPEG2000": head[4:8] == b"jP  "}
    for name, is_it in missing.items():
        if is_it and name not in formats:
            remedy = "run: pip install -U pillow (11.3 and later read both AVIF and JPEG 2000)"
            return SourceError(origin.shown, f"the installed Pillow does not read {name}", remedy)
    if head.startswith((b"II*\0", b"MM\0*")):
        remedy = "save its values as an .npy"
        return SourceError(origin.shown, "its kind of TIFF cannot be read, or is damaged", remedy)
    return SourceError(origin.shown, "it is no image", f"give one of {', '.join(formats)}")


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep Pillow from warning and from logging, except that its limit of pixels is an error."""
    logger = logging.getLogger("PIL")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        logger.setLevel(level)


@contextlib.contextmanager
def _no_standard_error() -> Iterator[None]:
    """Send to nowhere what libraries in C print, such as libtiff."""
    try:
        kept = os.dup(2)
    except OSError:
        # It is closed already.
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _check(image: Image.Image, origin: Origin, options: ReadOptions, notes: list[str]) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise SourceError(
            origin.shown,
            f"it has {image.width}×{image.height} pixels",
            f"give an image of at most {MOST_PIXELS:,} pixels",
        )
    each = BYTES_PER_PIXEL.get(str(image.format), USUAL_BYTES_PER_PIXEL)
    wanted = each * image.width * image.height
    options.budget.check_source(origin.shown, wanted, "make it smaller")
    if origin.path and image.format != Image.registered_extensions().get(origin.suffix):
        notes.append(f"a {image.format} in spite of its name")
    _choose_frame(image, origin, options.frame, notes)


def _choose_frame(image: Image.Image, origin: Origin, frame: int | None, notes: list[str]) -> None:
    frames, more = _frame_count(image)
    if frame is None and frames > 1:
        several = f"{'more than ' if more else ''}{counted(frames, 'frame')}"
        notes.append(f"the first of {several}; --frame chooses another")
    if not 0 <= (frame or 0) < frames:
        among = f" among the first {frames:,}" if more else ""
        raise SourceError(
            origin.shown, f"there is no frame {frame}{among}", f"give one from 0 to {frames - 1}"
        )
    if frame:
        image.seek(frame)


def _frame_count(image: Image.Image) -> tuple[int, bool]:
    """How many frames there are, and whether there are more than that."""
    if image.format != "TIFF":
        return getattr(image, "n_frames", 1), False
    # Pillow counts by going through them all, however many.
    frames = 1
    with contextlib.suppress(EOFError):
        while frames <= MOST_FRAMES:
            image.seek(frames)
            frames += 1
    image.seek(0)
    return min(frames, MOST_FRAMES), frames > MOST_FRAMES


def _upright(image: Image.Image, notes: list[str]) -> Image.Image:
    """The image turned; only its pixels are, since damaged EXIF cannot be written again."""
    try:
        turn = _TURNS.get(image.getexif().get(ORIENTATION, UPRIGHT))
    except Exception:  # noqa: BLE001 - Pillow's parser raises many kinds; none harms the pixels
        notes.append("its EXIF is damaged and left out")
        return image
    if turn is None:
        return image
    notes.append("turned upright as its EXIF orientation says")
    return image.transpose(turn)


def _feature_map(
    image: Image.Image, storage: Storage, origin: Origin, options: ReadOptions, notes: list[str]
) -> FeatureMap:
    values, names, highest = _values(image, notes)
    if not names:
        values, highest = storage.restored(values, highest)
    return FeatureMap(
        values,
        origin.name,
        origin.shown,
        names,
        (0, highest) if highest else None,
        notes=tuple(notes),
        configuration=(f"frame-{options.frame}",) if options.frame else (),
    )


def _values(image: Image.Image, notes: list[str]) -> tuple[NDArray[Any], tuple[str, ...], int]:
    """The values, the channels' names, and the largest value that the format holds (0: any)."""
    if image.mode in _GREY:
        kind = np.uint16 if _GREY[image.mode] > 255 else np.uint8  # noqa: PLR2004 - a byte's largest
        return np.asarray(image).astype(kind), (), _GREY[image.mode]
    if image.mode in ("I", "F"):
        return np.asarray(image), (), 0
    if image.mode in ("LA", "La"):
        notes.append("alpha left out")
        return np.asarray(image.getchannel(0)), (), 255
    return np.moveaxis(np.asarray(_rgb(image, notes)), -1, 0), RGB, 255


def _rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """The colours as RGB, without changing one that is; alpha is left out, not blended."""
    if image.mode in ("P", "PA"):
        image = image.convert(
            "RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB"
        )
        notes.append("palette colours as RGB")
    if image.mode == "RGBA":
        notes.append("alpha left out")
        return Image.merge("RGB", image.split()[:3])
    if image.mode != "RGB":
        notes.append(f"{image.mode} converted to RGB")
    return image.convert("RGB")
