"""A command is one new file, with an option of its own: nothing else has to change."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from poolviz.cli import commands
from poolviz.cli.app import command_names

NAME = "pick-rows"
SOURCE = '''
"""``poolviz pick-rows``: some rows of a map."""

from typing import Annotated

import typer

from poolviz.cli.config import COMMAS
from poolviz.cli.groups import ConfigOptions, SourceOptions
from poolviz.cli.options import AsJson, numbers
from poolviz.cli.printing import print_json
from poolviz.errors import SpecError
from poolviz.spec import DEFAULT_LIKE


def offered(incomplete: str) -> list[str]:
    """What a shell offers."""
    return [text for text in ("0", "0,1", "2") if text.startswith(incomplete)]


def command(
    source: SourceOptions,
    config: ConfigOptions,
    row_numbers: Annotated[
        str,
        typer.Option(
            "--rows", "-r", autocompletion=offered, help="Rows to print, separated by commas."
        ),
        COMMAS,
    ] = "0",
    factor: Annotated[
        float, typer.Option(min=0, max=9, help="Multiply the values by this.")
    ] = 1.0,
    backwards: Annotated[bool, typer.Option("--backwards", help="Print the last one first.")]
    = False,
    as_json: AsJson = False,
) -> None:
    """Print some rows of SOURCE.

    Examples:
      poolviz pick-rows sample:teaching --rows 0,2
    """
    del config
    rows = source.feature_map(DEFAULT_LIKE).values[0].tolist()
    chosen = [int(number) for number in numbers("row_numbers", row_numbers)]
    for number in chosen:
        if not 0 <= number < len(rows):
            raise SpecError("row_numbers", f"there is no row {number}", "change row_numbers")
    picked = [rows[number] for number in (reversed(chosen) if backwards else chosen)]
    if as_json:
        print_json({"rows": picked})
    else:
        for row in picked:
            print(*(value if factor == 1 else factor * value for value in row))
'''
PICK = (NAME, "--data", "1 2; 3 4; 5 6")


@pytest.fixture(autouse=True)
def added(add_file: Any) -> None:
    """The command's file, in a folder that extends the package of commands."""
    add_file(commands, "pick_rows", SOURCE)


def test_it_runs(poolviz: Any) -> None:
    """With its own option and those it shares."""
    assert poolviz(*PICK, "--rows", "0,2").out == "1 2\n5 6\n"
    assert poolviz(*PICK, "--factor", "0.5").out == "0.5 1.0\n"
    assert json.loads(poolviz(*PICK, "-r", "1", "--json").out) == {"rows": [[3, 4]]}


def test_help_names_it(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the list of commands by its docstring, without being loaded; and in its own help."""
    monkeypatch.setenv("COLUMNS", "100")
    everything = poolviz("--help").out
    assert "pick-rows" in everything
    assert "Print some rows of SOURCE." in everything
    assert "poolviz.cli.commands.pick_rows" not in sys.modules
    own = poolviz(NAME, "--help").out
    assert "--rows" in own
    assert "Rows to print, separated by commas." in own
    assert "[default: 0]" in own
    assert "did you mean pick-rows?" in poolviz("pick-row").failure


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("poolviz pick", {"pick-rows"}),
        ("poolviz pick-rows x --row", {"--rows"}),
        ("poolviz pick-rows x --rows 0", {"0", "0,1"}),
        ("poolviz pick-rows sample:teach", {"sample:teaching"}),
    ],
)
def test_shells_complete_it(
    typed: str, offered: set[str], poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name, its options and their values."""
    monkeypatch.setenv("_POOLVIZ_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    assert set(poolviz().out.split()) == offered


@pytest.mark.parametrize("key", ["rows", "r"])
@pytest.mark.parametrize("value", ["[0, 2]", '"0,2"'])
def test_options_from_a_file(key: str, value: str, poolviz: Any, folder: Path) -> None:
    """A list in TOML is what is typed with commas, under any name of the option."""
    (folder / "pick.toml").write_text(f'data = "1 2; 3 4; 5 6"\n{key} = {value}\nbackwards = true')
    assert poolviz(NAME, "--config", "pick.toml").out == "5 6\n1 2\n"
    assert poolviz(NAME, "--config", "pick.toml", "--rows", "1").out == "3 4\n"


def test_options_to_a_file(poolviz: Any, folder: Path) -> None:
    """--print-config writes its option, and the file does the same again."""
    printed = poolviz(*PICK, "-r", "0,2", "--print-config").out
    assert tomllib.loads(printed)["rows"] == "0,2"
    (folder / "pick.toml").write_text(printed)
    assert poolviz(NAME, "--config", "pick.toml").out == "1 2\n5 6\n"


@pytest.mark.parametrize(
    ("arguments", "failure"),
    [
        (["--rows", "7"], "--rows: there is no row 7; change --rows"),
        (["--rows=7"], "--rows: there is no row 7; change --rows"),
        (["-r", "7"], "-r: there is no row 7; change -r"),
        (["-r7"], "-r: there is no row 7; change -r"),
        (["--factor", "x"], "--factor: 'x' is not a number; use e.g. 0.5"),
        (["--factor=-1"], "--factor: -1.0 is out of range; use a number of at least 0"),
        (["--factor", "10"], "--factor: 10.0 is out of range; use a number of at most 9"),
        (["--factor", "nan"], "--factor: nan is not a number; use a number of at least 0"),
        (["--rows", "x"], "--rows: 'x' is not a finite number; use e.g. 0.5, 1/255 or 0.5,0.4,0.4"),
    ],
)
def test_errors_name_its_option(arguments: list[str], failure: str, poolviz: Any) -> None:
    """As it was typed."""
    assert poolviz(*PICK, *arguments).failure == failure


def test_errors_name_an_option_from_a_file(poolviz: Any, folder: Path) -> None:
    """By its first name; a wrong key or type by the file and the key."""
    (folder / "pick.toml").write_text("rows = 7")
    assert poolviz(*PICK, "--config", "pick.toml").failure.startswith("--rows: there is no row 7")
    (folder / "pick.toml").write_text("rosw = 7")
    assert "did you mean rows?" in poolviz(*PICK, "--config", "pick.toml").failure
    (folder / "pick.toml").write_text("rows = true")
    assert poolviz(*PICK, "--config", "pick.toml").failure.startswith(
        "pick.toml: rows: must be text or a number, not true; write e.g. rows = "
    )
    (folder / "pick.toml").write_text("backwards = [1, 2]")
    assert "must be true or false" in poolviz(*PICK, "--config", "pick.toml").failure


@pytest.mark.slow
def test_nothing_else_changes(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other commands and their helps are what they were."""
    monkeypatch.setenv("COLUMNS", "100")
    with_it = {name: poolviz(name, "--help").out for name in command_names() if name != NAME}
    names = command_names()
    monkeypatch.undo()
    monkeypatch.setenv("COLUMNS", "100")
    assert [name for name in names if name != NAME] == command_names()
    assert {name: poolviz(name, "--help").out for name in with_it} == with_it
