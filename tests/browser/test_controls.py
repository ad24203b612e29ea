"""Play, step, slide, switch: by pointer and by keyboard alone."""

from typing import Any

import pytest
from opened import Open, Opened
from pictures import TEACHING, noise, result_of
from playwright.sync_api import expect

from poolviz.text import Numbers
from poolviz.views.page import PageContent, Variant
from poolviz.views.paint.formats import Pace

pytestmark = pytest.mark.browser

RESULT = result_of(TEACHING, "max", 2)
STEPS = [step.arithmetic for step in RESULT.steps()]
THREE = result_of(noise(3, 6, 6), "average", 2)


def reached(opened: Opened) -> int:
    """How many of the nine outputs are shown."""
    sizes = [
        [float(part.get_attribute(name) or 0) for name in ("width", "height")]
        for part in opened.page.locator("#reached rect").all()
    ]
    cell = float(opened.data()["variants"][0]["channels"][0]["output"]["cell"])
    return round(sum(width * height for width, height in sizes) / cell**2)


def test_buttons_step(show: Open) -> None:
    """Forward, back, and back to the first; not beyond the ends."""
    opened = show(RESULT)
    opened.page.click("#forward")
    opened.page.click("#forward")
    assert opened.text("arithmetic") == STEPS[2]
    opened.page.click("#back")
    assert opened.text("arithmetic") == STEPS[1]
    opened.page.click("#first")
    opened.page.click("#back")
    assert (opened.text("arithmetic"), opened.text("counter")) == (STEPS[0], "1 / 9")


def test_slider_goes_to_a_step(show: Open) -> None:
    """Its words for a screen reader hold the step's arithmetic."""
    opened = show(RESULT)
    slider = opened.page.locator("#step")
    slider.fill("7")
    assert opened.text("arithmetic") == STEPS[6]
    assert slider.get_attribute("aria-valuetext") == f"step 7 of 9: {STEPS[6]}"


def test_keys_step_from_anywhere(show: Open) -> None:
    """Arrows, Home and End, with nothing in the focus."""
    opened = show(RESULT)
    for key, at in [
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("End", 8),
        ("Home", 0),
    ]:
        opened.page.keyboard.press(key)
        assert opened.text("arithmetic") == STEPS[at], key


def test_arrows_walk_over_the_output(show: Open) -> None:
    """In its grid they go to the neighbours, and what is there is said."""
    opened = show(RESULT)
    opened.grid("output").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown"):
        opened.page.keyboard.press(key)
    assert opened.text("arithmetic") == RESULT.step(2, 1).arithmetic
    cell = opened.page.locator("#output-cell")
    assert cell.text_content() == "2"
    assert cell.get_attribute("aria-colindex") == "2"
    assert cell.locator("..").get_attribute("aria-rowindex") == "3"


def test_arrows_walk_over_the_input(show: Open) -> None:
    """From the winner on; Escape and leaving the grid go back to the step."""
    opened = show(RESULT)
    opened.page.keyboard.press("Tab")
    for _ in range(10):
        if opened.grid("input").evaluate("grid => grid === document.activeElement"):
            break
        opened.page.keyboard.press("Tab")
    assert opened.text("arithmetic") == "input (1, 0) = 6"
    opened.page.keyboard.press("ArrowRight")
    assert opened.text("arithmetic") == "input (1, 1) = 2"
    assert "wins in none" in opened.text("place")
    opened.page.keyboard.press("Escape")
    assert opened.text("arithmetic") == STEPS[0]


def test_all_controls_are_reached_by_tab_and_show_it(show: Open) -> None:
    """Each has an outline when it has the focus."""
    opened = show({"max": RESULT, "average": result_of(TEACHING, "average", 2)})
    seen = []
    for _ in range(20):
        opened.page.keyboard.press("Tab")
        found = opened.page.evaluate(
            """() => {
                const at = document.activeElement;
                const style = getComputedStyle(at);
                if (at === document.body) return [""];
                const name = at.id || at.closest("figure")?.id || at.textContent;
                return [name, style.outlineStyle, parseFloat(style.outlineWidth)];
            }"""
        )
        if found[0]:
            seen.append(found)
    names = {name for name, _, _ in seen}
    assert {"variant", "theme", "input", "output", "first", "back", "play", "forward", "step",
            "speed", "filling", "copy-png", "copy-svg", "copy-link"} <= names  # fmt: skip
    assert [name for name, style, width in seen if style != "solid" or width < 2] == []


