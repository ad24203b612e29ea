"""Thousands of random requests, each asked of a framework and of poolviz.

Where the framework answers, poolviz answers the same; where it refuses, poolviz refuses or says
that it emulates. Types that a framework lacks are not asked for.
"""

import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

os.environ["KERAS_BACKEND"] = "torch"
os.environ["JAX_PLATFORMS"] = "cpu"

import flax.linen
import jax
import onnxruntime
import torch
from jax import numpy as jnp
from keras import layers
from onnx import TensorProto, helper
from skimage.measure import block_reduce
from torch.nn import functional

from poolviz import PoolSpec, SpecError, pool
from poolviz.frameworks import find_rule
from poolviz.frameworks._answers import caveat, emulation
from poolviz.geometry import resolve
from poolviz.modes import build_mode
from poolviz.plan import make_plan

pytestmark = pytest.mark.conformance

Array = NDArray[Any]
TORCH, ONNX, KERAS, FLAX, SKIMAGE = 2600, 2400, 500, 500, 300
SIZES = {1: 16, 2: 10, 3: 7}
# Relative errors by type: sums in another order, and powers in float16.
TOLERANCE = {"float16": 4e-3, "float32": 2e-5, "float64": 1e-9}

onnxruntime.set_default_logger_severity(4)


@dataclass
class Request:
    """What is asked of poolviz: (N, C, spatial) values, a mode, and the rest of a PoolSpec."""

    values: Array
    mode: str
    like: str
    windows: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def rank(self) -> int:
        """How many spatial axes."""
        return self.values.ndim - 2

    def answer(self) -> tuple[Array | None, bool]:
        """The pooled values, or None for a refusal; and whether it is said to be an emulation."""
        try:
            pooled = pool(self.values, self.mode, like=self.like, **self.windows, **self.options)
            spec = PoolSpec(self.mode, **self.windows, like=self.like, mode_options=self.options)
            plan = make_plan(spec, self.values.shape[2:])
        except SpecError:
            return None, False
        return pooled, emulation(plan) is not None

    def check(self, theirs: Array | None) -> str:
        """Hold poolviz to a framework's answer, None for a refusal; what kind of answer it was."""
        mine, emulated = self.answer()
        if theirs is None:
            assert mine is None or emulated, self
            return "emulated" if emulated else "refused by both"
        assert mine is not None, self
        assert not emulated, self
        assert mine.shape == theirs.shape, self
        tolerance = TOLERANCE.get(str(theirs.dtype), 0)
        np.testing.assert_allclose(
            mine.astype(float), theirs.astype(float), tolerance, tolerance, err_msg=str(self)
        )
        return "compared"


def report(name: str, kinds: Counter[str], requests: int, least: int) -> None:
    """Print what was asked; most of it is to be comparable."""
    words = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{name}: {requests:,} requests: {words}")  # noqa: T201 - figures of the comparison
    assert sum(kinds.values()) == requests
    assert kinds["compared"] >= least


def lengths(rng: np.random.Generator, least: int, most: int, rank: int) -> tuple[int, ...]:
    """A random number for each axis, ``most`` left out."""
    return tuple(map(int, rng.integers(least, most, rank)))


def random_values(rng: np.random.Generator, shape: tuple[int, ...], kind: str) -> Array:
    """Quarters with many ties, or integers; for ``kind`` "holes" with NaN and infinities."""
    if kind.startswith(("int", "uint")):
        return rng.integers(0 if kind.startswith("u") else -9, 10, shape).astype(kind)
    values = rng.integers(-8, 9, shape) / 4
    if kind == "holes":
        values[rng.random(shape) < 0.1] = math.nan
        values[rng.random(shape) < 0.2] = -math.inf
        values[rng.random(shape) < 0.1] = math.inf
        kind = "float32"
    return values.astype(kind)


def batch(rng: np.random.Generator, kind: str, rank: int | None = None) -> Array:
    """A random batch of maps."""
    rank = rank or int(rng.integers(1, 4))
    size = lengths(rng, 1, SIZES[rank], rank)
    return random_values(rng, (*lengths(rng, 1, 3, 2), *size), kind)


def test_enough_requests() -> None:
    """All frameworks together are asked at least five thousand times."""
    assert TORCH + ONNX + KERAS + FLAX + SKIMAGE >= 5000


# PyTorch


