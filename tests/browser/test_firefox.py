"""The same pages in Firefox: they fit, say nothing on the console, and can be used."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from firefox import Firefox
from pictures import TEACHING, noise, photo, result_of

from poolviz.views.page import PageContent, Variant, page

pytestmark = pytest.mark.browser

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
SIZES = [(360, 740), (1280, 720), (1920, 1080)]
RGB: dict[str, Any] = {"channel_names": ("R", "G", "B"), "value_range": (0, 255)}
MAX = result_of(TEACHING, "max", 3, stride=2, padding=1)
RESULTS = {
    "teaching": {"max": MAX},
    "floats": {"average": result_of(noise(8, 8), "average", 2)},
    "digit": {"max": result_of(noise(28, 28), "max", 2)},
    "photograph": {"max": result_of(photo(300, 200), "max", 2, **RGB)},
    "one row": {"max": result_of(noise(1, 24), "max", (1, 2))},
    "compared": {mode: result_of(TEACHING, mode, 2) for mode in ("max", "average", "median")},
}


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One Firefox for all tests."""
    if PROGRAM is None:
        pytest.skip("Firefox is not installed: apt-get install firefox-esr")
    with Firefox(PROGRAM, tmp_path_factory.mktemp("profile")) as started:
        yield started


def written(name: str, folder: Path) -> Path:
    """The page of one of RESULTS."""
    path = folder / "page.html"
    variants = [Variant(mode, result) for mode, result in RESULTS[name].items()]
    path.write_bytes(page(PageContent(variants)))
    return path


@pytest.mark.parametrize("name", RESULTS)
def test_page_fits_in_firefox(name: str, firefox: Firefox, tmp_path: Path) -> None:
    """Nothing has to be scrolled, nothing is said on the console, all grids are drawn."""
    path = written(name, tmp_path)
    for width, height in SIZES:
        firefox.open(path, width, height)
        # A busy machine may draw the grids after the page counts as complete.
        grids = "['input', 'output'].filter((id) => document.querySelector(`#${id} .holder`))"
        firefox.wait_for(f"{grids}.length", (2).__eq__)
        shown = firefox.evaluate(
            "(({scrollWidth, scrollHeight}) => [innerWidth, scrollWidth, scrollHeight])"
            "(document.documentElement)"
        )
        assert shown[0] == width
        assert shown[1] <= width
        assert shown[2] <= height
        for panel in ("input", "output"):
            box = firefox.evaluate(
                f"document.querySelector('#{panel} .holder').getBoundingClientRect()"
            )
            assert box["width"] > 40
            assert 0 <= box["left"] <= box["right"] <= width
            assert 0 <= box["top"] <= box["bottom"] <= height
        assert firefox.screenshot().startswith(b"\x89PNG")
    assert firefox.told == []


def test_page_is_used_in_firefox(firefox: Firefox, tmp_path: Path) -> None:
    """Buttons step, a click goes to an output, keys play; the wedge lies below the digits."""
    firefox.open(written("teaching", tmp_path), 1280, 720)
    said = "document.getElementById('arithmetic').textContent"
    firefox.evaluate("document.getElementById('first').click()")
    assert firefox.evaluate(said) == MAX.step(0, 0).arithmetic
    firefox.evaluate("document.getElementById('forward').click()")
    assert firefox.evaluate(said) == MAX.step(0, 1).arithmetic
    firefox.evaluate(
        """(() => {
            const holder = document.querySelector("#output .holder");
            const {left, top, width, height} = holder.getBoundingClientRect();
            const at = {clientX: left + 0.5 * width, clientY: top + 0.8 * height};
            holder.dispatchEvent(new MouseEvent("click", {...at, bubbles: true}));
        })()"""
    )
    assert firefox.evaluate(said) == MAX.step(2, 1).arithmetic
    firefox.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: ' ', bubbles: true}))"
    )
    firefox.wait_for("document.getElementById('counter').textContent", "9 / 9".__eq__)
    order = "(name) => Number(getComputedStyle(document.querySelector(name)).zIndex)"
    assert firefox.evaluate(f"['#links', '#input .above'].map({order})") == [1, 2]
    assert firefox.told == []
