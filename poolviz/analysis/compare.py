"""Comparison: one input under many modes, and what each of them keeps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes import available_modes, build_mode, check_mode
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.windows import Array

ALL = "all"
# What concerns only modes that divide.
DIVISORS = ("count_include_pad", "divisor_override")


@dataclass(frozen=True, eq=False)
class Statistics:
    """What is told of a map's finite values.

    Args:
        mean: their mean.
        contrast: their standard deviation.
    """

    mean: float
    contrast: float


@dataclass(frozen=True, eq=False)
class Compared:
    """One mode's result beside the input.

    Args:
        name: the mode as it was asked for.
        result: what it gives.
        before: of the input's values.
        after: of the outputs.
        changed: the share of outputs that equal no cell of their window.
    """

    name: str
    result: PoolResult
    before: Statistics
    after: Statistics
    changed: float

    @property
    def mean_kept(self) -> float | None:
        """The outputs' mean over the input's; None unless both are above 0, as shares are."""
        above = self.before.mean > 0 and self.after.mean >= 0
        return self.after.mean / self.before.mean if above else None

    @property
    def contrast_kept(self) -> float | None:
        """The outputs' standard deviation over the input's; None where that is 0."""
        return self.after.contrast / self.before.contrast if self.before.contrast else None


def listed_modes(words: str) -> list[str]:
    """The modes in a list with commas between; ``all`` are those that there are.

    Raises:
        SpecError: there is no such mode, or the list has a gap or one mode twice.

    Example:
        >>> listed_modes("max, lp:p=3")
        ['max', 'lp:p=3']
    """
    if words.strip() == ALL:
        return available_modes()
    names = [name.strip() for name in words.split(",")]
    if not all(names):
        raise SpecError("modes", f"{shown(words)} has a gap", "write max,average")
    found: dict[object, str] = {}
    for name in names:
        check_mode(name, "modes")
        spec = PoolSpec(name)
        first = found.setdefault((build_mode(spec), spec.output_size), name)
        if first is not name:
            raise SpecError("modes", f"{name} is {first} again", "name each mode once")
    return names


def _check_use(modes: Sequence[str], spec: PoolSpec, seed: int | None) -> None:
    """Raise SpecError for a seed or a divisor that none of ``modes`` would use."""
    kinds = [build_mode(PoolSpec(mode)) for mode in modes]
    names = ", ".join(modes)
    if seed is not None and not any(kind.draws for kind in kinds):
        raise SpecError("seed", f"{names}: nothing is drawn at random", "leave it out")
    for name in DIVISORS:
        if getattr(spec, name) is not None and not any(kind.divides for kind in kinds):
            raise SpecError(name, f"{names}: nothing is divided", "leave it out")


def compare(
    feature_map: FeatureMap, spec: PoolSpec, modes: Sequence[str], *, seed: int | None = None
) -> list[Compared]:
    """``feature_map`` pooled as ``spec`` asks, by each of ``modes`` instead of its own.

    Raises:
        SpecError: a mode does not exist, or refuses the request.

    Example:
        >>> ramp = FeatureMap(np.arange(16.0).reshape(4, 4))
        >>> [each.after.mean for each in compare(ramp, PoolSpec(), ["max", "average"])]
        [10.0, 7.5]
    """
    before = _statistics(feature_map.values)
    return [
        Compared(mode, result, before, _statistics(result.output), 1 - float(result.kept.mean()))
        for mode, result in pooled(feature_map, spec, modes, seed=seed).items()
    ]


def pooled(
    feature_map: FeatureMap, spec: PoolSpec, modes: Sequence[str], *, seed: int | None = None
) -> dict[str, PoolResult]:
    """The results of :func:`compare` alone, by mode.

    Raises:
        SpecError: as there.
    """
    _check_use(modes, spec, seed)
    return {mode: _run(feature_map, spec, mode, seed) for mode in modes}


def _run(feature_map: FeatureMap, spec: PoolSpec, mode: str, seed: int | None) -> PoolResult:
    kind = build_mode(PoolSpec(mode))
    if not kind.divides:
        spec = replace(spec, count_include_pad=None, divisor_override=None)
    spec = replace(spec, mode=mode, mode_options=())
    # A seed concerns those modes that draw.
    return run(feature_map, spec, seed=seed if kind.draws else None)


def _statistics(values: Array) -> Statistics:
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return Statistics(float("nan"), float("nan"))
    # Sums and squares of huge values would overflow; a power of 2 takes away no digit.
    scale = 2.0 ** (math.frexp(float(np.abs(finite).max()))[1] - 1)
    parts = finite / scale
    return Statistics(float(parts.mean()) * scale, float(parts.std()) * scale)
