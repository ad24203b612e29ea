"""Empty batches: a leading axis of length 0 is kept, and the output is empty."""

from typing import Any

import numpy as np
import pytest

from poolviz import SourceError, SpecError, available_modes, gradient, pool, unpool

EMPTY = np.zeros((0, 3, 4, 4), np.float32)


@pytest.mark.parametrize("mode", available_modes())
def test_every_mode_takes_an_empty_batch(mode: str) -> None:
    """The output has the shape and type of any other batch's, with no element."""
    pooled = pool(EMPTY, mode, 2)
    full = pool(np.ones((1, 3, 4, 4), np.float32), mode, 2)
    assert (pooled.shape, pooled.dtype) == ((0, *full.shape[1:]), full.dtype)
    flowing = gradient(EMPTY, pooled, mode, 2)
    assert (flowing.shape, flowing.dtype) == (EMPTY.shape, np.float32)


@pytest.mark.parametrize(
    ("shape", "options", "pooled"),
    [
        ((0, 3, 4, 4), {}, (0, 3, 2, 2)),
        ((0, 1, 49), {"kernel_size": (2,), "stride": 50}, (0, 1, 1)),
        ((0, 49), {"kernel_size": (2,), "stride": 50}, (0, 1)),
        ((2, 0, 4, 4), {}, (2, 0, 2, 2)),
        ((0, 2, 4, 4, 4), {"kernel_size": (2, 2, 2)}, (0, 2, 2, 2, 2)),
        ((0, 5, 5), {"output_size": 3}, (0, 3, 3)),
    ],
)
def test_leading_axes_may_be_empty(
    shape: tuple[int, ...], options: dict[str, Any], pooled: tuple[int, ...]
) -> None:
    """Any leading axis may have length 0, for kernels of one to three axes and adaptive windows."""
    given = np.zeros(shape)
    assert pool(given, "average", **options).shape == pooled
    values, indices = pool(given, "max", return_indices=True, **options)
    assert (values.shape, indices.shape, indices.dtype) == (pooled, pooled, np.int64)
    rank = len(options.get("kernel_size", (2, 2)))
    assert unpool(values, indices, shape[-rank:]).shape == shape


def test_types_of_an_empty_batch() -> None:
    """Integers average to float64 and add up to int64, were there any."""
    given = np.zeros((0, 4, 4), np.uint8)
    types = [pool(given, mode, 2).dtype for mode in ("max", "average", "sum")]
    assert types == [np.uint8, np.float64, np.int64]


def test_out_of_an_empty_batch() -> None:
    """``out`` is returned, and must fit all the same."""
    out = np.zeros((0, 3, 2, 2), np.float32)
    assert pool(EMPTY, "max", 2, out=out) is out
    with pytest.raises(SpecError, match="out: has shape 0×3×2×1 and type float32"):
        pool(EMPTY, "max", 2, out=out[..., :1])


def test_requests_are_checked_all_the_same() -> None:
    """A kernel that does not fit, and indices that a mode lacks, are refused for no map, too."""
    with pytest.raises(SpecError, match="no window fits"):
        pool(EMPTY, "max", 5)
    with pytest.raises(SpecError, match="return_indices"):
        pool(EMPTY, "average", 2, return_indices=True)


@pytest.mark.parametrize("shape", [(0, 4), (3, 0, 4), (3, 4, 0), (0, 0)])
def test_an_empty_spatial_axis_is_refused(shape: tuple[int, ...]) -> None:
    """A map without cells has no windows."""
    with pytest.raises(SourceError, match="give at least 2 axes, and no empty spatial axis"):
        pool(np.zeros(shape), "max", 2)
