"""The script of an animation: pace, order and beats, without anything drawn."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pictures import RESULTS, noise, result_of, stage_for

from poolviz import PoolResult, SpecError
from poolviz.views.paint.formats import Pace
from poolviz.views.paint.script import Shot, script_of
from poolviz.views.scene.region import default_region, whole_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import THEMES

EVERY_MAP = pytest.mark.parametrize("name", RESULTS)


def stage_whole(result: PoolResult, channel: int = 0) -> Stage:
    """All windows of a result."""
    return stage_of(result, channel, whole_region(result), THEMES["light"])


def of_size(rows: int, columns: int) -> Stage:
    """The windows of a map of numbers that all differ, as many as these."""
    values = np.random.default_rng(0).permutation(4 * rows * columns)
    return stage_whole(result_of(values.reshape(2 * rows, 2 * columns), kernel_size=2))


def total(script: tuple[Shot, ...]) -> int:
    """Its duration in milliseconds."""
    return sum(shot.milliseconds for shot in script)


SIZES = [(1, 1), (1, 2), (2, 1), (3, 3), (1, 12), (5, 8), (1, 41), (41, 1), (6, 7), (14, 14),
         (16, 16), (1, 256), (128, 2), (2, 128)]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_half_a_minute_at_most(size: tuple[int, int]) -> None:
    """Whatever the size; the last frame is held for 2.5 seconds or more of it."""
    script = script_of(of_size(*size), Pace())
    assert total(script) <= 30_000
    assert script[-1].milliseconds >= 2500
    assert all(shot.milliseconds >= 20 and not shot.milliseconds % 10 for shot in script)


@EVERY_MAP
def test_half_a_minute_at_most_for_every_kind_of_map(name: str) -> None:
    """Parts of photographs, channels, one row, gaps."""
    script = script_of(stage_for(name), Pace())
    assert total(script) <= 30_000
    assert script[-1].milliseconds >= 2500
    assert len(script) <= 300


def filled(script: tuple[Shot, ...]) -> list[int]:
    """How many outputs stand in each frame in which windows are shown."""
    return [shot.filled for shot in script if not shot.whole]


@EVERY_MAP
@pytest.mark.parametrize("pace", [Pace(), Pace(every=1), Pace(every=3), Pace(delay=500)])
def test_outputs_appear_in_their_order_and_never_before_their_window(name: str, pace: Pace) -> None:
    """What stands never goes away; a marked window's output comes with it or after it."""
    stage = stage_for(name)
    script = script_of(stage, pace)
    counts = filled(script)
    assert all(before <= after for before, after in pairwise(counts))
    assert counts[-1] == script[-1].filled == len(stage.steps)
    reached = -1
    for shot in script[:-1]:
        if shot.step is not None and not shot.band and pace.every is None:
            assert shot.step <= reached + 1
        if shot.band:
            assert shot.band[0] <= reached + 1
        reached = max(reached, shot.step if shot.step is not None else -1, *shot.band, -1)
        assert shot.filled <= reached + 1
        if shot.step is not None and shot.travelled < 1:
            assert shot.filled <= shot.step


@EVERY_MAP
def test_every_window_is_visited(name: str) -> None:
    """By itself or in its row."""
    stage = stage_for(name)
    script = script_of(stage, Pace())
    visited = {index for shot in script for index in (shot.step, *shot.band)}
    assert set(range(len(stage.steps))) <= visited


def test_few_windows_are_shown_one_by_one_in_two_beats() -> None:
    """First the window without its result, then the result on its way, then in its place."""
    stage = stage_for("teaching")
    script = script_of(stage, Pace())
    assert not any(shot.band for shot in script)
    assert [shot.step for shot in script if shot.travelled == 1] == [*range(9), 4]
    first = [shot for shot in script if shot.step == 0]
    assert [shot.travelled for shot in first] == [0, 1 / 3, 2 / 3, 1]
    assert [shot.filled for shot in first] == [0, 0, 0, 1]
    assert first[0].words == "step 1 of 9"
    assert sum(shot.milliseconds for shot in first) == 1200


