"""The animation: every step shown, the last held, the same bytes each time."""

import io
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pictures import RESULTS, of_kind, overlapping, result_of, stage_for, texts
from PIL import Image, ImageSequence

from poolviz import SpecError
from poolviz.feature_map import RGB
from poolviz.memory import Budget
from poolviz.views.paint.animation import (
    animated,
    animation_stage,
    paint_frames,
)
from poolviz.views.paint.formats import FORMATS, Pace
from poolviz.views.paint.script import script_of
from poolviz.views.paint.stills import whole_scene
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Box, Label, Pixels
from poolviz.views.scene.parts import WEDGE_OPACITY
from poolviz.views.scene.region import default_region, whole_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import THEMES, mixed

NAMES = ["teaching", "edges", "row", "global", "photo", "holes"]


def animation(stage: Stage, kind: str = "gif", **options: Any) -> bytes:
    """The animation as a file of this kind."""
    return animated(stage, FORMATS[kind], Budget(1 << 40), **options)


def opened(stage: Stage) -> Any:
    """The animation, opened as a GIF."""
    return Image.open(io.BytesIO(animation(stage)))


def frames(stage: Stage, **options: Any) -> list[Image.Image]:
    """The frames as they are painted, as images."""
    return [canvas.image() for canvas in list(paint_frames(stage, **options))]


def rgb(image: Image.Image) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """An image's pixels."""
    return np.asarray(image.convert("RGB"))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_shot_is_shown_for_its_time(name: str) -> None:
    """The file takes as long as its script, and plays for ever."""
    stage = stage_for(name)
    with opened(stage) as image:
        times = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
        assert image.size == (stage.width, stage.height)
        assert image.info["loop"] == 0
    assert times == [shot.milliseconds for shot in script_of(stage, Pace())]


def test_frames_differ() -> None:
    """No two frames in a row look alike, so that none is merged with the one before."""
    pictures = [rgb(picture) for picture in frames(stage_for("teaching"))]
    assert all((first != second).any() for first, second in pairwise(pictures))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["teaching", "edges", "holes"])
def test_gif_shows_what_was_painted(name: str) -> None:
    """Frame by frame, the file's pixels are exactly those painted."""
    stage = stage_for(name)
    with opened(stage) as image:
        shown = [rgb(frame) for frame in ImageSequence.Iterator(image)]
    expected = [rgb(picture) for picture in frames(stage)]
    assert len(shown) == len(expected)
    assert all(np.array_equal(*pair) for pair in zip(shown, expected, strict=True))


def test_only_later_frames_of_a_gif_let_the_one_before_show_through() -> None:
    """Nothing stands behind the first frame, so no colour of it is transparent."""
    # Before each image: 21 F9 04, flags of which the lowest is transparency, time, colour, 0.
    flags = re.findall(
        rb"\x21\xf9\x04(.)..\xff\x00\x2c", animation(stage_for("teaching")), re.DOTALL
    )
    assert [flag[0] & 1 for flag in flags] == [0] + [1] * 36


@pytest.mark.parametrize(
    "name",
    [name if name == "teaching" else pytest.param(name, marks=pytest.mark.slow) for name in NAMES],
)
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_same_stage_gives_the_same_bytes(name: str, theme: str) -> None:
    """Two runs write the same file."""
    stage = stage_for(name, theme)
    again = stage_for.__wrapped__(name, theme)
    assert animation(stage) == animation(again)


def output_corners(
    stage: Stage, frame: "np.ndarray[Any, Any]", index: tuple[int, int]
) -> list[tuple[int, ...]]:
    """The colours near the corners of an output cell."""
    panel = stage.output_panel
    top, left = (panel.cell * place for place in index)
    near = 6, panel.cell - 8
    return [
        tuple(frame[panel.y + top + row, panel.x + left + column].tolist())
        for row in near
        for column in near
    ]


def test_output_fills_in_step_by_step() -> None:
    """A cell of the output has the colour of the unvisited until its step, then its value's."""
    stage = stage_for("teaching")
    for shot, picture in zip(script_of(stage, Pace()), map(rgb, frames(stage)), strict=True):
        if 0 < shot.travelled < 1:
            # The result is on its way, perhaps over the cell.
            continue
        for step_at, step in enumerate(stage.steps):
            shown = output_corners(stage, picture, step.index)
            is_filled = step_at < shot.filled
            color = stage.scale.color(float(step.value)) if is_filled else stage.theme.unvisited
            # The wedge to a later cell may lie over it, in the nearest colour of the palette.
            under = mixed(color, stage.theme.accent, WEDGE_OPACITY)
            distances = np.abs(np.array([color, under])[:, None] - np.array(shown)).max(axis=-1)
            assert distances.min() <= 20


