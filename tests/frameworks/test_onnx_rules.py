"""What ONNX Runtime 1.32.0 was seen to do and its specification does not say, by opset."""

from typing import Any

import numpy as np
import pytest

from poolviz import PoolSpec, SpecError, answers, available_rules, pool
from poolviz.frameworks import find_rule, versions


def test_a_size_is_cut_towards_zero() -> None:
    """(3 − 4)/4 is cut to 0, so that a kernel too large by less than a stride has a window."""
    values = np.array([[1.0, 3.0, 2.0]])
    assert pool(values, "max", (4,), stride=(4,), like="onnx").tolist() == [[3.0]]
    answer = answers(PoolSpec("max", (4,), stride=(4,)), (3,))["onnx"]
    assert answer.formula == "trunc((3 − 4) / 4) + 1 = 1"
    with pytest.raises(SpecError, match="no window fits"):
        pool(values, "max", (4,), stride=(1,), like="onnx")


@pytest.mark.parametrize(("size", "room"), [(4, "4 − 4"), (9, "9 − 4")])
def test_a_kernel_that_fits_is_counted_as_everywhere(size: int, room: str) -> None:
    """Rounding towards 0 and down differ below 0 only, and the formula says which it is."""
    answer = answers(PoolSpec("max", (4,), stride=(4,)), (size,))["onnx"]
    assert answer.formula == f"⌊({room}) / 4⌋ + 1 = {(size - 4) // 4 + 1}"


def test_same_padding_knows_no_dilation() -> None:
    """10 cells, kernel 3, dilation 2: 2 cells are added for a kernel of 3, and 8 windows fit."""
    answer = answers(PoolSpec("max", (3,), dilation=(2,), padding="same"), (10,))["onnx"]
    assert answer.output_size == (8,)
    assert answer.padding == ((1, 1),)


def test_same_padding_that_would_cut_cells_off_is_refused() -> None:
    """15 cells, kernel 2, stride 5: three windows end 3 cells before the input does."""
    with pytest.raises(SpecError, match=r"'same' would need negative padding \(-3 cells\)"):
        pool(np.ones((1, 15)), "average", (2,), stride=(5,), padding="same", like="onnx")


def test_the_average_of_no_cell_is_zero() -> None:
    """A dilated window around a single cell reads padding alone."""
    pooled = pool(np.full((1, 1), 2.0), "average", (2,), padding=1, dilation=2, like="onnx")
    assert pooled.tolist() == [[0.0]]


# A kernel of 4 over one column, which only a size that is cut towards 0 allows.
NARROW: dict[str, Any] = {"stride": (2, 4), "count_include_pad": True}


@pytest.mark.parametrize(
    ("like", "expected"),
    [
        ("onnx@opset11", 0.25),
        ("onnx@opset18", 0.25),
        ("onnx@opset19", 1.0),
        ("onnx@opset22", 1.0),
        ("onnx", 1.0),
    ],
)
def test_the_divisor_of_a_kernel_beyond_the_input(like: str, expected: float) -> None:
    """Up to opset 18 the whole kernel counts (2/8), from 19 on the cells there are (2/2)."""
    pooled = pool(np.ones((1, 1, 8, 1), np.float32), "average", (2, 4), like=like, **NARROW)
    assert pooled.ravel().tolist() == [expected] * 4


def test_ceil_mode_counts_no_overhang_at_any_opset() -> None:
    """1 to 5 by 2, ceil, padding counted: the last window is 5/1 at opset 18, too."""
    options: dict[str, Any] = {"stride": 2, "ceil_mode": True, "count_include_pad": True}
    for like in ("onnx@opset10", "onnx@opset18", "onnx"):
        pooled = pool(np.arange(1.0, 6), "average", (2,), like=like, **options)
        assert pooled.tolist() == [1.5, 3.5, 5]


def test_masked_cells_do_not_count_as_overhang() -> None:
    """Of a kernel of 4 at opset 18, one of two cells masked: 3/(4 − 1)."""
    values = np.ma.masked_array([3.0, 9.0], [False, True])
    options: dict[str, Any] = {"stride": 4, "count_include_pad": True, "like": "onnx@opset18"}
    assert pool(values, "average", (4,), **options).tolist() == [1.0]


def test_versions_are_found_by_name() -> None:
    """NAME is the newest, NAME@VERSION one of those that are declared; the rest is refused."""
    assert str(find_rule("onnx@opset18")) == "onnx@opset18"
    assert find_rule("onnx").opset >= 22  # type: ignore[attr-defined]
    assert not any("@" in name for name in available_rules())
    with pytest.raises(
        SpecError, match=r"unknown version 'opset99' of onnx; use onnx@opset1 to onnx@opset"
    ):
        pool(np.ones((2, 2)), like="onnx@opset99")
    with pytest.raises(
        SpecError, match="like: there are no separate rules for versions of torch; use torch"
    ):
        pool(np.ones((2, 2)), like="torch@2.13")
    with pytest.raises(SpecError, match="like: unknown framework 'onx'; did you mean onnx"):
        pool(np.ones((2, 2)), like="onx@opset18")
    assert "opset7" in versions("onnx")


@pytest.mark.parametrize(
    ("like", "mode", "options", "since"),
    [
        ("onnx@opset9", "max", {"ceil_mode": True}, 10),
        ("onnx@opset9", "max", {"dilation": 2}, 10),
        ("onnx@opset18", "average", {"dilation": 2}, 19),
        ("onnx@opset17", "lp", {"ceil_mode": True}, 18),
        ("onnx@opset17", "lp", {"dilation": 2}, 18),
    ],
)
def test_attributes_that_an_opset_lacks(
    like: str, mode: str, options: dict[str, Any], since: int
) -> None:
    """The operator refuses; what later opsets give stands beside the refusal."""
    answer = answers(PoolSpec(mode, 2, like=like, **options), (7, 7))[like]
    assert answer.emulated
    assert f"supports this only from opset {since} on" in str(answer.refusal)
    later = PoolSpec(mode, 2, like=f"onnx@opset{since}", **options)
    assert answers(later, (7, 7))[f"onnx@opset{since}"].refusal is None
