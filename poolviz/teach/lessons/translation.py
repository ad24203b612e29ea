"""Lesson: translation invariance."""

from collections.abc import Iterator

import numpy as np

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.spec import PoolSpec
from poolviz.teach.lesson import Exhibit, Plane, Planes, Table
from poolviz.teach.lessons._data import spot
from poolviz.teach.shifts import shift, sweep

ORDER = 100
TITLE = "Translation invariance, measured"
TEXT = """
Textbooks say that pooling makes a network insensitive to small translations. It holds as long
as a feature stays within its window; at the window's edge the output jumps.

So it is a matter of degree, of the stride as much as of the size. Measured on random numbers: the
share of values that are the same after the input has moved. A mean is hardly ever quite the same.
"""
TRY = "poolviz shift sample:scene --size 4 --sweep 8"
SIDE, SEED = 64, 4


def exhibits() -> Iterator[Exhibit]:
    """A spot that stays in its window, then a map of random numbers under growing shifts."""
    moved = shift(FeatureMap(spot(6, 2, 2)), PoolSpec("max", 2), ["max"], (0, 1), fill="zero")
    yield Planes(
        tuple(
            Plane(
                f"{'input' if not each.name else 'max'}, moved by one",
                each.after[0],
                each.changed[0],
            )
            for each in moved
        )
    )
    modes = ["max", "average"]
    values = np.random.default_rng(SEED).normal(size=(SIDE, SIDE))
    found = sweep(FeatureMap(values), PoolSpec("max", 4), modes, (0, 1), 5)
    rows = tuple(
        (str(by[1]), *(text.percent(each.unchanged) for each in shifts)) for by, shifts in found
    )
    yield Table(("moved by", "input", *(f"{mode} 4×4" for mode in modes)), rows)
