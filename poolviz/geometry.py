"""Geometry: a spec and an input size resolved into windows. Integers only.

Coordinates count from the input's first cell: negative ones are in the padding before it,
those from ``size`` on are in the padding after it, or beyond that in the overhang.
A window along one axis is a Python ``range``, with the dilation as its step.
"""

import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property, lru_cache
from math import prod

from poolviz import text
from poolviz.checks import check_integer, type_name
from poolviz.errors import SpecError
from poolviz.frameworks import AxisRequest, Rule, find_rule
from poolviz.spec import PoolSpec

# Seeds have 64 bits.
LARGEST_SEED = 2**64 - 1


class CellKind(IntEnum):
    """Where a cell lies; the kind of a cell is the largest of its kinds along the axes."""

    INPUT = 0
    PADDING = 1
    OVERHANG = 2


@dataclass(frozen=True)
class Axis:
    """The windows along one spatial axis.

    Args:
        size: input cells.
        output_size: windows.
        before: padding cells before the input.
        after: padding cells after the input.
        formula: the formula of ``output_size``, with the numbers substituted.
    """

    size: int
    output_size: int
    before: int
    after: int
    formula: str

    def window(self, index: int) -> range:
        """The coordinates that window ``index`` reads."""
        raise NotImplementedError

    def kind(self, coordinate: int) -> CellKind:
        """Where ``coordinate`` lies."""
        if 0 <= coordinate < self.size:
            return CellKind.INPUT
        padded = -self.before <= coordinate < self.size + self.after
        return CellKind.PADDING if padded else CellKind.OVERHANG

    @property
    def step(self) -> float:
        """The average number of cells from one window to the next."""
        return self.size / self.output_size

    @cached_property
    def extent(self) -> range:
        """All coordinates, from the padding's first to the last one in the padding or a window."""
        last = max(self.size + self.after - 1, self.window(self.output_size - 1)[-1])
        return range(-self.before, last + 1)

    def unread_among(self, cells: range) -> frozenset[int]:
        """Input coordinates in ``cells`` that no window reads: dropped edges and gaps.

        Windows are in order along the axis, so that only those near ``cells`` are examined.
        """
        inside = range(max(cells.start, 0), min(cells.stop, self.size))
        windows = range(self.output_size)
        first = bisect_left(windows, inside.start, key=lambda index: self.window(index)[-1])
        last = bisect_left(windows, inside.stop, key=lambda index: self.window(index)[0])
        read: set[int] = set()
        reached = inside.start
        for index in windows[first:last]:
            window = self.window(index)
            # Without gaps, cells that an earlier window has read can be skipped.
            begin = bisect_left(window, reached if window.step == 1 else inside.start)
            read.update(window[begin : bisect_left(window, inside.stop)])
            reached = max(reached, window[-1] + 1)
        return frozenset(inside) - read

    @cached_property
    def unread_count(self) -> int:
        """The number of input coordinates that no window reads."""
        return len(self.unread_among(range(self.size)))


