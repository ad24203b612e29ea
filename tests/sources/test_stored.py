"""The numbers that a TIFF, PNG or BMP stores, in files that are written here byte by byte."""

import struct
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import pytest
from loading import refusal
from numpy.typing import NDArray

from poolviz import load

Array = NDArray[Any]
WIDTH, HEIGHT = 7, 3
LONG, SHORT = 4, 3
NONE, DEFLATE = 1, 8
BLACK_IS_ZERO, WHITE_IS_ZERO, RGB, CMYK, LAB = 1, 0, 2, 5, 8
WHITE_NOTE = "0 means white; the numbers are unchanged"

OLD_PILLOW = int(PIL.__version__.split(".")[0]) < 11


def tiff(
    planes: list[bytes],
    bits: tuple[int, ...],
    order: str = "<",
    compression: int = NONE,
    **tags: int | tuple[int, ...],
) -> bytes:
    """A TIFF of one strip for each plane; ``tags`` by name, besides those that are needed."""
    numbers = {
        "width": 256, "height": 257, "bits": 258, "compression": 259, "photometric": 262,
        "offsets": 273, "samples": 277, "rows": 278, "counts": 279, "planar": 284,
        "extra": 338, "format": 339, "subsampling": 530,
    }  # fmt: skip
    strips = [zlib.compress(plane) if compression == DEFLATE else plane for plane in planes]
    starts = [8 + sum(map(len, strips[:at])) for at in range(len(strips))]
    fields: dict[str, Any] = {
        "width": WIDTH, "height": HEIGHT, "bits": bits, "compression": compression,
        "photometric": BLACK_IS_ZERO, "offsets": tuple(starts), "samples": len(bits),
        "rows": HEIGHT, "counts": tuple(map(len, strips)), **tags,
    }  # fmt: skip
    body = b"".join(strips)
    behind = 8 + len(body) + 2 + 12 * len(fields) + 4
    entries, values = b"", b""
    for number, value in sorted((numbers[name], value) for name, value in fields.items()):
        many = value if isinstance(value, tuple) else (value,)
        kind = LONG if number in (273, 279) else SHORT
        data = struct.pack(f"{order}{len(many)}{'I' if kind == LONG else 'H'}", *many)
        if len(data) > 4:
            place = struct.pack(f"{order}I", behind + len(values))
            values += data
        else:
            place = data.ljust(4, b"\0")
        entries += struct.pack(f"{order}HHI", number, kind, len(many)) + place
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(body))
    count = struct.pack(f"{order}H", len(fields))
    return head + body + count + entries + bytes(4) + values


