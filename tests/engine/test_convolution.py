"""Convolution, by hand and by brute force."""

import numpy as np
import pytest
from numpy.typing import NDArray

from poolviz.engine import convolution
from poolviz.engine.convolution import convolve

RNG = np.random.default_rng(5)


def by_hand(
    values: NDArray[np.float64],
    kernels: NDArray[np.float64],
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> NDArray[np.float64]:
    """Window by window, on a padded copy."""
    (down, right), (above, left) = stride, padding
    padded = np.pad(values, [(0, 0), (above, above), (left, left)])
    rows, columns = kernels.shape[1:]
    outputs = [
        [
            [
                (plane[top : top + rows, side : side + columns] * kernel).sum()
                for side in range(0, plane.shape[1] - columns + 1, right)
            ]
            for top in range(0, plane.shape[0] - rows + 1, down)
        ]
        for plane in padded
        for kernel in kernels
    ]
    return np.array(outputs)


def test_kernels_are_not_turned_around() -> None:
    """1·1 + 2·3 + 3·6 = 25, not 1·6 + 2·3 + 3·1 = 15."""
    assert convolve(np.array([[[1, 3, 6]]]), np.array([[[1.0, 2, 3]]])).tolist() == [[[25]]]


def test_outputs_of_the_first_channel_stand_first() -> None:
    """Two channels under (×1, ×10): 1, 10, 2, 20."""
    values, kernels = np.array([[[1]], [[2]]]), np.array([[[1.0]], [[10.0]]])
    assert convolve(values, kernels).ravel().tolist() == [1, 10, 2, 20]


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
@pytest.mark.parametrize("padding", [(0, 0), (1, 2), (6, 9)])
@pytest.mark.parametrize("stride", [(1, 1), (2, 3), (7, 5)])
def test_every_window_by_brute_force(
    stride: tuple[int, int], padding: tuple[int, int], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All strides and paddings, in blocks of any size, even windows wholly in padding."""
    monkeypatch.setattr(convolution, "BLOCK_CELLS", block)
    values, kernels = RNG.normal(size=(2, 8, 9)), RNG.normal(size=(3, 4, 3))
    expected = by_hand(values, kernels, stride, padding)
    np.testing.assert_allclose(convolve(values, kernels, stride, padding), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("given", "result"),
    [("uint8", "float64"), ("bool", "float64"), ("int64", "float64"), ("float16", "float16"),
     ("float32", "float32"), ("float64", "float64")],
)  # fmt: skip
def test_types(given: str, result: str) -> None:
    """Integers become float64, decimals keep their type."""
    assert convolve(np.ones((1, 2, 2), given), np.ones((1, 2, 2))).dtype == result


def test_sums_of_small_decimals_are_taken_wider() -> None:
    """4,096 · 1 in float16 stops at 2,048 if each sum is rounded."""
    values = np.ones((1, 64, 64), np.float16)
    assert convolve(values, np.ones((1, 64, 64))).tolist() == [[[4096]]]


def test_numbers_that_are_not_finite_reach_all_their_windows() -> None:
    """Under a weight of 0 too, as in torch: 0·∞ is NaN."""
    values = np.array([[[np.inf, 1, 2, 3]]])
    first, *others = convolve(values, np.array([[[0.0, 1]]]))[0, 0]
    assert np.isnan(first)
    assert others == [2, 3]
