"""What the README shows is what happens."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contract import CONTRACT

from poolviz import available_modes, available_rules
from poolviz.frameworks import find_rule
from poolviz.views.figures import available_figures

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


CONSOLE = [
    part for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]


@pytest.mark.usefixtures("first_plugins")
@pytest.mark.parametrize("example", CONSOLE)
def test_console_examples_print_what_the_readme_says(example: str, poolviz: Any) -> None:
    """A command of the README prints the lines below it, to the letter."""
    line, _, expected = example.partition("\n")
    program, *words = shlex.split(line)
    assert program == "poolviz"
    # Redirections, which only a shell understands, are at the end of the line.
    done = poolviz(*(word for word in words if word not in ("2>&1", "2>/dev/null")))
    printed = done.out + (done.err if "2>&1" in words else "")
    assert without_rounding(printed) == without_rounding(expected)


def test_shell_prints_what_the_readme_says(tmp_path: Path) -> None:
    """The first command, as a reader types it."""
    command, _, expected = CONSOLE[0].partition("\n")
    folder = str(Path(sys.executable).parent)
    environment = os.environ | {
        "PATH": folder + os.pathsep + os.environ["PATH"],
        "PYTHONUTF8": "1",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.rstrip("\n") == expected.rstrip("\n")


def without_rounding(printed: str) -> str:
    """Output without differences from a runtime, whose last digits are the machine's."""
    return re.sub(
        r" +\d(\.\d)?e−([6-9]|\d\d)$", " (tiny)", printed.rstrip("\n"), flags=re.MULTILINE
    )


def names_in_table(name: str) -> dict[str, list[str]]:
    """The rows of the README's table with this name in its first column, by their names."""
    for table in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE):
        # Below the heading and its line.
        lines = table.splitlines()[2:]
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
        named = {row[0].strip("`"): row[1:] for row in rows if row[0].startswith("`")}
        if name in named:
            return named
    raise AssertionError(f"no table with {name}")


def modes_listed() -> set[str]:
    """The modes that the README lists."""
    (printed,) = (
        part for part in CONSOLE if part.startswith("modes\n") or "poolviz modes\n" in part
    )
    return set(re.findall(r"^([a-z-]+)  +\S", printed, re.MULTILINE))


@pytest.mark.usefixtures("first_plugins")
@pytest.mark.parametrize(
    ("listed", "installed"),
    [
        (modes_listed(), available_modes),
        (set(names_in_table("torch")), available_rules),
        (set(names_in_table("before-after")), available_figures),
    ],
    ids=["modes", "frameworks", "figures"],
)
def test_what_is_listed_is_what_is_installed(
    listed: set[str], installed: Callable[[], list[str]]
) -> None:
    """Except for what was added later, as one new file."""
    assert listed == set(installed())


@pytest.mark.parametrize("like", names_in_table("torch"))
def test_rules_are_those_of_the_table(like: str) -> None:
    """The default stride, and whether the framework was run."""
    stride, _, verified = names_in_table("torch")[like]
    rule = find_rule(like)
    assert stride.startswith("kernel size" if rule.stride_is_kernel_size else "1")
    assert ("with ceil mode" in stride) == rule.ceil_mode
    assert ("source code only" in verified) == ("not checked by running it" in rule.evidence)


def test_there_are_console_examples() -> None:
    """The test above has something to run."""
    assert len(CONSOLE) >= 5


SESSIONS = [block for block in blocks("python") if ">>>" in block]


def test_there_are_interactive_examples() -> None:
    """The test below has something to run."""
    assert sum(session.count(">>>") for session in SESSIONS) >= 10


@pytest.mark.usefixtures("first_plugins")
@pytest.mark.parametrize("session", SESSIONS, ids=range(len(SESSIONS)))
def test_python_session_gives_what_the_readme_says(session: str) -> None:
    """The interactive examples run and give the values shown."""
    parsed = doctest.DocTestParser().get_doctest(session, {}, "README.md", str(README), 0)
    results = doctest.DocTestRunner(verbose=False).run(parsed)
    assert results.attempted == session.count(">>>")
    assert results.failed == 0


def test_example_mode_can_be_added_as_it_stands(add_file: Any) -> None:
    """The mode that the README spells out keeps the whole contract, gradient and types too."""
    import poolviz
    from poolviz import modes

    add_file(modes, "energy", next(block for block in blocks("python") if "class Energy" in block))
    assert poolviz.pool([[1, 3], [2, 4]], "energy", 2).tolist() == [[30.0]]
    for dtype, adaptive in (("float32", 1), ("float16", 2), ("int8", 2)):
        values = np.array([[1, 3, 2], [2, 4, 0]], dtype)
        pooled = poolviz.pool(values, "energy", output_size=(1, adaptive))
        assert pooled.dtype == (dtype if dtype != "int8" else "float64")
        assert pooled[0, 0] == (34 if adaptive == 1 else 30)
    for check in CONTRACT:
        check("energy")
