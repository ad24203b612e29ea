"""Help: every command has one, with examples that run, and stands in the README."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from readme_table import README, commands, examples, written

COMMANDS = commands()
EXAMPLES = [
    (name, example) for name, command in COMMANDS.items() for example in examples(command.help)
]
# Those that run also with --json where there is little time: one of each command.
AS_DATA = [
    pytest.param(*pair, marks=() if pair in dict(reversed(EXAMPLES)).items() else pytest.mark.slow)
    for pair in EXAMPLES
]


def test_every_command_has_an_example() -> None:
    """No command is without."""
    assert {name for name, _ in EXAMPLES} == set(COMMANDS)
    assert len(COMMANDS) >= 9


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=lambda value: str(value)[:40])
@pytest.mark.usefixtures("model")
def test_examples_of_help_run(
    name: str, example: str, poolviz: Any, photo: Path, features: Path, course: Path
) -> None:
    """Each example of a help does what it says, as it stands."""
    assert photo.exists()
    assert features.exists()
    assert course.exists()
    program, command, *arguments = shlex.split(example)
    assert (program, command) == ("poolviz", name)
    done = poolviz(command, *arguments)
    assert done.code == 0
    assert done.out
    for flag in (at for at, word in enumerate(arguments) if word == "--figure"):
        assert Path(arguments[flag + 1]).stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.parametrize(("name", "example"), AS_DATA, ids=lambda value: str(value)[:40])
@pytest.mark.usefixtures("photo", "features", "course", "model")
def test_every_example_also_as_data(name: str, example: str, poolviz: Any) -> None:
    """--json prints one object, whatever the command."""
    arguments = [word for word in shlex.split(example)[1:] if word != "--play"]
    done = poolviz(*arguments, "--json")
    assert (name, done.code) == (arguments[0], 0)
    assert isinstance(json.loads(done.out), dict)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("width", ["40", "80"])
def test_help_is_printed(
    name: str, width: str, poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--help tells usage, options and examples; -h is the same."""
    monkeypatch.setenv("COLUMNS", width)
    done = poolviz(name, "--help")
    assert done.code == 0
    assert f"Usage: poolviz {name}" in done.out
    assert "xample" in done.out
    assert "--json" in done.out
    if width == "80":
        assert poolviz(name, "-h").out == done.out


def test_table_of_commands_in_the_readme_is_up_to_date() -> None:
    """The README's table is what ``python tests/readme_table.py`` would write."""
    readme = README.read_text(encoding="utf-8")
    assert written(readme) == readme
    assert all(f"| `{name}` | " in readme for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rnu"], "did you mean run?"),
        (["exlpain", "a.png"], "did you mean explain?"),
        (["run", "a.png", "--sizes", "2"], "--size"),
        (["run", "sample:techning"], "did you mean teaching?"),
        (["run", "sample:nothing"], "unknown sample 'nothing'; use one of course-2x2, "),
        (["run", "sample:teaching", "--mode", "maxx"], "did you mean max?"),
        (["run", "sample:teaching", "--size", "9"], "= 0; the largest kernel size that fits"),
        (["run", "sample:teaching", "--padding", "2"], "a window could lie entirely in padding"),
    ],
)
def test_mistakes_are_answered_with_what_is_near(
    arguments: list[str], words: str, poolviz: Any
) -> None:
    """A mistyped name brings the nearest; sizes and paddings their limits and why."""
    done = poolviz(*arguments)
    assert done.code in (1, 2)
    assert words in done.failure


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("poolviz expl", {"explain"}),
        ("poolviz run sample:t", {"sample:teaching"}),
        ("poolviz run x --mode me", {"median"}),
        ("poolviz compare x --modes max,me", {"max,median"}),
        ("poolviz run x --like ke", {"keras"}),
        ("poolviz run x --kind ar", {"argmax"}),
        ("poolviz stack x max:2 --like ke", {"keras"}),
        ("poolviz run x --theme d", {"dark"}),
        ("poolviz demo pa", {"padding"}),
        ("poolviz modes sof", {"softpool"}),
        ("poolviz run x --ceil", {"--ceil"}),
    ],
)
def test_shells_complete(
    typed: str, offered: set[str], poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands, options and their values are offered to the shell."""
    for name, value in completing(typed).items():
        monkeypatch.setenv(name, value)
    assert set(poolviz().out.split()) == offered


@pytest.mark.slow
def test_installed_command_completes(tmp_path: Path) -> None:
    """As a shell asks it."""
    program = Path(sys.executable).with_name("poolviz")
    environment = os.environ | completing("poolviz demo pa")
    done = subprocess.run(
        [program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["padding"]


def completing(typed: str) -> dict[str, str]:
    """What bash says where the last of the words that are typed is to be completed."""
    number = str(len(shlex.split(typed)) - 1)
    return {"_POOLVIZ_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": number}


def test_completion_of_files(folder: Path) -> None:
    """Files that begin so are offered too."""
    from poolviz.cli.complete import sources

    (folder / "samples.npy").touch()
    assert sources("sam")[-1] == "samples.npy"
    assert "sample:scene" in sources("sam")
