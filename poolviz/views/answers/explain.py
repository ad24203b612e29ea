"""One window in full: on the terminal, as plain data, as a figure."""

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

WAY_BACK = "∂y/∂x: what of an upstream gradient flows back to each cell"


def explanation_lines(found: Explanation, screen: Screen) -> Iterable[Segments]:
    """Where the window lies, its cells, their shares, the arithmetic, the way back."""
    step, result = found.step, found.result
    row, column = step.index
    of = text.size(result.output_size)
    yield heading(f"output ({row}, {column}) of {of}, {result.summary}")
    yield plain(f"reads {_span('row', step.rows)} and {_span('column', step.columns)}")
    yield []
    yield from ResultView(result, step, screen).input().lines()
    yield []
    yield from _window(found, "share of each cell", step.weights, screen)
    yield []
    yield from working_lines(found)
    yield []
    yield from _window(found, WAY_BACK, found.slopes, screen)
    yield plain(_way_back(found))


def working_lines(found: Explanation) -> Iterable[Segments]:
    """The arithmetic line by line, and what decides where that is a question."""
    lines = [*found.working, *found.choices]
    width = max(len(name) for name, _ in lines)
    return (plain(f"{name:{width}}  {words}") for name, words in lines)


def _span(noun: str, cells: range) -> str:
    """``rows 1 to 3``, ``rows 0 to 4 in steps of 2``."""
    if len(cells) == 1:
        return f"{noun} {text.number(cells[0])}"
    steps = f" in steps of {cells.step}" if cells.step > 1 else ""
    return f"{noun}s {text.number(cells[0])} to {text.number(cells[-1])}{steps}"


def _way_back(found: Explanation) -> str:
    if not len(found.cells):
        return "the window has no input cell, so nothing flows back"
    if not found.shared:
        return "no other window reads these cells: that is all they get"
    are = "is" if found.shared == 1 else "are"
    return (
        f"{text.counted(found.shared, 'cell')} {are} read by other windows too,"
        " whose parts add up there"
    )


def _window(found: Explanation, title: str, values: Array, screen: Screen) -> Iterator[Segments]:
    """A number for each cell of the window."""
    whole = range(values.shape[0]), range(values.shape[1])
    inside = (found.step.kinds == CellKind.INPUT).nonzero()
    row, column = (int(at[0]) if len(at) else 0 for at in inside)
    first = range(row, row + 1), range(column, column + 1)
    part = fitting_part(values, whole, first, screen)
    kinds = found.step.kinds
    cells = [
        [_cell(found, int(kinds[row, column]), values[row, column]) for column in part.columns]
        for row in part.rows
    ]
    words = part.describe((len(whole[0]), len(whole[1])))
    yield from Grid(f"{title}{', ' if words else ''}{words}", cells, part, screen).lines()


def _cell(found: Explanation, kind: int, value: Any) -> Cell:
    """A number where a cell takes part: in the input, or in padding that counts as cells do."""
    takes_part = kind == CellKind.PADDING and found.result.geometry.rule.pads_with is not None
    if kind == CellKind.INPUT or takes_part:
        return Cell(text.number(float(value)), PLAIN)
    return OUTSIDE[CellKind(kind)]


def explanation_document(found: Explanation, *, full: bool = False) -> dict[str, Any]:
    """An explanation as plain data; None stands for cells outside the input.

    It stands for all of a window of many cells, too, unless ``full``.
    """
    step = found.step
    return {
        "cell": list(step.index),
        "channel": step.channel,
        "mode": found.result.summary,
        "rows": listed(np.array(step.rows), full=full),
        "columns": listed(np.array(step.columns), full=full),
        "kinds": _kinds(step.kinds, full=full),
        "cells": _inside(found, step.cells, full=full),
        "weights": _inside(found, step.weights, full=full),
        "working": [list(line) for line in found.working],
        "winner": None if step.winner is None else list(step.winner),
        "ties": listed(np.array(sorted(step.ties)), full=full),
        "choices": dict(found.choices),
        "value": step.value.item(),
        "gradient": _inside(found, found.slopes, full=full),
        "cells_shared": found.shared,
    }


def _kinds(kinds: Array, *, full: bool) -> list[list[str]] | None:
    if is_long(kinds, full=full):
        return None
    return [[CellKind(int(kind)).name.lower() for kind in row] for row in kinds]


def _inside(found: Explanation, values: Array, *, full: bool) -> list[list[Any]] | None:
    if is_long(values, full=full):
        return None
    return [
        [value if kind == CellKind.INPUT else None for value, kind in zip(*pair, strict=True)]
        for pair in zip(values.tolist(), found.step.kinds.tolist(), strict=True)
    ]


def explanation_scene(found: Explanation, theme: Theme) -> Scene:
    """The window's cells, their shares and their part of the gradient, side by side."""
    step, result = found.step, found.result
    maps = MapFigure(result, step.channel, None, theme)
    values = np.where(step.kinds == CellKind.INPUT, step.cells, 0)
    plates = [
        GridPanel("the window's cells", values, maps.shared_scale, theme, _winner(found)),
        GridPanel("share of each", step.weights, _scale(theme, step.weights, 0, 1), theme),
        GridPanel("gradient ∂y/∂x", found.slopes, _scale(theme, found.slopes, 0, 1), theme),
    ]
    outside = step.kinds != CellKind.INPUT
    row, column = step.index
    place = f"{_span('row', step.rows)} and {_span('column', step.columns)}"
    captions = [f"output ({row}, {column}) reads {place}", step.arithmetic]
    captions += [words for _, words in found.choices]
    return maps.scene([replace(plate, outside=outside) for plate in plates], captions)


def _winner(found: Explanation) -> Array:
    """Which cell wins, if one does."""
    step = found.step
    marked = np.zeros(step.cells.shape, bool)
    if step.winner is not None:
        row, column = step.winner
        marked[step.rows.index(row), step.columns.index(column)] = True
    return marked


def _scale(theme: Theme, values: Array, low: float, high: float) -> ValueScale:
    """Of its own, from ``low`` to ``high`` at least."""
    return value_scale(theme, values, np.array([low, high], float), value_range=None)


def explanation_page(found: Explanation, theme: Theme) -> PageContent:
    """The page of all windows, opened at this one."""
    variant = Variant(found.result.mode.name(), found.result)
    return PageContent([variant], "mode", found.step.channel, theme, first_output=found.step.index)