def quick(result: object = RESULT) -> PageContent:
    """A page that plays as fast as may be."""
    return PageContent([Variant("max", result)], pace=Pace(delay=20))  # type: ignore[arg-type]


def test_play_fills_the_output_and_stops_at_the_end(show: Open) -> None:
    """It begins again from the first step; outputs appear one by one."""
    opened = show(quick())
    opened.page.click("#forward")
    opened.page.evaluate(
        """() => {
            globalThis.seen = [];
            const parts = [...document.querySelectorAll("#reached rect")];
            const note = () => globalThis.seen.push(document.getElementById("counter").textContent);
            const watcher = new MutationObserver(note);
            watcher.observe(parts[0].parentNode, {attributes: true, subtree: true});
        }"""
    )
    opened.page.click("#play")
    expect(opened.page.locator("#counter")).to_have_text("9 / 9")
    expect(opened.page.locator("#play")).to_have_attribute("aria-label", "play")
    assert reached(opened) == 9
    opened.page.click("#play")
    expect(opened.page.locator("#counter")).to_have_text("9 / 9")
    seen = dict.fromkeys(opened.page.evaluate("globalThis.seen"))
    assert [word.split()[0] for word in seen] == ["2", "3", "4", "5", "6", "7", "8", "9", "1"]


def test_space_plays_and_pauses(show: Open) -> None:
    """While it is paused, outputs not reached yet stay hidden."""
    opened = show(PageContent([Variant("max", RESULT)], pace=Pace(delay=5000)))
    opened.page.keyboard.press("Space")
    assert opened.page.locator("#play").get_attribute("aria-label") == "pause"
    opened.page.keyboard.press("Space")
    assert opened.page.locator("#play").get_attribute("aria-label") == "play"
    assert reached(opened) == 1
    opened.page.locator("#filling").uncheck()
    assert reached(opened) == 9


def test_stepping_hides_what_is_not_reached(show: Open) -> None:
    """With the box checked each step shows one output more; to look at one shows it too."""
    opened = show(RESULT)
    assert reached(opened) == 9
    opened.page.locator("#filling").check()
    for count in (1, 2, 3, 4):
        assert reached(opened) == count
        opened.page.click("#forward")
    opened.point("output", (2, 2))
    assert reached(opened) == 5
    assert opened.page.locator("#output .marks text").text_content() == "8"


def test_speed_is_a_factor(show: Open) -> None:
    """At 16 times the speed eight steps of four seconds are over in two."""
    opened = show(PageContent([Variant("max", RESULT)], pace=Pace(delay=4000)))
    opened.page.locator("#speed").select_option("16")
    opened.page.click("#play")
    expect(opened.page.locator("#counter")).to_have_text("9 / 9", timeout=15_000)


def test_channel_switch_shows_another_channel(show: Open) -> None:
    """Cells, arithmetic and title are the channel's; the step stays."""
    opened = show(THREE)
    opened.page.click("#forward")
    # A window of channel 1 has −1.109 and −1.102, which read the same with two decimals.
    for channel, decimals in ((2, 2), (1, 3)):
        opened.page.locator("#channel").select_option(str(channel))
        assert opened.text("arithmetic") == THREE.step(0, 1, channel).written(Numbers(decimals))
        assert f"channel {channel}" in opened.page.locator("#input figcaption").inner_text()


def test_results_beside_each_other(show: Open) -> None:
    """Each has a button with its value at the current cell; pressing it keeps the cell."""
    results = {mode: result_of(TEACHING, mode, 2) for mode in ("max", "average", "min")}
    opened = show(results)
    opened.point("output", (1, 1), press=True)
    values = opened.page.locator("#strip b").all_inner_texts()
    assert values == ["9", "3", "0"]
    opened.page.locator("#strip button", has_text="average").click()
    assert opened.text("arithmetic") == results["average"].step(1, 1).arithmetic
    assert opened.text("summary") == "Average pooling, 2×2, stride 2"
    pressed = opened.page.locator("#strip button[aria-pressed=true]")
    assert "average" in pressed.inner_text()
    assert opened.page.locator("#variant").input_value() == "1"


