"""Lesson: what is lost."""

from collections.abc import Iterator

import numpy as np

from poolviz.feature_map import FeatureMap
from poolviz.lessons._lesson import Exhibit, Plane, Planes, Table, spot
from poolviz.result import run
from poolviz.spec import PoolSpec
from poolviz.windows import Array

ORDER = 80
TITLE = "What is lost"
TEXT = """
Pooling forgets where in its window a value was. After a second layer of pooling, each cell stands
for a window of windows: every further 2×2 layer doubles the height and width of the area in which
a value may have been.

Networks for tasks that need exact positions, such as segmentation, therefore pool less, remember
where the winners were (unpooling), or bring back maps from earlier layers.
"""
TRY = "poolviz shape 8x8 2/2 2/2 2/2"


def exhibits() -> Iterator[Exhibit]:
    """A spot pooled three times, and how many positions of it give the same output."""
    values = spot(8, 2, 5)
    names = ("input", "pooled once", "pooled twice", "pooled three times")
    planes = [Plane(name, _after(values, times)) for times, name in enumerate(names)]
    yield Planes(tuple(planes))
    rows = tuple((name, str(_positions(values, times))) for times, name in enumerate(names))
    yield Table(("", "positions of the 9 that give this output"), rows)


def _positions(values: Array, times: int) -> int:
    """How many positions of a single 9 give the output of ``values`` after ``times`` layers."""
    pooled = _after(values, times)
    return sum(
        np.array_equal(_after(spot(8, row, column), times), pooled)
        for row in range(8)
        for column in range(8)
    )


def _after(values: Array, times: int) -> Array:
    for _ in range(times):
        values = run(FeatureMap(values), PoolSpec("max", 2)).output[0]
    return values
