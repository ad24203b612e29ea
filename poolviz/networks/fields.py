"""Receptive fields through a graph: what of the input each tensor's cells depend on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from poolviz.frameworks import onnx as reader
from poolviz.networks.graph import Constants, is_spatial, reduced_axes
from poolviz.windows import ReceptiveField

# Tensors whose field cannot be told are not there; nor are those made of constants alone.
Fields = dict[str, ReceptiveField]

_NAMES_OF_CELLWISE = """
Abs Add BatchNormalization Cast CastLike Ceil Celu Clip Concat DequantizeLinear Div Dropout Elu Erf
Exp Floor Gelu HardSigmoid HardSwish Identity LRN LeakyRelu Log Max Mean Min Mish Mul Neg PRelu Pad
Pow QuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Softplus Softsign Split Sqrt Sub
Sum Swish Tanh ThresholdedRelu Transpose Where
"""
# What works cell by cell, or on the channels of each cell.
_CELLWISE = frozenset(_NAMES_OF_CELLWISE.split())
# What brings all cells together, and what lets each of all cells depend on all.
_EVERYTHING = frozenset(["Flatten", "Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool"])
_MIXED = frozenset(["GroupNormalization", "InstanceNormalization"])
# Permutations that leave rows before columns, and axes that lie between N and the last.
_LAYOUTS = frozenset([(0, 1, 2, 3), (0, 2, 3, 1), (0, 3, 1, 2), (0, 1, 2), (0, 2, 1)])
_BETWEEN = frozenset([2, -2])
_WINDOWED = frozenset(["AveragePool", "Conv", "ConvInteger", "LpPool", "MaxPool", "QLinearConv"])
# The weights' place among a convolution's inputs.
_WEIGHTS = {"QLinearConv": 3}


def fields(
    nodes: list[Any], constants: Constants, input_sizes: Mapping[str, tuple[int, ...]]
) -> Fields:
    """The field of every tensor for which it can be told.

    Args:
        nodes: of the graph, in their order.
        constants: of the graph.
        input_sizes: the spatial axes of each input that has some.
    """
    found = {name: ReceptiveField.of(size) for name, size in input_sizes.items()}
    lost: set[str] = set()
    for node in nodes:
        entering = [found[name] for name in node.input if name in found]
        field = _behind(node, entering, constants) if lost.isdisjoint(node.input) else None
        if field is not None:
            found |= dict.fromkeys(filter(None, node.output), field)
        elif entering or not lost.isdisjoint(node.input):
            # An output without a name is one that is left out.
            lost |= set(filter(None, node.output))
    return found


def _behind(
    node: Any, entering: list[ReceptiveField], constants: Constants
) -> ReceptiveField | None:
    """The field behind a node; None if it cannot be told."""
    # Of inputs that differ in size there is no one field.
    if not entering or len({field.limit for field in entering}) > 1 or _moves(node):
        return None
    field = entering[0]
    for other in entering[1:]:
        field = field.merge(other)
    if node.op_type in _CELLWISE:
        return field
    if node.op_type in _EVERYTHING or _reduces_all(node, field, constants):
        return field.everything()
    if node.op_type in _MIXED:
        return replace(field, size=field.limit)
    return _windowed(node, field, constants) if node.op_type in _WINDOWED else None


def _moves(node: Any) -> bool:
    """Whether it brings cells to other rows and columns, or joins maps along these."""
    given = reader.attributes(node)
    if node.op_type == "Transpose":
        return tuple(given.get("perm", ())) not in _LAYOUTS
    return node.op_type == "Concat" and given.get("axis") in _BETWEEN


def _reduces_all(node: Any, field: ReceptiveField, constants: Constants) -> bool:
    if node.op_type not in reader.REDUCTIONS:
        return False
    axes = reduced_axes(node, constants)
    return len(axes) == len(field.size) and is_spatial(axes)


def _windowed(node: Any, field: ReceptiveField, constants: Constants) -> ReceptiveField | None:
    given = reader.attributes(node)
    weights = constants.shape(node.input[min(_WEIGHTS.get(node.op_type, 1), len(node.input) - 1)])
    kernel = given.get("kernel_shape") or (weights or ())[2:]
    rank = len(field.size)
    if len(kernel) != rank:
        return None
    dilations, strides = given.get("dilations", [1] * rank), given.get("strides", [1] * rank)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True)]
    return field.grow(reach, strides)
