"""Lesson: what is lost."""

from collections.abc import Iterator

import numpy as np

from poolviz.feature_map import FeatureMap
from poolviz.lessons._data import spot
from poolviz.lessons._lesson import Exhibit, Plane, Planes, Table
from poolviz.result import run
from poolviz.spec import PoolSpec
from poolviz.windows import Array

ORDER = 80
TITLE = "What is lost"
TEXT = """
Pooling forgets where in its window a value stood. Pool again, and the windows of the second
layer are windows of windows: what a cell says is known to lie somewhere in an area that doubles
along each side with every 2×2 layer.

Tasks that need places, such as segmentation, therefore pool less, keep the winners' places
(unpooling), or bring early maps back in.
"""
TRY = "poolviz shape 8x8 2/2 2/2 2/2"


def exhibits() -> Iterator[Exhibit]:
    """A spot pooled three times, and how many other places of it give the same."""
    values = spot(8, 2, 5)
    names = ("input", "pooled once", "pooled twice", "pooled three times")
    planes = [Plane(name, _after(values, times)) for times, name in enumerate(names)]
    yield Planes(tuple(planes))
    rows = tuple((name, str(_places(values, at))) for at, name in enumerate(names))
    yield Table(("", "places of the 9 that give this very output"), rows)


def _places(values: Array, times: int) -> int:
    """How many maps of one 9 give, pooled so often, what ``values`` do."""
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
