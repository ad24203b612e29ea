"""A framework is one file: everything else finds it."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from poolviz import PoolSpec, SpecError, answers, available_rules, frameworks, pool
from poolviz.frameworks import available_calls, find_rule, framework_module
from poolviz.frameworks._answers import find_mode

SOURCE = '''
"""Minnow, a framework of this test: strides of 1, no ceil mode, lines for max only."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._code import choose, format_tuple, numeric_specs, prepare, unchanged_input
from poolviz.frameworks._answers import find_mode
from poolviz.frameworks._rule import Rule
from poolviz.modes._mode import Call
from poolviz.spec import PoolSpec

IMPORT = "import minnow"
LAYOUT = "N, C, H, W"
CALLS = {"max": Call("biggest", extreme=True, has_global=False)}


@dataclass(frozen=True)
class MinnowRule(Rule):
    """No ceil mode."""

    def refuse(self, spec):
        """Raise SpecError for ceil mode."""
        if spec.ceil_mode:
            raise SpecError("ceil_mode", "Minnow has no ceil mode", "omit --ceil")


RULE = MinnowRule("minnow", "invented for a test", stride_is_kernel_size=False)


def write(plan):
    """The plan as a line of code."""
    plan, call = prepare(plan, "minnow", "Minnow")
    candidates = [unchanged_input(spec) for spec in numeric_specs(plan) if not spec.ceil_mode]
    spec = choose(plan, "minnow", candidates).spec
    sizes = f"{format_tuple(spec.kernel_size)}, {format_tuple(spec.stride)}, {spec.padding}"
    return f"minnow.{call.name}(x, {sizes})"


def is_pooling(layer):
    """Whether ``layer`` pools."""
    return find_mode(layer.operation, "minnow") is not None


def read(layer):
    """The request of a layer, from its attributes."""
    return PoolSpec(find_mode(layer.operation, "minnow"), layer.window, like="minnow")
'''


@pytest.fixture(autouse=True)
def _minnow(add_file: Callable[..., None]) -> None:
    """The framework's one file among the others."""
    add_file(frameworks, "minnow", SOURCE)
    find_mode.cache_clear()


def test_the_api_knows_its_rules() -> None:
    """It is listed in order, pools by its stride of 1, and answers a request."""
    assert "minnow" in available_rules()
    assert available_rules() == sorted(available_rules())
    assert find_rule("minnow").evidence == "invented for a test"
    assert pool([1, 2, 3, 4], "max", (2,), like="minnow").tolist() == [2, 3, 4]
    refusal = answers(PoolSpec("max", 2, ceil_mode=True), (5, 5))["minnow"].refusal
    assert str(refusal) == "ceil_mode: Minnow has no ceil mode; omit --ceil"
    with pytest.raises(SpecError, match="did you mean minnow"):
        find_rule("minow")


def test_its_layers_are_read() -> None:
    """Its own names of layers are found by its own operations."""
    module = framework_module("minnow")
    assert module.read(SimpleNamespace(operation="Biggest", window=3)) == PoolSpec(
        "max", 3, like="minnow"
    )
    assert module.is_pooling(SimpleNamespace(operation="biggest"))
    assert not module.is_pooling(SimpleNamespace(operation="smallest"))


def test_shape_and_differ_show_it(poolviz: Any) -> None:
    """A row of its own, and an output with its reason."""
    shape = poolviz("shape", "6x6", "--size", 3, "--like", "all").out
    (row,) = (line for line in shape.splitlines() if line.startswith("minnow"))
    assert row.split()[1:4] == ["4×4", "1×1", "0+0"]
    done = poolviz("differ", "--data", "1 2 3 4", "--size", "1x2", "--json")
    found = json.loads(done.out)["frameworks"]["minnow"]
    assert found["output"] == [[2, 3, 4]]
    assert [reason["aspect"] for reason in found["reasons"]] == ["stride"]


def test_code_writes_its_line(poolviz: Any) -> None:
    """Alone and among the others; and a reason for what it cannot express."""
    assert "minnow" in available_calls()
    line = "minnow.biggest(x, (2, 2), (2, 2), ((0, 0), (0, 0)))\n"
    assert poolviz("code", "6x6", "--to", "minnow").out == line
    assert f"minnow, x: N, C, H, W\n  import minnow\n  {line}" in poolviz("code", "6x6").out
    done = poolviz("code", "6x6", "--mode", "average", "--to", "minnow")
    assert done.failure == "--mode: Minnow has no average pooling; choose another mode"


def test_run_pools_by_its_rules(poolviz: Any) -> None:
    """``run --like`` accepts it, and the help lists it."""
    arguments = ["run", "--data", "1 2 3", "--size", "1x2", "--like", "minnow", "--write", "none"]
    assert json.loads(poolviz(*arguments, "--json").out)["output"] == [[2, 3]]
    assert "minnow" in poolviz("run", "--help").out


@pytest.mark.parametrize("typed", ["poolviz run x.npy --like min", "poolviz code --to min"])
def test_the_shell_completes_it(typed: str, poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a framework is named."""
    monkeypatch.setenv("_POOLVIZ_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    assert poolviz().out.split() == ["minnow"]
