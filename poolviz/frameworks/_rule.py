"""Rule: the traits in which frameworks differ, and what they share."""

from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from poolviz.errors import SpecError
from poolviz.spec import DEFAULT_KERNEL_SIZE, Pair, PoolSpec
from poolviz.text import number, padded


@dataclass(frozen=True)
class AxisRequest:
    """One spatial axis of a request: all that an output size depends on.

    ``padding`` is the word that determines ``before`` and ``after``, if one was given.
    """

    size: int
    kernel_size: int
    stride: int
    dilation: int
    before: int = 0
    after: int = 0
    ceil_mode: bool = False
    padding: str | None = None

    @property
    def reach(self) -> int:
        """Cells from a window's first to its last tap, both counted: d(k − 1) + 1."""
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def room(self) -> int:
        """Cells by which the padded input is longer than a window."""
        return self.size + self.before + self.after - self.reach


# The part of a plan that a trait determines, so that equal parts make the trait irrelevant.
Determines = Literal["request", "axes", "mode", "divisors", "values"]


def trait(default: Any, meanings: dict[Any, str], determines: Determines = "values") -> Any:
    """A field in which frameworks differ.

    Args:
        default: what most frameworks do.
        meanings: a phrase for the meaning of each value.
        determines: what the trait acts through: a field of the completed request, the axes, the
            mode's parameters, or the divisors of averages. With "values", the default, two rules
            that differ in the trait are never assumed to give the same values.
    """
    return field(default=default, metadata={"meanings": meanings, "determines": determines})


