"""The graph of an ONNX file, with what enters and leaves its pooling nodes among its outputs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from poolviz.errors import SourceError
from poolviz.frameworks import onnx as reader
from poolviz.memory import Budget
from poolviz.networks.functions import expanded
from poolviz.text import escaped

# ONNX's number for the type.
INT64 = 7
# More numbers than any list of axes or scales has.
MOST_NUMBERS = 64
# How Constant nodes hold a tensor, or the numbers of one.
_HELD = frozenset(["value", "value_ints"])


@dataclass(frozen=True)
class Constants:
    """The tensors that stand in the graph itself, and shapes of them.

    Args:
        tensors: by their names.
    """

    tensors: dict[str, Any]

    @classmethod
    def of(cls, graph: Any) -> "Constants":
        """Those of a graph: its initializers, and what its Constant nodes hold."""
        tensors = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant":
                values = [_tensor(each) for each in node.attribute if each.name in _HELD]
                tensors |= dict(zip(node.output, values, strict=False))
        return cls(tensors)

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of a tensor; None if it is not known."""
        tensor = self.tensors.get(name)
        return None if tensor is None else tuple(tensor.dims)

    def numbers(self, name: str) -> list[float] | None:
        """A short list of numbers; None if it is not known, long, or elsewhere."""
        tensor = self.tensors.get(name)
        if tensor is None or len(tensor.external_data) or _count(tensor.dims) > MOST_NUMBERS:
            return None
        from onnx.numpy_helper import to_array  # noqa: PLC0415 - of an extra

        try:
            found = [float(number) for number in to_array(tensor).ravel()]
        except (KeyError, TypeError, ValueError):
            # Texts, or what is damaged: the runtime has its own word on that.
            return None
        return found if all(map(isfinite, found)) else None


def _tensor(attribute: Any) -> Any:
    """What a Constant node holds, as a tensor."""
    if attribute.name == "value":
        return attribute.t
    from onnx.helper import make_tensor  # noqa: PLC0415 - of an extra

    return make_tensor("", INT64, [len(attribute.ints)], attribute.ints)


def _count(dims: Iterable[int]) -> int:
    count = 1
    for length in dims:
        count *= length
    return count


# (N, C) before the spatial axes; reductions over fewer than two axes are seldom pooling.
LEADING, FEWEST_REDUCED = 2, 2


def pooling_nodes(nodes: list[Any], constants: Constants) -> list[Any]:
    """Those that are pooling, in the order of the graph."""
    return [
        node
        for node in nodes
        if _is_whole(node)
        and reader.is_pooling(node)
        and (node.op_type not in reader.REDUCTIONS or is_spatial(reduced_axes(node, constants)))
    ]


def _is_whole(node: Any) -> bool:
    """Whether something enters and leaves it: files may be damaged."""
    return all(names and names[0] for names in (node.input, node.output))


def reduced_axes(node: Any, constants: Constants) -> tuple[int, ...]:
    """The axes of a reduction, as an attribute or as its second input; empty if not known."""
    axes = reader.attributes(node).get("axes")
    if axes is None and len(node.input) > 1:
        axes = constants.numbers(node.input[1])
    return tuple(int(axis) for axis in axes or ())


def is_spatial(axes: tuple[int, ...]) -> bool:
    """Whether axes are the spatial ones: all behind (N, C), or all between N and C.

    Example:
        >>> is_spatial((2, 3)), is_spatial((-2, -1)), is_spatial((1, 2)), is_spatial((-1,))
        (True, True, True, False)
    """
    return len(axes) >= FEWEST_REDUCED and (
        is_channels_last(axes) or _positive(axes) == tuple(range(LEADING, LEADING + len(axes)))
    )


def is_channels_last(axes: tuple[int, ...]) -> bool:
    """Whether the channels stand behind the axes that are reduced."""
    return _positive(axes) == tuple(range(1, 1 + len(axes)))


