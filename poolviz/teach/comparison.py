"""Comparison: one input under many modes, and what each of them keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes import available_modes, build_mode, check_mode
from poolviz.patches import Array
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.wording import mode_in_words

ALL = "all"


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
        result: what it gives.
        before: of the input's values.
        after: of the outputs.
        changed: the share of outputs that equal no cell of their window.
    """

    result: PoolResult
    before: Statistics
    after: Statistics
    changed: float

    @property
    def name(self) -> str:
        """The mode with the parameters that were given."""
        return mode_in_words(self.result.mode, self.result.spec)

    @property
    def mean_kept(self) -> float | None:
        """The outputs' mean over the input's; None where that is 0."""
        return self.after.mean / self.before.mean if self.before.mean else None

    @property
    def contrast_kept(self) -> float | None:
        """The outputs' standard deviation over the input's; None where that is 0."""
        return self.after.contrast / self.before.contrast if self.before.contrast else None


def listed_modes(words: str) -> list[str]:
    """The modes in a list with commas between; ``all`` are those that there are.

    Raises:
        SpecError: the list is empty, or names one twice.

    Example:
        >>> listed_modes("max, lp:p=3")
        ['max', 'lp:p=3']
    """
    names = (
        available_modes() if words.strip() == ALL else [name.strip() for name in words.split(",")]
    )
    if not all(names) or len(set(names)) < len(names):
        raise SpecError("modes", f"{words!r} has a gap or names one twice", "write max,average")
    for name in names:
        check_mode(name, "modes")
    return names


def compare(
    feature_map: FeatureMap, spec: PoolSpec, modes: Sequence[str], *, seed: int | None = None
) -> list[Compared]:
    """``feature_map`` pooled as ``spec`` asks, by each of ``modes`` in its place.

    Raises:
        SpecError: a mode does not exist, or refuses the request.

    Example:
        >>> ramp = FeatureMap(np.arange(16.0).reshape(4, 4))
        >>> [each.after.mean for each in compare(ramp, PoolSpec(), ["max", "average"])]
        [10.0, 7.5]
    """
    before = _statistics(feature_map.values)
    return [_compared(feature_map, with_mode(spec, mode), before, seed) for mode in modes]


def with_mode(spec: PoolSpec, mode: str) -> PoolSpec:
    """``spec`` asking for another mode."""
    return replace(spec, mode=mode, mode_options=())


def _compared(
    feature_map: FeatureMap, spec: PoolSpec, before: Statistics, seed: int | None
) -> Compared:
    # A seed concerns those modes that draw.
    result = run(feature_map, spec, seed=seed if build_mode(spec).draws else None)
    changed = 1 - float(result.kept.mean())
    return Compared(result, before, _statistics(result.output), changed)


def _statistics(values: Array) -> Statistics:
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return Statistics(float("nan"), float("nan"))
    return Statistics(float(finite.mean()), float(finite.std()))
