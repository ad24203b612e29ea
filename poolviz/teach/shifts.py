"""Shifts: how much of the output stays the same when the input moves a little."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from poolviz.discovery import unknown
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.patches import Array
from poolviz.result import PoolResult
from poolviz.spec import PoolSpec
from poolviz.teach._equal import equal
from poolviz.teach.comparison import compare

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
        result: the pooling after the shift; None for the input itself.
    """

    name: str
    before: Array
    after: Array
    result: PoolResult | None = None

    @property
    def changed(self) -> Array:
        """(C, H, W) which values are others than before, at the same place."""
        return ~equal(self.before, self.after)

    @property
    def unchanged(self) -> float:
        """The share of values that are the same as before."""
        return 1 - float(self.changed.mean())

    @property
    def largest(self) -> float:
        """The largest change of a finite value."""
        return float(self._changes.max(initial=0))

    @property
    def mean(self) -> float:
        """The mean change of the finite values."""
        return float(self._changes.mean()) if self._changes.size else 0.0

    @property
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
        SpecError: as for :func:`shifted` and :func:`poolviz.teach.comparison.compare`.

    Example:
        >>> spike = np.zeros((4, 4)); spike[0, 0] = 1
        >>> still, pooled = shift(FeatureMap(spike), PoolSpec(), ["max"], (0, 1), fill="zero")
        >>> still.unchanged, pooled.unchanged
        (0.875, 1.0)
    """
    moved = replace(feature_map, values=shifted(feature_map.values, by, fill))
    before = compare(feature_map, spec, modes, seed=seed)
    after = compare(moved, spec, modes, seed=seed)
    pairs = zip(before, after, strict=True)
    pooled = [Shift(a.name, a.result.output, b.result.output, b.result) for a, b in pairs]
    return [Shift("", feature_map.values, moved.values), *pooled]


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
    offsets = [(down * times, right * times) for times in range(most + 1)]
    # The largest first: if it is refused, nothing was computed in vain.
    shifted(feature_map.values, offsets[-1], fill)
    return [
        (offset, shift(feature_map, spec, modes, offset, fill=fill, seed=seed))
        for offset in offsets
    ]
