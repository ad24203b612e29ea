"""A network from an ONNX file, opened so that what enters and leaves its pooling nodes is seen."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from poolviz.errors import PoolvizError, SourceError
from poolviz.memory import Budget
from poolviz.networks.constants import Constants
from poolviz.networks.nodes import pooling_nodes
from poolviz.patches import Array
from poolviz.sources import network_path, regular_file
from poolviz.text import escaped

EXTRA = "pip install 'poolviz[onnx]'"
# A file is there as bytes, as a graph, and as the runtime keeps it.
COPIES = 4
# ONNX Runtime looks for tensors that stand in other files here.
_FOLDER = "session.model_external_initializers_file_folder_path"
# Of its messages only the end of the worst is of use.
SILENT = 4
LONGEST_REASON = 160
_UNKNOWN = re.compile(
    r"No Op registered for (?P<a>\S+)|(?P<b>[\w.:]+)\(-?\d+\) is not a registered"
    r"|Could not find an implementation for (?P<c>\w+)"
)
_PREFIX = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")


@dataclass(frozen=True)
class Slot:
    """An input of a network.

    Args:
        name: as the network calls it.
        shape: its axes; None where any length goes.
        dtype: of its values, by NumPy's name.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str


@dataclass(frozen=True, eq=False)
class Network:
    """An ONNX model, ready to be run.

    Args:
        shown: as the user named it, safe to print.
        name: for file names.
        path: its file.
        nodes: all of its nodes, in the order of the graph.
        constants: what of its tensors is known beforehand.
        session: of ONNX Runtime.
        runtime: the version of ONNX Runtime.
    """

    shown: str
    name: str
    path: Path
    nodes: list[Any]
    constants: Constants
    session: Any
    runtime: str

    @property
    def slots(self) -> list[Slot]:
        """Its inputs."""
        return [_slot(each) for each in self.session.get_inputs()]

    def run(self, feeds: Mapping[str, Array], wanted: list[str]) -> dict[str, Array]:
        """The tensors called ``wanted``, with ``feeds`` as the inputs.

        Raises:
            PoolvizError: the runtime cannot.
        """
        asked = [name for name in wanted if name not in feeds]
        try:
            found = self.session.run(asked, dict(feeds))
        except Exception as error:
            # Of whatever kind: it comes out of the runtime's own code.
            raise PoolvizError(
                self.shown,
                f"it does not run on this input ({_reason(error)})",
                "check the input's size and values",
            ) from error
        return dict(feeds) | dict(zip(asked, found, strict=True))


def open_network(source: str | Path, budget: Budget) -> Network:
    """The network of an ONNX file, or of ``sample:NAME``.

    Raises:
        SourceError: it cannot be read, is no model, has no pooling node, keeps
            tensors outside its folder, or is too large.
        PoolvizError: the extra ``onnx`` is missing, or the runtime does not take the model.
    """
    origin = regular_file(network_path(source))
    shown = escaped(str(source))
    wanted = COPIES * origin.size()
    budget.check_source(shown, wanted, "use a smaller model")
    onnx, runtime = _packages()
    path = network_path(source)
    data = _read(path, shown)
    model = _parsed(onnx, data, shown)
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
        data = model.SerializeToString()
    _check_external_data(model.graph, path, shown)
    nodes, constants = list(model.graph.node), Constants.of(model.graph)
    pooling = pooling_nodes(nodes, constants)
    if not pooling:
        raise no_pooling_node(shown)
    watched = [name for node in pooling for name in (node.input[0], node.output[0])]
    data = _watching(onnx, model, data, watched)
    session = _session(runtime, data, path, shown)
    return Network(shown, path.stem, path, nodes, constants, session, runtime.__version__)


def no_pooling_node(shown: str) -> SourceError:
    """The error for a model in which there is nothing to see."""
    return SourceError(shown, "it has no pooling node", "give a model with pooling layers")


