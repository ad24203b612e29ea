"""The lines of ``poolviz code``: run, they give poolviz's output."""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

os.environ["KERAS_BACKEND"] = "torch"
os.environ["JAX_PLATFORMS"] = "cpu"

import flax.linen
import jax.numpy as jnp
import keras

from poolviz import FeatureMap, PoolResult, PoolSpec, available_rules, run
from poolviz.errors import SpecError
from poolviz.frameworks._code import lines_of_code

pytestmark = pytest.mark.conformance
COUNT = 3000
# Of the random requests at least so many lines have to exist, or the test says little.
LEAST = 500


def requests(seed: int, count: int = COUNT) -> "list[tuple[PoolResult, dict[str, Any]]]":
    """Random maps and requests that have a meaning, with what frameworks say of them."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        values = random.normal(size=(2, *random.integers(3, 11, 2)))
        spec = _spec(random)
        try:
            result = run(FeatureMap(values), spec)
        except SpecError:
            continue
        found.append((result, lines_of_code(result.plan)))
    return found


def _spec(random: np.random.Generator) -> PoolSpec:
    mode = str(random.choice(["max", "average", "min", "sum", "lp", "lp:p=3", "lp:p=inf"]))
    pick = random.integers
    like = available_rules()[pick(len(available_rules()))]
    if random.random() < 0.1:
        return PoolSpec(f"global-{mode}", like=like)
    if random.random() < 0.1:
        return PoolSpec(mode, output_size=tuple(pick(1, 4, 2).tolist()), like=like)
    options: dict[str, Any] = {
        "stride": [None, 1, 2, (2, 3)][pick(4)],
        "padding": [None, None, 1, (1, 0), ((0, 1), (1, 0)), "same", "same_lower", "valid"][
            pick(8)
        ],
        "dilation": [1, 1, 1, 2][pick(4)],
        "ceil_mode": [None, True, False][pick(3)],
        "like": like,
    }
    if mode == "average":
        options["count_include_pad"] = [None, True, False][pick(3)]
        options["divisor_override"] = [None, None, None, 3][pick(4)]
    return PoolSpec(mode, tuple(pick(1, 4, 2).tolist()), **options)


def test_torch_lines() -> None:
    """Evaluated, each line of PyTorch gives the output."""
    done = 0
    for result, lines in requests(1):
        line = lines["torch"]
        if line.refusal is None:
            x = torch.from_numpy(np.asarray(result.feature_map.values)[None])
            given = eval(line.code, {"torch": torch, "x": x})  # noqa: S307 - it is what is tested
            np.testing.assert_allclose(
                given[0].numpy(), result.output, rtol=1e-9, err_msg=line.code
            )
            done += 1
    assert done >= LEAST


def _channels_last(seed: int, framework: str, least: int) -> Iterator[tuple[PoolResult, Any, str]]:
    """Results that a framework has a line for, their input channels last, and the line."""
    some = requests(seed, COUNT // 4)
    lined = [(result, lines[framework].code) for result, lines in some if lines[framework].code]
    assert len(lined) >= least
    for result, code in lined:
        values = np.asarray(result.feature_map.values, np.float32)
        yield result, np.moveaxis(values, 0, -1)[None], code


def test_keras_lines() -> None:
    """Evaluated, each line of Keras gives the output; PyTorch beneath it pads some unlike it."""
    for result, x, code in _channels_last(3, "keras", LEAST // 5):
        axes = result.geometry.axes
        unlike = any(axis.before != axis.after for axis in axes)
        if unlike and result.mode.divides:
            continue
        given = eval(code, {"keras": keras, "x": torch.from_numpy(x)})  # noqa: S307 - as above
        given = np.moveaxis(given.detach().numpy()[0], -1, 0)
        np.testing.assert_allclose(given, result.output, rtol=2e-5, atol=1e-6, err_msg=code)


def test_jax_lines() -> None:
    """Evaluated, each line of Flax gives the output."""
    for result, x, code in _channels_last(4, "jax", LEAST // 5):
        given = eval(code, {"flax": flax, "x": jnp.asarray(x)})  # noqa: S307 - as above
        given = np.moveaxis(np.asarray(given)[0], -1, 0)
        np.testing.assert_allclose(given, result.output, rtol=2e-5, atol=1e-6, err_msg=code)


def test_onnx_lines() -> None:
    """Run by ONNX Runtime, each node gives the output."""
    done = 0
    for result, lines in requests(2):
        line = lines["onnx"]
        if line.refusal is None:
            given = _run_node(eval(line.code, {"onnx": onnx}), result)  # noqa: S307 - as above
            np.testing.assert_allclose(
                given, result.output, rtol=2e-5, atol=1e-6, err_msg=line.code
            )
            done += 1
    assert done >= LEAST


def _run_node(node: Any, result: PoolResult) -> Any:
    values = np.asarray(result.feature_map.values, np.float32)[None]
    kind = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [node],
        "line",
        [onnx.helper.make_tensor_value_info("x", kind, values.shape)],
        [onnx.helper.make_tensor_value_info("y", kind, None)],
    )
    # ONNX Runtime has no later GlobalLpPool.
    opset = 18 if node.op_type == "GlobalLpPool" else 22
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=10
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": values})[0][0]
