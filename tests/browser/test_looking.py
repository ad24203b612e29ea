"""What a reader sees of a cell is what the engine computed, for any cell of any result."""

import re

import numpy as np
import pytest
from opened import Open
from pictures import TEACHING, noise, photo, result_of, with_holes

from poolviz import PoolResult
from poolviz.geometry import CellKind
from poolviz.views.panel import cell_text

pytestmark = pytest.mark.browser

DIGITS = np.random.default_rng(3).integers(-9, 10, (9, 9))
RESULTS = {
    "max, padded": result_of(TEACHING, "max", 3, stride=2, padding=1),
    "average, ceil": result_of(TEACHING, "average", 3, stride=2, ceil_mode=True),
    "softpool": result_of(noise(5, 6), "softpool", 2, stride=1),
    "max, dilated": result_of(DIGITS[:9, :9], "max", 3, stride=2, dilation=2),
    "adaptive": result_of(DIGITS[:7, :5], "average", output_size=3),
    "holes": result_of(with_holes(), "max", 2),
    "no digits": result_of(noise(40, 40), "max", 4),
    "no digits, shares": result_of(noise(30, 30), "average", 3, stride=3),
    "a large kernel": result_of(noise(40, 40), "max", 20),
}
CHOSEN = np.random.default_rng(8)


def some_steps(result: PoolResult) -> list[tuple[int, int]]:
    """Five output cells, the first and the last among them."""
    height, width = result.output_size
    picked = CHOSEN.integers(0, (height, width), (3, 2)).tolist()
    return [(0, 0), (height - 1, width - 1), *(tuple(place) for place in picked)]


@pytest.mark.parametrize("name", RESULTS)
def test_hovering_an_output_shows_its_window(name: str, show: Open) -> None:
    """Arithmetic, outlined window, outlined cell and winner are those of the step."""
    result = RESULTS[name]
    opened = show(result)
    first_row, first_column = (axis.extent[0] for axis in result.geometry.axes)
    for place in some_steps(result):
        step = result.step(*place)
        opened.point("output", place)
        assert opened.text("arithmetic") == step.arithmetic
        assert f"output ({place[0]}, {place[1]})" in opened.text("place")
        assert opened.framed("output") == (*place, 1, 1)
        corner = step.rows[0] - first_row, step.columns[0] - first_column
        size = step.rows[-1] + 1 - step.rows[0], step.columns[-1] + 1 - step.columns[0]
        assert opened.framed("input") == (*corner, *size)


@pytest.mark.parametrize("name", ["max, padded", "max, dilated", "holes", "a large kernel"])
def test_winner_has_a_ring_and_ties_dashed_ones(name: str, show: Open) -> None:
    """The ring stands on the winning cell; as many dashed ones as cells that tie with it."""
    result = RESULTS[name]
    opened = show(result)
    first = [axis.extent[0] for axis in result.geometry.axes]
    for place in some_steps(result):
        step = result.step(*place)
        assert step.winner is not None
        opened.point("output", place)
        row, column, rows, columns = opened.place("input", ".winner")
        middle = row + rows / 2, column + columns / 2
        winner = [at - start + 0.5 for at, start in zip(step.winner, first, strict=True)]
        assert middle == pytest.approx(winner, abs=0.06)
        assert opened.page.locator("#input .tie").count() == len(step.ties)


