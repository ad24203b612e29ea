"""Pictures in half-block cells, looked at as a terminal renders them."""

import io
from typing import Any

import numpy as np
import pytest
from pictures import noise, photo, result_of
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from poolviz.feature_map import RGB
from poolviz.result import PoolResult, Step
from poolviz.views.scene.style import THEMES
from poolviz.views.terminal import picture
from poolviz.views.terminal.grid import Screen, Segments
from poolviz.views.terminal.picture import Overview, overview_of
from poolviz.views.terminal.result import ResultView

THEME = THEMES["light"]
Pixel = tuple[int, ...] | None


def image(values: Any, mode: str = "max", kernel_size: Any = 2, **options: Any) -> PoolResult:
    """An image in colour, pooled."""
    return result_of(values, mode, kernel_size, channel_names=RGB, value_range=(0, 255), **options)


def terminal(system: Any = "truecolor") -> Console:
    """A wide terminal with a colour system."""
    return Console(
        file=io.StringIO(), width=200, color_system=system, force_terminal=True,
        legacy_windows=False,
    )  # fmt: skip


def rendered(lines: list[Segments]) -> list[list[tuple[str, Any]]]:
    """The cells of a terminal that shows ``lines``: each with its sign and its style."""
    texts = [Text.assemble(*line) for line in lines]
    rows = [terminal().render_lines(text, pad=False)[0] if text else [] for text in texts]
    return [[(sign, part.style) for part in row for sign in part.text] for row in rows]


def pixels(lines: list[Segments]) -> list[list[Pixel]]:
    """Two rows of colours for each line below the titles; None where there is none."""

    def code(color: Color | None) -> Pixel:
        return tuple(color.get_truecolor()) if color else None

    rows: list[list[Pixel]] = []
    for line in rendered(lines):
        if any(sign not in " ▀▄·" for sign, _ in line):
            assert not rows
            continue
        upper, lower = [], []
        for sign, style in line:
            ink, ground = code(style.color), code(style.bgcolor)
            upper.append(ink if sign == "▀" else None)
            lower.append(ink if sign == "▄" else ground)
        rows += [upper, lower]
    return rows


def words(lines: Any) -> list[str]:
    """Lines as text."""
    return ["".join(part for part, _ in line).rstrip() for line in lines]


def overview(result: PoolResult, width: int = 80, lines: int = 12, channel: int = 0) -> Overview:
    """Its pictures on a screen."""
    return Overview(result, channel, Screen(THEME, width, picture_lines=lines))


def area(rows: list[list[Pixel]], left: int, width: int) -> list[list[Pixel]]:
    """Some columns of a picture."""
    return [row[left : left + width] for row in rows]


def places(step: Step) -> tuple[tuple[range, range], tuple[range, range]]:
    """What is framed for a step: its window, and its output."""
    row, column = step.index
    return (step.rows, step.columns), (range(row, row + 1), range(column, column + 1))


def box(rows: list[list[Pixel]]) -> tuple[int, int, int, int]:
    """(top, left, bottom, right) of everything in the accent colour."""
    accent = Screen(THEME).accent
    found = [(y, x) for y, row in enumerate(rows) for x, pixel in enumerate(row) if pixel == accent]
    return (*map(min, zip(*found, strict=True)), *map(max, zip(*found, strict=True)))


def test_each_pixel_has_its_colour() -> None:
    """Four colours as a 2×2 image: the upper half of a cell is one row, its ground the next."""
    values = np.array([[[255, 0], [0, 9]], [[0, 255], [0, 9]], [[0, 0], [255, 9]]], np.uint8)
    shown = overview(image(values, kernel_size=1), lines=4)
    lines = shown.lines(places(shown.result.step(0, 0)))
    assert "".join(part for part, _ in lines[0]).split() == [
        "input", "2×2", "output", "2×2,", "max", "1×1,", "stride", "1"
    ]  # fmt: skip
    # Four rows, with a row above and below for the frame, which covers the third of both.
    rows = area(pixels(lines[1:]), 1, 4)
    assert len(rows) == 6
    assert rows[1][:2] == [(255, 0, 0)] * 2
    assert rows[1][3] == (0, 255, 0)
    assert rows[4] == [(0, 0, 255)] * 2 + [(9, 9, 9)] * 2


def test_colours_are_means() -> None:
    """A chequerboard of black and white, far smaller, is grey everywhere."""
    board = np.indices((400, 400)).sum(axis=0) % 2 * 255
    shown = overview(image(np.stack([board] * 3).astype(np.uint8), "average"), lines=7)
    rows = pixels(shown.lines(places(shown.result.step(199, 199))))
    inside = {pixel for row in area(rows[4:-4], 2, 4) for pixel in row}
    assert inside == {(128, 128, 128)}


SHAPES = [(1, 600), (600, 1), (3, 400), (28, 28), (16, 9), (90, 160), (600, 512), (40, 41)]


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("width", "lines"), [(40, 8), (80, 12), (120, 23), (200, 40)])
def test_pictures_fit_the_screen(shape: tuple[int, int], width: int, lines: int) -> None:
    """Beside each other or above each other, within their lines and the width, and not small."""
    kernel = tuple(min(2, length) for length in shape)
    result = result_of(noise(*shape), kernel_size=kernel)
    shown = overview(result, width, lines)
    found = rendered(shown.lines(places(result.step(0, 0))))
    assert len(found) <= lines
    assert max(map(len, found)) <= width
    # And they use the room that there is.
    assert 2 * len(found) > lines or 2 * max(map(len, found)) > width


