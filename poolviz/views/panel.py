"""Panel: a grid of cells on a picture, and how large cells and their digits are."""

from dataclasses import dataclass

import numpy as np

from poolviz import text
from poolviz.patches import Array
from poolviz.views.scene import text_width

# A panel's longest side, a cell's, in pixels.
PANEL_SIDE, LARGEST_CELL = 440, 64
# A map so many times as long as wide may be drawn twice as long as others.
SLIM = 6
CELL_DIGITS = 3
# From here on a whole number in a cell is written with an exponent.
LONGEST_WHOLE = 10**7
SMALLEST_DIGITS = 10
# What the ring around a winner takes of its cell's width.
RING = 16


@dataclass(frozen=True)
class Panel:
    """A grid of square cells on the picture.

    Args:
        x: of its left edge.
        y: of its top edge.
        cell: side of a cell in pixels.
        rows: coordinates of its rows.
        columns: coordinates of its columns.
        digits: size of the cells' digits; 0 where they would not be legible.
        title: the line above it.
    """

    x: int
    y: int
    cell: int
    rows: range
    columns: range
    digits: int
    title: str

    @property
    def width(self) -> int:
        """In pixels."""
        return self.cell * len(self.columns)

    @property
    def height(self) -> int:
        """In pixels."""
        return self.cell * len(self.rows)

    def area(self, rows: range, columns: range) -> tuple[int, int, int, int]:
        """(x, y, width, height) of the cells between the ends of ``rows`` and ``columns``."""
        left = max(columns[0] - self.columns[0], 0)
        top = max(rows[0] - self.rows[0], 0)
        right = min(columns[-1] + 1 - self.columns[0], len(self.columns))
        bottom = min(rows[-1] + 1 - self.rows[0], len(self.rows))
        cell = self.cell
        return (
            self.x + left * cell,
            self.y + top * cell,
            (right - left) * cell,
            (bottom - top) * cell,
        )


def cell_text(value: np.generic) -> str:
    """A value as a cell shows it: shorter than in the arithmetic."""
    long = np.isfinite(value) and abs(float(value)) >= LONGEST_WHOLE
    return text.number(float(value) if long else value, CELL_DIGITS)


def cell_side(rows: range, columns: range, panel_side: int) -> int:
    """The side of a cell in a panel of these rows and columns, in pixels."""
    largest = max(LARGEST_CELL, LARGEST_CELL * panel_side // PANEL_SIDE)
    longer, shorter = sorted((len(rows), len(columns)), reverse=True)
    if longer >= SLIM * shorter:
        panel_side *= 2
    return max(1, min(largest, panel_side // max(len(rows), len(columns))))


def digit_size(values: Array, cell: int, beside: int = RING) -> int:
    """The size at which every value fits a cell but for some pixels; 0 if not legible."""
    if cell < 2 * SMALLEST_DIGITS:
        return 0
    reference = 100
    texts = {cell_text(value) for value in np.unique(values)} | {text.MINUS + text.INFINITY}
    widest = max(text_width(each, reference, bold=True) for each in texts)
    size = min(cell * 2 // 5, (cell - beside) * reference // widest)
    return size if size >= SMALLEST_DIGITS else 0
