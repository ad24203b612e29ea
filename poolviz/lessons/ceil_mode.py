"""Lesson: ceil mode and the dropped edge."""

from collections.abc import Iterator

from poolviz.lessons._data import row_of
from poolviz.lessons._lesson import Exhibit, Note, Worked
from poolviz.result import run
from poolviz.spec import PoolSpec

ORDER = 50
TITLE = "Ceil mode and the dropped edge"
TEXT = """
Where stride and size do not fit the map, cells at its end remain that no whole window reads.
Rounding down drops them; rounding up (ceil mode) keeps one more window, which hangs over the
edge and pools what there is.

Overhang is no padding: an average's divisor never counts it in PyTorch. A last window that
would start beyond the input is dropped again.
"""
TRY = 'poolviz run --data "1 2 3 4 5" --size 1x2 --mode average --ceil --write none'


def exhibits() -> Iterator[Exhibit]:
    """1 to 5 in pairs, rounded down and up."""
    row = row_of(5)
    floor, ceil = (
        run(row, PoolSpec("average", (1, 2), stride=(1, 2), ceil_mode=ceil))
        for ceil in (False, True)
    )
    yield Worked(floor, 0, 1)
    yield Note("The 5 is read by no window. Rounded up:")
    yield Worked(ceil, 0, 2)
