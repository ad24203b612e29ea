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
Textbooks say that pooling makes a network insensitive to small translations. It holds as long as a
feature stays within its window; at the window's edge the output jumps.

So it is a matter of degree: the larger the window, the larger the shift that it hides. Moved by a
whole stride, the output is the old one moved by one cell; that is equivariance, not invariance.
Measured on random numbers, the share of values that are the same after the input has moved. A mean
is hardly ever quite the same.
"""
TRY = "poolviz shift sample:scene --size 4 --sweep 8"
SIDE, MOST, SEED = 64, 5, 4
MEASURED = (("max", 2), ("max", 4), ("max", 8), ("average", 4))


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
    values = FeatureMap(np.random.default_rng(SEED).normal(size=(SIDE, SIDE)))
    swept = [_swept(values, PoolSpec(mode, size)) for mode, size in MEASURED]
    columns = zip(range(MOST + 1), *swept, strict=True)
    rows = tuple((str(by), *map(text.percent, shares)) for by, *shares in columns)
    yield Table(("moved by", *(f"{mode} {size}×{size}" for mode, size in MEASURED)), rows)


def _swept(values: FeatureMap, spec: PoolSpec) -> list[float]:
    """The share of unchanged outputs for each shift to the right."""
    found = sweep(values, spec, [spec.mode], (0, 1), MOST)
    return [pooled.unchanged for _, (_, pooled) in found]
