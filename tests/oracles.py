"""Pooling written as plainly as possible: lists, loops and Python's own numbers.

Shares no code with poolviz, and follows PyTorch's rules.
"""

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
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
        """Whether the cell lies in the input or the padding, not in the overhang."""
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
    """The largest or smallest cell; NaN if there is one; an infinity without any cell."""
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
    # Of a negative number Python's odd roots are complex, and NumPy's are none.
    if p % 1 and any(cell < 0 for cell in cells):
        return math.nan
    whole = sum(cell**p for cell in cells) * scale
    if p == 1:
        return whole
    # The power of −∞ is ∞ in C, as in PyTorch, unless its exponent is odd and whole.
    return math.nan if -math.inf < whole < 0 else abs(whole) ** (1 / p)


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


@dataclass(frozen=True)
class Window:
    """One window: its input cells in reading order, and its other properties.

    Args:
        cells: the cells in the input.
        taps: the number of cells, in or outside the input.
        padded: the number of cells in the input or the padding.
        divisor: the divisor of an average.
        lowest: the maximum of no cells, and the least where NaN is dropped.
        highest: the same for the minimum.
        uniform: the random number in [0, 1) that draws a cell.
    """

    cells: Sequence[float]
    taps: int = 0
    padded: int = 0
    divisor: int = 0
    lowest: float = -math.inf
    highest: float = math.inf
    uniform: float = 0.0


def reading_windows(
    plane: Plane, rows: Line, columns: Line, *, count_include_pad: bool = True
) -> Iterator[Window]:
    """The windows of a plane, row by row."""
    for row_window in rows.windows():
        for column_window in columns.windows():
            places = _places(rows, row_window, columns, column_window)
            cells = [plane[row][column] for row, column in places]
            padded = sum(map(rows.is_padded, row_window)) * sum(
                map(columns.is_padded, column_window)
            )
            divisor = padded if count_include_pad else len(cells)
            yield Window(cells, len(row_window) * len(column_window), padded, divisor)


def largest(window: Window, *, nan: str = "propagate") -> float:
    """The largest cell, or the largest number if NaN is dropped."""
    if nan == "propagate":
        return extreme(window.cells, largest=True) if window.cells else window.lowest
    return max([window.lowest, *(cell for cell in window.cells if not math.isnan(cell))])


def smallest(window: Window, *, nan: str = "propagate") -> float:
    """The smallest cell, or the smallest number if NaN is dropped."""
    if nan == "propagate":
        return extreme(window.cells, largest=False) if window.cells else window.highest
    return min([window.highest, *(cell for cell in window.cells if not math.isnan(cell))])


def total(window: Window) -> float:
    """The sum."""
    return sum(window.cells)


def average(window: Window) -> float:
    """The sum divided by the divisor; 0 if no cell counts."""
    return sum(window.cells) / window.divisor if window.divisor else 0.0


def norm(window: Window, *, p: float = 2.0, absolute: bool = False, rescale: bool = True) -> float:
    """(Σ x^p)^(1/p), or of |x|, of a window scaled up to one without overhang."""
    cells = [abs(cell) for cell in window.cells] if absolute else window.cells
    return _norm(list(map(float, cells)), window.taps / window.padded if rescale else 1.0, p)


def generalised_mean(window: Window, *, p: float = 3.0, eps: float = 1e-6) -> float:
    """(Σ max(x, ε)^p / n)^(1/p)."""
    if not window.cells or any(map(math.isnan, window.cells)):
        return math.nan
    powers = [float(max(cell, eps)) ** p for cell in window.cells]
    return (sum(powers) / len(powers)) ** (1 / p)


def drawn(window: Window) -> float:
    """The first cell at which the cumulative sum exceeds the drawn part of the total."""
    activations = [cell if cell > 0 else 0.0 for cell in window.cells]
    cumulative = 0.0
    for activation in activations:
        cumulative += activation
        if cumulative > window.uniform * sum(activations):
            return activation
    return 0.0


