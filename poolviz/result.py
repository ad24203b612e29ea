"""PoolResult: a pooled feature map, and each of its windows as a Step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.arrays import as_array
from poolviz.engine.gathered import uniform
from poolviz.engine.gradients import backward, unpool
from poolviz.engine.pooling import as_values, compute, kept_values, winner_indices
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks._answers import emulation_notes
from poolviz.geometry import CellKind, Geometry, SlidingAxis
from poolviz.modes._mode import Mode
from poolviz.plan import Plan, describe_outside, make_plan
from poolviz.spec import PoolSpec
from poolviz.windows import Array, Counts, Patches, gather, one_window


class Displayed:
    """An answer that a notebook shows as an interactive page, or else as a PNG."""

    def _repr_html_(self) -> str:
        return str(_notebook().html(self))

    def _repr_png_(self) -> bytes:
        return bytes(_notebook().png(self))


def _notebook() -> ModuleType:
    # Imported by name: views come after results, and are loaded only when one is shown.
    return import_module("poolviz.views.notebook")


# A window in which so many cells equal the winner is flat.
MOST_TIES = 3


@dataclass(frozen=True, eq=False)
class Step:
    """One window, with everything that explains its value.

    Args:
        index: (row, column) of the output cell.
        channel: the channel's number.
        rows: the input rows that the window reads, padding rows included.
        columns: the input columns, padding columns included.
        cells: (rows, columns) the values read; the mode's identity outside the input.
        kinds: (rows, columns) where each cell lies, as :class:`CellKind` numbers; a masked
            cell is ignored and counts as overhang.
        weights: (rows, columns) each cell's share of the value.
        value: the pooled value from the engine; masked if all cells are.
        mode: the mode with its parameters.
        patch: the window as the mode sees it, its cells row by row.
    """

    index: tuple[int, int]
    channel: int
    rows: range
    columns: range
    cells: Array
    kinds: Array
    weights: Array
    value: np.generic
    mode: Mode
    patch: Patches

    @property
    def picks(self) -> bool:
        """Whether the value is one of the cells, so that a cell wins."""
        return self.mode.picks

    @cached_property
    def arithmetic(self) -> str:
        """The calculation in one line, its numbers as short as possible."""
        return self.written(text.Numbers())

    def written(self, numbers: text.Numbers) -> str:
        """The calculation in one line, its numbers as ``numbers`` writes them.

        Example:
            >>> run([[1, 3], [2, 4.5]], PoolSpec("average")).step(0, 0).written(text.Numbers(1))
            '(1.0 + 3.0 + 2.0 + 4.5) / 4 ≈ 2.6'
        """
        outside = describe_outside(self.mode, self.patch.counts)
        if not self.patch.inside.any():
            # Views may have put NaN in the place of a masked value.
            masked = self.patch.counts.emptied
            equals = "= masked" if masked else numbers.equals(self.value)
            return f"no input cell {equals}{outside}"
        with np.errstate(all="ignore"):
            return f"{self.mode.sentence(self.patch, numbers, self.value)}{outside}"

    def asked(self, numbers: text.Numbers) -> str:
        """The calculation without its result, as ``written`` begins where it has an equals sign.

        Example:
            >>> run([[1, 3], [2, 4]], PoolSpec("max")).step(0, 0).asked(text.Numbers())
            'max(1, 3, 2, 4) ='
        """
        found = text.split_result(self.written(numbers))
        if found is not None:
            return " ".join(found[:2]).lstrip()
        # A sentence without a sign of equality tells its result amid other words.
        return self.mode.expression(self.patch, numbers)

    @property
    def winner(self) -> tuple[int, int] | None:
        """(row, column) of the input cell that is the value; None if there is no such cell."""
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
        cells = {(self.rows[row], self.columns[column]) for row, column in np.argwhere(equal)}
        return frozenset(cells - {self.winner})

    @property
    def is_even(self) -> bool:
        """Whether the window reads several cells that are all equal, so that none stands out.

        Example:
            >>> run([[0, 0, 1, 2]], PoolSpec("max", (1, 2))).step(0, 0).is_even
            True
        """
        read = self.cells[self.kinds == CellKind.INPUT]
        return read.size != 1 and bool(np.all(read == read[:1]))

    @property
    def is_flat(self) -> bool:
        """Whether so many cells equal the winner that marking each would say nothing."""
        return len(self.ties) >= MOST_TIES

    @property
    def padding_weight(self) -> float | None:
        """The weight of a padding cell that the divisor counts; None if it counts none."""
        counts = self.patch.counts
        padded, divisor = int(counts.padded.flat[0]), int(counts.divisor.flat[0])
        is_counted = self.mode.divides and padded == divisor
        inside = int((self.kinds == CellKind.INPUT).sum())
        return 1 / divisor if is_counted and divisor > inside else None

    @cached_property
    def shares(self) -> Array:
        """(rows, columns) each cell's part of the value, so that all together are at most 1.

        Weights that are not finite or below 0 count as 0. Padding has a share if the divisor
        counts it.
        """
        weights = np.where(np.isfinite(self.weights), self.weights, 0.0).clip(0)
        if self.padding_weight is not None:
            weights[self.kinds == CellKind.PADDING] = self.padding_weight
        return np.asarray(weights / max(1.0, float(weights.sum())))


@dataclass(frozen=True, eq=False)
class PoolResult(Displayed):
    """A pooled feature map; a notebook shows it as a picture.

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
        """The windows, with the completed request."""
        return self.plan.geometry

    @property
    def mode(self) -> Mode:
        """The mode with its parameters."""
        return self.plan.mode

    @property
    def seed(self) -> int:
        """The seed of the mode's random numbers, if it draws any."""
        return self.plan.seed

    @property
    def spec(self) -> PoolSpec:
        """The request with the framework's defaults filled in."""
        return self.geometry.spec

    @property
    def summary(self) -> str:
        """The request as text: ``max 3×3, stride 2, padding 1``."""
        return self.plan.summary

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the reader on the source, its values in this mode, and the framework's call."""
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
        """The index of each window's winning cell, row-major in the plane; −1 for none.

        Raises:
            SpecError: the mode's value is not one of the cells.
        """
        values = as_values(self.feature_map.values, 2)
        return winner_indices(values, self.output, self.plan)

    @cached_property
    def kept(self) -> Array:
        """Which outputs equal a cell of their window, so that the value is not new: (C, H, W)."""
        values = as_values(self.feature_map.values, 2)
        return kept_values(values, self.output, self.plan)

    def wins(self, channel: int = 0) -> Array:
        """The number of windows that each input cell of a channel wins: (H, W).

        Raises:
            SpecError: the mode's value is not one of the cells.
        """
        height, width = self.feature_map.input_size
        won = self.winners[channel].ravel()
        return np.bincount(won[won >= 0], minlength=height * width).reshape(height, width)

    def unpooled(self, channel: int = 0, size: tuple[int, int] | None = None) -> Array:
        """The pooled values of a channel at their winners' positions, 0 elsewhere: (H, W).

        Positions are counted row by row in the input, and in a map of another size as well, as in
        PyTorch.

        Args:
            channel: which channel.
            size: (height, width) of the map, as ``output_size`` of ``max_unpool2d``; None for that
                of the input.

        Raises:
            SpecError: the mode's value is not one of the cells, or the size is not one that
                ``max_unpool2d`` accepts.

        Example:
            >>> run([[1, 3, 2], [5, 6, 1]], PoolSpec("max", 2)).unpooled(size=(2, 3)).tolist()
            [[0, 0, 0], [0, 6, 0]]
        """
        places, values = self.winners[channel], self.output[channel]
        won = places >= 0
        if size is not None:
            self._check_unpooled(size, int(places.max(initial=-1)))
        size = size or self.feature_map.input_size
        if not won.any():
            return np.zeros(size, values.dtype)
        return unpool(values[won][None], places[won][None], size)

    def _check_unpooled(self, size: tuple[int, int], last: int) -> None:
        """Raise SpecError for a size that ``max_unpool2d`` refuses; ``last`` is the last index."""
        axes = [axis for axis in self.geometry.axes if isinstance(axis, SlidingAxis)]
        if len(axes) < len(size):
            cause = "only windows with a size and a stride have a choice of sizes"
            raise SpecError("unpool_size", cause, "use kernel_size and stride, or omit unpool_size")
        usual = [
            (axis.output_size - 1) * axis.stride + axis.kernel_size - axis.before - axis.after
            for axis in axes
        ]
        ranges = [
            range(max(1, length - axis.stride + 1), length + axis.stride)
            for length, axis in zip(usual, axes, strict=True)
        ]
        legal = " and ".join(
            f"{each[0]} to {text.counted(each[-1], name)}"
            if len(each) > 1
            else text.counted(each[0], name)
            for each, name in zip(ranges, ("row", "column"), strict=True)
        )
        if any(length not in each for length, each in zip(size, ranges, strict=True)):
            cause = (
                f"{text.size(size)} is a stride or more away from {text.size(usual)}, to which"
                f" max_unpool2d returns {text.size(self.output_size)} outputs"
            )
            raise SpecError("unpool_size", cause, f"use {legal}")
        if last >= size[0] * size[1]:
            cause = f"{text.size(size)} has no cell of index {last}, which wins a window"
            raise SpecError("unpool_size", cause, f"choose more cells, within {legal}")

    @cached_property
    def gradient(self) -> Array:
        """The gradient of the sum of all outputs with respect to each input cell: (C, H, W)."""
        values = as_values(self.feature_map.values, 2)
        return backward(values, np.ones(self.output.shape), self.plan)

    def step(self, row: int, column: int, channel: int = 0) -> Step:
        """The window whose value is ``output[channel, row, column]``."""
        rows, columns = self.geometry.window((row, column))
        patch = self.patch(row, column, channel)
        value = self.output[channel, row, column]
        shape = (len(rows), len(columns))
        row_axis, column_axis = self.geometry.axes
        kinds = np.maximum.outer(
            [row_axis.kind(cell) for cell in rows], [column_axis.kind(cell) for cell in columns]
        )
        # Of the cells in the input only masked ones have no place.
        masked = (kinds == CellKind.INPUT) & (patch.places.reshape(shape) < 0)
        with np.errstate(all="ignore"):
            return Step(
                index=(row, column),
                channel=channel,
                rows=rows,
                columns=columns,
                cells=patch.cells.reshape(shape),
                kinds=np.where(masked, CellKind.OVERHANG, kinds),
                weights=self.mode.weights(patch).reshape(shape),
                value=value,
                mode=self.mode,
                patch=patch,
            )

    def steps(self, channel: int = 0) -> Iterator[Step]:
        """All windows of a channel, row by row."""
        height, width = self.output_size
        return (self.step(row, column, channel) for row in range(height) for column in range(width))

    def patch(self, row: int, column: int, channel: int) -> Patches:
        """The values under one window: cells of shape (n,), row by row."""
        values = self.feature_map.values[channel]
        block = one_window((row, column))
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
    """Pool ``feature_map`` as ``spec`` requests, and keep everything that explains each window.

    Args:
        feature_map: the input, or an array of shape (H, W) or (C, H, W). Masked cells are
            ignored.
        spec: the request.
        seed: for random modes; None means 0.
        threads: the maximum number of threads; None means one for each core.
        out: an array to write the output into, of the form that :func:`output_form` gives.
        progress: called from any thread with the number of values pooled since the last call.

    Raises:
        SpecError: the spec is invalid or does not fit the input, or ``out`` shares
            memory with the input.

    Example:
        >>> result = run([[1, 3], [2, 4]], PoolSpec("average"))
        >>> result.step(0, 0).arithmetic
        '(1 + 3 + 2 + 4) / 4 = 2.5'
    """
    if not isinstance(feature_map, FeatureMap):
        feature_map = FeatureMap(as_array(feature_map, "array"))
    if isinstance(out, np.ndarray) and np.may_share_memory(feature_map.values, out):
        cause = "shares memory with the feature map, so the windows could not be shown afterwards"
        raise SpecError("out", cause, "give another array")
    plan = make_plan(spec, feature_map.input_size, seed)
    return run_plan(feature_map, plan, threads=threads, out=out, progress=progress)


def run_plan(
    feature_map: FeatureMap,
    plan: Plan,
    *,
    threads: int | None = None,
    out: Array | None = None,
    progress: Callable[[int], None] | None = None,
) -> PoolResult:
    """Do the same as :func:`run`, for a request that is already resolved."""
    values = as_values(feature_map.values, 2)
    output = compute(values, plan, threads=threads, out=out, progress=progress)
    return PoolResult(feature_map, plan, output)


def output_form(
    feature_map: FeatureMap, plan: Plan
) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """The shape (C, height, width) and the type of the output, before it is computed.

    Example:
        >>> output_form(FeatureMap(np.eye(4)), make_plan(PoolSpec("max"), (4, 4)))
        ((1, 2, 2), dtype('float64'))
    """
    # One cell has the type of all; converting their byte order would copy them.
    first = as_values(feature_map.values[:, :1, :1], 2)
    return (len(first), *plan.output_size), plan.mode.result_type(first.dtype)
