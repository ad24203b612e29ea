"""Convolution with fixed filters: ``conv:sobel-x``, ``conv:gaussian/2p1``."""

import re
from dataclasses import dataclass
from typing import Self

import numpy as np

from poolviz.analysis.layers._layer import FILTERS, Axes, Layer, Size
from poolviz.checks import check_lengths, shown
from poolviz.engine.convolution import convolve, convolved_axis
from poolviz.engine.pooling import as_values
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.plugins import unknown
from poolviz.spec import Pair
from poolviz.windows import Array

_SIZES = r"\d{1,9}(?:x\d{1,9})?"
_WORDS = re.compile(
    rf"(?P<name>[^/]*?)(?:/(?P<stride>{_SIZES}))?(?:p(?P<padding>{_SIZES}))?", re.ASCII
)
REMEDY = "use conv:FILTER/STRIDEpPADDING, e.g. conv:sobel-x or conv:gaussian/2p1"


@dataclass(frozen=True)
class Convolution(Layer):
    """Fixed filters, each applied to each channel separately and without a bias.

    Args:
        filters: the name of one or more filters.
        stride: rows and columns from one window to the next.
        padding: rows of zeros above and below, and columns of zeros to the left and right.

    Example:
        >>> Convolution.read("conv:gaussian/2p1").stride
        (2, 2)
    """

    filters: str
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)

    @classmethod
    def read(cls, words: str, like: str = "") -> Self:
        """Parse ``conv:FILTER/STRIDEpPADDING``; frameworks do not differ in it."""
        del like
        _, _, rest = words.partition(":")
        match = _WORDS.fullmatch(rest)
        if not rest or match is None:
            cause = f"{shown(rest)} is not a filter" if rest else "a filter is missing"
            raise SpecError("filter", cause, f"{REMEDY}; filters: {', '.join(FILTERS)}")
        if match["name"] not in FILTERS:
            raise unknown("filter", match["name"], FILTERS, "filter")
        stride = _pair("stride", match["stride"], 1)
        return cls(words, match["name"], stride, _pair("padding", match["padding"], 0))

    @property
    def kernels(self) -> Array:
        """(filters, rows, columns)."""
        return np.stack(list(FILTERS[self.filters].values()))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the filters."""
        return tuple(FILTERS[self.filters])

    @property
    def weights(self) -> int:
        """The weights of all filters."""
        return self.kernels.size

    def axes(self, size: Size, seed: int) -> Axes:
        """The windows along rows and columns."""
        del seed
        rows, columns = (
            convolved_axis(*along)
            for along in zip(size, self.kernels.shape[1:], self.stride, self.padding, strict=True)
        )
        for axis in (rows, columns):
            if axis.output_size < 1:
                cause = f"no window fits: {axis.formula}"
                remedy = (
                    "add padding, e.g. conv:sobel-x/1p1, or pool less in the layers before this one"
                )
                raise SpecError("filter", cause, remedy)
        return rows, columns

    def apply(self, feature_map: FeatureMap, seed: int) -> Array:
        """Convolve every channel with every filter."""
        del seed
        values = as_values(feature_map.values, 2)
        return convolve(values, self.kernels, self.stride, self.padding)


def _pair(name: str, words: str | None, least: int) -> Pair:
    if words is None:
        return least, least
    numbers = tuple(map(int, words.split("x")))
    rows, columns = check_lengths(name, numbers * (2 // len(numbers)), least, 2)
    return rows, columns


LAYER = Convolution
