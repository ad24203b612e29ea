"""The terminal view: grids of numbers as plain text."""

import re
import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from pictures import TEACHING, noise, result_of, with_holes

from poolviz.text import Numbers
from poolviz.views.scene.region import whole_region
from poolviz.views.scene.style import THEMES, contrast
from poolviz.views.terminal.grid import Screen, longest_numbers
from poolviz.views.terminal.lines import remaining
from poolviz.views.terminal.picture import Slide
from poolviz.views.terminal.result import ResultView, shared_numbers


def view(
    values: ArrayLike, mode: str = "max", kernel_size: Any = None, width: int | None = None,
    step: tuple[int, int, int] = (0, 0, 0), **options: Any,
) -> ResultView:  # fmt: skip
    """The view of ``values`` pooled."""
    result = result_of(values, mode, kernel_size, **options)
    return ResultView(result, result.step(*step), Screen(THEMES["light"], width))


def plain(shown: ResultView) -> str:
    """The view's lines without their trailing blanks."""
    return "\n".join("".join(part for part, _ in line).rstrip() for line in shown.lines())


def test_teaching_map_reads_as_it_should() -> None:
    """The 6×6 map with its first window outlined, its winner in brackets."""
    assert plain(view(TEACHING)) == (
        "input 6×6\n"
        "┏━━━━━━━━━┓\n"
        "┃  1    3 ┃  4    0   −5   −2\n"
        "┃ [6]   2 ┃  0    4   −3   −6\n"
        "┗━━━━━━━━━┛\n"
        "   0    5    1    2    2   −6\n"
        "  −3    2    9    0    1    3\n"
        "  −2    1    2    1    8    0\n"
        "   2    7    0   −3    3    5\n"
        "\n"
        "output 3×3, max 2×2, stride 2\n"
        "┏━━━━┓\n"
        "┃  6 ┃  4   −2\n"
        "┗━━━━┛\n"
        "   5    9    3\n"
        "   7    2    8\n"
        "\n"
        "max(1, 3, 6, 2) = 6\n"
        "output size: ⌊(6 − 2) / 2⌋ + 1 = 3\n"
        "36 → 9 values, 75 % fewer\n"
        "[ ] the cell that gives the output"
    )


def test_ties_stand_in_parentheses() -> None:
    """The winner is in brackets, cells that equal it in parentheses."""
    text = plain(view(TEACHING, step=(0, 1, 0)))
    assert "   1    3 ┃ [4]   0 ┃ −5   −2" in text
    assert "   6    2 ┃  0   (4)┃ −3   −6" in text
    assert "   6 ┃  4 ┃ −2" in text


def test_padding_and_overhang_have_their_signs() -> None:
    """Padding is a dot, with its value inside the outline; overhang is a cross."""
    shown = view([[1, 2], [3, 4]], "average", 3, stride=2, padding=1, ceil_mode=True)
    assert plain(shown).startswith(
        "input 2×2\n"
        "┏━━━━━━━━━━━┓\n"
        "┃·0▁ ·0▁ ·0▁┃ ·   ×\n"
        "┃·0▁  1▁  2▁┃ ·   ×\n"
        "┃·0▁  3▁  4▁┃ ·   ×\n"
        "┗━━━━━━━━━━━┛\n"
        "  ·   ·   ·   ·   ×\n"
        "  ×   ×   ×   ×   ×\n"
        "\n"
        "output 2×2, average 3×3, stride 2, padding 1, ceil mode\n"
    )


def test_shares_are_bars_where_no_cell_wins() -> None:
    """Each cell of an average of four has a quarter: a bar of two eighths. The key says so."""
    text = plain(view(TEACHING, "average"))
    grid = text.partition("\n\n")[0]
    assert not set("[]()") & set(grid)
    assert "┃  1▂   3▂┃  4    0   −5   −2\n┃  6▂   2▂┃  0    4   −3   −6\n" in grid
    assert text.endswith("\n▂ the cell's share of the output: 25 %")


def test_unequal_shares_have_bars_of_their_own() -> None:
    """Softpool of 0 and ln 3: e^0 / 4 and 3 / 4, which are two and six eighths."""
    text = plain(view([[0.0, np.log(3)]], "softpool", (1, 2)))
    assert "┃ 0.00▂  1.10▆┃" in text
    assert text.endswith("\n▂…▆ the cell's share of the output: 25 % to 75 %")


def test_cell_without_a_share_has_no_bar() -> None:
    """Of a sum of absolute values, 0 has no part."""
    assert "┃ 0   4█┃" in plain(view([[0, 4]], "lp:p=2", (1, 2)))


