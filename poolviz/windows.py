"""Patches: the values under windows, and how many cells the windows have."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.geometry import Axis, Geometry, SlidingAxis

Array = NDArray[Any]
# Output positions along each axis.
Block = tuple[slice, ...]
# The same as (start, stop) pairs, which can be hashed.
Bounds = tuple[tuple[int, int], ...]
# Counts of so few windows are kept.
FEW_WINDOWS = 1 << 10


@dataclass(frozen=True)
class Counts:
    """How many cells each window has; arrays that broadcast over the windows asked for.

    Args:
        taps: all cells of the window.
        padded: those that are no overhang.
        inside: those in the input.
        divisor: what an average divides by, under the spec; 0 only where the rule
            makes the average of no cells NaN.
        masked: input cells that are left out since they are masked; they are among the
            taps only.
    """

    taps: Array
    padded: Array
    inside: Array
    divisor: Array
    masked: Any = 0

    @property
    def emptied(self) -> Array:
        """Which windows have no cell left, all of theirs being masked."""
        return np.asarray((self.inside == 0) & (np.asarray(self.masked) > 0))

    def without(self, masked: Array, geometry: Geometry) -> "Counts":
        """The counts when so many cells of each window are masked."""
        padded, inside = self.padded - masked, self.inside - masked
        divisor = _divisor(geometry, self.taps - masked, padded, inside)
        return Counts(self.taps, padded, inside, divisor, masked)


@dataclass(frozen=True)
class Patches:
    """The values under some windows.

    Args:
        cells: (..., n), one window in the last axis, row-major; cells outside
            the input hold the mode's identity.
        inside: which of them take part, being in the input and not masked (or in padding,
            under rules where that has a value); broadcasts to ``cells``.
        counts: how many there are; broadcasts to ``cells`` without its last axis.
        shape: the windows' cells along each axis; their product is n.
        uniform: for modes that draw, a number in [0, 1) for each window: (...).
        places: each cell's row-major position in the unpadded plane, −1 outside
            it and where it is masked; broadcasts to ``cells``.
        axes: the axes that the windows were cut along.
        along: for each axis the windows' indices along it; they broadcast as ``counts``.
    """

    cells: Array
    inside: Array
    counts: Counts
    shape: tuple[int, ...] = ()
    uniform: Any = None
    places: Any = None
    axes: tuple[Axis, ...] = ()
    along: tuple[Array, ...] = ()


def all_windows(geometry: Geometry) -> Block:
    """The block of all windows."""
    return tuple(slice(0, axis.output_size) for axis in geometry.axes)


def one_window(index: Sequence[int]) -> Block:
    """The block of the one window at ``index``."""
    return tuple(slice(at, at + 1) for at in index)


def count_cells(geometry: Geometry, block: Block) -> Counts:
    """Cell counts of the windows in ``block``."""
    bounds = tuple((part.start, part.stop) for part in block)
    few = prod(stop - start for start, stop in bounds) <= FEW_WINDOWS
    return _kept_counts(geometry, bounds) if few else _counts(geometry, bounds)


@lru_cache(maxsize=256)
def _kept_counts(geometry: Geometry, bounds: Bounds) -> Counts:
    """Kept, since counting takes as long as pooling a small map."""
    return _counts(geometry, bounds)


def _counts(geometry: Geometry, bounds: Bounds) -> Counts:
    along = [_axis_counts(axis, *bound) for axis, bound in zip(geometry.axes, bounds, strict=True)]
    taps, padded, inside = (
        reduce(np.multiply.outer, vectors) for vectors in zip(*along, strict=True)
    )
    inside = inside if geometry.rule.pads_with is None else padded
    return Counts(taps, padded, inside, _divisor(geometry, taps, padded, inside))


def _divisor(geometry: Geometry, taps: Array, padded: Array, inside: Array) -> Array:
    spec, rule = geometry.spec, geometry.rule
    counted = taps if rule.counts_overhang and not spec.ceil_mode else padded
    divisor = counted if spec.count_include_pad else inside
    if spec.divisor_override is not None:
        divisor = np.full_like(divisor, spec.divisor_override)
    if rule.empty_average == "zero":
        # The sum of a window without anything to count is 0, and so is its average.
        divisor = np.where(divisor == 0, 1, divisor)
    return divisor


@lru_cache(maxsize=256)
def _axis_counts(axis: Axis, start: int, stop: int) -> tuple[Array, Array, Array]:
    """Kept, since every block along an axis asks again: a third of the time for a small map."""
    coordinates, present = _coordinates(axis, slice(start, stop))
    padded = present & _within(coordinates, axis, padding=True)
    inside = present & _within(coordinates, axis, padding=False)
    taps, padded, inside = (mask.sum(axis=1) for mask in (present, padded, inside))
    return _uniform(taps), _uniform(padded), _uniform(inside)


def _uniform(counts: Array) -> Array:
    """One number where all are the same: dividing by a plane of them costs twice as much."""
    return counts[:1] if (counts == counts[0]).all() else counts


def _coordinates(axis: Axis, part: slice) -> tuple[Array, Array]:
    """The coordinates that the windows read, (windows, taps), and which of these exist."""
    if isinstance(axis, SlidingAxis):
        starts = np.arange(part.start, part.stop)[:, None] * axis.stride - axis.before
        coordinates = starts + np.arange(axis.kernel_size) * axis.dilation
        return coordinates, np.ones_like(coordinates, bool)
    windows = [axis.window(at) for at in range(part.start, part.stop)]
    starts = np.array([window.start for window in windows])[:, None]
    lengths = np.array([len(window) for window in windows])[:, None]
    taps = np.arange(lengths.max())
    return starts + taps, taps < lengths


def gather(
    values: Array, geometry: Geometry, block: Block, fill: Any, uniform: Array | None = None
) -> Patches:
    """The patches of the windows in ``block``.

    Args:
        values: (..., spatial axes of the geometry); masked cells take no part.
        geometry: the windows.
        block: which of them.
        fill: what cells that take no part hold.
        uniform: see :class:`Patches`.

    Returns:
        Patches whose cells have the shape (..., windows per axis of the block, n).
    """
    rank = len(geometry.axes)
    cells, masked = np.ma.getdata(values), _mask(values)
    inside, padded, shape = np.ones((), bool), np.ones((), bool), []
    places = np.zeros((), np.int64)
    for at, (axis, part) in enumerate(zip(geometry.axes, block, strict=True)):
        coordinates, present = _coordinates(axis, part)
        # An axis of n cells becomes two, (windows, taps), behind those done before.
        split = values.ndim - rank + 2 * at
        existing = coordinates.clip(0, axis.size - 1)
        cells = np.take(cells, existing, axis=split)
        masked = None if masked is None else np.take(masked, existing, axis=split)
        inside = np.logical_and.outer(inside, present & _within(coordinates, axis, padding=False))
        padded = np.logical_and.outer(padded, present & _within(coordinates, axis, padding=True))
        places = np.add.outer(places * axis.size, coordinates)
        shape.append(coordinates.shape[1])
    order = [2 * at for at in range(rank)] + [2 * at + 1 for at in range(rank)]
    cells, inside, padded, places = (
        _taps_last(part, order) for part in (cells, inside, padded, places)
    )
    counts, pads = count_cells(geometry, block), padded & ~inside
    if masked is not None:
        masked = _taps_last(masked, order) & inside
        inside = inside & ~masked
        counts = counts.without(masked.sum(axis=-1), geometry)
    places = np.where(inside, places, -1)
    cells = np.where(inside, cells, fill).astype(values.dtype)
    if geometry.rule.pads_with is not None:
        # In the values' own type: an int64 above 2^53 is no float.
        cells = np.where(pads, values.dtype.type(geometry.rule.pads_with), cells)
        inside = inside | pads
    indices = tuple(np.ogrid[block])
    return Patches(cells, inside, counts, tuple(shape), uniform, places, geometry.axes, indices)


def _mask(values: Array) -> Array | None:
    """Which cells are masked; None if none can be."""
    masked = isinstance(values, np.ma.MaskedArray) and values.mask is not np.ma.nomask
    return np.asarray(values.mask) if masked else None  # type: ignore[attr-defined]


def _within(coordinates: Array, axis: Axis, *, padding: bool) -> Array:
    """Which coordinates lie in the input, or in it and its padding."""
    before, after = (axis.before, axis.after) if padding else (0, 0)
    return (coordinates >= -before) & (coordinates < axis.size + after)


def _taps_last(array: Array, order: list[int]) -> Array:
    """(..., windows, taps, windows, taps) with the windows first and all taps in one axis."""
    leading = array.ndim - len(order)
    moved = array.transpose([*range(leading), *(leading + at for at in order)])
    return moved.reshape(*moved.shape[: leading + len(order) // 2], -1)


@dataclass(frozen=True)
class ReceptiveField:
    """The part of the first layer's input that one cell of a map depends on, per axis.

    A layer adds (window − 1) · jump cells to its size and multiplies the jump by its stride
    (Araujo et al. 2019, doi 10.23915/distill.00021).

    Args:
        size: cells of the first layer's input that one cell depends on.
        jump: cells of that input from one cell to the next; the average where windows
            differ.
        limit: the size of that input, beyond which there is only padding.

    Example:
        >>> ReceptiveField.of((224, 224)).grow((7, 7), (2, 2)).grow((3, 3), (2, 2))
        ReceptiveField(size=(11, 11), jump=(4.0, 4.0), limit=(224, 224))
    """

    size: tuple[int, ...]
    jump: tuple[float, ...]
    limit: tuple[int, ...]

    @classmethod
    def of(cls, input_size: Sequence[int]) -> "ReceptiveField":
        """The field of the input's own cells: one cell."""
        rank = len(input_size)
        return cls((1,) * rank, (1.0,) * rank, tuple(input_size))

    def grow(self, reach: Sequence[int], stride: Sequence[float]) -> "ReceptiveField":
        """The field after a layer whose windows span ``reach`` cells and move by ``stride``."""
        sizes = zip(self.size, reach, self.jump, self.limit, strict=True)
        size = tuple(min(round(a + (b - 1) * c), most) for a, b, c, most in sizes)
        jumps = zip(self.jump, stride, self.limit, strict=True)
        jump = tuple(min(a * b, float(most)) for a, b, most in jumps)
        return ReceptiveField(size, jump, self.limit)

    def through(self, axes: Sequence[Axis]) -> "ReceptiveField":
        """The field after a layer, of any kind, with the windows of ``axes``."""
        return self.grow([_reach(axis) for axis in axes], [axis.step for axis in axes])

    def everything(self) -> "ReceptiveField":
        """The field of a cell that depends on the entire input."""
        return ReceptiveField(self.limit, tuple(map(float, self.limit)), self.limit)

    def merge(self, other: "ReceptiveField") -> "ReceptiveField":
        """The field of a cell computed from two maps: the larger size, the smaller jump."""
        size = tuple(map(max, self.size, other.size))
        return ReceptiveField(size, tuple(map(min, self.jump, other.jump)), self.limit)


