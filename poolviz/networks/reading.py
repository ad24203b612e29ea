"""Read an ONNX file: check it, expand its functions, and watch its pooling nodes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from poolviz.errors import SourceError, system_reason
from poolviz.memory import Budget
from poolviz.networks.graph import Constants, pooling_nodes, watched_tensors
from poolviz.text import escaped

LONGEST_NAME = 160
# The domains of ONNX's own operators.
STANDARD = ("", "ai.onnx")
# The largest networks have some ten thousand nodes. Expanding this many takes seconds.
MOST_NODES = 200_000
# A node of an expanded model takes this many times its bytes in the file, and these besides.
COPIES, NODE_BYTES = 4, 500
# The first and last bytes of a zip file hold the names of its members.
_ZIP, _MEMBERS = b"PK\x03\x04", 4096
FunctionName = tuple[str, str, str]
Data = memoryview | bytes


@dataclass(frozen=True, eq=False)
class WatchedGraph:
    """The graph of a model whose pooling nodes can be watched.

    Args:
        model: ONNX's ``ModelProto``, its functions expanded.
        nodes: all nodes, in the order of the graph.
        constants: the constant tensors.
        shapeless: the names of inputs whose shape the model does not give.
        opset: the version of ONNX's own operators.
        value_files: other files that hold values of the model.
        data: the model as bytes, with what enters and leaves its pooling nodes as outputs.
    """

    model: Any
    nodes: list[Any]
    constants: Constants
    shapeless: frozenset[str]
    opset: int
    value_files: set[Path]
    data: bytes


def read_graph(onnx: Any, path: Path, shown: str, budget: Budget) -> WatchedGraph:
    """Read the graph of the model in the file at ``path``.

    Raises:
        SourceError: it cannot be read, is not a model, has no pooling node, keeps
            tensors outside its folder, or has functions that expand to too much.
    """
    data: Data = _map_file(path, shown)
    model = _parse(onnx, data, shown)
    try:
        if model.functions:
            model = expanded(onnx, model, shown, budget)
            data = model.SerializeToString()
        value_files = _value_files(model.graph, path, shown)
        nodes, constants = list(model.graph.node), Constants.of(model.graph)
        pooling = pooling_nodes(nodes, constants)
        if not pooling:
            raise no_pooling_node(shown)
        watching = _with_outputs(onnx, model, data, watched_tensors(pooling))
        types = {tensor.name: tensor.type.tensor_type for tensor in model.graph.input}
        opsets = [entry.version for entry in model.opset_import if entry.domain in STANDARD]
    except (ValueError, TypeError, LookupError, onnx.checker.ValidationError) as error:
        # Names that are not text, nodes without inputs, functions with too few of them.
        raise _not_a_model(data, shown) from error
    shapeless = frozenset(name for name, kind in types.items() if not kind.HasField("shape"))
    opset = opsets[0] if opsets else 1
    return WatchedGraph(model, nodes, constants, shapeless, opset, value_files, watching)


def _map_file(path: Path, shown: str) -> memoryview:
    """Map the file's bytes: those of a large model are copied only once, for the runtime.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))
    except ValueError as error:
        # An empty file cannot be mapped.
        raise _not_a_model(b"", shown) from error
    except OSError as error:
        cause = f"cannot be read ({system_reason(error)})"
        raise SourceError(shown, cause, "check its permissions") from error


def _parse(onnx: Any, data: Data, shown: str) -> Any:
    """Parse a model; tensors in other files are not read."""
    try:
        model = onnx.ModelProto()
        model.ParseFromString(data)
    except Exception as error:
        # protobuf's exceptions do not derive from any of Python's.
        raise _not_a_model(data, shown) from error
    if not model.graph.node:
        raise _not_a_model(data, shown)
    return model


def _with_outputs(onnx: Any, model: Any, data: Data, names: list[str]) -> bytes:
    """The bytes ``data`` of ``model``, with the tensors ``names`` among its outputs.

    Concatenated messages of protobuf are read as one, so that the model is not serialized again.
    """
    known = {tensor.name for tensor in (*model.graph.output, *model.graph.input)}
    more = onnx.ModelProto()
    more.graph.output.extend(
        onnx.helper.make_empty_tensor_value_info(name) for name in names if name not in known
    )
    return b"".join((data, more.SerializeToString()))


def _value_files(graph: Any, path: Path, shown: str) -> set[Path]:
    """The other files that hold values of tensors; all of them are in the model's folder.

    Raises:
        SourceError: one is elsewhere, or missing.
    """
    names = {
        entry.value
        for tensor in _tensors(graph)
        for entry in tensor.external_data
        if entry.key == "location" and entry.value
    }
    return {_value_file(path.resolve().parent, name, shown) for name in names}


