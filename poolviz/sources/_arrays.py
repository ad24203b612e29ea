"""Arrays of any number of axes as feature maps (C, H, W)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.plugins import unknown
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.text import escaped, series, shape, size

LAYOUTS = ("chw", "hwc")
COMPLEX_PARTS = ("abs", "real", "imag")
NUMERIC = "buifc"
# How ml_dtypes saves bfloat16, which is float32 without its lower half; nothing else has this type.
BFLOAT16 = np.dtype("V2")
# A last axis of 3 or 4 is taken for colour if both axes before it have at least this length.
LEAST_SIDE_OF_HWC = 8

Array = NDArray[Any]


def array_map(
    array: Array, origin: Origin, options: ReadOptions, reader_notes: tuple[str, ...] = ()
) -> FeatureMap:
    """``array`` as a feature map: a 1-D array is one row, a 4-D array a batch of maps.

    Args:
        array: the values.
        origin: where they come from.
        options: how to read them.
        reader_notes: the reader's notes on them.

    Raises:
        SourceError: it does not hold numbers, or has the wrong axes.
    """
    for name, noun, allowed in (
        ("layout", "layout", LAYOUTS),
        ("complex_part", "part", COMPLEX_PARTS),
    ):
        chosen = getattr(options, name)
        if chosen is not None and chosen not in allowed:
            raise unknown(name, chosen, allowed, noun)
    notes = list(reader_notes)
    if array.dtype == BFLOAT16:
        notes.append("bfloat16 values are read as float32, which represents them exactly")
    changed = array.dtype in (BFLOAT16, np.dtype(bool))
    if changed or array.dtype.kind == "c" or array.dtype.itemsize > 8:  # noqa: PLR2004 - bytes of a float64
        remedy = "save a part of it as float32 or float64, which need no conversion"
        options.budget.check_source(origin.shown, 8 * array.size, remedy)
    array = _real(array, origin, options)
    array = _without_batch(array, origin, options, notes)
    if array.ndim < 3:  # noqa: PLR2004 - (H, W) has no channels
        _refuse(options, "layout", origin, "the array has no channel axis")
    else:
        array = _channels_first(array, options, notes)
    chosen = [f"{name}-{value}" for name, value in options.chosen.items() if value is not None]
    return FeatureMap(
        array, origin.name, origin.shown, notes=tuple(notes), configuration=tuple(chosen)
    )


def _real(array: Array, origin: Origin, options: ReadOptions) -> Array:
    refuse_other_than_numbers(array.dtype, origin.shown)
    array = widened(array)
    if array.dtype.kind == "c":
        return _complex_part(array, origin, options.complex_part)
    _refuse(options, "complex_part", origin, "its values are real")
    if array.dtype == bool:
        return array.astype(np.uint8)
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:  # noqa: PLR2004 - bytes of a float64
        return array.astype(np.float64)
    return array


def widened(array: Array) -> Array:
    """``array``, with bfloat16 as float32."""
    if array.dtype != BFLOAT16:
        return array
    wide = np.zeros((*array.shape, 2), "<u2")
    wide[..., 1] = np.ascontiguousarray(array).view("<u2").reshape(array.shape)
    return wide.view("<f4")[..., 0]


def refuse_other_than_numbers(dtype: np.dtype[Any], shown: str) -> None:
    """Raise SourceError for text, dates, records and other values that are not numbers."""
    if dtype.kind not in NUMERIC and dtype != BFLOAT16:
        raise SourceError(
            shown,
            f"its values have type {escaped(str(dtype))} and are not numbers",
            "save them as integers, floats or booleans",
        )


def _complex_part(array: Array, origin: Origin, part: str | None) -> Array:
    if part is None:
        raise SourceError(
            origin.shown,
            "its values are complex",
            f"use complex_part={series(COMPLEX_PARTS)}",
        )
    return np.abs(array) if part == "abs" else np.asarray(getattr(array, part))


def _without_batch(array: Array, origin: Origin, options: ReadOptions, notes: list[str]) -> Array:
    """At most three axes: leading axes of length 1 are removed, one item of a batch is chosen."""
    while array.ndim > 4 and len(array) == 1:  # noqa: PLR2004 - (N, C, H, W)
        array = array[0]
    if array.ndim == 0 or array.size == 0 or array.ndim > 4:  # noqa: PLR2004 - (N, C, H, W)
        cause = f"its shape is {shape(array.shape)}" if array.ndim else "is a single number"
        remedy = "use a shape of (H, W), (C, H, W) or (N, C, H, W), with no axis of length 0"
        if array.ndim > 4 and array.size:  # noqa: PLR2004 - (N, C, H, W)
            remedy += ", or pool volumes in Python with poolviz.pool"
        raise SourceError(origin.shown, cause, remedy)
    if array.ndim < 4:  # noqa: PLR2004 - (N, C, H, W)
        _refuse(options, "index", origin, "the array is not a batch")
        return np.atleast_2d(array)
    return _one_of_batch(array, origin, options, notes)


def _refuse(options: ReadOptions, name: str, origin: Origin, cause: str) -> None:
    """Raise SourceError for an option that does not apply to this array."""
    if getattr(options, name) is not None:
        raise SourceError(origin.shown, cause, f"omit {name}")


def _one_of_batch(array: Array, origin: Origin, options: ReadOptions, notes: list[str]) -> Array:
    index = options.index or 0
    if not 0 <= index < len(array):
        raise SourceError(
            "index",
            f"the batch in {origin.shown} has no item {index}",
            f"use a number from 0 to {len(array) - 1}" if len(array) > 1 else "use 0",
        )
    if options.index is None and len(array) > 1:
        axes = (
            "(N, H, W, C)" if options.layout == "hwc" or options.channels_last else "(N, C, H, W)"
        )
        notes.append(
            f"{size(array.shape)} is read as {axes}, the first item of a batch of {len(array)};"
            " use index for another item, or poolviz.pool in Python for volumes"
        )
    return np.asanyarray(array[index])


def _channels_first(array: Array, options: ReadOptions, notes: list[str]) -> Array:
    rows, columns, last = array.shape
    coloured = last in (3, 4) and min(rows, columns) >= LEAST_SIDE_OF_HWC
    hwc = options.channels_last or coloured
    # Two equal lengths before a different one are more often rows and columns than not.
    doubtful = hwc or (rows == columns > 1 and last not in (1, rows))
    if options.layout is None and doubtful:
        read, other = ("hwc", "chw") if hwc else ("chw", "hwc")
        shown = {name: f"({', '.join(name.upper())})" for name in LAYOUTS}
        notes.append(
            f"{size(array.shape)} is read as {shown[read]}; use layout={other} for {shown[other]}"
        )
    chosen = options.layout or ("hwc" if hwc else "chw")
    return np.moveaxis(array, -1, 0) if chosen == "hwc" else array
