"""Lists in brackets, as Python, NumPy, PyTorch and JAX print them."""

import io
from pathlib import Path

import numpy as np
import pytest
from loading import refusal

from poolviz import SourceError, load
from poolviz.sources import matrix_map

PLANE = [
    "[[1, 2], [3, 4]]",
    "[[1, 2],\n [3, 4]];",
    "[[1 2]\n [3 4]]",
    "array([[1, 2],\n       [3, 4]])",
    "np.array([[1, 2], [3, 4]], dtype=np.int64)",
    "tensor([[1, 2],\n        [3, 4]], device='cuda:0')",
    "Array([[1, 2],\n       [3, 4]], dtype=int32, weak_type=True)",
    "tf.Tensor(\n[[1 2]\n [3 4]], shape=(2, 2), dtype=int32)",
    "[[np.int64(1), np.int64(2)], [np.int64(3), np.int64(4)]]",
    "[[tensor(1), tensor(2)], [tensor(3), tensor(4)]]",
    "[[[1, 2], [3, 4]]]",
    "[[[[1, 2], [3, 4]]]]",
]


@pytest.mark.parametrize("text", PLANE)
def test_printed_integers_are_read(text: str) -> None:
    """Whoever printed it: the integers, one plane."""
    feature_map = matrix_map(text)
    assert feature_map.values.tolist() == [[[1, 2], [3, 4]]]
    assert feature_map.values.dtype == np.int64
    assert feature_map.shape == (2, 2)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "tensor([[1., -2.5e-01], [nan, inf]], grad_fn=<MulBackward0>)",
            [1, -0.25, np.nan, np.inf],
        ),
        ("tensor([[1.5, -inf]], dtype=torch.float64, requires_grad=True)", [1.5, -np.inf]),
        ("[[1.0e+00 0.0e+00]]", [1, 0]),
        ("[np.float32(1.5), 2]", [1.5, 2]),
        ("[[True, False], [false, true]]", [1, 0, 0, 1]),
        ("[5, 7]", [5, 7]),
        ("[18446744073709551615, 1]", [2**64 - 1, 1]),
    ],
)
def test_printed_numbers_are_read(text: str, values: list[float]) -> None:
    """Decimals, exponents, NaN, infinities and truth values, whatever stands behind them."""
    read = matrix_map(text).values.ravel()
    assert np.array_equal(read, values, equal_nan=True)
    assert read.tolist() == values or np.isnan(read.astype(float)).any()


def test_three_axes_are_channels() -> None:
    """Three axes are (C, H, W); (H, W, C) under a framework that has channels last."""
    values = np.arange(24).reshape(2, 3, 4)
    assert np.array_equal(matrix_map(str(values)).values, values)
    assert np.array_equal(matrix_map(str(values), "torch").values, values)
    assert np.array_equal(matrix_map(str(values), "keras").values, np.moveaxis(values, -1, 0))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            "[[1, 2, ..., 3]]",
            'contains "...", so it was truncated when printed; print it in full',
        ),
        ("[[1, 2], [3]]", "its lists differ in length or depth"),
        ("[[1, 2], 3]", "its lists differ in length or depth"),
        ("[[1, 2]] [[3, 4]]", "do not form one array"),
        ("[[1, 2]", "do not form one array"),
        ("[[1, 2]]]", "do not form one array"),
        ("[1, 2] 3", "do not form one array"),
        ("array([1, 2]) + 1", "do not form one array"),
        ("array([1, 2], dtype=int) + 1", "do not form one array"),
        ("[" * 5000, "do not form one array"),
        ("[" * 5000 + "1" + "]" * 5000, "do not form one array"),
        ("[]", "contains no numbers"),
        ("[[], []]", "contains no numbers"),
        ("[[1, a]]", "item 2 is 'a', not a number"),
        ("[[1, None]]", "item 2 is 'None', not a number"),
        ("[[1+2j]]", "not a number"),
        ("[[1_0]]", "not a number"),
        ("[[1, \x1b[2J]]", "not"),
        ("[1e999]", "too large for a 64-bit float"),
        ("[[[[1]], [[2]]], [[[3]], [[4]]]]", "has 4 levels of brackets"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_not_one_array_is_refused(text: str, cause: str) -> None:
    """What was abridged, is ragged, or is more than one array is refused in one line."""
    with pytest.raises(SourceError) as caught:
        matrix_map(text)
    message = str(caught.value)
    assert message.startswith("--data: ")
    assert cause in message
    assert message.isprintable()


@pytest.mark.parametrize("text", PLANE)
def test_printed_array_from_standard_input(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Piped in, it is known by its content."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert load("-").values.tolist() == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize("suffix", [".json", ".txt", ".csv"])
def test_lists_in_a_file(suffix: str, tmp_path: Path) -> None:
    """A file of lists is read under the names of text."""
    path = tmp_path / f"x{suffix}"
    path.write_text("\ufeff[[1, 2],\n [3, 4.5]]\n", encoding="utf-8")
    assert load(path).values.tolist() == [[[1, 2], [3, 4.5]]]


def test_json_that_is_not_a_list_is_refused(tmp_path: Path) -> None:
    """An object of JSON holds no array."""
    path = tmp_path / "x.json"
    path.write_text('{"a": [1, 2]}', encoding="utf-8")
    assert "is a JSON object, not a list" in refusal(path)


def test_two_data_have_two_names_and_the_same_data_one() -> None:
    """What tells maps without a name apart goes into the names of their outputs."""
    first, second = matrix_map("1 2; 3 4"), matrix_map("1 2; 3 5")
    assert first.configuration != second.configuration
    assert [len(word) for word in first.configuration] == [6]
    assert matrix_map("[[1, 2], [3, 4]]").configuration == first.configuration
    # The same bytes in another shape, or of another type, are another map.
    assert matrix_map("1 2 3 4").configuration != first.configuration
    assert matrix_map("1. 2; 3 4").configuration != first.configuration


def test_two_standard_inputs_have_two_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is piped in is told apart by its bytes."""
    names = set()
    for text in ("1 2", "1 3"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        names.add(load("-").configuration)
    assert len(names) == 2


@pytest.mark.parametrize("text", ["[[1,,2],[3,4,5]]", "[[,1],[2]]", "[,[1]]"])
def test_missing_number_is_refused(text: str) -> None:
    """Two commas in a row have lost a number between them."""
    with pytest.raises(SourceError, match="a number is missing next to a comma"):
        matrix_map(text)


@pytest.mark.parametrize("text", ["((1, 2), (3, 4))", "([1, 2], [3, 4],)", "[[1, 2,], [3, 4,],]"])
def test_tuples_and_last_commas_are_read(text: str) -> None:
    """As Python prints and reads them."""
    assert matrix_map(text).values.tolist() == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize(
    "text", ["[[1 --]\n [3 4]]", "masked_array(\n  data=[[1, --],\n  [3, 4]], fill_value=9)"]
)
def test_masked_cells_are_refused(text: str) -> None:
    """They are told as what they are."""
    with pytest.raises(SourceError, match="contains masked cells"):
        matrix_map(text)
