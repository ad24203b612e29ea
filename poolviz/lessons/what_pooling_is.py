"""Lesson: what pooling is."""

from collections.abc import Iterator

from poolviz.lessons._lesson import Exhibit, Worked, pooled

ORDER = 10
TITLE = "What pooling is"
TEXT = """
A feature map is a grid of numbers. Each number says how strongly a feature is present at that
position.

Pooling lays a small window over the map, replaces the cells under it with one number, and moves
the window on. The map gets smaller, but still shows what was found and roughly where.

Each channel is pooled separately. Pooling learns nothing: it is only a window and a rule.
"""
TRY = "poolviz run sample:teaching --play --write none"


def exhibits() -> Iterator[Exhibit]:
    """The first window of a 6×6 map."""
    yield Worked(pooled("max"))
