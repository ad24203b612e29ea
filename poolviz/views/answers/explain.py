"""View of one window in full."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from poolviz import text
from poolviz.analysis.explain import Explanation
from poolviz.geometry import CellKind
from poolviz.text import Numbers
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.scene import parts
from poolviz.views.scene.columns import written_alike
from poolviz.views.scene.elements import WORDS, Item, Label, Scene, choose_numbers
from poolviz.views.scene.fonts import wrap_text
from poolviz.views.scene.legend import TEXT_SIZE
from poolviz.views.scene.region import Region, region_around, whole_region
from poolviz.views.scene.sheet import APART, WIDEST, GridPanel, Row, Tile
from poolviz.views.scene.shown import COLOR_NAMES, MOST_TOLD
from poolviz.views.scene.stage import LINE, MARGIN, Stage, fitted_stage
from poolviz.views.scene.style import Theme, value_scale
from poolviz.views.terminal.grid import (
    PLAIN,
    Cell,
    Grid,
    Screen,
    Segments,
    describe_cells,
    fitting_part,
)
from poolviz.views.terminal.lines import heading, is_long, listed, plain
from poolviz.views.terminal.result import OUTSIDE, ResultView
from poolviz.windows import Array

GRADIENT = "∂y/∂x: the gradient of the output with respect to each cell"


def lines(answer: Explanation, screen: Screen) -> Iterable[Segments]:
    """The position of the window, its cells, their shares, the arithmetic and the gradient."""
    step, result = answer.step, answer.result
    row, column = step.index
    size = text.size(result.output_size)
    yield heading(f"output ({row}, {column}) of {size}, {result.summary}")
    yield plain(
        f"reads {describe_cells('row', step.rows)} and {describe_cells('column', step.columns)}"
    )
    yield []
    view = ResultView(result, step, screen)
    yield from view.input().lines()
    yield from view.key()
    yield []
    yield from _window(answer, "share of each cell", step.weights, screen)
    yield []
    yield from working_lines(answer, view.numbers)
    yield []
    yield from _window(answer, GRADIENT, answer.slopes, screen)
    yield plain(_describe_sharing(answer))


def working_lines(answer: Explanation, numbers: Numbers) -> Iterable[Segments]:
    """The arithmetic line by line, and how NaN and ties are decided."""
    labelled = [*answer.written(numbers), *answer.choices]
    width = max(len(label) for label, _ in labelled)
    return (plain(f"{label:{width}}  {words}") for label, words in labelled)


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


# A map with more cells along a side is shown small, with a part of it enlarged.
MOST_CELLS = 14
# The cells along a side of that part: few enough for digits, more in colour.
DETAIL, DETAIL_IN_COLOR = 10, 16
# The cells of an enlarged window, and its longest side in pixels.
CELL, SIDE = 64, 384
# Windows up to this side always have digits.
WITH_DIGITS = 5
SHARE, SLOPE = "share of each cell", "gradient ∂y/∂x"
BOTH = "share of each cell = gradient ∂y/∂x"


def scene(answer: Explanation, theme: Theme) -> Scene:
    """The input with the window, the output with its cell, then the window's cells in full."""
    result, step = answer.result, answer.step
    zooms = not _fits(answer)
    stage = fitted_stage(Stage(result, step.channel, _shown(answer), theme, (step,), zooms=zooms))
    window = Row("", (), tuple(_window_tiles(answer, stage)), SIDE)
    items: list[Item] = [
        *parts.header(stage),
        *parts.input_cells(stage),
        *parts.whole_output(stage),
        *parts.marks(stage, step),
        *parts.arithmetic(stage, step),
        *parts.captions(stage),
    ]
    # The panels of the sheet stand in place of the stage's lower margin.
    y = stage.height - MARGIN + APART // 2
    rows = window.split(max(stage.width, theme.choices.at_most(WIDEST)) - 2 * MARGIN)
    for row in rows:
        items += row.items(MARGIN, y, theme)
        y += row.height
    y -= rows[-1].below
    place = f"{describe_cells('row', step.rows)} and {describe_cells('column', step.columns)}"
    notes = [f"output ({step.index[0]}, {step.index[1]}) reads {place}"]
    notes += [f"{name}: {words}" for name, words in answer.choices]
    width = max(stage.width, *(row.width + 2 * MARGIN for row in rows))
    for line in chain.from_iterable(
        wrap_text(note, TEXT_SIZE, width - 2 * MARGIN) for note in notes
    ):
        y += LINE
        items.append(Label(MARGIN, y, line, TEXT_SIZE, theme.muted, anchor="left", part=WORDS))
    size, alt = (width, y + MARGIN), f"{stage.describe(step)} {_told(answer, stage)}"
    return Scene(*size, theme.background, tuple(items), stage.alt_title, alt)


