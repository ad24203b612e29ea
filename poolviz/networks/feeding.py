"""Prepare a network's inputs: arrays unchanged, pictures resized and normalised."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from poolviz import text
from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.feature_map import RGB as RGB_NAMES
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.networks.graph import AXES, NCHW, NHWC
from poolviz.networks.model import Slot
from poolviz.windows import Array

# Kinds of types that both NumPy and the runtime have: booleans, integers and floats.
NUMBERS = "biuf"
# ITU-R BT.601: what red, green and blue contribute to grey.
GREY = np.array([0.299, 0.587, 0.114])
RGB = 3
# 8-byte floats: resized, normalised, intermediate, repeated, and the input's own type.
BYTES_PER_VALUE = 40


@dataclass(frozen=True)
class Preparation:
    """How the values of a picture become those of an input: (x · scale − mean) / std per channel.

    Args:
        mean: one number, or one for each channel.
        std: one number, or one for each channel.
        scale: None for 1 / the largest value of the picture's format, if the input takes floats.
        size: (height, width) if the network takes any size; None for the size of the picture.
    """

    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    scale: float | None = None
    size: tuple[int, int] | None = None

    @property
    def given(self) -> bool:
        """Whether values are changed, arrays included."""
        return self != Preparation(size=self.size)


@dataclass(frozen=True, eq=False)
class NetworkInput:
    """The values for one input of a network.

    Args:
        values: of the shape and type that the input takes.
        words: how they were prepared, as text.
        document: the same as plain data.
        maps: (C, H, W) what is shown of them, for a picture before normalisation; None if the
            input has no channels and spatial axes.
    """

    values: Array
    words: str
    document: dict[str, Any] = field(default_factory=dict)
    maps: FeatureMap | None = None


def feed_array(slot: Slot, array: Array, source: str, preparation: Preparation) -> NetworkInput:
    """Prepare an array: leading axes of length 1 are added, and values normalised if requested.

    Raises:
        SpecError: the input takes another shape or type, or mean and std do not fit.
    """
    values = _with_leading_axes(slot, array, source)
    channels_last = values.ndim == AXES and slot.layout == NHWC
    channels_first = np.moveaxis(values, -1, 1) if channels_last else values
    document: dict[str, Any] = {"source": source, "shape": list(values.shape)}
    size = text.size(values.shape)
    # A list of numbers that accompanies a picture has no channels to normalise.
    if preparation.given and values.ndim >= AXES - 1:
        scale = 1.0 if preparation.scale is None else preparation.scale
        changed = _normalised(channels_first, scale, preparation, axis=1)
        changed = np.moveaxis(changed, 1, -1) if channels_last else changed
        document |= {"scale": scale, "mean": list(preparation.mean), "std": list(preparation.std)}
        words = f"{_numbers_text(text.number(scale), preparation)}, {size}"
    else:
        changed = values
        words = f"unchanged, {size}" + f" as {slot.dtype}" * (str(values.dtype) != slot.dtype)
    maps = None
    if values.size and values.ndim == AXES:
        maps = FeatureMap(channels_first[0], source, source)
    elif values.size and values.ndim == AXES - 1:
        # Maps of one spatial axis become one row.
        maps = FeatureMap(values[0][:, None], source, source)
    return NetworkInput(_converted(changed, slot), words, document, maps)


def _with_leading_axes(slot: Slot, array: Array, source: str) -> Array:
    values, axes = array, slot.axes(array.ndim)
    while values.ndim < len(axes) and not _fits(axes, values.shape):
        values = values[None]
    if not _fits(axes, values.shape):
        cause = f"takes {_array_text(axes)}, but {source} holds {_array_text(array.shape)}"
        raise SpecError(f"input {shown(slot.name)}", cause, f"use {_array_text(axes)}")
    return values


def _fits(axes: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    return len(axes) == len(shape) and all(
        fixed in (None, length) for fixed, length in zip(axes, shape, strict=True)
    )


def _array_text(shape: tuple[int | None, ...]) -> str:
    return f"an array of shape {text.shape(shape)}" if shape else "one number"


def feed_picture(
    slot: Slot, picture: FeatureMap, preparation: Preparation, budget: Budget | None = None
) -> NetworkInput:
    """Prepare a picture: resized and normalised, in the channels and layout that the input takes.

    Raises:
        SpecError: the input does not take pictures, mean and std do not fit its channels, or
            it would take more memory than the budget.
    """
    channels, size = _taken_size(slot, picture, preparation)
    batch = slot.axes(AXES)[0] or 1
    if budget is not None:
        needed = BYTES_PER_VALUE * batch * channels * size[0] * size[1]
        shape = text.size((batch, channels, *size))
        budget.check_work({f"a picture of {shape}": needed}, "use a smaller picture")
    values, conversion = _with_channels(picture, channels, slot)
    steps = [*picture.notes, *([conversion] if conversion else [])]
    if size != picture.input_size:
        values = _resized(values, size)
        steps.append(f"{text.size(picture.input_size)} resized to {text.size(size)}")
    maps = replace(picture, values=values, channel_names=RGB_NAMES if channels == RGB else ())
    scale, scale_text = _scale(slot, picture, preparation)
    values = _normalised(values, scale, preparation)
    steps.append(_numbers_text(scale_text, preparation))
    values = np.moveaxis(values, 0, -1) if slot.layout == NHWC else values
    values = np.repeat(values[None], batch, axis=0)
    if batch > 1:
        steps.append(f"repeated {batch} times for the batch")
    steps.append(f"as {text.size(values.shape)} ({slot.layout})")
    document = {
        "source": picture.source, "shape": list(values.shape), "layout": slot.layout,
        "resized_from": list(picture.input_size) if size != picture.input_size else None,
        "scale": scale, "mean": list(preparation.mean), "std": list(preparation.std),
    }  # fmt: skip
    return NetworkInput(_converted(values, slot), ", ".join(steps), document, maps)


def _taken_size(
    slot: Slot, picture: FeatureMap, preparation: Preparation
) -> tuple[int, tuple[int, int]]:
    """The channels and (height, width) that the input takes."""
    shape = slot.axes(AXES)
    if len(shape) != AXES:
        cause = f"takes {_array_text(shape)}, not a picture"
        remedy = f"use an .npy file {'of this shape' if shape else 'that holds one number'}"
        raise SpecError(f"input {shown(slot.name)}", cause, remedy)
    channels, *plane = (shape[axis] for axis in ((1, 2, 3) if slot.layout == NCHW else (3, 1, 2)))
    if preparation.size is not None and any(plane):
        height, width = plane
        fixed = ("size", text.shape(plane)) if all(plane) else ("height", str(height))
        noun, length = fixed if height else ("width", str(width))
        cause = f"input {shown(slot.name)} has a fixed {noun} of {length}"
        remedy = f"omit resize, as pictures are resized to that {noun} anyway"
        raise SpecError("resize", cause, remedy)
    free = preparation.size or picture.input_size
    height, width = (fixed or length for fixed, length in zip(plane, free, strict=True))
    return channels or len(picture.values), (height, width)


def _with_channels(picture: FeatureMap, channels: int, slot: Slot) -> tuple[Array, str]:
    """The picture's values with this many channels, and how they were converted, if so."""
    values = picture.values.astype(np.float64)
    count = len(values)
    if count == channels:
        return values, ""
    if count >= RGB and channels == 1:
        return np.tensordot(GREY, values[:RGB], 1)[None], "converted to grey"
    if count == 1 and channels == RGB:
        return np.repeat(values, RGB, axis=0), "grey repeated as red, green and blue"
    cause = f"takes {text.counted(channels, 'channel')}, but the picture has {count}"
    raise SpecError(
        f"input {shown(slot.name)}",
        cause,
        f"use a picture or array with {text.counted(channels, 'channel')}",
    )


