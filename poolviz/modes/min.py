"""Min pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz.modes._extreme import ExtremeMode
from poolviz.modes._mode import Call


@dataclass(frozen=True)
class Min(ExtremeMode):
    """The smallest cell: y = min xᵢ.

    Padding acts as +∞. This is grey-scale erosion with a flat window (Serra 1982).

    Args:
        nan: "propagate": NaN wins over every number; or "drop": NaN never wins, and a window
            without a number below ∞ gives the type's highest finite value; None means the
            framework's rule.
    """

    summary: ClassVar[str] = "the smallest cell of the window"
    formula: ClassVar[str] = "y = min xᵢ"
    citation: ClassVar[str] = "Serra 1982, Image Analysis and Mathematical Morphology"
    padding_value: ClassVar[float | None] = np.inf

    folds: ClassVar[tuple[np.ufunc, np.ufunc]] = (np.minimum, np.fmin)

    def calls(self) -> dict[str, Call | str]:
        """Its operation in Flax; −max(−x) in PyTorch and Keras; three nodes in ONNX."""
        return {
            "torch": Call("max_pool", negated=True, extreme=True, adaptive=True),
            "keras": Call("MaxPooling", negated=True, extreme=True, adaptive=True),
            "jax": Call("pooling.min_pool", extreme=True),
            "onnx": "ONNX has no min pooling; use three nodes: Neg, MaxPool, Neg",
        }
