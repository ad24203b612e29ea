"""Lesson: padding."""

from collections.abc import Iterator

from poolviz.lessons._data import pooled
from poolviz.lessons._lesson import Exhibit, Note, Worked

ORDER = 40
TITLE = "Padding"
TEXT = """
Padding adds cells around the map, so that windows can begin before its first row and end behind
its last, and cells at the border too lie in the middle of a window. With 3×3 windows, stride 1 and
padding 1 the output is as large as the input.

Under max padding acts as −∞: it never wins. Under average it acts as 0, and if these zeros count
in the divisor, means at the border come out nearer to 0 than the map is there. Whether they count
is a choice, and frameworks choose differently.
"""
TRY = "poolviz explain sample:teaching --mode average --size 3 --stride 1 --padding 1"


def exhibits() -> Iterator[Exhibit]:
    """A corner under max, and under average with both divisors."""
    yield Worked(pooled("max", 3, stride=1, padding=1))
    yield Note("The same window under average, padding counted and not:")
    for counted in (True, False):
        result = pooled("average", 3, stride=1, padding=1, count_include_pad=counted)
        yield Note(f"  {result.step(0, 0).arithmetic}")
