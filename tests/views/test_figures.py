"""Each kind of figure: what it shows, that nothing overlaps, that all stays on the picture."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import RESULTS, TEACHING, extent, noise, of_kind, result_of, texts

from poolviz import FeatureMap, PoolSpec, SpecError, run
from poolviz.cli import complete
from poolviz.views import figures
from poolviz.views.figures import available_figures, figure_scene
from poolviz.views.paint.vector import figure_bytes
from poolviz.views.scene.elements import Box, Label, Pixels, Scene, Stroke
from poolviz.views.scene.region import parse_region
from poolviz.views.scene.style import THEMES

SMALL = ["teaching", "edges", "row", "global", "holes", "large integers", "long name"]


def needs_a_winner(kind: str) -> bool:
    """Whether a figure refuses a mode whose value is not one of the cells."""
    try:
        figure_scene(kind, RESULTS["average"](), 0, None, THEMES["light"])
    except SpecError as error:
        return error.subject == "kind" and "no cell wins" in error.cause
    return False


DRAWABLE = [
    (kind, name)
    for kind in available_figures()
    for name in SMALL
    if RESULTS[name]().mode.picks or not needs_a_winner(kind)
]
# The numbers of windows lie over digits.
WITHOUT_OVERLAPS = [(kind, name) for kind, name in DRAWABLE if kind != "mapping"]
LARGE = ["28x28", "28x28 floats", "photo", "column"]


def drawn(kind: str, name: str, theme: str = "light") -> Scene:
    """The figure of one of the results."""
    return figure_scene(kind, RESULTS[name](), 0, None, THEMES[theme])


def test_every_kind_is_a_file_and_shared_code_is_none() -> None:
    """A file whose name begins with an underscore is not a kind."""
    files = {path.stem for path in Path(str(figures.__file__)).parent.glob("*.py")}
    public = {name.replace("_", "-") for name in files if not name.startswith("_")}
    assert set(available_figures()) == public
    assert "_maps" in files


NEW_FIGURE = '''
"""How far each cell lies from the mean of its map."""

from poolviz.views.figures._maps import MapFigure


def scene(result, channel, region, theme):
    maps = MapFigure(result, channel, region, theme)
    plane = result.feature_map.values[channel]
    distance = maps.panel("distance from the mean", maps.input_part(abs(plane - plane.mean())))
    return maps.scene([*maps.values(), distance], ["distances are absolute values"])
'''


def test_a_new_file_is_a_new_figure(
    folder: Path, add_file: Any, monkeypatch: pytest.MonkeyPatch, poolviz: Any
) -> None:
    """Help, completion, errors, --figure and --write know it; no other file does."""
    add_file(figures, "mean_distance", NEW_FIGURE)
    monkeypatch.setenv("COLUMNS", "200")
    assert "mean-distance" in poolviz("run", "--help").out
    assert "mean-distance" in poolviz("batch", "--help").out
    assert "mean-distance" in complete.figures("me")
    source = ["run", "--data", "3 1; 2 4", "--kind"]
    assert poolviz(*source, "mean-distance", "--figure", "f.png", "--write", "none").code == 0
    assert (folder / "f.png").read_bytes().startswith(b"\x89PNG")
    assert poolviz(*source, "mean-distance", "--write", "svg").code == 0
    (svg,) = folder.glob("poolviz-out/*-mean-distance.svg")
    assert "distances are absolute values" in svg.read_text(encoding="utf-8")
    mistyped = poolviz(*source, "mean-distanse", "--figure", "f.png")
    assert "did you mean mean-distance?" in mistyped.failure


def test_an_unknown_kind_is_refused() -> None:
    """With the nearest one."""
    with pytest.raises(SpecError, match="did you mean argmax"):
        drawn("argmx", "teaching")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("kind", "name"), DRAWABLE)
def test_all_stays_on_the_picture(kind: str, name: str, theme: str) -> None:
    """No item reaches beyond the edges, and there is an alt text."""
    scene = drawn(kind, name, theme)
    for item in scene.items:
        left, top, right, bottom = _reach(item)
        assert left >= 0
        assert top >= 0
        assert right <= scene.width
        assert bottom <= scene.height
    assert scene.description
    assert scene.title


def _reach(item: Any) -> tuple[float, float, float, float]:
    if isinstance(item, Label):
        return extent(item)
    if isinstance(item, Stroke):
        (x0, y0), (x1, y1) = item.start, item.end
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    return item.x, item.y, item.x + item.width, item.y + item.height


@pytest.mark.parametrize(("kind", "name"), WITHOUT_OVERLAPS)
def test_no_two_texts_overlap(kind: str, name: str) -> None:
    """Text is never written over text; a winner's digits replace the same ones."""
    labels = [(each.text, extent(each)) for each in of_kind(drawn(kind, name).items, Label)]
    for (first, its_own), (second, other) in combinations(labels, 2):
        assert first == second or not _overlap(its_own, other), (first, second)


