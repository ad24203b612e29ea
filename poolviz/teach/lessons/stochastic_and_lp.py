"""Lesson: stochastic and Lp pooling."""

from collections.abc import Iterator

import numpy as np

from poolviz.feature_map import FeatureMap
from poolviz.result import run
from poolviz.spec import PoolSpec
from poolviz.teach.lesson import Exhibit, Said, Table

ORDER = 70
TITLE = "Stochastic and Lp pooling"
TEXT = """
Between max and average lie many modes. Lp sums powers and takes the root; divided by the number
of cells that is the generalised mean (gem): p = 1 is the average, and the larger p, the nearer
it comes to the maximum.

Stochastic pooling draws a cell, larger ones more often, in training; when the network is used
it takes the mean weighted by these chances.
"""
TRY = "poolviz explain sample:course-4x4 --mode stochastic --seed 7 --cell 0,0"
WINDOW = ((1, 2), (3, 4))


def exhibits() -> Iterator[Exhibit]:
    """One window of 1, 2, 3, 4 under rising p; then what is drawn by ten seeds."""
    window = FeatureMap(np.array(WINDOW), "window")
    powers = [f"gem:p={p}" for p in (1, 2, 4, 8, 32)]
    rows = [
        (mode, run(window, PoolSpec(mode)).step(0, 0).arithmetic)
        for mode in ["average", *powers, "max"]
    ]
    yield Table(("mode", "of 1, 2, 3, 4"), tuple(rows))
    drawn = [
        int(run(window, PoolSpec("stochastic"), seed=seed).output.item()) for seed in range(10)
    ]
    yield Said(f"stochastic, seeds 0 to 9: {', '.join(map(str, drawn))}")
    expected = run(window, PoolSpec("stochastic:expected=true")).step(0, 0)
    yield Said(f"its expectation: {expected.arithmetic}")