@pytest.mark.parametrize(
    ("mode", "options", "padding", "words"),
    [
        ("max", {}, "·−∞", "· padding, counts as −∞"),
        ("min", {}, " ·∞", "· padding, counts as ∞"),
        ("average", {}, " ·0▂", "· padding, counts as 0"),
        ("average", {"count_include_pad": False}, "  ·", "· padding, left out"),
        ("median", {}, "  ·", "· padding, left out"),
    ],
)
def test_padding_has_the_value_that_it_has_in_the_window(
    mode: str, options: dict[str, Any], padding: str, words: str
) -> None:
    """In the window; elsewhere it is a dot. The key says the same."""
    text = plain(view([[1, -2], [3, 4]], mode, 2, stride=1, padding=1, **options))
    first = text.splitlines()[2]
    assert first.count(padding.strip()) >= 2
    inside, outside = first.split("┃")[1:]
    assert inside.split() == [padding.strip()] * 2
    assert outside.split() == ["·", "·"]
    assert words in text.splitlines()[-1]


def test_dilated_window_marks_the_cells_that_it_reads() -> None:
    """Of max the others in braces; the cells between them are dimmed on a terminal."""
    values = np.arange(25).reshape(5, 5)
    shown = view(values, "max", 3, dilation=2, width=80)
    text = plain(shown)
    rows = [line.split("┃")[1].split() for line in text.splitlines()[2:7]]
    assert rows == [
        ["{0}", "1", "{2}", "3", "{4}"],
        ["5", "6", "7", "8", "9"],
        ["{10}", "11", "{12}", "13", "{14}"],
        ["15", "16", "17", "18", "19"],
        ["{20}", "21", "{22}", "23", "[24]"],
    ]
    assert "{ } the other cells that the window reads" in text
    dimmed = {part.strip() for line in shown.input().lines() for part, style in line if style.dim}
    read = {0, 2, 4, 10, 12, 14, 20, 22, 24}
    assert dimmed == {str(number) for number in set(range(25)) - read}


def test_dilated_average_marks_them_by_their_shares() -> None:
    """A bar in the nine cells that it reads, and in no other."""
    text = plain(view(np.arange(25).reshape(5, 5), "average", 3, dilation=2, width=80))
    assert {part for part in text.replace("┃", " ").split() if re.fullmatch(r"\d+▁", part)} == {
        f"{number}▁" for number in (0, 2, 4, 10, 12, 14, 20, 22, 24)
    }


def test_large_map_shows_its_corner() -> None:
    """On a terminal of 40 columns a large map shows a corner, ellipses and its true shape."""
    lines = plain(view(np.arange(1600).reshape(40, 40), width=40)).split("\n")
    assert lines[0] == "input 40×40, rows 0–7 of 40, columns 0–5 of 40"
    grid = lines[1 : lines.index("")]
    assert max(map(len, grid)) <= 40
    assert grid[-1].strip() == "…"
    rows = [line for line in grid[:-1] if line.endswith(" …")]
    assert len(rows) == 8
    assert rows[0].split() == ["┃", "0", "1", "┃", "2", "3", "4", "5", "…"]
    assert any(line.startswith("output 20×20, max 2×2, stride 2, rows 0–7") for line in lines)


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
@pytest.mark.parametrize("name", ["integers", "floats", "holes"])
def test_grids_fit_the_terminal(width: int, name: str) -> None:
    """No line of a grid is wider than the terminal."""
    values = {"integers": np.arange(900).reshape(30, 30) * 997, "floats": noise(30, 30),
              "holes": np.tile(with_holes(), (5, 5))}[name]  # fmt: skip
    text = plain(view(values, width=width))
    for grid in text.split("\n\n")[:2]:
        assert all(len(line) <= width for line in grid.split("\n")[1:])


def test_whole_map_is_shown_without_a_width() -> None:
    """Where there is no terminal, every cell of a map of up to 1,024 is printed."""
    text = plain(view(np.arange(1024).reshape(32, 32)))
    assert "…" not in text
    numbers = set(text.replace("┃", " ").replace("[", " ").replace("]", " ").split())
    assert {str(value) for value in range(1024)} <= numbers


