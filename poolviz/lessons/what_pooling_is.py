"""Lesson: what pooling is."""

from collections.abc import Iterator

from poolviz.lessons._data import pooled
from poolviz.lessons._lesson import Exhibit, Worked

ORDER = 10
TITLE = "What pooling is"
TEXT = """
A feature map is a grid of numbers: how strongly some feature was found at each place.

Pooling lays a small window over the map, keeps one number for what lies under it, and moves the
window on. The map gets smaller; what was found is kept, roughly where.

Each channel is pooled by itself, and nothing is learned: a window and a rule are all.
"""
TRY = "poolviz run sample:teaching --play --write none"


def exhibits() -> Iterator[Exhibit]:
    """The first window of a 6×6 map."""
    yield Worked(pooled("max"))
