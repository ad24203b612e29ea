"""pool(): a mode over every window of an array."""

from collections.abc import Callable
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.arrays import as_array, has_masked, is_masked_array, unmasked
from poolviz.checks import check_integer, type_name
from poolviz.engine.fold import Progress, can_fold, fold, plane_groups
from poolviz.engine.gathered import blocks, patch_blocks, reduce_gathered
from poolviz.errors import SourceError, SpecError
from poolviz.geometry import Geometry, SlidingAxis
from poolviz.modes._mode import FoldMode
from poolviz.plan import Plan, make_plan
from poolviz.spec import DEFAULT_LIKE, Lengths, Padding, PoolSpec
from poolviz.windows import Array, Block, cells_at_tap

if TYPE_CHECKING:
    from poolviz.frameworks import Rule

# (cells, values of the windows that read them) -> which of these cells win.
Wins = Callable[[Array, Array], Array]


@overload
def pool(
    values: ArrayLike,
    mode: str = "max",
    kernel_size: Lengths | None = None,
    *,
    stride: Lengths | None = None,
    padding: Padding | None = None,
    dilation: Lengths = 1,
    ceil_mode: bool | None = None,
    count_include_pad: bool | None = None,
    divisor_override: int | None = None,
    output_size: Lengths | None = None,
    like: "str | Rule" = DEFAULT_LIKE,
    return_indices: Literal[False] = False,
    seed: int | None = None,
    threads: int | None = None,
    out: Array | None = None,
    **mode_options: object,
) -> Array: ...


@overload
def pool(
    values: ArrayLike,
    mode: str = "max",
    kernel_size: Lengths | None = None,
    *,
    stride: Lengths | None = None,
    padding: Padding | None = None,
    dilation: Lengths = 1,
    ceil_mode: bool | None = None,
    count_include_pad: bool | None = None,
    divisor_override: int | None = None,
    output_size: Lengths | None = None,
    like: "str | Rule" = DEFAULT_LIKE,
    return_indices: Literal[True],
    seed: int | None = None,
    threads: int | None = None,
    out: Array | None = None,
    **mode_options: object,
) -> tuple[Array, Array]: ...


@overload
def pool(
    values: ArrayLike,
    mode: str = "max",
    kernel_size: Lengths | None = None,
    *,
    stride: Lengths | None = None,
    padding: Padding | None = None,
    dilation: Lengths = 1,
    ceil_mode: bool | None = None,
    count_include_pad: bool | None = None,
    divisor_override: int | None = None,
    output_size: Lengths | None = None,
    like: "str | Rule" = DEFAULT_LIKE,
    return_indices: bool,
    seed: int | None = None,
    threads: int | None = None,
    out: Array | None = None,
    **mode_options: object,
) -> Array | tuple[Array, Array]: ...


