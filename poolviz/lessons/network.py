"""Lesson: pooling in a network that was trained."""

from collections.abc import Iterator

from poolviz.feature_map import FeatureMap
from poolviz.lessons._lesson import Exhibit, Note, Table, Worked
from poolviz.memory import parse_budget
from poolviz.networks.feeding import Preparation, feed_picture
from poolviz.networks.model import open_network
from poolviz.networks.observe import observe
from poolviz.result import run
from poolviz.sources import load

ORDER = 150
TITLE = "Pooling in a network"
TEXT = """
In a network, pooling layers come between convolutions. Each input map of such a layer shows where
a feature was found: an edge, a corner, later a part of a shape. The output map shows the same
thing with fewer cells. The receptive field of a cell (the input cells that it depends on) grows
from layer to layer, and so does the jump, the distance between the fields of neighbouring cells.

This network was trained to recognise five shapes, and its input shows a star. It pools four times:
max pooling with overlap, max pooling without overlap, average pooling with overlap, and global
average pooling.
"""
TRY = "poolviz network sample:shapes --input sample:shapes --all"
SAMPLE = "sample:shapes"
HEAD = ("node", "pooling", "before", "after", "field", "jump", "differs")


def exhibits() -> Iterator[Exhibit]:
    """Its pooling nodes at work, and the last of them in numbers."""
    network = open_network(SAMPLE, parse_budget(None))
    (slot,) = network.slots
    observation = observe(network, {slot.name: feed_picture(slot, load(SAMPLE), Preparation())})
    rows = tuple(tuple(node.entries[title] for title in HEAD) for node in observation.nodes)
    yield Table(HEAD, rows)
    yield Note(
        "field: the size of the receptive field; differs: the largest difference between"
        " poolviz's output and the network's own."
    )
    layer = observation.nodes[-1].layer
    channel = layer.most_active[0]
    name = f"{layer.name}, channel {channel}"
    plane = FeatureMap(layer.feature_map.values[channel], name, name)
    yield Note(f"The most active channel before {layer.name}, and its output:")
    yield Worked(run(plane, layer.spec))
