"""The examples in docstrings run, and give what they say."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import poolviz

PACKAGE = Path(poolviz.__file__).parent
MODULES = [
    ".".join(("poolviz", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__main__.py" and ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(name: str) -> None:
    """Each example of a module gives what stands below it."""
    module = import_module(name.removesuffix(".__init__"))
    assert doctest.testmod(module, extraglobs=vars(module)).failed == 0


def test_there_are_examples() -> None:
    """The test above has something to run."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [
        test
        for name in MODULES
        for test in finder.find(import_module(name.removesuffix(".__init__")))
    ]
    assert sum(bool(test.examples) for test in found) >= 40
