"""pool(): a mode over every window of an array."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.engine.fold import Told, can_fold, fold
from poolviz.engine.gathered import reduce_gathered
from poolviz.engine.winners import winner_indices
from poolviz.errors import SourceError, SpecError
from poolviz.geometry import Geometry, resolve
from poolviz.modes import FoldMode, Mode, build_mode
from poolviz.patches import Array
from poolviz.spec import DEFAULT_LIKE, PoolSpec, whole

NUMERIC = "buif"


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
        out: where to write the pooled values; of their shape and type.
        **mode_options: the mode's own parameters.

    Returns:
        Pooled values, leading axes kept; with ``return_indices`` a pair of them
        and int64 indices, row-major within the unpadded plane (−1 for a window
        without any input cell), whatever ``like`` says: ONNX's count on over the planes
        before, and TensorFlow's over rows, columns and channels.

    Raises:
        SpecError: the request has no meaning or does not fit ``values``.
        SourceError: ``values`` are no numbers that can be pooled.

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
    array = as_values(values, spec.rank)
    kind = build_mode(spec)
    refuse_seed(kind, seed)
    if out is not None and np.may_share_memory(array, out):
        # Values that have been written over would be read again.
        array = array.copy()
    geometry = resolve(spec, array.shape[-spec.rank :], kind, seed or 0)
    pooled = compute(array, geometry, kind, seed=seed or 0, threads=threads, out=out)
    if not return_indices:
        return pooled
    return pooled, winner_indices(array, pooled, geometry, kind, seed or 0)


def compute(
    values: Array,
    geometry: Geometry,
    mode: Mode,
    *,
    seed: int = 0,
    threads: int | None = None,
    out: Array | None = None,
    told: Told | None = None,
) -> Array:
    """``values`` (..., spatial) pooled by ``mode`` over the windows of ``geometry``.

    Raises:
        SpecError: ``threads`` is no positive number, or ``out`` does not fit.
    """
    if threads is not None:
        threads = whole("threads", threads, 1)
    shape = values.shape[: -len(geometry.axes)] + geometry.output_size
    out = _checked(out, shape, mode.result_type(values.dtype))
    if isinstance(mode, FoldMode) and can_fold(geometry):
        fold(values, geometry, mode, out, threads, told)
    else:
        reduce_gathered(values, geometry, mode, seed, out, told)
    return out


def _checked(out: Array | None, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray) or out.shape != shape or out.dtype != dtype:
        has = f"{text.size(np.shape(out))} of {getattr(out, 'dtype', type(out).__name__)}"
        raise SpecError(
            "out", f"it is {has}", f"give an array of shape {text.size(shape)} and type {dtype}"
        )
    if not out.flags.writeable:
        raise SpecError("out", "it is read-only", "give an array that may be written")
    return out


def as_values(values: ArrayLike, rank: int) -> Array:
    """``values`` as an array of native numbers with at least ``rank`` axes, none empty.

    Raises:
        SourceError: they are not numbers, or have too few axes or an empty one.
    """
    try:
        array = np.asanyarray(values)
    except ValueError as error:
        raise SourceError("values", "they form no array", "give rows of equal length") from error
    if array.dtype.kind not in NUMERIC:
        raise SourceError(
            "values",
            f"the type {array.dtype} cannot be pooled",
            "give integers, floats or booleans",
        )
    if array.ndim < rank or array.size == 0:
        raise SourceError(
            "values",
            f"their shape is {array.shape}",
            f"give at least {rank} axes, none empty",
        )
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


# Seeds are numbers of 64 bits.
MOST_SEEDS = 1 << 64


def refuse_seed(mode: Mode, seed: int | None) -> None:
    """Raise SpecError for a seed that nothing would use."""
    if seed is not None and not mode.draws:
        raise SpecError("seed", f"{mode.name()} draws nothing at random", "leave out the seed")
    if seed is not None and not 0 <= seed < MOST_SEEDS:
        raise SpecError("seed", f"{seed} is out of range", f"give one from 0 to {MOST_SEEDS - 1}")
