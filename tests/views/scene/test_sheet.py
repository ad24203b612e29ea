"""Sheets: rows of maps."""

from dataclasses import replace

import numpy as np
import pytest

from poolviz.views.scene.elements import LARGEST_CELL, Box, Label, Pixels
from poolviz.views.scene.sheet import LEAST_FRAME, GridPanel, Row, Sheet, Tile
from poolviz.views.scene.style import THEMES, value_scale

THEME = THEMES["light"]


def tile(rows: int, columns: int, framed: tuple[range, range] | None = None) -> Tile:
    """A map of a size."""
    values = np.arange(float(rows * columns)).reshape(rows, columns) % 9
    scale = value_scale(THEME, values, value_range=None)
    return Tile(GridPanel(f"{rows}×{columns}", values, scale, THEME), framed=framed)


def row(*tiles: Tile, fitted: bool) -> Row:
    """Maps side by side, at most 240 pixels."""
    return Row("heading", (), tiles, 240, fitted)


def test_cells_of_a_row_are_of_one_size() -> None:
    """Unless maps are fitted, a smaller one is drawn smaller."""
    panels = row(tile(60, 120), tile(30, 40), fitted=False).panels
    assert [(panel.width, panel.height) for panel in panels] == [(240, 120), (80, 60)]


def test_fitted_maps_are_as_large_as_they_may_be() -> None:
    """Each by a whole factor, or one of every so many cells; single cells no larger than others."""
    panels = row(tile(60, 120), tile(30, 40), tile(100, 480), tile(1, 1), fitted=True).panels
    assert [panel.width for panel in panels] == [240, 240, 240, LARGEST_CELL]
    assert [panel.height for panel in panels] == [120, 180, 50, LARGEST_CELL]


def test_fitted_maps_with_digits_keep_cells_of_one_size() -> None:
    """A smaller map then shows that it has fewer cells."""
    panels = row(tile(6, 6), tile(3, 3), fitted=True).panels
    assert [panel.cell for panel in panels] == [40, 40]


@pytest.mark.parametrize("scale", [1, 4])
def test_frame_lies_around_its_cells_and_can_be_seen(scale: int) -> None:
    """Of a map of which one of every so many cells is drawn, too; it is never very small."""
    framed = range(60 * scale, 60 * scale + 1), range(90 * scale, 90 * scale + 1)
    one = row(tile(120 * scale, 120 * scale, framed), fitted=True)
    boxes = [item for item in one.items(0, 0, THEME) if isinstance(item, Box)]
    (frame,) = (box for box in boxes if box.outline == THEME.accent)
    assert (frame.width, frame.height) == (LEAST_FRAME, LEAST_FRAME)
    # Cells are 2 pixels wide.
    middle = frame.x + frame.width / 2, frame.y + frame.height / 2 - one.top
    step = 240 / (120 * scale)
    assert middle == pytest.approx((90 * scale * step, 60 * scale * step), abs=2)


def test_row_without_a_heading_takes_no_room_for_it() -> None:
    """As the second of maps that do not fit beside each other."""
    first = row(tile(6, 6), fitted=True)
    second = replace(first, heading="")
    assert second.top < first.top
    assert not [item for item in second.items(0, 0, THEME) if isinstance(item, Label)
                and not item.text]  # fmt: skip


def test_rows_stand_below_each_other_within_the_sheet() -> None:
    """Nothing reaches beyond its edges, and no map over another row's."""
    rows = [row(tile(60, 120), tile(3, 3), fitted=True)] * 2
    scene = Sheet("title", rows, ["caption"], THEME, "alt").scene()
    pixels = [item for item in scene.items if isinstance(item, Pixels)]
    labels = [item for item in scene.items if isinstance(item, Label)]
    assert all(item.x + item.width <= scene.width for item in pixels)
    assert max(label.y for label in labels) < scene.height
    headings = [label.y for label in labels if label.text == "heading"]
    assert headings[1] - headings[0] == rows[0].height
    assert pixels[0].y + pixels[0].height < headings[1]
