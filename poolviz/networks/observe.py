"""Observe pooling layers: what enters and leaves them, and how poolviz's result compares."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from poolviz import text
from poolviz.checks import shown
from poolviz.engine.pooling import as_values, compute
from poolviz.errors import SourceError, SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import onnx as reader
from poolviz.frameworks._answers import caveat
from poolviz.geometry import Geometry
from poolviz.networks.feeding import NetworkInput
from poolviz.networks.graph import (
    AXES,
    LEADING,
    fields,
    is_channels_last,
    pooling_nodes,
    reduced_axes,
    spatial,
    watched_tensors,
)
from poolviz.networks.model import Network
from poolviz.networks.reading import no_pooling_node
from poolviz.plan import Plan, make_plan
from poolviz.plugins import unknown
from poolviz.result import PoolResult, run_plan
from poolviz.spec import PoolSpec
from poolviz.windows import Array, ReceptiveField

# Spatial axes of maps that can be shown.
PLANE = 2
# Stands for a receptive field that is not known.
UNKNOWN = "?"


@dataclass(frozen=True, eq=False)
class PoolingLayer:
    """A pooling layer of a network, with an input and the framework's own output.

    Maps of one spatial axis have the shape (N, C, 1, L), and their spec has two axes.

    Args:
        name: the name of the layer in the network.
        spec: the pooling that it requests, under the rules of its framework.
        inputs: (N, C, spatial axes) the maps that enter the layer.
        outputs: (N, C, spatial axes) the maps that the framework computed.
        index: which item of the batch is shown; an empty batch has none.
    """

    name: str
    spec: PoolSpec
    inputs: Array
    outputs: Array
    index: int = 0

    @property
    def feature_map(self) -> FeatureMap:
        """Its input for the item that is shown: (C, height, width).

        Raises:
            SpecError: the maps do not have two spatial axes.
            SourceError: the batch is empty.
        """
        axes = self.inputs.ndim - LEADING
        if axes != PLANE:
            cause = f"its maps have {axes} spatial axes, but only maps with 2 can be shown"
            raise SpecError(self.name, cause, "choose another node or layer")
        self._check_batch()
        return FeatureMap(self.inputs[self.index], self.name, self.name)

    @property
    def output(self) -> Array:
        """The framework's own output for :attr:`feature_map`: (C, height, width).

        Raises:
            SourceError: the batch is empty.
        """
        self._check_batch()
        return np.asarray(self.outputs[self.index])

    @cached_property
    def result(self) -> PoolResult:
        """What poolviz computes from :attr:`feature_map`.

        Raises:
            SpecError: the maps do not have two spatial axes.
            SourceError: the batch is empty.
        """
        return run_plan(self.feature_map, self.plan)

    @cached_property
    def plan(self) -> Plan:
        """The plan for inputs of this size."""
        return make_plan(self.spec, self.inputs.shape[2:])

    @property
    def geometry(self) -> Geometry:
        """The windows that the plan places."""
        return self.plan.geometry

    @cached_property
    def max_difference(self) -> float:
        """The largest difference of the framework's outputs from poolviz's, in the whole batch.

        NaN in both counts as equal; infinite if only one is NaN or infinite, or shapes differ.
        """
        return self.difference()

    @property
    def remark(self) -> str:
        """How the framework treats this type of values, if poolviz deliberately differs."""
        return caveat(self.plan.rule, self.plan.mode, self.inputs.dtype)

    def difference(self, threads: int | None = None) -> float:
        """:attr:`max_difference`, computed with at most this many threads."""
        values = as_values(self.inputs, self.spec.rank)
        pooled = compute(values, self.plan, threads=threads)
        return largest_difference(pooled, self.outputs)

    @property
    def dropped(self) -> float:
        """The share of the input's cells by which the output is smaller, from 0 to 1."""
        return 1 - math.prod(self.outputs.shape[2:]) / math.prod(self.inputs.shape[2:])

    @property
    def most_active(self) -> list[int]:
        """The channels of :attr:`feature_map` by the mean of |x|, highest first."""
        activity = self.feature_map.activity
        return [int(channel) for channel in np.argsort(-activity, kind="stable")]

    @property
    def summary(self) -> str:
        """The request as text: ``average 3×3, stride 1, padding 1 (counted)``."""
        pads = any(axis.before or axis.after for axis in self.geometry.axes)
        counts = self.plan.mode.divides and self.geometry.spec.count_include_pad
        return self.plan.summary + " (counted)" * bool(pads and counts)

    def _check_batch(self) -> None:
        if not len(self.inputs):
            cause = "the batch is empty, so there is no map to show"
            raise SourceError(self.name, cause, "use a batch with at least one item")


