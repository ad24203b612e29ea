"""Lesson: why frameworks differ."""

from collections.abc import Iterator

from poolviz import text
from poolviz.analysis import Question
from poolviz.analysis.differ import Outcome, differ
from poolviz.lessons._lesson import Exhibit, Table, row_of
from poolviz.spec import PoolSpec

ORDER = 130
TITLE = "Why frameworks differ"
TEXT = """
The same call does not give the same result in every framework. Frameworks have different defaults
for stride and rounding. If "same" padding needs an odd number of cells, some add the extra cell at
the start and others at the end. Some count padding in the divisor, and
in some NaN wins over every number.

A network trained in one framework can therefore give different numbers in another, at the edges or
everywhere, without any warning. The table shows max pooling of 1 to 6 with size 3 and stride 2.
Padding that a framework adds by default is written as before+after, for rows × columns.
"""
TRY = 'poolviz differ --data "1 2 3 4 5 6" --size 1x3 --stride 1x2'


def exhibits() -> Iterator[Exhibit]:
    """Each framework's answer, and what makes it differ from PyTorch's."""
    differences = differ(Question(row_of(6), PoolSpec("max", (1, 3), stride=(1, 2))))
    yield Table(("framework", "output", "because"), tuple(map(_row, differences.outcomes)))


def _row(outcome: Outcome) -> tuple[str, str, str]:
    if outcome.result is None:
        return outcome.like, "refuses", str(outcome.answer.refusal)
    reasons = "; ".join(reason.framework for reason in outcome.reasons)
    return outcome.title, text.joined(outcome.result.output.ravel()), reasons
