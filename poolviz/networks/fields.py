"""Receptive fields through a graph: the input cells that each tensor's cells depend on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from poolviz.frameworks import onnx as reader
from poolviz.networks.graph import Constants, is_spatial, reduced_axes
from poolviz.windows import ReceptiveField

# Tensors whose field is unknown are not included; nor are those computed from constants alone.
Fields = dict[str, ReceptiveField]

_NAMES_OF_CELLWISE = """
Abs Add BatchNormalization Cast CastLike Ceil Celu Clip Concat DequantizeLinear Div Dropout Elu Erf
Exp Floor Gelu HardSigmoid HardSwish Identity LRN LeakyRelu Log Max Mean Min Mish Mul Neg PRelu Pad
Pow QuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Softplus Softsign Split Sqrt Sub
Sum Swish Tanh ThresholdedRelu Transpose Where
"""
# Operators that work cell by cell, or on the channels of each cell.
_CELLWISE = frozenset(_NAMES_OF_CELLWISE.split())
# Operators that reduce all cells to one, and those after which each cell depends on all.
_EVERYTHING = frozenset(["Flatten", "Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool"])
_MIXED = frozenset(["GroupNormalization", "InstanceNormalization"])
# Permutations that keep rows before columns, and axes between N and the last one.
_LAYOUTS = frozenset([(0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2), (0, 1, 2), (0, 2, 1)])
_BETWEEN = frozenset([2, -2])
_WINDOWED = frozenset(["AveragePool", "Conv", "ConvInteger", "LpPool", "MaxPool", "QLinearConv"])
# The index of the weights among a convolution's inputs, if it is not 1.
_WEIGHTS = {"QLinearConv": 3}


def fields(
    nodes: list[Any], constants: Constants, input_sizes: Mapping[str, tuple[int, ...]]
) -> Fields:
    """The receptive field of every tensor for which it is known.

    Args:
        nodes: the nodes of the graph, in their order.
        constants: the constants of the graph.
        input_sizes: the lengths of the spatial axes of each input that has some.
    """
    known = {name: ReceptiveField.of(size) for name, size in input_sizes.items()}
    unknown: set[str] = set()
    for node in nodes:
        entering = [known[name] for name in node.input if name in known]
        blocked = not unknown.isdisjoint(node.input)
        field = None if blocked else _field_after(node, entering, constants)
        # An optional output that is not used has an empty name.
        outputs = list(filter(None, node.output))
        if field is not None:
            known |= dict.fromkeys(outputs, field)
        elif entering or blocked:
            unknown |= set(outputs)
    return known


def _field_after(
    node: Any, entering: list[ReceptiveField], constants: Constants
) -> ReceptiveField | None:
    """The field of the outputs of a node; None if it is unknown."""
    # Inputs that differ in size have no common field.
    if not entering or len({field.limit for field in entering}) > 1 or _moves_cells(node):
        return None
    field = entering[0]
    for other in entering[1:]:
        field = field.merge(other)
    if node.op_type in _CELLWISE:
        return field
    if node.op_type in reader.REDUCTIONS:
        axes = reduced_axes(node, constants)
        return field.everything() if len(axes) == len(field.size) and is_spatial(axes) else None
    if node.op_type in _EVERYTHING:
        return field.everything()
    if node.op_type in _MIXED:
        return replace(field, size=field.limit)
    return _windowed(node, field, constants) if node.op_type in _WINDOWED else None


def _moves_cells(node: Any) -> bool:
    """Whether a node moves cells to other rows and columns, or joins maps along these."""
    attributes = reader.attributes(node)
    if node.op_type == "Transpose":
        return tuple(attributes.get("perm", ())) not in _LAYOUTS
    return node.op_type == "Concat" and attributes.get("axis") in _BETWEEN


def _windowed(node: Any, field: ReceptiveField, constants: Constants) -> ReceptiveField | None:
    attributes = reader.attributes(node)
    weights = constants.shape(node.input[min(_WEIGHTS.get(node.op_type, 1), len(node.input) - 1)])
    kernel = attributes.get("kernel_shape") or (weights or ())[2:]
    rank = len(field.size)
    if len(kernel) != rank:
        return None
    dilations = attributes.get("dilations", [1] * rank)
    strides = attributes.get("strides", [1] * rank)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    return field.grow(reach, strides)