def _packages() -> tuple[Any, Any]:
    """Onnx and onnxruntime.

    Raises:
        PoolvizError: one is missing.
    """
    try:
        onnx, _, runtime = map(import_module, ("onnx", "onnx.inliner", "onnxruntime"))
    except ImportError as error:
        missing = error.name or "onnxruntime"
        raise PoolvizError(
            "network", f"the package {missing} is missing", f"run: {EXTRA}"
        ) from error
    return onnx, runtime


def _read(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(shown, f"cannot be read ({reason})", "check its permissions") from error


def _parsed(onnx: Any, data: bytes, shown: str) -> Any:
    """The file as a model, tensors in other files left there."""
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:
        # Of protobuf's, which are none of Python's.
        raise SourceError(shown, "it is no ONNX model", "export one, as .onnx") from error
    if not model.graph.node:
        raise SourceError(shown, "it is no ONNX model, or an empty one", "export one, as .onnx")
    return model


def _check_external_data(graph: Any, path: Path, shown: str) -> None:
    """Raise SourceError if a tensor's values stand in a file that is not in the model's folder."""
    folder = path.resolve().parent
    for tensor in _tensors(graph):
        entries = {entry.key: entry.value for entry in tensor.external_data}
        place = entries.get("location", "")
        try:
            target = (folder / place).resolve()
            there = target.is_file()
        except (OSError, RuntimeError, ValueError) as error:
            # Links in a circle, a name that is too long, or is none.
            cause = f"its values stand in what cannot be opened ({_short(place)})"
            raise SourceError(shown, cause, "export it again") from error
        if place and not target.is_relative_to(folder):
            raise SourceError(
                shown,
                f"it keeps values outside its folder ({_short(place)})",
                "save it with its values beside it, or in it",
            )
        if place and not there:
            raise SourceError(
                shown, f"its values are missing ({_short(place)})", "put that file beside it"
            )


def _short(name: str) -> str:
    return escaped(name) if len(name) <= LONGEST_REASON else f"{escaped(name[:LONGEST_REASON])}…"


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


def _watching(onnx: Any, model: Any, data: bytes, watched: list[str]) -> bytes:
    """The bytes of ``model``, with the tensors ``watched`` among its outputs.

    Messages of protobuf that follow each other are one, so that nothing is written again.
    """
    there = {each.name for each in (*model.graph.output, *model.graph.input)}
    extra = [name for name in dict.fromkeys(watched) if name not in there]
    more = onnx.ModelProto()
    more.graph.output.extend(map(onnx.helper.make_empty_tensor_value_info, extra))
    return data + bytes(more.SerializeToString())


def _session(runtime: Any, data: bytes, path: Path, shown: str) -> Any:
    """A session of the runtime.

    Raises:
        PoolvizError: it does not take the model.
    """
    options = runtime.SessionOptions()
    options.log_severity_level = SILENT
    options.add_session_config_entry(_FOLDER, str(path.resolve().parent))
    providers = ["CPUExecutionProvider"]
    try:
        return runtime.InferenceSession(data, options, providers=providers)
    except Exception as error:
        # Of whatever kind: it comes out of the runtime's own code.
        unknown = _UNKNOWN.search(str(error))
        if unknown:
            name = escaped(next(filter(None, unknown.groups())))
            cause = f"ONNX Runtime {runtime.__version__} has no operator {name}"
            raise PoolvizError(shown, cause, "export it with standard operators") from error
        raise PoolvizError(
            shown, f"ONNX Runtime does not take it ({_reason(error)})", "export it again"
        ) from error


def _reason(error: Exception) -> str:
    """The first line of what the runtime has to say."""
    words = _PREFIX.sub("", str(error)).strip() or type(error).__name__
    line = escaped(words.splitlines()[0])
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _slot(given: Any) -> Slot:
    kind = given.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(part if isinstance(part, int) else None for part in given.shape or ())
    return Slot(given.name, shape, {"float": "float32", "double": "float64"}.get(kind, kind))