def observed(name: str, spec: PoolSpec, inputs: Any, outputs: Any, index: int = 0) -> PoolingLayer:
    """Build a layer from what entered and left it; maps of one spatial axis become one row.

    Args:
        name: the name of the layer.
        spec: the pooling that it requests.
        inputs: (N, C, spatial axes) what entered it.
        outputs: what the framework computed.
        index: which item of the batch is shown.

    Raises:
        SourceError: the batch has no such item.
    """
    inputs, outputs = np.asarray(inputs), np.asarray(outputs)
    count = len(inputs)
    # The layers of an empty batch can still be listed.
    if not 0 <= index < max(count, 1):
        if not count:
            cause = f"the batch is empty, so it has no item {index}"
            raise SourceError("index", cause, "use a batch with at least one item")
        has = f"has items 0 to {count - 1}" if count > 1 else "has only item 0"
        cause = f"there is no item {index}, as the batch {has}"
        remedy = f"use a number from 0 to {count - 1}" if count > 1 else "use 0"
        raise SourceError("index", cause, remedy)
    if spec.rank == 1:
        inputs, outputs = (np.expand_dims(maps, -2) for maps in (inputs, outputs))
        spec = along_row(spec)
    return PoolingLayer(name, spec, inputs, outputs, index)


def along_row(spec: PoolSpec) -> PoolSpec:
    """Turn a request for one axis into the same request for a single row.

    Example:
        >>> along_row(PoolSpec("max", (3,), padding=(1,))).padding
        (0, 1)
    """
    first = {"kernel_size": 1, "stride": 1, "padding": 0, "dilation": 1, "output_size": 1}
    lifted = {
        name: (length, *lengths)
        for name, length in first.items()
        if isinstance(lengths := getattr(spec, name), tuple)
    }
    return replace(spec, **lifted)  # type: ignore[arg-type]


