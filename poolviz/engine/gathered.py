"""The gathered path: a mode's definition over windows gathered in bounded blocks."""

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from poolviz.engine.fold import Progress, plane_groups
from poolviz.geometry import Geometry
from poolviz.plan import Plan
from poolviz.windows import Array, Block, gather

# Gathered cells at a time: some MB, whatever the input.
CELLS_AT_ONCE = 1 << 17


def reduce_gathered(
    values: Array,
    plan: Plan,
    out: Array,
    progress: Progress | None = None,
    emptied: Array | None = None,
) -> None:
    """Write ``values`` pooled by the mode's definition into ``out``.

    ``emptied``, of the same shape, is where to write which windows have masked cells only.
    """
    arrays = (values, out) if emptied is None else (values, out, emptied)
    # inf − inf, 0/0 and overflow give NaN and inf, as IEEE 754 and every framework say.
    with np.errstate(all="ignore"):
        for patches, part, *others in patch_blocks(arrays, plan):
            part[...] = plan.mode.reduce(patches)
            for other in others:
                other[...] = patches.counts.emptied
            if progress:
                progress(part.size)


def patch_blocks(
    arrays: tuple[Array, ...], plan: Plan, first: int = 0
) -> Iterator[tuple[Any, ...]]:
    """The patches of values, block by block, each with its parts of arrays of the output's shape.

    ``first`` says how many planes came before, so that draws go on where they were.
    """
    geometry, mode = plan.geometry, plan.mode
    for planes, *outputs in plane_groups(arrays, len(geometry.axes)):
        for group, block in blocks(len(planes), geometry):
            numbers = uniform(plan, (group, *block), first) if mode.draws else None
            fill = mode.identity(planes.dtype)
            patches = gather(planes[group], geometry, block, fill, numbers)
            yield patches, *(output[(group, *block)] for output in outputs)
        first += len(planes)


def blocks(planes: int, geometry: Geometry) -> Iterator[tuple[slice, Block]]:
    """Planes and windows that together read about CELLS_AT_ONCE cells."""
    sizes = geometry.output_size
    # Ragged windows differ by a cell or two from the middle one.
    taps = prod(len(axis.window(axis.output_size // 2)) + 1 for axis in geometry.axes)
    counts = [planes, *sizes]
    for at in range(len(counts)):
        while counts[at] > 1 and prod(counts) * taps > CELLS_AT_ONCE:
            counts[at] = -(-counts[at] // 2)
    totals = (planes, *sizes)
    for corner in np.ndindex(
        *(-(-total // each) for total, each in zip(totals, counts, strict=True))
    ):
        group, *block = (
            slice(at * each, min((at + 1) * each, total))
            for at, each, total in zip(corner, counts, totals, strict=True)
        )
        yield group, tuple(block)


def uniform(plan: Plan, block: Block, first: int) -> Array:
    """A number in [0, 1) for each window of a block, the same however blocks are cut.

    Args:
        plan: the windows, and the seed where the numbers begin.
        block: planes, then windows along each axis.
        first: how many planes come before the first that ``block`` counts from.
    """
    group, *parts = block
    sizes = plan.output_size
    shape = [part.stop - part.start for part in (group, *parts)]
    numbers = np.empty(shape)
    for at in np.ndindex(*shape[:-1]):
        row = [part.start + n for part, n in zip((group, *parts), at, strict=False)]
        generator = np.random.PCG64(plan.seed)
        generator.advance(_flat([first + row[0], *row[1:], parts[-1].start], sizes))
        numbers[at] = np.random.Generator(generator).random(shape[-1])
    return numbers


def _flat(place: list[int], sizes: tuple[int, ...]) -> int:
    """The position of a window among all, row-major over planes and windows."""
    flat = 0
    for at, length in zip(place, (1, *sizes), strict=True):
        flat = flat * length + int(at)
    return flat
