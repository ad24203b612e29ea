"""Images by Pillow: the file's own integers, turned as EXIF says, channels apart."""

import struct
import warnings
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from poolviz.errors import SourceError
from poolviz.feature_map import RGB, FeatureMap
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.text import counted

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
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
        with warnings.catch_warnings(), origin.open() as file:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            image: Image.Image = Image.open(file, formats=FORMATS)
            _check(image, origin, options, notes)
            image.load()
            image = _upright(image, notes)
    except UnidentifiedImageError as error:
        raise SourceError(
            origin.shown, "it is no image", f"give one of {', '.join(FORMATS)}"
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        remedy = f"give an image of at most {Image.MAX_IMAGE_PIXELS:,} pixels"
        raise SourceError(origin.shown, "it has too many pixels", remedy) from error
    except _UNDECODABLE as error:
        raise SourceError(origin.shown, "the image is damaged", "save it again") from error
    return _feature_map(image, origin, options, notes)


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
    _refuse_deep_colour(image, origin)
    _choose_frame(image, origin, options.frame, notes)


def _refuse_deep_colour(image: Image.Image, origin: Origin) -> None:
    """Pillow gives the high bytes of 16-bit colours, and would not say so."""
    raw_modes = [str(part) for tile in getattr(image, "tile", []) for part in np.ravel(tile[3:])]
    if image.mode in ("RGB", "RGBA") and any(";16" in mode for mode in raw_modes):
        raise SourceError(
            origin.shown,
            "its colours have 16 bits, of which only 8 could be read",
            "save its channels as an .npy, or the image with 8 bits",
        )


def _choose_frame(image: Image.Image, origin: Origin, frame: int | None, notes: list[str]) -> None:
    frames = getattr(image, "n_frames", 1)
    if frame is None and frames > 1:
        notes.append(f"the first of {counted(frames, 'frame')}; --frame chooses another")
    if not 0 <= (frame or 0) < frames:
        raise SourceError(
            origin.shown, f"there is no frame {frame}", f"give one from 0 to {frames - 1}"
        )
    if frame:
        image.seek(frame)


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
    image: Image.Image, origin: Origin, options: ReadOptions, notes: list[str]
) -> FeatureMap:
    values, names, highest = _values(image, notes)
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
    if image.mode == "LA":
        notes.append("alpha left out")
        return np.asarray(image.getchannel("L")), (), 255
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
        image.load()
        return Image.merge("RGB", image.split()[:3])
    if image.mode != "RGB":
        notes.append(f"{image.mode} converted to RGB")
    return image.convert("RGB")
