"""How lines and grids are laid out on pinned terminals, to the letter, and what they end with.

``POOLVIZ_WRITE_SNAPSHOTS=1 python -m pytest tests/cli/test_snapshots.py`` writes them anew;
the change is then looked at before it is committed.
"""

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("first_plugins")
FOLDER = Path(__file__).parent / "snapshots"
WRITE = bool(os.environ.get("POOLVIZ_WRITE_SNAPSHOTS"))
# Grids, grids side by side and a table, and prose: held to the letter at these widths.
LAID_OUT = ("run", "compare", "explain")
WIDTHS = (40, 80)
COMMANDS = {
    "run": "run sample:teaching --mode max --size 3 --stride 2 --padding 1 --ceil --write none",
    "run-large": "run sample:scene --channel G --size 4 --write none",
    "run-average": "run sample:teaching --mode average --padding 1 --write none",
    "play": "run sample:teaching --size 3 --play --write none",
    "explain": "explain sample:teaching --cell 0,1 --mode lp:p=3 --like onnx --padding 1",
    "shape": "shape 224x224 3/2p1 2/2 global",
    "shape-all": "shape 6x6 --size 3 --stride 2 --like all",
    "differ": "differ sample:teaching --mode average --size 3 --stride 2 --padding 1",
    "compare": "compare sample:teaching --modes max,average,lp:p=4,softpool",
    "shift": "shift sample:teaching --by 1,0 --modes max,median",
    "shift-sweep": "shift sample:teaching --sweep 3 --modes max,average,min",
    "stack": "stack sample:teaching 'conv:sobel relu max:2' --against 'average:2' --mark 3,2",
    "modes": "modes",
    "modes-one": "modes gem",
    "code": "code 7x7 --mode average --size 3 --stride 2 --padding 1 --exclude-pad",
    "demo": "demo",
    "demo-list": "demo --list",
    "demo-padding": "demo padding",
}
COLOURS = {
    "truecolor": {"TERM": "xterm", "COLORTERM": "truecolor"},
    "256": {"TERM": "xterm-256color"},
    "16": {"TERM": "xterm-16color"},
    "none": {"TERM": "xterm-256color", "NO_COLOR": "1"},
    "dumb": {"TERM": "dumb"},
}


def hold(name: str, printed: str) -> None:
    """Compare with the snapshot of that name, escapes made visible; or write it."""
    path = FOLDER / f"{name}.txt"
    visible = printed.replace("\x1b", "\\e")
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(visible, encoding="utf-8")
    assert visible == path.read_text(encoding="utf-8")


@pytest.fixture
def on_terminal(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command line as on a terminal of a width."""

    def command(line: str, width: int, **settings: str) -> str:
        monkeypatch.delenv("COLORTERM", raising=False)
        for name, value in {"FORCE_COLOR": "1", "COLUMNS": str(width), **settings}.items():
            monkeypatch.setenv(name, value)
        done = poolviz(*shlex.split(line))
        assert done.code == 0
        return str(done.out)

    return command


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", LAID_OUT)
def test_layout(name: str, width: int, on_terminal: Any) -> None:
    """Without colours, the command prints what it printed before."""
    printed = on_terminal(COMMANDS[name], width, **COLOURS["none"])
    hold(f"{name}-{width}", printed)


# Numbers from each command's output. They stand there whatever the words are.
NUMBERS = {
    "run": ["max(1, 3, 6, 2) = 6", "⌈(6 + 2·1 − 3) / 2⌉"],
    "run-large": ["245,760 → 15,360 values, 93.8 %", "⌊(256 − 4) / 4⌋ + 1 = 64"],
    "run-average": ["1 / 4 = 0.25", "36 → 16 values"],
    "play": ["max(1, 3, 4, 6, 2, 0, 0, 5, 1) = 6", "max(0, 1, 3, 1, 8, 0, −3, 3, 5) = 8"],
    "shape": ["3×3, stride 2, padding 1: 224×224 → 112×112", "receptive field 224×224"],
    "shape-all": ["⌈(6 − 3) / 2⌉ + 1 = 3"],
    "differ": ["(1 + 3 + 6 + 2) / 4 = 3"],
    "shift": ["19.4 %", "3.028", "22.2 %"],
    "shift-sweep": ["16.7 %", "44.4 %"],
    "stack": ["29", "288"],
    "code": ["(3, 3), stride=(2, 2), padding=(1, 1)", "kernel_shape=[3, 3], strides=[2, 2]"],
    "demo-padding": ["max(1, 3, 6, 2) = 6", "⌊(6 + 2·1 − 3) / 1⌋ + 1 = 6"],
}


@pytest.mark.slow
@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_at_every_width(name: str, width: int, on_terminal: Any) -> None:
    """However narrow the terminal is, no number of the answer is lost."""
    printed = "".join(on_terminal(COMMANDS[name], width, **COLOURS["dumb"]).split())
    assert [part for part in NUMBERS[name] if "".join(part.split()) not in printed] == []


# Lines of code are never broken: they are meant to be copied.
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"code"}))
def test_no_line_is_longer_than_the_terminal(name: str, on_terminal: Any) -> None:
    """At 20 columns and at 40, no line is longer."""
    for width in (20, 40):
        lines = on_terminal(COMMANDS[name], width, **COLOURS["dumb"]).splitlines()
        assert max(map(len, lines)) <= width


@pytest.mark.slow
@pytest.mark.parametrize("colours", COLOURS)
def test_colour_systems(colours: str, folder: Path) -> None:
    """With many colours, few, and none; in a process, since Rich keeps codes it has made."""
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "80", "PYTHONUTF8": "1", **COLOURS[colours]}
    environment = {name: value for name, value in os.environ.items() if name != "COLORTERM"}
    done = subprocess.run(
        [sys.executable, "-m", "poolviz", *shlex.split(COMMANDS["run"])],
        cwd=folder,
        env=environment | terminal,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    hold(f"run-colours-{colours}", done.stdout)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_ascii(
    name: str, on_terminal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal that knows ASCII only, boxes and signs are ASCII, none is a question mark."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    on_terminal(COMMANDS[name], 80, **COLOURS["dumb"])
    stream.flush()
    printed = stream.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]
    # A lesson asks a question.
    assert "?" not in printed.replace("found here at all?", "")
    if name in LAID_OUT:
        hold(f"{name}-ascii", printed)
