"""Netpbm's pictures, written by hand."""

import io
from pathlib import Path

import numpy as np
import pytest
from loading import refusal

from poolviz import load


def write(folder: Path, data: bytes, suffix: str = ".pnm") -> Path:
    """``data`` in a file."""
    path = folder / f"x{suffix}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "values", "highest"),
    [
        (b"P1\n3 2\n1 0 1\n0 1 1\n", [[1, 0, 1], [0, 1, 1]], 1),
        (b"P1 # bits\n3 2\n101011", [[1, 0, 1], [0, 1, 1]], 1),
        (b"P4\n9 2\n\x80\x80\x01\x00", [[1, *[0] * 7, 1], [*[0] * 7, 1, 0]], 1),
        (b"P2\n# made by hand\n2 2\n# largest\n9\n0 9 # end\n3 4\n", [[0, 9], [3, 4]], 9),
        (b"P2 2 1 1000 300 1000", [[300, 1000]], 1000),
        (b"P5\n2 2\n255\n\x00\xff\x20\x0a", [[0, 255], [32, 10]], 255),
        (b"P5 2 1 9 \x03\x09", [[3, 9]], 9),
        (b"P5\n2 1\n65535\n\x01\x02\xff\xff", [[258, 65535]], 65535),
        (b"P5\n2 1\n1023\n\x01\x02\x03\xff", [[258, 1023]], 1023),
    ],
)
def test_greys_and_bits_are_as_stored(
    data: bytes, values: list[list[int]], highest: int, tmp_path: Path
) -> None:
    """Text or bytes, one byte or two, any largest value: the numbers of the file."""
    feature_map = load(write(tmp_path, data))
    assert feature_map.values.tolist() == [values]
    assert feature_map.value_range == (0, highest)
    assert bool(feature_map.notes) == (highest == 1)


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b"P3\n2 1\n255\n1 2 3 4 5 6\n", [[[1, 4]], [[2, 5]], [[3, 6]]]),
        (b"P6\n2 1\n255\n\x01\x02\x03\x04\x05\x06", [[[1, 4]], [[2, 5]], [[3, 6]]]),
        (b"P6 1 1 4095 \x01\x02\x03\x04\x05\x06", [[[258]], [[772]], [[1286]]]),
    ],
)
def test_colours_are_as_stored(data: bytes, values: list[list[list[int]]], tmp_path: Path) -> None:
    """Colours, of 16 bits too, as R, G and B."""
    feature_map = load(write(tmp_path, data, ".ppm"))
    assert feature_map.values.tolist() == values
    assert feature_map.is_rgb


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "header is invalid"),
        (b"P5", "header is invalid"),
        (b"P5\n2\n", "header is invalid"),
        (b"P7\nWIDTH 2\n", "header is invalid"),
        (b"P5\n0 2\n255\n", "invalid size or maximum (0×2, 255)"),
        (b"P5\n2 2\n0\n....", "(2×2, 0)"),
        (b"P5\n2 2\n65536\n........", "(2×2, 65536)"),
        (b"P5\n2 2\n255\n...", "fewer pixels"),
        (b"P5\n999999999 999999999\n255\n...", "fewer pixels"),
        (b"P5\n2 1\n1000\n...", "fewer pixels"),
        (b"P4\n9 2\n...", "fewer pixels"),
        (b"P2\n2 1\n255\n1", "fewer pixels"),
        (b"P2\n2 1\n255\n1 x", "fewer pixels"),
        (b"P2\n2 1\n255\n1 -1", "fewer pixels"),
        (b"P5\n2 1\n9\n\x09\x0a", "has a value of 10, but its header allows at most 9"),
        (b"P2\n2 1\n9\n9 10", "has a value of 10, but its header allows at most 9"),
    ],
)
def test_damaged_picture_is_refused(data: bytes, cause: str, tmp_path: Path) -> None:
    """A header that lies, or too few pixels, is refused before anything is allocated."""
    assert cause in refusal(write(tmp_path, data))


def test_picture_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Piped in, it is known by its content, and not taken for text."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"P2 2 1 9 3 4")))
    assert np.array_equal(load("-").values[0], [[3, 4]])


def test_words_of_many_digits_are_not_passed_over(tmp_path: Path) -> None:
    """Zeros in front change nothing; a number that no pixel has is refused."""
    data = b"P2 2 2 255 0000000001 2 3 4 5"
    assert load(write(tmp_path, data)).values.tolist() == [[[1, 2], [3, 4]]]
    assert "fewer pixels" in refusal(write(tmp_path, b"P2 2 2 255 10000000000 2 3 4 5"))