def test_result_travels_from_its_window_to_its_place() -> None:
    """Between the beats its colour is seen between both, where it is in no other frame."""
    stage = stage_for("teaching")
    pictures = [rgb(picture) for picture in frames(stage)][32:36]
    color = np.array(stage.scale.color(float(stage.steps[8].value)))
    gap = slice(stage.input_panel.x + stage.input_panel.width + 4, stage.output_panel.x - 4)
    seen = [bool((picture[:, gap] == color).all(axis=-1).any()) for picture in pictures]
    assert seen == [False, True, False, False]


@pytest.mark.parametrize("name", ["teaching", "edges average", "tiny and wide numbers", "photo"])
def test_arithmetic_comes_without_its_result_first(name: str) -> None:
    """However its lines are broken; a photograph's has a line for each channel."""
    stage = stage_for(name)
    for step in stage.steps:
        whole = [label.text for label in parts.arithmetic(stage, step)]
        shown = [label.text for label in parts.arithmetic(stage, step, result=False)]
        assert len(shown) == 3 if name == "photo" else 0 < len(shown) <= len(whole)
        for line in shown if name == "photo" else shown[-1:]:
            assert line.endswith(("=", "≈"))
        assert "".join(whole).startswith(shown[0])


@pytest.mark.parametrize("mode", ["max", "min", "stochastic"])
def test_nothing_tells_the_result_of_many_cells_first(mode: str) -> None:
    """Neither the sentence, which has no sign of equality, nor a mark on the winner."""
    values = np.random.default_rng(4).permutation(1024).reshape(32, 32)
    result = result_of(values, mode, 8)
    stage = stage_of(result, 0, whole_region(result), THEMES["light"])
    for step in stage.steps:
        row, column = step.index
        value = str(result.output[0, row, column])
        before, after = (
            [
                *parts.arithmetic(stage, step, result=result),
                *parts.marks(stage, step, result=result),
            ]
            for result in (False, True)
        )
        first, second = (
            " ".join(item.text for item in items if isinstance(item, Label))
            for items in (before, after)
        )
        words = first.replace(",", " ").split()
        cells = {
            str(cell) for cell in values[8 * row : 8 * row + 8, 8 * column : 8 * column + 8].flat
        }
        assert value in second
        assert not any(item.radius for item in of_kind(before, Box))
        assert any(item.radius for item in of_kind(after, Box))
        assert value not in words or (words.count(value) == 1 and cells <= set(words))


@pytest.mark.parametrize("name", ["max", "min"])
def test_equal_cells_mark_no_winner(name: str) -> None:
    """Of four zeros none stands out; a single 1 among them does."""
    values = np.zeros((2, 4))
    values[0, 2] = 1
    result = result_of(values, name, 2)
    stage = stage_of(result, 0, whole_region(result), THEMES["light"])
    rings = [
        [item for item in parts.marks(stage, step) if isinstance(item, Box) and item.radius]
        for step in stage.steps
    ]
    assert not rings[0]
    assert rings[1]


def test_whole_output_beside_a_part_fills_as_windows_pass() -> None:
    """Of a photograph's thumbnail nothing stands before its window, and nothing beyond the part."""
    stage = stage_for("photo")
    panel = stage.overview[1] if stage.overview else None
    assert panel is not None
    unvisited = np.array(stage.theme.unvisited)
    height, width = stage.result.output_size
    rows, columns = stage.region.windows
    for filled in (0, 1, len(columns) + 1, len(stage.steps)):
        (picture,) = of_kind(parts.overview_output(stage, filled), Pixels)
        stands = (picture.colors != unvisited).any(axis=-1)
        for (i, j), is_there in np.ndenumerate(stands):
            row, column = i * height // len(panel.rows), j * width // len(panel.columns)
            is_shown = row in rows and column in columns
            number = (row - rows[0]) * len(columns) + column - columns[0]
            assert is_there == (is_shown and number < filled)


def whole_pixels(picture: Any, stage: Stage) -> int:
    """How many colours there are where the whole input begins, in the first and the last act."""
    whole, *_ = of_kind(whole_scene(stage, output=True).items, Pixels)
    corner = picture[whole.y : whole.y + 40, whole.x : whole.x + 40].reshape(-1, 3)
    return len(np.unique(corner, axis=0))


