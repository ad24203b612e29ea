"""How large stills are, and which cells of a huge map they show; without drawing any."""

import math
from math import prod

# Maps smaller than this are enlarged by a whole factor, to about this side.
LEAST_SIDE = 512
# Cells of a map that are all drawn; of a larger one so many along a side.
MOST_DRAWN, REDUCED_SIDE = 120_000_000, 1536


def still_step(shape: tuple[int, ...]) -> int:
    """Of the cells of a map of shape (C, H, W) every so many-th, along each axis, is drawn.

    All are, unless they would be more pixels than one could look at or keep in memory.

    Example:
        >>> still_step((3, 4000, 6000)), still_step((1, 32768, 32768))
        (1, 22)
    """
    return 1 if prod(shape) <= MOST_DRAWN else _reducing_step(shape)


def still_steps(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, int]:
    """The same of input and output: beside a reduced input the output is no larger than that.

    Example:
        >>> still_steps((1, 32768, 32768), (1, 8192, 8192)), still_steps((1, 8, 8), (1, 4, 4))
        ((22, 6), (1, 1))
    """
    every = still_step(before)
    return every, still_step(after) if every == 1 else _reducing_step(after)


def _reducing_step(shape: tuple[int, ...]) -> int:
    return math.ceil(math.sqrt(prod(shape)) / REDUCED_SIDE)


def drawn_words(every: int) -> str:
    """How much of a map its still shows, in words."""
    return "the full size" if every == 1 else f"one of every {every} rows and columns"


def still_pixels(shape: tuple[int, ...], scale: int, *, rgb: bool = False) -> int:
    """How many pixels the still of a map of shape (C, H, W) has."""
    every = still_step(shape)
    channels, height, width = (1 if rgb else shape[0]), *(-(-at // every) for at in shape[1:])
    across = math.ceil(math.sqrt(channels))
    rows, columns = math.ceil(channels / across) * height, across * width
    return rows * columns * (scale * max(1, LEAST_SIDE // max(rows, columns))) ** 2
