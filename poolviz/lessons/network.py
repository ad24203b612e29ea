"""Lesson: pooling in a network that was trained."""

from collections.abc import Iterator

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.lessons._lesson import Exhibit, Note, Table, Worked
from poolviz.memory import parse_budget
from poolviz.networks.feeding import Preparation, feed_picture
from poolviz.networks.model import open_network
from poolviz.networks.observe import Node, observe
from poolviz.result import run
from poolviz.sources import load

ORDER = 150
TITLE = "Pooling in a network"
TEXT = """
In a network, pooling stands between convolutions. Each map that enters it shows where a feature
was found: an edge, a corner, later a part of a shape. The map that leaves it shows the same with
fewer cells. The receptive field of a cell (the input cells that it depends on) grows from layer to
layer, and so does the jump, the distance between the fields of neighbouring cells.

This network was trained to recognise five shapes, and its input shows a star. It pools four times:
with an overlapping maximum, a maximum without overlap, an overlapping average, and a global
average.
"""
TRY = "poolviz network sample:shapes --input sample:shapes --all"
SAMPLE = "sample:shapes"
HEAD = ("node", "pooling", "before", "after", "receptive field", "jump", "differs")


def exhibits() -> Iterator[Exhibit]:
    """Its pooling nodes at work, and the last of them in numbers."""
    network = open_network(SAMPLE, parse_budget(None))
    (slot,) = network.slots
    seen = observe(network, {slot.name: feed_picture(slot, load(SAMPLE), Preparation())})
    yield Table(HEAD, tuple(map(_row, seen.nodes)))
    yield Note("differs: the largest difference between poolviz's output and the network's own.")
    layer = seen.nodes[-1].layer
    channel = layer.most_active[0]
    name = f"{layer.name}, channel {channel}"
    one = FeatureMap(layer.feature_map.values[channel], name, name)
    yield Note(f"The most active channel before {layer.name}, and its output:")
    yield Worked(run(one, layer.spec))


def _row(node: Node) -> tuple[str, ...]:
    layer = node.layer
    sizes = [text.size(each.shape[1:]) for each in (layer.inputs, layer.outputs)]
    field = ("?", "?")
    if node.field is not None:
        field = text.size(node.field.size), "×".join(map(text.number, node.field.jump))
    return node.name, layer.summary, *sizes, *field, text.number(node.max_difference, 2)
