"""Animations of answers: outputs that fill side by side, and an input that moves."""

from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, noise, photo
from PIL import Image

from poolviz import FeatureMap, PoolSpec, SpecError
from poolviz.analysis import Question
from poolviz.analysis.compare import compare
from poolviz.analysis.feature import mark_feature
from poolviz.analysis.layers import read_layers
from poolviz.analysis.shift import Movement, shift
from poolviz.analysis.stack import Stacks, run_stack
from poolviz.feature_map import RGB
from poolviz.memory import parse_budget
from poolviz.text import Numbers
from poolviz.views.answers import View
from poolviz.views.paint.animation import animated_scenes
from poolviz.views.paint.formats import FORMATS, Pace
from poolviz.views.paint.script import Motion, Shot
from poolviz.views.scene.elements import Box, Label, Pixels, Scene
from poolviz.views.scene.sheet import NUMBER_SIZE
from poolviz.views.scene.style import THEMES

LIGHT = THEMES["light"]
# Modes with windows of their own are compared as well.
MAPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "teaching": (TEACHING, ("max", "average", "lp:p=3")),
    "floats": (noise(9, 12), ("max", "softpool", "median", "min", "sum")),
    "row": (noise(1, 12), ("max", "average")),
    "large": (noise(70, 90), ("max", "average", "fractional-max:ratio=2")),
    "photo": (photo(60, 80), ("max", "average")),
}


def asked(name: str, **options: Any) -> Question:
    """A question about one of the maps."""
    values = np.asarray(MAPS[name][0])
    names = RGB if name == "photo" else ()
    value_range = (0, 255) if name == "photo" else None
    feature_map = FeatureMap(values, name, name, names, value_range)
    size = (1, 2) if name == "row" else 2
    return Question(feature_map, PoolSpec("max", size, **options), 0, None)


def compared(name: str, **options: Any) -> Motion:
    """The animation of the modes on one of the maps."""
    return View(compare(asked(name, **options), list(MAPS[name][1]))).motion(LIGHT)


def frames(motion: Motion) -> list[Scene]:
    """The pictures of all shots."""
    return [motion.draw(shot) for shot in motion.script(Pace(), None)]


def digits(scene: Scene, panel: str) -> list[str]:
    """The values in the cells below a title and left of the next one."""
    titles = [item for item in scene.items if isinstance(item, Label) and item.bold]
    title = next(item for item in titles if item.text.split(" ")[0] == panel)
    others = [item for item in titles if item is not title]
    right = min((o.x for o in others if o.y == title.y and o.x > title.x), default=scene.width)
    low = min((o.y for o in others if o.y > title.y and o.x == title.x), default=scene.height)
    return [
        item.text
        for item in scene.items
        if isinstance(item, Label)
        and item.anchor == "middle"
        and title.x < item.x < right
        and title.y < item.y < low
    ]


@pytest.mark.parametrize("name", MAPS)
def test_frames_are_of_one_size(name: str) -> None:
    """Whatever stands below the maps at a time."""
    assert len({(scene.width, scene.height) for scene in frames(compared(name))}) == 1


def test_outputs_fill_in_their_order() -> None:
    """At each shot the outputs have the values of the windows so far, and no others."""
    question, motion = asked("teaching"), compared("teaching")
    expected = [
        f"{value}".replace("-", "−")
        for value in np.asarray(TEACHING).reshape(3, 2, 3, 2).max(axis=(1, 3)).ravel()
    ]
    assert question.feature_map.planar
    counts = []
    for shot in motion.script(Pace(), None):
        found = digits(motion.draw(shot), "max")
        assert found == expected[: len(found)]
        counts.append(len(found))
    assert counts[0] == 0
    assert counts[-1] == 9
    assert counts == sorted(counts)


def test_marked_window_is_the_one_whose_value_is_told() -> None:
    """The frame on the input is around the cells of the arithmetic, for padded windows too."""
    motion, numbers = compared("teaching", stride=2, padding=1), Numbers(3)
    for shot in motion.script(Pace(), None):
        if shot.step is None or shot.travelled == 0:
            continue
        row, column = divmod(shot.step, 4)
        rows, columns = (
            range(max(0, 2 * place - 1), min(6, 2 * place + 1)) for place in (row, column)
        )
        value = max(TEACHING[r][c] for r in rows for c in columns)
        scene = motion.draw(shot)
        words = [item for item in scene.items if isinstance(item, Label)]
        large = [item.text for item in words if item.size == NUMBER_SIZE]
        assert numbers.text(value) in large
        frame = next(
            item for item in scene.items if isinstance(item, Box) and item.outline == LIGHT.accent
        )
        side = frame.width // len(columns)
        assert (frame.width, frame.height) == (len(columns) * side, len(rows) * side)


