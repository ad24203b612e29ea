"""ONNX as ONNX Runtime computes it, by the version of the operators (opset).

ONNX Runtime 1.32.0 was compared with itself at opsets 1 to 28. Only two things differ: the
operators' attributes, and the divisor of an average whose kernel is larger than its input.
"""

import warnings
from dataclasses import dataclass, replace
from typing import Any

from poolviz.errors import SpecError
from poolviz.frameworks import AT, versions
from poolviz.frameworks._answers import find_mode, not_pooling
from poolviz.frameworks._code import choose, numeric_specs, prepare, unchanged_input
from poolviz.frameworks._rule import AxisRequest, Rule, refuse_padding_of_kernel
from poolviz.modes import canonical_name, mode_class
from poolviz.plan import Plan, is_global
from poolviz.plugins import unknown
from poolviz.spec import PoolSpec

IMPORT = "import onnx"
LAYOUT = "N, C, H, W"
NEWEST = 28
# The first opset in which an operator has the attribute.
SINCE = {
    "MaxPool": {"ceil_mode": 10, "dilation": 10},
    "AveragePool": {"ceil_mode": 10, "dilation": 19},
    "LpPool": {"ceil_mode": 18, "dilation": 18},
}
# From this opset on, ONNX Runtime's average counts no cells beyond the padding.
_OVERHANG_UNCOUNTED = 19
GLOBAL, REDUCE = "Global", "Reduce"
# The operators that are pooling if they reduce the spatial axes.
REDUCTIONS = ("ReduceMean", "ReduceMax")
# The field in which an attribute is stored, by the number of its type.
_FIELDS = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}
_SINGLE = frozenset([1, 2, 3])
NOT_SET = "NOTSET"
_WORDS = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower", "VALID": "valid"}


@dataclass(frozen=True)
class OnnxRule(Rule):
    """Each pad is less than the kernel, and same padding ignores dilation.

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
        """Attributes that an operator has in later opsets only."""
        del input_size
        options = {"ceil_mode": bool(spec.ceil_mode), "dilation": set(spec.dilation) != {1}}
        for name, is_set in options.items():
            since = SINCE.get(operation, {}).get(name, 1)
            if is_set and self.opset < since:
                cause = f"{operation} supports this only from opset {since} on"
                return SpecError(name, cause, f"use opset {since} or later")
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
                f"'{axis.padding}' would need negative padding ({total} cells) with this stride,"
                " which ONNX Runtime either rejects or replaces by dropping cells at the edges",
                "use padding=valid, or a stride no larger than the kernel",
            )
        return total


RULE = OnnxRule(
    name="onnx",
    title="ONNX",
    evidence="checked against ONNX Runtime 1.32.0",
    stride_is_kernel_size=False,
    count_include_pad=False,
    truncates=True,
    nan_caveat="in ONNX Runtime, the max of a window with NaN depends on where the NaN is",
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


def write(plan: Plan) -> str:
    """The plan as a line of code.

    Raises:
        SpecError: ONNX cannot express it.
    """
    plan, call = prepare(plan, "onnx", "ONNX", takes=("dilation",))
    name, attributes = call.name, list(call.keywords)
    if is_global(plan.spec):
        name = f"{GLOBAL}{name}"
    else:
        candidates = [unchanged_input(spec) for spec in numeric_specs(plan)]
        spec = choose(plan, "onnx", candidates).spec
        attributes = _attributes(spec, divides=call.divides) + attributes
    arguments = [f'"{name}"', '["x"]', '["y"]', *attributes]
    return f"onnx.helper.make_node({', '.join(arguments)})"


def _attributes(spec: PoolSpec, *, divides: bool) -> list[str]:
    """The attributes that are not the operator's defaults, as code."""
    kernel = spec.sliding
    pads = [before for before, _ in kernel.pairs] + [after for _, after in kernel.pairs]
    attributes = [
        f"kernel_shape={list(kernel.kernel_size)}",
        f"strides={list(kernel.stride)}",
    ]
    if any(pads):
        attributes.append(f"pads={pads}")
    if set(spec.dilation) != {1}:
        attributes.append(f"dilations={list(spec.dilation)}")
    if spec.ceil_mode:
        attributes.append("ceil_mode=1")
    if divides and any(pads) and spec.count_include_pad:
        attributes.append("count_include_pad=1")
    return attributes


