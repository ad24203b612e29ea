"""FeatureMap: values of shape (C, H, W) and their source."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from poolviz.arrays import as_array, is_masked_array
from poolviz.checks import shown
from poolviz.errors import SourceError
from poolviz.text import number

RGB = ("R", "G", "B")
# What a map is called that has no other source.
UNNAMED = "array"
# Cells of a plane that are averaged at a time, to bound the memory.
CELLS_AT_ONCE = 1 << 18


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """Values of shape (channels, height, width), not scaled.

    Args:
        values: (C, H, W), or anything else that :func:`poolviz.pool` accepts; a 2-D array is
            one channel. Masked cells are ignored in every window.
        name: a short name, used for file names.
        source: what the values were read from, as the user would name it.
        channel_names: one for each channel; by default numbers from 0.
        value_range: the (lowest, highest) value that the format can hold, for
            pictures; None where the values have no such range.
        planar: whether the source was two-dimensional, so that shapes are shown without C.
        notes: sentences that tell the reader how the source was converted.
        configuration: which part of the source was read ("frame-2", "key-x"), for the names
            of outputs.
        path: the file that the values were read from, if any.
        stamp: size and time of that file when it was read.

    Raises:
        SourceError: the values are not numbers, or have more or fewer axes.

    Example:
        >>> FeatureMap(np.eye(2)).values.shape
        (1, 2, 2)
    """

    values: NDArray[np.generic]
    name: str = "array"
    source: str = UNNAMED
    channel_names: tuple[str, ...] = ()
    value_range: tuple[float, float] | None = None
    planar: bool = False
    notes: tuple[str, ...] = ()
    configuration: tuple[str, ...] = field(default=())
    path: Path | None = None
    stamp: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        values = as_array(self.values, self.source)
        shape = values.shape
        if values.ndim == 2:  # noqa: PLR2004 - a plane has two axes
            values = values[None]
            object.__setattr__(self, "planar", True)
        if values.ndim != 3 or values.size == 0:  # noqa: PLR2004 - (C, H, W)
            given = f"has shape {shape}" if shape else "is a scalar"
            raise SourceError(
                self.source,
                f"{given}, so it is not a feature map",
                "give an array of shape (H, W) or (C, H, W), with no empty axis",
            )
        object.__setattr__(self, "values", values)
        names = self.channel_names or tuple(map(str, range(len(values))))
        object.__setattr__(self, "channel_names", names)

    @property
    def input_size(self) -> tuple[int, int]:
        """(height, width)."""
        _, height, width = self.values.shape
        return height, width

    @property
    def shape(self) -> tuple[int, ...]:
        """(H, W) of a 2-D source, else (C, H, W)."""
        return self.input_size if self.planar else self.values.shape

    @cached_property
    def activity(self) -> NDArray[np.float64]:
        """(C,) the activity of each channel: the mean of |x| over its finite values.

        Example:
            >>> FeatureMap(np.array([[[1, -3]], [[0, 1]]])).activity
            array([2. , 0.5])
        """
        return np.array([_mean_magnitude(plane) for plane in self.values])

    def refuse_changed(self) -> None:
        """Raise SourceError if the file has changed since it was read."""
        if self.path is None or self.stamp is None:
            return
        try:
            stamp = file_stamp(self.path)
        except OSError:
            # A file that is removed had been read completely.
            return
        if stamp != self.stamp:
            raise SourceError(
                self.source, "changed while it was being pooled", "run the command again"
            )

    @property
    def is_rgb(self) -> bool:
        """Whether the channels are the red, green and blue of an image."""
        return self.channel_names == RGB

    def channel_index(self, channel: str | None) -> int:
        """The index of a channel given by name or number (None: the first).

        Raises:
            SourceError: there is no such channel.
        """
        if channel is None:
            return 0
        if channel in self.channel_names:
            return self.channel_names.index(channel)
        if channel.isdecimal() and int(channel) < len(self.channel_names):
            return int(channel)
        last = number(len(self.channel_names) - 1)
        the_source = "the array" if self.source == UNNAMED else self.source
        raise SourceError(
            "channel",
            f"{the_source} has no channel {shown(channel)}",
            (f"use a number from 0 to {last}" if len(self.channel_names) > 1 else "use 0")
            + (f" or a name ({', '.join(self.channel_names)})" if self.is_rgb else ""),
        )


def file_stamp(path: Path) -> tuple[int, int]:
    """The size and time of a file, which change when it is written to."""
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _mean_magnitude(plane: NDArray[np.generic]) -> float:
    """The mean of |x| over the finite values of (rows, columns); 0 if there are none."""
    mean, count = 0.0, 0
    step = max(1, CELLS_AT_ONCE // plane.shape[1])
    for first in range(0, len(plane), step):
        part = plane[first : first + step]
        part = np.ma.compressed(part) if is_masked_array(part) else part.ravel()
        finite = np.abs(part[np.isfinite(part)].astype(np.float64))
        count += finite.size
        # Divided before they are added: sums of huge values would overflow.
        mean += float((finite / count).sum()) - mean * (finite.size / max(count, 1))
    return mean