def _fits(answer: Explanation) -> bool:
    """Whether the whole input is small enough for digits."""
    longest = max(map(len, whole_region(answer.result).cells))
    return longest <= MOST_CELLS


def _shown(answer: Explanation) -> Region:
    """The whole input if it is small, else a part around the window."""
    result = answer.result
    if _fits(answer):
        return whole_region(result)
    cells = DETAIL_IN_COLOR if result.feature_map.is_rgb else DETAIL
    return region_around(result, answer.step.index, cells, cells)


def _window_tiles(answer: Explanation, stage: Stage) -> Iterator[Tile]:
    """The window's cells, their shares and their gradient; the last two once if they are equal."""
    step, theme = answer.step, stage.theme
    inside = step.kinds == CellKind.INPUT
    # Padding is drawn as a value in words: it has no colour of its own.
    cells = np.where(inside, step.cells, np.zeros((), step.cells.dtype))
    # The enlarged window of the stage shows its cells already.
    planes = [] if stage.window_panels else [("the window's cells", cells, stage.scale)]
    channel = f" in {COLOR_NAMES[step.channel]}" if stage.is_rgb else ""
    same = np.array_equal(step.weights, answer.slopes, equal_nan=True)
    scale = value_scale(theme, step.weights, answer.slopes, np.zeros(1), value_range=None)
    planes.append((f"{BOTH if same else SHARE}{channel}", step.weights, scale))
    if not same:
        planes.append((f"{SLOPE}{channel}", answer.slopes, scale))
    sized = theme.choices.sized
    cell = max(1, min(sized(CELL), sized(SIDE) // max(step.cells.shape)))
    shares = choose_numbers([step.weights, answer.slopes], ())
    tiles = []
    for name, plane, colors in planes:
        numbers = stage.numbers if colors is stage.scale else shares
        outside = _outside(answer, stage, None if colors is stage.scale else plane, numbers)
        marked = _mark_winner(answer) if colors is stage.scale else None
        panel = GridPanel(name, plane, colors, theme, marked, outside, numbers=numbers)
        tiles.append(Tile(panel, bar=colors is not stage.scale, cell=cell))
    least = WITH_DIGITS if max(step.cells.shape) <= WITH_DIGITS else 0
    grown = [written_alike([tile], least, tile.panel.numbers)[0] for tile in tiles]
    cell = max(tile.cell for tile in grown)
    for tile in tiles:
        yield from written_alike([replace(tile, cell=cell)], least, tile.panel.numbers)


def _outside(answer: Explanation, stage: Stage, plane: Array | None, numbers: Numbers) -> Array:
    """The text of each cell outside the input: the value that padding has, or its weight."""
    kinds = answer.step.kinds
    words = np.full(kinds.shape, None, object)
    for place in zip(*(kinds != CellKind.INPUT).nonzero(), strict=True):
        words[place] = ""
        if kinds[place] == CellKind.PADDING:
            weight = None if plane is answer.slopes else answer.step.padding_weight
            if plane is None:
                words[place] = stage.padding_text
            elif weight is not None or plane[place]:
                words[place] = numbers.text(weight or plane[place])
    return words


def _told(answer: Explanation, stage: Stage) -> str:
    """The window's cells and their shares, row by row."""
    step = answer.step
    if step.cells.size > MOST_TOLD:
        return _describe_sharing(answer)
    shares = " / ".join(" ".join(map(text.number, row)) for row in step.shares)
    cells = " / ".join(" ".join(map(stage.numbers.text, row)) for row in step.cells)
    return f"The window's cells are {cells}; their shares are {shares}."


def _mark_winner(answer: Explanation) -> Array:
    """Where the cell that wins lies, if one does."""
    step = answer.step
    marked = np.zeros(step.cells.shape, bool)
    if step.winner is not None:
        row, column = step.winner
        marked[step.rows.index(row), step.columns.index(column)] = True
    return marked


def page(answer: Explanation, theme: Theme) -> PageContent:
    """The page of all windows, opened at this one."""
    variant = Variant(answer.result.mode.name(), answer.result)
    return PageContent(
        [variant], "mode", answer.step.channel, theme, first_output=answer.step.index
    )
