"""PoolingLayer: what entered, what the framework made of it, and by how much poolviz differs."""

import math
from typing import Any

import numpy as np
import pytest
from onnx_models import counting

from poolviz import PoolSpec, SourceError, SpecError
from poolviz.networks.observe import PoolingLayer, along_row, largest_difference, observed

MAX = PoolSpec("max", 2)


def maxima(values: Any) -> Any:
    """Of (N, C, 4, 4) the maxima of 2×2 cells, as (N, C, 2, 2)."""
    return values.reshape(*values.shape[:2], 2, 2, 2, 2).max(axis=(3, 5))


def layer(index: int = 0, **changed: Any) -> PoolingLayer:
    """Two of a batch, three channels of 4×4 cells."""
    inputs = counting(2, 3, 4, 4)
    return observed(
        "pool", MAX, **({"inputs": inputs, "outputs": maxima(inputs)} | changed), index=index
    )


@pytest.mark.parametrize("index", [0, 1])
def test_what_is_shown_is_one_of_the_batch(index: int) -> None:
    """Feature map, own output and result are of that index; the difference of all."""
    shown = layer(index)
    np.testing.assert_array_equal(shown.feature_map.values, counting(2, 3, 4, 4)[index])
    # The last of each 2×2 cells is its largest.
    np.testing.assert_array_equal(shown.output, counting(2, 3, 4, 4)[index, :, 1::2, 1::2])
    np.testing.assert_array_equal(shown.result.output, shown.output)
    assert shown.feature_map.name == "pool"
    assert shown.max_difference == 0


@pytest.mark.parametrize("at", [(0, 0, 0, 0), (1, 2, 1, 1)])
def test_difference_is_of_the_whole_batch(at: tuple[int, ...]) -> None:
    """An output cell that is off by 3 counts, of whichever index."""
    inputs = counting(2, 3, 4, 4)
    outputs = maxima(inputs)
    outputs[at] -= 3
    assert layer(outputs=outputs).max_difference == 3


def test_dropped_is_the_share_of_cells_that_are_gone() -> None:
    """Of 16 cells 4 are left."""
    assert layer().dropped == 0.75


def test_most_active_channels_come_first() -> None:
    """By the mean of |x|: 2, 5, 1, (4 + 0 + 0) / 3 without NaN, 1; of equal ones the first."""
    values = np.zeros((1, 5, 2, 2))
    values[0, :3] = np.array([2.0, -5, 1])[:, None, None]
    values[0, 3] = [[np.nan, 4], [0, 0]]
    values[0, 4] = -1
    shown = observed("pool", MAX, values, values[:, :, :1, :1])
    assert shown.most_active == [1, 0, 3, 2, 4]


def test_one_axis_lies_along_a_row() -> None:
    """MapFigure (N, C, L) become rows, and the request one of two axes."""
    inputs = counting(1, 2, 9)
    spec = PoolSpec("max", (3,), 2, 1)
    # Windows begin at −1, 1, 3, 5, 7; the last is cut at 8.
    outputs = inputs[..., [1, 3, 5, 7, 8]]
    shown = observed("pool", spec, inputs, outputs)
    assert shown.inputs.shape == (1, 2, 1, 9)
    assert (shown.spec.kernel_size, shown.spec.stride, shown.spec.padding) == (
        (1, 3),
        (1, 2),
        (0, 1),
    )
    np.testing.assert_array_equal(shown.result.output[:, 0], outputs[0])
    assert shown.max_difference == 0


def test_along_row_keeps_what_is_open_or_a_word() -> None:
    """A stride that is not given and padding by a word stay; adaptive rows keep one row."""
    assert along_row(PoolSpec("max", (3,), padding="same")).padding == "same"
    assert along_row(PoolSpec("max", (3,))).stride is None
    assert along_row(PoolSpec("max", output_size=(4,))) == PoolSpec("max", output_size=(1, 4))
    assert along_row(PoolSpec("max", (3,), padding=((1, 2),))).padding == (0, (1, 2))


def test_three_axes_have_numbers_but_no_picture() -> None:
    """The difference is known; a feature map or result is refused."""
    inputs = counting(1, 1, 2, 2, 2)
    shown = observed("pool", PoolSpec("max", (2, 2, 2)), inputs, inputs[..., 1:, 1:, 1:])
    assert shown.max_difference == 0
    assert shown.dropped == 0.875
    for name in ("feature_map", "result"):
        with pytest.raises(SpecError, match="pool: its maps have 3 spatial axes"):
            getattr(shown, name)


@pytest.mark.parametrize("index", [2, 99, -1])
def test_an_index_that_the_batch_has_not_is_refused(index: int) -> None:
    """With those that it has."""
    with pytest.raises(
        SourceError,
        match=f"there is no item {index}, as the batch has items 0 to 1; use a number from 0 to 1",
    ):
        layer(index)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (PoolSpec("average", 3, 1, 1), "average 3×3, stride 1, padding 1 (counted)"),
        (PoolSpec("average", 3, 1, 1, count_include_pad=False), "average 3×3, stride 1, padding 1"),
        (PoolSpec("average", 2), "average 2×2, stride 2"),
        (PoolSpec("max", 3, 1, 1), "max 3×3, stride 1, padding 1"),
        (PoolSpec("global-average"), "global average"),
    ],
)
def test_summary_says_whether_padding_is_counted(spec: PoolSpec, words: str) -> None:
    """Of averages with padding alone."""
    assert PoolingLayer("pool", spec, counting(1, 1, 4, 4), counting(1, 1, 2, 2)).summary == words


NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0),
        ([1.0, 5.0], [3.0, 4.0], 2),
        ([3.0, 1.0], [1.0, 1.0], 2),
        ([NAN, 1.0], [NAN, 1.5], 0.5),
        ([INF, -INF], [INF, -INF], 0),
        ([NAN], [1.0], math.inf),
        ([1.0], [NAN], math.inf),
        ([INF], [1.0], math.inf),
        ([-INF], [INF], math.inf),
        ([1.0, 2.0], [1.0], math.inf),
        ([], [], 0),
    ],
)
def test_largest_difference(ours: list[float], theirs: list[float], expected: float) -> None:
    """NaN at the same place is none; it is infinite where one alone is NaN or infinite."""
    assert largest_difference(np.array(ours), np.array(theirs)) == expected


def test_difference_of_small_whole_numbers_does_not_wrap() -> None:
    """Of bytes 0 and 255 it is 255."""
    both = (np.array([each], np.uint8) for each in (0, 255))
    assert largest_difference(*both) == 255
