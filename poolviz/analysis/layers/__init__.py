"""Kinds of layers: one file for each, found by its name. Any other name is that of a pooling mode.

To add a kind, add ``layers/NAME.py`` with a subclass of :class:`Layer` called ``LAYER``.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from poolviz.analysis.layers._layer import Layer, Pooling
from poolviz.analysis.shape import cause_and_remedy
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import find_rule
from poolviz.modes import available_modes, bare_name, mode_class
from poolviz.plugins import load_plugin, module_names, unknown
from poolviz.spec import DEFAULT_LIKE
from poolviz.windows import Array

__all__ = ["Layer", "apply_layers", "available_layers", "name_layer", "read_layers"]

# Subjects that a message leaves out, since it names the layer.
_OMITTED = ("layer", "mode", "filter", "windows")


def available_layers() -> list[str]:
    """The names of the kinds of layers besides pooling.

    Example:
        >>> "conv" in available_layers()
        True
    """
    return module_names(sys.modules[__name__])


def read_layers(words: str, like: str = DEFAULT_LIKE) -> list[Layer]:
    """Parse layers that are separated by spaces.

    Args:
        words: ``conv:FILTER/STRIDEpPADDING``, ``relu``, or ``MODE:parameter=value:WINDOWS``
            with the windows as :func:`poolviz.analysis.shape.layer_spec` takes them.
        like: the framework whose rules pooling follows.

    Raises:
        SpecError: there is no layer, or one of them is not valid; the message names it.

    Example:
        >>> [layer.words for layer in read_layers("conv:sobel-x relu max:2")]
        ['conv:sobel-x', 'relu', 'max:2']
    """
    find_rule(like)
    if not words.split():
        raise SpecError(
            "layers",
            "missing",
            'add them after the source, e.g. "conv:sobel-x relu max:2"',
        )
    layers = []
    for number, word in enumerate(words.split(), 1):
        with name_layer(number, word):
            layers.append(_read_layer(word, like))
    return layers


def _read_layer(words: str, like: str) -> Layer:
    name = words.partition(":")[0]
    if name in available_layers():
        kind: type[Layer] = load_plugin(sys.modules[__name__], name, "LAYER").LAYER
        return kind.read(words, like)
    try:
        mode_class(bare_name(words))
    except SpecError as error:
        raise unknown("layer", name, [*available_layers(), *available_modes()], "layer") from error
    layer = Pooling.read(words, like)
    # Parameters of the mode that are not valid are refused now.
    _ = layer.mode
    return layer


def apply_layers(
    feature_map: FeatureMap, layers: Sequence[Layer], seed: int | None = None
) -> Array:
    """The output of the last of ``layers``; the maps between them are dropped."""
    for layer in layers:
        feature_map = replace(feature_map, values=layer.apply(feature_map, seed or 0))
    return feature_map.values


@contextmanager
def name_layer(number: int, words: str) -> Iterator[None]:
    """Name the layer in errors that are raised inside: ``layer 3 (max:9): …``."""
    try:
        yield
    except SpecError as error:
        # Stacks have no options for single parameters, so their names are written as words.
        sentence, remedy = cause_and_remedy(error)
        cause = error.cause if error.subject in _OMITTED else sentence
        raise SpecError(f"layer {number} ({words})", cause, remedy) from error
