"""View of lessons."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from poolviz import text
from poolviz.lessons._lesson import Exhibit, Lesson, Note, Plane, Planes, Table, Worked
from poolviz.views.scene.style import value_scale
from poolviz.views.terminal.grid import Screen, Segments, marked
from poolviz.views.terminal.lines import heading, paragraph, plain, side_by_side, table
from poolviz.views.terminal.result import ResultView, plane_grid


def lesson_lines(lesson: Lesson, total: int, screen: Screen) -> Iterable[Segments]:
    """Title, paragraphs, exhibits, and a command to try."""
    yield heading(f"{lesson.number} of {total}: {lesson.title}")
    for words in lesson.paragraphs:
        yield []
        yield from paragraph(words, screen.width)
    for exhibit in lesson.exhibits():
        # An indented note continues the one before it.
        if not (isinstance(exhibit, Note) and exhibit.words.startswith(" ")):
            yield []
        yield from _exhibit(exhibit, screen)
    yield []
    yield plain(f"Try: {lesson.suggestion}")


def _exhibit(exhibit: Exhibit, screen: Screen) -> Iterable[Segments]:
    match exhibit:
        case Note():
            return paragraph(exhibit.words, screen.width)
        case Worked():
            step = exhibit.result.step(exhibit.row, exhibit.column)
            return ResultView(exhibit.result, step, screen).lines()
        case Planes():
            return _planes(exhibit, screen)
        case Table():
            return table(exhibit.head, exhibit.rows, screen.width)


def _planes(exhibit: Planes, screen: Screen) -> Iterator[Segments]:
    """Maps on one value scale, with a star at each marked cell."""
    scale = value_scale(screen.theme, *(plane.values for plane in exhibit.planes), value_range=None)
    blocks = []
    for plane in exhibit.planes:
        title = f"{plane.title} ({text.size(plane.values.shape)})"
        grid = plane_grid(title, plane.values, scale, screen, (range(1), range(1)))
        blocks.append(list(marked(grid, _marks(plane)).lines()))
    yield from side_by_side(blocks, screen.width)
    if any(_marks(plane).any() for plane in exhibit.planes):
        yield plain("* changed")


def _marks(plane: Plane) -> Any:
    return np.zeros(plane.values.shape, bool) if plane.marked is None else plane.marked


def contents_lines(lessons: list[Lesson]) -> Iterable[Segments]:
    """One line for each lesson."""
    width = max(len(lesson.topic) for lesson in lessons)
    for lesson in lessons:
        yield plain(f"{lesson.number:2}  {lesson.topic:{width}}  {lesson.title}")
    yield []
    yield plain("Begin with: poolviz demo 1")


def lesson_document(lesson: Lesson) -> dict[str, Any]:
    """A lesson as plain data."""
    return {
        "topic": lesson.topic,
        "number": lesson.number,
        "title": lesson.title,
        "text": list(lesson.paragraphs),
        "exhibits": [_document(exhibit) for exhibit in lesson.exhibits()],
        "try": lesson.suggestion,
    }


def _document(exhibit: Exhibit) -> dict[str, Any]:
    match exhibit:
        case Note():
            return {"said": exhibit.words}
        case Worked():
            step = exhibit.result.step(exhibit.row, exhibit.column)
            return {
                "request": exhibit.result.summary,
                "input": exhibit.result.feature_map.values[0].tolist(),
                "output": exhibit.result.output[0].tolist(),
                "cell": list(step.index),
                "arithmetic": step.arithmetic,
                "formula": exhibit.result.formula,
            }
        case Planes():
            return {plane.title: plane.values.tolist() for plane in exhibit.planes}
        case Table():
            return {"head": list(exhibit.head), "rows": [list(row) for row in exhibit.rows]}