def test_winner_is_marked_on_the_enlarged_window(show: Open) -> None:
    """Where cells are small, winner and ties are told on the window beside."""
    result = RESULTS["no digits"]
    opened = show(result)
    step = result.step(3, 4)
    opened.point("output", (3, 4))
    texts = opened.page.locator("#window text").all_text_contents()
    assert texts == [cell_text(value) for value in step.cells.ravel()]
    columns = int(opened.data()["variants"][0]["channels"][0]["window"]["columns"])
    cell = float(opened.data()["variants"][0]["channels"][0]["window"]["cell"])
    ring = opened.page.locator("#window .winner")
    at = [float(ring.get_attribute(name) or 0) // cell for name in ("y", "x")]
    assert at[0] * columns + at[1] == int(step.cells.argmax())


@pytest.mark.parametrize("name", ["average, ceil", "softpool", "adaptive"])
def test_shares_are_bars(name: str, show: Open) -> None:
    """A bar for each cell with a share, as wide as its part of the largest share."""
    result = RESULTS[name]
    opened = show(result)
    for place in some_steps(result):
        step = result.step(*place)
        opened.point("output", place)
        bars = opened.page.locator("#input .share").all()
        widths = [float(bar.get_attribute("width") or 0) for bar in bars]
        shares = step.weights[step.kinds == CellKind.INPUT]
        shares = shares[shares > 0]
        assert len(widths) == len(shares)
        assert np.array(widths) / max(widths) == pytest.approx(shares / shares.max(), abs=0.05)


@pytest.mark.parametrize("name", ["max, padded", "max, dilated", "holes", "softpool"])
def test_hovering_an_input_cell_shows_its_windows(name: str, show: Open) -> None:
    """All windows that read it, found by going through all, and the outputs that it wins."""
    result = RESULTS[name]
    opened = show(result)
    height, width = result.feature_map.input_size
    first_row, first_column = (axis.extent[0] for axis in result.geometry.axes)
    steps = list(result.steps())
    for row, column in CHOSEN.integers(0, (height, width), (6, 2)).tolist():
        opened.point("input", (row - first_row, column - first_column))
        readers = [step for step in steps if row in step.rows and column in step.columns]
        won = [step.index for step in readers if step.winner == (row, column)]
        assert opened.page.locator("#input .reader").count() == len(readers)
        assert opened.page.locator("#output .winner").count() == len(won)
        value = cell_text(result.feature_map.values[0, row, column])
        assert opened.text("arithmetic") == f"input ({row}, {column}) = {value}"
        told = opened.text("place")
        assert told.startswith(f"read by {len(readers)} window" if readers else "read by no window")
        if result.mode.picks and readers:
            listed = ", ".join(f"({down}, {right})" for down, right in won)
            assert told.endswith(f"wins {len(won)}: {listed}" if won else "wins none")


def test_padding_and_overhang_are_told_apart(show: Open) -> None:
    """Over a cell outside the input its kind is said, and what it acts as."""
    opened = show(RESULTS["max, padded"])
    opened.point("input", (0, 0))
    assert opened.text("arithmetic") == "input (−1, −1): padding, as −∞"
    opened = show(RESULTS["average, ceil"])
    opened.point("input", (6, 2))
    assert opened.text("arithmetic") == "input (6, 2): overhang, never counted"


def test_cell_that_no_window_reads_is_hatched_and_said(show: Open) -> None:
    """The dropped edge."""
    opened = show(result_of(TEACHING, "max", 4))
    opened.point("input", (5, 0))
    assert opened.text("place") == "read by no window"
    # Of a map of 6×6 the last two rows and columns.
    assert opened.page.locator('#input rect[fill="url(#hatch)"]').count() == 20


def test_leaving_goes_back_to_the_step(show: Open) -> None:
    """To look at a cell changes no step; to press on an output does."""
    result = RESULTS["max, padded"]
    opened = show(result)
    opened.point("output", (2, 1))
    opened.page.mouse.move(5, 5)
    assert opened.text("arithmetic") == result.step(0, 0).arithmetic
    opened.point("output", (2, 1), press=True)
    opened.page.mouse.move(5, 5)
    assert opened.text("arithmetic") == result.step(2, 1).arithmetic


def test_image_shows_its_own_colours(show: Open) -> None:
    """Of a photograph without digits each pixel is the image's own."""
    values = photo(40, 40)
    result = result_of(values, "max", 2, channel_names=("R", "G", "B"), value_range=(0, 255))
    opened = show(result)
    pixels = opened.page.evaluate(
        """async () => {
            const image = new Image();
            image.src = document.querySelector("#input image").getAttribute("href");
            await image.decode();
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [image.width, image.height];
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            return [...context.getImageData(0, 0, image.width, image.height).data];
        }"""
    )
    seen = np.array(pixels, np.uint8).reshape(40, 40, 4)[..., :3]
    assert np.array_equal(seen.transpose(2, 0, 1), values)


def test_values_are_said_with_a_true_minus_sign(show: Open) -> None:
    """No hyphen stands for a sign."""
    opened = show(RESULTS["softpool"])
    opened.point("input", (1, 1))
    assert not re.search(r"-\d", opened.text("arithmetic") + opened.text("place"))
