"""Handouts: a page that tells no output, a page that tells all, laid out alike on A4."""

import re
from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, noise, photo, result_of

from poolviz import PoolResult, SpecError
from poolviz.views.figures._handout import handout_scenes
from poolviz.views.paint.vector import pages_bytes
from poolviz.views.scene.elements import Box, Label, Scene, bounds
from poolviz.views.scene.region import parse_region
from poolviz.views.scene.style import THEMES

LIGHT = THEMES["light"]
RESULTS = {
    "max": result_of(TEACHING, "max", 2),
    "average": result_of(TEACHING, "average", 3, stride=2, padding=1),
    "median": result_of(TEACHING, "median", 3, stride=1),
    "ceil": result_of([[1, 5, 2, 8, 3, 9, 4, 7]], "max", (1, 3), stride=(1, 2), ceil_mode=True),
    "global": result_of(TEACHING, "global-max"),
    "adaptive": result_of(noise(7, 7), "average", output_size=(3, 3)),
    "lp": result_of(noise(6, 6), "lp", 2),
    "photo": result_of(photo(40, 60), "max", 4, channel_names=("R", "G", "B")),
    "large": result_of(noise(90, 70), "max", 2),
    "tiny": result_of(noise(6, 6) * 1e-9, "average", 2),
}


def pages(name: str, **options: Any) -> tuple[Scene, Scene]:
    """The worksheet and its solution."""
    return handout_scenes(RESULTS[name], 0, options.get("region"), options.get("theme", LIGHT))


def texts(scene: Scene, part: str = "") -> list[str]:
    """All texts of a page, or those of a part of it."""
    labels = [each for each in scene.items if isinstance(each, Label)]
    return [each.text for each in labels if part in ("", each.part)]


@pytest.mark.parametrize("name", RESULTS)
def test_the_worksheet_tells_no_output(name: str) -> None:
    """Neither in the boxes, nor on the lines, nor as the size that is asked for."""
    worksheet, solution = pages(name)
    assert not texts(worksheet, "output")
    assert not any(re.search(r"\+ 1 = \d", each) for each in texts(worksheet))
    assert texts(solution, "output")
    # What stands behind a sign of equality is written in bold on the solution alone.
    accent = {page: [each.text for each in scene.items if isinstance(each, Label)
                     and each.bold and each.anchor == "left" and not each.part]
              for page, scene in (("worksheet", worksheet), ("solution", solution))}  # fmt: skip
    assert not accent["worksheet"]
    assert accent["solution"]
    assert worksheet.title == solution.title
    assert len(texts(solution)) > len(texts(worksheet))


def test_the_solution_tells_every_output() -> None:
    """In the order of the cells, worked out by hand."""
    _, solution = pages("max")
    assert texts(solution, "output") == ["6", "4", "−2", "5", "9", "3", "7", "2", "8"]
    assert {"max(1, 3, 6, 2)", "max(8, 0, 3, 5)"} <= set(texts(solution))


def test_the_input_stands_on_both_pages() -> None:
    """With the same numbers at the same places."""
    found = []
    for scene in pages("max"):
        inner = [each for each in scene.items if isinstance(each, Label) and each.part == "input"]
        found.append([(each.x, each.y, each.text) for each in inner])
    assert found[0] == found[1]
    written = [int(text.replace("−", "-")) for _, _, text in found[0]]
    assert written == np.ravel(TEACHING).tolist()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", RESULTS)
def test_everything_is_on_the_paper(name: str, theme: Any) -> None:
    """Within margins that every printer prints; and both pages have their parts alike."""
    for scene in pages(name, theme=theme):
        assert (scene.width, scene.height) == (794, 1123)
        for item in scene.items:
            left, top, right, bottom = bounds(item)
            assert left >= 30
            assert top >= 30
            assert right <= 794 - 30, item
            assert bottom <= 1123 - 30, item


def test_a_line_for_each_window() -> None:
    """And a place for each result."""
    worksheet, _ = pages("max")
    assert {f"({row}, {column})" for row in range(3) for column in range(3)} <= set(
        texts(worksheet)
    )
    assert texts(worksheet).count("=") == 9


def test_padding_and_overhang_are_drawn() -> None:
    """Dashed and dotted, and explained."""
    for name, style, word in (("average", "dashed", "padding"), ("ceil", "dotted", "overhang")):
        for scene in pages(name):
            outlined = [
                each for each in scene.items if isinstance(each, Box) and each.line_style == style
            ]
            assert len(outlined) == {"average": 8 * 8 - 6 * 6, "ceil": 1}[name]
            assert any(word in each for each in texts(scene))


def test_a_part_of_a_large_map() -> None:
    """Says where it lies; a region that is asked for is what is shown."""
    worksheet, _ = pages("large")
    assert any(
        re.search(r"rows \d+–\d+, columns \d+–\d+ of 90×70", each) for each in texts(worksheet)
    )
    result = RESULTS["large"]
    chosen, solution = pages("large", region=parse_region(result, "6x8+10+20"))
    assert any("rows 10–15, columns 20–27 of 90×70" in each for each in texts(chosen))
    assert len(texts(solution, "output")) == 12


def test_what_cannot_be_handed_out() -> None:
    """Too many cells, and a mode that draws at random."""
    result: PoolResult = RESULTS["large"]
    with pytest.raises(SpecError, match=r"region: has too many cells.*, at most 12x12$"):
        handout_scenes(result, 0, parse_region(result, "40x40+0+0"), LIGHT)
    long = result_of(np.full((20, 20), 2**62 + 12345), "max", 2)
    with pytest.raises(SpecError, match=r"region: its numbers are too long .*use fewer decimals"):
        handout_scenes(long, 0, parse_region(long, "12x12+0+0"), LIGHT)
    with pytest.raises(SpecError, match="stochastic is random"):
        handout_scenes(result_of(TEACHING, "stochastic", 2), 0, None, LIGHT)


@pytest.mark.slow
def test_a_pdf_of_two_pages_of_a4() -> None:
    """210 by 297 mm, the same bytes each time."""
    data = pages_bytes(pages("max"))
    assert data == pages_bytes(pages("max"))
    assert len(re.findall(rb"/Type /Page\b(?!s)", data)) == 2
    for width, height in re.findall(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", data):
        assert float(width) == pytest.approx(210 / 25.4 * 72, abs=1)
        assert float(height) == pytest.approx(297 / 25.4 * 72, abs=1)
    assert b"CreationDate" not in data
