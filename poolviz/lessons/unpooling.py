"""Lesson: unpooling."""

from collections.abc import Iterator

from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes, pooled, teaching

ORDER = 110
TITLE = "Unpooling"
TEXT = """
Max pooling can remember which cell won in each window. Unpooling puts each pooled value back at
the position of its winner, and 0 everywhere else.

This puts the winners back in their positions, but does not restore the other cells. Pooling the
unpooled map again gives the same output only if no winner was negative.
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
    winners = len(set(result.winners[result.winners >= 0].tolist()))
    yield Note(f"{winners} cells are back in place; the other {back.size - winners} are now 0")
