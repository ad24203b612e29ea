"""Small ONNX models, made by hand; and what they are fed with."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from poolviz.memory import parse_budget
from poolviz.networks.feeding import NetworkInput
from poolviz.networks.model import Slot, open_network
from poolviz.networks.observe import Observation, observe

FLOAT = TensorProto.FLOAT
Axes = Sequence[int | str | None] | None
POOL = helper.make_node("MaxPool", ["x"], ["y"], "pool", kernel_shape=[2, 2], strides=[2, 2])


def node(operator: str, inputs: str, outputs: str, name: str = "", **attributes: Any) -> Any:
    """A node; the names of its tensors are given with blanks between them."""
    return helper.make_node(operator, inputs.split(" "), outputs.split(" "), name, **attributes)


def tensor(name: str, values: Any, dtype: Any = np.float32) -> TensorProto:
    """A constant of the graph."""
    return onnx.numpy_helper.from_array(np.asarray(values, dtype), name)


def outside(name: str, shape: Sequence[int], place: str) -> TensorProto:
    """A constant of floats whose values stand in another file."""
    found = TensorProto(name=name, data_type=FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
    found.external_data.add(key="location", value=place)
    return found


def model(
    nodes: Iterable[Any],
    inputs: Mapping[str, Axes],
    constants: Iterable[TensorProto] = (),
    *,
    outputs: Sequence[str] = ("y",),
    dtype: int = FLOAT,
    opset: int = 18,
    domains: Sequence[str] = (),
    functions: Sequence[Any] = (),
) -> onnx.ModelProto:
    """A model of nodes."""
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(name, dtype, axes) for name, axes in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        list(constants),
    )
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(each, 1) for each in domains)]
    # An old version of the format, which every runtime reads.
    return helper.make_model(graph, opset_imports=imports, ir_version=8, functions=list(functions))


def endless() -> onnx.ModelProto:
    """A model that pools x into y and then never ends: a loop without a count, always true."""
    info = helper.make_tensor_value_info
    body = helper.make_graph(
        [node("Identity", "go", "goes"), node("Identity", "v", "w")],
        "body",
        [info("i", TensorProto.INT64, []), info("go", TensorProto.BOOL, []), info("v", 1, None)],
        [info("goes", TensorProto.BOOL, []), info("w", 1, None)],
    )
    loop = helper.make_node("Loop", ["", "true", "y"], ["z"], body=body)
    return model([POOL, loop], {"x": (1, 1, 4, 4)}, [tensor("true", True, bool)], outputs=("z",))


def saved(made: onnx.ModelProto, folder: Path, name: str = "model.onnx") -> Path:
    """The file of a model."""
    path = folder / name
    path.write_bytes(made.SerializeToString())
    return path


def seen(path: Path, index: int = 0, **arrays: Any) -> Observation:
    """The pooling nodes of a model at work on arrays."""
    fed = {
        name: NetworkInput(values, "as it is", {"source": name}) for name, values in arrays.items()
    }
    return observe(open_network(path, parse_budget(None)), fed, index)


def slot(*shape: int | None, dtype: str = "float32") -> Slot:
    """An input called x."""
    return Slot("x", shape, dtype)


def counting(*shape: int, dtype: Any = np.float32) -> "np.ndarray[Any, np.dtype[Any]]":
    """0, 1, 2 and so on."""
    return np.arange(np.prod(shape)).reshape(shape).astype(dtype)
