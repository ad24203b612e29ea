"""Lesson: max and average."""

from collections.abc import Iterator

from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes, pooled, teaching

ORDER = 20
TITLE = "Max and average"
TEXT = """
Max pooling keeps the largest value of each window. It answers the question: was the feature found
anywhere here?

Average pooling keeps the mean. It answers the question: how much of the feature is here? A single
strong cell among weak ones survives max pooling and fades under average pooling. A strongly
negative cell lowers the average; the maximum ignores it.
"""
TRY = "poolviz compare sample:teaching --modes max,average,min"


def exhibits() -> Iterator[Exhibit]:
    """Both modes on one map, and the window where they differ most."""
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
    yield Note(f"They differ most at output row {row}, column {column} (counted from 0):")
    yield Note(f"  {largest.step(row, column).arithmetic}")
    yield Note(f"  {mean.step(row, column).arithmetic}")
