"""Indices of the winning cells, for modes that pick one."""

import numpy as np

from poolviz.engine.gathered import blocks
from poolviz.errors import SpecError
from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.patches import Array, Block, gather


def winner_indices(values: Array, geometry: Geometry, mode: Mode) -> Array:
    """The winners' int64 indices, row-major in the unpadded plane; −1 for a window without input.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    if not mode.picks:
        raise SpecError(
            "return_indices",
            f"the value of {mode.name()} is not one of the window's cells",
            "ask for indices of modes such as max",
        )
    parts = [_indices(values, geometry, mode, block) for block in blocks(values, geometry)]
    return np.concatenate(parts, axis=-len(geometry.axes))


def _indices(values: Array, geometry: Geometry, mode: Mode, block: Block) -> Array:
    weights = mode.weights(gather(values, geometry, block, mode.identity(values.dtype)))
    positions = np.arange(np.prod(geometry.input_size)).reshape(geometry.input_size)
    places = gather(positions, geometry, block, -1).cells
    won = weights.argmax(axis=-1)[..., None]
    places = np.broadcast_to(places, weights.shape)
    return np.asarray(np.take_along_axis(places, won, axis=-1)[..., 0])
