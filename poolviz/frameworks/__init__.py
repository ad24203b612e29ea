"""Frameworks: one file for each, found by its name.

A file declares ``RULE``, a set of named traits (:class:`poolviz.frameworks._rule.Rule`), and
``VERSIONS``, rules by version, where the versions of a framework differ. Modes and geometry
read traits; no framework is named outside its own file.

Two more things are optional. For ``poolviz code``: ``IMPORT``, ``LAYOUT``, the order of the
input's axes, and ``write(geometry, mode)``, the equivalent line of code. For layers of the
framework itself: ``is_pooling(layer)`` and ``read(layer, ...)``, which makes a PoolSpec; no
framework is imported for that.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import cast

from poolviz.errors import SpecError
from poolviz.frameworks._rule import TRAITS, AxisRequest, Rule
from poolviz.plugins import module_names, unknown

__all__ = [
    "AT",
    "TRAITS",
    "AxisRequest",
    "Rule",
    "available_calls",
    "available_rules",
    "find_rule",
    "framework_module",
    "versions",
]

# Between the name of a framework and its version.
AT = "@"


def available_rules() -> list[str]:
    """The names that ``like`` takes.

    Example:
        >>> "torch" in available_rules()
        True
    """
    return module_names(sys.modules[__name__])


def find_rule(name: str | Rule) -> Rule:
    """The rule called ``name``, of a version if it is written as ``NAME@VERSION``.

    A rule of one's own is itself.

    Raises:
        SpecError: there is no such framework or version.

    Example:
        >>> str(find_rule("onnx@opset18"))
        'onnx@opset18'
    """
    if isinstance(name, Rule):
        return name
    framework, at, version = str(name).partition(AT)
    if framework not in available_rules():
        raise unknown("like", framework, available_rules())
    if not at:
        return cast("Rule", framework_module(framework).RULE)
    known = versions(framework)
    if not known:
        raise SpecError("like", f"{framework} has one version here", f"write {framework}")
    if version not in known:
        raise unknown("like", version, known)
    return known[version]


def versions(framework: str) -> dict[str, Rule]:
    """The rules of a framework's versions by their names; empty where there is one only.

    Example:
        >>> "opset18" in versions("onnx"), versions("torch")
        (True, {})
    """
    return getattr(framework_module(framework), "VERSIONS", {})


def framework_module(framework: str) -> ModuleType:
    """What the file of a framework declares."""
    return import_module(f"{__name__}.{framework}")


def available_calls() -> list[str]:
    """The frameworks that code is written for.

    Example:
        >>> available_calls()
        ['jax', 'keras', 'onnx', 'torch']
    """
    return [name for name in available_rules() if hasattr(framework_module(name), "write")]
