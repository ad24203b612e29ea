"""What the author of a document decides about a figure: words, width, type, colours."""

import io
import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from poolviz import FeatureMap, PoolSpec, SpecError
from poolviz.analysis import Question
from poolviz.analysis.compare import compare
from poolviz.memory import Budget
from poolviz.output.job import draw_figure
from poolviz.output.typesetting import FigureStyle, parse_width
from poolviz.plan import make_plan
from poolviz.result import PoolResult, run_plan
from poolviz.sources import load
from poolviz.views.answers.compare import scene as comparison
from poolviz.views.figures import available_figures, figure_scene, takes
from poolviz.views.scene.elements import Label, Scene, bounds
from poolviz.views.scene.fonts import font_family, text_width, use_font
from poolviz.views.scene.style import THEMES, Theme, find_color

BUDGET = Budget(1 << 30)
# Widths of one and of two columns of a journal, in points: 84 mm and 165 mm.
COLUMN, PAGE = 238.11, 467.72
FLOATS = np.random.default_rng(5).random((8, 8))


@cache
def result(name: str) -> PoolResult:
    """A pooled sample, or 8×8 floats."""
    feature_map = FeatureMap(FLOATS) if name == "floats" else load(f"sample:{name}")
    return run_plan(feature_map, make_plan(PoolSpec("max"), feature_map.input_size))


def figure(style: FigureStyle, kind: str = "before-after", name: str = "teaching") -> Scene:
    """A figure as its author wants it."""
    found = style.figure(lambda theme: figure_scene(kind, result(name), 0, None, theme))
    assert isinstance(found, Scene)
    return found


def words(scene: Scene) -> list[str]:
    """All texts of a picture."""
    return [item.text for item in scene.items if isinstance(item, Label)]


@pytest.mark.parametrize(
    ("text", "points"),
    [("84mm", 238.11), ("3.3in", 237.6), ("25.4 cm", 720), ("1200px", 900), ("100pt", 100)],
)
def test_widths_by_hand(text: str, points: float) -> None:
    """An inch has 25.4 mm, 72 points and 96 pixels."""
    assert parse_width(text)[0] == pytest.approx(points, abs=0.01)


@pytest.mark.parametrize("text", ["84", "mm", "-3in", "1e3px", "3 feet", "nan px", "1mm", "9999cm"])
def test_other_widths_are_refused(text: str) -> None:
    """Without a unit, negative, or no width that a page has."""
    with pytest.raises(SpecError) as error:
        parse_width(text)
    assert error.value.subject == "width"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["teaching", "floats", "scene", "features"])
@pytest.mark.parametrize(
    "kind", ["before-after", "argmax", "backward", "unpool", "steps", "channels"]
)
@pytest.mark.parametrize(("width", "points"), [("84mm", COLUMN), ("165mm", PAGE)])
def test_figures_fit_a_column_with_readable_type(
    kind: str, name: str, width: str, points: float
) -> None:
    """A figure is as wide as asked, and no text of it is smaller than 6 points."""
    scene = figure(FigureStyle(width=width), kind, name)
    assert scene.width * scene.size == pytest.approx(points, abs=0.01)
    sizes = [item.size for item in scene.items if isinstance(item, Label)]
    assert min(sizes) * scene.size >= 6 - 0.01
    edges = [bounds(item) for item in scene.items]
    assert min(left for left, *_ in edges) >= 0
    assert max(right for *_, right, _ in edges) <= scene.width


@pytest.mark.parametrize("width", ["84mm", "165mm"])
def test_floats_keep_their_digits_in_a_column(width: str) -> None:
    """All 64 cells of an 8×8 map and all 16 outputs are written."""
    written = words(figure(FigureStyle(width=width), name="floats"))
    decimals = [text for text in written if text.replace(".", "").isdigit() and "." in text]
    assert len(decimals) >= 64 + 16


@pytest.mark.slow
def test_width_that_no_layout_fits_is_refused_with_one_that_does() -> None:
    """Sixteen small grids side by side do not fit into 30 mm; the width in the error does."""
    feature_map = load("sample:teaching")
    plan = make_plan(PoolSpec("max", 3, stride=1), feature_map.input_size)
    overlapping = run_plan(feature_map, plan)

    def draw(theme: Theme) -> Scene:
        return figure_scene("mapping", overlapping, 0, None, theme)

    with pytest.raises(SpecError, match="use at least") as error:
        FigureStyle(width="30mm").figure(draw)
    least = error.value.remedy.split()[3].rstrip(",")
    assert least.endswith("mm")
    assert FigureStyle(width=least).figure(draw).width > 0


