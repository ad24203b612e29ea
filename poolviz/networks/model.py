"""A network from an ONNX file, opened so that what enters and leaves its pooling nodes is seen."""

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from importlib import import_module
from math import prod
from pathlib import Path
from typing import Any, TypeVar

from poolviz.errors import PoolvizError
from poolviz.memory import Budget
from poolviz.networks.graph import (
    AXES,
    MOST_NUMBERS,
    Constants,
    WatchedGraph,
    layout_by_use,
    layout_of,
    watched_graph,
)
from poolviz.sources import network_path, regular_file
from poolviz.text import escaped
from poolviz.windows import Array

EXTRA = "pip install 'poolviz[onnx]'"
# A file is there as bytes, as a graph, and as the runtime keeps it.
COPIES = 4
# ONNX Runtime looks for tensors that stand in other files here.
_FOLDER = "session.model_external_initializers_file_folder_path"
# Its threads would spin for a while, and the pooling that follows wait for them.
_STOP_SPINNING = "session.force_spinning_stop"
# Of its messages only the end of the worst is of use.
SILENT = 4
LONGEST_REASON = 160
_UNKNOWN = re.compile(
    r"No Op registered for (?P<a>\S+)|(?P<b>[\w.:]+)\(-?\d+\) is not a registered"
    r"|Could not find an implementation for (?P<c>\w+)(?:\((?P<opset>\d+)\))?"
)
# What its messages have that tells a user nothing: codes, and places in its own source.
_NOISE = re.compile(
    r"^\[ONNXRuntimeError\] : \d+ : \w+ : |Non-zero status code returned while running "
    r"|Status Message: |/\S+\.(?:cc|h):\d+ [^)]*\)(?: const)? ?"
)


@dataclass(frozen=True)
class Slot:
    """An input of a network.

    Args:
        name: as the network calls it.
        shape: its axes, None where any length goes; None where nothing is said of them.
        dtype: of its values, by NumPy's name.
        used_as: the layout that it has by what takes it; None where that does not tell.
    """

    name: str
    shape: tuple[int | None, ...] | None
    dtype: str
    used_as: str | None = field(default=None, compare=False)

    def axes(self, rank: int) -> tuple[int | None, ...]:
        """Its axes; where nothing is said of them, as many as ``rank``, of any length."""
        return (None,) * rank if self.shape is None else self.shape

    @property
    def layout(self) -> str:
        """Where the channels stand of four axes: by what takes them, else by the shape."""
        return self.used_as or layout_of(self.axes(AXES))


@dataclass(frozen=True, eq=False)
class Network:
    """An ONNX model, ready to be run.

    Args:
        shown: as the user named it, safe to print.
        name: for file names.
        path: its file.
        graph: its nodes, and what is known of them beforehand.
        session: of ONNX Runtime.
        new_options: makes the options of a single run.
        runtime: the version of ONNX Runtime.
        budget: the memory that its tensors may take.
    """

    shown: str
    name: str
    path: Path
    graph: WatchedGraph
    session: Any
    new_options: Callable[[], Any]
    runtime: str
    budget: Budget

    @property
    def nodes(self) -> list[Any]:
        """All of its nodes, in the order of the graph."""
        return self.graph.nodes

    @property
    def constants(self) -> Constants:
        """What of its tensors is known beforehand."""
        return self.graph.constants

    @property
    def opset(self) -> int:
        """The version of its operators."""
        return self.graph.opset

    @property
    def files(self) -> set[Path]:
        """All files that it is read from."""
        return {self.path, *self.graph.beside}

    @property
    def slots(self) -> list[Slot]:
        """Its inputs."""
        return [self._slot(each) for each in self.session.get_inputs()]

    def _slot(self, given: Any) -> Slot:
        kind = given.type.removeprefix("tensor(").removesuffix(")")
        dtype = {"float": "float32", "double": "float64"}.get(kind, kind)
        shape = tuple(part if isinstance(part, int) else None for part in given.shape or ())
        known = None if given.name in self.graph.shapeless else shape
        return Slot(given.name, known, dtype, layout_by_use(self.nodes, given.name))

    def run(self, feeds: Mapping[str, Array], wanted: list[str]) -> dict[str, Array]:
        """The tensors called ``wanted``, with ``feeds`` as the inputs.

        Raises:
            SpecError: its tensors need more memory than may be used.
            PoolvizError: the runtime cannot.
        """
        needed = working_bytes(import_module("onnx"), self.graph.model, feeds, wanted)
        self.budget.check_work(needed, "the maps within the network", "give it a smaller input")
        asked = [name for name in wanted if name not in feeds]
        options = self.new_options()
        options.log_severity_level = SILENT
        try:
            found = wait_for(
                lambda: self.session.run(asked, dict(feeds), options),
                lambda: setattr(options, "terminate", True),
            )
        except Exception as error:
            # Of whatever kind: it comes out of the runtime's own code.
            raise PoolvizError(
                self.shown,
                f"it does not run on this input ({_reason(error)})",
                "give it another size or other values",
            ) from error
        return dict(feeds) | dict(zip(asked, found, strict=True))


