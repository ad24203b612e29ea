"""observe(): the pooling nodes of a network at work on an input."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from poolviz.checks import shown
from poolviz.engine.pooling import as_values, compute
from poolviz.errors import SourceError, SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import onnx as reader
from poolviz.frameworks._answers import caveat
from poolviz.geometry import Geometry
from poolviz.networks.feeding import NetworkInput
from poolviz.networks.fields import fields
from poolviz.networks.graph import (
    AXES,
    LEADING,
    is_channels_last,
    no_pooling_node,
    pooling_nodes,
    reduced_axes,
    spatial,
)
from poolviz.networks.model import Network
from poolviz.plan import Plan, make_plan
from poolviz.plugins import unknown
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.windows import Array, ReceptiveField

PLANE = 2


@dataclass(frozen=True, eq=False)
class PoolingLayer:
    """A pooling layer, seen at work.

    MapFigure of one spatial axis have the shape (N, C, 1, L), and their spec two axes.

    Args:
        name: as the network calls it.
        spec: what it asks for, under its framework's rules.
        inputs: (N, C, spatial) what entered it.
        outputs: (N, C, spatial) what the framework itself made of that.
        index: which of the batch is shown; an empty batch has none.
    """

    name: str
    spec: PoolSpec
    inputs: Array
    outputs: Array
    index: int = 0

    @property
    def feature_map(self) -> FeatureMap:
        """What entered it, of the one that is shown: (C, H, W).

        Raises:
            SpecError: there are three spatial axes.
            SourceError: the batch is empty.
        """
        self._check_plane()
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
        """What poolviz makes of :attr:`feature_map`.

        Raises:
            SpecError: there are three spatial axes.
            SourceError: the batch is empty.
        """
        return run(self.feature_map, self.spec)

    @cached_property
    def plan(self) -> Plan:
        """The request, resolved for the inputs' size."""
        return make_plan(self.spec, self.inputs.shape[2:])

    @property
    def geometry(self) -> Geometry:
        """The windows."""
        return self.plan.geometry

    @cached_property
    def max_difference(self) -> float:
        """The largest difference of the framework's outputs from poolviz's, over the whole batch.

        NaN at the same place is none; infinite where only one is NaN or infinite, or shapes differ.
        """
        return self.difference()

    @property
    def remark(self) -> str:
        """What the framework makes of the inputs' type, where poolviz differs on purpose."""
        return caveat(self.plan.rule, self.plan.mode, self.inputs.dtype)

    def difference(self, threads: int | None = None) -> float:
        """:attr:`max_difference`, found by at most so many threads."""
        values = as_values(self.inputs, self.spec.rank)
        pooled = compute(values, self.plan, threads=threads)
        return largest_difference(pooled, self.outputs)

    @property
    def dropped(self) -> float:
        """The share of activations that the output has fewer."""
        return 1 - math.prod(self.outputs.shape[2:]) / math.prod(self.inputs.shape[2:])

    @property
    def most_active(self) -> list[int]:
        """The channels by the mean of |x| in what enters the one that is shown, highest first."""
        activity = self.feature_map.activity
        return [int(channel) for channel in np.argsort(-activity, kind="stable")]

    @property
    def summary(self) -> str:
        """What it asks for, in words: ``average 3×3, stride 1, padding 1 (counted)``."""
        words = self.plan.summary
        pads = any(axis.before or axis.after for axis in self.geometry.axes)
        divides = self.plan.mode.divides and pads
        return words + " (counted)" * bool(divides and self.geometry.spec.count_include_pad)

    def _check_batch(self) -> None:
        if not len(self.inputs):
            cause = "the batch is empty, so that there is no map to show"
            raise SourceError(self.name, cause, "give a batch of at least one")

    def _check_plane(self) -> None:
        if self.inputs.ndim != PLANE + 2:
            raise SpecError(
                self.name,
                f"its maps have {self.inputs.ndim - 2} spatial axes, and pictures have two",
                "choose another layer",
            )


def observed(name: str, spec: PoolSpec, inputs: Any, outputs: Any, index: int = 0) -> PoolingLayer:
    """A layer from what was seen: (N, C, spatial), of one spatial axis laid along a row.

    Raises:
        SourceError: there is no such index.
    """
    inputs, outputs = np.asarray(inputs), np.asarray(outputs)
    # Of an empty batch nothing can be shown, yet its layers can be listed.
    if not 0 <= index < max(len(inputs), 1):
        remedy = f"give one from 0 to {len(inputs) - 1}" if len(inputs) else "leave it out"
        raise SourceError("index", f"the batch has no {index}", remedy)
    if spec.rank == 1:
        inputs, outputs = (np.expand_dims(each, -2) for each in (inputs, outputs))
        spec = along_row(spec)
    return PoolingLayer(name, spec, inputs, outputs, index)


def along_row(spec: PoolSpec) -> PoolSpec:
    """A request for one axis as one for a single row.

    Example:
        >>> along_row(PoolSpec("max", (3,), padding=(1,))).padding
        (0, 1)
    """
    first = {"kernel_size": 1, "stride": 1, "padding": 0, "dilation": 1, "output_size": 1}
    lifted = {
        name: (length, *given)
        for name, length in first.items()
        if isinstance(given := getattr(spec, name), tuple)
    }
    return replace(spec, **lifted)  # type: ignore[arg-type]


def largest_difference(ours: Array, theirs: Array) -> float:
    """By how much two arrays differ at most.

    Example:
        >>> largest_difference(np.array([1.0, np.nan]), np.array([1.5, np.nan]))
        0.5
    """
    if ours.shape != theirs.shape:
        return math.inf
    if np.array_equal(ours, theirs):
        return 0.0
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    apart = np.abs(ours[~same].astype(np.float64) - theirs[~same].astype(np.float64))
    return float(np.nan_to_num(apart, nan=np.inf, posinf=np.inf).max(initial=0.0))


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
    fed: Mapping[str, NetworkInput]
    nodes: list[Node]


def observe(
    network: Network, fed: Mapping[str, NetworkInput], index: int = 0, threads: int | None = None
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


def _input_sizes(fed: Mapping[str, NetworkInput]) -> dict[str, tuple[int, ...]]:
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


def _input_size(fed: NetworkInput) -> tuple[int, ...]:
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