def _overlap(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    apart = first[2] <= second[0] or second[2] <= first[0]
    above = first[3] <= second[1] or second[3] <= first[1]
    return not (apart or above)


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("kind", ["backward", "channels"])
def test_large_maps_are_drawn_in_pixels(kind: str, name: str) -> None:
    """Cells without room for digits are colours."""
    assert of_kind(drawn(kind, name).items, Pixels)


def test_argmax_counts_the_windows_that_each_cell_wins() -> None:
    """Max 2×2 at stride 1 of a single peak: the four windows that read it."""
    values = np.zeros((3, 3))
    values[1, 1] = 5
    scene = figure_scene("argmax", result_of(values, stride=1), 0, None, THEMES["light"])
    assert "windows won" in texts(scene)
    assert texts(scene).count("4") == 2  # on the map, and as the end of its scale
    assert "1 cell of 9 wins (11.1 %); one cell wins at most 4 windows" in texts(scene)


def test_backward_sums_over_overlapping_windows() -> None:
    """Averages 2×2 at stride 1 of 3×3: the corner gets a quarter, the centre four of them."""
    scene = figure_scene(
        "backward", result_of(np.zeros((3, 3)), "average", stride=1), 0, None, THEMES["light"]
    )
    found = texts(scene)
    assert found.count("0.25") == 4
    assert found.count("0.5") == 4
    assert found.count("1") == 2


def test_unpool_puts_values_back() -> None:
    """The winners' values at their places."""
    scene = drawn("unpool", "teaching")
    boxes = [label for label in of_kind(scene.items, Label) if label.text == "9"]
    assert len({label.x for label in boxes}) >= 3  # input, output, unpooled (and the scale)


@pytest.mark.parametrize("kind", ["argmax", "unpool"])
def test_a_mode_without_winner_is_refused(kind: str) -> None:
    """An average picks no cell."""
    with pytest.raises(SpecError, match="not one of the window's cells"):
        figure_scene(kind, result_of(TEACHING, "average"), 0, None, THEMES["light"])


def test_steps_has_a_tile_for_each_window_with_its_arithmetic() -> None:
    """Nine windows: nine numbered tiles, each with the step's own line."""
    result = result_of(TEACHING)
    found = texts(figure_scene("steps", result, 0, None, THEMES["light"]))
    assert [f"step {at}" for at in range(1, 10)] == [each for each in found if "step " in each]
    assert all(step.arithmetic in found for step in result.steps())


@pytest.mark.parametrize("kind", ["steps", "mapping"])
def test_too_many_windows_for_paper_are_refused(kind: str) -> None:
    """With a region that would do."""
    result = result_of(noise(40, 40))
    region = parse_region(result, "40x40+0+0")
    with pytest.raises(SpecError, match="region=8x8"):
        figure_scene(kind, result, 0, region, THEMES["light"])


def test_mapping_numbers_windows_on_both_maps() -> None:
    """Each number stands once on the input and once on the output."""
    scene = figure_scene("mapping", result_of(np.full((4, 4), 70)), 0, None, THEMES["light"])
    found = texts(scene)
    assert [found.count(str(at)) for at in (1, 2, 3, 4)] == [2, 2, 2, 2]


def test_channels_shows_every_channel_twice() -> None:
    """Before and after, with one scale."""
    result = result_of(noise(5, 8, 8))
    scene = figure_scene("channels", result, 0, None, THEMES["light"])
    maps = [item for item in of_kind(scene.items, Pixels) if item.colors.shape[0] > 1]
    assert [item.colors.shape[:2] for item in maps] == [(8, 8), (4, 4)] * 5
    assert {f"channel {at}" for at in range(5)} <= set(texts(scene))


def test_more_channels_than_fit_are_said() -> None:
    """Of 70 channels 64 are shown, which the picture says."""
    scene = figure_scene("channels", result_of(noise(70, 4, 4)), 0, None, THEMES["light"])
    assert "shown: channels 0–63 of 70" in texts(scene)


def test_a_region_is_shown_and_said() -> None:
    """Only its cells, and where they lie."""
    result = result_of(np.arange(100).reshape(10, 10))
    region = parse_region(result, "4x4+2+6")
    found = texts(figure_scene("backward", result, 0, region, THEMES["light"]))
    assert "shown: rows 2–5, columns 6–9 of 10×10" in found
    assert "26" in found
    assert "25" not in found


@pytest.mark.parametrize(
    "kind", ["argmax", "channels", "mapping", pytest.param("steps", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
    "suffix", ["svg", *(pytest.param(name, marks=pytest.mark.slow) for name in ("pdf", "png"))]
)
def test_every_format_is_written_the_same_each_time(kind: str, suffix: str) -> None:
    """The same scene gives the same bytes."""
    first = figure_bytes(drawn(kind, "teaching"), suffix)
    assert first == figure_bytes(drawn(kind, "teaching"), suffix)


@pytest.mark.parametrize("kind", ["argmax", "steps"])
def test_text_stays_text_in_svg(kind: str) -> None:
    """Texts can be found and read aloud."""
    svg = figure_bytes(drawn(kind, "teaching"), "svg").decode()
    assert "<title>" in svg
    assert "output size" in svg


def test_mapping_keeps_no_room_for_a_window() -> None:
    """Of small cells none is shown enlarged: the output stands beside the input."""
    result = run(FeatureMap(np.arange(1024.0).reshape(32, 32) / 7), PoolSpec("max", 4))
    words = texts(figure_scene("mapping", result, 0, None, THEMES["light"]))
    assert "output 8×8" in words
    assert "window" not in words


def test_boxes_of_mapping_enclose_their_windows() -> None:
    """Window 1 of 3×3 at stride 2 with padding 1 begins in the padding."""
    result = result_of(TEACHING, kernel_size=3, stride=2, padding=1)
    scene = figure_scene("mapping", result, 0, None, THEMES["light"])
    outlines = [box for box in of_kind(scene.items, Box) if box.outline and box.line_width == 2]
    assert len(outlines) == 2 * 9
    first = outlines[0]
    assert first.width == first.height
    assert 3 * 50 <= first.width <= 3 * 60
