"""The pooling nodes of a network: as lines, as data, as an overview of their maps."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from poolviz import text
from poolviz.feature_map import FeatureMap
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
MOST_CHANNELS, SIDE = 6, 128
LONGEST_NAME, LONGEST_HEADING = 48, 80
PLANE = 2


def network_lines(seen: Observation, screen: Screen) -> Iterable[Segments]:
    """One line for each node, below what went into the network."""
    yield heading(f"{text.escaped(seen.name)}: {text.counted(len(seen.nodes), 'pooling node')}")
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
    """What went in, and the most active channels of each node, before and after."""
    drawn = [node for node in seen.nodes if node.layer.geometry.spec.rank == PLANE]
    after = max(map(_after_side, drawn), default=0)
    rows = [*_input_rows(seen, theme), *(_row(node, theme, after) for node in drawn)]
    title = f"{_short(seen.name)}: {text.counted(len(seen.nodes), 'pooling node')}"
    captions = [_explained(drawn, len(seen.nodes))]
    alt = f"{title}. " + ". ".join(f"{row.heading}: {', '.join(row.lines)}" for row in rows)
    return sheet_scene(title, rows, captions, theme, alt)


def _explained(drawn: list[Node], count: int) -> str:
    words = "each pair: a channel before and after, those of the highest mean |x| first"
    left_out = count - len(drawn)
    return f"{words}; {left_out} of three spatial axes left out" if left_out else words


def _after_side(node: Node) -> int:
    """How wide the map after a node is drawn, in pixels."""
    before, after = (int(max(each.shape[2:])) for each in (node.layer.inputs, node.layer.outputs))
    return -(-SIDE * after // before)


def _input_rows(seen: Observation, theme: Theme) -> Iterator[Row]:
    """The pictures and maps that went in."""
    for name, fed in seen.fed.items():
        if fed.maps is not None:
            tiles = tuple(_input_tiles(fed.maps, theme))
            heading = f"{drawable(name)}: {drawable(str(fed.document['source']))}"
            heading = shortened(heading, LONGEST_HEADING)
            yield _with_what_is_shown(Row(heading, (fed.words,), tiles, SIDE))


def _input_tiles(maps: FeatureMap, theme: Theme) -> Iterator[Tile]:
    """A picture in its colours, or the first channels."""
    shown = maps.values[:MOST_CHANNELS]
    scale = value_scale(theme, shown, value_range=maps.value_range)
    if maps.is_rgb and maps.value_range:
        yield Tile(Plate("", shown[0], scale, theme, colors=scale.mixed(shown)))
        return
    for channel, plane in enumerate(shown):
        title = f"channel {channel}" if len(maps.values) > 1 else ""
        yield Tile(Plate(title, plane, scale, theme), bar=not channel, slot=SIDE)


def _row(node: Node, theme: Theme, after: int) -> Row:
    """The most active channels; ``after`` is the width kept for each map behind its node."""
    layer = node.layer
    channels = layer.most_active[:MOST_CHANNELS]
    before, behind = layer.feature_map.values, layer.output
    scale = value_scale(theme, before[channels], behind[channels], value_range=None)
    tiles = []
    for channel in channels:
        plate = Plate(f"channel {channel}", before[channel], scale, theme)
        tiles.append(Tile(plate, beside=True, slot=SIDE))
        tiles.append(Tile(Plate("", behind[channel], scale, theme), slot=after))
    shapes = " → ".join(text.size(each.shape[1:]) for each in (layer.inputs, layer.outputs))
    field, jump = _field(node)
    words = (
        f"{shapes}, {text.percent(layer.dropped)} dropped, receptive field {field}, jump {jump},"
        f" differs from ONNX Runtime by {difference_words(layer.max_difference)}"
    )
    heading = f"{node.number}  {_short(node.name)}: {layer.summary}"
    return _with_what_is_shown(Row(heading, (words,), tuple(tiles), SIDE, bar=True))


def _with_what_is_shown(row: Row) -> Row:
    """A row that says so where not all rows and columns of its maps are shown."""
    if row.every == 1:
        return row
    words = f"{row.lines[0]}; one of every {row.every} rows and columns shown"
    return replace(row, lines=(words,))


def _short(name: str) -> str:
    return shortened(drawable(name), LONGEST_NAME)