def test_windows_that_differ_are_not_marked() -> None:
    """Those of fractional pooling are elsewhere than those of max."""
    scenes = frames(compared("large"))
    outlined = [
        item
        for scene in scenes
        for item in scene.items
        if isinstance(item, Box) and item.outline == LIGHT.accent
    ]
    assert not outlined
    last = [item for item in scenes[-1].items if isinstance(item, Pixels)]
    assert all((item.colors != LIGHT.unvisited).any(axis=-1).all() for item in last[1:])


def test_half_a_minute() -> None:
    """Large maps fill by rows."""
    for name in MAPS:
        assert sum(shot.milliseconds for shot in compared(name).script(Pace(), None)) <= 30_000


@pytest.mark.parametrize("name", MAPS)
def test_what_a_shift_changes_flashes(name: str) -> None:
    """Outputs that differ from those before the shift are marked in the last frame."""
    question = asked(name)
    answer = shift(question, ["max"], Movement((0, 1)))
    scenes = frames(View(answer).motion(LIGHT))
    assert len({(scene.width, scene.height) for scene in scenes}) == 1
    values = np.asarray(MAPS[name][0])
    values = values.reshape(-1, *values.shape[-2:])
    moved = np.concatenate([values[..., :1], values[..., :-1]], axis=-1)
    down = 1 if name == "row" else 2

    def pooled(planes: Any) -> Any:
        height, width = planes.shape[1] // down, planes.shape[2] // 2
        cut = planes[:, : height * down, : width * 2]
        return cut.reshape(len(planes), height, down, width, 2).max(axis=(2, 4))

    changed = (pooled(values) != pooled(moved)).any(axis=0)
    marked = [
        item for item in scenes[-1].items if isinstance(item, Box) and item.outline == LIGHT.accent
    ]
    if name in {"teaching", "floats"} and marked:
        assert len(marked) == changed.sum()
        return
    before, after = (
        [item.colors for item in scene.items if isinstance(item, Pixels)][-1]
        for scene in (scenes[1], scenes[-1])
    )
    assert np.array_equal((before != after).any(axis=-1), changed)


@pytest.mark.parametrize("kind", ["gif", pytest.param("webp", marks=pytest.mark.slow)])
def test_file_shows_the_frames(kind: str, tmp_path: Any) -> None:
    """As many frames as shots, held for their time."""
    motion = compared("teaching")
    data = animated_scenes(motion, LIGHT, FORMATS[kind], parse_budget("1G"))
    path = tmp_path / f"picture.{kind}"
    path.write_bytes(data)
    with Image.open(path) as image:
        shots = motion.script(Pace(), None)
        assert image.size == (motion.draw(shots[0]).width, motion.draw(shots[0]).height)
        assert 1 < image.n_frames <= len(shots)


STACKS: dict[str, tuple[Any, str]] = {
    "numbers": (np.arange(64).reshape(8, 8) * 7 % 31, "max:2 average:2 min:2"),
    "filters": (noise(28, 28), "conv:oriented relu max:2 average:3/2p1 global-max"),
    "row": (noise(1, 40), "max:1x2 average:1x2"),
    "large": (noise(300, 220), "max:3/2 max:3/2 average:4"),
    "photo": (photo(90, 120), "max:2 max:2 max:2"),
    "one": (np.array([[5.0]]), "relu"),
}


def stacked(name: str, against: str = "", theme: Any = LIGHT) -> Motion:
    """The animation of some layers on a map, perhaps against others."""
    values, layers = STACKS[name]
    is_photo = name == "photo"
    given = (RGB, (0, 255)) if is_photo else ((), None)
    feature_map = FeatureMap(np.asarray(values), name, name, *given)
    feature = mark_feature(feature_map, 0, range(3, 4), range(2, 3)) if against else None
    words = [layers, *([against] if against else [])]
    stacks = [run_stack(feature_map, read_layers(each), feature) for each in words]
    return View(Stacks(feature_map, 0, feature, stacks)).motion(theme)


