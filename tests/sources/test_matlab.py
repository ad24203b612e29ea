"""MATLAB's files, written here byte by byte, and by SciPy where it is installed."""

import math
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal
from numpy.typing import NDArray

from poolviz import load

Array = NDArray[Any]
VALUES = np.arange(2 * 3 * 4.0).reshape(2, 3, 4)


# By MATLAB's numbers: how values are stored, and what class they are of.
TYPES = {"i1": 1, "u1": 2, "i2": 3, "u2": 4, "i4": 5, "u4": 6, "f4": 7, "f8": 9, "i8": 12, "u8": 13}
CLASSES = {
    "f8": 6, "f4": 7, "i1": 8, "u1": 9, "i2": 10, "u2": 11, "i4": 12, "u4": 13, "i8": 14, "u8": 15,
}  # fmt: skip


def element(order: str, kind: int, data: bytes) -> bytes:
    """A type, a length and data, up to a multiple of 8 bytes; short ones in 8 bytes in all."""
    if 0 < len(data) <= 4:
        return struct.pack(f"{order}I", len(data) << 16 | kind) + data.ljust(4, b"\0")
    return struct.pack(f"{order}II", kind, len(data)) + data + bytes(-len(data) % 8)


def matrix(
    name: str, values: Array, order: str = "<", stored: str = "", flags: int = 0, kind: int = 0
) -> bytes:
    """An array as an element; ``stored`` is another type than its own to store it as."""
    own = values.dtype.str[1:] if values.dtype.kind != "c" else "f8"
    stored = stored or own
    parts = [values.real, values.imag] if values.dtype.kind == "c" else [values]
    flags |= 0x0800 if len(parts) > 1 else 0
    body = element(order, 6, struct.pack(f"{order}II", (kind or CLASSES[own]) | flags, 0))
    body += element(order, 5, struct.pack(f"{order}{values.ndim}i", *values.shape))
    body += element(order, 1, name.encode())
    for part in parts:
        data = np.asarray(part).astype(order + stored).tobytes(order="F")
        body += element(order, TYPES[stored], data)
    return element(order, 14, body)


def mat(*elements: bytes, order: str = "<", packed: bool = False) -> bytes:
    """A file of elements."""
    parts = [
        struct.pack(f"{order}II", 15, len(data)) + data
        for data in map(zlib.compress, elements if packed else ())
    ]
    head = b"MATLAB 5.0 MAT-file, written by hand".ljust(124)
    head += b"\0\1IM" if order == "<" else b"\1\0MI"
    return head + b"".join(parts if packed else elements)


