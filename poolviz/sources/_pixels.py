"""Images by Pillow: the integers as stored, turned upright, channels separate."""

import contextlib
import logging
import os
import re
import struct
import sys
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError, features

from poolviz.errors import SourceError
from poolviz.feature_map import RGB, FeatureMap
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.text import counted

# A precision that no decoder here preserves: unknown, or with a sign.
UNKNOWN = 64
_CODESTREAM = b"\xff\x4f\xff\x51"


def jpeg2000_bits(data: bytes) -> int:
    """The most bits of a component; UNKNOWN if it has a sign or ``data`` does not say."""
    if not data.startswith(_CODESTREAM):
        data = next((body for kind, body in _boxes(data) if kind == b"jp2c"), b"")
    # Marker and length (6 bytes), capabilities (2), eight sizes and offsets of 4 bytes.
    count = int.from_bytes(data[40:42], "big")
    sizes = data[42 : 42 + 3 * count : 3]
    if not data.startswith(_CODESTREAM) or not sizes or max(sizes) & 0x80:
        return UNKNOWN
    # Pillow shifts fewer bits up to 8 or 16.
    bits = {size + 1 for size in sizes}
    return bits.pop() if len(bits) == 1 and bits <= {8, 16} else UNKNOWN


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each box's type, and as much of its body as ``data`` contains."""
    begin = 0
    while begin + 8 <= len(data):
        length, header = int.from_bytes(data[begin : begin + 4], "big"), 8
        kind = data[begin + 4 : begin + 8]
        if length == 1:
            length, header = int.from_bytes(data[begin + 8 : begin + 16], "big"), 16
        end = begin + length if length else len(data)
        if end < begin + header:
            return
        yield kind, data[begin + header : end]
        begin = end


def avif_bits(data: bytes) -> int:
    """The bits of a sample: 8, 10 or 12; UNKNOWN if ``data`` does not say."""
    # The configuration of AV1: version, profile and level, then tier, high bit depth, twelve bits.
    index = data.find(b"av1C")
    if index < 0 or index + 7 > len(data):
        return UNKNOWN
    flags = data[index + 6]
    return (12 if flags & 0x20 else 10) if flags & 0x40 else 8


# Tags of TIFF.
_BITS, _PHOTOMETRIC, _PLANAR, _SUBSAMPLING, _SAMPLE_FORMAT = 258, 262, 284, 530, 339
_WHITE_IS_ZERO, _YCBCR, _SEPARATE, _SIGNED = 0, 6, 2, 2
# A grey of 1, 2, 4 or 8 bits, perhaps inverted (I), its bits perhaps in reverse (R).
_GREY_RAW = re.compile(r"[1L](?:;([24]?)(I?)R?)?")
# By bits: the largest grey, and the factor with which Pillow fills 8 bits.
_SHORT = {"2": (3, 85), "4": (15, 17)}
# libtiff returns these in the machine's byte order, but Pillow assumes the file's.
_SWAPPED = {"II": ("I;16S", "I;32S", "F;32F"), "MM": ("I;16BS", "I;32BS", "F;32BF")}
_OTHER_ORDER = "MM" if sys.byteorder == "little" else "II"
_DEEP = ("RGB", "RGBA", "CMYK")


@dataclass(frozen=True)
class Storage:
    """How a file stores its values, in the respects that Pillow changes.

    Args:
        raw: Pillow's name of the storage.
        signed: whether the integers have a sign.
        swapped: whether Pillow swaps the bytes of a value once too often.
    """

    raw: str
    signed: bool = False
    swapped: bool = False

    def restored(self, values: NDArray[Any], highest: int) -> tuple[NDArray[Any], int]:
        """The greys as stored, and the largest number that the format can hold (0: any).

        ``values`` and ``highest`` are Pillow's.
        """
        if self.raw in ("I;16S", "I;16BS"):
            values = values.astype(np.int16)
        if self.swapped:
            return values.byteswap(), 0
        if self.raw == "I;12":
            return values, (1 << 12) - 1
        if self.raw == "I;32N" and not self.signed:
            return values.view(np.uint32), 0
        grey = _GREY_RAW.fullmatch(self.raw)
        if grey is None or highest not in (1, 255):
            return values, highest
        bits, inverted = grey.groups(default="")
        values = highest - values if inverted else values
        if self.signed:
            return values.view(np.int8), 0
        highest, factor = _SHORT.get(bits, (highest, 1))
        return values // np.uint8(factor), highest