@dataclass(frozen=True)
class SlidingAxis(Axis):
    """A kernel that slides by a fixed stride."""

    kernel_size: int
    stride: int
    dilation: int

    @property
    def step(self) -> float:
        """The stride."""
        return self.stride

    def window(self, index: int) -> range:
        """Window ``index``: ``kernel_size`` coordinates, ``dilation`` apart."""
        start = index * self.stride - self.before
        return range(start, start + self.dilation * (self.kernel_size - 1) + 1, self.dilation)

    @cached_property
    def unread_count(self) -> int:
        """The number of input coordinates that no window reads, without a list of them."""
        return self._count_unread() if self.dilation == 1 else self._count_unread_dilated()

    def _count_unread(self) -> int:
        """For windows without gaps: each is an interval."""

        def reads(first: int, last: int) -> int:
            """The number of input cells from the start of one window to the end of another."""
            start, stop = self.window(first).start, self.window(last).stop
            return max(0, min(stop, self.size) - max(start, 0))

        if self.stride <= self.kernel_size:
            return self.size - reads(0, self.output_size - 1)
        # The windows are apart; at most one at each end is cut by the input's edge.
        first = -(-self.before // self.stride)
        last = min(
            self.output_size - 1, (self.size + self.before - self.kernel_size) // self.stride
        )
        cut = {index for index in (first - 1, last + 1) if 0 <= index < self.output_size}
        complete = max(0, last - first + 1)
        return self.size - complete * self.kernel_size - sum(reads(index, index) for index in cut)

    def _count_unread_dilated(self) -> int:
        """The unread cells of one period of the middle, times the periods, and of the edges."""
        # Between these, no window that could read a coordinate is missing.
        low = max(0, self.window(0)[-1])
        high = min(self.window(self.output_size - 1)[0], self.size - 1)
        periods = max(0, (high - low + 1) // self.stride)
        taps = range(min(self.kernel_size, self.stride))
        gaps = self.stride - len({tap * self.dilation % self.stride for tap in taps})
        rest = replace(
            self,
            size=self.size - periods * self.stride,
            output_size=self.output_size - periods,
        )
        return periods * gaps + len(rest.unread_among(range(rest.size)))


@dataclass(frozen=True)
class RaggedAxis(Axis):
    """Windows of different lengths, all within the input."""

    windows: tuple[range, ...]

    def window(self, index: int) -> range:
        """Window ``index``."""
        return self.windows[index]


@dataclass(frozen=True, eq=False)
class Geometry:
    """The windows of a request on an input of ``input_size``.

    Equal requests resolve to the same object, so that caches can use it as a key.

    Args:
        spec: the completed request.
        rule: the framework's rule.
        axes: one for each spatial axis.

    Example:
        >>> resolve(PoolSpec("max", 3, stride=2), (7, 7)).output_size
        (3, 3)
    """

    spec: PoolSpec
    rule: Rule
    axes: tuple[Axis, ...]

    @property
    def input_size(self) -> tuple[int, ...]:
        """Input cells along each axis."""
        return tuple(axis.size for axis in self.axes)

    @property
    def output_size(self) -> tuple[int, ...]:
        """Windows along each axis."""
        return tuple(axis.output_size for axis in self.axes)

    def window(self, index: Sequence[int]) -> tuple[range, ...]:
        """The coordinates that the window at ``index`` reads, along each axis."""
        return tuple(axis.window(number) for axis, number in zip(self.axes, index, strict=True))

    @property
    def formula(self) -> str:
        """The size formula with the numbers substituted; one for all axes if they agree.

        Of adaptive windows it says what they read instead. Of a map of one row or one column it
        is that of the other axis.
        """
        formulas, adaptive = [axis.formula for axis in self.axes], self.spec.adaptive
        if adaptive and all(axis.window(0) == range(axis.size) for axis in self.axes):
            count = prod(self.input_size)
            return f"one window over {f'all {count:,} cells' if count > 1 else 'the only cell'}"
        asked = f"{text.size(self.output_size)} asked for; " if adaptive else ""
        first, *others = names = ("planes", "rows", "columns")[-len(formulas) :]
        long = [axis for axis in self.axes if axis.size > 1 or axis.window(0) != range(1)]
        if len(long) == 1 and not adaptive:
            return long[0].formula
        if len(set(formulas)) > 1:
            lines = zip(names, formulas, strict=True)
            return asked + "; ".join(f"{name}: {formula}" for name, formula in lines)
        named = formulas[0].replace(" reads ", f" reads {first} ")
        likewise = [f", {name} likewise" for name in others if named != formulas[0]]
        return asked + named + "".join(likewise)


@dataclass(frozen=True)
class Planner:
    """Chooses the windows on an input: by the kernel, or by the output size.

    A mode with windows of another kind overrides these methods.
    """

    def check(self, spec: PoolSpec) -> None:
        """Raise SpecError for a request that these windows cannot meet on any input."""
        if spec.adaptive and spec.window_options:
            name = spec.window_options[0]
            raise SpecError(
                name,
                "has no effect with an output size or a global mode, which determine the windows",
                f"omit {name}",
            )

    def complete(self, spec: PoolSpec, rule: Rule) -> PoolSpec:
        """``spec`` with all defaults filled in.

        Raises:
            SpecError: the rule refuses it.
        """
        self.check(spec)
        return rule.complete(spec)

    def axis(self, spec: PoolSpec, rule: Rule, axis: int, size: int, seed: int) -> Axis:
        """The windows along axis number ``axis``, which has ``size`` cells.

        Raises:
            SpecError: no window fits.
        """
        del seed
        if spec.output_size is not None:
            return adaptive_axis(spec.output_size[axis], size)
        return sliding_axis(spec, rule, axis, size)


def resolve(
    spec: PoolSpec, input_size: Sequence[int], planner: Planner | None = None, seed: int = 0
) -> Geometry:
    """The geometry of ``spec`` on an input of ``input_size`` cells per axis.

    Args:
        spec: the request.
        input_size: cells per spatial axis.
        planner: what chooses the windows, such as a mode; None for a plain kernel.
        seed: for random planners.

    Raises:
        SpecError: the rule refuses the spec, or no window fits the input.
    """
    if not isinstance(input_size, Sequence):
        cause = f"must be a sequence of whole numbers, not {type_name(input_size)}"
        raise SpecError("input_size", cause, "give (H, W)")
    size = tuple(check_integer("input_size", length, 1, sys.maxsize) for length in input_size)
    if len(size) != spec.rank:
        cause = f"has {text.counted(spec.rank, 'axis', 'axes')}, but the input has {len(size)}"
        raise SpecError("kernel_size", cause, "give one number for each axis of the input")
    return _resolved(spec, size, planner or Planner(), check_integer("seed", seed, 0, LARGEST_SEED))


@lru_cache(maxsize=256)
def _resolved(spec: PoolSpec, input_size: tuple[int, ...], planner: Planner, seed: int) -> Geometry:
    """resolve(), cached: it takes as long as pooling a small map."""
    rule = find_rule(spec.like)
    return resolve_completed(planner.complete(spec, rule), rule, input_size, planner, seed)


def resolve_completed(
    spec: PoolSpec, rule: Rule, input_size: Sequence[int], planner: Planner, seed: int
) -> Geometry:
    """The geometry of a completed ``spec``, which the rule is not asked to accept.

    Raises:
        SpecError: no window fits the input.
    """
    axes = tuple(planner.axis(spec, rule, axis, size, seed) for axis, size in enumerate(input_size))
    return Geometry(spec, rule, axes)


def sliding_axis(spec: PoolSpec, rule: Rule, axis: int, size: int) -> Axis:
    """The windows of a kernel that slides along ``axis``, for a completed ``spec``.

    Raises:
        SpecError: the kernel is larger than the padded input.
    """
    request = _request(spec, rule, axis, size)
    output_size = rule.output_size(request)
    if output_size < 1:
        raise _too_large(spec, rule, axis, request)
    return SlidingAxis(
        size=size,
        output_size=output_size,
        before=request.before,
        after=request.after,
        formula=rule.formula(request),
        kernel_size=request.kernel_size,
        stride=request.stride,
        dilation=request.dilation,
    )


def _request(spec: PoolSpec, rule: Rule, axis: int, size: int) -> AxisRequest:
    """The numbers of one axis, with the padding that a word stands for."""
    kernel = spec.sliding
    word = kernel.padding if isinstance(kernel.padding, str) else None
    request = AxisRequest(
        size=size,
        kernel_size=kernel.kernel_size[axis],
        stride=kernel.stride[axis],
        dilation=kernel.dilation[axis],
        ceil_mode=bool(spec.ceil_mode),
        padding=word,
    )
    before, after = rule.padding(request) if word else kernel.pairs[axis]
    return replace(request, before=before, after=after)


def _too_large(spec: PoolSpec, rule: Rule, axis: int, request: AxisRequest) -> SpecError:
    """The error for a kernel that does not fit, with the largest that would."""
    sizes = spec.sliding.kernel_size

    def with_kernel(kernel_size: int) -> PoolSpec:
        return replace(spec, kernel_size=(*sizes[:axis], kernel_size, *sizes[axis + 1 :]))

    def too_large(kernel_size: int) -> bool:
        """Whether no window of this kernel fits; then none of a larger one does."""
        changed = _request(with_kernel(kernel_size), rule, axis, request.size)
        return rule.output_size(changed) < 1

    # With ceil mode a window may reach beyond the padding, by less than a stride.
    most = request.size + request.before + request.after + request.stride
    largest = bisect_left(range(1, most + 1), True, key=too_large)
    remedy = f"the largest kernel size that fits here is {largest}"
    try:
        rule.complete(with_kernel(max(1, largest)))
    except SpecError:
        # A smaller kernel has to fit its padding, which is what this one is too small for.
        remedy = "use a smaller kernel size and less padding"
    return SpecError("kernel_size", f"no window fits: {rule.formula(request)}", remedy)


def adaptive_axis(output_size: int, size: int) -> Axis:
    """Window i of o reads [⌊i·L/o⌋, ⌈(i + 1)·L/o⌉), in every framework that has it."""
    ratio = f"{size}/{output_size}"
    formula = f"output i reads ⌊i·{ratio}⌋ to ⌈(i + 1)·{ratio}⌉ − 1"
    if output_size == 1:
        formula = f"output 0 reads 0 to {size - 1}" if size > 1 else "output 0 reads 0"
    if size % output_size == 0:
        length = size // output_size
        return SlidingAxis(
            size=size,
            output_size=output_size,
            before=0,
            after=0,
            formula=formula,
            kernel_size=length,
            stride=length,
            dilation=1,
        )
    windows = tuple(
        range(i * size // output_size, -(-(i + 1) * size // output_size))
        for i in range(output_size)
    )
    return RaggedAxis(
        size=size, output_size=output_size, before=0, after=0, formula=formula, windows=windows
    )
