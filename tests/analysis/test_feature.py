"""A marked feature: what of it remains, by hand."""

import numpy as np
import pytest

from poolviz import FeatureMap, SpecError
from poolviz.analysis.feature import Remains, find_feature, mark_feature
from poolviz.analysis.layers import read_layers
from poolviz.analysis.stack import run_stack

ONE = range(4, 5)


def spike(dtype: str = "float64") -> FeatureMap:
    """8×8 ones with a 9 at (4, 4)."""
    values = np.ones((8, 8), dtype)
    values[4, 4] = 9
    return FeatureMap(values)


def left_of_spike(words: str, dtype: str = "float64") -> Remains:
    """What some layers leave of the 9."""
    feature_map = spike(dtype)
    found = run_stack(
        feature_map, read_layers(words), mark_feature(feature_map, 0, ONE, ONE)
    ).remains
    assert found is not None
    return found


def test_feature_and_what_is_around_it() -> None:
    """Eight neighbours at most; at a corner three: (1 + 2 + 4) / 3."""
    feature = mark_feature(spike(), 0, ONE, ONE)
    assert (feature.around, feature.height, feature.centre) == (1, 8, (4, 4))
    corner = mark_feature(FeatureMap(np.array([[9, 1], [2, 4]])), 0, range(1), range(1))
    assert (corner.around, corner.height) == (7 / 3, 9 - 7 / 3)


def test_block_of_cells() -> None:
    """Around 2×2 cells are twelve; the height is that of the cell that differs most."""
    values = np.zeros((6, 6))
    values[2:4, 2:4] = [[1, 2], [3, -5]]
    values[1, 1] = 12
    feature = mark_feature(FeatureMap(values), 0, range(2, 4), range(2, 4))
    assert (feature.around, feature.height, feature.centre) == (1, 6, (2.5, 2.5))


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "float64"])
def test_maximum_keeps_all_contrast_and_blurs_the_place(dtype: str) -> None:
    """9 is the maximum of the pair (4, 5): all of 9 − 1 is left, half a cell away on each axis."""
    left = left_of_spike("max:2", dtype)
    assert (left.kept, left.place, left.peak, left.jump) == (1, (4.5, 4.5), (0, 2, 2), (2, 2))
    assert left.distance == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_average_keeps_its_share(dtype: str) -> None:
    """A quarter of it."""
    assert left_of_spike("average:2", dtype).kept == 0.25


def test_gain_of_a_filter_is_in_the_contrast() -> None:
    """The laplacian changes by 4 · 8 where the input changes by 8."""
    left = left_of_spike("conv:laplacian")
    assert (left.kept, left.place, left.distance) == (4, (4, 4), 0)


def test_minimum_leaves_nothing() -> None:
    """1 is the minimum with the 9 and without."""
    left = left_of_spike("min:2")
    assert (left.kept, left.place, left.peak, left.distance) == (0, None, None, None)


def test_place_is_the_middle_of_all_changes() -> None:
    """Under max 3×3 at stride 1 nine outputs change alike, their middle being the spike."""
    left = left_of_spike("max:3/1")
    assert (left.kept, left.place) == (1, (4, 4))
    # Of the two outputs that see it at stride 2, rows 2–4 and 4–6 lie around 3 and 5.
    assert left_of_spike("max:3/2").place == (4, 4)


def test_other_channels_take_no_part() -> None:
    """Only what became of the marked channel changes."""
    values = np.stack([np.full((8, 8), 50.0), spike().values[0]])
    feature_map = FeatureMap(values)
    feature = mark_feature(feature_map, 1, ONE, ONE)
    left = run_stack(feature_map, read_layers("conv:sobel"), feature).remains
    assert left is not None
    assert left.peak is not None
    # The larger weight of sobel is 2, the spike's height 8.
    assert left.kept == 2
    assert left.peak[0] in (2, 3)
    assert feature_map.values[1, 4, 4] == 9, "the input itself is left as it was"


def test_nothing_but_the_feature_makes_a_difference() -> None:
    """Far from a tiny one, no rounding of huge neighbours counts as a change."""
    rng = np.random.default_rng(8)
    values = rng.integers(0, 250, (16, 16)).astype(np.uint8)
    values[8, 8] = 255
    feature_map = FeatureMap(values)
    feature = mark_feature(feature_map, 0, range(8, 9), range(8, 9))
    left = run_stack(feature_map, read_layers("lp:p=3:2 conv:gaussian"), feature).remains
    assert left is not None
    # Behind the pair 8–9, index 4, the gaussian's three see it: their middle is 8.5.
    assert left.place == pytest.approx((8.5, 8.5))


