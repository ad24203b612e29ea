"""Feeding: what an input of a network gets, and how numbers are brought to those it was taught."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.networks.model import Slot
from poolviz.patches import Array

# Kinds of NumPy's types that both it and the runtime have: truths, whole numbers, floats.
NUMBERS = "biuf"


@dataclass(frozen=True)
class Preparation:
    """How a picture's numbers become a network's: (x · scale − mean) / std, for each channel.

    Args:
        mean: one number, or one for each channel.
        std: as the mean.
        scale: None: 1 over the largest value of the picture's format, for inputs of floats.
        size: (height, width) where the network takes any; None: the picture's own.
    """

    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    scale: float | None = None
    size: tuple[int, int] | None = None

    @property
    def given(self) -> bool:
        """Whether numbers are to be changed, whatever they come from."""
        return self != Preparation(size=self.size)


@dataclass(frozen=True, eq=False)
class Fed:
    """What goes into an input of a network.

    Args:
        values: of the shape and type that it wants.
        words: what was done to the source.
        document: the same as plain data.
        maps: (C, H, W) what is seen of it: a picture before its numbers were changed; None
            where it has no channels and spatial axes.
    """

    values: Array
    words: str
    document: dict[str, Any] = field(default_factory=dict)
    maps: FeatureMap | None = None


def normalised(values: Array, scale: float, preparation: Preparation, axis: int = 0) -> Array:
    """(x · scale − mean) / std of values; ``axis`` is that of the channels.

    Raises:
        SpecError: mean or std do not fit the channels.
    """
    channels = values.shape[axis]
    columns = []
    for name in ("mean", "std"):
        numbers = getattr(preparation, name)
        if len(numbers) not in (1, channels):
            raise SpecError(
                f"--{name}",
                f"it has {len(numbers)} numbers, and there are {channels} channels",
                "give one number, or one for each channel",
            )
        columns.append(np.reshape(numbers, (-1,) + (1,) * (values.ndim - axis - 1)))
    mean, std = columns
    return np.asarray((values * scale - mean) / std)


def numbers_in_words(scale: str, preparation: Preparation) -> str:
    """What was done to the numbers."""
    mean, std = (
        ", ".join(map(text.number, numbers)) for numbers in (preparation.mean, preparation.std)
    )
    return f"scale {scale}, mean {mean}, std {std}"


def typed(values: Array, slot: Slot) -> Array:
    """``values`` of the input's type.

    Raises:
        SpecError: NumPy has no such type, or values are not of it.
    """
    dtype = type_of(slot)
    if values.dtype.kind == "c":
        raise _does_not_fit(slot, "complex ones")
    if dtype.kind in "iu":
        values = np.rint(values) if values.dtype.kind == "f" else values
        limits = np.iinfo(dtype)
        inside = (values >= limits.min) & (values <= limits.max)
        if not inside.all():
            raise _does_not_fit(slot, text.number(values[~inside][0]))
    # Floats of fewer digits have infinities.
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype, order="C")


def type_of(slot: Slot) -> "np.dtype[Any]":
    """NumPy's type for what an input wants.

    Raises:
        SpecError: NumPy has none.
    """
    try:
        dtype = np.dtype(slot.dtype)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in NUMBERS:
        cause = f"it wants values of type {slot.dtype}, which NumPy does not have"
        raise SpecError(f"input {slot.name}", cause, "export it with float32 inputs")
    return dtype


def _does_not_fit(slot: Slot, what: str) -> SpecError:
    cause = f"it wants values of type {slot.dtype}, and there is {what}"
    return SpecError(f"input {slot.name}", cause, "give values of that type, or use --scale")


def shape_words(shape: tuple[int | None, ...]) -> str:
    """A shape with a sign for axes of any length: ``?×3×224×224``."""
    return "×".join("?" if length is None else str(length) for length in shape) or "one number"
