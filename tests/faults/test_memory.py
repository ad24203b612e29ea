"""--max-memory: what the installed command takes at most, in every command that reads data."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import PROGRAM
from PIL import Image

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is looked up in /proc"),
]
MIB = 1 << 20
# The interpreter, NumPy, Pillow and matplotlib, before any value is there.
LOADED = 90 * MIB
SECONDS = 60


def peak(folder: Path, *arguments: str) -> tuple[int, int, str]:
    """Exit code, the most anonymous memory in bytes, and all that was printed."""
    with (folder / "printed.txt").open("w+", encoding="utf-8") as printed:
        started = time.monotonic()
        running = subprocess.Popen(
            [PROGRAM, *arguments], cwd=folder, stdout=printed, stderr=subprocess.STDOUT
        )
        largest = 0
        while running.poll() is None:
            largest = max(largest, anonymous(running.pid))
            if time.monotonic() - started > SECONDS:
                running.kill()
            time.sleep(0.003)
        printed.seek(0)
        return running.returncode, largest, printed.read()


def anonymous(pid: int) -> int:
    """What a process holds besides mapped files; 0 if it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with maps that are large in one way or another."""
    folder = tmp_path_factory.mktemp("maps")
    rng = np.random.default_rng(0)
    np.save(folder / "m.npy", rng.normal(size=(1500, 1500)).astype("f4"))
    np.save(folder / "long.npy", rng.normal(size=(1, 3_000_000)).astype("f4"))
    np.save(folder / "foreign.npy", rng.normal(size=(5000, 5000)).astype(">f8"))
    places = np.arange(4000)[:, None, None] + np.arange(4000)[None, :, None] + np.arange(3) * 30
    frames = [Image.fromarray(((places // 16 + step) % 256).astype("u1")) for step in (0, 40)]
    frames[0].save(folder / "a.webp", save_all=True, append_images=frames[1:], method=0)
    return folder


@pytest.mark.parametrize(
    "line",
    [
        "compare m.npy --modes max,average --size 3",
        "differ m.npy --size 3",
        "shift m.npy --by 3,3",
        "stack m.npy max:2",
        "explain m.npy --cell 5,5 --size 3",
        "compare m.npy --size 3 --html page.html",
        "differ m.npy --size 3 --html page.html",
        "shift m.npy --html page.html",
        "explain m.npy --html page.html",
        "compare m.npy --figure figure.png",
        "run long.npy --size 1x2 --write gif",
    ],
)
def test_what_is_done_stays_within_the_memory(line: str, maps: Path) -> None:
    """A command that is not refused takes no more than it may, beyond what is loaded."""
    code, largest, printed = peak(maps, *line.split(), "--max-memory", "200M")
    assert code == 0, printed
    assert largest < 200 * MIB + LOADED
    assert len(printed) < 20_000


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("explain m.npy --cell 5,5 --size 3 --figure ex.png --scale 20", "figure"),
        ("compare m.npy --figure c.png --scale 10", "figure"),
        ("differ m.npy --size 3 --figure c.png --scale 10", "figure"),
        ("shift m.npy --figure c.png --scale 10", "figure"),
        ("stack m.npy max:2 --figure c.png --scale 10", "figure"),
        ("run foreign.npy --mode median --write none", "values in native byte order"),
        ("stack foreign.npy max:8", "but the limit is"),
        (
            "run sample:teaching --output-size 9999999x9999999 --write none",
            "2.8 GB is needed for the windows",
        ),
        (
            "explain sample:teaching --output-size 9999999x9999999",
            "2.8 GB is needed for the windows",
        ),
        ("run a.webp --write none", "but the limit is"),
    ],
)
def test_what_would_take_more_is_refused(line: str, words: str, maps: Path) -> None:
    """It is refused by the budget that was given, before it is made."""
    before = {*maps.rglob("*")}
    code, largest, printed = peak(maps, *line.split(), "--max-memory", "150M")
    assert code in (1, 2)
    assert "the limit is 150 MB" in printed
    assert words in printed
    assert printed.count("\n") == 1
    assert largest < 150 * MIB + LOADED
    # What the command prints goes to a file.
    assert {*maps.rglob("*")} <= {*before, maps / "printed.txt"}


def test_shapes_of_any_size_take_no_memory(maps: Path) -> None:
    """Of a map of 10^16 cells, the cells that no window reads are counted, not listed."""
    code, largest, printed = peak(maps, "shape", "100000000x100000001", "3/7", "2/2")
    assert code == 0, printed
    assert largest < LOADED
