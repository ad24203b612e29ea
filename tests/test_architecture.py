"""Data flows one way: what each layer may import, and what no view may know."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import poolviz
from poolviz.modes import available_modes, mode_class

PACKAGE = Path(poolviz.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
FRAMEWORK_FILES = "frameworks.*"
ORDER = [
    "text",
    "errors",
    "checks",
    "memory",
    "plugins",
    "arrays",
    "feature_map",
    "spec",
    "frameworks",
    "geometry",
    "windows",
    "modes",
    "plan",
    FRAMEWORK_FILES,
    "engine",
    "result",
    "networks",
    "analysis",
    "lessons",
    "views",
    "output",
    "batch",
    "cli",
]
ALLOWED = {layer: set(ORDER[: at + 1]) for at, layer in enumerate(ORDER)}
ALLOWED["sources"] = ALLOWED["frameworks"] | {"sources"}
for later in ("networks", "analysis", "lessons", "batch", "cli"):
    ALLOWED[later].add("sources")
MOST_LINES = 520
# A request may hold a rule, which completes requests: a circle of types, not of modules. And
# PoolSpec.from_layer hands a layer to the framework's file, which it imports when it is called.
NOT_WHEN_LOADED = {"spec.py": {"frameworks"}}


def inside(path: Path) -> str:
    """A file's path within the package."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    """All nodes of a file's tree."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> set[str]:
    """The full names that a file imports, wherever in it."""
    names = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def layer(name: str) -> str:
    """The layer of ``poolviz.…``; empty for other packages and the package's own version."""
    parts = name.removesuffix(".py").replace("/", ".").split(".")
    if parts[0] != "poolviz" or len(parts) == 1 or parts[1].startswith("__"):
        return ""
    # What frameworks share comes early; their own files name what comes after it.
    own = parts[1] == "frameworks" and len(parts) > 2 and parts[2] not in ("__init__", "_rule")
    return FRAMEWORK_FILES if own and (PACKAGE / parts[1] / f"{parts[2]}.py").exists() else parts[1]


LAYERED = [path for path in FILES if layer(f"poolviz/{inside(path)}")]


def test_layers_import_only_from_those_before_them() -> None:
    """No file imports from a layer after its own."""
    later = {}
    for path in LAYERED:
        own = layer(f"poolviz/{inside(path)}")
        later[inside(path)] = {layer(name) for name in imports(path)} - ALLOWED[own] - {""}
    assert {path: names for path, names in later.items() if names} == NOT_WHEN_LOADED
    for path in NOT_WHEN_LOADED:
        module = ast.parse((PACKAGE / path).read_text(encoding="utf-8"))
        at_run_time = [node for node in module.body if isinstance(node, ast.ImportFrom)]
        loaded = {layer(str(node.module)) for node in at_run_time} - {""}
        assert loaded <= ALLOWED[layer(f"poolviz/{path}")]


def modules_named(nodes: list[ast.AST]) -> set[str]:
    """The modules that texts name, and the packages at the beginning of texts with a name in them.

    The parts of a text that is put together are constants, too.
    """
    words = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    return {word.rstrip(".") for word in words if re.fullmatch(r"poolviz(\.[a-z_]+)+\.?", word)}


@pytest.mark.parametrize(
    "line",
    ["load('poolviz.views')", "load(f'poolviz.views.{name}')", "load('poolviz.views.' + name)"],
)
def test_names_of_modules_are_seen(line: str) -> None:
    """Whole ones, and those that are completed when the file runs; a sentence is not one."""
    assert modules_named(list(ast.walk(ast.parse(line)))) == {"poolviz.views"}
    assert not modules_named(list(ast.walk(ast.parse("'See poolviz.views for more.'"))))


def test_no_layer_is_loaded_by_a_name_but_one() -> None:
    """A result shows itself by views, which come after it."""
    named = {}
    for path in FILES:
        own = layer(f"poolviz/{inside(path)}")
        later = {word for word in modules_named(nodes_of(path)) if layer(word) not in ALLOWED[own]}
        named |= {inside(path): later} if later else {}
    assert named == {"result.py": {"poolviz.views.notebook"}}


def test_every_layer_is_known() -> None:
    """A new folder or file at the top has to be given its place in the order."""
    assert {layer(f"poolviz/{inside(path)}") for path in LAYERED} <= set(ALLOWED)


def compared(nodes: list[ast.AST]) -> set[object]:
    """The constants that something is compared with, by an operator or a pattern."""
    comparisons = [node for node in nodes if isinstance(node, (ast.Compare, ast.MatchValue))]
    parts = (part for comparison in comparisons for part in ast.walk(comparison))
    return {part.value for part in parts if isinstance(part, ast.Constant)}


@pytest.mark.parametrize(
    "line",
    ["mode == 'max'", "mode in ('sum', 'max')", "'max' not in modes",
     "match mode:\n case 'max' | 'sum': pass"],
)  # fmt: skip
def test_comparisons_are_seen(line: str) -> None:
    """However they are written; a default or an example is not one."""
    assert "max" in compared(list(ast.walk(ast.parse(line))))
    assert not compared(list(ast.walk(ast.parse("mode = 'max'"))))


def test_views_and_commands_treat_no_mode_specially() -> None:
    """None compares anything with the name of a mode, which only the mode's own file knows."""
    names = {
        name for kind in map(mode_class, available_modes()) for name in (kind.name(), *kind.aliases)
    }
    found = {}
    for path in FILES:
        if layer(f"poolviz/{inside(path)}") in ("views", "cli"):
            words = compared(nodes_of(path)) & names
            found |= {inside(path): words} if words else {}
    assert found == {}


def test_no_file_imports_pyplot() -> None:
    """Pyplot keeps global state and picks a window system; figures are made without it."""
    assert not [inside(path) for path in FILES if any("pyplot" in name for name in imports(path))]


def test_no_file_is_long() -> None:
    """Every file can be read in one sitting."""
    lengths = {inside(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
