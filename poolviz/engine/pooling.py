"""pool(): a mode over every window of an array."""

from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.arrays import as_array
from poolviz.engine.fold import Progress, can_fold, fold, plane_groups
from poolviz.engine.gathered import blocks, patch_blocks, reduce_gathered
from poolviz.errors import SourceError, SpecError
from poolviz.geometry import Geometry, SlidingAxis
from poolviz.modes import FoldMode, Mode
from poolviz.plan import Plan, make_plan
from poolviz.spec import DEFAULT_LIKE, PoolSpec, whole
from poolviz.windows import Array, Block, Patches


def pool(
    values: ArrayLike,
    mode: str = "max",
    kernel_size: Any = None,
    *,
    stride: Any = None,
    padding: Any = None,
    dilation: Any = 1,
    ceil_mode: bool | None = None,
    count_include_pad: bool | None = None,
    divisor_override: int | None = None,
    output_size: Any = None,
    like: Any = DEFAULT_LIKE,
    return_indices: bool = False,
    seed: int | None = None,
    threads: int | None = None,
    out: Array | None = None,
    **mode_options: Any,
) -> Any:
    """Pool ``values``.

    Integers keep their type where a cell is picked (max, min), sum as int64, and average
    as float64: 2.5, where PyTorch truncates to 2. float16 is summed in float32. bfloat16
    and floats of 8 bits, of PyTorch, JAX or ml_dtypes, are pooled as float32, which holds
    each of them exactly, and so is the result.

    Masked cells of a masked array are left out, as overhang is: they never win, and an
    average divides by the cells that are left. The result is a masked array then, masked
    where every cell of a window is.

    An empty batch, that is a leading axis of length 0, gives an empty result. A spatial
    axis of length 0 is refused.

    Args:
        values: any leading axes; the last ``len(kernel_size)`` are spatial (an int
            means two).
        mode: a mode's name or alias; see :func:`poolviz.available_modes`.
        kernel_size: as all up to ``like`` in :class:`poolviz.PoolSpec`.
        stride: see there.
        padding: see there. PyTorch's own calls take no word, and no pair of unlike numbers;
            under its rules these are emulated, as by ``torch.nn.functional.pad`` beforehand.
        dilation: see there.
        ceil_mode: see there.
        count_include_pad: see there.
        divisor_override: see there.
        output_size: see there.
        like: see there.
        return_indices: give the winners' indices too (modes that pick one cell).
        seed: for modes that draw at random; None means 0.
        threads: at most so many; None means one for each core, for large inputs.
        out: where to write the pooled values; of their shape and type. It may be, or
            overlap, ``values``.
        **mode_options: the mode's own parameters.

    Returns:
        Pooled values, leading axes kept; with ``return_indices`` a pair of them
        and int64 indices, row-major within the unpadded plane (−1 for a window
        without any input cell), whatever ``like`` says: ONNX's count on over the planes
            before, and TensorFlow's over rows, columns and channels. With ``out`` the values
        are ``out`` itself; of a masked array they are a masked array around it.

    Raises:
        SpecError: the request has no meaning or does not fit ``values``.
        SourceError: ``values`` are not numbers that can be pooled.

    Example:
        >>> pool([[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]], "max", 2)
        array([[6, 4],
               [4, 5]])
    """
    spec = PoolSpec(
        mode,
        kernel_size,
        stride,
        padding,
        dilation,
        ceil_mode,
        count_include_pad,
        divisor_override,
        output_size,
        like,
        mode_options,
    )
    if not isinstance(return_indices, (bool, np.bool_)):
        cause = f"a {type(return_indices).__name__} is not true or false"
        raise SpecError("return_indices", cause, "give a bool")
    array = as_values(values, spec.rank)
    if isinstance(out, np.ndarray) and np.may_share_memory(array, out):
        # Values that have been written over would be read again.
        array = array.copy()
    plan = make_plan(spec, array.shape[-spec.rank :], seed)
    pooled = compute(array, plan, threads=threads, out=out)
    if not return_indices:
        return pooled
    return pooled, winner_indices(array, pooled, plan)


