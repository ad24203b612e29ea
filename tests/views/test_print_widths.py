"""Figures at the widths of one and of two columns of a journal."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from pictures import extent, of_kind

from poolviz import FeatureMap, PoolResult, PoolSpec, run
from poolviz.analysis import Question
from poolviz.analysis.compare import compare
from poolviz.analysis.differ import differ
from poolviz.analysis.layers import read_layers
from poolviz.analysis.stack import Stacks, run_stack
from poolviz.output.typesetting import FigureStyle
from poolviz.sources import load
from poolviz.views.answers import View
from poolviz.views.figures import available_figures, figure_scene
from poolviz.views.scene.elements import Box, Label, Pixels, Scene, bounds
from poolviz.views.scene.style import contrast

WIDTHS = ["84mm", "165mm"]
NOISE = np.random.default_rng(5)
MAPS = {
    "integers": FeatureMap(NOISE.integers(-9, 10, (7, 7))),
    "floats": FeatureMap(NOISE.random((8, 8))),
    "channels": FeatureMap(NOISE.random((16, 14, 14))),
    "photo": load("sample:scene"),
}
MODES = ["max", "average", "softpool", "min", "median", "lp", "sum", "gem", "lse", "stochastic"]
STACK = "conv:sobel-x relu max:2 conv:sobel-y relu average:2"


@cache
def answered(name: str, subject: str) -> View:
    """The answer of a command about a map: of compare with so many modes, differ or stack."""
    feature_map = MAPS[name]
    if subject == "differ":
        return View(differ(Question(feature_map, PoolSpec("average", 3, stride=2), 0)))
    if subject == "stack":
        stack = run_stack(feature_map, read_layers(STACK if name != "floats" else "relu max:2"))
        return View(Stacks(feature_map, 0, None, [stack]))
    modes = MODES[: int(subject)]
    return View(compare(Question(feature_map, PoolSpec("max", 2), 0), modes))


@cache
def pooled(name: str) -> PoolResult:
    """One of the maps after max pooling."""
    return run(MAPS[name], PoolSpec("max", 2))


def drawn(subject: str, name: str, width: str | None, **options: Any) -> Scene:
    """A kind of figure, or the figure of a command."""
    style = FigureStyle(width=width)
    if subject in available_figures():
        found = style.figure(
            lambda theme: figure_scene(subject, pooled(name), 0, None, theme, **options)
        )
    else:
        found = style.figure(lambda theme: answered(name, subject).scene(theme))
    assert isinstance(found, Scene)
    return found


SUBJECTS = [*available_figures(), "2", "3", "4", "10", "differ", "stack"]
ALL = [
    (subject, name, width) for subject in SUBJECTS for name in MAPS for width in WIDTHS
    if (subject, name) not in {("stack", "integers"), ("stack", "channels")}
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "name", "width"), ALL)
def test_type_is_readable_and_nothing_overlaps(subject: str, name: str, width: str) -> None:
    """At least 6 pt, with a contrast of 4.5; no text on another or beyond the edge."""
    scene = drawn(subject, name, width)
    labels = of_kind(scene.items, Label)
    assert min(label.size for label in labels) * scene.size >= 6 - 0.01
    edges = [bounds(item) for item in scene.items]
    assert min(left for left, *_ in edges) >= 0
    assert max(right for *_, right, _ in edges) <= scene.width
    for first, second in combinations(labels, 2):
        apart = first.text == second.text or not overlap(extent(first), extent(second))
        assert apart, (first, second)
    for number, label in enumerate(scene.items):
        if isinstance(label, Label):
            assert contrast(label.color, ground(scene, number)) >= 4.5, label


def overlap(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether two areas (left, top, right, bottom) share anything."""
    beside = first[2] <= second[0] or second[2] <= first[0]
    return not (beside or first[3] <= second[1] or second[3] <= first[1])


def ground(scene: Scene, number: int) -> tuple[int, int, int]:
    """The colour under the middle of the label with a number."""
    left, top, right, bottom = extent(scene.items[number])  # type: ignore[arg-type]
    x, y = (left + right) / 2, (top + bottom) / 2
    for item in reversed(scene.items[:number]):
        if isinstance(item, Box | Pixels):
            inside = item.x <= x < item.x + item.width and item.y <= y < item.y + item.height
            if inside and isinstance(item, Pixels):
                row = int((y - item.y) * len(item.colors) / item.height)
                column = int((x - item.x) * item.colors.shape[1] / item.width)
                red, green, blue = item.colors[row, column].tolist()
                return red, green, blue
            if inside and isinstance(item, Box) and item.fill is not None:
                return item.fill
    return scene.background


