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
Stochastic pooling picks one cell at random during training, and picks cells with larger values more
often. At inference, the result is the mean of the cells, weighted by the same probabilities.

Lp pooling takes the p-th root of a sum of p-th powers. The larger p is, the more the largest cells
dominate; at p = ∞ the result is the largest |x|. With a mean in place of the sum it becomes the
generalised mean (gem), which is the average at p = 1 and approaches the maximum as p grows.
"""
TRY = "poolviz explain sample:course-4x4 --mode stochastic --seed 7 --cell 0,0"
POWERS = (1, 2, 4, 8, 32)
WINDOW = ((1, 2), (3, 4))


def exhibits() -> Iterator[Exhibit]:
    """The cells of 1, 2, 3, 4 drawn with ten seeds; then the same window with growing p."""
    window = FeatureMap(np.array(WINDOW), "window")
    drawn = [
        int(run(window, PoolSpec("stochastic"), seed=seed).output.item()) for seed in range(10)
    ]
    yield Note(f"stochastic pooling of 1, 2, 3, 4 with seeds 0 to 9: {', '.join(map(str, drawn))}")
    expected = run(window, PoolSpec("stochastic:expected=true")).step(0, 0)
    yield Note(f"its expected value: {expected.arithmetic}")
    rows = [(str(p), *(_value(window, f"{mode}:p={p}") for mode in ("lp", "gem"))) for p in POWERS]
    yield Table(("p", "lp of 1, 2, 3, 4", "gem of 1, 2, 3, 4"), tuple(rows))
    largest, mean = (_value(window, mode) for mode in ("max", "average"))
    yield Note(f"for comparison: max {largest}, average {mean}")


def _value(window: FeatureMap, mode: str) -> str:
    """The window pooled, as text."""
    return text.number(run(window, PoolSpec(mode)).output.item())
