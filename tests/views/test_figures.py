"""Each kind of figure: what it shows, that nothing overlaps, that all stays on the picture."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import RESULTS, TEACHING, extent, noise, of_kind, result_of, texts

from poolviz import SpecError
from poolviz.cli import complete
from poolviz.output.typesetting import FigureStyle
from poolviz.views import figures
from poolviz.views.figures import available_figures, figure_scene
from poolviz.views.paint.vector import figure_bytes
from poolviz.views.scene.elements import Box, Label, Pixels, Scene, Stroke, Wedge
from poolviz.views.scene.region import parse_region
from poolviz.views.scene.style import THEMES, contrast, mixed, value_scale

LIGHT = THEMES["light"]
SMALL = ["teaching", "edges", "row", "global", "holes", "large integers", "long name"]
LARGE = ["28x28", "28x28 floats", "photo", "column", "ragged", "gaps", "large window"]


def needs_a_winner(kind: str) -> bool:
    """Whether a figure refuses a mode whose value is not one of the cells."""
    try:
        figure_scene(kind, RESULTS["average"](), 0, None, LIGHT)
    except SpecError as error:
        return error.subject == "kind" and "no cell wins" in error.cause
    return False


def drawable(names: list[str]) -> list[tuple[str, str]]:
    """The kinds of figures with those of some results that they apply to."""
    return [
        (kind, name)
        for kind in available_figures()
        for name in names
        if RESULTS[name]().mode.picks or not needs_a_winner(kind)
    ]


DRAWABLE = drawable(SMALL)
# The example of before-after is tested with the stage that it is drawn on.
OWN = [(kind, name) for kind, name in drawable([*SMALL, *LARGE]) if kind != "before-after"]


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


@pytest.mark.slow
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
    if isinstance(item, Stroke | Wedge):
        ends = (item.start, item.end) if isinstance(item, Stroke) else item.corners
        return *np.min(ends, axis=0), *np.max(ends, axis=0)
    return item.x, item.y, item.x + item.width, item.y + item.height


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), OWN)
def test_no_two_texts_overlap(kind: str, name: str) -> None:
    """Text is never written over text; a winner's digits replace the same ones."""
    labels = [(each.text, extent(each)) for each in of_kind(drawn(kind, name).items, Label)]
    for (first, its_own), (second, other) in combinations(labels, 2):
        assert first == second or not _overlap(its_own, other), (first, second)


def _overlap(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    apart = first[2] <= second[0] or second[2] <= first[0]
    above = first[3] <= second[1] or second[3] <= first[1]
    return not (apart or above)


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("kind", "name"), OWN)
def test_text_can_be_read_on_what_lies_below_it(kind: str, name: str, theme: str) -> None:
    """Every label has a contrast of 4.5 with the shape under its middle."""
    scene = drawn(kind, name, theme)
    for number, label in enumerate(scene.items):
        if isinstance(label, Label):
            ground = _ground(scene, number, _middle(label))
            assert contrast(label.color, ground) >= 4.5, label


def _middle(label: Label) -> tuple[float, float]:
    left, top, right, bottom = extent(label)
    return (left + right) / 2, (top + bottom) / 2


def _ground(scene: Scene, number: int, place: tuple[float, float]) -> tuple[int, int, int]:
    """The colour at a place under the item with a number."""
    x, y = place
    for item in reversed(scene.items[:number]):
        if not isinstance(item, Box | Pixels):
            continue
        inside = item.x <= x < item.x + item.width and item.y <= y < item.y + item.height
        if inside and isinstance(item, Pixels):
            row = int((y - item.y) * len(item.colors) / item.height)
            column = int((x - item.x) * item.colors.shape[1] / item.width)
            red, green, blue = item.colors[row, column].tolist()
            return red, green, blue
        if inside and isinstance(item, Box) and item.fill is not None:
            return item.fill
    return scene.background


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), OWN)
def test_no_figure_is_too_large_for_paper(kind: str, name: str) -> None:
    """At most about 2,400 pixels a side."""
    scene = drawn(kind, name)
    assert max(scene.width, scene.height) <= 2450


def rings(scene: Scene) -> list[Box]:
    """The rings in the accent colour, without their halos."""
    accent = THEMES["light"].accent
    return [box for box in of_kind(scene.items, Box) if box.outline == accent and box.radius]