def test_small_map_is_whole_on_a_wide_terminal() -> None:
    """A map that fits is shown without an ellipsis, its output beside it."""
    assert plain(view(TEACHING, width=80)) == (
        "input 6×6                          output 3×3, max 2×2, stride 2\n"
        "┏━━━━━━━━━┓                        ┏━━━━┓\n"
        "┃  1    3 ┃  4    0   −5   −2      ┃  6 ┃  4   −2\n"
        "┃ [6]   2 ┃  0    4   −3   −6      ┗━━━━┛\n"
        "┗━━━━━━━━━┛                           5    9    3\n"
        "   0    5    1    2    2   −6         7    2    8\n"
        "  −3    2    9    0    1    3\n"
        "  −2    1    2    1    8    0\n"
        "   2    7    0   −3    3    5\n"
        "\n"
        "max(1, 3, 6, 2) = 6\n"
        "output size: ⌊(6 − 2) / 2⌋ + 1 = 3\n"
        "36 → 9 values, 75 % fewer\n"
        "[ ] the cell that gives the output"
    )


def test_output_stands_below_where_the_screen_is_narrow() -> None:
    """Without room for both, the view is that of a file."""
    assert plain(view(TEACHING, width=40)) == plain(view(TEACHING))


def sliding(
    values: ArrayLike, width: int = 80, height: int = 20, mode: str = "max", **options: Any
) -> list[list[str]]:
    """The grids of each step on a screen, as text."""
    result = result_of(values, mode, **{"kernel_size": 2, **options})
    screen, region = Screen(THEMES["light"], width, height), whole_region(result)
    rows, columns = result.output_size
    steps = [result.step(row, column, 0) for row in range(rows) for column in range(columns)]
    numbers = shared_numbers(result, 0, steps, screen)
    least = longest_numbers(result, 0, region, numbers)
    scale = ResultView(result, result.step(0, 0), screen).scale
    shown = [
        ResultView(
            result,
            step,
            screen,
            slide=Slide(region, least, scale, numbers, until),
        )
        for until, step in enumerate(steps, 1)
    ]
    return [["".join(part for part, _ in line) for line in step.grids()] for step in shown]


@pytest.mark.slow
@pytest.mark.parametrize("values", [TEACHING, np.arange(100, 244).reshape(24, 6)])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("width", [30, 60, 120])
@pytest.mark.parametrize("height", [9, 14, 20, 40])
def test_grids_keep_their_size_as_the_window_slides(
    values: ArrayLike, stride: int, width: int, height: int
) -> None:
    """At every step they are as high and as wide, and they fit the screen."""
    steps = sliding(values, width, height, stride=stride)
    assert len({len(lines) for lines in steps}) == 1
    grids = [[line for line in lines if "put" not in line] for lines in steps]
    assert len({max(map(len, lines)) for lines in grids}) == 1
    assert max(map(len, steps[0])) <= width
    assert len(steps[0]) <= height


def places(lines: list[str]) -> dict[str, tuple[int, int]]:
    """Where each number from 100 to 139 ends: (line, column)."""
    return {
        found[0]: (number, found.end())
        for number, line in enumerate(lines)
        for found in re.finditer(r"(?<!\d)1[0-3]\d(?!\d)", line)
    }


@pytest.mark.parametrize(("width", "height"), [(100, 40), (100, 12), (60, 40), (60, 20)])
@pytest.mark.parametrize("options", [{}, {"kernel_size": 3, "stride": 1, "padding": 1}])
def test_no_number_moves_as_the_window_slides(
    width: int, height: int, options: dict[str, Any]
) -> None:
    """Side by side or above each other, roomy or narrow: each cell of the input keeps its place."""
    # Their sums are larger, so that no output reads like a cell.
    values = np.arange(100, 136).reshape(6, 6)
    shown = [places(lines) for lines in sliding(values, width, height, "sum", **options)]
    assert all(found == shown[0] for found in shown)
    assert len(shown[0]) == 36


def test_rows_stay_in_place_as_the_window_slides() -> None:
    """The last row of the input is on the same line at every step; what is to come is a dot."""
    steps = sliding(TEACHING)
    rows = [[line.split()[:1] for line in step].index(["2"]) for step in steps[:6]]
    assert set(rows) == {12}
    assert " ".join(steps[0][2].split()) == "┃ 1 3 ┃ 4 0 −5 −2 ┃ 6 ┃ · ·"


def test_low_screen_has_corners_around_the_window() -> None:
    """Without room for lines between the rows, the outline lies between the columns only."""
    first, second, *_ = sliding(TEACHING, height=7)
    assert first[1].rstrip() == "┏  1    3 ┓  4    0   −5   −2      ┃  6 ┃  ·    ·"
    assert first[2].rstrip() == "┗ [6]   2 ┛  0    4   −3   −6         ·    ·    ·"
    assert second[1].rstrip() == "   1    3 ┏ [4]   0 ┓ −5   −2         6 ┃  4 ┃  ·"
    assert len(first) == 7


