"""gradient(): what flows back through the windows to every cell."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poolviz import text
from poolviz.arrays import as_array
from poolviz.engine.gathered import patch_blocks
from poolviz.engine.pooling import as_values
from poolviz.errors import SourceError
from poolviz.modes._mode import floating
from poolviz.plan import Plan, make_plan
from poolviz.spec import PoolSpec
from poolviz.windows import Array


def gradient(
    values: ArrayLike,
    upstream: ArrayLike,
    mode: str = "max",
    kernel_size: Any = None,
    *,
    seed: int | None = None,
    **options: Any,
) -> Array:
    """The gradient of Σ upstream·pool(values) with respect to ``values``.

    Args:
        values: as for :func:`poolviz.pool`.
        upstream: the gradient with respect to each pooled value, of the output's shape; a
            masked one is 0.
        mode: as for :func:`poolviz.pool`.
        kernel_size: see there.
        seed: see there; the same seed draws the same cells.
        **options: the other options of :class:`poolviz.PoolSpec`, and the mode's own parameters.

    Returns:
        The shape of ``values``, summed over overlapping windows; float64 for integers,
        float32 for bfloat16. Masked cells have 0.

    Raises:
        SpecError: the request has no meaning or does not fit ``values``.
        SourceError: ``values`` or ``upstream`` cannot be used.

    Example:
        >>> gradient([[1.0, 3.0], [2.0, 4.0]], [[1.0]], "average", 2)
        array([[0.25, 0.25],
               [0.25, 0.25]])
    """
    fields = {name: options.pop(name) for name in list(options) if name in _SPEC_FIELDS}
    spec = PoolSpec(mode, kernel_size, mode_options=options, **fields)
    array = as_values(values, spec.rank)
    plan = make_plan(spec, array.shape[-spec.rank :], seed)
    sent = as_array(upstream, "upstream")
    if isinstance(sent, np.ma.MaskedArray):
        sent = sent.filled(0)
    return backward(array, sent, plan)


_SPEC_FIELDS = set(PoolSpec.__dataclass_fields__) - {"mode", "kernel_size", "mode_options"}


def backward(values: Array, upstream: Array, plan: Plan) -> Array:
    """``upstream`` (..., output) taken back to the input's cells.

    Raises:
        SourceError: ``upstream`` is not of the output's shape.
    """
    rank = len(plan.output_size)
    shape = values.shape[:-rank] + plan.output_size
    if upstream.shape != shape:
        raise SourceError(
            "upstream", f"its shape is {upstream.shape}", f"give the output's, {text.size(shape)}"
        )
    plane = values.shape[-rank:]
    planes = values.reshape(prod(shape[: -len(plane)]), *plane)
    flowing = np.zeros((len(planes), prod(plane)))
    with np.errstate(all="ignore"):
        for at, one in enumerate(upstream.reshape(len(planes), 1, *plan.output_size)):
            _flow(planes[at : at + 1], one, plan, at, flowing[at])
    return flowing.reshape(values.shape).astype(floating(values.dtype), copy=False)


def _flow(plane: Array, upstream: Array, plan: Plan, number: int, into: Array) -> None:
    """Add to ``into`` what the windows of the plane of a number send back to its cells."""
    for patches, part in patch_blocks((plane, upstream), plan, first=number):
        sent = part[..., None] * plan.mode.slopes(patches)
        there = np.broadcast_to(patches.places >= 0, sent.shape)
        places = np.broadcast_to(patches.places, sent.shape)
        into += np.bincount(places[there], weights=sent[there], minlength=len(into))