def write(folder: Path, data: bytes) -> Path:
    """``data`` in a file."""
    path = folder / "x.mat"
    path.write_bytes(data)
    return path


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Since version 7.3 a file is HDF5: without h5py one line says what installs it."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    head = b"MATLAB 7.3 MAT-file".ljust(512, b"\0")
    path = write(tmp_path, head + b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert (
        "reading this file requires the h5py package; run: pip install 'poolviz[matlab]'"
        in refusal(path)
    )


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_class_of_numbers_is_read(
    kind: str, order: str, packed: bool, tmp_path: Path
) -> None:
    """Values stand by columns, in either order of bytes, packed or not, and keep their type."""
    values = VALUES.astype(kind)
    feature_map = load(write(tmp_path, mat(matrix("a", values, order), order=order, packed=packed)))
    assert np.array_equal(feature_map.values, values)
    assert feature_map.values.dtype == np.dtype(kind)


def test_stored_type_may_be_smaller(tmp_path: Path) -> None:
    """MATLAB stores doubles that are small integers as bytes; they are doubles all the same."""
    feature_map = load(write(tmp_path, mat(matrix("a", VALUES, stored="u1"))))
    assert np.array_equal(feature_map.values, VALUES)
    assert feature_map.values.dtype == np.float64


def test_logical_values_are_zeros_and_ones(tmp_path: Path) -> None:
    """Logical values are bytes with a flag."""
    values = np.array([[1, 0, 1]], np.uint8)
    assert load(write(tmp_path, mat(matrix("a", values, flags=0x0200)))).values[0].tolist() == [
        [1, 0, 1]
    ]


def test_complex_values_need_a_choice(tmp_path: Path) -> None:
    """Of complex values a part is chosen, as in an .npy."""
    path = write(tmp_path, mat(matrix("a", np.array([[3 + 4j]]))))
    assert load(path, complex_part="abs").values.tolist() == [[[5]]]
    assert "use complex_part=abs, real or imag" in refusal(path)


@pytest.mark.parametrize("packed", [False, True])
def test_key_chooses_an_array(packed: bool, tmp_path: Path) -> None:
    """Of several arrays the key chooses one; texts and cells do not count."""
    text = matrix("text", np.array([[65, 66]], np.uint16), kind=4)
    path = write(
        tmp_path,
        mat(matrix("a", VALUES), text, matrix("second", VALUES[0], stored="i2"), packed=packed),
    )
    assert np.array_equal(load(path, key="second").values[0], VALUES[0])
    assert "holds 2 arrays; choose one with key=NAME: a, second" in refusal(path)


def test_file_without_numbers_is_refused(tmp_path: Path) -> None:
    """Texts alone are no array."""
    path = write(tmp_path, mat(matrix("text", np.array([[65]], np.uint16), kind=4)))
    assert "contains no arrays of numbers" in refusal(path)


@pytest.mark.parametrize("packed", [pytest.param(False, marks=pytest.mark.slow), True])
def test_damaged_file_is_refused(packed: bool, tmp_path: Path) -> None:
    """A file that ends anywhere before its end is refused."""
    data = mat(matrix("a", VALUES), packed=packed)
    for part in range(len(data)):
        message = refusal(write(tmp_path, data[:part]))
        assert "damaged" in message or "versions 5 to 7.3" in message or "no arrays" in message


@pytest.mark.parametrize(
    ("start", "name", "kind"),
    [
        (element("<", 5, struct.pack("<II", 6, 0)), element("<", 1, b"a"), 9),
        (element("<", 6, struct.pack("<I", 6)), element("<", 1, b"a"), 9),
        (element("<", 6, struct.pack("<II", 6, 0)), struct.pack("<I", 5 << 16 | 1) + b"abcd", 9),
        (element("<", 6, struct.pack("<II", 6, 0)), element("<", 1, b"a"), 16),
    ],
    ids=["flags of another type", "flags too short", "short element too long", "text as values"],
)
def test_element_of_another_kind_is_refused(
    start: bytes, name: bytes, kind: int, tmp_path: Path
) -> None:
    """Each of an array's elements has to be what stands at its place."""
    shape = element("<", 5, struct.pack("<ii", 1, 2))
    values = element("<", kind, struct.pack("<dd", 1, 2))
    path = write(tmp_path, mat(element("<", 14, start + shape + name + values)))
    assert "the .mat file is damaged; save it again" in refusal(path)


@pytest.mark.parametrize("shape", [(2, 3), (-2, -3, 4), (2**31 - 1, 2**31 - 1), (0, 3), ()])
def test_shape_that_lies_is_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    """Lengths that are not those of the values are refused before anything is allocated."""
    data = matrix("a", VALUES)
    own = element("<", 5, struct.pack("<3i", *VALUES.shape))
    other = element("<", 5, struct.pack(f"<{len(shape)}i", *shape))
    path = write(tmp_path, mat(element("<", 14, data[8:].replace(own, other))))
    message = refusal(path)
    assert "damaged" in message or "but the limit is" in message


def test_claimed_size_is_checked_first(tmp_path: Path) -> None:
    """What would take more than the budget is refused before it is unpacked."""
    path = write(tmp_path, mat(matrix("a", np.zeros((1000, 1000))), packed=True))
    assert path.stat().st_size < 100_000
    assert "but the limit is" in refusal(path, max_memory="1M")


def test_other_files_of_that_name_are_refused(tmp_path: Path) -> None:
    """What is neither of versions 5 to 7 nor 7.3 is refused, with how to save it."""
    assert "save it again with save -v7" in refusal(write(tmp_path, bytes(200)))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("side", [2, 123])
def test_version_4_is_refused(order: str, side: int, tmp_path: Path) -> None:
    """A file of MATLAB before version 5 is refused by that, with how to save it."""
    # Order of bytes and type, rows, columns, complex or not, length of the name; name; values.
    head = struct.pack(f"{order}5i", 1000 if order == ">" else 0, side, side, 0, 2) + b"a\0"
    path = write(tmp_path, head + np.arange(side * side).astype(f"{order}f8").tobytes())
    expected = "is not a .mat file of version 5 to 7.3; save it again with save -v7"
    assert refusal(path) == f"{path}: {expected}"


@pytest.mark.parametrize("compressed", [False, True])
def test_files_of_scipy_are_read(compressed: bool, tmp_path: Path) -> None:
    """Another program's files: the same arrays."""
    scipy_io = pytest.importorskip("scipy.io")
    variables = {"a": VALUES, "text": "words", "record": {"b": 1}, "cell": np.array([[1]], object)}
    scipy_io.savemat(tmp_path / "x.mat", variables, do_compression=compressed)
    assert np.array_equal(load(tmp_path / "x.mat").values, VALUES)


def test_infinite_imaginary_part_leaves_the_real_one(tmp_path: Path) -> None:
    """1 + ∞i has the real part 1."""
    path = write(tmp_path, mat(matrix("x", np.array([[complex(1, math.inf), 2j]]))))
    assert load(path, complex_part="real").values.tolist() == [[[1.0, 0.0]]]
