"""Pictures as inputs of networks: every step worked out by hand."""

from typing import Any

import numpy as np
import pytest
from onnx_models import slot

from poolviz import FeatureMap, SpecError
from poolviz.feature_map import RGB
from poolviz.networks.feeding import Preparation, feed_picture

# Red, green and blue of 1×2 pixels.
COLOURS = np.array([[[100, 0]], [[50, 255]], [[200, 10]]], np.uint8)
AS_IS = Preparation(scale=1.0)


def picture(values: Any, largest: float = 255) -> FeatureMap:
    """A picture of a file."""
    values = np.asarray(values)
    names = RGB if len(values) == 3 else ()
    return FeatureMap(values, "photo", "photo.png", names, (0, largest))


def test_values_are_brought_to_0_to_1() -> None:
    """Of bytes by 1/255, unless said."""
    fed = feed_picture(slot(1, 3, None, None), picture(COLOURS), Preparation())
    expected = np.array([[[[100, 0]], [[50, 255]], [[200, 10]]]]) / 255
    np.testing.assert_allclose(fed.values, expected, rtol=1e-6)
    assert (fed.values.dtype, fed.values.shape) == (np.float32, (1, 3, 1, 2))
    assert fed.words == "scale 1/255, mean 0, std 1, as 1×3×1×2 (NCHW)"
    assert fed.document == {
        "source": "photo.png", "shape": [1, 3, 1, 2], "layout": "NCHW", "resized_from": None,
        "scale": 1 / 255, "mean": [0.0], "std": [1.0],
    }  # fmt: skip


def test_sixteen_bits() -> None:
    """Are brought to 0–1 by their own largest value."""
    fed = feed_picture(slot(1, 1, 1, 2), picture([[[65535, 13107]]], 65535), Preparation())
    np.testing.assert_allclose(fed.values.ravel(), [1, 0.2], rtol=1e-6)
    assert "scale 1/65535" in fed.words


def test_pictures_of_truths_stay() -> None:
    """Their largest value is 1 already."""
    fed = feed_picture(slot(1, 1, 1, 2), picture([[[0, 1]]], 1), Preparation())
    assert fed.values.ravel().tolist() == [0, 1]
    assert fed.words.startswith("scale 1,")


def test_scale_mean_and_std() -> None:
    """(x · scale − mean) / std, each channel with its own."""
    asked = Preparation((1.0, 2.0, 3.0), (2.0, 4.0, 5.0), 0.1)
    fed = feed_picture(slot(1, 3, 1, 2), picture(COLOURS), asked)
    # Red (10 − 1)/2, (0 − 1)/2; green (5 − 2)/4, (25.5 − 2)/4; blue (20 − 3)/5, (1 − 3)/5.
    expected = [4.5, -0.5, 0.75, 5.875, 3.4, -0.4]
    np.testing.assert_allclose(fed.values.ravel(), expected, rtol=1e-6)
    assert "scale 0.1, mean 1, 2, 3, std 2, 4, 5" in fed.words


def test_one_mean_is_that_of_all() -> None:
    """One number goes for each channel."""
    fed = feed_picture(slot(1, 3, 1, 2), picture(COLOURS), Preparation((10.0,), (2.0,), 1.0))
    np.testing.assert_array_equal(fed.values.ravel(), [45, -5, 20, 122.5, 95, 0])


@pytest.mark.parametrize("name", ["mean", "std"])
def test_means_of_another_number_are_refused(name: str) -> None:
    """One number, or one for each channel."""
    asked = Preparation(**{name: (1.0, 2.0)})
    with pytest.raises(SpecError, match=f"{name}: has 2 numbers for 3 channels"):
        feed_picture(slot(1, 3, 1, 2), picture(COLOURS), asked)


def test_colours_become_grey() -> None:
    """By 0.299 of red, 0.587 of green and 0.114 of blue."""
    fed = feed_picture(slot(1, 1, 1, 2), picture(COLOURS), AS_IS)
    # 29.9 + 29.35 + 22.8, and 149.685 + 1.14.
    np.testing.assert_allclose(fed.values.ravel(), [82.05, 150.825], rtol=1e-6)
    assert fed.words.startswith("converted to grey, ")
    assert fed.maps is not None
    assert not fed.maps.is_rgb


