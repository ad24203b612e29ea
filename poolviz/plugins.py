"""Plug-ins: the modules of a package, found by their file names.

Modules whose names begin with an underscore are shared code, not plug-ins.
"""

import difflib
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from poolviz.checks import shown
from poolviz.errors import SpecError

# The least similarity of a name to one that is suggested.
SIMILARITY = 0.5
# Longer names are shortened to this many characters before they are compared and shown.
NAME_LENGTH = 60


def module_names(package: ModuleType) -> list[str]:
    """Names of the public modules in ``package``, sorted, without importing any."""
    return list(_names_in(tuple(package.__path__)))


@cache
def _names_in(folders: tuple[str, ...]) -> tuple[str, ...]:
    """Cached: reading the folders takes longer than pooling a small map."""
    names = {module.name for module in iter_modules(folders)}
    return tuple(sorted(name for name in names if not name.startswith("_")))


def import_all(package: ModuleType) -> dict[str, ModuleType]:
    """The public modules of ``package`` by name, imported."""
    return {name: import_module(f"{package.__name__}.{name}") for name in module_names(package)}


def unknown(parameter: str, value: str, choices: Iterable[str]) -> SpecError:
    """The error for a name that is not among ``choices``, with the nearest one."""
    value = value if len(value) <= NAME_LENGTH else f"{value[:NAME_LENGTH]}…"
    allowed = list(choices)
    similar = difflib.get_close_matches(value, allowed, n=1, cutoff=SIMILARITY)
    listing = ", ".join(allowed)
    remedy = (
        f"did you mean {similar[0]}? (choices: {listing})" if similar else f"choose from {listing}"
    )
    return SpecError(parameter, f"unknown name {shown(value)}", remedy)
