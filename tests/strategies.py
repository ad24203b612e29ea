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


SPECIAL = [math.nan, math.inf, -math.inf]


def cells() -> st.SearchStrategy[float]:
    """Quarters, NaN and infinities."""
    return st.integers(-12, 12).map(lambda n: n / 4) | st.sampled_from(SPECIAL)


@st.composite
def volumes(draw: st.DrawFn, size: tuple[int, ...], *, special: bool = True) -> NDArray[np.float64]:
    """Quarters, so that sums are exact and ties are many; in some also NaN and infinities.

    Their numbers come from a drawn seed: to draw them one by one takes longer than all the rest.
    """
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    # None, few or many: where most are NaN, little else shows.
    rare = draw(st.sampled_from([0.0, 0.1, 0.5])) if special else 0.0
    values = random.integers(-12, 13, size) / 4
    return np.where(random.random(size) < rare, random.choice(SPECIAL, size), values)


def planes(
    height: int, width: int, *, special: bool = True
) -> st.SearchStrategy[NDArray[np.float64]]:
    """A plane of such values."""
    return volumes((height, width), special=special)
