"""PyTorch (``torch.nn.functional``): the default rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from poolviz.errors import SpecError
from poolviz.frameworks._code import (
    Native,
    as_called,
    call_of,
    native,
    numbers,
    plain,
    sliding,
    unpadded,
)
from poolviz.frameworks._layer import Kind, for_each_axis, found_kind, no_pooling
from poolviz.frameworks._rule import Rule, largest_padding
from poolviz.modes import Call, available_modes
from poolviz.plan import Plan
from poolviz.spec import PoolSpec

VOLUME = 3


@dataclass(frozen=True)
class TorchRule(Rule):
    """Padding of at most half the kernel."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding over half the kernel, dilation not counted."""
        for padding, kernel_size in largest_padding(spec):
            if padding > kernel_size // 2:
                raise SpecError(
                    "padding",
                    f"{padding} is more than half the kernel ({kernel_size}): a window could lie"
                    " wholly in padding, where max has nothing to choose",
                    f"use at most {kernel_size // 2}",
                )

    def emulated(
        self, spec: PoolSpec, operation: str, input_size: tuple[int, ...]
    ) -> SpecError | None:
        """What its functions have no argument for, or check more than the windows need."""
        function, pads_first = f"{operation}{spec.rank}d", "pad by torch.nn.functional.pad first"
        by_word = isinstance(spec.padding, str) and spec.padding != "valid"
        kernel_size, pairs = spec.sliding.kernel_size, spec.sliding.pairs
        asked = (
            (by_word, "padding", f"{function} takes numbers, not words", pads_first),
            (
                any(before != after for before, after in pairs),
                "padding",
                f"{function} pads both sides alike",
                pads_first,
            ),
            (
                operation == "lp_pool" and any(map(any, pairs)),
                "padding",
                f"{function} has none",
                pads_first,
            ),
            (
                operation != "max_pool" and set(spec.dilation) != {1},
                "dilation",
                f"{function} has none",
                "unfold the input first",
            ),
            (
                spec.divisor_override is not None and spec.rank == 1,
                "divisor_override",
                f"{function} has none",
                "use avg_pool2d on one row",
            ),
            (
                spec.rank == VOLUME
                and operation != "max_pool"
                and any(map(int.__gt__, kernel_size, input_size)),
                "kernel_size",
                f"{function} takes none larger than the input",
                pads_first,
            ),
        )
        return next((SpecError(*words) for refused, *words in asked if refused), None)

    def caveat(self, operation: str, dtype: str, *, averages: bool) -> str:
        """Averages of integers are integers; powers of float16 are float16."""
        if averages and dtype.startswith(("int", "uint")):
            return (
                "torch itself truncates averages of int64 to integers and refuses other"
                " integers; poolviz gives float64"
            )
        if operation == "lp_pool" and dtype == "float16":
            return (
                "torch itself raises float16 in float16, so that 300² is infinite;"
                " poolviz raises it in float32"
            )
        return ""


RULE = TorchRule(
    name="torch",
    evidence="run against torch 2.13.0",
    lp_absolute=False,
    lp_rescales_overhang=True,
)

IMPORT = "import torch"
LAYOUT = "N, C, H, W"


def write(plan: Plan) -> str:
    """The line.

    Raises:
        SpecError: PyTorch cannot say it.
    """
    call = call_of(plan.mode, "torch")
    # A window over all is an adaptive call's, which takes no divisor.
    has_global = call.adaptive and plan.spec.divisor_override is None
    plan = as_called(plan, "torch", replace(call, has_global=has_global))
    spec, rank, sign = plan.spec, len(plan.output_size), "-" if call.negated else ""
    if spec.adaptive:
        return f"{sign}{_adaptive(call, spec, rank, sign)}"
    found = native(plan, "torch", _candidates(plan, call))
    x = _padded(found.pads, f"{sign}x", "inf" if call.extreme else "")
    arguments = [x, *call.arguments, _lengths(found.spec.sliding.kernel_size)]
    arguments += _settings(found.spec, call)
    return f"{sign}torch.nn.functional.{call.name}{rank}d({', '.join(arguments)})"


def _adaptive(call: Call, spec: PoolSpec, rank: int, sign: str) -> str:
    if spec.divisor_override is not None:
        raise SpecError("divisor_override", "torch's adaptive pooling takes none", "leave it out")
    name = f"torch.nn.functional.adaptive_{call.name}{rank}d"
    return f"{name}({sign}x, {_lengths(spec.output_size or ())})"


def _candidates(plan: Plan, call: Call) -> list[Native]:
    """Padding by the call itself where both sides are alike and it takes any, else beforehand."""
    rank, found = len(plan.output_size), []
    for spec in sliding(plan):
        if set(spec.dilation) != {1} and not call.extreme:
            raise SpecError("dilation", f"torch's {call.name} has none", "leave it out")
        alike = all(before == after for before, after in spec.sliding.pairs)
        unneeded = not any(map(any, spec.sliding.pairs))
        if unneeded or (alike and call.pads):
            found.append(plain(spec, rank))
        if not unneeded and (not call.divides or spec.count_include_pad):
            found.append(unpadded(spec))
    if not found:
        raise SpecError(
            "padding",
            f"torch's {call.name} counts asymmetric padding, or takes none",
            "pad both sides alike, or count padding",
        )
    return found