def _resized(values: Array, size: tuple[int, int]) -> Array:
    """Each channel resized: the mean of the pixels below, weighted by their distance."""
    from PIL import Image  # noqa: PLC0415 - arrays do not need Pillow

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
    if _dtype_of(slot).kind != "f" or largest == 1:
        return 1.0, "1"
    return 1 / largest, f"1/{text.number(largest)}"


def _normalised(values: Array, scale: float, preparation: Preparation, axis: int = 0) -> Array:
    """(x · scale − mean) / std of values whose channels are along ``axis``.

    Raises:
        SpecError: mean or std do not fit the channels.
    """
    channels = values.shape[axis]
    columns = []
    for name in ("mean", "std"):
        numbers = getattr(preparation, name)
        if len(numbers) not in (1, channels):
            cause = f"has {len(numbers)} numbers for {text.counted(channels, 'channel')}"
            raise SpecError(name, cause, "use one number, or one for each channel")
        columns.append(np.reshape(numbers, (-1,) + (1,) * (values.ndim - axis - 1)))
    mean, std = columns
    return np.asarray((values * scale - mean) / std)


def _numbers_text(scale: str, preparation: Preparation) -> str:
    mean, std = (
        ", ".join(map(text.number, numbers)) for numbers in (preparation.mean, preparation.std)
    )
    return f"scale {scale}, mean {mean}, std {std}"


def _converted(values: Array, slot: Slot) -> Array:
    """``values`` in the input's type; integers are rounded.

    Raises:
        SpecError: NumPy does not have the type, or a value is NaN or out of its range.
    """
    dtype = _dtype_of(slot)
    subject, cause = f"input {shown(slot.name)}", f"takes {slot.dtype} values"
    if values.dtype.kind == "c":
        raise SpecError(subject, f"{cause}, not complex numbers", "use real numbers")
    if dtype.kind in "iu":
        values = np.rint(values) if values.dtype.kind == "f" else values
        limits = np.iinfo(dtype)
        inside = (values >= limits.min) & (values <= limits.max)
        if not inside.all():
            value = values[~inside][0]
            if np.isnan(value):
                raise SpecError(subject, f"{cause}, which cannot be NaN", "use values without NaN")
            least, most = text.number(limits.min), text.number(limits.max)
            cause += f", and {text.number(value)} is outside their range"
            raise SpecError(subject, cause, f"use values from {least} to {most}, or add --scale")
    # Narrower types of floats overflow to infinity.
    with np.errstate(over="ignore"):
        return np.asarray(values, dtype, order="C")


def _dtype_of(slot: Slot) -> "np.dtype[Any]":
    """NumPy's type for the values of an input.

    Raises:
        SpecError: NumPy does not have it.
    """
    try:
        dtype = np.dtype(slot.dtype)
    except TypeError:
        dtype = np.dtype(object)
    if dtype.kind not in NUMBERS:
        cause = f"takes values of type {slot.dtype}, which poolviz cannot supply"
        raise SpecError(
            f"input {shown(slot.name)}", cause, "export the network with float32 inputs"
        )
    return dtype
