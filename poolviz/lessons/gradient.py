"""Lesson: where the gradient goes."""

from collections.abc import Iterator

from poolviz.lessons._data import pooled
from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes

ORDER = 120
TITLE = "Where the gradient goes"
TEXT = """
In training, each output sends its gradient back to the cells that it read. Max sends all of it to
the winner, the first of equal ones, and the other cells get nothing; average gives every cell the
same small part. Below, each output sends 1.

Where windows overlap, a cell gets the sum of what they send: a cell that wins in several windows
gets several times as much.
"""
TRY = "poolviz run sample:teaching --size 3 --stride 1 --figure gradient.svg --kind backward"


def exhibits() -> Iterator[Exhibit]:
    """What comes back if every output sends 1."""
    yield Planes(
        (
            Plane("max 2×2", pooled("max").gradient[0]),
            Plane("average 2×2", pooled("average").gradient[0]),
        )
    )
    overlapping = pooled("max", 3, stride=1)
    yield Note("With overlapping windows, 3×3 with stride 1:")
    yield Planes((Plane("max 3×3, stride 1", overlapping.gradient[0]),))
    share = int((overlapping.gradient[0] > 0).sum())
    total = overlapping.gradient[0].size
    yield Note(f"{share} of {total} cells get all of it")
