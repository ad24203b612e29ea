"""observe(): the pooling nodes of a network at work on an input."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from poolviz.checks import shown
from poolviz.discovery import unknown
from poolviz.errors import SpecError
from poolviz.networks.feeding import Fed
from poolviz.networks.fields import fields
from poolviz.networks.graph import no_pooling_node
from poolviz.networks.layout import AXES, spatial
from poolviz.networks.model import Network
from poolviz.networks.nodes import LEADING, is_channels_last, pooling_nodes, reduced_axes
from poolviz.networks.pooling_layer import PoolingLayer, observed
from poolviz.patches import Array
from poolviz.readers import onnx as reader
from poolviz.receptive_field import ReceptiveField


@dataclass(frozen=True, eq=False)
class Node:
    """A pooling node of a network.

    Args:
        number: its place among the pooling nodes, from 1.
        operator: ONNX's name of what it does.
        attributes: as they stand in the graph.
        layer: what entered it, and what the runtime made of that.
        field: what of the input its output cells depend on; None if that cannot be told.
        max_difference: as :attr:`PoolingLayer.max_difference` tells it.
    """

    number: int
    operator: str
    attributes: dict[str, Any]
    layer: PoolingLayer
    field: ReceptiveField | None
    max_difference: float

    @property
    def name(self) -> str:
        """As the network calls it; if it does not, as it calls its output."""
        return self.layer.name


@dataclass(frozen=True, eq=False)
class Observation:
    """A network, seen at work.

    Args:
        shown: the model, as the user named it.
        name: the model, for file names.
        runtime: the version of ONNX Runtime.
        fed: what went into each of its inputs.
        nodes: its pooling nodes, in their order.
    """

    shown: str
    name: str
    runtime: str
    fed: Mapping[str, Fed]
    nodes: list[Node]


def observe(
    network: Network, fed: Mapping[str, Fed], index: int = 0, threads: int | None = None
) -> Observation:
    """Run ``network`` and see its pooling nodes at work.

    Args:
        network: which.
        fed: for each of its inputs an array of the shape that it wants.
        index: which of the batch is shown.
        threads: at most so many pool; None for the cores.

    Raises:
        PoolvizError: it does not run on these inputs, the batch has no such index, or
            what looked like pooling reduces other axes.
    """
    known = fields(network.nodes, network.constants, _input_sizes(fed))
    found: list[Node] = []
    for node, layer in _layers(network, {name: each.values for name, each in fed.items()}, index):
        attributes, field = reader.attributes(node), known.get(node.output[0])
        difference = layer.difference(threads)
        found.append(Node(len(found) + 1, node.op_type, attributes, layer, field, difference))
    if not found:
        raise no_pooling_node(network.shown)
    return Observation(network.shown, network.name, network.runtime, fed, found)


def _input_sizes(fed: Mapping[str, Fed]) -> dict[str, tuple[int, ...]]:
    """The spatial axes of each input that has some."""
    sizes = {name: _input_size(each) for name, each in fed.items()}
    return {name: size for name, size in sizes.items() if size}


def _layers(
    network: Network, feeds: Mapping[str, Array], index: int
) -> Iterator[tuple[Any, PoolingLayer]]:
    """Each pooling node with what entered and left it."""
    pooling = pooling_nodes(network.nodes, network.constants)
    wanted = [name for node in pooling for name in (node.input[0], node.output[0])]
    tensors = network.run(feeds, list(dict.fromkeys(wanted)))
    for node in pooling:
        inputs, outputs = tensors[node.input[0]], tensors[node.output[0]]
        axes = reduced_axes(node, network.constants)
        # Others reduce some of the axes only, which the graph does not tell.
        if not axes or len(axes) == inputs.ndim - LEADING:
            yield node, _layer(node, network.opset, inputs, outputs, axes, index)


def _input_size(fed: Fed) -> tuple[int, ...]:
    """The spatial axes of what is fed, as it was laid out; none where there are none."""
    plane = fed.maps is not None and fed.values.ndim == AXES
    return fed.maps.input_size if fed.maps and plane else spatial(fed.values.shape)


def _layer(
    node: Any, opset: int, inputs: Array, outputs: Array, axes: tuple[int, ...], index: int
) -> PoolingLayer:
    spec = reader.request(node, inputs.ndim - LEADING, opset)
    if axes and is_channels_last(axes):
        inputs = np.moveaxis(inputs, -1, 1)
    # Reductions may drop the axes that they reduce.
    shape = inputs.shape[:2] + (1,) * (inputs.ndim - LEADING)
    reduced = outputs.reshape(shape) if axes else outputs
    return observed(node.name or node.output[0], spec, inputs, reduced, index)


def find_node(nodes: list[Node], words: str) -> Node:
    """The node of a name, or of a number; ``#3`` is always a number.

    Raises:
        SpecError: there is none, with the nearest name; or it may be several.
    """
    named = [node for node in nodes if node.name == words]
    numbered = [node for node in nodes if words in (str(node.number), f"#{node.number}")]
    found = list(dict.fromkeys([*named, *numbered]))
    if len(found) > 1:
        numbers = " or ".join(f"#{node.number}" for node in found)
        raise SpecError("--node", f"{shown(words)} may be one of several", f"write {numbers}")
    if not found:
        raise unknown("--node", words, [node.name for node in nodes])
    return found[0]
