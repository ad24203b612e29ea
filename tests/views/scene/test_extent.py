"""How far values reach, block by block."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import cells

from poolviz.views.scene import style as module
from poolviz.views.scene.style import extent


def expected(values: list[float]) -> tuple[float, float, set[str]]:
    """By plain Python."""
    finite = [value for value in values if math.isfinite(value)]
    holes = {str(value) for value in values if not math.isfinite(value)}
    return min(finite, default=0.0), max(finite, default=0.0), holes


@pytest.mark.slow
@given(st.lists(st.lists(cells(), min_size=3, max_size=3), min_size=1, max_size=7))
@pytest.mark.parametrize("at_once", [1, 2, 5, 1000])
def test_blocks_give_what_the_whole_gives(at_once: int, rows: list[list[float]]) -> None:
    """Least, largest, and which values are not finite."""
    before, module.CELLS_AT_ONCE = module.CELLS_AT_ONCE, at_once
    try:
        low, high, holes = extent([np.array(rows)])
    finally:
        module.CELLS_AT_ONCE = before
    assert (low, high, set(map(str, holes))) == expected([cell for row in rows for cell in row])


def test_several_arrays_reach_together() -> None:
    """Of any types."""
    assert extent([np.array([1, 200], np.uint8), np.array([-1.5])]) == (-1.5, 200.0, ())


def test_nothing_reaches_nowhere() -> None:
    """No array, and none of finite values."""
    assert extent([]) == (0.0, 0.0, ())
    low, high, holes = extent([np.array([np.inf, np.nan])])
    assert (low, high, len(holes)) == (0.0, 0.0, 2)
