"""NumPy arrays: every kind of number, and headers that lie."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal
from numpy.typing import NDArray

from poolviz import load

Array = NDArray[Any]
VALUES = np.arange(2 * 3 * 4).reshape(2, 3, 4)


def save(path: Path, array: Array) -> Path:
    """``array`` saved at ``path``."""
    np.save(path, array)
    return path


def with_header(path: Path, header: str, body: bytes = b"", version: int = 1) -> Path:
    """A file with a header written by hand."""
    text = header.encode("latin-1") + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    path.write_bytes(b"\x93NUMPY" + bytes([version, 0]) + length + text + body)
    return path


def header_of(shape: str, dtype: str = "'<f8'") -> str:
    """A header with a shape and a type as written."""
    return f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}"


@pytest.mark.parametrize(
    "kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", ">i4", ">f8", ">u2"]
)
def test_every_kind_of_number_is_kept(kind: str, tmp_path: Path) -> None:
    """Integers and floats of any width and order of bytes keep their values."""
    feature_map = load(save(tmp_path / "x.npy", VALUES.astype(kind)))
    assert np.array_equal(feature_map.values, VALUES)
    assert feature_map.values.dtype == np.dtype(kind)
    assert feature_map.name == "x"
    assert feature_map.notes == ()


def test_integers_beyond_the_floats_are_exact(tmp_path: Path) -> None:
    """An integer that no float64 holds keeps its last digit."""
    values = np.array([[2**63 + 1, 2**53 + 1]], np.uint64)
    assert load(save(tmp_path / "x.npy", values)).values[0, 0, 0] == 2**63 + 1


def test_column_major_order_gives_the_same(tmp_path: Path) -> None:
    """The order in memory does not change what is where."""
    assert np.array_equal(load(save(tmp_path / "x.npy", np.asfortranarray(VALUES))).values, VALUES)


def test_booleans_are_zeros_and_ones(tmp_path: Path) -> None:
    """Booleans are taken as 0 and 1."""
    values = load(save(tmp_path / "x.npy", VALUES % 2 == 0)).values
    assert values.dtype == np.uint8
    assert np.array_equal(values, VALUES % 2 == 0)


def test_long_floats_become_float64(tmp_path: Path) -> None:
    """Floats wider than 64 bits are taken as float64."""
    values = load(save(tmp_path / "x.npy", VALUES.astype(np.longdouble))).values
    assert values.dtype == np.float64
    assert np.array_equal(values, VALUES)


@pytest.mark.parametrize(
    ("part", "expected"), [("abs", [[5, 2]]), ("real", [[3, 0]]), ("imag", [[4, -2]])]
)
def test_part_of_complex_values_is_chosen(
    part: str, expected: list[list[int]], tmp_path: Path
) -> None:
    """Of complex values the absolute, real or imaginary part is taken."""
    path = save(tmp_path / "x.npy", np.array([[3 + 4j, -2j]]))
    feature_map = load(path, complex_part=part)
    assert feature_map.values[0].tolist() == expected
    assert feature_map.configuration == (f"complex_part-{part}",)


def test_complex_values_need_a_choice(tmp_path: Path) -> None:
    """Complex values without a choice are refused, with the choices."""
    message = refusal(save(tmp_path / "x.npy", np.array([[1j]])))
    assert "its values are complex; choose --complex abs|real|imag" in message


def test_nan_and_infinities_are_kept(tmp_path: Path) -> None:
    """NaN and infinities are values."""
    values = np.array([[np.nan, np.inf, -np.inf]])
    assert np.array_equal(load(save(tmp_path / "x.npy", values)).values[0], values, equal_nan=True)


@pytest.mark.parametrize(
    "array",
    [
        np.array([["a", "b"]]),
        np.array([[b"a"]]),
        np.zeros((2, 2), [("a", "f8"), ("b", "i4")]),
        np.array([["2020-01-01"]], "datetime64[D]"),
        np.array([[1]], "timedelta64[s]"),
        np.zeros((2, 2), "V4"),
    ],
    ids=lambda array: array.dtype.kind,
)
def test_what_is_no_number_is_refused(array: Array, tmp_path: Path) -> None:
    """Text, bytes, records and dates are refused by their type."""
    assert "not numbers" in refusal(save(tmp_path / "x.npy", array))


def test_objects_are_refused_and_never_loaded(tmp_path: Path) -> None:
    """Objects, which may run code, are refused, with no advice to load them all the same."""
    path = tmp_path / "x.npy"
    np.save(path, np.array([[{"a": 1}]], dtype=object), allow_pickle=True)
    message = refusal(path)
    assert "it holds Python objects" in message
    assert "allow_pickle" not in message


@pytest.mark.parametrize("data", [b"", b"\x93NUM", b"\x93NUMPY", b"\x93NUMPY\x01\x00"])
def test_file_that_ends_in_its_header_is_refused(data: bytes, tmp_path: Path) -> None:
    """An empty file, or one that stops in the header, is refused."""
    path = tmp_path / "x.npy"
    path.write_bytes(data)
    assert "no valid .npy header; save it again with numpy.save" in refusal(path)


def test_short_body_is_refused(tmp_path: Path) -> None:
    """A file with less data than its header claims is refused with both numbers."""
    path = save(tmp_path / "x.npy", VALUES.astype("f8"))
    path.write_bytes(path.read_bytes()[:-1])
    assert "claims 192 bytes, 191 are there" in refusal(path)


@pytest.mark.parametrize(
    "shape",
    [
        "(1000000000000,)",
        "(4294967296, 4294967296)",
        "(9223372036854775807, 9223372036854775807, 2)",
        "(-1, 4)",
        "(True, 4)",
        "(2.0, 2)",
        "('a', 2)",
        f"({'1, ' * 65})",
        "4",
        "None",
        "[2, 2]",
    ],
)
def test_shape_that_lies_is_refused(shape: str, tmp_path: Path) -> None:
    """An impossible shape is refused before anything is allocated."""
    message = refusal(with_header(tmp_path / "x.npy", header_of(shape), bytes(64)))
    assert "header" in message


@pytest.mark.parametrize(
    "header",
    [
        "",
        "{",
        "not a header",
        "{'descr': '<f8'}",
        header_of("(2, 2)", "'no type'"),
        header_of("(2, 2)", "__import__('os').getcwd()"),
        "(" * 300 + ")" * 300,
        "{'descr': '<f8', 'fortran_order': 1, 'shape': (2, 2), }",
        header_of("(2, 2)") + " " * 20_000,
    ],
    ids=lambda header: header[:40],
)
@pytest.mark.parametrize("version", [1, 2, 3])
def test_damaged_header_is_refused(header: str, version: int, tmp_path: Path) -> None:
    """A header that is no plain dictionary of the three fields is refused, and never run."""
    path = with_header(tmp_path / "x.npy", header, bytes(64), version)
    assert "no valid .npy header" in refusal(path)


def test_unknown_version_is_refused(tmp_path: Path) -> None:
    """A version of the format that does not exist is refused."""
    path = with_header(tmp_path / "x.npy", header_of("(2, 2)"), bytes(32), version=9)
    assert "no valid .npy header" in refusal(path)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_each_version_of_the_format_is_read(version: int, tmp_path: Path) -> None:
    """All versions of the format are read."""
    body = np.arange(4.0).tobytes()
    path = with_header(tmp_path / "x.npy", header_of("(2, 2)"), body, version)
    assert load(path).values[0].tolist() == [[0, 1], [2, 3]]


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (0, 3, 3), (2, 1, 2, 3, 4)])
def test_shape_without_a_meaning_is_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    """Scalars, empty arrays and more than four axes are refused with their shape."""
    message = refusal(save(tmp_path / "x.npy", np.zeros(shape)))
    assert "its shape is" in message
    assert "(N, C, H, W)" in message


def test_one_axis_is_one_row(tmp_path: Path) -> None:
    """A 1-D array is one row."""
    assert load(save(tmp_path / "x.npy", np.arange(5))).shape == (1, 5)


def test_axes_of_length_one_before_four_fall_away(tmp_path: Path) -> None:
    """More than four axes pass where the leading ones are 1."""
    array = VALUES.reshape(1, 1, 1, *VALUES.shape)
    assert load(save(tmp_path / "x.npy", array)).shape == VALUES.shape


def test_batch_gives_its_first_with_a_note(tmp_path: Path) -> None:
    """Of a batch the first is taken, and that is said."""
    path = save(tmp_path / "x.npy", np.stack([VALUES, VALUES + 100, VALUES + 200]))
    feature_map = load(path)
    assert np.array_equal(feature_map.values, VALUES)
    assert feature_map.notes == ("the first of a batch of 3; --index chooses another",)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_one_of_a_batch_is_chosen(index: int, tmp_path: Path) -> None:
    """The index chooses from a batch, and goes into the outputs' names."""
    path = save(tmp_path / "x.npy", np.stack([VALUES, VALUES + 100, VALUES + 200]))
    feature_map = load(path, index=index)
    assert np.array_equal(feature_map.values, VALUES + 100 * index)
    assert feature_map.configuration == (f"index-{index}",)
    assert feature_map.notes == ()


