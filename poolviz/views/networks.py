"""The pooling nodes of a network: as lines, and as plain data."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

from poolviz import text
from poolviz.networks.observation import Node, Observation
from poolviz.rules import find_rule
from poolviz.views.grid import Screen, Segments
from poolviz.views.lines import fits, heading, plain, table

HEAD = ("", "node", "pooling", "before", "after", "dropped", "field", "jump", "differs")
LEGEND = (
    "field, jump: input cells that an output cell depends on, and from one to the next",
    "differs: the largest difference of poolviz's result from ONNX Runtime's own output",
)
# The first so many columns tell what a node is.
NAMING = 3
UNKNOWN = "?"


def network_lines(seen: Observation, screen: Screen) -> Iterable[Segments]:
    """One line for each node, below what went into the network."""
    yield heading(f"{text.escaped(seen.name)}: {text.counted(len(seen.nodes), 'pooling node')}")
    yield from map(plain, _inputs(seen))
    yield []
    yield from _tables([_cells(node) for node in seen.nodes], screen.width)
    yield []
    yield from map(plain, (*LEGEND, *_caveats(seen)))


def _tables(rows: list[tuple[str, ...]], width: int | None) -> Iterable[Segments]:
    """One table; where that is too wide, what the nodes are, and then their figures."""
    if fits(HEAD, rows, width):
        yield from table(HEAD, rows, width)
        return
    yield from table(HEAD[:NAMING], [row[:NAMING] for row in rows], width)
    yield []
    figures = [(row[0], *row[NAMING:]) for row in rows]
    yield from table((HEAD[0], *HEAD[NAMING:]), figures, width)


def _caveats(seen: Observation) -> Iterator[str]:
    """Why a difference is infinite."""
    if any(math.isinf(node.max_difference) for node in seen.nodes):
        caveat = find_rule(seen.nodes[0].layer.spec.like).nan_caveat
        yield f"∞: only one of both has NaN or an infinity somewhere; {caveat}"


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
        *field_words(node),
        difference_words(node.max_difference),
    )


def field_words(node: Node) -> tuple[str, str]:
    """Receptive field and jump, as they stand in a table."""
    if node.field is None:
        return UNKNOWN, UNKNOWN
    # Maps of one axis lie along a row.
    row = (1,) * (node.layer.spec.rank - len(node.field.size))
    jumps = [text.number(step) for step in (*row, *node.field.jump)]
    return text.size((*row, *node.field.size)), jumps[0] if len(set(jumps)) == 1 else "×".join(
        jumps
    )


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
        "max_difference": node.max_difference,
    }
