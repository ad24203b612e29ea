"""Plan: a request resolved for one input size, made once and passed to everything after."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.checks import check_integer, type_name
from poolviz.errors import SpecError
from poolviz.frameworks import Rule
from poolviz.geometry import LARGEST_SEED, Geometry, resolve
from poolviz.modes import build_mode
from poolviz.modes._mode import Mode
from poolviz.spec import PoolSpec
from poolviz.windows import Counts


@dataclass(frozen=True)
class Plan:
    """A completed request for inputs of one size.

    Args:
        geometry: the windows, with the completed request.
        mode: the mode with its parameters.
        seed: the seed of the mode's random numbers, if it draws any.
    """

    geometry: Geometry
    mode: Mode
    seed: int = 0

    @property
    def spec(self) -> PoolSpec:
        """The request with the framework's defaults filled in."""
        return self.geometry.spec

    @property
    def rule(self) -> Rule:
        """The framework's rule."""
        return self.geometry.rule

    @property
    def input_size(self) -> tuple[int, ...]:
        """The number of cells along each spatial axis."""
        return self.geometry.input_size

    @property
    def output_size(self) -> tuple[int, ...]:
        """The number of windows along each spatial axis."""
        return self.geometry.output_size

    @property
    def padding_value(self) -> float | None:
        """The value that padding has under the rule and the mode; None if it is left out."""
        pads_with = self.rule.pads_with
        return self.mode.padding_value if pads_with is None else pads_with

    @cached_property
    def summary(self) -> str:
        """``max 3×3, stride 2, padding 1``; ``global average``."""
        mode = describe_mode(self.mode, self.spec)
        if is_global(self.spec):
            return f"global {mode}"
        return f"{mode} {describe_windows(self.geometry)}"

    @cached_property
    def title(self) -> str:
        """The request as a heading: ``Max pooling, 3×3, stride 2``; ``Global average pooling``."""
        operation = self.mode.title()
        options = [f"{name} = {format_option(value)}" for name, value in self.spec.mode_options]
        if is_global(self.spec):
            lowered = operation.lower() if operation[1:].islower() else operation
            return ", ".join([f"Global {lowered}", *options])
        return ", ".join([operation, *options, describe_windows(self.geometry)])


def make_plan(spec: PoolSpec, input_size: Sequence[int], seed: int | None = None) -> Plan:
    """Resolve ``spec`` for inputs of ``input_size`` cells along each spatial axis.

    Args:
        spec: the request.
        input_size: cells along each spatial axis.
        seed: for random modes; None means 0.

    Raises:
        SpecError: the request is invalid or does not fit the input, or there is a seed
            for a mode that is not random.

    Example:
        >>> plan = make_plan(PoolSpec("max", 3, stride=2), (7, 7))
        >>> plan.output_size, plan.summary
        ((3, 3), 'max 3×3, stride 2')
    """
    if not isinstance(spec, PoolSpec):
        cause = f"must be a PoolSpec, not {type_name(spec)}"
        raise SpecError("spec", cause, "give a PoolSpec, e.g. PoolSpec('max', 2)")
    mode = build_mode(spec)
    seed = check_seed(mode, seed)
    return Plan(resolve(spec, input_size, mode, seed), mode, seed)


def check_seed(mode: Mode, seed: object) -> int:
    """``seed``, or 0 if it is None.

    Raises:
        SpecError: the mode is not random, or it is not a seed.
    """
    if seed is None:
        return 0
    if not mode.draws:
        raise SpecError("seed", f"{mode.name()} is not random", "omit seed")
    return check_integer("seed", seed, 0, LARGEST_SEED)


def is_global(spec: PoolSpec) -> bool:
    """Whether the request is for a single window that covers the entire input."""
    return spec.kernel_size is None and set(spec.output_size or ()) == {1}


def describe_mode(mode: Mode, spec: PoolSpec) -> str:
    """The mode with the parameters that were given: ``lp:p=3``."""
    options = [f":{name}={format_option(value)}" for name, value in spec.mode_options]
    return f"{mode.name()}{''.join(options)}"


def format_option(value: object) -> str:
    """A parameter's value as one types it.

    Example:
        >>> format_option((1, 5)), format_option(0.5)
        ('1/5', '0.5')
    """
    return "/".join(map(str, value)) if isinstance(value, tuple) else str(value)


def describe_windows(geometry: Geometry) -> str:
    """``3×3, stride 2, padding 1``; ``adaptive to 3×4``."""
    spec, output_size = geometry.spec, geometry.output_size
    if spec.stride is None and (spec.kernel_size or not spec.adaptive):
        # The mode chooses the windows by itself.
        output = text.size(output_size)
        return (
            f"{text.size(spec.kernel_size)}, output {output}"
            if spec.kernel_size
            else f"to {output}"
        )
    if spec.adaptive:
        return f"adaptive to {text.size(output_size)}"
    kernel_size, stride, padding, dilation = spec.sliding
    parts = [text.size(kernel_size), f"stride {_per_axis(stride)}"]
    if isinstance(padding, str):
        parts.append(f"padding {padding.replace('_', '-')}")
    elif any(map(any, padding)):
        alike = all(before == after for before, after in padding)
        pairs = " × ".join(f"({before}, {after})" for before, after in padding)
        parts.append(f"padding {_per_axis([pair[0] for pair in padding]) if alike else pairs}")
    if set(dilation) != {1}:
        parts.append(f"dilation {_per_axis(dilation)}")
    return ", ".join(parts + ["ceil mode"] * bool(spec.ceil_mode))


def _per_axis(lengths: Sequence[int]) -> str:
    """One number where all axes have the same."""
    return str(lengths[0]) if len(set(lengths)) == 1 else text.size(lengths)


def describe_outside(mode: Mode, counts: Counts) -> str:
    """What a window's cells outside the input do, such as `` (2 padding cells counted as 0)``."""
    taps, padded, inside, masked = (
        int(np.ravel(number)[0])
        for number in (counts.taps, counts.padded, counts.inside, counts.masked)
    )
    notes = [f"{text.counted(masked, 'masked cell')} left out"] if masked else []
    if padded > inside:
        notes.append(f"{text.counted(padded - inside, 'padding cell')} {mode.padding_note(counts)}")
    if taps > padded + masked:
        notes.append(f"{text.counted(taps - padded - masked, 'overhang cell')} left out")
    return f" ({', '.join(notes)})" if notes else ""