def is_pooling(node: Any) -> bool:
    """Whether ``node`` pools, or is a reduction that pools if it is over the spatial axes."""
    return node.op_type in REDUCTIONS or _find_mode(node) is not None


def read(node: Any, rank: int = 2, opset: int | None = None) -> PoolSpec:
    """Same as :func:`request`, with a warning if the node numbers its indices differently."""
    spec = request(node, rank, opset)
    if attributes(node).get("storage_order"):
        message = "storage_order=1 is ignored: poolviz numbers cells by rows, not by columns"
        warnings.warn(message, stacklevel=4)
    return spec


def request(node: Any, rank: int = 2, opset: int | None = None) -> PoolSpec:
    """The request of a pooling node, from its attributes.

    Args:
        node: a node of a graph.
        rank: number of spatial axes, for nodes that do not say it.
        opset: the version of its operators; the newest for None and for an unknown one.

    Raises:
        SpecError: it is not a pooling node that poolviz knows.
    """
    version = f"opset{opset}"
    like = f"onnx{AT}{version}" if version in versions("onnx") else "onnx"
    if node.op_type in REDUCTIONS:
        # These operators have the names of modes, or their aliases.
        name = canonical_name(node.op_type.removeprefix(REDUCE).lower())
        return PoolSpec(name, output_size=(1,) * rank, like=like)
    mode = _find_mode(node)
    if mode is None:
        raise not_pooling(node.op_type, "an ONNX", "MaxPool")
    values = attributes(node)
    fields = mode_class(mode).__dataclass_fields__
    options = {name: values[name] for name in fields if name in values}
    if node.op_type.startswith(GLOBAL):
        return PoolSpec(mode, output_size=(1,) * rank, like=like, mode_options=options)
    if "kernel_shape" not in values:
        raise SpecError("kernel_shape", "the node lacks this attribute", "give a valid node")
    include_pad = values.get("count_include_pad")
    return PoolSpec(
        mode,
        values["kernel_shape"],
        values.get("strides"),
        _padding(values),
        values.get("dilations", 1),
        bool(values.get("ceil_mode", 0)),
        None if include_pad is None else bool(include_pad),
        like=like,
        mode_options=options,
    )


def attributes(node: Any) -> dict[str, Any]:
    """A node's attributes that are numbers, texts or lists of them, by name."""

    def decode(value: Any) -> Any:
        # Texts are stored as bytes of any encoding.
        return value.decode(errors="replace") if isinstance(value, bytes) else value

    values = {}
    for attribute in node.attribute:
        if attribute.type in _FIELDS:
            value = getattr(attribute, _FIELDS[attribute.type])
            single = attribute.type in _SINGLE
            values[attribute.name] = decode(value) if single else list(map(decode, value))
    return values


def _find_mode(node: Any) -> str | None:
    return find_mode(node.op_type.removeprefix(GLOBAL), "onnx")


def _padding(values: dict[str, Any]) -> Any:
    """A word, or (before, after) pairs; ONNX lists all befores, then all afters."""
    word, pads = values.get("auto_pad", NOT_SET), values.get("pads")
    if word not in (*_WORDS, NOT_SET):
        raise unknown("auto_pad", word, [*_WORDS, NOT_SET], "value")
    if word in _WORDS or pads is None:
        return _WORDS.get(word)
    half = len(pads) // 2
    return tuple(zip(pads[:half], pads[half:], strict=True))
