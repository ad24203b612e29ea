"""The samples that come with poolviz."""

import numpy as np
import pytest
from loading import refusal

from poolviz import load
from poolviz.sources.__init__ import sample_paths

SHAPES = {
    "course-2x2": (2, 2),
    "course-4x4": (4, 4),
    "course-4x4-b": (4, 4),
    "teaching": (6, 6),
}


def test_the_samples_are_there() -> None:
    """Matrices, a scene, a feature map and a network's picture come with poolviz."""
    assert set(sample_paths()) == {*SHAPES, "scene", "features", "shapes"}


@pytest.mark.parametrize(("name", "shape"), SHAPES.items())
def test_matrices_are_planes_of_integers(name: str, shape: tuple[int, int]) -> None:
    """Each matrix is one plane of integers."""
    feature_map = load(f"sample:{name}")
    assert feature_map.shape == shape
    assert feature_map.values.dtype == np.int64
    assert feature_map.name == name
    assert feature_map.source == f"sample:{name}"


def test_scene_is_a_picture() -> None:
    """The scene is in colour and of a photo's size."""
    feature_map = load("sample:scene")
    assert feature_map.is_rgb
    assert min(feature_map.input_size) >= 256
    assert len(np.unique(feature_map.values)) > 100


def test_features_have_channels() -> None:
    """The feature map has several channels, rectified, each with something in it."""
    values = load("sample:features").values
    assert len(values) > 1
    assert values.min() == 0
    assert (values.reshape(len(values), -1).max(axis=1) > 0).all()


def test_teaching_map_teaches() -> None:
    """Its 2×2 windows have distinct winners, a tie and negative values."""
    values = load("sample:teaching").values[0]
    windows = values.reshape(3, 2, 3, 2).swapaxes(1, 2).reshape(9, 4)
    assert (windows < 0).any()
    assert any((window == window.max()).sum() > 1 for window in windows)
    assert len(set(windows.max(axis=1))) >= 6


@pytest.mark.parametrize("name", ["teachin", "", "../scene", "nothing"])
def test_unknown_sample_is_refused(name: str) -> None:
    """A sample that does not exist is refused, with those that do."""
    message = refusal(f"sample:{name}")
    assert "teaching" in message


def test_nearest_sample_is_suggested() -> None:
    """A slip in a sample's name is put right."""
    assert "did you mean teaching?" in refusal("sample:teachin")
