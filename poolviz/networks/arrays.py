"""Arrays as inputs of networks: taken as they are, unless numbers are asked to be changed."""

from typing import Any

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.networks.feeding import (
    Fed,
    Preparation,
    normalised,
    numbers_in_words,
    shape_words,
    typed,
)
from poolviz.networks.layout import AXES, NHWC
from poolviz.networks.model import Slot
from poolviz.patches import Array


def feed_array(slot: Slot, array: Array, source: str, preparation: Preparation) -> Fed:
    """An array as it is, with the axes of length 1 before it that the input wants.

    Raises:
        SpecError: the input wants another shape or type, or mean and std do not fit.
    """
    values = _fitting(slot, array, source)
    last = values.ndim == AXES and slot.layout == NHWC
    document: dict[str, Any] = {"source": source, "shape": list(values.shape)}
    channels_first = np.moveaxis(values, -1, 1) if last else values
    # A list of numbers beside a picture has no channels to change.
    if not preparation.given or channels_first.ndim < AXES - 1:
        other = "" if str(values.dtype) == slot.dtype else f" as {slot.dtype}"
        words = f"as it is, {text.size(values.shape)}{other}"
        return Fed(typed(values, slot), words, document, _maps(values, source, last=last))
    scale = 1.0 if preparation.scale is None else preparation.scale
    changed = normalised(channels_first, scale, preparation, axis=1)
    changed = np.moveaxis(changed, 1, -1) if last else changed
    document |= {"scale": scale, "mean": list(preparation.mean), "std": list(preparation.std)}
    words = f"{numbers_in_words(text.number(scale), preparation)}, {text.size(values.shape)}"
    return Fed(typed(changed, slot), words, document, _maps(values, source, last=last))


def _maps(values: Array, source: str, *, last: bool) -> FeatureMap | None:
    """The first of a batch, its channels first; None where there is no map, or none of a plane."""
    if values.ndim == AXES - 1 and values.size:
        return FeatureMap(values[0][:, None], source, source)
    if values.ndim != AXES or not values.size:
        return None
    first = values[0]
    return FeatureMap(np.moveaxis(first, -1, 0) if last else first, source, source)


def _fitting(slot: Slot, array: Array, source: str) -> Array:
    values, axes = array, slot.axes(array.ndim)
    while values.ndim < len(axes) and not _fits(axes, values.shape):
        values = values[None]
    if not _fits(axes, values.shape):
        there = text.size(array.shape) or "one number"
        raise SpecError(
            f"input {slot.name}",
            f"it wants {shape_words(axes)}, and {source} has {there}",
            "give an array of that shape",
        )
    return values


def _fits(wanted: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    return len(wanted) == len(shape) and all(
        fixed in (None, there) for fixed, there in zip(wanted, shape, strict=True)
    )
