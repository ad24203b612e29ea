"""A matrix inline."""

import numpy as np
import pytest

from poolviz import SourceError
from poolviz.sources import matrix_map


@pytest.mark.parametrize("data", ["1 3; 2 4", "1 3\n2 4", "1,3;2,4", " 1  3 ;2,4; ", "1\t3;2\t4;"])
def test_rows_end_at_semicolons_and_lines(data: str) -> None:
    """Semicolons and new lines end rows, blanks and commas part cells."""
    feature_map = matrix_map(data)
    assert feature_map.values.tolist() == [[[1, 3], [2, 4]]]
    assert feature_map.values.dtype == np.int64
    assert (feature_map.name, feature_map.source) == ("data", "--data")
    assert feature_map.shape == (2, 2)


@pytest.mark.parametrize(("data", "shape"), [("5", (1, 1)), ("1 2 3", (1, 3)), ("1;2;3", (3, 1))])
def test_rows_and_columns_of_one_are_maps(data: str, shape: tuple[int, int]) -> None:
    """A single number, row or column is a map."""
    assert matrix_map(data).shape == shape


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        ("", "contains no numbers"),
        (" ; ", "contains no numbers"),
        ("1 2; 3", "row 2 has 1 cell, but row 1 has 2"),
        ("1 a; 2 3", "row 1, cell 2 is 'a', not a number"),
        ("1_0", "not a number"),
        ("1 \x1b[2J", r"\x1b"),
    ],
)
def test_what_is_no_matrix_is_refused(data: str, cause: str) -> None:
    """Bad cells and ragged rows are named in one line."""
    with pytest.raises(SourceError) as caught:
        matrix_map(data)
    message = str(caught.value)
    assert message.startswith("--data: ")
    assert cause in message
    assert message.isprintable()
    assert caught.value.remedy


@pytest.mark.parametrize("data", ["1,5 2,5; 3,5 4,5", "1 2; 1,5\t2,5"])
def test_decimal_commas_are_refused(data: str) -> None:
    """Where blanks and commas both stand between numbers, a comma may be a decimal one."""
    with pytest.raises(
        SourceError, match="use only one of them, and write decimals with a point, not"
    ):
        matrix_map(data)
