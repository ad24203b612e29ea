"""Differences: one request under every framework's rules, and why the outputs differ."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from poolviz.analysis.shift import equal
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import TRAITS, Rule, available_calls
from poolviz.frameworks._answers import Answer, answers, caveat, find_call
from poolviz.frameworks._code import line_of_code
from poolviz.modes import build_mode
from poolviz.plan import checked_seed
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.windows import Array

# What of a completed request frameworks fill in differently.
_SETTINGS = ("stride", "padding", "ceil_mode", "count_include_pad")


@dataclass(frozen=True, eq=False)
class Contrast:
    """A single thing that two frameworks do differently.

    Args:
        aspect: what it is: a field of the spec or a trait of the rules.
        mine: what this framework does, in words.
        theirs: what the reference does.
    """

    aspect: str
    mine: str
    theirs: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one framework gives for a request.

    Args:
        answer: its windows, or why it refuses.
        result: what it, or where it refuses its emulation, gives; None where there is none.
        differing: (C, H, W) which of its outputs the reference does not have so; none
            where the windows stand elsewhere, so that places say nothing.
        reasons: what turns the reference's output into this one; none of them can be spared.
        differs: whether it gives another output than the reference.
        unsaid: why the framework has no call for what its rules make of the request;
            None where it has one, or where none is known here.
    """

    answer: Answer
    result: PoolResult | None
    differing: Array
    reasons: tuple[Contrast, ...]
    differs: bool = False
    unsaid: str | None = None

    @property
    def like(self) -> str:
        """The framework."""
        return self.answer.like

    @property
    def title(self) -> str:
        """The framework, and whether the result is an emulation."""
        return f"{self.like} (emulated)" if self.answer.emulated else self.like

    def place(self, channel: int) -> tuple[int, int] | None:
        """(row, column) of the first output of a channel that differs; None if none does."""
        differing = self.differing[channel]
        if not differing.any():
            return None
        row, column = divmod(int(differing.argmax()), differing.shape[1])
        return row, column

    @property
    def comparable(self) -> bool:
        """Whether an output's place means the same as in the reference: their strides agree."""
        return all(reason.aspect != "stride" for reason in self.reasons)


def differ(feature_map: FeatureMap, spec: PoolSpec, *, seed: int | None = None) -> list[Outcome]:
    """Every framework's outcome, that of the reference first.

    The reference is ``spec.like``, emulated if it refuses; or the first that answers if it
    cannot be emulated. The reasons are found by trial: of all that the two do differently, those
    are told without which the reference's way would not give this framework's output.

    Raises:
        SpecError: every framework refuses.

    Example:
        >>> row = FeatureMap(np.arange(1, 7)[None])
        >>> found = differ(row, PoolSpec(kernel_size=(1, 3), stride=(1, 2)))
        >>> {each.like: each.result.output.tolist() for each in found if each.differs}
        {'caffe': [[[3, 5, 6]]], 'darknet': [[[2, 4, 6]]]}
        >>> found[1].reasons[0].mine
        'an incomplete last window is kept (ceil)'
    """
    checked_seed(build_mode(spec), seed)
    given = answers(spec, feature_map.input_size, seed=seed or 0)
    reference = _reference(given, str(spec.like))
    first = run(feature_map, replace(spec, like=_like(reference)), seed=seed)
    order = [reference, *(answer for answer in given.values() if answer is not reference)]
    return [_told(_outcome(answer, first, feature_map, spec)) for answer in order]


def _reference(given: dict[str, Answer], like: str) -> Answer:
    own = given[like]
    if own.geometry is not None or own.refusal is None:
        return own
    others = [answer for answer in given.values() if answer.geometry is not None]
    if not others:
        raise own.refusal
    return min(others, key=lambda answer: answer.emulated)


def _like(answer: Answer) -> Any:
    """Whose rules, as a request says it: a rule of one's own has no name to be found by."""
    return answer.geometry.spec.like if answer.geometry else answer.like


def _outcome(answer: Answer, first: PoolResult, feature_map: FeatureMap, spec: PoolSpec) -> Outcome:
    if answer.geometry is None:
        return Outcome(answer, None, np.zeros((0, 0, 0), bool), ())
    result = run(feature_map, replace(spec, like=_like(answer)), seed=first.seed or None)
    if _same(result.output, first):
        return Outcome(answer, result, np.zeros(result.output.shape, bool), ())
    reasons = tuple(_reasons(result, first))
    outcome = Outcome(answer, result, _differing(result.output, first), reasons, differs=True)
    if outcome.comparable:
        return outcome
    return replace(outcome, differing=np.zeros(result.output.shape, bool))


