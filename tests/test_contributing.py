"""The recipes of CONTRIBUTING.md work: each is one file that nothing else names."""

import json
import re
import runpy
import shlex
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from contract import CONTRACT

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
GRID = """ncols 2
nrows 2
xllcorner 0
yllcorner 0
cellsize 1
NODATA_value -9999
1 3
2 4
"""
# Stands in a recipe for lines that are left out.
ELLIPSIS = "…"


class Recipe(NamedTuple):
    """A section of CONTRIBUTING.md."""

    kind: str
    package: str
    name: str
    code: str
    tests: str
    console: str


def recipes() -> Iterator[Recipe]:
    """All sections whose title names a file."""
    for section in re.split(r"^### ", TEXT, flags=re.MULTILINE)[1:]:
        title = re.match(r"An? (\w+): `(poolviz/[\w/]+)/(\w+)\.py`\n", section)
        assert title, section
        code, *tests = re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        (console,) = re.findall(r"^```console\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
        yield Recipe(title[1], title[2].replace("/", "."), title[3], code, "".join(tests), console)


RECIPES = {recipe.kind: recipe for recipe in recipes()}


@pytest.fixture
def add(add_file: Any) -> Callable[[str], None]:
    """Add the file of a recipe to its package."""

    def add_recipe(kind: str) -> None:
        recipe = RECIPES[kind]
        add_file(import_module(recipe.package), recipe.name, recipe.code)

    return add_recipe


def test_there_is_a_recipe_for_everything_that_is_one_file() -> None:
    """Each package in which a file is found by its name has a recipe."""
    assert {kind: recipe.package for kind, recipe in RECIPES.items()} == {
        "mode": "poolviz.modes",
        "framework": "poolviz.frameworks",
        "source": "poolviz.sources",
        "figure": "poolviz.views.figures",
        "lesson": "poolviz.lessons",
        "layer": "poolviz.analysis.layers",
        "command": "poolviz.cli.commands",
    }


@pytest.mark.parametrize("kind", RECIPES)
def test_recipe_prints_what_it_says(
    kind: str, add: Callable[[str], None], folder: Path, poolviz: Any
) -> None:
    """The command of a recipe prints the lines below it; without its file it is refused."""
    (folder / "heights.asc").write_text(GRID, encoding="utf-8")
    line, _, expected = RECIPES[kind].console.removeprefix("$ ").partition("\n")
    program, *arguments = shlex.split(line)
    assert program == "poolviz"
    assert poolviz(*arguments).code in (1, 2)
    add(kind)
    done = poolviz(*arguments)
    assert done.code == 0, done.err
    pattern = re.escape(expected).replace(re.escape(f"{ELLIPSIS}\n"), "(?:.*\n)*")
    assert re.fullmatch(pattern, done.out), done.out


def test_mode_keeps_the_contract(add: Callable[[str], None]) -> None:
    """The mode of the recipe passes every check that the package's own modes pass."""
    add("mode")
    for check in CONTRACT:
        check("absolute")


def test_tests_of_the_mode_pass(add: Callable[[str], None], tmp_path: Path) -> None:
    """The tests in the recipe pass, and are what the contract requires of a mode's test file."""
    add("mode")
    source = RECIPES["mode"].tests
    assert "check_definition(" in source
    (tmp_path / "test_absolute.py").write_text(source, encoding="utf-8")
    tests = runpy.run_path(str(tmp_path / "test_absolute.py"))
    names = [name for name in tests if name.startswith("test_")]
    assert len(names) == 2
    for name in names:
        tests[name]()


def test_layer_has_no_parameters(add: Callable[[str], None], poolviz: Any) -> None:
    """Parameters are refused, and a misspelt name gets the nearest one."""
    add("layer")
    data = "stack", "--data", "0 1; 2 -3"
    assert "layer 1 (tanh:2): tanh takes no parameters" in poolviz(*data, "tanh:2").failure
    assert "did you mean tanh?" in poolviz(*data, "tan").failure


def test_mode_is_known_to_the_commands(add: Callable[[str], None], poolviz: Any) -> None:
    """It is listed, described, compared and explained with its gradient."""
    add("mode")
    assert re.search(r"^absolute +the sum of the abs", poolviz("modes").out, re.MULTILINE)
    assert "y = Σ |xᵢ|" in poolviz("modes", "absolute").out
    compared = poolviz("compare", "sample:course-2x2", "--modes", "max,absolute", "--json").out
    assert "absolute" in compared
    explained = json.loads(
        poolviz("explain", "--data", "1 -3; 2 4", "--mode", "absolute", "--json").out
    )
    assert [1.0, -1.0, 1.0, 1.0] in [
        [number for row in rows for number in row]
        for rows in explained.values()
        if isinstance(rows, list) and rows and isinstance(rows[0], list)
    ]


def test_framework_answers_beside_the_others(add: Callable[[str], None], poolviz: Any) -> None:
    """``shape --like all`` and ``differ`` ask it, and ``code`` has no line for it."""
    add("framework")
    assert "paddle" in json.loads(poolviz("shape", "6x6", "--like", "all", "--json").out)
    differences = poolviz("differ", "--data", "1 3; 2 4", "--mode", "average", "--padding", "1")
    assert "paddle: based on the documentation, not run\n" in differences.out
    assert "paddle" not in poolviz("code", "6x6").out
    assert "did you mean paddle?" in poolviz("run", "--data", "1", "--like", "padle").failure


def test_source_is_known_by_its_name_and_its_content(
    add: Callable[[str], None], folder: Path, poolviz: Any
) -> None:
    """A grid is read from a file and from standard input; a damaged one is one line."""
    add("source")
    (folder / "heights.asc").write_text(GRID, encoding="utf-8")
    named = json.loads(poolviz("run", "heights.asc", "--write", "none", "--json").out)
    piped = json.loads(poolviz("run", "-", "--write", "none", "--json", stdin=GRID.encode()).out)
    assert named["output"] == piped["output"] == [[4.0]]
    (folder / "damaged.asc").write_text(GRID.replace("4", "four"), encoding="utf-8")
    failure = poolviz("run", "damaged.asc").failure
    assert failure == "damaged.asc: is not an ASCII grid; export it again"
    assert "--key" in poolviz("run", "heights.asc", "--key", "a").failure
    (folder / "heights.xyz").write_text("?", encoding="utf-8")
    assert ".asc" in poolviz("run", "heights.xyz").failure


def test_figure_shows_the_winners(add: Callable[[str], None], folder: Path, poolviz: Any) -> None:
    """The picture holds its caption, and a mode without winners is refused."""
    add("figure")
    arguments = "--data", "1 3; 2 4", "--kind", "survivors", "--figure", "f.svg", "--write", "none"
    assert poolviz("run", *arguments).code == 0
    assert "cells that win no window are 0" in (folder / "f.svg").read_text(encoding="utf-8")
    assert "average" in poolviz("run", *arguments, "--mode", "average").failure
    failure = poolviz("run", "--data", "1", "--kind", "survivor", "--figure", "f.svg").failure
    assert "did you mean survivors?" in failure


def test_lesson_has_its_place_among_the_others(add: Callable[[str], None], poolviz: Any) -> None:
    """The lesson is listed where its order puts it, by name and number; what it suggests runs."""
    before = poolviz("demo", "--list").out.splitlines()
    add("lesson")
    listed = poolviz("demo", "--list").out.splitlines()
    topics = [line.split()[1] for line in listed[: len(before) - 1] if line]
    assert topics[:4] == ["what-pooling-is", "max-and-average", "minimum", "size-and-stride"]
    assert len(listed) == len(before) + 1
    assert poolviz("demo", "3").out == poolviz("demo", "minimum").out
    suggestion = json.loads(poolviz("demo", "minimum", "--json").out)["try"]
    assert poolviz(*shlex.split(suggestion)[1:]).code == 0


def test_command_has_an_option_of_its_own(
    add: Callable[[str], None], folder: Path, poolviz: Any
) -> None:
    """The option stands in the help, in a configuration and in errors; so does the command."""
    add("command")
    assert json.loads(poolviz("count", "--data", "1 3", "--json").out)["cells"] == 2
    assert "Count the cells of SOURCE above a threshold." in poolviz("--help").out
    assert "--above" in poolviz("count", "--help").out
    typed = "count", "sample:teaching", "--above", "2"
    printed = poolviz(*typed, "--print-config").out
    assert re.search(r"^above = \"?2\.0\"?$", printed, re.MULTILINE)
    (folder / "count.toml").write_text(printed, encoding="utf-8")
    assert poolviz("count", "--config", "count.toml").out == poolviz(*typed).out
    failure = poolviz("count", "sample:teaching", "--above", "nan").failure
    assert re.fullmatch(r"--above: NaN is not a threshold; use a number", failure)
