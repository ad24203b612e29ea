"""Indices of the winning cells, for modes that pick one."""

import numpy as np

from poolviz.engine.gathered import patch_blocks
from poolviz.errors import SpecError
from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.patches import Array, Patches


def winner_indices(values: Array, geometry: Geometry, mode: Mode, seed: int) -> Array:
    """The winners' int64 indices, row-major in the unpadded plane; −1 where no input cell wins.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    if not mode.picks:
        raise SpecError(
            "return_indices",
            f"the value of {mode.name()} is not one of the window's cells",
            "ask for indices of modes such as max",
        )
    indices = np.empty(values.shape[: -len(geometry.axes)] + geometry.output_size, np.int64)
    with np.errstate(all="ignore"):
        for patches, part in patch_blocks((values, indices), geometry, mode, seed):
            part[...] = _won(patches, mode)
    return indices


def _won(patches: Patches, mode: Mode) -> Array:
    weights = mode.weights(patches)
    won = weights.argmax(axis=-1)[..., None]
    places = np.broadcast_to(patches.places, weights.shape)
    indices = np.take_along_axis(places, won, axis=-1)
    return np.asarray(np.where(weights.any(axis=-1), indices[..., 0], -1))
