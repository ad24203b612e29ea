"""Colours: legible, in one vocabulary, on one scale."""

from itertools import product

import matplotlib as mpl
import numpy as np
import pytest

from poolviz import SpecError
from poolviz.views.scene import fonts, style
from poolviz.views.scene.style import THEMES, contrast, find_theme, text_on, value_scale

LEAST_CONTRAST = 4.5


def test_text_is_legible_on_every_colour() -> None:
    """Black or white, as chosen, has a contrast of at least 4.5 on any background."""
    places = [round(step * 255 / 8) for step in range(9)]
    worst = min(contrast(text_on(color), color) for color in product(places, repeat=3))
    assert worst >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["ink", "muted"])
@pytest.mark.parametrize("ground", ["background", "unvisited"])
def test_ink_is_legible_in_every_theme(theme: str, ink: str, ground: str) -> None:
    """Text of a theme is legible on its grounds."""
    colors = THEMES[theme]
    assert contrast(getattr(colors, ink), getattr(colors, ground)) >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_accent_is_seen_in_every_theme(theme: style.Theme) -> None:
    """The outline of the window stands out from the background and from its halo."""
    assert contrast(theme.accent, theme.background) >= 3
    assert contrast(theme.accent, theme.halo) >= 3


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white has 21, a colour on itself 1, in either order."""
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)
    assert contrast((9, 99, 199), (9, 99, 199)) == 1
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_sequential_scale_is_viridis() -> None:
    """Between its anchors too, the sequential scale is viridis to within 8 of 255."""
    scale = style.ValueScale(0, 1, style.SEQUENTIAL, THEMES["light"])
    places = np.linspace(0, 1, 256)
    expected = mpl.colormaps["viridis"](places)[:, :3] * 255
    assert np.abs(scale.colors(places) - expected).max() <= 8


def test_ends_of_the_scale_are_the_ends_of_the_values() -> None:
    """The lowest and the largest value of all arrays have the scale's end colours."""
    scale = value_scale(THEMES["light"], np.array([1, 2]), np.array([9.0]), value_range=None)
    assert (scale.low, scale.high) == (1, 9)
    assert scale.color(1) == style.SEQUENTIAL[0]
    assert scale.color(9) == style.SEQUENTIAL[-1]


def test_negative_values_make_the_scale_symmetric() -> None:
    """With negative values zero has the neutral colour, both signs their own."""
    theme = THEMES["light"]
    scale = value_scale(theme, np.array([-1, 4]), value_range=None)
    assert (scale.low, scale.high) == (-4, 4)
    assert scale.color(0) == theme.zero
    assert scale.color(-4) == theme.negative
    assert scale.color(4) == theme.positive


def test_range_of_the_format_gives_greys() -> None:
    """Values of an image are greys of the format's range, which outputs may widen."""
    scale = value_scale(THEMES["light"], np.array([10], np.uint8), value_range=(0, 255))
    assert [scale.color(value) for value in (0, 10, 255)] == [(v, v, v) for v in (0, 10, 255)]
    assert value_scale(THEMES["light"], np.array([510]), value_range=(0, 255)).high == 510


def test_missing_values_have_a_colour_of_their_own() -> None:
    """NaN and the infinities look like no number, and do not stretch the scale."""
    values = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0])
    scale = value_scale(THEMES["light"], values, value_range=None)
    assert (scale.low, scale.high) == (0, 1)
    assert scale.color(np.nan) == THEMES["light"].missing
    assert scale.color(np.inf) == THEMES["light"].above
    assert scale.color(-np.inf) == THEMES["light"].below
    on_scale = scale.colors(np.linspace(0, 1, 256)).astype(int)
    for own in (np.nan, np.inf, -np.inf):
        assert np.abs(on_scale - scale.color(own)).sum(axis=1).min() > 40


@pytest.mark.parametrize("values", [[np.nan], [np.inf, -np.inf], [7.0], [0]])
def test_scale_of_one_value_or_none_has_colours(values: list[float]) -> None:
    """A map without two different numbers has a scale all the same."""
    scale = value_scale(THEMES["dark"], np.array(values), value_range=None)
    assert np.isfinite([scale.low, scale.high]).all()
    assert scale.colors(np.array(values)).shape == (len(values), 3)


@pytest.mark.parametrize(
    "values", [np.array([-(2**63), 2**63 - 1]), np.array([-1e308, 1e308]), np.array([0, 1e-320])]
)
def test_extreme_values_have_colours(values: np.ndarray) -> None:
    """The widest and the narrowest ranges neither overflow nor divide by zero."""
    scale = value_scale(THEMES["light"], values, value_range=None)
    first, last = scale.colors(values).tolist()
    assert first != last


def test_theme_is_found_by_name() -> None:
    """A theme is found by its name, and an unknown one is refused with the nearest."""
    assert find_theme("dark") is THEMES["dark"]
    with pytest.raises(SpecError, match="did you mean dark"):
        find_theme("darc")


@pytest.mark.parametrize("bold", [False, True])
def test_font_is_there(bold: bool) -> None:
    """The font is a file, found without loading matplotlib's code."""
    from pathlib import Path

    assert Path(fonts.font_file(bold)).is_file()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.005179, 0.9787, (0.0, 1.0)),
        (-3.005, 3.2, (-3.5, 3.5)),
        (287.1, 290.2, (287.0, 290.2)),
        # A short span in fifths of its power of ten, a longer one in halves.
        (-6.0001, 5.7, (-8.0, 6.0)),
        (-1020.5, 1020.5, (-1200.0, 1200.0)),
        (0.0, 7.3, (0.0, 7.5)),
        (-1.09e-7, 2e-7, (-1.2e-7, 2e-7)),
        (0.0, 201_234.0, (0.0, 220_000.0)),
        # Small whole numbers and equal ends are kept, and what cannot be rounded.
        (-6, 9, (-6, 9)),
        (2.5, 2.5, (2.5, 2.5)),
        (0.0, 5e-310, (0.0, 5e-310)),
        (-1.7e308, 1.7e308, (-1.7e308, 1.7e308)),
    ],
)
def test_ends_of_the_scale_are_rounded_outward(
    low: float, high: float, expected: tuple[float, float]
) -> None:
    """Ends are multiples of half the span's power of ten, and no value is beyond them."""
    assert style.round_outward(low, high) == expected


@pytest.mark.parametrize("color", [(0, 0, 0), (128, 128, 128), (255, 255, 255), (253, 231, 37)])
def test_hatch_is_seen_on_any_cell(color: style.Color) -> None:
    """A hatch has the contrast that graphics need."""
    assert contrast(style.hatch_on(color), color) >= 3


@pytest.mark.parametrize("values", [[-3, -1, 0, 2, 9], [0, 1, 5, 9]])
def test_order_of_values_survives_grey_print(values: list[int]) -> None:
    """In the print theme a larger value is darker, whatever its sign."""
    scale = value_scale(THEMES["print"], np.array(values), value_range=None)
    shades = [style.luminance(scale.color(value)) for value in values]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == len(shades)
