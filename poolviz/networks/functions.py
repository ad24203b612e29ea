"""Functions of an ONNX model: how much they come to when each call is replaced by its body."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from poolviz.errors import SourceError
from poolviz.memory import Budget

# The largest networks have some ten thousand nodes. Expanding this many takes seconds.
MOST_NODES = 200_000
# A node of an expanded model takes this many times its bytes in the file, and these besides.
COPIES, NODE_BYTES = 4, 500
Name = tuple[str, str, str]


@dataclass(frozen=True)
class _Body:
    """What stands in a function or a graph itself.

    Args:
        nodes: how many nodes call no function, those of graphs within included.
        size: the bytes of all nodes.
        calls: the functions that are called, each as often as it is.
    """

    nodes: int
    size: int
    calls: list[Name]


def expanded(onnx: Any, model: Any, shown: str, budget: Budget) -> Any:
    """``model`` with the body of each function in the place of its calls.

    Raises:
        SourceError: a function calls itself, or there would be too many nodes.
    """
    nodes, size = _expanded_size(model, shown)
    if nodes > MOST_NODES:
        cause = f"its functions come to more than {MOST_NODES:,} nodes"
        raise SourceError(shown, cause, "export it without functions that call each other")
    budget.check_source(shown, COPIES * size + NODE_BYTES * nodes, "use a smaller model")
    return onnx.inliner.inline_local_functions(model)


def _expanded_size(model: Any, shown: str) -> tuple[int, int]:
    """The nodes and bytes of the whole graph, counted no further than is of interest."""
    names = {_name(each) for each in model.functions}
    bodies = {_name(each): _body(each.node, names) for each in model.functions}
    counts: dict[Name, tuple[int, int]] = {}
    for name in _callees_first(bodies, shown):
        counts[name] = _total(bodies[name], counts)
    return _total(_body(model.graph.node, names), counts)


def _total(body: _Body, counts: dict[Name, tuple[int, int]]) -> tuple[int, int]:
    nodes = body.nodes + sum(counts[name][0] for name in body.calls)
    size = body.size + sum(counts[name][1] for name in body.calls)
    # Powers of two of a hundred thousand digits would take their time, too.
    return min(nodes, MOST_NODES + 1), min(size, 1 << 62)


def _callees_first(bodies: dict[Name, _Body], shown: str) -> Iterator[Name]:
    """The functions in such an order that each comes after those that it calls.

    Raises:
        SourceError: there is no such order.
    """
    callers: dict[Name, list[Name]] = {name: [] for name in bodies}
    waiting = {}
    for name, body in bodies.items():
        called = set(body.calls)
        waiting[name] = len(called)
        for each in called:
            callers[each].append(name)
    ready = [name for name, count in waiting.items() if not count]
    done = 0
    while ready:
        name = ready.pop()
        done += 1
        yield name
        for caller in callers[name]:
            waiting[caller] -= 1
            if not waiting[caller]:
                ready.append(caller)
    if done < len(bodies):
        raise SourceError(shown, "one of its functions calls itself", "export it without functions")


def _body(nodes: Iterable[Any], names: set[Name]) -> _Body:
    count, size, calls = 0, 0, []
    for node in nodes:
        size += node.ByteSize()
        for each in _with_nested(node):
            name = _call(each)
            if name in names:
                calls.append(name)
            else:
                count += 1
    return _Body(count, size, calls)


def _with_nested(node: Any) -> Iterator[Any]:
    """A node and those of the graphs in its attributes, such as the body of a loop."""
    yield node
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                yield from _with_nested(inner)


def _name(function: Any) -> Name:
    return _domain(function.domain), function.name, getattr(function, "overload", "")


def _call(node: Any) -> Name:
    return _domain(node.domain), node.op_type, getattr(node, "overload", "")


def _domain(name: str) -> str:
    """The domain of the standard has two names."""
    return "" if name == "ai.onnx" else name
