"""An attack corpus: files that are damaged, lie about their size, or want to run code.

python tests/faults/corpus.py FOLDER
"""

import io
import pickle
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

MAGIC = b"\x93NUMPY\x01\x00"
IMAGES = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "tif": "TIFF", "bmp": "BMP"}


def image(kind: str, side: int = 64, mode: str = "RGB") -> bytes:
    """A sound image."""
    values = np.random.default_rng(1).integers(0, 256, (side, side, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(values).convert(mode).save(buffer, kind)
    return buffer.getvalue()


def array(values: object = None) -> bytes:
    """A sound ``.npy``."""
    buffer = io.BytesIO()
    np.save(buffer, np.arange(36.0).reshape(6, 6) if values is None else values)
    return buffer.getvalue()


def header(text: str, body: bytes = b"") -> bytes:
    """An ``.npy`` whose header is any text."""
    padded = text.encode("latin1").ljust(117) + b"\n"
    return MAGIC + struct.pack("<H", len(padded)) + padded + body


def shaped(shape: str, kind: str = "'<f8'", body: bytes = b"\0" * 288) -> bytes:
    """An ``.npy`` that claims a shape."""
    return header(f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}", body)


def archive(**members: bytes) -> bytes:
    """A zip of members by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG that claims any size, with hardly any data."""
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    start = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", start) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def safetensors(header: bytes, body: bytes = bytes(16), length: int | None = None) -> bytes:
    """A ``.safetensors`` with any header."""
    return struct.pack("<Q", len(header) if length is None else length) + header + body


def tensor(shape: str, last: int = 16, kind: str = "F32") -> bytes:
    """A header of one tensor that claims a shape and an end."""
    entry = f'"dtype":"{kind}","shape":{shape},"data_offsets":[0,{last}]'
    return f'{{"a":{{{entry}}}}}'.encode()


def many_directories(count: int) -> bytes:
    """A TIFF of 2×2 pixels with very many directories."""
    pixel = [(256, 2), (257, 2), (258, 8), (259, 1), (262, 1), (273, 8), (278, 2), (279, 4)]
    entries = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in pixel)
    directory = struct.pack("<H", len(pixel)) + entries
    length = len(directory) + 4
    places = [*(12 + at * length for at in range(1, count)), 0]
    chain = b"".join(directory + struct.pack("<I", place) for place in places)
    return b"II*\0" + struct.pack("<I", 12) + b"\x07\x01\x02\x03" + chain


def many_samples() -> bytes:
    """A TIFF of which Pillow's logger says something."""
    data = bytearray(image("TIFF"))
    place = data.index(struct.pack("<HHI", 277, 3, 1)) + 8
    data[place : place + 4] = struct.pack("<I", 60_000)
    return bytes(data)


def rubbish_in_tiff() -> bytes:
    """A packed TIFF of which libtiff says something."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(image("PNG"))) as picture:
        picture.save(buffer, "TIFF", compression="tiff_lzw")
    data = bytearray(buffer.getvalue())
    data[100:400] = b"\xff" * 300
    return bytes(data)


def matrix(values: bytes = bytes(32), rows: int = 2) -> bytes:
    """A ``.mat`` with two columns of doubles that claims so many rows."""
    parts = [(6, struct.pack("<II", 6, 0)), (5, struct.pack("<ii", rows, 2)), (1, b"a" * 8)]
    body = b"".join(
        struct.pack("<II", kind, len(part)) + part for kind, part in [*parts, (9, values)]
    )
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM"
    return head + struct.pack("<II", 14, len(body)) + body


class _Evil:
    """What would make a file if it were unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, ("pwned", "w")


def _bomb() -> bytes:
    """A small archive whose one array claims and unpacks to much."""
    return archive(**{"a.npy": array(np.zeros((40, 1000, 1000), np.uint8))})


def _packed() -> bytes:
    """A small array, with many zeros behind it, compressed so that they come all at once."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as file:
        file.writestr("a.npy", array() + bytes(300 << 20))
    return buffer.getvalue()


def _truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


FILES: dict[str, Callable[[], bytes]] = {
    **{
        f"truncated.{end}": lambda kind=kind: _truncated(image(kind))
        for end, kind in IMAGES.items()
    },
    "empty.png": lambda: b"",
    "text.png": lambda: b"this is no picture\n",
    "jpeg.png": lambda: image("JPEG"),
    "eps.png": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "over.png": lambda: huge_png(20_000, 20_000),
    "bomb.png": lambda: huge_png(9_000, 9_000),
    "wide.png": lambda: huge_png(2**31, 4),
    "flat.png": lambda: huge_png(0, 4),
    "empty.npy": lambda: b"",
    "magic.npy": lambda: MAGIC,
    "short.npy": lambda: array()[:200],
    "junk.npy": lambda: array() + b"more",
    "claims.npy": lambda: shaped("(1000000, 1000000)"),
    "overflow.npy": lambda: shaped("(9223372036854775807, 9223372036854775807)"),
    "digits.npy": lambda: header(
        f"{{'descr':'<f8','fortran_order':False,'shape':({'9' * 3500},{'9' * 3500})}}"
    ),
    "beyond.npy": lambda: shaped("(0, 1000000000000000000000000000000)"),
    "negative.npy": lambda: shaped("(-6, 6)"),
    "bool.npy": lambda: shaped("(True, 36)"),
    "axes.npy": lambda: shaped("(" + "1, " * 70 + ")"),
    "long.npy": lambda: MAGIC + struct.pack("<H", 20_000) + b" " * 20_000,
    "nested.npy": lambda: header("(" * 110),
    "code.npy": lambda: header("__import__('pathlib').Path('pwned').touch()"),
    "objects.npy": lambda: array(np.array([[_Evil()]], dtype=object)),
    "pickle.npy": lambda: pickle.dumps(_Evil()),
    "zip.npy": lambda: archive(**{"a.npy": array()}),
    "bomb.npz": _bomb,
    "up.npz": lambda: archive(**{"../../pwned.npy": array()}),
    "packed.npz": _packed,
    "broken.npz": lambda: archive(**{"a.npy": array()})[:60],
    "structured.npy": lambda: array(np.zeros((2, 2), [("a", "f4"), ("b", "i4")])),
    "words.npy": lambda: array(np.array([["a", "b"]])),
    "dates.npy": lambda: array(np.zeros((2, 2), "M8[s]")),
    "complex.npy": lambda: array(np.ones((4, 4), complex)),
    "scalar.npy": lambda: array(np.float64(3)),
    "five.npy": lambda: array(np.zeros((2, 2, 2, 2, 2))),
    "none.npy": lambda: array(np.zeros((0, 4))),
    "ragged.csv": lambda: b"1,2,3\n4,5\n",
    "text.csv": lambda: b"1,2\n3,x\n",
    "mark.csv": lambda: b"\xef\xbb\xbf1,2\n3,4\n",
    "model.pt": lambda: pickle.dumps(_Evil()),
    "zipped.pth": lambda: archive(**{"archive/data.pkl": pickle.dumps(_Evil())}),
    "zero.npy": lambda: shaped("(4611686018427387904, 0)"),
    "zeros.npy": lambda: shaped("(0, 9223372036854775807)"),
    "keys.npz": lambda: archive(**{f"{at}{'k' * 300}.npy": b"" for at in range(3_000)}),
    "directories.tif": lambda: many_directories(20_000),
    "samples.tif": many_samples,
    "rubbish.tif": rubbish_in_tiff,
    "ok.safetensors": lambda: safetensors(tensor("[2,2]")),
    "brace.safetensors": lambda: safetensors(b"{"),
    "nested.safetensors": lambda: safetensors(b"[" * 100_000),
    "long.safetensors": lambda: safetensors(tensor("[2,2]"), length=2**63),
    "claims.safetensors": lambda: safetensors(tensor("[1000000,1000000]", 4 * 10**12)),
    "overflow.safetensors": lambda: safetensors(tensor(f"[{2**62},{2**62}]", 2**63)),
    "kind.safetensors": lambda: safetensors(tensor("[4,4]", 16, "F8_E5M2")),
    "short.mat": lambda: matrix()[:-4],
    "claims.mat": lambda: matrix(rows=2**31 - 1),
    "other.mat": lambda: b"no MATLAB\n" * 20,
    "claims.pgm": lambda: b"P5\n999999999 999999999\n255\n...",
    "levels.pgm": lambda: b"P5 1 1 65536 ..",
    "abridged.txt": lambda: b"[[1, 2, ..., 3]]",
    "ragged.json": lambda: b"[[1, 2], [3]]",
    "deep.json": lambda: b"[" * 100_000,
    "ok.mat": matrix,
    "ok.pgm": lambda: b"P5\n2 1\n1000\n\x01\x02\x03\x04",
    "ok.json": lambda: b"tensor([[1., 2.], [3., 4.]], dtype=torch.float64)",
    "ok.npy": array,
    "ok.png": lambda: image("PNG"),
}


def write(folder: Path) -> None:
    """Write all of it."""
    folder.mkdir(exist_ok=True)
    for name, make in FILES.items():
        (folder / name).write_bytes(make())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
