"""The graph of an ONNX model: constants, pooling nodes, layout of inputs, and receptive fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, prod
from typing import Any

from poolviz.frameworks import onnx as reader
from poolviz.windows import ReceptiveField

# ONNX's number for the type.
INT64 = 7
# No list of axes, lengths or scales is longer.
MOST_NUMBERS = 64
# (N, C) stand before the spatial axes. Reductions over a single axis are seldom pooling.
LEADING, FEWEST_REDUCED = 2, 2
# The numbers of channels of pictures, and of axes of a batch of maps.
CHANNELS = (1, 3, 4)
AXES = 4
NCHW, NHWC = "NCHW", "NHWC"
# Operators that take the channels as second axis, and the permutation that moves them there.
_CHANNELS_SECOND = frozenset(
    ["Conv", "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool",
     "BatchNormalization", "InstanceNormalization"]
)  # fmt: skip
_TO_SECOND = [0, 3, 1, 2]
# Operators that leave the layout as it is.
_KEEP_LAYOUT = frozenset(["Cast", "Sub", "Add", "Mul", "Div", "Identity", "Pad", "QuantizeLinear"])


@dataclass(frozen=True)
class Constants:
    """The constant tensors of a graph.

    Args:
        tensors: ONNX's ``TensorProto`` by the names of the tensors.
    """

    tensors: dict[str, Any]

    @classmethod
    def of(cls, graph: Any) -> "Constants":
        """Collect the initializers of ``graph`` and what its Constant nodes hold."""
        tensors = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            for attribute in node.attribute if node.op_type == "Constant" and node.output else ():
                if attribute.name == "value":
                    tensors[node.output[0]] = attribute.t
                elif attribute.name == "value_ints":
                    numbers = attribute.ints
                    # The class of the message, so that the package need not be imported.
                    tensors[node.output[0]] = type(attribute.t)(
                        data_type=INT64, dims=[len(numbers)], int64_data=numbers
                    )
        return cls(tensors)

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of a tensor; None if it is not a constant."""
        tensor = self.tensors.get(name)
        return None if tensor is None else tuple(tensor.dims)

    def numbers(self, name: str) -> list[float] | None:
        """The values of a short tensor; None if it is not constant, long, or in another file."""
        tensor = self.tensors.get(name)
        if tensor is None or not is_short(tensor):
            return None
        from onnx.numpy_helper import to_array  # noqa: PLC0415 - only with the extra onnx

        try:
            numbers = [float(number) for number in to_array(tensor).ravel()]
        except (KeyError, TypeError, ValueError):
            # It holds strings or is damaged, which the runtime reports.
            return None
        return numbers if all(map(isfinite, numbers)) else None


def is_short(tensor: Any) -> bool:
    """Whether a tensor is in the graph itself and may be a shape, a list of axes or a scale."""
    return not tensor.external_data and prod(tensor.dims) <= MOST_NUMBERS


def pooling_nodes(nodes: Sequence[Any], constants: Constants) -> list[Any]:
    """The nodes that pool, in the order of the graph."""
    return [
        node
        for node in nodes
        # A damaged file may have nodes without input or output.
        if all(names and names[0] for names in (node.input, node.output))
        and reader.is_pooling(node)
        and (node.op_type not in reader.REDUCTIONS or is_spatial(reduced_axes(node, constants)))
    ]


def watched_tensors(pooling: Sequence[Any]) -> list[str]:
    """The names of the tensors that enter and leave pooling nodes, each once."""
    return list(dict.fromkeys(name for node in pooling for name in (node.input[0], node.output[0])))


def reduced_axes(node: Any, constants: Constants) -> tuple[int, ...]:
    """The axes of a reduction, from its attribute or second input; empty if they are unknown."""
    axes = reader.attributes(node).get("axes")
    if axes is None and len(node.input) > 1:
        axes = constants.numbers(node.input[1])
    return tuple(int(axis) for axis in axes or ())


def is_spatial(axes: tuple[int, ...]) -> bool:
    """Whether axes are all spatial axes: all after (N, C), or all between N and C.

    Example:
        >>> is_spatial((2, 3)), is_spatial((-2, -1)), is_spatial((1, 2)), is_spatial((-1,))
        (True, True, True, False)
    """
    return len(axes) >= FEWEST_REDUCED and (
        is_channels_last(axes) or _positive(axes) == tuple(range(LEADING, LEADING + len(axes)))
    )


def is_channels_last(axes: tuple[int, ...]) -> bool:
    """Whether the channels come after the axes that are reduced."""
    return _positive(axes) == tuple(range(1, 1 + len(axes)))


def _positive(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Sorted axes of an array that has (N, C) besides them, counted from its first axis."""
    return tuple(sorted(axis % (LEADING + len(axes)) for axis in axes))


def layout_of(shape: Sequence[int | None]) -> str:
    """NHWC where only the last axis can be the channels of a picture, else NCHW.

    Args:
        shape: four axes; None where any length is allowed.

    Example:
        >>> layout_of((None, 224, 224, 3)), layout_of((1, 3, 64, 64)), layout_of((1, 32, 8, 3))
        ('NHWC', 'NCHW', 'NHWC')
    """
    last = shape[-1] in CHANNELS and shape[1] not in CHANNELS
    return NHWC if last else NCHW


def layout_by_use(nodes: Sequence[Any], name: str) -> str | None:
    """The layout of the input ``name`` that the operators taking it imply; None if none does."""
    same_layout = {name}
    for node in nodes:
        if node.op_type in _KEEP_LAYOUT and same_layout.intersection(node.input):
            same_layout.update(node.output)
        elif node.op_type in _CHANNELS_SECOND and node.input[0] in same_layout:
            return NCHW
        elif node.op_type == "Transpose" and node.input[0] in same_layout:
            permutation = reader.attributes(node).get("perm")
            return NHWC if permutation == _TO_SECOND else None
    return None


def spatial(shape: Sequence[int]) -> tuple[int, ...]:
    """The lengths of the spatial axes of an input; empty if it has fewer than three axes."""
    if len(shape) == AXES and layout_of(shape) == NHWC:
        return tuple(shape[1:-1])
    return tuple(shape[2:])


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
