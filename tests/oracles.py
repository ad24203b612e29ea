"""Pooling written as plainly as possible: lists, loops and Python's own numbers.

Shares no code with poolviz, and follows PyTorch's rules.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Plane = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Line:
    """One axis of a request; ``output_size`` asks for adaptive windows instead of a kernel."""

    size: int
    kernel_size: int = 1
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil_mode: bool = False
    output_size: int | None = None

    def windows(self) -> list[list[int]]:
        """The coordinates that each window reads, 0 being the input's first cell."""
        if self.output_size is not None:
            return [self._adaptive(i, self.output_size) for i in range(self.output_size)]
        found = []
        while self._exists(len(found)):
            start = len(found) * self.stride - self.before
            found.append([start + tap * self.dilation for tap in range(self.kernel_size)])
        return found

    def _adaptive(self, i: int, windows: int) -> list[int]:
        start = math.floor(i * self.size / windows)
        stop = math.ceil((i + 1) * self.size / windows)
        return list(range(start, stop))

    def _exists(self, number: int) -> bool:
        """Whether there is a window ``number``: by its place on the padded axis."""
        padded = self.before + self.size + self.after
        reach = self.dilation * (self.kernel_size - 1) + 1
        start = number * self.stride
        if not self.ceil_mode:
            return start + reach <= padded
        # The one before it left cells over, and it starts before the padding at the end.
        return start - self.stride + reach < padded and start < self.before + self.size

    def is_input(self, coordinate: int) -> bool:
        """Whether the cell lies in the input."""
        return 0 <= coordinate < self.size

    def is_padded(self, coordinate: int) -> bool:
        """Whether the cell lies in the input or the padding: it is no overhang."""
        return -self.before <= coordinate < self.size + self.after


def pool_plane(
    plane: Plane,
    mode: str,
    rows: Line,
    columns: Line,
    *,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    p: float = 2.0,
) -> list[list[float]]:
    """One plane pooled: four loops."""
    pooled = []
    for row_window in rows.windows():
        line = []
        for column_window in columns.windows():
            cells: list[float] = []
            taps = padded = 0
            for row in row_window:
                for column in column_window:
                    taps += 1
                    padded += rows.is_padded(row) and columns.is_padded(column)
                    if rows.is_input(row) and columns.is_input(column):
                        cells.append(plane[row][column])
            divisor = padded if count_include_pad else len(cells)
            line.append(_reduced(mode, cells, divisor_override or divisor, taps / padded, p))
        pooled.append(line)
    return pooled


def _reduced(mode: str, cells: list[float], divisor: int, scale: float, p: float) -> float:
    if mode == "max":
        return extreme(cells, largest=True)
    if mode == "min":
        return extreme(cells, largest=False)
    if mode == "lp":
        return _norm(cells, scale, p)
    total = 0.0
    for cell in cells:
        total += cell
    if mode == "sum":
        return total
    # Of nothing ONNX Runtime, which alone has such windows, says 0.
    return total / divisor if divisor else 0.0


def extreme(cells: Sequence[float], *, largest: bool) -> float:
    """The largest or smallest; NaN if there is one; an infinity if there is no cell."""
    best = -math.inf if largest else math.inf
    for cell in cells:
        if math.isnan(cell):
            return math.nan
        if (cell > best) if largest else (cell < best):
            best = cell
    return best


def _norm(cells: list[float], scale: float, p: float) -> float:
    if math.isinf(p):
        return extreme([0.0, *map(abs, cells)], largest=True)
    total = sum(cell**p for cell in cells) * scale
    if p == 1:
        return total
    return math.nan if total < 0 else total ** (1 / p)


def winners(plane: Plane, mode: str, rows: Line, columns: Line) -> list[list[int]]:
    """Of each window the winner's row-major place: the first extreme, or the last NaN."""
    return [
        [_winner(plane, mode, _places(rows, row_window, columns, column_window))
         for column_window in columns.windows()]
        for row_window in rows.windows()
    ]  # fmt: skip


def _places(
    rows: Line, row_window: list[int], columns: Line, column_window: list[int]
) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row in row_window
        for column in column_window
        if rows.is_input(row) and columns.is_input(column)
    ]


def _winner(plane: Plane, mode: str, places: list[tuple[int, int]]) -> int:
    width = len(plane[0])
    best = -1
    best_value = math.nan
    for row, column in places:
        cell = plane[row][column]
        beats = cell > best_value if mode == "max" else cell < best_value
        if best < 0 or math.isnan(cell) or (beats and not math.isnan(best_value)):
            best, best_value = row * width + column, cell
    return best
