"""Lesson: pooling versus strided convolution."""

from collections.abc import Iterator
from math import prod

import numpy as np

from poolviz import text
from poolviz.geometry import Geometry, resolve
from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes, Table, pooled, teaching
from poolviz.spec import PoolSpec
from poolviz.windows import Array, all_windows, gather

ORDER = 140
TITLE = "Pooling versus strided convolution"
TEXT = """
A convolution with stride 2 halves a map just as 2×2 pooling does, and its output size follows the
same formula. The convolution has weights to learn and mixes the channels; pooling has no weights
and keeps the channels apart.

Average pooling over n cells is a strided convolution of each channel with n weights of 1/n. Max
pooling is not a convolution: no fixed weights can pick the largest cell.
"""
TRY = "poolviz shape 56x56 3/2p1"
CHANNELS, SIDE = 64, 56


def exhibits() -> Iterator[Exhibit]:
    """The cost of both on a 64×56×56 map, and average pooling as a convolution."""
    rows = [_cost("max 2×2, stride 2", 2, 0, learned=False)]
    rows += [_cost("convolution 2×2, stride 2", 2, 0, learned=True)]
    rows += [_cost("convolution 3×3, stride 2, padding 1", 3, 1, learned=True)]
    head = (f"{CHANNELS}×{SIDE}×{SIDE}", "output", "parameters", "multiply-adds")
    yield Table(head, tuple(rows))
    result = pooled("average")
    convolved = _convolved(result.geometry, np.full(4, 1 / 4))
    title = "convolution with weights 1/4"
    yield Planes((Plane("average 2×2", result.output[0]), Plane(title, convolved)))
    equal = "equals" if np.allclose(convolved, result.output[0]) else "differs from"
    yield Note(f"The convolution with weights 1/4 and stride 2 {equal} average pooling.")


def _cost(name: str, size: int, padding: int, *, learned: bool) -> tuple[str, str, str, str]:
    """Output, parameters (with a bias for each channel) and multiply-adds of a layer."""
    geometry = resolve(PoolSpec(kernel_size=size, stride=2, padding=padding), (SIDE, SIDE))
    taps = size * size * CHANNELS * CHANNELS if learned else 0
    output = (CHANNELS, *geometry.output_size)
    parameters = taps + (CHANNELS if learned else 0)
    return name, text.size(output), f"{parameters:,}", f"{taps * prod(geometry.output_size):,}"


def _convolved(geometry: Geometry, weights: Array) -> Array:
    """The 6×6 map under a strided convolution, plainly: each window times the weights."""
    cells = gather(teaching().values[0].astype(float), geometry, all_windows(geometry), 0).cells
    return np.asarray(cells @ weights)
