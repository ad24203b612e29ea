"""Whose rules: one file for each framework, found by its name.

A rule is a set of named traits (:class:`poolviz.rules._rule.Rule`). Modes and
geometry read traits; no rule is named outside its own file.
"""

import sys
from importlib import import_module

from poolviz.discovery import module_names, unknown
from poolviz.rules._rule import TRAITS, AxisRequest, Rule

__all__ = ["TRAITS", "AxisRequest", "Rule", "available_rules", "find_rule"]


def available_rules() -> list[str]:
    """The names that ``like`` takes.

    Example:
        >>> "torch" in available_rules()
        True
    """
    return module_names(sys.modules[__name__])


def find_rule(name: str | Rule) -> Rule:
    """The rule called ``name``; a rule of one's own is itself.

    Raises:
        SpecError: there is none.
    """
    if isinstance(name, Rule):
        return name
    if name not in available_rules():
        raise unknown("like", name, available_rules())
    rule: Rule = import_module(f"{__name__}.{name}").RULE
    return rule
