"""Which windows of a large result are shown."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import result_of

from poolviz import FeatureMap, PoolResult, PoolSpec, SpecError, run
from poolviz.analysis.example import best_window
from poolviz.views.scene.region import (
    MOST_CELLS,
    MOST_WINDOWS,
    Region,
    crop_side,
    default_region,
    describe_region,
    parse_region,
    region_of,
    whole_region,
)


def result(values: Any, *arguments: Any, **options: Any) -> PoolResult:
    """What max pooling gave."""
    return run(FeatureMap(np.asarray(values)), PoolSpec("max", *arguments, **options))


def test_few_windows_are_all_shown() -> None:
    """Up to 256 windows, the region is all there is."""
    pooled = result(np.zeros((32, 32)), 2)
    assert pooled.output_size == (16, 16)
    region = default_region(pooled, 0)
    assert region == Region((range(16), range(16)), (range(32), range(32)), whole=True)
    assert describe_region(pooled, region) == ""


def test_the_whole_includes_padding_overhang_and_the_unread_edge() -> None:
    """All cells are shown that are padding, are read, or are left unread."""
    padded = whole_region(result(np.zeros((6, 6)), 3, stride=2, padding=1, ceil_mode=True))
    assert padded.cells == (range(-1, 8), range(-1, 8))
    dropped = whole_region(result(np.zeros((5, 5)), 2))
    assert dropped.cells == (range(5), range(5))
    assert dropped.windows == (range(2), range(2))


def test_of_many_windows_the_liveliest_block_is_shown() -> None:
    """Beyond 256 windows it is 6×6 with all windows that vary, and the best of them."""
    values = np.zeros((60, 60))
    values[26:34, 40:46] = np.random.default_rng(0).normal(size=(8, 6))
    pooled = result(values, 2)
    region = default_region(pooled, 0)
    rows, columns = region.windows
    assert (len(rows), len(columns)) == (6, 6)
    assert {*range(13, 17)} < {*rows}
    assert {*range(20, 23)} < {*columns}
    assert best_window(pooled, 0) in region
    assert region.cells == tuple(range(2 * part[0], 2 * part[-1] + 2) for part in region.windows)
    assert not region.whole
    first, left = rows[0] * 2, columns[0] * 2
    place = f"rows {first}–{first + 11}, columns {left}–{left + 11} of 60×60"
    assert describe_region(pooled, region) == place


def test_the_channel_decides() -> None:
    """Each channel has its own liveliest block."""
    values = np.zeros((2, 60, 60))
    values[0, :4, :4] = [[9, 0, 5, 0]] * 4
    values[1, 56:, 56:] = [[9, 0, 5, 0]] * 4
    pooled = result(values, 2)
    assert default_region(pooled, 0).windows == (range(6), range(6))
    assert default_region(pooled, 1).windows == (range(24, 30), range(24, 30))


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_infinities_do_not_count_as_lively(special: float) -> None:
    """NaN and infinities neither win nor warn."""
    values = np.zeros((60, 60))
    values[:2, :2] = special
    values[30:36, 30:36] = np.arange(36).reshape(6, 6)
    region = default_region(result(values, 2), 0)
    assert all({15, 16, 17} <= {*part} for part in region.windows)


def test_huge_values_do_not_warn() -> None:
    """The variance of huge values overflows quietly."""
    values = np.zeros((60, 60))
    values[0, 0] = 1e200
    assert default_region(result(values, 2), 0).windows == (range(6), range(6))


@pytest.mark.parametrize(
    ("size", "windows"),
    [((1, 300), (1, 36)), ((300, 1), (36, 1)), ((2, 300), (2, 18)), ((300, 4), (9, 4))],
)
def test_a_narrow_output_shows_a_longer_stretch(
    size: tuple[int, int], windows: tuple[int, int]
) -> None:
    """Where one side is short the other is longer, with about as many windows."""
    region = default_region(result(np.zeros(size), 1), 0)
    assert (len(region.windows[0]), len(region.windows[1])) == windows


def test_a_large_map_is_cut_at_its_end() -> None:
    """The whole of a very large map is its first cells, and the windows within them."""
    pooled = result(np.zeros((4, 1000)), (4, 100), stride=(4, 50))
    region = whole_region(pooled)
    assert pooled.output_size == (1, 19)
    assert region.cells == (range(4), range(MOST_CELLS))
    assert region.windows == (range(1), range(9))
    assert not region.whole
    assert describe_region(pooled, region) == "rows 0–3, columns 0–511 of 4×1000"


def test_one_window_larger_than_the_picture_is_kept() -> None:
    """A window that does not fit is shown as far as it goes."""
    region = whole_region(result(np.zeros((2, 2000)), output_size=(1, 1)))
    assert region.windows == (range(1), range(1))
    assert region.cells == (range(2), range(MOST_CELLS))


def test_a_part_shows_the_cells_that_its_windows_read() -> None:
    """The cells of a part reach from its first window to its last, padding included."""
    pooled = result(np.zeros((40, 40)), 3, stride=2, padding=1)
    region = region_of(pooled, range(2), range(4, 7))
    assert region.windows == (range(2), range(4, 7))
    assert region.cells == (range(-1, 4), range(7, 14))
    assert not region.whole


@given(
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.integers(1, 4),
    st.integers(1, 3),
    st.booleans(),
)
def test_every_shown_window_lies_in_the_shown_cells(
    size: tuple[int, int], kernel_size: int, stride: int, ceil_mode: bool
) -> None:
    """A region's windows exist and read shown cells only, and there are not too many."""
    kernel = tuple(min(kernel_size, length) for length in size)
    values = np.random.default_rng(sum(size)).normal(size=size)
    padding = tuple(length // 2 for length in kernel)
    pooled = result(values, kernel, stride=stride, padding=padding, ceil_mode=ceil_mode)
    region = default_region(pooled, 0)
    assert len(region.windows[0]) * len(region.windows[1]) <= MOST_WINDOWS
    for axis, shown, cells in zip(pooled.geometry.axes, region.windows, region.cells, strict=True):
        assert 0 <= shown[0] <= shown[-1] < axis.output_size
        assert cells[0] <= axis.window(shown[0])[0]
        assert axis.window(shown[-1])[-1] <= cells[-1]
    assert region.whole == (pooled.output.size <= MOST_WINDOWS)


def test_an_asked_region_holds_the_windows_that_lie_in_it() -> None:
    """Cells 3..8 of ten with kernel 2, stride 2: the windows that begin at 4 and 6."""
    result = result_of(np.arange(100).reshape(10, 10))
    region = parse_region(result, "6x6+3+3")
    assert region.windows == (range(2, 4), range(2, 4))
    assert region.cells == (range(3, 9), range(3, 9))
    assert not region.whole


def test_an_asked_region_at_the_edge_keeps_its_padding() -> None:
    """The window at the corner reads padding, which is shown with it."""
    result = result_of(np.arange(36).reshape(6, 6), kernel_size=3, stride=2, padding=1)
    region = parse_region(result, "4x4+0+0")
    assert region.windows == (range(2), range(2))
    assert region.cells == (range(-1, 4), range(-1, 4))


def test_all_of_the_map_is_whole() -> None:
    """Asked for in full, nothing is cropped."""
    assert parse_region(result_of(np.arange(36).reshape(6, 6)), "6x6+0+0").whole


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("6x6", "is not a region"),
        ("x6+0+0", "is not a region"),
        ("-1x6+0+0", "is not a region"),
        ("7x6+0+0", "row 6, column 5, but the map is 6×6"),
        ("6x6+0+1", "row 5, column 6"),
        ("0x6+0+0", "0×6 cells are out of range"),
        ("1x6+1+0", "contains no complete window"),
        ("99999999999x1+0+0", "is not a region"),
    ],
)
def test_a_region_that_cannot_be_shown(words: str, cause: str) -> None:
    """Each says what is wrong."""
    with pytest.raises(SpecError, match=cause):
        parse_region(result_of(np.arange(36).reshape(6, 6)), words)


