"""How frameworks name a mode's operation, as lines of code."""

from typing import Any

import pytest

from poolviz import PoolSpec
from poolviz.frameworks._code import lines_of_code
from poolviz.plan import make_plan

TORCH, KERAS, FLAX = "torch.nn.functional", "keras.layers", "flax.linen"
PADDED: dict[str, Any] = {"kernel_size": 3, "stride": 2, "padding": 1}
KEPT, SAME = "stride=(2, 2), padding=(1, 1)", 'strides=(2, 2), padding="same"'


def code(framework: str, mode: str, **windows: Any) -> str:
    """The line for a 7×7 map; empty if there is no such line."""
    return lines_of_code(make_plan(PoolSpec(mode, **windows), (7, 7)))[framework].code


@pytest.mark.parametrize(
    ("framework", "mode", "windows", "line"),
    [
        ("torch", "max", PADDED, f"{TORCH}.max_pool2d(x, (3, 3), {KEPT})"),
        ("torch", "min", PADDED, f"-{TORCH}.max_pool2d(-x, (3, 3), {KEPT})"),
        ("torch", "average", PADDED, f"{TORCH}.avg_pool2d(x, (3, 3), {KEPT})"),
        ("torch", "sum", PADDED, f"{TORCH}.avg_pool2d(x, (3, 3), {KEPT}, divisor_override=1)"),
        ("torch", "lp:p=3", {}, f"{TORCH}.lp_pool2d(x, 3.0, (2, 2))"),
        ("torch", "lp:p=inf", {}, f'{TORCH}.lp_pool2d(x, float("inf"), (2, 2))'),
        ("torch", "lp", PADDED,
         f"{TORCH}.lp_pool2d({TORCH}.pad(x, (1, 1, 1, 1)), 2.0, (3, 3), stride=(2, 2))"),
        ("torch", "average", {"dilation": 2}, ""),
        ("torch", "max", {"output_size": 5}, f"{TORCH}.adaptive_max_pool2d(x, (5, 5))"),
        ("torch", "min", {"output_size": 5}, f"-{TORCH}.adaptive_max_pool2d(-x, (5, 5))"),
        ("torch", "average", {"output_size": 5}, f"{TORCH}.adaptive_avg_pool2d(x, (5, 5))"),
        ("torch", "max", {"dilation": 2}, f"{TORCH}.max_pool2d(x, (2, 2), dilation=(2, 2))"),
        ("torch", "min", {"dilation": 2}, f"-{TORCH}.max_pool2d(-x, (2, 2), dilation=(2, 2))"),
        ("keras", "max", PADDED, f"{KERAS}.MaxPooling2D((3, 3), {SAME})(x)"),
        ("keras", "min", PADDED, f"-{KERAS}.MaxPooling2D((3, 3), {SAME})(-x)"),
        ("keras", "average", {"output_size": 1},
         f"{KERAS}.GlobalAveragePooling2D(keepdims=True)(x)"),
        ("jax", "max", {}, f"{FLAX}.max_pool(x, (2, 2), strides=(2, 2))"),
        ("jax", "min", {}, f"{FLAX}.pooling.min_pool(x, (2, 2), strides=(2, 2))"),
        ("jax", "average", {}, f"{FLAX}.avg_pool(x, (2, 2), strides=(2, 2))"),
    ],
)  # fmt: skip
def test_a_line_is_the_frameworks_own_call(
    framework: str, mode: str, windows: dict[str, Any], line: str
) -> None:
    """Named as there, negated where the smallest is the largest of the negated."""
    assert code(framework, mode, **windows) == line


@pytest.mark.parametrize(
    ("mode", "node", "words"),
    [
        ("max", "MaxPool", "pads=[1, 1, 1, 1]"),
        ("average", "AveragePool", "pads=[1, 1, 1, 1], count_include_pad=1"),
        ("lp:p=2", "LpPool", "pads=[1, 1, 1, 1], p=2"),
    ],
)
def test_onnx_nodes(mode: str, node: str, words: str) -> None:
    """ONNX has three kinds of node, with their attributes."""
    line = code("onnx", mode, **PADDED)
    assert f'make_node("{node}", ' in line
    assert line.endswith(f"{words})")


@pytest.mark.parametrize(
    ("framework", "mode"),
    [("onnx", "min"), ("onnx", "sum"), ("keras", "sum"), ("jax", "lp"), ("keras", "lp"),
     ("onnx", "lp:p=2.5"), *((name, "median") for name in ("torch", "keras", "jax", "onnx"))],
)  # fmt: skip
def test_what_a_framework_lacks_has_no_line(framework: str, mode: str) -> None:
    """No other operation is given in its place."""
    assert code(framework, mode) == ""
