"""Layout: where channels and spatial axes stand in what a network takes."""

from collections.abc import Sequence
from typing import Any

from poolviz.readers import onnx as reader

# Pictures have so many channels, and maps of them four axes with the batch.
CHANNELS = (1, 3, 4)
AXES = 4
NCHW, NHWC = "NCHW", "NHWC"
# What takes its channels second, and what brings channels there that stood last.
_CHANNELS_SECOND = frozenset(
    ["Conv", "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool",
     "BatchNormalization", "InstanceNormalization"]
)  # fmt: skip
_TO_SECOND = [0, 3, 1, 2]
# What an input may go through before that.
_ALIKE = frozenset(["Cast", "Sub", "Add", "Mul", "Div", "Identity", "Pad", "QuantizeLinear"])


def layout_of(shape: Sequence[int | None]) -> str:
    """NCHW, or NHWC where only the last axis can be a picture's channels.

    Args:
        shape: four axes; None where any length goes.

    Example:
        >>> layout_of((None, 224, 224, 3)), layout_of((1, 3, 64, 64)), layout_of((1, 32, 8, 3))
        ('NHWC', 'NCHW', 'NHWC')
    """
    last = shape[-1] in CHANNELS and shape[1] not in CHANNELS
    return NHWC if last else NCHW


def spatial(shape: Sequence[int]) -> tuple[int, ...]:
    """The lengths of the spatial axes of an input; none where it has fewer than three axes."""
    if len(shape) == AXES and layout_of(shape) == NHWC:
        return tuple(shape[1:-1])
    return tuple(shape[2:])


def layout_by_use(nodes: Sequence[Any], name: str) -> str | None:
    """The layout of the input called ``name`` by what takes it; None where that does not tell."""
    alike = {name}
    for node in nodes:
        if node.op_type in _ALIKE and alike.intersection(node.input):
            alike.update(node.output)
        elif node.op_type in _CHANNELS_SECOND and node.input[0] in alike:
            return NCHW
        elif node.op_type == "Transpose" and node.input[0] in alike:
            permutation = reader.attributes(node).get("perm")
            return NHWC if permutation == _TO_SECOND else None
    return None
