"""PyTorch: the modules of ``torch.nn``, such as ``MaxPool2d`` and ``FractionalMaxPool3d``."""

import re
from collections.abc import Sequence
from typing import Any

from poolviz.errors import SpecError
from poolviz.modes import available_modes
from poolviz.readers._reader import Kind, for_each_axis, found_kind, no_pooling
from poolviz.spec import PoolSpec

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