def compute(
    values: Array,
    plan: Plan,
    *,
    threads: int | None = None,
    out: Array | None = None,
    progress: Progress | None = None,
) -> Array:
    """``values`` (..., spatial) pooled as planned.

    Of a masked array the result is one too, masked where all cells of a window are.

    Raises:
        SpecError: ``threads`` is not a positive number, or ``out`` does not fit.
    """
    if threads is not None:
        threads = whole("threads", threads, 1)
    geometry, mode = plan.geometry, plan.mode
    shape = values.shape[: -len(geometry.axes)] + geometry.output_size
    out = _checked(out, shape, mode.result_type(values.dtype))
    # An out of a subclass, such as a matrix, has its own idea of indexing.
    pooled, cells = np.asarray(out), np.ma.getdata(values)
    mode.check_values(cells, geometry)
    if np.ma.is_masked(values):
        emptied = np.empty(shape, bool)
        reduce_gathered(values, plan, pooled, progress, emptied)
        return np.ma.MaskedArray(out, emptied)
    if not (isinstance(mode, FoldMode) and can_fold(geometry, values)):
        reduce_gathered(cells, plan, pooled, progress)
    elif not fold(cells, geometry, mode, pooled, threads, progress):
        # Powers of some cells have overflowed, or vanished: the definition scales each window.
        reduce_gathered(cells, plan, pooled)
    return np.ma.MaskedArray(out) if isinstance(values, np.ma.MaskedArray) else out


