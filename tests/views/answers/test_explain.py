"""The figure of one window: its map, its cells, what each of them weighs."""

from typing import Any

import pytest
from pictures import TEACHING, of_kind, overlapping, result_of, texts

from poolviz.analysis.explain import explain
from poolviz.views.answers import explain as view
from poolviz.views.scene.elements import Label, Scene
from poolviz.views.scene.style import THEMES, contrast

WINDOWS: list[tuple[str, Any]] = [
    ("max", {"kernel_size": 2}),
    ("average", {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("softpool", {"kernel_size": 3}),
    ("lp", {"kernel_size": 2}),
]


def scene(mode: str, theme: str = "light", **options: Any) -> Scene:
    """The first window of a small map."""
    return view.scene(explain(result_of(TEACHING, mode, **options), 0, 0), THEMES[theme])


def test_equal_shares_and_gradients_are_drawn_once() -> None:
    """Of max and average; a softpool has two different panels."""
    for mode, options in WINDOWS[:2]:
        assert view.BOTH in texts(scene(mode, **options))
    words = texts(scene("softpool", kernel_size=3))
    assert view.SHARE in words
    assert view.SLOPE in words


def test_padding_has_its_value_and_its_weight() -> None:
    """Five cells of nine are padding that counts as 0: all nine weigh 1/9 ≈ 0.11."""
    words = texts(scene("average", kernel_size=3, stride=2, padding=1))
    assert words.count("0.11") == 9


def test_padding_that_does_not_count_has_no_weight() -> None:
    """The four cells in the input weigh a quarter each."""
    options = {"kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": False}
    labels = of_kind(scene("average", **options).items, Label)
    cells = [each.text for each in labels if each.anchor == "middle"]
    assert cells.count("0.25") == 4
    assert "0.11" not in cells


@pytest.mark.parametrize(("mode", "options"), WINDOWS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_are_legible(mode: str, options: Any, theme: str) -> None:
    """None lies over another, and those beside the maps have contrast."""
    drawn = scene(mode, theme, **options)
    labels = of_kind(drawn.items, Label)
    assert overlapping(labels) == []
    outside = [each for each in labels if each.anchor == "left"]
    assert all(contrast(each.color, drawn.background) >= 4.5 for each in outside)


def test_alt_text_has_the_cells_and_their_shares() -> None:
    """As one would say them."""
    alt = scene("max", kernel_size=2).description
    assert "The window's cells are 1 3 / 6 2; their shares are 0 0 / 1 0." in alt
