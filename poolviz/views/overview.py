"""An overview of a network: what went in, and maps before and after each of its pooling nodes."""

from collections.abc import Iterator
from dataclasses import replace

from poolviz import text
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.networks.observation import Node, Observation
from poolviz.networks.pooling_layer import PLANE
from poolviz.text import shortened
from poolviz.views.networks import difference_words, field_words
from poolviz.views.plates import Plate
from poolviz.views.scene import Scene, drawable
from poolviz.views.sheet import Row, Tile, sheet_scene
from poolviz.views.style import Theme, value_scale

# Of each node so many channels, their maps with sides of so many pixels.
MOST_CHANNELS, SIDE = 6, 128
# A taller picture is of no use.
MOST_NODES = 32
# An output of a single cell is drawn at least as large as this, with its value.
LEAST_CELL = 40
LONGEST_NAME, LONGEST_HEADING = 48, 80


def network_scene(seen: Observation, theme: Theme) -> Scene:
    """What went in, and the most active channels of each node, before and after."""
    drawn = [node for node in seen.nodes if node.layer.spec.rank == PLANE][:MOST_NODES]
    if not drawn:
        cause = "all pooling of this network has three spatial axes, and pictures have two"
        raise SpecError("overview", cause, "leave out --figure and --all")
    after = max(map(_after_side, drawn), default=0)
    rows = [*_input_rows(seen, theme), *(_row(node, theme, after) for node in drawn)]
    title = f"{_short(seen.name)}: {text.counted(len(seen.nodes), 'pooling node')}"
    captions = [_explained(drawn, len(seen.nodes))]
    alt = f"{title}. " + ". ".join(f"{row.heading}: {', '.join(row.lines)}" for row in rows)
    return sheet_scene(title, rows, captions, theme, alt)


def _explained(drawn: list[Node], count: int) -> str:
    words = (
        "each pair: a channel before and after, those of the highest mean |x| first;"
        " each row has its own value scale"
    )
    left_out = count - len(drawn)
    if not left_out:
        return words
    nodes = text.counted(left_out, "node")
    return f"{words}; not drawn: {nodes} beyond the first {MOST_NODES}, or of three spatial axes"


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
            bar = not (fed.maps.is_rgb and fed.maps.value_range)
            yield _with_what_is_shown(Row(heading, (fed.words,), tiles, SIDE, bar=bar))


def _input_tiles(maps: FeatureMap, theme: Theme) -> Iterator[Tile]:
    """A picture in its colours, or the first channels."""
    shown = maps.values[:MOST_CHANNELS]
    scale = value_scale(theme, shown, value_range=maps.value_range)
    if maps.is_rgb and maps.value_range:
        yield Tile(Plate("", shown[0], scale, theme, colors=scale.mixed(shown)))
        return
    for channel, plane in enumerate(shown):
        title = f"channel {channel}" if len(maps.values) > 1 else ""
        yield Tile(Plate(title, plane, scale, theme), slot=SIDE)


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
        single = LEAST_CELL if behind[channel].size == 1 else 0
        plate = Plate("", behind[channel], scale, theme)
        tiles.append(Tile(plate, slot=after, least_cell=single))
    shapes = " → ".join(text.size(each.shape[1:]) for each in (layer.inputs, layer.outputs))
    field, jump = field_words(node)
    words = (
        f"{shapes}, {text.percent(layer.dropped)} dropped, receptive field {field}, jump {jump},"
        f" differs from ONNX Runtime by {difference_words(node.max_difference)}"
    )
    heading = f"{node.number}  {_short(node.name)}: {layer.summary}"
    return _with_what_is_shown(Row(heading, (words,), tuple(tiles), SIDE, bar=True))


def _with_what_is_shown(row: Row) -> Row:
    """A row that says so where not all rows and columns of its maps are shown."""
    if row.sampled == 1:
        return row
    words = f"{row.lines[0]}; one of every {row.sampled} rows and columns shown"
    return replace(row, lines=(words,))


def _short(name: str) -> str:
    return shortened(drawable(name), LONGEST_NAME)
