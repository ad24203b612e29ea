"""The graph of an ONNX file, with what enters and leaves its pooling nodes among its outputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from poolviz.errors import SourceError
from poolviz.memory import Budget
from poolviz.networks.constants import Constants
from poolviz.networks.foreign import other_kind
from poolviz.networks.functions import expanded
from poolviz.networks.nodes import pooling_nodes
from poolviz.text import escaped

LONGEST_NAME = 160
# What the operators of ONNX itself are imported by.
STANDARD = ("", "ai.onnx")


@dataclass(frozen=True, eq=False)
class WatchedGraph:
    """A graph.

    Args:
        model: it, its functions expanded.
        nodes: all of it, in their order.
        constants: what of its tensors is known beforehand.
        shapeless: the names of inputs of whose shape nothing is said.
        opset: the version of its operators.
        beside: other files in which values stand.
        data: the model as bytes, with the tensors around its pooling nodes among its outputs.
    """

    model: Any
    nodes: list[Any]
    constants: Constants
    shapeless: frozenset[str]
    opset: int
    beside: set[Path]
    data: bytes


def watched_graph(onnx: Any, path: Path, shown: str, budget: Budget) -> WatchedGraph:
    """The graph of the model in a file.

    Raises:
        SourceError: it cannot be read, is not a model, has no pooling node, keeps
            tensors outside its folder, or has functions that come to too much.
    """
    data: memoryview | bytes = _mapped(path, shown)
    model = _parsed(onnx, data, shown)
    try:
        if model.functions:
            model = expanded(onnx, model, shown, budget)
            data = model.SerializeToString()
        beside = _external_data(model.graph, path, shown)
        return _watched(onnx, model, data, shown, beside)
    except (ValueError, TypeError, LookupError, onnx.checker.ValidationError) as error:
        # Names that are not text, nodes without inputs, functions with too few of them.
        raise _damaged(data, shown) from error


def _watched(
    onnx: Any, model: Any, data: memoryview | bytes, shown: str, beside: set[Path]
) -> WatchedGraph:
    nodes, constants = list(model.graph.node), Constants.of(model.graph)
    pooling = pooling_nodes(nodes, constants)
    if not pooling:
        raise no_pooling_node(shown)
    watched = [name for node in pooling for name in (node.input[0], node.output[0])]
    kinds = {each.name: each.type.tensor_type for each in model.graph.input}
    shapeless = frozenset(name for name, kind in kinds.items() if not kind.HasField("shape"))
    watching = _watching(onnx, model, data, watched)
    opset = next((each.version for each in model.opset_import if each.domain in STANDARD), 1)
    return WatchedGraph(model, nodes, constants, shapeless, opset, beside, watching)


def no_pooling_node(shown: str) -> SourceError:
    """The error for a model in which there is nothing to see."""
    return SourceError(shown, "it has no pooling node", "give a model with pooling layers")


def _damaged(data: memoryview | bytes, shown: str) -> SourceError:
    """The error for a file that is not a model, or is the model of another framework."""
    kind, remedy = other_kind(data)
    if kind:
        return SourceError(shown, f"it is not an ONNX model but {kind}", remedy)
    cause = "it is not an ONNX model, or it is damaged"
    return SourceError(shown, cause, "export the network again, as .onnx")


def _mapped(path: Path, shown: str) -> memoryview:
    """The file's bytes, mapped: those of a large model are copied once only, for the runtime.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))
    except ValueError as error:
        # An empty file cannot be mapped.
        raise _damaged(b"", shown) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(shown, f"cannot be read ({reason})", "check its permissions") from error


def _parsed(onnx: Any, data: memoryview | bytes, shown: str) -> Any:
    """The file as a model, tensors in other files left there."""
    try:
        model = onnx.ModelProto()
        model.ParseFromString(data)
    except Exception as error:
        # Of protobuf's, which are none of Python's.
        raise _damaged(data, shown) from error
    if not model.graph.node:
        raise _damaged(data, shown)
    return model


def _external_data(graph: Any, path: Path, shown: str) -> set[Path]:
    """The files, all of them in the model's folder, in which tensors' values stand.

    Raises:
        SourceError: one is elsewhere, or missing.
    """
    places = {
        entry.value
        for tensor in _tensors(graph)
        for entry in tensor.external_data
        if entry.key == "location"
    }
    return {_beside(path.resolve().parent, place, shown) for place in places if place}


def _beside(folder: Path, place: str, shown: str) -> Path:
    """The file at ``place`` in a folder."""
    try:
        target = (folder / place).resolve()
        there = target.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        # Links in a circle, a name that is too long, or is none.
        cause = f"its values stand in what cannot be opened ({_short(place)})"
        raise SourceError(shown, cause, "export it again") from error
    if not target.is_relative_to(folder):
        cause = f"it keeps values outside its folder ({_short(place)})"
        raise SourceError(shown, cause, "save it with its values beside it, or in it")
    if not there:
        cause = f"its values are missing ({_short(place)})"
        raise SourceError(shown, cause, "put that file beside it")
    return target


def _short(name: str) -> str:
    return escaped(name) if len(name) <= LONGEST_NAME else f"{escaped(name[:LONGEST_NAME])}…"


def _tensors(graph: Any) -> Iterator[Any]:
    """All tensors of a graph and of the graphs within it."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for attribute in (each for node in graph.node for each in node.attribute):
        yield attribute.t
        yield from attribute.tensors
        for inner in (attribute.g, *attribute.graphs):
            if inner.node or inner.initializer:
                yield from _tensors(inner)


def _watching(onnx: Any, model: Any, data: memoryview | bytes, watched: list[str]) -> bytes:
    """The bytes of ``model``, with the tensors ``watched`` among its outputs.

    Messages of protobuf that follow each other are one, so that nothing is written again.
    """
    there = {each.name for each in (*model.graph.output, *model.graph.input)}
    extra = [name for name in dict.fromkeys(watched) if name not in there]
    more = onnx.ModelProto()
    more.graph.output.extend(map(onnx.helper.make_empty_tensor_value_info, extra))
    return b"".join((data, more.SerializeToString()))
