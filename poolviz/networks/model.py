"""A network from an ONNX file: opened in ONNX Runtime, and run within a limit of memory."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from poolviz.engine.waiting import wait_for
from poolviz.errors import PoolvizError
from poolviz.memory import Budget
from poolviz.networks.graph import AXES, is_short, layout_by_use, layout_of
from poolviz.networks.reading import WatchedGraph, read_graph
from poolviz.sources import network_path, regular_file
from poolviz.text import escaped, first_line
from poolviz.windows import Array

EXTRA = "pip install 'poolviz[onnx]'"
# A model is in memory as bytes, as a graph, and as the runtime keeps it.
COPIES = 4
# The folder in which ONNX Runtime looks for tensors in other files.
_FOLDER = "session.model_external_initializers_file_folder_path"
# Its threads would spin for a while, and the pooling that follows would wait for them.
_STOP_SPINNING = "session.force_spinning_stop"
# The level at which it prints only messages of fatal errors.
SILENT = 4
_UNKNOWN = re.compile(
    r"No Op registered for (?P<a>\S+)|(?P<b>[\w.:]+)\(-?\d+\) is not a registered"
    r"|Could not find an implementation for (?P<c>\w+)(?:\((?P<opset>\d+)\))?"
)
# Parts of its messages that do not help a user: codes, and lines of its own source.
_NOISE = re.compile(
    r"^\[ONNXRuntimeError\] : \d+ : \w+ : |Non-zero status code returned while running "
    r"|Status Message: |/\S+\.(?:cc|h):\d+ [^)]*\)(?: const)? ?"
)
# How it names an axis of another length, on lines of their own.
_LENGTHS = re.compile(
    r"(?: for the following indices)?\n\s*index: (\d+) Got: (\d+) Expected: (\d+)"
)


@dataclass(frozen=True)
class Slot:
    """An input of a network.

    Args:
        name: as the network calls it.
        shape: the lengths of its axes, None for those of any length; None if it is not given.
        dtype: NumPy's name of the type of its values.
        used_as: the layout that the operators that take it imply; None if they do not.
    """

    name: str
    shape: tuple[int | None, ...] | None
    dtype: str
    used_as: str | None = field(default=None, compare=False)

    def axes(self, rank: int) -> tuple[int | None, ...]:
        """The shape; if it is not given, ``rank`` axes of any length."""
        return (None,) * rank if self.shape is None else self.shape

    @property
    def layout(self) -> str:
        """The order of its four axes, implied by its use, else by its shape."""
        return self.used_as or layout_of(self.axes(AXES))


class Packages(NamedTuple):
    """The modules ``onnx`` and ``onnxruntime``."""

    onnx: Any
    runtime: Any


@dataclass(frozen=True, eq=False)
class Network:
    """An ONNX model that can be run.

    Args:
        shown: the name that the user gave, safe to print.
        path: the file.
        graph: its graph, read beforehand.
        session: the session of ONNX Runtime.
        packages: what it is read and run with.
        budget: the memory that its tensors may take.
    """

    shown: str
    path: Path
    graph: WatchedGraph
    session: Any
    packages: Packages
    budget: Budget

    @property
    def name(self) -> str:
        """The name of the file without its suffix."""
        return self.path.stem

    @property
    def runtime(self) -> str:
        """The version of ONNX Runtime."""
        return str(self.packages.runtime.__version__)

    @property
    def files(self) -> set[Path]:
        """All files that the model is read from."""
        return {self.path, *self.graph.value_files}

    @property
    def slots(self) -> list[Slot]:
        """The inputs, in the order of the model."""
        slots = []
        for entry in self.session.get_inputs():
            kind = entry.type.removeprefix("tensor(").removesuffix(")")
            dtype = {"float": "float32", "double": "float64"}.get(kind, kind)
            shape = tuple(part if isinstance(part, int) else None for part in entry.shape or ())
            known = None if entry.name in self.graph.shapeless else shape
            used_as = layout_by_use(self.graph.nodes, entry.name)
            slots.append(Slot(entry.name, known, dtype, used_as))
        return slots

    def run(self, feeds: Mapping[str, Array], names: list[str]) -> dict[str, Array]:
        """Run the network on ``feeds`` and return the tensors called ``names``, and the inputs.

        Raises:
            SpecError: its tensors need more memory than the budget.
            PoolvizError: the runtime cannot run it on this input.
        """
        needed = working_bytes(self.packages.onnx, self.graph.model, feeds, names)
        self.budget.check_work({"the maps inside the network": needed}, "use a smaller input")
        outputs = [name for name in names if name not in feeds]
        options = self.packages.runtime.RunOptions()
        options.log_severity_level = SILENT
        try:
            tensors = wait_for(
                lambda: self.session.run(outputs, dict(feeds), options),
                stop=lambda: setattr(options, "terminate", True),
            )
        except Exception as error:
            # The runtime's native code raises errors of many kinds.
            cause = f"does not run on this input ({_reason(error)})"
            remedy = "use an input of another size or with other values"
            raise PoolvizError(self.shown, cause, remedy) from error
        return dict(feeds) | dict(zip(outputs, tensors, strict=True))


def open_network(source: str | Path, budget: Budget, threads: int | None = None) -> Network:
    """Open the network of an ONNX file, or ``sample:NAME``.

    Args:
        source: the path of the file, or the name of the sample.
        budget: the memory that the model's values, and the tensors between its nodes, may take;
            what the runtime needs besides is not known beforehand.
        threads: the largest number of threads that run it; None for one per core.

    Raises:
        SourceError: it cannot be read, is not a model, has no pooling node, keeps
            tensors outside its folder, or is too large.
        PoolvizError: the extra ``onnx`` is missing, or the runtime rejects the model.

    Example:
        >>> open_network("sample:shapes", Budget(1 << 30)).slots[0].shape
        (None, 3, 64, 64)
    """
    path, shown = network_path(source), escaped(str(source))
    size = regular_file(path, "give an .onnx file").size()
    budget.check_source(shown, COPIES * size, "use a smaller model")
    packages = _import_packages()
    graph = read_graph(packages.onnx, path, shown, budget)
    size += sum(file.stat().st_size for file in graph.value_files)
    budget.check_source(shown, COPIES * size, "use a smaller model")
    options = _session_options(packages.runtime, path, threads)
    session = _open_session(packages.runtime, graph.data, options, shown)
    return Network(shown, path, graph, session, packages, budget)


def _import_packages() -> Packages:
    """Import onnx and onnxruntime.

    Their native modules run Python code while they load, and crash if it raises an exception,
    so that no handler of a signal may run there: a thread imports them.

    Raises:
        PoolvizError: one is missing.
    """
    names = ("onnx", "onnx.inliner", "onnxruntime")
    try:
        onnx, _, runtime = wait_for(lambda: [import_module(name) for name in names])
    except ImportError as error:
        missing = error.name or "onnxruntime"
        raise PoolvizError(missing, "the package is missing", f"run: {EXTRA}") from error
    return Packages(onnx, runtime)


def _session_options(runtime: Any, path: Path, threads: int | None) -> Any:
    options = runtime.SessionOptions()
    options.log_severity_level = SILENT
    options.add_session_config_entry(_FOLDER, str(path.resolve().parent))
    # Changing the layout of the maps takes longer than it saves in a single run.
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    # It starts as many threads as requested, even with fewer cores.
    options.intra_op_num_threads = min(threads or 0, os.cpu_count() or 1)
    options.add_session_config_entry(_STOP_SPINNING, "1")
    return options


def _open_session(runtime: Any, data: bytes, options: Any, shown: str) -> Any:
    """Open a session of the runtime.

    Raises:
        PoolvizError: it rejects the model.
    """
    providers = ["CPUExecutionProvider"]
    try:
        # Without fallback: it would print that it falls back to other providers.
        return wait_for(
            lambda: runtime.InferenceSession(data, options, providers, enable_fallback=0)
        )
    except Exception as error:
        # The runtime's native code raises errors of many kinds.
        unknown = _UNKNOWN.search(str(error))
        if unknown is None:
            cause = f"ONNX Runtime rejects the model ({_reason(error)})"
            raise PoolvizError(shown, cause, "export the network again") from error
        operator = f"the operator {escaped(unknown['a'] or unknown['b'] or '')}"
        remedy = "export the network with standard operators"
        if unknown["c"]:
            opset = f" (opset {unknown['opset']})" if unknown["opset"] else ""
            operator = (
                f"the operator {escaped(unknown['c'])}{opset} with the data types of this model"
            )
            remedy = "export the network in float32 or for another opset"
        cause = f"ONNX Runtime {runtime.__version__} does not support {operator}"
        raise PoolvizError(shown, cause, remedy) from error


def _reason(error: Exception) -> str:
    """The first line of an error of the runtime, without codes and places in its source."""
    reason = _LENGTHS.sub(r", axis \1: \2 instead of \3", str(error))
    return first_line(_NOISE.sub("", reason).strip() or type(error).__name__)


def working_bytes(onnx: Any, model: Any, feeds: Mapping[str, Array], watched: Iterable[str]) -> int:
    """The most bytes that the tensors between the nodes of ``model`` take at one time.

    A tensor is needed from the node that computes it to the last node that takes it; a watched
    tensor is needed to the end, when it is copied. Not counted are tensors whose shapes depend
    on values or on operators other than ONNX's own, and what a node needs for itself.

    Args:
        onnx: the package.
        model: the model, its functions expanded.
        feeds: the values of its inputs.
        watched: the names of the tensors that are returned.
    """
    sizes = _tensor_sizes(onnx, model, feeds)
    nodes, watched = model.graph.node, set(watched)
    last_use = {name: index for index, node in enumerate(nodes) for name in _taken(node)}
    alive = most = sum(sizes.get(name, 0) for name in feeds)
    for index, node in enumerate(nodes):
        alive += sum(sizes.get(name, 0) for name in node.output)
        most = max(most, alive)
        names = {*_taken(node), *node.output} - watched
        alive -= sum(sizes.get(name, 0) for name in names if last_use.get(name, index) == index)
    return max(most, 2 * sum(sizes.get(name, 0) for name in watched))


def _taken(node: Any) -> set[str]:
    """The tensors that a node takes, including those of the graphs in its attributes."""
    inner_nodes = [
        inner
        for attribute in node.attribute
        for graph in (attribute.g, *attribute.graphs)
        for inner in graph.node
    ]
    return set(node.input).union(*map(_taken, inner_nodes))


def _tensor_sizes(onnx: Any, model: Any, feeds: Mapping[str, Array]) -> dict[str, int]:
    """The bytes of each tensor whose shape can be inferred, except weights."""
    try:
        model = _without_weights(onnx, model, feeds)
        graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
        inputs = [tensor for tensor in graph.input if tensor.name in feeds]
        tensors = (*inputs, *graph.value_info, *graph.output)
        return {tensor.name: _bytes(onnx, tensor.type.tensor_type) for tensor in tensors}
    except Exception:  # noqa: BLE001 - onnx raises errors of many kinds; the runtime reports such models
        return {}


def _bytes(onnx: Any, kind: Any) -> int:
    axes = kind.shape.dim
    if not kind.HasField("shape") or not all(axis.HasField("dim_value") for axis in axes):
        return 0
    itemsize = int(onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).itemsize)
    return prod((int(axis.dim_value) for axis in axes), start=itemsize)


def _without_weights(onnx: Any, model: Any, feeds: Mapping[str, Array]) -> Any:
    """A copy of ``model`` for inputs of these shapes, with only those constants that set shapes."""
    info = onnx.helper.make_tensor_value_info
    bare = onnx.ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    bare.graph.name = "shapes"
    for tensor in model.graph.input:
        if tensor.name in feeds:
            kind = tensor.type.tensor_type.elem_type
            bare.graph.input.append(info(tensor.name, kind, feeds[tensor.name].shape))
    for tensor in model.graph.initializer:
        if is_short(tensor):
            bare.graph.initializer.append(tensor)
        elif tensor.name not in feeds:
            bare.graph.input.append(info(tensor.name, tensor.data_type, tensor.dims))
    for node in model.graph.node:
        values = [entry.t for entry in node.attribute if entry.name == "value"]
        if node.op_type == "Constant" and values and not is_short(values[0]):
            bare.graph.input.append(info(node.output[0], values[0].data_type, values[0].dims))
        else:
            bare.graph.node.append(node)
    return bare
