"""What each framework answers to the same request: hand-worked from their formulas."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, answers, available_rules, pool, run
from poolviz.frameworks import find_rule
from poolviz.frameworks._answers import Answer, caveat
from poolviz.modes import build_mode

ANSWERS = answers(PoolSpec("max", 3, stride=2), (6, 6))


@pytest.mark.parametrize(
    ("like", "windows"),
    [("torch", 2), ("keras", 2), ("onnx", 2), ("jax", 2), ("caffe", 3), ("darknet", 3)],
)
def test_the_output_size_of_each_framework(like: str, windows: int) -> None:
    """Six cells, kernel 3, stride 2, nothing said of padding."""
    assert ANSWERS[like].output_size == (windows, windows)


def test_every_rule_answers() -> None:
    """None is left out, each under its own name and evidence."""
    assert list(ANSWERS) == available_rules()
    assert {answer.like for answer in ANSWERS.values()} == set(available_rules())
    assert all(answer.evidence for answer in ANSWERS.values())


def test_a_refusal_says_which_parameter_and_why() -> None:
    """Blocks cannot overlap in scikit-image: a stride other than the kernel size is refused."""
    answer = ANSWERS["skimage"]
    assert answer.refusal is not None
    assert answer.refusal.subject == "stride"
    assert answer.geometry is answer.output_size is answer.padding is answer.spec is None
    assert answer.formula == str(answer.refusal)


def test_words_become_numbers() -> None:
    """6 cells, kernel 3, stride 2, same: ⌈6/2⌉ = 3 windows reach one cell too far."""
    found = answers(PoolSpec("max", 3, stride=2, padding="same"), (6, 6))
    assert found["keras"].padding == ((0, 1), (0, 1))
    assert found["keras"].formula == "⌈6 / 2⌉ = 3"
    lower = answers(PoolSpec("max", 3, stride=2, padding="same_lower"), (6, 6))
    assert lower["onnx"].padding == ((1, 0), (1, 0))
    assert lower["keras"].refusal is not None


def test_defaults_are_each_frameworks_own() -> None:
    """The stride is the kernel size in PyTorch, 1 in ONNX."""
    found = answers(PoolSpec("average", 2), (6, 6))
    strides = {like: _stride(found[like]) for like in ("torch", "onnx", "caffe")}
    assert strides == {"torch": (2, 2), "onnx": (1, 1), "caffe": (1, 1)}


def _stride(answer: Answer) -> tuple[int, ...]:
    assert answer.spec is not None
    stride: tuple[int, ...] = answer.spec.stride
    return stride


def test_the_requests_own_rule_does_not_matter() -> None:
    """The same question under another rule has the same answers."""
    again = answers(PoolSpec("max", 3, stride=2, like="caffe"), (6, 6))
    sizes = {like: answer.output_size for like, answer in ANSWERS.items()}
    assert {like: answer.output_size for like, answer in again.items()} == sizes


@pytest.mark.parametrize(
    ("mode", "kernel_size", "options", "subject"),
    [
        ("max", (3, 3), {"padding": "same"}, "padding"),
        ("max", (3, 3), {"padding": "same_lower"}, "padding"),
        ("max", (2, 2), {"padding": ((0, 1), (0, 0))}, "padding"),
        ("average", (3,), {"padding": "same"}, "padding"),
        ("average", (2, 2), {"dilation": 2}, "dilation"),
        ("lp", (2, 2), {"padding": 1}, "padding"),
        ("average", (2,), {"divisor_override": 3}, "divisor_override"),
        ("average", (2, 3, 8), {"padding": (0, 0, 1)}, "kernel_size"),
    ],
)
def test_what_torch_refuses_is_emulated(
    mode: str, kernel_size: tuple[int, ...], options: dict[str, Any], subject: str
) -> None:
    """The refusal stands beside the windows that padding beforehand gives."""
    answer = answers(PoolSpec(mode, kernel_size, **options), (7,) * len(kernel_size))["torch"]
    assert answer.emulated
    assert answer.refusal is not None
    assert answer.refusal.subject == subject
    assert answer.output_size is not None


@pytest.mark.parametrize(
    "options",
    [
        {"padding": "valid"},
        {"padding": 1},
        {"dilation": 2},
        {"mode": "softpool", "padding": "same"},
    ],
)
def test_what_torch_takes_or_lacks_altogether_is_no_emulation(options: dict[str, Any]) -> None:
    """Numbers, none, dilated maxima; and a mode that PyTorch does not have."""
    answer = answers(PoolSpec(**{"mode": "max", "kernel_size": 2, **options}), (7, 7))["torch"]
    assert not answer.emulated
    assert answer.refusal is None


def test_same_padding_under_torch_is_pooled_with_a_note() -> None:
    """1 to 6 by 3 at stride 2: 3, 5 and 6, and a result that says it is an emulation."""
    row = FeatureMap(np.arange(1.0, 7)[None], notes=("as it is",))
    spec = PoolSpec("max", (1, 3), stride=(1, 2), padding="same")
    result = run(row, spec)
    assert result.output.tolist() == [[[3, 5, 6]]]
    assert result.notes[0] == "as it is"
    assert result.notes[1].startswith(
        "torch itself does not accept this (padding: max_pool2d accepts"
    )
    assert "poolviz emulates it; in torch, pad the input with" in result.notes[1]
    assert run(row, replace(spec, like="keras")).notes == ("as it is",)
    assert pool(np.arange(1.0, 7), "max", (3,), stride=2, padding="same").tolist() == [3, 5, 6]


def test_the_version_of_a_request_is_asked() -> None:
    """Under its own name, in the place of the framework; a rule of one's own is added."""
    found = answers(PoolSpec(like="onnx@opset18"), (6, 6))
    assert "onnx@opset18" in found
    assert "onnx" not in found
    mine = replace(find_rule("torch"), name="mine", ceil_mode=True)
    assert answers(PoolSpec("max", 3, like=mine), (7, 8))["mine"].output_size == (3, 3)


def test_types_of_which_torch_makes_something_else() -> None:
    """Its averages of integers and its Lp of float16; nothing of others, of maxima or of sums."""
    torch = find_rule("torch")
    words = {
        (mode, kind): caveat(torch, build_mode(PoolSpec(mode)), np.dtype(kind))
        for mode in ("average", "sum", "max", "lp", "gem")
        for kind in ("int64", "uint8", "float16", "float32")
    }
    told = {key for key, each in words.items() if each}
    assert told == {("average", "int64"), ("average", "uint8"), ("lp", "float16")}
    assert "truncates" in words["average", "int64"]
    assert pool([[3, 4], [4, 4]], "average", 2).tolist() == [[3.75]]