def _padded(pads: tuple[tuple[int, int], ...], x: str, value: str) -> str:
    """``x``, padded beforehand where that is needed; the last axis comes first."""
    if not any(map(any, pads)):
        return x
    flat = [length for pair in reversed(pads) for length in pair]
    filled = f', value=float("-{value}")' if value else ""
    return f"torch.nn.functional.pad({x}, {numbers(flat)}{filled})"


def _settings(spec: PoolSpec, call: Call) -> list[str]:
    """The arguments that are not the call's defaults."""
    settings, kernel = [], spec.sliding
    if kernel.stride != kernel.kernel_size:
        settings.append(f"stride={_lengths(kernel.stride)}")
    before = tuple(pair[0] for pair in kernel.pairs)
    if any(before):
        settings.append(f"padding={_lengths(before)}")
    if set(spec.dilation) != {1}:
        settings.append(f"dilation={_lengths(spec.dilation)}")
    if spec.ceil_mode:
        settings.append("ceil_mode=True")
    if call.divides and any(before) and not spec.count_include_pad:
        settings.append("count_include_pad=False")
    if call.divides and spec.divisor_override is not None:
        settings.append(f"divisor_override={spec.divisor_override}")
    return [*settings, *call.keywords]


def _lengths(values: tuple[int, ...]) -> str:
    """A number for each axis; of one axis the number itself, since lp_pool1d takes no tuple."""
    return str(values[0]) if len(values) == 1 else numbers(values)


FRAMEWORK = "torch"
_KIND = re.compile(r"(?P<windows>Adaptive|Fractional)?(?P<name>\w+Pool)(?P<rank>[123])d")
# What PoolSpec calls as modules do.
_LENGTHS = ("kernel_size", "stride", "padding", "dilation")
_AS_IT_IS = ("ceil_mode", "count_include_pad", "divisor_override")
# What a mode's parameter is called here.
_OPTIONS = {"norm_type": "p"}
FRACTIONAL = "Fractional"


def is_pooling(module: Any) -> bool:
    """Whether it is a pooling module that poolviz has."""
    return _kind(module) is not None


def kind(module: Any) -> Kind:
    """What a module's name tells, or that of a module from which it derives.

    Raises:
        SpecError: it is no pooling module that poolviz has.
    """
    found = _kind(module)
    if found is None:
        raise no_pooling(type(module).__name__, "PyTorch")
    return found


def read(module: Any, input_size: Sequence[int] = ()) -> PoolSpec:
    """What ``module`` asks for; ``input_size`` stands for an output size of None.

    Raises:
        SpecError: it is no pooling module, or its output size is the input's, which is not known.
    """
    mode, windows, rank = kind(module)
    if windows == FRACTIONAL:
        return PoolSpec(
            mode,
            for_each_axis(module.kernel_size, rank),
            output_size=_fractional_size(module, rank, input_size),
            like=FRAMEWORK,
        )
    if windows:
        return PoolSpec(mode, output_size=_output_size(module, rank, input_size), like=FRAMEWORK)
    lengths = {name: for_each_axis(value, rank) for name, value in _given(module, _LENGTHS).items()}
    options = {_OPTIONS[name]: value for name, value in _given(module, tuple(_OPTIONS)).items()}
    asked: dict[str, Any] = lengths | _given(module, _AS_IT_IS)
    return PoolSpec(mode, **asked, like=FRAMEWORK, mode_options=options)


def _given(module: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What a module has of these attributes."""
    values = {name: getattr(module, name, None) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _kind(module: Any) -> Kind | None:
    found = found_kind(module, _KIND, FRAMEWORK)
    if found is None or found.windows != FRACTIONAL:
        return found
    mode = f"{FRACTIONAL}-{found.mode}".lower()
    return found._replace(mode=mode) if mode in available_modes() else None


def _fractional_size(module: Any, rank: int, input_size: Sequence[int]) -> tuple[int, ...]:
    """The output size; where a ratio is given that of the input, rounded down as PyTorch does."""
    if module.output_size is not None:
        return for_each_axis(module.output_size, rank) or ()
    if not input_size:
        raise SpecError(
            "output_ratio",
            "it is a part of the input's size, which a module does not know",
            "give an output_size, or poolviz.capture the module at work",
        )
    ratio = module.output_ratio
    ratios = ratio if isinstance(ratio, (tuple, list)) else (ratio,) * rank
    return tuple(int(size * part) for size, part in zip(input_size, ratios, strict=True))


def _output_size(module: Any, rank: int, input_size: Sequence[int]) -> tuple[int, ...]:
    asked = module.output_size
    # None along an axis keeps its length.
    parts = asked if isinstance(asked, (tuple, list)) else (asked,) * rank
    if None in parts and not input_size:
        raise SpecError(
            "output_size",
            "None stands for the input's size, which a module does not know",
            "give numbers, or poolviz.capture the module at work",
        )
    kept = tuple(input_size) or (0,) * rank
    return tuple(own if part is None else part for part, own in zip(parts, kept, strict=True))
