"""Lesson: max and average."""

from collections.abc import Iterator

from poolviz.lessons._data import pooled, teaching
from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes

ORDER = 20
TITLE = "Max and average"
TEXT = """
Max keeps the strongest answer of each window: was the feature found here at all?

Average keeps the mean: how much of it is here, on the whole? One strong cell among weak ones is
kept by max and thinned by average; a strong negative cell is seen only by average.
"""
TRY = "poolviz compare sample:teaching --modes max,average,min"


def exhibits() -> Iterator[Exhibit]:
    """Both on the same map, and the window in which they differ most."""
    largest, mean = pooled("max"), pooled("average")
    yield Planes(
        (
            Plane("input", teaching().values[0]),
            Plane("max", largest.output[0]),
            Plane("average", mean.output[0]),
        )
    )
    gap = largest.output[0] - mean.output[0]
    row, column = divmod(int(gap.argmax()), gap.shape[1])
    yield Note(f"They differ most at ({row}, {column}), counted from 0:")
    yield Note(f"  {largest.step(row, column).arithmetic}")
    yield Note(f"  {mean.step(row, column).arithmetic}")
