"""Lesson: a few sentences, a live computation, and something to try."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from poolviz.discovery import import_all, unknown
from poolviz.errors import SpecError
from poolviz.patches import Array
from poolviz.result import PoolResult


@dataclass(frozen=True)
class Said:
    """A line."""

    words: str


@dataclass(frozen=True, eq=False)
class Worked:
    """A result with one of its windows worked out."""

    result: PoolResult
    row: int = 0
    column: int = 0


@dataclass(frozen=True, eq=False)
class Plane:
    """A map with its title; ``marked`` cells differ from another's."""

    title: str
    values: Array
    marked: Array | None = None


@dataclass(frozen=True, eq=False)
class Planes:
    """Maps side by side, on one value scale."""

    planes: tuple[Plane, ...]


@dataclass(frozen=True)
class Table:
    """Figures in rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Exhibit = Said | Worked | Planes | Table


@dataclass(frozen=True)
class Lesson:
    """One of the guided lessons.

    Args:
        topic: its name.
        number: its place in the order, from 1.
        module: where it is written.
    """

    topic: str
    number: int
    module: ModuleType

    @property
    def title(self) -> str:
        """What it is about."""
        return str(self.module.TITLE)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """What is to be understood."""
        parts = str(self.module.TEXT).strip().split("\n\n")
        return tuple(" ".join(part.split()) for part in parts)

    @property
    def suggestion(self) -> str:
        """A command to try."""
        return str(self.module.TRY)

    def exhibits(self) -> Iterator[Exhibit]:
        """What is computed, when it is asked for."""
        return iter(self.module.exhibits())


def lessons() -> list[Lesson]:
    """All lessons, in their order.

    Example:
        >>> lessons()[0].topic
        'what-pooling-is'
    """
    modules = import_all(import_module("poolviz.teach.lessons"))
    ordered = sorted(modules.items(), key=lambda item: item[1].ORDER)
    return [
        Lesson(name.replace("_", "-"), at, module) for at, (name, module) in enumerate(ordered, 1)
    ]


def find_lesson(topic: str) -> Lesson:
    """The lesson of a name or number.

    Raises:
        SpecError: there is none.
    """
    found = lessons()
    for lesson in found:
        if topic in (lesson.topic, str(lesson.number)):
            return lesson
    error = unknown("topic", topic, [lesson.topic for lesson in found])
    raise SpecError(error.subject, error.cause, f"{error.remedy}, or a number to {len(found)}")
