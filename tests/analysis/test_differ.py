"""Differences between frameworks, and their reasons."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poolviz import FeatureMap, PoolResult, PoolSpec, Rule, available_modes, available_rules, run
from poolviz.analysis import Question
from poolviz.analysis import differ as module
from poolviz.analysis.differ import Outcome, differ
from poolviz.errors import SpecError
from poolviz.frameworks import TRAITS, find_rule
from poolviz.plan import Plan


@st.composite
def requests(draw: Any) -> tuple[FeatureMap, PoolSpec]:
    """A small map with holes, and a request for it."""
    random = np.random.default_rng(draw(st.integers(0, 99)))
    values = random.integers(-9, 10, (draw(st.integers(2, 7)), draw(st.integers(2, 7)))).astype(
        float
    )
    if draw(st.booleans()):
        values.flat[random.integers(values.size)] = np.nan
    spec = PoolSpec(
        draw(st.sampled_from(["max", "average", "lp:p=3", "lp", "min", "sum"])),
        draw(st.integers(1, 3)),
        stride=draw(st.sampled_from([None, 1, 2, 3])),
        padding=draw(st.sampled_from([None, 0, 1, "same", "same_lower", "valid"])),
        ceil_mode=draw(st.sampled_from([None, True])),
        like=draw(st.sampled_from(available_rules())),
    )
    return FeatureMap(values), spec


def outcomes_of(values: np.ndarray, spec: PoolSpec) -> list[Outcome]:
    """The outcome of every framework, the reference first."""
    return differ(Question(FeatureMap(values), spec)).outcomes


@settings(max_examples=150, deadline=None)
@given(requests())
def test_reasons_are_complete(request: tuple[FeatureMap, PoolSpec]) -> None:
    """Whoever differs has a reason, whoever has none is the same; each reason parts the two."""
    feature_map, spec = request
    try:
        found = differ(Question(feature_map, spec)).outcomes
    except SpecError:
        return
    first = found[0].result
    assert first is not None
    for outcome in found:
        if outcome.result is None:
            assert outcome.answer.refusal is not None
            continue
        mine, theirs = outcome.result.output, first.output
        same = mine.shape == theirs.shape and np.allclose(mine, theirs, 1e-12, 0, equal_nan=True)
        assert outcome.differs != same
        assert bool(outcome.reasons) != same
        assert all(reason.framework != reason.reference for reason in outcome.reasons)
        if same:
            assert not outcome.differing.any()


def test_needless_reasons_are_not_told() -> None:
    """Caffe differs from PyTorch in six things; on a map that fits evenly by the stride alone."""
    found = outcomes_of(np.arange(16.0).reshape(4, 4), PoolSpec("max", 2))
    caffe = next(outcome for outcome in found if outcome.like == "caffe")
    assert [reason.aspect for reason in caffe.reasons] == ["stride"]


@pytest.mark.parametrize(
    ("like", "aspect", "undone"),
    [("caffe", "ceil_mode", {"ceil_mode": False}), ("darknet", "padding", {"padding": 0})],
)
def test_a_reason_undone_leaves_no_difference(
    like: str, aspect: str, undone: dict[str, Any]
) -> None:
    """Told to do in this one thing what PyTorch does, the framework gives PyTorch's output."""
    feature_map = FeatureMap(np.arange(1, 7)[None])
    spec = PoolSpec("max", (1, 3), stride=(1, 2))
    found = {each.like: each for each in differ(Question(feature_map, spec)).outcomes}
    assert [reason.aspect for reason in found[like].reasons] == [aspect]
    first = found["torch"].result
    assert first is not None
    again = run(feature_map, replace(spec, like=like, **undone))
    np.testing.assert_array_equal(again.output, first.output)


def test_last_bits_do_not_count() -> None:
    """Two orders of adding may differ in the last bits; that is no difference of frameworks."""
    values = np.random.default_rng(0).normal(size=(40, 40)).astype(np.float32)
    found = outcomes_of(values, PoolSpec("average", 3, stride=2))
    agreeing = {outcome.like for outcome in found if outcome.result and not outcome.differs}
    assert agreeing >= {"torch", "keras", "jax", "onnx"}


def test_frameworks_that_pool_alike_pool_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal windows and traits share one output, and a known output is not computed again."""
    pooled = []
    original = module.run_plan

    def record(feature_map: FeatureMap, plan: Plan) -> PoolResult:
        pooled.append(plan.rule.name)
        return original(feature_map, plan)

    monkeypatch.setattr(module, "run_plan", record)
    values = np.random.default_rng(4).integers(0, 9, (12, 12))
    found = {each.like: each for each in outcomes_of(values, PoolSpec("average", 2, stride=2))}
    assert found["torch"].result is not None
    assert found["jax"].result is not None
    assert found["jax"].result.output is found["torch"].result.output
    # Darknet pads and scikit-image counts padding as cells; every trial is a known output.
    assert pooled == ["torch", "darknet", "skimage"]


@pytest.mark.parametrize("mode", available_modes())
@pytest.mark.parametrize(("size", "padding"), [(2, None), (3, 1), (3, "same")])
def test_shared_outputs_are_those_of_each_framework(
    mode: str, size: int, padding: int | str | None
) -> None:
    """Whoever shares an output would have computed the same."""
    values = np.random.default_rng(5).normal(size=(2, 9, 8))
    values[0, 3, 3] = np.nan
    spec = PoolSpec(mode, size, stride=2, padding=padding)
    try:
        found = outcomes_of(values, spec)
    except SpecError:
        return
    for outcome in found:
        if outcome.result is not None:
            expected = run(FeatureMap(values), replace(spec, like=outcome.like)).output
            np.testing.assert_array_equal(outcome.result.output, expected)


@pytest.mark.parametrize("like", available_rules())
def test_a_rule_is_its_traits(like: str) -> None:
    """A plain rule with a framework's traits and settings pools as the framework does."""
    values = np.random.default_rng(1).normal(size=(7, 7))
    values[3, 3] = np.nan
    for mode in ("max", "average", "lp:p=3"):
        result = run(FeatureMap(values), PoolSpec(mode, 3, like=like))
        rule = find_rule(like)
        plain = Rule("plain", "", **{name: getattr(rule, name) for name in TRAITS})
        pads = tuple((axis.before, axis.after) for axis in result.geometry.axes)
        spec = replace(result.spec, padding=pads, like=plain)
        again = run(FeatureMap(values), spec).output
        np.testing.assert_allclose(again, result.output, rtol=1e-12)


def test_rule_of_ones_own() -> None:
    """``like`` takes a rule: here PyTorch's, but NaN loses."""
    rule = replace(find_rule("torch"), name="mine", nan="drop")
    output = run(FeatureMap(np.array([[np.nan, 1.0]])), PoolSpec("max", (1, 2), like=rule)).output
    assert output.tolist() == [[[1.0]]]
    assert str(rule) == "mine"