def test_the_part_with_the_window_is_shown() -> None:
    """Of a large map those rows and columns are shown in which the window stands."""
    text = plain(view(np.arange(1600).reshape(40, 40), width=40, step=(15, 15, 0)))
    assert text.splitlines()[0] == "input 40×40, rows 28–35 of 40, columns 28–32 of 40"
    assert "┃ 1230   1231 ┃" in text
    assert "┃ 1270  [1271]┃" in text
    assert "max(1230, 1231, 1270, 1271) = 1271" in text


def test_columns_are_aligned() -> None:
    """Every row of a grid is equally long, whatever its numbers."""
    text = plain(view([[1, -1000.5], [float("nan"), 1e-9]], width=None))
    rows = list(text.split("\n\n")[0].split("\n")[1:])
    assert len({len(row) for row in rows}) == 1


def test_channel_is_named_where_there_are_several() -> None:
    """Of several channels the shown one is named, and its values are shown."""
    text = plain(view(np.arange(8).reshape(2, 2, 2), step=(0, 0, 1)))
    assert text.startswith("input 2×2, channel 1\n")
    assert "max(4, 5, 6, 7) = 7" in text


def test_not_a_number_and_infinity_are_written() -> None:
    """NaN and infinities are shown as such, NaN winning."""
    text = plain(view(with_holes()))
    assert "[NaN]" in text
    assert "∞" in text
    assert "−∞" in text


@pytest.mark.parametrize("theme", THEMES)
def test_digits_are_legible_on_their_cells(theme: str) -> None:
    """On a terminal each cell has its value's colour, its digits reading well on it."""
    result = result_of(TEACHING)
    shown = ResultView(result, result.step(0, 0), Screen(THEMES[theme], 80))
    styles: list[Any] = [style for line in shown.lines() for _, style in line if style.bgcolor]
    assert len(styles) == 36 + 9
    for style in styles:
        assert contrast(style.color.triplet, style.bgcolor.triplet) >= 4.5


def test_piped_text_has_no_colours() -> None:
    """Where there is no terminal, cells have no colours."""
    assert not any(style.bgcolor for line in view(TEACHING).lines() for _, style in line)


@pytest.mark.parametrize(
    ("values", "kernel", "stride", "line"),
    [
        (np.zeros((6, 6)), 2, None, "36 → 9 values, 75 % fewer"),
        (np.zeros((3, 4, 4)), 2, None, "48 → 12 values, 75 % fewer"),
        (np.zeros((5, 5)), 2, 1, "25 → 16 values, 36 % fewer"),
        (np.zeros((100, 100)), 1, None, "10,000 → 10,000 values, the same number"),
        (np.zeros((2, 2)), 2, None, "4 → 1 value, 75 % fewer"),
    ],
)
def test_remaining_values_are_counted(
    values: ArrayLike, kernel: int, stride: int | None, line: str
) -> None:
    """How many values remain, of all channels, is said as a person would."""
    assert remaining(result_of(values, kernel_size=kernel, stride=stride)) == line


def test_values_that_are_added_are_counted() -> None:
    """Where padding makes more values than there were, that is said."""
    result = result_of(np.zeros((2, 2)), "max", 2, stride=1, padding=1)
    assert remaining(result) == "4 → 9 values, 125 % more"


def test_values_have_the_fewest_decimals_that_tell_a_window_apart() -> None:
    """The points are aligned, and the arithmetic says what the grid shows."""
    shown = plain(view([[0.123, 0.5], [0.124, 1.0]]))
    assert "┃ 0.123   0.500 ┃" in shown
    assert "max(0.123, 0.500, 0.124, 1.000) = 1.000" in shown


def test_small_values_share_a_power_of_ten() -> None:
    """It is said once for the grids, and behind each value in the arithmetic."""
    shown = plain(view([[5.327e-8, -2.279e-7], [-1.302e-7, 2e-7]]))
    assert shown.startswith("input 2×2, in units of 10⁻⁷\n")
    assert "  0.53   −2.28 " in shown
    assert "max(0.53e−7, −2.28e−7, −1.30e−7, 2.00e−7) = 2.00e−7" in shown


def test_numbers_of_a_large_map_are_chosen_without_a_copy_of_it() -> None:
    """A sample decides, so that printing a part takes far less memory than the map."""
    values = np.linspace(0, 3, 2000 * 2000, dtype=np.float32).reshape(2000, 2000)
    result = result_of(values, "max", 2)
    tracemalloc.start()
    numbers = shared_numbers(result, 0, [], Screen(THEMES["light"]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert numbers == Numbers(2)
    assert peak < values.nbytes
