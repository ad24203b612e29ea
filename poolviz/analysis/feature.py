"""Feature: a few marked cells of the input, and what several layers leave of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from poolviz import text
from poolviz.analysis.layers import Layer, apply_layers
from poolviz.analysis.shift import LAST_BITS
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes._mode import floating
from poolviz.windows import Array

if TYPE_CHECKING:
    # Stacks of levels import this file.
    from poolviz.analysis.stack import Level

Place = tuple[float, float]


@dataclass(frozen=True)
class Feature:
    """A block of cells in one channel of the input.

    Args:
        channel: the channel.
        rows: rows of the cells.
        columns: columns of the cells.
        around: the mean of the ring of cells around them.
        height: the largest difference of a cell from that mean.
    """

    channel: int
    rows: range
    columns: range
    around: float
    height: float

    @property
    def centre(self) -> Place:
        """(row, column) of its middle."""
        return (self.rows[0] + self.rows[-1]) / 2, (self.columns[0] + self.columns[-1]) / 2


@dataclass(frozen=True)
class Remains:
    """What changes in an output when the feature is removed from the input.

    Args:
        kept: the largest change of the output / the height of the feature.
        place: (row, column) of the middle of all changes, in cells of the input; None if
            nothing changes.
        peak: (channel, row, column) of the output that changes most; None if nothing changes.
        distance: cells of the input between the feature's middle and ``place``.
        jump: cells of the input from one output to the next, the resolution of ``place``.
    """

    kept: float
    place: Place | None
    peak: tuple[int, int, int] | None
    distance: float | None
    jump: tuple[float, ...]


def mark_feature(feature_map: FeatureMap, channel: int, rows: range, columns: range) -> Feature:
    """The feature in ``rows`` and ``columns`` of a channel.

    Raises:
        SpecError: the cells lie outside the map, are not finite, cover the whole map, or do
            not differ from the cells around them.

    Example:
        >>> spike = FeatureMap(np.array([[1, 1, 1], [1, 9, 1], [1, 1, 1]]))
        >>> mark_feature(spike, 0, range(1, 2), range(1, 2)).height
        8.0
    """
    plane = feature_map.values[channel]
    height, width = plane.shape
    if not (rows and columns and rows.stop <= height and columns.stop <= width):
        last = f"row {rows.stop - 1}, column {columns.stop - 1}"
        cause = f"{last} is outside the {text.size(plane.shape)} map"
        remedy = "use rows and columns within the map, counted from 0"
        raise SpecError("mark", cause, remedy)
    top, left = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    block = plane[top : rows[-1] + 2, left : columns[-1] + 2].astype(np.float64)
    inside = np.zeros(block.shape, bool)
    inside[rows[0] - top : rows[-1] + 1 - top, columns[0] - left : columns[-1] + 1 - left] = True
    ring = block[~inside & np.isfinite(block)]
    if not ring.size:
        cause = "no finite value surrounds the marked cells"
        raise SpecError("mark", cause, "mark fewer cells, or different ones")
    if not np.isfinite(block[inside]).all():
        raise SpecError("mark", "a marked value is not finite", "mark other cells")
    around = float(ring.mean())
    difference = float(np.abs(block[inside] - around).max())
    if not difference:
        cause = f"all marked cells are {text.number(around)}, like the cells around them"
        raise SpecError("mark", cause, "mark cells that differ from their neighbours")
    return Feature(channel, rows, columns, around, difference)


def find_feature(feature_map: FeatureMap, channel: int) -> Feature | None:
    """The cell that differs most from the mean of its neighbours; None if none differs.

    Example:
        >>> flat = np.zeros((5, 5)); flat[3, 1] = -2
        >>> find_feature(FeatureMap(flat), 0).centre
        (3.0, 1.0)
    """
    plane = feature_map.values[channel]
    with np.errstate(all="ignore"):
        values = plane.astype(np.float64)
        finite = np.isfinite(values)
        total = _sum_neighbours(np.where(finite, values, 0))
        count = _sum_neighbours(finite.astype(np.float64))
        differences = np.abs(values - total / count)
    differences[~np.isfinite(differences)] = 0
    row, column = divmod(int(differences.argmax()), plane.shape[1])
    if not differences[row, column]:
        return None
    return mark_feature(feature_map, channel, range(row, row + 1), range(column, column + 1))


def _sum_neighbours(plane: Array) -> Array:
    """For each cell the sum of its neighbours, up to eight."""
    padded = np.pad(plane, 1)
    height, width = plane.shape
    total = np.zeros(plane.shape)
    for row, column in np.ndindex(3, 3):
        if (row, column) != (1, 1):
            total += padded[row : row + height, column : column + width]
    return total


def measure_remains(
    levels: "Sequence[Level]", layers: Sequence[Layer], feature: Feature, seed: int | None = None
) -> Remains:
    """What the last of ``layers`` still shows of ``feature``.

    The layers run once more, on the input with the feature replaced by the mean around it.
    What changes in the output is what remains of the feature.

    Args:
        levels: the input and the map behind each layer.
        layers: the layers.
        feature: cells of the input.
        seed: for random layers.
    """
    feature_map, last = levels[0].feature_map, levels[-1]
    values = feature_map.values
    wide = replace(feature_map, values=values.astype(floating(values.dtype)))
    # Both runs take decimals, so that the feature alone makes a difference.
    is_wide = values.dtype == wide.values.dtype
    before = last.feature_map.values if is_wide else apply_layers(wide, layers, seed)
    rows, columns = (slice(cells[0], cells[-1] + 1) for cells in (feature.rows, feature.columns))
    wide.values[feature.channel, rows, columns] = feature.around
    changes = _measure_changes(before, apply_layers(wide, layers, seed))
    return _locate(changes, last, feature)


def _measure_changes(before: Array, after: Array) -> Array:
    """|before − after|; 0 where only the last bits differ or a value is not finite."""
    with np.errstate(all="ignore"):
        changes = np.subtract(before, after, dtype=np.float64)
        np.abs(changes, out=changes)
        largest = float(np.abs(before[np.isfinite(before)]).max(initial=0))
    least = LAST_BITS * float(np.finfo(floating(before.dtype)).eps) * largest
    changes[~(np.isfinite(changes) & (changes > least))] = 0
    return changes


def _locate(changes: Array, last: "Level", feature: Feature) -> Remains:
    """Where the changes of the last level lie in the input."""
    largest = float(changes.max())
    kept, jump = largest / feature.height, last.field.jump
    if not largest:
        return Remains(kept, None, None, None, jump)
    channel, row, column = map(int, np.unravel_index(changes.argmax(), changes.shape))
    plane = (changes / largest).sum(axis=0)
    down = float(plane.sum(axis=1) @ last.centres[0] / plane.sum())
    right = float(plane.sum(axis=0) @ last.centres[1] / plane.sum())
    distance = hypot(down - feature.centre[0], right - feature.centre[1])
    return Remains(kept, (down, right), (channel, row, column), distance, jump)
