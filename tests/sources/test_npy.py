"""NumPy arrays: every kind of number, and headers that lie."""

import contextlib
import gc
import io
import os
import signal
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal
from numpy.typing import NDArray

from poolviz import SourceError, load
from poolviz.sources import _mapping

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
    assert "its values are complex; use complex_part=abs, real or imag" in message


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
    assert "contains Python objects" in message
    assert "allow_pickle" not in message


@pytest.mark.parametrize("data", [b"", b"\x93NUM", b"\x93NUMPY", b"\x93NUMPY\x01\x00"])
def test_file_that_ends_in_its_header_is_refused(data: bytes, tmp_path: Path) -> None:
    """An empty file, or one that stops in the header, is refused."""
    path = tmp_path / "x.npy"
    path.write_bytes(data)
    assert ".npy header is invalid; save it again with numpy.save" in refusal(path)


def test_short_body_is_refused(tmp_path: Path) -> None:
    """A file with less data than its header claims is refused with both numbers."""
    path = save(tmp_path / "x.npy", VALUES.astype("f8"))
    path.write_bytes(path.read_bytes()[:-1])
    assert "specifies 192 bytes of data, but the file has 191" in refusal(path)


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
        f"({'1, ' * 33})",
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
    assert ".npy header is invalid" in refusal(path)


def test_unknown_version_is_refused(tmp_path: Path) -> None:
    """A version of the format that does not exist is refused."""
    path = with_header(tmp_path / "x.npy", header_of("(2, 2)"), bytes(32), version=9)
    assert ".npy header is invalid" in refusal(path)


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
    assert ("its shape is" if shape else "is a single number") in message
    assert "(N, C, H, W)" in message


def test_one_axis_is_one_row(tmp_path: Path) -> None:
    """A 1-D array is one row."""
    assert load(save(tmp_path / "x.npy", np.arange(5))).shape == (1, 5)


def test_axes_of_length_one_before_four_fall_away(tmp_path: Path) -> None:
    """More than four axes pass where the leading ones are 1."""
    for many in (3, 29):
        array = VALUES.reshape(*[1] * many, *VALUES.shape)
        assert load(save(tmp_path / "x.npy", array)).shape == VALUES.shape


def test_batch_gives_its_first_with_a_note(tmp_path: Path) -> None:
    """Of a batch the first is taken, and that is said."""
    path = save(tmp_path / "x.npy", np.stack([VALUES, VALUES + 100, VALUES + 200]))
    feature_map = load(path)
    assert np.array_equal(feature_map.values, VALUES)
    assert feature_map.notes == (
        "3×2×3×4 is read as (N, C, H, W), the first item of a batch of 3;"
        " use index for another item, or poolviz.pool in Python for volumes",
    )


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
    assert "use a number from 0 to 2" in refusal(path, index=index)


@pytest.mark.parametrize("array", [VALUES, VALUES[0], VALUES[0, 0]])
def test_index_without_a_batch_is_refused(array: Array, tmp_path: Path) -> None:
    """An index for what is no batch is refused, not ignored."""
    assert "the array is not a batch" in refusal(save(tmp_path / "x.npy", array), index=0)


def test_colour_last_is_recognised_and_noted(tmp_path: Path) -> None:
    """A last axis of three behind a large plane is taken for colour, and that is said."""
    array = np.arange(8 * 9 * 3).reshape(8, 9, 3)
    feature_map = load(save(tmp_path / "x.npy", array))
    assert np.array_equal(feature_map.values, np.moveaxis(array, -1, 0))
    assert feature_map.notes == ("8×9×3 is read as (H, W, C); use layout=chw for (C, H, W)",)


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
    assert "use one of" in message or "choices" in message


def test_layout_of_a_plane_is_refused(tmp_path: Path) -> None:
    """A layout for an array without channels is refused, not ignored."""
    assert "layout" in refusal(save(tmp_path / "x.npy", VALUES[0]), layout="hwc")


def test_part_of_real_values_is_refused(tmp_path: Path) -> None:
    """A part of values that are not complex is refused, not ignored."""
    message = refusal(save(tmp_path / "x.npy", VALUES), complex_part="real")
    assert message.endswith("its values are real; omit complex_part")


def is_mapped(values: Array) -> bool:
    """Whether an array is, or lies in, a file that is mapped into memory."""
    base: Any = values
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    return isinstance(base, np.memmap)


