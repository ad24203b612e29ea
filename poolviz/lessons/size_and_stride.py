"""Lesson: size and stride."""

from collections.abc import Iterator

from poolviz import text
from poolviz.lessons._lesson import Exhibit, Table, Worked, pooled

ORDER = 30
TITLE = "Size and stride"
TEXT = """
The kernel size is the number of cells that a window covers along each side. The stride is how far
the window moves at each step. If the two are equal, the windows tile the map. With a smaller stride
they overlap and share cells; with a larger stride they leave gaps.

Along each side the output has ⌊(input + 2·padding − size) / stride⌋ + 1 cells.
"""
TRY = "poolviz shape 6x6 --size 3 --stride 2"


def exhibits() -> Iterator[Exhibit]:
    """Several sizes and strides on one map, and a window that overlaps others."""
    settings = [(2, 2), (3, 3), (3, 1), (3, 2), (2, 4)]
    rows = []
    for size, stride in settings:
        result = pooled("max", size, stride=stride)
        output = text.size(result.output_size)
        rows.append((f"{size}×{size}, stride {stride}", output, result.formula))
    yield Table(("windows", "output", "along each side"), tuple(rows))
    yield Worked(pooled("max", 3, stride=1), 0, 1)