@pytest.mark.slow
@pytest.mark.parametrize(("width", "pixels"), [("1200px", 1200), ("84mm", 992), ("2in", 600)])
def test_png_has_its_width_in_pixels(width: str, pixels: int) -> None:
    """As many as asked, or 300 for each inch on paper."""
    data = draw_figure(figure(FigureStyle(width=width)), "png", BUDGET)
    with Image.open(io.BytesIO(data)) as image:
        assert abs(image.width - pixels) <= 1


def test_svg_has_its_width_in_points() -> None:
    """Programs for documents read it from the root element."""
    svg = draw_figure(figure(FigureStyle(width="84mm")), "svg", BUDGET).decode()
    assert 'width="238.11' in svg


@pytest.mark.parametrize("kind", available_figures())
def test_title_replaces_the_heading(kind: str) -> None:
    """The author's words stand there; an empty title leaves out the source as well."""
    usual, mine, none = (
        figure(FigureStyle(title=title), kind) for title in (None, "My own title", "")
    )
    assert "My own title" in words(mine)
    assert mine.title == "My own title"
    heading = next(item for item in usual.items if item.part == "title")
    assert isinstance(heading, Label)
    assert heading.text not in words(mine) + words(none)
    assert any("teaching" in text for text in words(usual))
    assert not any("teaching" in text for text in words(none))
    assert none.height < usual.height


def test_caption_stands_below_in_lines_that_fit() -> None:
    """All of its words, under everything else."""
    caption = "Figure 3: a long caption that has to be broken into several lines of text."
    scene = figure(FigureStyle(caption=caption, width="84mm"))
    lines = [item for item in scene.items if isinstance(item, Label) and item.text in caption]
    lines = [line for line in lines if len(line.text) > 3]
    assert " ".join(line.text for line in lines) == caption
    assert len(lines) > 1
    others = max(bounds(item)[3] for item in scene.items if item not in lines)
    assert min(line.y for line in lines) > others
    assert max(line.y for line in lines) < scene.height


@pytest.mark.parametrize("name", ["teaching", "floats"])
def test_bare_figure_has_numbers_only(name: str) -> None:
    """The grids with their marks, no words, and little room around them."""
    scene = figure(FigureStyle(bare=True), name=name)
    assert all(text.replace("−", "").replace(".", "").isdigit() for text in words(scene))
    assert len(words(scene)) >= 36 + 9
    lefts, tops, rights, bottoms = zip(*map(bounds, scene.items), strict=True)
    assert (min(lefts), min(tops)) == (6, 6)
    assert (scene.width - max(rights), scene.height - max(bottoms)) == (6, 6)


@pytest.mark.slow
def test_transparent_figure_shows_what_is_behind() -> None:
    """The corner of a PNG has no colour; of a usual one it is the theme's."""
    corners = []
    for style in (FigureStyle(), FigureStyle(transparent=True)):
        with Image.open(io.BytesIO(draw_figure(figure(style), "png", BUDGET))) as image:
            corners.append(image.convert("RGBA").getpixel((0, 0)))
    assert corners == [(255, 255, 255, 255), (255, 255, 255, 0)]


def test_limits_are_the_ends_of_the_scale() -> None:
    """A value at or beyond a limit has the colour of that end; both limits are written."""
    theme = FigureStyle(vmin=0.25, vmax=0.5).theme
    scale = figure_scale(theme, "floats")
    assert (scale.low, scale.high) == (0.25, 0.5)
    assert scale.color(-1.0) == scale.color(0.25) != scale.color(0.3)
    assert scale.color(9.0) == scale.color(0.5)


def test_zero_keeps_its_colour_between_unequal_limits() -> None:
    """Blue below 0 and orange above it, however far the limits lie apart."""
    scale = figure_scale(FigureStyle(vmin=-3, vmax=9).theme, "teaching")
    usual = figure_scale(FigureStyle().theme, "teaching")
    zero = np.array(usual.color(0.0), int)
    assert np.abs(np.array(scale.color(0.0), int) - zero).max() <= 2
    assert scale.color(9.0) == usual.color(9.0)
    red, _, blue = scale.color(-3.0)
    assert blue > red


