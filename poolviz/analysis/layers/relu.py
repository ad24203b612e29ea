"""The rectifier: ``relu``."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from poolviz.analysis.layers._layer import Axes, Layer, Size
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.geometry import SlidingAxis
from poolviz.windows import Array


@dataclass(frozen=True)
class Rectifier(Layer):
    """Replaces values below 0 by 0; NaN stays NaN.

    Example:
        >>> Rectifier.read("relu").apply(FeatureMap(np.array([[-1.5, 2.0]])))
        array([[[0., 2.]]])
    """

    @classmethod
    def read(cls, words: str, like: str = "") -> Self:
        """Parse ``relu``; frameworks do not differ in it."""
        del like
        if ":" in words:
            raise SpecError("layer", "relu has no parameters", "use relu")
        return cls(words)

    def axes(self, size: Size, seed: int) -> Axes:
        """One window for each cell."""
        del seed
        rows, columns = (SlidingAxis(length, length, 0, 0, "", 1, 1, 1) for length in size)
        return rows, columns

    def apply(self, feature_map: FeatureMap, seed: int = 0) -> Array:
        """Compute max(x, 0)."""
        del seed
        values = feature_map.values
        return np.asarray(np.maximum(values, np.zeros((), values.dtype)))


LAYER = Rectifier
