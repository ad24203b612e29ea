"""What each framework gives, as committed values.

The values of torch, keras, onnx, jax and skimage were got by running the
frameworks (torch 2.13.0, Keras 3.15.1 on TensorFlow 2.21.0, ONNX Runtime
1.31.1, JAX 0.10.2, scikit-image 0.26); those of caffe and darknet by working
through their sources by hand.
"""

from typing import Any

import numpy as np
import pytest

from poolviz import PoolSpec, SpecError, available_rules, pool
from poolviz.frameworks import find_rule
from poolviz.geometry import resolve

SIX = np.arange(1.0, 7.0)


def row(values: Any, mode: str, kernel: int, **options: Any) -> list[float]:
    """One row, pooled along its one axis."""
    return pool(values, mode, (kernel,), **options).tolist()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"like": "torch"}, [3, 5]),
        ({"like": "torch", "ceil_mode": True}, [3, 5, 6]),
        ({"like": "caffe"}, [3, 5, 6]),
        ({"like": "keras", "padding": "same"}, [3, 5, 6]),
        ({"like": "torch", "padding": 1}, [2, 4, 6]),
        ({"like": "darknet"}, [2, 4, 6]),
        ({"like": "onnx", "padding": "same_lower"}, [2, 4, 6]),
        ({"like": "torch", "padding": 1, "ceil_mode": True}, [2, 4, 6, 6]),
        ({"like": "caffe", "padding": 1}, [2, 4, 6, 6]),
    ],
)
def test_one_row_under_every_rule(options: dict[str, Any], expected: list[float]) -> None:
    """X = 1..6, k = 3, s = 2 gives four different answers."""
    assert row(SIX, "max", 3, stride=2, **options) == expected


@pytest.mark.parametrize("like", ["keras", "jax"])
@pytest.mark.parametrize(
    ("length", "kernel", "stride", "largest", "mean"),
    [
        (5, 4, 2, [3, 5, 5], [2, 3.5, 4.5]),
        (6, 3, 2, [3, 5, 6], [2, 4, 5.5]),
        (7, 3, 4, [3, 7], [2, 6]),
        (6, 4, 5, [3, 6], [2, 5.5]),
        (5, 2, 3, [2, 5], [1.5, 4.5]),
    ],
)
def test_same_padding(
    like: str, length: int, kernel: int, stride: int, largest: list[float], mean: list[float]
) -> None:
    """SAME puts the extra cell at the end, and averages the cells that there are."""
    values = np.arange(1.0, length + 1)
    options: dict[str, Any] = {"stride": stride, "padding": "same", "like": like}
    assert row(values, "max", kernel, **options) == largest
    if like == "jax":
        options["count_include_pad"] = False
    assert row(values, "average", kernel, **options) == mean


@pytest.mark.parametrize(
    ("like", "stride"),
    [("torch", 2), ("keras", 2), ("skimage", 2), ("onnx", 1), ("jax", 1), ("caffe", 1)],
)
def test_default_strides(like: str, stride: int) -> None:
    """Frameworks part in whether the stride is the kernel size or 1."""
    assert resolve(PoolSpec("max", 2, like=like), (6, 6)).spec.stride == (stride, stride)


def test_a_negative_edge_block_is_padded_with_zero_by_skimage() -> None:
    """block_reduce lets the zeros that it pads with win, and counts them in means."""
    values = np.array([-1.0, -2.0, -3.0])
    assert row(values, "max", 2, like="skimage") == [-1, 0]
    assert row(values, "average", 2, like="skimage") == [-1.5, -1.5]
    assert row(values, "min", 2, like="skimage") == [-2, -3]


def test_lp_at_an_edge() -> None:
    """PyTorch scales an overhanging window up, ONNX Runtime does not."""
    options: dict[str, Any] = {"stride": 2, "ceil_mode": True, "p": 2}
    assert row(np.ones(3), "lp", 2, like="torch", **options)[1] == pytest.approx(2**0.5)
    assert row(np.ones(3), "lp", 2, like="onnx", **options)[1] == 1.0


def test_lp_of_negative_cells() -> None:
    """PyTorch raises x, ONNX |x|."""
    assert np.isnan(row(np.array([-1.0, -2.0]), "lp", 2, p=3, like="torch")[0])
    assert row(np.array([-3.0, -4.0]), "lp", 2, p=2, like="onnx") == [5]
    assert row(np.array([-1.0, -2.0]), "lp", 2, p=3, like="onnx") == [pytest.approx(9 ** (1 / 3))]


def test_nan_in_max() -> None:
    """NaN wins in PyTorch and JAX, and is dropped by TensorFlow, Caffe and Darknet."""
    values = np.array([np.nan, 1.0, 2.0, np.nan])
    for like in ("torch", "jax", "onnx", "skimage"):
        assert np.isnan(row(values, "max", 2, stride=2, padding=None, like=like)).all()
    for like in ("keras", "caffe"):
        assert row(values, "max", 2, stride=2, like=like) == [1, 2]
    assert row(values, "max", 2, stride=2, padding=0, like="darknet") == [1, 2]


def test_a_window_of_minus_infinity_in_tensorflow() -> None:
    """It gives the lowest finite float32."""
    values = np.full(2, -np.inf, np.float32)
    assert row(values, "max", 2, like="keras") == [np.finfo(np.float32).min]


@pytest.mark.parametrize(
    ("like", "options", "subject"),
    [
        ("keras", {"padding": "same", "dilation": 2}, "dilation"),
        ("keras", {"padding": 1}, "padding"),
        ("keras", {"ceil_mode": True}, "ceil_mode"),
        ("jax", {"ceil_mode": True}, "ceil_mode"),
        ("onnx", {"padding": 2}, "padding"),
        ("caffe", {"padding": 2}, "padding"),
        ("caffe", {"padding": ((0, 1),)}, "padding"),
        ("caffe", {"dilation": 2}, "dilation"),
        ("darknet", {"dilation": 2}, "dilation"),
        ("darknet", {"ceil_mode": True}, "ceil_mode"),
        ("skimage", {"stride": 1}, "stride"),
        ("skimage", {"padding": 1}, "padding"),
        ("torch", {"padding": 2}, "padding"),
    ],
)
def test_what_a_framework_refuses_is_refused(
    like: str, options: dict[str, Any], subject: str
) -> None:
    """The refusal names the parameter."""
    with pytest.raises(SpecError) as caught:
        row(SIX, "max", 2, like=like, **options)
    assert caught.value.subject == subject


@pytest.mark.parametrize("like", available_rules())
def test_every_rule_says_how_it_is_known(like: str) -> None:
    """The evidence is named, and a completed spec stays as it is when completed again."""
    rule = find_rule(like)
    assert rule.name == like
    assert rule.evidence
    completed = rule.complete(PoolSpec("max", 3, like=like))
    assert rule.complete(completed) == completed


def test_sums_of_totals_are_split_by_darknet() -> None:
    """Its padding is the total of both sides, the smaller half first."""
    assert (
        resolve(PoolSpec("max", 2, stride=2, like="darknet"), (4, 4)).spec.padding == ((0, 1),) * 2
    )
    completed = resolve(PoolSpec("max", 3, padding=2, like="darknet"), (6, 6)).spec
    assert completed.padding == ((1, 1), (1, 1))
