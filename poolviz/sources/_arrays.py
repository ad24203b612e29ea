"""An array of any axes as a feature map (C, H, W)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.feature_map import FeatureMap
from poolviz.plugins import unknown
from poolviz.sources._origin import Origin, ReadOptions
from poolviz.text import escaped, size

LAYOUTS = ("chw", "hwc")
COMPLEX_PARTS = ("abs", "real", "imag")
NUMERIC = "buifc"
# As ml_dtypes saves bfloat16, and nothing else of two bytes: float32 without its lower half.
BFLOAT16 = np.dtype("V2")
# A last axis of 3 or 4 behind two of at least this length is taken for colour.
LEAST_SIDE_OF_HWC = 8

Array = NDArray[Any]


def array_map(
    array: Array, origin: Origin, options: ReadOptions, given: tuple[str, ...] = ()
) -> FeatureMap:
    """``array`` as a feature map: 1-D is one row, 4-D a batch of which one is taken.

    ``given`` are notes of whoever read it.

    Raises:
        SourceError: it holds no numbers, or has the wrong axes.
    """
    for name, allowed in (("layout", LAYOUTS), ("complex_part", COMPLEX_PARTS)):
        chosen = getattr(options, name)
        if chosen is not None and chosen not in allowed:
            raise unknown(name, chosen, allowed)
    notes = list(given)
    if array.dtype == BFLOAT16:
        notes.append("bfloat16 is read as float32, which holds its values exactly")
    changed = array.dtype in (BFLOAT16, np.dtype(bool))
    if changed or array.dtype.kind == "c" or array.dtype.itemsize > 8:  # noqa: PLR2004 - bytes of a float64
        remedy = "save a part of it, as floats"
        options.budget.check_source(origin.shown, 8 * array.size, remedy)
    array = _real(array, origin, options)
    array = _without_batch(array, origin, options, notes)
    if array.ndim < 3:  # noqa: PLR2004 - (H, W) has no channels
        _refuse(options, "layout", origin, "it has no channels")
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
    """``array``, of bfloat16 the same values as float32."""
    if array.dtype != BFLOAT16:
        return array
    wide = np.zeros((*array.shape, 2), "<u2")
    wide[..., 1] = np.ascontiguousarray(array).view("<u2").reshape(array.shape)
    return wide.view("<f4")[..., 0]


def refuse_other_than_numbers(dtype: np.dtype[Any], shown: str) -> None:
    """Raise SourceError for texts, dates, records and whatever else is not a number."""
    if dtype.kind not in NUMERIC and dtype != BFLOAT16:
        raise SourceError(
            shown,
            f"its values are of type {escaped(str(dtype))}, not numbers",
            "save it as integers, floats or booleans",
        )


def _complex_part(array: Array, origin: Origin, part: str | None) -> Array:
    if part is None:
        raise SourceError(
            origin.shown, "its values are complex", f"choose --complex {'|'.join(COMPLEX_PARTS)}"
        )
    return np.abs(array) if part == "abs" else np.asarray(getattr(array, part))


def _without_batch(array: Array, origin: Origin, options: ReadOptions, notes: list[str]) -> Array:
    """At most three axes: leading ones of length 1 fall away, of a batch one is taken."""
    while array.ndim > 4 and len(array) == 1:  # noqa: PLR2004 - (N, C, H, W)
        array = array[0]
    if array.ndim == 0 or array.size == 0 or array.ndim > 4:  # noqa: PLR2004 - as above
        shape = size(array.shape) or "a scalar"
        remedy = "give (H, W), (C, H, W) or (N, C, H, W), none 0"
        if array.ndim > 4 and array.size:  # noqa: PLR2004 - as above
            remedy += "; volumes are pooled by poolviz.pool in Python"
        raise SourceError(origin.shown, f"its shape is {shape}", remedy)
    if array.ndim < 4:  # noqa: PLR2004 - as above
        _refuse(options, "index", origin, "it is not a batch")
        return np.atleast_2d(array)
    return _one_of_batch(array, origin, options, notes)


def _refuse(options: ReadOptions, name: str, origin: Origin, cause: str) -> None:
    """Raise SourceError for an option that this array has no use for."""
    if getattr(options, name) is not None:
        word = "--complex" if name == "complex_part" else name
        raise SourceError(origin.shown, cause, f"leave out {word}")


def _one_of_batch(array: Array, origin: Origin, options: ReadOptions, notes: list[str]) -> Array:
    index = options.index or 0
    if not 0 <= index < len(array):
        raise SourceError(
            origin.shown, f"its batch has no index {index}", f"give one from 0 to {len(array) - 1}"
        )
    if options.index is None and len(array) > 1:
        axes = (
            "(N, H, W, C)" if options.layout == "hwc" or options.channels_last else "(N, C, H, W)"
        )
        notes.append(
            f"{size(array.shape)} is read as {axes}: the first of a batch of {len(array)};"
            " --index chooses another, and poolviz.pool in Python pools volumes"
        )
    return np.asanyarray(array[index])


def _channels_first(array: Array, options: ReadOptions, notes: list[str]) -> Array:
    rows, columns, last = array.shape
    coloured = last in (3, 4) and min(rows, columns) >= LEAST_SIDE_OF_HWC
    hwc = options.channels_last or coloured
    # As many rows as columns, and another number behind them: more often a square map than not.
    doubtful = hwc or (rows == columns > 1 and last not in (1, rows))
    if options.layout is None and doubtful:
        read, other = ("hwc", "chw") if hwc else ("chw", "hwc")
        shown = {name: f"({', '.join(name.upper())})" for name in LAYOUTS}
        notes.append(
            f"{size(array.shape)} is read as {shown[read]}; --layout {other} reads {shown[other]}"
        )
    chosen = options.layout or ("hwc" if hwc else "chw")
    return np.moveaxis(array, -1, 0) if chosen == "hwc" else array
