"""Keras 3 on TensorFlow (``keras.layers``)."""

import re
from dataclasses import dataclass, replace
from typing import Any

from poolviz.errors import SpecError
from poolviz.frameworks._code import (
    as_called,
    call_of,
    check_adaptive,
    native,
    numbers,
    plain,
    refuse_beyond,
)
from poolviz.frameworks._layer import Kind, for_each_axis, found_kind, no_pooling
from poolviz.frameworks._rule import WordRule
from poolviz.plan import Plan, is_global
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class KerasRule(WordRule):
    """Padding by word only, and no ceil mode."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding in numbers, same_lower, ceil mode, and dilated same."""
        if spec.padding not in ("valid", "same"):
            given = spec.padding if isinstance(spec.padding, str) else "a number"
            raise SpecError("padding", f"{given} is nothing that Keras takes", "use valid or same")
        if spec.ceil_mode:
            raise SpecError(
                "ceil_mode", "Keras has none", "use padding same to keep the last window"
            )
        if spec.padding == "same" and set(spec.dilation) != {1}:
            raise SpecError("dilation", "Keras refuses it with padding same", "use valid, or 1")


RULE = KerasRule(
    name="keras",
    evidence="run against Keras 3.15.1 on TensorFlow 2.21.0",
    default_padding="valid",
    count_include_pad=False,
    nan="drop",
    channels_last=True,
)

IMPORT = "import keras"
LAYOUT = "N, H, W, C"


def write(plan: Plan) -> str:
    """The line.

    Raises:
        SpecError: Keras cannot say it.
    """
    call = call_of(plan.mode, "keras")
    plan = as_called(plan, "Keras", call)
    spec, rank, sign = plan.spec, len(plan.output_size), "-" if call.negated else ""
    refuse_beyond(plan, "Keras")
    if spec.adaptive:
        check_adaptive(plan, "keras")
        windows, arguments = "Adaptive", numbers(spec.output_size or ())
        if is_global(spec):
            windows, arguments = "Global", "keepdims=True"
        return f"{sign}keras.layers.{windows}{call.name}{rank}D({arguments})({sign}x)"
    found = native(plan, "keras", [plain(each, rank) for each in _candidates(spec)])
    kernel = found.spec.sliding
    settings = f'strides={numbers(kernel.stride)}, padding="{kernel.padding}"'
    layer = f"keras.layers.{call.name}{rank}D({numbers(kernel.kernel_size)}, {settings})"
    return f"{sign}{layer}({sign}x)"


def _candidates(spec: PoolSpec) -> list[PoolSpec]:
    words = [spec.padding] if spec.padding in ("valid", "same") else ["valid", "same"]
    bare = replace(spec, ceil_mode=None, count_include_pad=None)
    return [replace(bare, padding=word) for word in words]


FRAMEWORK = "keras"
_KIND = re.compile(r"(?P<windows>Global|Adaptive)?(?P<name>\w+Pooling)(?P<rank>[123])D")


def is_pooling(layer: Any) -> bool:
    """Whether it is a pooling layer that poolviz has."""
    return _kind(layer) is not None


def read(layer: Any) -> PoolSpec:
    """What ``layer`` asks for.

    Raises:
        SpecError: it is no pooling layer.
    """
    found = _kind(layer)
    if found is None:
        raise no_pooling(type(layer).__name__, "Keras")
    mode, windows, rank = found
    if windows == "Global":
        return PoolSpec(mode, output_size=(1,) * rank, like=FRAMEWORK)
    if windows == "Adaptive":
        return PoolSpec(mode, output_size=for_each_axis(layer.output_size, rank), like=FRAMEWORK)
    return PoolSpec(
        mode,
        for_each_axis(layer.pool_size, rank),
        for_each_axis(layer.strides, rank),
        str(layer.padding),
        like=FRAMEWORK,
    )


def _kind(layer: Any) -> Kind | None:
    return found_kind(layer, _KIND, FRAMEWORK)
