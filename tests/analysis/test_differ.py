"""Differences between frameworks, and their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poolviz import (
    FeatureMap,
    PoolResult,
    PoolSpec,
    Rule,
    answers,
    available_modes,
    available_rules,
    frameworks,
    run,
)
from poolviz.analysis import Question
from poolviz.analysis import differ as module
from poolviz.analysis.differ import Outcome, differ
from poolviz.errors import SpecError
from poolviz.frameworks import TRAITS, AxisRequest, find_rule
from poolviz.frameworks._rule import trait
from poolviz.plan import Plan, make_plan
from poolviz.result import run_plan


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


def refused_by_all(spec: PoolSpec, input_size: Sequence[int]) -> bool:
    """Whether no framework has windows for a request."""
    return all(answer.plan is None for answer in answers(spec, input_size).values())


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(requests())
def test_reasons_are_complete(request: tuple[FeatureMap, PoolSpec]) -> None:
    """Whoever differs has a reason, whoever has none is the same; each reason parts the two."""
    feature_map, spec = request
    if refused_by_all(spec, feature_map.input_size):
        with pytest.raises(SpecError):
            differ(Question(feature_map, spec))
        return
    found = differ(Question(feature_map, spec)).outcomes
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
    if refused_by_all(spec, (9, 8)):
        # These modes choose their windows or their padding by themselves.
        assert mode in ("fractional-max", "maxblur")
        spec = PoolSpec(mode, 2, output_size=3 if mode == "fractional-max" else None)
    for outcome in outcomes_of(values, spec):
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


# For each trait a request whose values, in one row, it changes.
SHOWS = {
    "ceil_mode": ([1, 2, 3], PoolSpec("max", (1, 2))),
    "count_include_pad": ([6, 8], PoolSpec("average", (1, 2), padding=((0, 0), (1, 1)))),
    "clip_last_window": ([1, 2], PoolSpec("max", (1, 1), stride=(1, 3), ceil_mode=True)),
    "truncates": ([1, 2, 3], PoolSpec("max", (1, 4))),
    "nan": ([np.nan, 1], PoolSpec("max", (1, 2))),
    "lp_absolute": ([-3, 1], PoolSpec("lp:p=1", (1, 2))),
    "lp_rescales_overhang": ([1, 2, 3], PoolSpec("lp:p=1", (1, 2), ceil_mode=True)),
    "pads_with": ([-1, -2], PoolSpec("max", (1, 2), padding=((0, 0), (1, 1)))),
    "empty_average": (
        [1, 2],
        PoolSpec("average", (1, 1), padding=((0, 0), (1, 0)), count_include_pad=False),
    ),
    "counts_overhang": ([6, 6, 6], PoolSpec("average", (1, 4))),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "meanings"),
    [(name, pair) for name in TRAITS for pair in combinations(TRAITS[name], 2)],
)
def test_rules_that_differ_in_one_trait_share_no_output(name: str, meanings: Sequence[Any]) -> None:
    """Where the trait changes the values; and wherever the key is shared, the values are equal."""
    plain = Rule("plain", "", truncates=name in ("truncates", "counts_overhang"))
    one, other = (replace(plain, **{name: meaning}) for meaning in meanings)
    shown = {}
    for shows, (row, spec) in SHOWS.items():
        feature_map = FeatureMap(np.array([row], float))
        try:
            plans = [
                make_plan(replace(spec, like=rule), feature_map.input_size) for rule in (one, other)
            ]
        except SpecError:
            # Rounding down leaves no window.
            assert name == "truncates" or shows in ("truncates", "counts_overhang")
            continue
        outputs = [run_plan(feature_map, plan).output for plan in plans]
        same = np.array_equal(*outputs, equal_nan=True)
        assert same or module._key(plans[0]) != module._key(plans[1])  # noqa: SLF001 - it is not seen otherwise
        shown[shows] = same
    # Only the rule that rounds towards 0 has a window for the trait's own request.
    expected = None if name == "truncates" else meanings == ("padded", "never")
    assert shown.get(name) is expected


@dataclass(frozen=True)
class LaterRule(Rule):
    """A rule with a trait that was added later."""

    adds: float = trait(0.0, {0.0: "nothing is added", 1.0: "1 is added"})


def test_a_new_trait_parts_rules() -> None:
    """Nothing needs to be told of it."""
    plans = [
        make_plan(PoolSpec(like=LaterRule("later", "", adds=adds)), (4, 4)) for adds in (0.0, 1.0)
    ]
    assert module._key(plans[0]) != module._key(plans[1])  # noqa: SLF001 - it is not seen otherwise


@dataclass(frozen=True)
class LateRule(Rule):
    """Keeps a last window that starts in the padding behind the input."""

    def clips(self, axis: AxisRequest) -> bool:
        """Never."""
        del axis
        return False


CLIPPED = PoolSpec("max", (1, 1), stride=(1, 3), ceil_mode=True, like="late")
LATE = """
from dataclasses import dataclass

from poolviz.frameworks._rule import Rule


@dataclass(frozen=True)
class LateRule(Rule):
    \"\"\"Never drops the last window.\"\"\"

    def clips(self, axis):
        return False