def figure_scale(theme: Any, name: str) -> Any:
    """The value scale of the usual figure."""
    from poolviz.views.scene.region import whole_region
    from poolviz.views.scene.stage import stage_of

    return stage_of(result(name), 0, whole_region(result(name)), theme).scale


def test_decimals_are_those_that_were_asked_for() -> None:
    """Every value of the grids has three, trailing zeros included."""
    written = words(figure(FigureStyle(decimals=3, bare=True), name="floats"))
    assert {len(text.partition(".")[2]) for text in written} == {3}


def test_accent_colours_the_marks() -> None:
    """The frame has the author's colour, and nothing the theme's."""
    scene = figure(FigureStyle(accent="teal"))
    used = {getattr(item, "outline", None) for item in scene.items}
    assert find_color("teal") in used
    assert THEMES["light"].accent not in used


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_columns_of_outputs(columns: int) -> None:
    """As many outputs as asked have the same top."""
    modes = ["max", "average", "min", "median", "sum", "softpool"]
    question = Question(load("sample:teaching"), PoolSpec("max"), 0, None)
    answer = compare(question, modes)
    style = FigureStyle(columns=columns)
    scene = style.figure(lambda theme: comparison(answer, theme, style.columns))
    assert isinstance(scene, Scene)
    tops: dict[int, int] = {}
    for item in scene.items:
        if isinstance(item, Label) and item.bold and item.text.split(" ")[0] in modes:
            tops[item.y] = tops.get(item.y, 0) + 1
    assert max(tops.values()) == columns
    assert sum(tops.values()) == len(modes)


def test_kinds_of_many_panels_take_columns() -> None:
    """Others refuse them."""
    assert {kind for kind in available_figures() if takes(kind, "columns")} >= {"channels", "steps"}
    assert not takes("before-after", "columns")


def test_font_is_measured_and_drawn_while_it_is_in_use() -> None:
    """A narrower font takes less room; afterwards everything is as before."""
    before = text_width("a long line of text", 20)
    with use_font("DejaVu Sans Mono"):
        assert font_family() == "DejaVu Sans Mono"
        # All characters of a monospaced font are equally wide.
        assert text_width("iiii", 20) == text_width("WWWW", 20)
    assert (font_family(), text_width("a long line of text", 20)) == ("DejaVu Sans", before)


def test_font_is_in_the_file_with_others_to_fall_back_on() -> None:
    """Readers without it see a similar font instead of the browser's own."""
    style = FigureStyle(font="DejaVu Serif")
    svg = draw_figure(figure(style), "svg", BUDGET, style.font).decode()
    assert "'DejaVu Serif', Arial, sans-serif" in svg
    assert "DejaVu Sans'" not in svg
    # Older matplotlib writes the weight in the shorthand, newer as a property of its own.
    assert re.search(r"font: 700 |font-weight: 700", svg)


@pytest.mark.parametrize(
    ("style", "subject", "words"),
    [
        (FigureStyle(font="Dejavu San"), "font", "DejaVu Sans"),
        (FigureStyle(accent="tealish"), "accent", "teal"),
        (FigureStyle(accent="#12345678"), "accent", "not a colour"),
        (FigureStyle(vmin=2, vmax=2), "vmax", "larger"),
        (FigureStyle(vmin=float("nan")), "vmin", "finite"),
        (FigureStyle(vmax=float("inf")), "vmax", "finite"),
        (FigureStyle(decimals=-1), "decimals", "at least 0"),
        (FigureStyle(decimals=99), "decimals", "at most 12"),
        (FigureStyle(columns=0), "columns", "at least 1"),
        (FigureStyle(scale=0), "scale", "at least 1"),
        (FigureStyle(scale=2, width="84mm"), "scale", "width"),
    ],
)
def test_what_makes_no_sense_is_refused(style: FigureStyle, subject: str, words: str) -> None:
    """Before anything is drawn, with what may be used instead."""
    with pytest.raises(SpecError, match=words) as error:
        style.check()
    assert error.value.subject == subject


def test_enlarged_figure_is_the_same_picture() -> None:
    """Twice as wide and high, with twice as large type."""
    usual, large = figure(FigureStyle()), figure(FigureStyle(scale=2))
    assert (large.width, large.height, words(large)) == (usual.width, usual.height, words(usual))
    assert large.size == 2 * usual.size