def _tensors(graph: Any) -> Iterator[Any]:
    """All tensors of a graph and of the graphs within it."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for attribute in (attribute for node in graph.node for attribute in node.attribute):
        yield attribute.t
        yield from attribute.tensors
        for inner in (attribute.g, *attribute.graphs):
            if inner.node or inner.initializer:
                yield from _tensors(inner)


def _value_file(folder: Path, name: str, shown: str) -> Path:
    short = escaped(name[:LONGEST_NAME]) + "…" * (len(name) > LONGEST_NAME)
    try:
        target = (folder / name).resolve()
        exists = target.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        # A loop of links, or a name that is too long or invalid.
        cause = f"its weights file cannot be opened ({short})"
        raise SourceError(shown, cause, "export the network again") from error
    if not target.is_relative_to(folder):
        cause = f"its weights are stored outside the model's folder ({short})"
        raise SourceError(shown, cause, "save them in the same folder, or in the model itself")
    if not exists:
        cause = f"its weights file is missing ({short})"
        remedy = "put it at that path, relative to the model's folder"
        raise SourceError(shown, cause, remedy)
    return target


def no_pooling_node(shown: str) -> SourceError:
    """The error for a model without pooling."""
    return SourceError(shown, "has no pooling node", "use a model with pooling layers")


def _not_a_model(data: Data, shown: str) -> SourceError:
    """The error for a file that is not a model, or is the model of another framework."""
    kind, remedy = other_kind(data)
    if kind:
        return SourceError(shown, f"is not an ONNX model but {kind}", remedy)
    cause = "is damaged or is not an ONNX model"
    return SourceError(shown, cause, "export the network to .onnx again")


def _is_zip_with(data: Data, member: bytes) -> bool:
    start, end = bytes(data[:_MEMBERS]), bytes(data[-_MEMBERS:])
    return start.startswith(_ZIP) and (member in start or member in end)


_TORCH = "export it with torch.onnx.export(model, x, 'model.onnx')"
_KERAS = "export it with model.export('model.onnx', format='onnx')"
_LITE = "run: python -m tf2onnx.convert --tflite FILE --output model.onnx"
_KINDS: tuple[tuple[str, str, Callable[[Data], bool]], ...] = (
    ("a Keras file", _KERAS, lambda data: _is_zip_with(data, b"model.weights.h5")),
    ("a PyTorch file", _TORCH, lambda data: _is_zip_with(data, b"data.pkl")),
    ("a PyTorch file or another pickle", _TORCH, lambda data: bytes(data[:1]) == b"\x80"),
    ("a Keras or other HDF5 file", _KERAS, lambda data: bytes(data[:8]) == b"\x89HDF\r\n\x1a\n"),
    ("a TensorFlow Lite file", _LITE, lambda data: bytes(data[4:8]) == b"TFL3"),
)


def other_kind(data: Data) -> tuple[str, str]:
    r"""The kind of a file that is not an ONNX model, and how to export it; empty if unknown.

    Example:
        >>> other_kind(b"\0\0\0\0TFL3")[0]
        'a TensorFlow Lite file'
    """
    return next(((kind, remedy) for kind, remedy, is_it in _KINDS if is_it(data)), ("", ""))


def expanded(onnx: Any, model: Any, shown: str, budget: Budget) -> Any:
    """Replace each call of a function of ``model`` by the function's body.

    Raises:
        SourceError: a function calls itself, or there would be too many nodes.
    """
    nodes, size = _expanded_size(model, shown)
    if nodes > MOST_NODES:
        cause = f"its functions expand to more than {MOST_NODES:,} nodes"
        raise SourceError(shown, cause, "export it without functions that call each other")
    budget.check_source(shown, COPIES * size + NODE_BYTES * nodes, "use a smaller model")
    return onnx.inliner.inline_local_functions(model)


@dataclass(frozen=True)
class _Body:
    """What a function, or the graph itself, consists of.

    Args:
        nodes: the number of nodes that call no function, those of inner graphs included.
        size: the bytes of all nodes.
        calls: the functions that are called, once for each call.
    """

    nodes: int
    size: int
    calls: list[FunctionName]

    @classmethod
    def of(cls, nodes: Iterable[Any], functions: set[FunctionName]) -> "_Body":
        """Count nodes, some of which call ``functions``."""
        count, size, calls = 0, 0, []
        for node in nodes:
            size += node.ByteSize()
            for inner in _with_nested(node):
                name = _function_name(inner, inner.op_type)
                if name in functions:
                    calls.append(name)
                else:
                    count += 1
        return cls(count, size, calls)

    def total(self, counts: dict[FunctionName, tuple[int, int]]) -> tuple[int, int]:
        """Nodes and bytes with each call replaced by its body, whose ``counts`` are known."""
        nodes = self.nodes + sum(counts[name][0] for name in self.calls)
        size = self.size + sum(counts[name][1] for name in self.calls)
        # Bounded: even adding powers of two with a hundred thousand digits takes time.
        return min(nodes, MOST_NODES + 1), min(size, 1 << 62)


def _expanded_size(model: Any, shown: str) -> tuple[int, int]:
    """The nodes and bytes of the expanded graph, both bounded."""
    functions = {_function_name(body, body.name): body for body in model.functions}
    names = set(functions)
    bodies = {name: _Body.of(function.node, names) for name, function in functions.items()}
    counts: dict[FunctionName, tuple[int, int]] = {}
    for name in _callees_first(bodies, shown):
        counts[name] = bodies[name].total(counts)
    return _Body.of(model.graph.node, names).total(counts)


def _callees_first(bodies: dict[FunctionName, _Body], shown: str) -> Iterator[FunctionName]:
    """The functions, each after all those that it calls.

    Raises:
        SourceError: there is no such order.
    """
    callers: dict[FunctionName, list[FunctionName]] = {name: [] for name in bodies}
    missing = {}
    for name, body in bodies.items():
        callees = set(body.calls)
        missing[name] = len(callees)
        for callee in callees:
            callers[callee].append(name)
    ready = [name for name, count in missing.items() if not count]
    done = 0
    while ready:
        name = ready.pop()
        done += 1
        yield name
        for caller in callers[name]:
            missing[caller] -= 1
            if not missing[caller]:
                ready.append(caller)
    if done < len(bodies):
        raise SourceError(shown, "one of its functions calls itself", "export it without functions")


def _with_nested(node: Any) -> Iterator[Any]:
    """A node and the nodes of the graphs in its attributes, such as the body of a loop."""
    yield node
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                yield from _with_nested(inner)


def _function_name(function_or_call: Any, name: str) -> FunctionName:
    """The key by which a call finds its function; the standard domain has two names."""
    domain = "" if function_or_call.domain in STANDARD else function_or_call.domain
    return domain, name, getattr(function_or_call, "overload", "")
