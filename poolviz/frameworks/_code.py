"""What the frameworks' ``write`` functions share: which native settings give the same result."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from poolviz import text
from poolviz.errors import SpecError
from poolviz.frameworks import TRAITS, available_calls, find_rule, framework_module
from poolviz.frameworks._answers import caveat, emulation, find_call
from poolviz.geometry import Geometry, SlidingAxis, resolve
from poolviz.modes._mode import Call, Mode
from poolviz.plan import Plan, is_global
from poolviz.spec import Pair, PoolSpec
from poolviz.windows import all_windows, count_cells


@dataclass(frozen=True)
class Native:
    """Settings that a framework's own call takes.

    Args:
        spec: the settings, under the framework's rules.
        pads: (before, after) per axis by which the input itself is padded first.
    """

    spec: PoolSpec
    pads: tuple[Pair, ...]


def prepare(
    plan: Plan,
    framework: str,
    library: str,
    *,
    takes: Collection[str] = (),
    has_global_calls: bool = True,
) -> tuple[Plan, Call]:
    """The plan in the form that the framework's own call takes, and that call.

    Every ``write`` begins with it. Adaptive windows of one length become a sliding kernel;
    a window over the whole input stays adaptive where the framework has a call for it.

    Args:
        plan: the request.
        framework: the name of the framework.
        library: what messages call it.
        takes: which of dilation and divisor_override the framework's calls accept.
        has_global_calls: whether one window over the whole input has a call of its own;
            otherwise the adaptive call serves for it.

    Raises:
        SpecError: the framework has no call for this request.
    """
    call = find_call(plan.mode, framework)
    if not isinstance(call, Call):
        cause, _, remedy = (call or f"{library} has no {plan.mode.name()} pooling").partition("; ")
        raise SpecError("mode", cause, remedy or "choose another mode")
    plan = _with_fixed_kernel(
        plan, library, call, has_global=call.has_global if has_global_calls else call.adaptive
    )
    spec = plan.spec
    if spec.divisor_override is not None and "divisor_override" not in takes:
        raise SpecError(
            "divisor_override",
            f"{library} pooling does not support a divisor",
            "omit divisor_override",
        )
    if set(spec.dilation) != {1} and "dilation" not in takes:
        raise SpecError("dilation", f"{library} pooling does not support dilation", "omit dilation")
    if spec.adaptive:
        own = replace(spec, like=framework, count_include_pad=None)
        _check_values(plan, resolve(own, plan.input_size, plan.mode))
    return plan, call


def _with_fixed_kernel(plan: Plan, library: str, call: Call, *, has_global: bool) -> Plan:
    """``plan`` with a sliding kernel instead of adaptive windows, if they have one length."""
    spec, axes = plan.spec, plan.geometry.axes
    # A divisor can be given to a sliding kernel only.
    keeps_global = has_global and is_global(spec) and spec.divisor_override is None
    if not spec.adaptive or keeps_global:
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
            f"{library} has no adaptive {plan.mode.name()} pooling, and {size} does not divide"
            f" {input_size}",
            "choose an output size that divides the input size",
        )
    return plan


def choose(plan: Plan, framework: str, candidates: Sequence[Native]) -> Native:
    """The first of ``candidates`` that gives the same windows and divisors.

    Raises:
        SpecError: none does; the reason is that of the first candidate, which is closest to the
            request.
    """
    refusals = []
    for candidate in candidates:
        try:
            _check(plan, replace(candidate.spec, like=framework), candidate.pads)
        except SpecError as refusal:
            refusals.append(refusal)
        else:
            return candidate
    if refusals:
        raise refusals[0]
    raise SpecError(
        "padding", f"{framework} cannot place these windows", "change stride, padding or dilation"
    )


def numeric_specs(plan: Plan) -> Iterator[PoolSpec]:
    """The request with its padding in numbers, then with ceil mode replaced by end padding."""
    spec, axes = plan.spec, plan.geometry.axes
    base = replace(spec, padding=tuple((axis.before, axis.after) for axis in axes))
    yield base
    # The last window's last cell tells how far the padding at the end has to reach.
    overreach = [axis.window(axis.output_size - 1)[-1] + 1 - axis.size for axis in axes]
    padding = tuple(
        (axis.before, max(axis.after, cells)) for axis, cells in zip(axes, overreach, strict=True)
    )
    yield replace(base, padding=padding, ceil_mode=False)
    if plan.mode.divides:
        yield replace(base, padding=padding, ceil_mode=False, count_include_pad=False)


def padded_beforehand(spec: PoolSpec) -> Native:
    """Settings without padding, for an input that is padded first."""
    pairs = spec.sliding.pairs
    return Native(replace(spec, padding=((0, 0),) * len(pairs)), pairs)


def unchanged_input(spec: PoolSpec) -> Native:
    """Settings for the input without padding it first."""
    return Native(spec, ((0, 0),) * spec.rank)


def _check(plan: Plan, spec: PoolSpec, pads: tuple[Pair, ...]) -> None:
    """Raise SpecError unless ``spec`` on the padded input gives what ``plan`` gives."""
    sizes = [
        size + before + after for size, (before, after) in zip(plan.input_size, pads, strict=True)
    ]
    other = resolve(spec, sizes, plan.mode)
    _check_windows(plan.geometry, other, pads)
    _check_values(plan, other)


def _check_windows(geometry: Geometry, other: Geometry, pads: tuple[Pair, ...]) -> None:
    condition = "with the input padded first, " if any(map(any, pads)) else ""
    for axis, own, (before, _) in zip(geometry.axes, other.axes, pads, strict=True):
        if own.output_size != axis.output_size:
            raise SpecError(
                "output size",
                f"{condition}the equivalent {other.rule.label} call would give {own.output_size}"
                f" ({own.formula}), but this request gives {axis.output_size}",
                "change stride, padding or ceil_mode",
            )
        # The first and the last sliding window determine all others.
        for index in (0, axis.output_size - 1):
            window = own.window(index)
            # In coordinates of the input before it was padded.
            moved = range(window.start - before, window.stop - before, window.step)
            if moved != axis.window(index):
                cause = f"{other.rule.label} cannot express this padding"
                raise SpecError("padding", cause, "pad the input first")


def _check_values(plan: Plan, other: Geometry) -> None:
    """Raise SpecError if the rule of ``other`` gives other values for these windows."""
    geometry, mode = plan.geometry, plan.mode
    counts, other_counts = (count_cells(each, all_windows(each)) for each in (geometry, other))
    outside = any(axis.extent != range(axis.size) for axis in geometry.axes)
    if outside and geometry.rule.pads_with != other.rule.pads_with:
        number = geometry.rule.pads_with
        cause = f"{geometry.rule.label} pads with {number}, which every mode includes"
        raise SpecError("padding", cause, "choose an output size that needs no padding")
    if not counts.inside.all():
        raise SpecError(
            "padding",
            "a window lies entirely outside the input, where frameworks give different values",
            "reduce the padding",
        )
    if not mode.same_under(other.rule, counts, other_counts):
        if other.rule.name == plan.rule.name:
            cause = f"{other.rule.label} scales sums differently if the input is padded first"
            raise SpecError("mode", cause, "change padding or ceil_mode")
        labels = f"{other.rule.label} and {plan.rule.label}"
        cause = f"{labels} define {mode.name()} pooling differently here"
        raise SpecError("mode", cause, f"use like={other.rule}")
    if mode.divides and not (counts.divisor == other_counts.divisor).all():
        raise SpecError(
            "count_include_pad",
            f"{other.rule.label} divides by a different number of cells at the edges",
            "change count_include_pad or padding",
        )


def format_tuple(values: Sequence[int]) -> str:
    """A tuple as code.

    Example:
        >>> format_tuple([3]), format_tuple([2, 3])
        ('(3,)', '(2, 3)')
    """
    return repr(tuple(map(int, values)))


@dataclass(frozen=True)
class Line:
    """A framework's line of code, or why there is none.

    Args:
        framework: its name.
        code: an expression over ``x``; empty if the framework cannot express the request.
        imports: the import that the code needs.
        layout: the order of the axes of ``x``.
        refusal: why the framework cannot express the request.
        remark: how it treats NaN, if that differs from the mode; otherwise empty.
        notes: that the line is an emulation of what the framework's own call refuses, and what
            that call does differently for the values' type.
    """

    framework: str
    code: str
    imports: str
    layout: str
    refusal: SpecError | None = None
    remark: str = ""
    notes: tuple[str, ...] = ()


def lines_of_code(plan: Plan, dtype: Any = None) -> dict[str, Line]:
    """The same pooling as a line of code for every framework.

    Args:
        plan: the request.
        dtype: the type of the values, if it is known.

    Example:
        >>> from poolviz.plan import make_plan
        >>> from poolviz.spec import PoolSpec
        >>> lines_of_code(make_plan(PoolSpec("max", 3, stride=2), (7, 7)))["keras"].code
        'keras.layers.MaxPooling2D((3, 3), strides=(2, 2), padding="valid")(x)'
    """
    return {name: line_of_code(name, plan, dtype) for name in available_calls()}


def line_of_code(name: str, plan: Plan, dtype: Any = None) -> Line:
    """The same pooling as a line of code for the framework ``name``."""
    module = framework_module(name)
    try:
        code = module.write(plan)
    except SpecError as refusal:
        return Line(name, "", module.IMPORT, module.LAYOUT, refusal)
    remark, notes = _nan_remark(name, plan.mode), tuple(_notes(name, plan, dtype))
    return Line(name, code, module.IMPORT, module.LAYOUT, None, remark, notes)


def _notes(name: str, plan: Plan, dtype: Any) -> Iterator[str]:
    rule = find_rule(name)
    refusal = emulation(plan, rule)
    if refusal is not None:
        reason = f"{refusal.subject}: {refusal.cause}"
        yield f"this code emulates the request, which {name} itself does not accept ({reason})"
    if dtype is not None and (note := caveat(rule, plan.mode, dtype)):
        yield note


def _nan_remark(name: str, mode: Mode) -> str:
    """How the framework treats NaN, if that differs from the mode or varies."""
    rule, nan = find_rule(name), getattr(mode, "nan", None)
    if nan is None:
        return ""
    return TRAITS["nan"][rule.nan] if nan != rule.nan else rule.nan_caveat
