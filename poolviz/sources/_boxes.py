"""How many bits a sample has in formats that are made of boxes: JPEG 2000 and AVIF."""

from collections.abc import Iterator

# A precision that no decoder here gives whole: unknown, or with a sign.
UNKNOWN = 64
_CODESTREAM = b"\xff\x4f\xff\x51"


def jpeg2000_bits(data: bytes) -> int:
    """The most bits of a component; UNKNOWN if they have signs, or are not told of in ``data``."""
    if not data.startswith(_CODESTREAM):
        data = next((body for kind, body in _boxes(data) if kind == b"jp2c"), b"")
    # Marker and length (6 bytes), capabilities (2), eight sizes and offsets of 4 bytes.
    count = int.from_bytes(data[40:42], "big")
    sizes = data[42 : 42 + 3 * count : 3]
    if not data.startswith(_CODESTREAM) or not sizes or max(sizes) & 0x80:
        return UNKNOWN
    # Pillow shifts fewer bits up to 8, or to 16.
    bits = {size + 1 for size in sizes}
    return bits.pop() if len(bits) == 1 and bits <= {8, 16} else UNKNOWN


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each box's type and what of its body there is."""
    at = 0
    while at + 8 <= len(data):
        length, kind, start = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, start = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = at + length if length else len(data)
        if end < at + start:
            return
        yield kind, data[at + start : end]
        at = end


def avif_bits(data: bytes) -> int:
    """The bits of a sample: 8, 10 or 12; UNKNOWN if they are not told of in ``data``."""
    # The configuration of AV1: version, profile and level, then tier, high bit depth, twelve bits.
    at = data.find(b"av1C")
    if at < 0 or at + 7 > len(data):
        return UNKNOWN
    flags = data[at + 6]
    return (12 if flags & 0x20 else 10) if flags & 0x40 else 8
