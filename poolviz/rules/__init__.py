"""Whose rules: one file for each framework, found by its name.

A rule is a set of named traits (:class:`poolviz.rules._rule.Rule`). Modes and
geometry read traits; no rule is named outside its own file. A file declares ``RULE``,
and ``VERSIONS``, rules by version, where the versions of a framework differ.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import cast

from poolviz.discovery import module_names, unknown
from poolviz.errors import SpecError
from poolviz.rules._rule import TRAITS, AxisRequest, Rule

__all__ = ["AT", "TRAITS", "AxisRequest", "Rule", "available_rules", "find_rule", "versions"]

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
        return cast("Rule", _module(framework).RULE)
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
    return getattr(_module(framework), "VERSIONS", {})


def _module(framework: str) -> ModuleType:
    return import_module(f"{__name__}.{framework}")
