"""Functions of ONNX models: counted before they are expanded."""

import time
from pathlib import Path
from typing import Any

import pytest
from onnx import helper
from onnx_models import POOL, counting, model, node, saved, seen

from poolviz import SourceError
from poolviz.memory import Budget
from poolviz.networks.model import open_network
from poolviz.networks.reading import MOST_NODES

INPUT = {"x": (1, 1, 4, 4)}
IMPORTS = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]


def function(name: str, *nodes: Any) -> Any:
    """A function from a to b."""
    return helper.make_function("own", name, ["a"], ["b"], list(nodes), IMPORTS)


def doubling(count: int) -> list[Any]:
    """Functions of which each calls the one before twice: 2 to the power of ``count`` nodes."""
    found = [function("F0", node("Neg", "a", "b"))]
    for number in range(1, count + 1):
        before = f"F{number - 1}"
        calls = node(before, "a", "m", domain="own"), node(before, "m", "b", domain="own")
        found.append(function(f"F{number}", *calls))
    return found


def calling(name: str, functions: list[Any]) -> Any:
    """A model that calls a function and pools what comes of it."""
    nodes = [node(name, "x", "c", domain="own"), node("MaxPool", "c", "y", kernel_shape=[2, 2])]
    return model(nodes, INPUT, domains=["own"], functions=functions)


def refusal(made: Any, folder: Path, limit: int = 1 << 34) -> str:
    """Why a model is refused."""
    with pytest.raises(SourceError) as caught:
        open_network(saved(made, folder), Budget(limit))
    assert caught.value.exit_code == 1
    return str(caught.value)


@pytest.mark.parametrize("count", [28, 60, 400])
def test_functions_that_double_are_refused_at_once(count: int, tmp_path: Path) -> None:
    """Their nodes are counted along the calls; nothing is expanded."""
    start = time.monotonic()
    words = refusal(calling(f"F{count}", doubling(count)), tmp_path)
    assert f"its functions expand to more than {MOST_NODES:,} nodes" in words
    assert time.monotonic() - start < 20


def test_some_doubling_is_fine(tmp_path: Path) -> None:
    """2 to the power of 6 negations, one after the other, change nothing."""
    path = saved(calling("F6", doubling(6)), tmp_path)
    (one,) = seen(path, x=counting(1, 1, 4, 4)).nodes
    assert one.layer.inputs.tolist() == counting(1, 1, 4, 4).tolist()


def test_functions_count_for_the_memory(tmp_path: Path) -> None:
    """2 to the power of 14 nodes need more than 100 kB, though the file has 2 kB."""
    words = refusal(calling("F14", doubling(14)), tmp_path, 100 << 10)
    assert "but the limit is 100 kB; use a smaller model" in words


def test_calls_in_the_body_of_a_loop_are_counted(tmp_path: Path) -> None:
    """A function may be called in a graph that is an attribute."""
    inner = helper.make_graph(
        [node("F30", "x", "c", domain="own")],
        "inner",
        [],
        [helper.make_tensor_value_info("c", 1, None)],
    )
    choice = helper.make_node("If", ["yes"], ["d"], then_branch=inner, else_branch=inner)
    nodes = [choice, node("MaxPool", "d", "y", kernel_shape=[2, 2])]
    made = model(nodes, INPUT, domains=["own"], functions=doubling(30))
    made.graph.initializer.append(helper.make_tensor("yes", 9, [], [True]))
    assert "its functions expand to more than" in refusal(made, tmp_path)


@pytest.mark.parametrize("length", [1, 2, 5000])
def test_functions_that_call_themselves_are_refused(length: int, tmp_path: Path) -> None:
    """By themselves, or by others, however many."""
    functions = [
        function(f"F{at}", node(f"F{(at + 1) % length}", "a", "b", domain="own"))
        for at in range(length)
    ]
    words = refusal(calling("F0", functions), tmp_path)
    assert words.endswith("one of its functions calls itself; export it without functions")


def test_what_the_inliner_does_not_take_is_refused(tmp_path: Path) -> None:
    """Two functions of one name: the error of the package becomes a line."""
    twice = [function("F0", node("Neg", "a", "b"))] * 2
    made = calling("F0", twice)
    made.graph.node[0].ClearField("input")
    made.graph.node[1].input[0] = "x"
    try:
        seen(saved(made, tmp_path), x=counting(1, 1, 4, 4))
    except SourceError as error:
        assert "is not an ONNX model" in str(error)  # noqa: PT017 - or it is taken


def test_functions_that_are_not_called_are_no_hindrance(tmp_path: Path) -> None:
    """They come to nothing."""
    made = model([POOL], INPUT, domains=["own"], functions=doubling(40))
    assert len(seen(saved(made, tmp_path), x=counting(1, 1, 4, 4)).nodes) == 1
