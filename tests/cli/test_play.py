"""``run --play`` and lessons on a real terminal, with keys sent."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

if os.name != "posix":
    pytest.skip("there are no pseudo-terminals here", allow_module_level=True)

import terminals

PLAY = ("run", "sample:teaching", "--play", "--write", "none")
# So slow that nothing moves by itself while a test looks.
STILL = ("--delay", "60000")


@pytest.mark.slow
def test_window_slides_by_itself(tmp_path: Path) -> None:
    """Time moves the window on, outputs fill in, and the last one stays until q."""
    terminal = terminals.terminal(*PLAY, "--delay", "20", folder=tmp_path)
    first = terminal.wait_for("step 1 of 9: space pause, ←/→ step, q quit")
    assert terminal.is_raw()
    assert "max(4, 0, 0, 4) = 4" not in first
    assert "max(4, 0, 0, 4) = 4" in terminal.wait_for("step 9 of 9: space again")
    terminal.wait_for("max(8, 0, 3, 5) = 8")
    terminal.press("q")
    assert terminal.ended()[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_keys_step_pause_and_go_on(tmp_path: Path) -> None:
    """→ and ← step and stop, however quickly; space goes on; others do nothing; q ends."""
    terminal = terminals.terminal(*PLAY, *STILL, folder=tmp_path)
    terminal.wait_for("step 1 of 9: space pause")
    terminal.press(terminals.RIGHT)
    terminal.wait_for("step 2 of 9: space play")
    terminal.press(terminals.RIGHT)
    terminal.wait_for("step 3 of 9: space play")
    terminal.press(terminals.LEFT)
    terminal.wait_for("step 2 of 9: space play")
    terminal.press(" ")
    terminal.wait_for("step 2 of 9: space pause")
    terminal.press(terminals.RIGHT * 3)
    terminal.wait_for("step 5 of 9: space play")
    for other in ("\x1b[A", "\x1b[5~", "x"):
        terminal.press(other)
    terminal.press(terminals.LEFT)
    terminal.wait_for("step 4 of 9: space play")
    terminal.press("q")
    assert terminal.ended()[0] == 0


@pytest.mark.slow
def test_outputs_not_reached_show_as_such(tmp_path: Path) -> None:
    """At the first step eight of nine outputs are still open."""
    terminal = terminals.terminal(*PLAY, *STILL, folder=tmp_path, TERM="xterm")
    terminal.wait_for("output 3×3")
    terminal.press(terminals.RIGHT)
    assert terminal.wait_for("step 2 of 9").count("·") == 8
    terminal.wait_for("output 3×3")
    terminal.press(terminals.RIGHT)
    assert terminal.wait_for("step 3 of 9").count("·") == 7
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
    terminal.press(terminals.RIGHT)
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


def test_lessons_follow_each_other(tmp_path: Path) -> None:
    """N goes on, p back, q ends."""
    terminal = terminals.terminal("demo", "what-pooling-is", folder=tmp_path)
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
def test_last_lesson_is_the_end(tmp_path: Path) -> None:
    """Behind the last lesson, n ends."""
    terminal = terminals.terminal("demo", "15", folder=tmp_path)
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
