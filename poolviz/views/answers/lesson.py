"""View of a lesson, and of the list of lessons."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from poolviz import text
from poolviz.lessons._lesson import Exhibit, Lesson, Note, Plane, Planes, Table, Worked, lessons
from poolviz.views.scene.style import value_scale
from poolviz.views.terminal.grid import Screen, Segments, marked, plane_grid
from poolviz.views.terminal.lines import heading, paragraph, plain, side_by_side, table
from poolviz.views.terminal.result import ResultView


def lines(answer: Lesson, screen: Screen) -> Iterable[Segments]:
    """Title, paragraphs, exhibits, and a command to try."""
    yield heading(f"{answer.number} of {len(lessons())}: {answer.title}")
    for words in answer.paragraphs:
        yield []
        yield from paragraph(words, screen.width)
    for exhibit in answer.exhibits():
        # An indented note continues the one before it.
        if not (isinstance(exhibit, Note) and exhibit.words.startswith(" ")):
            yield []
        yield from _exhibit(exhibit, screen)
    yield []
    yield plain(f"Try: {answer.suggestion}")


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


def list_lines(every: list[Lesson]) -> Iterable[Segments]:
    """One line for each lesson."""
    width = max(len(lesson.topic) for lesson in every)
    for lesson in every:
        yield plain(f"{lesson.number:2}  {lesson.topic:{width}}  {lesson.title}")
    yield []
    yield plain("Begin with: poolviz demo 1")


def document(answer: Lesson, *, full: bool = False) -> dict[str, Any]:
    """The lesson as plain data; its maps are small, so ``full`` adds nothing."""
    del full
    return {
        "topic": answer.topic,
        "number": answer.number,
        "title": answer.title,
        "text": list(answer.paragraphs),
        "exhibits": [_exhibit_document(exhibit) for exhibit in answer.exhibits()],
        "try": answer.suggestion,
    }


def _exhibit_document(exhibit: Exhibit) -> dict[str, Any]:
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
