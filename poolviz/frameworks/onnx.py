"""ONNX as ONNX Runtime computes it, by the version of the operators (opset).

ONNX Runtime 1.32.0 was compared with itself at opsets 1 to 28: the operators' attributes, and
the divisor of an average whose kernel is larger than its input, are all that differs.
"""

import warnings
from dataclasses import dataclass, replace
from typing import Any

from poolviz.errors import SpecError
from poolviz.frameworks import AT, versions
from poolviz.frameworks._code import (
    as_called,
    call_of,
    check_adaptive,
    listed,
    native,
    plain,
    refuse_beyond,
    sliding,
)
from poolviz.frameworks._layer import mode_called, no_pooling
from poolviz.frameworks._rule import AxisRequest, Rule, refuse_padding_of_kernel
from poolviz.modes import Call, canonical_name, mode_class
from poolviz.plan import Plan, is_global
from poolviz.plugins import unknown
from poolviz.spec import PoolSpec

NEWEST = 28
# From which opset on the operators have an attribute.
SINCE = {
    "MaxPool": {"ceil_mode": 10, "dilation": 10},
    "AveragePool": {"ceil_mode": 10, "dilation": 19},
    "LpPool": {"ceil_mode": 18, "dilation": 18},
}
# From this opset on ONNX Runtime's average counts no cells behind the padding.
_OVERHANG_UNCOUNTED = 19


@dataclass(frozen=True)
class OnnxRule(Rule):
    """Each pad is less than the kernel, and same padding knows nothing of dilation.

    Args:
        opset: the version of its operators.
    """

    opset: int = NEWEST

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding as large as the kernel."""
        refuse_padding_of_kernel(spec)

    def emulated(
        self, spec: PoolSpec, operation: str, input_size: tuple[int, ...]
    ) -> SpecError | None:
        """Attributes that an operator has at later opsets only."""
        del input_size
        asked = {"ceil_mode": bool(spec.ceil_mode), "dilation": set(spec.dilation) != {1}}
        for name in (name for name, is_asked in asked.items() if is_asked):
            since = SINCE.get(operation, {}).get(name, 1)
            if self.opset < since:
                return SpecError(
                    name, f"{operation} has it from opset {since} on", f"use opset {since}"
                )
        return None

    def same_padding(self, axis: AxisRequest) -> int:
        """Cells that undilated windows reach beyond the input.

        Raises:
            SpecError: they do not reach its end.
        """
        windows = -(-axis.size // axis.stride)
        total = (windows - 1) * axis.stride + axis.kernel_size - axis.size
        if total < 0:
            raise SpecError(
                "padding",
                f"{axis.padding} needs {total} cells here, and where ONNX Runtime does not"
                " refuse that it cuts cells off",
                "use valid, or a stride of at most the kernel size",
            )
        return total


RULE = OnnxRule(
    name="onnx",
    evidence="run against ONNX Runtime 1.32.0",
    stride_is_kernel_size=False,
    count_include_pad=False,
    truncates=True,
    nan_caveat="ONNX Runtime's max of a window with NaN depends on where it stands",
)
VERSIONS = {
    f"opset{opset}": replace(
        RULE,
        opset=opset,
        version=f"opset{opset}",
        counts_overhang=opset < _OVERHANG_UNCOUNTED,
    )
    for opset in range(1, NEWEST + 1)
}

IMPORT = "import onnx"
LAYOUT = "N, C, H, W"


def write(plan: Plan) -> str:
    """The line.

    Raises:
        SpecError: ONNX cannot say it.
    """
    call = call_of(plan.mode, "onnx")
    plan = as_called(plan, "ONNX", call)
    refuse_beyond(plan, "ONNX", dilation=True)
    if is_global(plan.spec):
        check_adaptive(plan, "onnx")
        return _node(f"Global{call.name}", list(call.keywords))
    rank = len(plan.output_size)
    found = native(plan, "onnx", [plain(each, rank) for each in sliding(plan)])
    return _node(call.name, _settings(found.spec, call))


def _settings(spec: PoolSpec, call: Call) -> list[str]:
    """The attributes that are not the operator's defaults."""
    kernel = spec.sliding
    settings = [f"kernel_shape={listed(kernel.kernel_size)}", f"strides={listed(kernel.stride)}"]
    pads = [pair[0] for pair in kernel.pairs] + [pair[1] for pair in kernel.pairs]
    if any(pads):
        settings.append(f"pads={listed(pads)}")
    if set(spec.dilation) != {1}:
        settings.append(f"dilations={listed(spec.dilation)}")
    if spec.ceil_mode:
        settings.append("ceil_mode=1")
    if call.divides and any(pads) and spec.count_include_pad:
        settings.append("count_include_pad=1")
    return [*settings, *call.keywords]


