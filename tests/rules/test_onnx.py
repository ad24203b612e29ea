"""What ONNX Runtime 1.31.1 was seen to do and its specification does not say."""

import numpy as np
import pytest

from poolviz import PoolSpec, SpecError, answers, pool


def test_a_size_is_cut_towards_zero() -> None:
    """(3 − 4)/4 is cut to 0, so that a kernel too large by less than a stride has a window."""
    values = np.array([[1.0, 3.0, 2.0]])
    assert pool(values, "max", (4,), stride=(4,), like="onnx").tolist() == [[3.0]]
    answer = answers(PoolSpec("max", (4,), stride=(4,)), (3,))["onnx"]
    assert answer.formula == "trunc((3 + 2·0 − 4) / 4) + 1 = 1"
    with pytest.raises(SpecError, match="no window fits"):
        pool(values, "max", (4,), stride=(1,), like="onnx")


@pytest.mark.parametrize(("size", "room"), [(4, "4 + 2·0 − 4"), (9, "9 + 2·0 − 4")])
def test_a_kernel_that_fits_is_counted_as_everywhere(size: int, room: str) -> None:
    """Rounding towards 0 and down differ below 0 only, and the formula says which it is."""
    answer = answers(PoolSpec("max", (4,), stride=(4,)), (size,))["onnx"]
    assert answer.formula == f"floor(({room}) / 4) + 1 = {(size - 4) // 4 + 1}"


def test_same_padding_knows_no_dilation() -> None:
    """10 cells, kernel 3, dilation 2: 2 cells are added for a kernel of 3, and 8 windows fit."""
    answer = answers(PoolSpec("max", (3,), dilation=(2,), padding="same"), (10,))["onnx"]
    assert answer.output_size == (8,)
    assert answer.padding == ((1, 1),)


def test_same_padding_that_would_cut_cells_off_is_refused() -> None:
    """15 cells, kernel 2, stride 5: three windows end 3 cells before the input does."""
    with pytest.raises(SpecError, match="same needs -3 cells"):
        pool(np.ones((1, 15)), "average", (2,), stride=(5,), padding="same", like="onnx")


def test_the_average_of_no_cell_is_zero() -> None:
    """A dilated window around a single cell reads padding alone."""
    pooled = pool(np.full((1, 1), 2.0), "average", (2,), padding=1, dilation=2, like="onnx")
    assert pooled.tolist() == [[0.0]]
