"""Comparison: one input under several modes, and what each mode keeps of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from poolviz.analysis import Question
from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes import available_modes, build_mode
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.windows import Array

ALL = "all"
# Fields of a request that only modes with a divisor take.
DIVISORS = ("count_include_pad", "divisor_override")


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and standard deviation (contrast) of the finite values of a map."""

    mean: float
    contrast: float


@dataclass(frozen=True, eq=False)
class ModeOutput:
    """The output of one mode, compared with the input.

    Args:
        name: the mode as it was typed.
        result: the pooled map.
        before: statistics of the input.
        after: statistics of the output.
        changed: the share of outputs that equal no cell of their window.
    """

    name: str
    result: PoolResult
    before: Statistics
    after: Statistics
    changed: float

    @property
    def mean_kept(self) -> float | None:
        """Mean of the output / mean of the input; None if the means are not positive."""
        positive = self.before.mean > 0 and self.after.mean >= 0
        return self.after.mean / self.before.mean if positive else None

    @property
    def contrast_kept(self) -> float | None:
        """Contrast of the output / contrast of the input; None if the input has none."""
        return self.after.contrast / self.before.contrast if self.before.contrast else None


@dataclass(frozen=True, eq=False)
class Comparison:
    """One input pooled by several modes.

    Args:
        feature_map: the input.
        channel: the channel that views show.
        outputs: one for each mode, in the order of the request.
    """

    feature_map: FeatureMap
    channel: int
    outputs: list[ModeOutput]

    @property
    def results(self) -> list[PoolResult]:
        """The pooled maps."""
        return [output.result for output in self.outputs]

    @property
    def before(self) -> Statistics:
        """Statistics of the input."""
        return self.outputs[0].before


def parse_modes(words: str) -> list[str]:
    """The modes in a list separated by commas; ``all`` stands for every mode.

    Raises:
        SpecError: a mode does not exist, is empty or is listed twice.

    Example:
        >>> parse_modes("max, lp:p=3")
        ['max', 'lp:p=3']
    """
    if words.strip() == ALL:
        return available_modes()
    names = [name.strip() for name in words.split(",")]
    if not all(names):
        raise SpecError("modes", f"a name is missing in {shown(words)}", "use e.g. max,average")
    first_names: dict[object, str] = {}
    for name in names:
        spec = _read_mode(name)
        first = first_names.setdefault((build_mode(spec), spec.output_size), name)
        if first is not name:
            same = "is listed twice" if name == first else f"is the same as {first}"
            raise SpecError("modes", f"{name} {same}", "list each mode once")
    return names


def _read_mode(name: str) -> PoolSpec:
    """The request for one mode of a list.

    Raises:
        SpecError: there is no such mode, or a parameter of it is not valid.
    """
    try:
        spec = PoolSpec(name)
        build_mode(spec)
    except SpecError as error:
        subject = "modes" if error.subject == "mode" else error.subject
        raise SpecError(subject, error.cause, error.remedy) from error
    return spec


def compare(question: Question, modes: Sequence[str]) -> Comparison:
    """Pool the map with each of ``modes`` instead of the request's mode.

    Raises:
        SpecError: a mode does not exist or refuses the request.

    Example:
        >>> ramp = FeatureMap(np.arange(16.0).reshape(4, 4))
        >>> comparison = compare(Question(ramp, PoolSpec()), ["max", "average"])
        >>> [output.after.mean for output in comparison.outputs]
        [10.0, 7.5]
    """
    before = _statistics(question.feature_map.values)
    outputs = [
        ModeOutput(name, result, before, _statistics(result.output), 1 - float(result.kept.mean()))
        for name, result in pool_modes(question, modes).items()
    ]
    return Comparison(question.feature_map, question.channel, outputs)


def pool_modes(question: Question, modes: Sequence[str]) -> dict[str, PoolResult]:
    """The results of :func:`compare` by mode, without statistics.

    Raises:
        SpecError: a mode does not exist or refuses the request, or no mode uses the seed or
            the divisor.
    """
    spec, seed = question.spec, question.seed
    built = {name: build_mode(PoolSpec(name)) for name in modes}
    names = ", ".join(modes)
    if seed is not None and not any(mode.draws for mode in built.values()):
        raise SpecError("seed", f"none of these modes is random: {names}", "omit seed")
    for field in DIVISORS:
        if getattr(spec, field) is not None and not any(mode.divides for mode in built.values()):
            raise SpecError(field, f"none of these modes has a divisor: {names}", f"omit {field}")
    without_divisor = replace(spec, count_include_pad=None, divisor_override=None)
    return {
        name: run(
            question.feature_map,
            replace(spec if mode.divides else without_divisor, mode=name, mode_options=()),
            seed=seed if mode.draws else None,
        )
        for name, mode in built.items()
    }


def _statistics(values: Array) -> Statistics:
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return Statistics(float("nan"), float("nan"))
    # Sums and squares of huge values would overflow; dividing by a power of 2 is exact.
    scale = 2.0 ** (math.frexp(float(np.abs(finite).max()))[1] - 1)
    parts = finite / scale
    return Statistics(float(parts.mean()) * scale, float(parts.std()) * scale)
