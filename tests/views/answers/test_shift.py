"""The figure of a shift: before, after, and the difference."""

from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, noise, of_kind, overlapping, photo, texts, with_holes

from poolviz import FeatureMap, PoolSpec
from poolviz.analysis import Question
from poolviz.analysis.shift import Movement, shift
from poolviz.feature_map import RGB
from poolviz.views.answers import shift as view
from poolviz.views.scene.elements import Label, Pixels, Scene
from poolviz.views.scene.style import THEMES, contrast

MAPS: dict[str, Any] = {
    "teaching": np.array(TEACHING)[None],
    "floats": noise(1, 8, 8),
    "holes": with_holes()[None],
    "digit": noise(1, 28, 28).clip(0),
    "photo": photo(64, 48),
    "flat": np.zeros((1, 12, 12)),
}


def scene(kind: str, theme: str = "light", modes: str = "max,average") -> Scene:
    """A map moved by a column."""
    values = MAPS[kind]
    is_photo = len(values) == 3
    names, value_range = (RGB, (0, 255)) if is_photo else ((), None)
    feature_map = FeatureMap(values, "map", "map", names, value_range)
    question = Question(feature_map, PoolSpec("max", 2))
    drawn = view.scene(shift(question, modes.split(","), Movement((0, 1))), THEMES[theme])
    assert isinstance(drawn, Scene)
    return drawn


def test_difference_is_that_of_before_and_after() -> None:
    """Worked out here; cells that stay the same are blank."""
    drawn = scene("teaching", modes="max")
    columns = {label.text: label.x for label in of_kind(drawn.items, Label)}
    labels = [each for each in of_kind(drawn.items, Label) if each.anchor == "middle"]
    digits = [int(each.text) for each in labels if each.x > columns["|after − before|"]]
    before = np.array(TEACHING)
    after = np.concatenate([before[:, :1], before[:, :-1]], axis=1)
    expected = []
    for one, other in ((before, after), *[[
        each.reshape(3, 2, 3, 2).max(axis=(1, 3)) for each in (before, after)
    ]]):  # fmt: skip
        change = abs(other - one)
        expected += change[change > 0].tolist()
    assert digits == expected


def test_percentages_stand_large_beside_each_row() -> None:
    """Of 36 cells 7 stay, of 9 maxima 4."""
    labels = {label.text: label for label in of_kind(scene("teaching").items, Label)}
    assert {"19.4 %", "44.4 %", "0 %"} <= set(labels)
    assert labels["19.4 %"].bold
    assert labels["19.4 %"].size > labels["before"].size
    assert "in the input before the shift, 6×6" in labels


def test_small_differences_of_a_photograph_are_drawn_stronger_which_is_said() -> None:
    """From a change on that a tenth of the cells reach, colours are full."""
    drawn = scene("photo")
    (words,) = (each for each in texts(drawn) if "full colour" in each)
    least = float(words.split("a change of ")[1].split(" ")[0])
    values = MAPS["photo"].astype(int)
    change = abs(np.diff(values, axis=2)).max(axis=0)
    assert least < change.max()
    theme = THEMES["light"]
    difference = of_kind(drawn.items, Pixels)[2].colors
    # The first column stays: edge values are repeated.
    assert (difference[:, 0] == theme.background).all()
    np.testing.assert_array_equal(
        (difference[:, 1:] == theme.positive).all(axis=-1), change >= least
    )


@pytest.mark.parametrize("kind", MAPS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_are_legible_and_the_sheet_is_bounded(kind: str, theme: str) -> None:
    """None lies over another; those beside the maps have contrast."""
    drawn = scene(kind, theme, "max,average,min,lp")
    labels = of_kind(drawn.items, Label)
    assert overlapping(labels) == []
    outside = [each for each in labels if each.anchor == "left"]
    assert all(contrast(each.color, drawn.background) >= 4.5 for each in outside)
    assert drawn.width <= 2200
    assert drawn.height <= 2600


def test_alt_text_says_what_stays() -> None:
    """For each map."""
    alt = scene("teaching").description
    assert alt.startswith("What stays the same when the input moves 1 column to the right: map")
    assert "max: 44.4 % unchanged, mean change 2.444, largest change 6" in alt
