"""The palette canvas: exact colours, line styles that differ, a palette that is never too small."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from pictures import stage_for

from poolviz.views.paint.animation import opening_scene
from poolviz.views.paint.animation import paint_frames as frames_of
from poolviz.views.paint.canvas import EDGE_LEVELS, MOST_COLORS, Canvas, Palette
from poolviz.views.scene.elements import Box, Item, Label, LineStyle, Pixels, Scene, Stroke

WHITE, RED, BLUE = (255, 255, 255), (200, 10, 20), (0, 0, 255)


def painted(*items: Item, size: int = 40) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """The RGB pixels of a white square with ``items`` on it."""
    scene = Scene(size, size, WHITE, items, "", "")
    return np.asarray(Canvas.of(scene).image().convert("RGB"))


def drawn(*items: Item) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which pixels are no longer white."""
    return (painted(*items) != WHITE).any(axis=-1)


def test_filled_box_has_exactly_its_colour_and_place() -> None:
    """A fill covers its rectangle and nothing else, in exactly its colour."""
    pixels = painted(Box(3, 5, 10, 7, fill=RED))
    assert (pixels[5:12, 3:13] == RED).all()
    assert (pixels != WHITE).any(axis=-1).sum() == 10 * 7


def test_outline_lies_within_its_box() -> None:
    """An outline takes its width inwards and leaves the middle alone."""
    marks = drawn(Box(3, 5, 20, 10, outline=RED, line_width=2))
    assert marks[5:15, 3:23].sum() == 20 * 10 - 16 * 6
    assert marks.sum() == 20 * 10 - 16 * 6


def test_line_styles_differ() -> None:
    """Solid, dashed and dotted outlines cover different pixels, solid the most."""
    styles: list[LineStyle] = ["solid", "dashed", "dotted"]
    covered = [drawn(Box(2, 2, 30, 30, outline=RED, line_style=style)) for style in styles]
    counts = [marks.sum() for marks in covered]
    assert counts[0] > counts[1] > counts[2] > 0
    assert not (covered[1] & ~covered[0]).any()


def test_hatch_leaves_the_fill_visible() -> None:
    """A hatched box shows its fill between the lines."""
    pixels = painted(Box(0, 0, 24, 24, fill=RED, hatch=BLUE))[:24, :24]
    hatched = (pixels == BLUE).all(axis=-1)
    assert 0.1 < hatched.mean() < 0.3
    assert (pixels[~hatched] == RED).all()


def test_later_items_cover_earlier_ones() -> None:
    """Items are painted in their order."""
    assert (painted(Box(0, 0, 9, 9, fill=RED), Box(0, 0, 9, 9, fill=BLUE))[:9, :9] == BLUE).all()


@pytest.mark.parametrize("anchor", ["left", "middle", "right"])
def test_label_stands_at_its_anchor(anchor: Any) -> None:
    """Text begins at, ends at or is centred on its point."""
    columns = drawn(Label(20, 20, "8", 16, RED, anchor=anchor)).any(axis=0).nonzero()[0]
    expected = {"left": (20, 31), "middle": (14, 26), "right": (9, 21)}[anchor]
    assert expected[0] <= columns[0]
    assert columns[-1] <= expected[1]


def test_label_is_centred_on_its_line() -> None:
    """Digits stand as far above a label's point as below it."""
    rows = drawn(Label(20, 20, "8", 20, RED)).any(axis=1).nonzero()[0]
    assert abs((rows[0] + rows[-1]) / 2 - 20) <= 1


def test_text_has_its_own_colour_in_its_strokes() -> None:
    """The inside of letters is exactly the ink, their edges lie between it and the ground."""
    pixels = painted(Label(20, 20, "H", 30, RED, bold=True)).reshape(-1, 3)
    assert (pixels == RED).all(axis=-1).sum() > 50
    assert (pixels >= RED).all()


def test_text_past_the_edge_is_cut() -> None:
    """A label that sticks out on any side is cut there, not wrapped around."""
    for x, y in ((0, 20), (40, 20), (20, 0), (20, 40), (-50, 20), (20, 95)):
        assert painted(Label(x, y, "88", 20, RED)).shape == (40, 40, 3)
    assert not drawn(Label(0, 20, "88", 16, RED))[:, 30:].any()
    assert not drawn(Label(-60, 20, "88", 16, RED)).any()


def test_stroke_joins_its_ends() -> None:
    """A line runs from its start to its end, smoothly."""
    marks = drawn(Stroke((5, 5), (30, 25), RED, 2))
    assert marks[4:7, 4:7].any()
    assert marks[24:27, 29:32].any()
    assert marks[14:17, 16:19].any()
    assert not marks[:3].any()
    assert not marks[:, 33:].any()


def test_pixels_are_enlarged_evenly() -> None:
    """A grid of colours fills its area, each colour an equal block."""
    colors = np.array([[RED, BLUE], [BLUE, WHITE]], np.uint8)
    pixels = painted(Pixels(4, 4, 20, 10, colors))
    assert (pixels[4:9, 4:14] == RED).all()
    assert (pixels[4:9, 14:24] == BLUE).all()
    assert (pixels[9:14, 4:14] == BLUE).all()
    assert (pixels[9:14, 14:24] == WHITE).all()


