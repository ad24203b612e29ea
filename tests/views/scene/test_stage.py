"""Stage: where everything stands."""

import itertools

import numpy as np
import pytest
from pictures import RESULTS, TEACHING, result_of, stage_for

from poolviz import FeatureMap, PoolSpec, run
from poolviz.views.scene import stage as module
from poolviz.views.scene.elements import SMALLEST_DIGITS, Panel, cell_text
from poolviz.views.scene.region import default_region, region_of
from poolviz.views.scene.stage import stage_of
from poolviz.views.scene.style import THEMES


def panels(name: str) -> list[Panel]:
    """The panels of a stage from left to right."""
    stage = stage_for(name)
    return [panel for panel in (stage.input_panel, stage.window_panel, stage.output_panel) if panel]


@pytest.mark.parametrize("name", RESULTS)
def test_panels_stand_side_by_side_inside_the_picture(name: str) -> None:
    """Panels neither touch each other nor the picture's edges."""
    stage, found = stage_for(name), panels(name)
    for left, right in itertools.pairwise(found):
        assert left.x + left.width + module.GAP <= right.x
    for panel in found:
        assert panel.x >= module.MARGIN
        assert panel.y >= module.MARGIN + module.HEADER
        assert panel.x + panel.width <= stage.width - module.MARGIN
        assert panel.y + panel.height <= stage.caption_y


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
    """The 6×6 map stands where it always has."""
    before, after = panels("teaching")
    assert (before.x, before.y, before.cell, before.width, before.height) == (24, 88, 64, 384, 384)
    assert (after.x, after.y, after.cell, after.width) == (480, 184, 64, 192)
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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("teaching", ""),
        ("average", "dashed: padding, counts as 0"),
        ("edges", "dashed: padding, counts as −∞ · dotted: overhang, never counted"),
        ("gaps", "hatched: not read by any window"),
    ],
)
def test_legend_tells_the_looks_that_are_there(name: str, words: str) -> None:
    """The legend explains each look that the picture has, and no other."""
    assert stage_for(name).legend == words


def test_legend_gives_the_value_of_padding_under_the_framework() -> None:
    """scikit-image pads a maximum with 0, which other frameworks leave out; a median has none."""
    for mode, like, padding, value, words in (
        ("max", "skimage", None, "0", "dashed: padding, counts as 0"),
        ("max", "torch", 1, "−∞", "dashed: padding, counts as −∞"),
        ("median", "torch", 1, "", "dashed: padding, left out"),
    ):
        spec = PoolSpec(mode, 4, stride=4, padding=padding, like=like)
        result = run(FeatureMap(np.array(TEACHING)), spec)
        stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
        assert words in stage.legend
        assert stage.padding_text == value


def test_notes_have_the_formula_and_the_part() -> None:
    """The size formula is on the picture; a part of the map is said to be one."""
    stage = stage_for("teaching")
    assert stage.notes == ["output size: ⌊(6 − 2) / 2⌋ + 1 = 3"]
    photo = " ".join(stage_for("photo").notes)
    assert "shown: rows " in photo
    assert " of 80×70" in photo


def test_title_names_source_and_request() -> None:
    """The title names the map and what is asked of it."""
    assert stage_for("edges").title == "map: max 3×3, stride 2, padding 1, ceil mode"


def test_title_has_no_control_characters() -> None:
    """A name that could drive a terminal is escaped on pictures too."""
    result = result_of(TEACHING, name="a\nb")
    stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
    assert r"a\nb" in stage.title


def test_channel_is_named_where_there_are_several() -> None:
    """Of several channels the shown one is named."""
    assert stage_for("photo").input_panel.title == "input 80×70, channel R"
    assert stage_for("photo", channel=2).input_panel.title == "input 80×70, channel B"


def test_window_is_enlarged_where_cells_have_no_digits() -> None:
    """Where the input's cells are too small for digits, the window is shown beside them."""
    stage = stage_for("photo")
    assert stage.input_panel.digits > 0 or stage.window_panel is not None
    small = stage_for("28x28")
    assert small.input_panel.digits == 0
    assert small.window_panel is not None
    assert small.window_panel.digits > 0
    assert small.window_panel.title == "window"
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
