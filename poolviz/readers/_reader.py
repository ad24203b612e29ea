"""What the readers share: whose layer is which mode."""

from functools import cache

from poolviz.errors import SpecError
from poolviz.modes import Call, available_modes, mode_class


@cache
def mode_called(name: str, framework: str) -> str | None:
    """The mode of which ``name`` is a framework's operation; None if it is none.

    Example:
        >>> mode_called("AveragePool", "onnx")
        'average'
    """
    found = []
    for mode in available_modes():
        call = mode_class(mode)().calls().get(framework)
        # One that works by negated values is another's operation.
        if isinstance(call, Call) and not call.negated and plain(call.name) == plain(name):
            found.append((len(call.keywords), mode))
    # One that takes fixed arguments is a special case of another.
    return min(found)[1] if found else None


def plain(name: str) -> str:
    """A name without the signs in which spellings differ."""
    return name.replace("_", "").lower()


def no_pooling(kind: str, framework: str) -> SpecError:
    """The error for a layer that is no pooling, or none that poolviz has."""
    return SpecError(
        kind,
        f"it is no pooling of {framework} that poolviz has",
        "give a pooling layer; poolviz modes lists the modes",
    )
