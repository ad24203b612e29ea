"""Themes, widths, addresses, copies, paper, names, accessibility, notebooks."""

import base64
import html
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from opened import Open, Opened
from pictures import TEACHING, noise, numbers_of, photo, result_of
from playwright.sync_api import expect

from poolviz.analysis.example import best_window
from poolviz.text import Numbers
from poolviz.views.page import PageContent, Variant
from poolviz.views.paint.formats import Pace
from poolviz.views.scene.style import THEMES

pytestmark = pytest.mark.browser

RESULT = result_of(TEACHING, "max", 3, stride=2, padding=1)
COMPARED = {mode: result_of(TEACHING, mode, 2) for mode in ("max", "average", "median")}
CHANNELS = result_of(noise(3, 6, 6), "max", 2)
ATTACK = "</script><img src=x onerror=\"document.title='hit'\"><!--"


COLORED = result_of(photo(300, 200), "max", 2, channel_names=("R", "G", "B"), value_range=(0, 255))


def rgb(theme: str, name: str) -> str:
    """A theme's colour as a browser tells it."""
    red, green, blue = getattr(THEMES[theme], name)
    return f"rgb({red}, {green}, {blue})"


def has_background(opened: Opened, theme: str) -> None:
    """The page has the theme's, or will have it soon."""
    expect(opened.page.locator("html")).to_have_css("background-color", rgb(theme, "background"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_follows_the_system(theme: Any, show: Open) -> None:
    """Also when the system's changes while the page is open."""
    other = "dark" if theme == "light" else "light"
    opened = show(RESULT, color_scheme=theme)
    has_background(opened, theme)
    opened.page.emulate_media(color_scheme=other)
    has_background(opened, other)


def test_theme_is_chosen(show: Open) -> None:
    """By the reader, or by whoever made the page."""
    opened = show(RESULT)
    opened.page.locator("#theme").select_option("dark")
    has_background(opened, "dark")
    dark = PageContent([Variant("max", RESULT)], theme=THEMES["dark"])
    has_background(show(dark, color_scheme="light"), "dark")


def test_cells_have_the_colours_of_the_theme(show: Open) -> None:
    """Around zero the dark theme's colours are others than the light one's."""
    opened = show(RESULT)
    zero = opened.page.locator("#output rect[fill]").first
    light = [each.get_attribute("fill") for each in opened.page.locator("#input rect").all()]
    opened.page.locator("#theme").select_option("dark")
    dark = [each.get_attribute("fill") for each in opened.page.locator("#input rect").all()]
    assert len(light) == len(dark)
    assert light != dark
    assert zero.count() == 1


@pytest.mark.parametrize(("motion", "seconds"), [("reduce", 0), ("no-preference", 0.14)])
def test_reduced_motion_is_respected(motion: Any, seconds: float, show: Open) -> None:
    """The window glides from step to step, unless a reader wants no motion."""
    opened = show(RESULT, reduced_motion=motion)
    opened.page.keyboard.press("ArrowRight")
    style = opened.page.locator("#input .frame rect").last.evaluate(
        "shape => getComputedStyle(shape).transitionDuration"
    )
    assert float(style.split("s")[0]) == seconds


@pytest.mark.parametrize("shown", [RESULT, COMPARED, CHANNELS, result_of(photo(64, 64), "max", 4)])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1100, 800), (1920, 1080)])
def test_page_fits_its_width(shown: Any, width: int, height: int, show: Open) -> None:
    """Nothing reaches beyond it, or over the edge of a panel's neighbour."""
    opened = show(shown, viewport={"width": width, "height": height})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [
        box
        for panel in opened.page.locator("#panels figure:visible").all()
        if (box := panel.bounding_box())
    ]
    for first, second in pairwise(boxes):
        beside = second["x"] >= first["x"] + first["width"] - 1
        below = second["y"] >= first["y"] + first["height"] - 1
        assert below or beside


FITTING = {
    "padded": result_of(TEACHING, "max", 3, stride=2, padding=1),
    "floats": result_of(noise(8, 8), "average", 2),
    "digit": result_of(noise(28, 28), "max", 2),
    "photo": result_of(photo(64, 64), "max", 4),
    "one row": result_of(noise(1, 24), "max", (1, 2)),
    "in colour": result_of(
        photo(300, 200), "max", 2, channel_names=("R", "G", "B"), value_range=(0, 255)
    ),
}


