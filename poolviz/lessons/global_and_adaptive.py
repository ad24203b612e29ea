"""Lesson: global and adaptive pooling."""

from collections.abc import Iterator

from poolviz.lessons._lesson import Exhibit, Note, Table, Worked, pooled, row_of
from poolviz.result import run
from poolviz.spec import PoolSpec

ORDER = 60
TITLE = "Global and adaptive pooling"
TEXT = """
Global pooling has one window that covers the whole map. It gives one number per channel, whatever
the size of the input. Many networks end with it, so that the classifier always gets the same
number of inputs.

In adaptive pooling you choose the output size instead of the kernel. For L cells and o outputs,
output i reads cells ⌊i·L/o⌋ to ⌈(i + 1)·L/o⌉ − 1, so windows can overlap and differ in
length.
"""
TRY = "poolviz run sample:teaching --mode max --output-size 4 --write none"


def exhibits() -> Iterator[Exhibit]:
    """The mean of all cells, and 7 cells in 3 windows."""
    yield Worked(pooled("global-average", None))
    yield Note("Adaptive max pooling of the numbers 1 to 7, with 3 outputs:")
    result = run(row_of(7), PoolSpec("max", output_size=(1, 3)))
    steps = list(result.steps())
    rows = tuple(
        (str(number), f"{step.columns[0]} to {step.columns[-1]}", step.arithmetic)
        for number, step in enumerate(steps)
    )
    yield Table(("output", "reads", "value"), rows)
