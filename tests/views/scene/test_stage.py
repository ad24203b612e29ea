"""Stage: where everything stands."""

import itertools

import numpy as np
import pytest
from pictures import RESULTS, TEACHING, result_of, stage_for

from poolviz import FeatureMap, PoolSpec, run
from poolviz.views.scene import stage as module
from poolviz.views.scene.elements import SMALLEST_DIGITS, Panel, cell_text, resampled
from poolviz.views.scene.region import default_region, region_of
from poolviz.views.scene.stage import stage_of
from poolviz.views.scene.style import THEMES


def panels(name: str) -> list[Panel]:
    """The grids of a stage from left to right, or from top to bottom."""
    stage = stage_for(name)
    return [stage.input_panel, stage.output_panel]


@pytest.mark.parametrize("name", RESULTS)
def test_panels_stand_apart_inside_the_picture(name: str) -> None:
    """Grids, whole maps and enlarged windows touch neither each other nor the picture's edges."""
    stage = stage_for(name)
    for first, second in itertools.combinations(stage.panels, 2):
        apart = (
            first.x + first.width < second.x
            or second.x + second.width < first.x
            or first.y + first.height < second.y
            or second.y + second.height < first.y
        )
        assert apart, (first, second)
    for panel in stage.panels:
        assert panel.x >= module.MARGIN
        assert panel.y >= module.MARGIN + module.HEADER
        assert panel.x + panel.width <= stage.width - module.MARGIN
        assert panel.y + panel.height <= stage.height - module.MARGIN


@pytest.mark.parametrize("name", RESULTS)
def test_both_grids_have_one_cell_size_where_both_have_digits(name: str) -> None:
    """The map gets smaller, so its picture does."""
    before, after = panels(name)
    if before.digits:
        assert (after.cell, after.digits) == (before.cell, before.digits)


@pytest.mark.parametrize("name", RESULTS)
def test_digits_are_legible_or_absent(name: str) -> None:
    """Digits are at least so large, or not drawn; and then they fit their cells."""
    for panel in panels(name):
        assert panel.digits == 0 or SMALLEST_DIGITS <= panel.digits < panel.cell


@pytest.mark.parametrize("name", RESULTS)
def test_output_is_no_larger_than_the_input(name: str) -> None:
    """Cells of the output are as large as the input's or larger, the whole no larger."""
    stage = stage_for(name)
    before, after = stage.input_panel, stage.output_panel
    assert after.cell >= before.cell
    assert after.cell == before.cell or (
        after.width <= before.width and after.height <= before.height
    )


def test_positions_of_the_teaching_map() -> None:
    """Input and output stand side by side, with their tops on one line."""
    before, after = panels("teaching")
    assert (before.x, before.y, before.cell, before.width) == (28, 120, 64, 384)
    assert (after.x, after.y, after.cell, after.width) == (484, 120, 64, 192)
    assert (before.title, after.title) == ("input 6×6", "output 3×3")
    assert before.digits > 0


def test_area_of_cells() -> None:
    """An area spans the cells from first to last, cut at the panel's edges."""
    panel = Panel(100, 200, 10, range(-1, 5), range(-1, 5), 0, "")
    assert panel.area(range(-1, 1), range(1)) == (110, 200, 10, 20)
    assert panel.area(range(0, 5, 2), range(0, 3, 2)) == (110, 210, 30, 50)
    assert panel.area(range(3, 9), range(-5, 0)) == (100, 240, 10, 20)


def test_padding_and_overhang_are_part_of_the_input_panel() -> None:
    """The input panel begins with the padding and ends with the overhang."""
    panel = stage_for("edges").input_panel
    result = RESULTS["edges"]()
    assert (panel.rows, panel.columns) == tuple(axis.extent for axis in result.geometry.axes)
    assert panel.rows[0] == -1
    assert panel.title == "input 6×6", "the title is of the input alone"


def test_output_begins_beside_the_first_row_of_the_data() -> None:
    """Padding above the input moves the output down by as much."""
    before, after = panels("average")
    assert after.y == before.y + before.cell


def test_outputs_of_one_row_stand_under_their_windows() -> None:
    """The middle of each output lies under the middle of its window."""
    stage = stage_for("row")
    before, after = stage.input_panel, stage.output_panel
    assert after.y > before.y + before.height
    for step in stage.steps:
        x, _, width, _ = before.area(step.rows, step.columns)
        row, column = step.index
        at, _, side, _ = after.area(range(row, row + 1), range(column, column + 1))
        assert at + side / 2 == x + width / 2
        assert side == before.cell


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("teaching", ["winner", "tie"]),
        ("average", ["share", "padding"]),
        ("edges", ["winner", "tie", "padding", "overhang"]),
        ("edges average", ["share", "read", "padding", "unread"]),
        ("gaps", ["share", "unread"]),
    ],
)
def test_key_has_the_marks_that_are_there(name: str, marks: list[str]) -> None:
    """The key explains each mark that the picture has, and no other."""
    assert [mark for mark, _ in stage_for(name).key] == marks


