"""Rule: the traits in which frameworks differ, and what they share."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from poolviz.errors import SpecError
from poolviz.spec import Pair, PoolSpec


@dataclass(frozen=True)
class AxisRequest:
    """One spatial axis of a request: all that an output size depends on."""

    size: int
    kernel_size: int
    stride: int
    dilation: int
    before: int
    after: int
    ceil_mode: bool

    @property
    def reach(self) -> int:
        """Cells from a window's first to its last tap, both counted: d(k − 1) + 1."""
        return self.dilation * (self.kernel_size - 1) + 1


@dataclass(frozen=True)
class Rule:
    """How one framework pools.

    Args:
        name: its name.
        evidence: how its behaviour is known here.
        refuse: raises SpecError for a completed spec that the framework refuses.
        stride_is_kernel_size: the default stride; otherwise it is 1.
        ceil_mode: the default.
        count_include_pad: the default.
        clip_last_window: with ceil mode, drop a last window that would start
            beyond the input and the padding before it.
        lp_absolute: Lp takes |x|.
        lp_rescales_overhang: Lp scales the sum of a window that overhangs
            to that of a full one.
    """

    name: str
    evidence: str
    refuse: Callable[[PoolSpec], None]
    stride_is_kernel_size: bool = True
    ceil_mode: bool = False
    count_include_pad: bool = True
    clip_last_window: bool = True
    lp_absolute: bool = False
    lp_rescales_overhang: bool = True

    def complete(self, spec: PoolSpec) -> PoolSpec:
        """``spec`` with nothing left to a default.

        Raises:
            SpecError: the framework refuses it.
        """
        default_stride = spec.kernel_size if self.stride_is_kernel_size else (1,) * spec.rank
        include_pad = spec.count_include_pad
        completed = replace(
            spec,
            count_include_pad=self.count_include_pad if include_pad is None else include_pad,
        )
        if not spec.adaptive:
            completed = replace(
                completed,
                stride=spec.stride or default_stride,
                padding=0 if spec.padding is None else spec.padding,
                ceil_mode=self.ceil_mode if spec.ceil_mode is None else spec.ceil_mode,
            )
        self.refuse(completed)
        return completed

    def output_size(self, axis: AxisRequest) -> int:
        """How many windows one axis has; below 1 if none fits."""
        output_size = self._unclipped(axis)
        return output_size - 1 if self._clips(axis) else output_size

    def _unclipped(self, axis: AxisRequest) -> int:
        room = axis.size + axis.before + axis.after - axis.reach
        rounding = axis.stride - 1 if axis.ceil_mode else 0
        return (room + rounding) // axis.stride + 1

    def _clips(self, axis: AxisRequest) -> bool:
        last_start = (self._unclipped(axis) - 1) * axis.stride
        return axis.ceil_mode and self.clip_last_window and last_start >= axis.size + axis.before

    def formula(self, axis: AxisRequest) -> str:
        """The size formula with the numbers of one axis in it."""
        rounding = "ceil" if axis.ceil_mode else "floor"
        text = f"{rounding}(({_room(axis)}) / {axis.stride}) + 1"
        if not self._clips(axis):
            return f"{text} = {self.output_size(axis)}"
        unclipped = self._unclipped(axis)
        clipped = "less 1 window that would start beyond the input"
        return f"{text} = {unclipped}, {clipped} = {unclipped - 1}"

    def same_padding(self, size: int, axis: AxisRequest, *, extra_first: bool) -> Pair:
        """(before, after) for which there are ceil(size / stride) windows."""
        windows = -(-size // axis.stride)
        total = max(0, (windows - 1) * axis.stride + axis.reach - size)
        less, more = total // 2, total - total // 2
        return (more, less) if extra_first else (less, more)


def _room(axis: AxisRequest) -> str:
    """The numerator: input, padding, less the kernel's reach."""
    padding = f"2·{axis.before}" if axis.before == axis.after else f"{axis.before} + {axis.after}"
    k, d = axis.kernel_size, axis.dilation
    reach = f"{k}" if d == 1 else f"({d}·({k} − 1) + 1)"
    return f"{axis.size} + {padding} − {reach}"


def refuse_padding_over_half_the_kernel(spec: PoolSpec) -> None:
    """Raise SpecError where a window could lie wholly in padding."""
    if spec.adaptive or isinstance(spec.padding, str):
        return
    for pair, kernel_size in zip(spec.padding, spec.kernel_size, strict=True):
        if max(pair) > kernel_size // 2:
            raise SpecError(
                "padding",
                f"{max(pair)} is more than half the kernel ({kernel_size}): a window could lie"
                " wholly in padding, where max has nothing to choose",
                f"use at most {kernel_size // 2}",
            )
