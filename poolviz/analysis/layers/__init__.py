"""Kinds of layers: one file for each, found by its name; any other name is a pooling mode's.

Adding a kind is adding ``layers/NAME.py`` with a :class:`Layer` that it calls ``LAYER``.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from poolviz.analysis.layers._layer import Layer
from poolviz.analysis.layers._pooling import Pooling
from poolviz.errors import SpecError
from poolviz.frameworks import find_rule
from poolviz.modes import available_modes, bare_name, mode_class
from poolviz.plugins import module_names, unknown
from poolviz.spec import DEFAULT_LIKE

__all__ = ["Layer", "available_layers", "named", "read_layers"]

# What a message need not say beside the layer that it is about.
_CLEAR = ("layer", "mode", "filter", "windows")


def available_layers() -> list[str]:
    """The kinds of layers besides pooling.

    Example:
        >>> "conv" in available_layers()
        True
    """
    return module_names(sys.modules[__name__])


def read_layers(words: str, like: str = DEFAULT_LIKE) -> list[Layer]:
    """The layers that ``words`` name, with blanks between.

    Args:
        words: ``conv:FILTER/STRIDEpPADDING``, ``relu``, or ``MODE:parameter=value:WINDOWS``
            with the windows as :func:`poolviz.teach.shapes.layer_spec` takes them.
        like: whose rules pooling follows.

    Raises:
        SpecError: there is none, or one of them cannot be meant; it says which.

    Example:
        >>> [layer.words for layer in read_layers("conv:sobel-x relu max:2")]
        ['conv:sobel-x', 'relu', 'max:2']
    """
    find_rule(like)
    if not words.split():
        raise SpecError(
            "layers", "there is none", 'name some behind the source: "conv:sobel-x relu max:2"'
        )
    found = []
    for number, each in enumerate(words.split(), 1):
        with named(number, each):
            found.append(_read(each, like))
    return found


def _read(words: str, like: str) -> Layer:
    name = words.partition(":")[0]
    if name in available_layers():
        kind: type[Layer] = import_module(f"{__name__}.{name}").LAYER
        return kind.read(words, like)
    try:
        mode_class(bare_name(words))
    except SpecError as error:
        raise unknown("layer", name, [*available_layers(), *available_modes()]) from error
    layer = Pooling.read(words, like)
    _ = layer.mode
    return layer


@contextmanager
def named(number: int, words: str) -> Iterator[None]:
    """What goes wrong inside is said of the layer of that number: ``layer 3 (max:9): …``."""
    try:
        yield
    except SpecError as error:
        about = "" if error.subject in _CLEAR else f"{_spoken(error.subject)}: "
        subject = f"layer {number} ({words})"
        raise SpecError(subject, f"{about}{error.cause}", _spoken(error.remedy)) from error


def _spoken(words: str) -> str:
    """Parameters' names as words: the flags of other commands do not exist here."""
    return words.replace("_", " ")