@pytest.mark.parametrize("name", FITTING)
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 720), (1920, 1080)])
def test_page_fits_the_screen_while_it_plays(
    name: str, width: int, height: int, show: Open
) -> None:
    """Grids, arithmetic and buttons: nothing has to be scrolled, in either direction."""
    opened = show(FITTING[name], viewport={"width": width, "height": height})
    opened.page.click("#play")
    root = opened.page.locator("html")
    assert root.evaluate("root => root.scrollHeight") <= height
    assert root.evaluate("root => root.scrollWidth") <= width
    for part in ("#input .holder", "#output .holder", "#arithmetic", "#play", "#step"):
        box = opened.page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height


def test_page_opens_at_its_example_and_plays_from_the_beginning(show: Open) -> None:
    """It shows a window worth looking at; play starts with the first, not in the middle."""
    opened = show(RESULT, "")
    row, column = best_window(RESULT, 0)
    assert (row, column) != (0, 0)
    assert opened.text("arithmetic") == RESULT.step(row, column).arithmetic
    opened.page.click("#play")
    opened.page.click("#play")
    assert opened.text("counter") in {"1 / 9", "2 / 9"}
    opened.page.click("#forward")
    counted = opened.text("counter")
    opened.page.click("#play")
    opened.page.click("#play")
    assert opened.text("counter") >= counted, "play goes on where the reader is"


@pytest.mark.parametrize("name", ["padded", "floats"])
def test_both_grids_have_cells_of_one_size(name: str, show: Open) -> None:
    """Then it shows how much smaller the output is."""
    result = FITTING[name]
    opened = show(result, viewport={"width": 1280, "height": 720})
    sides = []
    for panel in ("input", "output"):
        box = opened.page.locator(f"#{panel} .holder svg").first.bounding_box()
        columns = int(opened.grid(panel).get_attribute("aria-colcount") or 0)
        assert box is not None
        known = opened.data()["variants"][0]["channels"][0][panel]
        assert known["digits"] > 0
        unit = box["width"] / (known["columns"] * known["cell"] + 12)
        sides.append(unit * known["cell"])
        assert columns == known["columns"]
    assert sides[0] == pytest.approx(sides[1], rel=0.01)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1920, 1080)])
def test_controls_are_large_enough_for_a_finger(width: int, height: int, show: Open) -> None:
    """At least 40 pixels high, the play button within sight."""
    opened = show(RESULT, viewport={"width": width, "height": height})
    for control in opened.page.locator("button:visible, select:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 40
    play = opened.page.locator("#play").bounding_box()
    assert play is not None
    assert play["y"] + play["height"] <= height


@pytest.mark.parametrize("name", ["max", "average"])
def test_results_stand_in_their_cards(name: str, show: Open) -> None:
    """Also on a narrow screen: picture, name and value within the button's edges."""
    modes = ("max", "average", "median", "fractional-max", "stochastic", "lp", "softpool")
    results = {mode: result_of(np.abs(TEACHING), mode, 2) for mode in modes}
    opened = show(results, f"#step=1&mode={name}", viewport={"width": 360, "height": 740})
    cards = opened.page.locator("#strip button")
    assert cards.count() == len(modes)
    for card in cards.all():
        outer = card.bounding_box()
        assert outer is not None
        for part in card.locator("svg, span, b").all():
            inner = part.bounding_box()
            assert inner is not None
            assert outer["x"] <= inner["x"]
            assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
            assert outer["y"] <= inner["y"]
            assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 720), (1920, 1080)])
def test_many_results_leave_room_for_the_grids(width: int, height: int, show: Open) -> None:
    """The chosen one is as large as the screen allows, and all of it is in sight."""
    modes = ("max", "average", "median", "stochastic", "lp", "softpool", "sum", "min", "lse")
    results = {mode: result_of(np.abs(TEACHING), mode, 2) for mode in modes}
    opened = show(results, viewport={"width": width, "height": height})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.page.evaluate("document.documentElement.scrollHeight") <= height
    box = opened.page.locator("#input .holder").bounding_box()
    assert box is not None
    # The side of the input in three-tenths of the shorter side of the screen.
    assert box["height"] >= 0.3 * min(width, height)


