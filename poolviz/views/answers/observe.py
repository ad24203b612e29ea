"""The pooling nodes of a network: as lines, and as plain data."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from poolviz import text
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import find_rule
from poolviz.networks.observe import PLANE, Node, Observation, PoolingLayer
from poolviz.text import shortened
from poolviz.views.scene.columns import aligned
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.fonts import drawable
from poolviz.views.scene.sheet import APART, PAIR_GAP, GridPanel, Row, Sheet, Tile
from poolviz.views.scene.stage import MARGIN
from poolviz.views.scene.style import Theme, value_scale
from poolviz.views.terminal.grid import Screen, Segments
from poolviz.views.terminal.lines import fits, heading, plain, table

HEAD = ("", "node", "pooling", "before", "after", "fewer", "field", "jump", "differs")
LEGEND = (
    "field, jump: input cells that an output cell depends on, and the step to the next field",
    "differs: the largest difference between poolviz's result and ONNX Runtime's output",
)
# This many columns, from the first, describe a node.
NAMING = 3


def lines(answer: Observation, screen: Screen) -> Iterable[Segments]:
    """One line for each node, below what went into the network."""
    count = text.counted(len(answer.nodes), "pooling node")
    yield heading(f"{text.escaped(answer.name)}: {count}")
    yield from map(plain, _inputs(answer))
    yield []
    rows = [tuple(node.entries[title] for title in HEAD) for node in answer.nodes]
    yield from _tables(rows, screen.width)
    yield []
    yield from map(plain, (*LEGEND, *_caveats(answer)))


def _tables(rows: list[tuple[str, ...]], width: int | None) -> Iterable[Segments]:
    """One table, or two if it is too wide: the nodes, and then their numbers."""
    if fits(HEAD, rows, width):
        yield from table(HEAD, rows, width)
        return
    yield from table(HEAD[:NAMING], [row[:NAMING] for row in rows], width)
    yield []
    figures = [(row[0], *row[NAMING:]) for row in rows]
    yield from table((HEAD[0], *HEAD[NAMING:]), figures, width)


def _caveats(answer: Observation) -> Iterator[str]:
    """Why a difference is infinite."""
    if any(math.isinf(node.max_difference) for node in answer.nodes):
        caveat = find_rule(answer.nodes[0].layer.spec.like).nan_caveat
        yield f"∞: only one of the two has NaN or an infinity somewhere; {caveat}"


def _inputs(answer: Observation) -> Iterator[str]:
    for name, fed in answer.fed.items():
        yield f"{text.escaped(name)}: {text.escaped(str(fed.document['source']))}, {fed.words}"


def document(answer: Observation, *, full: bool = False) -> dict[str, Any]:
    """The nodes as plain data; it has no maps, so ``full`` adds nothing."""
    del full
    return {
        "model": answer.shown,
        "runtime": answer.runtime,
        "inputs": {name: fed.document for name, fed in answer.fed.items()},
        "nodes": [node_document(node) for node in answer.nodes],
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
        "max_difference": node.max_difference,
    }


# The number of channels for each node, the side of their maps and of an input in pixels.
MOST_CHANNELS, SIDE, INPUT_SIDE = 6, 128, 320
# In a figure of a chosen width: the fewest channels of a node, between maps and rows, the sides of
# the smallest map and of the input, and how much smaller maps get at a time, in pixels.
FEWEST_CHANNELS, NARROW_APART, NARROW_BELOW = 3, 18, 30
SMALLEST_SIDE, NARROW_INPUT, STEP = 48, 160, 4
# The widest sheet in pixels.
WIDEST_SHEET = 1640
# A taller picture is not useful.
MOST_NODES = 32
# An output of a single cell is drawn at least as large as this, with its value.
LEAST_CELL = 64
ORDINALS = ("", "2nd", "3rd", "4th", "5th", "6th")
LONGEST_NAME, LONGEST_HEADING = 48, 80


def scene(answer: Observation, theme: Theme, columns: int | None = None) -> Scene:
    """The input, and the most active channels of each node, before and after.

    ``columns`` channels stand side by side; None for as many as fit.
    """
    drawn = [node for node in answer.nodes if node.layer.spec.rank == PLANE][:MOST_NODES]
    if not drawn:
        cause = "all pooling nodes have three spatial axes, and pictures show two"
        raise SpecError("overview", cause, "omit figure and all")
    side, most = _side(drawn, theme, columns)
    after = max(_after_side(node, side) for node in drawn)
    rows = aligned([_row(node, theme, side, after, most) for node in drawn])
    rows = [*_input_rows(answer, theme), *rows]
    count = text.counted(len(answer.nodes), "pooling node")
    title = f"What {count} {'do' if len(answer.nodes) > 1 else 'does'} to the input"
    captions = [_explained(drawn, len(answer.nodes), named=side == SIDE)]
    alt = f"{title}: {_short(answer.name)}. " + ". ".join(map(_described, rows))
    return Sheet(title, rows, captions, theme, alt, source=_short(answer.name)).scene()


def _side(drawn: list[Node], theme: Theme, columns: int | None) -> tuple[int, int]:
    """The side of the maps in pixels, and how many channels stand side by side."""
    width = theme.choices.width
    free = (width or WIDEST_SHEET) - 2 * MARGIN
    side = SIDE

    def fitting() -> int:
        after = max(_after_side(node, side) for node in drawn)
        gap = APART if width is None else NARROW_APART
        return (free + gap) // (side + after + PAIR_GAP + gap)

    wanted = 1 if width is None else min(columns or FEWEST_CHANNELS, MOST_CHANNELS)
    while fitting() < wanted and side > SMALLEST_SIDE:
        side -= STEP
    return side, min(MOST_CHANNELS, max(1, fitting())) if columns is None else columns


def _described(row: Row) -> str:
    """A row in words: its heading, its lines, and which channels it shows."""
    shown = [tile.panel.title for tile in row.tiles if tile.panel.title]
    return f"{row.heading}: {', '.join([*row.lines, *shown])}"


def _explained(drawn: list[Node], count: int, *, named: bool) -> str:
    named_by = "" if named else " above each its number, the most active first;"
    words = (
        f"each pair: a channel before → after pooling;{named_by} activity is the mean of |x|;"
        " channels that are the same everywhere come last"
    )
    left_out = count - len(drawn)
    if not left_out:
        return words
    nodes = text.counted(left_out, "node")
    return f"{words}; not drawn: {nodes} beyond the first {MOST_NODES} or with three spatial axes"


def _after_side(node: Node, side: int) -> int:
    """How wide the map after a node is drawn, in pixels, if maps before nodes have a side."""
    before, after = (int(max(each.shape[2:])) for each in (node.layer.inputs, node.layer.outputs))
    return -(-side * after // before)


def _input_rows(answer: Observation, theme: Theme) -> Iterator[Row]:
    """The pictures and maps that went in."""
    for name, fed in answer.fed.items():
        if fed.maps is not None:
            tiles = tuple(_input_tiles(fed.maps, theme))
            heading = f"{drawable(name)}: {drawable(str(fed.document['source']))}"
            heading = shortened(heading, LONGEST_HEADING)
            bar = not (fed.maps.is_rgb and fed.maps.value_range)
            side = INPUT_SIDE if len(tiles) == 1 else SIDE
            if theme.choices.width is not None:
                side = min(side, NARROW_INPUT)
            row = _on_paper(Row(heading, (fed.words,), tiles, side, bar=bar), theme)
            yield from map(_with_what_is_shown, row.split(theme.choices.at_most(WIDEST_SHEET)))


def _input_tiles(maps: FeatureMap, theme: Theme) -> Iterator[Tile]:
    """A picture in its colours, or the first channels."""
    shown = maps.values[:MOST_CHANNELS]
    scale = value_scale(theme, shown, value_range=maps.value_range)
    if maps.is_rgb and maps.value_range:
        yield Tile(GridPanel("", shown[0], scale, theme, colors=scale.rgb_colors(shown)))
        return
    for channel, plane in enumerate(shown):
        title = f"channel {channel}" if len(maps.values) > 1 else ""
        yield Tile(
            GridPanel(title, plane, scale, theme), slot=SIDE if theme.choices.width is None else 0
        )


def _ranked(layer: PoolingLayer, most: int) -> list[tuple[int, str]]:
    """The channels to show, with their ranks in words; those without contrast come last."""
    values, count = layer.feature_map.values, len(layer.most_active)
    flat = [bool((values[channel] == values[channel].flat[0]).all()) for channel in range(count)]
    ranks = sorted(range(count), key=lambda rank: flat[layer.most_active[rank]])
    found = []
    for rank in ranks[:most]:
        place = f"{ORDINALS[rank]} most" if 0 < rank < len(ORDINALS) else f"{rank + 1}th most"
        words = f"{place} active" if rank else f"most active of {count}"
        found.append((layer.most_active[rank], words if count > 1 else ""))
    return found


def _row(node: Node, theme: Theme, side: int, after: int, most: int) -> Row:
    """The ``most`` most active channels, with a width of ``after`` for each map after the node."""
    layer, small = node.layer, theme.choices.width is not None and side < SIDE
    ranked = _ranked(layer, most)
    channels = [channel for channel, _ in ranked]
    before, behind = layer.feature_map.values, layer.output
    scale = value_scale(theme, before[channels], behind[channels], value_range=None)
    tiles = []
    for channel, rank in ranked:
        name = f"{channel}" if small else f"channel {channel}"
        panel = GridPanel(name, before[channel], scale, theme)
        notes = (rank,) if rank and not small else ()
        tiles.append(Tile(panel, notes, paired=True, slot=side))
        single = min(LEAST_CELL, side) if behind[channel].size == 1 else 0
        panel = GridPanel("", behind[channel], scale, theme)
        tiles.append(Tile(panel, slot=after, least_cell=single))
    entries = node.entries
    words = (
        f"{entries['before']} → {entries['after']}, {entries['fewer']} fewer values,"
        f" receptive field {entries['field']}, jump {entries['jump']},"
        f" {node.agreement}"
    )
    heading = f"{node.number}  {_short(node.name)}: {layer.summary}"
    return _with_what_is_shown(
        _on_paper(Row(heading, (words,), tuple(tiles), side, bar=True), theme)
    )


def _on_paper(row: Row, theme: Theme) -> Row:
    """A row whose words are broken where they are too wide for a figure of a chosen width."""
    width = theme.choices.width
    if width is None:
        return row
    return replace(row, apart=NARROW_APART, below=NARROW_BELOW, room=width - 2 * MARGIN)


def _with_what_is_shown(row: Row) -> Row:
    """A row that says so where not all rows and columns of its maps are shown."""
    if row.sampled == 1:
        return row
    words = f"{row.lines[0]}; one of every {row.sampled} rows and columns shown"
    return replace(row, lines=(words,))


def _short(name: str) -> str:
    return shortened(drawable(name), LONGEST_NAME)
