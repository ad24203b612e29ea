"""Parts: what a scene consists of, and that it can be read."""

import numpy as np
import pytest
from pictures import RESULTS, extent, of_kind, overlapping, stage_for, texts

from poolviz.result import Step
from poolviz.views.figures import figure_scene
from poolviz.views.paint.animation import opening_scene
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Box, Item, Label, Scene, Stroke, cell_text
from poolviz.views.scene.parts import marks
from poolviz.views.scene.stage import Stage
from poolviz.views.scene.style import THEMES, contrast

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
        parts.counter(stage, at),
    )


def figure(name: str, theme: str = "light") -> Scene:
    """The before/after figure of one of the results."""
    return figure_scene("before-after", RESULTS[name](), 0, None, THEMES[theme])


def step_of(name: str, at: int = 0) -> tuple[Stage, Step]:
    """A stage and one of its steps."""
    stage = stage_for(name)
    return stage, stage.steps[at]


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


@EVERY_MAP
def test_boxes_lie_inside(name: str) -> None:
    """No box leaves the picture, and none is turned inside out."""
    stage = stage_for(name)
    for box in of_kind(frame(stage, 0), Box):
        assert box.width > 0
        assert box.height > 0
        assert 0 <= box.x <= stage.width - box.width
        assert 0 <= box.y <= stage.height - box.height


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
    """The winner has a solid ring, each tie a dashed one: not told by colour alone."""
    stage, step = step_of("teaching", 1)
    assert len(step.ties) == 1
    panel, accent = stage.input_panel, stage.theme.accent
    rings = [box for box in of_kind(marks(stage, step), Box) if box.outline == accent]
    styles = {
        ((box.y - panel.y) // panel.cell, (box.x - panel.x) // panel.cell): box.line_style
        for box in rings
        if box.width < panel.cell and box.x < panel.x + panel.width
    }
    assert styles[step.winner] == "solid"
    assert [styles[tie] for tie in step.ties] == ["dashed"]
    assert len(styles) == 2


def test_winner_is_written_bold() -> None:
    """The winner's digits are bold, and only they."""
    stage, step = step_of("teaching")
    assert [label.text for label in of_kind(marks(stage, step), Label) if label.bold] == ["6"]


def test_shares_are_bars_by_their_weight() -> None:
    """Where no cell wins, each input cell has a bar as wide as its share of the largest."""
    stage, step = step_of("gaps")
    accent = stage.theme.accent
    bars = [box for box in of_kind(marks(stage, step), Box) if box.fill == accent]
    shares = step.weights[step.weights > 0]
    assert len(bars) == len(shares)
    full = max(bar.width for bar in bars)
    expected = shares / shares.max() * full
    assert np.abs(np.array([bar.width for bar in bars]) - expected).max() <= 1


def test_window_and_output_cell_are_linked() -> None:
    """Lines lead from the window towards its output cell, and never lead back."""
    stage, step = step_of("teaching", 4)
    lines = of_kind(marks(stage, step), Stroke)
    assert len(lines) == 2
    gap = range(stage.input_panel.x + stage.input_panel.width, stage.output_panel.x + 1)
    for line in lines:
        assert line.start[0] in gap
        assert line.end[0] in gap
        assert line.start[0] < line.end[0]


@pytest.mark.parametrize("window", [0, 2, 8])
def test_links_begin_and_end_just_beside_the_panels(window: int) -> None:
    """They touch no frame, not even one at a panel's edge, and are not far from it either."""
    stage, step = step_of("teaching", window)
    items = list(marks(stage, step))
    middle = (stage.input_panel.x + stage.input_panel.width + stage.output_panel.x) / 2
    frames = [box for box in of_kind(items, Box) if box.outline]
    left = [box.x + box.width + box.line_width / 2 for box in frames if box.x < middle]
    right = [box.x - box.line_width / 2 for box in frames if box.x > middle]
    for line in of_kind(items, Stroke):
        assert max(left) < line.start[0] <= stage.input_panel.x + stage.input_panel.width + 12
        assert stage.output_panel.x - 12 <= line.end[0] < min(right)


@EVERY_MAP
def test_links_do_not_cross_digits(name: str) -> None:
    """Lines between panels never run over a panel that has digits."""
    stage = stage_for(name)
    panels = [
        panel
        for panel in (stage.input_panel, stage.window_panel, stage.output_panel)
        if panel and panel.digits
    ]
    for line in of_kind(marks(stage, stage.steps[-1]), Stroke):
        left, right = sorted((line.start[0], line.end[0]))
        assert all(right <= panel.x or left >= panel.x + panel.width for panel in panels)


@EVERY_MAP
def test_links_do_not_strike_out_labels(name: str) -> None:
    """Lines between panels never run over a line of text."""
    stage = stage_for(name)
    for at in {0, 1, 2, len(stage.steps) - 1} & set(range(len(stage.steps))):
        items = frame(stage, at)
        for line in of_kind(items, Stroke):
            (x0, y0), (x1, y1) = line.start, line.end
            points = [(x0 + (x1 - x0) * t / 50, y0 + (y1 - y0) * t / 50) for t in range(51)]
            for label in of_kind(items, Label):
                left, top, right, bottom = extent(label)
                assert not any(left < x < right and top < y < bottom for x, y in points), label.text


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
    """Each padding cell is dashed, unfilled, and shows what it acts as."""
    stage, _ = step_of("average")
    dashed = [box for box in of_kind(parts.input_cells(stage), Box) if box.line_style == "dashed"]
    assert len(dashed) == 8 * 8 - 6 * 6
    assert all(box.fill is None for box in dashed)
    muted = list(of_kind(parts.input_cells(stage), Label))
    assert [label.text for label in muted if label.color == stage.theme.muted] == ["0"] * 28


def test_overhang_is_dotted_and_empty() -> None:
    """Overhang looks different from padding, and has no value."""
    stage, _ = step_of("edges")
    items = list(parts.input_cells(stage))
    styles = [box.line_style for box in of_kind(items, Box)]
    rows, columns = (len(cells) for cells in stage.region.cells)
    assert styles.count("dashed") == 8 * 8 - 6 * 6
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
    assert parts.counter(stage, 2).text == "step 3 / 9"
    line = " ".join(label.text for label in of_kind(parts.arithmetic(stage, step), Label))
    assert line == step.arithmetic == "max(−5, −2, −3, −6) = −2"


def test_value_scale_shows_its_ends() -> None:
    """The scale that both grids share stands under them, with its ends."""
    written = texts(opening_scene(stage_for("teaching")))
    assert written[-2:] == ["−9", "9"]


def test_figure_shows_all_of_it() -> None:
    """The figure has both grids whole, formula, example and legend."""
    written = texts(figure("edges"))
    assert "map: max 3×3, stride 2, padding 1, ceil mode" in written
    assert "input 6×6" in written
    assert "output 4×4" in written
    assert any("ceil((6 + 2·1 − 3) / 2) + 1 = 4" in line for line in written)
    assert any(line.startswith("max(0, 1, 3, 1, 8, 0, −3, 3, 5) = 8") for line in written)
    assert any("dashed: padding" in line for line in written)


def test_figure_describes_itself() -> None:
    """A figure's alt text has the request, the sizes and the example."""
    scene = figure("teaching")
    assert scene.title == "map: max 2×2, stride 2"
    assert "floor((6 + 2·0 − 2) / 2) + 1 = 3" in scene.description
    assert "Example: max(1, 2, 9, 0) = 9." in scene.description


def test_what_is_not_finite_has_its_key_beside_the_scale() -> None:
    """NaN and both infinities each have a box in their colour and their name."""
    stage, _ = step_of("holes")
    items = list(parts.captions(stage))
    found = [label.text for label in of_kind(items, Label)]
    assert found[-3:] == ["NaN", "∞", "−∞"]
    colors = [box.fill for box in of_kind(items, Box)]
    theme = stage.theme
    assert colors == [theme.missing, theme.above, theme.below]


def test_finite_values_need_no_key() -> None:
    """The scale alone."""
    stage, _ = step_of("teaching")
    assert not of_kind(parts.captions(stage), Box)