def pool(
    values: ArrayLike,
    mode: str = "max",
    kernel_size: Lengths | None = None,
    *,
    stride: Lengths | None = None,
    padding: Padding | None = None,
    dilation: Lengths = 1,
    ceil_mode: bool | None = None,
    count_include_pad: bool | None = None,
    divisor_override: int | None = None,
    output_size: Lengths | None = None,
    like: "str | Rule" = DEFAULT_LIKE,
    return_indices: bool = False,
    seed: int | None = None,
    threads: int | None = None,
    out: Array | None = None,
    **mode_options: object,
) -> Array | tuple[Array, Array]:
    """Pool ``values``: reduce each window of them to one value.

    Integers keep their type if the mode picks a cell (max, min). They are summed as int64 and
    averaged as float64: the average of 2 and 3 is 2.5, where PyTorch truncates to 2. float16 is
    summed in float32. bfloat16 and 8-bit floats, of PyTorch, JAX or ml_dtypes, are converted to
    float32, which holds each of them exactly, and the result is float32 too.

    Masked cells of a masked array are ignored, like overhang: they never win, and an average
    divides by the number of the other cells. The result is then a masked array, and an output
    is masked if every cell of its window is.

    An empty batch (a leading axis of length 0) gives an empty result. A spatial axis of
    length 0 is refused.

    Args:
        values: an array with any leading axes; the last ``len(kernel_size)`` axes are
            spatial (an int means two).
        mode: a mode's name or alias; see :func:`poolviz.available_modes`.
        kernel_size: as for :class:`poolviz.PoolSpec`.
        stride: as for :class:`poolviz.PoolSpec`.
        padding: as for :class:`poolviz.PoolSpec`. PyTorch's own functions accept neither words
            nor unequal pairs; under its rules poolviz emulates them by padding first, as with
            ``torch.nn.functional.pad``.
        dilation: as for :class:`poolviz.PoolSpec`.
        ceil_mode: as for :class:`poolviz.PoolSpec`.
        count_include_pad: as for :class:`poolviz.PoolSpec`.
        divisor_override: as for :class:`poolviz.PoolSpec`.
        output_size: as for :class:`poolviz.PoolSpec`.
        like: as for :class:`poolviz.PoolSpec`.
        return_indices: also return the winners' indices, in modes that pick one cell.
        seed: for random modes; None means 0.
        threads: the maximum number of threads; None means one for each core, for large
            inputs.
        out: an array of the output's shape and type to write into. It may be ``values``,
            or overlap them.
        **mode_options: the mode's own parameters.

    Returns:
        The pooled values with all leading axes; ``out`` itself if it is given. For a masked
        array they are a masked array, around ``out`` if it is given. With
        ``return_indices``, a pair of the pooled values and int64 indices. Indices are
        row-major within the unpadded plane, and −1 for a window without any input cell,
        whatever ``like`` is. (ONNX continues counting from plane to plane, and TensorFlow
        counts over rows, columns and channels.)

    Raises:
        SpecError: the request is invalid or does not fit ``values``.
        SourceError: ``values`` are not numbers that can be pooled.

    Example:
        >>> pool([[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]], "max", 2)
        array([[6, 4],
               [4, 5]])
    """
    spec = PoolSpec(
        mode=mode,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
        output_size=output_size,
        like=like,
        mode_options=mode_options,
    )
    if not isinstance(return_indices, (bool, np.bool_)):
        cause = f"must be a bool, not {type_name(return_indices)}"
        raise SpecError("return_indices", cause, "give True or False")
    array = as_values(values, spec.rank)
    if isinstance(out, np.ndarray) and np.may_share_memory(array, out):
        # Cells would be read again after they have been overwritten.
        array = array.copy()
    plan = make_plan(spec, array.shape[-spec.rank :], seed)
    pooled = compute(array, plan, threads=threads, out=out)
    return (pooled, winner_indices(array, pooled, plan)) if return_indices else pooled


def compute(
    values: Array,
    plan: Plan,
    *,
    threads: int | None = None,
    out: Array | None = None,
    progress: Progress | None = None,
) -> Array:
    """Pool ``values`` (..., spatial axes) as planned.

    The result for a masked array is one too, masked where all cells of a window are.

    Raises:
        SpecError: ``threads`` is not a positive number, or ``out`` does not fit.
    """
    if threads is not None:
        threads = check_integer("threads", threads, 1)
    geometry, mode = plan.geometry, plan.mode
    shape = values.shape[: -len(geometry.axes)] + geometry.output_size
    out = _check_out(out, shape, mode.result_type(values.dtype))
    # Subclasses of arrays, such as matrices, index differently.
    pooled, cells = np.asarray(out), unmasked(values)
    mode.check_values(cells, geometry)
    if has_masked(values):
        emptied = np.empty(shape, bool)
        reduce_gathered(values, plan, pooled, progress, emptied)
        return np.ma.MaskedArray(out, emptied)
    if not (isinstance(mode, FoldMode) and can_fold(geometry, values)):
        reduce_gathered(cells, plan, pooled, progress)
    elif not fold(cells, plan, pooled, threads, progress):
        # Powers of some cells overflowed or vanished; the definition scales each window.
        reduce_gathered(cells, plan, pooled)
    return np.ma.MaskedArray(out) if is_masked_array(values) else out


