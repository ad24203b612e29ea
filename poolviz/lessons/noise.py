"""Lesson: noise, smoothed by average and kept by max."""

from collections.abc import Iterator

import numpy as np

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.lessons._lesson import Exhibit, Table
from poolviz.result import run
from poolviz.spec import PoolSpec

ORDER = 90
TITLE = "Noise: smoothed by average, kept by max"
TEXT = """
The mean of n independent measurements is √n times as precise as one of them, so average pooling
over k×k cells divides the noise by k.

The largest of n noisy cells is probably one with a large error. Max pooling reduces the spread
less, and its values are too large on average; the larger the window, the larger this bias. Here
the true value is 0 everywhere, and the noise is normal with a standard deviation of 1.
"""
TRY = "poolviz compare sample:features --modes max,average,median --size 4"
SIDE, SEED = 120, 0


def exhibits() -> Iterator[Exhibit]:
    """A flat map with noise, pooled: mean error and standard deviation of its values."""
    noise = np.random.default_rng(SEED).normal(size=(SIDE, SIDE))
    rows = []
    for size in (2, 3, 4):
        for mode in ("average", "median", "max"):
            output = run(FeatureMap(noise), PoolSpec(mode, size)).output
            off, spread = float(output.mean()), float(output.std())
            rows.append((f"{mode} {size}×{size}", text.number(off, 2), text.number(spread, 2)))
    before = ("input", text.number(float(noise.mean()), 2), text.number(float(noise.std()), 2))
    yield Table((f"{SIDE}×{SIDE} cells", "mean error", "standard deviation"), (before, *rows))
