"""Maps of a sheet in columns."""

import numpy as np
import pytest
from pictures import of_kind, overlapping

from poolviz.views.scene.columns import MOST_GROWN, Beside, aligned, fitted_tile, written_alike
from poolviz.views.scene.elements import Label
from poolviz.views.scene.sheet import GridPanel, Row, Sheet, Tile
from poolviz.views.scene.style import THEMES, value_scale
from poolviz.windows import Array

THEME = THEMES["light"]


def tile(values: Array, cell: int = 24, title: str = "map") -> Tile:
    """A map with cells of a size."""
    scale = value_scale(THEME, values, value_range=None)
    return Tile(GridPanel(title, values, scale, THEME), cell=cell)


def test_aligned_rows_share_columns() -> None:
    """Each as wide as its widest map, whatever the row."""
    small, large = tile(np.eye(2)), tile(np.eye(5))
    rows = aligned([Row("", (), (small, large, small), 0), Row("", (), (large, small), 0)])
    first, second = ([panel.x for panel in row.panels] for row in rows)
    assert first[:2] == second
    assert second[1] == 5 * 24 + rows[0].apart


def test_rows_stand_beside_the_first_without_overlap() -> None:
    """At the right of it, below each other."""
    row = Row("", (), (tile(np.eye(3), title="a"), tile(np.eye(3), title="b")), 0)
    block = Beside(Row("", (), (tile(np.eye(6), title="left"),), 0), (row, row))
    scene = Sheet("title", [block], [], THEME, "alt").scene()
    labels = of_kind(scene.items, Label)
    assert overlapping(labels) == []
    places = {name: [(each.x, each.y) for each in labels if each.text == name] for name in "ab"}
    (left,) = (each for each in labels if each.text == "left")
    assert all(x > left.x + 6 * 24 for found in places.values() for x, _ in found)
    assert places["a"][0][0] == places["a"][1][0]
    assert places["a"][1][1] - places["a"][0][1] == row.height


@pytest.mark.parametrize("shape", [(1000, 700), (3, 4), (64, 64), (65, 2)])
def test_a_map_of_any_size_fits(shape: tuple[int, int]) -> None:
    """Within its side; a large one keeps its mean."""
    values = np.random.default_rng(2).random(shape)
    scale = value_scale(THEME, values, value_range=None)
    found = fitted_tile("map", values[None], scale, 64)
    rows, columns = found.panel.values.shape
    assert max(rows, columns) * found.cell <= 64
    assert found.panel.values.mean() == pytest.approx(values.mean(), abs=0.02)
    assert rows / columns == pytest.approx(shape[0] / shape[1], rel=0.6)


def test_cells_grow_until_their_digits_fit() -> None:
    """Of small maps; those of larger ones are left without digits."""
    values = np.array([[1.25e-7, 3.5], [2.25, -1.125e-9]])
    (grown,) = written_alike([tile(values)], least=2)
    assert grown.digits
    assert 24 < grown.cell <= MOST_GROWN
    (left,) = written_alike([tile(values)], least=1)
    assert (left.cell, left.digits) == (24, 0)


def test_maps_are_written_alike() -> None:
    """With the same decimals and digits, even if one alone could have larger ones."""
    short, long = tile(np.array([[1.5, 2.0]]), 64), tile(np.array([[0.25, -123.25]]), 64)
    found = written_alike([short, long])
    assert len({(each.digits, each.cell, each.panel.numbers.decimals) for each in found}) == 1
