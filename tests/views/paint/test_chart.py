"""Charts: curves as matplotlib draws them."""

import re
from itertools import combinations, pairwise

import pytest

from poolviz.views.paint.chart import Chart, Curve, chart_figure, spread
from poolviz.views.paint.vector import figure_bytes
from poolviz.views.scene.style import THEMES


def chart(count: int = 2, name: str = "max", theme: str = "light", points: int = 4) -> Chart:
    """A chart with so many curves."""
    curves = tuple(
        Curve(f"{name}{at}", tuple(1 / (at + step + 1) for step in range(points)), muted=at == 0)
        for at in range(count)
    )
    words = ("a title", "what it shows", tuple(range(points)), "shift", "unchanged (%)")
    return Chart(*words, curves, ("a caption",), THEMES[theme])


@pytest.mark.parametrize(
    ("kind", "theme"),
    [("svg", "light"), ("png", "dark"), pytest.param("pdf", "light", marks=pytest.mark.slow)],
)
def test_same_chart_gives_the_same_bytes(kind: str, theme: str) -> None:
    """In every format, title and description in the file."""
    first, second = (figure_bytes(chart(theme=theme), kind) for _ in range(2))
    assert first == second
    assert b"a title" in first


def test_words_stand_on_it_as_they_are() -> None:
    """Names with dollars and underscores are no formulas; the alt text is there."""
    svg = figure_bytes(chart(name="price $5 a_b "), "svg").decode()
    for words in (
        "price $5 a_b 0  25 %",
        "price $5 a_b 1  20 %",
        "a title",
        "shift",
        "unchanged (%)",
        "a caption",
    ):
        assert f">{words}<" in svg
    assert ">what it shows</desc>" in svg


def test_curves_differ_by_more_than_their_colour() -> None:
    """Of a dozen curves no two have the same colour, marker and dashes."""
    (axes,) = chart_figure(chart(12)).axes
    looks = {
        (line.get_color(), line.get_marker(), str(line.get_linestyle()), line.is_dashed())
        for line in axes.get_lines()
        if line.get_gid() != "leader"
    }
    assert len(looks) == 12


@pytest.mark.parametrize(("count", "points"), [(3, 2), (7, 4), (16, 9), (16, 1)])
def test_names_at_the_ends_do_not_overlap(count: int, points: int) -> None:
    """Nor do they leave the picture or the order of the curves."""
    figure = chart_figure(chart(count, points=points))
    (axes,) = figure.axes
    areas = [label.get_window_extent() for label in axes.texts]
    assert len(areas) == count
    assert not any(one.overlaps(other) for one, other in combinations(areas, 2))
    for area in areas:
        assert area.x1 <= figure.bbox.x1
        assert area.y0 >= figure.bbox.y0
    # Of these curves each ends below the one before.
    heights = [area.y0 for area in areas]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize(("count", "colored"), [(2, 1), (7, 6), (8, 2), (16, 2)])
def test_of_many_curves_the_highest_and_the_lowest_are_coloured(count: int, colored: int) -> None:
    """The reference never is."""
    drawn = chart(count)
    (axes,) = chart_figure(drawn).axes
    grey = f"#{bytes(drawn.theme.muted).hex()}"
    lines = [line for line in axes.get_lines() if line.get_gid() != "leader"]
    strong = [index for index, line in enumerate(lines) if line.get_color() != grey]
    assert len(strong) == colored
    assert {strong[0], strong[-1]} == {1, count - 1}


@pytest.mark.parametrize("wanted", [[5.0, 5.0, 5.0], [0.0, 1.0, 9.0], [10.0, 10.0], [3.0]])
def test_places_of_names(wanted: list[float]) -> None:
    """They keep their distance between the ends, and none moves that has room."""
    places = spread(wanted, 2.0, 0.0, 10.0)
    assert all(high - low >= 2 for low, high in pairwise(sorted(places)))
    assert 0 <= min(places) <= max(places) <= 10
    if len(wanted) == 1:
        assert places == wanted


def test_values_are_drawn_in_per_cent() -> None:
    """A share of 1 stands at 100."""
    (axes,) = chart_figure(chart(1)).axes
    assert axes.get_lines()[0].get_ydata().tolist() == pytest.approx([100, 50, 100 / 3, 25])


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_axis_reaches_from_none_to_all(share: float) -> None:
    """Whatever the values, markers at 0 and at 100 per cent are whole, with little beside them."""
    words = ("a title", "what it shows", (0, 1), "shift", "unchanged (%)")
    drawn = Chart(*words, (Curve("max", (share, share)),), (), THEMES["light"])
    (axes,) = chart_figure(drawn).axes
    area = axes.get_window_extent()
    none, full = (axes.transData.transform((0, per_cent))[1] for per_cent in (0, 100))
    half = axes.get_lines()[0].get_markersize() / 2 * axes.figure.dpi / 72
    assert area.y0 + half <= none <= area.y0 + 4 * half
    assert area.y1 - 4 * half <= full <= area.y1 - half


@pytest.mark.parametrize("points", [2, 13, 50, 200])
def test_ticks_stay_few(points: int) -> None:
    """However long the sweep, at most a dozen ticks, from 0 on."""
    (axes,) = chart_figure(chart(points=points)).axes
    ticks = axes.get_xticks().tolist()
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 13


def test_enlarged_chart_is_larger_in_all() -> None:
    """A factor of 2 doubles the picture and its letters."""
    small, large = (figure_bytes(chart().enlarged(factor), "svg").decode() for factor in (1, 2))
    widths = [float(re.search(r'width="([\d.]+)pt"', svg)[1]) for svg in (small, large)]  # type: ignore[index]
    assert widths[1] == 2 * widths[0]


def test_axis_ends_at_the_largest_value_asked_for() -> None:
    """Small changes fill the chart."""
    words = ("a title", "what it shows", (0, 1), "shift", "change (%)")
    drawn = Chart(*words, (Curve("max", (0.0, 0.2)),), (), THEMES["light"], most=0.25)
    (axes,) = chart_figure(drawn).axes
    assert axes.get_ylim() == (-1, 26)
