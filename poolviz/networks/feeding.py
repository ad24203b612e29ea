"""Feeding: what an input of a network gets, and how numbers are brought to those it was taught."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.feature_map import RGB as RGB_NAMES
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.networks.graph import AXES, NCHW, NHWC
from poolviz.networks.model import Slot
from poolviz.windows import Array

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
class NetworkInput:
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


def feed_array(slot: Slot, array: Array, source: str, preparation: Preparation) -> NetworkInput:
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
        return NetworkInput(typed(values, slot), words, document, _maps(values, source, last=last))
    scale = 1.0 if preparation.scale is None else preparation.scale
    changed = normalised(channels_first, scale, preparation, axis=1)
    changed = np.moveaxis(changed, 1, -1) if last else changed
    document |= {"scale": scale, "mean": list(preparation.mean), "std": list(preparation.std)}
    words = f"{numbers_in_words(text.number(scale), preparation)}, {text.size(values.shape)}"
    return NetworkInput(typed(changed, slot), words, document, _maps(values, source, last=last))


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


# ITU-R BT.601: what red, green and blue contribute to grey.
GREY = np.array([0.299, 0.587, 0.114])
RGB = 3
# Floats of 8 bytes: resized, normalised, in between, repeated, and of the type that is wanted.
BYTES_PER_VALUE = 40


def feed_picture(
    slot: Slot, picture: FeatureMap, preparation: Preparation, budget: Budget | None = None
) -> NetworkInput:
    """A picture for an input: resized, its channels and axes as the input wants them.

    Raises:
        SpecError: the input is none for a picture, mean and std do not fit its channels, or
            it would take more than the budget.
    """
    layout, channels, size = _wanted(slot, picture, preparation)
    batch = slot.axes(AXES)[0] or 1
    wanted = BYTES_PER_VALUE * batch * channels * size[0] * size[1]
    shape = text.size((batch, channels, *size))
    if budget is not None:
        budget.check_work(wanted, f"a picture as {shape}", "give it smaller")
    values, colors = _with_channels(picture, channels, slot)
    steps = [*picture.notes, *([colors] if colors else [])]
    if size != picture.input_size:
        values = _resized(values, size)
        steps.append(f"{text.size(picture.input_size)} resized to {text.size(size)}")
    seen = replace(picture, values=values, channel_names=RGB_NAMES if channels == RGB else ())
    scale, exactly = _scale(slot, picture, preparation)
    values = normalised(values, scale, preparation)
    steps.append(numbers_in_words(exactly, preparation))
    values = np.repeat(_laid_out(values, layout)[None], batch, axis=0)
    if batch > 1:
        steps.append(f"{batch} times, for the batch")
    steps.append(f"as {text.size(values.shape)} ({layout})")
    document = {
        "source": picture.source, "shape": list(values.shape), "layout": layout,
        "resized_from": list(picture.input_size) if size != picture.input_size else None,
        "scale": scale, "mean": list(preparation.mean), "std": list(preparation.std),
    }  # fmt: skip
    return NetworkInput(typed(values, slot), ", ".join(steps), document, seen)


def _wanted(
    slot: Slot, picture: FeatureMap, preparation: Preparation
) -> tuple[str, int, tuple[int, int]]:
    """Layout, channels and (height, width)."""
    shape = slot.axes(AXES)
    if len(shape) != AXES:
        raise SpecError(
            f"input {slot.name}",
            f"it wants {shape_words(shape)}, which is no picture",
            "give it an .npy",
        )
    layout = slot.layout
    channels, *plane = (shape[at] for at in ((1, 2, 3) if layout == NCHW else (3, 1, 2)))
    asked = preparation.size or picture.input_size
    if preparation.size is not None and any(plane):
        raise SpecError(
            "--resize",
            f"input {slot.name} wants {shape_words(shape)}",
            "leave it out: pictures are resized to that",
        )
    height, width = (fixed or free for fixed, free in zip(plane, asked, strict=True))
    return layout, channels or len(picture.values), (height, width)


def _with_channels(picture: FeatureMap, channels: int, slot: Slot) -> tuple[Array, str]:
    """The picture's values with so many channels, and what was done for that."""
    values = picture.values.astype(np.float64)
    there = len(values)
    if there == channels:
        return values, ""
    if there >= RGB and channels == 1:
        return np.tensordot(GREY, values[:RGB], 1)[None], "made grey"
    if there == 1 and channels == RGB:
        return np.repeat(values, RGB, axis=0), "its grey as red, green and blue"
    raise SpecError(
        f"input {slot.name}",
        f"it wants {channels} channels, and the picture has {there}",
        "give a picture or an .npy of that",
    )


def _resized(values: Array, size: tuple[int, int]) -> Array:
    """Each channel resized: the mean of the pixels below, weighted by their distance."""
    from PIL import Image  # noqa: PLC0415 - arrays need no Pillow

    planes = [
        Image.fromarray(plane.astype(np.float32)).resize(size[::-1], Image.Resampling.BILINEAR)
        for plane in values
    ]
    return np.stack([np.asarray(plane, np.float64) for plane in planes])


def _scale(slot: Slot, picture: FeatureMap, preparation: Preparation) -> tuple[float, str]:
    """The factor, and how a person would write it."""
    if preparation.scale is not None:
        return preparation.scale, text.number(preparation.scale)
    largest = picture.value_range[1] if picture.value_range else 1
    if type_of(slot).kind != "f" or largest == 1:
        return 1.0, "1"
    return 1 / largest, f"1/{text.number(largest)}"


def _laid_out(values: Array, layout: str) -> Array:
    return np.moveaxis(values, 0, -1) if layout == NHWC else values
