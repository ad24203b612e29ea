"""PoolResult: a pooled feature map that can name each of its windows as a Step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.engine.gathered import uniform
from poolviz.engine.gradients import backward
from poolviz.engine.pooling import as_values, compute, kept_values, winner_indices
from poolviz.engine.unpooling import unpool
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks._answers import emulation_notes
from poolviz.geometry import CellKind, Geometry
from poolviz.modes import Mode
from poolviz.plan import Plan, make_plan, outside_in_words
from poolviz.spec import PoolSpec
from poolviz.windows import Array, Counts, Patches, gather, single


class Displayed:
    """Shows itself as an interactive page, and as a PNG where that is not taken."""

    def _repr_html_(self) -> str:
        return str(_drawn("html", self))

    def _repr_png_(self) -> bytes:
        return bytes(_drawn("png", self))


def _drawn(kind: str, shown: Displayed) -> Any:
    # By its name: results know no view, and load none before they are shown.
    return getattr(import_module("poolviz.views.notebook"), kind)(shown)


@dataclass(frozen=True, eq=False)
class Step:
    """One window, as a person would look at it.

    Args:
        index: (row, column) of the output cell.
        channel: which channel.
        rows: the input rows that the window reads, padding rows included.
        columns: the input columns.
        cells: (rows, columns) the values read; the mode's identity outside the input.
        kinds: (rows, columns) where each cell lies, as :class:`CellKind` numbers; a masked
            cell is left out as overhang is, and counts as that.
        weights: (rows, columns) each cell's share in the value.
        value: the pooled value, as the engine computed it; masked where all cells are.
        arithmetic: the line that a person would write.
        picks: whether the value is one of the cells, so that a cell wins.
    """

    index: tuple[int, int]
    channel: int
    rows: range
    columns: range
    cells: Array
    kinds: Array
    weights: Array
    value: np.generic
    arithmetic: str
    picks: bool

    @property
    def winner(self) -> tuple[int, int] | None:
        """(row, column) of the input cell that is the value; None if no single cell is."""
        if not self.picks or not self.weights.any():
            return None
        row, column = divmod(int(self.weights.argmax()), len(self.columns))
        return self.rows[row], self.columns[column]

    @property
    def ties(self) -> frozenset[tuple[int, int]]:
        """Input cells that equal the winner but do not win."""
        if self.winner is None:
            return frozenset()
        equal = (self.kinds == CellKind.INPUT) & (self.cells == self.value)
        cells = ((self.rows[at], self.columns[to]) for at, to in zip(*equal.nonzero(), strict=True))
        return frozenset(cells) - {self.winner}


@dataclass(frozen=True, eq=False)
class PoolResult(Displayed):
    """What pooling a feature map gave; in a notebook it shows itself.

    Args:
        feature_map: the input.
        plan: the request, resolved for the input's size.
        output: (C, height, width) pooled values; a masked array if the input is one.
    """

    feature_map: FeatureMap
    plan: Plan
    output: Array

    @property
    def geometry(self) -> Geometry:
        """The windows, with the completed spec."""
        return self.plan.geometry

    @property
    def mode(self) -> Mode:
        """The mode with its parameters."""
        return self.plan.mode

    @property
    def seed(self) -> int:
        """The seed with which the mode drew, if it draws."""
        return self.plan.seed

    @property
    def spec(self) -> PoolSpec:
        """The request with nothing left to a default."""
        return self.geometry.spec

    @property
    def summary(self) -> str:
        """What was asked for, in words: ``max 3×3, stride 2, padding 1``."""
        return self.plan.summary

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the source, its values under the mode, and the call."""
        remarks = self.mode.remarks(self.feature_map.values)
        return (*self.feature_map.notes, *remarks, *emulation_notes(self.plan))

    @property
    def formula(self) -> str:
        """The size formula with the numbers substituted."""
        return self.geometry.formula

    @property
    def output_size(self) -> tuple[int, int]:
        """(height, width) of the output."""
        height, width = self.geometry.output_size
        return height, width

    @property
    def output_shape(self) -> tuple[int, ...]:
        """(H, W) for a 2-D source, else (C, H, W)."""
        return self.output_size if self.feature_map.planar else self.output.shape

    @cached_property
    def winners(self) -> Array:
        """Each window's winning cell: the output's shape, row-major in the plane, −1 for none.

        Raises:
            SpecError: the mode's value is not one of the cells.
        """
        values = as_values(self.feature_map.values, 2)
        return winner_indices(values, self.output, self.plan)

    @cached_property
    def kept(self) -> Array:
        """Which outputs equal a cell of their window, so that no new value was made: (C, H, W)."""
        values = as_values(self.feature_map.values, 2)
        return kept_values(values, self.output, self.plan)

    def wins(self, channel: int = 0) -> Array:
        """How many windows each input cell of a channel wins: (H, W).

        Raises:
            SpecError: the mode's value is not one of the cells.
        """
        height, width = self.feature_map.input_size
        won = self.winners[channel].ravel()
        return np.bincount(won[won >= 0], minlength=height * width).reshape(height, width)

    def unpooled(self, channel: int = 0) -> Array:
        """The pooled values of a channel back at their winners' places, 0 elsewhere: (H, W).

        Raises:
            SpecError: the mode's value is not one of the cells.
        """
        size, places, values = self.feature_map.input_size, self.winners, self.output
        there = places[channel] >= 0
        if not there.any():
            return np.zeros(size, values.dtype)
        return unpool(values[channel][there][None], places[channel][there][None], size)

    @cached_property
    def gradient(self) -> Array:
        """What flows back to each input cell if each window sends 1: (C, H, W)."""
        values = as_values(self.feature_map.values, 2)
        return backward(values, np.ones(self.output.shape), self.plan)

    def step(self, row: int, column: int, channel: int = 0) -> Step:
        """The window whose value is ``output[channel, row, column]``."""
        with np.errstate(all="ignore"):
            return self._step(row, column, channel)

    def _step(self, row: int, column: int, channel: int) -> Step:
        rows, columns = self.geometry.window((row, column))
        patch = self.patch(row, column, channel)
        value = self.output[channel, row, column]
        along = [
            [axis.kind(cell) for cell in window]
            for axis, window in zip(self.geometry.axes, (rows, columns), strict=True)
        ]
        shape = (len(rows), len(columns))
        kinds = np.maximum.outer(*along)
        # Of the cells in the input only masked ones have no place.
        masked = (kinds == CellKind.INPUT) & (patch.places.reshape(shape) < 0)
        return Step(
            (row, column),
            channel,
            rows,
            columns,
            patch.cells.reshape(shape),
            np.where(masked, CellKind.OVERHANG, kinds),
            self.mode.weights(patch).reshape(shape),
            value,
            _arithmetic(self.mode, patch, value),
            self.mode.picks,
        )

    def steps(self, channel: int = 0) -> Iterator[Step]:
        """Every window of a channel, row by row."""
        height, width = self.output_size
        return (self.step(row, column, channel) for row in range(height) for column in range(width))

    def patch(self, row: int, column: int, channel: int) -> Patches:
        """The values under one window: cells of shape (n,), row by row."""
        values = self.feature_map.values[channel]
        block = single((row, column))
        numbers = None
        if self.mode.draws:
            numbers = uniform(self.plan, (slice(0, 1), *block), channel)[0]
        fill = self.mode.identity(values.dtype)
        patches = gather(values, self.geometry, block, fill, numbers)
        return replace(
            patches,
            cells=patches.cells[0, 0],
            inside=patches.inside[0, 0],
            counts=Counts(*(np.reshape(number, ()) for number in vars(patches.counts).values())),
            places=patches.places[0, 0],
            uniform=None if numbers is None else numbers[0, 0],
            along=tuple(index.reshape(()) for index in patches.along),
        )


