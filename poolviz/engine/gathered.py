"""The gathered path: a mode's definition over windows gathered in bounded blocks."""

import math

import numpy as np

from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.patches import Array, Block, gather, whole

# Gathered cells at a time, over all leading axes: some MB, whatever the input.
CELLS_AT_ONCE = 1 << 18


def reduce_gathered(values: Array, geometry: Geometry, mode: Mode, out: Array | None) -> Array:
    """``values`` pooled by ``mode.reduce``, one block of rows of windows at a time."""
    parts = [_reduce(values, geometry, mode, block) for block in blocks(values, geometry)]
    pooled = np.concatenate(parts, axis=-len(geometry.axes))
    if out is None:
        return pooled
    np.copyto(out, pooled)
    return out


def _reduce(values: Array, geometry: Geometry, mode: Mode, block: Block) -> Array:
    return mode.reduce(gather(values, geometry, block, mode.identity(values.dtype)))


def blocks(values: Array, geometry: Geometry) -> list[Block]:
    """Blocks along the first spatial axis, each of about ``CELLS_AT_ONCE`` cells."""
    first, *others = whole(geometry)
    taps = math.prod(len(axis.window(0)) for axis in geometry.axes)
    planes = math.prod(values.shape[: -len(geometry.axes)])
    a_row = max(1, planes * taps * math.prod(part.stop for part in others))
    rows = max(1, CELLS_AT_ONCE // a_row)
    return [
        (slice(start, min(start + rows, first.stop)), *others)
        for start in range(0, first.stop, rows)
    ]