def test_wedge_lies_below_the_digits(show: Open) -> None:
    """Above the cells of both grids, and also in a copy."""
    opened = show(RESULT, "#step=5", permissions=PERMISSIONS)
    order = "name => Number(getComputedStyle(document.querySelector(name)).zIndex)"
    places = [opened.page.evaluate(order, name) for name in ("#links", "#input .above")]
    assert places == [1, 2]
    assert opened.page.locator("#input .above text").count() > 36
    assert opened.page.locator("#input .holder > svg:not(.above) text").count() == 0
    opened.page.click("#copy-svg")
    expect(opened.page.locator("#done")).to_have_text("copied")
    drawn = copied(opened, "text/plain").decode()
    heading, _, after = drawn.partition("<polygon")
    assert drawn.count("<polygon") == 1
    assert ">−6</text>" in after
    assert ">−6</text>" not in heading


def test_scale_has_a_mark_at_zero(show: Open) -> None:
    """In the middle of −9 to 9; a map of equal values has one colour and one number."""
    opened = show(RESULT)
    mark = opened.page.locator("#scale .zero").bounding_box()
    ends = [opened.page.locator("#scale rect").nth(at).bounding_box() for at in (0, 31)]
    assert mark is not None
    assert ends[0] is not None
    assert ends[1] is not None
    middle = (ends[0]["x"] + ends[1]["x"] + ends[1]["width"]) / 2
    assert mark["x"] + mark["width"] / 2 == pytest.approx(middle, abs=1)
    opened = show(result_of(np.full((4, 4), 3), "max", 2))
    assert opened.page.locator("#scale rect").count() == 1
    assert opened.page.locator("#scale text").all_text_contents() == ["3"]
    assert opened.page.locator("#input .tie").count() == 0
    assert opened.text("place").endswith("wins, tied with 3 others")


def test_speed_is_named_by_its_time(show: Open) -> None:
    """What a step takes, in seconds or milliseconds."""
    opened = show(PageContent([Variant("max", RESULT)], pace=Pace(delay=900)))
    names = opened.page.locator("#speed option").all_inner_texts()
    assert names == [
        "1.8 s a step", "0.9 s a step", "0.45 s a step", "0.23 s a step", "56 ms a step",
    ]  # fmt: skip


def test_touch_shows_a_cell(show: Open) -> None:
    """A tap on an output goes to its step."""
    opened = show(RESULT, viewport={"width": 360, "height": 740}, has_touch=True)
    drawn = opened.page.locator("#output .holder svg").first
    drawn.evaluate("panel => panel.scrollIntoView({block: 'start'})")
    box = drawn.bounding_box()
    assert box is not None
    opened.page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.5)
    assert opened.text("arithmetic") == RESULT.step(1, 2).arithmetic


def test_address_has_the_step(show: Open) -> None:
    """It changes with the step, and opens the page there; what is none is passed over."""
    opened = show(CHANNELS, "#step=5&channel=2")
    assert opened.text("arithmetic") == CHANNELS.step(1, 1, 2).written(Numbers(2))
    opened.page.keyboard.press("ArrowRight")
    expect(opened.page).to_have_url(opened.page.url.split("#")[0] + "#step=6&channel=2")
    opened.page.evaluate("location.hash = '#step=9'")
    expect(opened.page.locator("#counter")).to_have_text("9 / 9")
    for odd in ("#step=1e9", "#step=-3&channel=none", "#step=%00&%", "#<script>"):
        assert "/ 9" in show(CHANNELS, odd).text("counter")


def test_address_has_the_mode(show: Open) -> None:
    """Where a page offers several."""
    opened = show(COMPARED, "#step=5&mode=average")
    assert opened.text("arithmetic") == COMPARED["average"].step(1, 1).arithmetic


def copied(opened: Opened, kind: str) -> bytes:
    """What is in the clipboard."""
    found = opened.page.evaluate(
        """async (kind) => {
            const [item] = await navigator.clipboard.read();
            const bytes = new Uint8Array(await (await item.getType(kind)).arrayBuffer());
            return btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(""));
        }""",
        kind,
    )
    return base64.b64decode(found)


PERMISSIONS = ["clipboard-read", "clipboard-write"]


