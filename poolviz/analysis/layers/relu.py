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
    """What is below 0 becomes 0; NaN stays.

    Example:
        >>> Rectifier.read("relu").apply(FeatureMap(np.array([[-1.5, 2.0]])))
        array([[[0., 2.]]])
    """

    @classmethod
    def read(cls, words: str, like: str = "") -> Self:
        """As in the layer, of which frameworks think alike."""
        del like
        if ":" in words:
            raise SpecError("layer", "it has no parameters", "write relu")
        return cls(words)

    def axes(self, size: Size, seed: int) -> Axes:
        """Every cell by itself."""
        del seed
        rows, columns = (SlidingAxis(length, length, 0, 0, "", 1, 1, 1) for length in size)
        return rows, columns

    def apply(self, feature_map: FeatureMap, seed: int = 0) -> Array:
        """As in the layer."""
        del seed
        values = feature_map.values
        return np.asarray(np.maximum(values, np.zeros((), values.dtype)))


LAYER = Rectifier