def _told(outcome: Outcome) -> Outcome:
    """``outcome`` with whether the framework can be asked for it at all."""
    result = outcome.result
    if result is None:
        return outcome
    if not any(find_call(result.mode, name) for name in available_calls()):
        return replace(outcome, unsaid=f"no framework here has {result.mode.name()} pooling")
    name = result.geometry.rule.name
    if name not in available_calls() or outcome.answer.emulated:
        return outcome
    line = line_of_code(name, result.plan)
    return replace(outcome, unsaid=line.refusal.cause if line.refusal else None)


def grouped(found: list[Outcome]) -> list[list[Outcome]]:
    """Those that answer, by what they give, the reference and its like first."""
    groups: list[list[Outcome]] = []
    for outcome in (each for each in found if each.result is not None):
        group = next((group for group in groups if _alike(outcome, group[0])), None)
        if group is None:
            groups.append([outcome])
        else:
            group.append(outcome)
    return groups


def caveats(found: list[Outcome]) -> list[str]:
    """What frameworks do with the input's NaN or type that their rules here do not say."""
    results = [outcome.result for outcome in found if outcome.result]
    values = results[0].feature_map.values
    rules = [result.geometry.rule for result in results]
    of_nan = [rule.nan_caveat for rule in rules] if np.isnan(values).any() else []
    of_type = [caveat(rule, results[0].mode, values.dtype) for rule in rules]
    return [words for words in (*of_nan, *of_type) if words]


def _alike(first: Outcome, second: Outcome) -> bool:
    """Whether two frameworks give the same."""
    if first.result is None or second.result is None:
        return False
    return _same(first.result.output, second.result)


def _differing(output: Array, first: PoolResult) -> Array:
    """Which cells of ``output`` the reference does not have, or has otherwise."""
    differing = np.ones(output.shape, bool)
    sizes = zip(output.shape, first.output.shape, strict=True)
    part = tuple(slice(0, min(pair)) for pair in sizes)
    differing[part] = ~_equal(output[part], first.output[part], first)
    return differing


def _same(output: Array, other: PoolResult) -> bool:
    """Whether ``output`` is that of the other result."""
    return output.shape == other.output.shape and bool(_equal(output, other.output, other).all())


def _equal(here: Array, there: Array, result: PoolResult) -> Array:
    return equal(here, there, result.mode, result.feature_map.values)


Profile = dict[str, Any]


def _profile(result: PoolResult) -> Profile:
    """All that decides what a framework makes of a request, as values."""
    spec, rule = result.spec, result.geometry.rule
    profile: Profile = {name: getattr(rule, name) for name in TRAITS}
    profile |= {name: getattr(spec, name) for name in _SETTINGS}
    if spec.padding is not None:
        profile["padding"] = tuple((axis.before, axis.after) for axis in result.geometry.axes)
    return profile


def _reasons(result: PoolResult, first: PoolResult) -> Iterator[Contrast]:
    """The least that has to be changed in the reference's way to get ``result``."""
    mine, theirs = _profile(result), _profile(first)
    needed = dict(mine)
    parting = [name for name in mine if mine[name] != theirs[name]]
    for name in parting:
        without = needed | {name: theirs[name]}
        if _same(_output(first, without), result):
            needed = without
    for name in parting:
        if needed[name] != theirs[name]:
            yield Contrast(
                name, _words(name, mine[name], result), _words(name, theirs[name], first)
            )


def _output(first: PoolResult, profile: Profile) -> Array:
    """What the reference's request would give under a rule with this profile."""
    traits = {name: profile[name] for name in TRAITS}
    rule = Rule(name="trial", evidence="", **traits)
    spec = replace(
        first.spec,
        stride=profile["stride"],
        padding=profile["padding"],
        ceil_mode=None if first.spec.adaptive else profile["ceil_mode"],
        count_include_pad=None,
        like=rule,
    )
    try:
        return run(first.feature_map, spec, seed=first.seed or None).output
    except SpecError:
        return np.zeros((0, 0, 0))


def _words(name: str, value: Any, result: PoolResult) -> str:
    """What a framework does, in words."""
    if name in TRAITS:
        return TRAITS[name][value]
    if name == "stride":
        return f"stride {'×'.join(map(str, value))}"
    pairs = " × ".join(f"{before}+{after}" for before, after in value)
    word = result.spec.padding if isinstance(result.spec.padding, str) else ""
    return f"padding {pairs} (before+after{', ' + word.replace('_', '-') if word else ''})"
