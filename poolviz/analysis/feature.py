"""Marked feature: what remains, behind several layers, of a few cells of the input."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot

import numpy as np

from poolviz import text
from poolviz.analysis.layers import Layer
from poolviz.analysis.shift import LAST_BITS
from poolviz.analysis.stack import Level, output, stack
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes._mode import floating
from poolviz.windows import Array

Place = tuple[float, float]


@dataclass(frozen=True)
class Feature:
    """Cells of one channel of the input, and what lies around them.

    Args:
        channel: which.
        rows: of its cells.
        columns: of its cells.
        around: the mean of the cells in a ring around them.
        height: the largest difference of one of them from it.
    """

    channel: int
    rows: range
    columns: range
    around: float
    height: float

    @property
    def centre(self) -> Place:
        """Its middle, as a row and a column."""
        return (self.rows[0] + self.rows[-1]) / 2, (self.columns[0] + self.columns[-1]) / 2


@dataclass(frozen=True)
class Remains:
    """What an output would lack without a feature.

    Args:
        kept: the largest change of the output over that of the input.
        place: where the changes have their middle, in cells of the input; None of none.
        peak: (channel, row, column) of the output that changes most; None if none does.
        distance: cells of the input between the feature's middle and ``place``.
        jump: cells of the input from one output to the next: finer it does not tell.
    """

    kept: float
    place: Place | None
    peak: tuple[int, int, int] | None
    distance: float | None
    jump: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Followed:
    """A stack, and what is left of a feature at its end.

    Args:
        words: its layers.
        levels: the input, then what is behind each layer.
        remains: of the feature; None where none is followed.
    """

    words: str
    levels: list[Level]
    remains: Remains | None

    @property
    def parameters(self) -> int:
        """Of all layers."""
        return sum(level.parameters for level in self.levels)

    @property
    def multiply_adds(self) -> int:
        """Of all layers."""
        return sum(level.multiply_adds for level in self.levels)

    def lineage(self, channel: int) -> list[int]:
        """For each level a channel of it, each made of the one before.

        The first is ``channel``; the last is the one that tells most of the feature, or
        else the most active of those that became of the first.
        """
        counts = [len(level.feature_map.values) for level in self.levels]
        if self.remains and self.remains.peak:
            last = self.remains.peak[0]
        else:
            last = self.levels[-1].strongest(channel, counts[0])
        # Those of the first channel stand first.
        return [last // (counts[-1] // count) for count in counts]


def follow(
    feature_map: FeatureMap,
    layers: Sequence[Layer],
    feature: Feature | None,
    seed: int | None = None,
) -> Followed:
    """The stack of ``layers``, and what it leaves of ``feature``, if there is one.

    Raises:
        SpecError: as for :func:`poolviz.teach.stack.stack`.
    """
    levels = stack(feature_map, layers, seed)
    left = remains(levels, layers, feature, seed) if feature else None
    return Followed(" ".join(layer.words for layer in layers), levels, left)


def marked(feature_map: FeatureMap, channel: int, rows: range, columns: range) -> Feature:
    """The feature that lies in ``rows`` and ``columns``.

    Raises:
        SpecError: it is not within the map, has values that are not finite, covers all,
            or does not differ from what is around it.

    Example:
        >>> spike = FeatureMap(np.array([[1, 1, 1], [1, 9, 1], [1, 1, 1]]))
        >>> marked(spike, 0, range(1, 2), range(1, 2)).height
        8.0
    """
    plane = feature_map.values[channel]
    _check_inside(plane.shape, rows, columns)
    top, left = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    block = plane[top : rows[-1] + 2, left : columns[-1] + 2].astype(np.float64)
    inside = np.zeros(block.shape, bool)
    inside[rows[0] - top : rows[-1] + 1 - top, columns[0] - left : columns[-1] + 1 - left] = True
    ring = block[~inside & np.isfinite(block)]
    _check_finite(block[inside], ring)
    around = float(ring.mean())
    height = float(np.abs(block[inside] - around).max())
    if not height:
        cause = f"all of it is {text.number(around)}, as what lies around it"
        raise SpecError("mark", cause, "mark cells that differ from their neighbours")
    return Feature(channel, rows, columns, around, height)


def _check_inside(shape: Sequence[int], rows: range, columns: range) -> None:
    if rows and columns and rows.stop <= shape[0] and columns.stop <= shape[1]:
        return
    raise SpecError(
        "mark",
        f"it reaches to row {rows.stop - 1}, column {columns.stop - 1} of a map of"
        f" {text.size(shape)}",
        "rows and columns count from 0; choose cells within the map",
    )


def _check_finite(cells: Array, ring: Array) -> None:
    if not ring.size:
        cause = "there is no finite value around it to put in its place"
        raise SpecError("mark", cause, "mark fewer cells, or others")
    if not np.isfinite(cells).all():
        raise SpecError("mark", "a value in it is not finite", "mark other cells")


def most_conspicuous(feature_map: FeatureMap, channel: int) -> Feature | None:
    """The cell that differs most from its neighbours' mean; None if none does.

    Example:
        >>> flat = np.zeros((5, 5)); flat[3, 1] = -2
        >>> most_conspicuous(FeatureMap(flat), 0).centre
        (3.0, 1.0)
    """
    plane = feature_map.values[channel]
    with np.errstate(all="ignore"):
        values = plane.astype(np.float64)
        finite = np.isfinite(values)
        sums = _around(np.where(finite, values, 0)), _around(finite.astype(np.float64))
        differences = np.abs(values - sums[0] / sums[1])
    differences[~np.isfinite(differences)] = 0
    row, column = divmod(int(differences.argmax()), plane.shape[1])
    if not differences[row, column]:
        return None
    return marked(feature_map, channel, range(row, row + 1), range(column, column + 1))


def _around(plane: Array) -> Array:
    """The sum of each cell's neighbours, up to eight."""
    padded = np.pad(plane, 1)
    height, width = plane.shape
    places = [(row, column) for row in range(3) for column in range(3) if (row, column) != (1, 1)]
    total = np.zeros(plane.shape)
    for row, column in places:
        total += padded[row : row + height, column : column + width]
    return total


