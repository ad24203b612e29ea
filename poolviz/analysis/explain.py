"""Explanation: one window in full, from its cells to its value and the gradient's way back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.geometry import Axis, CellKind
from poolviz.modes import FoldMode
from poolviz.result import PoolResult, Step
from poolviz.windows import Array, Patches

# A fold as a person would call what it gives.
_FOLDED = {
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
        result: where it belongs.
        step: the window.
        patch: the values under it.

    Example:
        >>> from poolviz import FeatureMap, PoolSpec, run
        >>> result = run(FeatureMap(np.array([[1, 3], [2, 4]])), PoolSpec("average"))
        >>> explain(result, 0, 0).divisor
        '4: the cells in the input'
    """

    result: PoolResult
    step: Step
    patch: Patches

    @cached_property
    def cells(self) -> Array:
        """(n,) the cells that take part, row by row."""
        return self.patch.cells[self.patch.inside]

    @property
    def working(self) -> list[tuple[str, str]]:
        """The arithmetic line by line: what each line is, and what stands in it."""
        padded = len(self.cells) - self._inside
        words = f", {padded} of them padding" if padded else ""
        told = f"{text.joined(self.cells)}{words}" if len(self.cells) else "none in the input"
        lines = [("cells", told)]
        if isinstance(self.result.mode, FoldMode) and len(self.cells):
            lines += self._folding(self.result.mode)
        chances = self.result.mode.chances(self.patch)
        if chances is not None and len(self.cells):
            lines.append(("chances", text.joined(chances[self.patch.inside])))
        lines += [("divisor", self.divisor)] if self.divisor else []
        return [*lines, ("value", self.step.arithmetic)]

    def _folding(self, mode: FoldMode) -> Iterator[tuple[str, str]]:
        """What each cell becomes, if something else, and what they fold to, by the mode's own."""
        prepared = np.empty(self.cells.shape, mode.accumulator(self.cells.dtype))
        with np.errstate(all="ignore"):
            mode.prepare(self.cells, prepared)
            folded = mode.fold.reduce(prepared)
            if not mode.in_range(np.asarray(folded), self.cells, underflowed=True):
                return
        if not np.array_equal(prepared, self.cells, equal_nan=prepared.dtype.kind == "f"):
            yield "each as", text.joined(prepared)
        yield _FOLDED.get(mode.fold.__name__, mode.fold.__name__), text.number(folded)

    @property
    def _inside(self) -> int:
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
            words = "given"
        elif divisor == self._inside:
            words = "the cells in the input"
        else:
            words = "the cells in input and padding"
        overhang = ", overhang never" if taps > padded and words != "given" else ""
        return f"{divisor}: {words}{overhang}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What decides between NaN and numbers, and between equal cells, where that arises."""
        step, winner = self.step, self.step.winner
        missing = bool(np.isnan(np.asarray(self.cells, float)).any())
        if winner is None:
            only = "it loses to every number, and there is none: the worst finite one is given"
            return [("NaN", only)] if missing and self.result.mode.picks else []
        found = []
        if missing:
            wins = "it wins over every number, the last one of several"
            rule = wins if np.isnan(step.value) else "it loses to every number"
            found.append(("NaN", f"{rule}: {_place(winner)}"))
        height, width = self.result.feature_map.input_size
        if not (0 <= winner[0] < height and 0 <= winner[1] < width):
            found.append(
                ("padding", f"it takes part under these rules, and wins: {_place(winner)}")
            )
        if step.ties:
            others = text.abridged(sorted(step.ties), _place, ", ")
            words = f"the first, row by row, of equal cells wins: {_place(winner)}, not {others}"
            found.append(("tie", words))
        return found

    @cached_property
    def slopes(self) -> Array:
        """(rows, columns) ∂y/∂x of each cell, 0 outside the input."""
        with np.errstate(all="ignore"):
            slopes = np.asarray(self.result.mode.slopes(self.patch))
        return slopes.reshape(self.step.cells.shape)

    @property
    def shared(self) -> int:
        """How many of its input cells other windows read too, and send their own part to."""
        along = [
            [_readers(axis, cell) for cell in cells if 0 <= cell < axis.size]
            for axis, cells in zip(
                self.result.geometry.axes, (self.step.rows, self.step.columns), strict=True
            )
        ]
        return int((np.multiply.outer(*along) > 1).sum())


def _readers(axis: Axis, cell: int) -> int:
    """How many windows read a coordinate."""
    return sum(cell in axis.window(at) for at in range(axis.output_size))


def _place(place: tuple[int, int]) -> str:
    return f"({place[0]}, {place[1]})"


def explain(result: PoolResult, row: int, column: int, channel: int = 0) -> Explanation:
    """The window whose value is ``output[channel, row, column]``.

    Raises:
        SpecError: the output has no such cell.
    """
    height, width = result.output_size
    if not (0 <= row < height and 0 <= column < width):
        raise SpecError(
            "cell",
            f"the output is {text.size(result.output_size)} and has no cell {row},{column}",
            f"give R,C from 0,0 to {height - 1},{width - 1}",
        )
    step = result.step(row, column, channel)
    return Explanation(result, step, result.patch(row, column, channel))
