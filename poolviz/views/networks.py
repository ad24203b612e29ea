"""The pooling nodes of a network: as lines, as data, as an overview of their maps."""

from collections.abc import Iterable, Iterator
from typing import Any

from poolviz import text
from poolviz.networks.observation import Node, Observation
from poolviz.views.grid import Screen, Segments
from poolviz.views.lines import heading, plain, table
from poolviz.views.plates import Plate
from poolviz.views.scene import Scene, drawable, shortened
from poolviz.views.sheet import Row, Tile, sheet_scene
from poolviz.views.style import Theme, value_scale

HEAD = ("", "node", "pooling", "before", "after", "dropped", "field", "jump", "differs")
LEGEND = (
    "field, jump: input cells that an output cell depends on, and from one to the next",
    "differs: the largest difference of poolviz's result from ONNX Runtime's own output",
)
UNKNOWN = "?"
# Of each node so many channels, their maps with sides of so many pixels.
MOST_CHANNELS, SIDE = 6, 112
LONGEST_NAME = 48
PLANE = 2


def network_lines(seen: Observation, screen: Screen) -> Iterable[Segments]:
    """One line for each node, below what went into the network."""
    yield heading(f"{seen.name}: {text.counted(len(seen.nodes), 'pooling node')}")
    yield from map(plain, _inputs(seen))
    yield []
    yield from table(HEAD, [_cells(node) for node in seen.nodes], screen.width)
    yield []
    yield from map(plain, LEGEND)


def _inputs(seen: Observation) -> Iterator[str]:
    for name, fed in seen.fed.items():
        yield f"{text.escaped(name)}: {text.escaped(str(fed.document['source']))}, {fed.words}"


def _cells(node: Node) -> tuple[str, ...]:
    layer = node.layer
    return (
        str(node.number),
        text.escaped(node.name),
        layer.summary,
        *(text.size(each.shape[1:]) for each in (layer.inputs, layer.outputs)),
        text.percent(layer.dropped),
        *_field(node),
        difference_words(layer.max_difference),
    )


def _field(node: Node) -> tuple[str, str]:
    if node.field is None:
        return UNKNOWN, UNKNOWN
    jumps = [text.number(step) for step in node.field.jump]
    return text.size(node.field.size), jumps[0] if len(set(jumps)) == 1 else "×".join(jumps)


def difference_words(difference: float) -> str:
    """A difference as it stands in a table: ``0``, ``1.2e-07``."""
    return text.number(difference, 2) if difference else "0"


def network_document(seen: Observation) -> dict[str, Any]:
    """The nodes as plain data."""
    return {
        "model": seen.shown,
        "runtime": seen.runtime,
        "inputs": {name: fed.document for name, fed in seen.fed.items()},
        "nodes": [node_document(node) for node in seen.nodes],
    }


def node_document(node: Node) -> dict[str, Any]:
    """A node as plain data."""
    layer, field = node.layer, node.field
    return {
        "number": node.number,
        "name": node.name,
        "operator": node.operator,
        "attributes": node.attributes,
        "input_shape": list(layer.inputs.shape),
        "output_shape": list(layer.outputs.shape),
        "dropped": layer.dropped,
        "receptive_field": None if field is None else list(field.size),
        "jump": None if field is None else list(field.jump),
        "max_difference": layer.max_difference,
    }


def network_scene(seen: Observation, theme: Theme) -> Scene:
    """The most active channels of each node, before and after."""
    drawn = [node for node in seen.nodes if node.layer.geometry.spec.rank == PLANE]
    rows = [_row(node, theme) for node in drawn]
    title = f"{seen.name}: {text.counted(len(seen.nodes), 'pooling node')}"
    captions = [*_inputs(seen), _explained(drawn, len(seen.nodes))]
    every = max((row.every for row in rows), default=1)
    if every > 1:
        captions.append(f"larger maps show one of every {every} rows and columns, or more")
    alt = f"{title}. " + ". ".join(f"{row.heading}: {', '.join(row.lines)}" for row in rows)
    return sheet_scene(title, rows, captions, theme, alt)


def _explained(drawn: list[Node], count: int) -> str:
    words = "each pair: a channel before and after, those of the highest mean |x| first"
    left_out = count - len(drawn)
    return f"{words}; {left_out} of three spatial axes left out" if left_out else words


def _row(node: Node, theme: Theme) -> Row:
    layer = node.layer
    channels = layer.most_active[:MOST_CHANNELS]
    before, after = layer.feature_map.values, layer.output
    scale = value_scale(theme, before[channels], after[channels], value_range=None)
    tiles = []
    for at, channel in enumerate(channels):
        plate = Plate(f"channel {channel}", before[channel], scale, theme)
        tiles.append(Tile(plate, beside=True, bar=not at))
        tiles.append(Tile(Plate("", after[channel], scale, theme)))
    shapes = " → ".join(text.size(each.shape[1:]) for each in (layer.inputs, layer.outputs))
    field, jump = _field(node)
    words = (
        f"{shapes}, {text.percent(layer.dropped)} dropped, receptive field {field}, jump {jump},"
        f" differs from ONNX Runtime by {difference_words(layer.max_difference)}"
    )
    return Row(f"{node.number}  {_name(node)}: {layer.summary}", (words,), tuple(tiles), SIDE)


def _name(node: Node) -> str:
    return shortened(drawable(node.name), LONGEST_NAME)
