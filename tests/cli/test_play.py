"""``run --play`` and lessons on a real terminal, with keys sent."""

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

if os.name != "posix":
    pytest.skip("there are no pseudo-terminals here", allow_module_level=True)

import numpy as np
import terminals
from pictures import noise, result_of
from pictures import photo as photo_values

from poolviz.cli.play import Player, Slides, shots_of
from poolviz.cli.terminal import console
from poolviz.feature_map import RGB
from poolviz.result import PoolResult
from poolviz.views.paint.formats import Pace
from poolviz.views.paint.script import Shot, script_of
from poolviz.views.scene.region import default_region
from poolviz.views.scene.stage import stage_of
from poolviz.views.scene.style import THEMES

PLAY = ("run", "sample:teaching", "--play", "--write", "none")
# So slow that nothing moves by itself while a test looks.
STILL = ("--delay", "60000")
# A winner in brackets; "[ ]" explains them.
WINNER = re.compile(r"\[\S")


@pytest.mark.slow
def test_window_slides_by_itself(tmp_path: Path) -> None:
    """Time moves the window on, outputs fill in, and the last one stays until q."""
    terminal = terminals.terminal(*PLAY, "--delay", "20", folder=tmp_path)
    first = terminal.wait_for("step 1 of 9: space pause, ←/→ step, r back, +/− speed, q quit")
    assert terminal.is_raw()
    assert "max(4, 0, 0, 4) = 4" not in first
    seen = terminal.wait_for("all 9 windows: space again")
    assert "max(4, 0, 0, 4) = 4" in seen
    assert "max(8, 0, 3, 5) = 8" in seen
    terminal.press("q")
    assert terminal.ended()[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_keys_step_pause_and_go_on(tmp_path: Path) -> None:
    """→ and ← move a beat and stop, however quickly; space goes on; others do nothing; q ends."""
    terminal = terminals.terminal(*PLAY, *STILL, folder=tmp_path)
    terminal.wait_for("step 1 of 9: space pause")
    terminal.wait_for("max(1, 3, 6, 2) =")
    terminal.press(terminals.RIGHT)
    terminal.wait_for("step 1 of 9: space play")
    terminal.wait_for("max(1, 3, 6, 2) = 6")
    terminal.press(terminals.RIGHT * 2)
    terminal.wait_for("step 2 of 9: space play")
    terminal.wait_for("= 4")
    terminal.press(terminals.LEFT * 2)
    terminal.wait_for("step 1 of 9: space play")
    terminal.press(" ")
    terminal.wait_for("step 1 of 9: space pause")
    terminal.press(terminals.RIGHT * 3)
    terminal.wait_for("step 3 of 9: space play")
    for other in ("\x1b[A", "\x1b[5~", "x"):
        terminal.press(other)
    terminal.press(terminals.LEFT)
    terminal.wait_for("step 2 of 9: space play")
    terminal.press("+")
    terminal.wait_for("+/− speed 1.5×")
    terminal.press("r")
    terminal.wait_for("r forward")
    terminal.press("q")
    assert terminal.ended()[0] == 0


@pytest.mark.slow
def test_outputs_not_reached_show_as_such(tmp_path: Path) -> None:
    """At the first step eight of nine outputs are still open."""
    terminal = terminals.terminal(*PLAY, *STILL, folder=tmp_path, TERM="xterm")
    assert terminal.wait_for("q quit").count("·") == 0
    assert terminal.wait_for("output 3×3").count("·") == 0
    terminal.press(terminals.RIGHT)
    terminal.wait_for("step 1 of 9: space play")
    terminal.press(terminals.RIGHT)
    assert terminal.wait_for("step 2 of 9").count("·") == 8
    terminal.press("q")
    terminal.ended()


@pytest.mark.parametrize("how", ["key", pytest.param("signal", marks=pytest.mark.slow)])
def test_interrupt_leaves_the_terminal_as_it_was(how: str, tmp_path: Path) -> None:
    """Ctrl-C ends with 130, and keys are seen again."""
    terminal = terminals.terminal(*PLAY, *STILL, folder=tmp_path)
    terminal.wait_for("step 1 of 9")
    assert terminal.is_raw()
    if how == "key":
        terminal.press("\x03")
    else:
        os.kill(terminal.process.pid, signal.SIGINT)
    code, said = terminal.ended()
    assert code == 130
    assert "interrupted" in said
    assert not terminal.is_raw()


@pytest.mark.slow
def test_dumb_terminal_gets_sentences(tmp_path: Path) -> None:
    """A terminal that can only print lines is told the steps."""
    terminal = terminals.terminal(*PLAY, folder=tmp_path, TERM="dumb")
    code, said = terminal.ended()
    assert code == 0
    assert "step 9 of 9, output (2, 2), rows 4–5, columns 4–5: max(8, 0, 3, 5) = 8" in said
    assert "\x1b" not in said


@pytest.mark.slow
@pytest.mark.parametrize("size", [(12, 40), (24, 20), (60, 200)])
def test_any_size_of_terminal(size: tuple[int, int], tmp_path: Path) -> None:
    """However small the terminal, the step is said and the keys work."""
    rows, columns = size
    terminal = terminals.terminal(*PLAY, *STILL, folder=tmp_path, rows=rows, columns=columns)
    terminal.wait_for("step 1 of 9:")
    terminal.press(terminals.RIGHT * 2)
    terminal.wait_for("step 2 of 9:")
    terminal.press("q")
    assert terminal.ended()[0] == 0


def test_piped_play_prints_sentences(poolviz: Any) -> None:
    """Piped, each step is a line."""
    done = poolviz(*PLAY)
    lines = done.out.splitlines()
    assert len(lines) == 9
    assert lines[0] == "step 1 of 9, output (0, 0), rows 0–1, columns 0–1: max(1, 3, 6, 2) = 6"


def test_play_of_a_region(poolviz: Any) -> None:
    """Only the windows of the region are played."""
    done = poolviz(*PLAY, "--region", "4x4+2+2")
    assert done.out.count("step ") == 4
    assert "output (1, 1)" in done.out.splitlines()[0]


@pytest.mark.parametrize("other", ["--json", "--quiet"])
def test_play_beside_what_prints_nothing_is_refused(other: str, poolviz: Any) -> None:
    """--play prints; what forbids that contradicts it."""
    done = poolviz(*PLAY, other)
    assert done.code == 2
    assert done.failure == f"--play: cannot be combined with {other}; omit {other}"


@pytest.mark.slow
def test_photograph_slides_below_its_picture(photo: Path, folder: Path) -> None:
    """The whole picture, then the window in each channel; both move with the steps."""
    terminal = terminals.terminal(
        "run", photo.name, "--play", "--write", "none", *STILL, folder=folder, rows=24
    )
    first = terminal.wait_for("blue →")
    assert "step 1 of 48" in first
    assert "▀" in first
    assert "rows 0 to 1, columns 0 to 1 → output (0, 0)" in first
    for name in ("red: max(", "green: max(", "blue: max("):
        assert name in first
    terminal.press(terminals.RIGHT * 2)
    terminal.wait_for("step 2 of 48")
    assert "rows 0 to 1, columns 2 to 3 → output (0, 1)" in terminal.wait_for("blue →")
    terminal.press("q")
    assert terminal.ended()[0] == 0


@pytest.fixture
def slides(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The screens of all steps of a result on a terminal of a size, as text."""
    del folder

    def screens(result: PoolResult, rows: int, columns: int) -> list[tuple[Shot, list[str]]]:
        settings = {"FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm-256color"}
        for name, value in {**settings, "COLUMNS": str(columns), "LINES": str(rows)}.items():
            monkeypatch.setenv(name, value)
        stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
        shots = shots_of(stage, Pace())
        shown = Slides(stage, shots, console())
        return [
            (shot, [line.plain for line in shown.lines(Player(len(shots), at))])
            for at, shot in enumerate(shots)
        ]

    return screens


RESULTS = {
    "photo": lambda: result_of(photo_values(60, 80), channel_names=RGB, value_range=(0, 255)),
    "square photo": lambda: result_of(
        photo_values(64, 64), kernel_size=8, channel_names=RGB, value_range=(0, 255)
    ),
    "photo, average": lambda: result_of(
        photo_values(60, 80), "average", 3, padding=1, channel_names=RGB, value_range=(0, 255)
    ),
    "floats": lambda: result_of(noise(28, 28), kernel_size=3, stride=2, padding=1),
    "large floats": lambda: result_of(noise(90, 100) * 1000, "softpool", 3, stride=2),
    "row": lambda: result_of(noise(1, 600), kernel_size=(1, 3)),
    "small": lambda: result_of(np.arange(36).reshape(6, 6) * 7, "lp:p=3", 3, padding=1),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("size", [(24, 80), (40, 120), (24, 40), (16, 60)])
def test_nothing_moves_but_the_window(name: str, size: tuple[int, int], slides: Any) -> None:
    """Titles, and the lines below the picture, stay where they are, and all fits the terminal."""
    shown = slides(RESULTS[name](), *size)
    title = re.compile(r"(in|out)put(?= \d|, )|(red|green|blue)(?= →)|framed")
    places = {
        tuple((number, found[0], found.start()) for number, line in enumerate(screen)
              for found in title.finditer(line))
        for shot, screen in shown if not shot.whole
    }  # fmt: skip
    assert len(places) == 1
    (usual,) = places
    assert len(usual) >= 2
    for shot, screen in shown:
        found = {
            (number, match[0], match.start())
            for number, line in enumerate(screen)
            for match in title.finditer(line)
        }
        # The pictures of the first and the last act are larger: their titles are in the same line.
        lines = {number for number, *_ in usual}
        assert {line for line, *_ in found} <= lines if shot.whole else found == set(usual)
    assert max(len(line) for _, screen in shown for line in screen) <= size[1]
    # Windows of more rows than fit a low terminal are cut off at the end.
    fits = name != "square photo" or size[0] > 16
    assert fits is all(len(screen) < size[0] for _, screen in shown)


@pytest.mark.slow
@pytest.mark.parametrize("name", RESULTS)
def test_result_comes_in_the_second_beat(name: str, slides: Any) -> None:
    """The first has the cells without a mark on the winner, and as many outputs as before."""
    shown = slides(RESULTS[name](), 40, 120)
    beats = [at for at, (shot, _) in enumerate(shown) if shot.travelled == 0 and not shot.whole]
    assert beats
    for at in beats:
        first, second = shown[at][1], shown[at + 1][1]
        assert shown[at][0].step == shown[at + 1][0].step
        assert first != second
        assert not any(WINNER.search(line) for line in first)
        if at:
            assert shown[at][0].filled == shown[at - 1][0].filled


def test_play_has_the_pace_and_the_acts_of_the_animation() -> None:
    """The same shots, but for those of a result on its way, whose time its place has."""
    for result in (RESULTS["photo"](), RESULTS["floats"](), RESULTS["small"]()):
        stage = stage_of(result, 0, default_region(result, 0), THEMES["light"])
        script, shots = script_of(stage, Pace()), shots_of(stage, Pace())
        assert sum(shot.milliseconds for shot in shots) == sum(shot.milliseconds for shot in script)
        assert [shot.filled for shot in shots if shot.travelled == 1] == [
            shot.filled for shot in script if shot.travelled == 1
        ]
        assert [shot.whole for shot in shots] == [
            shot.whole for shot in script if shot.whole or shot.travelled in (0, 1)
        ]


def test_equal_cells_are_not_marked(slides: Any) -> None:
    """A window of zeros has no winner in brackets; one with a 1 has."""
    values = np.zeros((4, 6), int)
    values[0, 4] = 1
    shown = slides(result_of(values, kernel_size=2), 30, 80)
    marked = {shot.step for shot, screen in shown if any(map(WINNER.search, screen))}
    assert marked == {2}


def test_whole_output_fills_as_the_window_slides(slides: Any) -> None:
    """Of a photograph's output nothing stands before its window, and all of it at the end."""
    shown = slides(RESULTS["photo"](), 40, 120)
    dots = [(shot.whole, sum(line.count("·") for line in screen)) for shot, screen in shown]
    acts = [count for whole, count in dots if whole]
    assert acts == sorted(set(acts), reverse=True)
    assert acts[-1] == 0
    # Between the acts, frames cover some of the dots.
    between = [count for whole, count in dots if not whole]
    assert acts[0] > max(between)
    assert min(between) > acts[1]


@pytest.mark.slow
def test_lessons_follow_each_other(tmp_path: Path) -> None:
    """N goes on, p back, q ends."""
    terminal = terminals.terminal("demo", "what-pooling-is", folder=tmp_path, rows=60)
    terminal.wait_for(": What pooling is")
    terminal.wait_for("n next, p previous, q quit")
    terminal.press("n")
    terminal.wait_for(": Max and average")
    terminal.wait_for("q quit")
    terminal.press("p")
    terminal.wait_for(": What pooling is")
    terminal.wait_for("q quit")
    terminal.press("q")
    assert terminal.ended()[0] == 0
    assert not terminal.is_raw()


@pytest.mark.slow
def test_lesson_is_shown_page_by_page(tmp_path: Path) -> None:
    """Space shows the next page, and after the last one the next lesson; q ends at any page."""
    terminal = terminals.terminal("demo", "padding", folder=tmp_path, rows=24)
    more = "space next page, n next lesson, p previous, q quit"
    pages = [terminal.wait_for(more)]
    assert "4 of " in pages[0]
    terminal.press(" ")
    pages.append(terminal.wait_for(more))
    terminal.press("x ")
    pages.append(terminal.wait_for("\r\nn next, p previous, q quit"))
    assert "Try: " in pages[-1]
    assert all(page.count("\r\n") < 24 for page in pages)
    terminal.press(" ")
    assert "5 of " in terminal.wait_for(more)
    terminal.press("q")
    assert terminal.ended()[0] == 0
    assert not terminal.is_raw()


@pytest.mark.slow
def test_keys_leave_a_lesson_at_any_page(tmp_path: Path) -> None:
    """N and p need not wait for the last page; Ctrl-C ends, and keys are seen again."""
    terminal = terminals.terminal("demo", "padding", folder=tmp_path, rows=24)
    for key, title in (("n", "5 of "), ("p", "4 of "), ("p", "3 of ")):
        terminal.wait_for("space next page")
        terminal.press(key)
        terminal.wait_for(title)
    terminal.press("\x03")
    assert terminal.ended()[0] == 130
    assert not terminal.is_raw()


@pytest.mark.slow
def test_last_lesson_is_the_end(tmp_path: Path) -> None:
    """Behind the last lesson, n ends."""
    terminal = terminals.terminal("demo", "15", folder=tmp_path, rows=60)
    terminal.wait_for("q quit")
    terminal.press("n")
    assert terminal.ended()[0] == 0


@pytest.mark.slow
def test_bare_demo_waits_for_nothing(tmp_path: Path) -> None:
    """The one screen is printed, in colour, and that is it."""
    terminal = terminals.terminal("demo", folder=tmp_path)
    code, said = terminal.ended()
    assert code == 0
    assert "\x1b[" in said
    assert "Now try:" in said
