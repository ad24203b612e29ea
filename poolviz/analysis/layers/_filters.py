"""Fixed filters by their names, for cross-correlation (they are not flipped)."""

import math

import numpy as np

from poolviz.windows import Array

_RISING = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
_LAPLACIAN = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
_ANGLES = range(0, 360, 45)
# Cells from the middle of an oriented filter to its edge. Its Gaussian has a deviation of 1 cell.
_REACH = 2


def _binomial(*weights: int) -> Array:
    """The outer product of binomial weights with themselves; its sum is 1."""
    return np.outer(weights, weights) / sum(weights) ** 2


def _oriented(angle: int) -> Array:
    """The first derivative of a Gaussian in a direction in degrees: 0 to the right, 90 up.

    It mixes the derivatives along columns and rows by cosine and sine (Freeman & Adelson
    1991, "The design and use of steerable filters", doi 10.1109/34.93808). On a ramp that
    rises by 1 per cell, its output is the cosine of the angle between the two directions.
    """
    down, right = np.mgrid[-_REACH : _REACH + 1, -_REACH : _REACH + 1]
    bell = np.exp(-(right**2 + down**2) / 2)
    turn = math.radians(angle)
    # Rounded, so that cos 90° is exactly 0.
    cosine, sine = round(math.cos(turn), 15), round(math.sin(turn), 15)
    return np.asarray((cosine * right - sine * down) * bell / (right**2 * bell).sum())


_SINGLE = {
    "sobel-x": _RISING,
    "sobel-y": _RISING.T,
    "laplacian": _LAPLACIAN,
    "sharpen": np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]) - _LAPLACIAN,
    "gaussian": _binomial(1, 2, 1),
    "gaussian-5": _binomial(1, 4, 6, 4, 1),
    **{f"oriented-{angle}": _oriented(angle) for angle in _ANGLES},
}
# The filters that each name stands for.
FILTERS: dict[str, dict[str, Array]] = {
    "sobel": {name: _SINGLE[name] for name in ("sobel-x", "sobel-y")},
    "oriented": {name: _SINGLE[name] for name in _SINGLE if name.startswith("oriented")},
    **{name: {name: kernel} for name, kernel in _SINGLE.items()},
}
