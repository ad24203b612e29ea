"""Lesson: ceil mode and the dropped edge."""

from collections.abc import Iterator

from poolviz.lessons._lesson import Exhibit, Note, Worked, row_of
from poolviz.result import run
from poolviz.spec import PoolSpec

ORDER = 50
TITLE = "Ceil mode and the dropped edge"
TEXT = """
If the stride and the kernel size do not fit the map evenly, some cells at the end belong to no
complete window. If the output size is rounded down, no window reads them: they are dropped. If it
is rounded up (ceil mode), one more window hangs over the edge and pools the cells that are left.

The part beyond the edge is called overhang. It is not padding: in PyTorch, it never counts in the
divisor of an average, and no window starts beyond the input.
"""
TRY = 'poolviz run --data "1 2 3 4 5" --size 1x2 --mode average --ceil --write none'


def exhibits() -> Iterator[Exhibit]:
    """1 to 5 in pairs, the output size rounded down and up."""
    row = row_of(5)
    floor, ceil = (
        run(row, PoolSpec("average", (1, 2), stride=(1, 2), ceil_mode=ceil))
        for ceil in (False, True)
    )
    yield Worked(floor, 0, 1)
    yield Note("No window reads the 5, so it is dropped. With ceil mode:")
    yield Worked(ceil, 0, 2)
