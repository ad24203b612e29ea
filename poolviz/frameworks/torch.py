"""PyTorch (``torch.nn.functional``): the default rules."""

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from poolviz.errors import SpecError
from poolviz.frameworks._answers import Kind, for_each_axis, not_pooling, parse_kind
from poolviz.frameworks._code import (
    Native,
    choose,
    format_tuple,
    numeric_specs,
    padded_beforehand,
    prepare,
    unchanged_input,
)
from poolviz.frameworks._rule import Rule, largest_padding
from poolviz.modes import available_modes
from poolviz.modes._mode import Call
from poolviz.plan import Plan
from poolviz.spec import PoolSpec

IMPORT = "import torch"
LAYOUT = "N, C, H, W"
VOLUME = 3
FRACTIONAL = "Fractional"
_MODULE = re.compile(r"(?P<windows>Adaptive|Fractional)?(?P<name>\w+Pool)(?P<rank>[123])d")
# The attributes that modules and PoolSpec have in common.
_LENGTHS = ("kernel_size", "stride", "padding", "dilation")
_OTHERS = ("ceil_mode", "count_include_pad", "divisor_override")


@dataclass(frozen=True)
class TorchRule(Rule):
    """Padding of at most half the kernel."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding over half the kernel, dilation not counted."""
        for padding, kernel_size in largest_padding(spec):
            if padding > kernel_size // 2:
                raise SpecError(
                    "padding",
                    f"{padding} is more than half the kernel size, which is {kernel_size}, so a"
                    " window could lie entirely in padding",
                    f"use at most {kernel_size // 2}",
                )

    def emulated(
        self, spec: PoolSpec, operation: str, input_size: tuple[int, ...]
    ) -> SpecError | None:
        """Requests that its functions refuse although its windows allow them."""
        function, pad_first = (
            f"{operation}{spec.rank}d",
            "pad the input with torch.nn.functional.pad first",
        )
        is_word = isinstance(spec.padding, str)
        kernel_size, pairs = spec.sliding.kernel_size, spec.sliding.pairs
        is_max = operation == "max_pool"
        exceeds = any(map(operator.gt, kernel_size, input_size))
        refusals = (
            (
                is_word and spec.padding != "valid",
                ("padding", f"{function} accepts only numbers", pad_first),
            ),
            (
                any(before != after for before, after in pairs),
                ("padding", f"{function} pads both sides of an axis equally", pad_first),
            ),
            (
                operation == "lp_pool" and any(map(any, pairs)),
                ("padding", f"{function} does not support padding", pad_first),
            ),
            (
                not is_max and set(spec.dilation) != {1},
                ("dilation", f"{function} does not support dilation", "unfold the input first"),
            ),
            (
                spec.divisor_override is not None and spec.rank == 1,
                (
                    "divisor_override",
                    f"{function} does not support a divisor",
                    "use avg_pool2d on one row",
                ),
            ),
            (
                spec.rank == VOLUME and not is_max and exceeds,
                ("kernel_size", f"{function} accepts no kernel larger than the input", pad_first),
            ),
        )
        return next((SpecError(*parts) for refuses, parts in refusals if refuses), None)

    def caveat(self, operation: str, dtype: str, *, averages: bool) -> str:
        """Averages of integers are integers; powers of float16 are float16."""
        if averages and dtype.startswith(("int", "uint")):
            return (
                "torch itself truncates averages of int64 to integers and does not accept"
                " other integer types; poolviz computes them in float64"
            )
        if operation == "lp_pool" and dtype == "float16":
            return (
                "torch itself computes powers in float16, where 300² is infinite; poolviz"
                " computes them in float32"
            )
        return ""


RULE = TorchRule(
    name="torch",
    title="PyTorch",
    evidence="checked against PyTorch 2.13.0",
    lp_absolute=False,
    lp_rescales_overhang=True,
)


def write(plan: Plan) -> str:
    """The plan as a line of code.

    Raises:
        SpecError: PyTorch cannot express it.
    """
    takes = ("dilation", "divisor_override")
    plan, call = prepare(plan, "torch", "PyTorch", takes=takes, has_global_calls=False)
    spec, sign, rank = plan.spec, "-" if call.negated else "", len(plan.output_size)
    if spec.adaptive:
        if spec.divisor_override is not None:
            cause = "PyTorch's adaptive pooling does not support a divisor"
            raise SpecError("divisor_override", cause, "omit divisor_override")
        size = _format(spec.output_size or ())
        return f"{sign}torch.nn.functional.adaptive_{call.name}{rank}d({sign}x, {size})"
    native = choose(plan, "torch", _candidates(plan, call))
    x = f"{sign}x"
    if any(map(any, native.pads)):
        # The last axis comes first.
        pads = [length for pair in reversed(native.pads) for length in pair]
        value = ', value=float("-inf")' if call.extreme else ""
        x = f"torch.nn.functional.pad({x}, {format_tuple(pads)}{value})"
    arguments = [x, *call.arguments, _format(native.spec.sliding.kernel_size)]
    arguments += _settings(native.spec, call)
    return f"{sign}torch.nn.functional.{call.name}{rank}d({', '.join(arguments)})"


