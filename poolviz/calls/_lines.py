"""The same pooling as a line of each framework."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from poolviz.calls import available_calls
from poolviz.errors import SpecError
from poolviz.frameworks import caveat, emulation
from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.rules import TRAITS, find_rule


@dataclass(frozen=True)
class Line:
    """A framework's line of code, or why there is none.

    Args:
        framework: whose.
        code: an expression over ``x``; empty where it cannot be said.
        imports: the line that it needs before.
        layout: the order of the axes of ``x``.
        refusal: why it cannot be said.
        remark: what it does otherwise with NaN; empty if nothing.
        notes: that it emulates what the framework's own call refuses, and what that makes
            otherwise of the values' type.
    """

    framework: str
    code: str
    imports: str
    layout: str
    refusal: SpecError | None = None
    remark: str = ""
    notes: tuple[str, ...] = ()


def lines_of_code(geometry: Geometry, mode: Mode, dtype: Any = None) -> dict[str, Line]:
    """The same pooling in every framework, of values of ``dtype`` if that is known.

    Example:
        >>> from poolviz.geometry import resolve
        >>> from poolviz.modes import build_mode
        >>> from poolviz.spec import PoolSpec
        >>> spec = PoolSpec("max", 3, stride=2)
        >>> lines_of_code(resolve(spec, (7, 7)), build_mode(spec))["keras"].code
        'keras.layers.MaxPooling2D((3, 3), strides=(2, 2), padding="valid")(x)'
    """
    return {name: line_of_code(name, geometry, mode, dtype) for name in available_calls()}


def line_of_code(name: str, geometry: Geometry, mode: Mode, dtype: Any = None) -> Line:
    """The same pooling in the framework of a name."""
    module = import_module(f"poolviz.calls.{name}")
    try:
        code = module.write(geometry, mode)
    except SpecError as refusal:
        return Line(name, "", module.IMPORT, module.LAYOUT, refusal)
    remark, notes = _remark(name, mode), tuple(_notes(name, geometry, mode, dtype))
    return Line(name, code, module.IMPORT, module.LAYOUT, None, remark, notes)


def _notes(name: str, geometry: Geometry, mode: Mode, dtype: Any) -> Iterator[str]:
    rule = find_rule(name)
    refusal = emulation(geometry, mode, rule)
    if refusal is not None:
        yield f"an emulation: {name} itself refuses this ({refusal.subject}: {refusal.cause})"
    if dtype is not None and (words := caveat(rule, mode, dtype)):
        yield words


def _remark(name: str, mode: Mode) -> str:
    """What the framework does with NaN, if that is not what the mode does; or that it varies."""
    asked = getattr(mode, "nan", None)
    rule = find_rule(name)
    if asked is None:
        return ""
    return TRAITS["nan"][rule.nan] if asked != rule.nan else rule.nan_caveat