def torch_requests() -> Iterator[tuple[Request, Callable[[Any], Any]]]:
    """Requests, and the calls of PyTorch that they are."""
    rng = np.random.default_rng(1)
    kinds = [_torch_max, _torch_max, _torch_average, _torch_average, _torch_lp, _torch_adaptive]
    for number in range(TORCH):
        if number % 20 == 0:
            yield _torch_fractional(rng)
        else:
            yield kinds[number % len(kinds)](rng)


def _torch_windows(rng: np.random.Generator, rank: int, *, dilated: bool) -> dict[str, Any]:
    kernel_size, stride = lengths(rng, 1, 5, rank), lengths(rng, 1, 5, rank)
    padding: Any = tuple(int(rng.integers(0, k // 2 + 2)) for k in kernel_size)
    if rng.integers(3):
        padding = tuple(min(p, k // 2) for p, k in zip(padding, kernel_size, strict=True))
    if rng.integers(8) == 0:
        padding = [str(rng.choice(["same", "same_lower"])), tuple((p, p + 1) for p in padding)][
            int(rng.integers(2))
        ]
    dilation = lengths(rng, 1, 4, rank) if dilated and rng.integers(2) else (1,)
    return {
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "dilation": 1 if set(dilation) == {1} else dilation,
        "ceil_mode": bool(rng.integers(2)),
    }


def _torch_max(rng: np.random.Generator) -> tuple[Request, Callable[[Any], Any]]:
    kind = str(rng.choice(["float16", "float32", "float64", "holes", "int8", "uint8", "int64"]))
    # PyTorch has no integers along one axis.
    rank = int(rng.integers(2, 4)) if "int" in kind else int(rng.integers(1, 4))
    values = batch(rng, kind, rank)
    windows = _torch_windows(rng, rank, dilated=True)
    call = getattr(functional, f"max_pool{rank}d")
    return Request(values, "max", "torch", windows), lambda x: call(x, **windows)


def _torch_average(rng: np.random.Generator) -> tuple[Request, Callable[[Any], Any]]:
    kind = str(rng.choice(["float16", "float32", "float64", "holes", "int64"]))
    # PyTorch has no float16 along three axes.
    values = batch(rng, kind, int(rng.integers(1, 3)) if kind == "float16" else None)
    rank = values.ndim - 2
    windows = _torch_windows(rng, rank, dilated=rng.integers(10) == 0)
    windows["count_include_pad"] = bool(rng.integers(2))
    if rng.integers(4) == 0:
        windows["divisor_override"] = int(rng.choice([-3, -1, 1, 2, 5]))
    theirs = {name: value for name, value in windows.items() if (name, value) != ("dilation", 1)}
    call = getattr(functional, f"avg_pool{rank}d")
    return Request(values, "average", "torch", windows), lambda x: call(x, **theirs)


def _torch_lp(rng: np.random.Generator) -> tuple[Request, Callable[[Any], Any]]:
    values = batch(rng, str(rng.choice(["float32", "float64"])))
    rank, p = values.ndim - 2, float(rng.choice([1, 2, 3]))
    windows = _torch_windows(rng, rank, dilated=rng.integers(10) == 0)
    if rng.integers(5):
        windows["padding"] = None
    theirs = {
        name: value
        for name, value in windows.items()
        if (name, value) not in (("dilation", 1), ("padding", None))
        and not (name == "padding" and not isinstance(value, str) and not np.any(value))
    }
    if rank == 1:
        # It takes a number only.
        theirs["kernel_size"], theirs["stride"] = windows["kernel_size"][0], windows["stride"][0]
    call = getattr(functional, f"lp_pool{rank}d")
    request = Request(values, "lp", "torch", windows, {"p": p})
    return request, lambda x: call(x, p, **theirs)


def _torch_adaptive(rng: np.random.Generator) -> tuple[Request, Callable[[Any], Any]]:
    values = batch(rng, str(rng.choice(["float32", "float64"])))
    rank, mode = values.ndim - 2, str(rng.choice(["max", "average"]))
    output_size = lengths(rng, 1, 8, rank)
    name = {"max": "max", "average": "avg"}[mode]
    call = getattr(functional, f"adaptive_{name}_pool{rank}d")
    request = Request(values, mode, "torch", {"output_size": output_size})
    return request, lambda x: call(x, output_size)


def _torch_fractional(rng: np.random.Generator) -> tuple[Request, Callable[[Any], Any]]:
    rank, u = int(rng.integers(2, 4)), float(rng.random())
    values = batch(rng, "float64", rank)
    kernel_size, output_size = lengths(rng, 1, 4, rank), lengths(rng, 1, 7, rank)
    samples = torch.full((*values.shape[:2], rank), u, dtype=torch.float64)
    call = getattr(functional, f"fractional_max_pool{rank}d")
    windows = {"kernel_size": kernel_size, "output_size": output_size}
    request = Request(values, "fractional-max", "torch", windows, {"u": u})
    return request, lambda x: call(x, kernel_size, output_size=output_size, _random_samples=samples)


def just_fits_volume(request: Request) -> bool:
    """Whether fractional_max_pool3d refuses regions that fit; fractional_max_pool2d takes them."""
    if request.mode != "fractional-max" or request.rank != max(SIZES):
        return False
    sizes = zip(request.values.shape[2:], *request.windows.values(), strict=True)
    return any(kernel + windows - 1 == size for size, kernel, windows in sizes)


def test_torch() -> None:
    """Max, average, Lp, adaptive and fractional pooling along one to three axes."""
    kinds: Counter[str] = Counter()
    for request, call in torch_requests():
        if just_fits_volume(request):
            kinds["left out"] += 1
            continue
        try:
            theirs = call(torch.from_numpy(request.values)).numpy()
        except (RuntimeError, TypeError):
            theirs = None
        theirs = None if theirs is None or not theirs.size else theirs
        if theirs is not None and request.values.dtype == np.int64 and request.mode == "average":
            # Of integers PyTorch's averages are truncated; poolviz's are not, and it says so.
            mine, _ = request.answer()
            np.testing.assert_array_equal(np.trunc(mine), theirs, str(request))
            mode = build_mode(PoolSpec("average"))
            assert "truncates" in caveat(find_rule("torch"), mode, request.values.dtype)
            kinds["compared"] += 1
            continue
        kinds[request.check(theirs)] += 1
    report("torch", kinds, TORCH, TORCH // 2)


# ONNX Runtime

OPERATORS = {"max": "MaxPool", "average": "AveragePool", "lp": "LpPool"}
WORDS = {"same": "SAME_UPPER", "same_lower": "SAME_LOWER", "valid": "VALID"}
OPSETS = (8, 10, 11, 12, 13, 15, 17, 18, 19, 20, 21, 22)
IR_VERSION = 8
KINDS = {"float32": TensorProto.FLOAT, "uint8": TensorProto.UINT8, "int8": TensorProto.INT8}


def onnx_requests() -> Iterator[tuple[Request, int, dict[str, Any]]]:
    """Requests, and the opsets and attributes of the nodes that they are."""
    rng = np.random.default_rng(2)
    for number in range(ONNX):
        mode = ("max", "average", "average", "lp")[number % 4]
        opset = int(rng.choice(OPSETS))
        types = ["float32", "float32", "uint8", "int8"] if mode == "max" and opset > 11 else []
        values = batch(rng, str(rng.choice(types or ["float32"])))
        rank = values.ndim - 2
        windows, attributes = _onnx_windows(rng, rank)
        options = {}
        if mode == "average":
            windows["count_include_pad"] = bool(rng.integers(2))
            attributes["count_include_pad"] = int(windows["count_include_pad"])
        if mode == "lp":
            options["p"] = attributes["p"] = int(rng.integers(1, 4))
        yield Request(values, mode, f"onnx@opset{opset}", windows, options), opset, attributes


def _onnx_windows(rng: np.random.Generator, rank: int) -> tuple[dict[str, Any], dict[str, Any]]:
    kernel_size, stride = lengths(rng, 1, 5, rank), lengths(rng, 1, 6, rank)
    windows: dict[str, Any] = {"kernel_size": kernel_size, "stride": stride}
    attributes: dict[str, Any] = {"kernel_shape": list(kernel_size), "strides": list(stride)}
    if rng.integers(3) == 0:
        windows["ceil_mode"], attributes["ceil_mode"] = True, 1
    if rng.integers(3) == 0:
        dilation = lengths(rng, 1, 3, rank)
        windows["dilation"] = dilation
        if set(dilation) != {1}:
            attributes["dilations"] = list(dilation)
    way = rng.integers(4)
    if way == 0 and "ceil_mode" not in windows:
        windows["padding"] = str(rng.choice(list(WORDS)))
        attributes["auto_pad"] = WORDS[windows["padding"]]
    elif way == 1:
        pairs = tuple(
            (int(rng.integers(k + (rng.random() < 0.05))), int(rng.integers(k)))
            for k in kernel_size
        )
        windows["padding"] = pairs
        before, after = zip(*pairs, strict=True)
        attributes["pads"] = [*before, *after]
    return windows, attributes


def run_node(operator: str, values: Array, opset: int, attributes: dict[str, Any]) -> Array | None:
    """What ONNX Runtime gives for a model of one node; None where it refuses."""
    kind = KINDS[str(values.dtype)]
    graph = helper.make_graph(
        [helper.make_node(operator, ["x"], ["y"], **attributes)],
        "pooling",
        [helper.make_tensor_value_info("x", kind, values.shape)],
        [helper.make_tensor_value_info("y", kind, None)],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR_VERSION
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        pooled = np.asarray(session.run(None, {"x": values})[0])
    except Exception:  # noqa: BLE001 - whatever it raises, it refuses
        return None
    return pooled if pooled.size else None


def cuts_cells_off(request: Request) -> bool:
    """Whether a word asks for less padding than none, which ONNX Runtime refuses at some opsets."""
    if request.windows.get("padding") not in ("same", "same_lower"):
        return False
    sizes = request.values.shape[2:], request.windows["kernel_size"], request.windows["stride"]
    return any(
        (-(-size // stride) - 1) * stride + kernel < size
        for size, kernel, stride in zip(*sizes, strict=True)
    )


def test_onnx() -> None:
    """MaxPool, AveragePool and LpPool of opsets 8 to 22."""
    kinds: Counter[str] = Counter()
    for request, opset, attributes in onnx_requests():
        theirs = run_node(OPERATORS[request.mode], request.values, opset, attributes)
        if cuts_cells_off(request):
            theirs = None
        if theirs is not None and theirs.dtype.kind == "f":
            # Of a window without input cells it says the lowest number, poolviz −inf.
            theirs = np.where(theirs == np.finfo(theirs.dtype).min, -np.inf, theirs)
        kinds[request.check(theirs)] += 1
    report("onnx", kinds, ONNX, ONNX // 2)


# Keras


def keras_requests() -> Iterator[tuple[Request, Callable[[Any], Any]]]:
    """Requests, and the layers of Keras that they are."""
    rng = np.random.default_rng(3)
    for number in range(KERAS):
        values = batch(rng, "float32")
        rank, mode = values.ndim - 2, ("max", "average")[number % 2]
        name = {"max": "MaxPooling", "average": "AveragePooling"}[mode]
        if number % 5 == 0:
            output_size = lengths(rng, 1, 6, rank)
            layer = getattr(layers, f"Adaptive{name}{rank}D")
            request = Request(values, mode, "keras", {"output_size": output_size})
            yield request, lambda x, layer=layer, size=output_size: layer(size)(x)
        elif number % 17 == 0:
            layer = getattr(layers, f"Global{name}{rank}D")(keepdims=True)
            yield Request(values, mode, "keras", {"output_size": (1,) * rank}), layer
        else:
            # Any other word is taken for "valid" on PyTorch, and refused on TensorFlow.
            padding: Any = str(rng.choice(["valid", "same", "same"]))
            padding = 1 if rng.integers(10) == 0 else padding
            windows = {
                "kernel_size": lengths(rng, 1, 5, rank),
                "stride": lengths(rng, 1, 5, rank),
                "padding": padding,
            }
            layer = getattr(layers, f"{name}{rank}D")
            asked = tuple(windows.values())
            request = Request(values, mode, "keras", windows)
            yield request, lambda x, layer=layer, asked=asked: layer(*asked)(x)


def differs_on_pytorch(request: Request) -> bool:
    """Whether it is an average that Keras 3.15 gets wrong on PyTorch, or that PyTorch refuses.

    The first are padded by "same", and not alike on both sides; the second have a kernel that is
    larger than a volume.
    """
    if request.mode != "average" or request.windows.get("padding") != "same":
        return False
    spec = PoolSpec(request.mode, **request.windows, like="keras")
    axes = resolve(spec, request.values.shape[2:]).axes
    unlike = any(axis.before != axis.after for axis in axes)
    larger = any(map(int.__gt__, request.windows["kernel_size"], request.values.shape[2:]))
    return unlike or (larger and request.rank == max(SIZES))


def test_keras() -> None:
    """Sliding, adaptive and global layers, channels last, on PyTorch."""
    kinds: Counter[str] = Counter()
    for request, layer in keras_requests():
        if differs_on_pytorch(request):
            kinds["left out"] += 1
            continue
        try:
            theirs = layer(np.moveaxis(request.values, 1, -1))
            theirs = np.moveaxis(theirs.detach().numpy(), -1, 1)
        except (ValueError, RuntimeError, AttributeError, TypeError):
            theirs = None
        if theirs is not None and not theirs.size:
            theirs = None
        kinds[request.check(theirs)] += 1
    report("keras", kinds, KERAS, KERAS // 2)


# Flax and JAX


def flax_requests() -> Iterator[tuple[Request, Callable[[Any], Any]]]:
    """Requests, and the calls of Flax, or of JAX where windows are dilated, that they are."""
    rng = np.random.default_rng(4)
    for number in range(FLAX):
        mode = ("max", "average", "min")[number % 3]
        kinds = ["float32"] if mode == "average" else ["float32", "float16", "holes", "int32"]
        values = batch(rng, str(rng.choice(kinds)))
        rank = values.ndim - 2
        padding: Any = str(rng.choice(["valid", "same", "same_lower"]))
        if rng.integers(2):
            padding = tuple((int(rng.integers(3)), int(rng.integers(3))) for _ in range(rank))
        windows: dict[str, Any] = {
            "kernel_size": lengths(rng, 1, 5, rank),
            "stride": lengths(rng, 1, 5, rank),
            "padding": padding,
        }
        theirs = dict(zip(("window_shape", "strides", "padding"), windows.values(), strict=True))
        theirs["padding"] = padding.upper() if isinstance(padding, str) else padding
        if number % 10 == 0:
            windows["ceil_mode"] = theirs["ceil_mode"] = True
        call = {"max": flax.linen.max_pool, "min": flax.linen.pooling.min_pool}.get(mode)
        if mode == "average":
            call = flax.linen.avg_pool
            windows["count_include_pad"] = theirs["count_include_pad"] = bool(rng.integers(2))
        elif number % 4 == 0 and "ceil_mode" not in windows:
            windows["dilation"] = theirs["dilation"] = lengths(rng, 1, 3, rank)
            call = _dilated(mode)
        yield (
            Request(values, mode, "jax", windows),
            lambda x, call=call, asked=theirs: call(x, **asked),
        )


def _dilated(mode: str) -> Callable[..., Any]:
    """Max or min pooling of JAX, with dilation."""

    def call(x: Any, window_shape: Any, strides: Any, padding: Any, dilation: Any) -> Any:
        least, most = (
            (-jnp.inf, jnp.inf)
            if x.dtype.kind == "f"
            else (jnp.iinfo(x.dtype).min, jnp.iinfo(x.dtype).max)
        )
        start, fold = {"max": (least, jax.lax.max), "min": (most, jax.lax.min)}[mode]
        pads = padding if isinstance(padding, str) else ((0, 0), *padding, (0, 0))
        return jax.lax.reduce_window(
            x,
            jnp.array(start, x.dtype),
            fold,
            (1, *window_shape, 1),
            (1, *strides, 1),
            pads,
            window_dilation=(1, *dilation, 1),
        )

    return call


def test_flax() -> None:
    """max_pool, min_pool, avg_pool, and JAX's dilated windows."""
    kinds: Counter[str] = Counter()
    for request, call in flax_requests():
        try:
            theirs = np.asarray(call(jnp.asarray(np.moveaxis(request.values, 1, -1))))
        except (TypeError, ValueError):
            theirs = None
        theirs = None if theirs is None or not theirs.size else np.moveaxis(theirs, -1, 1)
        kinds[request.check(theirs)] += 1
    report("flax", kinds, FLAX, FLAX // 2)


# scikit-image


def test_skimage() -> None:
    """block_reduce by maximum, minimum, mean, sum and median."""
    rng = np.random.default_rng(5)
    functions = {
        "max": np.max, "min": np.min, "average": np.mean, "sum": np.sum, "median": np.median,
    }  # fmt: skip
    kinds: Counter[str] = Counter()
    for number in range(SKIMAGE):
        mode = list(functions)[number % len(functions)]
        values = batch(rng, str(rng.choice(["float64", "int64"])))
        block = lengths(rng, 1, 5, values.ndim - 2)
        request = Request(values, mode, "skimage", {"kernel_size": block})
        kinds[request.check(block_reduce(values, (1, 1, *block), functions[mode]))] += 1
    report("skimage", kinds, SKIMAGE, SKIMAGE)
