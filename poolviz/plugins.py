"""Finding what was added as one file: the modules of a package, by name.

A module whose name begins with an underscore is not found: it is shared code.
"""

import difflib
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from poolviz.checks import shown
from poolviz.errors import SpecError

# From here on two names are alike enough for a slip of the finger.
NEAR = 0.5
# Of a name that is unknown no more is compared and shown.
MOST_SHOWN = 60


def module_names(package: ModuleType) -> list[str]:
    """Names of the public modules in ``package``, sorted, without importing any."""
    return list(_names_in(tuple(package.__path__)))


@cache
def _names_in(folders: tuple[str, ...]) -> tuple[str, ...]:
    """Looking into the folders takes longer than pooling a small map, so once is enough."""
    found = {module.name for module in iter_modules(folders)}
    return tuple(sorted(name for name in found if not name.startswith("_")))


def import_all(package: ModuleType) -> dict[str, ModuleType]:
    """Each public module of ``package`` by its name, imported."""
    return {name: import_module(f"{package.__name__}.{name}") for name in module_names(package)}


def unknown(parameter: str, value: str, choices: Iterable[str]) -> SpecError:
    """The error for a name that is not among ``choices``, with the nearest one."""
    value = value if len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]}…"
    allowed = list(choices)
    near = difflib.get_close_matches(value, allowed, n=1, cutoff=NEAR)
    listing = ", ".join(allowed)
    remedy = f"did you mean {near[0]}? (choices: {listing})" if near else f"choose from {listing}"
    return SpecError(parameter, f"there is no {shown(value)}", remedy)
