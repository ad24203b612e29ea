"""Grids: which part is shown, how it is framed and said."""

from typing import Any

import pytest
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from poolviz.views.scene.style import THEMES, contrast
from poolviz.views.terminal.grid import (
    AROUND_ZERO,
    GREYS,
    NOT_FINITE,
    RISING,
    Cell,
    Grid,
    Part,
    Screen,
    bar_of,
    fitting,
    heat_of_few,
)

THEME = THEMES["light"]


@pytest.mark.parametrize("start", range(38))
@pytest.mark.parametrize("most", [3, 5, 12, 40])
def test_window_always_stands_in_the_part_that_is_shown(start: int, most: int) -> None:
    """Wherever a window of 3 stands among 40, the page has it whole, and has ``most`` cells."""
    page = fitting(range(40), most, range(start, start + 3))
    assert len(page) == most
    assert start in page
    assert start + 2 in page


def test_pages_turn_seldom() -> None:
    """While the window slides, the page stays until the window would leave it."""
    pages = [fitting(range(40), 12, range(start, start + 3)).start for start in range(38)]
    assert len(set(pages)) == 4
    assert pages == sorted(pages)


def test_window_in_the_middle() -> None:
    """If it is centred, as many cells on both sides, or fewer at an edge of the map."""
    assert fitting(range(40), 7, range(20, 23), centred=True) == range(18, 25)
    assert fitting(range(40), 7, range(3), centred=True) == range(7)
    assert fitting(range(40), 7, range(37, 40), centred=True) == range(33, 40)


def test_padding_counts_as_cells_of_the_page() -> None:
    """Coordinates may begin before the input."""
    assert fitting(range(-2, 30), 8, range(-2, 1)) == range(-2, 6)


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        (range(40), range(40), ""),
        (range(8), range(12), "rows 0–7 of 40, columns 0–11 of 40"),
        (range(40), range(28, 40), "columns 28–39 of 40"),
        (range(5, 6), range(40), "row 5 of 40"),
        (range(-1, 41), range(-1, 6), "columns 0–5 of 40"),
    ],
)
def test_part_in_words(rows: range, columns: range, words: str) -> None:
    """Which cells of the input are shown, if not all."""
    whole = range(-1, 41)
    assert Part(rows, columns, whole, whole).describe((40, 40)) == words


def lines(grid: Grid) -> list[str]:
    """A grid's lines as text."""
    return ["".join(part for part, _ in line).rstrip() for line in grid.lines()]


def test_ellipses_stand_where_cells_are_left_out() -> None:
    """Above, below, left and right; the outline is drawn around cells of the map."""
    part = Part(range(1, 3), range(1, 3), range(4), range(4))
    cells = [[Cell("1"), Cell("2")], [Cell("3"), Cell("4", mark="winner")]]
    grid = Grid("map", cells, part, Screen(THEME), (range(2, 3), range(1, 3)))
    assert lines(grid) == [
        "map",
        "    …",
        "…   1   2   …",
        "  ┏━━━━━━━┓",
        "… ┃ 3  [4]┃ …",
        "  ┗━━━━━━━┛",
        "    …",
    ]


def test_ascii_stays_aligned() -> None:
    """Signs are spelled before widths are measured."""
    part = Part(range(2), range(2), range(2), range(2))
    cells = [[Cell("∞"), Cell("2")], [Cell("3"), Cell("−4")]]
    shown = lines(Grid("map", cells, part, Screen(THEME, ascii=True)))
    assert shown[1:] == ["  inf     2", "    3    -4"]


@pytest.mark.parametrize("ramp", [RISING, AROUND_ZERO, GREYS, (NOT_FINITE,)])
def test_sixteen_colours_are_told_apart_and_read_well(ramp: tuple[str, ...]) -> None:
    """Each step of a ramp has a ground of its own, and digits with a contrast of 4 or more."""
    styles: list[Any] = [Style.parse(look) for look in ramp]
    assert len({style.bgcolor for style in styles}) == len(ramp)
    for style in styles:
        ink, ground = (
            tuple(color.get_truecolor(DEFAULT_TERMINAL_THEME))
            for color in (style.color, style.bgcolor)
        )
        assert contrast(ink, ground) >= 4


def test_place_on_the_ramp() -> None:
    """The lowest has the first look, the highest the last, NaN one of its own."""
    looks = [heat_of_few(place, RISING) for place in (0.0, 0.26, 0.5, 0.99, 1.0, float("nan"))]
    assert [str(look) for look in looks] == [
        str(Style.parse(look)) for look in (*RISING, RISING[-1], NOT_FINITE)
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_outline_stands_out_on_any_ground(theme: str) -> None:
    """On black and white alike, 4.5:1, unless the theme says that the ground is dark."""
    accent = Screen(THEMES[theme]).accent
    assert contrast(accent, (0, 0, 0)) >= 4.5
    if theme == "dark":
        assert accent == THEMES["dark"].accent
    else:
        assert contrast(accent, (255, 255, 255)) >= 4.5


@pytest.mark.parametrize(
    ("share", "bar"),
    [(0, ""), (1e-9, "▁"), (1 / 9, "▁"), (0.25, "▂"), (0.5, "▄"), (0.99, "█"), (1, "█")],
)
def test_bar_is_as_high_as_the_share(share: float, bar: str) -> None:
    """In eighths; a share above 0 is always seen."""
    assert bar_of(share) == bar


def test_outline_between_columns_takes_no_lines() -> None:
    """Corners at its first and last row; one row has sides only."""
    part = Part(range(3), range(2), range(3), range(2))
    cells = [[Cell(str(row * 2 + column)) for column in range(2)] for row in range(3)]
    screen = Screen(THEME)
    grid = Grid("map", cells, part, screen, (range(3), range(1)), "corners")
    assert lines(grid) == ["map", "┏ 0 ┓ 1", "┃ 2 ┃ 3", "┗ 4 ┛ 5"]
    grid = Grid("map", cells, part, screen, (range(1, 2), range(1, 2)), "corners")
    assert lines(grid) == ["map", "  0   1", "  2 ┃ 3 ┃", "  4   5"]


def test_window_that_is_cut_is_open_at_that_side() -> None:
    """Of a window that goes on beyond the part, only the sides that it has there are drawn."""
    part = Part(range(2), range(2), range(4), range(4))
    cells = [[Cell("1"), Cell("2")], [Cell("3"), Cell("4")]]
    grid = Grid("map", cells, part, Screen(THEME), (range(1, 4), range(1, 4)))
    assert lines(grid) == ["map", "  1   2   …", "    ┏━━━━", "  3 ┃ 4   …", "  …"]