def open_network(source: str | Path, budget: Budget, threads: int | None = None) -> Network:
    """The network of an ONNX file, or of ``sample:NAME``.

    Args:
        source: which.
        budget: the memory that the model's values, and those between its nodes, may take;
            what the runtime takes besides is not known beforehand.
        threads: at most so many run it; None for the cores.

    Raises:
        SourceError: it cannot be read, is no model, has no pooling node, keeps
            tensors outside its folder, or is too large.
        PoolvizError: the extra ``onnx`` is missing, or the runtime does not take the model.

    Example:
        >>> open_network("sample:shapes", Budget(1 << 30)).slots[0].shape
        (None, 3, 64, 64)
    """
    path, shown = network_path(source), escaped(str(source))
    size = regular_file(path).size()
    budget.check_source(shown, COPIES * size, "use a smaller model")
    onnx, runtime = _packages()
    graph = watched_graph(onnx, path, shown, budget)
    beside = sum(file.stat().st_size for file in graph.beside)
    budget.check_source(shown, COPIES * (size + beside), "use a smaller model")
    session = _session(runtime, graph.data, path, shown, threads)
    version = runtime.__version__
    return Network(shown, path.stem, path, graph, session, runtime.RunOptions, version, budget)


def _packages() -> tuple[Any, Any]:
    """Onnx and onnxruntime.

    Their native modules run Python while they load, and crash where that raises an exception:
    no handler of a signal may run there.

    Raises:
        PoolvizError: one is missing.
    """
    names = ("onnx", "onnx.inliner", "onnxruntime")
    try:
        onnx, _, runtime = wait_for(lambda: [import_module(name) for name in names])
    except ImportError as error:
        missing = error.name or "onnxruntime"
        raise PoolvizError(missing, "the package is missing", f"run: {EXTRA}") from error
    return onnx, runtime


def _session(runtime: Any, data: bytes, path: Path, shown: str, threads: int | None) -> Any:
    """A session of the runtime.

    Raises:
        PoolvizError: it does not take the model.
    """
    options = runtime.SessionOptions()
    options.log_severity_level = SILENT
    options.add_session_config_entry(_FOLDER, str(path.resolve().parent))
    # Other layouts of the maps take longer to make than a single run gains.
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    # It makes all threads that it is asked for, whether there are cores for them or not.
    options.intra_op_num_threads = min(threads or 0, os.cpu_count() or 1)
    options.add_session_config_entry(_STOP_SPINNING, "1")
    providers = ["CPUExecutionProvider"]
    try:
        # Where it falls back to other providers it prints so.
        return wait_for(
            lambda: runtime.InferenceSession(data, options, providers, enable_fallback=0)
        )
    except Exception as error:
        # Of whatever kind: it comes out of the runtime's own code.
        unknown = _UNKNOWN.search(str(error))
        if unknown and unknown["c"]:
            opset = f" of opset {unknown['opset']}" if unknown["opset"] else ""
            name = f"{unknown['c']}{opset} for these types"
            cause = f"ONNX Runtime {runtime.__version__} has no {name}"
            remedy = "export it with float32, or for another opset"
            raise PoolvizError(shown, cause, remedy) from error
        if unknown:
            name = escaped(unknown["a"] or unknown["b"])
            cause = f"ONNX Runtime {runtime.__version__} has no operator {name}"
            raise PoolvizError(shown, cause, "export it with standard operators") from error
        raise PoolvizError(
            shown, f"ONNX Runtime does not take it ({_reason(error)})", "export it again"
        ) from error


def _reason(error: Exception) -> str:
    """The first line of what the runtime has to say."""
    words = _NOISE.sub("", str(error)).strip() or type(error).__name__
    line = escaped(words.splitlines()[0])
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


Result = TypeVar("Result")
# What is told to stop gets this long to do so.
GRACE_SECONDS = 2


