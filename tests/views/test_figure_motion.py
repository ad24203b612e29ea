"""Figures that have an animation of their own: what returns to the input, window by window."""

from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, noise, result_of

from poolviz import SpecError
from poolviz.views.figures import available_figures, figure_motion, moves
from poolviz.views.paint.formats import Pace
from poolviz.views.paint.script import Motion
from poolviz.views.scene.elements import Label, Pixels, Scene
from poolviz.views.scene.style import THEMES

LIGHT = THEMES["light"]


def motion_of(kind: str, values: Any, mode: str = "max", size: int = 2, **options: Any) -> Motion:
    """The animation of one kind of figure."""
    motion = figure_motion(kind, result_of(values, mode, size, **options), 0, LIGHT)
    assert motion is not None
    return motion


def grid(scene: Scene, shape: tuple[int, int]) -> list[list[str]]:
    """The digits of the rightmost map, row by row; empty where it has none."""
    titles = [item for item in scene.items if isinstance(item, Label) and item.bold]
    title = max(titles, key=lambda item: item.x)
    cells = [
        item
        for item in scene.items
        if isinstance(item, Label) and item.anchor == "middle" and item.x > title.x
    ]
    inputs = [
        item
        for item in scene.items
        if isinstance(item, Label) and item.anchor == "middle" and item.x < titles[2].x
    ]
    rows, columns = (sorted({getattr(item, axis) for item in inputs}) for axis in ("y", "x"))
    columns = [column - columns[0] + min(columns) for column in columns[: shape[1]]]
    left = title.x - titles[1].x
    found = [[""] * shape[1] for _ in range(shape[0])]
    for item in cells:
        found[rows.index(item.y)][columns.index(item.x - left)] = item.text
    return found


def test_kinds_with_animations() -> None:
    """Those of what returns from the output to the input; others show the sliding window."""
    assert {kind for kind in available_figures() if moves(kind)} == {"backward", "unpool"}


def test_ones_travel_back_and_add_up() -> None:
    """After each window, the counts are those of the winners so far, worked out here."""
    values = np.asarray(TEACHING)
    motion = motion_of("backward", values, size=3, stride=1)
    seen = set()
    for shot in motion.script(Pace(), None):
        filled = shot.filled + (0 < shot.travelled < 1)
        counts = np.zeros((6, 6), int)
        for index in range(filled):
            row, column = divmod(index, 4)
            window = values[row : row + 3, column : column + 3]
            down, right = np.unravel_index(window.argmax(), (3, 3))
            counts[row + down, column + right] += 1
        found = grid(motion.draw(shot), (6, 6))
        assert found == [[str(count) if count else "" for count in row] for row in counts]
        seen.add(filled)
    assert seen == set(range(17))


def test_values_return_to_their_winners() -> None:
    """A value of 0 that returns is written; cells to which none returns are blank."""
    values = np.array([[0, -1, 3, 2], [-2, -3, 1, 1]])
    motion = motion_of("unpool", values)
    scenes = [motion.draw(shot) for shot in motion.script(Pace(), None)]
    blank = ["", "", "", ""]
    assert grid(scenes[0], (2, 4)) == [blank, blank]
    assert grid(scenes[-1], (2, 4)) == [["0", "", "3", ""], blank]


@pytest.mark.parametrize("kind", ["backward", "unpool"])
def test_large_maps(kind: str) -> None:
    """They are drawn without digits, by rows, in pictures of one size, within half a minute."""
    motion = motion_of(kind, noise(50, 40))
    script = motion.script(Pace(), None)
    scenes = [motion.draw(shot) for shot in script[:: len(script) // 4]]
    assert len({(scene.width, scene.height) for scene in scenes}) == 1
    assert sum(shot.milliseconds for shot in script) <= 30_000
    last = [item for item in scenes[-1].items if isinstance(item, Pixels)][-1]
    assert len(np.unique(last.colors.reshape(-1, 3), axis=0)) > 1


def test_modes_without_winners_are_refused() -> None:
    """An average returns to no single cell."""
    with pytest.raises(SpecError, match="average"):
        motion_of("unpool", TEACHING, "average")


def test_values_return_to_a_map_of_another_size() -> None:
    """The winner of index 5 in a map of four columns is in row 1 of one of five."""
    values = np.array([[0, 1, 3, 2], [2, 9, 1, 4]])
    result = result_of(values, "max", 2)
    motion = figure_motion("unpool", result, 0, LIGHT, (3, 5))
    assert motion is not None
    script = motion.script(Pace(), None)
    last = motion.draw(script[-1])
    words = [item.text for item in last.items if isinstance(item, Label)]
    assert "unpooled 3×5" in words
    assert any("counted row by row" in line for line in words)
    labels = [item for item in last.items if isinstance(item, Label)]
    title = next(item for item in labels if item.text == "unpooled 3×5")
    landed = [item for item in labels if item.anchor == "middle" and item.x > title.x]
    assert sorted(item.text for item in landed) == ["4", "9"]
    nine, four = sorted(landed, key=lambda item: item.text, reverse=True)
    assert nine.y == four.y
    # Both in the second of three rows, in columns 0 and 2.
    cell = (four.x - nine.x) // 2
    assert abs(nine.x - title.x - cell // 2) <= 2
    assert abs(nine.y - title.y - cell * 3 // 2) <= cell // 2
    with pytest.raises(SpecError, match="unpool_size"):
        figure_motion("unpool", result, 0, LIGHT, (9, 9))
