"""``poolviz demo``: pooling in one screen."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from poolviz.cli.commands.demo import TRY


def test_demo_shows_pooling_and_writes_nothing(poolviz: Any, folder: Path) -> None:
    """The demo has both grids, the arithmetic, the formula and what remains; no file."""
    done = poolviz("demo")
    assert done.code == 0
    assert done.err == ""
    for words in (
        "input 6×6\n",
        "output 3×3, max 2×2, stride 2\n",
        "max(1, 3, 6, 2) = 6\n",
        "output size: floor((6 + 2·0 − 2) / 2) + 1 = 3\n",
        "36 → 9 values, 75 % dropped\n",
    ):
        assert words in done.out
    assert list(folder.iterdir()) == []


def test_demo_is_the_run_of_its_sample(poolviz: Any) -> None:
    """The demo prints what ``run`` prints, then three commands."""
    demo = poolviz("demo").out
    run = poolviz("run", "sample:teaching", "--write", "none").out
    assert demo.startswith(run)
    assert [line.strip() for line in demo.splitlines()[-3:]] == list(TRY)


@pytest.mark.parametrize("line", TRY)
def test_commands_to_copy_work(line: str, poolviz: Any) -> None:
    """Each command that the demo suggests runs as it stands."""
    name, *arguments = shlex.split(line)
    assert name == "poolviz"
    assert poolviz(*arguments).code == 0


def test_demo_takes_nothing(poolviz: Any) -> None:
    """An argument that the demo does not know is refused."""
    done = poolviz("demo", "photo.png")
    assert done.code == 2
    assert "photo.png" in done.failure