@dataclass(frozen=True)
class Rule:
    """How one framework pools; a framework that needs more than these traits overrides methods.

    Args:
        name: the name that ``like`` takes.
        evidence: how poolviz knows its behaviour.
        stride_is_kernel_size: whether the default stride is the kernel size; otherwise it is 1.
        default_padding: the word for the default padding; empty for none.
        ceil_mode: the default.
        count_include_pad: the default.
        clip_last_window: when to drop a last window that ceil mode adds and that would start
            beyond the input and the padding before it: "always", only on an axis that is
            "padded", or "never".
        truncates: sizes are rounded towards 0, so that a kernel that is too large by
            less than a stride still has a window.
        nan: whether NaN wins over every number in max and min ("propagate"), or
            loses to every number ("drop"), so that the result is at least the lowest (at
            most the highest) finite number.
        lp_absolute: Lp uses |x|.
        lp_rescales_overhang: Lp scales the sum of an overhanging window up to that of a
            full window.
        nan_caveat: how it treats NaN, if no trait can express that; otherwise empty.
        channels_last: its arrays are (H, W, C) and (N, H, W, C), not (C, H, W) and (N, C, H, W).
        pads_with: the value of padding cells in every mode; None if the mode decides.
        empty_average: the average of a window in which no cell counts.
        counts_overhang: without ceil mode, an average that counts padding also counts
            the cells beyond it. Only sizes that are rounded towards 0 have any.
        version: the version, as written after ``@``; empty for the newest.
        title: how the framework writes its own name; empty where that is ``name``.
    """

    name: str
    evidence: str
    stride_is_kernel_size: bool = True
    default_padding: str = ""
    ceil_mode: bool = trait(
        False,
        {
            True: "an incomplete last window is kept (ceil)",
            False: "an incomplete last window is dropped (floor)",
        },
        "request",
    )
    count_include_pad: bool = trait(
        True,
        {
            True: "the divisor of an average counts padding cells",
            False: "the divisor of an average counts input cells only",
        },
        "request",
    )
    clip_last_window: Literal["always", "padded", "never"] = trait(
        "always",
        {
            "always": "a last window that would start beyond the input is dropped",
            "padded": "a last window is dropped only on a padded axis",
            "never": "a last window is kept even if it starts beyond the input",
        },
        "axes",
    )
    truncates: bool = trait(
        False,
        {
            True: "sizes are rounded towards 0, so a slightly too large kernel still fits",
            False: "sizes are rounded down",
        },
        "axes",
    )
    nan: Literal["propagate", "drop"] = trait(
        "propagate",
        {"propagate": "NaN wins over every number", "drop": "NaN loses to every number"},
        "mode",
    )
    lp_absolute: bool = trait(True, {True: "Lp uses |x|", False: "Lp uses x with its sign"}, "mode")
    lp_rescales_overhang: bool = trait(
        False,
        {
            True: "Lp scales the sum of an overhanging window up to that of a full window",
            False: "Lp does not scale the sum of an overhanging window",
        },
        "mode",
    )
    pads_with: float | None = trait(
        None, {None: "padding takes no part", 0.0: "padding takes part as zeros"}
    )
    empty_average: Literal["zero", "nan"] = trait(
        "zero",
        {
            "zero": "the average of no cells is 0",
            "nan": "the average of no cells is NaN",
        },
        "divisors",
    )
    counts_overhang: bool = trait(
        False,
        {
            True: "the divisor of an average counts cells beyond the padding",
            False: "the divisor of an average counts no cells beyond the padding",
        },
        "divisors",
    )

    nan_caveat: str = ""
    channels_last: bool = False
    version: str = ""
    title: str = ""

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def label(self) -> str:
        """The framework's name as it writes it itself.

        Example:
            >>> Rule("torch", "", title="PyTorch").label
            'PyTorch'
        """
        return self.title or self.name

    @property
    def rules(self) -> str:
        """The rules as a sentence names them.

        Example:
            >>> Rule("torch", "", title="PyTorch").rules
            "PyTorch's rules"
            >>> Rule("onnx", "", title="ONNX", version="opset18").rules
            "ONNX's rules at opset18"
        """
        version = f" at {self.version}" if self.version else ""
        return f"{self.label}'s rules{version}"

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError if the framework refuses a completed, sliding ``spec``."""

    def emulated(
        self, spec: PoolSpec, operation: str, input_size: tuple[int, ...]
    ) -> SpecError | None:
        """Why the framework's own call refuses a request for which its rules still give windows.

        Args:
            spec: completed, and not refused by :meth:`refuse`.
            operation: the framework's name for the mode's operation.
            input_size: cells per spatial axis.

        Returns:
            The refusal, whose remedy gives the same output; None if the call accepts the request.
        """
        del spec, operation, input_size
        return None

    def caveat(self, operation: str, dtype: str, *, averages: bool) -> str:
        """What the framework's own call does differently for a type of values, or an empty text.

        Args:
            operation: the framework's name for the mode's operation.
            dtype: NumPy's name of the values' type.
            averages: whether the mode is an average.
        """
        del operation, dtype, averages
        return ""

    def complete(self, spec: PoolSpec) -> PoolSpec:
        """``spec`` with every default filled in.

        Raises:
            SpecError: the framework refuses it.
        """
        include_pad = spec.count_include_pad
        include_pad = self.count_include_pad if include_pad is None else include_pad
        spec = replace(spec, count_include_pad=include_pad)
        if spec.adaptive:
            return spec
        kernel_size = spec.kernel_size or (DEFAULT_KERNEL_SIZE,) * spec.rank
        stride = spec.stride or (kernel_size if self.stride_is_kernel_size else (1,) * spec.rank)
        padding = self.usual_padding(kernel_size) if spec.padding is None else spec.padding
        if not isinstance(padding, str):
            padding = tuple(
                self.split_padding(entry) if isinstance(entry, int) else entry for entry in padding
            )
        spec = replace(
            spec,
            kernel_size=kernel_size,
            stride=stride,
            padding=padding,
            ceil_mode=self.ceil_mode if spec.ceil_mode is None else spec.ceil_mode,
        )
        self.refuse(spec)
        return spec

    def usual_padding(self, kernel_size: tuple[int, ...]) -> str | tuple[int | Pair, ...]:
        """The default padding: a word, or an int or a pair for each axis."""
        return self.default_padding or (0,) * len(kernel_size)

    def split_padding(self, padding: int) -> Pair:
        """(before, after) for padding given as one number."""
        return padding, padding

    def padding(self, axis: AxisRequest) -> Pair:
        """(before, after) for the word ``axis.padding``."""
        if axis.padding == "valid":
            return 0, 0
        total = max(0, self.same_padding(axis))
        less, more = total // 2, total - total // 2
        return (more, less) if axis.padding == "same_lower" else (less, more)

    def same_padding(self, axis: AxisRequest) -> int:
        """Cells by which ceil(L / s) windows reach beyond the input; negative if they do not."""
        windows = -(-axis.size // axis.stride)
        return (windows - 1) * axis.stride + axis.reach - axis.size

    def output_size(self, axis: AxisRequest) -> int:
        """Number of windows along one axis; below 1 if none fits."""
        output_size = self._unclipped(axis)
        return output_size - 1 if self.clips(axis) else output_size

    def _unclipped(self, axis: AxisRequest) -> int:
        upwards = axis.ceil_mode or (self.truncates and axis.room < 0)
        rounding = axis.stride - 1 if upwards else 0
        return (axis.room + rounding) // axis.stride + 1

    def clips(self, axis: AxisRequest) -> bool:
        """Whether the last window that ceil mode adds is dropped again."""
        last_start = (self._unclipped(axis) - 1) * axis.stride
        may_clip = {"always": True, "padded": bool(axis.before), "never": False}
        beyond = last_start >= axis.size + axis.before
        return axis.ceil_mode and may_clip[self.clip_last_window] and beyond

    def formula(self, axis: AxisRequest) -> str:
        """The size formula with the numbers of one axis."""
        quotient = (
            f"({padded(axis.size, axis.before, axis.after)} − {_reach(axis)}) / {axis.stride}"
        )
        rounded = f"⌈{quotient}⌉" if axis.ceil_mode else f"⌊{quotient}⌋"
        if self.truncates and axis.room < 0 and not axis.ceil_mode:
            rounded = f"trunc({quotient})"
        text = f"{rounded} + 1"
        if not self.clips(axis):
            return f"{text} = {number(self.output_size(axis))}"
        unclipped = self._unclipped(axis)
        clipped = "minus 1 window that would start beyond the input"
        return f"{text} = {unclipped}, {clipped} = {unclipped - 1}"


# For each trait, a phrase for the meaning of each of its values.
TRAITS: dict[str, dict[Any, str]] = {
    field.name: dict(field.metadata["meanings"]) for field in fields(Rule) if field.metadata
}


@dataclass(frozen=True)
class WordRule(Rule):
    """A framework that pads by words, with the size formulas of "valid" and "same"."""

    def formula(self, axis: AxisRequest) -> str:
        """⌈L / s⌉ for same padding, ⌈(L − K + 1) / s⌉ for valid."""
        if axis.padding is None:
            return super().formula(axis)
        reach = f" − {_reach(axis)} + 1" if axis.padding == "valid" else ""
        length = f"({axis.size}{reach})" if reach else f"{axis.size}"
        return f"⌈{length} / {axis.stride}⌉ = {number(self.output_size(axis))}"


def _reach(axis: AxisRequest) -> str:
    """The kernel size, dilated, as a part of a formula."""
    k, d = axis.kernel_size, axis.dilation
    return f"{k}" if d == 1 else f"({d}·({k} − 1) + 1)"


def largest_padding(spec: PoolSpec) -> list[tuple[int, int]]:
    """For each axis the larger padding and the kernel size; empty if a word was given."""
    if isinstance(spec.padding, str):
        return []
    kernel = spec.sliding
    pairs = zip(kernel.pairs, kernel.kernel_size, strict=True)
    return [(max(pair), kernel_size) for pair, kernel_size in pairs]


def refuse_padding_of_kernel(spec: PoolSpec) -> None:
    """Raise SpecError for padding as large as the kernel."""
    for padding, kernel_size in largest_padding(spec):
        if padding >= kernel_size:
            raise SpecError(
                "padding",
                f"{padding} is not less than the kernel size ({kernel_size}), so a window could"
                " lie entirely in padding",
                f"use at most {kernel_size - 1}",
            )