def storage_of(image: Image.Image, shown: str, data: bytes, notes: list[str]) -> Storage:
    """How an image stores its values; it is open, but not yet decoded.

    ``data`` are its first bytes.

    Raises:
        SourceError: the values cannot be read with all their bits.
    """
    tile = next(iter(getattr(image, "tile", [])), ("", (), 0, ""))
    decoder, arguments = tile[0], tile[3]
    raw = arguments if isinstance(arguments, str) else str(next(iter(arguments or ()), ""))
    bits = _bits(image, raw, data)
    if bits > 8 and (image.mode in _DEEP or image.format in ("AVIF", "JPEG2000")):  # noqa: PLR2004 - a byte
        cause = f"its colours have {bits} bits, of which Pillow reads only 8"
        if bits == UNKNOWN:
            cause = "is neither an 8-bit image nor a 16-bit grey image"
        remedy = "save its channels as an .npy file, or save it as an 8-bit image"
        raise SourceError(shown, cause, remedy)
    if image.format == "BMP":
        _check_bmp(image, shown, decoder, raw, notes, data)
    if image.format != "TIFF":
        return Storage(raw)
    tags: Any = image.tag_v2  # type: ignore[attr-defined]
    _check_tiff(image, tags, shown, decoder, raw, notes)
    order = tags.prefix.decode("ascii")
    swapped = decoder == "libtiff" and order == _OTHER_ORDER and raw in _SWAPPED[order]
    return Storage(raw, _SIGNED in tags.get(_SAMPLE_FORMAT, ()), swapped)


def _bits(image: Image.Image, raw: str, data: bytes) -> int:
    """The bits of a sample; the exact number matters only above 8."""
    if image.format == "TIFF":
        tags: Any = image.tag_v2  # type: ignore[attr-defined]
        return int(max(tags.get(_BITS, (1,))))
    if image.format == "AVIF":
        return avif_bits(data)
    if image.format == "JPEG2000":
        # Pillow keeps greys of 16 bits; of other values it returns the upper bits.
        bits = jpeg2000_bits(data)
        return 8 if bits == 16 and image.mode == "I;16" else bits  # noqa: PLR2004 - greys of 16 bits
    return 16 if ";16" in raw and not raw.startswith("BGR") else 8


def _check_bmp(
    image: Image.Image, shown: str, decoder: str, raw: str, notes: list[str], data: bytes
) -> None:
    if raw in ("BGR;15", "BGR;16"):
        notes.append("colours of 5 or 6 bits were scaled to 8 bits")
    # Pillow ignores a palette of greys and then assumes 8 bits (or 1) per pixel.
    header = int.from_bytes(data[14:18], "little")
    bits = int.from_bytes(data[24:26] if header == 12 else data[28:30], "little")  # noqa: PLR2004 - the oldest header's length
    assumed = {"1": 1, "L": 8}.get(image.mode, bits)
    if bits != assumed and (decoder == "raw" or image.mode == "1"):
        raise SourceError(shown, f"its {bits}-bit grey values cannot be read", "save it as a PNG")


def _check_tiff(
    image: Image.Image, tags: Any, shown: str, decoder: str, raw: str, notes: list[str]
) -> None:
    bands, samples = image.getbands(), len(tags.get(_BITS, (1,)))
    remedy = "save its channels as an .npy file, or save it as a PNG"
    if image.mode == "LAB":
        raise SourceError(
            shown, "its colours are L*a*b*, which poolviz does not read", "save it as RGB"
        )
    if tags.get(_PLANAR) == _SEPARATE and image.mode in ("LA", "La", "PA"):
        raise SourceError(
            shown, "its grey and alpha are stored as separate planes, which Pillow misreads", remedy
        )
    subsampled = tuple(tags.get(_SUBSAMPLING, (2, 2))) != (1, 1)
    if tags.get(_PHOTOMETRIC) == _YCBCR and decoder == "raw" and len(bands) > 1 and subsampled:
        raise SourceError(
            shown, "its colours are subsampled without compression, which Pillow misreads", remedy
        )
    if tags.get(_PHOTOMETRIC, _WHITE_IS_ZERO) == _WHITE_IS_ZERO and len(bands) == 1:
        notes.append("0 means white; the numbers are unchanged")
    if tags.get(_PHOTOMETRIC) == _YCBCR and raw == "RGBX":
        notes.append("YCbCr colours were converted to RGB")
    if raw.startswith("RGBa"):
        notes.append("colours were divided by their alpha")
    if samples > len(bands):
        notes.append(f"{counted(samples - len(bands), 'further channel')} ignored")


FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
# Formats that depend on how Pillow was built, with the feature that each needs.
OPTIONAL_FORMATS = {"AVIF": "avif", "JPEG2000": "jpg_2000"}
# The first bytes, which say how the values are stored.
START = 1 << 20
# The most directories of a TIFF that are visited: each takes a millisecond.
MOST_FRAMES = 1000
ORIENTATION, UPRIGHT = 0x0112, 1
_TURN = Image.Transpose
_TURNS = {
    2: _TURN.FLIP_LEFT_RIGHT, 3: _TURN.ROTATE_180, 4: _TURN.FLIP_TOP_BOTTOM, 5: _TURN.TRANSPOSE,
    6: _TURN.ROTATE_270, 7: _TURN.TRANSVERSE, 8: _TURN.ROTATE_90,
}  # fmt: skip
MOST_PIXELS = 100_000_000
# Measured: decoding, turning and the array; WebP's decoder also keeps canvases.
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
        SourceError: it is not an image, is damaged, or has no such frame.
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
        remedy = f"use an image of at most {Image.MAX_IMAGE_PIXELS:,} pixels"
        raise SourceError(origin.shown, "has too many pixels", remedy) from error
    except _UNDECODABLE as error:
        raise SourceError(origin.shown, "the image is damaged", "save it again") from error
    return _feature_map(image, storage, origin, options, notes)