def test_many_windows_pass_in_rows_after_the_first_one() -> None:
    """One of the others is shown slowly, before its row is complete."""
    stage = of_size(14, 14)
    script = script_of(stage, Pace())
    slow = [shot.step for shot in script if not shot.band and shot.travelled == 0]
    assert slow[:14] == list(range(14))
    (example,) = slow[14:]
    assert example is not None
    assert example >= 14
    rows = [shot for shot in script if shot.band]
    words = [shot.words for shot in rows]
    assert list(dict.fromkeys(words)) == [f"row {row} of 14" for row in range(2, 15)]
    assert not any(example in shot.band for shot in rows)
    at = next(at for at, shot in enumerate(script) if shot.band and shot.band[0] > example)
    assert script[at - 1].step == example
    assert script[at - 1].filled == example + 1
    assert script[-1].words == "all 196 windows"
    assert script[-1].step == example


def test_a_long_row_passes_in_parts() -> None:
    """Of 256 windows of one row the first are slow, the others pass together."""
    script = script_of(of_size(1, 256), Pace())
    assert [shot.step for shot in script if shot.travelled == 0][:16] == list(range(16))
    parts = [shot for shot in script if shot.band]
    assert parts[0].words == "steps 17–26 of 256"
    assert parts[-1].band[-1] == 255


def test_rows_of_a_tall_map_pass_together() -> None:
    """Of 128 rows several at a time."""
    script = script_of(of_size(128, 2), Pace())
    assert len(script) < 60
    assert "rows 2–7 of 128" in {shot.words for shot in script}


def test_windows_of_equal_cells_are_quick() -> None:
    """One beat, and a third of a second or less."""
    values = np.zeros((6, 6))
    values[2, 2] = 1
    script = script_of(stage_whole(result_of(values, kernel_size=2)), Pace())
    times = {
        index: [shot.milliseconds for shot in script[:-1] if shot.step == index]
        for index in range(9)
    }
    assert {index for index, many in times.items() if len(many) == 1} == set(range(9)) - {4}
    assert all(sum(times[index]) <= 300 for index in times if index != 4)
    assert sum(times[4]) == 1200


def blank_but(places: list[tuple[int, int]]) -> Stage:
    """The windows of a map of 14×14 zeros, whose few other cells lie where it is told."""
    values = np.zeros((28, 28))
    for number, (row, column) in enumerate(places, 1):
        values[2 * row, 2 * column] = number
    return stage_whole(result_of(values, kernel_size=2))


def test_first_row_with_contrast_is_the_slow_one() -> None:
    """Rows of equal cells before it pass in a third of a second each, and so do its equal cells."""
    script = script_of(blank_but([(2, 4), (2, 5), (7, 7)]), Pace())
    slow = [shot.step for shot in script if shot.travelled == 0]
    assert slow == [32, 33, 105]
    blank = [shot for shot in script if shot.band and shot.band.stop <= 32]
    assert [shot.band for shot in blank] == [range(14), range(14, 28), range(28, 32)]
    assert [shot.words for shot in blank] == [f"row {row} of 14" for row in (1, 2, 3)]
    assert sum(shot.milliseconds for shot in blank) <= 1000
    assert total(script) <= 30_000


def test_a_map_without_contrast_is_shown_all_the_same() -> None:
    """Its first row one by one, quickly."""
    script = script_of(blank_but([]), Pace())
    assert [shot.step for shot in script[:14]] == list(range(14))
    assert all(shot.milliseconds <= 300 for shot in script[:-1])


