"""The cells of one window; how far cells see, against cells that are followed one by one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolviz.geometry import resolve
from poolviz.modes import build_mode
from poolviz.spec import PoolSpec
from poolviz.windows import ReceptiveField, all_windows, gather

Layer = tuple[int, int, int]


def followed(layers: list[Layer], at: int) -> set[int]:
    """The first-layer cells that cell ``at`` of the last layer depends on, without edges."""
    cells = {at}
    for size, stride, dilation in reversed(layers):
        cells = {cell * stride + step * dilation for cell in cells for step in range(size)}
    return cells


LAYERS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)), max_size=4)


@given(layers=LAYERS)
def test_fields_are_those_of_cells_followed_one_by_one(layers: list[Layer]) -> None:
    """The size reaches from the first to the last cell, the jump from one cell's to the next's."""
    field = ReceptiveField.of((10**6, 10**6))
    for size, stride, dilation in layers:
        spec = PoolSpec("max", size, stride, dilation=dilation)
        field = field.through(resolve(spec, (200, 200), build_mode(spec)).axes)
    first, second = followed(layers, 0), followed(layers, 1)
    assert field.size == (max(first) - min(first) + 1,) * 2
    assert field.jump == (min(second) - min(first),) * 2


def test_axes_grow_apart() -> None:
    """Each axis has its own window and stride."""
    field = ReceptiveField.of((50, 60)).grow((3, 1), (2, 1)).grow((2, 5), (1, 3))
    # Rows: 3, then (2 − 1) · 2 more; columns: 1, then (5 − 1) · 1 more.
    assert (field.size, field.jump) == ((5, 5), (2, 3))


def test_no_field_is_larger_than_the_input() -> None:
    """What lies in padding depends on nothing."""
    field = ReceptiveField.of((4, 9)).grow((7, 7), (1, 1))
    assert field.size == (4, 7)
    assert field.limit == (4, 9)


def test_first_cells_see_themselves() -> None:
    """Before any layer a cell depends on itself."""
    assert ReceptiveField.of((5,)) == ReceptiveField((1,), (1,), (5,))


def test_adaptive_windows_count_by_the_longest() -> None:
    """7 cells in 3 windows: 0–2, 2–4, 4–6, each of 3 cells, 7/3 cells apart on the average."""
    spec = PoolSpec("average", output_size=3)
    field = ReceptiveField.of((7, 7)).through(resolve(spec, (7, 7), build_mode(spec)).axes)
    assert field.size == (3, 3)
    assert field.jump == pytest.approx((7 / 3, 7 / 3))


def test_uneven_windows_count_by_the_longest() -> None:
    """8 cells in 3 windows: 0–2, 2–5, 5–7; the longest has 4."""
    spec = PoolSpec("average", output_size=(3,))
    field = ReceptiveField.of((8,)).through(resolve(spec, (8,), build_mode(spec)).axes)
    assert field.size == (4,)


def test_everything() -> None:
    """A cell that depends on everything sees the entire input, and so does the next."""
    field = ReceptiveField.of((6, 8)).grow((3, 3), (2, 2)).everything()
    assert (field.size, field.jump) == ((6, 8), (6, 8))


def test_merging_takes_the_larger_size_and_the_smaller_jump() -> None:
    """Axis by axis, and in either order."""
    one = ReceptiveField((5, 3), (2, 4), (32, 32))
    other = ReceptiveField((4, 9), (4, 2), (32, 32))
    assert one.merge(other) == ReceptiveField((5, 9), (2, 2), (32, 32))
    assert other.merge(one) == one.merge(other)


def test_a_jump_is_no_larger_than_the_input() -> None:
    """After a cell that sees everything, a stride changes nothing."""
    field = ReceptiveField.of((6, 8)).everything().grow((1, 1), (2, 2))
    assert (field.size, field.jump) == ((6, 8), (6, 8))


def test_averages_of_windows_that_differ_are_rounded() -> None:
    """A jump of 8 / 3 behind 3 windows of 4: 4 + 1 · 8/3 = 6.67 is nearer to 7 than to 6."""
    field = ReceptiveField((4,), (8 / 3,), (8,)).grow((2,), (1,))
    assert field.size == (7,)


def test_the_cells_of_one_window() -> None:
    """Those that take part, and the place of each in the input."""
    geometry = resolve(PoolSpec("max", 2, padding=((1, 0), (0, 0))), (3, 4))
    patches = gather(np.arange(12.0).reshape(3, 4), geometry, all_windows(geometry), -1.0)
    window = replace(
        patches,
        cells=patches.cells[0, 1],
        inside=patches.inside[0, 1],
        places=patches.places[0, 1],
    )
    # The first window reads a row of padding and row 0.
    assert window.cells.tolist() == [-1, -1, 2, 3]
    assert window.read.tolist() == [2, 3]
    assert window.place(0) == "in the padding"
    assert window.place(3) == "at row 0, column 3"


def test_places_along_three_axes_and_one() -> None:
    """A plane is named before row and column; a line has columns only."""
    for size, place in (((2, 3, 4), "at plane 1, row 2, column 3"), ((5,), "at column 4")):
        geometry = resolve(PoolSpec("max", output_size=(1,) * len(size)), size)
        patches = gather(np.zeros(size), geometry, all_windows(geometry), 0.0)
        window = replace(patches, cells=patches.cells.ravel(), places=patches.places.ravel())
        assert window.place(-1) == place
