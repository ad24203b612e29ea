"""Images: PNG, JPEG, GIF, WebP, BMP, TIFF, and AVIF and JPEG 2000 if Pillow supports them.

Pillow is loaded only when an image is read.
"""

from poolviz.feature_map import FeatureMap
from poolviz.sources._origin import Origin, ReadOptions

SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff",
    ".avif", ".jp2", ".j2k", ".jpx",
)  # fmt: skip
OPTIONS = ("frame",)
_MAGIC = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+",
    b"RIFF", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ",
)  # fmt: skip
# A brand follows a length of four bytes.
_BRANDS = (b"ftypavif", b"ftypavis", b"ftypmif1", b"ftypmsf1")


def recognises(head: bytes) -> bool:
    """Whether data with these first bytes is an image in an accepted format."""
    return head.startswith(_MAGIC) or head[4:].startswith(_BRANDS)


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read an image: grey as one channel, colour as R, G and B.

    Raises:
        SourceError: it is not an image, is damaged, or has no such frame.
    """
    from poolviz.sources._pixels import read_pixels  # noqa: PLC0415 - loads Pillow

    return read_pixels(origin, options)