def test_a_delay_is_the_time_of_every_slow_step() -> None:
    """With all of its beats; however long the animation becomes."""
    stage = of_size(5, 8)
    script = script_of(stage, Pace(delay=2000, hold=500))
    for index in range(40):
        own = [shot for shot in script[:-1] if shot.step == index]
        assert sum(shot.milliseconds for shot in own) == 2000
    assert script[-1].milliseconds == 500
    assert total(script) == 40 * 2000 + 500


@pytest.mark.parametrize(("every", "shown"), [(1, 196), (4, 50), (100, 3)])
def test_every_shows_windows_one_by_one(every: int, shown: int) -> None:
    """However many there are; the last one is always shown."""
    stage = of_size(14, 14)
    script = script_of(stage, Pace(every=every))
    assert not any(shot.band for shot in script)
    steps = {shot.step for shot in script[:-1]}
    assert steps == {*range(0, 195, every), 195}
    assert len(steps) == shown
    assert total(script) <= 30_000


@pytest.mark.parametrize("most", [30, 41, 80, 100])
def test_fewer_frames_leave_out_the_journey_first(most: int) -> None:
    """Then the beats; then whole rows pass. Never more frames than allowed."""
    script = script_of(of_size(5, 8), Pace(max_frames=most))
    assert len(script) <= most
    assert total(script) <= 30_000
    if most == 100:
        assert sum(shot.travelled == 0 for shot in script) == 40
    if most == 30:
        assert any(shot.band for shot in script)


def test_room_in_memory_limits_the_frames() -> None:
    """Where all frames are held in memory, there are fewer of them."""
    stage = of_size(5, 8)
    assert len(script_of(stage, Pace(), room=50)) <= 50
    assert len(script_of(stage, Pace())) > 100


@pytest.mark.parametrize(("pace", "size"), [
    (Pace(every=1, max_frames=100), (14, 14)),
    (Pace(every=2, max_frames=20), (14, 14)),
    (Pace(max_frames=5), (14, 14)),
])  # fmt: skip
def test_too_many_frames_are_refused_with_a_remedy_that_helps(
    pace: Pace, size: tuple[int, int]
) -> None:
    """The value of every that the error names fits."""
    stage = of_size(*size)
    with pytest.raises(SpecError) as caught:
        script_of(stage, pace)
    every = int(caught.value.remedy.rsplit("=", 1)[1])
    assert len(script_of(stage, Pace(every=every, max_frames=pace.max_frames))) <= pace.max_frames


def photo_stage(**options: Any) -> Stage:
    """A part of a large map."""
    result = result_of(noise(3, 80, 70), **options)
    return stage_of(result, 0, default_region(result, 0), THEMES["light"])


def test_a_part_is_shown_between_the_whole_before_and_after() -> None:
    """First the whole input for about two seconds, at the end both."""
    script = script_of(photo_stage(), Pace())
    assert script[0].whole == "input"
    assert 1500 <= script[0].milliseconds <= 2000
    assert script[-1].whole == "both"
    assert script[-1].milliseconds == 3000
    filling = [shot for shot in script[1:-1] if shot.whole]
    assert [shot.whole for shot in filling] == ["both"] * len(filling)
    shares = [shot.travelled for shot in (*filling, script[-1])]
    assert shares == sorted(set(shares))
    assert 0 < shares[0] < 0.2
    assert shares[-1] == 1
    assert script[-len(filling) - 1 : -1] == tuple(filling)


def test_several_channels_begin_and_end_with_all_of_them() -> None:
    """Even if every window of the one channel is shown."""
    script = script_of(stage_whole(result_of(noise(5, 6, 6)), channel=2), Pace())
    assert [script[0].whole, script[-1].whole] == ["input", "both"]


def test_one_window_has_no_counter_and_no_second_end() -> None:
    """Its result is held in its place."""
    script = script_of(of_size(1, 1), Pace())
    assert [shot.travelled for shot in script] == [0, 1 / 3, 2 / 3, 1]
    assert script[-1].milliseconds == 3000
    assert {shot.words for shot in script} == {""}
