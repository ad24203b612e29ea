"""The numbers that a picture's file stores, where Pillow gives others or only a part of them."""

import re
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from poolviz.errors import SourceError
from poolviz.sources._boxes import UNKNOWN, avif_bits, jpeg2000_bits
from poolviz.text import counted

# Tags of TIFF.
_BITS, _PHOTOMETRIC, _PLANAR, _SUBSAMPLING, _SAMPLE_FORMAT = 258, 262, 284, 530, 339
_WHITE_IS_ZERO, _YCBCR, _SEPARATE, _SIGNED = 0, 6, 2, 2
# A grey of 1, 2, 4 or 8 bits, perhaps inverted (I), its bits perhaps in reverse (R).
_GREY = re.compile(r"[1L](?:;([24]?)(I?)R?)?")
# By bits: the largest grey, and by what Pillow multiplies to fill 8 bits.
_SHORT = {"2": (3, 85), "4": (15, 17)}
# libtiff gives these in the machine's order of bytes, and Pillow takes them for the file's.
_SWAPPED = {"II": ("I;16S", "I;32S", "F;32F"), "MM": ("I;16BS", "I;32BS", "F;32BF")}
_OTHER_ORDER = "MM" if sys.byteorder == "little" else "II"
_DEEP = ("RGB", "RGBA", "CMYK")


@dataclass(frozen=True)
class Storage:
    """How a file stores its values, as far as Pillow changes them.

    Args:
        raw: Pillow's name of it.
        signed: the integers have a sign.
        swapped: Pillow exchanges the bytes of a value once too often.
    """

    raw: str
    signed: bool = False
    swapped: bool = False

    def restored(self, values: NDArray[Any], highest: int) -> tuple[NDArray[Any], int]:
        """The stored numbers of greys, and the largest that the format can hold (0: any).

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
        grey = _GREY.fullmatch(self.raw)
        if grey is None or highest not in (1, 255):
            return values, highest
        bits, inverted = grey.groups(default="")
        values = highest - values if inverted else values
        if self.signed:
            return values.view(np.int8), 0
        highest, factor = _SHORT.get(bits, (highest, 1))
        return values // np.uint8(factor), highest


def storage_of(image: Image.Image, shown: str, data: bytes, notes: list[str]) -> Storage:
    """How an image that is opened, not yet decoded, stores its values; ``data``: its first bytes.

    Raises:
        SourceError: they cannot be had whole.
    """
    tile = next(iter(getattr(image, "tile", [])), ("", (), 0, ""))
    decoder, arguments = tile[0], tile[3]
    raw = arguments if isinstance(arguments, str) else str(next(iter(arguments or ()), ""))
    bits = _bits(image, raw, data)
    if bits > 8 and (image.mode in _DEEP or image.format in ("AVIF", "JPEG2000")):  # noqa: PLR2004 - a byte
        cause = f"its colours have {bits} bits, of which only 8 could be read"
        if bits == UNKNOWN:
            cause = "its values have neither 8 bits each nor, as one grey channel, 16"
        remedy = "save its channels as an .npy, or the image with 8 bits"
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
    """Bits of a sample, where there are more than 8; else 8 or fewer."""
    if image.format == "TIFF":
        tags: Any = image.tag_v2  # type: ignore[attr-defined]
        return int(max(tags.get(_BITS, (1,))))
    if image.format == "AVIF":
        return avif_bits(data)
    if image.format == "JPEG2000":
        # Greys of 16 bits are Pillow's own; of others it gives the upper bits.
        bits = jpeg2000_bits(data)
        return 8 if bits == 16 and image.mode == "I;16" else bits  # noqa: PLR2004 - as said
    return 16 if ";16" in raw and not raw.startswith("BGR") else 8


def _check_bmp(
    image: Image.Image, shown: str, decoder: str, raw: str, notes: list[str], data: bytes
) -> None:
    if raw in ("BGR;15", "BGR;16"):
        notes.append("colours of 5 or 6 bits are stretched to 8")
    # A palette of greys is left out by Pillow, which then takes 8 bits (or 1) for a cell.
    header = int.from_bytes(data[14:18], "little")
    bits = int.from_bytes(data[24:26] if header == 12 else data[28:30], "little")  # noqa: PLR2004 - the oldest header's length
    wanted = {"1": 1, "L": 8}.get(image.mode, bits)
    if bits != wanted and (decoder == "raw" or image.mode == "1"):
        raise SourceError(shown, f"its greys of {bits} bits cannot be read", "save it as a PNG")


def _check_tiff(
    image: Image.Image, tags: Any, shown: str, decoder: str, raw: str, notes: list[str]
) -> None:
    bands, samples = image.getbands(), len(tags.get(_BITS, (1,)))
    remedy = "save its channels as an .npy, or the image as a PNG"
    if image.mode == "LAB":
        raise SourceError(shown, "its colours are L*a*b*", "save it as RGB")
    if tags.get(_PLANAR) == _SEPARATE and image.mode in ("LA", "La", "PA"):
        raise SourceError(shown, "its grey and alpha are stored apart", remedy)
    subsampled = tuple(tags.get(_SUBSAMPLING, (2, 2))) != (1, 1)
    if tags.get(_PHOTOMETRIC) == _YCBCR and decoder == "raw" and len(bands) > 1 and subsampled:
        raise SourceError(shown, "its colours are subsampled without compression", remedy)
    if tags.get(_PHOTOMETRIC, _WHITE_IS_ZERO) == _WHITE_IS_ZERO and len(bands) == 1:
        notes.append("0 stands for white; the numbers are as stored")
    if tags.get(_PHOTOMETRIC) == _YCBCR and raw == "RGBX":
        notes.append("YCbCr converted to RGB")
    if raw.startswith("RGBa"):
        notes.append("its colours are divided by their alpha")
    if samples > len(bands):
        notes.append(f"{counted(samples - len(bands), 'further channel')} left out")
