"""Command lines made at random from what the app lists; those that were found bad are kept.

``POOLVIZ_DRIVER`` is how many, ``POOLVIZ_DRIVER_SEED`` which.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import Command
from driver import LONG, LONGEST, commands

pytestmark = pytest.mark.faults

COUNT = os.environ.get("POOLVIZ_DRIVER", "200")
SEED = os.environ.get("POOLVIZ_DRIVER_SEED", "17")
DRIVER = Path(__file__).with_name("driver.py")
# Of 5,000 lines; each takes a tenth of a second.
SECONDS = 3600
FOUND: dict[str, list[str]] = {
    "long-source": ["differ", "9" * LONG, "--index", "1"],
    "long-size": ["compare", "ok.npy", "--output-size", "x" * LONG],
    "long-cmap": ["run", "ok.npy", "--cmap", "x" * LONG],
    "long-escapes": ["run", "\x1b[31m" * LONG],
    "long-option": ["run", f"--{'x' * LONG}"],
    "long-command": ["x" * LONG],
    "long-whole-number": ["run", "ok.npy", "--seed", "9" * LONG],
    "long-mode": ["run", "ok.npy", "--mode", "max:p=" * LONG],
    "long-region": ["run", "ok.npy", "--region", "1," * LONG],
    "long-memory": ["run", "ok.npy", "--max-memory", "é" * LONG],
    "long-name": ["run", "ok.npy", "--figure", f"{'a/' * LONG}f.png"],
    "long-layer": ["stack", "ok.npy", f"conv:{'x' * LONG}"],
    "long-manifest": ["batch", f"@{'x' * LONG}"],
    "long-scheduler": ["batch", "ok.npy", "--scheduler", "x" * LONG],
    "memory-of-other-rules": ["differ", "ok.npy", "--padding", "65536", "--like", "skimage"],
    "long-sources": ["batch", *[f"[{number}]" for number in range(LONG)]],
}


def test_the_driver_knows_every_command_and_option() -> None:
    """Each parameter of each command is listed by the app, with its kind."""
    listed = commands()
    assert set(listed) > {"batch", "run", "network", "demo", "stack"}
    flags = {flag for each in listed["batch"] for flag in each.flags}
    assert flags > {"--jobs", "-j", "--exclude-pad", "--write", "--json"}
    assert {each.kind for each in listed["run"]} == {str, int, float, bool, Path}


def test_lines_at_random_are_answered_or_refused() -> None:
    """Each keeps the contract: codes, one line of bounded length, files whole or as before."""
    done = subprocess.run(
        [sys.executable, DRIVER, COUNT, SEED],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert len(rows) == int(COUNT)
    for row in rows:
        line = json.dumps(row["line"])
        assert row["causes"] == [], f"{DRIVER} --line '{line}' {row['stdin']}: {row['err']}"
    # Most would be refused at once if the values were not good enough.
    assert sum(row["code"] == 0 for row in rows) > len(rows) // 8


@pytest.mark.parametrize("line", FOUND.values(), ids=FOUND)
def test_a_line_that_was_found_bad(line: list[str], poolviz: Command) -> None:
    """One line says what is wrong, of a length that can be read."""
    ended = poolviz(*line)
    assert len(ended.refused(ended.code)) <= LONGEST
    assert ended.code in (1, 2)
    assert "there is not enough" not in ended.err


@pytest.mark.parametrize("pattern", ["d/" + "**/[a-z]*/" * 8 + "*", "d/" + "**/" * 50 + "a*/**"])
def test_a_pattern_of_many_stars_is_answered(pattern: str, folder: Path, poolviz: Command) -> None:
    """Forty folders could be shared out among its stars in millions of ways."""
    deep = folder / "d" / "/".join("a" * 40)
    deep.mkdir(parents=True)
    np.save(deep / "x.npy", np.ones((4, 4)))
    assert poolviz("batch", pattern, "--quiet", "--write", "npy").code == 0


def test_few_large_windows_are_compared_in_time(poolviz: Command) -> None:
    """A window of a million cells is not gone through cell by cell."""
    assert poolviz("compare", "bomb.npz", "--modes", "max", "--output-size", "1").code == 0


def test_an_overview_of_a_network_with_a_long_name_is_written(
    folder: Path, poolviz: Command
) -> None:
    """Its name is cut, as those of the nodes' pictures are."""
    samples = Path(__file__).parents[2] / "samples"
    name = f"{'日' * 83}.onnx"
    (folder / name).write_bytes((samples / "shapes.onnx").read_bytes())
    ended = poolviz("network", name, "--input", "sample:shapes", "--all", "--quiet")
    assert ended.code == 0, ended.err
    assert len(list((folder / "poolviz-out").glob("*-overview.png"))) == 1