def packed(values: Array, bits: int) -> bytes:
    """Values of fewer than 8 bits, the first highest, each row in bytes of its own."""
    rows = []
    for row in values.tolist():
        digits = "".join(f"{value:0{bits}b}" for value in row)
        digits = digits.ljust(-(-len(digits) // 8) * 8, "0")
        rows.append(int(digits, 2).to_bytes(len(digits) // 8, "big"))
    return b"".join(rows)


def numbers(kind: str, lowest: int, highest: int) -> Array:
    """All of a range, from its lowest to its highest number."""
    return np.linspace(lowest, highest, WIDTH * HEIGHT).astype(kind).reshape(HEIGHT, WIDTH)


def write(folder: Path, data: bytes, suffix: str = ".tif") -> Path:
    """``data`` in a file."""
    path = folder / f"x{suffix}"
    path.write_bytes(data)
    return path


INTEGERS = {
    "u1": (numbers("u1", 0, 255), 1), "i1": (numbers("i1", -128, 127), 2),
    "u2": (numbers("u2", 0, 65535), 1), "i2": (numbers("i2", -32768, 32767), 2),
    "u4": (numbers("u4", 0, 2**32 - 1), 1), "i4": (numbers("i4", -(2**31), 2**31 - 1), 2),
    "f4": (np.geomspace(1e-30, 1e30, 21).astype("f4").reshape(HEIGHT, WIDTH) * -1, 3),
}  # fmt: skip


@pytest.mark.parametrize("kind", INTEGERS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [NONE, DEFLATE])
def test_grey_tiff_gives_its_numbers(
    kind: str, order: str, compression: int, tmp_path: Path
) -> None:
    """With and without sign, of any width, in either order of bytes, packed or not."""
    values, sample_format = INTEGERS[kind]
    data = values.astype(order + kind).tobytes()
    bits = (8 * values.itemsize,)
    path = write(tmp_path, tiff([data], bits, order, compression, format=sample_format))
    if (kind, order) == ("u4", ">"):
        # Pillow has no reader of it.
        assert "is a damaged TIFF" in refusal(path)
        return
    feature_map = load(path)
    assert np.array_equal(feature_map.values[0], values)
    assert feature_map.values.dtype.kind == values.dtype.kind
    # Pillow before 11 gives 32 bits for these 16.
    wider = OLD_PILLOW and (kind, order) == ("i2", ">")
    assert feature_map.values.dtype.itemsize == values.itemsize or wider
    assert feature_map.value_range == {"u1": (0, 255), "u2": (0, 65535)}.get(kind)
    assert feature_map.notes == ()


@pytest.mark.parametrize("photometric", [BLACK_IS_ZERO, WHITE_IS_ZERO])
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [NONE, DEFLATE])
def test_short_greys_are_neither_stretched_nor_inverted(
    photometric: int, bits: int, order: str, compression: int, tmp_path: Path
) -> None:
    """1, 2, 4 and 8 bits: the stored numbers, whatever stands for white; which is noted."""
    values = np.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) * 7 % (1 << bits)
    data = packed(values, bits)
    path = write(tmp_path, tiff([data], (bits,), order, compression, photometric=photometric))
    feature_map = load(path)
    assert np.array_equal(feature_map.values[0], values)
    assert feature_map.value_range == (0, (1 << bits) - 1)
    assert feature_map.notes == ((WHITE_NOTE,) if photometric == WHITE_IS_ZERO else ())


def test_white_is_zero_is_noted_of_16_bits_too(tmp_path: Path) -> None:
    """Greys of 8 and 16 bits are treated alike."""
    values, _ = INTEGERS["u2"]
    data = values.astype("<u2").tobytes()
    feature_map = load(write(tmp_path, tiff([data], (16,), photometric=WHITE_IS_ZERO)))
    assert np.array_equal(feature_map.values[0], values)
    assert feature_map.notes == (WHITE_NOTE,)


def test_12_bits_are_not_stretched(tmp_path: Path) -> None:
    """12-bit greys keep their numbers, and the range of 12 bits."""
    values = numbers("u2", 0, 4095)
    data = packed(values, 12)
    feature_map = load(write(tmp_path, tiff([data], (12,))))
    assert np.array_equal(feature_map.values[0], values)
    assert feature_map.value_range == (0, 4095)


COLOURS = np.stack([numbers("u1", 0, 250), numbers("u1", 250, 0), numbers("u1", 9, 99)])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [NONE, DEFLATE])
@pytest.mark.parametrize("planar", [1, 2])
def test_colours_are_read_chunky_and_planar(
    order: str, compression: int, planar: int, tmp_path: Path
) -> None:
    """Colours of 8 bits come back, stored pixel by pixel or plane by plane."""
    planes = [plane.tobytes() for plane in COLOURS]
    planes = planes if planar == 2 else [np.moveaxis(COLOURS, 0, -1).tobytes()]
    tags = {"photometric": RGB, "planar": planar}
    feature_map = load(write(tmp_path, tiff(planes, (8, 8, 8), order, compression, **tags)))
    assert np.array_equal(feature_map.values, COLOURS)
    assert feature_map.notes == ()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compression", [NONE, DEFLATE])
@pytest.mark.parametrize("planar", [1, 2])
@pytest.mark.parametrize(("photometric", "samples"), [(RGB, 3), (CMYK, 4)])
def test_deep_colours_are_refused(
    order: str, compression: int, planar: int, photometric: int, samples: int, tmp_path: Path
) -> None:
    """16-bit colours are refused however they are stored: Pillow has only 8 bits of them."""
    plane = numbers("u2", 0, 900).astype(f"{order}u2")
    planes = [plane.tobytes()] * samples
    planes = planes if planar == 2 else [np.repeat(plane[..., None], samples, -1).tobytes()]
    tags = {"photometric": photometric, "planar": planar}
    path = write(tmp_path, tiff(planes, (16,) * samples, order, compression, **tags))
    message = refusal(path)
    # CMYK in planes of 16 bits has no reader at all.
    assert "16 bits" in message or "is a damaged TIFF" in message


def test_alpha_that_is_multiplied_in_is_noted(tmp_path: Path) -> None:
    """Of colours multiplied by their alpha, the quotient is read, and that is said."""
    pixels = np.dstack([np.full((HEIGHT, WIDTH), value, np.uint8) for value in (10, 20, 30, 51)])
    tags = {"photometric": RGB, "extra": 1}
    feature_map = load(write(tmp_path, tiff([pixels.tobytes()], (8,) * 4, **tags)))
    assert feature_map.values[:, 0, 0].tolist() == [50, 100, 150]
    assert "colours were divided by their alpha" in feature_map.notes


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_grey_beside_another_channel_is_as_stored(extra: int, tmp_path: Path) -> None:
    """Of grey with alpha, of either kind, or with an unknown channel: the grey, and a note."""
    grey = COLOURS[0]
    pixels = np.dstack([grey, np.full_like(grey, 100)])
    path = write(tmp_path, tiff([pixels.tobytes()], (8, 8), extra=extra))
    if OLD_PILLOW and extra < 2:
        assert "is a damaged TIFF" in refusal(path)
        return
    feature_map = load(path)
    assert np.array_equal(feature_map.values[0], grey)
    expected = "1 further channel ignored" if extra == 0 else "alpha ignored"
    assert feature_map.notes == (expected,)


def test_channel_beside_colours_is_left_out_and_noted(tmp_path: Path) -> None:
    """Of colours with an unknown channel: the colours, which are not called converted."""
    pixels = np.dstack([*COLOURS, np.full_like(COLOURS[0], 100)])
    tags = {"photometric": RGB, "extra": 0}
    feature_map = load(write(tmp_path, tiff([pixels.tobytes()], (8,) * 4, **tags)))
    assert np.array_equal(feature_map.values, COLOURS)
    assert feature_map.notes == ("1 further channel ignored",)


@pytest.mark.parametrize("compression", [NONE, DEFLATE])
def test_grey_and_alpha_in_planes_are_refused(compression: int, tmp_path: Path) -> None:
    """Grey and alpha that are stored apart would be mixed up by Pillow."""
    planes = [COLOURS[0].tobytes(), COLOURS[1].tobytes()]
    path = write(tmp_path, tiff(planes, (8, 8), "<", compression, planar=2, extra=2))
    assert "stored as separate planes" in refusal(path)


@pytest.mark.parametrize(
    ("photometric", "cause"), [(LAB, "L*a*b*"), (6, "subsampled without compression")]
)
def test_other_colours_are_refused(photometric: int, cause: str, tmp_path: Path) -> None:
    """Lab, and YCbCr with fewer colours than pixels, are refused, with a remedy."""
    data = np.moveaxis(COLOURS, 0, -1).tobytes()
    assert cause in refusal(write(tmp_path, tiff([data], (8, 8, 8), photometric=photometric)))


def png(depth: int, colour: int, rows: bytes) -> bytes:
    """A PNG of one colour type and depth."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_grey_png_gives_its_numbers(bits: int, tmp_path: Path) -> None:
    """Greys of every depth that PNG has, none of them stretched."""
    values = numbers("u4", 0, (1 << bits) - 1)
    data = packed(values, bits)
    stride = len(data) // HEIGHT
    rows = b"".join(b"\0" + data[at * stride : (at + 1) * stride] for at in range(HEIGHT))
    feature_map = load(write(tmp_path, png(bits, 0, rows), ".png"))
    assert np.array_equal(feature_map.values[0], values)
    assert feature_map.value_range == (0, (1 << bits) - 1)


def bmp(bits: int, rows: bytes, palette: bytes = b"") -> bytes:
    """An uncompressed BMP; its rows from the lowest up, each padded to 4 bytes."""
    start = 14 + 40 + len(palette)
    info = struct.pack(
        "<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, bits, 0, len(rows), 0, 0, len(palette) // 4, 0
    )
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + info + palette + rows


def lined_up(rows: list[bytes]) -> bytes:
    """Rows as BMP has them."""
    return b"".join(row.ljust(-(-len(row) // 4) * 4, b"\0") for row in reversed(rows))


def test_bmp_of_16_bits_is_noted(tmp_path: Path) -> None:
    """Five bits a colour are stretched by Pillow, which is said."""
    pixel = 31 << 10 | 16 << 5 | 1
    rows = lined_up([struct.pack("<H", pixel) * WIDTH] * HEIGHT)
    feature_map = load(write(tmp_path, bmp(16, rows), ".bmp"))
    assert feature_map.notes == ("colours of 5 or 6 bits were scaled to 8 bits",)
    assert feature_map.values[:, 0, 0].tolist() == [255, 131, 8]


@pytest.mark.parametrize("bits", [1, 4, 8])
def test_grey_bmp_gives_its_numbers_or_is_refused(bits: int, tmp_path: Path) -> None:
    """A palette of greys is no reason to take 4 bits for 8."""
    values = np.arange(WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) * 3 % (1 << bits)
    data = packed(values, bits)
    stride = len(data) // HEIGHT
    rows = lined_up([data[at * stride : (at + 1) * stride] for at in range(HEIGHT)])
    greys = (0, 255) if bits == 1 else range(1 << bits)
    palette = b"".join(bytes((grey, grey, grey, 0)) for grey in greys)
    path = write(tmp_path, bmp(bits, rows, palette), ".bmp")
    if bits == 4:
        assert "its 4-bit grey values cannot be read; save it as a PNG" in refusal(path)
        return
    assert np.array_equal(load(path).values[0], values)


def test_directories_of_a_tiff_are_counted_to_a_limit(tmp_path: Path) -> None:
    """Of a TIFF with very many frames no more than 1,000 are gone through, and that is said."""
    frame = tiff([INTEGERS["u1"][0].tobytes()], (8,))
    start = int.from_bytes(frame[4:8], "little")
    directory = frame[start:]
    count = 3000
    offsets = [start + at * len(directory) for at in range(1, count + 1)]
    # Each directory ends with the place of the next one.
    parts = [directory[:-4] + struct.pack("<I", offset) for offset in offsets]
    path = write(tmp_path, frame[:start] + b"".join(parts) + directory)
    feature_map = load(path)
    assert feature_map.notes == ("the first of more than 1,000 frames; use frame for another",)
    assert np.array_equal(feature_map.values[0], INTEGERS["u1"][0])
    assert load(path, frame=999).values.shape == (1, HEIGHT, WIDTH)
    assert (
        "has many frames, but only the first 1,000 can be read; use a number from 0 to 999"
        in refusal(path, frame=1000)
    )


def test_many_tiles_are_read_soon(tmp_path: Path) -> None:
    """A small TIFF of very many tiles, all of the same bytes, is that tile again and again."""
    side, across = 16, 60
    width, count, tile = side * across, across * across, numbers("u1", 0, 255).ravel()[:16]
    data = np.tile(tile, (side, 1)).tobytes()
    behind = 8 + len(data) + 2 + 12 * 10 + 4
    fields = {
        256: width, 257: width, 258: 8, 259: NONE, 262: BLACK_IS_ZERO, 277: 1, 322: side,
        323: side, 324: behind, 325: behind + 4 * count,
    }  # fmt: skip
    entries = b"".join(
        struct.pack("<HHII", number, LONG, count if number in (324, 325) else 1, value)
        for number, value in fields.items()
    )
    places = struct.pack("<I", 8) * count + struct.pack("<I", len(data)) * count
    head = b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(fields))
    start = time.monotonic()
    feature_map = load(write(tmp_path, head + entries + bytes(4) + places))
    assert time.monotonic() - start < 20
    assert np.array_equal(feature_map.values[0], np.tile(tile, (width, across)))
