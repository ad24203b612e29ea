"""The same pooling in poolviz, PyTorch and ONNX Runtime, as calls without arguments."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from pairing import Call
from torch.nn import functional

import poolviz

Values = NDArray[np.float32]
MODES = ("max", "average", "lp")
_OPERATORS = {"max": "MaxPool", "average": "AveragePool", "lp": "LpPool"}
OPSET, IR_VERSION = 18, 9


def ours(values: Values, mode: str, kernel_size: int, stride: int, threads: int) -> Call:
    """poolviz.pool on ``values`` (N, C, H, W)."""
    return lambda: poolviz.pool(values, mode, kernel_size, stride=stride, threads=threads)


def torch_call(values: Values, mode: str, kernel_size: int, stride: int, threads: int) -> Call:
    """PyTorch's function in its own layout, NCHW, without a gradient."""
    torch.set_num_threads(threads)
    tensor = torch.from_numpy(values)
    if mode == "lp":
        return lambda: functional.lp_pool2d(tensor, 2.0, kernel_size, stride)
    functions = {"max": functional.max_pool2d, "average": functional.avg_pool2d}
    return lambda: functions[mode](tensor, kernel_size, stride)


def onnx_call(values: Values, mode: str, kernel_size: int, stride: int, threads: int) -> Call:
    """A session of ONNX Runtime with one node, its output allocated by each run."""
    attributes: dict[str, Any] = {"kernel_shape": [kernel_size] * 2, "strides": [stride] * 2}
    if mode == "lp":
        attributes["p"] = 2
    node = helper.make_node(_OPERATORS[mode], ["x"], ["y"], **attributes)
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)]
        for name, shape in (("x", values.shape), ("y", None))
    ]
    model = helper.make_model(
        helper.make_graph([node], "pooling", *ends),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return lambda: session.run(None, {"x": values})[0]


PEERS: dict[str, Callable[[Values, str, int, int, int], Call]] = {
    "torch": torch_call,
    "onnxruntime": onnx_call,
}