def expected_draw(window: Window) -> float:
    """Σ a² / Σ a; 0 if the sum is 0."""
    activations = [cell if cell > 0 else 0.0 for cell in window.cells]
    total = sum(activations)
    return sum(a * a for a in activations) / total if total else 0.0


def mixture(window: Window, *, a: float = 0.5) -> float:
    """a·max + (1 − a)·mean."""
    if not window.cells:
        return math.nan
    mean = sum(window.cells) / len(window.cells)
    return a * extreme(window.cells, largest=True) + (1 - a) * mean


def gated_mixture(window: Window, *, gate: float = 0.25) -> float:
    """The mixture whose a is the logistic function of ω·Σ x."""
    if not window.cells:
        return math.nan
    x = gate * sum(window.cells)
    return mixture(window, a=1 / (1 + math.exp(-x)) if x > -700 else 0.0)


def softpool(window: Window) -> float:
    """Σ x·e^x / Σ e^x."""
    if not window.cells:
        return math.nan
    powers = [math.exp(cell) for cell in window.cells]
    pairs = zip(window.cells, powers, strict=True)
    return sum(cell * power for cell, power in pairs) / sum(powers)


def log_sum_exp(window: Window, *, r: float = 1.0) -> float:
    """ln(Σ e^(r·x) / n) / r."""
    if not window.cells:
        return math.nan
    return math.log(sum(math.exp(r * cell) for cell in window.cells) / len(window.cells)) / r


def median(window: Window) -> float:
    """The middle cell, or the mean of the middle two; NaN if one is NaN."""
    if not window.cells or any(map(math.isnan, window.cells)):
        return math.nan
    return statistics.median(map(float, window.cells))


def ordinal(window: Window, *, weights: Sequence[float] = (), top: int = 2) -> float:
    """The cells in descending order, NaN first, weighted by rank."""
    if not window.cells:
        return math.nan
    ranked = sorted(window.cells, key=lambda cell: math.inf if math.isnan(cell) else cell)[::-1]
    pairs = list(zip(weights or (1.0,) * top, ranked, strict=False))
    return sum(weight * cell for weight, cell in pairs if weight) / sum(
        weight for weight, _ in pairs
    )


def max_blur(
    plane: Plane, kernel_size: Sequence[int], stride: Sequence[int], taps: Sequence[int]
) -> list[list[float]]:
    """Maxima of every kernel, blurred over their reflection at the edges, every stride-th kept."""
    height, width = len(plane) - kernel_size[0] + 1, len(plane[0]) - kernel_size[1] + 1
    maxima = [
        [
            extreme(
                [
                    plane[row + i][column + j]
                    for i in range(kernel_size[0])
                    for j in range(kernel_size[1])
                ],
                largest=True,
            )
            for column in range(width)
        ]
        for row in range(height)
    ]
    return [
        [
            sum(
                math.comb(taps[0] - 1, i)
                * math.comb(taps[1] - 1, j)
                * maxima[_reflected(row + i - (taps[0] - 1) // 2, height)][
                    _reflected(column + j - (taps[1] - 1) // 2, width)
                ]
                for i in range(taps[0])
                for j in range(taps[1])
            )
            / 2 ** (taps[0] + taps[1] - 2)
            for column in range(0, width, stride[1])
        ]
        for row in range(0, height, stride[0])
    ]


def _reflected(place: int, length: int) -> int:
    """A place beyond an end as the one as far before it: … 2 1 0 1 2 …."""
    if place < 0:
        return -place
    return 2 * (length - 1) - place if place >= length else place


# Each mode by the definition of one window.
DEFINITIONS: dict[str, Callable[..., float]] = {
    "average": average,
    "fractional-max": largest,
    "gated": gated_mixture,
    "gem": generalised_mean,
    "lp": norm,
    "lse": log_sum_exp,
    "max": largest,
    "median": median,
    "min": smallest,
    "mixed": mixture,
    "ordinal": ordinal,
    "softpool": softpool,
    "stochastic": drawn,
    "sum": total,
}
