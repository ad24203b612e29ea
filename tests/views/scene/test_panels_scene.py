"""Maps side by side on a sheet without headings, of one scale or of several."""

import numpy as np
import pytest
from pictures import of_kind

from poolviz.views.scene.columns import panels_scene
from poolviz.views.scene.elements import Box, Label, Pixels, Scene, digit_size
from poolviz.views.scene.sheet import GridPanel
from poolviz.views.scene.style import THEMES, value_scale

THEME = THEMES["light"]


def scene(*maps: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> Scene:
    """Maps of one scale in a row."""
    scale = value_scale(THEME, *maps, value_range=None)
    panels = [GridPanel("map", values, scale, THEME) for values in maps]
    return panels_scene("a title", [panels], [], THEME, "what it shows")


def counting(side: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """A square map that counts."""
    return np.arange(float(side * side)).reshape(side, side)


@pytest.mark.parametrize("first", [0, 1])
def test_digits_of_a_figure_are_of_one_size(first: int) -> None:
    """The map with the longest number has room for small digits only: the other has them too."""
    narrow, wide = np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 2], [3, -1234.5]])
    alone, both = (
        {label.size for label in of_kind(scene(*maps).items, Label) if label.text in ("2", "3")}
        for maps in ([narrow], [wide, narrow] if first else [narrow, wide])
    )
    assert len(alone) == len(both) == 1
    assert both < {*range(10, alone.pop())}


@pytest.mark.parametrize(("cell", "size"), [(64, 25), (25, 10), (24, 0), (20, 0), (12, 0)])
def test_digits_take_two_fifths_of_a_cell_or_are_left_out(cell: int, size: int) -> None:
    """Digits of less than 10 pixels are not legible."""
    assert digit_size(np.array([[1]]), cell, 0) == size


def test_maps_without_digits_are_as_large_as_the_first() -> None:
    """24 cells are 15 pixels wide, too small for digits: 6 cells become 60 pixels wide."""
    items = scene(counting(24), counting(6)).items
    without, *_ = of_kind(items, Pixels)
    assert without.width == 360
    assert 6 * 60 + 1 in [box.width for box in of_kind(items, Box)]


def test_cells_with_digits_are_of_one_size() -> None:
    """12 cells are 30 pixels wide, with digits: those of a map of 2 are no larger."""
    large, small = np.zeros((12, 12)), np.array([[1.0, 2], [3, 4]])
    large[0, :3] = 5, 7, 9
    at = {label.text: label.x for label in of_kind(scene(large, small).items, Label)}
    assert at["7"] - at["5"] == at["2"] - at["1"] == 30
