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


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["-m", "poolviz", "--help"], HEAVY),
        (["-m", "poolviz", "--version"], HEAVY),
        (["-m", "poolviz", "run", "--help"], HEAVY),
        (["-m", "poolviz", "demo"], {"PIL", "matplotlib"}),
        (["-m", "poolviz", "modes"], {"PIL", "matplotlib"}),
        (["-m", "poolviz", "run", "--data", "1 3; 2 4"], {"matplotlib"}),
        (["-m", "poolviz", "run", "--data", "1 3; 2 4", "--write", "none"], HEAVY - {"numpy"}),
        (["-c", "import poolviz"], {"PIL", "matplotlib"}),
        (["-c", "import poolviz; poolviz.pool([[1, 2], [3, 4]])"], {"PIL", "matplotlib"}),
    ],
    ids=lambda value: " ".join(value[1:]) if isinstance(value, list) else "",
)
def test_heavy_packages_are_loaded_only_where_needed(
    arguments: list[str], absent: set[str], tmp_path: Path
) -> None:
    """Help loads no numbers, terminal output no pictures, pictures no matplotlib."""
    packages = loaded(tmp_path, *arguments)
    assert "poolviz" in packages
    assert not packages & absent


def test_trace_shows_what_is_loaded(tmp_path: Path) -> None:
    """The tests above would see NumPy, Pillow and matplotlib if they were loaded."""
    arguments = ["run", "--data", "1 3; 2 4", "--figure", "f.svg"]
    assert loaded(tmp_path, "-m", "poolviz", *arguments) >= HEAVY
