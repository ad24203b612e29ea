"""Lesson: padding."""

from collections.abc import Iterator

from poolviz.lessons._lesson import Exhibit, Note, Worked, pooled

ORDER = 40
TITLE = "Padding"
TEXT = """
Padding adds cells around the map, so that windows can start before its first row and end after its
last. Cells at the border can then lie in the middle of a window, too. With 3×3 windows, stride 1
and padding 1, the output is as large as the input.

In max pooling, padding acts as −∞, so it never wins. In average pooling it acts as 0. If the
divisor counts these zeros, averages at the border are pulled towards 0. Whether it counts them is
an option, and frameworks have different defaults.
"""
TRY = "poolviz explain sample:teaching --mode average --size 3 --stride 1 --padding 1"


def exhibits() -> Iterator[Exhibit]:
    """A corner window under max, and under average with both divisors."""
    yield Worked(pooled("max", 3, stride=1, padding=1))
    yield Note("The same window under average pooling, with padding counted and not counted:")
    for counted in (True, False):
        result = pooled("average", 3, stride=1, padding=1, count_include_pad=counted)
        yield Note(f"  {result.step(0, 0).arithmetic}")
