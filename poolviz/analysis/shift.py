"""Shifts: how much of the output stays the same when the input moves a little."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.analysis import Question
from poolviz.analysis.compare import pool_modes
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes._mode import Mode
from poolviz.plugins import unknown
from poolviz.result import PoolResult, run_plan
from poolviz.windows import Array

# What enters at the edge, and NumPy's name for it.
FILLS = {"edge": "edge", "zero": "constant", "wrap": "wrap"}
DEFAULT_FILL = "edge"
Offset = tuple[int, int]


@dataclass(frozen=True)
class Movement:
    """A shift of the input.

    Args:
        offset: rows down and columns to the right; negative numbers go up and to the left.
        fill: what enters at the edge: the nearest "edge" value, "zero", or the values that
            leave at the opposite edge ("wrap").
    """

    offset: Offset
    fill: str = DEFAULT_FILL


@dataclass(frozen=True, eq=False)
class Shift:
    """One map before and after the shift.

    Args:
        name: the mode; empty for the input.
        before: (C, H, W) values.
        after: (C, H, W) values.
        changed: (C, H, W) where the two differ.
        result: the pooling after the shift; None for the input.
        original: the pooling before the shift; None for the input.
    """

    name: str
    before: Array
    after: Array
    changed: Array
    result: PoolResult | None = None
    original: PoolResult | None = None

    @property
    def unchanged(self) -> float:
        """The share of values that stay the same."""
        return 1 - float(self.changed.mean())

    @property
    def largest(self) -> float | None:
        """The largest change; None if only NaN or infinities came or went."""
        return float(self._changes.max(initial=0)) if self._has_finite_changes else None

    @property
    def mean(self) -> float | None:
        """The mean change of finite values; None if only NaN or infinities came or went."""
        if not self._has_finite_changes:
            return None
        return float(self._changes.mean()) if self._changes.size else 0.0

    @property
    def relative(self) -> float:
        """The mean change in standard deviations of the map, which compares modes of any scale.

        The larger one of before and after; 0 where both are 0, or no finite value changed.
        """
        spread = max(
            float(np.std(values[np.isfinite(values)], dtype=np.float64)) if values.size else 0.0
            for values in (self.before, self.after)
        )
        return (self.mean or 0.0) / spread if spread > 0 else 0.0

    @property
    def _has_finite_changes(self) -> bool:
        return bool(self._changes.any()) or not self.changed.any()

    @cached_property
    def _changes(self) -> Array:
        with np.errstate(all="ignore"):
            changes = np.abs(self.after.astype(np.float64) - self.before.astype(np.float64))
        return np.asarray(changes[np.isfinite(changes)])


@dataclass(frozen=True, eq=False)
class Shifts:
    """The input and the output of each mode, before and after one shift.

    Args:
        feature_map: the input before the shift.
        channel: the channel that views show.
        movement: the shift.
        maps: the input, then the output of each mode.
    """

    feature_map: FeatureMap
    channel: int
    movement: Movement
    maps: list[Shift]

    @property
    def results(self) -> list[PoolResult]:
        """The pooled maps before the shift."""
        return [shift.original for shift in self.maps if shift.original is not None]


@dataclass(frozen=True, eq=False)
class Sweep:
    """Shifts by 0, 1, 2, ... times an offset.

    Args:
        feature_map: the input before any shift.
        movement: a single step.
        shifts: one for each multiple, from 0.
    """

    feature_map: FeatureMap
    movement: Movement
    shifts: list[Shifts]


def move(values: Array, movement: Movement) -> Array:
    """``values`` (..., H, W) moved down and to the right, without a change of size.

    Raises:
        SpecError: the fill does not exist, or no value would remain.

    Example:
        >>> move(np.array([[1, 2, 3]]), Movement((0, 1)))
        array([[1, 1, 2]])
    """
    if movement.fill not in FILLS:
        raise unknown("fill", movement.fill, FILLS, "fill")
    height, width = values.shape[-2:]
    down, right = movement.offset
    if abs(down) >= height or abs(right) >= width:
        raise SpecError(
            "by",
            f"{down},{right} shifts every cell out of the {height}×{width} map",
            f"use fewer than {height} rows and {width} columns",
        )
    pads = [(max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))]
    leading = [(0, 0)] * (values.ndim - 2)
    padded = np.pad(values, [*leading, *pads], mode=FILLS[movement.fill])  # type: ignore[call-overload]
    top, left = max(-down, 0), max(-right, 0)
    return np.asarray(padded[..., top : top + height, left : left + width])


def shift(question: Question, modes: Sequence[str], movement: Movement) -> Shifts:
    """Pool the input by each mode, before and after a shift.

    Raises:
        SpecError: as for :func:`move` and :func:`poolviz.analysis.compare.pool_modes`.

    Example:
        >>> from poolviz import PoolSpec
        >>> spike = np.zeros((4, 4)); spike[0, 0] = 1
        >>> question = Question(FeatureMap(spike), PoolSpec())
        >>> before, pooled = shift(question, ["max"], Movement((0, 1), "zero")).maps
        >>> before.unchanged, pooled.unchanged
        (0.875, 1.0)
    """
    return _shift(question, pool_modes(question, modes), movement)


def _shift(question: Question, before: dict[str, PoolResult], movement: Movement) -> Shifts:
    """The shift of an input of which the outputs ``before`` are known."""
    feature_map = question.feature_map
    moved = replace(feature_map, values=move(feature_map.values, movement))
    changed = ~equal_bits(feature_map.values, moved.values)
    maps = [Shift("", feature_map.values, moved.values, changed)]
    largest = largest_magnitude(feature_map.values)
    for name, first in before.items():
        result = run_plan(moved, first.plan)
        changed = ~equal_outputs(first.output, result.output, first.mode, largest)
        maps.append(Shift(name, first.output, result.output, changed, result, first))
    return Shifts(feature_map, question.channel, movement, maps)


def sweep(question: Question, modes: Sequence[str], step: Movement, most: int) -> Sweep:
    """Shift the input by 0, 1, ... ``most`` times a step.

    Raises:
        SpecError: as for :func:`shift`, or the step is 0.
    """
    feature_map, (down, right) = question.feature_map, step.offset
    if step.offset == (0, 0):
        raise SpecError("by", "a sweep needs a shift other than 0,0", "use e.g. 0,1")
    # Checked before anything is computed.
    sizes = zip(feature_map.input_size, step.offset, strict=True)
    largest = min((length - 1) // abs(offset) for length, offset in sizes if offset)
    if most > largest:
        size = text.size(feature_map.input_size)
        cause = f"{most} times {down},{right} shifts every cell out of the {size} map"
        raise SpecError(
            "sweep", cause, f"use at most {largest}" if largest else "use a smaller shift"
        )
    before = pool_modes(question, modes)
    shifts = [
        _shift(question, before, replace(step, offset=(down * times, right * times)))
        for times in range(most + 1)
    ]
    return Sweep(feature_map, step, shifts)


# Units in the last place, at the largest number that was pooled: two orders of adding may differ
# by these, and what should be 0 may be as much.
LAST_BITS = 8


def largest_magnitude(values: Array) -> float:
    """The largest absolute value among the finite ones; 0 if there are none."""
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    return max(abs(float(finite.max(initial=0))), abs(float(finite.min(initial=0))))


def equal_outputs(first: Array, second: Array, mode: Mode, largest: float) -> Array:
    """Where two outputs of a mode are equal; NaN equals NaN.

    A mode whose value is one of the cells is compared to the last bit. Sums may differ by the
    last bits of the ``largest`` magnitude among the values that were pooled.
    """
    if mode.picks or first.dtype.kind != "f":
        return equal_bits(first, second)
    tolerance = LAST_BITS * float(np.finfo(first.dtype).eps)
    with np.errstate(all="ignore"):
        return np.isclose(first, second, rtol=tolerance, atol=tolerance * largest, equal_nan=True)


def equal_bits(first: Array, second: Array) -> Array:
    """Where two arrays are equal to the last bit; NaN equals NaN."""
    with np.errstate(all="ignore"):
        missing = np.not_equal(first, first) & np.not_equal(second, second)
        return np.asarray((first == second) | missing)
