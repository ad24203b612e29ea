"""Parts: what a scene consists of, and that it can be read."""

import numpy as np
import pytest
from pictures import RESULTS, extent, of_kind, overlapping, result_of, stage_for, texts

from poolviz.result import Step
from poolviz.views.figures import figure_scene
from poolviz.views.paint.animation import opening_scene
from poolviz.views.scene import legend, parts
from poolviz.views.scene.elements import (
    Box,
    Item,
    Label,
    Pixels,
    Scene,
    Stroke,
    Wedge,
    cell_text,
)
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import default_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import THEMES, contrast, value_scale

EVERY_MAP = pytest.mark.parametrize("name", RESULTS)
EVERY_THEME = pytest.mark.parametrize("theme", THEMES)


def frame(stage: Stage, at: int) -> tuple[Item, ...]:
    """All that is painted for the frame of step ``at``."""
    step = stage.steps[at]
    return (
        *opening_scene(stage).items,
        *parts.output_cells(stage, stage.steps[: at + 1]),
        *marks(stage, step),
        *parts.arithmetic(stage, step),
        parts.counter(stage, f"step {at + 1:,} of {len(stage.steps):,}"),
    )


def figure(name: str, theme: str = "light") -> Scene:
    """The before/after figure of one of the results."""
    return figure_scene("before-after", RESULTS[name](), 0, None, THEMES[theme])


def step_of(name: str, at: int = 0) -> tuple[Stage, Step]:
    """A stage and one of its steps."""
    stage = stage_for(name)
    return stage, stage.steps[at]


