"""``.safetensors``, in files that are written here byte by byte."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal

from poolviz import load

VALUES = np.arange(2 * 3 * 4).reshape(2, 3, 4)
NAMES = {
    "F16": "<f2", "F32": "<f4", "F64": "<f8", "I8": "i1", "I16": "<i2", "I32": "<i4",
    "I64": "<i8", "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8",
}  # fmt: skip


def entry(dtype: str, shape: Any, first: Any, last: Any) -> dict[str, Any]:
    """What a header says of a tensor."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [first, last]}


def write(folder: Path, header: Any, data: bytes = b"", length: int | None = None) -> Path:
    """A file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path = folder / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_number_is_kept(name: str, tmp_path: Path) -> None:
    """Integers and floats of any width keep values and type."""
    values = VALUES.astype(NAMES[name])
    header = {"__metadata__": {"a": "b"}, "t": entry(name, [2, 3, 4], 0, values.nbytes)}
    feature_map = load(write(tmp_path, header, values.tobytes()))
    assert np.array_equal(feature_map.values, VALUES)
    assert feature_map.values.dtype == np.dtype(NAMES[name])
    assert feature_map.notes == ()


def test_bfloat16_is_widened_exactly(tmp_path: Path) -> None:
    """bfloat16 is read as float32, and that is said."""
    halves = np.array([[0x3FC0, 0xC000]], "<u2")
    feature_map = load(write(tmp_path, {"t": entry("BF16", [1, 2], 0, 4)}, halves.tobytes()))
    assert feature_map.values.dtype == np.float32
    assert feature_map.values[0, 0].tolist() == [1.5, -2]
    assert "bfloat16 values are read as float32" in feature_map.notes[0]


def test_booleans_are_zeros_and_ones(tmp_path: Path) -> None:
    """Booleans are taken as 0 and 1."""
    path = write(tmp_path, {"t": entry("BOOL", [1, 3], 0, 3)}, b"\1\0\1")
    assert load(path).values[0].tolist() == [[1, 0, 1]]


def test_key_chooses_a_tensor(tmp_path: Path) -> None:
    """Of several tensors the key chooses one; the bytes need not stand in the header's order."""
    header = {"a": entry("U8", [1, 2], 2, 4), "b": entry("U8", [2, 1], 0, 2)}
    path = write(tmp_path, header, bytes((1, 2, 3, 4)))
    assert load(path, key="a").values[0].tolist() == [[3, 4]]
    assert load(path, key="b").values[0].tolist() == [[1], [2]]
    assert load(path, key="a").configuration == ("key-a",)
    assert "holds 2 arrays; choose one with key=NAME: a, b" in refusal(path)


def test_tensor_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Piped in, it is known by its content."""
    path = write(tmp_path, {"t": entry("U8", [1, 2], 0, 2)}, b"\5\6")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert load("-").values[0].tolist() == [[5, 6]]


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xff",
        b'{"t": 1}',
        b"[" * 100_000,
        {"t": {"dtype": "U8", "shape": [1, 2]}},
        {"t": entry("U8", [1, -2], 0, 2)},
        {"t": entry("U8", [-1, -1], 0, 1)},
        {"t": entry("U8", [1, True], 0, 1)},
        {"t": entry("U8", [1, 2.0], 0, 2)},
        {"t": entry("U8", "12", 0, 2)},
        {"t": entry("U8", [1] * 33, 0, 1)},
        {"t": entry("U8", [1, 2], 0, 3)},
        {"t": entry("U8", [1, 2], 2, 0)},
        {"t": entry("U8", [1, 2], -2, 0)},
        {"t": entry("U8", [1, 2], -1, 1)},
        {"t": entry("U8", [1, 9], 0, 9)},
        {"t": entry("F64", [2**40, 2**40], 0, 2**83)},
        {"t": entry("F64", [2**40, 0], 0, 8)},
        {"t": {"dtype": 1, "shape": [1], "data_offsets": [0, 1]}},
    ],
    ids=lambda header: str(header)[:50],
)
def test_header_that_lies_is_refused(header: Any, tmp_path: Path) -> None:
    """A damaged header, or one whose numbers do not fit each other or the file, is refused."""
    assert "header" in refusal(write(tmp_path, header, b"\1\2\3"))


@pytest.mark.parametrize("length", [2**63, 2**24 + 1, 10_000])
def test_length_that_lies_is_refused(length: int, tmp_path: Path) -> None:
    """A header longer than the file is refused before it is read."""
    path = write(tmp_path, {"t": entry("U8", [1, 2], 0, 2)}, b"\1\2", length)
    assert "header is invalid" in refusal(path)


def test_types_without_a_number_of_ours_are_refused(tmp_path: Path) -> None:
    """Eight-bit floats are refused by their name, with those that are read."""
    path = write(tmp_path, {"t": entry("F8_E4M3", [1, 2], 0, 2)}, b"\1\2")
    assert "the unknown type 'F8_E4M3'; save it as one of BOOL, BF16" in refusal(path)


def test_file_without_tensors_is_refused(tmp_path: Path) -> None:
    """Metadata alone are no tensors."""
    for header in ({"__metadata__": {}}, {}):
        assert "contains no arrays of numbers" in refusal(write(tmp_path, header))


def test_most_axes_are_32(tmp_path: Path) -> None:
    """As many axes of length 1 fall away as any NumPy can have."""
    assert load(write(tmp_path, {"t": entry("U8", [1] * 32, 0, 1)}, b"\5")).values.item() == 5


@pytest.mark.parametrize("shape", [[0, 3], [2, 0, 3]])
def test_empty_tensor_is_refused(shape: list[int], tmp_path: Path) -> None:
    """A tensor without values is refused by its shape."""
    assert "its shape is" in refusal(write(tmp_path, {"t": entry("F32", shape, 0, 0)}))


def test_tensor_beyond_the_end_is_refused(tmp_path: Path) -> None:
    """Nine bytes are told of, three are there."""
    path = write(tmp_path, {"t": entry("U8", [1, 9], 0, 9)}, b"\1\2\3")
    assert "does not match the tensor's shape or the file's size" in refusal(path)
