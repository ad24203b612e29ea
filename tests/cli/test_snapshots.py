"""What every command prints on pinned terminals, to the letter.

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

pytestmark = pytest.mark.usefixtures("documented_frameworks")
FOLDER = Path(__file__).parent / "snapshots"
WRITE = bool(os.environ.get("POOLVIZ_WRITE_SNAPSHOTS"))
WIDTHS = (20, 40, 80, 120)
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
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_at_every_width(name: str, width: int, on_terminal: Any) -> None:
    """Without colours, each command prints what it printed before."""
    printed = on_terminal(COMMANDS[name], width, **COLOURS["none"])
    hold(f"{name}-{width}", printed)


# Lines of code are never broken: they are meant to be copied.
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"code"}))
def test_no_line_is_longer_than_the_terminal(name: str, on_terminal: Any) -> None:
    """At 20 columns and at 40, no line is longer."""
    for width in (20, 40):
        lines = on_terminal(COMMANDS[name], width, **COLOURS["dumb"]).splitlines()
        assert max(map(len, lines)) <= width


# One command behind the other, each followed by a sign that none prints.
SEVERAL = """
import shlex, sys
from poolviz.cli.funnel import run_app
for line in sys.argv[1:]:
    sys.argv = ["poolviz", *shlex.split(line)]
    assert run_app() == 0
    print(end="\\0")
"""


@pytest.mark.parametrize("colours", COLOURS)
def test_colour_systems(colours: str, folder: Path) -> None:
    """With many colours, few, and none; each in a process, since Rich keeps codes it has made."""
    names = ["run", "compare", "modes-one"]
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "80", "PYTHONUTF8": "1", **COLOURS[colours]}
    environment = {name: value for name, value in os.environ.items() if name != "COLORTERM"}
    done = subprocess.run(
        [sys.executable, "-c", SEVERAL, *(COMMANDS[name] for name in names)],
        cwd=folder,
        env=environment | terminal,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for name, printed in zip(names, done.stdout.split("\0")[:-1], strict=True):
        hold(f"{name}-colours-{colours}", printed)


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
    assert "?" not in printed.replace("found here at all?", "")
    hold(f"{name}-ascii", printed)
