"""What each framework does with a request, and which mode each of its operations computes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from poolviz.checks import type_name
from poolviz.errors import SpecError
from poolviz.frameworks import Rule, available_rules, find_rule, framework_module
from poolviz.geometry import Geometry, resolve
from poolviz.modes import available_modes, build_mode, mode_class
from poolviz.modes._mode import Call, Mode
from poolviz.plan import Plan
from poolviz.spec import Pair, PoolSpec


@dataclass(frozen=True)
class Answer:
    """What one framework does with a request.

    Args:
        like: the framework.
        evidence: how poolviz knows its behaviour.
        plan: the request under the framework's rules, possibly emulated; None if they forbid it.
        refusal: why the framework refuses, and a way around it; None if it accepts.
    """

    like: str
    evidence: str
    plan: Plan | None
    refusal: SpecError | None

    @property
    def geometry(self) -> Geometry | None:
        """The windows; None if there are none."""
        return self.plan.geometry if self.plan else None

    @property
    def emulated(self) -> bool:
        """Whether the framework's own call refuses, although its rules give windows."""
        return self.refusal is not None and self.plan is not None

    @property
    def spec(self) -> PoolSpec | None:
        """The request with the framework's defaults filled in."""
        return self.geometry.spec if self.geometry else None

    @property
    def output_size(self) -> tuple[int, ...] | None:
        """Windows per axis."""
        return self.geometry.output_size if self.geometry else None

    @property
    def formula(self) -> str:
        """The size formula with its numbers, or the refusal if there are no windows."""
        return self.geometry.formula if self.geometry else str(self.refusal)

    @property
    def padding(self) -> tuple[Pair, ...] | None:
        """(before, after) per axis, in numbers."""
        if self.geometry is None:
            return None
        return tuple((axis.before, axis.after) for axis in self.geometry.axes)


def answers(spec: PoolSpec, input_size: Sequence[int], *, seed: int = 0) -> dict[str, Answer]:
    """Each framework's answer to ``spec`` on an input of ``input_size`` cells per axis.

    Args:
        spec: the request; its ``like`` matters only if it names a version or is a Rule.
        input_size: cells per spatial axis.
        seed: for modes that choose their windows at random.

    Example:
        >>> results = answers(PoolSpec("max", 3, stride=2), (6, 6))
        >>> results["torch"].output_size, results["caffe"].output_size
        ((2, 2), (3, 3))
        >>> results["caffe"].formula
        '⌈(6 − 3) / 2⌉ + 1 = 3'
    """
    if not isinstance(spec, PoolSpec):
        cause = f"must be a PoolSpec, not {type_name(spec)}"
        raise SpecError("spec", cause, "give a PoolSpec, e.g. PoolSpec('max', 2)")
    own = find_rule(spec.like).name
    likes = [spec.like if name == own else name for name in available_rules()]
    if own not in available_rules():
        likes.append(spec.like)
    return {str(like): _answer(replace(spec, like=like), input_size, seed) for like in likes}


def find_call(mode: Mode, framework: str) -> Call | str | None:
    """A mode's operation in a framework, or why it has none; None if nothing says so.

    The mode's file declares it, or the framework's file in ``CALLS``.
    """
    call = mode.calls().get(framework)
    if call is None and framework in available_rules():
        call = getattr(framework_module(framework), "CALLS", {}).get(mode.name())
    return call


def emulation(plan: Plan, rule: Rule | None = None) -> SpecError | None:
    """Why a framework's own call refuses a request that its rules can still pool.

    The framework is that of ``rule``, or of the request. None if the call accepts the request,
    or if the framework lacks the mode.
    """
    rule = rule or plan.rule
    call = find_call(plan.mode, rule.name)
    if not isinstance(call, Call) or plan.spec.stride is None:
        return None
    return rule.emulated(plan.spec, call.name, plan.input_size)


def caveat(rule: Rule, mode: Mode, dtype: Any) -> str:
    """What the framework's own call does differently for a type of values.

    Empty if nothing, or if the framework lacks the mode.
    """
    call = find_call(mode, rule.name)
    if not isinstance(call, Call):
        return ""
    return rule.caveat(call.name, str(dtype), averages=mode.divides)


def emulation_notes(plan: Plan) -> tuple[str, ...]:
    """A note if the framework's own call refuses the request; otherwise none."""
    refusal = emulation(plan)
    if refusal is None:
        return ()
    reason = f"{refusal.subject}: {refusal.cause}"
    remedy = f"in {plan.rule.name}, {refusal.remedy}"
    return (f"{plan.rule} itself does not accept this ({reason}); poolviz emulates it; {remedy}",)


def _answer(spec: PoolSpec, input_size: Sequence[int], seed: int) -> Answer:
    evidence = find_rule(spec.like).evidence
    try:
        mode = build_mode(spec)
        plan = Plan(resolve(spec, input_size, mode, seed), mode, seed)
    except SpecError as refusal:
        return Answer(str(spec.like), evidence, None, refusal)
    return Answer(str(spec.like), evidence, plan, emulation(plan))


class Kind(NamedTuple):
    """What the name of a layer's class says: mode, kind of windows, number of spatial axes."""

    mode: str
    windows: str
    rank: int


@cache
def find_mode(operation: str, framework: str) -> str | None:
    """The mode that a framework's operation computes; None if there is none.

    Example:
        >>> find_mode("AveragePool", "onnx")
        'average'
    """
    matches = []
    for mode in available_modes():
        call = find_call(mode_class(mode)(), framework)
        # A mode that negates the values borrows another mode's operation.
        if not isinstance(call, Call) or call.negated:
            continue
        if _normalise(call.name) == _normalise(operation):
            matches.append((len(call.keywords), mode))
    # A mode with fixed arguments is a special case of another mode.
    return min(matches)[1] if matches else None


def _normalise(name: str) -> str:
    """A name without case and underscores, which differ from one spelling to another."""
    return name.replace("_", "").lower()


def parse_kind(layer: Any, pattern: re.Pattern[str], framework: str) -> Kind | None:
    """The kind of a layer by the name of its class or of a base class; None if it does not pool.

    ``pattern`` has the groups ``windows``, ``name`` and ``rank``.
    """
    for ancestor in type(layer).__mro__:
        match = pattern.fullmatch(ancestor.__name__)
        mode = match and find_mode(match["name"], framework)
        if match and mode:
            return Kind(mode, match["windows"] or "", int(match["rank"]))
    return None


def for_each_axis(value: Any, rank: int) -> tuple[int, ...] | None:
    """One number repeated for all axes, or one for each axis; None stays None."""
    if value is None:
        return None
    return (value,) * rank if isinstance(value, int) else tuple(value)


def not_pooling(name: str, library: str, example: str) -> SpecError:
    """The error for a layer that does not pool, or whose pooling poolviz does not have."""
    cause = f"is not {library} pooling layer that poolviz can read"
    return SpecError(name, cause, f"give a pooling layer, e.g. {example}")
