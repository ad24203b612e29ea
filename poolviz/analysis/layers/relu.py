"""The rectifier: ``relu``."""

from dataclasses import dataclass

import numpy as np

from poolviz.analysis.layers._layer import Layer
from poolviz.feature_map import FeatureMap
from poolviz.windows import Array


@dataclass(frozen=True)
class Rectifier(Layer):
    """Replaces values below 0 by 0; NaN stays NaN.

    Example:
        >>> Rectifier("relu").apply(FeatureMap(np.array([[-1.5, 2.0]])))
        array([[[0., 2.]]])
    """

    def apply(self, feature_map: FeatureMap, seed: int = 0) -> Array:
        """Compute max(x, 0)."""
        del seed
        values = feature_map.values
        return np.asarray(np.maximum(values, np.zeros((), values.dtype)))


LAYER = Rectifier
