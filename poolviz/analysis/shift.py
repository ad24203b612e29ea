"""Shifts: how much of the output stays the same when the input moves a little."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.analysis.compare import pooled
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes import Mode
from poolviz.plugins import unknown
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.windows import Array

# What comes in at the edge, by NumPy's names for it.
FILLS = {"edge": "edge", "zero": "constant", "wrap": "wrap"}
DEFAULT_FILL = "edge"
Offset = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Shift:
    """One map before and after its input moved.

    Args:
        name: the mode; empty for the input itself.
        before: (C, H, W).
        after: (C, H, W).
        changed: (C, H, W) which values are others than before, at the same place.
        result: the pooling after the shift; None for the input itself.
        original: the pooling before it.
    """

    name: str
    before: Array
    after: Array
    changed: Array
    result: PoolResult | None = None
    original: PoolResult | None = None

    @property
    def unchanged(self) -> float:
        """The share of values that are the same as before."""
        return 1 - float(self.changed.mean())

    @property
    def largest(self) -> float | None:
        """The largest change; None where only values that are not finite came or went."""
        changes = self._changes
        return float(changes.max(initial=0)) if self._told else None

    @property
    def mean(self) -> float | None:
        """The mean change of the finite values; None as for the largest."""
        changes = self._changes
        return (float(changes.mean()) if changes.size else 0.0) if self._told else None

    @property
    def _told(self) -> bool:
        """Whether finite changes say anything of the values that changed."""
        return bool(self._changes.any()) or not self.changed.any()

    @cached_property
    def _changes(self) -> Array:
        with np.errstate(all="ignore"):
            changes = np.abs(self.after.astype(np.float64) - self.before.astype(np.float64))
        return np.asarray(changes[np.isfinite(changes)])


def shifted(values: Array, by: Offset, fill: str = DEFAULT_FILL) -> Array:
    """``values`` (..., H, W) moved down and to the right by ``by``, the size kept.

    Args:
        values: what moves.
        by: rows and columns; negative ones move up and to the left.
        fill: what comes in: the nearest "edge" value, "zero", or what left at the
            other side ("wrap").

    Raises:
        SpecError: there is no such fill, or nothing would remain.

    Example:
        >>> shifted(np.array([[1, 2, 3]]), (0, 1))
        array([[1, 1, 2]])
    """
    if fill not in FILLS:
        raise unknown("fill", fill, FILLS)
    height, width = values.shape[-2:]
    down, right = by
    if abs(down) >= height or abs(right) >= width:
        raise SpecError(
            "by",
            f"{down},{right} moves a map of {height}×{width} out of itself",
            f"give less than {height} rows and {width} columns",
        )
    pads = [(max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))]
    lead = [(0, 0)] * (values.ndim - 2)
    padded = np.pad(values, [*lead, *pads], mode=FILLS[fill])  # type: ignore[call-overload]
    top, left = max(-down, 0), max(-right, 0)
    return np.asarray(padded[..., top : top + height, left : left + width])


def shift(
    feature_map: FeatureMap,
    spec: PoolSpec,
    modes: Sequence[str],
    by: Offset,
    *,
    fill: str = DEFAULT_FILL,
    seed: int | None = None,
) -> list[Shift]:
    """The input, then each mode's output, before and after a shift.

    Raises:
        SpecError: as for :func:`shifted` and :func:`poolviz.teach.comparison.pooled`.

    Example:
        >>> spike = np.zeros((4, 4)); spike[0, 0] = 1
        >>> still, pooled = shift(FeatureMap(spike), PoolSpec(), ["max"], (0, 1), fill="zero")
        >>> still.unchanged, pooled.unchanged
        (0.875, 1.0)
    """
    before = pooled(feature_map, spec, modes, seed=seed)
    return _moved(feature_map, before, by, fill)


def _moved(
    feature_map: FeatureMap,
    before: dict[str, PoolResult],
    by: Offset,
    fill: str,
) -> list[Shift]:
    """The input and the outputs ``before``, each with what it is after a shift."""
    moved = replace(feature_map, values=shifted(feature_map.values, by, fill))
    changed = ~exactly_equal(feature_map.values, moved.values)
    found = [Shift("", feature_map.values, moved.values, changed)]
    for name, first in before.items():
        after = run(moved, first.spec, seed=first.seed if first.mode.draws else None)
        outputs = first.output, after.output
        changed = ~equal(*outputs, first.mode, feature_map.values)
        found.append(Shift(name, *outputs, changed, after, first))
    return found


def _check_reach(size: tuple[int, int], by: Offset, most: int) -> None:
    """Raise SpecError for a sweep that leaves the map, before anything is computed."""
    largest = min((length - 1) // abs(step) for length, step in zip(size, by, strict=True) if step)
    if most > largest:
        cause = f"{most} times {by[0]},{by[1]} moves a map of {text.size(size)} out of itself"
        raise SpecError("sweep", cause, f"give at most {largest}" if largest else "move it by less")


def sweep(
    feature_map: FeatureMap,
    spec: PoolSpec,
    modes: Sequence[str],
    by: Offset,
    most: int,
    *,
    fill: str = DEFAULT_FILL,
    seed: int | None = None,
) -> list[tuple[Offset, list[Shift]]]:
    """:func:`shift` by 0, 1, ... ``most`` times ``by``: each offset and what it changed.

    Raises:
        SpecError: as for :func:`shift`.
    """
    down, right = by
    if by == (0, 0):
        raise SpecError("by", "a sweep of no shift goes nowhere", "give a row or column")
    _check_reach(feature_map.input_size, by, most)
    offsets = [(down * times, right * times) for times in range(most + 1)]
    before = pooled(feature_map, spec, modes, seed=seed)
    return [(offset, _moved(feature_map, before, offset, fill)) for offset in offsets]


# Of a float's precision, at the largest number that was pooled: two orders of adding may differ
# by these, and what should be 0 may be as much.
LAST_BITS = 8


def equal(here: Array, there: Array, mode: Mode, values: Array) -> Array:
    """Where two outputs of ``mode`` over ``values`` are equal; NaN is NaN.

    A mode whose value is one of the cells gives it to the last bit; sums may differ there.
    """
    with np.errstate(all="ignore"):
        if mode.picks or here.dtype.kind != "f":
            return exactly_equal(here, there)
        largest = float(np.abs(values[np.isfinite(values)]).max(initial=0))
        tolerance = LAST_BITS * float(np.finfo(here.dtype).eps)
        return np.isclose(here, there, rtol=tolerance, atol=tolerance * largest, equal_nan=True)


def exactly_equal(here: Array, there: Array) -> Array:
    """Where two arrays are equal to the last bit; NaN is NaN."""
    missing = np.not_equal(here, here) & np.not_equal(there, there)
    return np.asarray((here == there) | missing)
