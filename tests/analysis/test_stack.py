"""Layers in a row: what each sees, and what it costs."""

import numpy as np
import pytest

from poolviz import FeatureMap, SpecError
from poolviz.analysis.feature import find_feature
from poolviz.analysis.layers import _layer, apply_layers, read_layers
from poolviz.analysis.stack import build_levels, planned_cells, refuse_seed, run_stack
from poolviz.plan import make_plan

MAP = FeatureMap(np.random.default_rng(6).normal(size=(2, 12, 13)))


def test_receptive_fields_by_hand() -> None:
    """3; then 3 + (2 − 1)·1 = 4 with jump 2; then 4 + (3 − 1)·2 = 8 with jump 4."""
    levels = build_levels(MAP, read_layers("conv:sobel-x relu max:2 max:3/2"))
    assert [level.field.size[0] for level in levels] == [1, 3, 3, 4, 8]
    assert [level.field.jump[0] for level in levels] == [1, 1, 1, 2, 4]


def test_centres_by_hand() -> None:
    """A 3-cell window without padding has its middle at 1; pairs of those at 1.5, 3.5, ..."""
    levels = build_levels(MAP, read_layers("conv:sobel-x max:2 conv:gaussian/2p1"))
    assert levels[1].centres[0].tolist() == list(range(1, 11))
    assert levels[2].centres[0].tolist() == [1.5, 3.5, 5.5, 7.5, 9.5]
    assert levels[3].centres[0].tolist() == [1.5, 5.5, 9.5]


def test_centres_in_padding_lie_outside() -> None:
    """A pair that begins one cell before the first has its middle half a cell before it."""
    (_, level) = build_levels(MAP, read_layers("max:2p1"))
    assert level.centres[1].tolist() == [-0.5, 1.5, 3.5, 5.5, 7.5, 9.5, 11.5]