def test_most_conspicuous_cell() -> None:
    """The one farthest from its neighbours' mean; what is not finite is passed over."""
    values = np.zeros((5, 6))
    values[1, 4], values[3, 1], values[0, 0], values[4, 5] = 3, -4, np.nan, np.inf
    feature = find_feature(FeatureMap(values), 0)
    assert feature is not None
    assert (feature.rows, feature.columns) == (range(3, 4), range(1, 2))


@pytest.mark.parametrize("values", [np.full((3, 3), 2.0), np.ones((1, 1)), np.full((2, 2), np.nan)])
def test_no_cell_is_conspicuous(values: np.ndarray) -> None:
    """Where all are alike, alone, or no numbers."""
    assert find_feature(FeatureMap(values), 0) is None


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        (range(4, 9), range(2), "row 8, column 1 is outside the 8×8 map"),
        (range(8), range(8), "no finite value surrounds the marked cells"),
        (range(1), range(1), "all marked cells are 1, like the cells around them"),
        (range(6, 7), range(6, 7), "a marked value is not finite"),
    ],
)
def test_features_that_cannot_be_meant(rows: range, columns: range, words: str) -> None:
    """Beyond the map, all of it, nothing of its own, no number."""
    feature_map = spike()
    feature_map.values[0, 6, 6] = np.nan
    with pytest.raises(SpecError, match=words) as error:
        mark_feature(feature_map, 0, rows, columns)
    assert error.value.subject == "mark"


def test_numbers_that_are_not_finite_are_no_difference() -> None:
    """NaN on both sides of the comparison counts as none."""
    feature_map = spike()
    feature_map.values[0, 0, 0] = np.nan
    feature = mark_feature(feature_map, 0, ONE, ONE)
    left = run_stack(feature_map, read_layers("max:2"), feature).remains
    assert left is not None
    assert (left.kept, left.place) == (1, (4.5, 4.5))


def test_a_lineage_ends_where_the_feature_shows_most() -> None:
    """Each channel is made of the one before: of 2, 4 by two filters, 8 by two more."""
    values = np.zeros((2, 12, 12))
    values[1, 6] = 1
    values[1, 6, 6] = 5
    layers = read_layers("conv:sobel relu conv:sobel max:2")
    feature = mark_feature(FeatureMap(values), 1, range(6, 7), range(6, 7))
    found = run_stack(FeatureMap(values), layers, feature)
    assert found.remains is not None
    assert found.remains.peak is not None
    last = found.remains.peak[0]
    assert found.lineage(1) == [last // 4, last // 2, last // 2, last, last]
    assert last // 4 == 1


def test_a_lineage_without_a_feature_ends_in_the_most_active_channel() -> None:
    """Of those that the first channel has become."""
    values = np.zeros((2, 8, 8))
    values[0] = np.arange(8)
    values[1] = 100 * np.arange(8)[:, None]
    found = run_stack(FeatureMap(values), read_layers("conv:sobel relu"), None)
    # Sobel x of rising columns is 8, Sobel y of rising rows 800.
    assert [found.lineage(channel) for channel in (0, 1)] == [[0, 0, 0], [1, 3, 3]]


def test_place_takes_all_channels_together() -> None:
    """By gaussian alone the changes are even; sobel-x leaves none in the middle, so both count."""
    values = np.ones((9, 9))
    values[4, 4] = 9
    feature_map = FeatureMap(np.stack([values, np.ones((9, 9))]))
    feature = mark_feature(feature_map, 0, ONE, ONE)
    # The two filters answer 2, 0, 2 and 0 beside each other; max takes columns 3–4, 5–6.
    layers = read_layers("conv:sobel max:2")
    left = run_stack(feature_map, layers, feature).remains
    assert left is not None
    levels = run_stack(feature_map, layers, feature).levels
    other = run_stack(FeatureMap(np.ones((2, 9, 9))), layers, None).levels
    changes = np.abs(levels[-1].feature_map.values - other[-1].feature_map.values).sum(axis=0)
    rows, columns = levels[-1].centres
    expected = (changes.sum(axis=1) @ rows, changes.sum(axis=0) @ columns) / changes.sum()
    assert left.place == pytest.approx(tuple(expected))


def test_last_bits_are_no_change() -> None:
    """A quarter of 8 units in the last place is 2 of them, which rounding alone may make."""
    values = np.ones((5, 5))
    values[2, 2] += 8 * np.finfo(float).eps
    feature_map = FeatureMap(values)
    feature = mark_feature(feature_map, 0, range(2, 3), range(2, 3))
    left = run_stack(feature_map, read_layers("conv:gaussian"), feature).remains
    assert left is not None
    assert left.place is None
    values[2, 2] += 80 * np.finfo(float).eps
    left = run_stack(FeatureMap(values), read_layers("conv:gaussian"), feature).remains
    assert left is not None
    assert left.place == (2, 2)