def largest_difference(ours: Array, theirs: Array) -> float:
    """The largest absolute difference of two arrays.

    Example:
        >>> largest_difference(np.array([1.0, np.nan]), np.array([1.5, np.nan]))
        0.5
    """
    if ours.shape != theirs.shape:
        return math.inf
    if np.array_equal(ours, theirs):
        return 0.0
    differs = (ours != theirs) & ~(np.isnan(ours) & np.isnan(theirs))
    differences = np.abs(ours[differs].astype(np.float64) - theirs[differs].astype(np.float64))
    return float(np.nan_to_num(differences, nan=np.inf, posinf=np.inf).max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Node:
    """A pooling node of an observed network.

    Args:
        number: its position among the pooling nodes, counted from 1.
        operator: its ONNX operator.
        attributes: the attributes of the node in the graph.
        layer: what entered it, and what the runtime computed.
        field: the input cells that its output cells depend on; None if that is unknown.
        max_difference: :attr:`PoolingLayer.max_difference` of ``layer``.
    """

    number: int
    operator: str
    attributes: dict[str, Any]
    layer: PoolingLayer
    field: ReceptiveField | None
    max_difference: float

    @property
    def name(self) -> str:
        """Its name in the network; if it has none, the name of its output."""
        return self.layer.name

    @property
    def agreement(self) -> str:
        """How poolviz's output compares with that of ONNX Runtime, as text."""
        difference = self.entries["differs"]
        same = difference == "0"
        return "identical to ONNX Runtime" if same else f"differs from ONNX Runtime by {difference}"

    @property
    def entries(self) -> dict[str, str]:
        """What a table says of it, by the titles of the columns."""
        layer, field, jump = self.layer, UNKNOWN, UNKNOWN
        if self.field is not None:
            # Maps with one axis are shown as a row.
            row = (1,) * (layer.spec.rank - len(self.field.size))
            field = text.size((*row, *self.field.size))
            jumps = [text.number(step) for step in (*row, *self.field.jump)]
            jump = jumps[0] if len(set(jumps)) == 1 else "×".join(jumps)
        return {
            "": str(self.number),
            "node": text.escaped(self.name),
            "pooling": layer.summary,
            "before": text.size(layer.inputs.shape[1:]),
            "after": text.size(layer.outputs.shape[1:]),
            "fewer": text.percent(layer.dropped),
            "field": field,
            "jump": jump,
            "differs": text.number(self.max_difference, 2),
        }


@dataclass(frozen=True, eq=False)
class Observation:
    """A network that was run on an input.

    Args:
        shown: the model as the user named it.
        name: the model's name for files.
        runtime: the version of ONNX Runtime.
        fed: what went into each of its inputs.
        nodes: its pooling nodes, in the order of the graph.
    """

    shown: str
    name: str
    runtime: str
    fed: Mapping[str, NetworkInput]
    nodes: list[Node]


def observe(
    network: Network, fed: Mapping[str, NetworkInput], index: int = 0, threads: int | None = None
) -> Observation:
    """Run ``network`` and observe its pooling nodes.

    Args:
        network: an opened network.
        fed: for each of its inputs, values of the shape and type that it takes.
        index: which item of the batch is shown.
        threads: the largest number of threads that pool; None for one per core.

    Raises:
        PoolvizError: it does not run on these inputs, the batch has no such item, or
            what looked like pooling reduces other axes.
    """
    graph = network.graph
    pooling = pooling_nodes(graph.nodes, graph.constants)
    feeds = {name: network_input.values for name, network_input in fed.items()}
    tensors = network.run(feeds, watched_tensors(pooling))
    sizes = {name: _input_size(network_input) for name, network_input in fed.items()}
    known = fields(
        graph.nodes, graph.constants, {name: size for name, size in sizes.items() if size}
    )
    nodes: list[Node] = []
    for node in pooling:
        inputs, outputs = tensors[node.input[0]], tensors[node.output[0]]
        axes = reduced_axes(node, graph.constants)
        if axes and len(axes) != inputs.ndim - LEADING:
            # A reduction of only some of the axes, which only its input shows.
            continue
        spec = reader.request(node, inputs.ndim - LEADING, graph.opset)
        if axes:
            inputs = np.moveaxis(inputs, -1, 1) if is_channels_last(axes) else inputs
            # Reductions may drop the axes that they reduce.
            outputs = outputs.reshape(inputs.shape[:LEADING] + (1,) * len(axes))
        layer = observed(node.name or node.output[0], spec, inputs, outputs, index)
        attributes, field = reader.attributes(node), known.get(node.output[0])
        difference = layer.difference(threads)
        nodes.append(Node(len(nodes) + 1, node.op_type, attributes, layer, field, difference))
    if not nodes:
        raise no_pooling_node(network.shown)
    return Observation(network.shown, network.name, network.runtime, fed, nodes)


def _input_size(fed: NetworkInput) -> tuple[int, ...]:
    """The spatial axes of an input, in the layout that it was given in; empty if it has none."""
    if fed.maps is not None and fed.values.ndim == AXES:
        return fed.maps.input_size
    return spatial(fed.values.shape)


def find_node(nodes: list[Node], name: str) -> Node:
    """Find a node by its name or number; ``#3`` is always a number.

    Raises:
        SpecError: there is none, or it may be one of several.
    """
    matches = [node for node in nodes if node.name == name]
    numbered = [node for node in nodes if name in (str(node.number), f"#{node.number}")]
    matches += [node for node in numbered if node not in matches]
    if len(matches) > 1:
        numbers = " or ".join(f"#{node.number}" for node in matches)
        cause = f"{shown(name)} matches {len(matches)} nodes"
        raise SpecError("node", cause, f"use {numbers}")
    if not matches:
        error = unknown("node", name, [node.name for node in nodes], "node")
        if "?" in error.remedy:
            raise error
        cause = f"there is no node {name}" if name.isdecimal() else error.cause
        last = f"a number from 1 to {len(nodes)}" if len(nodes) > 1 else "1"
        raise SpecError("node", cause, f"{error.remedy}, or {last}")
    return matches[0]