WORDS = ["conv:gaussian/2p1 max:3/1", "conv:oriented-45 average:to4", "max:3/2p1 conv:sharpen relu",
         "average:2x3 max:2/1"]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_receptive_fields_by_trial(words: str) -> None:
    """A cell depends on as many rows and columns as its field says, around its centre."""
    layers = read_layers(words)
    rng = np.random.default_rng(7)
    ones = FeatureMap(rng.uniform(1, 2, (1, 15, 16)))
    last = build_levels(ones, layers)[-1]
    row, column = (length // 2 for length in last.feature_map.input_size)
    touched = np.zeros((15, 16), bool)
    for place in np.ndindex(15, 16):
        changed = ones.values.copy()
        changed[0][place] = 100
        after = apply_layers(FeatureMap(changed), layers)
        touched[place] = after[0, row, column] != last.feature_map.values[0, row, column]
    for along, cells, size, at in zip(
        (row, column), touched.nonzero(), last.field.size, last.centres, strict=True
    ):
        assert cells.max() - cells.min() + 1 <= size
        assert (cells.max() + cells.min()) / 2 == pytest.approx(at[along], abs=0.5)
        assert cells.max() - cells.min() + 1 >= size - 1


def test_costs_by_hand() -> None:
    """2 channels · 8 filters · 25 taps, for each of 8×9 outputs; pooling and relu none."""
    levels = build_levels(MAP, read_layers("conv:oriented relu max:2 conv:gaussian"))
    assert [level.parameters for level in levels] == [0, 400, 0, 0, 16 * 9]
    assert [level.multiply_adds for level in levels] == [0, 400 * 72, 0, 0, 16 * 9 * 2 * 2]


def test_channels_are_named_by_where_they_come_from() -> None:
    """Channel, then filters; the only channel of a plane has no name of its own."""
    found = build_levels(MAP, read_layers("conv:sobel relu"))[-1].feature_map.channel_names
    assert found == ("0 sobel-x", "0 sobel-y", "1 sobel-x", "1 sobel-y")
    plane = build_levels(FeatureMap(np.eye(5)), read_layers("max:2/1 conv:sobel"))
    assert plane[-1].feature_map.channel_names == ("sobel-x", "sobel-y")
    assert plane[1].feature_map.shape == (4, 4)
    assert plane[2].feature_map.shape == (2, 2, 2)


def test_most_active_channel_is_sought_among_those_of_one_input_channel() -> None:
    """Channel 1 rises to the right, so sobel-x of it is the most active; of channel 0, sobel-y."""
    ramp = np.tile(np.arange(6.0), (6, 1))
    (_, level) = build_levels(FeatureMap(np.stack([ramp.T, 5 * ramp])), read_layers("conv:sobel"))
    assert (level.strongest(0, 2), level.strongest(1, 2)) == (1, 2)


def test_output_is_that_of_the_last_level() -> None:
    """With the maps between thrown away."""
    layers = read_layers("conv:sobel relu stochastic:2")
    last = build_levels(MAP, layers, seed=3)[-1]
    assert apply_layers(MAP, layers, seed=3).tolist() == last.feature_map.values.tolist()
    assert apply_layers(MAP, layers, seed=4).tolist() != last.feature_map.values.tolist()


def test_cells_are_planned_as_they_are_made() -> None:
    """The sum of all maps behind the input."""
    for words in ("max:2 conv:sobel/2p1 relu average:to3", "average:2 max:2", "conv:oriented"):
        layers = read_layers(words)
        made = [level.feature_map.values.size for level in build_levels(MAP, layers)[1:]]
        assert planned_cells(MAP, layers) == sum(made)


def test_layer_that_does_not_fit_is_named() -> None:
    """By its number and words, before and while computing."""
    layers = read_layers("conv:sobel-x relu max:12")
    message = r"^layer 3 \(max:12\): no window fits: .* is 10$"
    for ask in (build_levels, planned_cells):
        with pytest.raises(SpecError, match=message):
            ask(MAP, layers)
    with pytest.raises(SpecError, match=r"^layer 2 \(conv:sobel\): no window fits: .*= -?−?0;"):
        build_levels(MAP, read_layers("max:6 conv:sobel"))


def test_image_stays_one_as_long_as_values_move_closer() -> None:
    """A mean of greys is a grey; a difference is none, nor what comes behind it."""
    grey = FeatureMap(MAP.values - MAP.values.min() + 1, value_range=(0.0, 255.0))
    ranges = [
        level.feature_map.value_range
        for level in build_levels(grey, read_layers("max:2 conv:gaussian"))
    ]
    assert ranges == [(0, 255)] * 3
    found = build_levels(grey, read_layers("conv:laplacian relu"))
    assert [level.feature_map.value_range for level in found[1:]] == [None, None]


def test_image_stays_one_while_its_values_are_in_its_range() -> None:
    """Sharpening may exceed the image's own extremes, but 0 and 255 are the limits."""
    edge = np.repeat([[100.0, 150.0]], 5, axis=0).repeat(4, axis=1)
    for contrast, value_range in ((1, (0, 255)), (3, None), (-3, None)):
        grey = FeatureMap(125 + contrast * (edge - 125), value_range=(0, 255))
        (_, level) = build_levels(grey, read_layers("conv:sharpen"))
        assert level.feature_map.value_range == value_range
    # All too dark, and all too bright.
    for offset in (-90, 90):
        grey = FeatureMap(edge + offset, value_range=(0, 255))
        (_, level) = build_levels(grey, read_layers("conv:sharpen"))
        assert level.feature_map.value_range is None


def test_layer_is_planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a stack sizes and runs it, with and without a feature."""
    plans = []
    monkeypatch.setattr(
        _layer, "make_plan", lambda *request: plans.append(request) or make_plan(*request)
    )
    layers = read_layers("conv:gaussian max:2 average:3/1")
    planned_cells(MAP, layers)
    feature = find_feature(MAP, 0)
    run_stack(MAP, layers, feature)
    assert len(plans) == 2


def test_seed_is_for_layers_that_draw() -> None:
    """Others refuse it."""
    refuse_seed(read_layers("relu stochastic:2"), 3)
    with pytest.raises(SpecError, match="no layer is random"):
        refuse_seed(read_layers("relu max:2"), 3)


def test_fields_behind_windows_that_differ_are_exact() -> None:
    """23 cells in three windows of 8 or 9, each of cells that see 10: in all 10 + 22 · 4 = 98."""
    words = "conv:sobel-x relu max:2 conv:gaussian max:2 average:to3 global-max"
    levels = build_levels(FeatureMap(np.zeros((100, 100))), read_layers(words))
    sizes = [level.field.size for level in levels]
    assert sizes[-3:] == [(10, 10), (42, 42), (98, 98)]


def test_nearest_cell_to_a_place() -> None:
    """Behind max 2×2 the middles lie at 0.5, 2.5, 4.5."""
    level = build_levels(FeatureMap(np.zeros((6, 6))), read_layers("max:2"))[1]
    assert level.nearest((4.0, 1.4)) == (2, 0)
