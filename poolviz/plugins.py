"""Plug-ins: the modules of a package, found by their file names.

Modules whose names begin with an underscore are shared code, not plug-ins.
"""

import difflib
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from poolviz.checks import shown
from poolviz.errors import PluginError, PoolvizError, SpecError
from poolviz.text import series

# The least similarity of a name to one that is suggested.
SIMILARITY = 0.55
# The same for a name that begins with another letter: fewer people mistype the first.
SIMILARITY_OF_OTHERS = 0.7
# More choices than this are not listed beside the nearest name.
MOST_CHOICES = 20
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


def load_plugin(package: ModuleType, name: str, *needed: str) -> ModuleType:
    """A plug-in's module, imported.

    Args:
        package: the package that holds it.
        name: the name of its file; hyphens stand for underscores.
        needed: what the file must define.

    Raises:
        PluginError: the file cannot be imported, or lacks something that it must define.
    """
    module_name = f"{package.__name__}.{name.replace('-', '_')}"
    try:
        module = import_module(module_name)
    except (PoolvizError, MemoryError):
        raise
    except Exception as error:
        raise damaged(module_name, error) from error
    lacking = [item for item in needed if not hasattr(module, item)]
    if lacking:
        raise incomplete(module_name, *lacking)
    return module


def load_all(package: ModuleType, *needed: str) -> dict[str, ModuleType]:
    """The public modules of ``package`` by name, imported; see :func:`load_plugin`."""
    return {name: load_plugin(package, name, *needed) for name in module_names(package)}


def plugin_file(module_name: str) -> str:
    """The path of a plug-in's file."""
    spec = find_spec(module_name)
    return str(spec and spec.origin)


def damaged(module_name: str, error: Exception) -> PluginError:
    """The error for a plug-in that cannot be imported because of ``error``."""
    file = plugin_file(module_name)
    if isinstance(error, SyntaxError):
        lines, reason = [error.lineno], error.msg
        file = error.filename if error.filename not in (None, "<unknown>") else file
    else:
        lines, frame = [], error.__traceback__
        while frame:
            if frame.tb_frame.f_code.co_filename == file:
                lines.append(frame.tb_lineno)
            frame = frame.tb_next
        reason = f"{type(error).__name__}: {error}"
    place = f"line {lines[-1]}: " if lines and lines[-1] else ""
    return PluginError(file, f"cannot be imported ({place}{reason})", "correct or remove it")


def incomplete(module_name: str, *lacking: str) -> PluginError:
    """The error for a plug-in that does not define what it must.

    Example:
        >>> incomplete("poolviz.modes.max", "formula", "citation").cause
        'does not define formula and citation'
    """
    cause = f"does not define {series(lacking, 'and')}"
    remedy = f"define {'them' if len(lacking) > 1 else 'it'} as CONTRIBUTING.md shows"
    # Other plug-ins import from the shared code.
    if not module_name.rpartition(".")[2].startswith("_"):
        remedy += ", or remove the file"
    return PluginError(plugin_file(module_name), cause, remedy)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that is most like ``name``; None if none is like it.

    Example:
        >>> nearest("techning", ["teaching", "scene"]), nearest("nothing", ["teaching"])
        ('teaching', None)
    """
    for near in difflib.get_close_matches(name, names, n=1, cutoff=SIMILARITY):
        close = difflib.SequenceMatcher(None, name, near).ratio() >= SIMILARITY_OF_OTHERS
        return near if close or near[:1].lower() == name[:1].lower() else None
    return None


def unknown(parameter: str, value: str, choices: Iterable[str], noun: str = "name") -> SpecError:
    """The error for a name that is not among ``choices``, with the nearest one.

    Args:
        parameter: the subject of the error.
        value: the name that was given.
        choices: the names that exist.
        noun: what they are names of, e.g. ``mode``.
    """
    value = value if len(value) <= NAME_LENGTH else f"{value[:NAME_LENGTH]}…"
    allowed = list(choices)
    similar = nearest(value, allowed)
    listing = ", ".join(allowed)
    if similar:
        choices = f" (choices: {listing})" if len(allowed) <= MOST_CHOICES else ""
        remedy = f"did you mean {similar}?{choices}"
    else:
        remedy = f"use one of {listing}" if len(allowed) > 1 else f"use {listing}"
    return SpecError(parameter, f"unknown {noun} {shown(value)}", remedy)
