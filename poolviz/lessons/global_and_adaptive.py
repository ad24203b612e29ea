"""Lesson: global and adaptive pooling."""

from collections.abc import Iterator

from poolviz.lessons._data import pooled, row_of
from poolviz.lessons._lesson import Exhibit, Note, Table, Worked
from poolviz.result import run
from poolviz.spec import PoolSpec

ORDER = 60
TITLE = "Global and adaptive pooling"
TEXT = """
Global pooling has one window over the whole map: a number for each channel, whatever the size
of the input. Networks end with it so that a classifier has fixed inputs.

Adaptive pooling is told the output size instead of the kernel. Output i reads from floor(i·L/o)
to ceil((i + 1)·L/o) − 1, so windows may differ in length and overlap.
"""
TRY = "poolviz run sample:teaching --mode max --output-size 4 --write none"


def exhibits() -> Iterator[Exhibit]:
    """The mean of all, and 7 cells in 3 windows."""
    yield Worked(pooled("global-average", None))
    yield Note("1 to 7, adaptive to 3 under max:")
    result = run(row_of(7), PoolSpec("max", output_size=(1, 3)))
    steps = list(result.steps())
    rows = tuple(
        (str(at), f"{step.columns[0]} to {step.columns[-1]}", step.arithmetic)
        for at, step in enumerate(steps)
    )
    yield Table(("output", "reads", "value"), rows)
