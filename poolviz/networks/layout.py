"""Layout: where channels and spatial axes stand in what a network takes."""

from collections.abc import Sequence

# Pictures have so many channels, and maps of them four axes with the batch.
CHANNELS = (1, 3, 4)
AXES = 4
NCHW, NHWC = "NCHW", "NHWC"


def layout_of(shape: Sequence[int | None]) -> str:
    """NCHW, or NHWC where only the last axis can be a picture's channels.

    Args:
        shape: four axes; None where any length goes.

    Example:
        >>> layout_of((None, 224, 224, 3)), layout_of((1, 3, 64, 64)), layout_of((1, 32, 8, 3))
        ('NHWC', 'NCHW', 'NHWC')
    """
    last = shape[-1] in CHANNELS and shape[1] not in CHANNELS
    return NHWC if last else NCHW


def spatial(shape: Sequence[int]) -> tuple[int, ...]:
    """The lengths of the spatial axes of an input; none where it has fewer than three axes."""
    if len(shape) == AXES and layout_of(shape) == NHWC:
        return tuple(shape[1:-1])
    return tuple(shape[2:])