def test_key_gives_the_value_of_padding_under_the_framework() -> None:
    """scikit-image pads a maximum with 0, which other frameworks leave out; a median has none."""
    for mode, like, padding, value, words in (
        ("max", "skimage", None, "0", "padding, counts as 0"),
        ("max", "torch", 1, "−∞", "padding, counts as −∞"),
        ("median", "torch", 1, "", "padding, left out"),
    ):
        spec = PoolSpec(mode, 4, stride=4, padding=padding, like=like)
        result = run(FeatureMap(np.array(TEACHING)), spec)
        stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
        assert ("padding", words) in stage.key
        assert stage.padding_text == value


def test_notes_have_the_formula() -> None:
    """The size formula is on the picture."""
    stage = stage_for("teaching")
    assert stage.notes == ["output size: ⌊(6 − 2) / 2⌋ + 1 = 3"]


def test_part_of_a_map_is_named_and_shown_in_the_whole() -> None:
    """Beside a part of a map stands all of it, and the grid says which part it shows."""
    stage = stage_for("photo")
    rows, columns = stage.inside
    place = f"rows {rows[0]}–{rows[-1]}, columns {columns[0]}–{columns[-1]}"
    assert stage.input_panel.title == f"input 80×70, {place}"
    whole_input, whole_output = stage.overview
    assert whole_input.title == "the whole input, 80×70"
    assert (whole_input.height, whole_input.width) == (240, 210)
    assert (whole_output.height, whole_output.width) == (120, 105), "to the same scale"
    assert stage_for("teaching").overview is None


def test_tiny_output_beside_a_part_is_enlarged() -> None:
    """An output of one cell is not shown at the scale of a large input."""
    result = result_of(np.arange(400).reshape(20, 20), "average", 5)
    stage = stage_of(result, 0, region_of(result, range(1), range(1)), THEMES["light"])
    _, whole_output = stage.overview
    assert (whole_output.height, whole_output.width) == (240, 240), "48 pixels to the same scale"
    result = result_of(np.arange(10000).reshape(100, 100), "average", 50)
    stage = stage_of(result, 0, region_of(result, range(1), range(1)), THEMES["light"])
    _, whole_output = stage.overview
    assert (whole_output.height, whole_output.width) == (240, 240)
    result = result_of(np.arange(400).reshape(20, 20), "average", 2)
    stage = stage_of(result, 0, region_of(result, range(1), range(1)), THEMES["light"])
    assert stage.overview[1].height == 120, "to the same scale"


def test_heading_is_the_operation() -> None:
    """The operation is the title; the source with its shapes stands below it."""
    stage = stage_for("edges")
    assert stage.title == "Max pooling, 3×3, stride 2, padding 1, ceil mode"
    assert stage.source == "map, 6×6 → 4×4"
    assert stage_for("global").title == "Global average pooling"
    assert stage_for("gaps").title == "Lp pooling, p = 3, 2×2, stride 3"


def test_source_has_no_control_characters() -> None:
    """A name that could drive a terminal is escaped on pictures too."""
    result = result_of(TEACHING, name="a\nb")
    stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
    assert r"a\nb" in stage.source
    assert r"a\nb" in stage.describe()


def test_channel_is_named_where_there_are_several() -> None:
    """Of several channels the shown one is named."""
    result = result_of(np.zeros((2, 4, 4)))
    stage = stage_of(result, 1, default_region(result, 1), THEMES["light"])
    assert stage.input_panel.title == "input 4×4, channel 1"


def test_image_in_colour_has_a_window_for_each_channel() -> None:
    """No cell shows the digits of one channel; each channel's window does."""
    stage = stage_for("photo")
    assert stage.input_panel.digits == 0
    assert [panel.title for panel in stage.window_panels] == ["red", "green", "blue"]
    assert all(panel.digits for panel in stage.window_panels)
    step = stage.steps[0]
    lines = stage.arithmetic(step)
    for channel, (name, line) in enumerate(zip(("red", "green", "blue"), lines, strict=True)):
        assert line == f"{name}: {stage.result.step(*step.index, channel).arithmetic}"


