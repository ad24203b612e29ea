"""Lesson: stochastic and Lp pooling."""

from collections.abc import Iterator

import numpy as np

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.lessons._lesson import Exhibit, Note, Table
from poolviz.result import run
from poolviz.spec import PoolSpec

ORDER = 70
TITLE = "Stochastic and Lp pooling"
TEXT = """
Lp takes the root of a sum of powers: the larger p, the more the largest cells decide; with p = ∞
it is the largest |x|. With a mean in place of the sum it is the generalised mean (gem), which goes
from the average at p = 1 up to the maximum.

Stochastic pooling draws a cell, larger ones more often, in training; when the network is used it
takes the mean weighted by these chances.
"""
TRY = "poolviz explain sample:course-4x4 --mode stochastic --seed 7 --cell 0,0"
POWERS = (1, 2, 4, 8, 32)
WINDOW = ((1, 2), (3, 4))


def exhibits() -> Iterator[Exhibit]:
    """One window of 1, 2, 3, 4 under rising p; then what is drawn by ten seeds."""
    window = FeatureMap(np.array(WINDOW), "window")
    rows = [(str(p), *(_value(window, f"{mode}:p={p}") for mode in ("lp", "gem"))) for p in POWERS]
    yield Table(("p", "lp of 1, 2, 3, 4", "gem of 1, 2, 3, 4"), tuple(rows))
    largest, mean = (_value(window, mode) for mode in ("max", "average"))
    yield Note(f"max: {largest}, average: {mean}")
    drawn = [
        int(run(window, PoolSpec("stochastic"), seed=seed).output.item()) for seed in range(10)
    ]
    yield Note(f"stochastic, seeds 0 to 9: {', '.join(map(str, drawn))}")
    expected = run(window, PoolSpec("stochastic:expected=true")).step(0, 0)
    yield Note(f"its expectation: {expected.arithmetic}")


def _value(window: FeatureMap, mode: str) -> str:
    """What a mode makes of the window."""
    return text.number(run(window, PoolSpec(mode)).output.item())