def _formats() -> list[str]:
    """The accepted formats that the installed Pillow reads."""
    # Older versions of Pillow load the less common formats only here.
    Image.init()
    built = (name for name, need in OPTIONAL_FORMATS.items() if need in features.get_supported())
    return [name for name in (*FORMATS, *built) if name in Image.OPEN]


def _unidentified(origin: Origin) -> SourceError:
    """The error for data that Pillow does not recognise."""
    head, formats = origin.head(), _formats()
    missing = {"AVIF": head[4:8] == b"ftyp", "JPEG2000": head[4:8] == b"jP  "}
    for name, is_it in missing.items():
        if is_it and name not in formats:
            remedy = "run: pip install -U pillow (11.3 and later read both AVIF and JPEG 2000)"
            return SourceError(origin.shown, f"the installed Pillow does not read {name}", remedy)
    if head.startswith((b"II*\0", b"MM\0*")):
        cause = "is a damaged TIFF, or one that Pillow cannot read"
        return SourceError(origin.shown, cause, "save its values as an .npy file")
    return SourceError(
        origin.shown, "is not an image that poolviz can read", f"use one of {', '.join(formats)}"
    )


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Silence Pillow's warnings and logging, and turn its limit of pixels into an error."""
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
    """Discard what C libraries such as libtiff print."""
    try:
        saved = os.dup(2)
    except OSError:
        # It is closed already.
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


def _check(image: Image.Image, origin: Origin, options: ReadOptions, notes: list[str]) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise SourceError(
            origin.shown,
            f"has {image.width}×{image.height} pixels",
            f"use an image of at most {MOST_PIXELS:,} pixels",
        )
    bytes_per_pixel = BYTES_PER_PIXEL.get(str(image.format), USUAL_BYTES_PER_PIXEL)
    memory = bytes_per_pixel * image.width * image.height
    options.budget.check_source(origin.shown, memory, "use a smaller image")
    if origin.path and image.format != Image.registered_extensions().get(origin.suffix):
        notes.append(f"the file contains {image.format} data, despite its name")
    _choose_frame(image, origin, options.frame, notes)


def _choose_frame(image: Image.Image, origin: Origin, frame: int | None, notes: list[str]) -> None:
    frames, more = _frame_count(image)
    if frame is None and frames > 1:
        several = f"{'more than ' if more else ''}{counted(frames, 'frame')}"
        notes.append(f"the first of {several}; use frame for another")
    if not 0 <= (frame or 0) < frames:
        raise SourceError(
            "frame",
            f"{origin.shown} has many frames, but only the first {frames:,} can be read"
            if more
            else f"{origin.shown} has no frame {frame}",
            f"use a number from 0 to {frames - 1}" if frames > 1 else "use 0",
        )
    if frame:
        image.seek(frame)


def _frame_count(image: Image.Image) -> tuple[int, bool]:
    """The number of frames counted, and whether there are more."""
    if image.format != "TIFF":
        return getattr(image, "n_frames", 1), False
    # Pillow would visit all of them, however many there are.
    frames = 1
    with contextlib.suppress(EOFError):
        while frames <= MOST_FRAMES:
            image.seek(frames)
            frames += 1
    image.seek(0)
    return min(frames, MOST_FRAMES), frames > MOST_FRAMES


def _upright(image: Image.Image, notes: list[str]) -> Image.Image:
    """The image turned upright; its EXIF stays, because damaged EXIF cannot be written again."""
    try:
        turn = _TURNS.get(image.getexif().get(ORIENTATION, UPRIGHT))
    except Exception:  # noqa: BLE001 - Pillow's parser raises many kinds; none harms the pixels
        notes.append("its EXIF data is damaged and was ignored")
        return image
    if turn is None:
        return image
    notes.append("turned upright, according to its EXIF orientation")
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
        notes.append("alpha ignored")
        return np.asarray(image.getchannel(0)), (), 255
    return np.moveaxis(np.asarray(_rgb(image, notes)), -1, 0), RGB, 255


def _rgb(image: Image.Image, notes: list[str]) -> Image.Image:
    """The colours as RGB, unchanged if they are RGB; alpha is ignored, not blended."""
    if image.mode in ("P", "PA"):
        image = image.convert(
            "RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB"
        )
        notes.append("palette colours were converted to RGB")
    if image.mode == "RGBA":
        notes.append("alpha ignored")
        return Image.merge("RGB", image.split()[:3])
    if image.mode != "RGB":
        notes.append(f"{image.mode} was converted to RGB")
    return image.convert("RGB")
