"""Stills: input and output, pixel for pixel."""

import io
from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, photo, result_of
from PIL import Image

from poolviz import PoolResult, pool
from poolviz.feature_map import RGB
from poolviz.views.paint import formats
from poolviz.views.paint import stills as stills_module
from poolviz.views.paint.stills import stills
from poolviz.views.scene.style import THEMES, value_scale

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def pictures(result: PoolResult, theme: str = "light") -> tuple[Pixels, Pixels]:
    """Both stills as RGB pixels."""
    before, after = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        for data in stills(result, THEMES[theme])
    )
    return before, after


def test_photo_is_shown_as_it_is() -> None:
    """A photo's before is the photo, its after the pooled photo, to the last bit."""
    values = photo(530, 520)
    before, after = pictures(result_of(values, channel_names=RGB, value_range=(0, 255)))
    assert np.array_equal(before, np.moveaxis(values, 0, -1))
    assert np.array_equal(after, np.moveaxis(pool(values, "max", 2), 0, -1))


def test_small_photo_is_enlarged_by_a_whole_factor() -> None:
    """Each pixel of a small photo becomes a square, all of them alike, in both stills."""
    values = photo(20, 30)
    before, after = pictures(result_of(values, channel_names=RGB, value_range=(0, 255)))
    factor = 512 // 30
    assert before.shape == (20 * factor, 30 * factor, 3)
    assert after.shape == (10 * factor, 15 * factor, 3)
    assert np.array_equal(before[::factor, ::factor], np.moveaxis(values, 0, -1))
    assert np.array_equal(before, before[::factor, ::factor].repeat(factor, 0).repeat(factor, 1))


def test_both_stills_have_one_scale() -> None:
    """Equal values have equal colours before and after."""
    result = result_of(TEACHING, "average", 2)
    before, after = pictures(result)
    scale = value_scale(THEMES["light"], result.feature_map.values, result.output, value_range=None)
    factor = 512 // 6
    assert np.array_equal(before[::factor, ::factor], scale.colors(result.feature_map.values[0]))
    assert np.array_equal(after[::factor, ::factor], scale.colors(result.output[0]))


def test_grey_image_stays_grey() -> None:
    """A grey image's values are its greys."""
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    before, _ = pictures(result_of(values, value_range=(0, 255)))
    factor = 512 // 16
    assert np.array_equal(before[::factor, ::factor], np.dstack([values] * 3))


def test_channels_are_a_montage_about_square() -> None:
    """Channels stand row by row, a gap between them, the background where none is left."""
    values = np.arange(5 * 4 * 6).reshape(5, 4, 6)
    result = result_of(values)
    before, after = pictures(result)
    factor = 512 // (3 * 6 + 2)
    small = before[::factor, ::factor]
    assert small.shape == (2 * 4 + 1, 3 * 6 + 2, 3)
    assert after[::factor, ::factor].shape == (2 * 2 + 1, 3 * 3 + 2, 3)
    scale = value_scale(THEMES["light"], values, value_range=None)
    for channel, plane in enumerate(values):
        top, left = channel // 3 * 5, channel % 3 * 7
        assert np.array_equal(small[top : top + 4, left : left + 6], scale.colors(plane))
    assert (small[4] == THEMES["light"].background).all()
    assert (small[5:, 14:] == THEMES["light"].background).all()


@pytest.mark.parametrize("theme", THEMES)
def test_stills_describe_themselves(theme: str) -> None:
    """Both have an alt text with name, shape and request."""
    images = [Image.open(io.BytesIO(data)) for data in stills(result_of(TEACHING), THEMES[theme])]
    assert [image.info["Description"] for image in images] == [
        "map, 6×6, before pooling",
        "map, 3×3, after max 2×2, stride 2",
    ]


def test_same_result_gives_the_same_bytes() -> None:
    """Two runs write the same files."""
    assert stills(result_of(TEACHING), THEMES["dark"]) == stills(
        result_of(TEACHING), THEMES["dark"]
    )


@pytest.mark.parametrize("shape", [(1, 1), (1, 600), (600, 1), (64, 3, 3), (1, 5, 2)])
def test_unusual_shapes_have_stills(shape: tuple[int, ...]) -> None:
    """Rows, columns, single cells and many channels are drawn."""
    before, after = pictures(result_of(np.arange(np.prod(shape)).reshape(shape), kernel_size=1))
    assert before.shape == after.shape
    assert max(before.shape) <= 1024


def test_pooled_values_outside_the_format_keep_their_order() -> None:
    """A sum beyond the format's largest value widens the scale of both stills."""
    values = np.full((3, 600, 600), 100, np.uint8)
    before, after = pictures(result_of(values, "sum", channel_names=RGB, value_range=(0, 255)))
    assert (after == 255).all()
    assert (before == round(100 / 400 * 255)).all()


def test_huge_maps_are_drawn_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of every so many rows and columns, which is said; small ones are drawn whole."""
    monkeypatch.setattr(formats, "MOST_DRAWN", 100)
    monkeypatch.setattr(formats, "REDUCED_SIDE", 6)
    monkeypatch.setattr(stills_module, "LEAST_SIDE", 1)
    values = np.arange(144).reshape(12, 12)
    assert formats.still_step((1, 12, 12)) == 2
    assert formats.still_step((1, 10, 10)) == 1
    result = result_of(values[None], kernel_size=1)
    picture = Image.open(io.BytesIO(stills_module.stills(result, THEMES["light"])[0]))
    assert picture.size == (6, 6)
    assert "one of every 2 rows and columns" in picture.text["Description"]


def test_output_of_a_huge_map_is_drawn_for_its_own_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small output is drawn whole, and as large as any small map, whatever the input was."""
    monkeypatch.setattr(formats, "MOST_DRAWN", 100)
    monkeypatch.setattr(formats, "REDUCED_SIDE", 6)
    monkeypatch.setattr(stills_module, "LEAST_SIDE", 8)
    result = result_of(np.arange(144.0).reshape(1, 12, 12), "max", 3)
    assert formats.still_steps((1, 12, 12), (1, 9, 9)) == (2, 2)
    before, after = (
        Image.open(io.BytesIO(data)) for data in stills_module.stills(result, THEMES["light"])
    )
    assert (before.size, after.size) == ((6, 6), (8, 8))
    assert "one of every 2 rows and columns" in before.text["Description"]
    assert "one of every" not in after.text["Description"]