@pytest.mark.parametrize("cell", [(0, 0), (3, 5), (9, 9)])
def test_frames_are_where_the_window_and_its_output_are(cell: tuple[int, int]) -> None:
    """With one pixel for each cell, the window's cells lie within the frame."""
    result = image(photo(20, 20))
    shown = overview(result, lines=12)
    rows = pixels(shown.lines(places(result.step(*cell))))
    y, x = 2 * cell[0], 2 * cell[1]
    expected = y, x, y + 3, x + 3
    assert box(area(rows, 0, 22)) == expected
    left = max(22, len("input 20×20")) + 4
    assert box(area(rows, left, 22)) == expected


def test_frame_of_a_window_in_the_padding_is_at_the_edge() -> None:
    """A window that reads no cell of the map, too, has a frame that is drawn."""
    result = image(photo(20, 20), "average", 2, stride=1, padding=1, dilation=1)
    shown = overview(result)
    assert box(area(pixels(shown.lines(places(result.step(0, 0)))), 0, 22)) == (0, 0, 2, 2)


def test_outputs_to_come_are_dots() -> None:
    """After seven of 14 rows, the lower half of the output is dots, and the input is complete."""
    result = result_of(noise(28, 28))
    shown = overview(result, lines=16)
    # One pixel for each cell, two for each output.
    there = np.arange(196).reshape(14, 14) < 98
    found = rendered(shown.lines(places(result.step(6, 13)), there))
    text = ["".join(sign for sign, _ in line) for line in found]
    dotted = [number for number, line in enumerate(text) if "·" in line]
    assert dotted == list(range(9, 16)) or dotted == list(range(8, 15))
    assert not any("·" in line[:30] for line in text)


@pytest.mark.parametrize(
    ("values", "screen", "expected"),
    [
        (noise(6, 6), Screen(THEME, 80, picture_lines=12), False),
        (noise(28, 28), Screen(THEME, 80, picture_lines=12), True),
        (noise(1, 600), Screen(THEME, 80, picture_lines=12), True),
        (noise(28, 28), Screen(THEME, 80), False),
        (noise(28, 28), Screen(THEME, 80, picture_lines=12, full=True), False),
        (noise(28, 28), Screen(THEME), False),
        (np.arange(144).reshape(12, 12), Screen(THEME, 80, picture_lines=12), False),
    ],
)
def test_maps_of_which_a_part_would_be_shown_have_pictures(
    values: Any, screen: Screen, expected: bool
) -> None:
    """Small ones are shown in full; without colours, and with --full, there is no picture."""
    result = result_of(values, kernel_size=(min(2, len(values)), 2))
    assert (overview_of(result, 0, screen) is not None) == expected


def test_window_of_an_image_in_each_channel() -> None:
    """Three grids, each with its winner and the value that it gives; the values are the cells'."""
    values = np.array([[[1, 2], [3, 4]], [[8, 7], [6, 5]], [[10, 30], [20, 30]]], np.uint8)
    result = image(values)
    screen = Screen(THEME, 80, picture_lines=12)
    view = ResultView(result, result.step(0, 0), screen, overview_of(result, 0, screen))
    shown = words(view.lines())
    at = shown.index("red → 4    green → 8  blue → 30")
    assert shown[at + 1 : at + 5] == [
        "┏━━━━━━━┓  ┏━━━━━━━┓  ┏━━━━━━━━━┓",
        "┃ 1   2 ┃  ┃[8]  7 ┃  ┃ 10  [30]┃",
        "┃ 3  [4]┃  ┃ 6   5 ┃  ┃ 20  (30)┃",
        "┗━━━━━━━┛  ┗━━━━━━━┛  ┗━━━━━━━━━┛",
    ]
    assert shown[at - 1] == "framed: rows 0 to 1, columns 0 to 1 → output (0, 0) ██"
    assert shown[-7:] == [
        "",
        "red: max(1, 2, 3, 4) = 4",
        "green: max(8, 7, 6, 5) = 8",
        "blue: max(10, 30, 20, 30) = 30",
        "output size: ⌊(2 − 2) / 2⌋ + 1 = 1",
        "12 → 3 values, 75 % fewer",
        "[ ] the cell that gives the output   ( ) equal cells",
    ]


def test_swatch_has_the_colour_of_the_output() -> None:
    """Made of the values of the three channels."""
    values = np.array([[[1, 2], [3, 4]], [[8, 7], [6, 5]], [[10, 30], [20, 30]]], np.uint8)
    result = image(values)
    ((_, style),) = [part for part in overview(result).swatch((0, 0)) if "█" in part[0]]
    assert style.color is not None
    assert tuple(style.color.get_truecolor()) == (4, 8, 30)


@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.parametrize("kernel", [2, 4, 9, 30])
def test_large_windows_are_cut_around_their_winners(width: int, kernel: int) -> None:
    """However large the window, its winners are shown, and no line is wider than the screen."""
    result = image(photo(90, 90), kernel_size=kernel)
    view = ResultView(result, result.step(1, 1), Screen(THEME, width))
    lines = words(view.grids())
    assert max(map(len, lines[1:])) <= width
    assert sum(line.count("[") for line in lines) == 3
    assert len(lines) <= 14 if width >= 80 else True
    for channel in range(3):
        assert f"[{result.output[channel, 1, 1]}]" in "\n".join(lines)


def test_256_colours_are_enough() -> None:
    """There, colours are those of the palette."""
    # rich keeps in a style the codes for the first terminal, of which a process has one.
    picture._look.cache_clear()  # noqa: SLF001 - no terminal's user needs it
    Style._add.cache_clear()  # noqa: SLF001 - as above
    shown = overview(image(photo(20, 20)))
    lines = shown.lines(places(shown.result.step(0, 0)))
    console = terminal("256")
    for line in lines:
        console.print(Text.assemble(*line))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "38;5;" in printed
    assert "38;2;" not in printed