@pytest.mark.parametrize("shown", [RESULT, result_of(noise(40, 40), "max", 4)])
def test_step_is_copied_as_a_picture(shown: Any, show: Open) -> None:
    """As SVG with the arithmetic as text, and as PNG of the same proportions."""
    opened = show(shown, "#step=5", permissions=PERMISSIONS)
    opened.page.click("#copy-svg")
    expect(opened.page.locator("#done")).to_have_text("copied")
    drawn = ET.fromstring(copied(opened, "image/svg+xml"))  # noqa: S314 - as above
    space = "{http://www.w3.org/2000/svg}"
    texts = [each.text for each in drawn.iter(f"{space}text")]
    step = shown.step(*divmod(4, shown.output_size[1]))
    assert step.written(numbers_of(shown)) in " ".join(map(str, texts))
    assert drawn.find(f"{space}title") is not None
    opened.page.click("#copy-png")
    expect(opened.page.locator("#done")).to_have_text("copied")
    data = copied(opened, "image/png")
    size = [int.from_bytes(data[at : at + 4], "big") for at in (16, 20)]
    wanted = [2 * float(drawn.get(name, "0")) for name in ("width", "height")]
    assert size == pytest.approx(wanted, abs=2)


def test_copy_shows_what_is_looked_at(show: Open) -> None:
    """All that is on the page: cells, marks, lines, scale, the words of the step at hand."""
    opened = show(RESULT, "#step=1", permissions=PERMISSIONS)
    # The keyboard leaves the pointer where it looks.
    opened.point("output", (1, 1))
    opened.page.locator("#copy-svg").focus()
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator("#done")).to_have_text("copied")
    text = copied(opened, "text/plain").decode()
    assert copied(opened, "image/svg+xml").startswith(b"<svg")
    space = "{http://www.w3.org/2000/svg}"
    drawn = ET.fromstring(text)  # noqa: S314 - as above
    words = [each.text or "" for each in drawn.iter(f"{space}text")]
    assert any(word.startswith("step 5 of 9") for word in words)
    assert RESULT.step(1, 1).arithmetic in words
    assert [words.count(word) for word in ("−∞", "9")] >= [28, 3]
    assert len(list(drawn.iter(f"{space}line"))) == 2
    assert [each for each in drawn.iter(f"{space}rect") if each.get("class") == "winner"]
    # The scale's 32 colours end the picture, between its lowest and highest value.
    assert words[-2:] == ["−9", "9"]
    width = float(drawn.get("width", "0"))
    assert all(float(each.get("x", "0")) < width for each in drawn.iter(f"{space}text"))


def test_link_leads_to_the_step(show: Open) -> None:
    """It is the page's address with the step at its end."""
    opened = show(CHANNELS, "#step=5&channel=1", permissions=PERMISSIONS)
    opened.page.click("#copy-link")
    expect(opened.page.locator("#done")).to_have_text("copied")
    link = copied(opened, "text/plain").decode()
    assert link == opened.page.url.split("#")[0] + "#step=5&channel=1"


def test_address_is_left_alone_while_it_plays(show: Open) -> None:
    """It is written when the play has stopped."""
    opened = show(PageContent([Variant("max", RESULT)], pace=Pace(delay=2000)), "#step=1")
    opened.page.click("#play")
    expect(opened.page.locator("#counter")).not_to_have_text("1 / 9")
    # Longer than an address waits to be written.
    opened.page.wait_for_timeout(400)
    assert opened.page.url.endswith("#step=1")
    opened.page.click("#play")
    expect(opened.page).not_to_have_url(opened.page.url)


def test_picture_is_saved_where_copying_is_not_allowed(show: Open) -> None:
    """As a file with the name of source and step."""
    opened = show(RESULT, "#step=5")
    opened.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    with opened.page.expect_download() as found:
        opened.page.click("#copy-svg")
    assert found.value.suggested_filename == "map-step-5.svg"
    assert opened.text("done") == "saved as map-step-5.svg"
    assert ET.parse(found.value.path()).getroot().tag.endswith("svg")  # noqa: S314 - as above


def test_paper_has_no_controls(show: Open) -> None:
    """In print the step, its words and notes are there, dark only where the values are."""
    opened = show(RESULT, color_scheme="dark")
    opened.page.emulate_media(media="print")
    for name in ("player", "tools", "choices"):
        expect(opened.page.locator(f"#{name}")).to_be_hidden()
    expect(opened.page.locator("#arithmetic")).to_be_visible()
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    has_background(opened, "light")
    opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
    has_background(opened, "dark")


