"""Blocks: which windows are folded together, and the input cells that they read. Integers only."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from math import prod

from poolviz.geometry import SlidingAxis


@dataclass(frozen=True)
class Taps:
    """Windows along one axis of a block: window i reads ``kernel_size`` cells, ``dilation`` apart,
    from ``start + i * stride`` on, of which those in [0, size) exist.
    """  # noqa: D205 - one sentence

    size: int
    output_size: int
    start: int
    stride: int
    kernel_size: int
    dilation: int

    @classmethod
    def of(cls, axis: SlidingAxis) -> "Taps":
        """The windows of a whole axis."""
        numbers = axis.stride, axis.kernel_size, axis.dilation
        return cls(axis.size, axis.output_size, -axis.before, *numbers)

    @property
    def reach(self) -> int:
        """Cells from a window's first tap to its last."""
        return (self.kernel_size - 1) * self.dilation

    @property
    def stop(self) -> int:
        """The end of the last window."""
        return self.start + (self.output_size - 1) * self.stride + self.reach + 1

    @property
    def outside(self) -> tuple[int, int]:
        """Cells that the windows read before and after the axis."""
        return max(0, -self.start), max(0, self.stop - self.size)

    @property
    def padded_size(self) -> int:
        """The axis with all that its windows read."""
        return self.size + sum(self.outside)

    @property
    def fills(self) -> bool:
        """Whether the windows stand side by side and leave no cell over."""
        side_by_side = self.stride == self.kernel_size or self.output_size == 1
        return side_by_side and self.output_size * self.kernel_size == self.padded_size

    def part(self, windows: slice) -> tuple[slice, "Taps"]:
        """The cells that some of the windows read, and these windows on those cells."""
        count = windows.stop - windows.start
        start = self.start + windows.start * self.stride
        first = min(max(start, 0), self.size)
        stop = start + (count - 1) * self.stride + self.reach + 1
        stop = max(first, min(stop, self.size))
        if 4 * (stop - first) > 3 * self.size:
            # A small saving is not worth a strided input.
            first, stop = 0, self.size
        cut = replace(self, size=stop - first, output_size=count, start=start - first)
        return slice(first, stop), cut

    def some(self, first: int, stop: int) -> "Taps":
        """The windows with only some of their cells."""
        return replace(self, start=self.start + first * self.dilation, kernel_size=stop - first)


Axes = tuple[Taps, ...]


def window_parts(axes: Axes, limit: int) -> list[Axes]:
    """Windows of more than ``limit`` cells cut into parts, leading axes first: rows stay whole."""
    at = next((at for at, axis in enumerate(axes) if axis.kernel_size > 1), None)
    if at is None or prod(axis.reach + 1 for axis in axes) <= limit:
        return [axes]
    axis, middle = axes[at], axes[at].kernel_size // 2
    halves = axis.some(0, middle), axis.some(middle, axis.kernel_size)
    split = [(*axes[:at], half, *axes[at + 1 :]) for half in halves]
    return [part for half in split for part in window_parts(half, limit)]


def block_shape(planes: int, axes: Axes, limit: int) -> tuple[int, ...]:
    """Planes, then windows per axis, such that a block reads about ``limit`` cells."""
    counts = [planes, *(axis.output_size for axis in axes)]
    # At first no axis is cut so short that most of what a block reads is shared with the next.
    long = [1, *(-(-4 * (axis.reach + 1) // axis.stride) for axis in axes)]
    for least in (long, [1] * len(long)):
        for at, total in enumerate(counts):
            most = _most(counts, at, axes, limit)
            if most < total:
                parts = -(-total // max(most, least[at]))
                counts[at] = -(-total // parts)
    return tuple(counts)


def _most(counts: list[int], at: int, axes: Axes, limit: int) -> int:
    """The largest ``counts[at]`` with which a block reads at most ``limit`` cells, 0 if none."""
    before, after = counts[:at], counts[at + 1 :]
    tried = range(1, counts[at] + 1)
    return bisect_right(tried, limit, key=lambda n: _cells_read([*before, n, *after], axes))


def _cells_read(counts: list[int], axes: Axes) -> int:
    spans = (
        min((count - 1) * axis.stride + axis.reach + 1, axis.padded_size)
        for count, axis in zip(counts[1:], axes, strict=True)
    )
    return counts[0] * prod(spans)


def slices(total: int, each: int) -> list[slice]:
    """range(total) in slices of ``each``."""
    return [slice(first, min(first + each, total)) for first in range(0, total, each)]
