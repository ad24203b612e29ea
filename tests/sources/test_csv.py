"""Text files of numbers, and numbers on standard input."""

import io
from pathlib import Path

import numpy as np
import pytest
from loading import refusal

from poolviz import SpecError, load
from poolviz.sources._origin import Origin


def write(folder: Path, text: str, name: str = "x.csv", encoding: str = "utf-8") -> Path:
    """``text`` in a file."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "1,3\n2,4\n",
        "1,3\r\n2,4\r\n",
        "1, 3\n2, 4",
        "1 3\n2 4\n",
        "1\t3\n2\t4\n",
        "1;3\n2;4\n",
        "1 ; 3\n2 ; 4\n",
        "\n1,3\n\n2,4\n\n",
        "+1,3\n2,04\n",
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.txt", "X.CSV"])
def test_rows_are_read(text: str, name: str, tmp_path: Path) -> None:
    """Lines are rows; commas, semicolons, tabs and blanks part cells."""
    feature_map = load(write(tmp_path, text, name))
    assert feature_map.values.tolist() == [[[1, 3], [2, 4]]]
    assert feature_map.values.dtype == np.int64
    assert feature_map.planar


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    """A byte-order mark before the first number is no part of it."""
    assert load(write(tmp_path, "1,3\n2,4", encoding="utf-8-sig")).shape == (2, 2)


def test_one_decimal_makes_all_floats(tmp_path: Path) -> None:
    """Integers stay integers unless a decimal stands among them."""
    values = load(write(tmp_path, "1,3.5\n2,-4e2")).values
    assert values.dtype == np.float64
    assert values.tolist() == [[[1, 3.5], [2, -400]]]


def test_nan_and_infinity_are_numbers(tmp_path: Path) -> None:
    """NaN and infinities may be spelled out."""
    values = load(write(tmp_path, "nan,inf\n-inf,1")).values
    assert np.array_equal(values[0], [[np.nan, np.inf], [-np.inf, 1]], equal_nan=True)


@pytest.mark.parametrize(
    ("text", "row", "cell"),
    [("1,3\n2,x", 2, 2), ("a,b\n1,2", 1, 1), ("1,3\n2,1_0", 2, 2), ("1,2\n3,0x10", 2, 2)],
)
def test_text_is_refused_by_its_place(text: str, row: int, cell: int, tmp_path: Path) -> None:
    """A cell that is no number is named by row and cell."""
    assert f"row {row}, cell {cell} is" in refusal(write(tmp_path, text))


def test_signs_in_a_cell_are_escaped(tmp_path: Path) -> None:
    """A cell cannot drive a terminal through the error that shows it."""
    assert r"\x1b" in refusal(write(tmp_path, "1,\x1b[31m"))


def test_empty_cell_is_refused(tmp_path: Path) -> None:
    """A cell left empty between commas is an error, not a shift of the row."""
    assert "row 2" in refusal(write(tmp_path, "1,2,3\n4,,6"))
    assert "row 1" in refusal(write(tmp_path, "1,,3\n4,,6"))


def test_ragged_rows_are_refused(tmp_path: Path) -> None:
    """Rows that differ in length are refused with both lengths."""
    message = refusal(write(tmp_path, "1,2,3\n4,5\n"))
    assert "row 2 has 2 cells, but row 1 has 3" in message


def test_file_that_grows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written to a file after its size was taken is no reason to read a part of it."""
    path = write(tmp_path, "1,2\n3,4\n")
    monkeypatch.setattr(Origin, "size", lambda _: 7)
    assert "grew while it was being read" in refusal(path)


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_file_without_numbers_is_refused(text: str, tmp_path: Path) -> None:
    """A file without numbers is refused."""
    assert "contains no numbers" in refusal(write(tmp_path, text))


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused."""
    assert "not UTF-8 text" in refusal(write(tmp_path, "1,é", encoding="latin-1"))


def test_large_integers_are_exact(tmp_path: Path) -> None:
    """Integers beyond int64 are kept as uint64, those beyond that as floats."""
    assert load(write(tmp_path, f"{2**63 + 1},1")).values[0, 0, 0] == 2**63 + 1
    assert load(write(tmp_path, f"{2**70},-1")).values.dtype == np.float64


@pytest.mark.parametrize("option", [{"key": "a"}, {"index": 0}, {"frame": 0}, {"layout": "chw"}])
def test_options_of_other_kinds_are_refused(option: dict[str, int | str], tmp_path: Path) -> None:
    """An option that text has no use for is refused, not ignored."""
    message = refusal(write(tmp_path, "1,2"), SpecError, **option)
    assert message.startswith(f"{next(iter(option))}: ")


@pytest.mark.parametrize("text", ["1 3; 2 4", "1,3;2,4", "1,3\n2,4\n", "\ufeff1 3\n2 4"])
def test_numbers_from_standard_input(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers that are piped in are rows ended by lines or semicolons, as with --data."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    feature_map = load("-")
    assert feature_map.values.tolist() == [[[1, 3], [2, 4]]]
    assert feature_map.name == "stdin"
    assert feature_map.source == "standard input"