def _reach(axis: Axis) -> int:
    """The number of cells from a window's first to its last, for the longest window."""
    alike = isinstance(axis, SlidingAxis)
    windows = map(axis.window, range(1 if alike else axis.output_size))
    return max(window[-1] - window[0] + 1 for window in windows)


@dataclass(frozen=True, eq=False)
class Spans:
    """The cells of the first layer that each cell along one axis reads.

    Unlike a receptive field it is exact where windows differ in length.

    Args:
        firsts: the first cell that each one reads.
        lasts: the last.

    Example:
        >>> from poolviz.geometry import resolve
        >>> from poolviz.spec import PoolSpec
        >>> (axis,) = resolve(PoolSpec(output_size=(2,)), (9,)).axes
        >>> Spans.of(9).through(axis).length
        5
    """

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]

    @classmethod
    def of(cls, size: int) -> "Spans":
        """The spans of the first layer's own cells: each reads itself."""
        return cls(np.arange(size), np.arange(size))

    def through(self, axis: Axis) -> "Spans":
        """The spans after a layer with the windows of ``axis``; padding reads nothing."""
        ends = [(window[0], window[-1]) for window in map(axis.window, range(axis.output_size))]
        first, last = np.clip(np.transpose(ends), 0, len(self.firsts) - 1)
        return Spans(self.firsts[first], self.lasts[last])

    @property
    def length(self) -> int:
        """The number of cells in the longest span."""
        return int((self.lasts - self.firsts).max()) + 1
