"""Frameworks: one file for each, found by its name.

A file declares three things, the last two of which are optional:

- its rules: ``RULE``, a set of named traits (:class:`poolviz.frameworks._rule.Rule`), and
  ``VERSIONS``, rules by version, if the versions of the framework differ;
- its line of code: ``IMPORT``, ``LAYOUT`` (the order of the input's axes), ``write(plan)``,
  which returns the line or raises SpecError with the reason, and ``CALLS``, its operations by
  mode, unless the modes declare them (:meth:`poolviz.modes._mode.Mode.calls`);
- how its layers are read: ``is_pooling(layer)``, and ``read(layer)``, which returns a PoolSpec and
  which :meth:`poolviz.PoolSpec.from_layer` calls.

Modes and geometry read traits. Apart from the ``calls`` of modes, no other file names a framework;
none imports one.
"""

import sys
from collections.abc import Callable
from types import ModuleType

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.frameworks._rule import TRAITS, AxisRequest, Rule
from poolviz.plugins import incomplete, load_plugin, module_names, unknown
from poolviz.spec import PoolSpec

__all__ = [
    "AT",
    "TRAITS",
    "AxisRequest",
    "Rule",
    "available_calls",
    "available_rules",
    "find_reader",
    "find_rule",
    "framework_module",
    "versions",
]

# Separates the name of a framework from its version.
AT = "@"


def available_rules() -> list[str]:
    """The names of all frameworks, which ``like`` accepts.

    Example:
        >>> "torch" in available_rules()
        True
    """
    return module_names(sys.modules[__name__])


def find_rule(name: str | Rule) -> Rule:
    """The rule of a framework, or of one of its versions, written as ``NAME@VERSION``.

    A :class:`Rule` is returned unchanged.

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
        raise unknown("like", framework, available_rules(), "framework")
    if not at:
        rule = framework_module(framework).RULE
        if not isinstance(rule, Rule):
            raise incomplete(f"{__name__}.{framework}", "RULE as a Rule")
        return rule
    known = versions(framework)
    if not known:
        cause = f"there are no separate rules for versions of {framework}"
        raise SpecError("like", cause, f"use {framework}")
    if version not in known:
        near = [name for name in known if version and name.removesuffix(version) != name]
        first, *_, last = known
        remedy = f"use {framework}{AT}{first} to {framework}{AT}{last}"
        if near:
            remedy = f"did you mean {framework}{AT}{near[0]}?"
        raise SpecError("like", f"unknown version {shown(version)} of {framework}", remedy)
    return known[version]


def versions(framework: str) -> dict[str, Rule]:
    """The rules of a framework's versions, by name; empty if its versions do not differ.

    Example:
        >>> "opset18" in versions("onnx"), versions("torch")
        (True, {})
    """
    return getattr(framework_module(framework), "VERSIONS", {})


def framework_module(framework: str) -> ModuleType:
    """The module of a framework, imported.

    Raises:
        PluginError: its file cannot be imported, or lacks ``RULE`` or what ``write`` needs.
    """
    package = sys.modules[__name__]
    module = load_plugin(package, framework, "RULE")
    return (
        load_plugin(package, framework, "IMPORT", "LAYOUT") if hasattr(module, "write") else module
    )


def find_reader(framework: str) -> Callable[..., PoolSpec]:
    """The function that reads a framework's layers.

    Raises:
        SpecError: there is no such framework, or poolviz does not read its layers.
    """
    if framework not in available_rules():
        raise unknown("like", framework, available_rules(), "framework")
    reader: Callable[..., PoolSpec] | None = getattr(framework_module(framework), "read", None)
    if reader is None:
        readable = [name for name in available_rules() if hasattr(framework_module(name), "read")]
        cause = f"poolviz cannot read {find_rule(framework).label} layers"
        raise SpecError(
            "like", cause, f"use one of {', '.join(readable)}, or create a PoolSpec yourself"
        )
    return reader


def available_calls() -> list[str]:
    """The frameworks for which poolviz writes code.

    Example:
        >>> "torch" in available_calls(), "caffe" in available_calls()
        (True, False)
    """
    return [name for name in available_rules() if hasattr(framework_module(name), "write")]
