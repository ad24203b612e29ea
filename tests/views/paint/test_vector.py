"""The figure by matplotlib: text as text, alt text, the same bytes."""

import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from pictures import RESULTS, TEACHING, extent, of_kind, result_of, texts
from PIL import Image

from poolviz.views.figures import figure_scene
from poolviz.views.paint.canvas import Canvas
from poolviz.views.paint.vector import figure_bytes
from poolviz.views.scene.elements import (
    LARGEST_CELL,
    PNG_RESOLUTION,
    Box,
    Label,
    Scene,
    Stroke,
    Wedge,
)
from poolviz.views.scene.style import THEMES

SVG = "{http://www.w3.org/2000/svg}"


@cache
def scene_of(name: str = "teaching", theme: str = "light") -> Scene:
    """The figure of one of the results."""
    return figure_scene("before-after", RESULTS[name](), 0, None, THEMES[theme])


@cache
def written(suffix: str, name: str = "teaching", theme: str = "light") -> bytes:
    """The file of such a figure: the tests below look at several sides of one."""
    return figure_bytes(scene_of(name, theme), suffix)


@cache
def svg(name: str = "teaching") -> Any:
    """The root of the SVG of one of the results."""
    return ET.fromstring(written("svg", name))  # noqa: S314 - our own file


def svg_of(scene: Scene) -> Any:
    """The root of a scene's SVG."""
    return ET.fromstring(figure_bytes(scene, "svg"))  # noqa: S314 - our own file


@pytest.mark.parametrize("name", ["teaching", "edges average", "holes"])
def test_svg_has_its_texts_as_text(name: str) -> None:
    """Every label of the scene is a text element that can be searched and copied."""
    labels = ["".join(node.itertext()).strip() for node in svg(name).iter(f"{SVG}text")]
    assert sorted(labels) == sorted(texts(scene_of(name)))


def test_svg_has_title_and_description() -> None:
    """A screen reader finds the title and the description at the top of the SVG."""
    scene, root = scene_of(), svg()
    assert root.findtext(f"{SVG}title") == scene.title
    assert root.findtext(f"{SVG}desc") == scene.description


def test_png_has_a_description_and_its_size() -> None:
    """The PNG carries the description, and is as large as the scene at its resolution."""
    scene = scene_of()
    with Image.open(io.BytesIO(written("png"))) as image:
        assert image.info["Description"] == scene.description
        assert image.info["Title"] == scene.title
        assert "Software" not in image.info
        scale = PNG_RESOLUTION // 96
        assert image.size == (scene.width * scale, scene.height * scale)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_same_scene_gives_the_same_bytes(kind: str) -> None:
    """Two runs write the same file."""
    data = written(kind)
    assert data == figure_bytes(scene_of.__wrapped__(), kind)
    assert data.startswith({"svg": b"<?xml", "pdf": b"%PDF-", "png": b"\x89PNG"}[kind])
    assert b"CreationDate" not in data


@pytest.mark.parametrize("name", ["a$x_{2}$b", "$", r"$\frac{1}$", "a_b^c", "<&>", "naïve ×"])
def test_names_are_literal(name: str) -> None:
    """A name is shown as it is: no mathematics, no markup."""
    scene = figure_scene("before-after", result_of(TEACHING, name=name), 0, None, THEMES["light"])
    written = ["".join(node.itertext()).strip() for node in svg_of(scene).iter(f"{SVG}text")]
    assert f"{name}, 6×6 → 3×3" in written


@pytest.mark.parametrize("kind", ["png", pytest.param("pdf", marks=pytest.mark.slow)])
def test_broken_mathematics_in_a_name_is_drawn(kind: str) -> None:
    """A name that would be wrong as mathematics does no harm in any format."""
    assert figure_bytes(
        figure_scene("before-after", result_of(TEACHING, name="$x_{"), 0, None, THEMES["light"]),
        kind,
    )


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_those_of_the_scene(theme: str) -> None:
    """Background and cells have exactly their colours."""
    scene = scene_of(theme=theme)
    with Image.open(io.BytesIO(written("png", theme=theme))) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert tuple(pixels[0, 0].tolist()) == scene.background
    # The cell of the value 8, left of its digits, on a scale from −9, or −6 in the print theme.
    row, column = 120 + 4 * LARGEST_CELL + 8, 28 + 4 * LARGEST_CELL + 8
    colors = THEMES[theme]
    low = colors.ramp[0] if theme == "print" else colors.zero
    share = 14 / 15 if theme == "print" else 8 / 9
    expected = [round(z + (p - z) * share) for z, p in zip(low, colors.positive, strict=True)]
    assert pixels[row * 2, column * 2].tolist() == expected


