"""Photographs and large maps: the whole beside a part, and the window of each colour."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from opened import Open, Opened
from pictures import noise, photo, result_of
from playwright.sync_api import expect

from poolviz import PoolResult

pytestmark = pytest.mark.browser

COLORS = "red", "green", "blue"
RGB: dict[str, Any] = {"channel_names": ("R", "G", "B"), "value_range": (0, 255)}
PHOTO = result_of(photo(300, 200), "max", 2, **RGB)
RESULTS = {
    "2×2": PHOTO,
    "4×4": result_of(photo(300, 200), "average", 4, **RGB),
    "8×8": result_of(photo(600, 500), "max", 8, **RGB),
    "20×20": result_of(photo(600, 500), "max", 20, **RGB),
    "shown whole": result_of(photo(24, 24), "max", 2, **RGB),
    "large map": result_of(noise(400, 300), "max", 2),
}


def first_output(opened: Opened) -> list[int]:
    """The row and column of the first output cell that the page shows."""
    variant = opened.data()["variants"][0]
    return [int(variant[axis]["firstWindow"]) for axis in ("rows", "columns")]


def steps_of(result: PoolResult, opened: Opened, at: tuple[int, int]) -> list[Any]:
    """The window of red, green and blue of the output in a row and column of the panel."""
    row, column = (first + each for first, each in zip(first_output(opened), at, strict=True))
    return [result.step(row, column, channel) for channel in range(3)]


def test_window_of_each_colour_is_shown(show: Open) -> None:
    """Its cells with the winner in bold, what comes of it, and the colour of all three."""
    opened = show(PHOTO)
    opened.point("output", (3, 5))
    steps = steps_of(PHOTO, opened, (3, 5))
    for name, number, step in zip(COLORS, ("", "-2", "-3"), steps, strict=True):
        window = opened.page.locator(f"#window{number}")
        cells = window.locator(".marks text")
        assert cells.all_text_contents() == [str(value) for value in step.cells.ravel()]
        bold = [cell.get_attribute("font-weight") for cell in cells.all()]
        assert bold.index("bold") == int(step.cells.argmax())
        assert window.locator(".winner").count() == 1
        assert window.locator("figcaption").inner_text().split() == [name, "→", str(step.value)]
    made = opened.page.locator("#made .marks rect").get_attribute("fill")
    assert made == "#" + "".join(f"{int(step.value):02x}" for step in steps)
    lines = opened.text("arithmetic").split("\n")
    assert lines == [f"{name}: {step.arithmetic}" for name, step in zip(COLORS, steps, strict=True)]
    assert "in colour" in opened.text("notes")
    assert opened.page.locator("#channel").is_hidden()


def test_cell_of_an_image_has_three_values(show: Open) -> None:
    """By pointer and by the arrow keys; each colour is told to win or not."""
    opened = show(PHOTO)
    opened.point("input", (1, 2), press=True)
    axes = opened.data()["variants"][0]
    for right in (2, 3):
        row, column = axes["rows"]["first"] + 1, axes["columns"]["first"] + right
        values = PHOTO.feature_map.values[:, row, column].tolist()
        told = ", ".join(f"{name} {value}" for name, value in zip(COLORS, values, strict=True))
        assert opened.text("arithmetic") == f"input ({row}, {column}) = {told}"
        words = opened.text("place")
        assert words.startswith("read by 1 window; red ")
        for name, step in zip(COLORS, steps_of(PHOTO, opened, (0, 1)), strict=True):
            wins = step.winner == (row, column)
            assert (f"{name} wins in 1" in words) == wins
        opened.grid("input").focus()
        opened.page.keyboard.press("ArrowRight")


def test_arrow_keys_walk_through_the_part(show: Open) -> None:
    """Over the output, from cell to cell; the address has the step."""
    opened = show(PHOTO)
    opened.grid("output").focus()
    for key in ("ArrowDown", "ArrowRight"):
        opened.page.keyboard.press(key)
    steps = steps_of(PHOTO, opened, (1, 1))
    assert opened.text("arithmetic").startswith(f"red: {steps[0].arithmetic}\n")
    expect(opened.page).to_have_url(opened.page.url.split("#")[0] + "#step=34")


@pytest.mark.parametrize("name", ["2×2", "large map"])
def test_part_is_framed_in_the_whole(name: str, show: Open) -> None:
    """The frame covers the rows and columns that the title names."""
    result = RESULTS[name]
    opened = show(result)
    height, width = result.feature_map.input_size
    axes = opened.data()["variants"][0]
    frame = opened.page.locator("#whole-input .frame rect").last
    x, y, wide, high = (
        float(frame.get_attribute(each) or 0) for each in ("x", "y", "width", "height")
    )
    sides = opened.data()["variants"][0]["channels"][0]["input"]["whole"]["size"]
    # The outline lies around what it frames, two pixels before and one behind.
    for axis, total, side, start, long in [
        (axes["columns"], width, sides[0], x + 2, wide - 3),
        (axes["rows"], height, sides[1], y + 2, high - 3),
    ]:
        assert start == pytest.approx(axis["first"] * side / total, abs=0.1)
        assert long == pytest.approx(len(axis["kinds"]) * side / total, abs=0.1)
    assert opened.page.locator("#whole-output .frame rect").count() == 2


def test_whole_is_not_shown_twice(show: Open) -> None:
    """No small picture stands beside a map that is shown whole."""
    opened = show(RESULTS["shown whole"])
    assert opened.page.locator("#whole").is_hidden()
    assert opened.page.locator("#window-3").is_visible()


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 720), (1920, 1080)])
def test_all_of_a_photograph_fits(name: str, width: int, height: int, show: Open) -> None:
    """Grids side by side or below each other, nothing over another thing, in sight with play."""
    opened = show(RESULTS[name], viewport={"width": width, "height": height})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    if (name, width) != ("8×8", 360):
        # Three enlarged windows of 64 cells are too much for a phone.
        assert opened.page.evaluate("document.documentElement.scrollHeight") <= height
    for part in ("#input .holder", "#output .holder", "#play", "#step"):
        box = opened.page.locator(part).bounding_box()
        assert box is not None
        assert 0 <= box["y"] <= box["y"] + box["height"] <= height
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    boxes = [
        figure.evaluate("figure => figure.getBoundingClientRect().toJSON()")
        for figure in opened.page.locator("#panels figure:visible").all()
    ]
    for first, second in pairwise(boxes):
        right, below = second["left"] >= first["right"] - 1, second["top"] >= first["bottom"] - 1
        # An output may begin above the foot of the whole maps, or of the input, beside it.
        assert right or below or second["top"] < first["top"]


def test_winners_of_large_windows_are_rings_on_the_image(show: Open) -> None:
    """One for each colour: there is no enlarged window, and the words name the places."""
    result = RESULTS["20×20"]
    opened = show(result)
    opened.point("output", (1, 1))
    assert opened.page.locator("#input .winner").count() == 3
    assert opened.page.locator("#windows").is_hidden()
    row, column = steps_of(result, opened, (1, 1))[2].winner
    assert f"at row {row}, column {column}" in opened.text("arithmetic").split("\n")[2]


def test_copy_of_a_photograph_has_all_of_it(show: Open) -> None:
    """The whole, the part, the windows of the colours with their values."""
    opened = show(PHOTO, permissions=["clipboard-read", "clipboard-write"])
    opened.page.click("#copy-svg")
    expect(opened.page.locator("#done")).to_have_text("copied")
    drawn = opened.page.evaluate("navigator.clipboard.readText()")
    # The whole input and output, and their parts.
    assert drawn.count("<image") == 4
    value = PHOTO.step(*first_output(opened), 0).value
    assert f"red → {value}" in drawn
    assert "the whole input" in drawn


def test_menu_of_channels_says_how_they_are_ordered(show: Open) -> None:
    """Those of most contrast first; the one that was asked for is chosen."""
    result = result_of(np.eye(6) * np.arange(12)[:, None, None], "max", 2)
    opened = show(result)
    assert opened.text("channel-label") == "channel (12, most contrast first)"
    options = opened.page.locator("#channel option").all_inner_texts()
    assert options == [str(number) for number in range(11, -1, -1)]
    assert opened.page.locator("#channel").input_value() == "11"
    assert "contrast" in opened.text("notes")


@pytest.mark.parametrize("name", ["8×8", "2×2"])
def test_windows_of_all_colours_fit_a_phone(name: str, show: Open) -> None:
    """None is cut; those of many cells have no digits there, small ones keep theirs."""
    opened = show(RESULTS[name], viewport={"width": 360, "height": 740})
    windows = opened.page.locator("#windows")
    assert windows.evaluate("each => each.scrollWidth <= each.clientWidth + 1")
    digits = opened.page.locator("#window-3 .marks text").first
    assert digits.is_visible() == (name == "2×2")
