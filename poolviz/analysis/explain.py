"""Explanation: one window in full, from its cells to its value and its gradient."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.analysis.example import check_cell
from poolviz.feature_map import FeatureMap
from poolviz.geometry import CellKind
from poolviz.modes._mode import FoldMode
from poolviz.result import PoolResult, Step
from poolviz.windows import Array, Patches

# What the NumPy function that folds the cells computes, in words.
_FOLDS = {
    "add": "sum",
    "maximum": "largest",
    "minimum": "smallest",
    "fmax": "largest number",
    "fmin": "smallest number",
}


@dataclass(frozen=True, eq=False)
class Explanation:
    """One window of a result, worked out.

    Args:
        result: the pooled map.
        step: the window.

    Example:
        >>> from poolviz import PoolSpec, run
        >>> result = run(FeatureMap(np.array([[1, 3], [2, 4]])), PoolSpec("average"))
        >>> explain(result, 0, 0).divisor
        '4: the cells in the input'
    """

    result: PoolResult
    step: Step

    @property
    def patch(self) -> Patches:
        """The window as the mode sees it."""
        return self.step.patch

    @property
    def feature_map(self) -> FeatureMap:
        """The input."""
        return self.result.feature_map

    @cached_property
    def cells(self) -> Array:
        """(n,) the cells that take part, row by row."""
        return self.patch.cells[self.patch.inside]

    @cached_property
    def takes_part(self) -> Array:
        """(rows, columns) which cells take part: input cells, and padding that has a value."""
        return np.broadcast_to(self.patch.inside, self.patch.cells.shape).reshape(
            self.step.cells.shape
        )

    @property
    def working(self) -> list[tuple[str, str]]:
        """The arithmetic line by line: a label and what it stands for, in short numbers."""
        return self.written(text.Numbers())

    def written(self, numbers: text.Numbers) -> list[tuple[str, str]]:
        """The arithmetic line by line, its values as ``numbers`` writes them."""
        padding = len(self.cells) - self._input_cells
        note = f", {padding} of them padding" if padding else ""
        cells = f"{numbers.joined(self.cells)}{note}" if len(self.cells) else "none in the input"
        lines = [("cells", cells)]
        if isinstance(self.result.mode, FoldMode) and len(self.cells):
            lines += self._folding(self.result.mode, numbers)
        chances = self.result.mode.chances(self.patch)
        if chances is not None and len(self.cells):
            lines.append(("probabilities", text.joined(chances[self.patch.inside])))
        if self.divisor:
            lines.append(("divisor", self.divisor))
        return [*lines, ("value", self.step.written(numbers))]

    def _folding(self, mode: FoldMode, numbers: text.Numbers) -> Iterator[tuple[str, str]]:
        """What the mode makes of each cell, if it changes them, and what they fold to."""
        prepared = np.empty(self.cells.shape, mode.accumulator(self.cells.dtype))
        with np.errstate(all="ignore"):
            mode.prepare(self.cells, prepared)
            folded = mode.fold.reduce(prepared)
            if not mode.in_range(np.asarray(folded), self.cells, underflowed=True):
                return
        if not np.array_equal(prepared, self.cells, equal_nan=prepared.dtype.kind == "f"):
            yield "terms", text.joined(prepared)
        # Of whole cells the sum is whole.
        write = numbers.text if self.cells.dtype.kind == "f" else text.number
        yield _FOLDS.get(mode.fold.__name__, mode.fold.__name__), write(folded)

    @property
    def _input_cells(self) -> int:
        """How many of the window's cells lie in the input."""
        return int((self.step.kinds == CellKind.INPUT).sum())

    @property
    def divisor(self) -> str:
        """The divisor and what it counts; empty for modes without one."""
        if not self.result.mode.divides:
            return ""
        counts = self.patch.counts
        taps, padded, divisor = (
            int(part.flat[0]) for part in (counts.taps, counts.padded, counts.divisor)
        )
        if self.result.spec.divisor_override is not None:
            return f"{divisor}: from the request"
        counted = "the cells in the input"
        if divisor != self._input_cells:
            counted = "the cells in the input and the padding"
        return f"{divisor}: {counted}{', without overhang' if taps > padded else ''}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """How NaN and equal cells are decided, where the window has any."""
        step, winner = self.step, self.step.winner
        missing = bool(np.isnan(np.asarray(self.cells, float)).any())
        if winner is None:
            rule = "loses to every number; without numbers, the lowest or highest value results"
            return [("NaN", rule)] if missing and self.result.mode.picks else []
        choices = []
        if missing:
            rule = "loses to every number"
            if np.isnan(step.value):
                rule = "wins over every number; the last of several NaNs wins"
            choices.append(("NaN", f"{rule}: {_format_cell(winner)}"))
        height, width = self.feature_map.input_size
        if not (0 <= winner[0] < height and 0 <= winner[1] < width):
            rule = "takes part in this framework, and wins"
            choices.append(("padding", f"{rule}: {_format_cell(winner)}"))
        if step.ties:
            others = text.abridged(sorted(step.ties), _format_cell, ", ")
            rule = "the first of the equal cells wins, row by row"
            choices.append(("tie", f"{rule}: {_format_cell(winner)}, not {others}"))
        return choices

    @cached_property
    def slopes(self) -> Array:
        """(rows, columns) ∂y/∂x of each cell, 0 outside the input."""
        with np.errstate(all="ignore"):
            slopes = np.asarray(self.result.mode.slopes(self.patch))
        return slopes.reshape(self.step.cells.shape)

    @property
    def shared(self) -> int:
        """How many of the window's input cells other windows read too."""
        # For each row and each column, how many windows along the axis read it.
        readers = [
            [
                sum(cell in axis.window(index) for index in range(axis.output_size))
                for cell in cells
                if 0 <= cell < axis.size
            ]
            for axis, cells in zip(
                self.result.geometry.axes, (self.step.rows, self.step.columns), strict=True
            )
        ]
        return int((np.multiply.outer(*readers) > 1).sum())


def _format_cell(cell: tuple[int, int]) -> str:
    return f"({cell[0]}, {cell[1]})"


def explain(result: PoolResult, row: int, column: int, channel: int = 0) -> Explanation:
    """Explain the window whose value is ``output[channel, row, column]``.

    Raises:
        SpecError: the output has no such cell.
    """
    check_cell(result, row, column)
    return Explanation(result, result.step(row, column, channel))
