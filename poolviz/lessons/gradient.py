"""Lesson: where the gradient goes."""

from collections.abc import Iterator

from poolviz.lessons._lesson import Exhibit, Note, Plane, Planes, pooled

ORDER = 120
TITLE = "Where the gradient goes"
TEXT = """
During training, each output sends its gradient back to the cells that it read. Max pooling sends
all of it to the winner (the first one if several are equal), and nothing to the other cells.
Average pooling sends every cell the same small share. In the maps below, each output
sends back a gradient of 1.

Where windows overlap, a cell receives the sum of its shares. A cell that wins in several windows
receives several times as much.
"""
TRY = "poolviz run sample:teaching --size 3 --stride 1 --figure gradient.svg --kind backward"


def exhibits() -> Iterator[Exhibit]:
    """The gradient at the input if every output sends 1."""
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
    yield Note(f"Only {share} of {total} cells receive a gradient.")