def _check_out(out: object, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> Array:
    """``out`` if the output fits into it; a new array if it is None."""
    if out is None:
        return np.empty(shape, dtype)
    remedy = f"give an array of shape {text.size(shape)} and type {dtype}"
    if not isinstance(out, np.ndarray) or is_masked_array(out):
        raise SpecError("out", f"must be an ndarray, not {type_name(out)}", remedy)
    if out.shape != shape or out.dtype != dtype:
        given = text.size(out.shape) or "()"
        raise SpecError("out", f"has shape {given} and type {out.dtype}", remedy)
    if not out.flags.writeable:
        raise SpecError("out", "is read-only", "give a writable array")
    if out.size and _overlaps_itself(out):
        raise SpecError("out", "some of its cells share memory", "give an ordinary array")
    return out


def _overlaps_itself(array: Array) -> bool:
    """Whether two cells may be the same memory, like those of a broadcast array."""
    end = array.itemsize
    along = zip(map(abs, array.strides), array.shape, strict=True)
    for stride, length in sorted(pair for pair in along if pair[1] > 1):
        if stride < end:
            return True
        end += stride * (length - 1)
    return False


def as_values(values: ArrayLike, rank: int) -> Array:
    """``values`` as an array in native byte order, with ``rank`` spatial axes that are not empty.

    Raises:
        SourceError: they are not numbers, or have too few axes or an empty spatial one.
    """
    array = as_array(values)
    if array.ndim < rank or 0 in array.shape[-rank:]:
        raise SourceError(
            "values",
            f"their shape is {array.shape}",
            f"give at least {text.counted(rank, 'axis', 'axes')}, and no empty spatial axis",
        )
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def winner_indices(values: Array, pooled: Array, plan: Plan) -> Array:
    """The winners' int64 indices, row-major in the unpadded plane; −1 where no input cell wins.

    Args:
        values: (..., spatial axes).
        pooled: the result of pooling them.
        plan: the plan that they were pooled by.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    geometry, mode = plan.geometry, plan.mode
    if not mode.picks:
        raise SpecError(
            "return_indices",
            f"{mode.name()} does not pick one cell of the window, so there are no indices",
            "omit return_indices, or use a mode such as max",
        )
    indices = np.full(pooled.shape, -1, np.int64)
    with np.errstate(all="ignore"):
        if isinstance(mode, FoldMode) and can_fold(geometry, values):
            _find_equals(values, pooled, geometry, indices)
            return indices
        for patches, (part,) in patch_blocks((values, indices), plan):
            weights = mode.weights(patches)
            places = np.broadcast_to(patches.places, weights.shape)
            winners = weights.argmax(axis=-1)[..., None]
            won = np.take_along_axis(places, winners, axis=-1)[..., 0]
            part[...] = np.where(weights.any(axis=-1), won, -1)
    return indices


def kept_values(values: Array, pooled: Array, plan: Plan) -> Array:
    """Which pooled values equal a cell of their window: bool, of the shape of ``pooled``."""
    if can_fold(plan.geometry, values):
        indices = np.full(pooled.shape, -1, np.int64)
        _find_equals(values, pooled, plan.geometry, indices)
        return indices >= 0
    kept = unmasked(pooled).copy()
    for patches, (part,) in patch_blocks((values, kept), plan):
        value = part[..., None]
        same = (patches.cells == value) | _both_nan(patches.cells, value)
        part[...] = (patches.inside & same).any(axis=-1)
    return kept.astype(bool)


def _both_nan(cells: Array, values: Array) -> Array:
    return np.not_equal(cells, cells) & np.not_equal(values, values)


def _find_equals(values: Array, pooled: Array, geometry: Geometry, indices: Array) -> None:
    """Write the index of the first cell that equals a window's value, of the last for NaN.

    The loop goes over the kernel's taps or over a block's windows, whichever are fewer.
    """
    kernel_size = [len(axis.window(0)) for axis in geometry.axes]
    arrays = unmasked(values), unmasked(pooled), indices
    for planes, plane_values, plane_indices in plane_groups(arrays, len(geometry.axes)):
        for group, block in blocks(len(planes), geometry):
            part = (group, *block)
            windows = planes[group], plane_values[part], plane_indices[part]
            if prod(axis.stop - axis.start for axis in block) < prod(kernel_size):
                _mark_windows(windows, geometry, block)
                continue
            taps = list(product(*map(range, kernel_size)))
            # The first tap is written last, and so wins.
            for tap in reversed(taps):
                _mark_tap(windows, geometry, block, tap, np.equal)
            if np.isnan(plane_values[part]).any():
                for tap in taps:
                    _mark_tap(windows, geometry, block, tap, _both_nan)


def _mark_windows(windows: tuple[Array, Array, Array], geometry: Geometry, block: Block) -> None:
    """Write the indices of the cells that win, window by window.

    Args:
        windows: planes of cells, and the values and indices of the block's windows.
        geometry: all windows.
        block: those of ``windows``.
    """
    planes, values, indices = windows
    for position in np.ndindex(values.shape[1:]):
        along = [
            _cells_inside(axis, part.start + offset)
            for axis, part, offset in zip(geometry.axes, block, position, strict=True)
            if isinstance(axis, SlidingAxis)
        ]
        cells = planes[(slice(None), *along)]
        value = values[(slice(None), *position)].reshape(-1, *[1] * len(along))
        count = prod(cells.shape[1:])
        if not count:
            continue
        equals = (cells == value).reshape(-1, count)
        # From the end: the last NaN wins.
        nans = _both_nan(cells, value).reshape(-1, count)[:, ::-1]
        won = np.where(nans.any(axis=1), count - 1 - nans.argmax(axis=1), equals.argmax(axis=1))
        places = np.zeros(len(won), np.int64)
        offsets = np.unravel_index(won, cells.shape[1:])
        for axis, part, offset in zip(geometry.axes, along, offsets, strict=True):
            places = places * axis.size + part.start + offset * part.step
        wins = equals.any(axis=1) | nans.any(axis=1)
        np.copyto(indices[(slice(None), *position)], places, where=wins)


def _cells_inside(axis: SlidingAxis, window: int) -> slice:
    """The cells of one window along one axis that lie in the input."""
    start = window * axis.stride - axis.before
    first = start if start >= 0 else start + -(start // axis.dilation) * axis.dilation
    stop = start + (len(axis.window(0)) - 1) * axis.dilation + 1
    return slice(min(first, axis.size), max(0, min(stop, axis.size)), axis.dilation)


def _mark_tap(
    windows: tuple[Array, Array, Array],
    geometry: Geometry,
    block: Block,
    tap: tuple[int, ...],
    wins: Wins,
) -> None:
    """Write the indices of the cells under one tap that win.

    Args:
        windows: planes of the input, pooled values, and the indices that are written.
        geometry: all windows.
        block: the windows to look at.
        tap: the tap, along each axis.
        wins: which cells win.
    """
    along = [
        cells_at_tap(axis, part, offset)
        for axis, part, offset in zip(geometry.axes, block, tap, strict=True)
        if isinstance(axis, SlidingAxis)
    ]
    places = np.zeros((), np.int64)
    for axis, (_, part) in zip(geometry.axes, along, strict=True):
        places = np.add.outer(places * axis.size, np.arange(axis.size)[part])
    planes, values, indices = windows
    readers = (slice(None), *(reading for reading, _ in along))
    cells = planes[(slice(None), *(part for _, part in along))]
    np.copyto(indices[readers], places, where=wins(cells, values[readers]))
