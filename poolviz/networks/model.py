"""A network from an ONNX file, opened so that what enters and leaves its pooling nodes is seen."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from poolviz.errors import PoolvizError
from poolviz.memory import Budget
from poolviz.networks.constants import Constants
from poolviz.networks.estimate import working_bytes
from poolviz.networks.graph import WatchedGraph, watched_graph
from poolviz.networks.layout import AXES, layout_by_use, layout_of
from poolviz.networks.waiting import wait_for
from poolviz.patches import Array
from poolviz.sources import network_path, regular_file
from poolviz.text import escaped

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

    Raises:
        PoolvizError: one is missing.
    """
    try:
        onnx, _, runtime = map(import_module, ("onnx", "onnx.inliner", "onnxruntime"))
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