def sparse(path: Path, side: int, values: Array) -> Path:
    """A square array of bytes, zeros but for the first row, that takes no room on the disk."""
    with_header(path, header_of(f"({side}, {side})", "'|u1'"), values.tobytes())
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - values.size + side * side)
    return path


def test_small_array_is_read_and_a_large_one_mapped(tmp_path: Path) -> None:
    """What is small is read, so that no other program can change it; a large file opens at once."""
    assert not is_mapped(load(save(tmp_path / "x.npy", VALUES)).values)
    row = np.arange(20_000).astype("u1")
    values = load(sparse(tmp_path / "large.npy", 20_000, row)).values
    assert is_mapped(values)
    assert np.array_equal(values[0, 0], row)


def test_share_of_the_budget_decides_what_is_read(tmp_path: Path) -> None:
    """Reading takes no more than an eighth of the memory that may be used."""
    path = save(tmp_path / "x.npy", np.zeros((1000, 1000), np.uint8))
    assert is_mapped(load(path, max_memory="7M").values)
    assert not is_mapped(load(path, max_memory="8M").values)


@pytest.mark.parametrize("shape", ["(4611686018427387904, 0)", "(0, 9223372036854775807)"])
@pytest.mark.parametrize("version", [1, 2, 3])
def test_axis_of_0_hides_no_huge_one(
    shape: str, version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 0 beside a length that no array has is refused, in a file and on standard input."""
    path = with_header(tmp_path / "x.npy", header_of(shape), b"", version)
    assert "impossible shape" in refusal(path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert "impossible shape" in refusal("-")


def test_file_that_ends_early_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that has lost bytes since its size was taken is refused, not filled up."""
    from poolviz.sources._origin import Origin

    path = save(tmp_path / "x.npy", np.arange(100.0))
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-8])
    monkeypatch.setattr(Origin, "size", lambda _: size)
    assert "another program is writing to it" in refusal(path)


def test_map_of_a_file_that_was_changed_tells(tmp_path: Path) -> None:
    """A map knows whether its file is still what it was; one that is gone was whole."""
    path = save(tmp_path / "x.npy", np.arange(4.0))
    feature_map = load(path)
    feature_map.refuse_changed()
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(
        SourceError, match="changed while it was being pooled; run the command again"
    ):
        feature_map.refuse_changed()
    path.unlink()
    feature_map.refuse_changed()


@pytest.mark.parametrize("like", ["keras", "jax"])
def test_framework_decides_where_channels_are(like: str, tmp_path: Path) -> None:
    """Arrays of Keras and JAX have channels last; that is said, and --layout goes before."""
    path = save(tmp_path / "x.npy", VALUES)
    feature_map = load(path, like=like)
    assert np.array_equal(feature_map.values, np.moveaxis(VALUES, -1, 0))
    assert feature_map.notes == ("2×3×4 is read as (H, W, C); use layout=chw for (C, H, W)",)
    assert load(path, like=like, layout="chw").shape == (2, 3, 4)


def test_batch_of_a_framework_has_channels_last(tmp_path: Path) -> None:
    """(N, H, W, C) under Keras: one of N is taken, then its channels."""
    batch = np.arange(2 * 8 * 8 * 16).reshape(2, 8, 8, 16)
    feature_map = load(save(tmp_path / "x.npy", batch), like="keras", index=1)
    assert np.array_equal(feature_map.values, np.moveaxis(batch[1], -1, 0))
    assert "read as (N, H, W, C)" in load(tmp_path / "x.npy", like="keras").notes[0]


@pytest.mark.parametrize("like", [None, "torch", "onnx"])
def test_square_planes_with_another_last_axis_are_noted(like: str | None, tmp_path: Path) -> None:
    """As many rows as columns before another number: (C, H, W), and the other reading is named."""
    feature_map = load(save(tmp_path / "x.npy", np.zeros((7, 7, 5))), like=like)
    assert feature_map.shape == (7, 7, 5)
    assert feature_map.notes == ("7×7×5 is read as (C, H, W); use layout=hwc for (H, W, C)",)


