"""Pictures as inputs of networks: resized, their channels and axes as the network wants them."""

from dataclasses import replace

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.feature_map import RGB as RGB_NAMES
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.networks.feeding import (
    Fed,
    Preparation,
    normalised,
    numbers_in_words,
    shape_words,
    type_of,
    typed,
)
from poolviz.networks.layout import AXES, NCHW, NHWC
from poolviz.networks.model import Slot
from poolviz.patches import Array

# ITU-R BT.601: what red, green and blue contribute to grey.
GREY = np.array([0.299, 0.587, 0.114])
RGB = 3
# Floats of 8 bytes: resized, normalised, in between, repeated, and of the type that is wanted.
BYTES_PER_VALUE = 40


def feed_picture(
    slot: Slot, picture: FeatureMap, preparation: Preparation, budget: Budget | None = None
) -> Fed:
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
    return Fed(typed(values, slot), ", ".join(steps), document, seen)


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