def wait_for(work: Callable[[], Result], stop: Callable[[], None] | None = None) -> Result:
    """The result of ``work``, which a thread of its own does.

    Python runs the handler of a signal only between its own instructions, so a call that
    lasts for minutes would keep the main thread from seeing it. Here the main thread waits.

    Args:
        work: runs native code that releases the interpreter's lock.
        stop: is called if an exception ends the wait, and makes ``work`` return early.

    Raises:
        BaseException: whatever ``work`` raises, or what ended the wait.

    Example:
        >>> wait_for(lambda: 3)
        3
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it is raised by the one who waits
            future.set_exception(error)

    try:
        threading.Thread(target=run, daemon=True).start()
        return future.result()
    except BaseException:
        if stop is not None and not future.done():
            stop()
            with contextlib.suppress(Exception):
                future.result(GRACE_SECONDS)
        raise


def working_bytes(onnx: Any, model: Any, feeds: Mapping[str, Array], watched: Iterable[str]) -> int:
    """The most bytes that the tensors between the nodes of ``model`` take at one time.

    A tensor is kept from the node that makes it to the last that uses it, and a watched one
    to the end, when it is copied. Tensors whose shapes depend on values, or are made by
    operators that are not ONNX's own, count for nothing; so does what a node needs besides.

    Args:
        onnx: the package.
        model: whose functions have been expanded.
        feeds: the values of its inputs.
        watched: the names of the tensors that are asked for.
    """
    sizes = _sizes(onnx, model, feeds)
    kept = set(watched)
    nodes = model.graph.node
    last = {name: at for at, node in enumerate(nodes) for name in _used(node)}
    alive = most = sum(sizes.get(name, 0) for name in feeds)
    for at, node in enumerate(nodes):
        alive += sum(sizes.get(name, 0) for name in node.output)
        most = max(most, alive)
        ended = {name for name in (*_used(node), *node.output) if last.get(name, at) == at}
        alive -= sum(sizes.get(name, 0) for name in ended - kept)
    return max(most, 2 * sum(sizes.get(name, 0) for name in kept))


def _used(node: Any) -> set[str]:
    """The tensors that a node takes, those of the graphs in its attributes included."""
    nested = [
        inner
        for attribute in node.attribute
        for graph in (attribute.g, *attribute.graphs)
        for inner in graph.node
    ]
    return set(node.input).union(*map(_used, nested))


def _sizes(onnx: Any, model: Any, feeds: Mapping[str, Array]) -> dict[str, int]:
    """The bytes of each tensor of whose shape enough is known; weights are not among them."""
    try:
        inferred = onnx.shape_inference.infer_shapes(_bare(onnx, model, feeds), data_prop=True)
        fed = [each for each in inferred.graph.input if each.name in feeds]
        infos = (*fed, *inferred.graph.value_info, *inferred.graph.output)
        return {each.name: _bytes(onnx, each.type.tensor_type) for each in infos}
    except Exception:  # noqa: BLE001 - onnx raises errors of many kinds; the runtime has its own word on such models
        return {}


def _bytes(onnx: Any, kind: Any) -> int:
    axes = kind.shape.dim
    if not kind.HasField("shape") or not all(axis.HasField("dim_value") for axis in axes):
        return 0
    itemsize = int(onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).itemsize)
    return prod((int(axis.dim_value) for axis in axes), start=itemsize)


def _bare(onnx: Any, model: Any, feeds: Mapping[str, Array]) -> Any:
    """``model`` for inputs of these shapes, and without its weights: what shapes depend on."""
    info = onnx.helper.make_tensor_value_info
    bare = onnx.ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    bare.graph.name = "shapes"
    for each in model.graph.input:
        if each.name in feeds:
            kind = each.type.tensor_type.elem_type
            bare.graph.input.append(info(each.name, kind, feeds[each.name].shape))
    for tensor in model.graph.initializer:
        if _is_small(tensor):
            bare.graph.initializer.append(tensor)
        elif tensor.name not in feeds:
            bare.graph.input.append(info(tensor.name, tensor.data_type, tensor.dims))
    for node in model.graph.node:
        held = [each.t for each in node.attribute if each.name == "value"]
        if node.op_type == "Constant" and held and not _is_small(held[0]):
            bare.graph.input.append(info(node.output[0], held[0].data_type, held[0].dims))
        else:
            bare.graph.node.append(node)
    return bare


def _is_small(tensor: Any) -> bool:
    """Whether it may be a shape, an axis or a factor."""
    return not tensor.external_data and prod(tensor.dims) <= MOST_NUMBERS
