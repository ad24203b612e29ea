"""What the graph of an ONNX model says: constants, pooling nodes, and the layout of inputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, prod
from typing import Any

from poolviz.frameworks import onnx as reader

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
