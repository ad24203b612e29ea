"""ONNX Runtime itself, on many random settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from poolviz import SpecError, pool

pytestmark = pytest.mark.conformance

SEEDS = range(6)
# For each seed and number of axes.
SETTINGS = 40
AXES = (1, 2, 3)
OPSET, IR_VERSION = 22, 10
# ONNX Runtime has no later GlobalLpPool.
GLOBAL_OPSET = 18
WORDS = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}

onnxruntime.set_default_logger_severity(4)


@dataclass(frozen=True)
class Setting:
    """One random request, and values that it may fit."""

    values: NDArray[Any]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...] | None
    padding: str | tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    ceil_mode: bool

    @property
    def ours(self) -> dict[str, Any]:
        """The setting in poolviz's words."""
        names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        return {name: getattr(self, name) for name in names} | {"like": "onnx"}

    @property
    def theirs(self) -> dict[str, Any]:
        """The setting as a node's attributes."""
        attributes: dict[str, Any] = {
            "kernel_shape": list(self.kernel_size),
            "dilations": list(self.dilation),
            "ceil_mode": int(self.ceil_mode),
        }
        if self.stride is not None:
            attributes["strides"] = list(self.stride)
        if isinstance(self.padding, str):
            return attributes | {"auto_pad": WORDS[self.padding]}
        before, after = zip(*self.padding, strict=True)
        return attributes | {"pads": [*before, *after]}


def settings(seed: int, axes: int) -> Iterator[Setting]:
    """Random settings, about a third of them padded by a word; not all are legal."""
    rng = np.random.default_rng((seed, axes))
    for _ in range(SETTINGS):
        kernel_size, stride, dilation = (
            tuple(map(int, rng.integers(1, most, axes))) for most in (5, 6, 3)
        )
        pairs = tuple((int(rng.integers(k)), int(rng.integers(k))) for k in kernel_size)
        word = str(rng.choice(list(WORDS)))
        by_word = rng.integers(3) == 0
        size = rng.integers(1, {1: 16, 2: 11, 3: 8}[axes], axes)
        values = rng.integers(-8, 9, (*rng.integers(1, 3, 2), *size)) / 4
        yield Setting(
            values.astype(np.float32),
            kernel_size,
            stride if rng.integers(4) else None,
            word if by_word else pairs,
            dilation,
            bool(rng.integers(2)) and not by_word,
        )


def reference(operator: str, setting: Setting, outputs: int = 1, **attributes: Any) -> Any:
    """What ONNX Runtime gives for a model of one node; None where it refuses."""
    names = [f"y{at}" for at in range(outputs)]
    node = helper.make_node(operator, ["x"], names, **setting.theirs, **attributes)
    kinds = [TensorProto.FLOAT, TensorProto.INT64][:outputs]
    graph = helper.make_graph(
        [node],
        "pooling",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, setting.values.shape)],
        [helper.make_tensor_value_info(*pair, None) for pair in zip(names, kinds, strict=True)],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return session.run(None, {"x": setting.values})
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses
        return None


def crops(setting: Setting) -> bool:
    """Whether a word asks for less padding than none; ONNX Runtime then cuts cells off."""
    if setting.padding not in ("same", "same_lower"):
        return False
    strides = setting.stride or (1,) * len(setting.kernel_size)
    lengths = zip(setting.values.shape[2:], setting.kernel_size, strides, strict=True)
    return any((-(-size // step) - 1) * step + kernel < size for size, kernel, step in lengths)


def compare(
    mode: str, operator: str, seed: int, axes: int, options: dict[str, Any], theirs: dict[str, Any]
) -> int:
    """Hold poolviz to ONNX Runtime on one seed's settings; how many both take."""
    compared = 0
    for setting in settings(seed, axes):
        expected = reference(operator, setting, **theirs)
        if expected is None or 0 in expected[0].shape or crops(setting):
            with pytest.raises(SpecError):
                pool(setting.values, mode, **setting.ours, **options)
            continue
        pooled = pool(setting.values, mode, **setting.ours, **options)
        np.testing.assert_allclose(
            pooled, expected[0], rtol=1e-5, atol=1e-6, err_msg=str(setting), strict=True
        )
        compared += 1
    return compared


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("seed", SEEDS)
def test_max(seed: int, axes: int) -> None:
    """MaxPool, exactly; its indices count over all planes, poolviz's within a plane."""
    compared = 0
    for setting in settings(seed, axes):
        expected = reference("MaxPool", setting, outputs=2)
        if expected is None or 0 in expected[0].shape or crops(setting):
            with pytest.raises(SpecError):
                pool(setting.values, "max", **setting.ours)
            continue
        pooled, indices = pool(setting.values, "max", **setting.ours, return_indices=True)
        # Of a window without input cells it says the lowest float32, poolviz −inf.
        some = expected[0] > np.finfo(np.float32).min
        truth = np.where(some, expected[0], -np.inf)
        np.testing.assert_array_equal(pooled, truth, str(setting))
        plane = int(np.prod(setting.values.shape[2:]))
        planes = np.arange(indices.shape[0] * indices.shape[1])
        first = plane * planes.reshape(*indices.shape[:2], *(1,) * axes)
        assert (some == (indices >= 0)).all(), setting
        np.testing.assert_array_equal((indices + first)[some], expected[1][some], str(setting))
        compared += 1
    assert compared > SETTINGS / 3


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("include", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_average(seed: int, include: bool, axes: int) -> None:
    """AveragePool under both divisors."""
    ours, theirs = {"count_include_pad": include}, {"count_include_pad": int(include)}
    assert compare("average", "AveragePool", seed, axes, ours, theirs) > SETTINGS / 3


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_lp(seed: int, p: int, axes: int) -> None:
    """LpPool raises |x| and scales nothing."""
    assert compare("lp", "LpPool", seed, axes, {"p": float(p)}, {"p": p}) > SETTINGS / 3


@pytest.mark.parametrize("axes", AXES)
def test_global(axes: int) -> None:
    """GlobalMaxPool, GlobalAveragePool and GlobalLpPool."""
    values = np.random.default_rng(axes).standard_normal((2, 3, 5, 4, 6)[: 2 + axes])
    setting = Setting(values.astype(np.float32), (), None, "valid", (), ceil_mode=False)
    for mode, operator in (("max", "MaxPool"), ("average", "AveragePool"), ("lp", "LpPool")):
        expected = _global(f"Global{operator}", setting.values)
        pooled = pool(setting.values, mode, output_size=(1,) * axes, like="onnx")
        np.testing.assert_allclose(pooled, expected, rtol=1e-5, strict=True)


def _global(operator: str, values: NDArray[Any]) -> NDArray[Any]:
    node = helper.make_node(operator, ["x"], ["y"])
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)]
        for name, shape in (("x", values.shape), ("y", None))
    ]
    model = helper.make_model(
        helper.make_graph([node], "pooling", *ends),
        opset_imports=[helper.make_opsetid("", GLOBAL_OPSET)],
        ir_version=IR_VERSION,
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return np.asarray(session.run(None, {"x": values})[0])