def cell_at(scene: Scene, heading: str, box: Any, cell: int = 56) -> tuple[int, int]:
    """(row, column) of a shape in the grid below a heading, whose cells have a side."""
    label = next(each for each in of_kind(scene.items, Label) if each.text == heading)
    top = min(
        item.y
        for item in of_kind(scene.items, Box)
        if item.y > label.y and abs(item.x - label.x) <= 1
    )
    middle = box.x + box.width / 2 - label.x, box.y + box.height / 2 - top
    return int(middle[1] // cell), int(middle[0] // cell)


def test_argmax_rings_the_cell_of_each_window_that_is_its_maximum() -> None:
    """Compared with NumPy's argmax of each 2×2 window."""
    values = np.array(TEACHING)
    expected = set()
    for row, column in np.ndindex(3, 3):
        window = values[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        down, across = divmod(int(window.argmax()), 2)
        expected.add((2 * row + down, 2 * column + across))
    scene = drawn("argmax", "teaching")
    assert {cell_at(scene, "input", ring) for ring in rings(scene)} == expected


def test_argmax_has_an_arrow_from_each_of_few_outputs() -> None:
    """Nine outputs: nine arrows of three strokes, each with its halo."""
    scene = drawn("argmax", "teaching")
    strokes = [line for line in of_kind(scene.items, Stroke) if line.line_width == 2]
    assert len(strokes) == 9 * 3


def test_argmax_counts_the_windows_that_each_cell_wins() -> None:
    """Max 3×3 at stride 1 of padded values: sixteen outputs, and the 9 wins nine of them."""
    scene = figure_scene("argmax", result_of(TEACHING, kernel_size=3, stride=1), 0, None, LIGHT)
    assert not [line for line in of_kind(scene.items, Stroke) if line.line_width > 1]
    assert "×9" in texts(scene)
    assert "6 cells of 36 win (16.7 %); one cell wins at most 9 windows" in texts(scene)


def test_argmax_marks_nothing_in_a_window_of_equal_cells() -> None:
    """Of an all-equal window the first cell counts, but it does not win by its value."""
    values = np.zeros((4, 4))
    values[0, 1] = 5
    scene = figure_scene("argmax", result_of(values), 0, None, LIGHT)
    assert [cell_at(scene, "input", ring) for ring in rings(scene)] == [(0, 1)]
    assert any("all cells of a window are equal" in words for words in texts(scene))


def test_argmax_dots_the_winners_on_the_whole_picture() -> None:
    """80×80 pooled 16×16: a dot of the accent colour lies on each winner, and nowhere else."""
    values = np.random.default_rng(3).permutation(6400).reshape(80, 80)
    scene = figure_scene("argmax", result_of(values, kernel_size=16), 0, None, LIGHT)
    whole = of_kind(scene.items, Pixels)[0]
    side = whole.colors.shape[0]
    dots = np.argwhere((whole.colors == LIGHT.accent).all(axis=-1))
    found = {(int(y) * 80 // side, int(x) * 80 // side) for y, x in dots}
    expected = set()
    for row, column in np.ndindex(5, 5):
        window = values[16 * row : 16 * row + 16, 16 * column : 16 * column + 16]
        down, across = divmod(int(window.argmax()), 16)
        expected.add((16 * row + down, 16 * column + across))
    assert found == expected
    assert len(dots) == 4 * len(expected)


@pytest.mark.slow
def test_the_whole_picture_is_made_smaller_by_averaging() -> None:
    """No row is dropped: stripes of black and white become grey."""
    values = np.zeros((2000, 2000), np.uint8)
    values[::2] = 255
    result = result_of(values, "average", 100, value_range=(0, 255))
    scene = figure_scene("backward", result, 0, None, LIGHT)
    whole = of_kind(scene.items, Pixels)[0].colors
    assert 80 < whole.min() <= whole.max() < 175


def test_backward_sums_over_overlapping_windows() -> None:
    """Averages 2×2 at stride 1 of 3×3: the corner gets a quarter, the centre four of them."""
    scene = figure_scene(
        "backward", result_of(np.zeros((3, 3)), "average", stride=1), 0, None, LIGHT
    )
    found = texts(scene)
    assert found.count("1/4") == 4
    assert found.count("1/2") == 4
    # Four outputs send 1, the centre receives 1, and the scale ends with it.
    assert found.count("1") == 4 + 1 + 1
    assert any("the input receives 4 in all, at 9 cells of 9" in words for words in found)


def test_backward_of_padded_averages_says_what_is_lost() -> None:
    """3×3 with one ring of padding on 2×2: each of four outputs gives 4/9 to the input."""
    result = result_of(np.zeros((2, 2)), "average", 3, stride=1, padding=1)
    found = texts(figure_scene("backward", result, 0, None, LIGHT))
    assert found.count("4/9") == 4
    assert any("receives 1.778 in all" in words for words in found)


def test_backward_says_what_a_cell_receives_where_it_has_no_digits() -> None:
    """A sixty-fourth of each output in averages of 8×8."""
    found = texts(drawn("backward", "large window"))
    assert "every cell receives 1/64" in found


def test_an_output_and_what_it_sends_are_on_one_scale() -> None:
    """A quarter of 1 is a quarter of the way from the ground to the colour of 1."""
    scene = figure_scene("backward", result_of(np.zeros((4, 4)), "average"), 0, None, LIGHT)
    sent = tints(scene, "each output sends 1")[0, 0]
    got = tints(scene, "what arrives")[0, 0]
    ground = mixed(LIGHT.background, LIGHT.ink, 0.06)
    for part, whole, nothing in zip(got, sent, ground, strict=True):
        assert part == pytest.approx(nothing + (whole - nothing) / 4, abs=1)


def test_backward_leaves_cells_without_gradient_almost_blank() -> None:
    """27 of 36 cells get a dot instead of a 0."""
    found = texts(drawn("backward", "teaching"))
    assert found.count("·") == 27


def test_unpool_tells_a_filled_in_zero_from_a_pooled_one() -> None:
    """A pooled 0 has its digit, the zeros that are filled in are dots."""
    values = [[-1, 0, -3, -4], [-5, -6, -7, -8]]
    found = texts(figure_scene("unpool", result_of(values), 0, None, LIGHT))
    assert found.count("·") == 6
    # In the input, in the output, and back in its place.
    assert found.count("0") == 3
    assert found.count("−3") == 3
    assert any("6 cells of 8 (75 %)" in words for words in found)


def test_unpool_stands_beside_nearest_neighbour_where_cells_are_small() -> None:
    """The output with larger cells covers as much as the input."""
    scene = drawn("unpool", "28x28 floats")
    assert "nearest neighbour" in texts(scene)
    before, pooled, back = (each for each in of_kind(scene.items, Pixels) if each.height > 20)
    assert (before.width, before.height) == (pooled.width, pooled.height)
    assert (back.width, back.height) == (before.width, before.height)
    assert before.colors.shape[:2] == back.colors.shape[:2] == (28, 28)
    assert pooled.colors.shape[:2] == (14, 14)


@pytest.mark.parametrize("kind", ["argmax", "unpool"])
def test_a_mode_without_winner_is_refused(kind: str) -> None:
    """An average picks no cell."""
    with pytest.raises(SpecError, match="does not pick one cell of the window"):
        figure_scene(kind, result_of(TEACHING, "average"), 0, None, LIGHT)


def test_steps_has_a_tile_for_each_window_with_its_arithmetic() -> None:
    """Nine windows: nine numbered tiles, each with the step's own line."""
    result = result_of(TEACHING)
    found = texts(figure_scene("steps", result, 0, None, LIGHT))
    tiles = [words for words in found if words.startswith("step ")]
    assert tiles == [f"step {at + 1}: output ({at // 3}, {at % 3})" for at in range(9)]
    assert all(step.arithmetic in found for step in result.steps())


def test_steps_shows_the_input_once() -> None:
    """The −5 of the corner stands in the input and in the one window that reads it."""
    found = texts(drawn("steps", "teaching"))
    assert found.count("−5") == 2


@pytest.mark.parametrize(("every", "shown"), [(1, range(1, 10)), (4, [1, 5, 9]), (5, [1, 6, 9])])
def test_steps_honours_every(every: int, shown: Any) -> None:
    """Every so many steps from the first, and the last; the skipped ones are said."""
    result = result_of(TEACHING)
    found = texts(figure_scene("steps", result, 0, None, LIGHT, every=every))
    tiles = [words.split(":")[0] for words in found if words.startswith("step ")]
    assert tiles == [f"step {number}" for number in shown]
    assert (every > 1) == any("skipped" in words for words in found)


def test_every_is_passed_from_the_command_line(folder: Path, poolviz: Any) -> None:
    """--every 4 of nine steps: three tiles."""
    options = ["--kind", "steps", "--every", "4", "--figure", "f.svg", "--write", "none"]
    assert poolviz("run", "sample:teaching", *options).code == 0
    svg = (folder / "f.svg").read_text(encoding="utf-8")
    assert "step 5: output (1, 1)" in svg
    assert "step 4: output" not in svg


@pytest.mark.slow
def test_a_sheet_of_many_large_windows_is_bounded() -> None:
    """Of 400 windows of 8×8 so many are shown as fit, among them the first and the last."""
    result = result_of(noise(160, 160), kernel_size=8)
    scene = figure_scene("steps", result, 0, parse_region(result, "160x160+0+0"), LIGHT)
    assert max(scene.width, scene.height) <= 2450
    tiles = [words for words in texts(scene) if words.startswith("step ")]
    assert tiles[0].startswith("step 1:")
    assert tiles[-1].startswith("step 400:")
    assert any("of 400 steps" in words and "skipped" in words for words in texts(scene))


def test_steps_of_equal_cells_have_no_rings() -> None:
    """Not a chequerboard of ties, but how many there are."""
    scene = figure_scene("steps", result_of(np.full((16, 16), 7), kernel_size=8), 0, None, LIGHT)
    assert not rings(scene)
    assert texts(scene).count("all 64 equal 7") == 4


def test_too_many_windows_to_tell_apart_are_refused() -> None:
    """With a region that would do."""
    result = result_of(noise(40, 40))
    region = parse_region(result, "40x40+0+0")
    with pytest.raises(SpecError, match="region=8x8"):
        figure_scene("mapping", result, 0, region, LIGHT)


def tints(scene: Scene, heading: str, cell: int = 56) -> dict[tuple[int, int], Any]:
    """The fill of each cell of the grid below a heading."""
    fills: dict[tuple[int, int], Any] = {}
    label = next(each for each in of_kind(scene.items, Label) if each.text == heading)
    boxes = [
        box
        for box in of_kind(scene.items, Box)
        if box.fill and box.width == box.height == cell - 1 and box.y > label.y
    ]
    top, left = min(box.y for box in boxes if box.x == label.x), label.x
    for box in boxes:
        fills[(box.y - top) // cell, (box.x - left) // cell] = box.fill
    return fills


def test_mapping_gives_a_window_and_its_output_one_tint() -> None:
    """4×4 in windows of 2×2: four tints, each on four cells and on their output."""
    scene = figure_scene("mapping", result_of(np.arange(16).reshape(4, 4)), 0, None, LIGHT)
    before, after = tints(scene, "input"), tints(scene, "output")
    for row, column in np.ndindex(4, 4):
        assert before[row, column] == after[row // 2, column // 2]
    assert len({after[row, column] for row, column in np.ndindex(2, 2)}) == 4


def test_neighbouring_windows_differ_in_tint() -> None:
    """Also those that touch at a corner."""
    scene = figure_scene("mapping", result_of(np.zeros((10, 10))), 0, None, LIGHT)
    after = tints(scene, "output")
    for row, column in np.ndindex(4, 4):
        for down, across in ((0, 1), (1, 0), (1, 1)):
            assert after[row, column] != after[row + down, column + across]
        assert after[row + 1, column] != after[row, column + 1]


def test_mapping_with_dilation_tints_exactly_the_cells_that_are_read() -> None:
    """3×3 with dilation 2 on 7×7: nine windows, each with its own grid of nine tinted cells."""
    result = result_of(np.arange(49).reshape(7, 7), kernel_size=3, stride=1, dilation=2)
    scene = figure_scene("mapping", result, 0, None, LIGHT)
    for row, column in np.ndindex(3, 3):
        value = result.output[0, row, column]
        fills = tints(scene, f"output ({row}, {column}) = {value}", cell=32)
        read = {
            place
            for place, fill in fills.items()
            if fill != LIGHT.background and 0 <= place[0] < 7 and 0 <= place[1] < 7
        }
        assert read == {(row + 2 * i, column + 2 * j) for i in range(3) for j in range(3)}


def test_mapping_counts_the_windows_that_read_each_cell() -> None:
    """3×3 at stride 1 with padding on 6×6, counted window by window."""
    counts = np.zeros((8, 8), int)
    for row, column in np.ndindex(6, 6):
        counts[row : row + 3, column : column + 3] += 1
    result = result_of(np.full((6, 6), 50), kernel_size=3, stride=1, padding=1)
    found = texts(figure_scene("mapping", result, 0, None, LIGHT))
    assert "windows that read each cell" in found
    for number in (4, 6, 9):
        assert found.count(str(number)) == int((counts[1:-1, 1:-1] == number).sum())


def test_mapping_of_a_large_map_shows_its_corner_and_says_so() -> None:
    """Of 64×64 windows the first few."""
    found = texts(figure_scene("mapping", result_of(noise(128, 128)), 0, None, LIGHT))
    assert "shown: rows 0–15, columns 0–15 of 128×128" in found


def test_channels_shows_every_channel_twice() -> None:
    """Before and after, with one scale."""
    result = result_of(noise(5, 8, 8))
    scene = figure_scene("channels", result, 0, None, LIGHT)
    maps = [item for item in of_kind(scene.items, Pixels) if item.colors.shape[0] > 1]
    assert [item.colors.shape[:2] for item in maps] == [(8, 8), (4, 4)] * 5
    assert {f"channel {at}" for at in range(5)} <= set(texts(scene))


def test_a_single_small_channel_has_digits() -> None:
    """All 36 + 9 of them."""
    found = texts(drawn("channels", "teaching"))
    assert found.count("9") == 3  # input, output, and the end of the scale


def test_64_channels_make_a_square_by_contrast() -> None:
    """Eight across, the one that varies most first, each with its number."""
    gains = np.random.default_rng(1).permutation(64)[:, None, None] + 20
    values = noise(1, 8, 8) * gains
    scene = figure_scene("channels", result_of(values), 0, None, LIGHT)
    names = [each for each in of_kind(scene.items, Label) if each.text.isdigit() and each.y > 100]
    names = [each for each in names if each.size == names[0].size][:64]
    assert [int(each.text) for each in names] == np.argsort(-gains.ravel()).tolist()
    assert len({each.x for each in names}) == len({each.y for each in names}) == 8


def test_channels_of_very_different_contrast_have_their_own_scales() -> None:
    """Ten equal patterns, one a hundred times the others: all look alike, and it is said."""
    values = np.repeat(noise(1, 8, 8), 10, axis=0)
    values[3] *= 100
    scene = figure_scene("channels", result_of(values), 0, None, LIGHT)
    first, _, second, _ = [item.colors for item in of_kind(scene.items, Pixels)][:4]
    assert (first == second).all()
    assert any("its own scale" in words for words in texts(scene))


def test_more_channels_than_fit_are_said() -> None:
    """Of 70 channels 64 are shown, which the picture says."""
    scene = figure_scene("channels", result_of(noise(70, 4, 4)), 0, None, LIGHT)
    assert "64 of 70 channels before and after pooling" in texts(scene)
    assert "shown: the 64 of 70 channels with most contrast" in texts(scene)


def test_volume_shows_that_channels_stay_and_sides_shrink() -> None:
    """16 channels: as many sheets before as after, the front ones at one scale of length."""
    scene = figure_scene("volume", result_of(noise(10, 14, 12)), 3, None, LIGHT)
    sheets = of_kind(scene.items, Pixels)
    before, after = sheets[:10], sheets[10:]
    assert len(after) == 10
    assert {each.colors.shape[:2] for each in before} == {(14, 12)}
    assert {each.colors.shape[:2] for each in after} == {(7, 6)}
    assert before[0].width == 2 * after[0].width
    assert "10×14×12 → 10×7×6" in texts(scene)
    assert texts(scene).count("10 channels") == 2


@pytest.mark.parametrize("width", [None, "84mm", "165mm"])
@pytest.mark.parametrize("shape", [(16, 14, 14), (64, 4, 4), (3, 200, 20), (300, 7, 100)])
def test_no_text_of_a_volume_lies_on_a_sheet(width: str | None, shape: tuple[int, ...]) -> None:
    """Measures stand beside and below the sheets of both stacks."""
    result = result_of(noise(*shape))
    scene = FigureStyle(width=width).figure(
        lambda theme: figure_scene("volume", result, 0, None, theme)
    )
    assert isinstance(scene, Scene)
    sheets = of_kind(scene.items, Pixels)
    assert len(sheets) > 3
    for label in of_kind(scene.items, Label):
        for sheet in sheets:
            area = sheet.x, sheet.y, sheet.x + sheet.width, sheet.y + sheet.height
            assert not _overlap(extent(label), area), label


def test_volume_has_the_shown_channel_in_front() -> None:
    """The last sheet that is drawn has its colours."""
    result = result_of(noise(4, 6, 6))
    scene = figure_scene("volume", result, 2, None, LIGHT)
    front = of_kind(scene.items, Pixels)[3].colors
    planes = result.feature_map.values[2], result.output[2]
    assert (front == value_scale(LIGHT, *planes, value_range=None).colors(planes[0])).all()


def test_volume_says_how_many_sheets_are_drawn() -> None:
    """Twelve of sixty-four."""
    scene = figure_scene("volume", result_of(noise(64, 4, 4)), 0, None, LIGHT)
    assert "12 of 64 sheets are drawn" in texts(scene)
    assert len(of_kind(scene.items, Pixels)) == 24


@pytest.mark.parametrize("kind", ["argmax", "backward", "channels", "mapping", "steps", "unpool"])
def test_the_alt_text_says_what_is_seen(kind: str) -> None:
    """The values of the output, or what arrives at the input, as one would read them out."""
    alt = drawn(kind, "teaching").description
    if kind == "backward":
        assert "0, 0, 1, 0, 0, 1; 1, 0, 0, 0, 0, 0" in alt
    elif kind == "mapping":
        assert "Output (0, 1) = 4 reads rows 0, 1 and columns 2, 3." in alt
    else:
        assert "6, 4, −2; 5, 9, 3; 7, 2, 8" in alt


def test_one_number_of_decimals_in_input_and_output() -> None:
    """So that a number copied from one grid is found in the other."""
    values = np.random.default_rng(3).random((8, 8))
    found = texts(figure_scene("argmax", result_of(values), 0, None, LIGHT))
    numbers = [words for words in found if re.fullmatch(r"[01]\.\d+", words)]
    assert len(numbers) == 64 + 16
    assert {len(words) for words in numbers} == {4}


def test_tiny_numbers_share_a_factor() -> None:
    """4×4 numbers about 10⁻⁷ have digits, with the power of ten above the grids."""
    values = np.array([[1, 2, 3, 4], [5, 6, 7, 8]]) * 1e-7
    found = texts(figure_scene("argmax", result_of(values), 0, None, LIGHT))
    assert found.count("×10⁻⁷") == 2
    assert {"1.00", "8.00"} <= set(found) or {"1", "8"} <= set(found)


def test_a_region_is_shown_and_said() -> None:
    """Only its cells, and where they lie."""
    result = result_of(np.arange(100).reshape(10, 10))
    region = parse_region(result, "4x4+2+6")
    found = texts(figure_scene("backward", result, 0, region, LIGHT))
    assert "cell by cell: rows 2–5, columns 6–9 of 10×10" in found


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
    assert svg.count("<title") == 1
    assert "Max pooling, 2×2, stride 2" in svg


def test_volume_marks_the_window_of_cell_on_the_front_sheet() -> None:
    """Output (0, 0) reads the top left corner, output (2, 2) the bottom right one."""
    result = result_of(noise(2, 6, 6))
    for cell in ((0, 0), (2, 2)):
        scene = figure_scene("volume", result, 0, None, LIGHT, cell=cell)
        front = of_kind(scene.items, Pixels)[1]
        marks = [box for box in of_kind(scene.items, Box) if box.outline == LIGHT.accent]
        middle = marks[0].x + marks[0].width / 2, marks[0].y + marks[0].height / 2
        share = (middle[0] - front.x) / front.width, (middle[1] - front.y) / front.height
        assert share == pytest.approx(((2 * cell[1] + 1) / 6, (2 * cell[0] + 1) / 6), abs=0.02)


def test_the_detail_is_framed_where_it_lies_on_the_whole() -> None:
    """The only structure of a large map is in the detail, and the frame is around it."""
    values = np.zeros((200, 200))
    values[120:126, 60:66] = noise(6, 6) + 5
    scene = figure_scene("unpool", result_of(values), 0, None, LIGHT)
    whole = of_kind(scene.items, Pixels)[0]
    (mark,) = [box for box in of_kind(scene.items, Box) if box.outline == LIGHT.accent]
    unit = whole.width / 200
    assert mark.x < whole.x + 60 * unit
    assert mark.x + mark.width > whole.x + 66 * unit
    assert mark.y < whole.y + 120 * unit
    assert mark.y + mark.height > whole.y + 126 * unit
    assert mark.width == pytest.approx(24 * unit, abs=6)
