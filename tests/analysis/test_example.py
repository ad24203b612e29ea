"""The example is a window with contrast and one clear winner."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poolviz import FeatureMap, PoolResult, PoolSpec, SpecError, load, run
from poolviz.analysis.example import best_window, check_cell, contrast
from poolviz.feature_map import RGB

RANDOM = np.random.default_rng(5)


def pooled(values: Any, *arguments: Any, **options: Any) -> PoolResult:
    """A result of an array."""
    return run(FeatureMap(np.asanyarray(values)), PoolSpec(*arguments, **options))


def digit() -> np.ndarray[Any, Any]:
    """A 7 of 28×28 cells with soft edges, on a ground of zeros."""
    rows, columns = np.mgrid[:28, :28]
    bar = np.abs(rows - 6.3) + 9 * np.maximum(0, np.abs(columns - 14) - 6)
    stem = np.abs(columns - 20 + 0.55 * (rows - 6)) + 9 * np.maximum(0, np.abs(rows - 14) - 8)
    return np.clip(2.2 - np.minimum(bar, stem), 0, 1).round(3)


def photo() -> np.ndarray[Any, Any]:
    """Three channels of 120×160: clipped at the left, a soft edge at the right."""
    edge = 40 + 170 / (1 + np.exp(-(np.arange(160) - 121.3)))
    plane = np.tile(edge, (120, 1)) + np.arange(120)[:, None] % 7
    plane[:, :40:2], plane[:, 1:40:2] = 0, 255
    return np.stack([plane, plane * 0.8, plane * 0.6]).astype(np.uint8)


def winners(result: PoolResult) -> Iterator[tuple[tuple[int, int], int, bool]]:
    """For each window: its place, how many cells equal its value, and whether cells differ."""
    for step in result.steps(0):
        cells = step.cells[step.kinds == 0]
        yield step.index, int((cells == step.value).sum()), bool((cells != cells[0]).any())


MAPS = {
    "digit": digit(),
    "floats": RANDOM.random((8, 8)).round(2),
    "integers": RANDOM.integers(-6, 10, (6, 6)),
    "ties": np.kron(RANDOM.integers(0, 3, (6, 6)), np.ones((2, 1), int)),
    "features": load("sample:features").values[0],
}
WINDOWS = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 2, "stride": 1, "dilation": 2},
    {"kernel_size": 3, "stride": 2, "ceil_mode": True},
    {"output_size": 3},
]


@pytest.mark.slow
@pytest.mark.parametrize("windows", WINDOWS, ids=str)
@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("mode", ["max", "min"])
def test_it_has_one_winner_where_a_window_has(
    name: str, windows: dict[str, Any], mode: str
) -> None:
    """Compared with all windows, counted one by one."""
    result = pooled(MAPS[name], mode, **windows)
    all_windows = {index: (count, differ) for index, count, differ in winners(result)}
    count, differ = all_windows[best_window(result, 0)]
    assert count == 1 or all(other != 1 for other, _ in all_windows.values())
    assert differ or not any(other for _, other in all_windows.values())


def test_contrast_is_the_mean_difference_of_two_cells() -> None:
    """By hand, of cells 0 3 6 9 in a range of 9: (3+6+9+3+6+3) / 6 / 9."""
    values = [[0, 3, 5, 5], [6, 9, 5, 5]]
    scores = contrast(pooled(values, "max"), 0, (range(1), range(2)))
    assert scores.tolist() == [[pytest.approx(5 / 9), 0]]


def test_a_clear_winner_is_better_than_a_close_one() -> None:
    """The left window has as much contrast, but its winner leads by one."""
    assert best_window(pooled([[9, 8, 9, 2], [0, 0, 0, 1]], "max"), 0) == (0, 1)


def test_equal_windows_give_the_middle() -> None:
    """Of a constant map the middle is shown, away from the padding."""
    assert best_window(pooled(np.full((9, 9), 4.0), "max", 1), 0) == (4, 4)
    result = pooled(np.zeros((6, 6)), "average", 3, stride=1, padding=1)
    assert best_window(result, 0) == (2, 2)


def test_one_window_is_the_example() -> None:
    """There is no other."""
    assert best_window(pooled([[7.0]], "max", 1), 0) == (0, 0)
    assert best_window(pooled(digit(), "global-max"), 0) == (0, 0)


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_windows_of_finite_cells_come_first(special: float) -> None:
    """Even if they have little contrast."""
    values = np.array([[special, 0.0, 5, 6], [900, 3, 5, 5]])
    assert best_window(pooled(values, "max"), 0) == (0, 1)
    assert best_window(pooled(np.full((2, 4), special), "max"), 0) == (0, 0)


def test_masked_cells_do_not_count() -> None:
    """The only differing cell of the left window is masked."""
    values = np.ma.masked_equal([[9, 1, 2, 3], [1, 1, 2, 2]], 9)
    assert best_window(pooled(values, "max"), 0) == (0, 1)


def test_only_the_given_windows_are_searched() -> None:
    """The best window of the right half is in the right half."""
    values = np.zeros((4, 8))
    values[:2, :2] = [[9, 2], [4, 0]]
    values[2, 6] = 1
    result = pooled(values, "max")
    assert best_window(result, 0) == (0, 0)
    assert best_window(result, 0, (range(2), range(2, 4))) == (1, 3)


def test_a_photo_shows_an_edge_that_is_not_clipped() -> None:
    """Stripes of 0 and 255 have more contrast than the edge, but no shades."""
    values = FeatureMap(photo(), channel_names=RGB, value_range=(0, 255))
    row, column = best_window(run(values, PoolSpec("max")), 0)
    assert 2 * column in range(116, 126)
    assert 0 <= row < 60


def test_a_huge_map_is_searched_in_part(tmp_path: Path) -> None:
    """A map of 4,000×4,000 that stays in its file: the textured part is found."""
    values = np.lib.format.open_memmap(tmp_path / "m.npy", "w+", np.float32, (4000, 4000))
    values[2000:3000, 1000:1500] = RANDOM.random((1000, 500))
    row, column = best_window(pooled(values, "max"), 0)
    assert 1000 <= row < 1500
    assert 500 <= column < 750


def test_a_large_window_counts_its_winner_in_full() -> None:
    """Windows of 40×40 are judged by some cells, but a tie between any two is seen."""
    values = np.tile(np.arange(40.0), (40, 3))
    values[:, 40:80] -= 1
    values[7, 75] = 99
    assert best_window(pooled(values, "max", 40), 0) == (0, 1)


def test_a_cell_outside_the_output_is_refused() -> None:
    """The error says what there is."""
    with pytest.raises(SpecError, match="3×3 and has no cell 0,3"):
        check_cell(pooled(np.zeros((6, 6)), "max"), 0, 3)
