"""Lesson: unpooling."""

from collections.abc import Iterator

from poolviz.lessons._data import pooled, teaching
from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes

ORDER = 110
TITLE = "Unpooling"
TEXT = """
Max pooling can remember which cell of each window won. Unpooling puts every pooled value back
at its winner's place, and 0 everywhere else.

The places come back, the other cells do not: pooling the unpooled map again gives the same
output only as long as the winners were not negative.
"""
TRY = "poolviz run sample:teaching --figure unpooled.svg --kind unpool"


def exhibits() -> Iterator[Exhibit]:
    """The 6×6 map, pooled and unpooled."""
    result = pooled("max")
    back = result.unpooled()
    yield Planes(
        (
            Plane("input", teaching().values[0]),
            Plane("max", result.output[0]),
            Plane("unpooled", back),
        )
    )
    kept = len(set(result.winners[result.winners >= 0].tolist()))
    yield Note(
        f"{kept} cells are back at their places; {back.size - kept} are 0, whatever they were"
    )
