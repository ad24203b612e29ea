"""The figure of a comparison: an even grid, digits alike, scales that are said."""

from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, noise, of_kind, overlapping, photo, texts

from poolviz import FeatureMap, PoolSpec
from poolviz.analysis import Question
from poolviz.analysis.compare import compare
from poolviz.feature_map import RGB
from poolviz.views.answers import compare as view
from poolviz.views.scene.elements import Label, Pixels, Scene
from poolviz.views.scene.style import THEMES, contrast

MANY = "max,average,min,median,lp,sum,softpool,gem,lse"
MAPS: dict[str, Any] = {
    "teaching": np.array(TEACHING),
    "floats": noise(8, 8),
    "tiny": noise(4, 4) * 1e-7,
    "large": noise(300, 200),
    "one row": noise(1, 24),
}


def scene(values: Any, modes: str, size: Any = 2, theme: str = "light") -> Scene:
    """A map pooled by several modes."""
    values = np.asarray(values)
    is_photo = values.ndim == 3
    feature_map = FeatureMap(
        values if is_photo else values[None], "map", "map", RGB if is_photo else (),
        (0, 255) if is_photo else None,
    )  # fmt: skip
    size = (1, size) if values.shape[-2] == 1 else size
    answer = compare(Question(feature_map, PoolSpec("max", size)), modes.split(","))
    return view.scene(answer, THEMES[theme])


def names(drawn: Scene, modes: str) -> list[Label]:
    """The names of the outputs, in drawing order."""
    return [label for label in of_kind(drawn.items, Label) if label.text in modes.split(",")]


@pytest.mark.parametrize("modes", ["max,average", "max,average,min,median", MANY])
def test_outputs_stand_in_an_even_grid_right_of_the_input(modes: str) -> None:
    """Each row begins at the same place, and only the last may have fewer outputs."""
    drawn = scene(TEACHING, modes)
    (title,) = (label for label in of_kind(drawn.items, Label) if label.text == "input 6×6")
    found = names(drawn, modes)
    rows: dict[int, list[int]] = {}
    for label in found:
        rows.setdefault(label.y, []).append(label.x)
    first, *others = rows.values()
    assert min(first) > title.x + 300
    assert min(rows) == title.y
    assert all(row == first[: len(row)] for row in others)
    assert all(len(row) == len(first) for row in list(rows.values())[:-1])
    assert sum(map(len, rows.values())) == len(modes.split(","))


def test_most_contrast_is_first() -> None:
    """As its percentage says, worked out here: the deviation of the output over the input's."""
    modes = "median,average,max,min"
    drawn = scene(TEACHING, modes)
    blocks = np.array(TEACHING).reshape(3, 2, 3, 2).swapaxes(1, 2)
    folded = {"max": np.max, "average": np.mean, "min": np.min, "median": np.median}
    kept = {
        name: fold(blocks, axis=(2, 3)).std() / np.std(TEACHING) for name, fold in folded.items()
    }
    assert [each.text for each in names(drawn, modes)] == sorted(kept, key=lambda name: -kept[name])
    for share in kept.values():
        assert f"{100 * share:.3g} %" in texts(drawn)


@pytest.mark.parametrize("kind", ["teaching", "floats", "tiny"])
def test_small_maps_keep_their_digits(kind: str) -> None:
    """In every cell of every panel, all of one size."""
    values = MAPS[kind]
    drawn = scene(values, "max,average,min")
    digits = [each for each in of_kind(drawn.items, Label) if each.anchor == "middle"]
    assert len(digits) == values.size + 3 * values.size // 4
    assert len({label.size for label in digits}) == 1


def test_floats_have_as_many_decimals_in_all_panels() -> None:
    """Of numbers about zero two, wherever they stand."""
    labels = of_kind(scene(MAPS["floats"].round(2), "max,average").items, Label)
    digits = [each.text for each in labels if each.anchor == "middle"]
    assert {len(each.split(".")[1]) for each in digits if "e" not in each} == {2}


def test_values_out_of_the_input_have_a_scale_of_their_own() -> None:
    """Of sum, not of max; the other panels keep the colours of the input."""
    drawn = scene(TEACHING, "max,sum")
    assert texts(drawn).count("own scale") == 1
    bars = [each for each in of_kind(drawn.items, Pixels) if len(each.colors) == 1]
    assert len(bars) == 2
    assert "own scale" not in texts(scene(TEACHING, "max,average"))


def test_photographs_are_drawn_whole_and_in_colour() -> None:
    """Input and outputs, none wider than its side, whatever their size."""
    values = photo(900, 600)
    drawn = scene(values, "max,average", 3)
    pixels = of_kind(drawn.items, Pixels)
    assert len(pixels) == 3
    assert all(max(each.width, each.height) <= view.INPUT_SIDE for each in pixels)
    assert all(np.ptp(each.colors, axis=-1).max() > 0 for each in pixels)
    shown = pixels[0].colors.astype(float).mean(axis=(0, 1))
    np.testing.assert_allclose(shown, values.mean(axis=(1, 2)), atol=1)


@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_are_legible_and_the_sheet_is_bounded(kind: str, theme: str) -> None:
    """None lies over another; those beside the maps have contrast."""
    drawn = scene(MAPS[kind], MANY, theme=theme)
    labels = of_kind(drawn.items, Label)
    assert overlapping(labels) == []
    outside = [each for each in labels if each.anchor == "left"]
    assert all(contrast(each.color, drawn.background) >= 4.5 for each in outside)
    assert drawn.width <= 2600
    assert drawn.height <= 2600


def test_title_and_alt_text_say_what_is_done() -> None:
    """The operation is the title; the alt text has the values."""
    drawn = scene(TEACHING, "max,min")
    assert drawn.title == "Two ways to pool, 2×2, stride 2"
    assert "map, 1×6×6 → 1×3×3" in texts(drawn)
    assert "max keeps 90.8 % of the contrast: 6 4 −2 / 5 9 3 / 7 2 8" in drawn.description
