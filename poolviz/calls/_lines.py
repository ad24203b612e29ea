"""The same pooling as a line of each framework."""

from dataclasses import dataclass
from importlib import import_module

from poolviz.calls import available_calls
from poolviz.errors import SpecError
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
    """

    framework: str
    code: str
    imports: str
    layout: str
    refusal: SpecError | None = None
    remark: str = ""


def lines_of_code(geometry: Geometry, mode: Mode) -> dict[str, Line]:
    """The same pooling in every framework.

    Example:
        >>> from poolviz.geometry import resolve
        >>> from poolviz.modes import build_mode
        >>> from poolviz.spec import PoolSpec
        >>> spec = PoolSpec("max", 3, stride=2)
        >>> lines_of_code(resolve(spec, (7, 7)), build_mode(spec))["keras"].code
        'keras.layers.MaxPooling2D((3, 3), strides=(2, 2), padding="valid")(x)'
    """
    return {name: line_of_code(name, geometry, mode) for name in available_calls()}


def line_of_code(name: str, geometry: Geometry, mode: Mode) -> Line:
    """The same pooling in the framework of a name."""
    module = import_module(f"poolviz.calls.{name}")
    try:
        code = module.write(geometry, mode)
    except SpecError as refusal:
        return Line(name, "", module.IMPORT, module.LAYOUT, refusal)
    return Line(name, code, module.IMPORT, module.LAYOUT, None, _remark(name, mode))


def _remark(name: str, mode: Mode) -> str:
    """What the framework does with NaN, if that is not what the mode does; or that it varies."""
    asked = getattr(mode, "nan", None)
    rule = find_rule(name)
    if asked is None:
        return ""
    return TRAITS["nan"][rule.nan] if asked != rule.nan else rule.nan_caveat