def run(
    feature_map: FeatureMap | ArrayLike,
    spec: PoolSpec,
    *,
    seed: int | None = None,
    threads: int | None = None,
    out: Array | None = None,
    progress: Callable[[int], None] | None = None,
) -> PoolResult:
    """Pool ``feature_map`` as ``spec`` asks.

    Args:
        feature_map: what is pooled; also an array of shape (H, W) or (C, H, W), of which
            masked cells are left out.
        spec: how.
        seed: for modes that draw at random.
        threads: at most so many; None for the cores.
        out: (C, height, width) to write the output into, as :func:`output_form` tells.
        progress: called from any thread with the number of values pooled since the last call.

    Raises:
        SpecError: the spec has no meaning or does not fit the input, or ``out`` shares
            memory with it.

    Example:
        >>> result = run([[1, 3], [2, 4]], PoolSpec("average"))
        >>> result.step(0, 0).arithmetic
        '(1 + 3 + 2 + 4) / 4 = 2.5'
    """
    if not isinstance(feature_map, FeatureMap):
        feature_map = FeatureMap(feature_map)  # type: ignore[arg-type]
    if isinstance(out, np.ndarray) and np.may_share_memory(feature_map.values, out):
        cause = "it shares memory with the feature map, whose windows could not be shown"
        raise SpecError("out", cause, "give an array of its own")
    plan = make_plan(spec, feature_map.input_size, seed)
    return pooled_as_planned(feature_map, plan, threads=threads, out=out, progress=progress)


def pooled_as_planned(
    feature_map: FeatureMap,
    plan: Plan,
    *,
    threads: int | None = None,
    out: Array | None = None,
    progress: Callable[[int], None] | None = None,
) -> PoolResult:
    """As :func:`run`, where the request is resolved already."""
    values = as_values(feature_map.values, 2)
    output = compute(values, plan, threads=threads, out=out, progress=progress)
    return PoolResult(feature_map, plan, output)


def output_form(feature_map: FeatureMap, plan: Plan) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape (C, height, width) and type of what :func:`run` gives, before anything is computed.

    Example:
        >>> output_form(FeatureMap(np.eye(4)), make_plan(PoolSpec("max"), (4, 4)))
        ((1, 2, 2), dtype('float64'))
    """
    # One value tells the type: of foreign byte order, all of them would be copied.
    first = as_values(feature_map.values[:, :1, :1], 2)
    return (len(first), *plan.output_size), plan.mode.result_type(first.dtype)


def _arithmetic(mode: Mode, patch: Patches, value: np.generic) -> str:
    cells = patch.cells[patch.inside]
    expression = mode.expression(cells, patch.counts) if len(cells) else "no input cell"
    equals = "= masked" if np.ma.is_masked(value) else text.equals(value)
    return f"{expression} {equals}{outside_in_words(mode, patch.counts)}"
