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
In a network pooling stands between convolutions: each map that enters it tells where something
was found, an edge, a corner, later a part of a shape; each that leaves it tells the same with fewer
cells. What one cell depends on, its receptive field, grows from layer to layer; the jump from one
cell to the next, within which a place is no longer known, grows too.

The network here was trained to tell five shapes apart, and sees a star. It pools four times:
overlapping maxima, maxima side by side, overlapping averages, and one average over all that is
left of the places.
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
    yield Note("differs: the largest difference of poolviz's numbers from the network's own.")
    layer = seen.nodes[-1].layer
    channel = layer.most_active[0]
    name = f"{layer.name}, channel {channel}"
    one = FeatureMap(layer.feature_map.values[channel], name, name)
    yield Note(f"The most active channel that reaches {layer.name}, and what is left of it:")
    yield Worked(run(one, layer.spec))


def _row(node: Node) -> tuple[str, ...]:
    layer = node.layer
    sizes = [text.size(each.shape[1:]) for each in (layer.inputs, layer.outputs)]
    field = ("?", "?")
    if node.field is not None:
        field = text.size(node.field.size), "×".join(map(text.number, node.field.jump))
    return node.name, layer.summary, *sizes, *field, text.number(node.max_difference, 2)
