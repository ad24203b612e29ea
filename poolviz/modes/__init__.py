"""Pooling modes: one file for each, found by its name.

To add a mode, add ``modes/NAME.py`` with one frozen dataclass derived from ``Mode`` or ``FoldMode``
in ``modes/_mode.py``. Its fields are the mode's parameters.
"""

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from poolviz.errors import SpecError
from poolviz.frameworks import find_rule
from poolviz.plugins import incomplete, load_plugin, module_names, unknown
from poolviz.spec import PoolSpec, split_global

if TYPE_CHECKING:
    from poolviz.modes._mode import Mode

# What frameworks append to the name of a mode.
_POOLING = re.compile(r"pool(ing)?([123]d)?$")

# What the class of every mode has to say about it.
_DESCRIPTION = ("summary", "formula", "citation")


def available_modes() -> list[str]:
    """The modes' names.

    Example:
        >>> "max" in available_modes()
        True
    """
    return [name.replace("_", "-") for name in module_names(sys.modules[__name__])]


def mode_class(name: str) -> "type[Mode]":
    """The class of the mode with this name or alias.

    Capitals, hyphens, underscores and what frameworks append (``Pool2d``) are ignored.

    Raises:
        SpecError: there is no such mode.

    Example:
        >>> mode_class("MaxPool2d").name(), mode_class("fractional_max").name()
        ('max', 'fractional-max')
    """
    spellings = (_plain(name), _POOLING.sub("", _plain(name)))
    for mode in available_modes():
        if _plain(mode) in spellings:
            return _load_class(mode)
    for kind in map(_load_class, available_modes()):
        if any(_plain(alias) in spellings for alias in kind.aliases):
            return kind
    raise unknown("mode", name.replace("_", "-"), available_modes(), "mode")


def _plain(name: str) -> str:
    """A name without capitals, hyphens and underscores."""
    return name.lower().replace("_", "").replace("-", "")


def check_mode(mode: str, parameter: str) -> None:
    """Raise SpecError, about ``parameter``, unless ``mode`` begins with a mode's name or alias."""
    try:
        mode_class(bare_name(mode))
    except SpecError as error:
        raise SpecError(parameter, error.cause, error.remedy) from error


def bare_name(mode: str) -> str:
    """A mode's name without parameters and without ``global-``.

    Example:
        >>> bare_name("global-lp:p=3")
        'lp'
    """
    return split_global(mode.partition(":")[0])[0]


def canonical_name(name: str) -> str:
    """The name of the mode with this name or alias.

    Example:
        >>> canonical_name("avg")
        'average'
    """
    return mode_class(name).name()


@lru_cache(maxsize=256)
def build_mode(spec: PoolSpec) -> "Mode":
    """The mode of ``spec`` with its parameters, under the spec's rule.

    Raises:
        SpecError: there is no such mode, it has no such parameter, a parameter is out of
            range, or the spec has a setting that the mode does not support.
    """
    # Imported here, as it needs NumPy, which the names of the modes do not.
    from poolviz.modes._mode import parse_options

    kind = mode_class(spec.mode)
    rule = find_rule(spec.like)
    settings = {
        # The default may be given explicitly.
        "count_include_pad": spec.count_include_pad not in (None, rule.count_include_pad),
        "divisor_override": spec.divisor_override is not None,
    }
    if not kind.divides and any(settings.values()):
        name = next(name for name, is_given in settings.items() if is_given)
        raise SpecError(name, f"{kind.name()} does not use a divisor", f"omit {name}")
    mode = kind(**parse_options(kind, dict(spec.mode_options))).under(rule)
    mode.check(spec)
    return mode


def _load_class(name: str) -> "type[Mode]":
    """The one class of modes that the file of a mode defines.

    Raises:
        PluginError: the file cannot be imported, or defines none.
    """
    from poolviz.modes._mode import Mode

    module = load_plugin(sys.modules[__name__], name)
    for value in vars(module).values():
        if (
            isinstance(value, type)
            and value.__module__ == module.__name__
            and issubclass(value, Mode)
        ):
            lacking = [item for item in _DESCRIPTION if not hasattr(value, item)]
            if lacking:
                raise incomplete(module.__name__, *lacking)
            return value
    raise incomplete(module.__name__, "a class derived from Mode")
