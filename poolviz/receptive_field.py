"""ReceptiveField: what of the first input one cell depends on, layer after layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poolviz.geometry import Axis, Geometry, SlidingAxis


@dataclass(frozen=True)
class ReceptiveField:
    """How far the cells of a map see, per axis.

    It grows by (window − 1) · jump, the jump by the stride (Araujo et al. 2019,
    doi 10.23915/distill.00021).

    Args:
        size: input cells of the first layer that one cell depends on.
        jump: first-layer cells from one cell to the next; on the average where
            windows differ.
        limit: cells of the first layer: padding depends on nothing.

    Example:
        >>> ReceptiveField.of((224, 224)).grown((7, 7), (2, 2)).grown((3, 3), (2, 2))
        ReceptiveField(size=(11, 11), jump=(4.0, 4.0), limit=(224, 224))
    """

    size: tuple[int, ...]
    jump: tuple[float, ...]
    limit: tuple[int, ...]

    @classmethod
    def of(cls, input_size: Sequence[int]) -> "ReceptiveField":
        """That of the first input's own cells."""
        rank = len(input_size)
        return cls((1,) * rank, (1.0,) * rank, tuple(input_size))

    def grown(self, reach: Sequence[int], stride: Sequence[float]) -> "ReceptiveField":
        """That of a layer behind, whose windows reach over so many cells and move by ``stride``."""
        sizes = zip(self.size, reach, self.jump, self.limit, strict=True)
        size = tuple(min(round(a + (b - 1) * c), most) for a, b, c, most in sizes)
        jumps = zip(self.jump, stride, self.limit, strict=True)
        jump = tuple(min(a * b, float(most)) for a, b, most in jumps)
        return ReceptiveField(size, jump, self.limit)

    def behind(self, geometry: Geometry) -> "ReceptiveField":
        """That of a pooling layer behind."""
        return self.through(geometry.axes)

    def through(self, axes: Sequence[Axis]) -> "ReceptiveField":
        """That of a layer behind, of any kind, whose windows are those of ``axes``."""
        return self.grown([_reach(axis) for axis in axes], [axis.step for axis in axes])

    def whole(self) -> "ReceptiveField":
        """That of a cell that depends on everything."""
        return ReceptiveField(self.limit, tuple(map(float, self.limit)), self.limit)

    def beside(self, other: "ReceptiveField") -> "ReceptiveField":
        """That of cells that two maps go into: the larger; a broadcast map moves nothing."""
        size = tuple(map(max, self.size, other.size))
        return ReceptiveField(size, tuple(map(min, self.jump, other.jump)), self.limit)


def _reach(axis: Axis) -> int:
    """Cells from the first to the last of a window, of the longest one."""
    alike = isinstance(axis, SlidingAxis)
    windows = map(axis.window, range(1 if alike else axis.output_size))
    return max(window[-1] - window[0] + 1 for window in windows)


@dataclass(frozen=True, eq=False)
class Spans:
    """What every single cell along an axis reads of the first layer, where windows may differ.

    Args:
        firsts: the first cell that each reads.
        lasts: the last.

    Example:
        >>> from poolviz.geometry import resolve
        >>> from poolviz.spec import PoolSpec
        >>> (axis,) = resolve(PoolSpec(output_size=(2,)), (9,)).axes
        >>> Spans.of(9).behind(axis).length
        5
    """

    firsts: NDArray[np.int64]
    lasts: NDArray[np.int64]

    @classmethod
    def of(cls, size: int) -> "Spans":
        """Those of the first layer's own cells."""
        return cls(np.arange(size), np.arange(size))

    def behind(self, axis: Axis) -> "Spans":
        """Those of a layer behind; padding reads nothing."""
        ends = [(window[0], window[-1]) for window in map(axis.window, range(axis.output_size))]
        first, last = np.clip(np.transpose(ends), 0, len(self.firsts) - 1)
        return Spans(self.firsts[first], self.lasts[last])

    @property
    def length(self) -> int:
        """Of the longest."""
        return int((self.lasts - self.firsts).max()) + 1
