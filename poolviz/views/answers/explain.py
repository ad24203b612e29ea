"""View of one window in full."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.explain import Explanation
from poolviz.geometry import CellKind
from poolviz.views.figures._maps import MapFigure
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.sheet import GridPanel
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.views.terminal.grid import PLAIN, Cell, Grid, Screen, Segments
from poolviz.views.terminal.lines import heading, is_long, listed, plain
from poolviz.views.terminal.result import OUTSIDE, ResultView, fitting_part
from poolviz.windows import Array

GRADIENT = "∂y/∂x: the gradient of the output with respect to each cell"


def lines(answer: Explanation, screen: Screen) -> Iterable[Segments]:
    """The position of the window, its cells, their shares, the arithmetic and the gradient."""
    step, result = answer.step, answer.result
    row, column = step.index
    size = text.size(result.output_size)
    yield heading(f"output ({row}, {column}) of {size}, {result.summary}")
    yield plain(f"reads {_span('row', step.rows)} and {_span('column', step.columns)}")
    yield []
    yield from ResultView(result, step, screen).input().lines()
    yield []
    yield from _window(answer, "share of each cell", step.weights, screen)
    yield []
    yield from working_lines(answer)
    yield []
    yield from _window(answer, GRADIENT, answer.slopes, screen)
    yield plain(_describe_sharing(answer))


def working_lines(answer: Explanation) -> Iterable[Segments]:
    """The arithmetic line by line, and how NaN and ties are decided."""
    labelled = [*answer.working, *answer.choices]
    width = max(len(label) for label, _ in labelled)
    return (plain(f"{label:{width}}  {words}") for label, words in labelled)


def _span(noun: str, cells: range) -> str:
    """``rows 1 to 3``, ``rows 0 to 4 in steps of 2``."""
    if len(cells) == 1:
        return f"{noun} {text.number(cells[0])}"
    steps = f" in steps of {cells.step}" if cells.step > 1 else ""
    return f"{noun}s {text.number(cells[0])} to {text.number(cells[-1])}{steps}"


def _describe_sharing(answer: Explanation) -> str:
    if not len(answer.cells):
        return "the window has no input cell, so no gradient flows back"
    if not answer.shared:
        return "no other window reads these cells, so this is their whole gradient"
    return f"other windows also read {answer.shared:,} of these cells; the gradients add up there"


def _window(answer: Explanation, title: str, values: Array, screen: Screen) -> Iterator[Segments]:
    """A number for each cell of the window."""
    rows, columns = (range(length) for length in values.shape)
    kinds = answer.step.kinds
    # The first cell in the input is always shown.
    row, column = (
        int(indices[0]) if len(indices) else 0 for indices in (kinds == CellKind.INPUT).nonzero()
    )
    first = range(row, row + 1), range(column, column + 1)
    part = fitting_part(values, (rows, columns), first, screen)
    cells = [
        [
            Cell(text.number(float(values[row, column])), PLAIN)
            if answer.takes_part[row, column]
            else OUTSIDE[CellKind(int(kinds[row, column]))]
            for column in part.columns
        ]
        for row in part.rows
    ]
    words = part.describe((len(rows), len(columns)))
    yield from Grid(f"{title}{', ' if words else ''}{words}", cells, part, screen).lines()


def document(answer: Explanation, *, full: bool = False) -> dict[str, Any]:
    """The explanation as plain data.

    None stands for a cell that takes no part, and unless ``full`` for a large window.
    """
    step = answer.step
    kinds = [[CellKind(int(kind)).name.lower() for kind in row] for row in step.kinds]
    return {
        "cell": list(step.index),
        "channel": step.channel,
        "mode": answer.result.summary,
        "rows": listed(np.array(step.rows), full=full),
        "columns": listed(np.array(step.columns), full=full),
        "kinds": None if is_long(step.kinds, full=full) else kinds,
        "cells": _list_cells(answer, step.cells, full=full),
        "weights": _list_cells(answer, step.weights, full=full),
        "working": [list(line) for line in answer.working],
        "winner": None if step.winner is None else list(step.winner),
        "ties": listed(np.array(sorted(step.ties)), full=full),
        "choices": dict(answer.choices),
        "value": step.value.item(),
        "gradient": _list_cells(answer, answer.slopes, full=full),
        "cells_shared": answer.shared,
    }


def _list_cells(answer: Explanation, values: Array, *, full: bool) -> list[list[Any]] | None:
    if is_long(values, full=full):
        return None
    return [
        [value if takes_part else None for value, takes_part in zip(*pair, strict=True)]
        for pair in zip(values.tolist(), answer.takes_part.tolist(), strict=True)
    ]


def scene(answer: Explanation, theme: Theme) -> Scene:
    """The window's cells, their shares and their gradient, side by side."""
    step, result = answer.step, answer.result
    maps = MapFigure(result, step.channel, None, theme)
    values = np.where(answer.takes_part, step.cells, 0)
    panels = [
        GridPanel("the window's cells", values, maps.shared_scale, theme, _mark_winner(answer)),
        GridPanel("share of each", step.weights, _scale(theme, step.weights), theme),
        GridPanel("gradient ∂y/∂x", answer.slopes, _scale(theme, answer.slopes), theme),
    ]
    outside = ~answer.takes_part
    row, column = step.index
    place = f"{_span('row', step.rows)} and {_span('column', step.columns)}"
    captions = [f"output ({row}, {column}) reads {place}", step.arithmetic]
    captions += [words for _, words in answer.choices]
    return maps.scene([replace(panel, outside=outside) for panel in panels], captions)


def _mark_winner(answer: Explanation) -> Array:
    """Where the cell that wins lies, if one does."""
    step = answer.step
    marked = np.zeros(step.cells.shape, bool)
    if step.winner is not None:
        row, column = step.winner
        marked[step.rows.index(row), step.columns.index(column)] = True
    return marked


def _scale(theme: Theme, values: Array) -> ValueScale:
    """A scale from 0 to 1 or, where the values go beyond, further."""
    return value_scale(theme, values, np.array([0.0, 1.0]), value_range=None)


def page(answer: Explanation, theme: Theme) -> PageContent:
    """The page of all windows, opened at this one."""
    variant = Variant(answer.result.mode.name(), answer.result)
    return PageContent(
        [variant], "mode", answer.step.channel, theme, first_output=answer.step.index
    )