def _positive(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Axes of an array with (N, C) and as many more, none counted from the end."""
    return tuple(sorted(axis % (LEADING + len(axes)) for axis in axes))


# Pictures have so many channels, and maps of them four axes with the batch.
CHANNELS = (1, 3, 4)
AXES = 4
NCHW, NHWC = "NCHW", "NHWC"
# What takes its channels second, and what brings channels there that stood last.
_CHANNELS_SECOND = frozenset(
    ["Conv", "MaxPool", "AveragePool", "LpPool", "GlobalMaxPool", "GlobalAveragePool",
     "BatchNormalization", "InstanceNormalization"]
)  # fmt: skip
_TO_SECOND = [0, 3, 1, 2]
# What an input may go through before that.
_ALIKE = frozenset(["Cast", "Sub", "Add", "Mul", "Div", "Identity", "Pad", "QuantizeLinear"])


def layout_of(shape: Sequence[int | None]) -> str:
    """NCHW, or NHWC where only the last axis can be a picture's channels.

    Args:
        shape: four axes; None where any length goes.

    Example:
        >>> layout_of((None, 224, 224, 3)), layout_of((1, 3, 64, 64)), layout_of((1, 32, 8, 3))
        ('NHWC', 'NCHW', 'NHWC')
    """
    last = shape[-1] in CHANNELS and shape[1] not in CHANNELS
    return NHWC if last else NCHW


def spatial(shape: Sequence[int]) -> tuple[int, ...]:
    """The lengths of the spatial axes of an input; none where it has fewer than three axes."""
    if len(shape) == AXES and layout_of(shape) == NHWC:
        return tuple(shape[1:-1])
    return tuple(shape[2:])


def layout_by_use(nodes: Sequence[Any], name: str) -> str | None:
    """The layout of the input called ``name`` by what takes it; None where that does not tell."""
    alike = {name}
    for node in nodes:
        if node.op_type in _ALIKE and alike.intersection(node.input):
            alike.update(node.output)
        elif node.op_type in _CHANNELS_SECOND and node.input[0] in alike:
            return NCHW
        elif node.op_type == "Transpose" and node.input[0] in alike:
            permutation = reader.attributes(node).get("perm")
            return NHWC if permutation == _TO_SECOND else None
    return None


Data = memoryview | bytes
_TORCH = "export it with torch.onnx.export(model, x, 'model.onnx')"
_KERAS = "export it with model.export('model.onnx', format='onnx')"
# Names of members of zip files stand at their beginning and again at their end.
_ZIP, _MEMBERS = b"PK\x03\x04", 4096
_KINDS: tuple[tuple[str, str, Callable[[Data], bool]], ...] = (
    ("a Keras file", _KERAS, lambda data: _is_zip_with(data, b"model.weights.h5")),
    ("a PyTorch file", _TORCH, lambda data: _is_zip_with(data, b"data.pkl")),
    ("a PyTorch file or another pickle", _TORCH, lambda data: bytes(data[:1]) == b"\x80"),
    ("a Keras or other HDF5 file", _KERAS, lambda data: bytes(data[:8]) == b"\x89HDF\r\n\x1a\n"),
    (
        "a TensorFlow Lite file",
        "convert it with python -m tf2onnx.convert --tflite",
        lambda data: bytes(data[4:8]) == b"TFL3",
    ),
)


def other_kind(data: Data) -> tuple[str, str]:
    r"""What a file is that is not an ONNX model, and what to do; empty where that is not known.

    Example:
        >>> other_kind(b"\0\0\0\0TFL3")[0]
        'a TensorFlow Lite file'
    """
    found = (kind[:2] for kind in _KINDS if kind[2](data))
    return next(found, ("", ""))


def _is_zip_with(data: Data, member: bytes) -> bool:
    parts = bytes(data[:_MEMBERS]), bytes(data[-_MEMBERS:])
    return parts[0].startswith(_ZIP) and any(member in part for part in parts)


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