@pytest.mark.parametrize("index", [3, -1])
def test_index_outside_the_batch_is_refused(index: int, tmp_path: Path) -> None:
    """An index that is not there is refused, with those that are."""
    path = save(tmp_path / "x.npy", np.stack([VALUES, VALUES, VALUES]))
    assert "give one from 0 to 2" in refusal(path, index=index)


@pytest.mark.parametrize("array", [VALUES, VALUES[0], VALUES[0, 0]])
def test_index_without_a_batch_is_refused(array: Array, tmp_path: Path) -> None:
    """An index for what is no batch is refused, not ignored."""
    assert "it is no batch" in refusal(save(tmp_path / "x.npy", array), index=0)


def test_colour_last_is_recognised_and_noted(tmp_path: Path) -> None:
    """A last axis of three behind a large plane is taken for colour, and that is said."""
    array = np.arange(8 * 9 * 3).reshape(8, 9, 3)
    feature_map = load(save(tmp_path / "x.npy", array))
    assert np.array_equal(feature_map.values, np.moveaxis(array, -1, 0))
    assert feature_map.notes == ("8×9×3 is read as (H, W, C); --layout chw reads (C, H, W)",)


@pytest.mark.parametrize(
    ("layout", "shape"), [("chw", (8, 9, 3)), ("hwc", (3, 8, 9)), (None, (3, 8, 9))]
)
def test_layout_decides_the_order_of_axes(
    layout: str | None, shape: tuple[int, ...], tmp_path: Path
) -> None:
    """A stated layout is followed without a note."""
    feature_map = load(save(tmp_path / "x.npy", np.zeros((8, 9, 3))), layout=layout)
    assert feature_map.shape == shape
    assert bool(feature_map.notes) == (layout is None)


