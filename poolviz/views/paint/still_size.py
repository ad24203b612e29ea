"""The size of stills, and which cells of a huge map they show; nothing is drawn here."""

import math
from math import prod

# Smaller maps are enlarged by a whole factor, to about this side.
LEAST_SIDE = 512
# A map of up to MOST_DRAWN cells is drawn in full; a larger one is sampled to this side.
MOST_DRAWN, REDUCED_SIDE = 120_000_000, 1536


def still_step(shape: tuple[int, ...]) -> int:
    """The sampling step of a map of shape (C, H, W): 3 draws every third row and column.

    It is 1 unless the map has more cells than anyone could look at or keep in memory.

    Example:
        >>> still_step((3, 4000, 6000)), still_step((1, 32768, 32768))
        (1, 22)
    """
    return 1 if prod(shape) <= MOST_DRAWN else _reducing_step(shape)


def still_steps(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, int]:
    """The sampling steps of input and output; the output of a sampled input is sampled too.

    Example:
        >>> still_steps((1, 32768, 32768), (1, 8192, 8192)), still_steps((1, 8, 8), (1, 4, 4))
        ((22, 6), (1, 1))
    """
    step = still_step(before)
    return step, still_step(after) if step == 1 else _reducing_step(after)


def _reducing_step(shape: tuple[int, ...]) -> int:
    return math.ceil(math.sqrt(prod(shape)) / REDUCED_SIDE)


def describe_step(step: int) -> str:
    """How much of a map its still shows."""
    return "full size" if step == 1 else f"one of every {step} rows and columns"


def still_pixels(shape: tuple[int, ...], scale: int, *, rgb: bool = False) -> int:
    """The number of pixels in the still of a map of shape (C, H, W)."""
    step = still_step(shape)
    channels, height, width = (1 if rgb else shape[0]), *(-(-cells // step) for cells in shape[1:])
    across = math.ceil(math.sqrt(channels))
    rows, columns = math.ceil(channels / across) * height, across * width
    return rows * columns * (scale * max(1, LEAST_SIDE // max(rows, columns))) ** 2
