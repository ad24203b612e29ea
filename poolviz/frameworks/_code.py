"""What the writers of calls share: which native settings give the same windows, and proof of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from poolviz import text
from poolviz.errors import SpecError
from poolviz.frameworks import TRAITS, available_calls, find_rule, framework_module
from poolviz.frameworks._answers import caveat, emulation
from poolviz.geometry import Axis, Geometry, SlidingAxis, resolve
from poolviz.modes import Call, Mode
from poolviz.plan import Plan, is_global
from poolviz.spec import Pair, PoolSpec
from poolviz.windows import all_windows, count_cells


@dataclass(frozen=True)
class Native:
    """Settings that a framework's own call takes.

    Args:
        spec: the settings, under the framework's rules.
        pads: (before, after) per axis that the input itself is padded by, beforehand.
    """

    spec: PoolSpec
    pads: tuple[Pair, ...]


def call_of(mode: Mode, framework: str) -> Call:
    """The mode's operation in a framework.

    Raises:
        SpecError: it has none.
    """
    call = mode.calls().get(framework, f"{framework} has no {mode.name()} pooling")
    if isinstance(call, str):
        raise SpecError("mode", call, "choose another mode")
    return call


def refuse_beyond(plan: Plan, framework: str, *, dilation: bool = False) -> None:
    """Raise SpecError for what no call of a framework takes that slides or pools all.

    ``dilation`` says that its calls take one.
    """
    spec = plan.spec
    if spec.divisor_override is not None:
        raise SpecError("divisor_override", f"{framework} has none", "leave it out")
    if set(spec.dilation) != {1} and not dilation:
        raise SpecError("dilation", f"{framework} has none in pooling", "leave it out")


def as_called(plan: Plan, framework: str, call: Call) -> Plan:
    """``plan``; where its adaptive windows are those of a kernel that slides, as such.

    A window over all stays what it is where there is a call for all.

    Raises:
        SpecError: the windows differ in length, and the framework's call has no adaptive form.
    """
    spec, axes = plan.spec, plan.geometry.axes
    if not spec.adaptive or (call.has_global and is_global(spec)):
        return plan
    lengths = tuple(axis.kernel_size for axis in axes if isinstance(axis, SlidingAxis))
    if len(lengths) == len(axes):
        spec = replace(
            spec,
            output_size=None,
            kernel_size=lengths,
            stride=lengths,
            padding=(0,) * len(axes),
        )
        return replace(plan, geometry=resolve(spec, plan.input_size, plan.mode))
    if not call.adaptive:
        size, input_size = text.size(plan.output_size), text.size(plan.input_size)
        raise SpecError(
            "output_size",
            f"{framework} has no adaptive {plan.mode.name()} pooling, and {size} does not divide"
            f" {input_size}",
            "choose sizes that divide the input's",
        )
    return plan


def native(plan: Plan, framework: str, candidates: Sequence[Native]) -> Native:
    """The first of ``candidates`` that has the same windows and divisors.

    Raises:
        SpecError: none has; with the reason of the last.
    """
    reason = SpecError("padding", f"{framework} has no such windows", "choose other settings")
    for candidate in candidates:
        try:
            _check(plan, replace(candidate.spec, like=framework), candidate.pads)
        except SpecError as refusal:
            reason = refusal
        else:
            return candidate
    raise reason


def sliding(plan: Plan) -> Iterator[PoolSpec]:
    """The request in numbers: as it is, and with what ceil mode adds as padding at the end."""
    spec, axes = plan.spec, plan.geometry.axes
    pairs = tuple((axis.before, axis.after) for axis in axes)
    base = replace(spec, padding=pairs)
    yield base
    reaching = tuple((axis.before, max(axis.after, _reach(axis))) for axis in axes)
    yield replace(base, padding=reaching, ceil_mode=False)
    if plan.mode.divides:
        yield replace(base, padding=reaching, ceil_mode=False, count_include_pad=False)


def _reach(axis: Axis) -> int:
    """Cells behind the input that the last window reaches."""
    return axis.window(axis.output_size - 1)[-1] + 1 - axis.size


def unpadded(spec: PoolSpec) -> Native:
    """Settings whose padding is done beforehand."""
    pairs = spec.sliding.pairs
    return Native(replace(spec, padding=((0, 0),) * len(pairs)), pairs)


def plain(spec: PoolSpec, rank: int) -> Native:
    """Settings that need no padding beforehand."""
    return Native(spec, ((0, 0),) * rank)


def _check(plan: Plan, spec: PoolSpec, pads: tuple[Pair, ...]) -> None:
    """Raise SpecError unless ``spec`` on the padded input gives what ``plan`` gives."""
    sizes = [
        size + before + after for size, (before, after) in zip(plan.input_size, pads, strict=True)
    ]
    other = resolve(spec, sizes, plan.mode)
    _check_windows(plan.geometry, other, pads)
    check_values(plan, other)


def _check_windows(geometry: Geometry, other: Geometry, pads: tuple[Pair, ...]) -> None:
    for mine, theirs, (before, _) in zip(geometry.axes, other.axes, pads, strict=True):
        if theirs.output_size != mine.output_size:
            raise SpecError(
                "output size",
                f"{other.rule} gives {theirs.output_size} where {geometry.rule} gives"
                f" {mine.output_size}: {theirs.formula}",
                "change stride, padding or ceil mode",
            )
        # Windows that slide are told by their first and last.
        ends = (0, mine.output_size - 1)
        if any(_moved(theirs, at, before) != mine.window(at) for at in ends):
            raise SpecError(
                "padding", f"{other.rule} would place the windows otherwise", "pad otherwise"
            )


def _moved(axis: Axis, at: int, before: int) -> range:
    """A window by the coordinates of the input before it was padded."""
    window = axis.window(at)
    return range(window.start - before, window.stop - before, window.step)


def check_values(plan: Plan, other: Geometry) -> None:
    """Raise SpecError if the rule of ``other`` makes other values of these windows."""
    geometry, mode = plan.geometry, plan.mode
    mine, theirs = (count_cells(each, all_windows(each)) for each in (geometry, other))
    outside = any(axis.extent != range(axis.size) for axis in geometry.axes)
    if outside and geometry.rule.pads_with != other.rule.pads_with:
        number = geometry.rule.pads_with
        cause = f"{geometry.rule} pads with {number}, which takes part in every mode"
        raise SpecError("padding", cause, "ask for a size that needs none")
    if not mine.inside.all():
        raise SpecError(
            "padding",
            "a window lies wholly outside the input, where frameworks give different values",
            "pad less",
        )
    if not mode.same_under(other.rule, mine, theirs):
        raise _other_sum(plan, other)
    if mode.divides and not (mine.divisor == theirs.divisor).all():
        raise SpecError(
            "count_include_pad",
            f"{other.rule} divides by other numbers of cells at the edges",
            "change --count-include-pad, or the padding",
        )


def _other_sum(plan: Plan, other: Geometry) -> SpecError:
    """Why the same cells have another sum: other rules, or padding that is no overhang."""
    if other.rule.name == plan.rule.name:
        cause = f"{other.rule} scales sums otherwise where the input is padded beforehand"
        return SpecError("mode", cause, "change padding or ceil mode")
    cause = f"{plan.mode.name()} is another sum under {other.rule} than under {plan.rule}"
    return SpecError("mode", cause, f"ask for it --like {other.rule}")


def check_adaptive(plan: Plan, framework: str) -> None:
    """Raise SpecError if the framework makes other values of adaptive windows."""
    spec = replace(plan.spec, like=framework, count_include_pad=None)
    check_values(plan, resolve(spec, plan.input_size, plan.mode))


def numbers(values: Sequence[int]) -> str:
    """A tuple as code."""
    return f"({', '.join(map(str, values))}{',' if len(values) == 1 else ''})"


def listed(values: Sequence[int]) -> str:
    """A list as code."""
    return f"[{', '.join(map(str, values))}]"


@dataclass(frozen=True)
class Line:
    """A framework's line of code, or why there is none.

    Args:
        framework: whose.
        code: an expression over ``x``; empty where it cannot be said.
        imports: the line that it needs before.
        layout: the order of the axes of ``x``.
        refusal: why it cannot be said.
        remark: what it does otherwise with NaN; empty if nothing.
        notes: that it emulates what the framework's own call refuses, and what that makes
            otherwise of the values' type.
    """

    framework: str
    code: str
    imports: str
    layout: str
    refusal: SpecError | None = None
    remark: str = ""
    notes: tuple[str, ...] = ()


def lines_of_code(plan: Plan, dtype: Any = None) -> dict[str, Line]:
    """The same pooling in every framework, of values of ``dtype`` if that is known.

    Example:
        >>> from poolviz.plan import make_plan
        >>> from poolviz.spec import PoolSpec
        >>> lines_of_code(make_plan(PoolSpec("max", 3, stride=2), (7, 7)))["keras"].code
        'keras.layers.MaxPooling2D((3, 3), strides=(2, 2), padding="valid")(x)'
    """
    return {name: line_of_code(name, plan, dtype) for name in available_calls()}


def line_of_code(name: str, plan: Plan, dtype: Any = None) -> Line:
    """The same pooling in the framework of a name."""
    module = framework_module(name)
    try:
        code = module.write(plan)
    except SpecError as refusal:
        return Line(name, "", module.IMPORT, module.LAYOUT, refusal)
    remark, notes = _remark(name, plan.mode), tuple(_notes(name, plan, dtype))
    return Line(name, code, module.IMPORT, module.LAYOUT, None, remark, notes)


def _notes(name: str, plan: Plan, dtype: Any) -> Iterator[str]:
    rule = find_rule(name)
    refusal = emulation(plan, rule)
    if refusal is not None:
        yield f"an emulation: {name} itself refuses this ({refusal.subject}: {refusal.cause})"
    if dtype is not None and (words := caveat(rule, plan.mode, dtype)):
        yield words


def _remark(name: str, mode: Mode) -> str:
    """What the framework does with NaN, if that is not what the mode does; or that it varies."""
    asked = getattr(mode, "nan", None)
    rule = find_rule(name)
    if asked is None:
        return ""
    return TRAITS["nan"][rule.nan] if asked != rule.nan else rule.nan_caveat
