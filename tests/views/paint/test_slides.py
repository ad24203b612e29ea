"""Slides: one for each step, all alike but for what moves, as pages of a PDF and as SVGs."""

import re
import xml.etree.ElementTree as ET

import pytest
from pictures import stage_for

from poolviz import SpecError
from poolviz.memory import Budget
from poolviz.output.typesetting import FigureStyle
from poolviz.views.paint.stills import MOST_SLIDES, slide, slide_steps
from poolviz.views.paint.vector import check_pages, pages_bytes, slides_bytes
from poolviz.views.scene.elements import Label, Scene

PAGE = re.compile(rb"/Type /Page\b(?!s)")


@pytest.mark.parametrize("index", range(9))
def test_outputs_are_filled_up_to_the_step(index: int) -> None:
    """Those of later steps are not shown yet."""
    stage = stage_for("teaching")
    parts = {each.part for each in slide(stage, index).items}
    shown = {each for each in parts if each.startswith("output-")}
    assert shown == {f"output-{place // 3}-{place % 3}" for place in range(index + 1)}


def test_what_a_slide_says() -> None:
    """The arithmetic of its step, and which of all steps it is."""
    scene = slide(stage_for("teaching"), 4)
    said = [each.text for each in scene.items if isinstance(each, Label)]
    assert "max(1, 2, 9, 0) = 9" in said
    assert "step 5 of 9" in said
    assert "max(1, 2, 9, 0) = 9" in scene.description


@pytest.mark.slow
@pytest.mark.parametrize(
    "style", [FigureStyle(), FigureStyle(bare=True), FigureStyle(width="20cm")]
)
@pytest.mark.parametrize("name", ["teaching", "edges", "row"])
def test_slides_are_of_one_size(name: str, style: FigureStyle) -> None:
    """So that nothing jumps from page to page, however they are cropped."""
    stage = stage_for(name)
    drawn = [
        style.figure(lambda _, index=index: slide(stage, index))
        for index in range(len(stage.steps))
    ]
    assert len({(each.width, each.height, each.size) for each in drawn}) == 1
    firsts = []
    for scene in drawn:
        assert isinstance(scene, Scene)
        firsts.append(next((each.x, each.y) for each in scene.items if isinstance(each, Label)))
    assert len(set(firsts)) == 1


@pytest.mark.slow
def test_pages_and_svgs() -> None:
    """As many as steps; each SVG is well formed, names its parts, and describes its own step."""
    stage = stage_for("teaching")
    pdf, *svgs = slides_bytes(slide(stage, index) for index in range(9))
    assert len(PAGE.findall(pdf)) == len(svgs) == 9
    for index, svg in enumerate(svgs):
        root = ET.fromstring(svg)  # noqa: S314 - made here
        ids = {element.get("id") for element in root.iter()}
        assert {"window", f"output-{index // 3}-{index % 3}"} <= ids
        (description,) = (each.text for each in root.iter() if each.tag.endswith("desc"))
        assert stage.steps[index].arithmetic in (description or "")


@pytest.mark.slow
def test_the_same_bytes() -> None:
    """No dates, and no names that are drawn at random."""
    first, second = (
        slides_bytes(slide(stage_for("row"), index) for index in range(2)) for _ in range(2)
    )
    assert first == second
    assert b"CreationDate" not in first[0]


@pytest.mark.slow
def test_one_page() -> None:
    """Of a single window."""
    assert len(PAGE.findall(pages_bytes([slide(stage_for("global"), 0)]))) == 1


@pytest.mark.parametrize(
    ("count", "every", "steps"),
    [(1, 1, [0]), (3, 1, [0, 1, 2]), (5, 2, [0, 2, 4]), (6, 2, [0, 2, 4, 5]), (4, 9, [0, 3])],
)
def test_every(count: int, every: int, steps: list[int]) -> None:
    """The last step is always among them."""
    assert slide_steps(count, every) == steps


@pytest.mark.parametrize("count", [MOST_SLIDES + 1, 256, 1000])
def test_too_many(count: int) -> None:
    """The error tells how many there are, and the smallest step that is enough."""
    with pytest.raises(SpecError, match=f"{count:,} pages, but at most {MOST_SLIDES}") as caught:
        slide_steps(count)
    every = int(re.findall(r"every=(\d+)", str(caught.value))[0])
    assert len(slide_steps(count, every)) <= MOST_SLIDES
    with pytest.raises(SpecError):
        slide_steps(count, every - 1)


def test_memory() -> None:
    """Of very many shapes on many pages."""
    scene = slide(stage_for("teaching"), 0)
    check_pages(scene, 9, Budget(1 << 30))
    with pytest.raises(SpecError, match="memory"):
        check_pages(scene, 200, Budget(1 << 20))