@pytest.mark.slow
def test_a_part_begins_and_ends_with_the_whole() -> None:
    """The first frame has no output; the last has it; neither has the enlarged part."""
    stage = stage_for("photo")
    pictures = [rgb(picture) for picture in frames(stage)]
    first, middle, last = pictures[0], pictures[len(pictures) // 2], pictures[-1]
    assert {picture.shape for picture in pictures} == {first.shape}
    assert whole_pixels(first, stage) == whole_pixels(last, stage) > 20
    unvisited = np.array(stage.theme.unvisited)
    places = [(picture == unvisited).all(axis=-1).sum() for picture in (first, last)]
    assert places[0] > 5000 > places[1]
    assert (middle != first).any()


def test_every_channel_is_on_the_first_and_the_last_frame() -> None:
    """A tile for each; the one in which the window slides is framed."""
    result = result_of(np.arange(4 * 36).reshape(4, 6, 6) % 7, kernel_size=2)
    stage = stage_of(result, 2, whole_region(result), THEMES["light"])
    scene = whole_scene(stage, output=True)
    assert len(of_kind(scene.items, Pixels)) == 8
    assert "input 4×6×6" in texts(scene)
    assert "output 4×3×3" in texts(scene)
    assert any(text.startswith("framed: channel 2,") for text in texts(scene))
    framed = [box for box in of_kind(scene.items, Box) if box.outline == stage.theme.accent]
    tiles = of_kind(scene.items, Pixels)
    assert [(box.x + 3, box.y + 3) for box in framed] == [
        (tile.x, tile.y) for tile in (tiles[2], tiles[6])
    ]
    empty = of_kind(whole_scene(stage, output=False).items, Pixels)[4:]
    assert all((tile.colors == stage.theme.unvisited).all() for tile in empty)


def test_whole_output_fills_from_the_top() -> None:
    """What the windows have filled stays; of the others as many rows stand as the share says."""
    result = result_of(np.arange(4 * 36).reshape(4, 6, 6) % 7, kernel_size=2)
    stage = stage_of(result, 2, whole_region(result), THEMES["light"])
    tiles = of_kind(whole_scene(stage, output=0.5).items, Pixels)[4:]
    for number, tile in enumerate(tiles):
        stands = (tile.colors != stage.theme.unvisited).any(axis=-1).all(axis=1)
        assert stands.tolist() == [True, True, number == 2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "kernel_size"),
    [((1, 80, 70), 2), ((3, 300, 20), 2), ((1, 1, 4000), (1, 4)), ((70, 40, 40), 2),
     ((12, 64, 80), 32), ((3, 20, 900), 10)],
)  # fmt: skip
@pytest.mark.parametrize("names", [(), RGB])
def test_whole_maps_fit_the_picture(
    shape: tuple[int, int, int], kernel_size: Any, names: tuple[str, ...]
) -> None:
    """However long, wide or many they are."""
    values = np.random.default_rng(1).integers(0, 256, shape)
    if names:
        values = np.resize(values, (3, *shape[1:]))
    result = result_of(values, kernel_size=kernel_size, channel_names=names)
    stage = animation_stage(result, 0, default_region(result, 0, most=4), THEMES["dark"])
    scene = whole_scene(stage, output=True)
    for item in (*of_kind(scene.items, Pixels), *of_kind(scene.items, Box)):
        assert item.x >= 0
        assert item.y >= 0
        assert item.width > 0 < item.height
        assert item.x + item.width <= stage.width
        assert item.y + item.height <= stage.height
    assert not overlapping(of_kind(scene.items, Label))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gif", "webp", "apng"])
@pytest.mark.parametrize(("loop", "plays"), [(0, 0), (1, 1), (3, 3)])
def test_it_plays_as_often_as_asked(kind: str, loop: int, plays: int) -> None:
    """A GIF stores how often it is repeated after it has played once; 0 is for ever."""
    data = animation(stage_for("teaching"), kind, pace=Pace(loop=loop))
    if kind == "gif":
        found = re.search(rb"NETSCAPE2\.0\x03\x01(..)\x00", data, re.DOTALL)
        stored = None if found is None else int.from_bytes(found[1], "little")
        assert stored == {0: 0, 1: None, 3: 2}[plays]
    else:
        with Image.open(io.BytesIO(data)) as image:
            assert image.info["loop"] == plays


def test_an_aspect_puts_the_picture_in_the_middle() -> None:
    """Padded with the background, and otherwise the same."""
    stage = stage_for("teaching", "dark")
    with Image.open(io.BytesIO(animation(stage, aspect=(1, 2)))) as image:
        shown = rgb(image)
    assert shown.shape[:2] == (2 * stage.width, stage.width)
    top = (2 * stage.width - stage.height) // 2
    (first, *_) = frames(stage)
    assert (shown[top : top + stage.height] == rgb(first)).all()
    assert (shown[:top] == stage.theme.background).all()
    assert (shown[top + stage.height :] == stage.theme.background).all()