def _node(name: str, settings: list[str]) -> str:
    arguments = [f'"{name}"', '["x"]', '["y"]', *settings]
    return f"onnx.helper.make_node({', '.join(arguments)})"


FRAMEWORK = "onnx"
GLOBAL, REDUCE = "Global", "Reduce"
# The operators that are pooling where they reduce the spatial axes.
REDUCTIONS = ("ReduceMean", "ReduceMax")
# How attributes are stored: the field, by the number of its type.
_FIELDS = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}
_SINGLE = frozenset([1, 2, 3])
NOT_SET = "NOTSET"
_WORDS = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower", "VALID": "valid"}


def is_pooling(node: Any) -> bool:
    """Whether it is pooling, or a reduction that is where it is over the spatial axes."""
    return node.op_type in REDUCTIONS or _pooling(node) is not None


def read(node: Any, rank: int = 2, opset: int | None = None) -> PoolSpec:
    """As :func:`request`, with a warning where the node's indices are not poolviz's."""
    spec = request(node, rank, opset)
    if attributes(node).get("storage_order"):
        words = "storage_order=1 is ignored: poolviz numbers cells row by row, not by columns"
        warnings.warn(words, stacklevel=4)
    return spec


def request(node: Any, rank: int = 2, opset: int | None = None) -> PoolSpec:
    """What ``node`` asks for.

    Args:
        node: a node of a graph.
        rank: how many spatial axes there are, where the node does not tell.
        opset: the version of its operators; None, or one that is not known here, for the newest.

    Raises:
        SpecError: it is no pooling node.
    """
    version = f"opset{opset}"
    like = f"{FRAMEWORK}{AT}{version}" if version in versions(FRAMEWORK) else FRAMEWORK
    if node.op_type in REDUCTIONS:
        # The operators are called as the modes are, or as their aliases.
        mode = canonical_name(node.op_type.removeprefix(REDUCE).lower())
        return PoolSpec(mode, output_size=(1,) * rank, like=like)
    found = _pooling(node)
    if found is None:
        raise no_pooling(node.op_type, "ONNX")
    given = attributes(node)
    options = {
        name: given[name] for name in mode_class(found).__dataclass_fields__ if name in given
    }
    if node.op_type.startswith(GLOBAL):
        return PoolSpec(found, output_size=(1,) * rank, like=like, mode_options=options)
    return _sliding(found, given, options, like)


def attributes(node: Any) -> dict[str, Any]:
    """A node's attributes that are numbers, texts or lists of them, by their names."""
    found = {}
    for each in node.attribute:
        if each.type in _FIELDS:
            value = getattr(each, _FIELDS[each.type])
            found[each.name] = _plain(value) if each.type in _SINGLE else list(map(_plain, value))
    return found


def _plain(value: Any) -> Any:
    """Texts are stored as bytes, whatever they are."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _pooling(node: Any) -> str | None:
    return mode_called(node.op_type.removeprefix(GLOBAL), FRAMEWORK)


def _sliding(mode: str, given: dict[str, Any], options: dict[str, Any], like: str) -> PoolSpec:
    if "kernel_shape" not in given:
        raise SpecError("kernel_shape", "the node has none", "give a valid node")
    include_pad = given.get("count_include_pad")
    return PoolSpec(
        mode,
        given["kernel_shape"],
        given.get("strides"),
        _padding(given),
        dilation=given.get("dilations", 1),
        ceil_mode=bool(given.get("ceil_mode", 0)),
        count_include_pad=None if include_pad is None else bool(include_pad),
        like=like,
        mode_options=options,
    )


def _padding(given: dict[str, Any]) -> Any:
    """A word, or (before, after) pairs: all begins stand before all ends."""
    asked = given.get("auto_pad", NOT_SET)
    if asked not in (*_WORDS, NOT_SET):
        raise unknown("auto_pad", asked, [*_WORDS, NOT_SET])
    word = _WORDS.get(asked)
    pads = given.get("pads")
    if word or pads is None:
        return word
    half = len(pads) // 2
    return tuple(zip(pads[:half], pads[half:], strict=True))