def test_hostile_names_show_themselves_and_do_nothing(show: Open) -> None:
    """In the name of a source, of its channels, of the results."""
    result = result_of(noise(2, 4, 4), name=ATTACK, channel_names=(ATTACK, "b"))
    opened = show({ATTACK: result, "other": result})
    assert opened.page.locator("#name").inner_text() == ATTACK
    assert opened.page.locator("#channel option").first.inner_text() == ATTACK
    assert opened.page.locator("#variant option").first.inner_text() == ATTACK
    assert ATTACK in opened.page.locator("#input figcaption").inner_text()
    assert opened.page.locator("img").count() == 0
    assert opened.page.title() != "hit"


def test_hostile_key_and_file_do_nothing(open_file: Open, tmp_path: Path) -> None:
    """An archive's key and a file's name go through the command as they are."""
    source = tmp_path / "<img src=x onerror=document.title=1>.npz"
    np.savez(source, **{ATTACK.replace("/", "∕"): np.eye(4)})
    target = tmp_path / "out.html"
    command = [sys.executable, "-m", "poolviz", "run", str(source), "--write", "none"]
    subprocess.run([*command, "--html", str(target), "--quiet"], check=True)
    opened = open_file(target)
    assert "<img src=x" in opened.page.locator("#name").inner_text()
    assert opened.page.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("shown", [RESULT, COMPARED, CHANNELS, COLORED])
def test_no_serious_finding_of_accessibility(shown: Any, scheme: Any, show: Open, axe: str) -> None:
    """Of axe-core's rules none is violated."""
    opened = show(shown, color_scheme=scheme)
    opened.page.evaluate(axe)
    found = opened.page.evaluate("axe.run()")
    assert len(found["passes"]) > 20
    assert [(each["id"], each["impact"]) for each in found["violations"]] == []


@pytest.mark.parametrize("width", [700, 900, 1150])
def test_frames_in_a_notebook_fit_their_content(
    width: int, open_file: Open, tmp_path: Path
) -> None:
    """No scroll bars, and little that is empty below 4×4 cells, 28×28 and one row."""
    results = [result_of(values, "max", (1, 2)) for values in (np.eye(4), noise(1, 12))]
    results += [RESULT, result_of(noise(28, 28), "max", 2), COLORED]
    frames = "".join(result._repr_html_() for result in results)
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><title>five</title>{frames}", encoding="utf-8")
    opened = open_file(path, viewport={"width": width, "height": 1000})
    for frame in opened.page.frames[1:]:
        # Browsers lay out frames that are out of sight only when they come into sight.
        frame.frame_element().scroll_into_view_if_needed()
        frame.wait_for_function("document.querySelector('#input svg').clientWidth > 40")
        sizes = frame.evaluate(
            """() => {
                const {scrollHeight, scrollWidth} = document.documentElement;
                const parts = [...document.querySelectorAll("#panels figure, #more")];
                const feet = parts.map((part) => part.getBoundingClientRect().bottom);
                const empty = innerHeight - Math.max(...feet);
                return [scrollWidth - innerWidth, scrollHeight - innerHeight, empty];
            }"""
        )
        assert sizes[0] <= 0
        assert sizes[1] <= 0
        assert sizes[2] <= 150


def test_results_in_one_notebook_do_not_disturb_each_other(open_file: Open, tmp_path: Path) -> None:
    """Each stands in a frame of its own: a step in one leaves the other where it is."""
    results = RESULT, CHANNELS
    frames = "".join(result._repr_html_() for result in results)
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><title>{html.escape('two')}</title>{frames}", encoding="utf-8")
    opened = open_file(path)
    first, second = (opened.page.frame_locator("iframe").nth(at) for at in (0, 1))
    counted = second.locator("#counter").inner_text()
    first.locator("#back").click()
    first.locator("#forward").click()
    first.locator("#back").click()
    example = best_window(RESULT, 0)
    at = 3 * example[0] + example[1]
    expect(first.locator("#counter")).to_have_text(f"{at} / 9")
    expect(second.locator("#counter")).to_have_text(counted)