@pytest.mark.parametrize("name", STACKS)
def test_layers_fill_one_after_the_other_in_half_a_minute(name: str) -> None:
    """No output stands before its row is marked; the last frame has all, for three seconds."""
    motion = stacked(name)
    script = motion.script(Pace(), None)
    assert sum(shot.milliseconds for shot in script) <= 30_000
    assert script[-1].milliseconds == 3000
    reached = -1
    for shot in script[:-1]:
        for index in (shot.step, *shot.band):
            assert index is None or index <= reached + 1
            reached = max(reached, -1 if index is None else index)
        assert shot.filled <= reached + 1
        assert shot.travelled == 1 or shot.filled == shot.step
    assert script[-1].filled == reached + 1
    scenes = [motion.draw(shot) for shot in script[:: max(1, len(script) // 6)]]
    assert len({(scene.width, scene.height) for scene in scenes}) == 1


def test_levels_fill_with_the_values_of_their_layers() -> None:
    """Worked out here; a layer begins when the one before is complete."""
    motion = stacked("numbers")
    blocks = np.asarray(STACKS["numbers"][0]).reshape(4, 2, 4, 2).max(axis=(1, 3))
    means = blocks.reshape(2, 2, 2, 2).mean(axis=(1, 3))
    expected = [blocks.ravel(), means.ravel(), means.min()[None]]
    for shot in motion.script(Pace(), None):
        scene, left = motion.draw(shot), shot.filled
        for title, values in zip(("max:2", "average:2", "min:2"), expected, strict=True):
            count = min(max(left, 0), len(values))
            assert [float(text) for text in digits(scene, title)] == pytest.approx(
                values[:count], abs=0.06
            )
            left -= len(values)


def test_maps_have_the_scale_of_the_input() -> None:
    """A map of half as many cells is half as large."""
    motion = stacked("large")
    pictures = [item for item in motion.draw(Shot(0, 0)).items if isinstance(item, Pixels)]
    pictures = [each for each in pictures if each.y == pictures[0].y]
    widths = [picture.width for picture in pictures]
    for width, cells in zip(widths, (220, 109, 54, 13), strict=True):
        assert abs(width - widths[0] * cells / 220) <= 1


def frames_of(scene: Scene) -> list[tuple[int, int, int, int]]:
    """The outlines in the accent colour, from left to right."""
    found = [item for item in scene.items if isinstance(item, Box)]
    marks = [(b.x, b.y, b.width, b.height) for b in found if b.outline == LIGHT.accent]
    return sorted(marks)


def test_window_and_what_it_sees_are_marked() -> None:
    """The first window of the second layer: 2×2 cells of the map before, 4×4 of the input."""
    motion = stacked("numbers")
    script = motion.script(Pace(), None)
    shot = next(shot for shot in script if shot.step == 16 and not shot.band)
    widths = [width for _, _, width, _ in frames_of(motion.draw(shot))]
    cell = widths[2]
    assert widths == [4 * cell, 2 * cell, cell]
    words = [item.text for item in motion.draw(shot).items if isinstance(item, Label)]
    assert "layer 2 of 3, average:2: 4×4 → 2×2; each output sees 4×4 cells of the input" in words
    last = [width for _, _, width, _ in frames_of(motion.draw(script[-1]))]
    assert last == [8 * cell, 4 * cell, 2 * cell, cell]


def test_two_stacks_fill_one_after_the_other() -> None:
    """At the end the marked cell of both inputs is framed, and the output that changes.

    The minimum of all means is another block's.
    """
    motion = stacked("numbers", "average:4")
    script = motion.script(Pace(), None)
    assert script[-1].filled == 16 + 4 + 1 + 4
    scene = motion.draw(script[-1])
    words = " ".join(item.text for item in scene.items if isinstance(item, Label))
    assert "marked: row 3, column 2" in words
    assert len(frames_of(scene)) == 3


@pytest.mark.parametrize("most", [10, 20, 40])
def test_fewer_frames_of_layers(most: int) -> None:
    """More rows pass together; never more frames than allowed, or they are refused."""
    assert len(stacked("large").script(Pace(max_frames=most), None)) <= most
    with pytest.raises(SpecError, match="max_frames"):
        stacked("large").script(Pace(max_frames=3), None)
    with pytest.raises(SpecError, match="max_frames"):
        stacked("large").script(Pace(every=1), None)


def test_every_and_delay_of_layers() -> None:
    """Every fourth output by itself, and the last of each layer; each as long as is asked."""
    script = stacked("numbers").script(Pace(every=4, delay=400), None)
    assert [shot.step for shot in script if shot.band] == [4, 8, 12, 15, 19]
    times = {shot.step: 0 for shot in script[1:-1]}
    for shot in script[1:-1]:
        times[shot.step] += shot.milliseconds
    assert set(times.values()) == {400}