def test_dashes_dots_and_hatches_are_drawn() -> None:
    """Line styles of the scene are line styles of the SVG."""
    root = svg("edges")
    dashes = {
        part.strip().removeprefix("stroke-dasharray:").strip()
        for node in root.iter()
        for part in node.get("style", "").split(";")
        if "dasharray" in part
    }
    assert len(dashes) >= 2
    assert any(node.tag == f"{SVG}pattern" for node in svg("gaps").iter())


@pytest.mark.slow
@pytest.mark.parametrize("name", RESULTS)
def test_every_result_can_be_drawn(name: str) -> None:
    """Each kind of result gives an SVG with the scene's shape."""
    scene, root = scene_of(name), svg(name)
    width, height = (float(part) for part in root.get("viewBox").split()[2:])
    assert width / height == pytest.approx(scene.width / scene.height, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["teaching", "edges", "holes"])
def test_both_painters_agree(name: str, theme: str) -> None:
    """Each cell has the same colour, and each text stands at the same place, in both."""
    whole = scene_of(name, theme)
    # The wedge has a test of its own.
    items = tuple(item for item in whole.items if not isinstance(item, (Stroke, Wedge)))
    scene = replace(whole, items=items)
    with Image.open(io.BytesIO(figure_bytes(scene, "png"))) as image:
        vector = np.asarray(image.convert("RGB"))[::2, ::2]
    palette = np.asarray(Canvas.of(scene).image().convert("RGB"))
    assert vector.shape == palette.shape
    for box in of_kind(scene.items, Box):
        if box.fill is not None and box.hatch is None and min(box.width, box.height) > 20:
            # At the right, where neither digits nor marks lie.
            place = box.y + box.height // 2, box.x + box.width - 9
            assert tuple(palette[place]) == tuple(vector[place])
    for label in of_kind(scene.items, Label):
        left, top, right, bottom = (round(edge) for edge in extent(label))
        area = slice(max(0, top), bottom), slice(max(0, left), right)
        drawn = [_ink(picture[area]) for picture in (palette, vector)]
        assert abs(drawn[0] - drawn[1]) < 0.12, label.text


def test_both_painters_blend_a_wedge_alike() -> None:
    """A wedge of a quarter of black turns white into a light grey, up to its edges."""
    wedge = Wedge(((10, 10), (50, 20), (50, 30), (10, 40)), (0, 0, 0), 0.25)
    scene = Scene(60, 50, (255, 255, 255), (wedge,), "wedge", "wedge")
    with Image.open(io.BytesIO(figure_bytes(scene, "png"))) as image:
        vector = np.asarray(image.convert("L"))[::2, ::2].astype(int)
    palette = np.asarray(Canvas.of(scene).image().convert("L")).astype(int)
    for picture in (vector, palette):
        assert abs(picture[25, 30] - 191) <= 1
        assert picture[25, 5] == picture[8, 30] == 255
    assert np.abs(vector - palette).mean() < 1.5


def _ink(pixels: "np.ndarray[Any, np.dtype[np.uint8]]") -> float:
    """Which part of an area differs from its most frequent colour, fine edges counted by depth."""
    flat = pixels.reshape(-1, 3).astype(float)
    colors, counts = np.unique(flat, axis=0, return_counts=True)
    distance = np.abs(flat - colors[counts.argmax()]).sum(axis=1)
    return float(distance.mean() / max(distance.max(), 1))


def test_a_later_box_covers_an_earlier_text() -> None:
    """Items are drawn in their order: no text shines through what lies over it."""
    items = (Label(40, 20, "MMMM", 20, (0, 0, 0)), Box(0, 0, 80, 40, fill=(200, 30, 30)))
    scene = Scene(80, 40, (255, 255, 255), items, "covered", "covered")
    with Image.open(io.BytesIO(figure_bytes(scene, "png"))) as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    assert len(np.unique(pixels, axis=0)) == 1
