"""Differences: one request under every framework's rules, and why the outputs differ."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis import Question
from poolviz.analysis.shift import equal_outputs, largest_magnitude
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import TRAITS, Rule, available_calls
from poolviz.frameworks._answers import Answer, answers, caveat, find_call
from poolviz.frameworks._code import line_of_code
from poolviz.geometry import resolve_completed
from poolviz.modes import build_mode
from poolviz.plan import Plan, check_seed
from poolviz.result import PoolResult, run_plan
from poolviz.windows import Array

# Fields of a request that frameworks complete differently.
_SETTINGS = ("stride", "padding", "ceil_mode", "count_include_pad")


@dataclass(frozen=True, eq=False)
class Reason:
    """One thing that a framework does differently from the reference.

    Args:
        aspect: a field of the request or a trait of the rules.
        framework: what this framework does.
        reference: what the reference does.
    """

    aspect: str
    framework: str
    reference: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one framework makes of a request.

    Args:
        answer: its windows, or why it refuses.
        result: the pooled map, emulated where the framework refuses; None if that is impossible.
        differing: (C, H, W) where the output differs from the reference's. All False if the
            strides differ: then the same place does not mean the same window.
        reasons: what turns the reference's output into this one; each of them is needed. Empty
            if the outputs are equal, or if settings and traits alone do not explain them.
        differs: whether the output differs from the reference's.
        comparable: whether strides agree, so that an output's place means the same window.
        no_call: why the framework has no call for this request, although its rules allow it;
            None if it has one or if that is unknown.
    """

    answer: Answer
    result: PoolResult | None
    differing: Array
    reasons: tuple[Reason, ...] = ()
    differs: bool = False
    comparable: bool = True
    no_call: str | None = None

    @property
    def like(self) -> str:
        """The framework."""
        return self.answer.like

    @property
    def title(self) -> str:
        """The framework, and whether the result is an emulation."""
        return f"{self.like} (emulated)" if self.answer.emulated else self.like

    def first_difference(self, channel: int) -> tuple[int, int] | None:
        """(row, column) of the first differing output of a channel; None if there is none."""
        differing = self.differing[channel]
        if not differing.any():
            return None
        row, column = divmod(int(differing.argmax()), differing.shape[1])
        return row, column


@dataclass(frozen=True, eq=False)
class Differences:
    """The outcome of one request under every framework's rules.

    Args:
        channel: the channel that views show.
        result: the result of the reference.
        outcomes: one for each framework, the reference first.
        groups: the outcomes that have a result, by equal outputs, the reference's first.
    """

    channel: int
    result: PoolResult
    outcomes: list[Outcome]
    groups: list[list[Outcome]]

    @property
    def feature_map(self) -> FeatureMap:
        """The input."""
        return self.result.feature_map

    @property
    def reference(self) -> Outcome:
        """The framework with which the others are compared."""
        return self.outcomes[0]

    @property
    def caveats(self) -> list[str]:
        """What frameworks do with the input's NaN or type that their rules here leave out."""
        values, mode = self.feature_map.values, self.result.mode
        results = [outcome.result for outcome in self.outcomes if outcome.result]
        rules = [result.geometry.rule for result in results]
        nan_caveats = [rule.nan_caveat for rule in rules] if np.isnan(values).any() else []
        type_caveats = [caveat(rule, mode, values.dtype) for rule in rules]
        return [sentence for sentence in (*nan_caveats, *type_caveats) if sentence]


