"""Which nodes of a graph are pooling, and over which axes."""

from typing import Any

from poolviz.networks.constants import Constants
from poolviz.readers import onnx as reader

# (N, C) before the spatial axes; reductions over fewer than two axes are seldom pooling.
LEADING, FEWEST_REDUCED = 2, 2


def pooling_nodes(nodes: list[Any], constants: Constants) -> list[Any]:
    """Those that are pooling, in the order of the graph."""
    return [
        node
        for node in nodes
        if _is_whole(node)
        and reader.is_pooling(node)
        and (node.op_type not in reader.REDUCTIONS or is_spatial(reduced_axes(node, constants)))
    ]


def _is_whole(node: Any) -> bool:
    """Whether something enters and leaves it: files may be damaged."""
    return all(names and names[0] for names in (node.input, node.output))


def reduced_axes(node: Any, constants: Constants) -> tuple[int, ...]:
    """The axes of a reduction, as an attribute or as its second input; empty if not known."""
    axes = reader.attributes(node).get("axes")
    if axes is None and len(node.input) > 1:
        axes = constants.numbers(node.input[1])
    return tuple(int(axis) for axis in axes or ())


def is_spatial(axes: tuple[int, ...]) -> bool:
    """Whether axes are the spatial ones: all behind (N, C), or all between N and C.

    Example:
        >>> is_spatial((2, 3)), is_spatial((-2, -1)), is_spatial((1, 2)), is_spatial((-1,))
        (True, True, True, False)
    """
    return len(axes) >= FEWEST_REDUCED and (
        is_channels_last(axes) or _positive(axes) == tuple(range(LEADING, LEADING + len(axes)))
    )


def is_channels_last(axes: tuple[int, ...]) -> bool:
    """Whether the channels stand behind the axes that are reduced."""
    return _positive(axes) == tuple(range(1, 1 + len(axes)))


def _positive(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Axes of an array with (N, C) and as many more, none counted from the end."""
    return tuple(sorted(axis % (LEADING + len(axes)) for axis in axes))
