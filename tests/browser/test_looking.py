"""What a reader sees of a cell is what the engine computed, for any cell of any result."""

import re

import numpy as np
import pytest
from opened import Open
from pictures import TEACHING, noise, numbers_of, photo, result_of, with_holes
from playwright.sync_api import expect

from poolviz import FeatureMap, PoolResult, PoolSpec
from poolviz.analysis import Question
from poolviz.analysis.shift import Movement, shift
from poolviz.text import Numbers
from poolviz.views.answers.shift import page
from poolviz.views.scene.elements import cell_text
from poolviz.views.scene.style import THEMES

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


def in_cell(value: np.generic) -> str:
    """Whole numbers as they are, others with two decimals."""
    if not np.isfinite(value) or float(value).is_integer():
        return cell_text(value)
    return f"{float(value):.2f}".replace("-", "−")


def some_steps(result: PoolResult) -> list[tuple[int, int]]:
    """Five output cells, the first and the last among them."""
    height, width = result.output_size
    picked = np.random.default_rng(8).integers(0, (height, width), (3, 2)).tolist()
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
        assert opened.text("arithmetic") == step.written(numbers_of(result))
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
    assert texts == [in_cell(value) for value in step.cells.ravel()]
    columns = int(opened.data()["variants"][0]["channels"][0]["window"]["columns"])
    cell = float(opened.data()["variants"][0]["channels"][0]["window"]["cell"])
    ring = opened.page.locator("#window .winner")
    at = [float(ring.get_attribute(name) or 0) // cell for name in ("y", "x")]
    assert at[0] * columns + at[1] == int(step.cells.argmax())


@pytest.mark.parametrize("name", ["average, ceil", "softpool", "adaptive"])
def test_shares_are_bars(name: str, show: Open) -> None:
    """A bar for each cell with a share; its track is all of the result."""
    result = RESULTS[name]
    opened = show(result)
    for place in some_steps(result):
        step = result.step(*place)
        opened.point("output", place)
        bars = opened.page.locator("#input .share").all()
        widths = [float(bar.get_attribute("width") or 0) for bar in bars]
        shares = step.shares[step.shares > 0]
        assert len(widths) == len(shares)
        track = float(opened.page.locator("#input .track").first.get_attribute("width") or 0)
        assert np.array(widths) / track == pytest.approx(shares, abs=0.03)


@pytest.mark.parametrize("name", ["max, padded", "max, dilated", "holes", "softpool"])
def test_hovering_an_input_cell_shows_its_windows(name: str, show: Open) -> None:
    """All windows that read it, found by going through all, and the outputs that it wins."""
    result = RESULTS[name]
    opened = show(result)
    height, width = result.feature_map.input_size
    first_row, first_column = (axis.extent[0] for axis in result.geometry.axes)
    steps = list(result.steps())
    for row, column in np.random.default_rng(6).integers(0, (height, width), (6, 2)).tolist():
        opened.point("input", (row - first_row, column - first_column))
        readers = [step for step in steps if row in step.rows and column in step.columns]
        won = [step.index for step in readers if step.winner == (row, column)]
        assert opened.page.locator("#input .reader").count() == len(readers)
        assert opened.page.locator("#output .winner").count() == len(won)
        value = in_cell(result.feature_map.values[0, row, column])
        assert opened.text("arithmetic") == f"input ({row}, {column}) = {value}"
        told = opened.text("place")
        assert told.startswith(
            f"read by {len(readers)} window" if readers else "not read by any window"
        )
        if result.mode.picks and readers:
            # The first six of them.
            listed = ", ".join(f"({down}, {right})" for down, right in won[:6])
            assert (f"wins in {len(won)}: {listed}" if won else "wins in none") in told
            assert ("…" in told) == (len(won) > 6)


def test_padding_and_overhang_are_told_apart(show: Open) -> None:
    """Over a cell outside the input its kind is said, and what it acts as."""
    opened = show(RESULTS["max, padded"])
    opened.point("input", (0, 0))
    assert opened.text("arithmetic") == "input (−1, −1): padding, counts as −∞"
    opened = show(RESULTS["average, ceil"])
    opened.point("input", (6, 2))
    assert opened.text("arithmetic") == "input (6, 2): overhang, never counted"


def test_cell_that_no_window_reads_is_hatched_and_said(show: Open) -> None:
    """The dropped edge."""
    opened = show(result_of(TEACHING, "max", 4))
    opened.point("input", (5, 0))
    assert opened.text("place") == "not read by any window"
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


def test_cells_that_a_dilated_window_skips_are_veiled(show: Open) -> None:
    """Of 5×5 cells that nine taps span, the sixteen between them; the words name the taps."""
    opened = show(RESULTS["max, dilated"])
    opened.point("output", (1, 1))
    assert opened.page.locator("#input .skipped").count() == 16
    assert opened.text("place").startswith("output (1, 1) reads rows 2, 4, 6, columns 2, 4, 6")


def test_enlarged_window_has_room_for_the_largest(show: Open) -> None:
    """Also where the first window is smaller than others."""
    result = result_of(noise(29, 29), "average", output_size=9)
    opened = show(result)
    sizes = {}
    for place in [(0, 0), (0, 4), (4, 4)]:
        step = result.step(*place)
        opened.point("output", place)
        sizes[place] = step.cells.size
        assert opened.page.locator("#window .share").count() == step.cells.size
        frame = opened.page.locator("#window .frame rect").last
        sides = [float(frame.get_attribute(name) or 0) for name in ("height", "width")]
        cell = float(opened.data()["variants"][0]["channels"][0]["window"]["cell"])
        # The outline lies just around the cells.
        assert [round(side / cell) for side in sides] == [len(step.rows), len(step.columns)]
    assert len(set(sizes.values())) > 1


def test_outputs_that_differ_have_marked_corners(show: Open) -> None:
    """Those that the command marks, and a line says what the mark means."""
    source = FeatureMap(np.array(TEACHING))
    shifts = shift(Question(source, PoolSpec("max", 2)), ["max"], Movement((0, 1)))
    opened = show(page(shifts, THEMES["light"]))
    assert opened.page.locator("#output .marked").count() == 0
    opened.page.locator("#variant").select_option("1")
    changed = sum(
        shifts.maps[1].before[0, row, column] != shifts.maps[1].after[0, row, column]
        for row in range(3)
        for column in range(3)
    )
    assert changed > 0
    assert opened.page.locator("#output .marked").count() == changed
    assert "moved 1 column to the right" in opened.text("notes")


def test_digits_are_black_or_white_as_reads_better(show: Open) -> None:
    """On the darkest cell they are white, on the brightest black."""
    opened = show(result_of(np.arange(36.0).reshape(6, 6), "max", 2))
    texts = opened.page.locator("#input text")
    inks = [texts.nth(at).get_attribute("fill") for at in (0, 35)]
    assert inks == ["#ffffff", "#000000"]


def test_padding_shows_what_it_acts_as(show: Open) -> None:
    """−∞ for max, 0 for an average, in each of the 28 cells around 6×6."""
    opened = show(RESULTS["max, padded"])
    assert opened.page.locator("#input text").all_text_contents().count("−∞") == 28
    opened = show(result_of(np.full((6, 6), 7), "average", 3, stride=2, padding=1))
    assert opened.page.locator("#input text").all_text_contents().count("0") == 28


def test_unread_rows_of_small_cells_are_hatched(show: Open) -> None:
    """As bands over the picture of the cells: 41 cells of which 4×4 windows read 40."""
    opened = show(result_of(noise(41, 41), "max", 4))
    assert opened.page.locator('#input rect[fill="url(#hatch)"]').count() == 2


def test_window_and_output_are_linked(show: Open) -> None:
    """A wedge between panels, from the corners of the window to those of the next cells."""
    opened = show(RESULTS["max, padded"], viewport={"width": 1280, "height": 720})
    assert opened.page.locator("#links line").count() == 2
    frame = opened.page.locator("#input .frame rect").last.bounding_box()
    stage = opened.page.locator("#panels").bounding_box()
    assert frame is not None
    assert stage is not None
    cell = opened.page.locator("#output .frame rect").last.bounding_box()
    assert cell is not None
    ends = [
        [float(line.get_attribute(name) or 0) for name in ("x1", "y1", "x2", "y2")]
        for line in opened.page.locator("#links line").all()
    ]
    right, left = frame["x"] + frame["width"] - stage["x"], cell["x"] - stage["x"]
    tops = frame["y"] - stage["y"], cell["y"] - stage["y"]
    feet = tops[0] + frame["height"], tops[1] + cell["height"]
    assert ends[0] == pytest.approx([right, tops[0], left, tops[1]], abs=5)
    assert ends[1] == pytest.approx([right, feet[0], left, feet[1]], abs=5)
    assert opened.page.locator("#links polygon").count() == 1
    opened = show(RESULTS["no digits"])
    assert opened.page.locator("#links line").count() == 2
    opened.point("input", (3, 3))
    assert opened.page.locator("#links line").count() == 0


def test_links_follow_when_the_page_is_resized(show: Open) -> None:
    """Panels are laid out anew, and lines with them."""
    opened = show(RESULTS["max, padded"])
    line = opened.page.locator("#links line").first
    before = line.get_attribute("x1")
    opened.page.set_viewport_size({"width": 1700, "height": 1000})
    expect(line).not_to_have_attribute("x1", before or "")


def test_input_cell_shows_the_outputs_that_read_it(show: Open) -> None:
    """Each with its value and an outline of its own, none between them."""
    result = RESULTS["max, dilated"]
    opened = show(result)
    opened.point("input", (4, 4))
    readers = [step for step in result.steps() if 4 in step.rows and 4 in step.columns]
    assert opened.page.locator("#output .reader").count() == len(readers)
    texts = opened.page.locator("#output .marks text").all_text_contents()
    assert texts == [in_cell(step.value) for step in readers]


def test_words_around_the_panels(show: Open) -> None:
    """Summary, size formula, how many values remain, legend, value scale."""
    opened = show(RESULTS["max, padded"])
    assert opened.text("summary") == "Max pooling, 3×3, stride 2, padding 1"
    assert opened.text("name") == RESULTS["max, padded"].feature_map.name
    notes = opened.text("notes")
    assert "output size: ⌊(6 + 2·1 − 3) / 2⌋ + 1 = 3" in notes
    assert "36 → 9 values, 75 % fewer" in notes
    swatches = opened.page.locator("#key li").all_inner_texts()
    assert swatches == ["the cell that gives the output", "equal cells", "padding, counts as −∞"]
    assert opened.page.locator("#key svg").count() == len(swatches)
    scale = opened.page.locator("#scale")
    assert scale.get_attribute("aria-label") == "value scale from −9 to 9"
    assert scale.locator("rect").count() == 32
    opened = show(RESULTS["holes"])
    assert opened.page.locator("#scale text").all_text_contents()[2:] == ["NaN", "∞", "−∞"]


def test_winner_is_named_even_where_it_is_not_shown(show: Open) -> None:
    """One window over more cells than a page shows: its place is said, no ring stands astray."""
    values = np.zeros((700, 700))
    values[690, 690] = 5
    opened = show(result_of(values, "max", output_size=1))
    assert opened.text("place").endswith("(690, 690) wins")
    assert opened.page.locator("#input .winner").count() == 0


def test_tie_is_said_of_an_input_cell(show: Open) -> None:
    """It does not win, and is not told to have lost."""
    opened = show(result_of([[5, 5], [1, 2]], "max", 2))
    opened.point("input", (0, 1))
    assert opened.text("place") == "read by 1 window, wins in none, ties in 1: (0, 0)"


def test_page_of_a_part_counts_from_the_whole_map(show: Open) -> None:
    """Places, values beside each other, and links are those of the whole map's cells."""
    values = np.zeros((300, 300))
    values[200:210, 130:140] = noise(10, 10)
    values[203, 135] = 9.25
    results = {mode: result_of(values, mode, 2) for mode in ("max", "average")}
    opened = show(results)
    axes = (opened.data()["variants"][0][name] for name in ("rows", "columns"))
    first_row, first_column = (axis["firstWindow"] for axis in axes)
    assert first_row <= 101 < first_row + 32
    opened.point("output", (101 - first_row, 67 - first_column), press=True)
    step = results["max"].step(101, 67)
    assert step.value == 9.25
    # Some windows have values that read the same with two decimals.
    assert opened.text("arithmetic") == step.written(Numbers(3))
    assert "output (101, 67) reads rows 202–203, columns 134–135" in opened.text("place")
    values_shown = opened.page.locator("#strip b").all_inner_texts()
    shown_in_full = [f"{each.step(101, 67).value:.3f}" for each in results.values()]
    assert values_shown == shown_in_full
    opened.page.locator("#variant").select_option("1")
    average = results["average"].step(101, 67)
    assert opened.text("arithmetic") == average.written(Numbers(3))