def test_opacity_is_not_grey() -> None:
    """Of four channels the first three are the colours."""
    four = np.concatenate([COLOURS, np.full((1, 1, 2), 99, np.uint8)])
    fed = feed_picture(slot(1, 1, 1, 2), picture(four), AS_IS)
    np.testing.assert_allclose(fed.values.ravel(), [82.05, 150.825], rtol=1e-6)


def test_grey_becomes_colours() -> None:
    """The same three times."""
    fed = feed_picture(slot(1, 3, 1, 2), picture([[[7, 9]]]), AS_IS)
    assert fed.values.ravel().tolist() == [7, 9] * 3
    assert fed.words.startswith("grey repeated as red, green and blue, ")
    assert fed.maps is not None
    assert fed.maps.is_rgb


def test_any_number_of_channels_takes_those_that_there_are() -> None:
    """An input that does not say how many gets what the picture has."""
    for values in (COLOURS, COLOURS[:1]):
        fed = feed_picture(slot(1, None, 1, 2), picture(values), AS_IS)
        np.testing.assert_array_equal(fed.values[0], values)


@pytest.mark.parametrize(("wanted", "there"), [(2, 3), (3, 4), (4, 3), (64, 1)])
def test_other_channels_are_refused(wanted: int, there: int) -> None:
    """With how many it wants and how many there are."""
    words = f"input 'x': takes {wanted} channels?, but the picture has {there}; use a picture"
    with pytest.raises(SpecError, match=words):
        feed_picture(slot(1, wanted, 8, 8), picture(np.zeros((there, 4, 4))), AS_IS)


@pytest.mark.parametrize("size", [(3, 4), (20, 30), (8, 5)])
def test_a_plain_picture_stays_plain_whatever_its_size(size: tuple[int, int]) -> None:
    """Resizing makes means of pixels: of equal ones the same again."""
    fed = feed_picture(slot(1, 3, *size), picture(np.full((3, 8, 10), 77, np.uint8)), AS_IS)
    np.testing.assert_allclose(fed.values, np.full((1, 3, *size), 77), rtol=1e-6)
    assert f"8×10 resized to {size[0]}×{size[1]}" in fed.words
    assert fed.document["resized_from"] == [8, 10]


def test_resizing_keeps_the_order_of_axes() -> None:
    """Halved, a picture dark above and light below is so again; rows are no columns."""
    values = np.zeros((1, 8, 4), np.uint8)
    values[:, 4:] = 200
    fed = feed_picture(slot(1, 1, 4, 2), picture(values), AS_IS)
    assert fed.values.shape == (1, 1, 4, 2)
    rows = fed.values[0, 0]
    np.testing.assert_allclose(rows[:, 0], rows[:, 1])
    np.testing.assert_allclose(rows[[0, 3], 0], [0, 200], atol=1e-3)
    assert rows[1, 0] < 100 < rows[2, 0]


def test_pictures_of_the_right_size_are_not_resized() -> None:
    """To the bit, and nothing is said of it."""
    fed = feed_picture(slot(1, 3, 1, 2), picture(COLOURS), AS_IS)
    np.testing.assert_array_equal(fed.values[0], COLOURS)
    assert "resized" not in fed.words
    assert fed.document["resized_from"] is None


def test_resize_where_the_network_takes_any() -> None:
    """The size that is asked for; without it the picture's own."""
    asked = Preparation(scale=1.0, size=(2, 6))
    fed = feed_picture(slot(1, 3, None, None), picture(COLOURS), asked)
    assert fed.values.shape == (1, 3, 2, 6)
    assert "1×2 resized to 2×6" in fed.words


@pytest.mark.parametrize(
    ("plane", "words"),
    [((1, 2), "size of 1×2"), ((1, None), "height of 1"), ((None, 2), "width of 2")],
)
def test_resize_against_a_fixed_size_is_refused(plane: tuple[int | None, ...], words: str) -> None:
    """What the network wants cannot be chosen; the fixed side is named."""
    asked = Preparation(size=(2, 6))
    noun = words.split(maxsplit=1)[0]
    message = f"resize: input 'x' has a fixed {words}; omit resize, .* to that {noun} anyway"
    with pytest.raises(SpecError, match=message):
        feed_picture(slot(1, 3, *plane), picture(COLOURS), asked)


