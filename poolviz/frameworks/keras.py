"""Keras 3 on TensorFlow (``keras.layers``)."""

import re
from dataclasses import dataclass, replace
from typing import Any

from poolviz.errors import SpecError
from poolviz.frameworks._answers import for_each_axis, not_pooling, parse_kind
from poolviz.frameworks._code import choose, format_tuple, prepare, unchanged_input
from poolviz.frameworks._rule import WordRule
from poolviz.plan import Plan, is_global
from poolviz.spec import PoolSpec

IMPORT = "import keras"
LAYOUT = "N, H, W, C"
# The only padding that Keras accepts.
_PADDING = ("valid", "same")
_LAYER = re.compile(r"(?P<windows>Global|Adaptive)?(?P<name>\w+Pooling)(?P<rank>[123])D")


@dataclass(frozen=True)
class KerasRule(WordRule):
    """Padding by word only, and no ceil mode."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding in numbers, same_lower, ceil mode, and dilated same."""
        if spec.padding not in _PADDING:
            cause = "Keras accepts only valid and same"
            raise SpecError(
                "padding", cause, "use padding=valid or padding=same, or pad the input first"
            )
        if spec.ceil_mode:
            remedy = "use padding=same to keep the last window"
            raise SpecError("ceil_mode", "Keras does not support ceil mode", remedy)
        if spec.padding == "same" and set(spec.dilation) != {1}:
            cause = "Keras does not support dilation with padding=same"
            raise SpecError("dilation", cause, "use padding=valid, or omit dilation")


RULE = KerasRule(
    name="keras",
    title="Keras",
    evidence="checked against Keras 3.15.1 on TensorFlow 2.21.0",
    default_padding="valid",
    count_include_pad=False,
    nan="drop",
    channels_last=True,
)


def write(plan: Plan) -> str:
    """The plan as a line of code.

    Raises:
        SpecError: Keras cannot express it.
    """
    plan, call = prepare(plan, "keras", "Keras")
    spec, sign = plan.spec, "-" if call.negated else ""
    if is_global(spec):
        windows, arguments = "Global", "keepdims=True"
    elif spec.adaptive:
        windows, arguments = "Adaptive", format_tuple(spec.output_size or ())
    else:
        bare = replace(spec, ceil_mode=None, count_include_pad=None)
        candidates = [unchanged_input(replace(bare, padding=word)) for word in _words(plan)]
        kernel = choose(plan, "keras", candidates).spec.sliding
        kernel_size, strides = format_tuple(kernel.kernel_size), format_tuple(kernel.stride)
        windows, arguments = "", f'{kernel_size}, strides={strides}, padding="{kernel.padding}"'
    layer = f"keras.layers.{windows}{call.name}{len(plan.output_size)}D"
    return f"{sign}{layer}({arguments})({sign}x)"


def _words(plan: Plan) -> tuple[str, ...]:
    """The paddings that may give the same windows."""
    padding = plan.spec.padding
    if isinstance(padding, str) and padding in _PADDING:
        return (padding,)
    axes = plan.geometry.axes
    inside = (
        axis.window(0)[0] >= 0 and axis.window(axis.output_size - 1)[-1] < axis.size
        for axis in axes
    )
    # With "valid" no window reaches beyond the input.
    return _PADDING if all(inside) else ("same",)


def is_pooling(layer: Any) -> bool:
    """Whether ``layer`` is a pooling layer that poolviz knows."""
    return parse_kind(layer, _LAYER, "keras") is not None


def read(layer: Any) -> PoolSpec:
    """The request of a pooling layer, from its attributes.

    Raises:
        SpecError: it is not a pooling layer that poolviz knows.
    """
    kind = parse_kind(layer, _LAYER, "keras")
    if kind is None:
        raise not_pooling(type(layer).__name__, "a Keras", "MaxPooling2D")
    mode, windows, rank = kind
    if windows == "Global":
        return PoolSpec(mode, output_size=(1,) * rank, like="keras")
    if windows == "Adaptive":
        return PoolSpec(mode, output_size=for_each_axis(layer.output_size, rank), like="keras")
    return PoolSpec(
        mode,
        for_each_axis(layer.pool_size, rank),
        for_each_axis(layer.strides, rank),
        str(layer.padding),
        like="keras",
    )