def test_large_map_is_animated_in_part() -> None:
    """Of many windows a part is shown, which is said, and where the output varies."""
    stage = stage_for("photo")
    assert len(stage.steps) == 36 < 40 * 35
    rows, columns = stage.inside
    place = f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"
    assert f"The input is 80×70, {place}." in stage.describe()
    assert stage.output_values.var() >= np.var(RESULTS["photo"]().output[0][:6, :6])


def test_description_is_in_the_file() -> None:
    """The file carries a description for those who cannot see it."""
    stage = stage_for("teaching")
    with opened(stage) as image:
        comment = image.info["comment"].decode("utf-8")
    assert comment == stage.describe()
    assert comment.startswith("Max pooling, 2×2, stride 2: map. The input is 6×6.")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["long name", "edges", "photo"])
def test_description_is_never_cut_within_a_character(name: str) -> None:
    """A long description is still text."""
    with opened(stage_for(name)) as image:
        assert image.info["comment"].decode("utf-8")


def test_every_shows_some_steps_and_fills_in_all() -> None:
    """Of nine steps every fourth is shown; on the last frame all outputs stand."""
    stage = stage_for("teaching")
    with Image.open(io.BytesIO(animation(stage, pace=Pace(every=4, delay=100)))) as image:
        shown = [rgb(frame) for frame in ImageSequence.Iterator(image)]
    assert len(shown) == 4
    for step in stage.steps:
        color = stage.scale.color(float(step.value))
        under = mixed(color, stage.theme.accent, WEDGE_OPACITY)
        assert {color, under} & set(output_corners(stage, shown[-1], step.index))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["webp", "apng"])
@pytest.mark.parametrize("name", ["teaching", "holes"])
def test_other_formats_show_what_was_painted(name: str, kind: str) -> None:
    """WebP and APNG are without loss, play for ever, and take the time that they should."""
    stage = stage_for(name)
    pace = Pace(delay=100, hold=700)
    with Image.open(io.BytesIO(animation(stage, kind, pace=pace))) as image:
        # WebP's durations are known once a frame is loaded.
        found = [(rgb(frame), frame.info["duration"]) for frame in ImageSequence.Iterator(image)]
        assert image.info["loop"] == 0
    script = script_of(stage, pace)
    expected = [rgb(picture) for picture in frames(stage, script=script)]
    assert len(found) == len(expected)
    assert all(np.array_equal(*pair) for pair in zip([p for p, _ in found], expected, strict=True))
    assert sum(time for _, time in found) == 100 * len(stage.steps) + 700


def test_apng_has_alt_text() -> None:
    """The description stands in the file."""
    stage = stage_for("teaching")
    with Image.open(io.BytesIO(animation(stage, "apng"))) as image:
        image.load()
        assert image.info["Description"] == stage.describe()


def test_scale_enlarges_every_pixel_of_cells() -> None:
    """Twice as large, a cell's inside has the same colour at twice the place."""
    stage = stage_for("teaching")
    small, large = frames(stage)[-1], frames(stage, scale=2)[-1]
    assert large.size == (2 * stage.width, 2 * stage.height)
    panel = stage.output_panel
    x, y = panel.x + 8, panel.y + 8
    assert small.convert("RGB").getpixel((x, y)) == large.convert("RGB").getpixel((2 * x, 2 * y))


def test_too_large_a_side_is_refused() -> None:
    """A side that a format cannot say is refused before anything is painted."""
    with pytest.raises(
        SpecError, match="is too large for GIF, which can have at most 65,535 pixels"
    ):
        animation(stage_for("teaching"), scale=1000)


def test_frames_that_would_fill_the_memory_are_refused() -> None:
    """Many large frames are refused with what would help."""
    with pytest.raises(SpecError, match="raise every, use a smaller region"):
        animation(stage_for("28x28"), "apng", scale=4)


def test_watch_sees_every_frame() -> None:
    """Progress is told of each frame."""
    seen: list[int] = []

    def watch(indices: Any) -> Any:
        for at in indices:
            seen.append(at)
            yield at

    frames(stage_for("teaching"), watch=watch)
    assert seen == list(range(37))


@pytest.mark.slow
def test_webp_has_alt_text() -> None:
    """The description stands in the file's metadata."""
    stage = stage_for("teaching")
    with Image.open(io.BytesIO(animation(stage, "webp"))) as image:
        assert f">{stage.describe()}<" in image.info["xmp"].decode("utf-8")
