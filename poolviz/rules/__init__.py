"""Whose rules: one file for each framework, found by its name.

A rule is a set of named traits (:class:`poolviz.rules._rule.Rule`). Modes and
geometry read traits; no rule is named outside its own file. A file declares ``RULE``,
and ``VERSIONS``, rules by version, where the versions of a framework differ.
"""

import sys
from importlib import import_module
from typing import cast

from poolviz.discovery import module_names, unknown
from poolviz.errors import SpecError
from poolviz.rules._rule import TRAITS, AxisRequest, Rule

__all__ = ["TRAITS", "AxisRequest", "Rule", "available_rules", "find_rule"]

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
    module = import_module(f"{__name__}.{framework}")
    if not at:
        return cast("Rule", module.RULE)
    versions: dict[str, Rule] = getattr(module, "VERSIONS", {})
    if not versions:
        raise SpecError("like", f"{framework} has one version here", f"write {framework}")
    if version not in versions:
        raise unknown("like", version, versions)
    return versions[version]