def test_step_is_said_to_screen_readers(show: Open) -> None:
    """With its place, arithmetic, winner and ties; not while it plays."""
    opened = show(RESULT)
    said = opened.page.locator("#said")
    assert said.get_attribute("aria-live") == "polite"
    opened.page.click("#forward")
    opened.page.click("#forward")
    assert said.text_content() == (
        "Step 3 of 9. max(−5, −2, −3, −6) = −2."
        " output (0, 2) reads rows 0–1, columns 4–5; (0, 5) wins."
    )


def slow(**options: Any) -> PageContent:
    """A page that stays at a step while it plays."""
    return PageContent([Variant("max", RESULT)], pace=Pace(delay=60_000), **options)


def test_nothing_is_looked_at_while_it_plays(show: Open) -> None:
    """A pointer on its way does not stop the show."""
    opened = show(slow())
    opened.page.click("#play")
    opened.point("output", (2, 2))
    assert opened.text("arithmetic") == STEPS[0]
    opened.point("input", (2, 2))
    assert opened.text("arithmetic") == STEPS[0]


@pytest.mark.parametrize("stop", ["#forward", "#first", "key", "slider", "output", "input"])
def test_whatever_is_asked_for_stops_the_play(stop: str, show: Open) -> None:
    """A step, a cell, a key: from then on the reader leads."""
    opened = show(slow())
    opened.page.click("#play")
    if stop == "key":
        opened.page.keyboard.press("ArrowRight")
    elif stop == "slider":
        opened.page.locator("#step").fill("4")
    elif stop.startswith("#"):
        opened.page.click(stop)
    else:
        opened.point(stop, (1, 1), press=True)
    assert opened.page.locator("#play").get_attribute("aria-label") == "play"


def test_space_held_down_acts_once(show: Open) -> None:
    """Else it would play and pause by turns."""
    opened = show(slow())
    opened.page.keyboard.down("Space")
    opened.page.keyboard.down("Space")
    assert opened.page.locator("#play").get_attribute("aria-label") == "pause"


def test_keys_of_the_browser_are_left_alone(show: Open) -> None:
    """With Control, Alt or Meta held an arrow is no step."""
    opened = show(RESULT)
    for key in ("Control", "Alt", "Meta"):
        opened.page.keyboard.press(f"{key}+ArrowRight")
    assert opened.text("counter") == "1 / 9"


def test_pressed_input_cell_stays(show: Open) -> None:
    """Until a step is asked for; the mouse may leave, and look elsewhere meanwhile."""
    opened = show(RESULT)
    opened.point("input", (1, 1), press=True)
    opened.point("output", (2, 2))
    assert opened.text("arithmetic") == STEPS[8]
    opened.page.mouse.move(5, 5)
    assert opened.text("arithmetic") == "input (1, 1) = 2"
    opened.page.click("#forward")
    assert opened.text("arithmetic") == STEPS[1]


def test_looking_with_a_pointer_is_not_said(show: Open) -> None:
    """Screen readers hear what was asked for by key or button, once."""
    opened = show(RESULT)
    opened.point("output", (1, 1))
    opened.point("input", (1, 1))
    assert opened.page.locator("#said").text_content() == ""
    opened.page.keyboard.press("ArrowRight")
    assert STEPS[1] in (opened.page.locator("#said").text_content() or "")


def test_another_address_is_gone_to_from_wherever_one_looks(show: Open) -> None:
    """The play stops, and nothing is looked at any more."""
    opened = show(slow())
    opened.point("output", (2, 2))
    opened.page.evaluate("location.hash = '#step=2'")
    expect(opened.page.locator("#arithmetic")).to_have_text(STEPS[1])
    opened.page.click("#play")
    opened.page.evaluate("location.hash = '#step=3'")
    expect(opened.page.locator("#arithmetic")).to_have_text(STEPS[2])
    assert opened.page.locator("#play").get_attribute("aria-label") == "play"


def test_speed_counts_at_once(show: Open) -> None:
    """Also while it plays."""
    opened = show(slow())
    opened.page.click("#play")
    opened.page.locator("#speed").select_option("16")
    expect(opened.page.locator("#counter")).not_to_have_text("1 / 9")


def test_looking_at_an_input_reveals_no_hidden_output(show: Open) -> None:
    """The windows that read it are outlined, values not reached yet stay hidden."""
    opened = show(RESULT)
    opened.page.locator("#filling").check()
    values = opened.page.locator("#output .marks text")
    opened.point("input", (5, 5))
    assert opened.page.locator("#output .reader").count() == 1
    assert values.count() == 0
    opened.point("input", (0, 0))
    assert values.all_text_contents() == ["6"]