# Of maps with digits in a narrow column, and of a photograph with its enlarged windows.
HIGHEST = {"before-after": 2.6}


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "name", "width"), ALL)
def test_figure_is_not_a_column_of_single_maps(subject: str, name: str, width: str) -> None:
    """At most about 1.5 times as high as wide, or as digits in narrow columns need."""
    scene = drawn(subject, name, width)
    most = HIGHEST.get("compare" if subject.isdigit() else subject, 2.3)
    assert scene.height / scene.width <= most


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [2, 3, 4, 10])
def test_grid_of_a_comparison_is_even(count: int, width: str) -> None:
    """All rows of outputs have as many, but that the input may stand in the first."""
    scene = drawn(str(count), "integers", width)
    tops: dict[int, int] = {}
    for label in of_kind(scene.items, Label):
        if label.bold and label.text in MODES:
            tops[label.y] = tops.get(label.y, 0) + 1
    first, *others = (tops[y] for y in sorted(tops))
    assert sum(tops.values()) == count
    assert set(others) <= {first, first + 1}


def test_all_values_of_a_comparison_have_as_many_decimals() -> None:
    """Those of the averages; the integers of the input and of the maxima have none."""
    texts = [
        label.text for label in of_kind(drawn("2", "integers", "165mm").items, Label)
        if label.anchor == "middle" and label.text[-1:].isdigit()
    ]  # fmt: skip
    assert len(texts) >= 49 + 9 + 9
    decimals = [len(text.partition(".")[2]) for text in texts]
    assert set(decimals) == {0, 2}
    assert decimals.count(2) == 9


def test_layers_without_negative_values_have_a_sequential_scale() -> None:
    """Zero is the lowest colour of a map after relu, and the middle one of a map with signs."""
    scene = drawn("stack", "photo", "165mm")
    numbers = [label.text for label in of_kind(scene.items, Label) if label.anchor == "left"]
    names = [text for text in numbers if text.startswith("relu ")]
    assert len(names) == 2
    bars = [bar for bar in of_kind(scene.items, Pixels) if len(bar.colors) == 1]
    ends = [tuple(bar.colors[0, 0].tolist()) for bar in bars]
    assert len(set(ends)) >= 3


@pytest.mark.parametrize("width", [None, *WIDTHS])
def test_rows_of_a_difference_stand_below_each_other(width: str | None) -> None:
    """A map of one row, and its outputs: all at the left edge."""
    feature_map = FeatureMap(np.arange(1, 7)[None])
    question = Question(feature_map, PoolSpec("max", (1, 3), stride=(1, 2)), 0)
    view = View(differ(question))
    scene = FigureStyle(width=width).figure(view.scene)
    assert isinstance(scene, Scene)
    titles = [
        label for label in of_kind(scene.items, Label)
        if label.bold and label.part != "title" and "1×" in label.text
    ]  # fmt: skip
    assert len(titles) >= 3
    assert len({label.x for label in titles}) == 1
    assert len({label.y for label in titles}) == len(titles)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_steps_stand_in_the_columns_that_were_asked_for(columns: int) -> None:
    """And of every second step there is one, however high the figure becomes."""
    scene = drawn("steps", "integers", "84mm", columns=columns, every=2)
    names = [x for x in of_kind(scene.items, Label) if "output (" in x.text]
    assert len(names) == 5
    assert len({label.x for label in names}) == columns
    assert any("5 of 9 steps" in label.text for label in of_kind(scene.items, Label))


def test_whole_map_leads_the_steps_and_says_where_the_part_lies() -> None:
    """The framed whole map stands above or left of everything else."""
    scene = drawn("steps", "photo", "84mm")
    maps = [item for item in of_kind(scene.items, Pixels) if item.height > 30]
    assert maps[0].y == min(item.y for item in maps)
    assert maps[0].x == min(item.x for item in maps)
    ring = next(box for box in of_kind(scene.items, Box) if box.outline and box.radius)
    assert ring.width >= 10