def _candidates(plan: Plan, call: Call) -> list[Native]:
    """Padding by the call itself, if it pads and both sides are equal; else padding first."""
    candidates = []
    for spec in numeric_specs(plan):
        if set(spec.dilation) != {1} and not call.extreme:
            cause = f"PyTorch's {call.name} does not support dilation"
            raise SpecError("dilation", cause, "omit dilation")
        equal_sides = all(before == after for before, after in spec.sliding.pairs)
        pads = any(map(any, spec.sliding.pairs))
        if not pads or (equal_sides and call.pads):
            candidates.append(unchanged_input(spec))
        if pads and (not call.divides or spec.count_include_pad):
            candidates.append(padded_beforehand(spec))
    if not candidates:
        raise SpecError(
            "padding",
            f"PyTorch's {call.name} cannot leave unequal padding out of the divisor",
            "pad both sides equally, or use count_include_pad=True",
        )
    return candidates


def _settings(spec: PoolSpec, call: Call) -> list[str]:
    """The arguments that are not the call's defaults, as code."""
    settings, kernel = [], spec.sliding
    if kernel.stride != kernel.kernel_size:
        settings.append(f"stride={_format(kernel.stride)}")
    before = tuple(pair[0] for pair in kernel.pairs)
    if any(before):
        settings.append(f"padding={_format(before)}")
    if set(spec.dilation) != {1}:
        settings.append(f"dilation={_format(spec.dilation)}")
    if spec.ceil_mode:
        settings.append("ceil_mode=True")
    if call.divides and any(before) and not spec.count_include_pad:
        settings.append("count_include_pad=False")
    if call.divides and spec.divisor_override is not None:
        settings.append(f"divisor_override={spec.divisor_override}")
    return [*settings, *call.keywords]


def _format(values: tuple[int, ...]) -> str:
    """A tuple as code; of a single axis the number itself, since lp_pool1d takes no tuple."""
    return str(values[0]) if len(values) == 1 else format_tuple(values)


def is_pooling(module: Any) -> bool:
    """Whether ``module`` is a pooling module that poolviz knows."""
    return _parse(module) is not None


def kind(module: Any) -> Kind:
    """The kind of a module, by the name of its class or of a base class.

    Raises:
        SpecError: it is not a pooling module that poolviz knows.
    """
    result = _parse(module)
    if result is None:
        raise not_pooling(type(module).__name__, "a PyTorch", "MaxPool2d")
    return result


def read(module: Any, input_size: Sequence[int] = ()) -> PoolSpec:
    """The request of a pooling module, from its attributes.

    Args:
        module: a module, such as ``torch.nn.MaxPool2d(2)``.
        input_size: cells per spatial axis, for output sizes that depend on it.

    Raises:
        SpecError: it is not a pooling module that poolviz knows, or its output size depends on
            an input size that was not given.
    """
    mode, windows, rank = kind(module)
    if windows == FRACTIONAL:
        return PoolSpec(
            mode,
            for_each_axis(module.kernel_size, rank),
            output_size=_fractional_size(module, rank, input_size),
            like="torch",
        )
    if windows:
        return PoolSpec(mode, output_size=_output_size(module, rank, input_size), like="torch")
    names = (*_LENGTHS, *_OTHERS)
    present = {name: getattr(module, name, None) for name in names}
    fields: dict[str, Any] = {
        name: for_each_axis(value, rank) if name in _LENGTHS else value
        for name, value in present.items()
        if value is not None
    }
    p = getattr(module, "norm_type", None)
    return PoolSpec(mode, **fields, like="torch", mode_options={} if p is None else {"p": p})


def _parse(module: Any) -> Kind | None:
    result = parse_kind(module, _MODULE, "torch")
    if result is None or result.windows != FRACTIONAL:
        return result
    mode = f"{FRACTIONAL}-{result.mode}".lower()
    return result._replace(mode=mode) if mode in available_modes() else None


def _fractional_size(module: Any, rank: int, input_size: Sequence[int]) -> tuple[int, ...]:
    """The output size, or the ratio times the input size, rounded down as in PyTorch."""
    if module.output_size is not None:
        return for_each_axis(module.output_size, rank) or ()
    if not input_size:
        raise SpecError(
            "output_ratio",
            "the module does not know the input size to which the ratio applies",
            "give an output_size, or read the module with poolviz.capture, which runs it",
        )
    ratio = module.output_ratio
    ratios = ratio if isinstance(ratio, (tuple, list)) else (ratio,) * rank
    return tuple(int(size * part) for size, part in zip(input_size, ratios, strict=True))


def _output_size(module: Any, rank: int, input_size: Sequence[int]) -> tuple[int, ...]:
    """The output size; None along an axis stands for the input's length."""
    size = module.output_size
    lengths = size if isinstance(size, (tuple, list)) else (size,) * rank
    if None in lengths and not input_size:
        raise SpecError(
            "output_size",
            "None stands for the input size, which the module does not know",
            "give numbers, or read the module with poolviz.capture, which runs it",
        )
    input_size = tuple(input_size) or (0,) * rank
    return tuple(
        own if length is None else length for length, own in zip(lengths, input_size, strict=True)
    )