def test_resampling_takes_means_and_drops_no_row() -> None:
    """Each pixel is the mean of its cells; cells are repeated where there are more pixels."""
    planes = np.arange(16).reshape(1, 4, 4)
    assert resampled(planes, 2, 2)[0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert resampled(planes, 3, 2)[0].tolist() == [[0.5, 2.5], [4.5, 6.5], [10.5, 12.5]]
    assert resampled(planes[:, 1:2], 2, 8)[0].tolist() == [[4, 4, 5, 5, 6, 6, 7, 7]] * 2


def test_resampling_keeps_the_mean_of_the_whole() -> None:
    """With a divisor of the size every cell has the same weight."""
    planes = np.random.default_rng(1).normal(size=(3, 24, 36))
    small = resampled(planes, 6, 9)
    assert np.allclose(small, planes.reshape(3, 6, 4, 9, 4).mean(axis=(2, 4)))


def test_alt_text_says_what_a_lecturer_would() -> None:
    """It has the operation, the example with its place, and the values of a small output."""
    stage = stage_for("teaching")
    assert stage.describe(stage.steps[0]) == (
        "Max pooling, 2×2, stride 2: map. The input is 6×6. The window over rows 0–1,"
        " columns 0–1 gives max(1, 3, 6, 2) = 6, at row 0, column 0 of the output. The output is"
        " 3×3: 6 4 −2 / 5 9 3 / 7 2 8."
    )
    assert "here" not in stage_for("photo").describe(), "an image has no values to read out"


def test_shares_are_parts_of_the_whole() -> None:
    """A ninth is a ninth; shares of a sum, 1 each, are parts of all of them."""
    average, total = stage_for("average").steps[4], result_of(np.ones((4, 4)), "sum").step(0, 0)
    assert np.allclose(average.shares[average.kinds == 0], 1 / 9)
    assert np.allclose(total.shares, 1 / 4)


def test_padding_that_the_divisor_counts_has_a_share() -> None:
    """In a corner, five of nine cells are padding: each is a ninth of the mean, or of none."""
    shares = {
        counted: result_of(np.ones((4, 4)), "average", 3, padding=1, count_include_pad=counted)
        .step(0, 0)
        .shares
        for counted in (True, False)
    }
    assert np.allclose(shares[True], 1 / 9)
    assert np.allclose(shares[False], [[0, 0, 0], [0, 1 / 4, 1 / 4], [0, 1 / 4, 1 / 4]])


def test_window_is_enlarged_where_cells_have_no_digits() -> None:
    """Where the input's cells are too small for digits, the window is shown beside them."""
    stage = stage_for("photo")
    assert stage.input_panel.digits > 0 or stage.window_panel is not None
    small = stage_for("28x28")
    assert small.input_panel.digits == 0
    assert small.window_panel is not None
    assert small.window_panel.digits > 0
    assert small.window_panel.title == "window"
    assert len(small.window_panels) == 1
    assert stage_for("teaching").window_panel is None


def test_floats_have_digits_in_the_enlarged_window() -> None:
    """Ordinary floats, small ones among them, are spelled out in the enlarged window."""
    from pictures import noise

    result = result_of(noise(28, 28))
    stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
    assert stage.window_panel is not None
    assert stage.window_panel.digits > 0


def test_part_of_a_map_is_cut_around_its_windows() -> None:
    """A part shows the cells that its windows read."""
    result = result_of([list(range(40)) for _ in range(40)])
    stage = stage_of(result, 0, region_of(result, range(3, 5), range(2, 4)), THEMES["light"])
    assert (stage.input_panel.rows, stage.input_panel.columns) == (range(6, 10), range(4, 8))
    assert stage.input_values.tolist() == [[4, 5, 6, 7]] * 4
    assert stage.output_values.tolist() == [[5, 7]] * 2


@pytest.mark.parametrize(
    ("value", "expected"), [(3.0, "3"), (2.6667, "2.67"), (-1, "−1"), (float("nan"), "NaN")]
)
def test_cell_text_is_short(value: float, expected: str) -> None:
    """Cells show fewer digits than the arithmetic."""
    import numpy as np

    assert cell_text(np.asarray(value)[()]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(92_400_000_000_000_000, "9.24e16"), (-12_345_678, "−1.23e7"), (1_234_567, "1234567")],
)
def test_long_whole_numbers_are_shortened_in_cells(value: int, expected: str) -> None:
    """A whole number too long for any cell is written with an exponent there."""
    assert cell_text(np.int64(value)) == expected


def test_name_that_the_font_lacks_is_left_out() -> None:
    """A picture has no escapes in its heading; the alt text has the name."""
    result = result_of(TEACHING, name="日本語")
    stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
    assert stage.source == "map, 6×6 → 3×3"
    assert "日本語" in stage.describe()
