"""What Hypothesis draws: axes of requests, and values."""

import math

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from oracles import Line


@st.composite
def lines(draw: st.DrawFn, *, most: int = 9, symmetric: bool = False, plain: bool = False) -> Line:
    """A sliding axis that PyTorch's rules accept, with at least one window."""
    kernel_size = draw(st.integers(1, 5))
    size = draw(st.integers(1, most))
    before = draw(st.integers(0, kernel_size // 2))
    after = before if symmetric else draw(st.integers(0, kernel_size // 2))
    stride = draw(st.integers(1, 6))
    dilation = 1 if plain else draw(st.integers(1, 3))
    line = Line(size, kernel_size, stride, before, after, dilation, draw(st.booleans()))
    if line.windows():
        return line
    room = dilation * (kernel_size - 1) + 1
    return Line(room + size, kernel_size, stride, before, after, dilation, line.ceil_mode)


def cells(*, special: bool = True) -> st.SearchStrategy[float]:
    """Quarters, so that sums are exact and ties are many; NaN and infinities too."""
    quarters = st.integers(-12, 12).map(lambda n: n / 4)
    return quarters | st.sampled_from([math.nan, math.inf, -math.inf]) if special else quarters


@st.composite
def planes(
    draw: st.DrawFn, height: int, width: int, *, special: bool = True
) -> NDArray[np.float64]:
    """A plane of ``cells``."""
    row = st.lists(cells(special=special), min_size=width, max_size=width)
    return np.array(draw(st.lists(row, min_size=height, max_size=height)))
