"""Winners in windows that are larger than they are many, cell by cell in plain Python."""

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec
from poolviz.result import run


@pytest.mark.parametrize(
    ("kernel_size", "stride", "padding", "dilation"),
    [(9, 9, 0, 1), ((7, 9), 2, 3, 1), (4, 3, 1, 2), ((9, 3), 5, 1, 1)],
)
def test_few_large_windows_have_the_first_equal_or_the_last_nan(
    kernel_size: int, stride: int, padding: int, dilation: int
) -> None:
    """Where windows are few they are gone through one by one, with the same winners."""
    rng = np.random.default_rng(1)
    values = rng.integers(0, 3, (2, 9, 11)).astype(float)
    values[0, rng.random((9, 11)) < 0.1] = np.nan
    spec = PoolSpec("max", kernel_size, stride, padding, dilation=dilation)
    result = run(FeatureMap(values), spec)
    for channel, row, column in np.ndindex(result.output.shape):
        best, expected = result.output[channel, row, column], -1
        rows, columns = result.geometry.window((row, column))
        for y in rows:
            for x in columns:
                if 0 <= y < 9 and 0 <= x < 11:
                    nan = np.isnan(values[channel, y, x]) and np.isnan(best)
                    if nan or (values[channel, y, x] == best and expected < 0):
                        expected = y * 11 + x
        assert result.winners[channel, row, column] == expected