def remains(
    levels: Sequence[Level], layers: Sequence[Layer], feature: Feature, seed: int | None = None
) -> Remains:
    """What is left of ``feature`` at the end of a stack.

    The stack is run once more on the input with the feature replaced by what lies around
    it; the differences of the two outputs are what there is of it.

    Args:
        levels: the stack on the input, as :func:`poolviz.teach.stack.stack` gives it.
        layers: of what.
        feature: in the first of ``levels``.
        seed: as there.
    """
    feature_map, last = levels[0].feature_map, levels[-1]
    values = feature_map.values
    wide = replace(feature_map, values=values.astype(floating(values.dtype)))
    # Integers are run as decimals both times, so that nothing but the feature makes a difference.
    same = values.dtype == wide.values.dtype
    before = last.feature_map.values if same else output(wide, layers, seed)
    rows, columns = (slice(cells[0], cells[-1] + 1) for cells in (feature.rows, feature.columns))
    wide.values[feature.channel, rows, columns] = feature.around
    changes = _changes(before, output(wide, layers, seed))
    return _found(changes, last, feature)


def _changes(before: Array, after: Array) -> Array:
    """|before − after|; 0 where the last bits differ, or one of them is not finite."""
    with np.errstate(all="ignore"):
        changes = np.subtract(before, after, dtype=np.float64)
        np.abs(changes, out=changes)
        largest = float(np.abs(before[np.isfinite(before)]).max(initial=0))
    least = LAST_BITS * float(np.finfo(floating(before.dtype)).eps) * largest
    changes[~(np.isfinite(changes) & (changes > least))] = 0
    return changes


def _found(changes: Array, last: Level, feature: Feature) -> Remains:
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