@pytest.mark.slow
@EVERY_MAP
@EVERY_THEME
def test_labels_of_frames_lie_inside_and_apart(name: str, theme: str) -> None:
    """In the first, a middle and the last frame no label leaves the picture or covers another."""
    stage = stage_for(name, theme)
    last = len(stage.steps) - 1
    for at in {0, last // 2, last}:
        labels = of_kind(frame(stage, at), Label)
        assert overlapping(labels) == []
        for label in labels:
            left, top, right, bottom = extent(label)
            inside = left >= 0 and top >= 0 and right <= stage.width and bottom <= stage.height
            assert inside, label.text


@pytest.mark.slow
@EVERY_MAP
@EVERY_THEME
def test_labels_of_figures_lie_inside_and_apart(name: str, theme: str) -> None:
    """In the figure no label leaves the picture or covers another."""
    scene = figure(name, theme)
    labels = of_kind(scene.items, Label)
    assert overlapping(labels) == []
    for label in labels:
        left, top, right, bottom = extent(label)
        assert left >= 0, label.text
        assert top >= 0, label.text
        assert right <= scene.width, label.text
        assert bottom <= scene.height, label.text


@pytest.mark.slow
@EVERY_MAP
def test_boxes_lie_inside(name: str) -> None:
    """No box leaves the picture, and none is turned inside out."""
    stage = stage_for(name)
    for box in of_kind(frame(stage, 0), Box):
        assert box.width > 0
        assert box.height > 0
        assert 0 <= box.x <= stage.width - box.width
        assert 0 <= box.y <= stage.height - box.height


@pytest.mark.slow
@EVERY_MAP
@EVERY_THEME
def test_digits_are_legible_on_their_cells(name: str, theme: str) -> None:
    """Each label reads well on what was last filled under it."""
    stage = stage_for(name, theme)
    items = frame(stage, 0)
    for at, label in enumerate(items):
        if isinstance(label, Label):
            under = [
                box.fill
                for box in of_kind(items[:at], Box)
                if box.fill
                and box.x <= label.x < box.x + box.width
                and box.y <= label.y < box.y + box.height
            ]
            ground = under[-1] if under else stage.theme.background
            assert contrast(label.color, ground) >= 4.5, label.text


def test_every_value_is_written_on_a_small_map() -> None:
    """Each input cell of a small map has its digits, as integers, in the cell's middle."""
    stage, _ = step_of("teaching")
    labels = of_kind(parts.input_cells(stage), Label)
    values = stage.result.feature_map.values[0]
    assert [label.text for label in labels] == [cell_text(value) for value in values.flat]
    panel = stage.input_panel
    assert (labels[7].x, labels[7].y) == (panel.x + 96, panel.y + 96)


def test_output_is_empty_until_it_is_reached() -> None:
    """At first the output has a box for each cell in the colour of the unvisited, no digits."""
    stage, _ = step_of("teaching")
    items = list(parts.unvisited_output(stage))
    assert not of_kind(items, Label)
    assert stage.theme.unvisited in {box.fill for box in of_kind(items, Box)}


def test_output_cells_have_the_pooled_values() -> None:
    """Cells that were reached show the engine's values."""
    stage, step = step_of("average")
    (label,) = of_kind(parts.output_cells(stage, (step,)), Label)
    assert label.text == cell_text(step.value) == "1.33"


def test_winner_is_ringed_and_ties_dashed() -> None:
    """The winner has a rounded ring, each tie a dashed one: not told by colour alone."""
    stage, step = step_of("teaching", 1)
    assert len(step.ties) == 1
    panel, accent = stage.input_panel, stage.theme.accent
    rings = [box for box in of_kind(marks(stage, step), Box) if box.outline == accent]
    styles = {
        ((box.y - panel.y) // panel.cell, (box.x - panel.x) // panel.cell): (
            box.line_style,
            box.radius > 0,
        )
        for box in rings
        if box.width < panel.cell and box.x < panel.x + panel.width
    }
    assert styles[step.winner] == ("solid", True)
    assert [styles[tie] for tie in step.ties] == [("dashed", False)]
    assert len(styles) == 2


def test_window_of_many_equal_cells_has_no_rings_but_the_winners() -> None:
    """Fifteen of sixteen cells that are equal are not all marked."""
    result = result_of(np.array([[7] * 4] * 3 + [[7, 7, 7, 1]]), kernel_size=4)
    stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
    dashed = [
        box for box in of_kind(marks(stage, stage.steps[0]), Box) if box.line_style == "dashed"
    ]
    assert len(stage.steps[0].ties) == 14
    assert not dashed
    assert [mark for mark, _ in stage.key] == ["winner"]


def test_winner_is_written_bold() -> None:
    """The winner's digits are bold, and only they."""
    stage, step = step_of("teaching")
    assert [label.text for label in of_kind(marks(stage, step), Label) if label.bold] == ["6"]


def test_shares_are_bars_on_a_track() -> None:
    """Where no cell wins, each cell has a track, and on it a bar as long as its share."""
    stage, step = step_of("gaps")
    theme = stage.theme
    boxes = of_kind(marks(stage, step), Box)
    tracks = [box for box in boxes if box.fill == theme.halo and box.outline == theme.muted]
    bars = [box for box in boxes if box.fill == theme.accent]
    assert len(tracks) == step.cells.size
    shares = (step.weights / step.weights.sum())[step.weights > 0]
    assert len(bars) == len(shares)
    expected = shares * (tracks[0].width - 2)
    assert np.abs(np.array([bar.width for bar in bars]) - expected).max() <= 1


@EVERY_MAP
def test_lines_join_the_corners_of_window_and_output_cell(name: str) -> None:
    """They lead from two corners of the window to two of the output cell, in at most two parts."""
    stage = stage_for(name)
    for step in {stage.steps[0], stage.steps[-1]}:
        x, y, width, height = stage.input_panel.area(step.rows, step.columns)
        window = {(x, y), (x + width, y), (x, y + height), (x + width, y + height)}
        row, column = step.index
        x, y, width, height = stage.output_panel.area(
            range(row, row + 1), range(column, column + 1)
        )
        output = {(x, y), (x + width, y), (x, y + height), (x + width, y + height)}
        lines = of_kind(marks(stage, step), Stroke)
        assert len(lines) in (2, 4)
        starts, ends = {line.start for line in lines}, {line.end for line in lines}
        assert len(starts & window) == 2
        assert len(ends & output) == 2
        assert starts - window == ends - output


@EVERY_MAP
def test_wedge_is_filled_only_between_the_panels(name: str) -> None:
    """It changes the colour of no cell, and its corners lie on the lines."""
    stage = stage_for(name)
    before, after = stage.input_panel, stage.output_panel
    for step in {stage.steps[0], stage.steps[-1]}:
        items = list(marks(stage, step))
        (wedge,) = of_kind(items, Wedge)
        lines = of_kind(items, Stroke)
        for x, y in wedge.corners:
            if stage.stacked:
                assert before.y + before.height <= y <= after.y
            else:
                assert before.x + before.width <= x <= after.x
            assert any(_distance(line, (x, y)) <= 1 for line in lines)
        assert 0 < wedge.opacity < 0.3


def _distance(line: Stroke, point: tuple[int, int]) -> float:
    """How far a point is from a line, in pixels."""
    start, end, at = (np.array(each, float) for each in (line.start, line.end, point))
    along = (at - start) @ (end - start) / ((end - start) @ (end - start))
    return float(np.abs(start + min(max(along, 0), 1) * (end - start) - at).max())


def test_wedge_keeps_clear_of_the_arithmetic_under_the_output() -> None:
    """Right of the output's left edge it is never lower than the output."""
    stage = stage_for("teaching")
    panel = stage.output_panel
    assert stage.notes_x == panel.x
    assert stage.caption_y < stage.input_panel.y + stage.input_panel.height
    for step in stage.steps:
        for line in of_kind(marks(stage, step), Stroke):
            assert all(
                y <= panel.y + panel.height for x, y in (line.start, line.end) if x >= panel.x
            )


def test_digits_under_the_wedge_are_painted_once() -> None:
    """Painted twice they would look bolder: a fill covers the first ones."""
    stage = stage_for("teaching")
    items = frame(stage, 4)
    for at, label in enumerate(items):
        again = [
            later
            for later, other in enumerate(items)
            if later > at and isinstance(label, Label) and isinstance(other, Label)
            and (label.x, label.y, label.text) == (other.x, other.y, other.text)
        ]  # fmt: skip
        for later in again:
            assert any(
                box.fill and box.x <= label.x < box.x + box.width
                and box.y <= label.y < box.y + box.height
                for box in of_kind(items[at:later], Box)
            )  # fmt: skip


def test_wedge_lies_under_the_digits_that_it_crosses() -> None:
    """The digits of each cell between window and output are drawn once more above the wedge."""
    stage, step = step_of("teaching")
    items = list(marks(stage, step))
    (at,) = (index for index, item in enumerate(items) if isinstance(item, Wedge))
    above = [label.text for label in of_kind(items[at:], Label)]
    values = stage.result.feature_map.values[0, 0, 2:].tolist()
    assert above[: len(values)] == [cell_text(np.int64(value)) for value in values]


def test_wedge_shows_no_output_before_its_time() -> None:
    """Outputs that are not reached yet stay without digits."""
    stage, step = step_of("teaching", 8)
    reached = {(2, 2)}
    panel = stage.output_panel
    labels = [label for label in of_kind(marks(stage, step, reached), Label) if label.x > panel.x]
    assert not labels
    assert [label for label in of_kind(marks(stage, step), Label) if label.x > panel.x]


@EVERY_MAP
def test_dilated_window_marks_exactly_the_cells_that_it_reads(name: str) -> None:
    """With gaps between its cells a window is shown by its cells, not by one frame."""
    stage, step = stage_for(name), stage_for(name).steps[0]
    panel, accent = stage.input_panel, stage.theme.accent
    outlined = {
        (box.x, box.y)
        for box in of_kind(marks(stage, step), Box)
        if box.outline == accent
        and box.width == panel.cell - 1
        and box.line_style == "solid"
        and not box.radius
    }
    read = {
        panel.area(range(row, row + 1), range(column, column + 1))[:2]
        for row in step.rows
        for column in step.columns
    }
    assert outlined == (read if name == "edges average" else set())


def test_window_is_outlined_on_both_grids() -> None:
    """The window and its output cell have the same outline, solid and in the accent colour."""
    stage, step = step_of("teaching", 5)
    outlines = [
        (box.x + 3, box.y + 3, box.width - 5, box.height - 5)
        for box in of_kind(marks(stage, step), Box)
        if box.outline == stage.theme.accent and box.line_style == "solid"
    ]
    assert stage.input_panel.area(step.rows, step.columns) in outlines
    assert stage.output_panel.area(range(1, 2), range(2, 3)) in outlines


def test_padding_is_dashed_with_the_value_it_acts_as() -> None:
    """One dashed line runs around all padding; each cell shows its value, smaller than data."""
    stage, _ = step_of("average")
    panel = stage.input_panel
    items = list(parts.input_cells(stage))
    (dashed,) = (box for box in of_kind(items, Box) if box.line_style == "dashed")
    assert (dashed.x, dashed.y, dashed.width, dashed.height) == (
        panel.x,
        panel.y,
        panel.width,
        panel.height,
    )
    padding = [label for label in of_kind(items, Label) if label.color == stage.theme.muted]
    assert [label.text for label in padding] == ["0"] * 28
    assert {label.size for label in padding} == {round(panel.digits * 0.65)}


def test_overhang_is_dotted_and_empty() -> None:
    """Overhang looks different from padding, and has no value."""
    stage, _ = step_of("edges")
    items = list(parts.input_cells(stage))
    styles = [box.line_style for box in of_kind(items, Box)]
    rows, columns = (len(cells) for cells in stage.region.cells)
    assert styles.count("dashed") == 1
    assert styles.count("dotted") == rows * columns - 8 * 8 == 17
    assert [label.text for label in of_kind(items, Label)].count("−∞") == 28


def test_cells_that_no_window_reads_are_hatched() -> None:
    """Gaps between windows are hatched, cells under windows are not."""
    stage, _ = step_of("gaps")
    cells = of_kind(parts.input_cells(stage), Box)
    assert sum(box.hatch is not None for box in cells) == 81 - 36


def test_counter_and_arithmetic_are_on_the_frame() -> None:
    """Each frame says which step it is, and works it out."""
    stage, step = step_of("teaching", 2)
    assert parts.counter(stage, "step 3 of 9").text == "step 3 of 9"
    line = " ".join(label.text for label in of_kind(parts.arithmetic(stage, step), Label))
    assert line == step.arithmetic == "max(−5, −2, −3, −6) = −2"


def test_value_scale_shows_its_ends() -> None:
    """The scale that both grids share has its ends, and a tick at 0."""
    stage, _ = step_of("teaching")
    items = list(legend.scale_bar(stage.scale, 100, 50))
    assert [label.text for label in of_kind(items, Label)] == ["−9", "9"]
    (bar,), (tick,) = of_kind(items, Pixels), of_kind(items, Stroke)
    assert tick.start[0] == bar.x + bar.width // 2
    assert "−9" in texts(opening_scene(stage))


def test_scale_of_equal_values_is_one_box() -> None:
    """A constant map has one colour and one number."""
    scale = value_scale(THEMES["light"], np.full((2, 2), 3), value_range=None)
    items = list(legend.scale_bar(scale, 100, 50))
    assert [label.text for label in of_kind(items, Label)] == ["3"]
    assert [box.fill for box in of_kind(items, Box)] == [scale.color(3)]
    assert not of_kind(items, Pixels)


def test_figure_shows_all_of_it() -> None:
    """The figure has both grids whole, formula, example and legend."""
    written = texts(figure("edges"))
    assert "Max pooling, 3×3, stride 2, padding 1, ceil mode" in written
    assert "input 6×6" in written
    assert "output 4×4" in written
    assert any("⌈(6 + 2·1 − 3) / 2⌉ + 1 = 4" in line for line in written)
    assert any(line == "max(0, 1, 3, 1, 8, 0, −3, 3, 5) = 8" for line in written)
    assert "padding, counts as −∞" in written


def test_what_is_not_finite_has_its_key_beside_the_scale() -> None:
    """NaN and both infinities each have a box in their colour and their name."""
    stage, _ = step_of("holes")
    items = list(legend.scale_bar(stage.scale, 0, 50))
    found = [label.text for label in of_kind(items, Label)]
    assert found[-3:] == ["NaN", "∞", "−∞"]
    colors = [box.fill for box in of_kind(items, Box)]
    theme = stage.theme
    assert colors == [theme.missing, theme.above, theme.below]


def test_finite_values_need_no_key() -> None:
    """The scale alone."""
    stage, _ = step_of("teaching")
    assert not of_kind(legend.scale_bar(stage.scale, 0, 50), Box)
