"""Keras: the layers of ``keras.layers``, as ``MaxPooling2D`` and ``GlobalAveragePooling1D``."""

import re
from typing import Any

from poolviz.readers._reader import Kind, for_each_axis, found_kind, no_pooling
from poolviz.spec import PoolSpec

FRAMEWORK = "keras"
_KIND = re.compile(r"(?P<windows>Global|Adaptive)?(?P<name>\w+Pooling)(?P<rank>[123])D")


def is_pooling(layer: Any) -> bool:
    """Whether it is a pooling layer that poolviz has."""
    return _kind(layer) is not None


def read(layer: Any) -> PoolSpec:
    """What ``layer`` asks for.

    Raises:
        SpecError: it is no pooling layer.
    """
    found = _kind(layer)
    if found is None:
        raise no_pooling(type(layer).__name__, "Keras")
    mode, windows, rank = found
    if windows == "Global":
        return PoolSpec(mode, output_size=(1,) * rank, like=FRAMEWORK)
    if windows == "Adaptive":
        return PoolSpec(mode, output_size=for_each_axis(layer.output_size, rank), like=FRAMEWORK)
    return PoolSpec(
        mode,
        for_each_axis(layer.pool_size, rank),
        for_each_axis(layer.strides, rank),
        str(layer.padding),
        like=FRAMEWORK,
    )


def _kind(layer: Any) -> Kind | None:
    return found_kind(layer, _KIND, FRAMEWORK)