@pytest.mark.parametrize("shape", [(7, 7, 7), (7, 6, 5), (1, 1, 5), (5, 7, 7), (7, 7, 1)])
def test_usual_shapes_have_no_note(shape: tuple[int, ...], tmp_path: Path) -> None:
    """What is (C, H, W) beyond doubt is read without a word."""
    assert load(save(tmp_path / "x.npy", np.zeros(shape))).notes == ()


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_bfloat16_is_read_exactly(suffix: str, tmp_path: Path) -> None:
    """bfloat16, as ml_dtypes saves it, is float32 without its lower half, and that is said."""
    # 1.5, −2, the largest, infinity, and the smallest above 0 (2^−133).
    halves = np.array([[0x3FC0, 0xC000, 0x7F7F, 0x7F80, 0x0001]], "<u2")
    path = tmp_path / f"x{suffix}"
    if suffix == ".npy":
        np.save(path, halves.view("V2"))
    else:
        np.savez(path, a=halves.view("V2"))
    feature_map = load(path)
    expected = [1.5, -2, (2 - 2**-7) * 2.0**127, np.inf, 2.0**-133]
    assert feature_map.values.dtype == np.float32
    assert feature_map.values[0, 0].tolist() == expected
    assert feature_map.notes == (
        "bfloat16 values are read as float32, which represents them exactly",
    )


def test_volumes_are_told_where_they_are_pooled(tmp_path: Path) -> None:
    """Five axes are refused, and what pools them is named."""
    assert "poolviz.pool" in refusal(save(tmp_path / "x.npy", np.zeros((2, 2, 2, 2, 2))))


@pytest.mark.parametrize("order", ["C", "F"])
def test_array_from_standard_input(order: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An array that is piped in is known by its content."""
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(VALUES, order=order))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(buffer.getvalue())))
    assert np.array_equal(load("-").values, VALUES)


def test_bytes_behind_an_array_from_standard_input_are_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows the values is left out, and that is said, in a file and piped in."""
    data = save(tmp_path / "x.npy", VALUES).read_bytes() + b"more"
    (tmp_path / "x.npy").write_bytes(data)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    for feature_map in (load(tmp_path / "x.npy"), load("-")):
        assert np.array_equal(feature_map.values, VALUES)
        assert feature_map.notes == ("4 bytes after the array ignored",)


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Mapped files are watched, as in a command; the handler of the signal is put back."""
    if not hasattr(signal, "SIGIO"):
        pytest.skip("the system gives no leases")
    before = signal.getsignal(signal.SIGIO)
    monkeypatch.setattr(_mapping, "_watching", False)
    _mapping.watch_files()
    yield
    signal.signal(signal.SIGIO, before)


@pytest.mark.usefixtures("watching")
def test_lease_lasts_as_long_as_the_map(tmp_path: Path) -> None:
    """A file is watched while its array is mapped, and can be written to behind that at once."""
    path = save(tmp_path / "x.npy", np.zeros((1000, 1000), np.uint8))
    feature_map = load(path, max_memory="1M")
    descriptors = list(_mapping._leased)  # noqa: SLF001 - a descriptor is seen nowhere else
    if not descriptors:
        pytest.skip("the system gives no lease here")
    assert [*_mapping._leased.values()] == [str(path)]  # noqa: SLF001 - as above
    del feature_map
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptors[0])
    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


@pytest.mark.usefixtures("watching")
def test_writer_to_a_mapped_file_ends_the_work(tmp_path: Path) -> None:
    """As soon as another program wants to write to it, the map is given up with an error."""
    path = save(tmp_path / "x.npy", np.zeros((1000, 1000), np.uint8))
    feature_map = load(path, max_memory="1M")
    if not _mapping._leased:  # noqa: SLF001 - where there is no lease nothing is seen
        pytest.skip("the system gives no lease here")
    with pytest.raises(SourceError, match="another program is writing to it"):
        write_at_once(path)
    assert is_mapped(feature_map.values)


def write_at_once(path: Path) -> None:
    """Open ``path`` for writing, which a lease keeps waiting, and wait for the signal."""
    with contextlib.suppress(BlockingIOError):
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    time.sleep(5)


def test_room_for_a_conversion_is_asked_for(tmp_path: Path) -> None:
    """Complex values take 8 bytes each once more, and what has less room than that is refused."""
    path = save(tmp_path / "x.npy", np.full((1 << 10, 1 << 7), 3 + 4j))
    values = load(path, complex_part="abs", max_memory="1M").values
    assert values.dtype == np.float64
    assert (values == 5).all()
    assert "but the limit is" in refusal(path, complex_part="abs", max_memory="1023k")
