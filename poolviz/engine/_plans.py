"""Plans: how the cells of a block are folded, axis by axis; made once for a geometry."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod
from typing import Literal

import numpy as np

from poolviz.engine._blocks import Axes, Taps, block_shape, slices, window_parts
from poolviz.patches import Array, Block

# From this many cells a row is folded with the next ones; shorter rows in one long loop.
WIDE_ROW = 512
# From this stride on, leaving out the rows between windows is worth its copy.
SPARSE_STRIDE = 3
# Shorter rows of windows are copied quicker by np.take than by a strided copy.
SHORT_ROW = 8
# From so many windows in a row on, the products of each row pay by themselves.
MANY_TILES = 32
# Folds in which a cell may count twice.
IDEMPOTENT = (np.maximum, np.minimum, np.fmax, np.fmin)
Method = Literal["products", "rows", "shifts"]


@dataclass(frozen=True)
class FoldStep:
    """The fold along one axis of cells shaped (planes, ...).

    Args:
        method: by matrix products with ones, row by row, or by shifts of the whole block.
        at: the axis.
        taps: its windows.
        first: where the first window begins in the padded block.
        shifts: by how many cells, and whether the single cells are shifted or the folded.
        keep: what to keep before the next axis is folded; None for all.
    """

    method: Method
    at: int
    taps: Taps
    first: int
    shifts: tuple[tuple[int, bool], ...] = ()
    keep: Block | None = None


@dataclass(frozen=True, eq=False)
class Plan:
    """How the cells of a block become windows.

    Args:
        axes: the windows on the block.
        shape: the block with its padding.
        inside: the input's part of it.
        steps: the folds in their order.
        kept: where the windows' values stand afterwards.
        pairs: the same in cells taken two by two, where each pair begins with a window.
        picks: the same as flat positions, where rows of windows are short.
    """

    axes: Axes
    shape: tuple[int, ...]
    inside: Block
    steps: tuple[FoldStep, ...]
    kept: Block
    pairs: Block | None
    picks: Array | None


@dataclass(frozen=True, eq=False)
class Piece:
    """One part of the windows of a block: the input cells that it reads, and its plan."""

    cells: Block
    plan: Plan


Tile = tuple[slice, Block, tuple[Piece, ...]]


@lru_cache(maxsize=64)
def tiling(planes: int, axes: Axes, limit: int, fold: np.ufunc, products: bool) -> tuple[Tile, ...]:
    """Blocks of about ``limit`` cells: their planes, their windows, the pieces of these."""
    parts = window_parts(axes, limit // 2)
    shape = block_shape(planes, parts[0], limit)
    totals = planes, *(axis.output_size for axis in axes)
    groups, *tiles = (slices(*pair) for pair in zip(totals, shape, strict=True))
    pieces = [_pieces(part, tiles, fold, products) for part in parts]
    windows = list(zip(product(*tiles), zip(*pieces, strict=True), strict=True))
    return tuple((group, block, parts) for group in groups for block, parts in windows)


def _pieces(
    axes: Axes, tiles: list[list[slice]], fold: np.ufunc, products: bool
) -> Iterator[Piece]:
    parts = [[axis.part(tile) for tile in row] for axis, row in zip(axes, tiles, strict=True)]
    for block in product(*parts):
        cells, cut = zip(*block, strict=True)
        yield Piece(cells, plan_of(cut, fold, products))


@lru_cache(maxsize=256)
def plan_of(axes: Axes, fold: np.ufunc, products: bool) -> Plan:
    """The plan for a block's windows; ``products``: sums may be matrix products."""
    padded = tuple(axis.padded_size for axis in axes)
    shape, kept, steps = list(padded), [slice(None)] * (1 + len(axes)), []
    for at in _order(axes, products):
        step = _step(at, axes[at], shape, fold, products)
        steps.append(step)
        if step.method == "shifts" and step.keep is None:
            kept[step.at] = starts(step.taps, step.first)
        else:
            shape[at] = step.taps.output_size
    inside = tuple(slice(axis.outside[0], axis.outside[0] + axis.size) for axis in axes)
    pairs, picks = _pairs(shape, kept), _picks(axes, shape, kept)
    return Plan(axes, padded, inside, tuple(steps), tuple(kept), pairs, picks)


def _order(axes: Axes, products: bool) -> list[int]:
    """The first axes shrink by whole rows, if these are wide; else products shrink the last."""
    order = list(range(len(axes)))
    last = axes[-1]
    return order[::-1] if products and _tiled(last) and last.padded_size < WIDE_ROW else order


def _tiled(taps: Taps) -> bool:
    """Whether the windows stand side by side, so that BLAS can add them."""
    side_by_side = taps.stride >= taps.kernel_size or taps.output_size == 1
    return taps.dilation == 1 and side_by_side and (taps.fills or taps.output_size >= MANY_TILES)


def _step(at: int, taps: Taps, shape: list[int], fold: np.ufunc, products: bool) -> FoldStep:
    row = prod(shape[at + 1 :])
    first = taps.start + taps.outside[0]
    if products and row == 1 and _tiled(taps):
        return FoldStep("products", at + 1, taps, first)
    shifts = [
        (taps.dilation * row * cells, single) for cells, single in growth(taps.kernel_size, fold)
    ]
    # Row by row only windows are folded; by shifts every place, but in fewer passes.
    if row >= WIDE_ROW and taps.kernel_size - 1 < taps.stride * (len(shifts) + 1):
        return FoldStep("rows", at + 1, taps, first)
    keep = None
    if taps.stride >= SPARSE_STRIDE and row > 1:
        keep = (slice(None),) * (at + 1) + (starts(taps, first),)
    return FoldStep("shifts", at + 1, taps, first, tuple(shifts), keep)


def starts(taps: Taps, first: int) -> slice:
    """Where the windows begin in a padded block."""
    return slice(first, first + (taps.output_size - 1) * taps.stride + 1, taps.stride)


def _pairs(shape: list[int], kept: list[slice]) -> Block | None:
    last = kept[-1]
    if last.step != 2 or last.start % 2 or shape[-1] % 2:  # noqa: PLR2004 - a pair is two
        return None
    return (*kept[:-1], slice(last.start // 2, last.stop // 2 + 1))


def _picks(axes: Axes, shape: list[int], kept: list[slice]) -> Array | None:
    if axes[-1].output_size >= SHORT_ROW:
        return None
    return np.arange(prod(shape)).reshape(shape)[tuple(kept[1:])].ravel()


def growth(kernel_size: int, fold: np.ufunc) -> Iterator[tuple[int, bool]]:
    """Shifts by which a fold grows to ``kernel_size`` cells in O(log k) passes.

    With True the single cells are shifted, one more joining the fold; otherwise
    the folded ones. Where a cell may count twice (max, min) halves may overlap.
    """
    span = 1
    if fold in IDEMPOTENT:
        while span < kernel_size:
            shift = min(span, kernel_size - span)
            yield shift, False
            span += shift
        return
    for bit in f"{kernel_size:b}"[1:]:
        yield span, False
        span *= 2
        if bit == "1":
            yield span, True
            span += 1