class _Pooling:
    """Pools a map under many plans, but only once under equal ones.

    It keeps the results of frameworks, which the answer holds anyway. It drops the output of
    a trial once it is compared, and keeps only whether it equals the framework's.
    """

    def __init__(self, feature_map: FeatureMap) -> None:
        self.feature_map = feature_map
        self._results: dict[Hashable, PoolResult] = {}
        self._equal: dict[Hashable, bool] = {}

    @cached_property
    def _largest(self) -> float:
        return largest_magnitude(self.feature_map.values)

    def result(self, plan: Plan) -> PoolResult:
        """The result of a framework's plan; its output may be that of another one."""
        first = self._results.get(_key(plan))
        if first is not None:
            return PoolResult(self.feature_map, plan, first.output)
        result = run_plan(self.feature_map, plan)
        self._results[_key(plan)] = result
        return result

    def gives(self, plan: Plan, result: PoolResult) -> bool:
        """Whether ``plan`` gives the output of a framework's ``result``."""
        key, other = _key(plan), _key(result.plan)
        if key == other:
            return True
        if plan.output_size != result.plan.output_size:
            return False
        if (key, other) not in self._equal:
            known = self._results.get(key) or run_plan(self.feature_map, plan)
            # Channel by channel: the first difference is enough, and less memory is taken.
            self._equal[key, other] = all(
                self._equal_cells(known, result, channel).all()
                for channel in range(len(result.output))
            )
        return self._equal[key, other]

    def differing(self, result: PoolResult, reference: PoolResult) -> Array:
        """(C, H, W) where an output differs from the reference's or lies beyond it."""
        differing = np.ones(result.output.shape, bool)
        height, width = map(min, zip(result.output_size, reference.output_size, strict=True))
        for channel, plane in enumerate(differing):
            equal = self._equal_cells(result, reference, channel)
            plane[:height, :width] = ~equal
        return differing

    def _equal_cells(self, result: PoolResult, reference: PoolResult, channel: int) -> Array:
        """Where the part of a channel that both outputs have is equal."""
        height, width = map(min, zip(result.output_size, reference.output_size, strict=True))
        plane, other = (each.output[channel, :height, :width] for each in (result, reference))
        return equal_outputs(plane, other, reference.mode, self._largest)


def _key(plan: Plan) -> Hashable:
    """All that determines the output of a plan: plans with equal keys give the same numbers.

    The rule is represented by all of its traits, those of a derived class too, except for those
    that act through another part of the key only.
    """
    spec, rule, axes = plan.spec, plan.rule, plan.geometry.axes
    through = {"request", "axes", "mode"}
    divisors: Hashable = None
    if plan.mode.divides:
        divisors = spec.divisor_override
        if all(axis.extent == range(axis.size) for axis in axes):
            # Every window lies in the input, so that its divisor is its number of cells.
            through.add("divisors")
        else:
            divisors = divisors, spec.count_include_pad, spec.ceil_mode
    else:
        through.add("divisors")
    traits = tuple(
        (trait.name, getattr(rule, trait.name))
        for trait in fields(rule)
        if "meanings" in trait.metadata and trait.metadata["determines"] not in through
    )
    axes_of_numbers = tuple(replace(axis, formula="") for axis in axes)
    return plan.mode, plan.seed, axes_of_numbers, divisors, traits


def differ(question: Question) -> Differences:
    """Pool a map by every framework's rules.

    The reference is the framework of the request, emulated if it refuses; or, if it cannot be
    emulated, the first framework that answers. The reasons are found by trial: of all that
    a framework does differently, those are reported without which the reference would not
    give the framework's output.

    Raises:
        SpecError: every framework refuses.

    Example:
        >>> from poolviz import PoolSpec
        >>> row = FeatureMap(np.arange(1, 7)[None])
        >>> found = differ(Question(row, PoolSpec(kernel_size=(1, 3), stride=(1, 2)))).outcomes
        >>> {each.like: each.result.output.tolist() for each in found if each.differs}
        {'caffe': [[[3, 5, 6]]], 'darknet': [[[2, 4, 6]]]}
        >>> found[1].reasons[0].framework
        'an incomplete last window is kept (ceil)'
    """
    spec, feature_map = question.spec, question.feature_map
    check_seed(build_mode(spec), question.seed)
    by_name = answers(spec, feature_map.input_size, seed=question.seed or 0)
    first = _choose_reference(by_name, str(spec.like))
    assert first.plan is not None  # noqa: S101 - such an answer is not chosen
    pooling = _Pooling(feature_map)
    reference = pooling.result(first.plan)
    order = [first, *(answer for answer in by_name.values() if answer is not first)]
    outcomes = [_build_outcome(answer, reference, pooling) for answer in order]
    return Differences(question.channel, reference, outcomes, _group(outcomes, pooling))


def _choose_reference(by_name: dict[str, Answer], like: str) -> Answer:
    answer = by_name[like]
    if answer.plan is not None:
        return answer
    others = [answer for answer in by_name.values() if answer.plan is not None]
    if not others and answer.refusal is not None:
        raise answer.refusal
    return min(others, key=lambda answer: answer.emulated)


