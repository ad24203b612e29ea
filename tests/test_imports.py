"""What is loaded only when it is needed: NumPy, Pillow and matplotlib take time."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "PIL", "matplotlib"}


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The top-level packages that Python loads when run with ``arguments``."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert len(lines) > 20, "the trace is there"
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


# Each with what it does not load, so ordered that what one loads the next may load too.
STEPS = [
    ("--version", HEAVY),
    ("--help", HEAVY),
    ("run --help", {"PIL", "matplotlib"}),
    ("import poolviz", {"PIL", "matplotlib"}),
    ("poolviz.pool([[1, 2], [3, 4]])", {"PIL", "matplotlib"}),
    ("demo", {"PIL", "matplotlib"}),
    ("modes", {"PIL", "matplotlib"}),
    ("run --data '1 3; 2 4' --write none", {"PIL", "matplotlib"}),
    ("run --data '1 3; 2 4'", {"matplotlib"}),
    ("run --data '1 3; 2 4' --figure f.svg", set()),
]
# What is loaded after each step, on stderr.
TOLD = """
import shlex, sys
from poolviz.cli.funnel import run_app
for step in sys.argv[1:]:
    if "poolviz" in step:
        exec(step)
    else:
        sys.argv = ["poolviz", *shlex.split(step)]
        assert run_app() == 0
    print("LOADED", *{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def test_heavy_packages_are_loaded_only_where_needed(tmp_path: Path) -> None:
    """Help loads no numbers, terminal output no pictures, pictures no matplotlib."""
    done = subprocess.run(
        [sys.executable, "-c", TOLD, *(step for step, _ in STEPS)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    lines = [line.split() for line in done.stderr.splitlines() if line.startswith("LOADED ")]
    for (step, absent), packages in zip(STEPS, lines, strict=True):
        assert "poolviz" in packages
        assert not absent & set(packages), step
    # And they would be seen if they were loaded.
    assert set(lines[-1]) >= HEAVY


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["-m", "poolviz", "--help"], HEAVY),
        (["-m", "poolviz", "--version"], HEAVY),
        (["-m", "poolviz", "run", "--help"], {"PIL", "matplotlib"}),
        (["-m", "poolviz", "demo"], {"PIL", "matplotlib"}),
        (["-m", "poolviz", "modes"], {"PIL", "matplotlib"}),
        (["-m", "poolviz", "run", "--data", "1 3; 2 4"], {"matplotlib"}),
        (["-m", "poolviz", "run", "--data", "1 3; 2 4", "--write", "none"], HEAVY - {"numpy"}),
        (["-c", "import poolviz"], {"PIL", "matplotlib"}),
        (["-c", "import poolviz; poolviz.pool([[1, 2], [3, 4]])"], {"PIL", "matplotlib"}),
    ],
    ids=lambda value: " ".join(value[1:]) if isinstance(value, list) else "",
)
def test_no_process_loads_heavy_packages_without_need(
    arguments: list[str], absent: set[str], tmp_path: Path
) -> None:
    """Help loads no numbers, terminal output no pictures, pictures no matplotlib."""
    packages = loaded(tmp_path, *arguments)
    assert "poolviz" in packages
    assert not packages & absent


@pytest.mark.slow
def test_trace_shows_what_is_loaded(tmp_path: Path) -> None:
    """The tests above would see NumPy, Pillow and matplotlib if they were loaded."""
    arguments = ["run", "--data", "1 3; 2 4", "--figure", "f.svg"]
    assert loaded(tmp_path, "-m", "poolviz", *arguments) >= HEAVY
