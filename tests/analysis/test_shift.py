"""Shifts of the input."""

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec
from poolviz.analysis import Question
from poolviz.analysis.shift import FILLS, Movement, equal_outputs, move, shift, sweep
from poolviz.errors import SpecError
from poolviz.modes import build_mode

VALUES = np.arange(1, 13).reshape(3, 4)


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("by", [(down, right) for down in (-2, 0, 1) for right in (-3, -1, 0, 2)])
def test_cell_by_cell(fill: str, by: tuple[int, int]) -> None:
    """Each cell is the one that stood ``by`` before it, or what the fill says."""
    moved = move(VALUES, Movement(by, fill))
    for row in range(3):
        for column in range(4):
            at, to = row - by[0], column - by[1]
            if fill == "wrap":
                expected = VALUES[at % 3, to % 4]
            elif fill == "edge":
                expected = VALUES[min(max(at, 0), 2), min(max(to, 0), 3)]
            else:
                expected = VALUES[at, to] if 0 <= at < 3 and 0 <= to < 4 else 0
            assert moved[row, column] == expected


def test_shift_by_a_whole_stride_with_wrap_moves_the_output() -> None:
    """Moved by the stride, the output moves by one: pooling commutes with such shifts."""
    values = np.random.default_rng(1).normal(size=(8, 8))
    question = Question(FeatureMap(values), PoolSpec())
    _, pooled = shift(question, ["max"], Movement((0, 2), "wrap")).maps
    np.testing.assert_array_equal(pooled.after, np.roll(pooled.before, 1, axis=-1))


def test_changes_are_measured() -> None:
    """Share, mean and largest change, by hand: 1 2 3 4 becomes 1 1 2 3."""
    question = Question(FeatureMap(np.array([[1, 2, 3, 4]])), PoolSpec(kernel_size=(1, 2)))
    still, pooled = shift(question, ["max"], Movement((0, 1))).maps
    assert (still.unchanged, still.mean, still.largest) == (0.25, 0.75, 1)
    # The standard deviation of 1 2 3 4 is √1.25, that of 1 1 2 3 smaller.
    assert still.relative == pytest.approx(0.75 / 1.25**0.5)
    assert pooled.changed.tolist() == [[[True, True]]]
    assert (pooled.unchanged, pooled.mean, pooled.largest) == (0, 1, 1)


def test_nan_that_stays_is_unchanged() -> None:
    """NaN at the same place counts as the same; where only NaN came, there is no mean change."""
    values = np.array([[np.nan, np.nan, 1.0, 1.0]])
    question = Question(FeatureMap(values), PoolSpec(kernel_size=(1, 2)))
    still, _ = shift(question, ["max"], Movement((0, 1))).maps
    assert still.changed.tolist() == [[[False, False, True, False]]]
    assert (still.mean, still.largest, still.relative) == (None, None, 0)


def test_invariance_of_a_feature_within_its_window() -> None:
    """A spot that stays in its 4×4 window changes no output; beyond it two outputs change."""
    values = np.zeros((8, 8))
    values[1, 0] = 5
    question = Question(FeatureMap(values), PoolSpec("max", 4))
    swept = sweep(question, ["max"], Movement((0, 1), "zero"), 5).shifts
    assert [shifts.maps[1].unchanged for shifts in swept] == [1, 1, 1, 1, 0.5, 0.5]
    assert [shifts.movement.offset for shifts in swept] == [(0, times) for times in range(6)]


def test_sums_are_equal_up_to_the_last_bits_of_what_was_summed() -> None:
    """What should be 0 may be a few units in the last place of the largest cell; cells may not."""
    zero, rest = np.zeros(2), np.array([1e-12, -1e-12])
    average, largest = build_mode(PoolSpec("average")), build_mode(PoolSpec("max"))
    for magnitude, expected in ((1e4, True), (1.0, False), (0.0, False)):
        assert equal_outputs(zero, rest, average, magnitude).tolist() == [expected] * 2
        assert equal_outputs(zero, rest, largest, magnitude).tolist() == [False] * 2


def test_shift_out_of_the_map_is_refused() -> None:
    """Nothing of the map would remain."""
    with pytest.raises(SpecError, match="out of the 3×4 map"):
        move(VALUES, Movement((3, 0)))