def test_known_cells_have_exactly_their_colours() -> None:
    """Each cell of a painted map has its value's colour to the last bit."""
    stage = stage_for("teaching")
    pixels = np.asarray(Canvas.of(opening_scene(stage)).image().convert("RGB"))
    panel = stage.input_panel
    for (row, column), value in np.ndenumerate(stage.result.feature_map.values[0]):
        corner = panel.y + row * panel.cell + 3, panel.x + column * panel.cell + 3
        assert tuple(pixels[corner].tolist()) == stage.scale.color(value)


def test_palette_keeps_each_colour_once() -> None:
    """A colour has one index, whenever it is asked for."""
    palette = Palette()
    assert [palette.index(color) for color in (RED, BLUE, RED)] == [0, 1, 0]
    assert palette.colors == [RED, BLUE]


def test_full_palette_gives_the_nearest_colour() -> None:
    """Past 255 colours the nearest one stands in, and one index stays free."""
    palette = Palette()
    greys = [(value, value, value) for value in range(256)]
    indices = [palette.index(grey) for grey in greys]
    assert len(palette.colors) == MOST_COLORS == 255
    assert indices[255] == 254
    assert palette.index((10, 10, 11)) == 10
    assert palette.index((255, 0, 0)) < 255


def test_blends_go_from_ground_to_ink() -> None:
    """A blend at the highest level is the ink, halfway lies between."""
    palette = Palette()
    ground = palette.index(WHITE)
    pairs = np.array([ground * (EDGE_LEVELS + 1) + level for level in (2, 4)])
    half, full = palette.blends(pairs, (0, 0, 0)).tolist()
    assert palette.colors[half] == (128, 128, 128)
    assert palette.colors[full] == (0, 0, 0)


@pytest.mark.parametrize("name", ["photo", pytest.param("28x28", marks=pytest.mark.slow)])
def test_marks_keep_their_colour_among_many_colours(name: str) -> None:
    """However many colours the cells have, the outline of the window has exactly its own."""
    stage = stage_for(name)
    for canvas in list(frames_of(stage))[:: len(stage.steps) - 1]:
        pixels = np.asarray(canvas.image().convert("RGB")).reshape(-1, 3)
        assert (pixels == stage.theme.accent).all(axis=-1).sum() > 100


@pytest.mark.parametrize("name", ["28x28", "28x28 floats"])
def test_value_scale_keeps_its_ends_among_many_colours(name: str) -> None:
    """However many colours the cells have, the scale under them ends in exactly its own."""
    stage = stage_for(name)
    scene = opening_scene(stage)
    pixels = np.asarray(Canvas.of(scene).image().convert("RGB"))
    bar = [item for item in scene.items if isinstance(item, Pixels)][-1]
    row = pixels[bar.y + bar.height // 2, bar.x : bar.x + bar.width]
    assert tuple(row[0].tolist()) == stage.scale.color(stage.scale.low)
    assert tuple(row[-1].tolist()) == stage.scale.color(stage.scale.high)


def test_many_colours_are_painted_within_a_byte() -> None:
    """A picture of thousands of colours is painted with the nearest of 255."""
    places = [round(step * 255 / 15) for step in range(16)]
    colors = np.array(list(product(places, repeat=3)), np.uint8).reshape(64, 64, 3)
    pixels = painted(Pixels(0, 0, 64, 64, colors), size=64)
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) <= 255


def test_copy_is_painted_apart() -> None:
    """What is painted on a copy does not show on the first canvas."""
    first = Canvas.of(Scene(8, 8, WHITE, (), "", ""))
    second = first.copy()
    second.paint([Box(0, 0, 8, 8, fill=RED)])
    assert (first.indices == 0).all()
    assert second.palette is first.palette


def test_adopted_pictures_share_the_palette() -> None:
    """Of two pictures neither takes the room of the other: both are close to what they were."""
    generator = np.random.default_rng(3)
    red = np.zeros((90, 90, 3), np.uint8)
    red[..., 0] = generator.integers(0, 256, (90, 90))
    blue = np.zeros((90, 90, 3), np.uint8)
    blue[..., 2] = generator.integers(0, 256, (90, 90))
    palette = Palette([WHITE])
    palette.adopt([red, blue])
    assert len(palette.colors) <= MOST_COLORS
    scene = Scene(90, 180, WHITE, (Pixels(0, 0, 90, 90, red), Pixels(0, 90, 90, 90, blue)), "", "")
    shown = np.asarray(Canvas.of(scene, palette).image().convert("RGB")).astype(int)
    for picture, part in ((red, shown[:90]), (blue, shown[90:])):
        assert np.abs(part - picture).max() <= 8


def test_a_full_palette_gives_the_nearest_colour() -> None:
    """To a picture as well as to a single colour."""
    palette = Palette((level, level, level) for level in range(MOST_COLORS))
    assert palette.colors[palette.index((90, 100, 110))] == (100, 100, 100)
    picture = np.array([[[10, 12, 11], [200, 198, 202]]], np.uint8)
    assert np.abs(palette.reduce(picture).astype(int) - [[[11], [200]]]).max() <= 3


def test_padding_keeps_the_picture() -> None:
    """In the middle of a larger one."""
    canvas = Canvas.of(Scene(4, 2, RED, (), "", ""))
    shown = np.asarray(canvas.padded(9, 6, BLUE).image().convert("RGB"))
    assert shown.shape == (6, 9, 3)
    assert (shown[2:4, 2:6] == RED).all()
    assert (shown == BLUE).all(axis=-1).sum() == 6 * 9 - 2 * 4