def test_small_planes_are_channels_first(tmp_path: Path) -> None:
    """A small array keeps the usual order of axes, without a note."""
    feature_map = load(save(tmp_path / "x.npy", np.zeros((7, 9, 3))))
    assert feature_map.shape == (7, 9, 3)
    assert feature_map.notes == ()


@pytest.mark.parametrize("option", [{"layout": "nhwc"}, {"complex_part": "phase"}])
def test_unknown_choice_is_refused_with_the_choices(option: dict[str, str], tmp_path: Path) -> None:
    """A word that is no choice is refused, with those that are."""
    from poolviz import SpecError

    message = refusal(save(tmp_path / "x.npy", VALUES), SpecError, **option)
    assert next(iter(option)) in message
    assert "choose from" in message or "choices" in message


def test_layout_of_a_plane_is_refused(tmp_path: Path) -> None:
    """A layout for an array without channels is refused, not ignored."""
    assert "layout" in refusal(save(tmp_path / "x.npy", VALUES[0]), layout="hwc")


def test_part_of_real_values_is_refused(tmp_path: Path) -> None:
    """A part of values that are not complex is refused, not ignored."""
    assert "complex" in refusal(save(tmp_path / "x.npy", VALUES), complex_part="real")


def test_array_is_mapped_not_read(tmp_path: Path) -> None:
    """A file is mapped into memory, so that a large one opens at once."""
    values = load(save(tmp_path / "x.npy", VALUES)).values
    base: Any = values
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


@pytest.mark.parametrize("order", ["C", "F"])
def test_array_from_standard_input(order: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An array that is piped in is known by its content."""
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(VALUES, order=order))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(buffer.getvalue())))
    assert np.array_equal(load("-").values, VALUES)
