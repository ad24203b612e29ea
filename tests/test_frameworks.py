"""What each framework answers to the same request: hand-worked from their formulas."""

import pytest

from poolviz import PoolSpec, answers, available_rules
from poolviz.frameworks import Answer

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
    """6 cells, kernel 3, stride 2, same: ceil(6/2) = 3 windows reach one cell too far."""
    found = answers(PoolSpec("max", 3, stride=2, padding="same"), (6, 6))
    assert found["keras"].padding == ((0, 1), (0, 1))
    assert found["keras"].formula == "ceil(6 / 2) = 3"
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