def test_one_side_that_is_free_is_the_pictures() -> None:
    """The fixed one is the network's."""
    fed = feed_picture(slot(1, 3, None, 5), picture(COLOURS), AS_IS)
    assert fed.values.shape == (1, 3, 1, 5)


def test_channels_last() -> None:
    """An input with the channels behind gets them there; what is shown has them first."""
    values = np.stack([np.full((5, 6), number) for number in (10, 20, 30)])
    values[0, 4, 5] = 99
    fed = feed_picture(slot(None, None, None, 3), picture(values), AS_IS)
    assert fed.values.shape == (1, 5, 6, 3)
    assert fed.values[0, 0, 0].tolist() == [10, 20, 30]
    assert fed.values[0, 4, 5].tolist() == [99, 20, 30]
    assert "as 1×5×6×3 (NHWC)" in fed.words
    assert fed.maps is not None
    np.testing.assert_array_equal(fed.maps.values, values)


def test_channels_last_of_a_fixed_size() -> None:
    """Rows and columns stand before the channels."""
    fed = feed_picture(slot(1, 7, 5, 3), picture(COLOURS), AS_IS)
    assert fed.values.shape == (1, 7, 5, 3)


def test_batch_of_a_fixed_length() -> None:
    """The picture stands there as often."""
    fed = feed_picture(slot(3, 3, 1, 2), picture(COLOURS), AS_IS)
    np.testing.assert_array_equal(fed.values, np.stack([COLOURS] * 3))
    assert "repeated 3 times for the batch" in fed.words
    assert fed.document["shape"] == [3, 3, 1, 2]


@pytest.mark.parametrize("shape", [(), (10,), (1, 10), (1, 3, 5), (1, 3, 5, 5, 5)])
def test_inputs_of_other_axes_are_none_for_pictures(shape: tuple[int, ...]) -> None:
    """They want an array."""
    with pytest.raises(
        SpecError, match=r"takes (an array|one number).*, not a picture; use an \.npy"
    ):
        feed_picture(slot(*shape), picture(COLOURS), AS_IS)


@pytest.mark.parametrize(
    ("dtype", "values"),
    [("uint8", [100, 0, 50, 255, 200, 10]), ("float64", None), ("float16", None)],
)
def test_types(dtype: str, values: list[int] | None) -> None:
    """Whole numbers stay as they are in the file; floats of any kind are brought to 0–1."""
    fed = feed_picture(slot(1, 3, 1, 2, dtype=dtype), picture(COLOURS), Preparation())
    assert fed.values.dtype == dtype
    expected = np.array([100, 0, 50, 255, 200, 10]) / 255 if values is None else values
    np.testing.assert_allclose(
        fed.values.ravel(), expected, rtol=1e-3 if dtype == "float16" else 1e-9
    )


@pytest.mark.parametrize("dtype", ["string", "bfloat16", "seq(tensor(float))"])
def test_types_that_numpy_has_not_are_refused(dtype: str) -> None:
    """With a way out."""
    with pytest.raises(SpecError, match="which poolviz cannot supply; export the network with"):
        feed_picture(slot(1, 3, 1, 2, dtype=dtype), picture(COLOURS), Preparation())


def test_numbers_that_a_type_has_not_are_refused() -> None:
    """A byte is not −10: it would have become another number."""
    asked = Preparation(mean=(10.0,))
    with pytest.raises(
        SpecError,
        match="takes uint8 values, and −10 is outside their range; use values from 0 to 255",
    ):
        feed_picture(slot(1, 3, 1, 2, dtype="uint8"), picture(COLOURS), asked)


def test_what_is_shown_is_the_picture_before_its_numbers_are_changed() -> None:
    """Resized, in its colours, its values from 0 to 255."""
    fed = feed_picture(slot(1, 3, 1, 2), picture(COLOURS), Preparation((5.0,), (3.0,), 2.0))
    assert fed.maps is not None
    np.testing.assert_array_equal(fed.maps.values, COLOURS)
    assert fed.maps.value_range == (0, 255)