def picture(height: int, width: int) -> Any:
    """A grey picture with a strong straight edge, and in one place a weaker chequerboard."""
    values = np.full((height, width), 90.0)
    values[:, width // 4 :] = 200
    rows, columns = np.indices((24, 24))
    top, left = height * 5 // 8, width * 5 // 8
    values[top : top + 24, left : left + 24] += 25 * ((rows // 4 + columns // 4) % 2)
    return values, (top, left)


@pytest.mark.parametrize("size", [(200, 240), (1500, 2000)])
def test_of_a_picture_the_part_with_edges_in_all_directions_is_shown(size: tuple[int, int]) -> None:
    """Not the straight edge, which has more contrast; in a large picture as well."""
    values, (top, left) = picture(*size)
    result = result_of(values, kernel_size=2, value_range=(0, 255))
    region = default_region(result, 0, side=crop_side(result))
    assert [len(cells) for cells in region.cells] == [24, 24]
    assert abs(region.cells[0][0] - top) <= 8
    assert abs(region.cells[1][0] - left) <= 8


def test_clipped_parts_of_a_picture_are_not_shown() -> None:
    """Of two equal patterns the one that is not white in half of its pixels."""
    values = np.full((100, 240), 160.0)
    chequered = np.indices((24, 24)).sum(axis=0) // 4 % 2
    values[40:64, 50:74] = 200 + 55 * chequered
    values[40:64, 170:194] = 120 - 55 * chequered
    result = result_of(values, kernel_size=2, value_range=(0, 255))
    columns = default_region(result, 0, side=12).cells[1]
    assert abs(columns[0] - 170) <= 8


@pytest.mark.parametrize(
    ("kernel_size", "stride", "side"), [(2, 2, 12), (3, 1, 12), (4, 4, 6), (8, 8, 4), (2, 30, 4)]
)
def test_a_part_of_a_picture_has_about_two_dozen_cells(
    kernel_size: int, stride: int, side: int
) -> None:
    """As many windows as that takes, from 4 to 12 along a side; 6 of other maps."""
    values = np.arange(300 * 300).reshape(300, 300) % 251
    options = {"kernel_size": kernel_size, "stride": stride}
    assert crop_side(result_of(values, value_range=(0, 255), **options)) == side
    assert crop_side(result_of(values, **options)) == 6


def test_a_flat_picture_has_a_part_as_well() -> None:
    """Without any structure, and with one row or column."""
    for shape in ((90, 80), (1, 900), (900, 1)):
        result = result_of(np.full(shape, 7), kernel_size=1, value_range=(0, 255))
        region = default_region(result, 0, side=crop_side(result))
        assert not region.whole
        assert all(
            0 <= cells[0] < length for cells, length in zip(region.cells, shape, strict=True)
        )
