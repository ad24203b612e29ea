"""Every way in which a fold goes through a block, against windows taken one by one."""

from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from poolviz import pool
from poolviz.engine.blocks import Taps, block_shape, window_parts

REDUCTIONS = {"max": np.max, "min": np.min, "average": np.mean, "sum": np.sum}
# Rows of 512 cells and more are folded row by row, shorter ones in one long loop; even
# widths at stride 2 are copied by pairs; windows side by side are added by BLAS.
WIDTHS = [9, 14, 64, 65, 511, 512, 513, 1024, 1031]
KERNELS = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (3, 3), (5, 2), (7, 7), (9, 2), (2, 5)]


def windows(values: NDArray[Any], kernel_size: int, stride: int) -> NDArray[Any]:
    """(..., rows, columns, kernel, kernel) the windows of the last two axes."""
    every = sliding_window_view(values, (kernel_size, kernel_size), axis=(-2, -1))
    return np.asarray(every[..., ::stride, ::stride, :, :])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("kernel_size", "stride"), KERNELS)
def test_every_width_and_kernel(kernel_size: int, stride: int, width: int) -> None:
    """Whole numbers, so that sums are exact in every type and order."""
    values = np.random.default_rng(width).integers(-9, 10, (2, 12, width)).astype(float)
    for mode, reduction in REDUCTIONS.items():
        expected = reduction(windows(values, kernel_size, stride), axis=(-2, -1))
        for dtype in ("float64", "float32", "int8"):
            pooled = pool(values.astype(dtype), mode, kernel_size, stride=stride)
            np.testing.assert_allclose(pooled, expected, rtol=1e-6, err_msg=f"{mode}, {dtype}")


@pytest.mark.parametrize("dtype", ["float16", "uint8", "uint16", "uint32", "int64", "float64"])
def test_pairs_of_every_size_of_cell(dtype: str) -> None:
    """At stride 2 the first of two cells is kept bit by bit, NaN's payload and all."""
    values = np.frombuffer(np.random.default_rng(3).bytes(8 * 4 * 64), "uint8")
    values = values.view(dtype)[: 4 * 64].reshape(4, 64)
    assert pool(values, "max", 1, stride=2).tobytes() == values[::2, ::2].tobytes()


@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "float64"])
@pytest.mark.parametrize("layout", ["columns first", "every other", "turned"])
def test_pairs_into_an_output_of_any_layout(layout: str, dtype: str, mode: str) -> None:
    """Rows of windows that do not stand side by side are written cell by cell."""
    values = np.random.default_rng(4).integers(0, 200, (3, 64, 64)).astype(dtype)
    expected = pool(values, mode, 2)
    outs = {
        "columns first": np.zeros((3, 32, 32), expected.dtype, order="F"),
        "every other": np.zeros((3, 32, 64), expected.dtype)[..., ::2],
        "turned": np.zeros((3, 32, 32), expected.dtype).swapaxes(1, 2),
    }
    np.testing.assert_array_equal(pool(values, mode, 2, out=outs[layout]), expected)


@pytest.mark.parametrize("limit", [1, 10, 1000, 10**6])
@pytest.mark.parametrize(("kernel_size", "stride"), [(2, 2), (3, 1), (31, 1), (7, 7)])
def test_blocks_read_no_more_than_the_limit(limit: int, kernel_size: int, stride: int) -> None:
    """A block has as many windows as the limit allows, one at least."""
    count = (4096 - kernel_size) // stride + 1
    taps = Taps(4096, count, 0, stride, kernel_size, 1)
    planes, *windows_along = block_shape(5, (taps, taps), limit)
    read = planes * np.prod([(n - 1) * stride + kernel_size for n in windows_along])
    assert read <= limit or (planes, *windows_along) == (1, 1, 1)
    assert min(planes, *windows_along) >= 1


@pytest.mark.parametrize(("planes", "limit"), [(1000, 100), (1000, 999), (7, 40), (3, 16)])
def test_planes_of_a_block_read_no_more_than_the_limit(planes: int, limit: int) -> None:
    """Of many small planes a block has as many as the limit allows, all of their cells counted."""
    taps = Taps(4, 2, 0, 2, 2, 1)
    several, *windows_along = block_shape(planes, (taps, taps), limit)
    read = several * np.prod([2 * n for n in windows_along])
    assert limit / 4 < read <= limit


@pytest.mark.parametrize("limit", [8, 64, 100])
@pytest.mark.parametrize("dilation", [1, 3])
def test_parts_of_windows_reach_over_no_more_than_the_limit(limit: int, dilation: int) -> None:
    """A window of too many cells is cut, leading axes first, and its parts are all its cells."""
    rows, columns = (Taps(99, 1, 0, 1, length, dilation) for length in (20, 5))
    parts = window_parts((rows, columns), limit)
    room = [(across.reach + 1) * (along.reach + 1) for across, along in parts]
    # A single row is not cut as long as it fits.
    assert max(room) <= limit
    places = [
        (across.start + dilation * row, along.start + dilation * column)
        for across, along in parts
        for row in range(across.kernel_size)
        for column in range(along.kernel_size)
    ]
    assert sorted(places) == [(dilation * row, dilation * column)
                              for row in range(20) for column in range(5)]  # fmt: skip
