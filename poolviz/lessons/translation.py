"""Lesson: translation invariance."""

from collections.abc import Iterator

import numpy as np

from poolviz import text
from poolviz.analysis import Question
from poolviz.analysis.shift import Movement, shift, sweep
from poolviz.feature_map import FeatureMap
from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes, Table, spot
from poolviz.spec import PoolSpec

ORDER = 100
TITLE = "Translation invariance, measured"
TEXT = """
Textbooks say that pooling makes a network insensitive to small translations. This is true while a
feature stays within its window; when it leaves the window, the output jumps.

Invariance is therefore a matter of degree: the larger the window, the larger the shifts that it
hides. The table shows how many outputs stay the same when a map of random numbers moves; cells
that leave on one side come back in on the other. An average hardly ever stays exactly the same.
"""
TRY = "poolviz shift sample:scene --size 4 --sweep 8"
SIDE, MOST, SEED = 64, 5, 4
MEASURED = (("max", 2), ("max", 4), ("max", 8), ("average", 4))


def exhibits() -> Iterator[Exhibit]:
    """A spot that stays in its window, then a map of random numbers under growing shifts."""
    for columns in (1, 2):
        question = Question(FeatureMap(spot(6, 2, 2)), PoolSpec("max", 2))
        maps = shift(question, ["max"], Movement((0, columns))).maps
        yield Note(f"A spot at (2, 2) moved by {text.counted(columns, 'column')}:")
        yield Planes(
            tuple(Plane(each.name or "input", each.after[0], each.changed[0]) for each in maps)
        )
    values = FeatureMap(np.random.default_rng(SEED).normal(size=(SIDE, SIDE)))
    swept = [_swept(values, PoolSpec(mode, size)) for mode, size in MEASURED]
    table = zip(range(MOST + 1), *swept, strict=True)
    rows = tuple((str(by), *map(text.percent, shares)) for by, *shares in table)
    yield Table(("moved by", *(f"{mode} {size}×{size}" for mode, size in MEASURED)), rows)


def _swept(values: FeatureMap, spec: PoolSpec) -> list[float]:
    """The share of unchanged outputs for each shift to the right."""
    swept = sweep(Question(values, spec), [spec.mode], Movement((0, 1), "wrap"), MOST)
    return [shifts.maps[1].unchanged for shifts in swept.shifts]