def _checked(out: Array | None, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    if out is None:
        return np.empty(shape, dtype)
    wanted = f"give an array of shape {text.size(shape)} and type {dtype}"
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise SpecError("out", f"it is a {type(out).__name__}", wanted)
    if out.shape != shape or out.dtype != dtype:
        raise SpecError("out", f"it is {text.size(out.shape)} of {out.dtype}", wanted)
    if not out.flags.writeable:
        raise SpecError("out", "it is read-only", "give an array that may be written")
    if out.size and _overlaps_itself(out):
        raise SpecError("out", "some of its cells share memory", "give an array of its own")
    return out


def _overlaps_itself(array: Array) -> bool:
    """Whether two cells may be the same memory, as those of a broadcast array are."""
    end = array.itemsize
    along = zip(map(abs, array.strides), array.shape, strict=True)
    for stride, length in sorted(pair for pair in along if pair[1] > 1):
        if stride < end:
            return True
        end += stride * (length - 1)
    return False


def as_values(values: Any, rank: int) -> Array:
    """``values`` as an array of native numbers with at least ``rank`` axes, the last not empty.

    Raises:
        SourceError: they are not numbers, or have too few axes or an empty spatial one.
    """
    array = as_array(values)
    if array.ndim < rank or 0 in array.shape[-rank:]:
        axes = "axis" if rank == 1 else "axes"
        raise SourceError(
            "values",
            f"their shape is {array.shape}",
            f"give at least {rank} {axes}, and no spatial axis empty",
        )
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


# (cells, values of the windows that read them) -> which of them win.
Wins = Callable[[Array, Array], Array]


def winner_indices(values: Array, pooled: Array, plan: Plan) -> Array:
    """The winners' int64 indices, row-major in the unpadded plane; −1 where no input cell wins.

    Args:
        values: (..., spatial).
        pooled: what pooling them gave.
        plan: how.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    geometry, mode = plan.geometry, plan.mode
    if not mode.picks:
        raise SpecError(
            "return_indices",
            f"the value of {mode.name()} is not one of the window's cells",
            "ask for indices of modes such as max",
        )
    indices = np.full(pooled.shape, -1, np.int64)
    with np.errstate(all="ignore"):
        if isinstance(mode, FoldMode) and can_fold(geometry, values):
            _find_equals(values, pooled, geometry, indices)
        else:
            for patches, part in patch_blocks((values, indices), plan):
                part[...] = _won(patches, mode)
    return indices


def kept_values(values: Array, pooled: Array, plan: Plan) -> Array:
    """Which pooled values equal a cell of their window: the shape of ``pooled``, bool."""
    if can_fold(plan.geometry, values):
        indices = np.full(pooled.shape, -1, np.int64)
        _find_equals(values, pooled, plan.geometry, indices)
        return indices >= 0
    kept = np.ma.getdata(pooled).copy()
    for patches, part in patch_blocks((values, kept), plan):
        best = part[..., None]
        same = (patches.cells == best) | _both_nan(patches.cells, best)
        part[...] = (patches.inside & same).any(axis=-1)
    return kept.astype(bool)


def _won(patches: Patches, mode: Mode) -> Array:
    weights = mode.weights(patches)
    won = weights.argmax(axis=-1)[..., None]
    places = np.broadcast_to(patches.places, weights.shape)
    indices = np.take_along_axis(places, won, axis=-1)
    return np.asarray(np.where(weights.any(axis=-1), indices[..., 0], -1))


def _find_equals(values: Array, pooled: Array, geometry: Geometry, indices: Array) -> None:
    """The first cell that equals a window's value wins, but the last NaN.

    Tap by tap, or window by window, of whichever there are fewer.
    """
    kernel_size = [len(axis.window(0)) for axis in geometry.axes]
    arrays = np.ma.getdata(values), np.ma.getdata(pooled), indices
    for planes, best, found in plane_groups(arrays, len(geometry.axes)):
        for group, block in blocks(len(planes), geometry):
            part = (group, *block)
            windows = planes[group], best[part], found[part]
            if prod(each.stop - each.start for each in block) < prod(kernel_size):
                _mark_windows(windows, geometry, block)
                continue
            taps = list(product(*map(range, kernel_size)))
            for tap in reversed(taps):
                _mark(windows, _reads(geometry, block, tap), np.equal)
            if np.isnan(best[part]).any():
                for tap in taps:
                    _mark(windows, _reads(geometry, block, tap), _both_nan)


def _both_nan(cells: Array, best: Array) -> Array:
    return np.not_equal(cells, cells) & np.not_equal(best, best)


def _mark_windows(windows: tuple[Array, Array, Array], geometry: Geometry, block: Block) -> None:
    """Write the places of the cells that win, window by window."""
    planes, best, found = windows
    for number in np.ndindex(best.shape[1:]):
        along = [
            _inside(axis, part.start + at)
            for axis, part, at in zip(geometry.axes, block, number, strict=True)
            if isinstance(axis, SlidingAxis)
        ]
        cells = planes[(slice(None), *along)]
        value = best[(slice(None), *number)].reshape(-1, *[1] * len(along))
        flat = (-1, prod(cells.shape[1:]))
        if not flat[1]:
            continue
        equals = (cells == value).reshape(flat)
        nans = _both_nan(cells, value).reshape(flat)[:, ::-1]
        won = np.where(nans.any(axis=1), flat[1] - 1 - nans.argmax(axis=1), equals.argmax(axis=1))
        places = np.zeros(len(won), np.int64)
        at = np.unravel_index(won, cells.shape[1:])
        for axis, part, index in zip(geometry.axes, along, at, strict=True):
            places = places * axis.size + part.start + index * part.step
        wins = equals.any(axis=1) | nans.any(axis=1)
        np.copyto(found[(slice(None), *number)], places, where=wins)


def _inside(axis: SlidingAxis, window: int) -> slice:
    """The cells of a window along one axis, as far as they are there."""
    start = window * axis.stride - axis.before
    first = start if start >= 0 else start + -(start // axis.dilation) * axis.dilation
    stop = start + (len(axis.window(0)) - 1) * axis.dilation + 1
    return slice(min(first, axis.size), max(0, min(stop, axis.size)), axis.dilation)


Reads = tuple[Block, Block, Array]


def _mark(windows: tuple[Array, Array, Array], reads: Reads, wins: Wins) -> None:
    """Write the places of one tap's cells where they win."""
    planes, best, found = windows
    read, cells, places = reads
    won = wins(planes[(slice(None), *cells)], best[(slice(None), *read)])
    np.copyto(found[(slice(None), *read)], places, where=won)


def _reads(geometry: Geometry, block: Block, tap: tuple[int, ...]) -> Reads:
    """Which of a block's windows have an input cell at ``tap``, these cells, and their places."""
    along = [
        _along(axis, part, at)
        for axis, part, at in zip(geometry.axes, block, tap, strict=True)
        if isinstance(axis, SlidingAxis)
    ]
    places = np.zeros((), np.int64)
    for axis, (_, cells) in zip(geometry.axes, along, strict=True):
        places = np.add.outer(places * axis.size, np.arange(axis.size)[cells])
    return tuple(read for read, _ in along), tuple(cells for _, cells in along), places


def _along(axis: SlidingAxis, part: slice, tap: int) -> tuple[slice, slice]:
    """Along one axis: the windows of ``part`` whose cell at ``tap`` exists, and these cells."""
    offset = tap * axis.dilation - axis.before
    first = max(part.start, -(offset // axis.stride))
    stop = max(first, min(part.stop, (axis.size - 1 - offset) // axis.stride + 1))
    start = first * axis.stride + offset
    cells = slice(start, start + (stop - first) * axis.stride, axis.stride)
    return slice(first - part.start, stop - part.start), cells
