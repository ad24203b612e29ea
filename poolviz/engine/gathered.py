"""The gathered path: a mode's definition over windows gathered in blocks of bounded size."""

from collections.abc import Iterator
from math import prod

import numpy as np

from poolviz.engine.fold import Progress, plane_groups
from poolviz.geometry import Geometry
from poolviz.plan import Plan
from poolviz.windows import Array, Block, Patches, gather

# A block of this many gathered cells takes some MB, for any input.
CELLS_AT_ONCE = 1 << 17


def reduce_gathered(
    values: Array,
    plan: Plan,
    out: Array,
    progress: Progress | None = None,
    emptied: Array | None = None,
) -> None:
    """Write ``values``, pooled by the mode's definition, into ``out``.

    Args:
        values: (..., spatial axes).
        plan: windows and mode.
        out: the output.
        progress: called with the number of values pooled since the last call.
        emptied: an array of the output's shape that receives which windows have masked
            cells only.
    """
    arrays = (values, out) if emptied is None else (values, out, emptied)
    # inf − inf, 0/0 and overflow give NaN and inf, according to IEEE 754 and every framework.
    with np.errstate(all="ignore"):
        for patches, (part, *others) in patch_blocks(arrays, plan):
            part[...] = plan.mode.reduce(patches)
            for other in others:
                other[...] = patches.counts.emptied
            if progress:
                progress(part.size)


def patch_blocks(
    arrays: tuple[Array, ...], plan: Plan, first: int = 0
) -> Iterator[tuple[Patches, list[Array]]]:
    """The patches of values, block by block, with the same block of arrays of the output's shape.

    Args:
        arrays: the values, then arrays of the output's shape.
        plan: windows and mode.
        first: the number of planes before these, so that random numbers continue after them.
    """
    values, *outputs = arrays
    geometry, mode = plan.geometry, plan.mode
    for planes, *pooled in plane_groups((values, *outputs), len(geometry.axes)):
        for group, block in blocks(len(planes), geometry):
            numbers = uniform(plan, (group, *block), first) if mode.draws else None
            fill = mode.identity(planes.dtype)
            patches = gather(planes[group], geometry, block, fill, numbers)
            yield patches, [output[(group, *block)] for output in pooled]
        first += len(planes)


def blocks(planes: int, geometry: Geometry) -> Iterator[tuple[slice, Block]]:
    """Groups of planes, and blocks of windows, that together read about CELLS_AT_ONCE cells."""
    totals = (planes, *geometry.output_size)
    # Ragged windows differ from the middle one by a cell or two.
    taps = prod(len(axis.window(axis.output_size // 2)) + 1 for axis in geometry.axes)
    counts = list(totals)
    for index in range(len(counts)):
        while counts[index] > 1 and prod(counts) * taps > CELLS_AT_ONCE:
            counts[index] = -(-counts[index] // 2)
    parts = [-(-total // count) for total, count in zip(totals, counts, strict=True)]
    for corner in np.ndindex(*parts):
        group, *block = (
            slice(number * count, min((number + 1) * count, total))
            for number, count, total in zip(corner, counts, totals, strict=True)
        )
        yield group, tuple(block)


def uniform(plan: Plan, block: Block, first: int) -> Array:
    """A random number in [0, 1) for each window of a block, the same however blocks are cut.

    Args:
        plan: the windows, and the seed of the numbers.
        block: a slice of planes, then of windows along each axis.
        first: the number of planes before plane 0 of ``block``.
    """
    shape = [part.stop - part.start for part in block]
    numbers = np.empty(shape)
    for position in np.ndindex(*shape[:-1]):
        # The row-major position of the row's first window among all planes' windows.
        plane, *indices = (part.start + index for part, index in zip(block, position, strict=False))
        flat = first + plane
        for index, length in zip([*indices, block[-1].start], plan.output_size, strict=True):
            flat = flat * length + index
        generator = np.random.PCG64(plan.seed)
        generator.advance(flat)
        numbers[position] = np.random.Generator(generator).random(shape[-1])
    return numbers