def _build_outcome(answer: Answer, reference: PoolResult, pooling: _Pooling) -> Outcome:
    if answer.plan is None:
        return Outcome(answer, None, np.zeros((0, 0, 0), bool))
    result = pooling.result(answer.plan)
    outcome = Outcome(
        answer, result, np.zeros(result.output.shape, bool), no_call=_find_no_call(answer, result)
    )
    if pooling.gives(answer.plan, reference):
        return outcome
    reasons = tuple(_find_reasons(result, reference, pooling))
    if reasons:
        comparable = all(reason.aspect != "stride" for reason in reasons)
    else:
        comparable = result.spec.stride == reference.spec.stride
    outcome = replace(outcome, reasons=reasons, differs=True, comparable=comparable)
    if not outcome.comparable:
        return outcome
    return replace(outcome, differing=pooling.differing(result, reference))


def _find_no_call(answer: Answer, result: PoolResult) -> str | None:
    """Why the framework has no call for the request; None if it has one or refuses it."""
    if all(find_call(result.mode, name) is None for name in available_calls()):
        return f"no framework here has {result.mode.name()} pooling"
    name = result.geometry.rule.name
    if name not in available_calls() or answer.emulated:
        return None
    refusal = line_of_code(name, result.plan).refusal
    return refusal.cause if refusal else None


def _group(outcomes: list[Outcome], pooling: _Pooling) -> list[list[Outcome]]:
    """The outcomes that have a result, those with equal outputs together."""
    groups: list[tuple[PoolResult, list[Outcome]]] = []
    for outcome in outcomes:
        if outcome.result is None:
            continue
        for first, group in groups:
            if pooling.gives(outcome.result.plan, first):
                group.append(outcome)
                break
        else:
            groups.append((outcome.result, [outcome]))
    return [group for _, group in groups]


Profile = dict[str, Any]


def _build_profile(result: PoolResult) -> Profile:
    """All that decides what a framework makes of a request, by names of traits and fields."""
    spec, rule = result.spec, result.geometry.rule
    profile: Profile = {name: getattr(rule, name) for name in TRAITS}
    profile |= {name: getattr(spec, name) for name in _SETTINGS}
    if spec.padding is not None:
        profile["padding"] = tuple((axis.before, axis.after) for axis in result.geometry.axes)
    return profile


def _find_reasons(result: PoolResult, reference: PoolResult, pooling: _Pooling) -> Iterator[Reason]:
    """The fewest changes that make the reference's rules give ``result``.

    There are none if all changes together do not, as where a rule overrides a method.
    """
    own, other = _build_profile(result), _build_profile(reference)

    def suffices(profile: Profile) -> bool:
        plan = _plan_trial(reference, profile)
        return plan is not None and pooling.gives(plan, result)

    needed = dict(own)
    if not suffices(needed):
        return
    contrary = [name for name in own if own[name] != other[name]]
    for name in contrary:
        trial = needed | {name: other[name]}
        if suffices(trial):
            needed = trial
    for name in contrary:
        if needed[name] != other[name]:
            yield Reason(
                name,
                _describe(name, own[name], result),
                _describe(name, other[name], reference),
            )


def _plan_trial(reference: PoolResult, profile: Profile) -> Plan | None:
    """The reference's request and rule with this profile; None if no window fits.

    The rule keeps the methods that it overrides. Whether it would accept the request does not
    matter: it is another framework's padding in numbers, for example.
    """
    plan = reference.plan
    traits = {name: profile[name] for name in TRAITS}
    rule: Rule = replace(plan.rule, **traits)
    spec = replace(plan.spec, **{name: profile[name] for name in _SETTINGS}, like=rule)
    try:
        mode = build_mode(spec)
        geometry = resolve_completed(spec, rule, plan.input_size, mode, plan.seed)
    except SpecError:
        return None
    return Plan(geometry, mode, plan.seed)


def _describe(name: str, value: Any, result: PoolResult) -> str:
    """What a framework does, in words."""
    if name == "pads_with" and value is not None:
        return f"padding cells are pooled as {text.number(value)}"
    if name in TRAITS:
        return TRAITS[name][value]
    if name == "stride":
        return f"stride {'×'.join(map(str, value))}"
    pairs = " × ".join(f"{before}+{after}" for before, after in value)
    word = result.spec.padding if isinstance(result.spec.padding, str) else ""
    return f"padding {pairs} (before+after{', ' + word.replace('_', '-') if word else ''})"
