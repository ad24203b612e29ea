"""Images: PNG, JPEG, GIF, WebP, BMP, TIFF. Pillow is loaded only when one is read."""

from poolviz.feature_map import FeatureMap
from poolviz.sources._origin import Origin, ReadOptions

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
OPTIONS = ("frame",)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")


def recognises(head: bytes) -> bool:
    """Whether data that begins so is an image of an accepted format."""
    return head.startswith(_MAGIC)


def read(origin: Origin, options: ReadOptions) -> FeatureMap:
    """Read an image: grey as one channel, colour as R, G and B.

    Raises:
        SourceError: it is no such image, is damaged, or has no such frame.
    """
    from poolviz.sources._pixels import read_pixels  # noqa: PLC0415 - see above

    return read_pixels(origin, options)
