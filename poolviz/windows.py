"""Patches: the values under windows, their counts of cells, and receptive fields."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.arrays import has_masked, unmasked
from poolviz.geometry import Axis, Geometry, SlidingAxis

Array = NDArray[Any]
# Windows along each axis.
Block = tuple[slice, ...]
# The same as (start, stop) pairs, which can be hashed.
Bounds = tuple[tuple[int, int], ...]
# Counts of at most this many windows are cached.
FEW_WINDOWS = 1 << 10


@dataclass(frozen=True)
class Counts:
    """The number of cells of each window, in arrays that broadcast over the windows.

    Args:
        taps: all cells of the window.
        padded: the cells in the input or the padding, but not in the overhang.
        inside: the cells in the input.
        divisor: the divisor of an average under the spec; 0 only if the rule makes the
            average of no cells NaN.
        masked: input cells that take no part because they are masked; only ``taps`` counts
            them.
    """

    taps: Array
    padded: Array
    inside: Array
    divisor: Array
    masked: Array | int = 0

    @property
    def emptied(self) -> Array:
        """Which windows have masked cells only."""
        return np.asarray((self.inside == 0) & (np.asarray(self.masked) > 0))

    def without(self, masked: Array, geometry: Geometry) -> "Counts":
        """The counts if ``masked`` input cells of each window take no part."""
        padded, inside = self.padded - masked, self.inside - masked
        divisor = _divisor(geometry, self.taps - masked, padded, inside)
        return Counts(self.taps, padded, inside, divisor, masked)


@dataclass(frozen=True)
class Patches:
    """The values under some windows.

    Args:
        cells: (..., n), one window in the last axis, row-major; cells outside
            the input hold the mode's identity.
        inside: which cells take part: those in the input that are not masked, and padding
            under rules that give it a value; broadcasts to ``cells``.
        counts: the number of cells; broadcasts to ``cells`` without its last axis.
        shape: the number of cells of a window along each axis; their product is n.
        uniform: for modes that draw, a random number in [0, 1) for each window: (...).
        places: the row-major position of each cell in the unpadded plane, −1 outside
            it and where it is masked; broadcasts to ``cells``.
        axes: the axes of the windows.
        along: for each axis the windows' indices along it; they broadcast like ``counts``.
    """

    cells: Array
    inside: Array
    counts: Counts
    shape: tuple[int, ...] = ()
    uniform: Array | None = None
    places: Array = field(default_factory=lambda: np.array(-1))
    axes: tuple[Axis, ...] = ()
    along: tuple[Array, ...] = ()

    @property
    def read(self) -> Array:
        """The cells that take part, of the patch of one window: (m,)."""
        return np.asarray(self.cells[self.inside])

    def place(self, index: int) -> str:
        """Where cell ``index`` of the patch of one window lies: ``at row 37, column 122``."""
        place = int(np.broadcast_to(self.places, self.cells.shape)[index])
        if place < 0:
            return "in the padding"
        names = ("plane", "row", "column")[-len(self.axes) :]
        coordinates = np.unravel_index(place, [axis.size for axis in self.axes])
        return "at " + ", ".join(
            f"{name} {coordinate}" for name, coordinate in zip(names, coordinates, strict=True)
        )


def all_windows(geometry: Geometry) -> Block:
    """The block of all windows."""
    return tuple(slice(0, axis.output_size) for axis in geometry.axes)


def one_window(index: Sequence[int]) -> Block:
    """The block of the one window at ``index``."""
    return tuple(slice(start, start + 1) for start in index)


def count_cells(geometry: Geometry, block: Block) -> Counts:
    """Cell counts of the windows in ``block``."""
    bounds = tuple((part.start, part.stop) for part in block)
    few = prod(stop - start for start, stop in bounds) <= FEW_WINDOWS
    return _cached_counts(geometry, bounds) if few else _counts(geometry, bounds)


def _counts(geometry: Geometry, bounds: Bounds) -> Counts:
    along = [_axis_counts(axis, *bound) for axis, bound in zip(geometry.axes, bounds, strict=True)]
    taps, padded, inside = (
        reduce(np.multiply.outer, vectors) for vectors in zip(*along, strict=True)
    )
    inside = inside if geometry.rule.pads_with is None else padded
    return Counts(taps, padded, inside, _divisor(geometry, taps, padded, inside))


# Counting takes as long as pooling a small map.
_cached_counts = lru_cache(maxsize=256)(_counts)


def _divisor(geometry: Geometry, taps: Array, padded: Array, inside: Array) -> Array:
    spec, rule = geometry.spec, geometry.rule
    counted = taps if rule.counts_overhang and not spec.ceil_mode else padded
    divisor = counted if spec.count_include_pad else inside
    if spec.divisor_override is not None:
        divisor = np.full_like(divisor, spec.divisor_override)
    if rule.empty_average == "zero":
        # The sum of a window without any cell that counts is 0, and so is its average.
        divisor = np.where(divisor == 0, 1, divisor)
    return divisor


@lru_cache(maxsize=256)
def _axis_counts(axis: Axis, start: int, stop: int) -> tuple[Array, Array, Array]:
    """Cached for all blocks along the axis: a third of the time for a small map."""
    coordinates, present = _coordinates(axis, slice(start, stop))
    padded = present & _within(coordinates, axis, padding=True)
    inside = present & _within(coordinates, axis, padding=False)
    taps, padded, inside = (mask.sum(axis=1) for mask in (present, padded, inside))
    return _collapse(taps), _collapse(padded), _collapse(inside)


def _collapse(counts: Array) -> Array:
    """One number if all are the same: dividing by a plane of numbers takes twice as long."""
    return counts[:1] if (counts == counts[0]).all() else counts


def _coordinates(axis: Axis, part: slice) -> tuple[Array, Array]:
    """The coordinates that the windows read, (windows, taps), and which of these are taps."""
    if isinstance(axis, SlidingAxis):
        starts = np.arange(part.start, part.stop)[:, None] * axis.stride - axis.before
        coordinates = starts + np.arange(axis.kernel_size) * axis.dilation
        return coordinates, np.ones_like(coordinates, bool)
    windows = [axis.window(index) for index in range(part.start, part.stop)]
    starts = np.array([window.start for window in windows])[:, None]
    lengths = np.array([len(window) for window in windows])[:, None]
    taps = np.arange(lengths.max())
    return starts + taps, taps < lengths


def gather(
    values: Array, geometry: Geometry, block: Block, fill: float, uniform: Array | None = None
) -> Patches:
    """The patches of the windows in ``block``.

    Args:
        values: (..., spatial axes of the geometry); masked cells take no part.
        geometry: all windows.
        block: the windows to gather.
        fill: the value of cells that take no part.
        uniform: see :class:`Patches`.

    Returns:
        Patches whose cells have the shape (..., windows per axis of the block, n).
    """
    rank = len(geometry.axes)
    cells, masked = unmasked(values), None
    if has_masked(values):
        masked = np.ma.getmaskarray(values)
    inside, padded, shape = np.ones((), bool), np.ones((), bool), []
    places = np.zeros((), np.int64)
    for number, (axis, part) in enumerate(zip(geometry.axes, block, strict=True)):
        coordinates, present = _coordinates(axis, part)
        # An axis becomes two, (windows, taps); the axes before have become two each already.
        split = values.ndim - rank + 2 * number
        existing = coordinates.clip(0, axis.size - 1)
        cells = np.take(cells, existing, axis=split)
        masked = None if masked is None else np.take(masked, existing, axis=split)
        inside = np.logical_and.outer(inside, present & _within(coordinates, axis, padding=False))
        padded = np.logical_and.outer(padded, present & _within(coordinates, axis, padding=True))
        places = np.add.outer(places * axis.size, coordinates)
        shape.append(coordinates.shape[1])
    order = [*range(0, 2 * rank, 2), *range(1, 2 * rank, 2)]
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
        # In the values' own type: int64 above 2^53 does not fit into a float.
        cells = np.where(pads, values.dtype.type(geometry.rule.pads_with), cells)
        inside = inside | pads
    return Patches(
        cells=cells,
        inside=inside,
        counts=counts,
        shape=tuple(shape),
        uniform=uniform,
        places=places,
        axes=geometry.axes,
        along=tuple(np.ogrid[block]),
    )


def cells_at_tap(axis: SlidingAxis, part: slice, tap: int) -> tuple[slice, slice]:
    """Along one axis: the windows of ``part`` with an input cell at ``tap``, and these cells."""
    offset = tap * axis.dilation - axis.before
    first = max(part.start, -(offset // axis.stride))
    stop = max(first, min(part.stop, (axis.size - 1 - offset) // axis.stride + 1))
    start = first * axis.stride + offset
    cells = slice(start, start + (stop - first) * axis.stride, axis.stride)
    return slice(first - part.start, stop - part.start), cells


def _within(coordinates: Array, axis: Axis, *, padding: bool) -> Array:
    """Which coordinates lie in the input, or in it and its padding."""
    before, after = (axis.before, axis.after) if padding else (0, 0)
    return (coordinates >= -before) & (coordinates < axis.size + after)


def _taps_last(array: Array, order: list[int]) -> Array:
    """(..., windows, taps, windows, taps) with the windows first and all taps in one axis."""
    leading = array.ndim - len(order)
    moved = array.transpose([*range(leading), *(leading + axis for axis in order)])
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
        reach = []
        for axis in axes:
            # Sliding windows are all alike; of others the longest counts.
            alike = isinstance(axis, SlidingAxis)
            windows = map(axis.window, range(1 if alike else axis.output_size))
            reach.append(max(window[-1] - window[0] + 1 for window in windows))
        return self.grow(reach, [axis.step for axis in axes])

    def everything(self) -> "ReceptiveField":
        """The field of a cell that depends on the entire input."""
        return ReceptiveField(self.limit, tuple(map(float, self.limit)), self.limit)

    def merge(self, other: "ReceptiveField") -> "ReceptiveField":
        """The field of a cell computed from two maps: the larger size, the smaller jump."""
        size = tuple(map(max, self.size, other.size))
        return ReceptiveField(size, tuple(map(min, self.jump, other.jump)), self.limit)


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