RULE = LateRule("late", "invented for a test", nan="drop")
"""


def test_a_reason_that_traits_do_not_explain_is_not_given(add_file: Any) -> None:
    """An overridden method keeps a window; the trait that differs too has no part in it."""
    add_file(frameworks, "late", LATE)
    values = np.array([[1.0, 2.0]])
    found = {each.like: each for each in outcomes_of(values, replace(CLIPPED, like="torch"))}
    assert found["late"].differs
    assert found["late"].reasons == ()
    assert found["late"].comparable
    assert found["late"].differing.tolist() == [[[False, True]]]


SHORT = """
from dataclasses import dataclass

from poolviz.frameworks._rule import Rule


@dataclass(frozen=True)
class ShortRule(Rule):
    \"\"\"Drops the last window.\"\"\"

    def output_size(self, axis):
        return max(1, super().output_size(axis) - 1)


RULE = ShortRule("short", "invented for a test", stride_is_kernel_size=False)
"""


def test_other_strides_are_not_compared_without_a_reason_either(add_file: Any) -> None:
    """What is at the same place is not the same window."""
    add_file(frameworks, "short", SHORT)
    found = {each.like: each for each in outcomes_of(np.arange(8.0)[None], PoolSpec("max", (1, 2)))}
    assert found["short"].differs
    assert found["short"].reasons == ()
    assert not found["short"].comparable
    assert not found["short"].differing.any()


def test_the_reference_keeps_the_methods_that_it_overrides(add_file: Any) -> None:
    """Whoever drops the window that the reference keeps differs in that alone: not in NaN."""
    add_file(
        frameworks, "steady", LATE.replace('"drop"', '"propagate"').replace('"late"', '"steady"')
    )
    rule = LateRule("own", "", nan="drop")
    found = outcomes_of(np.array([[1.0, 2.0]]), replace(CLIPPED, like=rule))
    assert found[0].like == "own"
    torch = next(each for each in found if each.like == "torch")
    assert torch.differs
    assert torch.reasons == ()
    # Where both keep that window, the one trait is the reason.
    found = outcomes_of(np.array([[np.nan, 2.0]]), replace(CLIPPED, like=rule))
    steady = next(each for each in found if each.like == "steady")
    assert steady.result is not None
    assert steady.result.output_size == (1, 2)
    assert [reason.aspect for reason in steady.reasons] == ["nan"]


def test_a_call_that_only_the_framework_declares_is_one(add_file: Any) -> None:
    """A mode without calls is not said to have none where a framework's file has one."""
    source = """
from poolviz.frameworks._rule import Rule
from poolviz.modes._mode import Call

IMPORT, LAYOUT = "import minnow", "N, C, H, W"
CALLS = {"median": Call("middle")}
RULE = Rule("minnow", "invented for a test")


def write(plan):
    return "minnow.middle(x)"
"""
    values = np.arange(16.0).reshape(4, 4)
    before = {each.like: each.no_call for each in outcomes_of(values, PoolSpec("median", 2))}
    add_file(frameworks, "minnow", source)
    after = {each.like: each.no_call for each in outcomes_of(values, PoolSpec("median", 2))}
    assert before["torch"] == "no framework here has median pooling"
    assert after["minnow"] is None
    assert after["torch"] == "PyTorch has no median pooling"


def test_the_reference_is_the_framework_of_the_request() -> None:
    """Even where others come first by name, and where it is an emulation."""
    values = np.arange(16.0).reshape(4, 4)
    assert outcomes_of(values, PoolSpec("max", 2, like="onnx"))[0].like == "onnx"
    emulated = outcomes_of(values, PoolSpec("max", 2, padding="same", like="torch"))[0]
    assert (emulated.like, emulated.answer.emulated) == ("torch", True)


def test_without_it_the_first_that_answers_is_the_reference() -> None:
    """One that only an emulation gives comes after those that answer themselves."""
    values = np.arange(16.0).reshape(4, 4)
    # JAX refuses ceil mode; the first of the others is Caffe.
    found = outcomes_of(values, PoolSpec("max", 2, ceil_mode=True, like="jax"))
    assert found[0].like == "caffe"
    # Caffe, Darknet and scikit-image refuse a dilation; among the rest JAX comes first.
    found = outcomes_of(values, PoolSpec("average", 2, dilation=2, ceil_mode=True, like="keras"))
    answered = {each.like: each.answer.emulated for each in found if each.result}
    assert answered == {"onnx": False, "torch": True}
    assert found[0].like == "onnx"
    by_name = answers(PoolSpec("average", 2, dilation=2, ceil_mode=True), (4, 4))
    backwards = dict(reversed(by_name.items()))
    assert module._choose_reference(backwards, "keras").like == "onnx"  # noqa: SLF001 - of those here only torch is emulated, the last by name


def test_if_all_refuse_the_reason_is_that_of_the_request() -> None:
    """Each framework has its own."""
    for like, cause in (("keras", "Keras does not support ceil mode"), ("torch", "no window fits")):
        spec = PoolSpec("max", 9, stride=1, ceil_mode=True, like=like)
        with pytest.raises(SpecError, match=cause):
            outcomes_of(np.ones((2, 2)), spec)
