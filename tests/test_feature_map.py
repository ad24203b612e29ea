"""FeatureMap: values of shape (C, H, W), and where they came from."""

import numpy as np
import pytest

from poolviz import FeatureMap, SourceError
from poolviz.feature_map import RGB


def test_plane_becomes_one_channel_and_is_remembered() -> None:
    """A 2-D array is one channel; shapes are then given without it."""
    feature_map = FeatureMap(np.arange(6).reshape(2, 3))
    assert feature_map.values.shape == (1, 2, 3)
    assert feature_map.planar
    assert feature_map.shape == feature_map.input_size == (2, 3)


def test_channels_count_in_the_shape_of_three_axes() -> None:
    """A 3-D array with one channel keeps that axis in its shape."""
    feature_map = FeatureMap(np.zeros((1, 4, 5)))
    assert feature_map.shape == (1, 4, 5)
    assert feature_map.input_size == (4, 5)
    assert not feature_map.planar


def test_values_are_not_copied() -> None:
    """The values are the given array, not a second one."""
    values = np.zeros((2, 3, 4))
    assert FeatureMap(values).values is values


def test_channels_are_numbered_unless_named() -> None:
    """Without names channels are called by their numbers."""
    assert FeatureMap(np.zeros((3, 1, 1))).channel_names == ("0", "1", "2")
    assert not FeatureMap(np.zeros((3, 1, 1))).is_rgb
    assert FeatureMap(np.zeros((3, 1, 1)), channel_names=RGB).is_rgb


@pytest.mark.parametrize("shape", [(), (3,), (1, 1, 1, 1), (0, 3), (2, 0, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    """An array with fewer or more axes than (C, H, W), or an empty one, is not a feature map."""
    with pytest.raises(
        SourceError, match="so it is not a feature map; give an array of shape"
    ) as caught:
        FeatureMap(np.zeros(shape), source="x.npy")
    assert caught.value.subject == "x.npy"


@pytest.mark.parametrize(
    ("channel", "index"), [(None, 0), ("0", 0), ("2", 2), ("G", 1), ("B", 2), ("R", 0)]
)
def test_channel_is_found_by_name_or_number(channel: str | None, index: int) -> None:
    """A channel is given by its name or its number; the first when left out."""
    assert FeatureMap(np.zeros((3, 2, 2)), channel_names=RGB).channel_index(channel) == index


def test_name_of_a_channel_goes_before_its_number() -> None:
    """Where a name looks like a number, it is the name."""
    feature_map = FeatureMap(np.zeros((2, 2, 2)), channel_names=("1", "0"))
    assert feature_map.channel_index("1") == 0


@pytest.mark.parametrize("channel", ["3", "-1", "red", "", "1.0", "²"])
def test_unknown_channel_is_refused(channel: str) -> None:
    """A channel that is not there is an error that says which there are."""
    with pytest.raises(SourceError, match="has no channel") as caught:
        FeatureMap(np.zeros((3, 2, 2)), channel_names=RGB).channel_index(channel)
    assert "from 0 to 2" in caught.value.remedy
    assert "R, G, B" in caught.value.remedy


def test_activity_leaves_out_what_is_not_finite() -> None:
    """(|−1| + |3|) / 2; 0 without finite values; huge values do not overflow."""
    planes = [[[-1, 3, np.nan]], [[np.inf, np.nan, np.nan]], [[1e308, 1e308, 1e308]]]
    assert FeatureMap(np.array(planes)).activity == pytest.approx([2, 0, 1e308])


def test_activity_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rows that are looked at one by one, the mean of all."""
    monkeypatch.setattr("poolviz.feature_map.CELLS_AT_ONCE", 1)
    found = FeatureMap(np.array([[1, -2, 3], [4, np.nan, -5], [np.nan] * 3, [0, 0, 0]])).activity
    assert found == pytest.approx([15 / 8])
