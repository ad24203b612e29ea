"""Lessons: a few sentences, examples that are computed when shown, and a command to try."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import numpy as np

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.plugins import load_all, unknown
from poolviz.result import PoolResult, run
from poolviz.spec import GLOBAL, PoolSpec
from poolviz.windows import Array

# What the file of a lesson defines.
_NEEDED = ("ORDER", "TITLE", "TEXT", "TRY", "exhibits")


@dataclass(frozen=True)
class Note:
    """A line of text."""

    words: str


@dataclass(frozen=True, eq=False)
class Worked:
    """A result, with the arithmetic of one of its windows."""

    result: PoolResult
    row: int = 0
    column: int = 0


@dataclass(frozen=True, eq=False)
class Plane:
    """A map with its title; cells that have changed are ``marked``."""

    title: str
    values: Array
    marked: Array | None = None


@dataclass(frozen=True, eq=False)
class Planes:
    """Maps side by side, on one value scale."""

    planes: tuple[Plane, ...]


@dataclass(frozen=True)
class Table:
    """A table of numbers and words."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Exhibit = Note | Worked | Planes | Table


@dataclass(frozen=True)
class Lesson:
    """One of the guided lessons.

    Args:
        topic: its name.
        number: its place in the order, counted from 1.
        module: its file, imported.
    """

    topic: str
    number: int
    module: ModuleType

    @property
    def title(self) -> str:
        """The heading."""
        return str(self.module.TITLE)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text, one string per paragraph."""
        parts = str(self.module.TEXT).strip().split("\n\n")
        return tuple(" ".join(part.split()) for part in parts)

    @property
    def suggestion(self) -> str:
        """A command to try, as it is typed."""
        return str(self.module.TRY)

    def exhibits(self) -> Iterator[Exhibit]:
        """The examples, computed while they are iterated."""
        return iter(self.module.exhibits())


def lessons() -> list[Lesson]:
    """All lessons, in their order.

    Example:
        >>> lessons()[0].topic
        'what-pooling-is'
    """
    modules = load_all(import_module("poolviz.lessons"), *_NEEDED)
    ordered = sorted(modules.items(), key=lambda item: item[1].ORDER)
    return [
        Lesson(name.replace("_", "-"), number, module)
        for number, (name, module) in enumerate(ordered, 1)
    ]


def find_lesson(topic: str) -> Lesson:
    """The lesson with this name or number.

    Raises:
        SpecError: there is no such lesson.
    """
    every = lessons()
    for lesson in every:
        if topic in (lesson.topic, str(lesson.number)):
            return lesson
    if topic.lstrip("+-").isdecimal():
        remedy = f"choose a number from 1 to {len(every)}, or a name from poolviz demo --list"
        raise SpecError("lesson", f"there is no lesson {topic}", remedy)
    error = unknown("topic", topic, [lesson.topic for lesson in every])
    cause = f"there is no lesson {shown(topic)}"
    numbers = "" if "?" in error.remedy else f", or a number from 1 to {len(every)}"
    raise SpecError("lesson", cause, error.remedy + numbers)


SMALL = ((1, 3), (2, 4))
# For modes that need room for more than one window.
LARGER = ((1, 3, 2, 4), (5, 6, 1, 2), (0, 1, 3, 1), (2, 4, 5, 2))


def worked_example(mode: str) -> PoolResult:
    """``mode`` with 2×2 windows on [[1, 3], [2, 4]], or on a 4×4 map if it needs more room.

    Raises:
        SpecError: there is no such mode.

    Example:
        >>> worked_example("average").step(0, 0).arithmetic
        '(1 + 3 + 2 + 4) / 4 = 2.5'
    """
    spec = PoolSpec(mode, None if mode.startswith(GLOBAL) else 2)
    try:
        small = run(FeatureMap(np.array(SMALL), "example"), spec)
    except SpecError:
        small = None
    # A mode that chooses its windows itself needs room for more than one.
    fits = small and (small.spec.adaptive or small.spec.stride)
    return small if small and fits else run(FeatureMap(np.array(LARGER), "example"), spec)


# It has distinct winners, a tie, negative cells, and a peak that a shift by one cell leaves in its
# window.
TEACHING = (
    (1, 3, 4, 0, -5, -2),
    (6, 2, 0, 4, -3, -6),
    (0, 5, 1, 2, 2, -6),
    (-3, 2, 9, 0, 1, 3),
    (-2, 1, 2, 1, 8, 0),
    (2, 7, 0, -3, 3, 5),
)


def teaching() -> FeatureMap:
    """The 6×6 map of ``sample:teaching``."""
    return FeatureMap(np.array(TEACHING), "teaching", "sample:teaching")


def pooled(
    mode: str, kernel_size: int | tuple[int, int] | None = 2, **options: object
) -> PoolResult:
    """The 6×6 map, pooled."""
    return run(teaching(), PoolSpec(mode, kernel_size, **options))  # type: ignore[arg-type]


def row_of(count: int) -> FeatureMap:
    """The numbers 1 to ``count`` as a map of one row."""
    return FeatureMap(np.arange(1, count + 1)[None], "row", "row")


def spot(size: int, row: int, column: int) -> Array:
    """A ``size``×``size`` map of zeros with a single 9."""
    values = np.zeros((size, size), int)
    values[row, column] = 9
    return values
